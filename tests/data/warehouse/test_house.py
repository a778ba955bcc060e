"""The one file: shut off from the world, for one process, whole after every accident."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from data.errors import InputRefused, WarehouseBusy
from data.warehouse import snapshots
from data.warehouse.house import EngineSettings, Warehouse
from data.warehouse.schema import MIGRATIONS
from tests.data.warehouse.builders import tables, take_in

ROOT = Path(__file__).resolve().parents[3]

WAYS_OUT = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "EXPORT DATABASE '/tmp/stolen'",
    "ATTACH '/tmp/other.duckdb'",
    "INSTALL httpfs",
    "LOAD '/tmp/evil.duckdb_extension'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET memory_limit = '1TB'",
    "RESET enable_external_access",
    "SET python_enable_replacements = true",
]


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_no_statement_leads_out_of_the_file(way_out: str, warehouse: Warehouse) -> None:
    with warehouse.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(way_out).fetchall()


def test_a_variable_of_python_is_no_table(warehouse: Warehouse) -> None:
    secrets = duckdb.from_query("SELECT 1 AS x")
    assert secrets is not None
    with warehouse.cursor() as cursor, pytest.raises(duckdb.CatalogException):
        cursor.execute("SELECT * FROM secrets").fetchall()


def test_limits_of_the_settings_hold(tmp_path: Path) -> None:
    opened = Warehouse(tmp_path / "w.duckdb", EngineSettings(memory_limit="256MB", threads=1))
    with opened.cursor() as cursor:
        shown = cursor.execute(
            "SELECT current_setting('threads'), current_setting('memory_limit')"
        ).fetchall()
    opened.close()
    opened.close()  # a second time does nothing
    assert shown[0][0] == 1
    assert shown[0][1].startswith("244")  # 256 MB in MiB


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )


OPEN = "import sys\nfrom pathlib import Path\nfrom data.warehouse.house import Warehouse\nhouse = Warehouse(Path(sys.argv[1]))\n"


def test_a_second_process_gets_a_sentence_and_the_first_goes_on(warehouse: Warehouse, tmp_path: Path) -> None:
    done = run(OPEN, str(warehouse.path))
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(
        f"{WarehouseBusy.__module__}.WarehouseBusy: The warehouse {warehouse.path} is open"
    )
    assert take_in(warehouse, tmp_path)[1] is True


def test_a_file_that_is_no_warehouse_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "block.duckdb"
    path.write_bytes(b"not a database " * 1_000)
    with pytest.raises(InputRefused, match="no warehouse") as caught:
        Warehouse(path)
    assert str(path) in str(caught.value)


def test_each_migration_is_noted_once_and_opening_again_changes_nothing(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    snapshot, _ = take_in(warehouse, tmp_path)
    before = tables(warehouse)
    warehouse.close()
    again = Warehouse(warehouse.path)
    with again.cursor() as cursor:
        noted = cursor.execute("SELECT version FROM schema_version ORDER BY version").fetchall()
        kept = snapshots.get(cursor, snapshot.snapshot_id)
    assert noted == [(step.version,) for step in MIGRATIONS]
    assert (kept, tables(again)) == (snapshot, before)
    again.close()


def test_a_newer_file_is_refused_and_let_go(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    first = Warehouse(path)
    with first.cursor() as cursor:
        cursor.execute("INSERT INTO schema_version VALUES (99, 'tomorrow')")
    first.close()
    with pytest.raises(InputRefused, match=r"version 99, this Stratum knows \d+\. Use the newer"):
        Warehouse(path)
    assert run("import duckdb, sys; duckdb.connect(sys.argv[1])", str(path)).returncode == 0


def test_left_over_work_is_swept_and_nothing_else(warehouse: Warehouse, tmp_path: Path) -> None:
    take_in(warehouse, tmp_path)
    before = tables(warehouse)
    with warehouse.cursor() as cursor:
        cursor.execute('CREATE TABLE "work_a""b; --" (x INTEGER)')
        cursor.execute("CREATE TABLE worked (x INTEGER)")
    warehouse.close()
    again = Warehouse(warehouse.path)
    assert tables(again) == before | {"worked"}
    again.close()


def test_a_transaction_that_fails_leaves_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(KeyboardInterrupt), warehouse.transaction() as cursor:
        cursor.execute("CREATE TABLE half (x INTEGER)")
        raise KeyboardInterrupt
    assert "half" not in tables(warehouse)


def test_work_is_tried_again_when_another_writer_was_faster(warehouse: Warehouse) -> None:
    calls = []

    def work(cursor: duckdb.DuckDBPyConnection) -> int:
        calls.append(cursor)
        if len(calls) < 3:
            raise duckdb.TransactionException("Conflict on update!")
        return 7

    assert (warehouse.retried(work), len(calls)) == (7, 3)
    calls.clear()
    with pytest.raises(duckdb.TransactionException):
        warehouse.retried(lambda cursor: (_ for _ in ()).throw(duckdb.TransactionException("always")))


def test_eight_readers_see_whole_snapshots_while_one_writes(warehouse: Warehouse, tmp_path: Path) -> None:
    base, _ = take_in(warehouse, tmp_path)
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with warehouse.cursor() as cursor:
                for entry in snapshots.listed(cursor)[:3]:
                    rows = cursor.execute(f"SELECT count(*), sum(exposure) FROM {entry.table}").fetchall()
                    if rows[0][0] != entry.account.customers:
                        wrong.append((entry.name, rows))

    def reading() -> None:
        try:
            read()
        except Exception as error:
            wrong.append(error)

    readers = [threading.Thread(target=reading) for _ in range(8)]
    for reader in readers:
        reader.start()
    for number in range(6):
        take_in(warehouse, tmp_path, f"customer_id,exposure\nA,{number}\nB,2\n", name=f"part {number}")
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert base.account.customers == 2


KILLED = (
    OPEN
    + """
import os, signal
from data.ingest.limits import IngestLimits
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import stage_files
source = open_source(Path(sys.argv[2]))
mapping = propose_mapping(source.header, source.sample())
with house.cursor() as cursor:
    cursor.execute("CREATE TABLE work_old (x INTEGER)")
with house.transaction() as cursor:
    stage_files(cursor, [(source, mapping)], table="work_t", quarantine_table="work_q", limits=IngestLimits(),
                report=lambda _: os.kill(os.getpid(), signal.SIGKILL))
"""
)


def test_a_kill_in_the_middle_leaves_the_earlier_snapshot_and_a_clean_file(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    snapshot, _ = take_in(warehouse, tmp_path)
    before = tables(warehouse)
    warehouse.close()
    path = tmp_path / "b.csv"
    path.write_text("customer_id,exposure\n" + "".join(f"C{n},{n}\n" for n in range(50_000)))
    assert run(KILLED, str(warehouse.path), str(path)).returncode == -signal.SIGKILL
    again = Warehouse(warehouse.path)
    with again.cursor() as cursor:
        assert snapshots.listed(cursor) == [snapshot]
        rows = cursor.execute(f"SELECT customer_id, exposure FROM {snapshot.table} ORDER BY 1").fetchall()
    assert (rows, tables(again)) == ([("A", 1.0), ("B", 2.0)], before)
    again.close()
