"""What people decide and the warehouse keeps: risk appetite, overlays, weights of scenarios.

Each is a body of plain JSON under its content hash. Nothing is changed in place: a new
appetite is a new row, an overlay is approved or withdrawn once, and each step is noted in
the audit trail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from data.engines.sql import first_row
from data.errors import InputRefused
from data.identity import content_hash
from data.warehouse.records import note


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def keep_setting(cursor: duckdb.DuckDBPyConnection, kind: str, body: dict[str, object], person: str) -> None:
    """Keep a judgement of a kind (``appetite``, ``impairment``); the newest of its kind is in force."""
    cursor.execute(
        "INSERT INTO judgement VALUES (?, ?, ?, ?, ?)",
        [content_hash([kind, body, _now().isoformat()]), kind, _now(), person, json.dumps(body)],
    ).fetchall()
    note(cursor, person, f"set {kind}", kind, json.dumps(body))


def setting_in_force(cursor: duckdb.DuckDBPyConnection, kind: str) -> dict[str, object] | None:
    """Give the newest judgement of a kind, or None."""
    row = first_row(
        cursor, "SELECT body FROM judgement WHERE kind = ? ORDER BY created_at DESC LIMIT 1", [kind]
    )
    return dict(json.loads(row[0])) if row else None


def setter_of(cursor: duckdb.DuckDBPyConnection, kind: str) -> str:
    """Name who set the newest judgement of a kind; empty when nobody has."""
    row = first_row(
        cursor, "SELECT created_by FROM judgement WHERE kind = ? ORDER BY created_at DESC LIMIT 1", [kind]
    )
    return str(row[0]) if row else ""


def settings_kept(cursor: duckdb.DuckDBPyConnection, kind: str) -> list[dict[str, object]]:
    """List all judgements of a kind, oldest first."""
    rows = cursor.execute(
        "SELECT body FROM judgement WHERE kind = ? ORDER BY created_at, judgement_id", [kind]
    ).fetchall()
    return [dict(json.loads(row[0])) for row in rows]


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """An overlay as it is kept.

    Attributes
    ----------
    overlay_id : str
        Content hash of what was asked for.
    snapshot_id : str
        Portfolio it belongs to.
    body : dict
        As `segmentation.risk.overlay` writes it; its approver is empty until approved.
    status : str
        ``proposed``, ``approved`` or ``withdrawn``.
    """

    overlay_id: str
    snapshot_id: str
    body: dict[str, object]
    status: str


def propose_overlay(
    cursor: duckdb.DuckDBPyConnection, snapshot_id: str, body: dict[str, object], person: str
) -> str:
    """Keep an overlay somebody asks for; nobody has approved it yet."""
    overlay_id = content_hash([snapshot_id, body, _now().isoformat()])
    cursor.execute(
        "INSERT INTO overlay VALUES (?, ?, ?, ?, ?, 'proposed')",
        [overlay_id, snapshot_id, _now(), person, json.dumps(body)],
    ).fetchall()
    note(cursor, person, "propose overlay", overlay_id, json.dumps(body))
    return overlay_id


def overlays_of(cursor: duckdb.DuckDBPyConnection, snapshot_id: str) -> list[OverlayRow]:
    """List a portfolio's overlays in the order they were asked for, withdrawn ones too."""
    rows = cursor.execute(
        "SELECT overlay_id, snapshot_id, body, status FROM overlay WHERE snapshot_id = ? ORDER BY created_at, overlay_id",
        [snapshot_id],
    ).fetchall()
    return [OverlayRow(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]


def settle_overlay(
    cursor: duckdb.DuckDBPyConnection, overlay_id: str, status: str, body: dict[str, object], person: str
) -> None:
    """Approve or withdraw an overlay.

    Raises
    ------
    InputRefused
        When it is gone, or was settled before in the same way.
    """
    row = first_row(cursor, "SELECT status FROM overlay WHERE overlay_id = ?", [overlay_id])
    allowed = {"approved": ("proposed",), "withdrawn": ("proposed", "approved")}
    if row is None or row[0] not in allowed[status]:
        raise InputRefused.because(
            f"the overlay can't be {status}: it is {row[0] if row else 'gone'}",
            file=overlay_id[:12],
            remedy="Look at the list again.",
        )
    cursor.execute(
        "UPDATE overlay SET status = ?, body = ? WHERE overlay_id = ?", [status, json.dumps(body), overlay_id]
    ).fetchall()
    note(cursor, person, f"{status} overlay", overlay_id)
