"""Rows that stand nowhere, scored by the stored model: what-ifs and applicants.

A row scored alone, in a batch of candidates or among a whole file of applicants goes through
the same statements: :func:`segmentation.score.score`, written out once for a table of all
contract columns and the model's own, and run again whenever that table holds other rows.
Writing them out takes longer than running them, so a house keeps them by model.

Everything stands in temporary tables of the caller's cursor and goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from data.contract import COLUMNS, Kind
from data.engines.functions import Frame, frame_of, materialise
from data.engines.sql import quote_identifier
from data.ingest.cells import SQL_TYPES
from segmentation.score import score
from segmentation.scoring_model import ScoringModel
from steps.house import House

ROWS, SCORED = "asked_rows", "asked_scored"
NUMBER = "_asked"
"""Number of a row, from 0: results come back in this order."""


def asked_kinds(model: ScoringModel) -> dict[str, Kind]:
    """Columns a row may bring: the contract's, and the extra ones of the model."""
    own = {column.name: column.kind for column in model.columns if column.role == "custom"}
    return {column.name: column.kind for column in COLUMNS} | own


def open_rows(cursor: duckdb.DuckDBPyConnection, model: ScoringModel) -> None:
    """Create the empty table of rows to be scored."""
    columns = ", ".join(
        f"{quote_identifier(name)} {SQL_TYPES[kind]}" for name, kind in asked_kinds(model).items()
    )
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {ROWS} ({NUMBER} BIGINT, {columns})").fetchall()


def put_row(cursor: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:  # Any: typed cells
    """Put one row of typed values into the table; what is not named stays unknown."""
    names = ", ".join(quote_identifier(name) for name in (NUMBER, *values))
    marks = ", ".join("?" * (len(values) + 1))
    cursor.execute(f"INSERT INTO {ROWS} ({names}) VALUES ({marks})", [0, *values.values()]).fetchall()


def put_rows(cursor: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], order: str) -> None:
    """Put the rows of a typed table into the table, numbered in an order."""
    names = ", ".join(quote_identifier(name) for name in columns)
    cursor.execute(
        f"INSERT INTO {ROWS} ({NUMBER}, {names}) "
        f"SELECT row_number() OVER (ORDER BY {quote_identifier(order)}) - 1, {names} FROM {quote_identifier(table)}"
    ).fetchall()


def score_rows(house: House, cursor: duckdb.DuckDBPyConnection, model: ScoringModel) -> Frame:
    """Score what stands in the table by a model."""
    written: list[str] = []

    def write() -> tuple[str, ...]:
        written.extend(_written(cursor, model))
        return tuple(written)

    script = house.kept(("rescoring", model.identity), write)
    # Whoever writes the statements has run them while writing.
    for statement in () if written else script:
        cursor.execute(statement).fetchall()
    return frame_of(cursor, SCORED)


def _written(cursor: duckdb.DuckDBPyConnection, model: ScoringModel) -> tuple[str, ...]:
    """Write the statements out while running them."""
    statements: list[str] = []

    def keep(frame: Frame, name: str = "") -> Frame:
        table = name or f"asked_{len(statements) + 1}"
        query = frame.to_native().sql_query()
        statements.append(f"CREATE OR REPLACE TEMP TABLE {quote_identifier(table)} AS {query}")
        materialise(cursor, frame, table, temporary=True)
        return frame_of(cursor, table)

    keep(score(frame_of(cursor, ROWS), model, keep), SCORED)
    return tuple(statements)
