"""How a quality report looks: a sentence a finding, a line a column with a small picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import pandas as pd
from markupsafe import Markup

from data.contract import BY_NAME, Kind
from reports.escape import plain
from reports.formats import MISSING, Language, percent
from reports.html import Bar, Cell, Head, Row
from reports.theme import Theme, palette
from reports.words import say
from reports.words.names import column_label

EPOCH = date(1970, 1, 1)
WORST = 3
YEARS = range(1900, 2101)
"""Whole numbers all within are years, which have no thousands separator."""


class QualityFacts(Protocol):
    """One finding."""

    @property
    def key(self) -> str:
        """Which sentence."""

    @property
    def severity(self) -> int:
        """How bad, 3 to 0."""

    @property
    def column(self) -> str:
        """Column it is about; hostile text."""

    @property
    def count(self) -> int:
        """Customers."""


class ColumnFacts(Protocol):
    """What one column holds."""

    @property
    def name(self) -> str:
        """Column."""

    @property
    def header(self) -> str:
        """Source header; hostile text."""

    @property
    def kind(self) -> Kind:
        """Type."""

    @property
    def filled(self) -> int:
        """Customers with a value."""

    @property
    def levels(self) -> int:
        """Different values, roughly."""

    @property
    def minimum(self) -> float | None:
        """Lowest."""

    @property
    def median(self) -> float | None:
        """Middle."""

    @property
    def maximum(self) -> float | None:
        """Highest."""

    @property
    def bins(self) -> tuple[int, ...]:
        """Histogram."""

    @property
    def top(self) -> tuple[tuple[str, int], ...]:
        """Most frequent texts; hostile."""


def label_of(name: str, headers: dict[str, str], language: Language) -> str:
    """Name a column as people know it: contract columns by their label, others by their own header."""
    return column_label(name, language) if name in BY_NAME else plain(headers.get(name, name), 60)


def quality_sentence(finding: QualityFacts, headers: dict[str, str], language: Language) -> str:
    """Say one finding; plain text that may hold what was uploaded, so escape it where it lands.

    Examples
    --------
    >>> from types import SimpleNamespace as Facts
    >>> quality_sentence(Facts(key="missing", severity=1, column="x_a", count=2), {"x_a": "Köln"}, "en")
    '“Köln” is missing for 2 customers'
    """
    label = label_of(finding.column, headers, language) if finding.column else ""
    label = label if finding.column in BY_NAME else f"“{label}”"
    return say(f"quality.{finding.key}", language, n=finding.count, label=label)


def quality_answer(findings: Sequence[QualityFacts], customers: int, language: Language) -> str:
    """Say the report in one sentence."""
    if not findings:
        return say("quality.nothing", language, customers=customers)
    impossible = sum(finding.severity == WORST for finding in findings)
    key = "quality.answer" if impossible else "quality.answer_possible"
    return say(key, language, n=len(findings), customers=customers, impossible=impossible)


def finding_rows(
    findings: Sequence[QualityFacts], rows: int, headers: dict[str, str], theme: Theme, language: Language
) -> tuple[list[Head], list[Row]]:
    """Lay the findings out, worst first."""
    heads = [
        Head(say("quality.what", language), "left"),
        Head(say("quality.how_bad", language), "left"),
        Head(say("quality.customers", language)),
        Head(say("quality.share", language)),
    ]
    colours = palette(theme)
    tones = {3: colours.bad, 2: colours.bad, 1: colours.accent, 0: colours.muted}
    body = [
        Row(
            [
                Cell(quality_sentence(finding, headers, language)),
                Cell(say(f"quality.severity.{finding.severity}", language), swatch=tones[finding.severity]),
                Cell(f"{finding.count:,}"),
                Cell(
                    share_of(finding.count, rows) if rows and finding.key != "several_currencies" else MISSING
                ),
            ],
            is_strong=finding.severity == WORST,
        )
        for finding in findings
    ]
    return heads, body


def share_of(count: int, rows: int) -> str:
    """Write a share that is never shown as none when it is some.

    Examples
    --------
    >>> share_of(1, 20_000).startswith("< 0.1"), share_of(0, 20_000).startswith("0.0")
    (True, True)
    """
    share = count / rows
    return f"< {percent(0.001)}" if 0 < share < 0.0005 else percent(share)


def column_rows(
    columns: Sequence[ColumnFacts], rows: int, theme: Theme, language: Language
) -> tuple[list[Head], list[Row]]:
    """Lay the columns out: how far filled, a small picture, and the values that tell most."""
    heads = [
        Head(say("quality.column", language), "left"),
        Head(say("quality.filled", language), "left"),
        Head(say("quality.shape", language), "left"),
        Head(say("quality.values", language), "left"),
        Head(say("quality.levels", language), hint=say("quality.levels.hint", language)),
    ]
    colours = palette(theme)
    headers = {column.name: column.header for column in columns}
    body = []
    for column in columns:
        share = column.filled / rows if rows else 0.0
        body.append(
            Row(
                [
                    Cell(label_of(column.name, headers, language), hint=plain(column.header, 120)),
                    Cell(percent(share, 0), bar=Bar(share, colours.muted)),
                    Cell(spark(column.bins, colours.accent) if column.bins else ""),
                    Cell(
                        values_of(column, language) or MISSING,
                        hint="" if values_of(column, language) else say("quality.values.none", language),
                    ),
                    Cell(f"{column.levels:,}"),
                ]
            )
        )
    return heads, body


def spark(bins: Sequence[int], colour: str) -> Markup:
    """Draw a histogram as small as a word; what it says stands beside it in figures.

    Examples
    --------
    >>> spark([0, 1, 2], "#000").count("<span")
    4
    """
    tallest = max(bins, default=0) or 1
    bars = Markup("").join(
        Markup(
            '<span style="display:inline-block;width:5px;margin-right:1px;height:{:.1f}px;background:{}"></span>'
        ).format(1 + 19 * count / tallest, colour)
        for count in bins
    )
    return Markup(
        '<span aria-hidden="true" style="display:inline-block;white-space:nowrap;height:20px">{}</span>'
    ).format(bars)


def values_of(column: ColumnFacts, language: Language) -> str:
    """Write a column's lowest, middle and highest value, or its most frequent texts; plain text.

    Examples
    --------
    >>> from types import SimpleNamespace as Facts
    >>> values_of(Facts(kind="money", minimum=1.0, median=2.5, maximum=1e6, top=(), filled=3), "en")
    '1 · 2.50 · 1,000,000'
    >>> values_of(Facts(kind="number", minimum=1972.0, median=2004.0, maximum=2006.0, top=(), filled=3), "en")
    '1972 · 2004 · 2006'
    >>> values_of(Facts(kind="text", minimum=None, median=None, maximum=None, top=(("IN", 3),), filled=4), "en")[:6]
    'IN (75'
    """
    if column.minimum is not None and column.median is not None and column.maximum is not None:
        marks = (column.minimum, column.median, column.maximum)
        if _are_years(marks, column.kind):
            return " · ".join(f"{mark:.0f}" for mark in marks)
        return " · ".join(_written(mark, column.kind) for mark in marks)
    between = "、" if language == "zh" else ", "
    yes_no = {"true": say("cell.yes", language), "false": say("cell.no", language)}
    words = yes_no if column.kind == "flag" else {}
    written = "{}（{}）" if language == "zh" else "{} ({})"
    return between.join(
        written.format(plain(words.get(text, text), 24), percent(count / column.filled, 0))
        for text, count in column.top[:3]
    )


def listed(
    rows: pd.DataFrame, kinds: Mapping[str, Kind], headers: dict[str, str], language: Language
) -> pd.DataFrame:
    """Lay a few customers out for reading: columns by their names, values by what they are, missing as a dash.

    Examples
    --------
    >>> few = pd.DataFrame({"customer_id": ["a"], "defaulted": [True], "age": [None]})
    >>> listed(few, {"customer_id": "text", "defaulted": "flag", "age": "number"}, {}, "en").values.tolist()
    [['a', 'yes', '–']]
    >>> listed(pd.DataFrame({"x_year": [2006.0]}), {"x_year": "number"}, {"x_year": "Year"}, "en").values.tolist()
    [['2006']]
    """
    shown = [name for name in rows.columns if name in kinds and name != "facilities"]
    laid_out: dict[str, list[str]] = {}
    for name in shown:
        label = label_of(name, headers, language)
        # A file's own header may be called like a column of the contract.
        label = f"{label} ({name})" if label in laid_out else label
        values, kind = rows[name].astype(object), kinds[name]
        laid_out[label] = (
            [MISSING if pd.isna(year) else f"{year:.0f}" for year in values]
            if _are_years(values.dropna(), kind)
            else [_cell(value, kind, language) for value in values]
        )
    return pd.DataFrame(laid_out)


def _are_years(values: Iterable[float], kind: Kind) -> bool:
    return kind in ("number", "integer") and all(value in YEARS for value in values)


def _cell(value: Any, kind: Kind, language: Language) -> str:  # Any: whatever the column holds
    if pd.isna(value):
        return MISSING
    if kind == "flag":
        return say("cell.yes" if value else "cell.no", language)
    if kind == "date":
        return f"{value:%Y-%m-%d}"
    return plain(value, 60) if kind == "text" else _written(float(value), kind)


def _written(value: float, kind: Kind) -> str:
    if kind == "date":
        return (EPOCH + timedelta(days=round(value))).isoformat()
    if kind in ("rate", "share"):
        return percent(value)
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.2f}"
