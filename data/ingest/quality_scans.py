"""The four scans of a quality report, and the records they fill.

Counts of every rule and column; quantiles, of a fixed sample when there are many
customers; shapes and outliers; most frequent texts. An outlier lies beyond Tukey's
outer fences, three quartile ranges away (Tukey 1977, *Exploratory Data Analysis*,
chapter 2), of the logarithm where amounts are positive, since money is skewed by
nature.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from data.contract import BY_NAME, NUMERIC_KINDS, Kind
from data.engines.sql import first_row, quote_identifier
from data.ingest.quality_rules import rules_for

BINS = 12
TOP = 5
MOST_LEVELS = 2_000
"""Texts with more different values than this are names or keys: none is most frequent."""
FENCE = 3.0
QUANTILE_ROWS = 200_000
QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)
WELL_FILLED = 0.95
FILLED_AFTER, FILLED_BEFORE = 0.5, 0.02
"""A column filled for this share of the defaulted and at most that of the others is known only later."""
CODE = re.compile(
    r"\b(code|id|no|nr|number|zip|key)\b|(?<=[a-z])(Code|Id|No|Nr)\b|代码|编号|序号|号码", re.IGNORECASE
)
"""Headers of numbers that count nothing: they have no outliers."""
RANGED_RULE, OUTLIER_RULE = "outside_range", "outliers"


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One sentence of the report.

    Attributes
    ----------
    key : str
        Of the sentence.
    severity : int
        3 can't be, 2 serious, 1 worth a look, 0 good to know.
    column : str
        Column it is about; empty when about several.
    count : int
        Customers concerned.
    has_rows : bool
        Whether the customers concerned can be listed.
    """

    key: str
    severity: int
    column: str = ""
    count: int = 0
    has_rows: bool = True


@dataclass(frozen=True, slots=True)
class ColumnQuality:
    """What one column holds.

    Attributes
    ----------
    name, header, kind : str
        Column, source header (hostile text), kind.
    filled, levels : int
        Customers with a value; different values, above 200,000 customers roughly.
    minimum, median, maximum : float or None
        Of numbers; of dates as days since 1970.
    low, high : float or None
        Ends of the histogram: the 1st and 99th percentile.
    bins : tuple of int
        Customers in each of its parts of equal width; beyond the ends count to the ends.
    top : tuple of (str, int)
        Most frequent texts; hostile.
    fences : tuple of float or None
        Beyond them lies an outlier.
    is_log : bool
        Whether the fences hold for the natural logarithm.
    outliers : int
        Customers beyond.
    """

    name: str
    header: str
    kind: Kind
    filled: int
    levels: int
    minimum: float | None = None
    median: float | None = None
    maximum: float | None = None
    low: float | None = None
    high: float | None = None
    bins: tuple[int, ...] = ()
    top: tuple[tuple[str, int], ...] = ()
    fences: tuple[float, float] | None = None
    is_log: bool = False
    outliers: int = 0


@dataclass(frozen=True, slots=True)
class QualityReport:
    """A portfolio looked over.

    Attributes
    ----------
    rows : int
        Customers.
    findings : tuple of QualityFinding
        Worst first.
    columns : tuple of ColumnQuality
        In the contract's order, extra columns last.
    """

    rows: int
    findings: tuple[QualityFinding, ...]
    columns: tuple[ColumnQuality, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> QualityReport:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        columns = tuple(
            ColumnQuality(
                **{
                    **entry,
                    "bins": tuple(entry["bins"]),
                    "top": tuple((str(text), int(count)) for text, count in entry["top"]),
                    "fences": tuple(entry["fences"]) if entry["fences"] else None,
                }
            )
            for entry in values["columns"]
        )
        return cls(int(values["rows"]), tuple(QualityFinding(**f) for f in values["findings"]), columns)


def counted(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    shown: Mapping[str, Kind],
    kinds: Mapping[str, Kind],
    headers: Mapping[str, str],
) -> dict[str, int]:
    """First scan: rows, rules, duplicates, and of every column what is filled, different, out of range."""
    rows = first_row(cursor, f"SELECT count(*) FROM {quote_identifier(table)}")[0]
    # Counting different values exactly costs memory where there are many customers.
    distinct = "count(DISTINCT {})" if rows <= QUANTILE_ROWS else "approx_count_distinct({})"
    asked = {"rows": "count(*)"}
    asked |= {
        f"rule {key}": f"count(*) FILTER ({condition})"
        for key, (_, condition) in rules_for(kinds, headers).items()
    }
    if shown:
        asked["alike"] = f"count(*) - count(DISTINCT {fingerprint(shown)})"
    if "name" in shown:
        asked["same_name"] = "count(name) - count(DISTINCT lower(trim(name)))"
    for name in shown:
        cell = quote_identifier(name)
        asked[f"filled {name}"] = f"count({cell})"
        asked[f"levels {name}"] = distinct.format(cell)
        if outside := outside_range(name):
            asked[f"outside {name}"] = f"count(*) FILTER ({outside})"
        if kinds.get("defaulted") == "flag" and name != "defaulted":
            asked[f"after {name}"] = f"count({cell}) FILTER (defaulted)"
    if kinds.get("defaulted") == "flag":
        asked["defaults"] = "count(*) FILTER (defaulted)"
    row = first_row(cursor, f"SELECT {', '.join(asked.values())} FROM {quote_identifier(table)}")
    return dict(zip(asked, map(int, row), strict=True))


def fingerprint(shown: Mapping[str, Kind]) -> str:
    """All of a customer but its key, as one number."""
    return f"hash({', '.join(map(quote_identifier, shown))})"


def outside_range(name: str) -> str:
    """Condition under which a column of the contract is out of its range; empty when it has none.

    Examples
    --------
    >>> outside_range("age"), outside_range("city")
    ('("age" < 0 OR "age" > 130)', '')
    """
    known = BY_NAME.get(name)
    if known is None or known.kind not in NUMERIC_KINDS:
        return ""
    cell = quote_identifier(name)
    parts = [f"{cell} < {known.minimum}"] if known.minimum is not None else []
    parts += [f"{cell} > {known.maximum}"] if known.maximum is not None else []
    return f"({' OR '.join(parts)})" if parts else ""


def column_of(name: str, kind: Kind, headers: Mapping[str, str], counts: Mapping[str, int]) -> ColumnQuality:
    """Begin a column's record by what the first scan counted."""
    filled = counts[f"filled {name}"]
    return ColumnQuality(name, headers.get(name, name), kind, filled, min(counts[f"levels {name}"], filled))


def _value(name: str, kind: Kind) -> str:
    """A column as a number: dates count days since 1970."""
    cell = quote_identifier(name)
    if kind == "date":
        return f"CAST(date_diff('day', DATE '1970-01-01', {cell}) AS DOUBLE)"
    return f"CAST({cell} AS DOUBLE)"


def _is_measured(column: ColumnQuality) -> bool:
    return column.kind == "date" or column.kind in NUMERIC_KINDS


def with_quantiles(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: list[ColumnQuality], rows: int
) -> list[ColumnQuality]:
    """Second scan: ends, median and fences; of a sample fixed by the customers' keys when there are many."""
    measured = [column for column in columns if _is_measured(column) and column.filled]
    if not measured:
        return columns
    marks = ", ".join(map(str, QUANTILES))
    asked = ", ".join(
        f"min({value}), max({value}), quantile_cont({value}, [{marks}])"
        for value in (_value(column.name, column.kind) for column in measured)
    )
    step = max(1, rows // QUANTILE_ROWS)
    where = f" WHERE hash(customer_id) % {step} = 0" if step > 1 else ""
    row = first_row(cursor, f"SELECT {asked} FROM {quote_identifier(table)}{where}")
    found = {
        column.name: (row[3 * place], row[3 * place + 1], row[3 * place + 2])
        for place, column in enumerate(measured)
    }
    return [
        _measured(column, *found[column.name])
        if column.name in found and found[column.name][2] is not None
        else column
        for column in columns
    ]


def _measured(column: ColumnQuality, lowest: float, highest: float, marks: list[float]) -> ColumnQuality:
    low, first, middle, third, high = (float(mark) for mark in marks)
    is_log = column.kind == "money" and first > 0
    ends = (math.log(first), math.log(third)) if is_log else (first, third)
    spread = ends[1] - ends[0]
    fences = (ends[0] - FENCE * spread, ends[1] + FENCE * spread) if spread > 0 else None
    if column.kind == "date" or CODE.search(column.header.replace("_", " ")):
        fences = None
    return _with(
        column,
        minimum=float(lowest),
        median=middle,
        maximum=float(highest),
        low=low,
        high=high,
        fences=fences,
        is_log=is_log,
    )


def _with(column: ColumnQuality, **fields: Any) -> ColumnQuality:  # Any: fields of every type
    return ColumnQuality(**{**{name: getattr(column, name) for name in column.__slots__}, **fields})


def outlier_condition(column: ColumnQuality) -> str:
    """Condition under which a customer lies beyond a column's fences; empty when it has none."""
    if column.fences is None:
        return ""
    value = _value(column.name, column.kind)
    low, high = column.fences
    if column.is_log:
        return f"({value} > 0 AND (ln({value}) < {low!r} OR ln({value}) > {high!r}))"
    return f"({value} < {low!r} OR {value} > {high!r})"


def with_shape(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: list[ColumnQuality]
) -> list[ColumnQuality]:
    """Third scan: a histogram of every measured column, and how many lie beyond its fences."""
    measured = [column for column in columns if column.low is not None]
    if not measured:
        return columns
    asked = ", ".join(
        f"histogram({_bin(column)}), count(*) FILTER ({outlier_condition(column) or 'false'})"
        for column in measured
    )
    row = first_row(cursor, f"SELECT {asked} FROM {quote_identifier(table)}")
    found = {column.name: (row[2 * p] or {}, int(row[2 * p + 1])) for p, column in enumerate(measured)}
    return [
        _with(
            column,
            bins=tuple(int(found[column.name][0].get(place, 0)) for place in range(BINS)),
            outliers=found[column.name][1],
        )
        if column.name in found
        else column
        for column in columns
    ]


def _bin(column: ColumnQuality) -> str:
    """Number of the histogram's part a value falls into; beyond the ends it is the last one there."""
    value = _value(column.name, column.kind)
    low, high = float(column.low or 0.0), float(column.high or 0.0)
    if high <= low:
        return f"CASE WHEN {value} IS NOT NULL THEN 0 END"
    return f"CAST(least(greatest(floor(({value} - {low!r}) / {(high - low) / BINS!r}), 0), {BINS - 1}) AS INTEGER)"


def _repeats(column: ColumnQuality) -> bool:
    """Whether a column's texts repeat enough for the most frequent to say something."""
    return 0 < column.levels <= MOST_LEVELS and (column.levels <= TOP or column.levels <= column.filled / 2)


def with_top(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: list[ColumnQuality]
) -> list[ColumnQuality]:
    """Fourth scan: the most frequent values of texts and flags."""
    worded = [c for c in columns if c.kind in ("text", "flag") and _repeats(c)]
    if not worded:
        return columns
    parts = [
        f"(SELECT {place} AS place, CAST({quote_identifier(column.name)} AS VARCHAR) AS text, count(*) AS customers "
        f"FROM {quote_identifier(table)} WHERE {quote_identifier(column.name)} IS NOT NULL "
        f"GROUP BY ALL ORDER BY customers DESC, text LIMIT {TOP})"
        for place, column in enumerate(worded)
    ]
    top: dict[str, list[tuple[str, int]]] = {}
    for place, text, count in cursor.execute(" UNION ALL ".join(parts)).fetchall():
        top.setdefault(worded[place].name, []).append((str(text)[:80], int(count)))
    return [
        _with(column, top=tuple(sorted(top.get(column.name, ()), key=lambda pair: (-pair[1], pair[0]))))
        for column in columns
    ]
