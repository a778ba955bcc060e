"""Tiers by row and tiers by cube, and what each tier holds: equal by test."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np

from segmentation.cube import COUNTS, MONEY, TREATED, Cube, sum_cube, tier_of_cells
from segmentation.frame import Frame
from segmentation.policy import LIFECYCLES, TIERS, WORKOUT, Policy
from segmentation.returns.ratios import ReturnsSettings, per_hundred, raroc, return_on_investment
from segmentation.returns.treatment import MEASURES
from segmentation.risk.ladder import UNKNOWN_STEP

NAMES = (*TIERS, WORKOUT)


def with_tier(frame: Frame, policy: Policy) -> Frame:
    """Add `tier` row by row.

    Strategic from T1 on and within its life cycle's gate, unless capped; else
    Core from T2 on and within its gate; else Ordinary. Defaulted customers are
    Work-out, outside tiers. Unknown risk fails gates while gates are on.

    Parameters
    ----------
    frame : Frame
        With `value_step`, `risk_step`, `lifecycle_key`, `is_capped`, `is_workout`.
    policy : Policy
        The policy to apply.
    """
    value, risk, cycle = nw.col("value_step"), nw.col("risk_step"), nw.col("lifecycle_key")

    def within(part: str) -> nw.Expr:
        if not policy.gates_on:
            return nw.lit(True)
        bound = nw.lit(getattr(policy.gates[LIFECYCLES[-1]], part))
        for key, name in enumerate(LIFECYCLES[:-1]):
            bound = nw.when(cycle == key).then(nw.lit(getattr(policy.gates[name], part))).otherwise(bound)
        return risk <= bound

    is_strategic = (value >= policy.strategic_step) & within("strategic") & (nw.col("is_capped") == 0)
    is_core = (value >= policy.core_step) & within("core")
    return frame.with_columns(
        nw.when(nw.col("is_workout") == 1)
        .then(nw.lit(WORKOUT))
        .when(is_strategic)
        .then(nw.lit("Strategic"))
        .when(is_core)
        .then(nw.lit("Core"))
        .otherwise(nw.lit("Ordinary"))
        .alias("tier")
    )


def with_treated_of_tier(frame: Frame) -> Frame:
    """Add each money measure under the assigned tier's treatment, ending in `_treated`, in money units."""
    tier = nw.col("tier")

    def picked(place: int, plain: str) -> nw.Expr:
        expression = nw.col(plain)
        for name in TIERS:
            expression = nw.when(tier == name).then(nw.col(TREATED[name][place])).otherwise(expression)
        return expression.cast(nw.Float64) / 100

    return frame.with_columns(
        picked(place, plain).alias(f"{plain.removesuffix('_minor')}_treated")
        for place, plain in enumerate(MONEY)
    )


def row_totals(frame: Frame, policy: Policy) -> Frame:
    """Sum the rows of each tier by the engine: the cube's independent twin."""
    frame = with_tier(frame, policy)
    tier = nw.col("tier")
    unknown = nw.col("risk_step") == UNKNOWN_STEP
    sums = [
        nw.col("value_step").count().alias("customers"),
        nw.when(unknown).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias("customers_without_pd"),
        nw.when(unknown)
        .then(nw.col("exposure_minor"))
        .otherwise(nw.lit(0))
        .sum()
        .alias("exposure_minor_without_pd"),
        *(nw.col(name).sum().alias(name) for name in MONEY),
    ]
    for place, plain in enumerate(MONEY):
        treated = nw.col(plain)
        for name in TIERS:
            treated = nw.when(tier == name).then(nw.col(TREATED[name][place])).otherwise(treated)
        sums.append(treated.sum().alias(f"{plain}_treated"))
    return frame.group_by("tier").agg(*sums)


@dataclass(frozen=True, slots=True)
class Money:
    """The six money measures of a group, in hundredths."""

    exposure: int
    drawn: int
    income: int
    cost: int
    expected_loss: int
    capital: int

    @property
    def profit(self) -> int:
        """Risk-adjusted profit: income − cost − expected loss."""
        return self.income - self.cost - self.expected_loss

    @property
    def roi(self) -> float | None:
        """ROI, a fraction a year; None when nothing is drawn."""
        return return_on_investment(self.income, self.cost, self.expected_loss, self.drawn)

    @property
    def loss_rate(self) -> float | None:
        """Expected loss over exposure; None without exposure."""
        return per_hundred(self.expected_loss, self.exposure)

    def raroc(self, settings: ReturnsSettings) -> float | None:
        """RAROC, a fraction; None without capital."""
        return raroc(self.income, self.cost, self.expected_loss, self.capital, settings)

    def __add__(self, other: Money) -> Money:
        """Add measure by measure."""
        return Money(*(getattr(self, name) + getattr(other, name) for name in MEASURES))


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
        """Take sums by the measures' names."""
        return cls(
            tier,
            sums["customers"],
            Money(*(sums[name] for name in MONEY)),
            Money(*(sums[f"{name}_treated"] for name in MONEY)),
            sums["customers_without_pd"],
            sums["exposure_minor_without_pd"],
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
        Customers by tier under the other policy (row) and this one (column).
    """

    tiers: tuple[TierSummary, ...]
    total: TierSummary
    moves: tuple[tuple[int, ...], ...]

    @property
    def customers_moved(self) -> int:
        """Customers whose tier differs between the two policies."""
        return sum(count for i, row in enumerate(self.moves) for j, count in enumerate(row) if i != j)

    def of(self, tier: str) -> TierSummary:
        """One tier by its name."""
        return next(summary for summary in self.tiers if summary.tier == tier)


def board_from_sums(sums: dict[str, dict[str, int]], moves: tuple[tuple[int, ...], ...] = ()) -> TierBoard:
    """Make a board of the sums of each tier."""
    empty = dict.fromkeys((*COUNTS, *MONEY, *(f"{name}_treated" for name in MONEY)), 0)
    tiers = tuple(TierSummary.from_sums(name, sums.get(name, empty)) for name in NAMES)
    total = tiers[0]
    for summary in tiers[1:]:
        total = total + summary
    return TierBoard(tiers, total, moves)


def tier_board(cube: Cube, policy: Policy, other: Policy | None = None) -> TierBoard:
    """Apply a policy to the cube; no row is read.

    Parameters
    ----------
    cube : Cube
        Built under the policy's treatments, coverage and watch rules.
    policy, other : Policy
        The policy, and the one to compare tiers with (the one in force). Moves
        compare thresholds, gates and caps on the same cells.
    """
    moves: tuple[tuple[int, ...], ...] = ()
    if other is not None:
        before, after = tier_of_cells(cube, other), tier_of_cells(cube, policy)
        table = np.zeros((len(NAMES), len(NAMES)), dtype=np.int64)
        np.add.at(table, (before, after), cube.measures["customers"])
        moves = tuple(tuple(int(count) for count in row) for row in table)
    return board_from_sums(sum_cube(cube, policy), moves)
