"""What every policy of the search would hold: two tables a measure and a constant.

Tiers are nested: Strategic lies within Core or better, that within everybody. Give all
customers Ordinary's treatment first, then those who are Core or better Core's, then those
who are Strategic Strategic's. A measure is then

    total(T1, G1, T2, G2) = F(T1, G1) + H(T2, G2) + constant,

F the gain of Strategic's treatment over Core's, summed over the Strategic rectangle, and
H that of Core's over Ordinary's, summed over the Core-or-better rectangle.

Customers moved separate as well. With A ⊆ B the Strategic and the Core-or-better customers,
A' ⊆ B' those under the policy compared with, and |·| a count, the customers who stay are

    |A∩A'| + (|B∩B'| − |A∩B'| − |B∩A'| + |A∩A'|) + (everybody − |B| − |B'| + |B∩B'|)
    = (2|A∩A'| − |A∩B'|) + (2|B∩B'| − |B∩A'| − |B|) + constant:

one part of Strategic's rectangle, one of Core's.

The tables are asked of the cube by way of :meth:`Corners.rectangles`, with real policies,
and the constant is what the draft's own sums leave over. So they follow whatever a plane of
the cube is about, exit margins included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.corners import Corners
from segmentation.cube import ALL_MEASURES, TREATED, Cube, Integers
from segmentation.policy import CLOSED, HIGHEST_STEP, LIFECYCLES, TOP_RUNG, Gate, Policy
from segmentation.returns.treatment import MEASURES
from segmentation.risk.ladder import STEPS
from segmentation.tiers import tier_board

BASE = "mature"
"""Life cycle whose gates are searched; the others keep their distance from it."""

TOTALS = ("profit", "expected_loss", "capital", "exposure", "moved")
"""What the search knows of a policy: money in hundredths, customers moved."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The four numbers a policy of the search is made of.

    Attributes
    ----------
    strategic_step, core_step : int
        T1 ≥ T2, half points of the value score.
    strategic_rung, core_rung : int
        Gates of the base life cycle, rungs of the risk ladder.
    """

    strategic_step: int
    core_step: int
    strategic_rung: int
    core_rung: int


def lines_of(policy: Policy) -> Lines:
    """Give a policy's own four numbers.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> lines_of(built_in_policy())
    Lines(strategic_step=130, core_step=100, strategic_rung=32, core_rung=43)
    """
    gate = policy.gates[BASE]
    return Lines(policy.strategic_step, policy.core_step, gate.strategic, gate.core)


def policy_at(draft: Policy, lines: Lines) -> Policy:
    """Give the policy of four numbers; the rest is the draft's, the distances between gates too.

    A gate that would leave the ladder stops at its end, and one the draft closes stays closed.
    While gates are off they decide nothing and stay as drafted.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> looser = policy_at(built_in_policy(), Lines(140, 90, 35, 46))
    >>> looser.gates["mature"], looser.gates["startup"]  # 3 rungs up, as mature
    (Gate(strategic=35, core=46), Gate(strategic=30, core=41))
    """
    if not draft.gates_on:
        return replace(draft, strategic_step=lines.strategic_step, core_step=lines.core_step)
    strategic = _shifted(draft, "strategic", lines.strategic_rung)
    core = _shifted(draft, "core", lines.core_rung)
    gates = {name: Gate(strategic[place], core[place]) for place, name in enumerate(LIFECYCLES)}
    return replace(draft, strategic_step=lines.strategic_step, core_step=lines.core_step, gates=gates)


def _shifted(draft: Policy, part: str, rung: int) -> list[int]:
    """Gates of all life cycles when the base one stands at a rung; what the draft closes stays closed."""
    drafted = [getattr(draft.gates[name], part) for name in LIFECYCLES]
    base = getattr(draft.gates[BASE], part)
    return [
        rung if name == BASE else CLOSED if own == CLOSED else min(max(own + rung - base, CLOSED), TOP_RUNG)
        for name, own in zip(LIFECYCLES, drafted, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Tables:
    """All policies of a search, as two tables a measure and a constant.

    Attributes
    ----------
    draft : Policy
        Whose treatments, caps and distances between gates hold.
    steps, rungs : ndarray of int64
        The grid, ascending: value steps, and rungs of the base gate.
    strategic, core : ndarray of int64, shape (measures, steps, rungs)
        F and H of each of `TOTALS`.
    constant : ndarray of int64, shape (measures,)
        What every policy has.
    first_core_rung : ndarray of int64, shape (rungs,)
        For each place of Strategic's rung the lowest place of Core's that leaves no life
        cycle with a Strategic gate above its Core gate; `len(rungs)` when there is none.
    """

    draft: Policy
    steps: Integers
    rungs: Integers
    strategic: Integers
    core: Integers
    constant: Integers
    first_core_rung: Integers

    @property
    def policies(self) -> int:
        """Number of policies of the grid whose lines don't cross."""
        thresholds = len(self.steps) * (len(self.steps) + 1) // 2
        return thresholds * int((len(self.rungs) - self.first_core_rung).sum())

    def total(self, lines: Lines) -> dict[str, int]:
        """Sum what one policy of the grid holds, by `TOTALS`.

        Raises
        ------
        ValueError
            When the lines are not on the grid.
        """
        at = [np.flatnonzero(self.steps == step) for step in (lines.strategic_step, lines.core_step)]
        at += [np.flatnonzero(self.rungs == rung) for rung in (lines.strategic_rung, lines.core_rung)]
        if not all(len(place) for place in at):
            raise ValueError(f"{lines} is not on the grid of this search")
        t1, t2, g1, g2 = (int(place[0]) for place in at)
        sums = self.strategic[:, t1, g1] + self.core[:, t2, g2] + self.constant
        return dict(zip(TOTALS, sums.tolist(), strict=True))


def tables_of(
    cube: Cube,
    draft: Policy,
    in_force: Policy,
    *,
    steps: Sequence[int] = range(HIGHEST_STEP + 1),
    rungs: Sequence[int] = range(CLOSED, TOP_RUNG + 1),
) -> Tables:
    """Work out the tables of all policies the draft may become.

    Parameters
    ----------
    cube : Cube
        Built for the draft, compared with the policy in force.
    draft : Policy
        Gives what is not searched: treatments, caps, distances between the gates.
    in_force : Policy
        Whom customers are moved against.
    steps, rungs : sequence of int
        The grid, ascending; by default all of it: 201 × 65 for each of F and H.
    """
    own = lines_of(draft)
    # The draft's own lines ride along at the end, for the constant, whether they are on the grid or not.
    strategic, core = _gains(
        cube.corners,
        in_force,
        *_families(
            cube.corners,
            draft,
            ([*steps, own.strategic_step], [*rungs, own.strategic_rung]),
            ([*steps, own.core_step], [*rungs, own.core_rung]),
        ),
    )
    constant = np.array(totals_of(cube, draft, in_force)) - strategic[:, -1, -1] - core[:, -1, -1]
    return Tables(
        draft,
        np.array(steps),
        np.array(rungs),
        strategic[:, :-1, :-1].copy(),
        core[:, :-1, :-1].copy(),
        constant,
        _first_core_rung(draft, rungs),
    )


Family = tuple[Integers, Integers]
"""One tier's rectangles on the grid: least value step (steps, planes), risk steps let through (rungs, planes)."""


Grid = tuple[Sequence[int], Sequence[int]]
"""Value steps, and rungs of the base gate."""


def _families(corners: Corners, draft: Policy, first: Grid, second: Grid) -> tuple[Family, Family]:
    """Rectangles of Strategic and of Core or better; a line at a time, the other tier's out of the way."""
    wide, narrow = replace(draft, core_step=0), replace(draft, strategic_step=HIGHEST_STEP)
    return (
        (
            np.stack([corners.rectangles(replace(wide, strategic_step=step))[0][:, 0] for step in first[0]]),
            np.stack([corners.rectangles(_with_rungs(draft, rung, None))[1][:, 0] for rung in first[1]]),
        ),
        (
            np.stack([corners.rectangles(replace(narrow, core_step=step))[0][:, 1] for step in second[0]]),
            np.stack([corners.rectangles(_with_rungs(draft, None, rung))[1][:, 1] for rung in second[1]]),
        ),
    )


def _gains(corners: Corners, in_force: Policy, first: Family, second: Family) -> tuple[Integers, Integers]:
    """F and H of each of `TOTALS` on the grid."""
    was = corners.rectangles(in_force, "was")
    return (
        np.stack([*_money(corners, first, "Strategic", "Core"), -_stay_strategic(corners, first, was)]),
        np.stack([*_money(corners, second, "Core", "Ordinary"), -_stay_core(corners, second, was)]),
    )


def _with_rungs(draft: Policy, strategic: int | None, core: int | None) -> Policy:
    """Move one tier's gates and put the other's at the end of the ladder where they can't be in the way."""
    count = len(LIFECYCLES)
    firsts = [CLOSED] * count if strategic is None else _shifted(draft, "strategic", strategic)
    seconds = [TOP_RUNG] * count if core is None else _shifted(draft, "core", core)
    pairs = zip(LIFECYCLES, firsts, seconds, strict=True)
    return replace(draft, gates={name: Gate(first, second) for name, first, second in pairs})


def _money(corners: Corners, family: Family, better: str, other: str) -> list[Integers]:
    """What a tier's treatment gains over another's inside its rectangles; `TOTALS` up to exposure."""
    gain = {
        name: corners.sums[ALL_MEASURES.index(ours)] - corners.sums[ALL_MEASURES.index(theirs)]
        for name, ours, theirs in zip(MEASURES, TREATED[better], TREATED[other], strict=True)
    }
    profit = gain["income"] - gain["cost"] - gain["expected_loss"]
    # Profit rests on customers whose risk is known; the other sums on everybody.
    known = (family[0], np.minimum(family[1], STEPS))
    return [
        _inside(profit, known), *(_inside(gain[name], family) for name in ("expected_loss", "capital", "exposure"))
    ]  # fmt: skip


def _inside(sums: Integers, family: Family, within: tuple[Integers, Integers] | None = None) -> Integers:
    """Sum one measure over the planes' rectangles, cut with others when given; shape (steps, rungs)."""
    least, through = family
    if within is not None:
        least, through = np.maximum(least, within[0]), np.minimum(through, within[1])
    table = np.zeros((len(least), len(through)), dtype=np.int64)
    for plane, corner in enumerate(sums):
        table += corner[least[:, plane, None], through[None, :, plane]]
    return table


def _customers(corners: Corners) -> Integers:
    counted: Integers = corners.sums[ALL_MEASURES.index("customers")]
    return counted


def _stay_strategic(corners: Corners, family: Family, was: tuple[Integers, Integers]) -> Integers:
    """Part of the customers who stay that Strategic's rectangle decides: 2|A∩A'| − |A∩B'|."""
    (least, through), count = was, _customers(corners)
    strategic = _inside(count, family, (least[:, 0], through[:, 0]))
    return 2 * strategic - _inside(count, family, (least[:, 1], through[:, 1]))


def _stay_core(corners: Corners, family: Family, was: tuple[Integers, Integers]) -> Integers:
    """Part of the customers who stay that Core's rectangle decides: 2|B∩B'| − |B∩A'| − |B|."""
    (least, through), count = was, _customers(corners)
    core = _inside(count, family, (least[:, 1], through[:, 1]))
    return 2 * core - _inside(count, family, (least[:, 0], through[:, 0])) - _inside(count, family)


def totals_of(cube: Cube, policy: Policy, in_force: Policy) -> list[int]:
    """Sum what one policy holds, by `TOTALS`: all tiers under their own treatments, and work-out."""
    board = tier_board(cube, policy, in_force)
    money = board.total.treated
    return [money.profit, money.expected_loss, money.capital, money.exposure, board.customers_moved]


def _first_core_rung(draft: Policy, rungs: Sequence[int]) -> Integers:
    """Lowest place of Core's rung for each of Strategic's that crosses no life cycle's gates."""
    strategic = np.array([_shifted(draft, "strategic", rung) for rung in rungs])
    core = np.array([_shifted(draft, "core", rung) for rung in rungs])
    fits = np.all(strategic[:, None, :] <= core[None, :, :], axis=2)
    # A looser Core gate fits wherever a stricter one did, so the first that fits says it all.
    return np.where(fits.any(axis=1), fits.argmax(axis=1), len(rungs)).astype(np.int64)
