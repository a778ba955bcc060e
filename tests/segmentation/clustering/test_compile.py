"""The nearest centroid as an expression equals scikit-learn, a row at a time as in a batch."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import numpy as np
import pytest
from sklearn.cluster import KMeans

from segmentation.clustering.compile import exemplars, with_segment
from segmentation.features import FeatureModel, FeatureSpec, feature_matrix, fit_features, with_features
from tests.builders import collect, lazy
from tests.segmentation.clustering.builders import a_model, planted


@pytest.mark.parametrize("seed", range(3))
def test_the_expression_equals_scikit_learns_predict(seed: int) -> None:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(2000, 4))
    frame = lazy({"row": np.arange(2000), **{f"x_{at}": numbers[:, at] for at in range(4)}})
    specs = [FeatureSpec(f"x_{at}", "number", "zscore", weight=1.0 + at) for at in range(4)]
    features = fit_features(frame, specs, collect)
    matrix = collect(with_features(frame, features).sort("row"))[list(features.names)].to_numpy()
    fitted = KMeans(5, n_init=1, random_state=seed).fit(matrix)
    model = replace(
        a_model(), features=features, centroids=tuple(map(tuple, fitted.cluster_centers_.tolist()))
    )
    found = collect(with_segment(frame, model).sort("row"))["segment"].to_numpy()
    np.testing.assert_array_equal(found, fitted.predict(matrix) + 1)


def test_one_row_alone_falls_where_it_falls_in_the_batch() -> None:
    frame, model = planted(), a_model()
    together = collect(with_segment(frame, model)).set_index("customer_id")["segment"]
    for name in ("c00000", "c00301", "c00599"):
        alone = collect(with_segment(frame.filter(nw.col("customer_id") == name), model))
        assert alone["segment"].tolist() == [together[name]]


def test_ties_go_to_the_lower_number() -> None:
    features = FeatureModel(
        fit_features(lazy({"x_1": [-1.0, 1.0]}), [FeatureSpec("x_1", "number", "zscore")], collect).recipes
    )
    model = replace(a_model(), features=features, centroids=((1.0,), (-1.0,)))
    assert collect(with_segment(lazy({"x_1": [0.0]}), model))["segment"].tolist() == [1]


def test_missing_values_and_unseen_levels_have_a_segment_too() -> None:
    frame = planted().with_columns(
        annual_revenue=nw.lit(None).cast(nw.Float64),
        years_in_business=nw.lit(float("nan")),
        region=nw.lit("never seen'); drop table customers; --"),
    )
    assert collect(with_segment(frame, a_model()))["segment"].isin([1, 2, 3]).all()


def test_only_the_segment_is_added() -> None:
    frame = planted()
    assert with_segment(frame, a_model()).collect_schema().names() == [
        *frame.collect_schema().names(),
        "segment",
    ]


def test_exemplars_are_the_customers_nearest_to_each_centroid() -> None:
    frame, model = planted(), a_model()
    scored = with_segment(frame, model)
    found = collect(exemplars(scored, model, ["customer_id", "annual_revenue"]))
    rows = collect(scored)
    gaps = feature_matrix(scored, model.features, collect) - np.array(model.centroids)[rows["segment"] - 1]
    rows["gap"] = (gaps**2).sum(axis=1)
    expected = rows.sort_values(["segment", "gap", "customer_id"]).groupby("segment").head(3)
    assert found["customer_id"].tolist() == expected["customer_id"].tolist()
    assert found.columns.tolist() == ["segment", "squared_distance", "customer_id", "annual_revenue"]
