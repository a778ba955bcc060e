"""Models, scores and the audit trail: kept once, never changed."""

from __future__ import annotations

import threading

import duckdb
import pytest

from data.warehouse import records
from data.warehouse.house import Warehouse
from data.warehouse.records import ScoredRow


def test_a_model_once_kept_does_not_change(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        records.keep_model(cursor, "m", {"a": 1, "中": [None, 0.1]})
        records.keep_model(cursor, "m", {"a": 2})
        assert records.model_body(cursor, "m") == {"a": 1, "中": [None, 0.1]}
        assert records.model_body(cursor, "n") is None


def test_the_latest_score_of_a_snapshot_is_found(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        for name in ("first", "second"):
            records.keep_scored(cursor, ScoredRow(name, "s", "m", {"name": name}))
        assert records.latest_scored(cursor, "s") == ScoredRow("second", "s", "m", {"name": "second"})
        assert records.scored_row(cursor, "first") == ScoredRow("first", "s", "m", {"name": "first"})
        assert records.latest_scored(cursor, "other") is None


TAMPERINGS = [
    ("UPDATE audit SET person = 'nobody' WHERE number = 2", 2),
    ("UPDATE audit SET detail = 'x' WHERE number = 1", 1),
    ("UPDATE audit SET happened_at = happened_at + INTERVAL 1 SECOND WHERE number = 3", 3),
    ("UPDATE audit SET hash = repeat('0', 64) WHERE number = 2", 2),
    ("DELETE FROM audit WHERE number = 2", 3),
    ("DELETE FROM audit WHERE number = 1", 2),
]


@pytest.mark.parametrize(("tampering", "line"), TAMPERINGS)
def test_tampering_with_the_audit_trail_is_found_at_its_line(
    tampering: str, line: int, warehouse: Warehouse
) -> None:
    with warehouse.transaction() as cursor:
        for action in ("import", "rename", "delete"):
            records.note(cursor, "中'; --", action, "thing", "detail")
    with warehouse.transaction() as cursor:
        assert records.broken_audit_line(cursor) is None
        cursor.execute(tampering)
        assert records.broken_audit_line(cursor) == line


def test_an_empty_trail_is_whole(warehouse: Warehouse) -> None:
    with warehouse.cursor() as cursor:
        assert records.broken_audit_line(cursor) is None


def test_notes_of_many_threads_make_one_chain(warehouse: Warehouse) -> None:
    def noting() -> None:
        for _ in range(5):
            warehouse.retried(note)

    def note(cursor: duckdb.DuckDBPyConnection) -> None:
        records.note(cursor, "t", "look", "thing")

    threads = [threading.Thread(target=noting) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with warehouse.cursor() as cursor:
        assert records.broken_audit_line(cursor) is None
        assert cursor.execute("SELECT count(*), max(number) FROM audit").fetchall() == [(20, 20)]
