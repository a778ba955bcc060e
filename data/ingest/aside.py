"""Rows set aside: the table that keeps them, and what is counted on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from data.engines.sql import quote_identifier
from data.ingest.account import Finding


@dataclass(slots=True)
class Tally:
    """Counters that grow as rows are read.

    Attributes
    ----------
    read : int
        Rows so far.
    reasons : dict
        Why rows were set aside → how many.
    unparsed : dict
        Header → cells its type could not read, and one of them.
    notes : list of Finding
        What was found out on the way.
    """

    read: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unparsed: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)

    def reject(self, reason: str) -> None:
        """Count a row set aside."""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1


def create_quarantine(cursor: duckdb.DuckDBPyConnection, quarantine: str) -> None:
    """Make the table of the rows set aside."""
    cursor.execute(
        f"CREATE TABLE {quote_identifier(quarantine)} "
        "(file VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR, raw VARCHAR)"
    )


def set_aside(
    cursor: duckdb.DuckDBPyConnection,
    quarantine: str,
    file: str,
    aside: list[tuple[int, str, str, str]],
    tally: Tally,
) -> None:
    """Keep rows set aside, as (line, column, reason, raw), and count them."""
    if not aside:
        return
    aside.sort()
    for _, _, reason, _ in aside:
        tally.reject(reason)
    lines, columns, reasons, raws = zip(*aside, strict=True)
    refused = pa.table({"line": lines, "column_name": columns, "reason": reasons, "raw": raws})
    cursor.register("refused", refused)
    cursor.execute(
        f"INSERT INTO {quote_identifier(quarantine)} SELECT ?, line, column_name, reason, raw FROM refused",
        [file],
    )
    cursor.unregister("refused")
