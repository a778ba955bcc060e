"""Natural breaks: classes of value as alike inside as they can be.

W. D. Fisher (1958), *On grouping for maximum homogeneity*, Journal of the American
Statistical Association 53, 789–798, solves the grouping of ordered numbers exactly by
dynamic programming; G. F. Jenks (1977), *Optimal data classification for choropleth maps*,
made it known as natural breaks. On the 201 steps of the value score it takes
milliseconds whatever the number of customers, so nothing is sampled and no start is drawn.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from data.errors import InputRefused
from segmentation.cube import Integers
from segmentation.policy import TIERS
from segmentation.propose.quantiles import Thresholds, thresholds_at

Floats = npt.NDArray[np.float64]


def natural_thresholds(counts: Integers) -> Thresholds:
    """Put the thresholds where the value scores fall apart into three classes by themselves.

    Parameters
    ----------
    counts : ndarray of int64, shape (201,)
        Customers by value step.

    Raises
    ------
    InputRefused
        When there are fewer than three different scores.
    """
    core, strategic = natural_breaks(counts, len(TIERS))
    return thresholds_at(counts, strategic, core)


def natural_breaks(counts: Integers, classes: int) -> tuple[int, ...]:
    """Find where each class but the lowest begins, so that the squares within classes are least.

    Minimised is Σ over classes of Σ wᵢ·(xᵢ − mean of the class)², over all ways to cut the
    ordered steps into `classes` runs (Fisher 1958). Of equally good cuts the lower is taken.

    Parameters
    ----------
    counts : ndarray of int64
        Weight of each step 0, 1, …
    classes : int
        How many, at least one.

    Returns
    -------
    tuple of int
        First occupied step of the second class, the third, …

    Examples
    --------
    The numbers −1, 2, −1, 2, 4, 5, 6, −1, 2, −1 of Wang and Song (2011), moved up by one:

    >>> natural_breaks(np.array([4, 0, 0, 3, 0, 1, 1, 1]), 3)
    (3, 5)
    """
    steps = np.flatnonzero(counts)
    if len(steps) < classes:
        raise InputRefused.because(
            f"{len(steps)} different value scores can't be cut into {classes} classes",
            file="the proposal by natural breaks",
            remedy="Choose a portfolio with more different scores, or set the thresholds by share.",
        )
    cost = _squares_within(steps, counts[steps])
    best, cuts = cost[0].copy(), []
    for _ in range(classes - 1):
        # Least squares of the first j steps in one class more: the new class begins at i.
        ways = np.full_like(cost, np.inf)
        ways[1:] = best[:-1, None] + cost[1:]
        cuts.append(ways.argmin(axis=0))
        best = ways.min(axis=0)
    last, begins = len(steps) - 1, []
    for cut in reversed(cuts):
        start = int(cut[last])
        begins.append(int(steps[start]))
        last = start - 1
    return tuple(reversed(begins))


def _squares_within(steps: Integers, weights: Integers) -> Floats:
    """Sum of squares about their mean of the steps i … j, for all i ≤ j; infinite below the diagonal."""
    weight, value = weights.astype(np.float64), steps.astype(np.float64)
    value = value - np.average(value, weights=weight)  # near nothing, so that squares keep their digits
    sums = [np.concatenate([[0.0], np.cumsum(weight * value**power)]) for power in range(3)]
    mass, first, second = (total[None, 1:] - total[:-1, None] for total in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.maximum(second - first**2 / mass, 0.0)
    return np.where(np.tri(len(steps), k=-1, dtype=bool), np.inf, squares)


def squares_explained(counts: Integers, begins: tuple[int, ...]) -> float:
    """Share (0–1) of the squares about the mean that the classes explain: Jenks' goodness of variance fit.

    1 when everybody in a class is alike, 0 when the classes say nothing.

    Examples
    --------
    >>> squares_explained(np.array([2, 0, 2]), (2,))
    1.0
    """
    values = np.arange(len(counts), dtype=np.float64)
    weight = counts.astype(np.float64)

    def squares(start: int, stop: int) -> float:
        held, at = weight[start:stop], values[start:stop]
        if not held.any():
            return 0.0
        return float((held * (at - np.average(at, weights=held)) ** 2).sum())

    edges = (0, *begins, len(counts))
    total = squares(0, len(counts))
    within = sum(squares(start, stop) for start, stop in pairwise(edges))
    return 1.0 - within / total if total else 0.0
