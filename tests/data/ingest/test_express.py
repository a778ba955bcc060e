"""The engine's own reader takes files in exactly as the reader of batches does."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data.errors import Cancelled, InputRefused
from data.ingest.limits import IngestLimits, Progress
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import Staged, stage_files
from data.warehouse.house import EngineSettings, Warehouse

SLICES = Path(__file__).parent / "slices"

HEAD = "customer_id,name,exposure,opened_on,defaulted,employees"
MADE = {
    "plain": f"{HEAD}\nA1,Ann,100.5,2024-01-31,true,3\nA2,Ben,200,2024-02-01,false,\n",
    "quoted": f'{HEAD}\n"A1","Ann ""the"" first, of many",100,2024-01-31,true,3\nA2,"two\nlines",5,2024-02-01,false,4\n'
    "A3,after,7,2024-02-02,false,5\n",
    "no end": f"{HEAD}\nA1,Ann,100.5,2024-01-31,true,3\nA2,Ben,200,2024-02-01,false,1",
    "returns": f'{HEAD}\r\nA1,"Ann",100.5,2024-01-31,true,3\r\nA2,"two\r\nlines",200,2024-02-01,no,1\r\n',
    "blank lines": f"{HEAD}\n\nA1,Ann,100.5,2024-01-31,true,3\n\n\nA2,Ben,200,2024-02-01,false,2\n\n",
    "ragged": f"{HEAD}\nA1,Ann,100.5,2024-01-31,true,3\nA2,Ben\nA3,C,1,2024-02-01,false,1,9\nA4,D,5,2024-02-01,false,1\n",
    "ragged evenly": f"{HEAD}\nA1,Ann,100.5,2024-01-31,true\nA2,B,200,2024-02-01,false,2,2\nA4,D,5,2024-02-01,false,1\n",
    "quote within": f'{HEAD}\nA1,5" PIPE,100.5,2024-01-31,true,3\nA2,"B" and more,5,2024-02-01,false,1\nA3,C,5,2024-02-01,false,1\n',
    "open quote": f'{HEAD}\nA1,"Ann,100.5,2024-01-31,true,3\nA2,Ben,200,2024-02-01,false,2\nA3,C,1,2024-02-01,false,1\n',
    "blank keys": f"{HEAD}\n,Ann,100.5,2024-01-31,true,3\nA2,Ben,,2024-02-01,false,2\nA3,C,-1,2024-02-01,false,1\nA4,D,1,,,\n",
    "facilities": f"{HEAD}\nA1,Ann,100.5,2024-01-31,true,3\nA1,Ann,200,2024-02-01,false,2\nA3,C,-1,2024-02-01,false,1\nA4,D,1,,,\n",
    "odd cells": f"{HEAD}\nA1,NA, 100.5 ,2024-01-31,TRUE,3.5\nA2,n/a,1e3,2024-02-30,yes,2\nA3,无,inf,0024-02-01,违约,-2.5\n"
    "A4,-,nan,2024-2-1,2,1e30\nA5,E,0x1F,20240201,Y,x\nA6,F,1_000,2024-02-01 10:00,n,9\nA7,G,$5,01/02/2024,0,1\n",
    "spaces": f"{HEAD}\n A1 ,  Ann,100.5,2024-01-31,true,3\nA2,Ben ,200, 2024-02-01 ,false, 2\nA3,\t,1,2024-02-01, false,1\n",
    "no key": "name,exposure\nAnn,1\nBen,2\nAnn,3\n",
    "no amount": "customer_id,name\nA1,Ann\nA2,Ben\n",
    "semicolons": "customer_id;exposure;opened_on\nA1;1.234,50;31.01.2024\nA2;7,25;01.02.2024\nA3;8;02.02.2024\n",
    "tabs": "customer_id\tname\texposure\nA1\tAnn, B\t5\nA2\t\"q\"\t6\n",
    "single quotes": "customer_id;name;exposure\n'A1';'An;n';5\n'A2';'B''b';6\n'A3';'C;c';7\n",
    "backslashes": 'customer_id,name,exposure\nA1,"An \\"n\\" x",5\nA2,"B \\"b\\" y",6\n',
    "titles": f"Report of May\n\n{HEAD}\nA1,Ann,100.5,2024-01-31,true,3\nA2,Ben,200,2024-02-01,false,2\n",
    "hashes": f"{HEAD}\n#A1,#Ann,100.5,2024-01-31,true,3\n#A2,--,200,2024-02-01,false,2\n",
    "separator x1f": HEAD.replace(",", "\x1f") + "\nA1\x1fAnn\x1f5\x1f2024-01-31\x1ftrue\x1f3\n" * 3,
    "wide": "customer_id,exposure\n" + "A1,5\n" + "A2," + "9" * 90_000 + "\n" + "A" * 120_000 + ",5\n",
    "nothing holds": f"{HEAD}\n,Ann,100.5,2024-01-31,true,3\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    house = Warehouse(tmp_path_factory.mktemp("express") / "w.duckdb", EngineSettings("1GB", 2))
    yield house
    house.close()


def taken(
    warehouse: Warehouse, path: Path, by_engine: bool, **options: object
) -> tuple[Staged | str, list[object]]:
    """Stage a file in a transaction that is rolled back; give all there is to compare."""
    with warehouse.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            source = open_source(path)
            mapping = propose_mapping(source.header, source.sample())
            try:
                staged = stage_files(
                    cursor,
                    [(source, mapping)],
                    table="t",
                    quarantine_table="q",
                    limits=IngestLimits(),
                    may_begin_again=by_engine,
                    **options,  # type: ignore[arg-type]  # options of stage_files
                )
            except InputRefused as error:
                return str(error), []
            tables = [cursor.execute(f"DESCRIBE {name}").fetchall() for name in ("t", "q")]
            rows = cursor.execute("SELECT * FROM t").fetchall()
            aside = cursor.execute("SELECT * FROM q ORDER BY ALL").fetchall()
            kept: list[object] = []
            if staged.rows_table:
                known = cursor.table(staged.rows_table).columns
                names = ", ".join(f'"{name}"' for name in sorted(known) if not name.startswith("_"))
                kept = cursor.execute(
                    f"SELECT _file, _line, _reason, {names} FROM {staged.rows_table} ORDER BY _line"
                ).fetchall()
            left = cursor.execute(
                "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 't')"
            ).fetchall()
            return staged, [tables, rows, aside, kept, sorted(left)]
        finally:
            cursor.execute("ROLLBACK")


def test_engine_and_batches_agree_on_files_written_for_it(warehouse: Warehouse, tmp_path: Path) -> None:
    for name, text in MADE.items():
        path = tmp_path / "made.csv"
        path.write_bytes(text.encode())
        slow, fast = taken(warehouse, path, False), taken(warehouse, path, True)
        assert repr(fast) == repr(slow), name


@pytest.mark.parametrize("name", ["bank.csv", "german.csv", "ibrd-2023.csv", "ifc.csv", "sba.csv"])
def test_engine_and_batches_agree_on_real_files(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    content = (SLICES / name).read_bytes()
    gb, packed = tmp_path / f"gb-{name}", tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(content))
    gb.write_bytes(b"\xff\xfe" + content.decode("utf-8", "replace").encode("utf-16-le"))
    other = {"sba.csv": packed, "ifc.csv": gb}.get(name)
    for path, keep in ((SLICES / name, "to_mend"), *([(other, "always")] if other else [])):
        slow = taken(warehouse, path, False, keep_rows=keep)
        fast = taken(warehouse, path, True, keep_rows=keep)
        assert isinstance(slow[0], Staged)
        assert repr(fast) == repr(slow), (path.name, keep)


def test_the_engine_itself_reads_a_plain_file(warehouse: Warehouse, tmp_path: Path, monkeypatch) -> None:
    """Else the comparisons above would compare the batches with themselves."""
    monkeypatch.setattr("data.ingest.stage.insert_batch", None)
    for name in ("plain", "quoted", "returns", "blank lines", "ragged", "odd cells", "facilities", "titles"):
        path = tmp_path / "made.csv"
        path.write_bytes(MADE[name].encode())
        assert isinstance(taken(warehouse, path, True)[0], Staged), name


def test_a_late_odd_cell_costs_another_attempt_not_the_value(warehouse: Warehouse, tmp_path: Path) -> None:
    rows = [f"A{number},{number}.5,2024-01-31" for number in range(5_000)]
    rows[4_000] = 'A4000,"$4,000.50",31 Jan 2024'
    path = tmp_path / "late.csv"
    path.write_text("customer_id,exposure,opened_on\n" + "\n".join(rows))
    slow, fast = taken(warehouse, path, False), taken(warehouse, path, True)
    assert repr(fast) == repr(slow)
    assert any("A4000" in map(str, row) and 4000.5 in row for row in fast[1][1])  # type: ignore[attr-defined]


def test_many_chunks_stay_in_order_with_their_lines(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.ingest.encodings.CHUNK_BYTES", 20_000)
    rows = [
        f'A{n},"na\nme {n}",{n}' if n % 97 == 0 else f"A{n},name,{'' if n % 501 == 0 else n}"
        for n in range(8_000)
    ]
    path = tmp_path / "long.csv"
    path.write_text("customer_id,name,exposure\n" + "\n".join(rows))
    slow, fast = taken(warehouse, path, False), taken(warehouse, path, True)
    assert repr(fast) == repr(slow)
    assert isinstance(fast[0], Staged) and fast[0].account.rows_quarantined > 10


def test_cancelling_ends_the_reading(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"{HEAD}\n" + "\n".join(f"A{n},x,{n},2024-01-31,true,3" for n in range(300_000)))
    seen: list[Progress] = []
    source = open_source(path)
    mapping = propose_mapping(source.header, source.sample())
    with pytest.raises(Cancelled), warehouse.transaction() as cursor:
        stage_files(
            cursor,
            [(source, mapping)],
            table="t",
            quarantine_table="q",
            limits=IngestLimits(),
            report=seen.append,
            is_cancelled=lambda: bool(seen),
            may_begin_again=True,
        )
    with warehouse.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name IN ('t', 'q', 't__stage')").fetchone() == (0,)  # fmt: skip
    assert seen and not list((warehouse.path.parent / "gate").iterdir())


def test_what_the_listener_raises_ends_the_reading_too(warehouse: Warehouse, tmp_path: Path) -> None:
    """A page that is left raises out of the progress report; nothing may hang."""
    path = tmp_path / "plain.csv"
    path.write_text(MADE["plain"])
    source = open_source(path)

    def gone(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), warehouse.transaction() as cursor:
        stage_files(
            cursor,
            [(source, propose_mapping(source.header, source.sample()))],
            table="t",
            quarantine_table="q",
            limits=IngestLimits(),
            report=gone,
            may_begin_again=True,
        )
    assert not list((warehouse.path.parent / "gate").iterdir())


def test_only_the_gate_is_open(warehouse: Warehouse, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a,b\n1,2\n")
    (warehouse.path.parent / "gate" / "link.csv").symlink_to(outside)
    with warehouse.cursor() as cursor:
        for path in (
            outside,
            warehouse.path.parent / "gate" / "link.csv",
            f"{warehouse.path.parent}/gate/../w",
        ):
            with pytest.raises(duckdb.PermissionException):
                cursor.execute("SELECT * FROM read_csv(?)", [str(path)])
    (warehouse.path.parent / "gate" / "link.csv").unlink()


def test_many_rows_of_one_customer_get_their_lines_in_linear_time(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """A join that compares each row with each takes minutes here, and hours on the whole SBA file."""
    path = tmp_path / "many.csv"
    path.write_text("customer_id,exposure\n" + "\n".join(f"C{n % 50_000},{n}" for n in range(150_000)))
    began = time.process_time()
    staged, _ = taken(warehouse, path, True)
    assert isinstance(staged, Staged)
    assert (staged.account.rows_accepted, staged.account.customers) == (150_000, 50_000)
    assert time.process_time() - began < 20
