"""Numbers, money and dates as people read them, in English and Chinese.

A missing value is a dash, never 0 or NaN. A minus is −. Money of one
portfolio has one unit, so that its figures can be added by eye.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["en", "zh"]
Tone = Literal["good", "bad", "same"]
GoodWhen = Literal["up", "down", "neither"]

MISSING = "–"
MINUS = "−"
PERCENT = "\u202f%"
"""A narrow space stands before the sign, as in the house's drawings."""

LARGE_ENOUGH = 100
"""A portfolio's total has at least this many units, so that its parts still show with one decimal."""


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """What money is counted in.

    Attributes
    ----------
    scale : float
        Currency units in one of this.
    en, zh : str
        What stands behind the number.
    """

    scale: float
    en: str
    zh: str

    def word(self, language: Language) -> str:
        """Give the short word behind a number; empty for single units."""
        return self.zh if language == "zh" else self.en


UNITS: dict[Language, tuple[MoneyUnit, ...]] = {
    "en": (
        MoneyUnit(1e9, "bn", "十亿"),
        MoneyUnit(1e6, "m", "百万"),
        MoneyUnit(1e3, "k", "千"),
        MoneyUnit(1.0, "", ""),
    ),
    "zh": (MoneyUnit(1e8, "100 m", "亿"), MoneyUnit(1e4, "10 k", "万"), MoneyUnit(1.0, "", "")),
}

CURRENCIES_ZH = {
    "CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元", "CHF": "瑞士法郎",
    "SGD": "新加坡元", "AUD": "澳元", "CAD": "加元",
}  # fmt: skip

MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def is_missing(value: float | None) -> bool:
    """Say whether there is no number to show.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0.0)
    (True, True, False)
    """
    return value is None or not math.isfinite(value)


def money_unit(total: float | None, language: Language) -> MoneyUnit:
    """Choose the unit a whole portfolio is shown in, by its total.

    Examples
    --------
    >>> money_unit(7_529_100_000, "en").en, money_unit(7_529_100_000, "zh").zh
    ('m', '万')
    """
    size = 0.0 if total is None or is_missing(total) else abs(total)
    units = UNITS[language]
    return next((unit for unit in units if size >= LARGE_ENOUGH * unit.scale), units[-1])


def unit_label(currency: str | None, unit: MoneyUnit, language: Language) -> str:
    """Name the currency with the unit, for a column's head or the context bar.

    Examples
    --------
    >>> unit_label("EUR", UNITS["en"][1], "en"), unit_label("CNY", UNITS["zh"][1], "zh")
    ('EUR m', '万元')
    """
    code = currency if currency and len(currency) == 3 and currency.isascii() and currency.isalpha() else ""
    if language == "zh":
        return unit.zh + CURRENCIES_ZH.get(code.upper(), code.upper())
    return f"{code.upper()} {unit.en}".strip()


def number(value: float | None, decimals: int = 0) -> str:
    """Write a number with thousands separators and a true minus.

    Examples
    --------
    >>> number(-1234567.891, 1), number(-0.04, 1), number(None)
    ('−1,234,567.9', '0.0', '–')
    """
    if value is None or is_missing(value):
        return MISSING
    rounded = _round(value, decimals)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,.{decimals}f}"


def count(value: int | None) -> str:
    """Write a count of things.

    Examples
    --------
    >>> count(18432)
    '18,432'
    """
    return number(value)


def money(value: float | None, unit: MoneyUnit, language: Language, *, decimals: int = 1) -> str:
    """Write money in the portfolio's unit, the unit behind it.

    Examples
    --------
    >>> money(-9_840_000, UNITS["en"][1], "en"), money(752_910_000, UNITS["zh"][1], "zh")
    ('−9.8 m', '75,291.0 万')
    """
    if value is None or is_missing(value):
        return MISSING
    return f"{number(value / unit.scale, decimals)} {unit.word(language)}".rstrip()


def money_bare(value: float | None, unit: MoneyUnit, *, decimals: int = 1) -> str:
    """Write money without its unit, for tables whose head names it.

    Examples
    --------
    >>> money_bare(2_410_600_000, UNITS["en"][1])
    '2,410.6'
    """
    return MISSING if value is None or is_missing(value) else number(value / unit.scale, decimals)


def money_headline(value: float | None, unit: MoneyUnit, language: Language) -> str:
    """Write money for a sentence or a large figure: decimals only below a hundred.

    Examples
    --------
    >>> money_headline(7_529_100_000, UNITS["en"][1], "en"), money_headline(9_840_000, UNITS["en"][1], "en")
    ('7,529 m', '9.8 m')
    """
    is_large = value is not None and not is_missing(value) and abs(value) >= 99.95 * unit.scale
    return money(value, unit, language, decimals=0 if is_large else 1)


def percent(fraction: float | None, decimals: int = 1) -> str:
    """Write a fraction as percent.

    Examples
    --------
    >>> percent(0.0187).replace(PERCENT, " %"), percent(None)
    ('1.9 %', '–')
    """
    if fraction is None or is_missing(fraction):
        return MISSING
    return number(fraction * 100, decimals) + PERCENT


def signed(value: float | None, decimals: int = 1) -> str:
    """Write a change with its sign.

    Examples
    --------
    >>> signed(4.9), signed(-1.6), signed(0.0)
    ('+4.9', '−1.6', '0.0')
    """
    text = number(value, decimals)
    return f"+{text}" if value is not None and not is_missing(value) and _round(value, decimals) > 0 else text


@dataclass(frozen=True, slots=True)
class Change:
    """A change to show below a figure: the arrow says direction, the tone good or bad."""

    text: str
    tone: Tone


def change(value: float | None, *, good_when: GoodWhen, decimals: int = 1, unit: str = "") -> Change:
    """Say a change by arrow, size and whether it is good.

    A change too small for its decimals is shown as such, not as none.

    Examples
    --------
    >>> change(1.2, good_when="down")
    Change(text='▲ 1.2', tone='bad')
    >>> change(-0.004, good_when="up").text, change(0, good_when="up").text
    ('▼ <0.1', '=')
    """
    if value is None or is_missing(value):
        return Change(MISSING, "same")
    if value == 0:
        return Change("=", "same")
    arrow = "▲" if value > 0 else "▼"
    size = number(abs(value), decimals)
    if _round(value, decimals) == 0:
        size = "<" + number(10.0**-decimals, decimals)
    return Change(f"{arrow} {size}{unit}", _tone(value > 0, good_when))


def _tone(is_up: bool, good_when: GoodWhen) -> Tone:
    if good_when == "neither":
        return "same"
    return "good" if is_up == (good_when == "up") else "bad"


def day(value: date | None, language: Language) -> str:
    """Write a date.

    Examples
    --------
    >>> day(date(2026, 3, 31), "en"), day(date(2026, 3, 31), "zh")
    ('31 March 2026', '2026年3月31日')
    """
    if value is None:
        return MISSING
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS_EN[value.month - 1]} {value.year}"


def month(value: date | None, language: Language) -> str:
    """Write a month.

    Examples
    --------
    >>> month(date(2026, 3, 31), "en"), month(date(2026, 3, 31), "zh")
    ('March 2026', '2026年3月')
    """
    if value is None:
        return MISSING
    return (
        f"{value.year}年{value.month}月" if language == "zh" else f"{MONTHS_EN[value.month - 1]} {value.year}"
    )


def file_size(size_bytes: int) -> str:
    """Write a file's size.

    Examples
    --------
    >>> file_size(179_400_000), file_size(900)
    ('179.4 MB', '1 kB')
    """
    return (
        f"{number(size_bytes / 1e6, 1)} MB" if size_bytes >= 1e6 else f"{number(max(size_bytes / 1e3, 1))} kB"
    )


def _round(value: float, decimals: int) -> float:
    """Round half away from zero, as people and finance departments do."""
    factor = 10.0**decimals
    return math.copysign(math.floor(abs(value) * factor + 0.5 + 1e-9) / factor, value)
