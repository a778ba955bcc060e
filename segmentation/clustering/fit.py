"""Segments fitted on a sample: k-means, frozen, numbered by value, named."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

from segmentation.clustering.choose import distinct_rows, explained_variance, silhouette, suggest_k
from segmentation.clustering.compile import nearest
from segmentation.clustering.model import SegmentModel, SegmentQuality
from segmentation.clustering.naming import Difference, name_segments
from segmentation.clustering.projection import fit_projection
from segmentation.features import FeatureModel, FeatureSpec, fit_features, with_features
from segmentation.frame import Frame
from segmentation.sample import Fetch, Matrix, as_matrix, in_order, one_thread

STARTS = 4
MINI_BATCH_ROWS = 200_000
"""Above this many rows k-means runs on mini-batches."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """What k-means found: centroids and, per row of the sorted sample, the nearest one."""

    centroids: Matrix
    labels: npt.NDArray[np.int64]


def fit_segments(matrix: Matrix, k: int, seed: int) -> Clusters:
    """Part customers into k groups, each as alike as can be.

    k-means by Lloyd's or mini-batch steps from k-means++ starts; fewer
    different customers than groups lower k. The same rows and seed give the
    same centroids to the last bit on any number of cores.

    Parameters
    ----------
    matrix : Matrix
        Customers × features without missing values, rows in an order that
        does not change (:func:`segmentation.sample.in_order`).
    k : int
        Groups asked for, 1 or more.
    seed : int
        Seed of the starts.

    References
    ----------
    S. P. Lloyd (1982), Least squares quantization in PCM, IEEE Transactions on
    Information Theory 28(2). J. A. Hartigan (1975), Clustering Algorithms,
    Wiley. D. Arthur & S. Vassilvitskii (2007), k-means++: the advantages of
    careful seeding, SODA. D. Sculley (2010), Web-scale k-means clustering, WWW.

    Examples
    --------
    >>> fit_segments(np.array([[0.0], [0.2], [5.0]]), k=2, seed=1).labels.tolist() in ([0, 0, 1], [1, 1, 0])
    True
    """
    k = max(1, min(k, distinct_rows(matrix)))
    if k == 1:
        centre = matrix.mean(axis=0) if len(matrix) else np.zeros(matrix.shape[1])
        return Clusters(centre[None, :], np.zeros(len(matrix), dtype=np.int64))
    method = MiniBatchKMeans if len(matrix) > MINI_BATCH_ROWS else KMeans
    with one_thread(), warnings.catch_warnings():
        # Customers that differ by a hair may merge; the groups left empty are dropped below.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = method(k, n_init=STARTS, random_state=seed).fit(matrix)
    centroids = np.asarray(fitted.cluster_centers_, dtype=np.float64)
    used, labels = np.unique(nearest(matrix, centroids), return_inverse=True)
    return Clusters(centroids[used], labels)


def fit_segment_model(
    sample: Frame, specs: Sequence[FeatureSpec], k: int, seed: int, fetch: Fetch
) -> SegmentModel:
    """Fit, number and name segments on a sample: the whole way from columns to a frozen model.

    Parameters
    ----------
    sample : Frame
        The portfolio or a seeded sample of it, with `value_score` and the
        columns of `specs`.
    specs : sequence of FeatureSpec
        What customers are compared by; without any, all are one segment.
    k : int
        Segments asked for.
    seed : int
        Seed of everything random.
    fetch : Fetch
        Runs a lazy frame.

    Returns
    -------
    SegmentModel
        Segment 1 has the highest mean value score.
    """
    features = fit_features(sample, specs, fetch)
    wanted = [*features.names, "value_score"]
    rows = in_order(as_matrix(fetch(with_features(sample, features).select(wanted)), wanted))
    matrix, values = rows[:, :-1], rows[:, -1]
    clusters = _by_value(fit_segments(matrix, k, seed), values)
    choice = suggest_k(matrix, seed)
    return SegmentModel(
        features=features,
        centroids=tuple(tuple(point) for point in clusters.centroids.tolist()),
        names=name_segments(_differences(matrix, clusters, features)),
        titles=("",) * len(clusters.centroids),
        projection=fit_projection(matrix),
        quality=SegmentQuality(
            customers=len(matrix),
            seed=seed,
            asked=k,
            explained_variance=explained_variance(matrix, clusters.centroids, clusters.labels),
            silhouette=silhouette(matrix, clusters.labels, seed),
            suggested=choice.suggested,
            silhouettes=choice.silhouettes,
        ),
    )


def _by_value(clusters: Clusters, values: Matrix) -> Clusters:
    """Order clusters by falling mean value score; unknown last, ties by the centroid."""

    def place(index: int) -> tuple[float, tuple[float, ...]]:
        own = values[clusters.labels == index]
        own = own[np.isfinite(own)]
        return (-float(own.mean()) if own.size else np.inf, tuple(clusters.centroids[index]))

    order = sorted(range(len(clusters.centroids)), key=place)
    return Clusters(clusters.centroids[order], np.argsort(order)[clusters.labels])


def _differences(matrix: Matrix, clusters: Clusters, features: FeatureModel) -> list[list[Difference]]:
    """How each cluster's mean lies from the sample's, in standard deviations."""
    if not len(matrix):
        return [[] for _ in clusters.centroids]
    deviations = matrix.std(axis=0)
    gaps = (clusters.centroids - matrix.mean(axis=0)) / np.where(deviations > 0, deviations, 1.0)
    return [
        [
            Difference(column.column, column.part, column.level, gap, None, None)
            for column, gap in zip(features.columns, row, strict=True)
        ]
        for row in gaps.tolist()
    ]
