"""Snapshots: immutable, dated portfolios, named by the hash of their content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb

from data.contract import Kind
from data.engines.sql import first_row, quote_identifier
from data.errors import InputRefused
from data.identity import content_hash, short
from data.ingest.account import Account, Finding
from data.ingest.mapping import Mapping
from data.ingest.stage import Staged

FIELDS = (
    "snapshot_id, name, created_at, created_by, origin, as_of, currency, customer_key, sources, mapping, account, "
    "findings, kinds"
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a snapshot without reading its rows."""

    snapshot_id: str
    name: str
    created_at: datetime
    created_by: str
    origin: str
    as_of: date | None
    currency: str | None
    customer_key: str
    sources: tuple[dict[str, str], ...]
    mapping: Mapping
    account: Account
    findings: tuple[Finding, ...]
    kinds: dict[str, Kind]

    @property
    def table(self) -> str:
        """Table of its customers."""
        return f"customers_{short(self.snapshot_id)}"

    @property
    def quarantine_table(self) -> str:
        """Table of the rows set aside."""
        return f"quarantine_{short(self.snapshot_id)}"

    @property
    def rows_table(self) -> str:
        """Table of the rows before they were united by customer, where rows set aside may join them later."""
        return f"rows_{short(self.snapshot_id)}"


def snapshot_identity(staged: Staged, currency: str | None) -> str:
    """Name a snapshot by what went in and how it was read."""
    return content_hash(
        {"content": staged.content_hash, "currency": currency or "", "key": staged.customer_key}
    )


def find(cursor: duckdb.DuckDBPyConnection, snapshot_id: str) -> Snapshot | None:
    """Look a snapshot up by its identity, whole or shortened; None when there is none."""
    rows = cursor.execute(
        f"SELECT {FIELDS} FROM snapshot WHERE starts_with(snapshot_id, ?)", [snapshot_id]
    ).fetchall()
    return _snapshot(rows[0]) if snapshot_id and len(rows) == 1 else None


def get(cursor: duckdb.DuckDBPyConnection, snapshot_id: str) -> Snapshot:
    """Look a snapshot up.

    Raises
    ------
    InputRefused
        When it is not there (any more).
    """
    found = find(cursor, snapshot_id)
    if found is None:
        raise InputRefused.because(
            "this snapshot is not in the warehouse",
            file=short(snapshot_id),
            remedy="Choose another, or import it again.",
        )
    return found


def listed(cursor: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """List all snapshots, newest first: a person's own before the samples."""
    rows = cursor.execute(
        f"SELECT {FIELDS} FROM snapshot ORDER BY origin IN ('sample', 'simulated'), origin = 'sample', "
        "as_of DESC NULLS LAST, created_at DESC, name"
    ).fetchall()
    return [_snapshot(row) for row in rows]


def commit(
    cursor: duckdb.DuckDBPyConnection,
    staged: Staged,
    *,
    table: str,
    quarantine_table: str,
    name: str,
    person: str,
    origin: str,
    currency: str | None,
    sources: list[dict[str, str]],
    mapping: Mapping,
) -> tuple[Snapshot, bool]:
    """Make a staged portfolio a snapshot, inside the caller's transaction.

    Returns
    -------
    Snapshot, bool
        The snapshot, and whether it is new: the same content twice is recognised.
    """
    identity = snapshot_identity(staged, currency)
    known = find(cursor, identity)
    if known is not None:
        cursor.execute(f"DROP TABLE {quote_identifier(table)}")
        cursor.execute(f"DROP TABLE {quote_identifier(quarantine_table)}")
        if staged.rows_table:
            cursor.execute(f"DROP TABLE {quote_identifier(staged.rows_table)}")
        return known, False
    as_of = None
    if staged.kinds.get("snapshot_date") == "date":
        as_of = first_row(cursor, f"SELECT max(snapshot_date) FROM {quote_identifier(table)}")[0]
    snapshot = Snapshot(
        identity,
        _free_name(cursor, name),
        datetime.now(UTC).replace(tzinfo=None),
        person,
        origin,
        as_of,
        currency,
        staged.customer_key,
        tuple(sources),
        mapping,
        staged.account,
        staged.findings,
        staged.kinds,
    )
    renamed = [(table, snapshot.table), (quarantine_table, snapshot.quarantine_table)]
    if staged.rows_table:
        renamed.append((staged.rows_table, snapshot.rows_table))
    for old, new in renamed:
        cursor.execute(f"ALTER TABLE {quote_identifier(old)} RENAME TO {quote_identifier(new)}")
    cursor.execute(
        f"INSERT INTO snapshot ({FIELDS}) VALUES ({', '.join('?' * 13)})",
        [
            identity,
            snapshot.name,
            snapshot.created_at,
            person,
            origin,
            as_of,
            currency,
            staged.customer_key,
            json.dumps(sources),
            json.dumps(mapping.to_dict()),
            json.dumps(staged.account.to_dict()),
            json.dumps([finding.to_dict() for finding in staged.findings]),
            json.dumps(staged.kinds),
        ],
    )
    return snapshot, True


def rename(cursor: duckdb.DuckDBPyConnection, snapshot_id: str, name: str) -> None:
    """Give a snapshot another name; its identity stays.

    Raises
    ------
    InputRefused
        For a blank name or one that is taken.
    """
    wanted = name.strip()
    if not wanted:
        raise InputRefused.because("the name is blank", file="rename", remedy="Write a name.")
    taken = cursor.execute(
        "SELECT 1 FROM snapshot WHERE name = ? AND snapshot_id <> ?", [wanted, snapshot_id]
    ).fetchall()
    if taken:
        raise InputRefused.because(f"“{wanted}” is taken", file="rename", remedy="Choose another name.")
    cursor.execute("UPDATE snapshot SET name = ? WHERE snapshot_id = ?", [wanted, snapshot_id])


def delete(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Remove a snapshot and all that was computed from it."""
    scored = cursor.execute(
        "SELECT scored_id FROM scored WHERE snapshot_id = ?", [snapshot.snapshot_id]
    ).fetchall()
    for (scored_id,) in scored:
        cursor.execute(f"DROP TABLE IF EXISTS {quote_identifier('scored_' + short(scored_id))}")
        cursor.execute("DELETE FROM finding WHERE scored_id = ?", [scored_id])
    cursor.execute("DELETE FROM finding WHERE scored_id = ?", [snapshot.snapshot_id])
    cursor.execute("DELETE FROM overlay WHERE snapshot_id = ?", [snapshot.snapshot_id])
    cursor.execute("DELETE FROM scored WHERE snapshot_id = ?", [snapshot.snapshot_id])
    cursor.execute(f"DROP TABLE {quote_identifier(snapshot.table)}")
    cursor.execute(f"DROP TABLE {quote_identifier(snapshot.quarantine_table)}")
    cursor.execute(f"DROP TABLE IF EXISTS {quote_identifier(snapshot.rows_table)}")
    cursor.execute("DELETE FROM snapshot_detail WHERE snapshot_id = ?", [snapshot.snapshot_id])
    cursor.execute("DELETE FROM snapshot WHERE snapshot_id = ?", [snapshot.snapshot_id])


def quarantined(
    cursor: duckdb.DuckDBPyConnection, table: str, page: int = 10_000
) -> Iterator[tuple[str, int, str, str, str]]:
    """Read the rows set aside, in file order, page by page."""
    result = cursor.execute(
        f"SELECT file, line, column_name, reason, raw FROM {quote_identifier(table)} ORDER BY file, line"
    )
    while rows := result.fetchmany(page):
        yield from rows


def _free_name(cursor: duckdb.DuckDBPyConnection, wanted: str) -> str:
    base = wanted.strip()[:120] or "portfolio"
    taken = {row[0] for row in cursor.execute("SELECT name FROM snapshot").fetchall()}
    name, number = base, 2
    while name in taken:
        name, number = f"{base} ({number})", number + 1
    return name


def _snapshot(row: tuple[object, ...]) -> Snapshot:
    identity, name, at, by, origin, as_of, currency, key, sources, mapping, account, findings, kinds = row
    return Snapshot(
        str(identity),
        str(name),
        at,  # type: ignore[arg-type]  # a TIMESTAMP column
        str(by),
        str(origin),
        as_of,  # type: ignore[arg-type]  # a DATE column
        None if currency is None else str(currency),
        str(key),
        tuple(json.loads(str(sources))),
        Mapping.from_dict(json.loads(str(mapping))),
        Account.from_dict(json.loads(str(account))),
        tuple(Finding(**item) for item in json.loads(str(findings))),
        json.loads(str(kinds)),
    )
