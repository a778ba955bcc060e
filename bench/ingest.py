"""A CSV file to typed customers, against DuckDB's own typed `read_csv` and pandas'.

    python -m bench.ingest [ROWS ...]

Each measurement runs in a process of its own, so that peak memory is its own too.
Both sides write to a DuckDB file in a temporary folder, with the same threads and the
same memory limit. The product's side also decides what each column is, accounts for
every row, and unites rows by customer; `read_csv` is told the types and does none of it,
and pandas only reads into memory. Where STRATUM_SHARED holds the whole SBA file it is a
line of its own: its amounts wear a dollar sign, so the others read it as text.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pandas as pd

from data.ingest.limits import IngestLimits
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import stage_files
from data.warehouse.house import EngineSettings, Warehouse
from settings import Settings

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
THREADS = 2
MEMORY_LIMIT = "2GB"
ROUNDS, ROUNDS_LARGE = 3, 1
LARGE = 5_000_000
"""From so many rows one round must do, and pandas, which holds all of it as objects, is left out."""

SBA = Path("sba") / "SBAnational.csv.gz"

COLUMNS = {
    "customer_id": ("VARCHAR", "'C' || lpad(CAST(i AS VARCHAR), 9, '0')"),
    "name": ("VARCHAR", "'Company ' || CAST(hash(i) % 1000000 AS VARCHAR)"),
    "country": ("VARCHAR", "['US', 'DE', 'CN', 'BR', 'IN'][CAST(1 + i % 5 AS INTEGER)]"),
    "city": ("VARCHAR", "'City ' || CAST(hash(i + 1) % 500 AS VARCHAR)"),
    "industry": ("VARCHAR", "CAST(1000 + hash(i + 2) % 8000 AS VARCHAR)"),
    "established_on": ("DATE", "DATE '1980-01-01' + CAST(hash(i + 3) % 15000 AS INTEGER)"),
    "employees": ("BIGINT", "1 + hash(i + 4) % 900"),
    "annual_revenue": ("DOUBLE", "round(1e4 + (hash(i + 5) % 1000000) * 12.34, 2)"),
    "total_assets": ("DOUBLE", "round(1e4 + (hash(i + 6) % 1000000) * 23.45, 2)"),
    "ebitda": ("DOUBLE", "round((hash(i + 7) % 1000000) * 1.23 - 2e5, 2)"),
    "total_debt": ("DOUBLE", "round((hash(i + 8) % 1000000) * 4.56, 2)"),
    "rating": ("VARCHAR", "['AA', 'A', 'BBB', 'BB', 'B'][CAST(1 + hash(i + 9) % 5 AS INTEGER)]"),
    "days_past_due": ("BIGINT", "CASE WHEN hash(i + 10) % 20 = 0 THEN hash(i + 11) % 120 ELSE 0 END"),
    "outstanding_balance": ("DOUBLE", "round(1e3 + (hash(i + 12) % 1000000) * 0.9, 2)"),
    "credit_limit": ("DOUBLE", "round(2e3 + (hash(i + 12) % 1000000) * 1.1, 2)"),
    "collateral_value": ("DOUBLE", "round((hash(i + 13) % 1000000) * 0.7, 2)"),
    "interest_rate": ("DOUBLE", "round(0.02 + (hash(i + 14) % 1000) / 1e4, 4)"),
    "term_months": ("BIGINT", "6 + hash(i + 15) % 114"),
    "originated_on": ("DATE", "DATE '2015-01-01' + CAST(hash(i + 16) % 3600 AS INTEGER)"),
    "defaulted": ("BOOLEAN", "hash(i + 17) % 50 = 0"),
}
"""Name → type and the SQL that makes it from the row number `i`; hashes, so the same every time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one side: seconds by the clock and of processors, peak memory in megabytes, rows kept."""

    seconds: float
    processor: float
    memory: float
    rows: int


def make_file(path: Path, rows: int) -> None:
    """Write the CSV of 20 columns."""
    columns = ", ".join(f"{expression} AS {name}" for name, (_, expression) in COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM range({rows}) AS t(i)) TO '{path}' (HEADER)")


def by_stratum(source: Path, target: Path) -> int:
    """Take a file in as the doors do; give the number of rows read."""
    warehouse = Warehouse(target, EngineSettings(MEMORY_LIMIT, THREADS))
    try:
        opened = open_source(source, limits=IngestLimits())
        mapping = propose_mapping(opened.header, opened.sample())
        with warehouse.transaction() as cursor:
            staged = stage_files(
                cursor,
                [(opened, mapping)],
                table="customers",
                quarantine_table="aside",
                limits=IngestLimits(),
                may_begin_again=True,
            )
    finally:
        warehouse.close()
    return staged.account.rows_read


def by_duckdb(source: Path, target: Path) -> int:
    """Let DuckDB read the file into a table of known types, or of texts; give the number of rows."""
    types = ", ".join(f"'{name}': '{kind}'" for name, (kind, _) in COLUMNS.items())
    known = "all_varchar = true" if source.name == SBA.name else f"columns = {{{types}}}"
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS,
        "memory_limit": MEMORY_LIMIT,
    }
    with duckdb.connect(str(target), config=config) as connection:
        connection.execute(
            f"CREATE TABLE customers AS SELECT * FROM read_csv('{source}', header = true, {known})"
        )
        counted = connection.execute("SELECT count(*) FROM customers").fetchone()
    return int(counted[0]) if counted else 0


def by_pandas(source: Path, _: Path) -> int:
    """Let pandas read the file into a frame of known types, or of texts; give the number of rows."""
    if source.name == SBA.name:
        return len(pd.read_csv(source, dtype=str))
    kinds = {"VARCHAR": "str", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "bool"}
    dates = [name for name, (kind, _) in COLUMNS.items() if kind == "DATE"]
    types = {name: kinds[kind] for name, (kind, _) in COLUMNS.items() if kind in kinds}
    return len(pd.read_csv(source, dtype=types, parse_dates=dates, date_format="%Y-%m-%d"))


SIDES = {"stratum": by_stratum, "duckdb": by_duckdb, "pandas": by_pandas}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(side: str, source: Path) -> Measured:
    """Measure one side in this process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        start, before = time.perf_counter(), _processor()
        rows = SIDES[side](source, Path(folder) / "target.duckdb")
        seconds, processor = time.perf_counter() - start, _processor() - before
    return Measured(seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows)


def _apart(side: str, source: Path) -> Measured:
    found = subprocess.run(
        [sys.executable, "-m", "bench.ingest", "--one", side, str(source)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Measured(**json.loads(found.stdout.splitlines()[-1]))


def _line(what: str, source: Path, rounds: int, sides: Sequence[str]) -> str:
    """Measure a file by each side in turns, so that a busy moment of the machine meets all of them."""
    runs = [{side: _apart(side, source) for side in sides} for _ in range(rounds)]
    if len({measured.rows for run in runs for measured in run.values()}) != 1:
        raise RuntimeError(f"{source.name}: not all sides kept the same number of rows")

    def middle(side: str, field: str) -> float:
        return float(statistics.median(getattr(run[side], field) for run in runs))

    def ratio(field: str) -> float:
        return float(
            statistics.median(getattr(run["stratum"], field) / getattr(run["duckdb"], field) for run in runs)
        )

    def seconds(side: str) -> str:
        return f"{middle(side, 'seconds'):.2f} s" if side in sides else "–"

    def peak(side: str) -> str:
        return f"{max(run[side].memory for run in runs):,.0f} MB" if side in sides else "–"

    return (
        f"| {what} | {source.stat().st_size / 1e6:,.1f} MB | {seconds('stratum')} | {seconds('duckdb')} "
        f"| {ratio('seconds'):.1f} × | {ratio('processor'):.1f} × | {seconds('pandas')} "
        f"| {peak('stratum')} | {peak('duckdb')} | {peak('pandas')} |"
    )


def run(sizes: Sequence[int] = SIZES) -> list[str]:
    """Measure all sizes, and the whole SBA file where it is, and give the lines of a Markdown table."""
    lines = [
        "| rows | file | Stratum | `read_csv` | ratio | of processor time | pandas "
        "| Stratum, peak memory | `read_csv`, peak memory | pandas, peak memory |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            source = Path(folder) / "customers.csv"
            make_file(source, rows)
            is_large = rows >= LARGE
            sides = ("stratum", "duckdb") if is_large else tuple(SIDES)
            lines.append(_line(f"{rows:,}", source, ROUNDS_LARGE if is_large else ROUNDS, sides))
    whole = Settings().shared / "data" / SBA
    whole = whole if whole.exists() else Settings().shared / SBA
    if whole.exists():
        lines.append(_line("SBA, whole, packed", whole, ROUNDS_LARGE, tuple(SIDES)))
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measure(sys.argv[2], Path(sys.argv[3])))))
    else:
        print("\n".join(run(tuple(map(int, sys.argv[1:])) or SIZES)))
