"""The cube: a portfolio summed to the cells on which every policy is constant.

Keys
    value_step (0–200), risk_step (0–63, 255 unknown), lifecycle_key (0–3),
    segment, is_capped (at most Core), was_capped (the same under the policy compared
    with), is_workout (defaulted, outside tiers), held (tier before: 0 Strategic, 1 Core,
    2 Ordinary, 3 none known), is_staying and was_staying (within the minimum stay of the
    policy and of the one compared with), forced (tier a person has set, 3 none).
    Packed into one whole number, `cell`.
Measures
    customers; six money measures in hundredths, as they are and under each
    tier's treatment. Customers and exposure without a PD are those of
    risk_step 255.
Can't answer
    medians and quantiles, distinct counts, value at risk, anything of one
    customer: these ask the scored rows.

Measures are whole numbers, so a sum does not depend on its order: the cube, SQL
over the rows and any other engine agree by ``==``. A threshold or a gate never
rebuilds the cube; treatments, filters, coverage and watch rules do. It is built in
parts, the measures as they are and those under each tier's treatment, so that an edit
of one treatment reads only what that treatment moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.errors import InputRefused
from segmentation.frame import Frame
from segmentation.policy import TIER_KEYS, TIERS, WORKOUT, Policy
from segmentation.returns.treatment import MEASURES, MOVED_BY
from segmentation.risk.ladder import LADDER, UNKNOWN_STEP
from segmentation.treatment import Treatment

if TYPE_CHECKING:
    from segmentation.corners import Corners

NO_TIER = 3
"""Key of a tier that is not known or not set."""

PACKED = (
    # key, values it may have, what it is where a frame or a table does not say
    ("value_step", 256, 0),
    ("risk_step", 256, UNKNOWN_STEP),
    ("lifecycle_key", 4, 3),
    ("segment", 256, 0),
    ("is_capped", 2, 0),
    ("was_capped", 2, 0),
    ("is_workout", 2, 0),
    ("held", 4, NO_TIER),
    ("is_staying", 2, 0),
    ("was_staying", 2, 0),
    ("forced", 4, NO_TIER),
)
"""The keys from the most to the least significant; each is packed below the one before."""
KEYS = tuple(name for name, _, _ in PACKED)
MONEY = tuple(f"{name}_minor" for name in MEASURES)
TREATED = {tier: tuple(f"{name}_minor__{key}" for name in MEASURES) for tier, key in TIER_KEYS.items()}
AS_IS = ("customers", *MONEY)
ALL_MEASURES = (*AS_IS, *(name for names in TREATED.values() for name in names))
NAMES = (*TIERS, WORKOUT)

LARGEST_SUM = 2**63 - 1
"""What 64 bits hold: about 92 quadrillion units of money."""

Integers = npt.NDArray[np.int64]


def with_capped(frame: Frame, policy: Policy, other: Policy | None = None) -> Frame:
    """Add what besides value and risk decides a tier.

    `is_capped`: watched, or known too little of, so at most Core. `is_workout`. Who held
    which tier before (`held`) is passed on where the frame knows it, and whether the
    minimum stay still binds the customer to it (`is_staying`). `forced`: the tier a person
    has set for the customer.

    Parameters
    ----------
    frame : Frame
        With `days_past_due`, `value_coverage` and `is_defaulted`; with `customer_id` where
        the policy has overrides; where known, with `held` and `months_held`.
    policy, other : Policy
        The policy, and the one it is compared with, whose rules give `was_capped` and
        `was_staying`; by default the same.

    Examples
    --------
    >>> import duckdb
    >>> from segmentation.policy import built_in_policy
    >>> frame = nw.from_native(duckdb.sql("select 45 days_past_due, 0.9 value_coverage, false is_defaulted"))
    >>> with_capped(frame, built_in_policy()).select("is_capped", "held", "forced").collect().row(0)
    (1, 3, 3)
    """
    other = other or policy
    held, months = _held_before(frame)
    return frame.with_columns(
        _flag(_is_capped(policy)).alias("is_capped"),
        _flag(_is_capped(other)).alias("was_capped"),
        _flag(nw.col("is_defaulted")).alias("is_workout"),
        held.cast(nw.Int64).alias("held"),
        _flag((months < policy.stay_months).fill_null(False)).alias("is_staying"),
        _flag((months < other.stay_months).fill_null(False)).alias("was_staying"),
        _forced(policy).cast(nw.Int64).alias("forced"),
    )


def _held_before(frame: Frame) -> tuple[nw.Expr, nw.Expr]:
    """Tier before and months since it was given, where the frame knows them."""
    if "months_held" in frame.collect_schema().names():
        return nw.col("held").fill_null(NO_TIER), nw.col("months_held")
    return nw.lit(NO_TIER), nw.lit(None).cast(nw.Float64)


def _is_capped(policy: Policy) -> nw.Expr:
    is_watched = (nw.col("days_past_due") > policy.watch_days).fill_null(False)
    is_unknown = (nw.col("value_coverage") < policy.coverage_gate).fill_null(True)
    return is_watched | is_unknown


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _forced(policy: Policy) -> nw.Expr:
    forced = nw.lit(NO_TIER)
    for place, tier in enumerate(TIERS):
        whom = [row.customer_id for row in policy.overrides if row.tier == tier]
        if whom:
            forced = nw.when(nw.col("customer_id").is_in(whom)).then(nw.lit(place)).otherwise(forced)
    return forced


def moved_measures(treatment: Treatment, tier: str) -> tuple[str, ...]:
    """Name the measures a treatment moves; the others are what they are without it.

    Examples
    --------
    >>> moved_measures(Treatment(service_cost_rate=0.001), "Core")
    ('cost_minor__core',)
    """
    moves = treatment.moves
    pairs = zip(MEASURES, TREATED[tier], strict=True)
    return tuple(name for measure, name in pairs if moves.intersection(MOVED_BY[measure]))


def build_cube(frame: Frame, measures: Sequence[str] = ALL_MEASURES) -> Frame:
    """Sum a scored frame to its cells, in one grouped scan.

    Parameters
    ----------
    frame : Frame
        With the keys, `exposure_minor` … and, where asked for, `exposure_minor__strategic` ….
    measures : sequence of str
        Which of `ALL_MEASURES`.

    Returns
    -------
    Frame
        `cell` and the measures, a row a cell.
    """
    cell = nw.lit(0).cast(nw.Int64)
    for name, size, _ in PACKED:
        cell = cell * size + nw.col(name).cast(nw.Int64)
    # An engine's sum of integers is wider than 64 bits, and pandas would make it a float.
    sums = [nw.col(name).sum().cast(nw.Int64).alias(name) for name in measures if name != "customers"]
    counted = [nw.len().cast(nw.Int64).alias("customers")] if "customers" in measures else []
    return frame.with_columns(cell.alias("cell")).group_by("cell").agg(*counted, *sums)


def _packed(rows: pd.DataFrame) -> Integers:
    """Pack the keys of rows that name them one by one."""
    cell = np.zeros(len(rows), dtype=np.int64)
    for name, size, absent in PACKED:
        cell = cell * size + (rows[name].to_numpy(dtype=np.int64) if name in rows else absent)
    return cell


def _unpacked(cell: Integers) -> dict[str, Integers]:
    keys: dict[str, Integers] = {}
    for name, size, _ in reversed(PACKED):
        cell, keys[name] = np.divmod(cell, size)
    return {name: keys[name] for name in KEYS}


@dataclass(frozen=True, eq=False)
class Cube:
    """Cells as arrays of whole numbers.

    Attributes
    ----------
    keys : dict
        `KEYS` → array, one element a cell. A key combination may stand in several cells.
    measures : dict
        `ALL_MEASURES` → array, one element a cell; negative where something is taken out.
    """

    keys: dict[str, Integers]
    measures: dict[str, Integers]

    @classmethod
    def from_rows(cls, rows: pd.DataFrame) -> Cube:
        """Take the result of :func:`build_cube`, or rows that name the keys one by one.

        Raises
        ------
        InputRefused
            When amounts add up to more than 64 bits hold.
        """
        return cls.from_parts(rows, {})

    @classmethod
    def from_parts(cls, as_is: pd.DataFrame, treated: Mapping[str, pd.DataFrame]) -> Cube:
        """Put a cube together from its parts.

        Parameters
        ----------
        as_is : DataFrame
            :func:`build_cube` of `AS_IS`, or of all measures.
        treated : mapping of str to DataFrame
            Tier → :func:`build_cube` of what its treatment moves, over the same rows. What
            no part has is what it is without a treatment.

        Raises
        ------
        InputRefused
            When amounts add up to more than 64 bits hold.
        """
        cell = as_is["cell"].to_numpy(dtype=np.int64) if "cell" in as_is else _packed(as_is)
        measures = {name: as_is[name].to_numpy(dtype=np.int64) for name in ALL_MEASURES if name in as_is}
        order = np.argsort(cell, kind="stable")
        for part in treated.values():
            place = order[np.searchsorted(cell, part["cell"].to_numpy(dtype=np.int64), sorter=order)]
            for name in part.columns.drop("cell"):
                measures[name] = np.zeros(len(cell), dtype=np.int64)
                measures[name][place] = part[name].to_numpy(dtype=np.int64)
        for names in TREATED.values():
            for plain, name in zip(MONEY, names, strict=True):
                measures.setdefault(name, measures[plain])
        return cls(_unpacked(cell), {name: measures[name] for name in ALL_MEASURES}).checked()

    def checked(self) -> Cube:
        """Give the cube itself, once its sums are known to fit into 64 bits.

        Raises
        ------
        InputRefused
            When they do not.
        """
        for name, amounts in self.measures.items():
            if np.abs(amounts.astype(np.float64)).sum() >= LARGEST_SUM:
                raise InputRefused.because(
                    "the amounts add up to more than 92 quadrillion",
                    file="the portfolio",
                    column=name.split("_minor")[0],
                    remedy="Check the unit of the amounts.",
                )
        return self

    def with_forced(self, forced: Cube) -> Cube:
        """Move the customers a person has set a tier for: out of their cells, into cells of their own.

        Parameters
        ----------
        forced : Cube
            The cells of these customers alone, with `forced` set. They are few, so the cube
            itself is not built again when an override comes or goes.
        """
        out = {**forced.keys, "forced": np.full(forced.cells, NO_TIER, dtype=np.int64)}
        keys = {name: np.concatenate([self.keys[name], out[name], forced.keys[name]]) for name in KEYS}
        measures = {
            name: np.concatenate([self.measures[name], -forced.measures[name], forced.measures[name]])
            for name in ALL_MEASURES
        }
        return Cube(keys, measures)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.keys["value_step"])

    @cached_property
    def corners(self) -> Corners:
        """The cells added up to their summed-area table; made when first asked for."""
        from segmentation.corners import Corners

        return Corners.from_cube(self)


RISK_BANDS = (0.005, 0.015, 0.04, 0.10)
"""Upper bounds of 12-month PD of the bands the histogram is split by; then above, and unknown.

A risk step belongs to the band its own bound lies in: the band never shows less risk than there is.
"""


def band_of_steps(steps: Integers) -> Integers:
    """Band 0–4 of a risk step by its bound, 5 for unknown."""
    bounds = np.array([*LADDER, *[np.inf] * (UNKNOWN_STEP + 1 - len(LADDER))])
    bands = np.searchsorted(np.array(RISK_BANDS), bounds[steps], side="left")
    return np.where(steps == UNKNOWN_STEP, len(RISK_BANDS) + 1, bands).astype(np.int64)
