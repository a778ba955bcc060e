"""How a whole column writes its numbers and dates, decided once from what it holds.

``03/04/2024`` and ``1,234`` may each be meant in two ways. A column is written by one
hand: the cells that can be meant in one way only decide for those that can't.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow.compute as pc

from data.ingest.batches import Batch
from data.ingest.content import DECIMAL_COMMA, is_missing

LAST_TWO_DIGIT_YEAR = 2036
"""A two-digit year that would lie after this one is of the last century (62 is 1962)."""

FORMS_FROM = 40
"""Cells the order of date forms is taken from; it only makes reading quicker."""

FIRST_YEAR = 1000
"""Earlier years are misread two- or three-digit ones."""

YEAR_FIRST = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y年%m月%d日",
    "%Y年%m月%d",
    "%Y-%b-%d",
    "%Y %m %d",
)
NAMED_DAY = (
    "%d-%b-%Y", "%d %b %Y", "%d/%b/%Y", "%d.%b.%Y", "%d-%B-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d,%Y",
    "%d %b, %Y", "%d%b%Y",
)  # fmt: skip
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y")
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")

DECIMAL_POINT = re.compile(r"\.\d{1,2}\D*$|^\D*0\.\d+\D*$|^\D*\d+\.\d{4,}\D*$|,\d{3}\.\d")
THOUSANDS_COMMA = re.compile(r"^\D*[1-9]\d{0,2}(?:,\d{3})+\D*$")
THOUSANDS_POINTS = re.compile(r"^\D*[1-9]\d{0,2}(?:\.\d{3}){2,}\D*$")
EITHER = re.compile(r"^\D*[1-9]\d{0,2}[.,]\d{3}\D*$")
SLASHED = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})$")
SHORT_YEAR = re.compile(
    r"^(?:\d{1,2}[-/. ]+(?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+|[A-Za-z]{3,9}\.? \d{1,2}, ?)['’]?\d{2}$"
)
SERIAL = re.compile(r"^[1-7]\d{4}(?:\.\d+)?$")
LIKE_A_DATE = re.compile(r"^(?=.*\d)(?:\d{8}$|\d{1,4}[-/. 年]|\d{1,2}[A-Za-z]{3}|[A-Za-z]{3,9}\.? \d)")
TIME_MARK = re.compile(r"[:时点]")
TIME_OF_DAY = re.compile(r"[ T\u00a0]+\d{1,2}(?::|时|点).*$")

# What the engine of Arrow looks for in whole columns; a time of day may follow.
ANY_SLASHED = r"^\s*\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:\D|$)"
DAY_PROOF = r"^\s*(?:1[3-9]|2\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:\d{4}|\d{2})(?:\D|$)"
MONTH_PROOF = r"^\s*(?:0?[1-9]|1[0-2])[-/.](?:1[3-9]|2\d|3[01])[-/.](?:\d{4}|\d{2})(?:\D|$)"


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a whole column writes its numbers and dates.

    Attributes
    ----------
    decimal_comma : bool
        Whether ``1.234,5`` is meant.
    day_first : bool or None
        Order in ``03/04/2024``; None when no cell tells, then the month comes
        first, as in the files we have seen, and the caller says so.
    date_formats : tuple of str
        Forms seen in the sample, tried first.
    two_digit_years : bool
        Whether some form has two-digit years.
    has_slashes : bool
        Whether dates such as ``03/04/2024`` were seen.
    serial : bool
        Whether dates stand as day numbers, as spreadsheets store them.
    unsure : int
        Cells of the column whose day and month may be meant in two ways.
    against : int
        Cells written in the other order than the column's.
    """

    decimal_comma: bool = False
    day_first: bool | None = None
    date_formats: tuple[str, ...] = ()
    two_digit_years: bool = False
    has_slashes: bool = False
    serial: bool = False
    unsure: int = 0
    against: int = 0


def _proof(filled: Sequence[str]) -> str:
    """Which decimal sign a column's cells prove: ``,`` or ``.``; empty when none does."""
    comma = sum(1 for cell in filled if DECIMAL_COMMA.match(cell) or THOUSANDS_POINTS.match(cell))
    # "1,234" may be either: one "1,5" among many of them does not make them all small.
    grouped = sum(1 for cell in filled if THOUSANDS_COMMA.match(cell))
    point = sum(1 for cell in filled if DECIMAL_POINT.search(cell))
    if comma > grouped and not point:
        return ","
    return "." if point else ""


def _filled(cells: Iterable[str | None]) -> list[str]:
    return [cell.strip() for cell in cells if cell is not None and not is_missing(cell)]


def decimal_sign(columns: Sequence[Sequence[str | None]]) -> str:
    """Tell the decimal sign of a whole file from its columns; empty when no cell has a fraction.

    Examples
    --------
    >>> decimal_sign([["1.234", "5.678"], ["7,25", "8,5"]]), decimal_sign([["a", "1"]])
    (',', '')
    """
    proofs = [
        _proof(filled)
        for column in columns
        if (filled := _filled(column)) and sum(cell[-1:].isdigit() for cell in filled) * 2 > len(filled)
    ]
    commas, points = proofs.count(","), proofs.count(".")
    return "," if commas > points else "." if points else ""


def style_of(cells: Sequence[str | None], file_decimal: str = "") -> CellStyle:
    """Decide a column's style from a sample.

    Parameters
    ----------
    cells : sequence of str or None
        The column's first cells.
    file_decimal : str
        Decimal sign of the other columns, for a column that proves none itself.

    Examples
    --------
    >>> style_of(["1.234,50", "7,25"]).decimal_comma, style_of(["13/02/2024"]).day_first
    (True, True)
    >>> style_of(["1,234", "5,678.90"]).decimal_comma, style_of(["02/13/2024"]).day_first
    (False, False)
    """
    filled = _filled(cells)
    proof = _proof(filled)
    undecided = not proof and any(EITHER.match(cell) for cell in filled)
    comma = proof == "," or (undecided and file_decimal == ",")
    days = [TIME_OF_DAY.sub("", cell) if TIME_MARK.search(cell) else cell for cell in filled]
    parts = [(int(match[1]), int(match[2])) for day in days if (match := SLASHED.match(day))]
    seen = _forms([day for day in days[:200] if LIKE_A_DATE.match(day)], parts)
    serials = sum(1 for cell in filled if SERIAL.match(cell))
    return CellStyle(
        comma,
        _order(sum(a > 12 >= b for a, b in parts), sum(b > 12 >= a for a, b in parts)),
        seen,
        any(SHORT_YEAR.match(day) for day in days),
        bool(parts),
        serials > 0,
        sum(a <= 12 and b <= 12 and a != b for a, b in parts),
    )


def _order(day_proofs: int, month_proofs: int) -> bool | None:
    if not day_proofs and not month_proofs:
        return None
    return day_proofs >= month_proofs


def _forms(days: Sequence[str], parts: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Forms that read any of the sample's cells."""
    ordered = DAY_FIRST if any(first > 12 for first, _ in parts) else MONTH_FIRST
    return tuple(form for form in (*YEAR_FIRST, *NAMED_DAY, *ordered) if _reads(form, days))


def _reads(form: str, days: Sequence[str]) -> bool:
    """Whether a date form reads any of the sample's cells, whatever the digits of the year."""
    for day in days[:FORMS_FROM]:
        for pattern in (form, form.replace("%Y", "%y")):
            try:
                found = datetime.strptime(day, pattern)
            except ValueError:
                continue
            if found.year >= FIRST_YEAR:
                return True
    return False


def over_all_rows(styles: dict[int, CellStyle], batches: Iterable[Batch]) -> dict[int, CellStyle]:
    """Decide day and month of undecided columns by all their cells, counted where they lie.

    Parameters
    ----------
    styles : dict
        Place of each date column → its style by the sample.
    batches : iterable of Batch
        The whole file.
    """
    counts = {place: [0, 0, 0] for place in styles}
    for batch in batches:
        for place, sums in counts.items():
            column = batch.table.column(place)
            for number, pattern in enumerate((ANY_SLASHED, DAY_PROOF, MONTH_PROOF)):
                sums[number] += pc.sum(pc.match_substring_regex(column, pattern)).as_py() or 0
    decided: dict[int, CellStyle] = {}
    for place, (slashed, day, month) in counts.items():
        first = _order(day, month)
        against = min(day, month)
        decided[place] = replace(
            styles[place],
            day_first=first,
            unsure=slashed - day - month,
            against=against,
            has_slashes=slashed > 0,
        )
    return decided
