"""What the tests of the ingest share: a file, staged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.ingest.limits import IngestLimits
from data.ingest.mapping import Mapping, propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import Staged, stage_files

SLICES = Path(__file__).parent / "slices"


@dataclass(frozen=True)
class Imported:
    """What an import made."""

    staged: Staged
    customers: list[dict[str, object]]
    quarantine: list[tuple[str, int, str, str, str]]

    @property
    def findings(self) -> dict[str, tuple[str, int]]:
        return {finding.key: (finding.column, finding.count) for finding in self.staged.findings}


def a_file(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(
    *paths: Path,
    mapping: Mapping | None = None,
    limits: IngestLimits | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
    **options: object,
) -> Imported:
    """Stage files in a database of their own and fetch all that came of it."""
    connection = connection or duckdb.connect()
    limits = limits or IngestLimits()
    sources = [open_source(path, limits=limits) for path in paths]
    mapped = [(source, mapping or propose_mapping(source.header, source.sample())) for source in sources]
    staged = stage_files(connection, mapped, table="t", quarantine_table="q", limits=limits, **options)  # type: ignore[arg-type]
    result = connection.execute("SELECT * FROM t")
    names = [column[0] for column in result.description or ()]
    customers = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    quarantine = connection.execute("SELECT * FROM q ORDER BY file, line").fetchall()
    return Imported(staged, customers, quarantine)


def column_of(made: Imported, name: str) -> Sequence[object]:
    return [row[name] for row in made.customers]
