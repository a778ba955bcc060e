"""Rows that come batch by batch: typed by one INSERT each, set aside while their raw text is in memory."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from data.contract import Kind
from data.engines.sql import first_row, quote_identifier
from data.ingest import cells
from data.ingest.aside import Tally, set_aside
from data.ingest.batches import Batch
from data.ingest.plan import Plan

PIECE_ROWS = 8_192


def create_rows(cursor: duckdb.DuckDBPyConnection, stage: str, kinds: dict[str, Kind]) -> None:
    """Make the table of rows."""
    columns = "".join(f", {quote_identifier(name)} {cells.SQL_TYPES[kind]}" for name, kind in kinds.items())
    cursor.execute(
        f"CREATE TABLE {quote_identifier(stage)} (_file INTEGER, _line BIGINT, _place BIGINT, _batch BIGINT, "
        f"_column VARCHAR, _reason VARCHAR{columns})"
    )


def insert_batch(
    cursor: duckdb.DuckDBPyConnection,
    stage: str,
    quarantine: str,
    plan: Plan,
    batch: Batch,
    file_number: int,
    tally: Tally,
) -> None:
    """Type one batch, keep what holds, set aside what does not."""
    rows = batch.table.num_rows
    batch_number = tally.read
    tally.read += rows + len(batch.rejected)
    aside = [(item.line, item.column, item.reason, item.raw) for item in batch.rejected]
    if rows:
        places = pa.array(np.arange(rows, dtype=np.int64))
        incoming = batch.table.append_column("_line", pa.array(batch.lines)).append_column("_place", places)
        # In several pieces, so that the engine's threads share the work.
        pieces = incoming.combine_chunks().to_batches(max_chunksize=PIECE_ROWS)
        cursor.register("incoming", pa.Table.from_batches(pieces))
        typed = ", ".join(
            f"{expression} AS {quote_identifier(entry.target)}" for _, entry, expression, _ in plan.entries
        )
        names = ", ".join(quote_identifier(name) for name in plan.targets)
        settled = ", ".join(
            f"{expression} AS {quote_identifier(entry.target)}" for _, entry, _, expression in plan.entries
        )
        cursor.execute(
            f"INSERT INTO {quote_identifier(stage)} (_file, _line, _place, _batch, _column, _reason, {names}) "
            f"SELECT {file_number}, _line, _place, {batch_number}, _why[1], _why[2], {settled} "
            f"FROM (SELECT *, {plan.checks} AS _why FROM (SELECT _line, _place, {typed} FROM incoming))"
        )
        bad = cursor.execute(
            f"SELECT _place, _line, _column, _reason FROM {quote_identifier(stage)} "
            "WHERE _batch = ? AND _file = ? AND _reason IS NOT NULL ORDER BY _place",
            [batch_number, file_number],
        ).fetchall()
        aside += [(line, column, reason, batch.raw(place)) for place, line, column, reason in bad]
        _count_unparsed(cursor, stage, plan, batch_number, file_number, tally)
        cursor.unregister("incoming")
    set_aside(cursor, quarantine, plan.file, aside, tally)


def _count_unparsed(
    cursor: duckdb.DuckDBPyConnection, stage: str, plan: Plan, batch: int, file: int, tally: Tally
) -> None:
    """Count cells that hold something their column's type can't read; they became NULL."""
    checked = [(place, entry) for place, entry, _, _ in plan.entries if entry.kind != "text"]
    if not checked:
        return
    counts = ", ".join(f"count(*) FILTER ({quote_identifier(entry.target)} IS NULL)" for _, entry in checked)
    where = "WHERE _batch = ? AND _file = ?"
    nulls = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(stage)} {where}", [batch, file])
    for (place, entry), count in zip(checked, nulls or (), strict=True):
        if not count:
            continue
        cell = f"CAST(c{place} AS VARCHAR)"
        row = first_row(
            cursor,
            f"SELECT count(*), min({cell}) FROM incoming WHERE NOT {cells.missing(cell)} AND _place IN "
            f"(SELECT _place FROM {quote_identifier(stage)} {where} AND {quote_identifier(entry.target)} IS NULL)",
            [batch, file],
        )
        if row and row[0]:
            before = tally.unparsed.get(entry.header, (0, row[1]))
            tally.unparsed[entry.header] = (before[0] + int(row[0]), before[1])
