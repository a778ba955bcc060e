"""The unit a column is written in: thousands, millions, percent, years; and what undoes it.

Everything multiplies: a cell in 万元 times 10,000 is in yuan, a term in years times
12 is in months. The header says it, or the cells give it away; what only the
cells hint at is asked and never applied unasked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.contract import Column, Kind
from data.ingest.content import Content

SCALES: tuple[tuple[str, float], ...] = (
    (r"\b(billions?|bn|mrd|milliarden)\b|十亿", 1e9),
    (r"亿", 1e8),
    (r"\b(crores?|cr)\b|千万", 1e7),
    (r"\b(millions?|mn|mio|mm|m|meur|musd)\b|百万", 1e6),
    (r"\b(lakhs?|lacs?)\b|十万", 1e5),
    (r"万", 1e4),
    (r"\b(thousands?|tsd|tausend|teur|keur|tusd|kusd|000s?|k|t)\b|千", 1e3),
)
"""Pattern inside a header's unit part, and what it multiplies by. First match wins."""

CURRENCIES: tuple[tuple[str, str], ...] = (
    (r"\b[mkt]?usd\b|us\$|美元|\$", "USD"),
    (r"\b[mkt]?eur\b|€|欧元", "EUR"),
    (r"\bgbp\b|£|英镑", "GBP"),
    (r"\bjpy\b|日元", "JPY"),
    (r"\bhkd\b|港币|港元", "HKD"),
    (r"\bcny\b|\brmb\b|人民币|元|¥|￥", "CNY"),
    (r"\bchf\b", "CHF"),
    (r"\binr\b|₹", "INR"),
)

YEARS = re.compile(r"\b(years?|yrs?|jahre|y)\b|年", re.IGNORECASE)
PERCENT = re.compile(r"%|\bpercent(age)?\b|\bpct\b|百分", re.IGNORECASE)
UNIT_WORD = (
    r"(?:usd|eur|gbp|jpy|cny|rmb|hkd|chf|inr|[mkt](?:usd|eur)|us\$|[$€£¥]|billions?|bn|mrd|millions?|mn|mio|mm|m|"
    r"thousands?|tsd\.?|tausend|000s?|'000s?|k|crores?|lakhs?|lacs?|%|percent|pct|years?|yrs?|months?|mths?|of)"
)
TAIL = re.compile(
    rf"(?:,|\bin\b|[-–—:/|]|\s)\s*((?:in\s+)?{UNIT_WORD}(?:[\s/-]*{UNIT_WORD})*)\s*$", re.IGNORECASE
)
"""A unit that stands without brackets at a header's end: ``Balance, EUR k``, ``PD in %``."""
SURE_TAIL = re.compile(
    r"\b(?:usd|eur|gbp|jpy|cny|rmb|hkd|chf|inr|bn|mrd|mio|tsd|millions?|billions?|thousands?|crores?|lakhs?|000s?)\b"
    r"|%|[$€£¥]|\bpercent\b|\bpct\b|\b[mkt](?:usd|eur)\b",
    re.IGNORECASE,
)
"""A bare tail must hold one of these: ``Tenor m`` alone says nothing."""

REVENUE_PER_HEAD = 1_000.0
"""Firms that sell for less than this a head and year write their revenue in thousands or millions."""
SHORT_TERM = 30.0
"""A column of terms that never exceeds this may be in years."""

CHOICES: tuple[float, ...] = (1.0, 0.01, 12.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
"""What a person may choose a column to be multiplied by."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a header says of its unit."""

    scale: float = 1.0
    currency: str | None = None
    is_percent: bool = False
    is_years: bool = False


def split_unit(header: str) -> tuple[str, str]:
    """Split a header into its name and its unit, in brackets or at the end.

    Examples
    --------
    >>> split_unit("EAD (m USD)"), split_unit("Exposure in Tsd. EUR"), split_unit("贷款余额（万元）")
    (('EAD', 'm USD'), ('Exposure', 'Tsd. EUR'), ('贷款余额', '万元'))
    >>> split_unit("Balance, EUR k"), split_unit("PD in %"), split_unit("Loan Term")
    (('Balance', 'EUR k'), ('PD', '%'), ('Loan Term', ''))
    """
    text = header.replace("（", "(").replace("）", ")").replace("，", ",").strip()
    unit = " ".join(re.findall(r"[(\[]([^()\[\]]*)[)\]]", text))
    plain = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", text).strip()
    tail = TAIL.search(plain)
    if tail and tail.start() > 0 and SURE_TAIL.search(tail[1]):
        unit = f"{unit} {tail[1].removeprefix('in ')}".strip()
        plain = re.sub(r"\s+in$", "", plain[: tail.start()].strip())
    return plain.strip(" ,:-/|"), unit


def read_unit(header: str) -> Unit:
    """Say what a header tells of its unit.

    Examples
    --------
    >>> read_unit("EAD (m USD)").scale, read_unit("Exposure in Tsd. EUR").scale, read_unit("余额(亿元)").scale
    (1000000.0, 1000.0, 100000000.0)
    >>> read_unit("Term (yrs)").is_years, read_unit("PD %").is_percent, read_unit("Revenue, EUR").currency
    (True, True, 'EUR')
    """
    _, unit = split_unit(header)
    lowered = unit.lower().replace("'", "").replace(".", " ").replace("_", " ")
    lowered = re.sub(r"[$€£¥]", lambda match: f" {match[0]} ", lowered)
    scale = next((factor for pattern, factor in SCALES if re.search(pattern, lowered)), 1.0)
    currency = next((code for pattern, code in CURRENCIES if re.search(pattern, lowered)), None)
    is_percent = PERCENT.search(header.replace("_", " ")) is not None
    return Unit(scale, currency, is_percent, YEARS.search(lowered) is not None)


def scale_of(unit: Unit, content: Content, kind: Kind, column: Column | None) -> float:
    """What a column's numbers are multiplied by to reach the contract's unit.

    Parameters
    ----------
    unit : Unit
        As the header says.
    content : Content
        As the cells look.
    kind : Kind
        As what the cells are read.
    column : Column or None
        Where they go.
    """
    if kind in ("rate", "share"):
        # Some shares may exceed 1 by themselves: a limit can be used to 120 %.
        allowed = column.maximum if column is not None and kind == "share" and column.maximum else 1.0
        is_percent = unit.is_percent or (allowed < content.maximum <= 100.0 * allowed)
        return 0.01 if is_percent and not content.has_percent else 1.0
    if kind == "money":
        return unit.scale
    if column is not None and column.unit == "months" and unit.is_years:
        return 12.0
    return 1.0


def doubtful_unit(column: Column, scale: float, content: Content, heads: Content | None) -> str:
    """Name the doubt that a column's cells raise about its unit; empty when there is none.

    Parameters
    ----------
    column : Column
        Where the cells go.
    scale : float
        What they are multiplied by already.
    content : Content
        How they look.
    heads : Content or None
        How the column of employees looks, when there is one.

    Returns
    -------
    str
        ``thousands`` when a firm would earn next to nothing a head, ``years`` when a
        term in months would be short for every customer.
    """
    if scale != 1.0 or not content.filled:
        return ""
    if column.name == "annual_revenue" and heads is not None and heads.median >= 1:
        return "thousands" if 0 < content.median / heads.median < REVENUE_PER_HEAD else ""
    if column.name in ("term_months", "remaining_months") and content.filled >= 20:
        return "years" if 1 < content.maximum <= SHORT_TERM else ""
    return ""
