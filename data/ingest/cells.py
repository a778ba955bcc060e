"""Text of a cell → number, percent, money, date or flag, as expressions the engine runs.

How a column writes its numbers and dates is decided once (`styles.py`); the
expression then reads every cell the same way. What does not parse becomes NULL
and is counted by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.contract import FLAG_FALSE, FLAG_TRUE, MISSING, Kind
from data.engines.sql import quote_text
from data.ingest.styles import (
    DAY_FIRST,
    FIRST_YEAR,
    LAST_TWO_DIGIT_YEAR,
    MONTH_FIRST,
    NAMED_DAY,
    YEAR_FIRST,
    CellStyle,
    style_of,
)

__all__ = ["SQL_TYPES", "CellStyle", "already_typed", "missing", "settle", "style_of", "typed"]

UNITS: dict[str, str] = {
    "%": "0.01", "‰": "0.001", "k": "1e3", "千": "1e3", "万": "1e4", "萬": "1e4", "十万": "1e5", "m": "1e6", "mn": "1e6",
    "mm": "1e6", "mio": "1e6", "mln": "1e6", "百万": "1e6", "千万": "1e7", "亿": "1e8", "億": "1e8", "bn": "1e9", "b": "1e9",
    "mrd": "1e9", "bln": "1e9", "十亿": "1e9", "百亿": "1e10", "千亿": "1e11", "万亿": "1e12", "tn": "1e12",
}  # fmt: skip
"""What may stand behind a number, lower-cased → what it is multiplied by."""

SIGNS = "$€£¥₹₩₽₺₫฿₦元块圆"
CODES = (
    "usd|us|eur|cny|cnh|rmb|gbp|jpy|hkd|chf|inr|rs|aud|cad|sgd|nzd|krw|twd|brl|mxn|zar|rub|try|sek|nok|dkk|pln|czk|"
    "huf|idr|myr|thb|vnd|php|aed|sar|ils|ngn|kes|egp|pkr|bdt|clp|cop|pen|ars|人民币|美元|欧元|港元|日元|英镑|kr|zł|kč"
)
BLANKS = " \t\r\n\u00a0\u2009\u3000\ufeff"
BLANK = r"[ \x{a0}\x{2009}\x{202f}\x{2007}]"
WIDE = "\u2212\u2013－＋０１２３４５６７８９．，％（）￥＄￡｀’‘\u00a0\u2009\u202f\u2007\u3000\t"
NARROW = "---+0123456789.,%()¥$£'''     \u0020"

PLAIN_MONEY = r"^\s*[-+]?[$€£¥₹￥]?\s*[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?\s*$"
"""The dress most amounts wear, told by one look: a sign, a currency, thousands by commas."""

DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})*,\d{3}|\d{1,3}(?: \d{3})+|\d{1,3}(?:'\d{3})+|\d+)"
"""Digits in groups of three by one separator, or in the Indian way; other groups stay unread."""


BARE = r"^[!-~](?:[ -~]*[!-~])?$"
"""Text of ASCII with nothing to trim."""

LONGEST_MISSING = max(len(text.encode()) for text in MISSING)


def missing(cell: str) -> str:
    """Whether a text cell means "no value"."""
    known = ", ".join(quote_text(text) for text in sorted(MISSING))
    return f"({cell} IS NULL OR lower(trim({cell})) IN ({known}))"


def _money_pattern() -> str:
    """All dresses a number may wear, as one pattern on narrowed lower-case text without captures."""
    symbol, unit = f"[{SIGNS}]?", "|".join(sorted(UNITS, key=len, reverse=True))
    # ".500" behind a code may be an abbreviation's point: it is a fraction only behind a symbol.
    number = rf"(?:(?:{CODES})? *{symbol} *[-+]? *{DIGITS}(?:\.\d*)?|{symbol} *[-+]? *\.\d+)"
    return rf"^ *[-+]? *{number} *(?:{unit})? *(?:{CODES})? *{symbol} *-? *$"


MONEY = _money_pattern()
BRACKETS = r"^[^0-9()]*\([^()]*\)[^0-9()]*$"


def number(cell: str, style: CellStyle) -> str:
    """Read a text cell as DOUBLE: signs, separators, currency, percent, 万 and 亿, minus by brackets.

    Three attempts, each only for the cells the one before could not read. What may be meant in two
    ways (``1,5`` between thousands, ``(3`` half in brackets, ``1亿2000万``) stays unread and is counted.
    """
    # With decimal commas the two signs change their places; all that follows reads points.
    pointed = f"translate({cell}, '.,', ',.')" if style.decimal_comma else cell
    if style.decimal_comma:
        quick = f"CASE WHEN NOT contains({cell}, '.') THEN TRY_CAST(replace({cell}, ',', '.') AS DOUBLE) END"
    else:
        quick = f"TRY_CAST({cell} AS DOUBLE)"
    bare = f"TRY_CAST(translate({pointed}, '$€£¥₹￥, ', '') AS DOUBLE)"
    dressed = (
        f"CASE WHEN regexp_matches({pointed}, {quote_text(PLAIN_MONEY)}) THEN {bare} ELSE {_odd(pointed)} END"
    )
    return _finite(f"coalesce({quick}, {dressed})")


def _odd(cell: str) -> str:
    """Read what wears any other dress: one pattern says whether, plain text functions say what."""
    narrow = (
        f"lower(CASE WHEN strlen({cell}) = length({cell}) THEN {cell} "
        f"ELSE translate({cell}, {quote_text(WIDE)}, {quote_text(NARROW)}) END)"
    )
    bracketed = "(contains(t, '(') OR contains(t, ')'))"
    unwrapped = (
        f"CASE WHEN NOT {bracketed} THEN t WHEN regexp_matches(t, {quote_text(BRACKETS)}) "
        f"AND NOT contains(t, '-') AND NOT contains(t, '+') THEN '-' || translate(t, '()', '') END"
    )
    unit = "regexp_extract(t, '[0-9.] *([a-z%‰十百千万萬亿億]+)', 1)"
    factors = " ".join(f"WHEN {quote_text(name)} THEN {value}" for name, value in UNITS.items())
    digits = "translate(regexp_extract(t, '[.]?[0-9][0-9., '']*', 0), ', ''', '')"
    value = f"TRY_CAST({digits} AS DOUBLE) * CASE {unit} {factors} ELSE 1 END"
    signs = "length(t) - length(translate(t, '-+', ''))"
    read = (
        f"CASE WHEN NOT regexp_matches(t, {quote_text(MONEY)}) OR {signs} > 1 THEN NULL "
        f"WHEN contains(t, '-') THEN -({value}) ELSE {value} END"
    )
    # Each lambda works its text out once.
    return f"list_transform(list_transform([{narrow}], lambda t: {unwrapped}), lambda t: {read})[1]"


def _finite(value: str) -> str:
    """NULL for what is no finite number; written so that the value is worked out once."""
    for odd in ("nan", "infinity", "-infinity"):
        value = f"nullif({value}, '{odd}'::DOUBLE)"
    return value


def _strptime(text: str, forms: Sequence[str]) -> str:
    return f"try_strptime({text}, [{', '.join(map(quote_text, forms))}])"


TIME = r"[ T\x{a0}]+\d{1,2}(:|时|点).*$"
DAY_LEADS = r"^(1[3-9]|2\d|3[01])[-/.]\d{1,2}[-/.]\d{2,4}$"
MONTH_LEADS = r"^\d{1,2}[-/.](1[3-9]|2\d|3[01])[-/.]\d{2,4}$"
WIDE_DIGIT = r"[\x{ff0f}-\x{ff19}\x{2212}\x{a0}\x{3000}]"
SERIAL = r"^\s*[1-7]\d{4}(\.\d+)?\s*$"
"""Days since 30 December 1899 as Excel counts them: 10000 is in 1927, 73050 the last of 2099."""


def _widened(day: str) -> str:
    """Write a two-digit year with four digits: the engine would take 62 for a year of antiquity."""
    century = f"CASE WHEN right({day}, 2) > '{LAST_TWO_DIGIT_YEAR % 100:02d}' THEN '19' ELSE '20' END"
    short = f"substring({day}, -3, 1) IN ('-', '/', '.', ' ', ',')"
    return f"CASE WHEN {short} THEN left({day}, -2) || {century} || right({day}, 2) ELSE {day} END"


def date(cell: str, style: CellStyle) -> str:
    """Read a text cell as DATE; a time of day is dropped.

    Two-digit years up to `LAST_TWO_DIGIT_YEAR` are of this century. Where no cell of the column tells
    whether day or month comes first the style decides for all of them.
    """
    day = (
        f"CASE WHEN contains({cell}, ':') OR contains({cell}, '时') "
        f"THEN trim(regexp_replace({cell}, {quote_text(TIME)}, '')) ELSE nullif(trim({cell}), '') END"
    )
    seen = [form for form in style.date_formats if form in YEAR_FIRST]
    year_first = _strptime(day, [*seen, *(form for form in YEAR_FIRST if form not in seen)])
    # Without four digits up front the engine would take the 31 of 31/12/20 for a year.
    year_first = f"CASE WHEN regexp_matches({cell}, '^\\s*[0-9]{{4}}') THEN {year_first} END"
    year_last = f"list_transform([{day}], lambda d: {_year_last('d', style)})[1]"
    readings = [year_last, year_first] if style.date_formats and not seen else [year_first, year_last]
    if style.serial:
        serial = f"CAST(floor(CAST({cell} AS DOUBLE)) AS INTEGER)"
        counted = f"DATE '1899-12-30' + CASE WHEN {serial} <= 73050 THEN {serial} END"
        readings.insert(0, f"CASE WHEN regexp_matches({cell}, {quote_text(SERIAL)}) THEN {counted} END")
    narrowed = f"translate({day}, {quote_text(WIDE + '／')}, {quote_text(NARROW + '/')})"
    readings.append(
        f"CASE WHEN regexp_matches({cell}, {quote_text(WIDE_DIGIT)}) THEN list_transform([{narrowed}], "
        f"lambda d: coalesce({_strptime('d', YEAR_FIRST)}, {_year_last('d', style)}))[1] END"
    )
    return f"CAST(coalesce({', '.join(readings)}) AS DATE)"


def _year_last(day: str, style: CellStyle) -> str:
    """Read the forms that end in the year, on text whose year has four digits."""
    wide = _widened(day)
    if style.day_first is not None or style.has_slashes:
        forms = [*(DAY_FIRST if style.day_first else MONTH_FIRST), *NAMED_DAY]
        forms.sort(key=lambda form: form not in style.date_formats)
        return _strptime(wide, forms)
    # Not seen when the style was decided: only what can be meant in one way.
    return (
        f"coalesce({_strptime(wide, NAMED_DAY)}, CASE WHEN regexp_matches({day}, {quote_text(DAY_LEADS)}) "
        f"THEN {_strptime(wide, DAY_FIRST)} WHEN regexp_matches({day}, {quote_text(MONTH_LEADS)}) "
        f"THEN {_strptime(wide, MONTH_FIRST)} END)"
    )


def settle(name: str, kind: Kind, style: CellStyle, keep_na: bool = False) -> str:
    """Give the second step of a column already read: years of antiquity are misread ones, "NA" is no text."""
    if kind == "text" and not keep_na:
        known = ", ".join(quote_text(text) for text in sorted(MISSING))
        return f"CASE WHEN strlen({name}) <= {LONGEST_MISSING} AND lower({name}) IN ({known}) THEN NULL ELSE {name} END"
    if kind != "date":
        return name
    return f"CASE WHEN year({name}) >= {FIRST_YEAR} THEN {name} END"


def flag(cell: str) -> str:
    """Read a text cell as BOOLEAN by the contract's words for yes and no."""
    yes = ", ".join(quote_text(text) for text in sorted(FLAG_TRUE))
    no = ", ".join(quote_text(text) for text in sorted(FLAG_FALSE))
    word = f"lower(trim({cell}))"
    return f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END"


def text(cell: str, levels: Sequence[str] = (), keep_na: bool = False) -> str:
    """Trim a text cell, known levels take their own spelling; blank ones of keys and levels become NULL.

    Any other text is settled by :func:`settle`, for which the trimmed text is worked out once.
    """
    if keep_na:
        # Keys come with tabs and wide blanks from spreadsheets; a key of nothing else is blank.
        blanks = f"nullif(trim({cell}, {quote_text(BLANKS)}), '')"
        return f"CASE WHEN regexp_matches({cell}, {quote_text(BARE)}) THEN {cell} ELSE {blanks} END"
    if not levels:
        return f"trim({cell})"
    cases = " ".join(
        f"WHEN {quote_text(re.sub('[^a-z]', '', level.lower()))} THEN {quote_text(level)}" for level in levels
    )
    known = f"CASE regexp_replace(lower({cell}), '[^a-z]', '', 'g') {cases} ELSE trim({cell}) END"
    return f"CASE WHEN {missing(cell)} THEN NULL ELSE {known} END"


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
