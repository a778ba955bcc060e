"""Segments as an expression: the nearest centroid, on any engine, a row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import narwhals as nw
import numpy as np
import numpy.typing as npt

from segmentation.clustering.model import Point, SegmentModel
from segmentation.features import with_features
from segmentation.frame import Frame, without
from segmentation.sample import Matrix


def with_segment(frame: Frame, model: SegmentModel) -> Frame:
    """Put each customer into the segment whose centroid is nearest.

    The squared distance is ``|x|² − 2·x·c + |c|²``; the first term is the same
    for all centroids, so what remains is linear in the features. Ties go to the
    lower number.

    Parameters
    ----------
    frame : Frame
        Customers with every column the model's features name.
    model : SegmentModel
        The frozen segments.

    Returns
    -------
    Frame
        With `segment` (BIGINT, 1 to K, never null).
    """
    if len(model.centroids) == 1:
        return frame.with_columns(nw.lit(1).cast(nw.Int64).alias("segment"))
    names = model.features.names
    distances = [f"_distance{number}" for number in model.numbers]
    staged = (
        with_features(frame, model.features)
        .with_columns(
            _distance(names, centroid).alias(distance)
            for centroid, distance in zip(model.centroids, distances, strict=True)
        )
        .with_columns(_least=nw.min_horizontal(*distances))
        .with_columns(_first_least(distances).cast(nw.Int64).alias("segment"))
    )
    return without(staged, [*names, *distances, "_least"])


def _distance(names: Sequence[str], centroid: Point) -> nw.Expr:
    """Squared distance to a centroid, less the customer's own square."""
    products = [nw.col(name) * (-2.0 * place) for name, place in zip(names, centroid, strict=True)]
    return reduce(add, products) + float(np.dot(centroid, centroid))


def _first_least(distances: Sequence[str]) -> nw.Expr:
    """Find the number of the first distance that equals the least one."""
    chosen: nw.Expr = nw.lit(len(distances))
    for number in range(len(distances) - 1, 0, -1):
        chosen = (
            nw.when(nw.col(distances[number - 1]) == nw.col("_least")).then(nw.lit(number)).otherwise(chosen)
        )
    return chosen


def nearest(matrix: Matrix, centroids: Matrix) -> npt.NDArray[np.int64]:
    """Index of the nearest centroid of each row of an array, ties to the lower one.

    Examples
    --------
    >>> nearest(np.array([[0.0], [1.0], [9.0]]), np.array([[0.0], [2.0]])).tolist()
    [0, 0, 1]
    """
    distances = (centroids**2).sum(axis=1) - 2.0 * matrix @ centroids.T
    return np.asarray(distances.argmin(axis=1), dtype=np.int64)


def exemplars(frame: Frame, model: SegmentModel, columns: Sequence[str], count: int = 3) -> Frame:
    """Find the customers nearest to each centroid: real examples of a segment.

    Parameters
    ----------
    frame : Frame
        Customers with `segment`, `customer_id` and the features' columns.
    model : SegmentModel
        The frozen segments.
    columns : sequence of str
        What to show of them.
    count : int
        How many a segment; ties go by `customer_id`.

    Returns
    -------
    Frame
        `segment`, `squared_distance` and `columns`: `count` rows a segment,
        fewer where a segment has fewer.
    """
    wanted = ["segment", "squared_distance", *columns]
    featured = with_features(frame, model.features)
    closest = [
        featured.filter(nw.col("segment") == number)
        .with_columns(_squared_distance(model.features.names, centroid).alias("squared_distance"))
        .sort("squared_distance", "customer_id")
        .head(count)
        .select(wanted)
        for number, centroid in zip(model.numbers, model.centroids, strict=True)
    ]
    return nw.concat(closest).sort("segment", "squared_distance")


def _squared_distance(names: Sequence[str], centroid: Point) -> nw.Expr:
    gaps = [nw.col(name) - place for name, place in zip(names, centroid, strict=True)]
    return reduce(add, [gap * gap for gap in gaps]) if gaps else nw.lit(0.0)
