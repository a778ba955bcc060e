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
from data.ingest.readers import Source, open_source
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
    """

    path: Path
    name: str
    mapping: Mapping
    questions: tuple[dict[str, object], ...]
    examples: dict[str, tuple[str, ...]]


def inspect_file(house: House, path: Path, name: str) -> Inspection:
    """Look at a file: what it is, how it maps, what must be asked.

    Raises
    ------
    InputRefused
        When it is no table we read.
    """
    source = open_source(path, name=name, limits=house.limits)
    return _inspection(source)


def _inspection(source: Source) -> Inspection:
    sample = source.sample()
    mapping = propose_mapping(source.header, sample)
    examples = {
        header: tuple(str(cell) for cell in sample.iloc[:5, place].tolist() if cell is not None)
        for place, header in enumerate(source.header)
    }
    return Inspection(source.path, source.info.name, mapping, tuple(to_confirm(mapping)), examples)


def import_file(
    house: House,
    paths: Sequence[Path],
    *,
    mapping: Mapping,
    name: str,
    person: Person,
    origin: str = "upload",
    names: Sequence[str] = (),
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

    Returns
    -------
    Snapshot, bool
        The snapshot, and whether it is new.
    """
    person.require("import")
    opened = [
        open_source(path, name=label, limits=house.limits)
        for path, label in zip(paths, names or [path.name for path in paths], strict=True)
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
    parts += [(source, propose_mapping(source.header, source.sample())) for source in opened[1:]]
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


def ingest_path(house: House, path: Path, mapping: Mapping | None, name: str | None) -> tuple[Snapshot, bool]:
    """Take a file from the path door into the warehouse."""
    source = open_source(path, limits=house.limits)
    used = mapping or propose_mapping(source.header, source.sample())
    person = Person(getpass.getuser(), frozenset(house.settings.roles))
    return import_file(house, [path], mapping=used, name=name or path.name, person=person, origin="inbox")


def dry_run(path: Path, mapping: Mapping | None, settings: Settings) -> dict[str, Any]:  # Any: plain JSON
    """Say how a file would be read, and its account; nothing is kept."""
    source = open_source(path, limits=limits_of(settings))
    used = mapping or propose_mapping(source.header, source.sample())
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        warehouse = Warehouse(
            Path(folder) / "dry.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        try:
            with warehouse.cursor() as cursor:
                staged = stage_files(
                    cursor,
                    [(source, used)],
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
    }
