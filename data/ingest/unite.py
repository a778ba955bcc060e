"""Rows → customers: the key, the amounts, and facilities united by the contract's rules."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from data.contract import BY_NAME, EXPOSURE_COLUMNS, Aggregate, Kind
from data.engines.sql import first_row, quote_identifier
from data.ingest.aside import Tally
from data.ingest.mapping import Mapping


def settle_key(
    cursor: duckdb.DuckDBPyConnection, stage: str, mapping: Mapping, kinds: dict[str, Kind]
) -> str:
    """Say what the customer id is made of, once all rows are known."""
    if "customer_id" in kinds:
        return "mapped"
    if not mapping.customer_key.startswith("unique:"):
        return "numbered"
    wanted = mapping.customer_key.removeprefix("unique:")
    target = next((entry.target for entry in mapping.entries if entry.header == wanted), None)
    if target is None:
        return "numbered"
    name = quote_identifier(target)
    row = first_row(
        cursor,
        f"SELECT count(*) = count(DISTINCT {name}) FROM {quote_identifier(stage)} WHERE _reason IS NULL",
    )
    return f"unique:{target}" if row and row[0] else "numbered"


def absent_columns(
    cursor: duckdb.DuckDBPyConnection, stage: str, kinds: dict[str, Kind], accepted: int, share: float
) -> dict[str, int]:
    """Contract money columns that hold next to nothing, with the rows that do hold something."""
    money = [name for name, kind in kinds.items() if kind == "money" and name in BY_NAME]
    if not money:
        return {}
    counts = ", ".join(f"count(*) FILTER ({quote_identifier(name)} <> 0)" for name in money)
    row = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(stage)} WHERE _reason IS NULL")
    filled = dict(zip(money, row or (), strict=True))
    absent = {name: int(count) for name, count in filled.items() if count <= (1 - share) * accepted}
    amounts = [name for name in EXPOSURE_COLUMNS if name in kinds]
    if amounts and all(name in absent for name in amounts):
        # Some amount must stand for the exposure, even a column of zeros.
        del absent[amounts[0]]
    return absent


def fill_amounts(
    cursor: duckdb.DuckDBPyConnection, stage: str, kinds: dict[str, Kind], absent: dict[str, int]
) -> None:
    """Give rows whose only amount stands in a column that counts as absent that amount all the same."""
    kept = [quote_identifier(name) for name in EXPOSURE_COLUMNS if name in kinds and name not in absent]
    dropped = [quote_identifier(name) for name in EXPOSURE_COLUMNS if name in absent]
    if kept and dropped:
        cursor.execute(
            f"UPDATE {quote_identifier(stage)} SET {kept[0]} = coalesce({', '.join(dropped)}) "
            f"WHERE _reason IS NULL AND coalesce({', '.join(kept)}) IS NULL"
        )


def _rule(name: str, rule: Aggregate) -> str:
    column = quote_identifier(name)
    weight = "_weight"
    return {
        "sum": f"sum({column})",
        "max": f"max({column})",
        "min": f"min({column})",
        "any": f"bool_or({column})",
        "first": f"arg_min({column}, _order) FILTER ({column} IS NOT NULL)",
        "last": f"arg_max({column}, _order) FILTER ({column} IS NOT NULL)",
        "exposure_weighted_mean": (
            f"coalesce(sum({column} * {weight}) FILTER ({column} IS NOT NULL) "
            f"/ nullif(sum({weight}) FILTER ({column} IS NOT NULL), 0), avg({column}))"
        ),
    }[rule]


def _aggregate(name: str) -> Aggregate:
    return BY_NAME[name].aggregate if name in BY_NAME else "first"


def unite(
    cursor: duckdb.DuckDBPyConnection,
    stage: str,
    table: str,
    kinds: dict[str, Kind],
    key: str,
    *,
    is_in_order: bool,
) -> int:
    """Make the customers table: one row a customer, each column by its own rule.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        The caller's.
    stage, table : str
        Table of rows, and the table to create.
    kinds : dict
        Columns to keep.
    key : str
        What the customer id is made of.
    is_in_order : bool
        Whether the rows lie in the file's order; else `_file` and `_line` give it.

    Returns
    -------
    int
        Customers.
    """
    stage_name = quote_identifier(stage)
    others = [name for name in kinds if name != "customer_id"]
    select = ", ".join(
        "1.0::DOUBLE AS exposure"
        if name == "exposure" and not _has(cursor, stage, name)
        else quote_identifier(name)
        for name in others
    )
    order = "rowid" if is_in_order else "row_number() OVER (ORDER BY _file, _line)"
    if key == "mapped":
        if _is_repeated(cursor, stage):
            amounts = [name for name in EXPOSURE_COLUMNS if name in kinds and _has(cursor, stage, name)]
            weight = f"coalesce({', '.join(map(quote_identifier, amounts))}, 0)" if amounts else "1"
            # Where nothing says what is at risk each customer counts as one, whatever the facilities.
            one_each = () if amounts else ("exposure",)
            rules = ", ".join(
                f"{_rule(name, _aggregate(name) if name not in one_each else 'max')} AS {quote_identifier(name)}"
                for name in others
            )
            cursor.execute(
                f"CREATE TABLE {quote_identifier(table)} AS SELECT customer_id, {rules}, count(*) AS facilities FROM "
                f"(SELECT customer_id, {select}, {weight} AS _weight, {order} AS _order FROM {stage_name} "
                "WHERE _reason IS NULL) GROUP BY customer_id ORDER BY min(_order)"
            )
            return _rows(cursor, table)
        identifier = "customer_id"
    elif key == "numbered":
        identifier = f"printf('R%07d', {_number(cursor, stage, is_in_order)}) AS customer_id"
    else:
        identifier = f"CAST({quote_identifier(key.removeprefix('unique:'))} AS VARCHAR) AS customer_id"
    cursor.execute(
        f"CREATE TABLE {quote_identifier(table)} AS SELECT {identifier}, {select}, 1::BIGINT AS facilities "
        f"FROM {stage_name} WHERE _reason IS NULL"
    )
    return _rows(cursor, table)


def _number(cursor: duckdb.DuckDBPyConnection, stage: str, is_in_order: bool) -> str:
    """Give the number of a row among the accepted ones; without a sort where their place says it."""
    if not is_in_order:
        return "row_number() OVER (ORDER BY _file, _line)"
    row = first_row(cursor, f"SELECT min(rowid), count(_reason) FROM {quote_identifier(stage)}")
    begin, aside = row or (0, 0)
    return "row_number() OVER (ORDER BY rowid)" if aside else f"rowid - {int(begin or 0)} + 1"


def _has(cursor: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    return column in cursor.table(table).columns


def _rows(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = first_row(cursor, f"SELECT count(*) FROM {quote_identifier(table)}")
    return int(row[0]) if row else 0


def is_one_each(
    cursor: duckdb.DuckDBPyConnection, stage: str, kinds: dict[str, Kind], kept: dict[str, Kind], key: str
) -> bool:
    """Whether each accepted row is a customer of its own, with all columns in place."""
    return key == "mapped" and kept.keys() <= kinds.keys() and not _is_repeated(cursor, stage)


def _is_repeated(cursor: duckdb.DuckDBPyConnection, stage: str) -> bool:
    row = first_row(
        cursor,
        f"SELECT count(*) > count(DISTINCT customer_id) FROM {quote_identifier(stage)} WHERE _reason IS NULL",
    )
    return bool(row and row[0])


def become_customers(
    cursor: duckdb.DuckDBPyConnection, stage: str, table: str, dropped: Sequence[str], tally: Tally
) -> int:
    """Let the table of rows be the table of customers: nothing is copied."""
    name = quote_identifier(stage)
    if tally.reasons:
        cursor.execute(f"DELETE FROM {name} WHERE _reason IS NOT NULL")
    for column in ("_reason", *dropped):
        cursor.execute(f"ALTER TABLE {name} DROP COLUMN {quote_identifier(column)}")
    cursor.execute(f"ALTER TABLE {name} RENAME TO {quote_identifier(table)}")
    return _rows(cursor, table)
