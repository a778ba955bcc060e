"""Hostile cells, one line a case, read by the engine."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from data.ingest import cells
from data.ingest.cells import CellStyle, style_of


def read(expression: str, cell: str) -> object:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (c0 VARCHAR)")
    connection.execute("INSERT INTO t VALUES (?)", [cell])
    return connection.execute(f"SELECT {expression} FROM t").fetchall()[0][0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("60000", 60000.0), ("$60,000.00 ", 60000.0), ("(3,000)", -3000.0), ("-5", -5.0), ("1e3", 1000.0), ("5%", 0.05),
        ("12万", 120000.0), ("3.5亿", 350000000.0), ("¥1,234.50", 1234.5), ("USD 70", 70.0), ("€ 8", 8.0), (" 7 ", 7.0),
        ("1 234", 1234.0), ("1'234.5", 1234.5), ("1,5", None), ("1976A", None), ("", None), ("NA", None), ("NaN", None),
        ("inf", None), ("-Infinity", None), ("=1+1", None), ("abc", None), ("12-34", None),
    ],
)  # fmt: skip
def test_a_number_is_read_or_left_blank(cell: str, expected: float | None) -> None:
    assert read(cells.number("c0", CellStyle()), cell) == (
        pytest.approx(expected) if expected is not None else None
    )


@pytest.mark.parametrize(("cell", "expected"), [("1.234,50", 1234.5), ("7,25", 7.25), ("1.000", 1000.0)])
def test_a_column_with_decimal_commas_is_read_so_throughout(cell: str, expected: float) -> None:
    style = style_of(["1.234,50", "7,25"])
    assert read(cells.number("c0", style), cell) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-05", dt.date(2024, 3, 5)), ("28-Feb-97", dt.date(1997, 2, 28)), ("05/31/2023 12:00:00 AM", dt.date(2023, 5, 31)),
        ("9/30/2025", dt.date(2025, 9, 30)), ("2024年3月5日", dt.date(2024, 3, 5)), ("20240305", dt.date(2024, 3, 5)),
        ("2024/3/5", dt.date(2024, 3, 5)), ("2024-03-05 23:59:59", dt.date(2024, 3, 5)), ("31-Feb-2020", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_a_date_is_read_or_left_blank(cell: str, expected: dt.date | None) -> None:
    assert read(cells.date("c0", style_of([cell])), cell) == expected


def test_a_two_digit_year_far_ahead_is_of_the_last_century() -> None:
    style = style_of(["14-Jun-62"])
    connection = duckdb.connect()
    connection.execute(
        f"CREATE TABLE t AS SELECT {cells.date('c0', style)} AS d FROM (VALUES ('14-Jun-62'), ('03-Mar-14')) v(c0)"
    )
    rows = connection.execute(f"SELECT {cells.settle('d', 'date', style)} FROM t").fetchall()
    assert rows == [(dt.date(1962, 6, 14),), (dt.date(2014, 3, 3),)]


def test_day_and_month_are_decided_for_the_whole_column() -> None:
    style = style_of(["03/04/2024", "13/02/2024"])
    assert read(cells.date("c0", style), "03/04/2024") == dt.date(2024, 4, 3)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("CHGOFF", True),
        ("P I F", False),
        ("yes", True),
        ("否", False),
        ("1", True),
        ("0.0", False),
        ("maybe", None),
        ("", None),
    ],
)
def test_a_flag_is_read_by_the_contract_s_words(cell: str, expected: bool | None) -> None:
    assert read(cells.flag("c0"), cell) is expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("Start-up", "startup"), ("MATURE", "mature"), ("odd", "odd"), ("无", None), (" a ", "a")],
)
def test_text_takes_the_spelling_of_its_level(cell: str, expected: str | None) -> None:
    made = read(cells.text("c0", ("startup", "growth", "mature")), cell)
    assert made == expected
