"""The lazy frame every formula takes and gives back, and the columns it may rely on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import narwhals as nw
from narwhals.typing import IntoDType

from data.contract import Column, Kind

Frame: TypeAlias = nw.LazyFrame[Any]
"""A lazy frame on any engine; what the engine's own frame is, no formula may know (hence `Any`)."""

DTYPES: dict[Kind, IntoDType] = {
    "text": nw.String,
    "integer": nw.Int64,
    "number": nw.Float64,
    "money": nw.Float64,
    "rate": nw.Float64,
    "share": nw.Float64,
    "date": nw.Date,
    "flag": nw.Boolean,
}
"""The type a column has after ingest, by its kind."""

LONG_TABLE = 20
"""Keys from which on a search in a map is faster than a chain of cases."""


def with_absent_columns(frame: Frame, columns: Sequence[Column]) -> Frame:
    """Add each contract column the portfolio lacks as a typed null, so that formulas find them all.

    Parameters
    ----------
    frame : Frame
        The portfolio; its own columns stay as they are.
    columns : sequence of Column
        Columns of the contract that must exist afterwards.

    Examples
    --------
    >>> import duckdb
    >>> from data.contract import column
    >>> portfolio = nw.from_native(duckdb.sql("select 'a' as customer_id"))
    >>> with_absent_columns(portfolio, [column("customer_id"), column("dscr")]).collect_schema()["dscr"]
    Float64
    """
    present = set(frame.collect_schema().names())
    absent = [entry for entry in columns if entry.name not in present]
    if not absent:
        return frame
    return frame.with_columns(nw.lit(None).cast(DTYPES[entry.kind]).alias(entry.name) for entry in absent)


def tidy_text(expression: nw.Expr) -> nw.Expr:
    """Lower-case a text and take all blanks out, so that `" AA +"` and `"aa+"` are one level.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select ' AA +' as rating"))
    >>> frame.select(tidy_text(nw.col("rating"))).collect().item()
    'aa+'
    """
    return expression.str.to_lowercase().str.replace_all(" ", "", literal=True)


def look_up(
    expression: nw.Expr,
    table: Mapping[Any, Any],
    dtype: IntoDType = nw.Float64,
    default: float | str | None = None,
) -> nw.Expr:
    """Turn keys into the values a table has for them.

    A short table becomes a chain of cases, a long one a search in a map: on 2 M rows
    0.06 s against 0.23 s for 6 keys, 0.35 s against 0.27 s for 57.

    Parameters
    ----------
    expression : Expr
        Texts or whole numbers, already tidy.
    table : mapping
        Key to value; what the two are differs by table (hence `Any`).
    dtype : DType
        Type of the values.
    default : float, str or None
        For what is not in the table, null included.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 'weak' as grade"))
    >>> frame.select(look_up(nw.col("grade"), {"good": 0.9, "weak": 2.5})).collect().item()
    2.5
    """
    if not table:
        return nw.lit(default).cast(dtype)
    if len(table) > LONG_TABLE:
        return expression.replace_strict(
            list(table), list(table.values()), default=default, return_dtype=dtype
        )
    (first, value), *others = table.items()
    cases = nw.when(expression == first).then(nw.lit(value))
    for key, value in others:
        cases = cases.when(expression == key).then(nw.lit(value))
    return cases.otherwise(nw.lit(default)).cast(dtype)


def without(frame: Frame, helpers: Iterable[str]) -> Frame:
    """Drop helper columns a formula staged.

    Examples
    --------
    >>> import duckdb
    >>> without(nw.from_native(duckdb.sql("select 1 as a, 2 as _b")), ["_b"]).collect_schema().names()
    ['a']
    """
    return frame.drop(*helpers)


def day_number(date: nw.Expr) -> nw.Expr:
    """Number days on one scale by year and day of year, as a float; off by at most a day between dates.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select date '2024-01-31' as a, date '2024-01-01' as b"))
    >>> frame.select(day_number(nw.col("a")) - day_number(nw.col("b"))).collect().item()
    30.0
    """
    return (date.dt.year() * 365.25 + date.dt.ordinal_day()).cast(nw.Float64)
