"""Rows of files → one typed table of customers, inside the caller's transaction.

Batches come from the readers, become typed by one INSERT each, and rows that
break a rule go to the quarantine with their raw text while their batch is still
in memory. At the end the accepted rows are united by customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as TypedMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from data.contract import BY_NAME, EXPOSURE_COLUMNS, Aggregate, Kind
from data.engines.sql import first_row, quote_identifier, quote_text
from data.errors import InputRefused
from data.identity import content_hash
from data.ingest import cells
from data.ingest.account import Account, Finding
from data.ingest.columns import column_styles, source_findings, style_findings
from data.ingest.earlier import Earlier
from data.ingest.express import Express, Field, gate_of, raw_records, read_express, with_lines
from data.ingest.feed import MOST_REJECTED
from data.ingest.limits import IngestLimits, IsCancelled, Progress, Report, never, silent, stop_if
from data.ingest.mapping import Mapping, MappingEntry
from data.ingest.readable import Readable
from data.ingest.readers import Batch, Source

ABSENT_SHARE = 0.99
"""A money column that is zero or blank in at least this share of rows counts as absent."""

PIECE_ROWS = 8_192

LARGEST_AMOUNT = 1e15
"""An amount above it can't be a customer's, and its hundredths would not fit whole numbers."""

Item = TypeVar("Item")
Styles = TypedMapping[str, cells.CellStyle]

KeepRows = Literal["never", "to_mend", "always"]
"""Whether rows stay beside their customers: `to_mend` when rows set aside may join united ones later."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A portfolio that has been read but not yet committed.

    Attributes
    ----------
    account : Account
        What became of every row.
    findings : tuple of Finding
        What a person should know, worst first.
    content_hash : str
        Of the decoded files and the mapping.
    kinds : dict
        Column of the customers table → kind.
    customer_key : str
        What the customer id was made of in the end.
    styles : dict
        Header → how its cells were read, so that rows mended later are read alike.
    rows_table : str
        Table of the accepted rows before they were united; empty when it was not kept.
    """

    account: Account
    findings: tuple[Finding, ...]
    content_hash: str
    kinds: dict[str, Kind]
    customer_key: str
    styles: dict[str, cells.CellStyle] = field(default_factory=dict)
    rows_table: str = ""


@dataclass(slots=True)
class _Tally:
    """Counters that grow batch by batch."""

    read: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unparsed: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)

    def reject(self, reason: str) -> None:
        self.reasons[reason] = self.reasons.get(reason, 0) + 1


def prefetched(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in a second thread while the caller uses the last one."""
    end = object()
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = worker.submit(next, items, end)
            yield item  # type: ignore[misc]  # the sentinel never gets here


def stage_files(
    cursor: duckdb.DuckDBPyConnection,
    sources: Sequence[tuple[Readable, Mapping]],
    *,
    table: str,
    quarantine_table: str,
    limits: IngestLimits,
    report: Report = silent,
    is_cancelled: IsCancelled = never,
    absent_share: float = ABSENT_SHARE,
    keep_rows: KeepRows = "never",
    earlier: Earlier | None = None,
    may_begin_again: bool = False,
) -> Staged:
    """Read files into a customers table and a quarantine table.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        The caller's, best inside a transaction: on an error the caller rolls back.
    sources : sequence of (Source, Mapping)
        Parts of one snapshot, united by canonical column.
    table, quarantine_table : str
        Tables to create.
    limits : IngestLimits
        Sizes.
    report : callable
        Gets a `Progress` after each batch.
    is_cancelled : callable
        Asked after each batch.
    absent_share : float
        Share of zeros and blanks from which on a money column counts as absent; above 1, no
        column does: in a list of a few applicants a column of zeros says zero.
    keep_rows : KeepRows
        Whether the accepted rows stay as a table of their own.
    earlier : Earlier, optional
        A snapshot whose rows come first, when these are its rows set aside, mended.
    may_begin_again : bool
        Whether the caller has written nothing in its transaction yet, so that it may be begun
        anew: then the engine's own reader is tried on a text file.

    Returns
    -------
    Staged

    Raises
    ------
    InputRefused
        When no row can be accepted or a file is damaged.
    Cancelled
        When the person asked for it.
    """
    kinds = _united_kinds([mapping for _, mapping in sources])
    stage = f"{table}__stage"
    tally = _Tally()
    styles: dict[str, cells.CellStyle] = {}
    express: Express | None = None
    if may_begin_again and len(sources) == 1 and earlier is None:
        plan = _Plan.of(*sources[0], kinds, {})
        express = _by_express(
            cursor, sources[0][0], plan, kinds, stage, quarantine_table, limits, report, is_cancelled, tally
        )
        if express is not None:
            styles = plan.styles
            tally.notes += [*source_findings(sources[0][0]), *plan.notes]
    if express is None:
        _create(cursor, stage, kinds)
        _create_quarantine(cursor, quarantine_table)
        known_styles = earlier.styles if earlier else {}
        for number, (source, mapping) in enumerate(sources):
            plan = _Plan.of(source, mapping, kinds, known_styles)
            styles = {**plan.styles, **styles}
            tally.notes += [*source_findings(source), *plan.notes]
            for batch in prefetched(source.batches()):
                stop_if(is_cancelled)
                _insert(cursor, stage, quarantine_table, plan, batch, number, tally)
                limits.check_rows(source.info.name, tally.read)
                report(Progress(tally.read, (number + batch.consumed) / len(sources)))
    if earlier is not None:
        tally.read += earlier.bring(cursor, stage, quarantine_table, kinds, tally.reasons)
    report(Progress(tally.read, 1.0))
    accepted = _count(cursor, stage)
    if accepted == 0:
        _refuse_all(sources, tally)
    first_mapping = sources[0][1]
    key = _settle_key(cursor, stage, first_mapping, kinds)
    absent = _absent_columns(cursor, stage, kinds, accepted, absent_share)
    _fill_amounts(cursor, stage, kinds, absent)
    kept = {name: kind for name, kind in kinds.items() if name not in absent}
    if not any(name in kept for name in EXPOSURE_COLUMNS):
        kept["exposure"] = "money"
    stop_if(is_cancelled)
    rows_table = ""
    if express is not None and keep_rows != "always" and _is_one_each(cursor, stage, kinds, kept, key):
        customers = _become_customers(
            cursor, stage, table, [name for name in kinds if name not in kept], tally
        )
    else:
        if express is not None:
            with_lines(cursor, express)
        customers = _unite(cursor, stage, table, kept, key)
        may_join = customers < accepted and bool(tally.reasons)
        rows_table = stage if keep_rows == "always" or (keep_rows == "to_mend" and may_join) else ""
        if not rows_table:
            cursor.execute(f"DROP TABLE {quote_identifier(stage)}")
    kept = {"customer_id": "text", **{name: kind for name, kind in kept.items() if name != "customer_id"}}
    kept["facilities"] = "integer"
    account = Account(
        rows_read=tally.read,
        rows_accepted=accepted,
        rows_quarantined=sum(tally.reasons.values()),
        customers=customers,
        reasons=tuple(sorted(tally.reasons.items(), key=lambda pair: -pair[1])),
    )
    findings = _findings(cursor, table, kept, tally, absent, first_mapping, key, accepted, customers)
    identity = content_hash([[source.content_hash, mapping.identity] for source, mapping in sources])
    return Staged(account, findings, identity, kept, key, styles, rows_table)


def _united_kinds(mappings: Sequence[Mapping]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for mapping in mappings:
        for entry in mapping.entries:
            known = kinds.setdefault(entry.target, entry.kind)
            if known != entry.kind:
                kinds[entry.target] = "text"
    return kinds


def _create(cursor: duckdb.DuckDBPyConnection, stage: str, kinds: dict[str, Kind]) -> None:
    columns = "".join(f", {quote_identifier(name)} {cells.SQL_TYPES[kind]}" for name, kind in kinds.items())
    cursor.execute(
        f"CREATE TABLE {quote_identifier(stage)} (_file INTEGER, _line BIGINT, _place BIGINT, _batch BIGINT, "
        f"_column VARCHAR, _reason VARCHAR{columns})"
    )


def _create_quarantine(cursor: duckdb.DuckDBPyConnection, quarantine: str) -> None:
    cursor.execute(
        f"CREATE TABLE {quote_identifier(quarantine)} "
        "(file VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR, raw VARCHAR)"
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one file's columns become the table's, worked out once a file."""

    file: str
    entries: tuple[tuple[int, MappingEntry, str, str], ...]
    targets: tuple[str, ...]
    checks: str
    styles: dict[str, cells.CellStyle]
    notes: tuple[Finding, ...]

    @classmethod
    def of(
        cls,
        source: Readable,
        mapping: Mapping,
        kinds: dict[str, Kind],
        known_styles: Styles,
    ) -> _Plan:
        by_header = {entry.header: entry for entry in mapping.entries}
        unknown = [header for header in source.header if header not in by_header]
        if unknown:
            raise InputRefused.because(
                f"the mapping does not name the column “{unknown[0]}”",
                file=source.info.name,
                line=source.info.header_line,
                remedy="Add it to the mapping, or map this file anew.",
            )
        read_as = [kinds[by_header[header].target] for header in source.header]
        styles = _styles(source, {place: read_as[place] for place in source.text_places()}, known_styles)
        rows, notes = [], []
        for place, header in enumerate(source.header):
            entry = by_header[header]
            kind = read_as[place]
            cell, name = f"c{place}", quote_identifier(entry.target)
            settled = name
            if place in styles:
                known = BY_NAME.get(entry.target)
                style = styles[place]
                notes += style_findings(header, kind, style)
                keep_na = entry.target == "customer_id" or "country" in header.lower()
                expression = cells.typed(
                    cell,
                    kind,
                    style,
                    scale=entry.scale,
                    levels=known.levels if known else (),
                    keep_na=keep_na,
                )
                settled = cells.settle(name, kind, style, keep_na)
            else:
                expression = cells.already_typed(cell, kind, entry.scale)
            rows.append((place, entry, expression, settled))
        targets = tuple(entry.target for _, entry, _, _ in rows)
        noted = {source.header[place]: style for place, style in styles.items()}
        return cls(
            source.info.name, tuple(rows), targets, _checks(mapping, targets, kinds), noted, tuple(notes)
        )


def _styles(source: Readable, kinds: dict[int, Kind], known: Styles) -> dict[int, cells.CellStyle]:
    """How each text column is written: as it was read before, else as its cells show."""
    if set(source.header) <= known.keys():
        return {place: known[source.header[place]] for place in kinds}
    return column_styles(source, kinds)


def _checks(mapping: Mapping, targets: Sequence[str], kinds: dict[str, Kind]) -> str:
    """CASE arms of the rules a row must keep, as (column, reason) pairs; first match wins."""
    headers = {entry.target: entry.header for entry in mapping.entries}
    arms: list[tuple[str, str, str]] = []
    if "customer_id" in targets:
        arms.append(
            (
                f"{quote_identifier('customer_id')} IS NULL",
                headers["customer_id"],
                "the customer key is blank",
            )
        )
    elif "customer_id" in kinds:
        arms.append(("true", "customer_id", "the customer key is blank"))
    amounts = [name for name in EXPOSURE_COLUMNS if name in targets]
    if amounts:
        missing = " AND ".join(f"{quote_identifier(name)} IS NULL" for name in amounts)
        arms.append((missing, headers[amounts[0]], "no amount at risk: blank or no number"))
        for name in amounts:
            arms.append((f"{quote_identifier(name)} < 0", headers[name], "the amount at risk is negative"))
            too_large = f"{quote_identifier(name)} > {LARGEST_AMOUNT:.0f}"
            arms.append((too_large, headers[name], "the amount at risk is implausibly large"))
    elif any(name in kinds for name in EXPOSURE_COLUMNS):
        arms.append(("true", "exposure", "no amount at risk: blank or no number"))
    if not arms:
        return "NULL"
    whens = " ".join(
        f"WHEN {test} THEN [{quote_text(column)}, {quote_text(why)}]" for test, column, why in arms
    )
    return f"CASE {whens} END"


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    stage: str,
    quarantine: str,
    plan: _Plan,
    batch: Batch,
    file_number: int,
    tally: _Tally,
) -> None:
    """Type one batch, keep what holds, set aside what does not."""
    rows = batch.table.num_rows
    batch_number = tally.read
    tally.read += rows + len(batch.rejected)
    aside = [(item.line, item.column, item.reason, item.raw) for item in batch.rejected]
    if rows:
        places = pa.array(np.arange(rows, dtype=np.int64))
        incoming = batch.table.append_column("_line", pa.array(batch.lines)).append_column("_place", places)
        # In several pieces, so that the engine's threads share the work.
        pieces = incoming.combine_chunks().to_batches(max_chunksize=PIECE_ROWS)
        cursor.register("incoming", pa.Table.from_batches(pieces))
        typed = ", ".join(
            f"{expression} AS {quote_identifier(entry.target)}" for _, entry, expression, _ in plan.entries
        )
        names = ", ".join(quote_identifier(name) for name in plan.targets)
        settled = ", ".join(
            f"{expression} AS {quote_identifier(entry.target)}" for _, entry, _, expression in plan.entries
        )
        cursor.execute(
            f"INSERT INTO {quote_identifier(stage)} (_file, _line, _place, _batch, _column, _reason, {names}) "
            f"SELECT {file_number}, _line, _place, {batch_number}, _why[1], _why[2], {settled} "
            f"FROM (SELECT *, {plan.checks} AS _why FROM (SELECT _line, _place, {typed} FROM incoming))"
        )
        bad = cursor.execute(
            f"SELECT _place, _line, _column, _reason FROM {quote_identifier(stage)} "
            "WHERE _batch = ? AND _file = ? AND _reason IS NOT NULL ORDER BY _place",
            [batch_number, file_number],
        ).fetchall()
        aside += [(line, column, reason, batch.raw(place)) for place, line, column, reason in bad]
        _count_unparsed(cursor, stage, plan, batch_number, file_number, tally)
        cursor.unregister("incoming")
    _set_aside(cursor, quarantine, plan.file, aside, tally)


def _set_aside(
    cursor: duckdb.DuckDBPyConnection,
    quarantine: str,
    file: str,
    aside: list[tuple[int, str, str, str]],
    tally: _Tally,
) -> None:
    """Keep rows set aside, as (line, column, reason, raw), and count them."""
    if not aside:
        return
    aside.sort()
    for _, _, reason, _ in aside:
        tally.reject(reason)
    lines, columns, reasons, raws = zip(*aside, strict=True)
    refused = pa.table({"line": lines, "column_name": columns, "reason": reasons, "raw": raws})
    cursor.register("refused", refused)
    cursor.execute(
        f"INSERT INTO {quote_identifier(quarantine)} SELECT ?, line, column_name, reason, raw FROM refused",
        [file],
    )
    cursor.unregister("refused")


def _by_express(
    cursor: duckdb.DuckDBPyConnection,
    source: Readable,
    plan: _Plan,
    kinds: dict[str, Kind],
    stage: str,
    quarantine: str,
    limits: IngestLimits,
    report: Report,
    is_cancelled: IsCancelled,
    tally: _Tally,
) -> Express | None:
    """Read a text file by the engine's own reader, and set aside what breaks a rule; None where it can't."""
    gate = gate_of(cursor)
    if (
        gate is None
        or not isinstance(source, Source)
        or source.info.format != "csv"
        or len(source.header) < 2
    ):
        return None
    fields = [
        Field(place, entry, kinds[entry.target], expression, settled, plan.styles[entry.header])
        for place, entry, expression, settled in plan.entries
    ]
    express = read_express(
        cursor,
        source,
        fields,
        table=stage,
        gate=gate,
        limits=limits,
        report=report,
        is_cancelled=is_cancelled,
    )
    if express is None:
        return None
    name = quote_identifier(stage)
    bad: list[tuple[int, str, str]] = []
    if plan.checks != "NULL":
        found = cursor.execute(
            f"SELECT _at - (SELECT min(rowid) FROM {name}), _why[1], _why[2] "
            f"FROM (SELECT rowid AS _at, {plan.checks} AS _why FROM {name}) WHERE _why IS NOT NULL "
            f"ORDER BY _at LIMIT {MOST_REJECTED + 1}"
        )
        bad = found.fetchall()
    if len(bad) > MOST_REJECTED:
        cursor.execute(f"DROP TABLE {name}")
        return None
    _create_quarantine(cursor, quarantine)
    aside = [(item.line, item.column, item.reason, item.raw) for item in express.feed.rejected]
    if bad:
        lines = express.feed.kept.lines()
        raws = raw_records(source, [place for place, _, _ in bad])
        aside += [
            (int(lines[place]), column, reason, raw)
            for (place, column, reason), raw in zip(bad, raws, strict=True)
        ]
        cursor.execute(f"UPDATE {name} SET _reason = ({plan.checks})[2] WHERE ({plan.checks}) IS NOT NULL")
    _set_aside(cursor, quarantine, plan.file, aside, tally)
    tally.read += express.feed.kept.rows + len(express.feed.rejected)
    tally.unparsed |= {field.entry.header: (count, example) for field, count, example in express.unread}
    return express


def _is_one_each(
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


def _become_customers(
    cursor: duckdb.DuckDBPyConnection, stage: str, table: str, dropped: Sequence[str], tally: _Tally
) -> int:
    """Let the table of rows be the table of customers: nothing is copied."""
    name = quote_identifier(stage)
    if tally.reasons:
        cursor.execute(f"DELETE FROM {name} WHERE _reason IS NOT NULL")
    for column in ("_reason", *dropped):
        cursor.execute(f"ALTER TABLE {name} DROP COLUMN {quote_identifier(column)}")
    cursor.execute(f"ALTER TABLE {name} RENAME TO {quote_identifier(table)}")
    return _rows(cursor, table)


def _count_unparsed(
    cursor: duckdb.DuckDBPyConnection, stage: str, plan: _Plan, batch: int, file: int, tally: _Tally
) -> None:
    """Count cells that hold something their column's type can't read; they became NULL."""
    checked = [(place, entry) for place, entry, _, _ in plan.entries if entry.kind != "text"]
    if not checked:
        return
    counts = ", ".join(f"count(*) FILTER ({quote_identifier(entry.target)} IS NULL)" for _, entry in checked)
    where = "WHERE _batch = ? AND _file = ?"
    nulls = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(stage)} {where}", [batch, file])
    for (place, entry), count in zip(checked, nulls or (), strict=True):
        if not count:
            continue
        cell = f"CAST(c{place} AS VARCHAR)"
        row = first_row(
            cursor,
            f"SELECT count(*), min({cell}) FROM incoming WHERE NOT {cells.missing(cell)} AND _place IN "
            f"(SELECT _place FROM {quote_identifier(stage)} {where} AND {quote_identifier(entry.target)} IS NULL)",
            [batch, file],
        )
        if row and row[0]:
            before = tally.unparsed.get(entry.header, (0, row[1]))
            tally.unparsed[entry.header] = (before[0] + int(row[0]), before[1])


def _count(cursor: duckdb.DuckDBPyConnection, stage: str) -> int:
    row = first_row(cursor, f"SELECT count(*) FROM {quote_identifier(stage)} WHERE _reason IS NULL")
    return int(row[0]) if row else 0


def _refuse_all(sources: Sequence[tuple[Readable, Mapping]], tally: _Tally) -> None:
    name = sources[0][0].info.name
    if tally.read == 0:
        raise InputRefused.because("a header but no rows", file=name, line=1, remedy="Export the rows too.")
    reason, count = max(tally.reasons.items(), key=lambda pair: pair[1])
    raise InputRefused.because(
        f"none of the {tally.read:,} rows can be used; {count:,} of them: {reason}",
        file=name,
        remedy="Check which column is the customer and which the amount at risk.",
    )


def _settle_key(
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


def _absent_columns(
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


def _fill_amounts(
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


def _unite(
    cursor: duckdb.DuckDBPyConnection, stage: str, table: str, kinds: dict[str, Kind], key: str
) -> int:
    """Make the customers table: one row a customer, each column by its own rule."""
    stage_name = quote_identifier(stage)
    others = [name for name in kinds if name != "customer_id"]
    select = ", ".join(
        "1.0::DOUBLE AS exposure"
        if name == "exposure" and not _has(cursor, stage, name)
        else quote_identifier(name)
        for name in others
    )
    order = "row_number() OVER (ORDER BY _file, _line)"
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
        identifier = f"'R' || lpad(CAST({order} AS VARCHAR), 7, '0') AS customer_id"
    else:
        identifier = f"CAST({quote_identifier(key.removeprefix('unique:'))} AS VARCHAR) AS customer_id"
    cursor.execute(
        f"CREATE TABLE {quote_identifier(table)} AS SELECT {identifier}, {select}, 1::BIGINT AS facilities "
        f"FROM {stage_name} WHERE _reason IS NULL"
    )
    return _rows(cursor, table)


def _has(cursor: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    return column in cursor.table(table).columns


def _rows(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = first_row(cursor, f"SELECT count(*) FROM {quote_identifier(table)}")
    return int(row[0]) if row else 0


RULES: tuple[tuple[str, frozenset[str], str], ...] = (
    ("paid_with_loss", frozenset({"defaulted", "loss_amount"}), "defaulted = false AND loss_amount > 0"),
    (
        "defaulted_without_loss",
        frozenset({"defaulted", "loss_amount"}),
        "defaulted AND coalesce(loss_amount, 0) = 0",
    ),
    ("loss_above_exposure", frozenset({"loss_amount", "exposure"}), "loss_amount > exposure"),
    ("outcome_missing", frozenset({"defaulted"}), "defaulted IS NULL"),
    (
        "above_limit",
        frozenset({"outstanding_balance", "credit_limit"}),
        "outstanding_balance > credit_limit",
    ),
    (
        "default_before_origination",
        frozenset({"defaulted_on", "originated_on"}),
        "defaulted_on < originated_on",
    ),
    ("share_outside", frozenset({"probability_of_default"}), "probability_of_default NOT BETWEEN 0 AND 1"),
    ("lgd_outside", frozenset({"loss_given_default"}), "loss_given_default NOT BETWEEN 0 AND 1"),
)
"""Plausibility rules: key of the sentence, columns it needs, condition in SQL."""


def _findings(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    kinds: dict[str, Kind],
    tally: _Tally,
    absent: dict[str, int],
    mapping: Mapping,
    key: str,
    accepted: int,
    customers: int,
) -> tuple[Finding, ...]:
    found: list[Finding] = list(tally.notes)
    headers = {entry.target: entry.header for entry in mapping.entries}
    if key == "numbered":
        found.append(Finding("rows_numbered", count=customers, severity=3))
    elif key != "mapped":
        found.append(
            Finding("key_stands_in", headers.get(key.removeprefix("unique:"), ""), customers, severity=2)
        )
    if mapping.exposure_rule == "one_each":
        found.append(Finding("one_each", count=customers, severity=3))
    for name, count in absent.items():
        found.append(Finding("column_counts_as_absent", headers.get(name, name), count, severity=2))
    for header, (count, example) in tally.unparsed.items():
        found.append(Finding("cells_unread", header, count, example[:80], severity=2))
    rules = [(name, test) for name, needs, test in RULES if needs <= kinds.keys()]
    if rules:
        counts = ", ".join(f"count(*) FILTER ({test})" for _, test in rules)
        row = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(table)}")
        for (name, _), count in zip(rules, row or (), strict=True):
            if count:
                found.append(Finding(name, count=int(count), severity=1))
    if customers < accepted:
        found.append(Finding("facilities_united", count=accepted - customers, severity=1))
    extras = [name for name in kinds if name.startswith("x_")]
    if extras:
        found.append(Finding("extra_columns", count=len(extras), detail=", ".join(extras[:8]), severity=0))
    return tuple(sorted(found, key=lambda item: (-item.severity, -item.count)))
