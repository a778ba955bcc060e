"""Snapshots of one lender, and the value scale that goes on from one to the next."""

from __future__ import annotations

from data.engines.sql import first_row, quote_identifier
from data.warehouse import records, snapshots
from data.warehouse.snapshots import Snapshot
from segmentation.scoring_model import VERSION, ScoringModel
from segmentation.value import ValueReference
from steps.house import House

LEAST_SHARED = 0.2
"""Share of the smaller snapshot's customers that both must know to be of one lender."""
SAMPLES = ("sample", "simulated")
"""Origins of what the product brings along."""


def earlier_snapshots(house: House, current: Snapshot) -> list[Snapshot]:
    """List snapshots of the same lender: those that share enough customer keys, nearest date first."""
    found = []
    with house.warehouse.cursor() as cursor:
        for other in snapshots.listed(cursor):
            if other.snapshot_id == current.snapshot_id or current.customer_key == "numbered":
                continue
            shared = int(
                first_row(
                    cursor,
                    f"SELECT count(*) FROM {quote_identifier(other.table)} SEMI JOIN "
                    f"{quote_identifier(current.table)} USING (customer_id)",
                )[0]
            )
            fewer = min(other.account.customers, current.account.customers)
            if fewer and shared / fewer >= LEAST_SHARED:
                found.append(other)
    days = {
        other.snapshot_id: abs((current.as_of - other.as_of).days) if current.as_of and other.as_of else 10**6
        for other in found
    }
    return sorted(found, key=lambda other: (days[other.snapshot_id], other.name))


def scale_in_force(house: House, current: Snapshot) -> ValueReference | None:
    """Give the value scale of the lender's nearest snapshot; None when it is the lender's first.

    A scale taken anew from each month's customers would be relative: a bad year would not lower a
    single score. So a new snapshot is measured by the scale there is, with its weights and
    directions, until a person takes it anew. Samples and own portfolios don't lend each other theirs.
    """
    for other in earlier_snapshots(house, current):
        if (other.origin in SAMPLES) is not (current.origin in SAMPLES):
            continue
        with house.warehouse.cursor() as cursor:
            row = records.latest_scored(cursor, other.snapshot_id)
            body = records.model_body(cursor, row.model_id) if row else None
        if body is None or body.get("version") != VERSION:
            continue
        reference = ScoringModel.from_dict(body, "the stored model").reference
        if reference.inputs:
            return reference
    return None
