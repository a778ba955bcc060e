"""Persons' words against the policy's as they are kept: set, ended, never deleted.

They expire by themselves: whoever asks names the day, and no job has to run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb

from data.errors import InputRefused
from data.identity import content_hash
from data.warehouse.records import note

_COLUMNS = "override_id, customer_id, tier, reason, author, set_at, expires_on, ended_by, ended_at"


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An override as it is kept; its texts are hostile."""

    override_id: str
    customer_id: str
    tier: str
    reason: str
    author: str
    set_at: datetime
    expires_on: date
    ended_by: str | None
    ended_at: datetime | None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def set_override(
    cursor: duckdb.DuckDBPyConnection, customer_id: str, tier: str, reason: str, expires_on: date, person: str
) -> str:
    """Keep an override; an earlier one of the same customer ends with it."""
    at = _now()
    override_id = content_hash([customer_id, tier, person, at.isoformat()])
    cursor.execute(
        "UPDATE tier_override SET ended_by = ?, ended_at = ? WHERE customer_id = ? AND ended_at IS NULL",
        [person, at, customer_id],
    ).fetchall()
    cursor.execute(
        "INSERT INTO tier_override VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        [override_id, customer_id, tier, reason, person, at, expires_on],
    ).fetchall()
    note(
        cursor,
        person,
        "set override",
        override_id,
        f"{customer_id}: {tier} until {expires_on.isoformat()}. {reason}",
    )
    return override_id


def end_override(cursor: duckdb.DuckDBPyConnection, override_id: str, person: str) -> None:
    """End an override before its day.

    Raises
    ------
    InputRefused
        When there is none, or it was ended before.
    """
    ended = cursor.execute(
        "UPDATE tier_override SET ended_by = ?, ended_at = ? WHERE override_id = ? AND ended_at IS NULL "
        "RETURNING customer_id",
        [person, _now(), override_id],
    ).fetchall()
    if not ended:
        raise InputRefused.because(
            "it is not there or has ended", file="the override", remedy="Look at the list again."
        )
    note(cursor, person, "end override", override_id, str(ended[0][0]))


def overrides(cursor: duckdb.DuckDBPyConnection) -> list[OverrideRow]:
    """All overrides, in the order they were set."""
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM tier_override ORDER BY set_at, override_id").fetchall()
    return [OverrideRow(*row) for row in rows]


def alive(cursor: duckdb.DuckDBPyConnection, on: date) -> list[OverrideRow]:
    """Those that count on a day: neither ended nor expired."""
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM tier_override WHERE ended_at IS NULL AND expires_on > ? ORDER BY set_at, override_id",
        [on],
    ).fetchall()
    return [OverrideRow(*row) for row in rows]
