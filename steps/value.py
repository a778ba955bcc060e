"""The value score's frozen reference: how it stands, what other weights or a new baseline would change."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of, hash_sample, materialise
from data.engines.sql import first_row
from data.people import Person
from data.warehouse import records, snapshots
from data.warehouse.snapshots import Snapshot
from segmentation.cube import NAMES
from segmentation.policy import Policy
from segmentation.scoring_model import ScoreOptions
from segmentation.value import ValueReference, fit_value_reference, with_value_score
from segmentation.value_reference import Drift, reference_drift, reweighted
from segmentation.value_weights import ValueWeights
from steps.files import masked
from steps.house import House
from steps.scoring import Scored, score_snapshot, taken_from
from steps.tiers import tiered_frame

VALUE_COLUMNS = (
    "value_contribution", "value_capacity", "value_conduct", "value_loyalty", "value_score", "value_coverage",
    "value_step",
)  # fmt: skip


MOST_MOVERS = 1_000


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """A portfolio's value reference and how far its customers have moved from it.

    Attributes
    ----------
    reference : ValueReference
        In force.
    baseline : Snapshot or None
        The snapshot it was taken from; None when it is gone, or came with a model.
    drifts : tuple of Drift
        Input by input, largest shift first.
    coverage : float
        Mean `value_coverage` of customers.
    barred : int
        Customers below the policy's coverage gate, at most Core.
    """

    reference: ValueReference
    baseline: Snapshot | None
    drifts: tuple[Drift, ...]
    coverage: float
    barred: int


def reference_picture(house: House, scored: Scored, policy: Policy) -> ReferencePicture:
    """Say what the value score is measured against, and how it has aged."""
    reference = scored.model.reference
    with house.warehouse.cursor() as cursor:
        sample = _sample(cursor, house, scored)
        drifts = reference_drift(sample, reference, fetch)
        known = {entry.snapshot_id: entry for entry in snapshots.listed(cursor)}
        row = fetch(
            frame_of(cursor, scored.table).select(
                nw.col("value_coverage").mean().alias("coverage"),
                nw.when(nw.col("value_coverage") < policy.coverage_gate)
                .then(nw.lit(1))
                .otherwise(nw.lit(0))
                .sum()
                .alias("barred"),
            )
        ).iloc[0]
    return ReferencePicture(
        reference,
        known.get(reference.baseline),
        drifts,
        float(row["coverage"] or 0.0),
        int(row["barred"] or 0),
    )


def _sample(cursor: duckdb.DuckDBPyConnection, house: House, scored: Scored) -> Frame:
    query = hash_sample(cursor, scored.table, house.settings.sample_rows, scored.model.seed)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE value_sample AS {query}").fetchall()
    return frame_of(cursor, "value_sample")


@dataclass(frozen=True, slots=True)
class ValueTrial:
    """What another reference would change; nothing is kept yet.

    Attributes
    ----------
    reference : ValueReference
        The proposal.
    moves, exposure_moves : tuple of tuple
        Customers and exposure by tier now (rows) and under the proposal (columns), in `NAMES`' order.
    mean_before, mean_after : float
        Mean value score.
    movers : pandas.DataFrame
        Who would change tier, largest exposure first, at most 1,000 rows: customer_id, name (None
        where the person may not see it), was, tier, score_was, value_score, exposure_at_default.
        Texts are hostile.
    """

    reference: ValueReference
    moves: tuple[tuple[int, ...], ...]
    exposure_moves: tuple[tuple[float, ...], ...]
    mean_before: float
    mean_after: float
    movers: pd.DataFrame

    @property
    def moved(self) -> int:
        """Customers who would change tier."""
        return sum(n for i, row in enumerate(self.moves) for j, n in enumerate(row) if i != j)


def try_weights(
    house: House,
    scored: Scored,
    weights: ValueWeights,
    policy: Policy,
    person: Person,
    *,
    rebaseline: bool,
) -> ValueTrial:
    """Try other weights on the frozen curves, or curves taken anew from this snapshot, and say who would move."""
    with house.warehouse.cursor() as cursor:
        if rebaseline:
            fitted = fit_value_reference(_sample(cursor, house, scored), fetch, weights)
            reference = taken_from(fitted, scored.snapshot)
        else:
            reference = reweighted(scored.model.reference, weights)
        frame = frame_of(cursor, scored.table)
        now = tiered_frame(frame, policy).select(
            "customer_id", "name", nw.col("tier").alias("was"), nw.col("value_score").alias("score_was")
        )
        rescored = with_value_score(frame.drop(*VALUE_COLUMNS), reference)
        then = tiered_frame(rescored, policy).select(
            "customer_id", "tier", "value_score", "exposure_at_default"
        )
        materialise(cursor, now, "trial_now", temporary=True)
        materialise(cursor, then, "trial_then", temporary=True)
        rows = cursor.execute(
            "SELECT was, tier, count(*) AS customers, coalesce(sum(exposure_at_default), 0) AS exposure "
            "FROM trial_now JOIN trial_then USING (customer_id) GROUP BY ALL"
        ).fetchall()
        movers = cursor.execute(
            "SELECT customer_id, name, was, tier, score_was, value_score, exposure_at_default FROM trial_now "
            "JOIN trial_then USING (customer_id) WHERE was <> tier "
            "ORDER BY exposure_at_default DESC NULLS LAST, customer_id LIMIT ?",
            [MOST_MOVERS],
        ).df()
        before, after = first_row(
            cursor,
            "SELECT (SELECT avg(score_was) FROM trial_now), (SELECT avg(value_score) FROM trial_then)",
        )
    place = {name: at for at, name in enumerate(NAMES)}
    moves = np.zeros((len(NAMES), len(NAMES)), dtype=np.int64)
    exposure = np.zeros((len(NAMES), len(NAMES)))
    for was, tier, customers, amount in rows:
        moves[place[was], place[tier]] = customers
        exposure[place[was], place[tier]] = amount
    return ValueTrial(
        reference,
        tuple(tuple(int(n) for n in row) for row in moves),
        tuple(tuple(float(n) for n in row) for row in exposure),
        float(before or 0.0),
        float(after or 0.0),
        masked(movers, person),
    )


def use_reference(house: House, scored: Scored, reference: ValueReference, person: Person) -> str:
    """Put another value reference in force for a portfolio and score it; noted in the audit trail.

    Returns
    -------
    str
        Identity of the new scored table.
    """
    person.require("edit_policy")
    model = replace(scored.model, reference=reference)
    scored_id = score_snapshot(house, scored.snapshot.snapshot_id, ScoreOptions(), model)
    house.warehouse.retried(
        lambda cursor: records.note(
            cursor, person.name, "set value reference", scored.snapshot.snapshot_id, model.identity
        )
    )
    return scored_id
