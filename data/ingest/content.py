"""What a sample of a column's cells looks like: numbers, dates, flags, keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from data.contract import FLAG_FALSE, FLAG_TRUE, MISSING, Kind

CODES = "USD?|EUR|CNY|RMB|GBP|JPY|HKD|CHF|INR|AUD|CAD|SGD|BRL|MXN|ZAR|SEK|NOK|DKK|PLN"
LETTER_UNITS = {
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "mln": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "mrd": 1e9,
    "tn": 1e12,
}
NUMBER = re.compile(
    rf"^\(?[-+]?(?:{CODES})?\s*[$€£¥￥₹]?\s*[-+]?"
    r"(?:(?:\d{1,3}(?:[,' \u00a0\u2009\u202f]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)?(?:\.\d+)?"
    r"|(?:\d{1,3}(?:[.' \u00a0\u2009\u202f]\d{3})+|\d+)(?:,\d+)?)"
    rf"(?:e[-+]?\d+)?\s*(?P<unit>[%千万亿]|百万|千万|k|mn|mio|mln|m|bn|b|mrd|tn)?元?\s*(?:{CODES})?[€$]?\)?-?$",
    re.IGNORECASE,
)
PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
DECIMAL_COMMA = re.compile(r"^\D*(?:\d{1,3}(?:[.' \u00a0\u2009]\d{3})*|\d+),\d{1,2}\D*$|^\D*0,\d+\D*$")
GROUPED_BY_DOTS = re.compile(r"^\D*\d{1,3}(?:\.\d{3}){2,}\D*$")
DATE = re.compile(
    r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}"
    r"|\d{4}年\d{1,2}月\d{1,2}日?|[A-Za-z]{3,9} \d{1,2}, \d{4})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?)?$"
)
SERIAL_DATE = re.compile(r"^[1-7]\d{4}(?:\.\d+)?$")
"""Days as a spreadsheet counts them, 1927 to 2099."""
PACKED_DATE = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")


@dataclass(frozen=True, slots=True)
class Content:
    """Shares are of the cells that hold something."""

    filled: int
    numeric: float
    dated: float
    flagged: float
    distinct: float
    levels: int
    maximum: float
    has_percent: bool
    median: float = 0.0
    whole: float = 1.0


def is_missing(cell: str | None) -> bool:
    """Whether a cell's text means "no value"."""
    return cell is None or cell.strip().lower() in MISSING


def to_number(cell: str) -> float | None:
    """Read one sample cell as a number; the engine's expression does it for whole columns.

    Examples
    --------
    >>> to_number("$60,000.00 "), to_number("(3,000)"), to_number("5%"), to_number("abc")
    (60000.0, -3000.0, 0.05, None)
    """
    text = cell.strip()
    if PLAIN_NUMBER.fullmatch(text):
        return float(text)
    found = NUMBER.match(text)
    if not found or not any(letter.isdigit() for letter in text):
        return None
    factor = LETTER_UNITS.get((found["unit"] or "").lower(), 1.0)
    for sign, value in (("%", 0.01), ("千", 1e3), ("万", 1e4), ("百万", 1e6), ("千万", 1e7), ("亿", 1e8)):
        if sign in text:
            factor = value
    negative = text.startswith("(") or text.endswith("-")
    if DECIMAL_COMMA.match(text) or GROUPED_BY_DOTS.match(text):
        text = text.replace(".", "").replace(",", ".")
    plain = re.sub(rf"(?i:{CODES})|[^\d.eE+-]|-$", "", text)
    try:
        number = float(plain) * factor
    except ValueError:
        return None
    return -number if negative else number


def look_at(cells: Sequence[str | None]) -> Content:
    """Count what a sample's cells look like.

    Examples
    --------
    >>> look_at(["1", "2", "", "NA"]).numeric
    1.0
    """
    filled = [cell.strip() for cell in cells if cell is not None and not is_missing(cell)]
    if not filled:
        return Content(0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, False)
    numbers = [number for cell in filled if (number := to_number(cell)) is not None]
    dated = sum(
        1 for cell in filled if DATE.match(cell) or PACKED_DATE.match(cell) or SERIAL_DATE.match(cell)
    )
    lowered = [cell.lower() for cell in filled]
    flagged = sum(1 for cell in lowered if cell in FLAG_TRUE or cell in FLAG_FALSE)
    levels = len(set(lowered))
    count = len(filled)
    return Content(
        filled=count,
        numeric=len(numbers) / count,
        dated=dated / count,
        flagged=flagged / count,
        distinct=levels / count,
        levels=levels,
        maximum=max((abs(number) for number in numbers), default=0.0),
        has_percent=any("%" in cell for cell in filled),
        median=median(numbers) if numbers else 0.0,
        whole=sum(number.is_integer() for number in numbers) / len(numbers) if numbers else 1.0,
    )


def fits(content: Content, kind: Kind) -> bool:
    """Whether a column's cells may be of a kind; an empty sample fits everything."""
    if content.filled == 0 or kind == "text":
        return True
    if kind == "date":
        return content.dated >= 0.8
    if kind == "flag":
        return content.flagged >= 0.95 and content.levels <= 4
    # A count is whole; an index that fills the cells of "employed" with 5099.1 is none.
    return content.numeric >= 0.8 and (kind != "integer" or content.whole >= 0.9)


def kind_of_extra(content: Content) -> Kind:
    """Type of a column the contract does not know: number, date or text."""
    if content.filled and content.dated >= 0.99 and content.numeric < 0.99:
        return "date"
    if content.filled and content.numeric >= 0.99:
        return "number"
    return "text"
