"""The lazy frame every formula takes and gives back, and the columns it may rely on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    return expression.str.to_lowercase().str.replace_all(r"\s+", "")


def without(frame: Frame, helpers: Iterable[str]) -> Frame:
    """Drop helper columns a formula staged.

    Examples
    --------
    >>> import duckdb
    >>> without(nw.from_native(duckdb.sql("select 1 as a, 2 as _b")), ["_b"]).collect_schema().names()
    ['a']
    """
    return frame.drop(*helpers)
