"""What is known of a snapshot beside its rows: its quality report, how it was read, what it came from."""

from __future__ import annotations

import json

import duckdb

from data.engines.sql import first_row


def keep(cursor: duckdb.DuckDBPyConnection, snapshot_id: str, kind: str, body: dict[str, object]) -> None:
    """Keep a detail of a kind (``quality``, ``reading``, ``lineage``); the newest of its kind stays."""
    cursor.execute(
        "INSERT OR REPLACE INTO snapshot_detail VALUES (?, ?, ?)",
        [snapshot_id, kind, json.dumps(body, ensure_ascii=False)],
    ).fetchall()


def get(cursor: duckdb.DuckDBPyConnection, snapshot_id: str, kind: str) -> dict[str, object] | None:
    """Give a detail, or None."""
    row = first_row(
        cursor, "SELECT body FROM snapshot_detail WHERE snapshot_id = ? AND kind = ?", [snapshot_id, kind]
    )
    return dict(json.loads(row[0])) if row else None
