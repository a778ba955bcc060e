"""Policies the machine proposes, and how firmly a policy stands: steps, risk, groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from data.engines.functions import fetch, frame_of
from data.errors import InputRefused
from data.people import Person, masked_columns
from segmentation.fairness import OTHER_COLUMNS, Groups, group_shares, tier_counts, with_level
from segmentation.policy import Policy
from segmentation.propose.breaks import natural_thresholds, squares_explained
from segmentation.propose.frontier import frontier
from segmentation.propose.limits import Binding, Unmet, bindings, conflict_of
from segmentation.propose.nudges import Nudge, nudges
from segmentation.propose.optimise import optimise
from segmentation.propose.quantiles import Thresholds, customers_by_value, quantile_thresholds
from segmentation.propose.tables import TOTALS, Tables, policy_at, tables_of, totals_of
from segmentation.risk.ladder import with_risk_step
from segmentation.tiers import TierBoard, tier_board
from steps.house import House
from steps.scoring import Scored
from steps.tiers import cube_of, tiered_frame

SHOCKS = (0.9, 1.1)
"""Factors on the probability of default."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the search found.

    Attributes
    ----------
    policy : Policy or None
        The best policy; None when the limits can't be met.
    totals : dict of str to int
        What it holds, by `TOTALS`; empty without one.
    today : dict of str to int
        The same of the policy in force, under its own treatments.
    bindings : tuple of Binding
        Each limit at the optimum.
    conflict : tuple of Unmet
        The fewest limits that can't be met together.
    searched : int
        Policies of the grid.
    """

    policy: Policy | None
    totals: dict[str, int]
    today: dict[str, int]
    bindings: tuple[Binding, ...]
    conflict: tuple[Unmet, ...]
    searched: int


def _tables(house: House, scored: Scored, draft: Policy, in_force: Policy) -> Tables:
    if draft.only_relabels:
        raise InputRefused.because(
            "all treatments are neutral, so no policy earns more than another",
            file="the search",
            remedy="Give the tiers different treatments on the Tiers page.",
        )
    return tables_of(cube_of(house, scored, draft, in_force), draft, in_force)


def policy_totals(house: House, scored: Scored, policy: Policy, in_force: Policy) -> dict[str, int]:
    """Say what a policy holds under its own treatments, and how many it moves, by `TOTALS`."""
    sums = totals_of(cube_of(house, scored, policy, in_force), policy, in_force)
    return dict(zip(TOTALS, sums, strict=True))


def search_policy(
    house: House, scored: Scored, draft: Policy, in_force: Policy, limits: Mapping[str, int]
) -> Proposal:
    """Find the most profitable policy within limits, and what each limit costs.

    Parameters
    ----------
    draft : Policy
        Gives treatments, caps and distances between the gates.
    limits : mapping of str to int
        `expected_loss`, `capital`, `exposure` in hundredths, `moved` in customers.

    Raises
    ------
    InputRefused
        When all treatments are neutral.
    """
    tables = _tables(house, scored, draft, in_force)
    today = policy_totals(house, scored, in_force, in_force)
    best = optimise(tables, limits)
    if best is None:
        return Proposal(None, {}, today, (), conflict_of(tables, limits), tables.policies)
    return Proposal(
        policy_at(draft, best.lines),
        best.totals,
        today,
        bindings(tables, limits, best),
        (),
        tables.policies,
    )


def search_frontier(
    house: House, scored: Scored, draft: Policy, in_force: Policy, limits: Mapping[str, int], along: str
) -> tuple[tuple[Policy, dict[str, int]], ...]:
    """Find efficient policies from the least of a measure to the most profit, with what they hold."""
    tables = _tables(house, scored, draft, in_force)
    return tuple((policy_at(draft, point.lines), point.totals) for point in frontier(tables, limits, along))


@dataclass(frozen=True, slots=True)
class Sized:
    """A proposal by the value scores alone, and what really comes of it.

    Attributes
    ----------
    policy : Policy
        The draft with the proposed thresholds.
    thresholds : Thresholds
        With the shares before gates.
    board : TierBoard
        What each tier holds after gates and caps.
    explained : float
        Share (0–1) of the spread of value that three classes explain.
    """

    policy: Policy
    thresholds: Thresholds
    board: TierBoard
    explained: float


def propose_by_share(
    house: House, scored: Scored, draft: Policy, in_force: Policy, strategic: float, core: float
) -> Sized:
    """Put the thresholds so that the best share is Strategic and the next one Core."""
    counts = customers_by_value(cube_of(house, scored, draft, in_force))
    return _sized(house, scored, draft, in_force, quantile_thresholds(counts, strategic, core))


def propose_by_breaks(house: House, scored: Scored, draft: Policy, in_force: Policy) -> Sized:
    """Put the thresholds where the value scores fall apart by themselves."""
    counts = customers_by_value(cube_of(house, scored, draft, in_force))
    return _sized(house, scored, draft, in_force, natural_thresholds(counts))


def _sized(house: House, scored: Scored, draft: Policy, in_force: Policy, found: Thresholds) -> Sized:
    cube, policy = cube_of(house, scored, draft, in_force), found.of(draft)
    explained = squares_explained(customers_by_value(cube), (found.core_step, found.strategic_step))
    return Sized(policy, found, tier_board(cube, policy, in_force), explained)


def policy_nudges(house: House, scored: Scored, policy: Policy) -> tuple[Nudge, ...]:
    """Move each line by one step and say what changes."""
    return nudges(cube_of(house, scored, policy), policy)


@dataclass(frozen=True, slots=True)
class Shift:
    """Tiers before and after all probabilities of default are multiplied.

    Attributes
    ----------
    factor : float
        0.9 for 10 % less, 1.1 for 10 % more.
    moves : dict of (str, str) to int
        Customers by tier before and after.
    """

    factor: float
    moves: dict[tuple[str, str], int]

    @property
    def customers(self) -> int:
        """Everybody outside work-out."""
        return sum(n for (was, _), n in self.moves.items() if was != "Work-out")

    @property
    def flipped(self) -> int:
        """Customers whose tier changes."""
        return sum(n for (was, now), n in self.moves.items() if was != now)


def probability_shifts(house: House, scored: Scored, policy: Policy) -> tuple[Shift, ...]:
    """Say whose tier would be another if every PD were 10 % lower or higher, row by row.

    Only the gates see it: the value score, which PD enters too, stays as it is.
    """
    found = []
    for factor in SHOCKS:
        with house.warehouse.cursor() as cursor:
            frame = tiered_frame(frame_of(cursor, scored.table), policy)
            shocked = with_risk_step(
                frame.with_columns(
                    nw.col("tier").alias("was"),
                    (nw.col("probability_of_default") * factor)
                    .clip(None, 1.0)
                    .alias("probability_of_default"),
                )
            )
            counted = tiered_frame(shocked, policy).group_by("was", "tier").agg(nw.len().alias("customers"))
            rows = fetch(counted)
        pairs = zip(rows["was"], rows["tier"], rows["customers"], strict=True)
        moves = {(str(was), str(now)): int(customers) for was, now, customers in pairs}
        found.append(Shift(factor, moves))
    return tuple(found)


def tier_groups(house: House, scored: Scored, policy: Policy, person: Person) -> tuple[Groups, ...]:
    """Give tier shares along each protected column the person may see, and along three others.

    Columns nobody filled are left out.
    """
    hidden = masked_columns(person)
    protected = [column.name for column in scored.model.columns if column.personal == "protected"]
    present = {column.name for column in scored.model.columns}
    others = [name for name in OTHER_COLUMNS if name in present or name == "lifecycle"]
    found = []
    with house.warehouse.cursor() as cursor:
        frame = tiered_frame(frame_of(cursor, scored.table), policy)
        for name in [*protected, *others]:
            if name in hidden or (name in protected and hidden):
                continue
            rows = fetch(tier_counts(with_level(frame, name)))
            groups = group_shares(rows, name, is_protected=name in protected)
            if groups is not None:
                found.append(groups)
    return tuple(found)
