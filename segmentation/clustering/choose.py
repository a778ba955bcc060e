"""How many segments, and how well they part customers.

Silhouettes compare each customer with every other; they are computed on a
sample of at most 3,000, seeded. They say nothing about whether a segment is
stable when the data change a little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances, silhouette_score

from segmentation.sample import Matrix, in_order, one_thread

SILHOUETTE_ROWS = 3_000
MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class KChoice:
    """The number of segments with the best silhouette, and all that were tried."""

    suggested: int
    silhouettes: tuple[tuple[int, float], ...]


def distinct_rows(matrix: Matrix) -> int:
    """Count different rows.

    Examples
    --------
    >>> distinct_rows(np.array([[1.0], [1.0], [2.0]]))
    2
    """
    if not matrix.size:
        return min(len(matrix), 1)
    return 1 + int((np.diff(in_order(matrix), axis=0) != 0).any(axis=1).sum())


def pick_rows(rows: int, most: int, seed: int) -> npt.NDArray[np.int64]:
    """Choose at most `most` of `rows` places, in rising order.

    Examples
    --------
    >>> pick_rows(3, 5, seed=1).tolist()
    [0, 1, 2]
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def silhouette(matrix: Matrix, labels: npt.NDArray[np.int64], seed: int) -> float | None:
    """Mean silhouette of a seeded sample; None where it is not defined.

    A customer's silhouette is ``(b − a) / max(a, b)``: a its mean distance to
    its own segment, b to the nearest other one. 1 is well inside, 0 on the
    border, below 0 in the wrong segment.

    References
    ----------
    P. J. Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation
    and validation of cluster analysis, Journal of Computational and Applied
    Mathematics 20, 53–65.

    Examples
    --------
    >>> matrix = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> silhouette(matrix, np.array([0, 0, 1, 1]), seed=1)
    1.0
    >>> silhouette(matrix, np.array([0, 0, 0, 0]), seed=1) is None
    True
    """
    picked = pick_rows(len(matrix), SILHOUETTE_ROWS, seed)
    with one_thread():
        return (
            _defined_silhouette(pairwise_distances(matrix[picked]), labels[picked]) if matrix.size else None
        )


def _defined_silhouette(distances: Matrix, labels: npt.NDArray[np.int64]) -> float | None:
    if not 2 <= len(np.unique(labels)) <= len(labels) - 1:
        return None
    return float(silhouette_score(distances, labels, metric="precomputed"))


def explained_variance(matrix: Matrix, centroids: Matrix, labels: npt.NDArray[np.int64]) -> float:
    """Share of the spread between customers that lies between segments.

    ``1 − Σ|x − c|² / Σ|x − mean|²``; 0 with one segment, 1 when all customers
    of a segment are alike.
    """
    if matrix.size == 0:
        return 0.0
    total = float(((matrix - matrix.mean(axis=0)) ** 2).sum())
    inside = float(((matrix - centroids[labels]) ** 2).sum())
    return max(0.0, 1.0 - inside / total) if total > 0 else 0.0


def suggest_k(matrix: Matrix, seed: int) -> KChoice:
    """Try 2 to 10 segments on a sample and suggest the number with the best silhouette.

    Parameters
    ----------
    matrix : Matrix
        Customers × features, rows in an order that does not change.
    seed : int
        Seed of the sample and of the trials.
    """
    rows = matrix[pick_rows(len(matrix), SILHOUETTE_ROWS, seed)]
    most = min(MOST_SUGGESTED, distinct_rows(rows), len(rows) - 1)
    if most < 2:
        return KChoice(1, ())
    with one_thread():
        distances = pairwise_distances(rows)
        tried = [
            (k, _defined_silhouette(distances, KMeans(k, n_init=2, random_state=seed).fit(rows).labels_))
            for k in range(2, most + 1)
        ]
    scores = tuple((k, score) for k, score in tried if score is not None)
    return KChoice(max(scores, key=lambda pair: (pair[1], -pair[0]))[0] if scores else 1, scores)
