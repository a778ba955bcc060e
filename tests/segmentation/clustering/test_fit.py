"""k-means on a sample: recovers what was planted, the same each time, never fails."""

from __future__ import annotations

import json

import narwhals as nw
import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from segmentation.clustering.compile import nearest, with_segment
from segmentation.clustering.fit import fit_segment_model, fit_segments
from segmentation.clustering.model import NamePart, SegmentModel, renumber, retitle
from segmentation.features import FeatureSpec
from segmentation.sample import in_order
from tests.builders import collect, lazy
from tests.segmentation.clustering.builders import SPECS, a_model, planted


def test_planted_segments_are_recovered() -> None:
    frame = planted()
    rows = collect(with_segment(frame, a_model(frame)))
    assert adjusted_rand_score(rows["planted"], rows["segment"]) > 0.95


def test_segments_are_numbered_by_falling_value() -> None:
    frame = planted()
    means = collect(with_segment(frame, a_model(frame))).groupby("segment")["value_score"].mean()
    assert means.index.tolist() == [1, 2, 3]
    assert means.is_monotonic_decreasing


def test_the_fit_suggests_the_planted_number_and_says_how_well_it_parts() -> None:
    quality = a_model().quality
    assert quality.suggested == 3
    assert quality.silhouette is not None and quality.silhouette > 0.6
    assert 0.8 < quality.explained_variance <= 1.0
    assert [k for k, _ in quality.silhouettes] == list(range(2, 11))


def test_the_same_seed_gives_the_same_model_to_the_last_bit() -> None:
    assert a_model().to_dict() == a_model().to_dict()


def test_the_order_of_rows_does_not_matter() -> None:
    shuffled = np.random.default_rng(0).permutation(600).tolist()
    assert a_model(planted(order=shuffled)).to_dict() == a_model(planted()).to_dict()


def test_the_model_survives_json() -> None:
    model = a_model()
    assert SegmentModel.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_fewer_different_customers_than_segments_lower_k() -> None:
    frame = lazy({"employees": [1, 1, 5, 5, 5], "value_score": [1.0, 2.0, 3.0, 4.0, 5.0]})
    model = fit_segment_model(frame, [FeatureSpec("employees", "number", "zscore")], 6, 1, collect)
    assert len(model.centroids) == 2
    assert model.quality.asked == 6


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_customers_still_make_a_model(rows: int) -> None:
    frame = planted(rows=3).filter(nw.col("planted") < rows)
    model = fit_segment_model(frame, SPECS, 4, 1, collect)
    assert 1 <= len(model.centroids) <= max(rows, 1)
    assert len(collect(with_segment(frame, model))) == rows
    assert SegmentModel.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_without_features_all_customers_are_one_segment() -> None:
    frame = planted()
    model = fit_segment_model(frame, [], 4, 1, collect)
    assert len(model.centroids) == 1
    assert model.names == ((NamePart("", "typical"),),)
    assert set(collect(with_segment(frame, model))["segment"]) == {1}


def test_columns_that_say_nothing_are_dropped() -> None:
    frame = lazy(
        {
            "employees": [1.0, 2.0, 30.0, 31.0],
            "floors": [3, 3, 3, 3],
            "region": [None, None, None, None],
            "value_score": [None, None, None, None],
        }
    )
    specs = [FeatureSpec(name, "number", "zscore") for name in ("employees", "floors")]
    model = fit_segment_model(frame, [*specs, FeatureSpec("region", "category", "onehot")], 2, 1, collect)
    assert model.features.dropped == (("floors", "constant"), ("region", "empty"))
    assert collect(with_segment(frame, model).sort("employees"))["segment"].nunique() == 2


def test_a_hair_of_difference_does_not_leave_empty_segments() -> None:
    matrix = np.array([[1.0], [1.0 + 1e-15], [1.0 + 2e-15], [2.0]])
    clusters = fit_segments(matrix, 4, seed=1)
    assert sorted(set(clusters.labels.tolist())) == list(range(len(clusters.centroids)))


def test_many_rows_run_on_mini_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentation.clustering.fit.MINI_BATCH_ROWS", 500)
    rng = np.random.default_rng(2)
    kind = np.arange(3000) % 3
    matrix = in_order(rng.normal(np.array([-9.0, 0.0, 9.0])[kind][:, None], 1.0, (3000, 2)))
    clusters = fit_segments(matrix, 3, seed=1)
    np.testing.assert_allclose(sorted(clusters.centroids[:, 0]), [-9, 0, 9], atol=0.4)


def test_inertia_is_within_half_a_percent_of_ten_starts_of_scikit_learn() -> None:
    matrix = in_order(np.random.default_rng(4).normal(size=(3000, 6)))
    ours = fit_segments(matrix, 6, seed=1)
    inertia = float(((matrix - ours.centroids[nearest(matrix, ours.centroids)]) ** 2).sum())
    assert inertia <= 1.005 * KMeans(6, n_init=10, random_state=0).fit(matrix).inertia_


def test_renumbering_moves_everything_along() -> None:
    model = retitle(a_model(), 1, "Champions")
    turned = renumber(model, [3, 1, 2])
    assert turned.titles == ("", "Champions", "")
    assert turned.centroids[0] == model.centroids[2]
    assert turned.names == (model.names[2], model.names[0], model.names[1])
    with pytest.raises(ValueError, match="no permutation"):
        renumber(model, [1, 1, 2])
