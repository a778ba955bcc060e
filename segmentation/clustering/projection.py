"""A flat map of the segments: two principal components of the features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.clustering.choose import pick_rows
from segmentation.clustering.compile import nearest
from segmentation.clustering.model import Projection, SegmentModel
from segmentation.features import feature_matrix
from segmentation.frame import Frame
from segmentation.sample import Fetch, Matrix, in_order

MAP_POINTS = 2_000


@dataclass(frozen=True, slots=True)
class SegmentMap:
    """What the map shows.

    Attributes
    ----------
    points : pandas.DataFrame
        `x`, `y`, `segment` of a sample of customers, at most 2,000.
    centroids : pandas.DataFrame
        `x`, `y`, `segment` of each centroid.
    explained : float
        Share of the spread between customers the map shows, 0 to 1.
    """

    points: pd.DataFrame
    centroids: pd.DataFrame
    explained: float


def fit_projection(matrix: Matrix) -> Projection:
    """Find the two directions along which customers differ most.

    Directions are eigenvectors of the covariance, signed so that the largest
    part of each is positive: the map of the same data is never mirrored.

    References
    ----------
    H. Hotelling (1933), Analysis of a complex of statistical variables into
    principal components, Journal of Educational Psychology 24, 417–441.

    Examples
    --------
    >>> fit_projection(np.array([[0.0, 0.0], [2.0, 0.0]])).axes[0]
    (1.0, 0.0)
    """
    width = matrix.shape[1]
    axes, explained = np.zeros((2, width)), np.zeros(2)
    centre = matrix.mean(axis=0) if len(matrix) else np.zeros(width)
    if len(matrix) and width:
        gaps = matrix - centre
        spreads, vectors = np.linalg.eigh(gaps.T @ gaps)
        found = min(2, width)
        axes[:found] = vectors.T[::-1][:found]
        total = float(np.clip(spreads, 0.0, None).sum())
        explained[:found] = np.clip(spreads[::-1][:found], 0.0, None) / (total or 1.0)
        largest = np.abs(axes).argmax(axis=1)
        axes *= np.where(axes[[0, 1], largest] < 0, -1.0, 1.0)[:, None]
    # Adding 0.0 turns a −0.0 into 0.0.
    first, second = (tuple((axis + 0.0).tolist()) for axis in axes)
    return Projection(tuple(centre.tolist()), (first, second), (float(explained[0]), float(explained[1])))


def map_segments(sample: Frame, model: SegmentModel, fetch: Fetch) -> SegmentMap:
    """Place a sample of customers and all centroids on the flat map.

    Parameters
    ----------
    sample : Frame
        The portfolio or a seeded sample of it.
    model : SegmentModel
        The frozen segments.
    fetch : Fetch
        Runs a lazy frame.
    """
    matrix = in_order(feature_matrix(sample, model.features, fetch))
    matrix = matrix[pick_rows(len(matrix), MAP_POINTS, model.quality.seed)]
    centroids = np.array(model.centroids, dtype=np.float64)
    return SegmentMap(
        points=_placed(matrix, model.projection, nearest(matrix, centroids) + 1),
        centroids=_placed(centroids, model.projection, np.array(model.numbers)),
        explained=sum(model.projection.explained),
    )


def _placed(matrix: Matrix, projection: Projection, numbers: npt.NDArray[np.int64]) -> pd.DataFrame:
    flat = (matrix - np.array(projection.centre)) @ np.array(projection.axes).T
    return pd.DataFrame({"x": flat[:, 0], "y": flat[:, 1], "segment": numbers})
