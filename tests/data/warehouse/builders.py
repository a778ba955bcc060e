"""A warehouse and a snapshot in it, for the tests of this room."""

from __future__ import annotations

from pathlib import Path

from data.ingest.limits import IngestLimits
from data.ingest.mapping import Mapping, propose_mapping
from data.ingest.readers import open_source
from data.ingest.stage import stage_files
from data.warehouse import snapshots
from data.warehouse.house import Warehouse
from data.warehouse.snapshots import Snapshot

TEXT = "customer_id,exposure,as of date\nA,1,2024-01-31\nB,2,2024-02-29\n,3,2024-01-31\n"


def take_in(
    warehouse: Warehouse,
    folder: Path,
    text: str = TEXT,
    name: str = "mine",
    currency: str | None = "EUR",
    origin: str = "upload",
) -> tuple[Snapshot, bool]:
    """Read a text into the warehouse as the pipeline does: staged and committed in one transaction."""
    path = folder / "in.csv"
    path.write_text(text)
    source = open_source(path)
    # As it is kept: what the mapping does, without the candidates it was chosen from.
    mapping = Mapping.from_dict(propose_mapping(source.header, source.sample()).to_dict())
    with warehouse.transaction() as cursor:
        staged = stage_files(
            cursor, [(source, mapping)], table="work_t", quarantine_table="work_q", limits=IngestLimits()
        )
        return snapshots.commit(
            cursor, staged, table="work_t", quarantine_table="work_q", name=name, person="tester", origin=origin,
            currency=currency, sources=[{"file": "in.csv"}], mapping=mapping,
        )  # fmt: skip


def tables(warehouse: Warehouse) -> set[str]:
    with warehouse.cursor() as cursor:
        return {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
