"""The best bins there are: an exact search over all monotone partitions of fine bins.

For fine bins in order, a partition into bins is worth its information value less what chance
alone would give: under no relation the information value of k bins has a mean of about
(k − 1)·(1/goods + 1/bads), for it is a weighted chi-square (Kullback 1959, *Information Theory
and Statistics*, ch. 6, on the divergence J). Half of that is asked of every further bin (docs/decisions/0009). Default
rates must rise or fall throughout, no bin may be tiny. A dynamic programme finds the best
partition exactly; optimal binning as an optimisation problem is that of Navas-Palencia (2020),
*Optimal binning: mathematical programming formulation*, arXiv:2001.08025.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SMOOTHING = 0.5
MOST_BINS = 8
CHANCE_TIMES = 0.5
Floats = npt.NDArray[np.float64]


def best_partition(
    counts: Floats, bads: Floats, *, smallest: float, sign: int, most: int = MOST_BINS
) -> tuple[list[int], float]:
    """Find the best partition of ordered fine bins.

    Parameters
    ----------
    counts, bads : ndarray
        Customers and defaults of each fine bin; fractions of customers are fine.
    smallest : float
        Customers a bin needs.
    sign : int
        1: default rates rise; −1: they fall; 0: they may do as they like.
    most : int
        Bins at most.

    Returns
    -------
    ends : list of int
        Last fine bin of each bin.
    worth : float
        Information value less the toll on bins; one bin is worth 0.

    Examples
    --------
    >>> counts, bads = np.array([100.0, 100.0, 100.0]), np.array([10.0, 11.0, 40.0])
    >>> best_partition(counts, bads, smallest=10, sign=1)[0]
    [1, 2]
    """
    size = len(counts)
    if size == 0:
        return [], 0.0
    all_bads, all_goods = float(bads.sum()), float(counts.sum() - bads.sum())
    sums, hits = np.concatenate([[0.0], np.cumsum(counts)]), np.concatenate([[0.0], np.cumsum(bads)])
    held = sums[None, 1:] - sums[:-1, None]
    bad = hits[None, 1:] - hits[:-1, None]
    good = held - bad
    weight = np.log(
        ((np.maximum(good, 0) + SMOOTHING) / (all_goods + SMOOTHING))
        / ((np.maximum(bad, 0) + SMOOTHING) / (all_bads + SMOOTHING))
    )
    value = (good / max(all_goods, 1.0) - bad / max(all_bads, 1.0)) * weight
    toll = CHANCE_TIMES * (1.0 / max(all_goods, 1.0) + 1.0 / max(all_bads, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(held > 0, bad / np.maximum(held, 1e-300), 0.0)
    allowed = (held >= smallest) & np.triu(np.ones_like(held, dtype=bool))
    # best[k][i, j]: k bins over fine bins 0 … j, the last of them i … j
    best = np.where(allowed, value - toll, -np.inf)
    best[1:] = -np.inf
    layers, before = [best], []
    for _ in range(1, most):
        previous, step = layers[-1], np.full((size, size), -np.inf)
        origin = np.zeros((size, size), dtype=np.int64)
        for start in range(1, size):
            column = previous[:start, start - 1]
            reachable = np.flatnonzero(column > -np.inf)
            if not reachable.size:
                continue
            ends = np.flatnonzero(allowed[start])
            if not ends.size:
                continue
            fits = (
                np.ones((reachable.size, ends.size), dtype=bool)
                if sign == 0
                else sign * (rate[start, ends][None, :] - rate[reachable, start - 1][:, None]) > 0
            )
            options = np.where(fits, column[reachable][:, None], -np.inf)
            chosen = options.argmax(axis=0)
            step[start, ends] = options[chosen, np.arange(ends.size)] + value[start, ends] - toll
            origin[start, ends] = reachable[chosen]
        layers.append(step)
        before.append(origin)
    finals = [layer[:, size - 1].max() for layer in layers]
    layer = int(np.argmax(finals))
    if not np.isfinite(finals[layer]):
        return [size - 1], 0.0
    start, end, ends_found = int(layers[layer][:, size - 1].argmax()), size - 1, []
    for depth in range(layer, -1, -1):
        ends_found.append(end)
        if depth:
            start, end = int(before[depth - 1][start, end]), start - 1
    worth = float(finals[layer]) + toll
    return (ends_found[::-1], worth) if worth > 0 else ([size - 1], 0.0)


def shrunken_rates(counts: Floats, bads: Floats) -> Floats:
    """Default rate of each level, drawn to the mean as far as the level is small.

    Empirical Bayes with a beta prior whose strength is estimated from the levels themselves
    by the method of moments (Kleinman 1973, *Proportions with extraneous variance*, Journal
    of the American Statistical Association 68): where levels differ by no more than chance
    would have them, all get the mean; where they truly differ, large ones keep their rate.

    Examples
    --------
    >>> shrunken_rates(np.array([10.0, 10.0, 10.0]), np.array([1.0, 1.0, 1.0])).tolist()
    [0.1, 0.1, 0.1]
    """
    total = float(counts.sum())
    if total <= 0:
        return np.zeros_like(counts)
    mean = float(bads.sum()) / total
    spread = mean * (1 - mean)
    if len(counts) < 2 or spread <= 0:
        return np.full(len(counts), mean)
    rates = bads / np.maximum(counts, 1.0)
    excess = float(counts @ (rates - mean) ** 2) - (len(counts) - 1) * spread
    between = excess / max(total - float(counts @ counts) / total, 1e-9)
    if between <= 0:
        return np.full(len(counts), mean)
    strength = max(spread / between - 1.0, 0.0)
    return np.asarray((bads + strength * mean) / (counts + strength))
