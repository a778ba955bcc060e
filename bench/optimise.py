"""The exact search over all policies, against the same search without bounds.

    python -m bench.optimise [ROWS]

Limits are those a person would set: loss and capital as today, so many customers moved at
most; and once a loss below what the other two allow. Prints a Markdown table.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import duckdb
import numpy as np

from bench.cube import THREADS, _scored
from data.engines.functions import fetch, frame_of
from segmentation.cube import Cube, build_cube, with_capped
from segmentation.policy import built_in_policy
from segmentation.propose.frontier import frontier
from segmentation.propose.optimise import optimise
from segmentation.propose.tables import TOTALS, Lines, Tables, lines_of, tables_of
from segmentation.returns.treatment import with_treated

Result = TypeVar("Result")

ROWS = 1_000_000
MOVED = (0.2, 0.1, 0.02)
"""Share of the customers that may move, beside loss and capital of today."""


def _cube(rows: int) -> Cube:
    connection = duckdb.connect(config={"threads": THREADS})
    policy = built_in_policy()
    _scored(connection, rows)
    treated = with_treated(frame_of(connection, "scored"), policy.treatments, credit_conversion_factor=0.4)
    return Cube.from_rows(fetch(build_cube(with_capped(treated, policy))))


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def everything(tables: Tables, limits: dict[str, int]) -> tuple[int, Lines] | None:
    """Look at every policy of the grid: a row of F at a time, no bound, ties by the search's own rule."""
    places = [TOTALS.index(name) for name in limits]
    room = [most - int(tables.constant[place]) for place, most in zip(places, limits.values(), strict=True)]
    profit, moved = TOTALS.index("profit"), TOTALS.index("moved")
    best: tuple[int, ...] | None = None
    for t1 in range(len(tables.steps)):
        for g1, first in enumerate(tables.first_core_rung.tolist()):
            within = (slice(0, t1 + 1), slice(first, None))
            score = tables.core[profit][within] + tables.strategic[profit, t1, g1]
            fits = np.ones(score.shape, dtype=bool)
            for place, most in zip(places, room, strict=True):
                fits &= tables.core[place][within] <= most - tables.strategic[place, t1, g1]
            if not fits.any():
                continue
            top = int(score[fits].max())
            if best is not None and top < best[0]:
                continue
            fewest = tables.core[moved][within] + tables.strategic[moved, t1, g1]
            fits &= score == top
            least = int(fewest[fits].min())
            rows, columns = np.nonzero(fits & (fewest == least))
            t2 = int(rows.max())
            found = (top, -least, t1, t2, -g1, -(first + int(columns[rows == t2].min())))
            best = found if best is None or found > best else best
    if best is None:
        return None
    steps, rungs = tables.steps, tables.rungs
    lines = Lines(int(steps[best[2]]), int(steps[best[3]]), int(rungs[-best[4]]), int(rungs[-best[5]]))
    return tables.total(lines)["profit"], lines


def run(rows: int = ROWS) -> list[str]:
    """Measure and give the lines of a Markdown table and a sentence."""
    policy, cube = built_in_policy(), _cube(rows)
    corners, _ = _timed(lambda: cube.corners)
    made, tables = _timed(lambda: tables_of(cube, policy, policy))
    today = tables.total(lines_of(policy))
    same = {name: today[name] for name in ("expected_loss", "capital")}
    choices: list[tuple[str, dict[str, int]]] = [("none", {})]
    choices += [
        (f"loss and capital as today, {share:.0%} moved", {**same, "moved": int(rows * share)})
        for share in MOVED
    ]
    tight = optimise(tables, {"moved": int(rows * MOVED[-1])}, objective="expected_loss")
    if tight is not None:
        lowest = {"expected_loss": tight.totals["expected_loss"] - 1, "capital": today["capital"]}
        choices.append(("a loss just out of reach", {**lowest, "moved": int(rows * MOVED[-1])}))
    lines = [
        "| limits | search | every policy looked at | times | equal |",
        "|---|---:|---:|---:|---|",
    ]
    for label, limits in choices:
        searched, best = _timed(partial(optimise, tables, limits))
        walked, other = _timed(partial(everything, tables, limits))
        is_equal = (None if best is None else (best.totals["profit"], best.lines)) == other
        lines.append(
            f"| {label} | {searched:,.0f} ms | {walked:,.0f} ms | {walked / searched:,.0f} × "
            f"| {'yes' if is_equal else 'NO'} |"
        )
    front, points = _timed(lambda: frontier(tables, {"moved": rows // 10}))
    lines += [
        "",
        f"{tables.policies:,} policies over a portfolio of {rows:,} rows in {cube.cells:,} cells. Adding the cells up "
        f"takes {corners:,.0f} ms, once a cube, and the two tables {made:,.0f} ms; a frontier of {len(points)} points "
        f"{front:,.0f} ms. The budget for a search is 2,000 ms.",
    ]
    return lines


if __name__ == "__main__":
    print("\n".join(run(int(sys.argv[1]) if sys.argv[1:] else ROWS)))
