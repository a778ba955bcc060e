"""The warehouse's tables and how they came to be, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from data.engines.sql import first_row
from data.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a version of the schema to the next."""

    version: int
    sentence: str
    statements: tuple[str, ...]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "Snapshots, models, scored tables, policies and the audit trail",
        (
            "CREATE TABLE snapshot (snapshot_id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, created_at TIMESTAMP "
            "NOT NULL, created_by VARCHAR NOT NULL, origin VARCHAR NOT NULL, as_of DATE, currency VARCHAR, "
            "customer_key VARCHAR NOT NULL, sources VARCHAR NOT NULL, mapping VARCHAR NOT NULL, account VARCHAR NOT NULL, "
            "findings VARCHAR NOT NULL, kinds VARCHAR NOT NULL)",
            "CREATE TABLE model (model_id VARCHAR PRIMARY KEY, created_at TIMESTAMP NOT NULL, body VARCHAR NOT NULL)",
            "CREATE TABLE scored (scored_id VARCHAR PRIMARY KEY, snapshot_id VARCHAR NOT NULL, model_id VARCHAR NOT NULL, "
            "created_at TIMESTAMP NOT NULL, facts VARCHAR NOT NULL)",
            "CREATE TABLE policy (policy_id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, "
            "created_by VARCHAR NOT NULL, status VARCHAR NOT NULL, valid_from DATE, body VARCHAR NOT NULL)",
            "CREATE TABLE audit (number BIGINT PRIMARY KEY, happened_at TIMESTAMP NOT NULL, person VARCHAR NOT NULL, "
            "action VARCHAR NOT NULL, object VARCHAR NOT NULL, detail VARCHAR NOT NULL, previous VARCHAR NOT NULL, "
            "hash VARCHAR NOT NULL)",
        ),
    ),
    Migration(
        2,
        "What people decide: risk appetite and scenario weights, overlays",
        (
            "CREATE TABLE judgement (judgement_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, created_at TIMESTAMP "
            "NOT NULL, created_by VARCHAR NOT NULL, body VARCHAR NOT NULL)",
            "CREATE TABLE overlay (overlay_id VARCHAR PRIMARY KEY, snapshot_id VARCHAR NOT NULL, created_at TIMESTAMP "
            "NOT NULL, created_by VARCHAR NOT NULL, body VARCHAR NOT NULL, status VARCHAR NOT NULL)",
            "CREATE TABLE finding (scored_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, "
            "body VARCHAR NOT NULL, PRIMARY KEY (scored_id, kind))",
        ),
    ),
)


def migrate(cursor: duckdb.DuckDBPyConnection, path: str) -> None:
    """Bring a warehouse file to today's schema, each step in a transaction.

    Raises
    ------
    InputRefused
        When the file comes from a newer Stratum.
    """
    cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER, sentence VARCHAR)").fetchall()
    current = int(first_row(cursor, "SELECT coalesce(max(version), 0) FROM schema_version")[0])
    newest = MIGRATIONS[-1].version
    if current > newest:
        raise InputRefused.because(
            f"the warehouse has version {current}, this Stratum knows {newest}",
            file=path,
            remedy="Use the newer Stratum that wrote it.",
        )
    for step in MIGRATIONS:
        if step.version <= current:
            continue
        cursor.execute("BEGIN")
        try:
            for statement in step.statements:
                cursor.execute(statement)
            cursor.execute("INSERT INTO schema_version VALUES (?, ?)", [step.version, step.sentence])
            cursor.execute("COMMIT")
        except duckdb.Error:
            cursor.execute("ROLLBACK")
            raise
