"""Files in: a file looked at, a file taken in as a snapshot, a file only tried."""

from __future__ import annotations

import getpass
import json
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from data.contract import BY_NAME
from data.ingest.limits import IngestLimits, IsCancelled, Report, never, silent, stop_if
from data.ingest.mapping import Mapping, as_rows, propose_mapping, to_confirm
from data.ingest.readers import Choices, Source, open_parts, open_source
from data.ingest.sniff import AS_FOUND, ReadOptions, SourceInfo
from data.ingest.stage import stage_files
from data.people import Person
from data.warehouse import records, snapshots
from data.warehouse.house import WORKING_TABLE, EngineSettings, Warehouse
from data.warehouse.snapshots import Snapshot
from segmentation.scoring_model import ScoreOptions
from settings import Settings
from steps.house import House, limits_of
from steps.scoring import score_snapshot


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
    """

    path: Path
    name: str
    mapping: Mapping
    questions: tuple[dict[str, object], ...]
    examples: dict[str, tuple[str, ...]]
    reading: SourceInfo
    choices: Choices


def inspect_file(house: House, path: Path, name: str, options: ReadOptions = AS_FOUND) -> Inspection:
    """Look at a file: what it is, how it maps, what must be asked.

    Raises
    ------
    InputRefused
        When it is no table we read.
    """
    source = open_source(path, name=name, options=options, limits=house.limits)
    return _inspection(source)


def _inspection(source: Source) -> Inspection:
    sample = source.sample()
    mapping = propose_mapping(source.header, sample)
    examples = {
        header: tuple(str(cell) for cell in sample.iloc[:5, place].tolist() if cell is not None)
        for place, header in enumerate(source.header)
    }
    questions = tuple(to_confirm(mapping))
    return Inspection(
        source.path, source.info.name, mapping, questions, examples, source.info, source.choices
    )


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
    """Take files in as one snapshot and score it; all of it or nothing.

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
    if is_new:
        score_snapshot(house, snapshot.snapshot_id, ScoreOptions())
    return snapshot, is_new


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
    house: House, path: Path, mapping: Mapping | None, name: str | None, options: ReadOptions = AS_FOUND
) -> tuple[Snapshot, bool]:
    """Take a file from the path door into the warehouse."""
    source = open_source(path, options=options, limits=house.limits)
    used = mapping or propose_mapping(source.header, source.sample())
    person = Person(getpass.getuser(), frozenset(house.settings.roles))
    return import_file(
        house, [path], mapping=used, name=name or path.name, person=person, origin="inbox", options=options
    )


def dry_run(
    path: Path, mapping: Mapping | None, settings: Settings, options: ReadOptions = AS_FOUND
) -> dict[str, Any]:  # Any: plain JSON
    """Say how a file would be read, and its account; nothing is kept."""
    sources = open_parts(path, options=options, limits=limits_of(settings))
    source = sources[0]
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
