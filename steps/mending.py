"""Rows set aside come back mended: a new snapshot of the rows that were in and those that now hold."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import duckdb

from data.engines.sql import quote_identifier
from data.errors import InputRefused
from data.ingest.account import Finding
from data.ingest.cells import CellStyle
from data.ingest.earlier import Earlier
from data.ingest.limits import IsCancelled, Report, never, silent
from data.ingest.mend import MendedRows, Returned, is_mending, mended_cells, read_returned
from data.ingest.readers import Source
from data.ingest.records import Quoting
from data.ingest.sniff import SourceInfo
from data.ingest.stage import Staged, stage_files
from data.people import Person
from data.warehouse import details, records, snapshots
from data.warehouse.house import WORKING_TABLE
from data.warehouse.snapshots import Snapshot
from steps.house import House


@dataclass(frozen=True, slots=True)
class Mending:
    """A file of mended rows and the snapshot it belongs to.

    Attributes
    ----------
    snapshot : Snapshot
        Whose rows they are.
    rows : tuple of Returned
        As they came back.
    names : tuple of str
        Headers of their cells.
    """

    snapshot: Snapshot
    rows: tuple[Returned, ...]
    names: tuple[str, ...]


def are_alike(sources: Sequence[Source]) -> bool:
    """Whether files were written alike: one header, one separator, one way to quote."""
    found = {(source.header, source.info.delimiter, source.info.quoting) for source in sources}
    return len(found) == 1


def keep_reading(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, staged: Staged, sources: Sequence[Source]
) -> None:
    """Note how the cells of a snapshot's files were read, so that rows mended later are read alike."""
    info = sources[0].info
    body: dict[str, object] = {
        "delimiter": info.delimiter or ",",
        "quoting": asdict(info.quoting),
        "styles": {header: asdict(style) for header, style in staged.styles.items()},
        "alike": are_alike(sources),
    }
    details.keep(cursor, snapshot.snapshot_id, "reading", body)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a snapshot's files were read: separator, quotes, header, style of each column.

    `is_alike` says whether that holds for all of them.
    """

    delimiter: str
    quoting: Quoting
    header: tuple[str, ...]
    styles: dict[str, CellStyle]
    is_alike: bool


def reading_of(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> Reading:
    """Say how a snapshot's file was read; a plain CSV when an older Stratum did not note it."""
    body: dict[str, Any] = dict(details.get(cursor, snapshot.snapshot_id, "reading") or {})  # Any: plain JSON
    return Reading(
        str(body.get("delimiter", ",")),
        Quoting(**body.get("quoting", {})),
        tuple(entry.header for entry in snapshot.mapping.entries),
        _styles(body.get("styles", {})),
        bool(body.get("alike", len(snapshot.sources) == 1)),
    )


def _styles(kept: dict[str, dict[str, Any]]) -> dict[str, CellStyle]:  # Any: plain JSON
    """Read styles back; lists become the tuples they were."""

    def value(kept: Any) -> Any:  # Any: plain JSON
        return tuple(kept) if isinstance(kept, list) else kept

    known = {entry.name for entry in fields(CellStyle)}
    return {
        header: replace(CellStyle(), **{name: value(style[name]) for name in known & style.keys()})
        for header, style in kept.items()
    }


def find_mending(house: House, source: Source) -> Mending | None:
    """Recognise a file of mended rows by its header; None for any other file.

    Raises
    ------
    InputRefused
        When it is one, but no snapshot here set these rows aside.
    """
    if not is_mending(source.header):
        return None
    rows = read_returned(source)
    with house.warehouse.cursor() as cursor:
        snapshot = _home(cursor, rows)
        is_alike = snapshot is not None and reading_of(cursor, snapshot).is_alike
    if snapshot is None:
        raise InputRefused.because(
            "these are rows set aside, but no portfolio here set them aside",
            file=source.info.name,
            line=1,
            remedy="Bring them back where they were downloaded, or import the whole file.",
        )
    if not is_alike:
        raise InputRefused.because(
            "these rows were set aside from several files that were not written alike",
            file=source.info.name,
            line=1,
            remedy="Mend them in their files, and import these again.",
        )
    lead = len(source.header) - (len(rows[0].cells) if rows else 0)
    return Mending(snapshot, tuple(rows), source.header[lead:])


def _home(cursor: duckdb.DuckDBPyConnection, rows: list[Returned]) -> Snapshot | None:
    """The snapshot the rows name; else the newest that set these very rows aside."""
    named = {row.snapshot for row in rows if row.snapshot}
    if named:
        return snapshots.find(cursor, named.pop()) if len(named) == 1 else None
    wanted = {(row.file, row.line) for row in rows}
    for snapshot in sorted(snapshots.listed(cursor), key=lambda entry: entry.created_at, reverse=True):
        if snapshot.account.rows_quarantined and wanted:
            aside = {(row[0], row[1]) for row in snapshots.quarantined(cursor, snapshot.quarantine_table)}
            if wanted <= aside:
                return snapshot
    return None


def import_mended(
    house: House,
    mending: Mending,
    *,
    person: Person,
    report: Report = silent,
    is_cancelled: IsCancelled = never,
) -> tuple[Snapshot, bool]:
    """Make a new snapshot of the rows that were in and the mended ones; not scored yet.

    Rows that still break a rule are set aside again, rows that did not come back stay
    set aside, so that rows read = rows in + rows set aside as before.

    Returns
    -------
    Snapshot, bool
        The snapshot, and whether it is new.
    """
    person.require("import")
    work = f"{WORKING_TABLE}{threading.get_ident()}_{datetime.now(UTC):%H%M%S%f}"
    with house.warehouse.transaction() as cursor:
        parent = snapshots.get(cursor, mending.snapshot.snapshot_id)
        parts, returned = _rows_to_read(cursor, parent, mending)
        reading = reading_of(cursor, parent)
        staged = stage_files(
            cursor,
            [(part, parent.mapping) for part in parts],
            table=work,
            quarantine_table=f"{work}_aside",
            limits=house.limits,
            report=report,
            is_cancelled=is_cancelled,
            keep_rows="to_mend",
            earlier=_earlier(cursor, parent, returned, reading.styles),
        )
        staged = replace(staged, findings=_with_earlier(staged.findings, parent.findings))
        sources = [{**source, "mended_from": parent.snapshot_id} for source in parent.sources]
        snapshot, is_new = snapshots.commit(
            cursor,
            staged,
            table=work,
            quarantine_table=f"{work}_aside",
            name=parent.name,
            person=person.name,
            origin=parent.origin,
            currency=parent.currency,
            sources=sources,
            mapping=parent.mapping,
        )
        if is_new:
            _note(cursor, person, parent, snapshot, staged)
    return snapshot, is_new


def _rows_to_read(
    cursor: duckdb.DuckDBPyConnection, parent: Snapshot, mending: Mending
) -> tuple[list[MendedRows], frozenset[tuple[str, int]]]:
    """Settle what each row that came back holds now, file by file; a line nobody set aside is refused."""
    reading = reading_of(cursor, parent)
    aside: dict[tuple[str, int], list[str]] = defaultdict(list)
    for file, line, _, _, raw in snapshots.quarantined(cursor, parent.quarantine_table):
        aside[(file, line)].append(raw)
    rows: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    strangers = [row for row in mending.rows if (row.file, row.line) not in aside]
    places = {(row.file, row.line) for row in mending.rows}
    if strangers or len(places) < len(mending.rows):
        odd = strangers[0] if strangers else mending.rows[0]
        raise InputRefused.because(
            f"line {odd.line:,} was not set aside" if strangers else "a line stands there twice",
            file=odd.file or parent.name,
            line=odd.line,
            remedy="Keep “file” and “line” as they were downloaded, each row once.",
        )
    for row in mending.rows:
        original = aside[(row.file, row.line)][0]
        cells = mended_cells(
            row,
            original,
            names=mending.names,
            header=reading.header,
            delimiter=reading.delimiter,
            quoting=reading.quoting,
        )
        rows[row.file].append((row.line, cells))
    encodings = {source["file"]: source.get("encoding", "") for source in parent.sources}
    mended = [
        MendedRows(
            SourceInfo(file, "csv", encoding=encodings.get(file, ""), delimiter=reading.delimiter),
            reading.header,
            found,
            reading.delimiter,
            parent.snapshot_id,
            reading.quoting,
        )
        for file, found in sorted(rows.items())
    ]
    return mended, frozenset(places)


def _earlier(
    cursor: duckdb.DuckDBPyConnection,
    parent: Snapshot,
    returned: frozenset[tuple[str, int]],
    styles: dict[str, CellStyle],
) -> Earlier:
    """Say where the parent's accepted rows stand: before they were united, when they were."""
    tables = {row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    is_before_union = parent.rows_table in tables
    if not is_before_union and parent.account.customers < parent.account.rows_accepted:
        raise InputRefused.because(
            "this portfolio was taken in before its single rows were kept",
            file=parent.name,
            remedy="Import the whole file again; its rows can then come back mended.",
        )
    table = parent.rows_table if is_before_union else parent.table
    present = set(cursor.table(quote_identifier(table)).columns)
    kinds = {name: kind for name, kind in parent.kinds.items() if name in present}
    return Earlier(
        table,
        parent.quarantine_table,
        kinds,
        is_before_union,
        returned,
        parent.account.rows_accepted,
        styles,
    )


def _with_earlier(now: tuple[Finding, ...], before: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Add what only the first reading could see: cells that could not be read."""
    unread = {item.column: item for item in now if item.key == "cells_unread"}
    for item in before:
        if item.key == "cells_unread":
            known = unread.get(item.column)
            unread[item.column] = replace(item, count=item.count + (known.count if known else 0))
    others = [item for item in now if item.key != "cells_unread"]
    return tuple(sorted([*others, *unread.values()], key=lambda item: (-item.severity, -item.count)))


def _note(
    cursor: duckdb.DuckDBPyConnection, person: Person, parent: Snapshot, snapshot: Snapshot, staged: Staged
) -> None:
    """Keep where the new snapshot came from and how its rows are read; write the audit line."""
    reading = details.get(cursor, parent.snapshot_id, "reading")
    if reading:
        details.keep(cursor, snapshot.snapshot_id, "reading", reading)
    mended = staged.account.rows_accepted - parent.account.rows_accepted
    lineage: dict[str, object] = {"parent": parent.snapshot_id, "rows_mended": mended}
    details.keep(cursor, snapshot.snapshot_id, "lineage", lineage)
    records.note(cursor, person.name, "mend", snapshot.snapshot_id, json.dumps(lineage))
