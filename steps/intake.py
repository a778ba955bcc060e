"""Files in: a file looked at, a file taken in as a snapshot, a file only tried."""

from __future__ import annotations

import getpass
import json
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.contract import BY_NAME
from data.ingest.limits import IngestLimits, IsCancelled, Report, never, silent, stop_if
from data.ingest.mapping import Mapping, as_rows, propose_mapping, to_confirm
from data.ingest.mend import refuse_mending
from data.ingest.preview import Preview, preview
from data.ingest.readers import Choices, Source, open_parts
from data.ingest.reuse import reused
from data.ingest.sniff import AS_FOUND, ReadOptions, SourceInfo
from data.ingest.stage import stage_files
from data.people import Person
from data.warehouse import mappings, records, snapshots
from data.warehouse.faults import in_sentences
from data.warehouse.house import WORKING_TABLE, EngineSettings, Warehouse
from data.warehouse.mappings import SavedMapping
from data.warehouse.snapshots import Snapshot
from settings import Settings
from steps.house import House, limits_of
from steps.mending import Mending, are_alike, find_mending, import_mended, keep_reading
from steps.quality import quality_of
from steps.scoring import score_first

EXAMPLES = 5
"""Cells of a column shown with a question."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file looked at but not taken in.

    Attributes
    ----------
    path : Path
        Where its bytes lie.
    name : str
        What people call it; hostile text.
    mapping : Mapping
        Proposal.
    questions : tuple of dict
        What a person should confirm.
    examples : dict
        Header → first values, for the questions; hostile text.
    reading : SourceInfo
        How the file is read: encoding, separator, decimal sign, sheet, member, the header's row.
    choices : Choices
        Members of a zip and sheets of a workbook that could be read instead.
    options : ReadOptions
        What a person said about how it is to be read.
    saved : SavedMapping or None
        Mapping of an earlier file: used when the header is the very same, else offered.
    mending : Mending or None
        Set when these are rows set aside that come back mended; then nothing is to be asked.
    """

    path: Path
    name: str
    mapping: Mapping
    questions: tuple[dict[str, object], ...]
    examples: dict[str, tuple[str, ...]]
    reading: SourceInfo
    choices: Choices
    options: ReadOptions = AS_FOUND
    saved: SavedMapping | None = None
    mending: Mending | None = None


@in_sentences()
def inspect_file(house: House, path: Path, name: str, options: ReadOptions = AS_FOUND) -> Inspection:
    """Look at a file: what it is, how it maps, what must be asked.

    Raises
    ------
    InputRefused
        When it is no table we read.
    """
    source = open_parts(path, name=name, options=options, limits=house.limits)[0]
    mending = find_mending(house, source)
    with house.warehouse.cursor() as cursor:
        saved = None if mending else mappings.find(cursor, source.header)
    inspection = replace(_inspection(source, saved), options=options)
    return replace(inspection, mending=mending, questions=() if mending else inspection.questions)


def _inspection(source: Source, saved: SavedMapping | None) -> Inspection:
    sample = source.sample()
    mapping = propose_mapping(source.header, sample)
    if saved is not None and saved.likeness == 1.0:
        mapping = reused(saved.mapping, mapping)
    examples = {
        header: tuple(str(cell) for cell in _different(sample.iloc[:, place]))
        for place, header in enumerate(source.header)
    }
    questions = tuple(to_confirm(mapping))
    return Inspection(
        source.path,
        source.info.name,
        mapping,
        questions,
        examples,
        source.info,
        source.choices,
        saved=saved,
    )


def _different(cells: pd.Series) -> list[object]:
    """First cells of a column that say something: filled, each once."""
    filled = cells[cells.notna() & cells.ne("")]
    return list(filled.drop_duplicates().head(EXAMPLES))


def with_saved_mapping(inspection: Inspection) -> Inspection:
    """Use the mapping of an earlier, nearly equal header that was offered."""
    if inspection.saved is None:
        return inspection
    mapping = reused(inspection.saved.mapping, inspection.mapping)
    return replace(inspection, mapping=mapping, questions=tuple(to_confirm(mapping)))


@in_sentences()
def preview_file(house: House, inspection: Inspection, mapping: Mapping) -> Preview:
    """Say what a file's first rows would become: repeated keys, sums, how rows are united."""
    parts = open_parts(inspection.path, name=inspection.name, options=inspection.options, limits=house.limits)
    shown = preview(parts[0], mapping, house.limits)
    return replace(shown, is_whole=False) if len(parts) > 1 else shown


def inspect_again(house: House, inspection: Inspection, options: ReadOptions) -> Inspection:
    """Look at a file once more, read as a person says."""
    return inspect_file(house, inspection.path, inspection.name, options)


@in_sentences()
def import_file(
    house: House,
    paths: Sequence[Path],
    *,
    mapping: Mapping,
    name: str,
    person: Person,
    origin: str = "upload",
    names: Sequence[str] = (),
    options: ReadOptions = AS_FOUND,
    report: Report = silent,
    is_cancelled: IsCancelled = never,
) -> tuple[Snapshot, bool]:
    """Take files in as one snapshot, all of it or nothing, and score it.

    When scoring fails for want of room the snapshot stays: it is scored once it is opened.

    Parameters
    ----------
    house : House
        Where to.
    paths : sequence of Path
        Parts of one snapshot.
    mapping : Mapping
        How the first file is read; the others are mapped by their own headers.
    name : str
        Of the snapshot.
    person : Person
        Who does it.
    origin : str
        ``upload``, ``inbox``, ``sample`` or ``simulated``.
    names : sequence of str
        What people call the files; by default the paths' own names.
    options : ReadOptions
        What a person said about how the files are to be read.

    Returns
    -------
    Snapshot, bool
        The snapshot, and whether it is new.
    """
    person.require("import")
    opened = [
        part
        for path, label in zip(paths, names or [path.name for path in paths], strict=True)
        for part in open_parts(path, name=label, options=options, limits=house.limits)
    ]
    work = f"{WORKING_TABLE}{threading.get_ident()}_{datetime.now(UTC):%H%M%S%f}"
    with house.warehouse.transaction() as cursor:
        snapshot, is_new = commit_files(
            cursor, opened, mapping, work, name, person, origin, house.limits, report, is_cancelled
        )
        if origin in ("upload", "inbox"):
            mappings.keep(cursor, opened[0].header, mapping, person.name, opened[0].info.name)
    if is_new:
        _look_over(house, snapshot)
    return snapshot, is_new


@in_sentences()
def take_back(
    house: House,
    mending: Mending,
    *,
    person: Person,
    report: Report = silent,
    is_cancelled: IsCancelled = never,
) -> tuple[Snapshot, bool]:
    """Take mended rows in: a new, scored snapshot of the rows that were in and those that now hold."""
    snapshot, is_new = import_mended(house, mending, person=person, report=report, is_cancelled=is_cancelled)
    if is_new:
        _look_over(house, snapshot)
    return snapshot, is_new


def _look_over(house: House, snapshot: Snapshot) -> None:
    """Score a new snapshot and write its quality report."""
    score_first(house, snapshot.snapshot_id)
    quality_of(house, snapshot)


def commit_files(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[Source],
    mapping: Mapping,
    work: str,
    name: str,
    person: Person,
    origin: str,
    limits: IngestLimits,
    report: Report,
    is_cancelled: IsCancelled,
) -> tuple[Snapshot, bool]:
    """Stage opened files and keep them as a snapshot, inside the caller's transaction."""
    parts = [(opened[0], mapping)]
    parts += [
        # Parts of one zip have one header: they are mapped alike.
        (
            source,
            mapping if source.header == opened[0].header else propose_mapping(source.header, source.sample()),
        )
        for source in opened[1:]
    ]
    staged = stage_files(
        cursor,
        parts,
        table=work,
        quarantine_table=f"{work}_aside",
        limits=limits,
        report=report,
        is_cancelled=is_cancelled,
        keep_rows="to_mend" if are_alike(opened) else "never",
        may_begin_again=True,
    )
    stop_if(is_cancelled)
    sources = [
        {"file": source.info.name, "format": source.info.format, "encoding": source.info.encoding,
         "content": source.content_hash}
        for source in opened
    ]  # fmt: skip
    snapshot, is_new = snapshots.commit(
        cursor,
        staged,
        table=work,
        quarantine_table=f"{work}_aside",
        name=name,
        person=person.name,
        origin=origin,
        currency=mapping.currency,
        sources=sources,
        mapping=mapping,
    )
    if is_new:
        keep_reading(cursor, snapshot, staged, opened)
        records.note(
            cursor, person.name, "import", snapshot.snapshot_id, json.dumps(staged.account.to_dict())
        )
    return snapshot, is_new


def as_read(source: Source) -> dict[str, object]:
    """Say how a file is read, as plain values: what was found out and what could be chosen instead."""
    info = source.info
    return {
        "format": info.format,
        "packing": info.packing,
        "member": info.member,
        "members": [member.name for member in source.choices.members],
        "sheet": info.sheet,
        "sheets": [sheet.name for sheet in source.choices.sheets],
        "encoding": info.encoding,
        "encoding_is_sure": info.is_sure,
        "separator": info.delimiter,
        "quote": info.quoting.sign if info.format == "csv" else "",
        "decimal": info.decimal,
        "header_line": info.header_line,
    }


def contract_columns() -> tuple[str, ...]:
    """Names of the columns a portfolio may have, in the contract's order."""
    return tuple(BY_NAME)


def inbox_files(house: House) -> list[Path]:
    """List the files waiting in the inbox folder, oldest first."""
    files = [
        path
        for path in house.settings.inbox_path.iterdir()
        if path.is_file() and not path.name.startswith(".")
    ]
    return sorted(files, key=lambda path: path.stat().st_mtime)


def ingest_path(
    house: House,
    path: Path,
    mapping: Mapping | None,
    name: str | None,
    options: ReadOptions = AS_FOUND,
    report: Report = silent,
) -> tuple[Snapshot, bool]:
    """Take a file from the path door into the warehouse; rows that come back mended are known by their header.

    Without a mapping that of an earlier file with the very same header is used, else the best guess.
    """
    inspection = inspect_file(house, path, path.name, options)
    person = Person(getpass.getuser(), frozenset(house.settings.roles))
    if inspection.mending is not None:
        return take_back(house, inspection.mending, person=person, report=report)
    used = mapping or inspection.mapping
    return import_file(
        house,
        [path],
        mapping=used,
        name=name or path.name,
        person=person,
        origin="inbox",
        options=options,
        report=report,
    )


@in_sentences()
def dry_run(
    path: Path,
    mapping: Mapping | None,
    settings: Settings,
    options: ReadOptions = AS_FOUND,
    report: Report = silent,
) -> dict[str, Any]:  # Any: plain JSON
    """Say how a file would be read, and its account; nothing is kept."""
    sources = open_parts(path, options=options, limits=limits_of(settings))
    source = sources[0]
    refuse_mending(source)
    used = mapping or propose_mapping(source.header, source.sample())
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        warehouse = Warehouse(
            Path(folder) / "dry.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        try:
            with warehouse.cursor() as cursor:
                staged = stage_files(
                    cursor,
                    [(part, used) for part in sources],
                    table="dry",
                    quarantine_table="dry_aside",
                    limits=limits_of(settings),
                    report=report,
                    may_begin_again=True,
                )
        finally:
            warehouse.close()
    account = staged.account
    return {
        "mapping": as_rows(used),
        "account": {
            "rows_read": account.rows_read,
            "rows_accepted": account.rows_accepted,
            "rows_quarantined": account.rows_quarantined,
        },
        "to_confirm": to_confirm(used),
        "reading": as_read(source),
    }
