"""What Narwhals can't say, once for the engine we have: sampling keys, tables from frames."""

from __future__ import annotations

import duckdb
import narwhals as nw
import pandas as pd

from data.engines.sql import quote_identifier
from data.errors import UsageError

Frame = nw.LazyFrame[duckdb.DuckDBPyRelation]


def frame_of(cursor: duckdb.DuckDBPyConnection, table: str) -> Frame:
    """A table as a lazy frame."""
    return nw.from_native(cursor.table(quote_identifier(table)))


def materialise(
    cursor: duckdb.DuckDBPyConnection, frame: Frame, table: str, *, temporary: bool = False
) -> None:
    """Run a lazy frame once and keep its rows as a table."""
    kind = "TEMP TABLE" if temporary else "TABLE"
    cursor.execute(
        f"CREATE OR REPLACE {kind} {quote_identifier(table)} AS {frame.to_native().sql_query()}"
    ).fetchall()


def fetch(frame: Frame) -> pd.DataFrame:
    """Run a lazy frame and give its rows as pandas: only for small results."""
    rows: pd.DataFrame = frame.to_native().df()
    return rows


def hash_sample(cursor: duckdb.DuckDBPyConnection, table: str, rows: int, seed: int) -> str:
    """Give the query of a sample that depends on nothing but the customers in it.

    The first `rows` customers in the order of md5(customer_id · seed): other
    rows, their order or the engine's threads don't change who is drawn.
    """
    name = quote_identifier(table)
    return (
        f"SELECT * FROM (SELECT * FROM {name} ORDER BY md5(customer_id || ':{int(seed)}') LIMIT {int(rows)}) "
        "ORDER BY customer_id"
    )


def check_engine(name: str) -> None:
    """Refuse an engine that is not there yet.

    Raises
    ------
    UsageError
        For any other than ``duckdb``.
    """
    if name == "spark":
        raise UsageError("The Spark engine is not part of this version yet. Use --engine duckdb.")
    if name != "duckdb":
        raise UsageError(f"No engine is called “{name}”. Use --engine duckdb.")


def ranked_sums(
    cursor: duckdb.DuckDBPyConnection, table: str, column: str, groups: int, key: str = "customer_id"
) -> pd.DataFrame:
    """Order rows by a column, ties by a key, and sum it over `groups` groups of equal size, lowest first.

    Returns
    -------
    pandas.DataFrame
        Columns `customers` and `total`, one row a group; unknown values are left out.
    """
    name, source = quote_identifier(column), quote_identifier(table)
    rows: pd.DataFrame = cursor.execute(
        f"SELECT count(*) AS customers, sum(value) AS total FROM (SELECT {name} AS value, "
        f"ntile({int(groups)}) OVER (ORDER BY {name}, {quote_identifier(key)}) AS place FROM {source} WHERE {name} IS NOT NULL) "
        "GROUP BY place ORDER BY place"
    ).df()
    return rows
