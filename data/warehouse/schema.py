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
    Migration(
        3,
        "The life of a policy: who wrote, proposed and approved it; drafts, test cases, overrides",
        (
            "ALTER TABLE policy RENAME TO policy_before",
            "CREATE TABLE policy (line_id VARCHAR PRIMARY KEY, policy_id VARCHAR NOT NULL, name VARCHAR NOT NULL, "
            "body VARCHAR NOT NULL, note VARCHAR NOT NULL, author VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, "
            "parent_id VARCHAR NOT NULL, status VARCHAR NOT NULL, revision INTEGER NOT NULL, proposed_by VARCHAR, "
            "proposed_at TIMESTAMP, approved_by VARCHAR, approved_at TIMESTAMP, valid_from DATE, withdrawn_by VARCHAR, "
            "withdrawn_at TIMESTAMP)",
            # Nobody's second signature was asked for before this version: what was approved keeps its date and name.
            "INSERT INTO policy SELECT policy_id, policy_id, name, body, '', created_by, created_at, '', status, 1, "
            "CASE WHEN status <> 'draft' THEN created_by END, CASE WHEN status <> 'draft' THEN created_at END, "
            "CASE WHEN status = 'approved' THEN created_by END, "
            "CASE WHEN status = 'approved' THEN created_at END, valid_from, NULL, NULL FROM policy_before",
            "CREATE TABLE policy_revision (line_id VARCHAR NOT NULL, revision INTEGER NOT NULL, name VARCHAR NOT NULL, "
            "body VARCHAR NOT NULL, person VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL, PRIMARY KEY (line_id, revision))",
            "INSERT INTO policy_revision SELECT policy_id, 1, name, body, created_by, created_at FROM policy_before",
            "DROP TABLE policy_before",
            "CREATE TABLE policy_draft (draft_id VARCHAR PRIMARY KEY, person VARCHAR NOT NULL, body VARCHAR NOT NULL, "
            "revision INTEGER NOT NULL, line_id VARCHAR NOT NULL, line_revision INTEGER NOT NULL, "
            "changed_at TIMESTAMP NOT NULL, is_open BOOLEAN NOT NULL)",
            "CREATE TABLE policy_case (line_id VARCHAR NOT NULL, place INTEGER NOT NULL, customer_id VARCHAR NOT NULL, "
            "tier VARCHAR NOT NULL, reason VARCHAR NOT NULL)",
            "CREATE TABLE tier_override (override_id VARCHAR PRIMARY KEY, customer_id VARCHAR NOT NULL, "
            "tier VARCHAR NOT NULL, reason VARCHAR NOT NULL, author VARCHAR NOT NULL, set_at TIMESTAMP NOT NULL, "
            "expires_on DATE NOT NULL, ended_by VARCHAR, ended_at TIMESTAMP)",
        ),
    ),
    Migration(
        4,
        "Mappings kept for the next file of the same header; what is known of a snapshot beside its rows",
        (
            "CREATE TABLE saved_mapping (header_hash VARCHAR PRIMARY KEY, created_at TIMESTAMP NOT NULL, created_by "
            "VARCHAR NOT NULL, file VARCHAR NOT NULL, body VARCHAR NOT NULL)",
            "CREATE TABLE snapshot_detail (snapshot_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, body VARCHAR NOT NULL, "
            "PRIMARY KEY (snapshot_id, kind))",
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
