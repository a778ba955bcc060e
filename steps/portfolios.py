"""The portfolios of the warehouse: listed, found, renamed, removed, their rows set aside given back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from data.ingest.mend import write_mending
from data.people import Person
from data.warehouse import records, snapshots
from data.warehouse.snapshots import Snapshot
from steps.house import House
from steps.mending import reading_of


def list_snapshots(house: House) -> list[Snapshot]:
    """List the snapshots: a person's own first, then the samples."""
    with house.warehouse.cursor() as cursor:
        return snapshots.listed(cursor)


def find_snapshot(house: House, snapshot_id: str | None) -> Snapshot | None:
    """Find a snapshot by its identity, whole or shortened; without one, the first of the list."""
    with house.warehouse.cursor() as cursor:
        found = snapshots.find(cursor, snapshot_id) if snapshot_id else None
        if found is not None:
            return found
        listed = snapshots.listed(cursor)
        return listed[0] if listed else None


def rename_snapshot(house: House, snapshot_id: str, name: str, person: Person) -> None:
    """Give a snapshot another name."""
    person.require("rename")

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        snapshots.rename(cursor, snapshot_id, name)
        records.note(cursor, person.name, "rename", snapshot_id)

    house.warehouse.retried(work)


def delete_snapshot(house: House, snapshot_id: str, person: Person) -> None:
    """Remove a snapshot and all that was computed from it."""
    person.require("delete")

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        snapshots.delete(cursor, snapshots.get(cursor, snapshot_id))
        records.note(cursor, person.name, "delete", snapshot_id)

    house.warehouse.retried(work)


def quarantine_download(house: House, snapshot: Snapshot) -> bytes:
    """Give the rows set aside as a CSV to mend and bring back; harmless in a spreadsheet."""
    with tempfile.TemporaryDirectory() as folder, house.warehouse.cursor() as cursor:
        path = Path(folder) / "quarantine.csv"
        reading = reading_of(cursor, snapshot)
        write_mending(
            path,
            snapshots.quarantined(cursor, snapshot.quarantine_table),
            header=reading.header,
            delimiter=reading.delimiter,
            quoting=reading.quoting,
            snapshot_id=snapshot.snapshot_id,
        )
        return path.read_bytes()
