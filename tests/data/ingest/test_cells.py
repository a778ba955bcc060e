"""Hostile cells, a line a case, read by DuckDB: the right value, or none and never a wrong one."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contract import Kind
from data.ingest import cells
from data.ingest.batches import Batch
from data.ingest.cells import CellStyle, style_of
from data.ingest.content import to_number
from data.ingest.styles import over_all_rows

POINT, COMMA = CellStyle(), CellStyle(decimal_comma=True)
DATABASE = duckdb.connect()


def read(cell: str | None, kind: Kind, style: CellStyle = POINT, **options: object) -> object:
    """Read one cell as the stage does: typed, then settled."""
    typed = cells.typed("c0", kind, style, **options)  # type: ignore[arg-type]
    settled = cells.settle("v", kind, style, bool(options.get("keep_na")))
    query = f"SELECT {settled} FROM (SELECT {typed} AS v FROM (SELECT ?::VARCHAR AS c0))"
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
        ("1,23,456", 123_456.0), ("12,34,567.50", 1_234_567.5), ("1,00,000", 100_000.0), ("₹1,23,456", 123_456.0),
        ("1\u202f234\u202f567.89", 1_234_567.89), ("1\u2009234", 1_234.0), ("1’234’567.5", 1_234_567.5),
        ("1,234.50-", -1_234.5), ("1234-", -1_234.0), ("5 %-", -0.05), ("12k", 12_000.0), ("12K", 12_000.0), ("3.5m", 3.5e6),
        ("$3.5M", 3.5e6), ("1.2bn", 1.2e9), ("EUR 1.2 bn", 1.2e9), ("2 mio", 2e6), ("2 Mio EUR", 2e6), ("1.5mrd", 1.5e9),
        ("3千", 3_000.0), ("5百万", 5e6), ("2千万元", 2e7), ("1.5万亿", 1.5e12), ("人民币1,000元", 1_000.0), ("¥12万", 120_000.0),
        ("（３，０００）", -3_000.0), ("１２．５％", 0.125), ("￥１，２３４", 1_234.0), ("5‰", 0.005), ("(1.5k)", -1_500.0),
        ("US$1,000", 1_000.0), ("1,000 USD", 1_000.0), ("HKD1,000.00", 1_000.0), ("kr 500", 500.0), ("1 234,5", None),
        ("\u22125", -5.0), ("－５", -5.0), ("１２３", 123.0), (".5", 0.5), ("5.", 5.0), ("-0", 0.0),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_dressed(cell: str, expected: float | None) -> None:
    assert read(cell, "money") == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    "cell",
    [
        "1,5", "1,50", "12,34", "1,2345", "1,000,00", "5,", ",5", "1 5", "12 34", "1,5%", "1.234.567", "1亿2000万", "(3,000",
        "3,000)", "(-3)", "1(2)3", "NaN", "nan", "inf", "-Infinity", "1e999", "1976A", "A1976", "12-34", "1/2", "=1+1",
        "0x1F", "--5", "abc", "", "  ", "\t", "NA", "n/a", "-", "—", "unknown", "无", "\u202e5", "5\u200b", "½", "Ⅳ", "$", "%",
        "12kk", "k", "m5", "1$2", "12%34", "rs.500", "-5-", "(5-)", "((5))", "5x", "1,23,45", "1'23", "1 23,456", "5k5",
    ],
)  # fmt: skip
def test_what_is_no_sure_number_stays_unread(cell: str) -> None:
    assert read(cell, "money") is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.234,5", 1_234.5), ("1 234 567,89", 1_234_567.89), ("7,25", 7.25), ("1.000", 1_000.0), ("(3.000,00)", -3_000.0),
        ("5,5%", 0.055), ("€ 8,00", 8.0), ("60000", 60_000.0), ("1.234.567", 1_234_567.0),
        ("1.234,50 €", 1_234.5), ("1 234,50-", -1_234.5), ("1,5 Mio", 1.5e6), ("3,5%", 0.035), ("1’234,5", 1_234.5), (",5", 0.5),
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
        ("28-Feb-1997", "28-Feb-97", "1997-02-28"), ("28-Feb-97", "2024-03-05", "1997-02-28"), ("14-Jun-36", None, "2036-06-14"),
        ("14-Jun-37", None, "1937-06-14"), ("31/12/20", "2020-12-31", "2020-12-31"), ("12/31/20", "2020-12-31", "2020-12-31"),
        ("31/12/2020", "2020-12-31", "2020-12-31"), ("03/04/2020", "2020-12-31", None), ("2020/1/5", "28-Feb-97", "2020-01-05"),
        ("2020年12月31日", "2020-01-01", "2020-12-31"), ("2020年1月5日 14时30分", None, "2020-01-05"), ("5Mar2024", None, "2024-03-05"),
        ("2024-03-05T10:00:00.000+01:00", None, "2024-03-05"), ("31.12.2020 23:59", None, "2020-12-31"), ("2024 03 05", None, "2024-03-05"),
        ("２０２０-０１-０５", None, "2020-01-05"), ("２０２０／１／５", None, "2020-01-05"), ("45356.75", "45356", "2024-03-05"),
        ("60", "45356", None), ("99999", "45356", None), ("2024-Mar-05", None, "2024-03-05"), ("Mar 5, 24", None, "2024-03-05"),
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


@pytest.mark.parametrize(
    ("cells", "first", "unsure", "against"),
    [
        (["03/04/2024", "25/04/2024"], True, 1, 0), (["03/04/2024", "04/25/2024"], False, 1, 0), (["03/04/2024"], None, 1, 0),
        (["25/04/2024", "26.4.24", "04/25/2024", "1/2/03 10:00"], True, 1, 1), (["2024-03-04"], None, 0, 0),
        (["99/99/2024", "x", "", "13/13/2013"], None, 2, 0),
    ],
)  # fmt: skip
def test_all_cells_of_a_column_decide_day_and_month(
    cells: list[str], first: bool | None, unsure: int, against: int
) -> None:
    batch = Batch(pa.table({"c0": pa.array([*cells, None], pa.string())}), np.arange(len(cells) + 1))
    made = over_all_rows({0: style_of(cells[:1])}, [batch, batch])[0]
    assert (made.day_first, made.unsure, made.against) == (first, 2 * unsure, 2 * against)


@given(
    day=st.dates(min_value=dt.date(1937, 1, 1), max_value=dt.date(2036, 12, 31)),
    form=st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%d-%b-%y", "%d %B %Y", "%d/%m/%y", "%d.%m.%Y", "%Y%m%d", "%Y年%m月%d日"]
    ),
)
@settings(max_examples=60, deadline=None)
def test_every_day_comes_back_from_every_form_whatever_the_column_s_first_rows(
    day: dt.date, form: str
) -> None:
    for sample in ("25/12/2020", day.strftime(form), "2020-12-25"):
        style = style_of([sample, "25/12/2020"])
        assert read(day.strftime(form), "date", style) == day


@given(
    cents=st.integers(min_value=0, max_value=10**13),
    separator=st.sampled_from([" ", "\u00a0", "\u2009", "\u202f", "'", "’", ","]),
    dress=st.sampled_from(["{}", "$ {}", "{} EUR", "{} €", "CNY {}", "￥{}"]),
    minus=st.sampled_from([("{}", 1), ("-{}", -1), ("({})", -1), ("{}-", -1)]),
)
@settings(max_examples=80, deadline=None)
def test_every_amount_is_read_in_every_dress(
    cents: int, separator: str, dress: str, minus: tuple[str, int]
) -> None:
    text = minus[0].format(dress.format(f"{cents / 100:,.2f}".replace(",", separator)))
    assert read(text, "money") == pytest.approx(minus[1] * cents / 100)
