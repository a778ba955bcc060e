"""Small builders the tests share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa


def lazy(
    columns: Mapping[str, Sequence[object]] | pa.Table,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> nw.LazyFrame[duckdb.DuckDBPyRelation]:
    """Build a lazy frame on DuckDB from plain lists (or an Arrow table, for exact types)."""
    table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
    connection = connection or duckdb.connect()
    return nw.from_native(connection.from_arrow(table))


def collect(frame: nw.LazyFrame[duckdb.DuckDBPyRelation]) -> pd.DataFrame:
    """Run a lazy frame and give its rows as pandas."""
    return frame.to_native().df()
