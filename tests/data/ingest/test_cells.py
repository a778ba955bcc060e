"""Hostile cells, a line a case, read by DuckDB: the right value, or none and never a wrong one."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contract import Kind
from data.ingest import cells
from data.ingest.cells import CellStyle, style_of
from data.ingest.content import to_number

POINT, COMMA = CellStyle(), CellStyle(decimal_comma=True)
DATABASE = duckdb.connect()


def read(cell: str | None, kind: Kind, style: CellStyle = POINT, **options: object) -> object:
    """Read one cell as the stage does: typed, then settled."""
    typed = cells.typed("c0", kind, style, **options)  # type: ignore[arg-type]
    query = (
        f"SELECT {cells.settle('v', kind, style)} FROM (SELECT {typed} AS v FROM (SELECT ?::VARCHAR AS c0))"
    )
    return DATABASE.execute(query, [cell]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$60,000.00 ", 60_000.0), ("60000", 60_000.0), (" 7 ", 7.0), ("+5", 5.0), ("-5", -5.0), ("-$3,000", -3_000.0),
        ("$-3,000", -3_000.0), ("(3,000)", -3_000.0), ("($3,000.50)", -3_000.5), ("$(3,000)", -3_000.0), ("(5%)", -0.05),
        ("(3万)", -30_000.0), ("12万", 120_000.0), ("12 万", 120_000.0), ("12万元", 120_000.0), ("3.5亿", 3.5e8),
        ("1000元", 1_000.0), ("￥1,234.50", 1_234.5), ("5%", 0.05), ("5 %", 0.05), ("0.5%", 0.005), ("1e3", 1_000.0),
        ("USD 70", 70.0), ("usd70", 70.0), ("-USD 70", -70.0), ("70 EUR", 70.0), ("US$ 70", 70.0), ("RMB 1,000", 1_000.0),
        ("1,234,567.89", 1_234_567.89), ("1 234 567.89", 1_234_567.89), ("1\u00a0234", 1_234.0), ("1'234.5", 1_234.5),
        ("\u22125", -5.0), ("－５", -5.0), ("１２３", 123.0), (".5", 0.5), ("5.", 5.0), ("-0", 0.0),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_dressed(cell: str, expected: float) -> None:
    assert read(cell, "money") == pytest.approx(expected)


@pytest.mark.parametrize(
    "cell",
    [
        "1,5", "1,50", "12,34", "1,2345", "1,000,00", "5,", ",5", "1 5", "12 34", "1,5%", "1.234.567", "1亿2000万", "(3,000",
        "3,000)", "(-3)", "1(2)3", "NaN", "nan", "inf", "-Infinity", "1e999", "1976A", "A1976", "12-34", "1/2", "=1+1",
        "0x1F", "--5", "abc", "", "  ", "\t", "NA", "n/a", "-", "—", "unknown", "无", "\u202e5", "5\u200b", "½", "Ⅳ", "$", "%",
    ],
)  # fmt: skip
def test_what_is_no_sure_number_stays_unread(cell: str) -> None:
    assert read(cell, "money") is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.234,5", 1_234.5), ("1 234 567,89", 1_234_567.89), ("7,25", 7.25), ("1.000", 1_000.0), ("(3.000,00)", -3_000.0),
        ("5,5%", 0.055), ("€ 8,00", 8.0), ("60000", 60_000.0), ("1.234.567", 1_234_567.0),
        ("1.5", None), ("12.50", None), ("1.23456", None), ("1,2,3", None),
    ],
)  # fmt: skip
def test_a_column_of_decimal_commas_never_reads_a_point_as_one(cell: str, expected: float | None) -> None:
    read_as = read(cell, "money", COMMA)
    assert read_as == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("sample", "decimal_comma"),
    [
        (["1.234,50", "7,25"], True), (["1 234,50", "1\u00a0234,50"], True), (["0,0425", "0,07"], True), (["7,25", "1,000"], False),
        (["1,234", "5,678.90"], False), (["1,234", "1,5", "2,345"], False), (["1,234", "12"], False),
        (["", "NA"], False), ([], False),
    ],
)  # fmt: skip
def test_the_sample_decides_what_a_comma_means(sample: list[str], decimal_comma: bool) -> None:
    assert style_of(sample).decimal_comma is decimal_comma


@pytest.mark.parametrize(
    ("cell", "sample", "expected"),
    [
        ("28-Feb-97", None, "1997-02-28"), ("28-FEB-97", None, "1997-02-28"), ("1-Jun-62", None, "1962-06-01"),
        ("05/31/62", None, "1962-05-31"), ("05/31/2023 12:00:00 AM", None, "2023-05-31"), ("9/30/2025", None, "2025-09-30"),
        ("13/02/2024", None, "2024-02-13"), ("13.02.2024", None, "2024-02-13"), ("2024年3月5日", None, "2024-03-05"),
        ("20240305", None, "2024-03-05"), ("2024-3-5", None, "2024-03-05"), ("2024/03/05", None, "2024-03-05"),
        ("2024-03-05T23:59:59Z", None, "2024-03-05"), (" 2024-03-05 00:00:00 ", None, "2024-03-05"),
        ("5 March 2024", None, "2024-03-05"), ("Mar 5, 2024", None, "2024-03-05"), ("29-Feb-2024", None, "2024-02-29"),
        ("28-Feb-1997", "28-Feb-97", "1997-02-28"),
        ("03/04/2024", "13/04/2024", "2024-04-03"), ("03/04/2024", "04/13/2024", "2024-03-04"),
        ("13/02/2024", "02/13/2024", None), ("29-Feb-2023", None, None), ("31/04/2024", None, None), ("20240230", None, None),
        ("00/00/0000", None, None), ("0000-00-00", None, None), ("62", None, None), ("1997", None, None),
        ("199711", None, None), ("45356", "soon", None), ("45356", None, "2024-03-05"), ("soon", None, None), ("", None, None), ("NA", None, None),
        ("2024-03-05x", None, None), ("9999-12-31", None, "9999-12-31"),
    ],
)  # fmt: skip
def test_a_date_is_read_or_left_blank(cell: str, sample: str | None, expected: str | None) -> None:
    made = read(cell, "date", style_of([sample or cell]))
    assert made == (None if expected is None else dt.date.fromisoformat(expected))


def test_a_two_digit_year_in_a_column_of_four_is_no_year_of_antiquity() -> None:
    style = style_of(["05/31/2023", "05/31/62"])
    assert read("05/31/62", "date", style) == dt.date(1962, 5, 31)
    assert read("05/31/2023", "date", style) == dt.date(2023, 5, 31)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("CHGOFF", True), (" chgoff ", True), ("P I F", False), ("Paid in Full", False), ("是", True), ("否", False), ("违约", True),
        ("1.0", True), ("0", False), ("TRUE", True), ("bad", True), ("good", False),
        ("2", None), ("yes!", None), ("unknown", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_flag_takes_only_the_contract_s_words(cell: str | None, expected: bool | None) -> None:
    assert read(cell, "flag") is expected


@pytest.mark.parametrize(
    ("cell", "keep", "expected"),
    [
        (" a ", False, "a"), ("NA", False, None), ("NA", True, "NA"), ("无", False, None), ("", True, None), (" \t", True, None),
        ("\u3000", True, None), ("\u00a0C1\u00a0", True, "C1"), ("'; DROP TABLE t --", True, "'; DROP TABLE t --"),
        ("=1+1", False, "=1+1"), (None, True, None), (None, False, None),
    ],
)  # fmt: skip
def test_text_is_trimmed_and_a_key_of_blanks_is_blank(
    cell: str | None, keep: bool, expected: str | None
) -> None:
    assert read(cell, "text", keep_na=keep) == expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("7", 7), ("7.5", 8), ("-1.5", -1), ("7,000", 7_000), ("1e30", None), ("x", None)]
)
def test_whole_numbers_round_half_up_and_never_overflow(cell: str, expected: int | None) -> None:
    assert read(cell, "integer") == expected


@given(value=st.floats(allow_nan=False, allow_infinity=False, width=64))
@settings(max_examples=50, deadline=None)
def test_every_finite_number_a_program_writes_comes_back(value: float) -> None:
    assert read(repr(value), "number") == value


@given(cents=st.integers(min_value=-(10**14), max_value=10**14))
@settings(max_examples=50, deadline=None)
def test_every_amount_with_separators_is_read_alike_by_the_sample_and_the_engine(cents: int) -> None:
    text = f"${abs(cents) / 100:,.2f}"
    written = f"({text})" if cents < 0 else text
    assert read(written, "money") == pytest.approx(cents / 100)
    assert to_number(written) == pytest.approx(cents / 100)


@given(text=st.text(max_size=12))
@settings(max_examples=30, deadline=None)
def test_no_text_whatever_stops_the_engine(text: str) -> None:
    kinds: tuple[Kind, ...] = ("money", "date", "flag", "integer", "text")
    for kind in kinds:
        read(text.replace("\0", ""), kind, style_of([text]))
