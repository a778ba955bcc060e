"""The flat map: two principal components, never mirrored, at most 2,000 points."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from segmentation.clustering.projection import MAP_POINTS, fit_projection, map_segments
from tests.builders import collect
from tests.segmentation.clustering.builders import a_model, planted


def test_directions_and_shares_are_scikit_learns_up_to_sign() -> None:
    matrix = np.random.default_rng(1).normal(size=(500, 4)) * np.array([4.0, 3.0, 1.0, 0.5])
    ours, theirs = fit_projection(matrix), PCA(2).fit(matrix)
    np.testing.assert_allclose(np.abs(ours.axes), np.abs(theirs.components_), atol=1e-9)
    np.testing.assert_allclose(ours.explained, theirs.explained_variance_ratio_, atol=1e-9)


def test_the_map_is_never_mirrored() -> None:
    matrix = np.random.default_rng(1).normal(size=(50, 3))
    assert all(max(axis, key=abs) > 0 for axis in fit_projection(matrix).axes)


@pytest.mark.parametrize("shape", [(0, 0), (5, 0), (0, 3), (1, 3), (9, 1)])
def test_odd_shapes_have_a_map_too(shape: tuple[int, int]) -> None:
    projection = fit_projection(np.ones(shape))
    assert len(projection.axes[0]) == shape[1]
    assert np.isfinite([*projection.axes[0], *projection.axes[1], *projection.explained]).all()


def test_the_map_shows_a_sample_and_every_centroid() -> None:
    model = a_model()
    shown = map_segments(planted(rows=3000), model, collect)
    assert len(shown.points) == MAP_POINTS
    assert shown.centroids["segment"].tolist() == [1, 2, 3]
    means = shown.points.groupby("segment")[["x", "y"]].mean()
    np.testing.assert_allclose(means, shown.centroids[["x", "y"]], atol=0.2)
    assert 0.8 < shown.explained <= 1.0
