"""What can't be read is refused: by a sentence with file, place and remedy, soon, and in little memory."""

from __future__ import annotations

import gzip
import io
import resource
import stat
import time
import zipfile
from pathlib import Path

import pytest

import cli
from data.errors import InputRefused
from data.ingest.limits import IngestLimits
from data.ingest.readers import open_source
from tests.data.ingest.builders import SLICES, a_file, imported
from tests.data.ingest.test_formats import a_zip, as_book, as_ods

LARGEST_GROWTH = 600 << 20
LONGEST = 30.0
"""Seconds; far above what any takes, so that a busy machine does not fail the test."""


def with_member(name: str, mode: int = 0o644, content: bytes = b"a,b\n1,2\n") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return target.getvalue()


def far_cell() -> bytes:
    """A workbook of two cells that lie a million rows and sixteen thousand columns apart."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_book({"S": [["a", "b"], [1, 2]]}))) as old,
        zipfile.ZipFile(target, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b'r="B2"', b'r="XFD1048576"') if "sheet1" in name else content)
    return target.getvalue()


def without_a_range() -> bytes:
    """A zip of which more bytes are gone than lie before its directory: it points to before the file."""
    whole = with_member("a.csv", content=bytes(range(256)) * 8)
    return whole[:10] + whole[900:]


HEAD = "customer_id,name,exposure\n"
CASES: dict[str, tuple[str, bytes, str]] = {
    "0 bytes": ("a.csv", b"", "the file is empty. Export it again"),
    "only NULs": ("a.csv", b"\0" * 5_000, "nothing but NUL bytes: the copy failed. Copy it again"),
    "no names": ("a.csv", b",,\n1,2,3\n", "line 1: no header. Put the column names"),
    "only numbers": ("a.csv", b"1,2\n3,4\n", "line 1: the first row holds only numbers"),
    "a name twice": ("a.csv", b"a,b,a\n1,2,3\n", "line 1: two columns are named “a”, the 1st and the 3rd. Give each"),
    "header only": ("a.csv", HEAD.encode(), "line 1: a header but no rows. Export the rows too"),
    "all rows set aside": ("a.csv", (HEAD + ",x,1\n,y,2\n").encode(), "none of the 2 rows can be used"),
    "rubbish": ("a.csv", bytes(range(256)) * 400, "binary content, not a table"),
    "a PDF": ("a.csv", b"%PDF-1.7\n" + bytes(range(256)), "this is a PDF document, not a table. Export the table"),
    "a zip whose middle is gone": ("a.zip", without_a_range(), "the packed file is damaged or cut short"),
    "a picture": ("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(99), "a picture (PNG)"),
    "RAR": ("a.zip", b"Rar!\x1a\x07\x01\x00" + bytes(99), "a RAR archive, not a table. Unpack it"),
    "a web page": ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "this is a web page, not a table"),
    "JSON": ("a.csv", b'[{"a": 1}]', "this is a JSON document"),
    "SQLite": ("a.parquet", b"SQLite format 3\0" + bytes(99), "an SQLite database"),
    "a Word document": ("a.xlsx", a_zip({"word/document.xml": b"<x/>"}), "this is a Word document"),
    "100,000 columns": ("a.csv", (",".join(f"c{n}" for n in range(100_000)) + "\n1\n").encode(), "line 1: 100,000 columns"),
    "a cell of 100 MB": ("a.csv", HEAD.encode() + b"A," + b"x" * (100 << 20) + b",1\n", "line 2: a line is longer than"),
    "cut Parquet": ("a.parquet", b"PAR1" + bytes(500), "the Parquet file is damaged or cut short"),
    "cut gzip": ("a.csv.gz", gzip.compress(HEAD.encode() * 5_000)[:-20], "damaged or cut short"),
    "cut XLSX": ("a.xlsx", as_book({"S": [["a"] * 9] * 99})[:-400], "damaged or cut short"),
    "locked XLSX": ("a.xlsx", (SLICES / "locked.xlsx").read_bytes(), "needs a password. Save it without a password"),
    "an empty workbook": ("a.xlsx", as_book({"S": []}), "the sheet “S” is empty. Choose another sheet"),
    "cells far apart": ("a.xlsx", far_cell(), "breaks the spreadsheet reader. Save it again"),
    "broken ODS": ("a.ods", as_ods([["a"]]).replace(b"office:spreadsheet>", b"office:spreadsheeT>"), "damaged or can't be read"),
    "a path out of the zip": ("a.zip", with_member("../../etc/passwd"), "a path that leads out of it, “../../etc/passwd”"),
    "an absolute path": ("a.zip", with_member("/etc/passwd"), "a path that leads out of it"),
    "a path of Windows": ("a.zip", with_member("..\\..\\x.csv"), "a path that leads out of it"),
    "a link": ("a.zip", with_member("x.csv", stat.S_IFLNK | 0o777, b"/etc/passwd"), "a link instead of a file, “x.csv”"),
    "an empty member": ("a.zip", a_zip({"x.csv": b""}), "“x.csv” in the zip is empty"),
    "a zip in a zip": ("a.zip", a_zip({"x.zip": a_zip({"x.csv": HEAD.encode()})}), "packed a second time, as zip"),
    "a gzip in a zip": ("a.zip", a_zip({"x.csv.gz": gzip.compress(HEAD.encode())}), "packed a second time, as gzip"),
    "a gzip in a gzip": ("a.gz", gzip.compress(gzip.compress(HEAD.encode())), "packed a second time"),
    "no member": ("a.zip", a_zip({}), "the zip holds no file"),
    "two encodings": ("a.csv", b"".join([HEAD.encode(), *["A,张伟公司,1\n".encode("gb18030")] * 9, "B,王芳公司,2\n".encode()]),
                      "line 11: this line is UTF-8, most others are gb18030. Save the file in one encoding"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_refusal_names_file_and_remedy_and_comes_soon(case: str, tmp_path: Path) -> None:
    name, content, said = CASES[case]
    path = a_file(tmp_path, content, name)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(InputRefused) as caught:
        imported(path)
    sentence = str(caught.value)
    assert sentence.startswith(name)
    assert said in sentence
    assert sentence.count(". ") >= 1
    assert "\n" not in sentence
    assert time.monotonic() - start < LONGEST
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < LARGEST_GROWTH


@pytest.mark.parametrize("packed", ["gzip", "zip"])
def test_a_bomb_is_refused_long_before_it_has_unpacked(packed: str, tmp_path: Path) -> None:
    content = b"customer_id,exposure\n" + b"A,1\n" * 2_000_000
    path = a_file(tmp_path, gzip.compress(content) if packed == "gzip" else a_zip({"a.csv": content}), "bomb")
    limits = IngestLimits(swelling_from=1 << 20, max_swelling=50)
    with pytest.raises(
        InputRefused, match=r"bomb: unpacks to more than 50 times its size: no table does\. Send"
    ):
        imported(path, limits=limits)


def test_a_zip_that_says_it_is_huge_is_refused_unread(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_zip({"a.csv": b"a,b\n" * 9_000}), "big.zip")
    with pytest.raises(InputRefused, match=r"big\.zip: unpacks to more than 1,000 bytes"):
        open_source(path, limits=IngestLimits(max_bytes=1_000))


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = a_file(tmp_path, as_book({"S": [["a", "b"], [1, 2]]}), "slow.xlsx")
    with pytest.raises(
        InputRefused, match=r"slow\.xlsx: reading it (takes longer than 0 seconds|needs more)"
    ):
        open_source(path, limits=IngestLimits(workbook_seconds=0))


def test_a_nul_and_a_ragged_row_cost_their_lines_only(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, HEAD + "A,a,1\nB,\0,2\nC,c\nD,d,4\n"))
    assert [(row[1], row[3]) for row in made.quarantine] == [
        (3, "unreadable characters"), (4, "2 fields where the header has 3"),
    ]  # fmt: skip


def test_a_huge_cell_in_a_workbook_is_set_aside(tmp_path: Path) -> None:
    path = a_file(
        tmp_path, as_book({"S": [["customer_id", "name", "exposure"], ["A", "x" * 2_000, 1], ["B", "b", 2]]})
    )
    made = imported(path, limits=IngestLimits(max_cell_length=1_000))
    assert [(row[1], row[3]) for row in made.quarantine] == [(2, "a cell is longer than 1,000 characters")]


@pytest.mark.parametrize("case", ["0 bytes", "a PDF", "locked XLSX", "a name twice"])
def test_the_batch_door_says_one_sentence_and_leaves_with_3(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, content, said = CASES[case]
    assert cli.main(["ingest", str(a_file(tmp_path, content, name)), "--dry-run"]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_the_batch_door_takes_corrections_and_shows_how_it_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, "customer_id|exposure\nMüller|1\n".encode("latin-1"))
    call = [
        "ingest",
        str(path),
        "--dry-run",
        "--encoding",
        "latin-1",
        "--separator",
        "pipe",
        "--header-row",
        "1",
    ]
    assert cli.main(call) == 0
    shown = capsys.readouterr().out
    assert '"encoding": "windows-1252"' in shown
    assert '"separator": "|"' in shown
