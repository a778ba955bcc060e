"""Tiers by row and tiers by cube, and what each tier holds: equal by test."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import add

import narwhals as nw

from segmentation.corners import sum_cube, sum_moves
from segmentation.cube import MONEY, NAMES, NO_TIER, TREATED, Cube
from segmentation.frame import Frame
from segmentation.policy import CLOSED, LIFECYCLES, TIERS, TOP_RUNG, WORKOUT, Policy
from segmentation.returns.ratios import (
    ReturnsSettings,
    expected_loss_rate,
    raroc,
    return_on_investment,
    risk_weight,
)
from segmentation.returns.treatment import MEASURES, SOURCES
from segmentation.risk.ladder import UNKNOWN_STEP


def with_tier(frame: Frame, policy: Policy) -> Frame:
    """Add `tier`, the class a policy gives each customer.

    Strategic from T1 on and within its life cycle's gate, unless capped; else
    Core from T2 on and within its gate; else Ordinary. Defaulted customers are
    Work-out, outside tiers. Unknown risk fails gates while gates are on. Who holds a tier
    leaves it by the exit lines, and not at all within the minimum stay (a capped customer
    is Core at most all the same); a tier a person has set stands.

    Parameters
    ----------
    frame : Frame
        With `value_step`, `risk_step`, `lifecycle_key`, and the columns of
        :func:`~segmentation.cube.with_capped`; those of tiers held before and set by hand
        only where the policy heeds them.
    policy : Policy
        The policy to apply.
    """
    return frame.with_columns(tier_under(policy).alias("tier"))


def tier_under(policy: Policy, side: str = "is") -> nw.Expr:
    """Give the tier of a row, by the caps and stays of the policy (``is``) or the one compared with (``was``)."""
    reached = [_reaches(policy, place) for place in (0, 1)]
    if policy.stay_months:
        is_staying = (nw.col(f"{side}_staying") == 1) & (nw.col("held") != NO_TIER)
        reached = [
            nw.when(is_staying).then(nw.col("held") <= place).otherwise(condition)
            for place, condition in enumerate(reached)
        ]
    reached[0] = reached[0] & (nw.col(f"{side}_capped") == 0)
    if policy.overrides:
        is_forced = nw.col("forced") != NO_TIER
        reached = [
            nw.when(is_forced).then(nw.col("forced") <= place).otherwise(condition)
            for place, condition in enumerate(reached)
        ]
    return (
        nw.when(nw.col("is_workout") == 1).then(nw.lit(WORKOUT))
        .when(reached[0]).then(nw.lit("Strategic"))
        .when(reached[1]).then(nw.lit("Core"))
        .otherwise(nw.lit("Ordinary"))
    )  # fmt: skip


def _reaches(policy: Policy, place: int) -> nw.Expr:
    """Whether value and risk are good enough for Strategic (0), or for Core or better (1)."""
    return is_worth(policy, place) & passes_gate(policy, place)


def is_worth(policy: Policy, place: int) -> nw.Expr:
    """Whether the value reaches Strategic (0), or Core or better (1); who holds it, by the exit line."""
    threshold = (policy.strategic_step, policy.core_step)[place]
    entry = nw.col("value_step") >= threshold
    if not policy.exit_steps:
        return entry
    stays = nw.col("value_step") >= threshold - policy.exit_steps
    return nw.when(nw.col("held") <= place).then(stays).otherwise(entry)


def passes_gate(policy: Policy, place: int) -> nw.Expr:
    """Whether the risk is within the life cycle's gate of Strategic (0), or of Core (1)."""
    if not policy.gates_on:
        return nw.lit(True)
    entry = nw.col("risk_step") <= _gate(policy, place, 0)
    if not policy.exit_rungs:
        return entry
    stays = nw.col("risk_step") <= _gate(policy, place, policy.exit_rungs)
    return nw.when(nw.col("held") <= place).then(stays).otherwise(entry)


def _gate(policy: Policy, place: int, more_rungs: int) -> nw.Expr:
    """Highest rung let through, by life cycle; a closed gate stays closed."""
    gates = [(policy.gates[name].strategic, policy.gates[name].core)[place] for name in LIFECYCLES]
    rungs = [rung if rung == CLOSED else min(rung + more_rungs, TOP_RUNG) for rung in gates]
    gate = nw.lit(rungs[-1])
    for key, rung in enumerate(rungs[:-1]):
        gate = nw.when(nw.col("lifecycle_key") == key).then(nw.lit(rung)).otherwise(gate)
    return gate


def with_treated_of_tier(frame: Frame) -> Frame:
    """Add each money measure under the assigned tier's treatment, ending in `_treated`, in money units.

    To the hundredth, as the sums of the tiers count it; null where the measure itself is.
    """
    return frame.with_columns(
        nw.when(~nw.col(SOURCES[name]).is_null())
        .then(of_own_tier(place).cast(nw.Float64) / 100)
        .alias(f"{name}_treated")
        for place, name in enumerate(MEASURES)
    )


def of_own_tier(place: int) -> nw.Expr:
    """Pick a measure's hundredths under the row's own `tier`; Work-out has no treatment."""
    picked = nw.col(MONEY[place])
    for name in TIERS:
        picked = nw.when(nw.col("tier") == name).then(nw.col(TREATED[name][place])).otherwise(picked)
    return picked


def row_totals(frame: Frame, policy: Policy) -> Frame:
    """Sum the rows of each tier by the engine: the cube's independent twin, row for row `sum_cube`."""
    is_unknown = nw.col("risk_step") == UNKNOWN_STEP

    def both(amount: nw.Expr, name: str) -> list[nw.Expr]:
        unrated = nw.when(is_unknown).then(amount).otherwise(nw.lit(0))
        return [
            amount.sum().cast(nw.Int64).alias(name),
            unrated.sum().cast(nw.Int64).alias(f"{name}_without_pd"),
        ]

    sums = both(nw.col("_one"), "customers")
    for plain in MONEY:
        sums += both(nw.col(plain), plain) + both(nw.col(f"_{plain}"), f"{plain}_treated")
    return (
        with_tier(frame, policy)
        .with_columns(
            nw.lit(1).cast(nw.Int64).alias("_one"),
            *(of_own_tier(place).alias(f"_{plain}") for place, plain in enumerate(MONEY)),
        )
        .group_by("tier")
        .agg(*sums)
    )


def row_moves(frame: Frame, policy: Policy, other: Policy) -> Frame:
    """Sum rows by tier under another policy (`was`) and this one (`tier`): the twin of `sum_moves`."""
    with_both = frame.with_columns(tier_under(other, "was").alias("was"), tier_under(policy).alias("tier"))
    return with_both.group_by("was", "tier").agg(
        nw.len().cast(nw.Int64).alias("customers"),
        nw.col("exposure_minor").sum().cast(nw.Int64).alias("exposure_minor"),
    )


@dataclass(frozen=True, slots=True)
class Money:
    """The six money measures of a group, in hundredths.

    Attributes
    ----------
    exposure, drawn, income, cost, expected_loss, capital : int
        Of all customers; what is unknown counts as nothing.
    unrated : Money or None
        The part of customers without a PD. Their expected loss is unknown, so they are
        left out of profit and ratios; None when there are none.
    """

    exposure: int
    drawn: int
    income: int
    cost: int
    expected_loss: int
    capital: int
    unrated: Money | None = field(default=None, kw_only=True)

    @property
    def rated(self) -> Money:
        """The part of customers whose risk is known: what profit and ratios rest on."""
        return self if self.unrated is None else self - self.unrated

    @property
    def profit(self) -> int:
        """Risk-adjusted profit: income − cost − expected loss of customers whose risk is known."""
        known = self.rated
        return known.income - known.cost - known.expected_loss

    @property
    def roi(self) -> float | None:
        """ROI, a fraction a year; None when nothing is drawn."""
        known = self.rated
        return return_on_investment(known.income, known.cost, known.expected_loss, known.drawn)

    @property
    def loss_rate(self) -> float | None:
        """Expected loss over exposure, a fraction; None without exposure."""
        return expected_loss_rate(self.expected_loss, self.rated.exposure)

    @property
    def risk_weight(self) -> float | None:
        """12.5 · capital over exposure, a fraction; None without exposure."""
        return risk_weight(self.capital, self.rated.exposure)

    def raroc(self, settings: ReturnsSettings) -> float | None:
        """RAROC, a fraction; None without capital."""
        known = self.rated
        return raroc(known.income, known.cost, known.expected_loss, known.capital, settings)

    def __add__(self, other: Money) -> Money:
        """Add measure by measure."""
        sums = (getattr(self, name) + getattr(other, name) for name in MEASURES)
        if self.unrated is None or other.unrated is None:
            return Money(*sums, unrated=self.unrated or other.unrated)
        return Money(*sums, unrated=self.unrated + other.unrated)

    def __sub__(self, other: Money) -> Money:
        """Subtract measure by measure, customers without a PD like all others."""
        return Money(*(getattr(self, name) - getattr(other, name) for name in MEASURES))


@dataclass(frozen=True, slots=True)
class TierSummary:
    """What a tier holds under a policy.

    Attributes
    ----------
    tier : str
        One of `NAMES`, or ``Total``.
    customers : int
        How many.
    as_is, treated : Money
        Before any treatment, and under the tier's own.
    customers_without_pd, exposure_without_pd : int
        Whose expected loss is unknown and counted as nothing; hundredths.
    """

    tier: str
    customers: int
    as_is: Money
    treated: Money
    customers_without_pd: int
    exposure_without_pd: int

    @classmethod
    def from_sums(cls, tier: str, sums: dict[str, int]) -> TierSummary:
        """Take sums by the names :func:`~segmentation.cube.sum_cube` gives them."""
        return cls(
            tier,
            sums.get("customers", 0),
            _money(sums, ""),
            _money(sums, "_treated"),
            sums.get("customers_without_pd", 0),
            sums.get("exposure_minor_without_pd", 0),
        )

    def __add__(self, other: TierSummary) -> TierSummary:
        """Add two groups; the result is called Total."""
        return TierSummary(
            "Total",
            self.customers + other.customers,
            self.as_is + other.as_is,
            self.treated + other.treated,
            self.customers_without_pd + other.customers_without_pd,
            self.exposure_without_pd + other.exposure_without_pd,
        )


def _money(sums: dict[str, int], suffix: str) -> Money:
    everybody = (sums.get(f"{name}{suffix}", 0) for name in MONEY)
    if not sums.get("customers_without_pd"):
        return Money(*everybody)
    return Money(*everybody, unrated=Money(*(sums[f"{name}{suffix}_without_pd"] for name in MONEY)))


@dataclass(frozen=True, slots=True)
class TierBoard:
    """All tiers under one policy, and who stands elsewhere than under another.

    Attributes
    ----------
    tiers : tuple of TierSummary
        Strategic, Core, Ordinary, Work-out.
    total : TierSummary
        Their sum.
    moves : tuple of tuple of int
        Customers by tier under the other policy (row) and this one (column); empty when
        no other policy was given.
    exposure_moves : tuple of tuple of int
        Their exposure as it is, in hundredths.
    """

    tiers: tuple[TierSummary, ...]
    total: TierSummary
    moves: tuple[tuple[int, ...], ...] = ()
    exposure_moves: tuple[tuple[int, ...], ...] = ()

    @property
    def customers_moved(self) -> int:
        """Customers whose tier differs between the two policies."""
        return _off_diagonal(self.moves)

    @property
    def exposure_moved(self) -> int:
        """Their exposure as it is, in hundredths."""
        return _off_diagonal(self.exposure_moves)

    def of(self, tier: str) -> TierSummary:
        """One tier by its name."""
        return next(summary for summary in self.tiers if summary.tier == tier)


def _off_diagonal(table: tuple[tuple[int, ...], ...]) -> int:
    return sum(count for i, row in enumerate(table) for j, count in enumerate(row) if i != j)


def board_from_sums(
    sums: dict[str, dict[str, int]],
    moves: tuple[tuple[int, ...], ...] = (),
    exposure_moves: tuple[tuple[int, ...], ...] = (),
) -> TierBoard:
    """Make a board of the sums of each tier; a tier without sums holds nobody."""
    tiers = tuple(TierSummary.from_sums(name, sums.get(name, {})) for name in NAMES)
    return TierBoard(tiers, reduce(add, tiers), moves, exposure_moves)


def tier_board(cube: Cube, policy: Policy, other: Policy | None = None) -> TierBoard:
    """Apply a policy to the cube; no row is read.

    Parameters
    ----------
    cube : Cube
        Built under the policy's treatments, coverage and watch rules.
    policy, other : Policy
        The policy, and the one to compare tiers with (the one in force). Where their
        coverage or watch rules differ, the cube needs both
        (:func:`~segmentation.cube.with_capped`).
    """
    sums = sum_cube(cube, policy)
    if other is None:
        return board_from_sums(sums)
    moves = [sum_moves(cube, policy, other, measure).tolist() for measure in ("customers", "exposure_minor")]
    return board_from_sums(sums, *(tuple(map(tuple, table)) for table in moves))


@dataclass(frozen=True, slots=True)
class TierChange:
    """One tier under two policies, each with its own treatments.

    Attributes
    ----------
    before, after : TierSummary
        Under the policy compared with, and under the new one.
    """

    before: TierSummary
    after: TierSummary

    @property
    def tier(self) -> str:
        """Name of the tier, or ``Total``."""
        return self.after.tier

    @property
    def customers(self) -> int:
        """Customers more (or, negative, fewer)."""
        return self.after.customers - self.before.customers

    @property
    def money(self) -> Money:
        """Change of the measures under treatment, in hundredths."""
        return self.after.treated - self.before.treated

    @property
    def profit(self) -> int:
        """Change of the risk-adjusted profit under treatment, in hundredths."""
        return self.after.treated.profit - self.before.treated.profit

    @property
    def roi(self) -> float | None:
        """Change of ROI, a fraction; None when either has none."""
        return _difference(self.after.treated.roi, self.before.treated.roi)

    @property
    def loss_rate(self) -> float | None:
        """Change of the expected loss rate, a fraction; None when either has none."""
        return _difference(self.after.treated.loss_rate, self.before.treated.loss_rate)

    def raroc(self, settings: ReturnsSettings) -> float | None:
        """Change of RAROC, a fraction; None when either has none."""
        return _difference(self.after.treated.raroc(settings), self.before.treated.raroc(settings))


def _difference(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def compare_boards(current: TierBoard, in_force: TierBoard) -> tuple[TierChange, ...]:
    """Pair the tiers of two boards, the total last."""
    pairs = zip((*in_force.tiers, in_force.total), (*current.tiers, current.total), strict=True)
    return tuple(TierChange(before, after) for before, after in pairs)
