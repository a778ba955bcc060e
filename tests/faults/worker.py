"""An import in a process of its own that says where it is, so that it can be killed there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa

import pipeline
from data.ingest import stage
from data.people import Person
from data.warehouse import records, snapshots
from settings import Settings
from steps import house as houses
from steps import intake

PERSON = Person("tester", frozenset({"admin"}))


def settings_of(home: Path, memory_limit: str = "1GB") -> Settings:
    return Settings(home=home, samples=False, memory_limit=memory_limit, threads=2)


def take_in(house: houses.House, path: Path, name: str) -> tuple[pipeline.Snapshot, bool]:
    """Take a file in as the app does, best guess and all."""
    inspection = pipeline.inspect_file(house, path, name)
    return pipeline.import_file(house, [path], mapping=inspection.mapping, name=name, person=PERSON)


def announced_import(home: Path, path: Path, name: str, to: Connection) -> None:
    """Import a file and say when reading, validating and committing begin, and when each is over."""
    _announce(stage, "Plan", "reading", to)
    _announce(stage, "_count", "validating", to)
    _announce(snapshots, "commit", "committing", to)
    _announce(intake, "_look_over", "committed", to)
    house = houses.open_house(settings_of(home))
    take_in(house, path, name)
    house.close()
    to.send("done")


class _Announced:
    """Stands before a function or a class: says a word whenever it is used, then lets it work."""

    def __init__(self, inner: object, word: str, to: Connection) -> None:
        self._inner, self._word, self._to = inner, word, to

    def __call__(self, *arguments: object, **options: object) -> object:
        self._to.send(self._word)
        return self._inner(*arguments, **options)  # type: ignore[operator]  # it stands before a function

    def __getattr__(self, name: str) -> object:
        self._to.send(self._word)
        return getattr(self._inner, name)


def _announce(module: object, name: str, word: str, to: Connection) -> None:
    setattr(module, name, _Announced(getattr(module, name), word, to))


@dataclass(frozen=True)
class Kept:
    """A snapshot as it lies in the warehouse: what is known of it, and the hash of its bytes."""

    known: str
    content: str


def state_of(house: houses.House) -> dict[str, Kept]:
    """Give the identity of each snapshot with what is kept under it, to the last byte."""
    found: dict[str, Kept] = {}
    with house.warehouse.cursor() as cursor:
        for snapshot in snapshots.listed(cursor):
            digest = hashlib.sha256()
            for table in (snapshot.table, snapshot.quarantine_table):
                rows = cursor.sql(f'SELECT * FROM "{table}" ORDER BY ALL').to_arrow_table()
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, rows.schema) as writer:
                    writer.write_table(rows.combine_chunks())
                digest.update(sink.getvalue())
            found[snapshot.snapshot_id] = Kept(repr(snapshot), digest.hexdigest())
    return found


def is_sound(house: houses.House) -> bool:
    """Whether the audit trail holds and nothing of unfinished work is left, in the warehouse or the gate."""
    with house.warehouse.cursor() as cursor:
        left = cursor.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, 'work_')"
        ).fetchall()
        at_gate = list((house.warehouse.path.parent / "gate").iterdir())
        return records.broken_audit_line(cursor) is None and left == [(0,)] and not at_gate
