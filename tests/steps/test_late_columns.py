"""A call's length in a real campaign: no feature of segments, scorecard or response until a person says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from segmentation.response import ResponseModel
from settings import Settings

SLICE = Path(__file__).parent.parent / "slices" / "bank-2060.csv.gz"
"""Every twentieth of the 41,188 calls of a Portuguese bank (Moro, Cortez & Rita 2014, UCI, CC BY 4.0)."""
ANN = pipeline.Person("ann", frozenset({"admin"}))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    house = pipeline.open_house(Settings(home=tmp_path_factory.mktemp("late") / "home"))
    yield house
    house.close()


def taken_in(house: pipeline.House, mapping: pipeline.Mapping, name: str) -> pipeline.Scored:
    snapshot, _ = pipeline.import_file(house, [SLICE], mapping=mapping, name=name, person=ANN)
    return pipeline.open_scored(house, snapshot.snapshot_id)


def features(scored: pipeline.Scored) -> set[str]:
    return {recipe.spec.column for recipe in scored.model.segments.features.recipes}


def refused(model: ResponseModel) -> set[str]:
    return {verdict.column for verdict in model.refused}


def test_a_call_s_length_is_no_feature_anywhere_until_a_person_says_otherwise(house: pipeline.House) -> None:
    inspection = pipeline.inspect_file(house, SLICE, SLICE.name)
    assert "duration" in {row["header"] for row in inspection.questions}
    careful = taken_in(house, inspection.mapping, "as it looks")
    assert not {"x_duration", "x_y"} & {*features(careful), *pipeline.possible_features(careful)}
    model = pipeline.fit_response_model(house, careful, "x_y", ANN)
    assert "duration" in refused(model)
    found = pipeline.quality_of(house, careful.snapshot).findings
    assert ("late", "x_duration") in {(finding.key, finding.column) for finding in found}

    said = pipeline.with_timing(inspection.mapping, "duration", "application")
    trusting = taken_in(house, said, "as somebody says")
    assert trusting.snapshot.snapshot_id != careful.snapshot.snapshot_id
    assert "x_duration" in pipeline.possible_features(trusting)
    assert "x_y" not in pipeline.possible_features(trusting)
    informed = pipeline.fit_response_model(house, trusting, "x_y", ANN)
    assert "duration" not in refused(informed)
    # Why it matters: it separates as nothing known before a call does.
    assert model.auc is not None
    assert informed.auc is not None
    assert informed.auc > model.auc + 0.05


@pytest.mark.parametrize(
    ("accepted", "is_used"), [(frozenset[str](), False), (frozenset({"duration"}), True)]
)
def test_the_batch_door_refuses_it_and_takes_a_person_s_word(
    accepted: frozenset[str], is_used: bool, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = pipeline.BatchOptions(files=(SLICE,), out=out, score=pipeline.ScoreOptions(accepted=accepted))
    summary = pipeline.batch_run(options, Settings(home=tmp_path / "home"))
    recipes = json.loads((out / "model.json").read_text())["segments"]["features"]["recipes"]
    assert ("x_duration" in {recipe["spec"]["column"] for recipe in recipes}) is is_used
    assert ("duration" not in {row["column"] for row in summary["features_refused"]}) is is_used
