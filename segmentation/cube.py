"""The cube: a portfolio summed to the cells on which every policy is constant.

Keys
    value_step (0–200), risk_step (0–63, 255 unknown), lifecycle_key (0–3),
    segment, is_capped (at most Core), was_capped (the same under the policy compared
    with), is_workout (defaulted, outside tiers).
Measures
    customers; six money measures in hundredths, as they are and under each
    tier's treatment. Customers and exposure without a PD are those of
    risk_step 255.
Can't answer
    medians and quantiles, distinct counts, value at risk, anything of one
    customer: these ask the scored rows.

Measures are whole numbers, so a sum does not depend on its order: the cube, SQL
over the rows and any other engine agree by ``==``. A threshold or a gate never
rebuilds the cube; treatments, coverage and watch rules do.

A policy gives each life cycle three nested rectangles of the plane value × risk:
Strategic within Core or better within everybody. So the cells are added up once to
a summed-area table (Crow, SIGGRAPH 1984): how much lies at or above each value step
and at or below each risk step. A tier is then a few look-ups, whatever the number
of cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.errors import InputRefused
from segmentation.frame import Frame
from segmentation.policy import HIGHEST_STEP, LIFECYCLES, TIER_KEYS, TIERS, WORKOUT, Policy
from segmentation.returns.treatment import MEASURES
from segmentation.risk.ladder import LADDER, STEPS, UNKNOWN_STEP

KEYS = (
    "value_step",
    "risk_step",
    "lifecycle_key",
    "segment",
    "is_capped",
    "was_capped",
    "is_workout",
)
MONEY = tuple(f"{name}_minor" for name in MEASURES)
TREATED = {tier: tuple(f"{name}_minor__{key}" for name in MEASURES) for tier, key in TIER_KEYS.items()}
ALL_MEASURES = ("customers", *MONEY, *(name for names in TREATED.values() for name in names))
NAMES = (*TIERS, WORKOUT)

LARGEST_SUM = 2**63 - 1
"""What 64 bits hold: about 92 quadrillion units of money."""

Integers = npt.NDArray[np.int64]


def with_capped(frame: Frame, policy: Policy, other: Policy | None = None) -> Frame:
    """Add `is_capped`: watched, or known too little of, so at most Core; and `is_workout`.

    Parameters
    ----------
    frame : Frame
        With `days_past_due`, `value_coverage` and `is_defaulted`.
    policy, other : Policy
        The policy, and the one it is compared with, whose rules give `was_capped`; by
        default the same.

    Examples
    --------
    >>> import duckdb
    >>> from segmentation.policy import built_in_policy
    >>> frame = nw.from_native(duckdb.sql("select 45 days_past_due, 0.9 value_coverage, false is_defaulted"))
    >>> with_capped(frame, built_in_policy()).select("is_capped").collect().item()
    1
    """
    return frame.with_columns(
        _flag(_is_capped(policy)).alias("is_capped"),
        _flag(_is_capped(other or policy)).alias("was_capped"),
        _flag(nw.col("is_defaulted")).alias("is_workout"),
    )


def _is_capped(policy: Policy) -> nw.Expr:
    is_watched = (nw.col("days_past_due") > policy.watch_days).fill_null(False)
    is_unknown = (nw.col("value_coverage") < policy.coverage_gate).fill_null(True)
    return is_watched | is_unknown


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def build_cube(frame: Frame) -> Frame:
    """Sum a scored frame to its cells, in one grouped scan.

    Parameters
    ----------
    frame : Frame
        With the keys, `exposure_minor` … and `exposure_minor__strategic` ….
    """
    # An engine's sum of integers is wider than 64 bits, and pandas would make it a float.
    sums = [nw.col(name).sum().cast(nw.Int64).alias(name) for name in ALL_MEASURES if name != "customers"]
    return frame.group_by(*KEYS).agg(nw.len().cast(nw.Int64).alias("customers"), *sums)


@dataclass(frozen=True, eq=False)
class Cube:
    """Cells as arrays of whole numbers.

    Attributes
    ----------
    keys : dict
        `KEYS` → array, one element a cell.
    measures : dict
        `ALL_MEASURES` → array, one element a cell.
    """

    keys: dict[str, Integers]
    measures: dict[str, Integers]

    @classmethod
    def from_rows(cls, rows: pd.DataFrame) -> Cube:
        """Take the result of :func:`build_cube`.

        Raises
        ------
        InputRefused
            When amounts add up to more than 64 bits hold.
        """
        cube = cls(
            {name: rows[name].to_numpy(dtype=np.int64) for name in KEYS},
            {name: rows[name].to_numpy(dtype=np.int64) for name in ALL_MEASURES},
        )
        for name, amounts in cube.measures.items():
            if np.abs(amounts.astype(np.float64)).sum() >= LARGEST_SUM:
                raise InputRefused.because(
                    "the amounts add up to more than 92 quadrillion",
                    file="the portfolio",
                    column=name.split("_minor")[0],
                    remedy="Check the unit of the amounts.",
                )
        return cube

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.keys["value_step"])

    @cached_property
    def corners(self) -> Corners:
        """The cells added up to their summed-area table; made when first asked for."""
        return Corners.from_cube(self)


@dataclass(frozen=True, eq=False)
class Corners:
    """Sums over all rectangles of value × risk that a policy may draw.

    Attributes
    ----------
    states : ndarray of int64, shape (states, 3)
        Life cycle, `is_capped` and `was_capped` of each plane.
    sums : ndarray of int64, shape (measures, states, 202, 66)
        ``sums[m, s, t, g]``: cells with value_step ≥ t and a risk step among the first g (0–63,
        then the unknown ones).
    workout : ndarray of int64, shape (2, measures)
        Defaulted customers: all of them, and those without a PD.
    """

    states: Integers
    sums: Integers
    workout: Integers

    @classmethod
    def from_cube(cls, cube: Cube) -> Corners:
        """Add the cells up."""
        keys = cube.keys
        is_in, is_unknown = keys["is_workout"] == 0, keys["risk_step"] == UNKNOWN_STEP
        code = (4 * keys["lifecycle_key"] + 2 * keys["is_capped"] + keys["was_capped"])[is_in]
        present = np.flatnonzero(np.bincount(code, minlength=1))
        column = np.where(is_unknown, STEPS, keys["risk_step"])[is_in] + 1
        shape = (len(present), EMPTY + 1, EVERY_RISK + 1)
        place = np.ravel_multi_index(
            (np.searchsorted(present, code), keys["value_step"][is_in], column), shape
        )
        sums = np.zeros((len(ALL_MEASURES), *shape), dtype=np.int64)
        for table, name in zip(sums.reshape(len(ALL_MEASURES), -1), ALL_MEASURES, strict=True):
            np.add.at(table, place, cube.measures[name][is_in])
        np.cumsum(sums, axis=3, out=sums)
        sums = np.cumsum(sums[:, :, ::-1], axis=2)[:, :, ::-1]
        outside = [
            [cube.measures[name][which].sum() for name in ALL_MEASURES]
            for which in (~is_in, ~is_in & is_unknown)
        ]
        states = np.stack([present // 4, present // 2 % 2, present % 2], axis=1)
        return cls(states, sums, np.array(outside, dtype=np.int64))

    def rectangles(self, policy: Policy, capped: str = "is_capped") -> tuple[Integers, Integers]:
        """Corners of Strategic, Core or better, and everybody, in each plane.

        Parameters
        ----------
        policy : Policy
            Whose tiers.
        capped : str
            `is_capped`, or `was_capped` for the policy compared with.

        Returns
        -------
        ndarray, ndarray of shape (states, 3)
            Least value step, and number of risk steps let through.
        """
        cycle, is_capped = self.states[:, 0], self.states[:, 1 if capped == "is_capped" else 2] == 1
        least = np.tile([policy.strategic_step, policy.core_step, 0], (len(cycle), 1))
        least[is_capped, 0] = EMPTY
        gates = [policy.gates[name] for name in LIFECYCLES]
        through = np.array([[gate.strategic + 1, gate.core + 1, EVERY_RISK] for gate in gates])[cycle]
        return least, through if policy.gates_on else np.full_like(through, EVERY_RISK)


EMPTY = HIGHEST_STEP + 1
"""A value step nobody reaches."""
EVERY_RISK = STEPS + 1
"""All risk steps let through, the unknown one too."""


def tier_sums(cube: Cube, policy: Policy) -> tuple[Integers, Integers]:
    """Sum all measures by tier.

    Returns
    -------
    ndarray, ndarray of shape (4, measures)
        `NAMES` × `ALL_MEASURES`: everybody, and those without a PD.
    """
    corners = cube.corners
    least, through = corners.rectangles(policy)
    plane = np.arange(len(corners.states))[:, None]
    everybody = corners.sums[:, plane, least, through].sum(axis=1).T
    known = corners.sums[:, plane, least, np.minimum(through, STEPS)].sum(axis=1).T

    def of_tiers(nested: Integers, workout: Integers) -> Integers:
        return np.concatenate([np.diff(nested, axis=0, prepend=0), workout[None]])

    return of_tiers(everybody, corners.workout[0]), of_tiers(everybody - known, corners.workout[1])


def sum_cube(cube: Cube, policy: Policy) -> dict[str, dict[str, int]]:
    """Sum the cells of each tier, as they are and under the tier's own treatment.

    Returns
    -------
    dict
        Tier → measure → whole number: `customers`, `exposure_minor` …, under the tier's
        treatment `exposure_minor_treated` …; each again ending in `_without_pd` for
        customers whose risk is unknown. Work-out has no treatment: both are the same.
    """
    totals: dict[str, dict[str, int]] = {name: {} for name in NAMES}
    for suffix, table in zip(("", "_without_pd"), tier_sums(cube, policy), strict=True):
        for name, row in zip(NAMES, table.tolist(), strict=True):
            sums = dict(zip(ALL_MEASURES, row, strict=True))
            totals[name][f"customers{suffix}"] = sums["customers"]
            for plain, treated in zip(MONEY, TREATED.get(name, MONEY), strict=True):
                totals[name][f"{plain}{suffix}"] = sums[plain]
                totals[name][f"{plain}_treated{suffix}"] = sums[treated]
    return totals


def sum_moves(cube: Cube, policy: Policy, other: Policy, measure: str = "customers") -> Integers:
    """Sum a measure by tier under another policy (rows) and under this one (columns).

    Parameters
    ----------
    cube : Cube
        Built with both policies' caps (:func:`with_capped`).
    policy, other : Policy
        The policy, and the one compared with.
    measure : str
        One of `ALL_MEASURES`.
    """
    corners = cube.corners
    (least, through), (was_least, was_through) = (
        corners.rectangles(policy),
        corners.rectangles(other, "was_capped"),
    )
    plane = np.arange(len(corners.states))[:, None, None]
    # What two nested families share is nested again, rectangle by rectangle.
    shared = corners.sums[
        ALL_MEASURES.index(measure),
        plane,
        np.maximum(was_least[:, :, None], least[:, None, :]),
        np.minimum(was_through[:, :, None], through[:, None, :]),
    ].sum(axis=0)
    table = np.zeros((len(NAMES), len(NAMES)), dtype=np.int64)
    table[:-1, :-1] = np.diff(np.diff(shared, axis=0, prepend=0), axis=1, prepend=0)
    table[-1, -1] = corners.workout[0, ALL_MEASURES.index(measure)]
    return table


def tier_of_cells(cube: Cube, policy: Policy, *, higher: int = 0, riskier: int = 0) -> Integers:
    """Tier of each cell: 0 Strategic, 1 Core, 2 Ordinary, 3 Work-out.

    Parameters
    ----------
    cube : Cube
        The cells.
    policy : Policy
        The policy.
    higher, riskier : int
        Steps of value and of risk every cell is moved by first; unknown risk stays unknown.
    """
    value, risk, cycle = (cube.keys[name] for name in ("value_step", "risk_step", "lifecycle_key"))
    value = np.clip(value + higher, 0, HIGHEST_STEP)
    risk = np.where(risk == UNKNOWN_STEP, risk, np.clip(risk + riskier, 0, STEPS - 1))
    gates = np.array([[policy.gates[name].strategic, policy.gates[name].core] for name in LIFECYCLES])
    passes = (risk[:, None] <= gates[cycle]) | (not policy.gates_on)
    is_strategic = (value >= policy.strategic_step) & passes[:, 0] & (cube.keys["is_capped"] == 0)
    is_core = (value >= policy.core_step) & passes[:, 1]
    tier = np.where(is_strategic, 0, np.where(is_core, 1, 2))
    return np.where(cube.keys["is_workout"] == 1, 3, tier).astype(np.int64)


def customers_near_a_line(cube: Cube, policy: Policy) -> int:
    """Count customers whom one step of value or of risk would bring into another tier."""
    tier = tier_of_cells(cube, policy)
    is_near = np.zeros(cube.cells, dtype=bool)
    for higher, riskier in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        is_near |= tier_of_cells(cube, policy, higher=higher, riskier=riskier) != tier
    return int(cube.measures["customers"][is_near].sum())


RISK_BANDS = (0.005, 0.015, 0.04, 0.10)
"""Upper bounds of 12-month PD of the bands the histogram is split by; then above, and unknown.

A risk step belongs to the band its own bound lies in: the band never shows less risk than there is.
"""


def band_of_steps(steps: Integers) -> Integers:
    """Band 0–4 of a risk step by its bound, 5 for unknown."""
    bounds = np.array([*LADDER, *[np.inf] * (UNKNOWN_STEP + 1 - len(LADDER))])
    bands = np.searchsorted(np.array(RISK_BANDS), bounds[steps], side="left")
    return np.where(steps == UNKNOWN_STEP, len(RISK_BANDS) + 1, bands).astype(np.int64)


def histogram(cube: Cube, measure: str = "exposure_minor", bins: int = 100) -> Integers:
    """Sum a measure by value score and risk band; customers in work-out are left out.

    Parameters
    ----------
    cube : Cube
        The cells.
    measure : str
        One of `ALL_MEASURES`.
    bins : int
        A divisor of 200, so that thresholds lie between bins; the score 100 is in the last one.

    Returns
    -------
    ndarray of int64, shape (bins, 6)
        Rows from lowest to highest score, columns from lowest to highest risk.
    """
    width, rest = divmod(HIGHEST_STEP, bins)
    if rest:
        raise ValueError(f"{bins} bins do not divide {HIGHEST_STEP} steps")
    inside = cube.keys["is_workout"] == 0
    row = np.minimum(cube.keys["value_step"][inside] // width, bins - 1)
    band = band_of_steps(cube.keys["risk_step"][inside])
    table = np.zeros((bins, len(RISK_BANDS) + 2), dtype=np.int64)
    np.add.at(table, (row, band), cube.measures[measure][inside])
    return table
