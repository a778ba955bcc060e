"""The warehouse: locked down, all or nothing, one process, many threads."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

import pipeline
from data.errors import InputRefused, NotAllowed, WarehouseBusy
from data.warehouse import records, snapshots
from data.warehouse.house import Warehouse
from settings import Settings

OFFICER = pipeline.Person("tester", frozenset({"officer"}))


@pytest.fixture
def house(tmp_path: Path):
    opened = pipeline.open_house(Settings(home=tmp_path / "home"))
    yield opened
    opened.close()


def take(
    house: pipeline.House,
    folder: Path,
    text: str = "customer_id,exposure\nA,1\nB,2\n,3\n",
    name: str = "mine",
):
    path = folder / "in.csv"
    path.write_text(text)
    inspection = pipeline.inspect_file(house, path, "in.csv")
    return pipeline.import_file(house, [path], mapping=inspection.mapping, name=name, person=OFFICER)


def test_no_file_can_be_read_by_sql_and_nobody_can_change_that(house: pipeline.House) -> None:
    with house.warehouse.cursor() as cursor:
        with pytest.raises(duckdb.PermissionException):
            cursor.execute("SELECT * FROM read_csv('/etc/hostname')").fetchall()
        with pytest.raises(duckdb.Error):
            cursor.execute("SET enable_external_access = true").fetchall()


def test_the_same_content_twice_is_recognised(house: pipeline.House, tmp_path: Path) -> None:
    first, is_new = take(house, tmp_path)
    second, again = take(house, tmp_path, name="other name")
    assert (is_new, again) == (True, False)
    assert second.snapshot_id == first.snapshot_id
    assert len(pipeline.list_snapshots(house)) == 1


def test_a_snapshot_is_renamed_and_deleted_with_all_that_came_of_it(
    house: pipeline.House, tmp_path: Path
) -> None:
    with house.warehouse.cursor() as cursor:
        before = {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    snapshot, _ = take(house, tmp_path)
    pipeline.rename_snapshot(house, snapshot.snapshot_id, "better", OFFICER)
    assert pipeline.list_snapshots(house)[0].name == "better"
    with pytest.raises(InputRefused):
        pipeline.rename_snapshot(house, snapshot.snapshot_id, "  ", OFFICER)
    with pytest.raises(NotAllowed):
        pipeline.delete_snapshot(house, snapshot.snapshot_id, pipeline.Person("m", frozenset({"manager"})))
    pipeline.delete_snapshot(house, snapshot.snapshot_id, OFFICER)
    with house.warehouse.cursor() as cursor:
        left = {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert left == before


def test_a_second_process_gets_a_sentence(house: pipeline.House) -> None:
    script = f"from pathlib import Path\nfrom data.warehouse.house import Warehouse\nWarehouse(Path({str(house.warehouse.path)!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert WarehouseBusy.__name__ in done.stderr
    assert "inbox folder" in done.stderr


KILLED = """
import os, signal, sys
from pathlib import Path
import pipeline
from settings import Settings
house = pipeline.open_house(Settings(home=Path(sys.argv[1])))
path = Path(sys.argv[2])
seen = []
def report(progress):
    seen.append(progress)
    os.kill(os.getpid(), signal.SIGKILL)
mapping = pipeline.inspect_file(house, path, "b.csv").mapping
pipeline.import_file(house, [path], mapping=mapping, name="b", person=pipeline.Person("t", frozenset({"admin"})), report=report)
"""


def test_a_killed_import_leaves_what_was_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    house = pipeline.open_house(Settings(home=home))
    snapshot, _ = take(house, tmp_path)
    house.close()
    (tmp_path / "b.csv").write_text("customer_id,exposure\n" + "".join(f"C{n},{n}\n" for n in range(1000)))
    done = subprocess.run([sys.executable, "-c", KILLED, str(home), str(tmp_path / "b.csv")], check=False)
    assert done.returncode == -signal.SIGKILL
    again = pipeline.open_house(Settings(home=home))
    assert [entry.snapshot_id for entry in pipeline.list_snapshots(again)] == [snapshot.snapshot_id]
    with again.warehouse.cursor() as cursor:
        assert (
            cursor.execute("SELECT 1 FROM duckdb_tables() WHERE starts_with(table_name, 'work_')").fetchall()
            == []
        )
    again.close()


def test_readers_and_a_writer_do_not_disturb_each_other(house: pipeline.House, tmp_path: Path) -> None:
    snapshot, _ = take(house, tmp_path)
    wrong: list[object] = []

    def read() -> None:
        for _ in range(30):
            with house.warehouse.cursor() as cursor:
                rows = cursor.execute(f"SELECT sum(exposure) FROM {snapshot.table}").fetchall()
                if rows != [(3.0,)]:
                    wrong.append(rows)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(10):
        pipeline.rename_snapshot(house, snapshot.snapshot_id, f"name {number}", OFFICER)
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_touched_audit_line_is_found(house: pipeline.House, tmp_path: Path) -> None:
    take(house, tmp_path)
    with house.warehouse.transaction() as cursor:
        records.note(cursor, "tester", "look", "thing")
        assert records.broken_audit_line(cursor) is None
        cursor.execute("UPDATE audit SET person = 'somebody else' WHERE number = 1")
        assert records.broken_audit_line(cursor) == 1


def test_a_file_of_a_newer_stratum_is_refused(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with warehouse.cursor() as cursor:
        cursor.execute("INSERT INTO schema_version VALUES (999, 'from the future')")
    warehouse.close()
    with pytest.raises(InputRefused, match="version 999"):
        Warehouse(tmp_path / "w.duckdb")


def test_rows_set_aside_come_back_in_file_order(house: pipeline.House, tmp_path: Path) -> None:
    snapshot, _ = take(house, tmp_path)
    with house.warehouse.cursor() as cursor:
        rows = list(snapshots.quarantined(cursor, snapshot.quarantine_table))
    assert rows == [("in.csv", 4, "customer_id", "the customer key is blank", ",3")]
