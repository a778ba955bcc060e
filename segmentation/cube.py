"""The cube: a portfolio summed to the cells on which every policy is constant.

Keys
    value_step (0–200), risk_step (0–63, 255 unknown), lifecycle_key (0–3),
    segment, is_capped (at most Core), is_workout (defaulted, outside tiers).
Measures
    customers; six money measures in hundredths, as they are and under each
    tier's treatment; customers and exposure without a PD.
Can't answer
    medians and quantiles, distinct counts, value at risk, anything of one
    customer: these ask the scored rows.

Measures are whole numbers, so a sum does not depend on its order: the cube, SQL
over the rows and any other engine agree by ``==``. A threshold or a gate never
rebuilds the cube; treatments, coverage and watch rules do.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.frame import Frame
from segmentation.policy import LIFECYCLES, TIER_KEYS, TIERS, WORKOUT, Policy
from segmentation.returns.treatment import MEASURES
from segmentation.risk.ladder import LADDER, UNKNOWN_STEP

KEYS = ("value_step", "risk_step", "lifecycle_key", "segment", "is_capped", "is_workout")
COUNTS = ("customers", "customers_without_pd", "exposure_minor_without_pd")
MONEY = tuple(f"{name}_minor" for name in MEASURES)
TREATED = {tier: tuple(f"{name}_minor__{key}" for name in MEASURES) for tier, key in TIER_KEYS.items()}
ALL_MEASURES = (*COUNTS, *MONEY, *(name for names in TREATED.values() for name in names))

Integers = npt.NDArray[np.int64]


def with_capped(frame: Frame, policy: Policy) -> Frame:
    """Add `is_capped`: watched, or known too little of, so at most Core; and `is_workout`.

    Examples
    --------
    >>> import duckdb
    >>> from segmentation.policy import built_in_policy
    >>> frame = nw.from_native(duckdb.sql("select 45 days_past_due, 0.9 value_coverage, false is_defaulted"))
    >>> with_capped(frame, built_in_policy()).select("is_capped").collect().item()
    1
    """
    watched = (
        (nw.col("days_past_due") >= policy.watch_days).fill_null(False)
        if policy.watch_days
        else nw.lit(False)
    )
    unknown = (nw.col("value_coverage") < policy.coverage_gate).fill_null(True)
    return frame.with_columns(
        nw.when(watched | unknown).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("is_capped"),
        nw.when(nw.col("is_defaulted"))
        .then(nw.lit(1))
        .otherwise(nw.lit(0))
        .cast(nw.Int64)
        .alias("is_workout"),
    )


def build_cube(frame: Frame) -> Frame:
    """Sum a scored frame to its cells, in one grouped scan.

    Parameters
    ----------
    frame : Frame
        With the keys, `exposure_minor` … and `exposure_minor__strategic` ….
    """
    unknown = nw.col("risk_step") == UNKNOWN_STEP
    sums = [nw.col(name).sum().alias(name) for name in ALL_MEASURES if name not in COUNTS]
    return (
        frame.with_columns(
            nw.lit(1).cast(nw.Int64).alias("customers"),
            nw.when(unknown)
            .then(nw.lit(1))
            .otherwise(nw.lit(0))
            .cast(nw.Int64)
            .alias("customers_without_pd"),
            nw.when(unknown)
            .then(nw.col("exposure_minor"))
            .otherwise(nw.lit(0))
            .cast(nw.Int64)
            .alias("exposure_minor_without_pd"),
        )
        .group_by(*KEYS)
        .agg(*(nw.col(name).sum().alias(name) for name in COUNTS), *sums)
    )


@dataclass(frozen=True)
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
        """Take the result of :func:`build_cube`; sums of the engine may be wider than 64 bits."""
        return cls(
            {name: rows[name].to_numpy(dtype=np.int64) for name in KEYS},
            {name: rows[name].astype("int64").to_numpy(dtype=np.int64) for name in ALL_MEASURES},
        )

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.keys["value_step"])


def gate_arrays(policy: Policy) -> tuple[Integers, Integers]:
    """Gates of a policy by `lifecycle_key`."""
    gates = [policy.gates[name] for name in LIFECYCLES]
    return (
        np.array([gate.strategic for gate in gates], dtype=np.int64),
        np.array([gate.core for gate in gates], dtype=np.int64),
    )


def tier_of_cells(cube: Cube, policy: Policy) -> Integers:
    """Tier of each cell: 0 Strategic, 1 Core, 2 Ordinary, 3 Work-out."""
    value, risk, cycle = (cube.keys[name] for name in ("value_step", "risk_step", "lifecycle_key"))
    strategic_gate, core_gate = gate_arrays(policy)
    passes_strategic = risk <= strategic_gate[cycle] if policy.gates_on else np.ones(len(risk), dtype=bool)
    passes_core = risk <= core_gate[cycle] if policy.gates_on else np.ones(len(risk), dtype=bool)
    strategic = (value >= policy.strategic_step) & passes_strategic & (cube.keys["is_capped"] == 0)
    core = (value >= policy.core_step) & passes_core
    tier = np.where(strategic, 0, np.where(core, 1, 2))
    return np.where(cube.keys["is_workout"] == 1, 3, tier).astype(np.int64)


def sum_cube(cube: Cube, policy: Policy) -> dict[str, dict[str, int]]:
    """Sum the cells of each tier, as they are and under the tier's own treatment.

    Returns
    -------
    dict
        Tier → measure → whole number; treated measures end in `_treated`.
        Work-out has no treatment: both are the same.
    """
    tier = tier_of_cells(cube, policy)
    totals: dict[str, dict[str, int]] = {}
    for number, name in enumerate((*TIERS, WORKOUT)):
        mask = tier == number
        sums = {measure: int(cube.measures[measure][mask].sum()) for measure in (*COUNTS, *MONEY)}
        treated = TREATED.get(name, MONEY)
        for plain, column in zip(MONEY, treated, strict=True):
            sums[f"{plain}_treated"] = int(cube.measures[column][mask].sum())
        totals[name] = sums
    return totals


def sum_by(cube: Cube, policy: Policy, key: str) -> dict[int, dict[str, int]]:
    """Sum the cells by one key: measures as they are."""
    found: dict[int, dict[str, int]] = {}
    for value in np.unique(cube.keys[key]):
        mask = cube.keys[key] == value
        found[int(value)] = {name: int(cube.measures[name][mask].sum()) for name in (*COUNTS, *MONEY)}
    return found


RISK_BANDS = (0.005, 0.015, 0.04, 0.10)
"""Upper bounds of 12-month PD of the bands the histogram is split by; then above, and unknown."""


def band_of_steps(steps: Integers) -> Integers:
    """Band 0–4 of a risk step by its bound, 5 for unknown."""
    bounds = np.array([*LADDER, *[np.inf] * (UNKNOWN_STEP + 1 - len(LADDER))])
    bands = np.searchsorted(np.array(RISK_BANDS), bounds[steps], side="left")
    return np.where(steps == UNKNOWN_STEP, len(RISK_BANDS) + 1, bands).astype(np.int64)


def histogram(cube: Cube, measure: str = "exposure_minor", bins: int = 100) -> Integers:
    """Sum a measure by value score and risk band; customers in work-out are left out.

    Returns
    -------
    ndarray of int64, shape (bins, 6)
        Rows from lowest to highest score, columns from lowest to highest risk.
    """
    inside = cube.keys["is_workout"] == 0
    width = 200 // bins
    row = np.minimum(cube.keys["value_step"][inside] // width, bins - 1)
    band = band_of_steps(cube.keys["risk_step"][inside])
    table = np.zeros((bins, len(RISK_BANDS) + 2), dtype=np.int64)
    np.add.at(table, (row, band), cube.measures[measure][inside])
    return table
