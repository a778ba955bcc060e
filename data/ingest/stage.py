"""Rows of files → one typed table of customers, inside the caller's transaction.

A text file is read by the engine itself where it can be; else batches come from the
readers. Rows that break a rule go to the quarantine with their raw text. At the end the
accepted rows are united by customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from data.contract import EXPOSURE_COLUMNS, Kind
from data.engines.gate import gate_of
from data.engines.sql import first_row, quote_identifier
from data.errors import InputRefused
from data.identity import content_hash
from data.ingest import cells
from data.ingest.account import Account, Finding
from data.ingest.ahead import prefetched
from data.ingest.aside import Tally, create_quarantine, set_aside
from data.ingest.columns import source_findings
from data.ingest.earlier import Earlier
from data.ingest.express import Express, Field, raw_records, read_express, with_lines
from data.ingest.feed import MOST_REJECTED
from data.ingest.limits import IngestLimits, IsCancelled, Progress, Report, never, silent, stop_if
from data.ingest.mapping import Mapping
from data.ingest.plan import Plan
from data.ingest.readable import Readable
from data.ingest.readers import Source
from data.ingest.reading_findings import reading_findings
from data.ingest.row_batches import create_rows, insert_batch
from data.ingest.unite import absent_columns, become_customers, fill_amounts, is_one_each, settle_key, unite

ABSENT_SHARE = 0.99
"""A money column that is zero or blank in at least this share of rows counts as absent."""

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
    tally = Tally()
    styles: dict[str, cells.CellStyle] = {}
    express: Express | None = None
    if may_begin_again and len(sources) == 1 and earlier is None:
        plan = Plan.of(*sources[0], kinds, {})
        express = _by_express(
            cursor, sources[0][0], plan, kinds, stage, quarantine_table, limits, report, is_cancelled, tally
        )
        if express is not None:
            styles = plan.styles
            tally.notes += [*source_findings(sources[0][0]), *plan.notes]
    if express is None:
        create_rows(cursor, stage, kinds)
        create_quarantine(cursor, quarantine_table)
        known_styles = earlier.styles if earlier else {}
        for number, (source, mapping) in enumerate(sources):
            plan = Plan.of(source, mapping, kinds, known_styles)
            styles = {**plan.styles, **styles}
            tally.notes += [*source_findings(source), *plan.notes]
            for batch in prefetched(source.batches()):
                stop_if(is_cancelled)
                insert_batch(cursor, stage, quarantine_table, plan, batch, number, tally)
                limits.check_rows(source.info.name, tally.read)
                report(Progress(tally.read, (number + batch.consumed) / len(sources)))
    if earlier is not None:
        tally.read += earlier.bring(cursor, stage, quarantine_table, kinds, tally.reasons)
    report(Progress(tally.read, 1.0))
    accepted = _count(cursor, stage)
    if accepted == 0:
        _refuse_all(sources, tally)
    first_mapping = sources[0][1]
    key = settle_key(cursor, stage, first_mapping, kinds)
    absent = absent_columns(cursor, stage, kinds, accepted, absent_share)
    fill_amounts(cursor, stage, kinds, absent)
    kept = {name: kind for name, kind in kinds.items() if name not in absent}
    if not any(name in kept for name in EXPOSURE_COLUMNS):
        kept["exposure"] = "money"
    stop_if(is_cancelled)
    rows_table = ""
    if express is not None and keep_rows != "always" and is_one_each(cursor, stage, kinds, kept, key):
        customers = become_customers(
            cursor, stage, table, [name for name in kinds if name not in kept], tally
        )
    else:
        customers = unite(cursor, stage, table, kept, key, is_in_order=express is not None)
        may_join = customers < accepted and bool(tally.reasons)
        rows_table = stage if keep_rows == "always" or (keep_rows == "to_mend" and may_join) else ""
        if not rows_table:
            cursor.execute(f"DROP TABLE {quote_identifier(stage)}")
        elif express is not None:
            with_lines(cursor, express)
    kept = {"customer_id": "text", **{name: kind for name, kind in kept.items() if name != "customer_id"}}
    kept["facilities"] = "integer"
    account = Account(
        rows_read=tally.read,
        rows_accepted=accepted,
        rows_quarantined=sum(tally.reasons.values()),
        customers=customers,
        reasons=tuple(sorted(tally.reasons.items(), key=lambda pair: -pair[1])),
    )
    findings = reading_findings(kept, tally, absent, first_mapping, key, accepted, customers)
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


def _by_express(
    cursor: duckdb.DuckDBPyConnection,
    source: Readable,
    plan: Plan,
    kinds: dict[str, Kind],
    stage: str,
    quarantine: str,
    limits: IngestLimits,
    report: Report,
    is_cancelled: IsCancelled,
    tally: Tally,
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
    create_quarantine(cursor, quarantine)
    aside = [(item.line, item.column, item.reason, item.raw) for item in express.rejected]
    if bad:
        lines = express.kept.lines()
        raws = raw_records(source, [place for place, _, _ in bad])
        aside += [
            (int(lines[place]), column, reason, raw)
            for (place, column, reason), raw in zip(bad, raws, strict=True)
        ]
        cursor.execute(f"UPDATE {name} SET _reason = ({plan.checks})[2] WHERE ({plan.checks}) IS NOT NULL")
    set_aside(cursor, quarantine, plan.file, aside, tally)
    tally.read += express.kept.rows + len(express.rejected)
    tally.unparsed |= {field.entry.header: (count, example) for field, count, example in express.unread}
    return express


def _refuse_all(sources: Sequence[tuple[Readable, Mapping]], tally: Tally) -> None:
    name = sources[0][0].info.name
    if tally.read == 0:
        raise InputRefused.because("a header but no rows", file=name, line=1, remedy="Export the rows too.")
    reason, count = max(tally.reasons.items(), key=lambda pair: pair[1])
    raise InputRefused.because(
        f"none of the {tally.read:,} rows can be used; {count:,} of them: {reason}",
        file=name,
        remedy="Check which column is the customer and which the amount at risk.",
    )


def _count(cursor: duckdb.DuckDBPyConnection, stage: str) -> int:
    row = first_row(cursor, f"SELECT count(*) FROM {quote_identifier(stage)} WHERE _reason IS NULL")
    return int(row[0]) if row else 0
