"""Files as they come: packings, encodings, damage. (Twins of one small file: `tests/data/test_readers.py`.)"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputRefused
from data.ingest.limits import IngestLimits
from data.ingest.mapping import Mapping, MappingEntry
from data.ingest.readers import ReadOptions, open_source
from tests.data.ingest.builders import SLICES, Imported, a_file, column_of, imported

TABLE = "customer_id,name,exposure\nA,甲,1\nB,乙,2\n"
SBA = (SLICES / "sba.csv").read_bytes()


@cache
def plain_sba() -> Imported:
    return imported(SLICES / "sba.csv")


def as_parquet(content: bytes) -> bytes:
    """All cells as text: what many exports do."""
    rows = list(csv.reader(io.StringIO(content.decode())))
    target = io.BytesIO()
    names = rows[0]
    pq.write_table(
        pa.table({n: list(c) for n, c in zip(names, zip(*rows[1:], strict=True), strict=True)}), target
    )
    return target.getvalue()


def as_xlsx(content: bytes) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(content.decode())):
        book.active.append([cell or None for cell in row])
    book.save(target)
    return target.getvalue()


def as_zip(content: bytes, name: str = "inside.csv") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"__MACOSX/{name}", b"x" * 10)
        archive.writestr("folder/read.me", b"small")
        archive.writestr(f"folder/{name}", content)
    return target.getvalue()


TWINS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zip": as_zip,
    "bom": lambda content: b"\xef\xbb\xbf" + content,
    "utf-16": lambda content: content.decode().encode("utf-16"),
    "utf-16-be": lambda content: b"\xfe\xff" + content.decode().encode("utf-16-be"),
    "crlf": lambda content: content.replace(b"\n", b"\r\n"),
    "mac": lambda content: content.replace(b"\n", b"\r"),
    "parquet": as_parquet,
    "parquet in gzip": lambda content: gzip.compress(as_parquet(content)),
    "xlsx": as_xlsx,
    "xlsx in zip": lambda content: as_zip(as_xlsx(content), "book.xlsx"),
}


@pytest.mark.parametrize("twin", TWINS)
def test_a_slice_of_the_sba_file_is_the_same_portfolio_in_every_dress(twin: str, tmp_path: Path) -> None:
    plain = plain_sba()
    made = imported(a_file(tmp_path, TWINS[twin](SBA), "upload.part"))
    assert made.customers == plain.customers
    assert made.staged.account == plain.staged.account
    assert [row[1:4] for row in made.quarantine] == [row[1:4] for row in plain.quarantine]


def test_chinese_text_in_gb18030_is_read_and_kept_in_the_quarantine(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, (TABLE + ",丙,3\n").encode("gb18030")))
    assert column_of(made, "name") == ["甲", "乙"]
    assert [row[1:] for row in made.quarantine] == [(4, "customer_id", "the customer key is blank", ",丙,3")]


def test_one_bad_line_of_utf8_costs_that_line_and_not_the_encoding(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, TABLE.encode() + b"C,Caf\xe9s,3\nD,\xe4\xb8,4\n"))
    assert column_of(made, "name") == ["甲", "乙"]
    assert [(row[1], row[3], row[4]) for row in made.quarantine] == [
        (4, "unreadable characters", "C,Caf\ufffds,3"),
        (5, "unreadable characters", "D,\ufffd,4"),
    ]


def test_one_bad_line_of_gb18030_is_set_aside_too(tmp_path: Path) -> None:
    # The sample decides the encoding; beyond it a line may still be broken.
    good = "".join(f"C{n},甲乙丙丁,{n}\n" for n in range(90_000))
    made = imported(
        a_file(tmp_path, ("customer_id,name,exposure\n" + good).encode("gb18030") + b"Z,\xff\xff,1\n")
    )
    assert made.staged.account.rows_accepted == 90_000
    assert [(row[1], row[3]) for row in made.quarantine] == [(90_002, "unreadable characters")]


def test_ragged_rows_keep_their_own_line_among_blank_ones(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "customer_id,exposure\n\n\nA,1\n\nB\n\r\nC,1,2\n\nD,4\n,,,\n"))
    assert column_of(made, "customer_id") == ["A", "D"]
    assert [row[1:] for row in made.quarantine] == [
        (6, "", "1 fields where the header has 2", "B"),
        (8, "", "3 fields where the header has 2", "C,1,2"),
        (11, "", "4 fields where the header has 2", ",,,"),
    ]


def test_stray_quotes_and_returns_inside_a_row_stop_nothing(tmp_path: Path) -> None:
    made = imported(
        a_file(tmp_path, 'customer_id,name,exposure\nA,5" PIPE,1\nB,x\ry,2\nC,"a"b,3\nD,"q\n\rr",4\n')
    )
    assert column_of(made, "name") == ['5" PIPE', "x\ry", "ab", "q\n\rr"]
    assert made.quarantine == []


def test_an_unclosed_quote_costs_one_line_of_a_file_full_of_quotes(tmp_path: Path) -> None:
    content = 'customer_id,exposure\nA,"$1,000.00 "\nB,"2\nC,"$3,000.00 "\nD,4\n'
    made = imported(a_file(tmp_path, content))
    assert column_of(made, "exposure") == [1000.0, 3000.0, 4.0]
    assert [row[1:] for row in made.quarantine] == [(3, "", "a quote opens here and never closes", 'B,"2')]


def test_a_nul_costs_its_line_even_in_a_tiny_file(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "customer_id,exposure\nA,1\nB\0,2\nC,3\n"))
    assert [row[1:] for row in made.quarantine] == [(3, "", "unreadable characters", "B\0,2")]


def test_one_column_with_commas_in_its_rows_loses_nothing_silently(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "exposure\n1\n2,3\n\n4\n"))
    assert column_of(made, "exposure") == [1.0, 4.0]
    assert [(row[1], row[4]) for row in made.quarantine] == [(3, "2,3")]


def test_a_cell_beyond_the_limit_is_set_aside_and_others_stay(tmp_path: Path) -> None:
    limits = IngestLimits(max_cell_length=1_000)
    content = f"customer_id,name,exposure\nA,{'x' * 1_001},1\nB,{'x' * 1_000},2\nC,{'中' * 900},3\n"
    made = imported(a_file(tmp_path, content), limits=limits)
    assert column_of(made, "customer_id") == ["B", "C"]
    assert [(row[1], row[3]) for row in made.quarantine] == [(2, "a cell is longer than 1,000 characters")]


def test_a_cell_longer_than_python_s_csv_module_takes_is_set_aside(tmp_path: Path) -> None:
    content = f'customer_id,name,exposure\nA,"{"x" * 300_000}",1\nB,b,2\n'
    made = imported(a_file(tmp_path, content))
    assert (column_of(made, "customer_id"), made.staged.account.rows_quarantined) == (["B"], 1)


def damaged(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \r\n\n ", "the file is empty"),
    "a mark and nothing": (b"\xef\xbb\xbf\n\n", "no header|empty"),
    "no names": (b",,\n1,2,3\n", "no header"),
    "only numbers": (b"1,2.5,-3\n4,5,6\n", "only numbers"),
    "a name twice": (b"a,b, a \n1,2,3\n", "two columns are named “a”"),
    "a name twice in xlsx": (as_xlsx(b"a,a\n1,2\n"), "two columns are named “a”"),
    "a header alone": (b"customer_id,exposure\n", "a header but no rows"),
    "a header alone in xlsx": (as_xlsx(b"customer_id,exposure\n"), "a header but no rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, r"a picture \(PNG\)"),
    "compressed bytes": (gzip.compress(SBA)[40:], "binary content"),
    "a cut gzip": (damaged(gzip.compress(SBA)), "damaged or cut short"),
    "a gzip of rubbish": (b"\x1f\x8b" + b"rubbish" * 20, "damaged or cut short"),
    "a cut zip": (damaged(as_zip(SBA)), "damaged or cut short"),
    "a cut workbook": (damaged(as_xlsx(SBA)), "damaged|can't be read"),
    "a cut Parquet file": (damaged(as_parquet(SBA)), "damaged or cut short"),
    "an empty zip": (b"PK\x05\x06" + b"\0" * 18, "binary|no file|empty"),
    "old Excel": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "an old Excel file, damaged or without a worksheet",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_read_is_refused_with_file_and_remedy(what: str, tmp_path: Path) -> None:
    content, said = REFUSED[what]
    with pytest.raises(InputRefused, match=said) as caught:
        imported(a_file(tmp_path, content, "odd.bin"))
    assert str(caught.value).startswith("odd.bin")
    assert str(caught.value).count(". ") >= 1


def test_a_zip_that_needs_a_password_is_refused_with_and_without_a_member(tmp_path: Path) -> None:
    content = bytearray(as_zip(b"a,b\n1,2\n"))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(sign, start + 1)) >= 0:
            content[start + place] |= 1
    path = a_file(tmp_path, bytes(content), "locked.zip")
    for member in (None, "folder/inside.csv"):
        with pytest.raises(InputRefused, match="password"):
            open_source(path, options=ReadOptions(member=member))


def test_a_zip_gives_the_member_asked_for_and_names_what_it_has(tmp_path: Path) -> None:
    path = a_file(tmp_path, as_zip(TABLE.encode()), "two.zip")
    assert open_source(path, options=ReadOptions(member="folder/inside.csv")).header == (
        "customer_id",
        "name",
        "exposure",
    )
    with pytest.raises(InputRefused, match=r"no “other.csv”.*folder/inside.csv"):
        open_source(path, options=ReadOptions(member="other.csv"))


def test_a_small_zip_can_not_hide_a_huge_table(tmp_path: Path) -> None:
    limits = IngestLimits(max_bytes=1_000_000)
    bomb = gzip.compress(b"customer_id,exposure\n" + b"A,1\n" * 400_000)
    with pytest.raises(InputRefused, match="unpacks to more than 1,000,000 bytes"):
        imported(a_file(tmp_path, bomb), limits=limits)
    with pytest.raises(InputRefused, match="unpacks to more than 1,000 bytes"):
        imported(a_file(tmp_path, gzip.compress(as_parquet(SBA))), limits=IngestLimits(max_bytes=1_000))


def test_too_many_columns_or_rows_are_refused_by_name(tmp_path: Path) -> None:
    path = a_file(tmp_path, "a,b,c\n1,2,3\n")
    with pytest.raises(InputRefused, match="3 columns, at most 2"):
        open_source(path, limits=IngestLimits(max_columns=2))
    with pytest.raises(InputRefused, match="more than 1 rows"):
        imported(a_file(tmp_path, "exposure\n1\n2\n3\n"), limits=IngestLimits(max_rows=1))


def test_a_file_name_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bad\udcff.csv"
    path.write_text("customer_id,exposure\nA,1\n,2\n")
    assert imported(path).quarantine[0][0] == "bad?.csv"


def test_typed_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({
        "customer_id": pa.array(["a", " ", None, "d"]), "exposure": pa.array([1, 2, 3, 4], pa.decimal128(9, 2)),
        "defaulted": [True, False, None, False], "originated_on": pa.array([0, 1, 2, 3], pa.timestamp("us", "UTC")),
        "interest_rate": [0.05, float("nan"), 0.06, float("inf")],
    })  # fmt: skip
    pq.write_table(table, path)
    made = imported(path)
    assert [(row["customer_id"], row["exposure"], row["defaulted"], row["interest_rate"]) for row in made.customers] == [
        ("a", 1.0, True, 0.05), ("d", 4.0, False, None),
    ]  # fmt: skip
    assert [row[1:4] for row in made.quarantine] == [
        (2, "customer_id", "the customer key is blank"), (3, "customer_id", "the customer key is blank"),
    ]  # fmt: skip


PLAIN = Mapping((
    MappingEntry("k", "customer_id", "text", "customer_id", 1.0), MappingEntry("v", "exposure", "money", "exposure", 1.0),
))  # fmt: skip
cell = st.one_of(st.text(alphabet='a",\n\r;é 中', max_size=5), st.integers(-2, 9).map(str), st.just(""))


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.lists(cell, min_size=1, max_size=3), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_every_record_becomes_a_customer_or_stands_in_the_quarantine(
    rows: list[list[str]], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(
        [["k", "v"], *rows, ["last", "1"]]
    )
    made = imported(a_file(tmp_path_factory.mktemp("any"), target.getvalue()), mapping=PLAIN)
    account = made.staged.account
    assert account.rows_read == len(rows) + 1 == account.rows_accepted + account.rows_quarantined
    assert account.rows_quarantined == len(made.quarantine)
    blanks = " \t\r\n\u00a0\u2009\u3000\ufeff"
    good = [
        row[0].strip(blanks)
        for row in [*rows, ["last", "1"]]
        if len(row) == 2 and row[0].strip(blanks) and row[1].strip().isdigit()
    ]
    assert {row["customer_id"] for row in made.customers} == set(good)
    refused = [
        row for row in rows if not (len(row) == 2 and row[0].strip(blanks) and row[1].strip().isdigit())
    ]
    assert [next(csv.reader(io.StringIO(raw, newline=""))) for *_, raw in made.quarantine] == refused
