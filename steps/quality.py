"""The quality report of a snapshot: made once, kept with it; the customers one of its sentences is about."""

from __future__ import annotations

import pandas as pd

from data.ingest.quality import QualityFinding, QualityReport, quality_report, rows_query
from data.people import Person
from data.warehouse import details
from data.warehouse.snapshots import Snapshot
from steps.files import masked
from steps.house import House

MOST_ROWS = 50_000
"""Customers a list of one finding holds."""


def quality_of(house: House, snapshot: Snapshot) -> QualityReport:
    """Give a snapshot's quality report; one taken in by an older Stratum is looked over now."""
    with house.lock_for(f"quality {snapshot.snapshot_id}"):
        with house.warehouse.cursor() as cursor:
            kept = details.get(cursor, snapshot.snapshot_id, "quality")
        if kept is not None:
            return QualityReport.from_dict(kept)
        with house.warehouse.transaction() as cursor:
            report = quality_report(
                cursor, snapshot.table, snapshot.kinds, headers_of(snapshot), snapshot.mapping.late_headers
            )
            details.keep(cursor, snapshot.snapshot_id, "quality", report.to_dict())
        return report


def headers_of(snapshot: Snapshot) -> dict[str, str]:
    """Source header of each column."""
    return {entry.target: entry.header for entry in snapshot.mapping.entries}


def quality_rows(house: House, snapshot: Snapshot, finding: QualityFinding, person: Person) -> pd.DataFrame:
    """Give the customers a finding is about, what the person may not see left blank."""
    report = quality_of(house, snapshot)
    query = rows_query(snapshot.table, report, finding, snapshot.kinds, headers_of(snapshot), MOST_ROWS)
    if not query:
        return pd.DataFrame()
    with house.warehouse.cursor() as cursor:
        rows: pd.DataFrame = cursor.execute(query).df()
    return masked(rows, person)
