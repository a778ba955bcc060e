"""Whatever the packing, a file is the same portfolio; every record has its line and raw text."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import Cancelled, InputRefused
from data.ingest.limits import IngestLimits
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import Staged, stage_files

TEXT = 'customer_id,name,exposure,rate\nA,=x,10.5,0.05\nB,"Ümit, 中\n行",20,0.06\nC,5" PIPE,30,\n'


def staged(
    path: Path, connection: duckdb.DuckDBPyConnection | None = None, **options: object
) -> tuple[list, list, Staged]:
    connection = connection or duckdb.connect()
    source = open_source(path)
    made = stage_files(
        connection, [(source, propose_mapping(source.header, source.sample()))], table="t", quarantine_table="q",
        limits=IngestLimits(), **options,  # type: ignore[arg-type]
    )  # fmt: skip
    rows = connection.execute(
        "SELECT customer_id, name, exposure, interest_rate FROM t ORDER BY ALL"
    ).fetchall()
    aside = connection.execute("SELECT line, column_name, reason, raw FROM q ORDER BY line").fetchall()
    return rows, aside, made


def write(folder: Path, kind: str) -> Path:
    path = folder / f"file.{kind}"
    if kind == "csv":
        path.write_text(TEXT, encoding="utf-8", newline="")
    elif kind == "bom":
        path.write_text(TEXT, encoding="utf-8-sig", newline="")
    elif kind == "utf16":
        path.write_text(TEXT, encoding="utf-16", newline="")
    elif kind == "gb18030":
        path.write_text(TEXT, encoding="gb18030", newline="")
    elif kind == "crlf":
        path.write_bytes(TEXT.replace("\n行", "行").replace("\n", "\r\n").encode())
    elif kind == "semicolon":
        path.write_text(
            'customer_id;name;exposure;rate\nA;=x;10.5;0.05\nB;"Ümit, 中\n行";20;0.06\nC;5" PIPE;30;\n',
            newline="",
        )
    elif kind == "gz":
        path.write_bytes(gzip.compress(TEXT.encode()))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside.csv", TEXT)
    else:
        rows = list(csv.reader(io.StringIO(TEXT)))
        if kind == "xlsx":
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append([None if cell == "" else cell for cell in row])
            book.active["B2"].data_type = "s"
            book.save(path)
        else:
            columns = list(zip(*rows[1:], strict=True))
            table = {
                "customer_id": columns[0], "name": columns[1], "exposure": [float(v) for v in columns[2]],
                "rate": [float(v) if v else None for v in columns[3]],
            }  # fmt: skip
            pq.write_table(pa.table(table), path)
    return path


KINDS = ["bom", "utf16", "gb18030", "semicolon", "gz", "zip", "xlsx", "parquet"]


@pytest.mark.parametrize("kind", KINDS)
def test_twins_in_other_packings_are_the_same_portfolio(kind: str, tmp_path: Path) -> None:
    expected, _, plain = staged(write(tmp_path, "csv"))
    rows, aside, made = staged(write(tmp_path, kind))
    assert rows == expected
    assert aside == []
    if kind in ("bom", "utf16", "gb18030", "gz", "zip"):
        assert made.content_hash == plain.content_hash


def test_line_ends_of_windows_leave_no_trace(tmp_path: Path) -> None:
    rows, _, _ = staged(write(tmp_path, "crlf"))
    assert [row[0] for row in rows] == ["A", "B", "C"]


def test_each_row_set_aside_keeps_its_line_and_raw_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = 'customer_id,name,exposure,rate\nA,"x\ny",1,\n\nB,b,2\n"C,open,3,\nD,\x00,4,\nE,e,5,\n,f,6,\n'
    path.write_bytes(text.encode() + b"F,\xff\xfe,7,\n")
    rows, aside, made = staged(path)
    assert [row[0] for row in rows] == ["A", "E"]
    assert [(line, reason.split(" ")[0], raw) for line, _, reason, raw in aside] == [
        (5, "3", "B,b,2"),
        (6, "a", '"C,open,3,'),
        (7, "unreadable", "D,\x00,4,"),
        (9, "the", ",f,6,"),
        (10, "unreadable", "F,\ufffd\ufffd,7,"),
    ]
    assert made.account.rows_read == made.account.rows_accepted + made.account.rows_quarantined == 7


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"), (b"  \n\n", "empty"), (b"a,a\n1,2\n", "two columns"), (b"1,2\n3,4\n", "only numbers"),
        (bytes(range(256)) * 40, "binary"), (gzip.compress(TEXT.encode() * 900, mtime=0)[:-30], "damaged"),
        (b"PAR1 nonsense", "Parquet"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel"), (b"PK\x03\x04 nothing", "damaged"),
        (b"a,b\n", "no rows"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_the_file_s_name(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.bin"
    path.write_bytes(content)
    with pytest.raises(InputRefused, match=said) as caught:
        staged(path)
    assert "odd.bin" in str(caught.value)


cell = st.text(alphabet='ab,"\n\r;=é中 1.', max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(cell, min_size=2, max_size=3), max_size=12))
def test_no_record_vanishes_whatever_stands_in_it(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Python's own csv module writes the file: records it wrote are the records accounted for."""
    path = tmp_path_factory.mktemp("fuzz") / "f.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["customer_id", "exposure"])
        writer.writerows(rows)
        writer.writerow(["Z", "1"])
    connection = duckdb.connect()
    source = open_source(path)
    mapping = propose_mapping(["customer_id", "exposure"], source.sample().head(0))
    made = stage_files(
        connection, [(source, mapping)], table="t", quarantine_table="q", limits=IngestLimits()
    )
    assert made.account.rows_read == len(rows) + 1
    aside = connection.execute("SELECT count(*) FROM q").fetchall()[0][0]
    assert made.account.rows_accepted + aside == len(rows) + 1


def test_a_separator_that_does_not_split_the_header_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"customer_id","exposure"\n"",";\r;","1"\n"",";\r;"\n"Z","1"\n', newline="")
    assert open_source(path).header == ("customer_id", "exposure")


def test_a_cancelled_import_keeps_nothing(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute("BEGIN")
    with pytest.raises(Cancelled):
        staged(write(tmp_path, "csv"), connection, is_cancelled=lambda: True)
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]
