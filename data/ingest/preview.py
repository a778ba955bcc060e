"""A file's first rows taken in for show: what would be united, before anything is kept.

The same code that imports does it, in a database in memory, so what is shown is
what will happen. Only the first batch is read: a small file whole, of a large
one some hundred thousand rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pandas as pd

from data.contract import BY_NAME, EXPOSURE_COLUMNS, Aggregate, Kind
from data.engines.sql import first_row, quote_identifier
from data.errors import InputRefused
from data.ingest.account import Account
from data.ingest.limits import IngestLimits
from data.ingest.mapping import Mapping
from data.ingest.readers import Batch, Choices, Source
from data.ingest.sniff import SourceInfo
from data.ingest.stage import Staged, stage_files

EXAMPLE_ROWS = 4
EXAMPLE_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class United:
    """How rows of one customer become one.

    Attributes
    ----------
    rows, customers : int
        Before and after.
    rules : tuple of (str, Aggregate)
        Each mapped column and what is made of its values.
    example : str
        A customer with several rows; hostile text.
    example_columns : tuple of str
        Columns shown of it.
    example_rows : tuple of tuple
        Its rows.
    example_result : tuple
        What they become.
    """

    rows: int
    customers: int
    rules: tuple[tuple[str, Aggregate], ...]
    example: str
    example_columns: tuple[str, ...]
    example_rows: tuple[tuple[object, ...], ...]
    example_result: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first rows of a file would become.

    Attributes
    ----------
    account : Account or None
        Of the rows looked at; None when they were refused.
    is_whole : bool
        Whether that was the whole file.
    repeats : dict
        Header of a possible key → rows that repeat an earlier key.
    sums : dict
        Header of an amount → its sum in the contract's unit.
    united : United or None
        How rows are united; None when each is a customer.
    refusal : InputRefused or None
        Why none could be used; None when some can.
    """

    account: Account | None
    is_whole: bool
    repeats: dict[str, int]
    sums: dict[str, float]
    united: United | None
    refusal: InputRefused | None = None


@dataclass(slots=True)
class _FirstBatch:
    """A file cut off after its first batch that holds rows."""

    source: Source
    is_whole: bool = True
    content_hash: str = ""

    @property
    def info(self) -> SourceInfo:
        return self.source.info

    @property
    def header(self) -> tuple[str, ...]:
        return self.source.header

    @property
    def choices(self) -> Choices:
        return self.source.choices

    @property
    def left_out(self) -> tuple[str, ...]:
        return self.source.left_out

    def sample(self, rows: int = 2_000) -> pd.DataFrame:
        return self.source.sample(rows)

    def text_places(self) -> frozenset[int]:
        return self.source.text_places()

    def batches(self) -> Iterator[Batch]:
        has_rows = False
        for batch in self.source.batches():
            if has_rows:
                self.is_whole = False
                return
            has_rows = batch.table.num_rows > 0
            yield batch


def preview(source: Source, mapping: Mapping, limits: IngestLimits) -> Preview:
    """Take a file's first rows in for show.

    Parameters
    ----------
    source : Source
        The file.
    mapping : Mapping
        As it stands.
    limits : IngestLimits
        Sizes.
    """
    first = _FirstBatch(source)
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        try:
            staged = stage_files(
                connection,
                [(first, mapping)],
                table="shown",
                quarantine_table="shown_aside",
                limits=limits,
                keep_rows="always",
            )
        except InputRefused as error:
            return Preview(None, first.is_whole, {}, {}, None, error)
        return Preview(
            staged.account,
            first.is_whole,
            _repeats(connection, staged.rows_table, mapping),
            _sums(connection, staged.rows_table, mapping),
            _united(connection, staged, mapping),
        )


def _repeats(connection: duckdb.DuckDBPyConnection, rows: str, mapping: Mapping) -> dict[str, int]:
    """Count the rows whose key stood there before, for every column that may be the customer."""
    names = ("customer_id", "facility_id", "name", "group_id")
    keys = [
        entry
        for entry in mapping.entries
        if entry.target in names or mapping.customer_key == f"unique:{entry.header}"
    ]
    if not keys:
        return {}
    counts = ", ".join(
        f"count({quote_identifier(e.target)}) - count(DISTINCT {quote_identifier(e.target)})" for e in keys
    )
    row = first_row(connection, f"SELECT {counts} FROM {quote_identifier(rows)} WHERE _reason IS NULL")
    return {entry.header: int(count) for entry, count in zip(keys, row, strict=True)}


def _sums(connection: duckdb.DuckDBPyConnection, rows: str, mapping: Mapping) -> dict[str, float]:
    """Add up every column of amounts or numbers."""
    entries = [entry for entry in mapping.entries if entry.kind in ("money", "number")]
    if not entries:
        return {}
    sums = ", ".join(f"sum({quote_identifier(entry.target)})" for entry in entries)
    row = first_row(connection, f"SELECT {sums} FROM {quote_identifier(rows)} WHERE _reason IS NULL")
    return {
        entry.header: float(value) for entry, value in zip(entries, row, strict=True) if value is not None
    }


def _united(connection: duckdb.DuckDBPyConnection, staged: Staged, mapping: Mapping) -> United | None:
    account = staged.account
    if account.customers == account.rows_accepted:
        return None
    mapped = [name for name in staged.kinds if name in BY_NAME and name in mapping.by_target()]
    rules = tuple((name, BY_NAME[name].aggregate) for name in mapped if name != "customer_id")
    columns = _worth_showing(staged.kinds, mapped)
    select = ", ".join(map(quote_identifier, columns))
    customer = first_row(
        connection,
        "SELECT customer_id FROM shown WHERE facilities BETWEEN 2 AND ? ORDER BY facilities DESC, customer_id LIMIT 1",
        [EXAMPLE_ROWS],
    ) or first_row(connection, "SELECT customer_id FROM shown ORDER BY facilities DESC, customer_id LIMIT 1")
    rows = connection.execute(
        f"SELECT {select} FROM {quote_identifier(staged.rows_table)} WHERE customer_id = ? AND _reason IS NULL "
        "ORDER BY _file, _line LIMIT ?",
        [customer[0], EXAMPLE_ROWS],
    ).fetchall()
    result = first_row(connection, f"SELECT {select} FROM shown WHERE customer_id = ?", [customer[0]])
    return United(
        account.rows_accepted, account.customers, rules, str(customer[0]), columns, tuple(rows), result
    )


def _worth_showing(kinds: dict[str, Kind], mapped: list[str]) -> tuple[str, ...]:
    """Columns whose union is worth seeing: amounts first, then those that are not simply the first value."""
    others = [name for name in mapped if name not in ("customer_id", *EXPOSURE_COLUMNS)]
    by_rule = sorted(others, key=lambda name: BY_NAME[name].aggregate == "first")
    amounts = [name for name in EXPOSURE_COLUMNS if name in mapped and name in kinds]
    return tuple([*amounts, *by_rule][:EXAMPLE_COLUMNS])
