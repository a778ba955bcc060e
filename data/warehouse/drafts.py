"""What people are moving just now: a draft a visit, kept so that it survives a closed browser.

Each statement stands alone and commits by itself: a move of a threshold never waits for a
long import. A visit names the revision it last kept; when another window has gone on from
the same draft meanwhile, the visit's version becomes a draft of its own, so neither is lost.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from data.engines.sql import first_row

MOST_DRAFTS = 20
"""Drafts kept a person; the longest untouched goes."""
_COLUMNS = "draft_id, person, body, revision, line_id, line_revision, changed_at, is_open"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it is kept.

    Attributes
    ----------
    draft_id : str
        Its identity.
    person : str
        Whose.
    body : str
        The policy as TOML.
    revision : int
        Grows with each move.
    line_id, line_revision : str, int
        Named policy and version it was opened from; empty and 0 when from none.
    changed_at : datetime
        Last move, UTC.
    is_open : bool
        Whether the next visit takes it up; false once put away.
    """

    draft_id: str
    person: str
    body: str
    revision: int
    line_id: str
    line_revision: int
    changed_at: datetime
    is_open: bool


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def begin_draft(
    cursor: duckdb.DuckDBPyConnection, person: str, body: str, line_id: str = "", line_revision: int = 0
) -> DraftRow:
    """Keep a new draft."""
    row = DraftRow(secrets.token_hex(16), person, body, 1, line_id, line_revision, _now(), True)
    cursor.execute(
        "INSERT INTO policy_draft VALUES (?, ?, ?, 1, ?, ?, ?, true)",
        [row.draft_id, person, body, line_id, line_revision, row.changed_at],
    ).fetchall()
    return row


def move_draft(
    cursor: duckdb.DuckDBPyConnection, draft_id: str, seen: int, person: str, body: str
) -> int | None:
    """Keep a move; give the new revision, or None when another window has gone on meanwhile."""
    row = first_row(
        cursor,
        "UPDATE policy_draft SET body = ?, revision = revision + 1, changed_at = ?, is_open = true "
        "WHERE draft_id = ? AND person = ? AND revision = ? RETURNING revision",
        [body, _now(), draft_id, person, seen],
    )
    return int(row[0]) if row else None


def put_away(cursor: duckdb.DuckDBPyConnection, draft_id: str, person: str) -> None:
    """Put a draft away: it stays on its person's list, the next visit does not take it up."""
    cursor.execute(
        "UPDATE policy_draft SET is_open = false WHERE draft_id = ? AND person = ?", [draft_id, person]
    ).fetchall()


def drafts_of(cursor: duckdb.DuckDBPyConnection, person: str) -> list[DraftRow]:
    """A person's drafts, the last moved first."""
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM policy_draft WHERE person = ? ORDER BY changed_at DESC, draft_id", [person]
    ).fetchall()
    return [DraftRow(*row) for row in rows]


def prune_drafts(cursor: duckdb.DuckDBPyConnection, person: str) -> None:
    """Let go of a person's longest untouched drafts beyond `MOST_DRAFTS`."""
    cursor.execute(
        "DELETE FROM policy_draft WHERE draft_id IN (SELECT draft_id FROM policy_draft WHERE person = ? "
        "ORDER BY changed_at DESC, draft_id OFFSET ?)",
        [person, MOST_DRAFTS],
    ).fetchall()


def follow_line(
    cursor: duckdb.DuckDBPyConnection, draft_id: str, person: str, line_id: str, line_revision: int
) -> None:
    """Note which version of which named policy a draft goes on from."""
    cursor.execute(
        "UPDATE policy_draft SET line_id = ?, line_revision = ? WHERE draft_id = ? AND person = ?",
        [line_id, line_revision, draft_id, person],
    ).fetchall()
