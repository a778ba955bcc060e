"""Text of a cell → number, percent, money, date or flag, as expressions the engine runs.

A sample decides once a column whether commas are decimal signs and which of day
and month comes first; the expression then reads every cell the same way. What
does not parse becomes NULL and is counted by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.contract import FLAG_FALSE, FLAG_TRUE, MISSING, Kind
from data.engines.sql import quote_text
from data.ingest.content import DECIMAL_COMMA, is_missing

LAST_TWO_DIGIT_YEAR = 2036
"""A two-digit year that would lie after this one is of the last century (62 is 1962)."""

FIRST_YEAR = 1000
"""Earlier years are misread two- or three-digit ones."""

UNITS: tuple[tuple[str, str], ...] = (("%", "0.01"), ("万", "1e4"), ("亿", "1e8"))
DECORATION = "$€£¥￥₹%万亿元()' \u00a0\u2009"
DECIMAL_POINT = re.compile(r"\.\d{1,2}\D*$")
THOUSANDS_COMMA = re.compile(r"^\D*[1-9]\d{0,2}(?:,\d{3})+\D*$")
WRONG_GROUPS = r"{0}\d{{0,2}}(\D|$)|{0}\d{{4}}|\d[ '\x{{a0}}\x{{2009}}](\d{{1,2}}(\D|$)|\d{{4}})"
"""Digits that no thousands separator ({0}, blank or apostrophe) leaves: unread, better than ten times too large."""
NEGATIVE_BRACKETS = r"^[^0-9()-]*\([^()-]*\)[^0-9()]*$"
CODES = "USD|EUR|CNY|RMB|GBP|JPY|HKD|CHF|INR"
BLANKS = " \t\r\n\u00a0\u2009\u3000\ufeff"
WIDE, NARROW = "\u2212－＋０１２３４５６７８９．", "--+0123456789."

NAMED_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %b %y",
    "%d-%B-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y")
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
SLASHED = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}")


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
    """

    decimal_comma: bool = False
    day_first: bool | None = None
    date_formats: tuple[str, ...] = ()
    two_digit_years: bool = False


def style_of(cells: Sequence[str | None]) -> CellStyle:
    """Decide a column's style from a sample.

    Examples
    --------
    >>> style_of(["1.234,50", "7,25"]).decimal_comma, style_of(["13/02/2024"]).day_first
    (True, True)
    >>> style_of(["1,234", "5,678.90"]).decimal_comma, style_of(["02/13/2024"]).day_first
    (False, False)
    """
    filled = [cell.strip() for cell in cells if cell is not None and not is_missing(cell)]
    with_comma = sum(1 for cell in filled if DECIMAL_COMMA.match(cell))
    # "1,234" may be either: one "1,5" among many of them does not make them all small.
    comma = with_comma > sum(1 for cell in filled if THOUSANDS_COMMA.match(cell)) and not any(
        DECIMAL_POINT.search(cell) for cell in filled
    )
    parts = [match for cell in filled if (match := SLASHED.match(cell))]
    day_first = True if any(int(match[1]) > 12 for match in parts) else None
    if day_first is None and any(int(match[2]) > 12 for match in parts):
        day_first = False
    days = [re.sub(r"[ T]+\d{1,2}:.*$", "", cell) for cell in filled[:200]]
    seen = tuple(
        form for form in (*NAMED_DATES, *(DAY_FIRST if day_first else MONTH_FIRST)) if _reads(form, days)
    )
    return CellStyle(comma, day_first, seen, any("%y" in form for form in seen))


def _reads(form: str, days: Sequence[str]) -> bool:
    """Whether a date form reads any of the sample's cells."""
    for day in days:
        try:
            datetime.strptime(day, form)
        except ValueError:
            continue
        return True
    return False


def missing(cell: str) -> str:
    """Whether a text cell means "no value"."""
    known = ", ".join(quote_text(text) for text in sorted(MISSING))
    return f"({cell} IS NULL OR lower(trim({cell})) IN ({known}))"


def number(cell: str, style: CellStyle) -> str:
    """Read a text cell as DOUBLE: signs, separators, currency, percent, 万 and 亿, minus by brackets.

    Three attempts, each only for the cells the one before could not read. What may be meant in two
    ways (``1,5`` between thousands, ``(3`` half in brackets, ``1亿2000万``) stays unread and is counted.
    """
    if style.decimal_comma:
        plain = f"replace(translate({cell}, '.', ''), ',', '.')"
        quick, separator = "NULL::DOUBLE", r"\."
    else:
        plain = f"translate({cell}, ',', '')"
        quick = f"TRY_CAST({cell} AS DOUBLE)"
        separator = ","
    wrong_groups = quote_text(WRONG_GROUPS.format(separator))
    bare = f"translate({plain}, {quote_text(DECORATION)}, '')"
    units = " ".join(
        f"WHEN contains({cell}, '{sign}') THEN TRY_CAST({bare} AS DOUBLE) * {value}" for sign, value in UNITS
    )
    narrow = f"translate({bare}, {quote_text(WIDE)}, {quote_text(NARROW)})"
    coded = f"regexp_replace({narrow}, '^([-+]?)(?i:{CODES}|US)|(?i:{CODES})$', '\\1')"
    slow = (
        f"CASE WHEN trim({cell}) = '' OR regexp_matches({cell}, {wrong_groups}) THEN NULL "
        f"WHEN contains({cell}, '万') AND contains({cell}, '亿') THEN NULL {units} "
        f"ELSE coalesce(TRY_CAST({bare} AS DOUBLE), TRY_CAST({coded} AS DOUBLE)) END"
    )
    brackets = f"regexp_matches({cell}, {quote_text(NEGATIVE_BRACKETS)})"
    slow = (
        f"CASE WHEN contains({cell}, '(') OR contains({cell}, ')') THEN CASE WHEN {brackets} THEN -({slow}) END "
        f"ELSE {slow} END"
    )
    return _finite(f"coalesce({quick}, {slow})")


def _finite(value: str) -> str:
    """NULL for what is no finite number; written so that the value is worked out once."""
    for odd in ("nan", "infinity", "-infinity"):
        value = f"nullif({value}, '{odd}'::DOUBLE)"
    return value


def date(cell: str, style: CellStyle) -> str:
    """Read a text cell as DATE; a time of day is dropped. :func:`settle` then places two-digit years."""
    ordered = DAY_FIRST if style.day_first else MONTH_FIRST
    known = [*style.date_formats, *(f for f in (*NAMED_DATES, *ordered) if f not in style.date_formats)]
    # The engine's %Y would take "62" for the year 62, so forms with two digits come first.
    known.sort(key=lambda form: "%y" not in form)
    formats = ", ".join(quote_text(pattern) for pattern in known)
    day = (
        f"CASE WHEN contains({cell}, ':') THEN trim(regexp_replace({cell}, '[ T]+\\d{{1,2}}:.*$', '')) "
        f"ELSE nullif(trim({cell}), '') END"
    )
    return f"CAST(try_strptime({day}, [{formats}]) AS DATE)"


def settle(name: str, kind: Kind, style: CellStyle) -> str:
    """Give the second step of a column already read: the century of two-digit years."""
    if kind != "date":
        return name
    century = f"WHEN year({name}) > {LAST_TWO_DIGIT_YEAR} THEN CAST({name} - INTERVAL 100 YEAR AS DATE) "
    return f"CASE WHEN year({name}) < {FIRST_YEAR} THEN NULL {century if style.two_digit_years else ''}ELSE {name} END"


def flag(cell: str) -> str:
    """Read a text cell as BOOLEAN by the contract's words for yes and no."""
    yes = ", ".join(quote_text(text) for text in sorted(FLAG_TRUE))
    no = ", ".join(quote_text(text) for text in sorted(FLAG_FALSE))
    word = f"lower(trim({cell}))"
    return f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END"


def text(cell: str, levels: Sequence[str] = (), keep_na: bool = False) -> str:
    """Trim a text cell; missing markers become NULL, known levels take their own spelling."""
    # Keys come with tabs and wide blanks from spreadsheets; a key of nothing else is blank.
    trimmed = f"trim({cell}, {quote_text(BLANKS)})" if keep_na else f"trim({cell})"
    if levels:
        cases = " ".join(
            f"WHEN {quote_text(re.sub('[^a-z]', '', level.lower()))} THEN {quote_text(level)}"
            for level in levels
        )
        trimmed = f"CASE regexp_replace(lower({cell}), '[^a-z]', '', 'g') {cases} ELSE {trimmed} END"
    empty = f"coalesce({trimmed}, '') = ''" if keep_na else missing(cell)
    return f"CASE WHEN {empty} THEN NULL ELSE {trimmed} END"


def typed(
    cell: str,
    kind: Kind,
    style: CellStyle,
    *,
    scale: float = 1.0,
    levels: Sequence[str] = (),
    keep_na: bool = False,
) -> str:
    """Give the expression that reads one text cell as a contract kind."""
    if kind == "text":
        return text(cell, levels, keep_na)
    if kind == "date":
        return date(cell, style)
    if kind == "flag":
        return flag(cell)
    value = number(cell, style)
    if kind == "integer":
        return f"TRY_CAST(floor({value} + 0.5) AS BIGINT)"
    return value if scale == 1.0 else f"({value}) * {scale!r}"


def already_typed(cell: str, kind: Kind, scale: float = 1.0) -> str:
    """Give the expression for a cell that comes as number, date or flag (Parquet)."""
    if kind == "text":
        return f"CAST({cell} AS VARCHAR)"
    if kind == "date":
        return f"TRY_CAST({cell} AS DATE)"
    if kind == "flag":
        return f"TRY_CAST({cell} AS BOOLEAN)"
    value = _finite(f"TRY_CAST({cell} AS DOUBLE)")
    if kind == "integer":
        return f"TRY_CAST(floor({value} + 0.5) AS BIGINT)"
    return value if scale == 1.0 else f"({value}) * {scale!r}"


SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "money": "DOUBLE", "rate": "DOUBLE", "share": "DOUBLE",
    "date": "DATE", "flag": "BOOLEAN",
}  # fmt: skip
