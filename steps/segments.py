"""Segments tried, used, and drawn as a map."""

from __future__ import annotations

from dataclasses import replace

from data.engines.functions import fetch, frame_of, hash_sample
from data.people import Person
from segmentation.clustering.model import SegmentModel
from segmentation.clustering.projection import SegmentMap, map_segments
from segmentation.feature_choice import may_be_feature
from segmentation.fit import fit_segments_of
from segmentation.scoring_model import ScoreOptions
from steps.house import House
from steps.scoring import Scored, columns_of, score_snapshot

MAP_SEED = 0


def preview_segments(house: House, scored: Scored, options: ScoreOptions) -> SegmentModel:
    """Fit segments on the sample with other features, weights or number; nothing is kept."""
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.table, house.settings.sample_rows, options.seed)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE segment_sample AS {query}").fetchall()
        return fit_segments_of(
            frame_of(cursor, "segment_sample"), columns_of(scored.snapshot), options, fetch
        )


def possible_features(scored: Scored) -> list[str]:
    """List the columns customers may be compared by, in the portfolio's order."""
    return [column.name for column in columns_of(scored.snapshot) if may_be_feature(column.traits)]


def use_segments(house: House, scored: Scored, segments: SegmentModel, person: Person) -> str:
    """Make other segments the portfolio's: a new model, the same in all else."""
    person.require("import")
    model = replace(scored.model, segments=segments)
    return score_snapshot(house, scored.snapshot.snapshot_id, ScoreOptions(), model)


def segment_map(house: House, scored: Scored, rows: int = 2_000) -> SegmentMap:
    """Place a sample of customers and the segments' centres on a flat map."""
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.table, rows, MAP_SEED)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE map_sample AS {query}").fetchall()
        return map_segments(frame_of(cursor, "map_sample"), scored.model.segments, fetch)
