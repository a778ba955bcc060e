"""A threshold moved on the cube, against the same question asked of the rows.

    python -m bench.cube [ROWS ...]

Each size runs in a process of its own, so that peak memory is its own too. Prints a
Markdown table; by default 10 thousand to 10 million rows.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TypeVar

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd

from data.engines.functions import fetch, frame_of, materialise
from segmentation.corners import sum_cube
from segmentation.cube import AS_IS, Cube, build_cube, moved_measures, with_capped
from segmentation.frame import Frame
from segmentation.policy import TIERS, WORKOUT, Policy, built_in_policy
from segmentation.returns.profit import with_returns
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.treatment import with_treated, with_untreated
from segmentation.risk.ladder import with_risk_step
from segmentation.tiers import row_totals, tier_board
from segmentation.treatment import NEUTRAL

Result = TypeVar("Result")

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
THREADS = 2
CONVERSION = 0.4
"""Credit conversion factor."""
SYNTHETIC = """
CREATE TABLE drawn_at_random AS
WITH dice AS (
    SELECT i, {columns} FROM range({rows}) AS t(i)
), bell AS (
    SELECT *, sqrt(-2 * ln(d0)) * cos(2 * pi() * d1) AS quality, sqrt(-2 * ln(d0)) * sin(2 * pi() * d1) AS luck
    FROM dice
)
SELECT
    CAST(greatest(0, least(200, floor(100 + 25 * quality))) AS BIGINT) AS value_step,
    CASE WHEN d2 < 0.02 THEN NULL ELSE 1 / (1 + exp(4 + quality + luck)) END AS probability_of_default,
    CAST(floor(4 * d3 * d3) AS BIGINT) AS lifecycle_key,
    CAST(greatest(1, least(6, floor(3.5 + 1.5 * quality + luck))) AS BIGINT) AS segment,
    CAST(CASE WHEN d4 < 0.05 THEN 45 ELSE 0 END AS BIGINT) AS days_past_due,
    d5 AS value_coverage,
    d6 < 0.02 AS is_defaulted,
    exp(10 + 1.5 * luck) AS drawn,
    exp(10 + 1.5 * luck) * d7 AS undrawn,
    exp(10 + 1.5 * luck) * (1 + d7) AS credit_limit,
    exp(10 + 1.5 * luck) * (1 + 0.4 * d7) AS exposure_at_default,
    0.2 + 0.4 * d8 AS loss_given_default,
    0.02 + 0.1 * d9 AS capital_requirement,
    CASE WHEN d3 < 0.5 THEN exp(10 + 1.5 * luck) * d5 END AS collateral_value,
    CASE WHEN d4 < 0.7 THEN 0.03 + 0.1 * d9 END AS interest_rate,
    CAST(NULL AS DOUBLE) AS commitment_fee,
    CAST(NULL AS DOUBLE) AS fee_income,
    CASE WHEN d5 < 0.5 THEN 0.02 + 0.02 * d8 END AS funding_rate,
    CAST(NULL AS DOUBLE) AS servicing_cost,
    'corporate' AS asset_class
FROM bell
"""
"""Customers whose risk follows their value; the same for every run, as the dice are hashes."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One size. Times in milliseconds, memory in megabytes."""

    rows: int
    cells: int
    build: float
    edit: float
    narrowed: float
    first: float
    board: float
    board_worst: float
    by_rows: float
    memory: float
    is_equal: bool


def measure(rows: int) -> Measured:
    """Measure one size in this process."""
    connection = duckdb.connect(config={"threads": THREADS})
    policy = built_in_policy()
    _scored(connection, rows)
    scored = frame_of(connection, "scored")
    build, parts = _timed(lambda: _parts(scored, policy), 3)
    cube = Cube.from_parts(*parts)
    edit = max(_edited(scored, policy, tier, parts) for tier in TIERS)
    half = scored.filter(nw.col("lifecycle_key") == 0)
    narrowed, _ = _timed(lambda: Cube.from_parts(*_parts(half, policy)), 3)
    first, _ = _timed(lambda: tier_board(cube, policy, policy), 1)
    moved = [policy.with_threshold(strategic=step) for step in range(100, 200)]
    times = [_timed(partial(tier_board, cube, each, policy), 1)[0] for each in moved]
    # The rows get what they need ready made: treated measures and caps as columns of a table.
    treated = with_treated(scored, policy.treatments, credit_conversion_factor=CONVERSION)
    materialise(connection, with_capped(treated, policy), "treated")
    by_rows, found = _timed(lambda: fetch(row_totals(frame_of(connection, "treated"), policy)), 3)
    return Measured(
        rows=rows,
        cells=cube.cells,
        build=build,
        edit=edit,
        narrowed=narrowed,
        first=first,
        board=statistics.median(times),
        board_worst=float(np.percentile(times, 95)),
        by_rows=by_rows,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        is_equal=_as_dict(found) == sum_cube(cube, policy),
    )


def _parts(scored: Frame, policy: Policy) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Scan the rows once, as the app does when nothing is kept; give the sums in parts."""
    moved = {tier: moved_measures(policy.treatments[tier], tier) for tier in TIERS}
    names = [name for part in (AS_IS, *moved.values()) for name in part]
    treated = with_treated(scored, policy.treatments, credit_conversion_factor=CONVERSION)
    rows = fetch(build_cube(with_capped(treated, policy), names))
    return rows[["cell", *AS_IS]], {tier: rows[["cell", *part]] for tier, part in moved.items()}


def _part(scored: Frame, policy: Policy, tier: str) -> pd.DataFrame:
    alone = {**dict.fromkeys(TIERS, NEUTRAL), tier: policy.treatments[tier]}
    treated = with_treated(scored, alone, credit_conversion_factor=CONVERSION)
    return fetch(build_cube(with_capped(treated, policy), moved_measures(policy.treatments[tier], tier)))


def _edited(
    scored: Frame, policy: Policy, tier: str, parts: tuple[pd.DataFrame, dict[str, pd.DataFrame]]
) -> float:
    """Time an edit of one tier's treatment: its part anew, the others as kept, ready for a threshold."""
    as_is, treated = parts
    return _timed(lambda: Cube.from_parts(as_is, {**treated, tier: _part(scored, policy, tier)}).corners, 3)[
        0
    ]


def _scored(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    dice = ", ".join(f"(hash(i * 16 + {n}) % 1000003 + 1) / 1000004.0 AS d{n}" for n in range(10))
    connection.execute(SYNTHETIC.format(columns=dice, rows=rows))
    exposure, chance = nw.col("exposure_at_default"), nw.col("probability_of_default")
    frame = with_risk_step(frame_of(connection, "drawn_at_random")).with_columns(
        (chance * nw.col("loss_given_default") * exposure).alias("expected_loss"),
        nw.when(~chance.is_null()).then(nw.col("capital_requirement") * exposure).alias("economic_capital"),
    )
    materialise(connection, with_untreated(with_returns(frame, ReturnsSettings())), "scored")
    connection.execute("DROP TABLE drawn_at_random")


def _timed(work: Callable[[], Result], times: int) -> tuple[float, Result]:
    """Run something a few times; give the best time and the last result."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        best = min(best, (time.perf_counter() - start) * 1000)
    return best, result


def _as_dict(found: pd.DataFrame) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {
        str(row["tier"]): {str(name): int(value) for name, value in row.items() if name != "tier"}
        for row in found.to_dict("records")
    }
    return {tier: rows[tier] for tier in (*TIERS, WORKOUT)}


def markdown(sizes: tuple[int, ...] = SIZES) -> str:
    """Measure all sizes, each in a process of its own, and give the table."""
    measured = [_apart(rows) for rows in sizes]
    lines = [
        "| rows | cells | build the cube | one treatment edited | filtered to half | first board | board, median "
        "| board, 95 % | SQL over the rows | rows / cube | peak memory | equal |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {m.rows:,} | {m.cells:,} | {m.build:,.0f} ms | {m.edit:,.0f} ms | {m.narrowed:,.0f} ms | {m.first:,.1f} ms | {m.board:.2f} ms | {m.board_worst:.2f} ms "
        f"| {m.by_rows:,.0f} ms | {m.by_rows / m.board:,.0f} × | {m.memory:,.0f} MB | {'yes' if m.is_equal else 'NO'} |"
        for m in measured
    ]
    ratio = measured[-1].board / measured[0].board
    lines += [
        "",
        f"A board of {measured[-1].rows:,} rows takes {ratio:.2f} × one of {measured[0].rows:,}. {_machine()}",
    ]
    return "\n".join(lines)


def _apart(rows: int) -> Measured:
    found = subprocess.run(
        [sys.executable, "-m", "bench.cube", "--one", str(rows)], capture_output=True, text=True, check=True
    )
    return Measured(**json.loads(found.stdout.splitlines()[-1]))


def _machine() -> str:
    return (
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__} on {THREADS} threads, "
        f"{os.cpu_count()} cores, {platform.machine()}."
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measure(int(sys.argv[2])))))
    else:
        print(markdown(tuple(map(int, sys.argv[1:])) or SIZES))
