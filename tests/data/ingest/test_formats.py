"""Tables in every dress: separators, quotes, encodings, spreadsheets, zips; found out, shown, and correctable."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputRefused
from data.ingest.readers import ALL_MEMBERS, ReadOptions, Source, open_parts, open_source
from tests.data.ingest.builders import SLICES, a_file, column_of, imported


def rows_of(source: Source) -> list[list[object]]:
    """All rows of a source, without the rest of the ingest."""
    return [list(row.values()) for batch in source.batches() for row in batch.table.to_pylist()]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","), ("a;b\n1,5;2\n2,5;3\n", ";"), ("a\tb\n1,5\t2;3\n", "\t"), ("a|b\n1|2\n", "|"), ("a^b\n1^2\n", "^"),
        ("a~b\n1~2\n", "~"), ("a:b\n1:2\n", ":"), ("when,what\n12:30:00,x\n12:31:00,y\n", ","), ("when\n12:30\n12:31\n", ","),
        ("exposure\n1,5\n2,5\n", ","), ("note\nhello, world\nfoo, bar\n", ","), ("sep=|\na|b\n1|2\n", "|"),
        ('a;b\n"x;y";"1;2"\n', ";"), ('a,b\n"line one\nline; two; three",1\n', ","), ("a\x01b\n1\x012\n", "\x01"),
        ("a|b,c|d\n1|2,5|3\n", "|"), ("id;name\n1;Smith, John\n2;Doe, Jane\n", ";"),
    ],
)  # fmt: skip
def test_the_separator_is_found(text: str, separator: str, tmp_path: Path) -> None:
    assert open_source(a_file(tmp_path, text)).info.delimiter == separator


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n"x,y","say ""hi"""\n', ["x,y", 'say "hi"']),
        ("a,b\n'x,y','it''s'\n'z','w'\n", ["x,y", "it's"]),
        ("a,b\n'Allium,'Brassica\nc,d\n", ["'Allium", "'Brassica"]),
        ('a,b\n"x \\"q\\", y",1\n"say \\"hi\\" now",2\n', ['x "q", y', "1"]),
        ('a,b\n"C:\\",x\n"D:\\",y\n', ["C:\\", "x"]),
        ('a,b\n5" PIPE,6" NAIL\n', ['5" PIPE', '6" NAIL']),
        ('a;b\n"x\ny";1\n', ["x\ny", "1"]),
    ],
)
def test_cells_are_unquoted_by_the_file_s_own_rule(text: str, expected: list[str], tmp_path: Path) -> None:
    assert rows_of(open_source(a_file(tmp_path, text)))[0] == expected


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text(alphabet="ab\"'\\,;\n 中", max_size=6), min_size=2, max_size=2),
        min_size=1,
        max_size=6,
    )
)
def test_what_python_writes_with_backslashes_comes_back(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = io.StringIO(newline="")
    # Two rows that show how quotes are escaped, as a real file's first rows do.
    shown = [['say "hi" now', "x"], ['the "second" one', "y"]]
    writer = csv.writer(
        target, quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\", lineterminator="\n"
    )
    writer.writerows([["k", "v"], *shown, *rows, ["last", "1"]])
    path = a_file(tmp_path_factory.mktemp("any"), target.getvalue())
    assert rows_of(open_source(path)) == [*shown, *rows, ["last", "1"]]


NAMES = "customer_id,name,exposure\nA,{},1\nB,{},2\n"
WESTERN = [
    "Müller",
    "José Nuñez",
    "Crédit Agricole",
    "Smørrebrød A/S",
    "Zoë Façade",
    "Straße 5 – Köln",
    "créée Noëlle",
]
CHINESE = [
    "张伟",
    "中国工商银行",
    "北京市海淀区中关村",
    "联通",
    "深圳市腾讯计算机系统有限公司",
    "龘龖贸易公司",
]


@pytest.mark.parametrize("name", WESTERN)
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16", "utf-8-sig"])
def test_western_names_are_read_in_each_encoding(name: str, encoding: str, tmp_path: Path) -> None:
    source = open_source(a_file(tmp_path, NAMES.format(name, "x").encode(encoding)))
    assert rows_of(source)[0][1] == name
    assert source.info.encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize("name", CHINESE)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be"])
def test_chinese_names_are_read_in_each_encoding(name: str, encoding: str, tmp_path: Path) -> None:
    source = open_source(a_file(tmp_path, NAMES.format(name, "乙方").encode(encoding)))
    assert [row[1] for row in rows_of(source)] == [name, "乙方"]


def test_the_first_character_beyond_ascii_is_looked_for_far_into_the_file(tmp_path: Path) -> None:
    plain = "".join(f"C{number},name,1\n" for number in range(120_000))
    text = f"customer_id,name,exposure\n{plain}Z,Müller,1"
    source = open_source(a_file(tmp_path, text.encode("windows-1252")))
    assert source.info.encoding == "windows-1252"
    assert rows_of(source)[-1][1] == "Müller"


def test_a_person_corrects_encoding_separator_and_header(tmp_path: Path) -> None:
    text = "Отчёт\nимя;сумма\nИванов;1\n"
    options = ReadOptions(encoding="cp1251", separator="semicolon", header_line=2)
    source = open_source(a_file(tmp_path, text.encode("cp1251")), options=options)
    assert (source.header, rows_of(source)) == (("имя", "сумма"), [["Иванов", "1"]])
    info = source.info
    assert (info.encoding, info.delimiter, info.header_line, info.is_sure) == ("windows-1251", ";", 2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ReadOptions(encoding="klingon"), "no text encoding “klingon”"), (ReadOptions(encoding="rot13"), "no text encoding"),
        (ReadOptions(separator="ab"), "“ab” can't be a separator"), (ReadOptions(separator='"'), "can't be a separator"),
        (ReadOptions(header_line=99), "line 99: no header"),
    ],
)  # fmt: skip
def test_a_correction_that_can_not_be_is_refused(options: ReadOptions, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=said):
        open_source(a_file(tmp_path, "a,b\n1,2\n"), options=options)


def test_titles_above_the_header_are_passed_over_and_said(tmp_path: Path) -> None:
    text = "Loan book\nAs of 31 May 2024,,\n\ncustomer_id,name,exposure\nA,甲,1\nB,b\nC,c,3\n"
    made = imported(a_file(tmp_path, text))
    assert column_of(made, "customer_id") == ["A", "C"]
    assert [(row[1], row[4]) for row in made.quarantine] == [(6, "B,b")]
    assert made.findings["header_below"] == ("a.csv", 4)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a;b\n1.234,50;x\n7,25;y\n", ","), ("a,b\n1234.50,x\n", "."), ("a,b\n1,x\n", ""), ("a;b;c\n1.234;7,5;x\n", ","),
    ],
)  # fmt: skip
def test_the_decimal_sign_is_shown(text: str, sign: str, tmp_path: Path) -> None:
    assert open_source(a_file(tmp_path, text)).info.decimal == sign


def test_a_column_that_proves_no_decimal_sign_follows_the_others(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "customer_id;exposure;interest_rate\nA;1.234;0,05\nB;12.500;0,07\n"))
    assert column_of(made, "exposure") == [1234.0, 12500.0]


def as_book(sheets: dict[str, list[list[object]]]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(target)
    return target.getvalue()


CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def as_ods(rows: list[list[str]], sheet: str = "Loans") -> bytes:
    """A spreadsheet as LibreOffice writes it, as small as it may be."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    body = "".join(f"<table:table-row>{''.join(map(CELL.format, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="{sheet}">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{names}manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def test_old_excel_with_titles_a_blank_column_and_two_sheets_goes_in(tmp_path: Path) -> None:
    made = imported(SLICES / "two_sheets.xls")
    assert [(row["customer_id"], row["name"], row["exposure"], str(row["originated_on"])) for row in made.customers] == [
        ("A", "甲", 1234.5, "2024-01-05"), ("B", "乙", 2.0, "2023-12-31"), ("C", "Müller", 3e6, "1999-02-28"),
    ]  # fmt: skip
    info = open_source(SLICES / "two_sheets.xls").info
    assert (info.format, info.sheet, info.header_line) == ("xls", "Loans", 3)


def test_opendocument_is_read(tmp_path: Path) -> None:
    source = open_source(
        a_file(tmp_path, as_ods([["customer_id", "exposure"], ["A", "1"], ["乙", "2"]]), "a.ods")
    )
    assert (source.header, rows_of(source)) == (("customer_id", "exposure"), [["A", "1"], ["乙", "2"]])
    assert not source.info.is_misnamed


def test_the_fullest_sheet_is_taken_others_are_offered_and_lines_are_the_sheet_s(tmp_path: Path) -> None:
    loans: list[list[object]] = [["customer_id", "exposure"], ["A", 1], [], [None, 2], ["C", 3]]
    path = a_file(
        tmp_path, as_book({"Cover": [["Hello"]], "Loans": loans, "Codes": [["k", "v"], ["a", 1]]}), "b.xlsx"
    )
    made = imported(path)
    assert column_of(made, "customer_id") == ["A", "C"]
    assert [(row[1], row[3]) for row in made.quarantine] == [(4, "the customer key is blank")]
    assert made.findings["sheets_left_out"] == ("Loans", 1)
    source = open_source(path, options=ReadOptions(sheet="Codes"))
    assert (source.header, [sheet.name for sheet in source.choices.sheets]) == (
        ("k", "v"),
        ["Cover", "Loans", "Codes"],
    )
    with pytest.raises(
        InputRefused, match=r"b\.xlsx: the workbook has no sheet “Lones”. It has: Cover, Loans, Codes"
    ):
        open_source(path, options=ReadOptions(sheet="Lones"))
    with pytest.raises(InputRefused, match="no sheet"):
        open_source(path, options=ReadOptions(sheet="--help\0"))
    assert open_source(path, options=ReadOptions(sheet="Loans", header_line=2)).header == ("A", "1")


def a_zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_parts_of_one_table_in_a_zip_are_united_and_the_rest_is_named(tmp_path: Path) -> None:
    content = a_zip({
        "jan.csv": b"customer_id,exposure\nA,1\n", "feb.csv": b"customer_id,exposure\nB,2\n,3\n",
        "codes.csv": b"code,meaning\n1,x\n", "logo.png": b"\x89PNG\r\n\x1a\n", "__MACOSX/._jan.csv": b"x",
    })  # fmt: skip
    path = a_file(tmp_path, content, "year.zip")
    parts = open_parts(path, options=ReadOptions(member=ALL_MEMBERS))
    assert [part.info.member for part in parts] == ["feb.csv", "jan.csv"]
    assert sorted(parts[0].left_out) == ["codes.csv", "logo.png"]
    assert parts[0].info.name == "year.zip: feb.csv"
    alone = open_parts(path, options=ReadOptions(member="codes.csv"))
    assert [(part.header, part.left_out) for part in alone] == [(("code", "meaning"), ())]


def test_members_of_one_header_are_not_united_unasked_but_named(tmp_path: Path) -> None:
    # As in the bank's own file: a table and a sample of its rows, which must not count twice.
    content = a_zip(
        {"full.csv": b"customer_id,exposure\nA,1\nB,2\n", "sample.csv": b"customer_id,exposure\nA,1\n"}
    )
    parts = open_parts(a_file(tmp_path, content, "two.zip"))
    assert [(part.info.member, part.left_out) for part in parts] == [("full.csv", ("sample.csv",))]


def test_parquet_of_any_plain_type_is_read(tmp_path: Path) -> None:
    table = pa.table({
        "k": pa.array(["a", "b"]).dictionary_encode(), "d": pa.array([1, 2], pa.decimal256(40, 2)),
        "t": pa.array([0, 86_400_000_000_000], pa.timestamp("ns")), "h": pa.array([1.5, 2.5], pa.float16()),
        "u": pa.array([1, 2], pa.uint64()), "b": pa.array([b"x", b"y"]), "n": pa.nulls(2), "l": pa.array(["p", "q"], pa.large_string()),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "t.parquet")
    first = rows_of(open_source(tmp_path / "t.parquet"))[1]
    assert [str(cell) for cell in first] == ["b", "2.0", "1970-01-02", "2.5", "2", "y", "None", "q"]


@pytest.mark.parametrize("kind", [pa.list_(pa.int64()), pa.struct([("x", pa.int64())])])
def test_nested_parquet_is_refused_by_its_column(kind: pa.DataType, tmp_path: Path) -> None:
    pq.write_table(pa.table({"k": ["a"], "odd": pa.nulls(1, kind)}), tmp_path / "t.parquet")
    with pytest.raises(InputRefused, match=r"t\.parquet, column “odd”: its cells hold lists or records"):
        open_source(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a,b\n1,2\n", "a.xlsx"), (as_book({"S": [["a", "b"], [1, 2]]}), "a.csv"), (gzip.compress(b"a,b\n1,2\n", mtime=0), "a.parquet.gz"),
        (b"a,b\n1,2\n", "a.csv.gz"),
    ],
    ids=["text as a workbook", "a workbook as text", "gzipped text as Parquet", "text as gzip"],
)  # fmt: skip
def test_content_decides_and_a_wrong_ending_is_said(content: bytes, name: str, tmp_path: Path) -> None:
    source = open_source(a_file(tmp_path, content, name))
    assert source.header == ("a", "b")
    assert source.info.is_misnamed


def test_two_quotes_that_never_close_cost_two_lines_and_nothing_between(tmp_path: Path) -> None:
    good = [f"C{number},n,{number}" for number in range(2, 300)]
    lines = ["customer_id,name,exposure", 'A,"open,1', *good, 'B,"open too,2', 'D,"closed",3', "E,e,4"]
    made = imported(a_file(tmp_path, "\n".join(lines) + "\n"))
    assert [(row[1], row[3], row[4]) for row in made.quarantine] == [
        (2, "a quote opens here and never closes", 'A,"open,1'),
        (301, "a quote opens here and never closes", 'B,"open too,2'),
    ]
    assert made.staged.account.rows_accepted == len(good) + 2


def test_long_cells_over_several_lines_stay_whole(tmp_path: Path) -> None:
    note = "first line\nsecond, with a comma\n\nfourth; with 5 signs\nlast"
    text = f'customer_id,note,exposure\nA,"{note}",1\nB,"x\n""quoted"", y",2\n'
    assert rows_of(open_source(a_file(tmp_path, text))) == [["A", note, "1"], ["B", 'x\n"quoted", y', "2"]]


def test_a_date_far_down_decides_the_whole_column_and_it_is_said(tmp_path: Path) -> None:
    rows = [f"C{number},1,03/04/2024" for number in range(2_100)]
    text = (
        "customer_id,exposure,originated_on\n" + "\n".join([*rows, "Y,1,25/04/2024", "Z,1,02/01/62"]) + "\n"
    )
    made = imported(a_file(tmp_path, text))
    assert [str(day) for day in column_of(made, "originated_on")[:2_100:700]] == ["2024-04-03"] * 3
    assert str(column_of(made, "originated_on")[-1]) == "1962-01-02"
    assert made.findings["day_month_decided"] == ("originated_on", 2_101)
    unsure = imported(a_file(tmp_path, "customer_id,exposure,originated_on\nA,1,03/04/2024\n"))
    assert str(unsure.customers[0]["originated_on"]) == "2024-03-04"
    assert unsure.findings["day_month_unsure"] == ("originated_on", 1)


def test_days_counted_by_a_spreadsheet_are_dates_and_it_is_said(tmp_path: Path) -> None:
    made = imported(
        a_file(tmp_path, "customer_id,exposure,originated_on\nA,1,45356\nB,45356,45357.5\nC,3,2024-03-07\n")
    )
    assert [str(day) for day in column_of(made, "originated_on")] == [
        "2024-03-05",
        "2024-03-06",
        "2024-03-07",
    ]
    assert column_of(made, "exposure") == [1.0, 45_356.0, 3.0]
    assert made.findings["serial_dates"] == ("originated_on", 0)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["12万", "3.5亿"], [120_000.0, 3.5e8]), (["1.2bn", "350k"], [1.2e9, 350_000.0]), (["1,234.50-", "7.00"], [7.0]),
        (["1,23,456", "12,345"], [123_456.0, 12_345.0]), (["€ 1.234,50", "€ 7,25"], [1_234.5, 7.25]),
    ],
)  # fmt: skip
def test_amounts_in_odd_dress_are_still_mapped_to_the_amount(
    cells: list[str], expected: list[float], tmp_path: Path
) -> None:
    rows = "".join(f'C{number},"{cell}"\n' for number, cell in enumerate(cells))
    assert column_of(imported(a_file(tmp_path, "customer_id,exposure\n" + rows)), "exposure") == expected
