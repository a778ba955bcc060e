"""A CSV file to typed customers, against DuckDB's own typed `read_csv`.

    python -m bench.ingest [ROWS ...]

Each measurement runs in a process of its own, so that peak memory is its own too.
Both sides write to a DuckDB file in a temporary folder, with the same threads and the
same memory limit. The product's side also decides what each column is, accounts for
every row, and unites rows by customer; `read_csv` is told the types and does none of it.
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

from data.ingest.limits import IngestLimits
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import stage_files
from data.warehouse.house import EngineSettings, Warehouse

SIZES = (10_000, 100_000, 1_000_000)
THREADS = 2
MEMORY_LIMIT = "2GB"
ROUNDS = 3

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
    """One run of one side: seconds, peak memory in megabytes, rows kept."""

    seconds: float
    memory: float
    rows: int


def make_file(path: Path, rows: int) -> None:
    """Write the CSV of 20 columns."""
    columns = ", ".join(f"{expression} AS {name}" for name, (_, expression) in COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM range({rows}) AS t(i)) TO '{path}' (HEADER)")


def by_stratum(source: Path, target: Path) -> int:
    """Take a file in as the doors do; give the number of rows accepted."""
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
    return staged.account.rows_accepted


def by_duckdb(source: Path, target: Path) -> int:
    """Let DuckDB read the file into a table of known types; give the number of rows."""
    types = ", ".join(f"'{name}': '{kind}'" for name, (kind, _) in COLUMNS.items())
    config = {"threads": THREADS, "memory_limit": MEMORY_LIMIT}
    with duckdb.connect(str(target), config=config) as connection:
        connection.execute(
            f"CREATE TABLE customers AS SELECT * FROM read_csv('{source}', header = true, columns = {{{types}}})"
        )
        counted = connection.execute("SELECT count(*) FROM customers").fetchone()
    return int(counted[0]) if counted else 0


SIDES = {"stratum": by_stratum, "duckdb": by_duckdb}


def measure(side: str, source: Path) -> Measured:
    """Measure one side in this process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        start = time.perf_counter()
        rows = SIDES[side](source, Path(folder) / "target.duckdb")
        seconds = time.perf_counter() - start
    return Measured(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows)


def _apart(side: str, source: Path) -> Measured:
    found = subprocess.run(
        [sys.executable, "-m", "bench.ingest", "--one", side, str(source)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Measured(**json.loads(found.stdout.splitlines()[-1]))


def run(sizes: Sequence[int] = SIZES) -> list[str]:
    """Measure all sizes and give the lines of a Markdown table."""
    lines = [
        "| rows | file | Stratum | `read_csv` | ratio | Stratum, peak memory | `read_csv`, peak memory |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            source = Path(folder) / "customers.csv"
            make_file(source, rows)
            # In turns, so that a busy moment of the machine meets both sides.
            pairs = [(_apart("stratum", source), _apart("duckdb", source)) for _ in range(ROUNDS)]
            size = source.stat().st_size / 1e6
        if any(run.rows != rows for pair in pairs for run in pair):
            raise RuntimeError(f"not all of the {rows:,} rows were kept")
        ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
        seconds, baseline = (statistics.median(each.seconds for each in runs) for runs in (ours, theirs))
        ratio = statistics.median(mine.seconds / other.seconds for mine, other in pairs)
        lines.append(
            f"| {rows:,} | {size:,.1f} MB | {seconds:.2f} s | {baseline:.2f} s | {ratio:.1f} × "
            f"| {max(each.memory for each in ours):,.0f} MB | {max(each.memory for each in theirs):,.0f} MB |"
        )
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measure(sys.argv[2], Path(sys.argv[3])))))
    else:
        print("\n".join(run(tuple(map(int, sys.argv[1:])) or SIZES)))
