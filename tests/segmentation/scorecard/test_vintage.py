"""Vintages counted by hand; what could not be seen is not shown."""

from __future__ import annotations

from datetime import date

import narwhals as nw
import pandas as pd

from segmentation.scorecard.vintage import vintages
from tests.builders import collect, lazy


def test_rates_by_months_on_book_and_no_cell_before_its_time() -> None:
    frame = pd.DataFrame({
        "originated_on": [pd.Timestamp("2008-06-01")] * 100 + [pd.Timestamp("2009-06-01")] * 60 + [pd.NaT] * 5,
        # of 2008: ten fail after half a year, five after a year and a half, one without a date
        "defaulted": [True] * 16 + [False] * 84 + [True] * 6 + [False] * 54 + [True] * 5,
        "defaulted_on": [pd.Timestamp("2008-12-01")] * 10 + [pd.Timestamp("2009-12-01")] * 5 + [pd.NaT] * 85
        + [pd.Timestamp("2009-09-01")] * 6 + [pd.NaT] * 54 + [pd.Timestamp("2009-01-01")] * 5,
    })  # fmt: skip
    book = lazy(frame).with_columns(nw.col("originated_on", "defaulted_on").cast(nw.Date))
    older, newer = vintages(book, date(2010, 12, 31), collect)
    assert (older.year, older.customers) == (2008, 99)
    assert older.rates == ((12, 10 / 99), (24, 15 / 99))
    assert (newer.year, newer.rates) == (2009, ((12, 0.1),))
    assert [vintage.rates for vintage in vintages(book, date(2008, 12, 31), collect)] == [()]
