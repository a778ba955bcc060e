"""Risk figures of every row, against the sum of the same columns.

    python -m bench.score [ROWS ...]

Each size runs in a process of its own, so that peak memory is its own too. The customers are
drawn at random; the scorecard, hazard and loss table are fitted on a sample as the product
does. Prints a Markdown table.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import duckdb

from data.contract import Kind
from data.engines.functions import fetch, frame_of, hash_sample, materialise
from data.ingest.headers import is_protected, looks_late
from data.warehouse.house import EngineSettings, Warehouse
from segmentation.fit import fit_scoring_model
from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings
from segmentation.score import prepared, with_risk
from segmentation.scoring_model import ScoreOptions, ScoringModel, portfolio_columns

SIZES = (1_000_000, 10_000_000)
THREADS = 2
ROUNDS = 3
KINDS: dict[str, Kind] = {
    "customer_id": "text", "credit_score": "number", "years_in_business": "number", "industry": "text",
    "exposure": "money", "collateral_value": "money", "collateral_type": "text", "annual_revenue": "money",
    "currency": "text", "customer_class": "text", "remaining_months": "number", "originated_on": "date",
    "defaulted": "flag", "defaulted_on": "date", "snapshot_date": "date",
}  # fmt: skip
SYNTHETIC = """
CREATE TABLE customers AS
WITH dice AS (SELECT i, {dice} FROM range({rows}) AS t(i))
SELECT
    i::VARCHAR AS customer_id, 400 + 400 * d0 AS credit_score, 40 * d1 AS years_in_business,
    ['farms', 'mills', 'shops', 'hotels'][1 + (4 * d2)::INT % 4] AS industry,
    exp(9 + 3 * d3) AS exposure, exp(8 + 3 * d4) AS collateral_value,
    ['real_estate', 'receivables', 'financial', 'none'][1 + (4 * d5)::INT % 4] AS collateral_type,
    exp(12 + 5 * d6) AS annual_revenue, 'EUR' AS currency,
    ['sme', 'corporate', 'retail'][1 + (3 * d7)::INT % 3] AS customer_class, 6 + 100 * d8 AS remaining_months,
    DATE '2015-01-01' + (3000 * d9)::INT AS originated_on, d10 < 0.08 - 0.07 * d0 AS defaulted,
    CASE WHEN d10 < 0.08 - 0.07 * d0 THEN DATE '2015-01-01' + (3000 * d9)::INT + (900 * d11)::INT END AS defaulted_on,
    DATE '2026-01-01' AS snapshot_date
FROM dice
"""


def measure(rows: int) -> dict[str, float]:
    """Time both in this process, by turns."""
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        warehouse = Warehouse(Path(folder) / "bench.duckdb", EngineSettings("3GB", THREADS))
        with warehouse.cursor() as cursor:
            dice = ", ".join(
                f"hash(i, {number})::DOUBLE / 18446744073709551615.0 AS d{number}" for number in range(12)
            )
            cursor.execute(SYNTHETIC.format(rows=rows, dice=dice)).fetchall()
            model = _model(cursor)
            made, summed = [], []
            names = [name for name, kind in KINDS.items() if kind in ("number", "money")]
            sums = ", ".join(f"sum({name})" for name in names)
            texts = ", ".join(
                f"max({name})"
                for name, kind in KINDS.items()
                if kind not in ("number", "money") and name != "customer_id"
            )
            for _ in range(ROUNDS):
                start = time.perf_counter()
                frame = with_risk(prepared(frame_of(cursor, "customers"), None), model)
                kept = frame.select(
                    "customer_id", "probability_of_default", "probability_of_default_lifetime", "loss_given_default",
                    "exposure_at_default", "expected_loss", "economic_capital", "risk_weight",
                )  # fmt: skip
                materialise(cursor, kept, "scored")
                made.append(time.perf_counter() - start)
                start = time.perf_counter()
                cursor.execute(f"SELECT {sums}, {texts} FROM customers").fetchall()
                summed.append(time.perf_counter() - start)
        warehouse.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made.sort()
    summed.sort()
    return {
        "rows": rows,
        "score": made[1],
        "sum": summed[1],
        "peak": peak,
        "has_card": float(model.hazard is not None),
    }


def _model(cursor: duckdb.DuckDBPyConnection) -> ScoringModel:
    """Fit on a sample as the product does, without segments to speak of."""
    query = hash_sample(cursor, "customers", 50_000, 0)
    cursor.execute(f"CREATE TEMP TABLE sample AS {query}").fetchall()
    counter = [0]

    def keep(frame: Frame) -> Frame:
        counter[0] += 1
        materialise(cursor, frame, f"kept_{counter[0]}", temporary=True)
        return frame_of(cursor, f"kept_{counter[0]}")

    columns = portfolio_columns(KINDS, {}, is_protected, looks_late)
    options = replace(ScoreOptions(clusters=1), returns=ReturnsSettings())
    return fit_scoring_model(
        frame_of(cursor, "sample"), columns, options, mapping={}, currency=None, fetch=fetch, keep=keep
    )


def markdown(sizes: tuple[int, ...] = SIZES) -> str:
    """Measure each size in a process of its own and write the table."""
    lines = [
        "| rows | PD, lifetime PD, LGD, EAD, EL, capital | sum of the same columns | ratio | peak memory |",
        "|---:|---:|---:|---:|---:|",
    ]
    for rows in sizes:
        done = subprocess.run(
            [sys.executable, "-m", "bench.score", "--one", str(rows)],
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout.splitlines()[-1])
        lines.append(
            f"| {rows:,} | {found['score']:.2f} s | {found['sum']:.3f} s | {found['score'] / found['sum']:.0f} × | "
            f"{found['peak']:,.0f} MB |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        print(markdown(tuple(map(int, sys.argv[1:])) or SIZES))
