"""Models and scored tables: immutable bodies under their content hash; and the audit trail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from data.engines.sql import first_row
from data.identity import content_hash


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def keep_model(cursor: duckdb.DuckDBPyConnection, model_id: str, body: dict[str, object]) -> None:
    """Keep a scoring model; keeping it twice changes nothing."""
    cursor.execute("INSERT OR IGNORE INTO model VALUES (?, ?, ?)", [model_id, _now(), json.dumps(body)])


def model_body(cursor: duckdb.DuckDBPyConnection, model_id: str) -> dict[str, object] | None:
    """Give a model's JSON, or None."""
    row = first_row(cursor, "SELECT body FROM model WHERE model_id = ?", [model_id])
    return dict(json.loads(row[0])) if row else None


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One snapshot scored by one model."""

    scored_id: str
    snapshot_id: str
    model_id: str
    facts: dict[str, object]


def keep_scored(cursor: duckdb.DuckDBPyConnection, row: ScoredRow) -> None:
    """Note that a snapshot was scored."""
    cursor.execute(
        "INSERT INTO scored VALUES (?, ?, ?, ?, ?)",
        [row.scored_id, row.snapshot_id, row.model_id, _now(), json.dumps(row.facts)],
    )


def renew_scored(cursor: duckdb.DuckDBPyConnection, scored_id: str) -> None:
    """Make an earlier scoring the newest of its snapshot again: somebody has gone back to its model."""
    cursor.execute("UPDATE scored SET created_at = ? WHERE scored_id = ?", [_now(), scored_id]).fetchall()


def scored_row(cursor: duckdb.DuckDBPyConnection, scored_id: str) -> ScoredRow | None:
    """Look a scored table up, or None."""
    row = first_row(
        cursor, "SELECT scored_id, snapshot_id, model_id, facts FROM scored WHERE scored_id = ?", [scored_id]
    )
    return ScoredRow(row[0], row[1], row[2], json.loads(row[3])) if row else None


def latest_scored(cursor: duckdb.DuckDBPyConnection, snapshot_id: str) -> ScoredRow | None:
    """The newest scoring of a snapshot, or None."""
    row = first_row(
        cursor,
        "SELECT scored_id, snapshot_id, model_id, facts FROM scored WHERE snapshot_id = ? ORDER BY created_at DESC LIMIT 1",
        [snapshot_id],
    )
    return ScoredRow(row[0], row[1], row[2], json.loads(row[3])) if row else None


def keep_finding(
    cursor: duckdb.DuckDBPyConnection, scored_id: str, kind: str, body: dict[str, object]
) -> None:
    """Keep what a long calculation found of a scored table (``validation``, ``simulation``); the newest stays.

    What rests on the file's own columns alone (``response``) is kept by the snapshot's identity.
    """
    cursor.execute("DELETE FROM finding WHERE scored_id = ? AND kind = ?", [scored_id, kind]).fetchall()
    cursor.execute(
        "INSERT INTO finding VALUES (?, ?, ?, ?)", [scored_id, kind, _now(), json.dumps(body)]
    ).fetchall()


def finding(cursor: duckdb.DuckDBPyConnection, scored_id: str, kind: str) -> dict[str, object] | None:
    """Give what was found before, or None."""
    row = first_row(cursor, "SELECT body FROM finding WHERE scored_id = ? AND kind = ?", [scored_id, kind])
    return dict(json.loads(row[0])) if row else None


def note(cursor: duckdb.DuckDBPyConnection, person: str, action: str, thing: str, detail: str = "") -> None:
    """Append a line to the audit trail; each line holds the hash of the one before."""
    last = first_row(cursor, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
    number, previous = (int(last[0]) + 1, str(last[1])) if last else (1, "")
    at = _now()
    digest = _line_hash(number, at, person, action, thing, detail, previous)
    cursor.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [number, at, person, action, thing, detail, previous, digest],
    )


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail: who did what to which thing, when."""

    number: int
    at: datetime
    person: str
    action: str
    thing: str
    detail: str


def notes_of(cursor: duckdb.DuckDBPyConnection, things: Sequence[str]) -> list[AuditLine]:
    """Lines of the audit trail about some things, the newest first."""
    rows = cursor.execute(
        "SELECT number, happened_at, person, action, object, detail FROM audit "
        "WHERE list_contains(?::VARCHAR[], object) ORDER BY number DESC",
        [list(things)],
    ).fetchall()
    return [AuditLine(*row) for row in rows]


def broken_audit_line(cursor: duckdb.DuckDBPyConnection) -> int | None:
    """Number of the first line of the audit trail that was tampered with, or None."""
    previous = ""
    rows = cursor.execute("SELECT * FROM audit ORDER BY number").fetchall()
    for expected, (number, at, person, action, thing, detail, before, digest) in enumerate(rows, 1):
        honest = _line_hash(number, at, person, action, thing, detail, previous)
        if number != expected or before != previous or digest != honest:
            return int(number)
        previous = digest
    return None


def _line_hash(
    number: int, at: datetime, person: str, action: str, thing: str, detail: str, previous: str
) -> str:
    return content_hash([number, at.isoformat(), person, action, thing, detail, previous])
