"""Vintages: how the loans of each year have failed by months on book, as far as it can be seen.

A cell is shown only when the youngest loan of the vintage is old enough for it; a rate over
loans that had no time to fail would look good and be wrong (Siddiqi 2006, ch. 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import narwhals as nw
import pandas as pd

from segmentation.frame import Frame, day_number
from segmentation.sample import Fetch

MONTHS = tuple(range(12, 121, 12))
DAYS_A_MONTH = 30.4375
MONTH_END_SLACK = 0.1
"""A year of 365 days is a hair short of twelve mean months."""
FEWEST_CUSTOMERS = 50
MOST_VINTAGES = 15


@dataclass(frozen=True, slots=True)
class Vintage:
    """Loans of one year.

    Attributes
    ----------
    year : int
        Of origination.
    customers : int
        How many.
    rates : tuple of (int, float)
        Months on book and the share (fraction) that had defaulted by then, only where all
        of the vintage could be seen so long.
    """

    year: int
    customers: int
    rates: tuple[tuple[int, float], ...]


def vintages(frame: Frame, as_of: date, fetch: Fetch) -> tuple[Vintage, ...]:
    """Give the newest vintages with enough loans, oldest first; one scan.

    Parameters
    ----------
    frame : Frame
        With `originated_on`, `defaulted`, `defaulted_on`.
    as_of : datetime.date
        Last day seen.
    fetch : callable
        Runs a lazy frame and gives pandas.
    """
    start = day_number(nw.col("originated_on"))
    after = (day_number(nw.col("defaulted_on")) - start) / DAYS_A_MONTH
    dated = frame.filter(
        ~nw.col("originated_on").is_null() & ~nw.col("defaulted").is_null()
        # A default nobody has dated would count as none in every cell.
        & ~(nw.col("defaulted") & nw.col("defaulted_on").is_null())
    ).with_columns(nw.col("originated_on").dt.year().alias("_year"), after.alias("_after"))  # fmt: skip
    rows = fetch(
        dated.group_by("_year").agg(
            nw.len().alias("customers"),
            *(
                nw.when(nw.col("defaulted") & (nw.col("_after") <= months)).then(nw.lit(1)).otherwise(nw.lit(0))
                .sum().alias(f"by_{months}")
                for months in MONTHS
            ),
        )
    )  # fmt: skip
    rows = rows[(rows["customers"] >= FEWEST_CUSTOMERS) & (rows["_year"] <= as_of.year)].sort_values("_year")
    found = []
    for _, row in rows.tail(MOST_VINTAGES).iterrows():
        year, customers = int(row["_year"]), int(row["customers"])
        seen = (pd.Timestamp(as_of) - pd.Timestamp(year, 12, 31)).days / DAYS_A_MONTH + MONTH_END_SLACK
        rates = tuple((months, float(row[f"by_{months}"]) / customers) for months in MONTHS if months <= seen)
        found.append(Vintage(year, customers, rates))
    return tuple(found)
