"""Names and texts as SQL, so that nothing uploaded is ever read as a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb


def quote_identifier(name: str) -> str:
    """Quote a column or table name.

    Raises
    ------
    ValueError
        For a name with a NUL, which no engine takes.

    Examples
    --------
    >>> quote_identifier('a"; DROP TABLE x --')
    '"a""; DROP TABLE x --"'
    """
    if "\0" in name:
        raise ValueError("A name can't hold a NUL character.")
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Quote a constant text.

    Examples
    --------
    >>> quote_text("it's")
    "'it''s'"
    """
    return "'" + text.replace("\0", "").replace("'", "''") + "'"


def first_row(
    cursor: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()
) -> tuple[Any, ...]:  # Any: a database row holds whatever the query selects
    """Run a query and give its first row, finishing the result.

    A result that is not read to its end blocks the next statement of a cursor.
    """
    rows = cursor.execute(query, list(values)).fetchall()
    return tuple(rows[0]) if rows else ()
