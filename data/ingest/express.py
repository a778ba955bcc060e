"""A text file read by the engine itself: in parallel, typed while it is read.

A statement a segment fills the table. A column whose sample holds plain numbers, dates of one
form or plain flags is typed by the reader; should one cell of it turn out to be none,
the column is read as text in another attempt, by the expressions of
:mod:`data.ingest.cells`. The result is the same as batch by batch, cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from data.contract import NUMERIC_KINDS, Kind
from data.engines.gate import folder_in
from data.engines.sql import first_row, quote_identifier, quote_text
from data.ingest import cells
from data.ingest.ahead import prefetched
from data.ingest.batches import Rejected
from data.ingest.feed import MOST_REJECTED, Kept, Segment, segments_of
from data.ingest.limits import IngestLimits, IsCancelled, Progress, Report, stop_if
from data.ingest.mapping import MappingEntry
from data.ingest.readers import Source
from data.ingest.styles import DAY_FIRST, FIRST_YEAR, MONTH_FIRST, YEAR_FIRST, CellStyle
from data.ingest.tidy import NotTidy, portion_of

PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
PLAIN_FLAGS = frozenset({"true", "false", "t", "f", "1", "0", "yes", "no", "y", "n"})
"""Words for yes and no that the engine and the contract read alike."""

PLAIN_DATES = frozenset({"%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", *DAY_FIRST, *MONTH_FIRST}) - {"%Y%m%d"}
ATTEMPTS = 4
COLUMN_NAMED = re.compile(r'converting column "(c\d+)"')
UNREAD = "_unread"
"""Prefix of columns that hold the cells of a text column its type could not read."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one column of the file is read.

    Attributes
    ----------
    place : int
        Column of the file.
    entry : MappingEntry
        What it becomes.
    kind : Kind
        What it is read as.
    expression, settled : str
        SQL that reads a text cell, and the second step.
    style : CellStyle
        How its numbers and dates are written.
    """

    place: int
    entry: MappingEntry
    kind: Kind
    expression: str
    settled: str
    style: CellStyle

    @property
    def name(self) -> str:
        """The target, as an identifier."""
        return quote_identifier(self.entry.target)

    @property
    def unread(self) -> str:
        """Name of the column for its unread cells."""
        return f"{UNREAD}{self.place}"


@dataclass(slots=True)
class Express:
    """A file's rows in one table, not yet looked at.

    Attributes
    ----------
    table : str
        Targets of the mapping and `_reason`, one row a record, in the file's order.
    kept : Kept
        Which line of the file each row came from.
    rejected : list of Rejected
        The records that are no rows.
    unread : list of (Field, int, str)
        Columns with cells their type could not read: how many, and one of them.
    """

    table: str
    kept: Kept = field(default_factory=Kept)
    rejected: list[Rejected] = field(default_factory=list)
    unread: list[tuple[Field, int, str]] = field(default_factory=list)

    def add(self, segment: Segment) -> None:
        """Note what a segment held."""
        for lines in segment.lines:
            self.kept.add(lines)
        self.rejected += segment.rejected


def raw_records(source: Source, rows: Sequence[int]) -> Iterator[str]:
    """Text of some rows of an express table, by their place in it, ascending."""
    table, seen, wanted = source.text_table(), 0, list(rows)
    for records in source.records():
        if not wanted:
            return
        last = seen + records.places.size
        if wanted[0] < last:
            places = portion_of(table, records).places
            last = seen + places.size
            while wanted and wanted[0] < last:
                yield records.chunk.raw(int(places[wanted.pop(0) - seen]))
        else:
            last = seen + portion_of(table, records).places.size
        seen = last


def with_lines(cursor: duckdb.DuckDBPyConnection, express: Express) -> None:
    """Give each row of the table its file (0) and its line in it, as tables filled batch by batch have."""
    name, plain = quote_identifier(express.table), quote_identifier(f"{express.table}_plain")
    lines = express.kept.lines()
    begin = (first_row(cursor, f"SELECT min(rowid) FROM {name}") or (0,))[0] or 0
    places = pa.array(np.arange(begin, begin + len(lines), dtype=np.int64))
    cursor.register("express_lines", pa.table({"place": places, "line": pa.array(lines)}))
    cursor.execute(f"ALTER TABLE {name} RENAME TO {plain}")
    # A plain equality of two columns: with arithmetic on rowid the engine compares each with each.
    cursor.execute(
        f"CREATE TABLE {name} AS SELECT 0 AS _file, line AS _line, numbered.* EXCLUDE (facilities, place) "
        f"FROM (SELECT rowid AS place, * FROM {plain}) AS numbered JOIN express_lines USING (place)"
    )
    cursor.unregister("express_lines")
    cursor.execute(f"DROP TABLE {plain}")


def _plain_types(source: Source, fields: Sequence[Field]) -> tuple[dict[int, str], str]:
    """Columns the reader itself can type, with their types, and the form of the dates among them."""
    sample, types, form = source.sample(), {}, ""
    for each in fields:
        if each.entry.target.startswith("x_"):
            continue
        filled = [cell for cell in sample.iloc[:, each.place].tolist() if cell]
        if each.kind in NUMERIC_KINDS:
            if not each.style.decimal_comma and all(map(PLAIN_NUMBER.fullmatch, filled)):
                types[each.place] = "DOUBLE"
        elif each.kind == "flag":
            if all(cell.lower() in PLAIN_FLAGS for cell in filled):
                types[each.place] = "BOOLEAN"
        elif each.kind == "date" and len(each.style.date_formats) == 1 and not each.style.serial:
            found = each.style.date_formats[0]
            is_read_so = found in YEAR_FIRST or found in (DAY_FIRST if each.style.day_first else MONTH_FIRST)
            if found in PLAIN_DATES and is_read_so and form in ("", found):
                types[each.place], form = "DATE", found
    return types, form


def _select(each: Field, is_typed: bool) -> str:
    """SQL that reads a column in the first step."""
    cell = f"c{each.place}"
    if not is_typed:
        return f"{each.expression} AS {each.name}"
    if each.kind == "integer":
        # Not TRY_CAST: what is no whole number in range must be noticed, not lost.
        return f"CAST(floor({cell} + 0.5) AS BIGINT) AS {each.name}"
    scale = "" if each.entry.scale == 1.0 or each.kind in ("date", "flag") else f" * {each.entry.scale!r}"
    return f"{cell}{scale} AS {each.name}"


def _query(source: Source, path: Path, fields: Sequence[Field], types: dict[int, str], form: str) -> str:
    """Give the query that reads one segment."""
    dialect = source.info.dialect
    columns = ", ".join(f"'c{each.place}': '{types.get(each.place, 'VARCHAR')}'" for each in fields)
    reader = (
        f"read_csv({quote_text(str(path))}, auto_detect = false, header = false, strict_mode = true, "
        f"ignore_errors = false, null_padding = false, delim = {quote_text(dialect.separator)}, "
        f"quote = {quote_text(dialect.quoting.sign)}, escape = {quote_text(dialect.quoting.sign)}, "
        f"new_line = '\\n', nullstr = '', columns = {{{columns}}}"
        + (f", dateformat = {quote_text(form)})" if form else ")")
    )
    texts = [each for each in fields if each.place not in types and each.kind != "text"]
    raw = "".join(f", c{each.place}" for each in texts)
    first = ", ".join(_select(each, each.place in types) for each in fields)
    inner = f"SELECT {first}{raw} FROM {reader}"
    outer = ", ".join(
        each.name if each.place in types else f"{each.settled} AS {each.name}" for each in _ordered(fields)
    )
    # One CASE within the other: of two tests joined by AND the engine works both out for all rows.
    unread = "".join(
        f", CASE WHEN {each.settled} IS NULL THEN CASE WHEN NOT {cells.missing(f'c{each.place}')} "
        f"THEN c{each.place} END END AS {each.unread}"
        for each in texts
    )
    return f"SELECT {outer}, 1::BIGINT AS facilities, NULL::VARCHAR AS _reason{unread} FROM ({inner})"


def _ordered(fields: Sequence[Field]) -> list[Field]:
    """Put the customer first, as in every table of customers."""
    return sorted(fields, key=lambda each: each.entry.target != "customer_id")


def read_express(
    cursor: duckdb.DuckDBPyConnection,
    source: Source,
    fields: Sequence[Field],
    *,
    table: str,
    gate: Path,
    limits: IngestLimits,
    report: Report,
    is_cancelled: IsCancelled,
) -> Express | None:
    """Read a text file into a table by the engine's own reader.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        Nothing may have been written in its transaction: it is begun anew after a vain attempt.
    source : Source
        A text file.
    fields : sequence of Field
        Its columns, in the file's order.
    table : str
        To create.
    gate : Path
        Folder in which the engine may read.

    Returns
    -------
    Express or None
        None when the file is to be read batch by batch; nothing is left of the attempt.

    Raises
    ------
    InputRefused
        When the file is damaged or too long.
    Cancelled
        When the person asked for it.
    """
    types, form = _plain_types(source, fields)
    for attempt in range(ATTEMPTS):
        if attempt == ATTEMPTS - 1:
            types = {}
        try:
            express = _attempt(cursor, source, fields, types, form, table, gate, limits, report, is_cancelled)
        except duckdb.ConversionException as error:
            _begin_again(cursor, table)
            named = COLUMN_NAMED.search(str(error))
            wrong = int(named[1][1:]) if named else -1
            if not types:
                return None
            types = {place: kind for place, kind in types.items() if place != wrong} if wrong in types else {}
            continue
        except (duckdb.InvalidInputException, duckdb.OutOfMemoryException, NotTidy):
            # The engine's reader sees something in these records that ours does not, or needs more room.
            _begin_again(cursor, table)
            return None
        odd = _odd_places(cursor, table, fields, types)
        if not odd:
            _count_unread(cursor, express, fields, types)
            return express
        cursor.execute(f"DROP TABLE {quote_identifier(table)}")
        types = {place: kind for place, kind in types.items() if place not in odd}
    return None


def _begin_again(cursor: duckdb.DuckDBPyConnection, table: str) -> None:
    """Leave nothing of an attempt; the caller's transaction is begun anew if an error has made it useless."""
    try:
        cursor.execute(f"DROP TABLE IF EXISTS {quote_identifier(table)}")
    except duckdb.TransactionException:
        cursor.execute("ROLLBACK")
        cursor.execute("BEGIN")


def _attempt(
    cursor: duckdb.DuckDBPyConnection,
    source: Source,
    fields: Sequence[Field],
    types: dict[int, str],
    form: str,
    table: str,
    gate: Path,
    limits: IngestLimits,
    report: Report,
    is_cancelled: IsCancelled,
) -> Express:
    """Read once.

    Raises
    ------
    NotTidy
        When what came through is not to be trusted.
    """
    express = Express(table)
    used_form = form if "DATE" in types.values() else ""
    verb = f"CREATE TABLE {quote_identifier(table)} AS"
    with (
        folder_in(gate) as folder,
        closing(prefetched(segments_of(source, Path(folder)))) as segments,
    ):
        for segment in segments:
            stop_if(is_cancelled)
            row = first_row(cursor, f"{verb} {_query(source, segment.path, fields, types, used_form)}")
            segment.path.unlink()
            verb = f"INSERT INTO {quote_identifier(table)}"
            express.add(segment)
            if row is None or row[0] != segment.rows or len(express.rejected) > MOST_REJECTED:
                raise NotTidy
            rows = express.kept.rows + len(express.rejected)
            limits.check_rows(source.info.name, rows)
            report(Progress(rows, segment.share))
    row = first_row(cursor, f"SELECT count(*), max(rowid) - min(rowid) + 1 FROM {quote_identifier(table)}")
    if row is None or row[0] != express.kept.rows or (row[0] and row[1] != row[0]):
        raise NotTidy
    return express


def _odd_places(
    cursor: duckdb.DuckDBPyConnection, table: str, fields: Sequence[Field], types: dict[int, str]
) -> set[int]:
    """Columns in which a cell was typed that our own reading takes for none: infinite, or of antiquity."""
    tests = {
        each.place: f"isfinite({each.name})"
        if types[each.place] == "DOUBLE"
        else f"year({each.name}) >= {FIRST_YEAR}"
        for each in fields
        if types.get(each.place) in ("DOUBLE", "DATE") and each.kind != "integer"
    }
    if not tests:
        return set()
    counts = ", ".join(f"coalesce(bool_and({test}), true)" for test in tests.values())
    row = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(table)}")
    return {place for place, holds in zip(tests, row or (), strict=True) if not holds}


def _count_unread(
    cursor: duckdb.DuckDBPyConnection, express: Express, fields: Sequence[Field], types: dict[int, str]
) -> None:
    """Count the cells of each text column that its type could not read, and forget them."""
    texts = [each for each in fields if each.place not in types and each.kind != "text"]
    if not texts:
        return
    counts = ", ".join(f"count({each.unread}), min({each.unread})" for each in texts)
    row = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(express.table)}") or ()
    for number, each in enumerate(texts):
        count, example = row[2 * number : 2 * number + 2]
        if count:
            express.unread.append((each, int(count), str(example)))
        cursor.execute(f"ALTER TABLE {quote_identifier(express.table)} DROP COLUMN {each.unread}")
