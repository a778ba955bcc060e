"""A snapshot becomes a scored table: fit or take a model, run its formulas once, open the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb

from data.engines.functions import Frame, fetch, frame_of, hash_sample, materialise, ranked_sums
from data.errors import InputRefused
from data.identity import content_hash, short
from data.ingest.headers import is_protected
from data.warehouse import records, snapshots
from data.warehouse.snapshots import Snapshot
from segmentation.clustering.profile import SegmentProfile, segment_profiles
from segmentation.fit import fit_scoring_model
from segmentation.overview import Assumption, PortfolioFacts, assumption_facts, portfolio_facts
from segmentation.score import score
from segmentation.scoring_model import VERSION, PortfolioColumn, ScoreOptions, ScoringModel, portfolio_columns
from segmentation.value import ValueReference
from steps.house import House
from steps.lenders import scale_in_force

PROFIT_STEPS = 100


@dataclass(frozen=True, slots=True)
class Scored:
    """A snapshot scored by a model, ready to be asked.

    Attributes
    ----------
    scored_id : str
        Identity: snapshot and model.
    snapshot : Snapshot
        What was scored.
    model : ScoringModel
        By what.
    facts : PortfolioFacts
        What the overview says.
    assumptions : tuple of Assumption
        What rests on what, with the share of exposure.
    profiles : tuple of SegmentProfile
        One a segment.
    view : str
        Name of the view that narrows or completes the table; empty: the table itself.
    """

    scored_id: str
    snapshot: Snapshot
    model: ScoringModel
    facts: PortfolioFacts
    assumptions: tuple[Assumption, ...]
    profiles: tuple[SegmentProfile, ...]
    view: str = ""

    @property
    def table(self) -> str:
        """Table of the scored customers, or the view of it that is looked at."""
        return self.view or f"scored_{short(self.scored_id)}"


def columns_of(snapshot: Snapshot) -> tuple[PortfolioColumn, ...]:
    """Describe a snapshot's columns as a fit reads them."""
    headers = {entry.target: entry.header for entry in snapshot.mapping.entries}
    late = snapshot.mapping.late_headers
    return portfolio_columns(snapshot.kinds, headers, is_protected, late.__contains__)


def _keeper(cursor: duckdb.DuckDBPyConnection, prefix: str) -> Callable[[Frame], Frame]:
    """Make the function that runs a frame once and keeps it as a temporary table of the cursor."""
    counter = [0]

    def keep(frame: Frame) -> Frame:
        counter[0] += 1
        name = f"{prefix}_{counter[0]}"
        materialise(cursor, frame, name, temporary=True)
        return frame_of(cursor, name)

    return keep


def fit_model(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, options: ScoreOptions, sample_rows: int
) -> ScoringModel:
    """Fit a model on a seeded sample of a snapshot."""
    sample = "model_sample"
    query = hash_sample(cursor, snapshot.table, sample_rows, options.seed)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {sample} AS {query}").fetchall()
    model = fit_scoring_model(
        frame_of(cursor, sample),
        columns_of(snapshot),
        options,
        mapping=snapshot.mapping.to_dict(),
        currency=snapshot.currency,
        fetch=fetch,
        keep=_keeper(cursor, "fit"),
    )
    if options.reference is not None:
        return model
    return replace(model, reference=taken_from(model.reference, snapshot))


def taken_from(reference: ValueReference, snapshot: Snapshot) -> ValueReference:
    """Note in a value reference which snapshot it was taken from."""
    as_of = snapshot.as_of.isoformat() if snapshot.as_of else ""
    return replace(reference, baseline=snapshot.snapshot_id, as_of=as_of)


def score_snapshot(
    house: House, snapshot_id: str, options: ScoreOptions, model: ScoringModel | None = None
) -> str:
    """Score a snapshot, with a model given or fitted on it; a twin of earlier work is recognised.

    Returns
    -------
    str
        Identity of the scored table.
    """
    with house.lock_for(f"score {snapshot_id}"), house.warehouse.transaction() as cursor:
        snapshot = snapshots.get(cursor, snapshot_id)
        used = model or fit_model(cursor, snapshot, options, house.settings.sample_rows)
        return score_table(cursor, snapshot, used)


def score_first(house: House, snapshot_id: str) -> str:
    """Score a snapshot that has no model yet: one is fitted, the lender's value scale goes on.

    Returns
    -------
    str
        Identity of the scored table.
    """
    with house.warehouse.cursor() as cursor:
        snapshot = snapshots.get(cursor, snapshot_id)
    return score_snapshot(house, snapshot_id, ScoreOptions(reference=scale_in_force(house, snapshot)))


def score_table(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, model: ScoringModel) -> str:
    """Score a snapshot into its table; what was done before is only made the newest again."""
    scored_id = content_hash({"snapshot": snapshot.snapshot_id, "model": model.identity})
    if records.scored_row(cursor, scored_id) is not None:
        records.renew_scored(cursor, scored_id)
        return scored_id
    table = f"scored_{short(scored_id)}"
    keep = _keeper(cursor, "score")
    frame = score(frame_of(cursor, snapshot.table), model, keep)
    materialise(cursor, frame, table)
    records.keep_model(cursor, model.identity, model.to_dict())
    facts: dict[str, object] = {}
    records.keep_scored(cursor, records.ScoredRow(scored_id, snapshot.snapshot_id, model.identity, facts))
    return scored_id


def scored_aside(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, model: ScoringModel) -> Frame:
    """Score a snapshot by another model for one question: a temporary table of the cursor, gone with it."""
    keep = _keeper(cursor, "aside")
    return keep(score(frame_of(cursor, snapshot.table), model, keep))


def open_scored(house: House, snapshot_id: str) -> Scored:
    """Open the newest scoring of a snapshot; score it when there is none.

    Raises
    ------
    InputRefused
        When the snapshot is gone.
    """
    with house.warehouse.cursor() as cursor:
        row = records.latest_scored(cursor, snapshot_id)
        body = records.model_body(cursor, row.model_id) if row else None
    if body is None or body.get("version") != VERSION:
        # Never scored, or by an older Stratum whose formulas were others.
        score_first(house, snapshot_id)
    with house.warehouse.cursor() as cursor:
        row = records.latest_scored(cursor, snapshot_id)
        if row is None:
            raise InputRefused.because(
                "it could not be scored", file=short(snapshot_id), remedy="Import it again."
            )
        body = records.model_body(cursor, row.model_id)
        snapshot = snapshots.get(cursor, snapshot_id)
        key = ("scored", row.scored_id, snapshot.name)
        model = ScoringModel.from_dict(body or {}, "the stored model")
        return house.kept(key, lambda: scored_of(cursor, snapshot, model, row.scored_id))


def scored_of(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    model: ScoringModel,
    scored_id: str,
    view: str = "",
) -> Scored:
    """Open a scored table, or a view of it: its facts, what it assumes, its segments."""
    table = view or f"scored_{short(scored_id)}"
    frame = frame_of(cursor, table)
    return Scored(
        scored_id,
        snapshot,
        model,
        portfolio_facts(
            frame, model, fetch, ranked_sums(cursor, table, "risk_adjusted_profit", PROFIT_STEPS)
        ),
        assumption_facts(
            frame, model, fetch, key=snapshot.customer_key, exposure_rule=snapshot.mapping.exposure_rule
        ),
        segment_profiles(frame, model.segments, model.returns, fetch),
        view,
    )
