"""A lender's value scale goes on from snapshot to snapshot: a bad year lowers scores, a person renews the scale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from data.samples.simulate import simulate
from settings import Settings

ANN = pipeline.Person("ann", frozenset({"admin"}))
TURNED = pipeline.ValueWeights({"loyalty": 2.0}, directions={"utilisation": 1})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[pipeline.House]:
    house = pipeline.open_house(Settings(home=tmp_path / "home"))
    yield house
    house.close()


def taken_in(
    house: pipeline.House, frame: pd.DataFrame, folder: Path, name: str, **more: str
) -> pipeline.Scored:
    path = folder / f"{name}.parquet"
    frame.to_parquet(path)
    mapping = pipeline.inspect_file(house, path, path.name).mapping
    snapshot, _ = pipeline.import_file(house, [path], mapping=mapping, name=name, person=ANN, **more)
    return pipeline.open_scored(house, snapshot.snapshot_id)


def a_month(month: int = 0, customers: int = 500) -> pd.DataFrame:
    return simulate(month, customers=customers).astype({"name": object})


def scores(house: pipeline.House, scored: pipeline.Scored) -> pd.Series:
    with house.warehouse.cursor() as cursor:
        rows = cursor.execute(
            f"SELECT customer_id, value_score FROM {scored.table} ORDER BY customer_id"
        ).df()
    return rows.set_index("customer_id")["value_score"]


def test_a_bad_year_lowers_scores_instead_of_hiding_in_a_new_scale(
    house: pipeline.House, tmp_path: Path
) -> None:
    good = taken_in(house, a_month(), tmp_path, "good")
    worse = a_month(1)
    for name in ("operating_cash_flow", "ebitda", "income", "credit_score"):
        worse[name] = worse[name] * 0.6
    bad = taken_in(house, worse, tmp_path, "bad")
    assert bad.model.reference == good.model.reference
    assert bad.model.reference.baseline == good.snapshot.snapshot_id
    before, after = scores(house, good).mean(), scores(house, bad).mean()
    assert before == pytest.approx(50, abs=1)
    assert after < before - 4
    picture = pipeline.reference_picture(house, bad, pipeline.policy_in_force(house))
    assert picture.baseline is not None
    assert picture.baseline.name == "good"
    assert {drift.entry.key for drift in picture.drifts if drift.light == "red"} >= {"income", "credit_score"}


def test_weights_and_directions_put_in_force_hold_for_the_next_snapshot_too(
    house: pipeline.House, tmp_path: Path
) -> None:
    first = taken_in(house, a_month(), tmp_path, "first")
    policy = pipeline.policy_in_force(house)
    trial = pipeline.try_weights(house, first, TURNED, policy, ANN, rebaseline=False)
    pipeline.use_reference(house, first, trial.reference, ANN)
    second = taken_in(house, a_month(1), tmp_path, "second")
    assert second.model.reference == trial.reference
    anew = pipeline.try_weights(
        house, second, pipeline.weights_of(second.model.reference), policy, ANN, rebaseline=True
    )
    assert anew.reference.baseline == second.snapshot.snapshot_id
    pipeline.use_reference(house, second, anew.reference, ANN)
    third = taken_in(house, a_month(2), tmp_path, "third")
    assert third.model.reference == anew.reference


def test_another_lender_and_the_samples_have_scales_of_their_own(
    house: pipeline.House, tmp_path: Path
) -> None:
    sample = taken_in(house, a_month(), tmp_path, "sample", origin="simulated")
    own = taken_in(house, a_month(1), tmp_path, "own")
    assert own.model.reference.baseline == own.snapshot.snapshot_id != sample.snapshot.snapshot_id
    others = a_month(2)
    others["customer_id"] = "other " + others["customer_id"]
    other = taken_in(house, others, tmp_path, "other")
    assert other.model.reference.baseline == other.snapshot.snapshot_id
