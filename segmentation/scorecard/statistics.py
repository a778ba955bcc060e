"""The tests of a validation: intervals, binomial tests with and without correlation, stability.

References
----------
Basel Committee (2005), *Studies on the validation of internal rating systems*, working paper
14 (binomial test, one-factor bounds, traffic lights). E. B. Wilson (1927), *Probable inference*,
Journal of the American Statistical Association 22. K. Pluto & D. Tasche (2005), *Thinking
positively*, Risk 18 (low-default portfolios). B. Yurdakul (2018), *Statistical properties of the
population stability index*, Western Michigan University. N. Siddiqi (2006), *Credit Risk
Scorecards* (0.10 and 0.25). B. Efron (1979), *Bootstrap methods*, Annals of Statistics 7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Light = Literal["green", "amber", "red", "unknown"]

SMALL_SHIFT, LARGE_SHIFT = 0.10, 0.25
AMBER_LEVEL, RED_LEVEL = 0.05, 0.001
QUADRATURE_NODES = 64


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the 95 % interval around it."""

    value: float
    low: float
    high: float


def wilson_interval(defaults: int, customers: int) -> Interval | None:
    """95 % interval of a default rate (Wilson 1927); None of nobody.

    Examples
    --------
    >>> interval = wilson_interval(3, 10_000)
    >>> round(interval.low, 6), round(interval.high, 6)
    (0.000102, 0.000882)
    """
    if customers == 0:
        return None
    z, rate = 1.959963984540054, defaults / customers
    middle = (rate + z * z / (2 * customers)) / (1 + z * z / customers)
    half = z / (1 + z * z / customers) * math.sqrt(rate * (1 - rate) / customers + z * z / (4 * customers**2))
    return Interval(rate, max(0.0, middle - half), min(1.0, middle + half))


def binomial_tail(defaults: int, customers: int, probability: float) -> float:
    """Chance of so many defaults or more among independent customers, if the PD is right.

    Examples
    --------
    >>> round(binomial_tail(2, 2, 0.1), 12)
    0.01
    """
    if defaults <= 0:
        return 1.0
    return float(special.betainc(defaults, customers - defaults + 1, probability))


def correlated_tail(defaults: int, customers: int, probability: float, correlation: float) -> float:
    """Give the same chance where one factor moves all customers (Vasicek), by Gauss–Hermite quadrature.

    Examples
    --------
    >>> round(correlated_tail(2, 2, 0.1, 0.0), 12)
    0.01
    """
    if defaults <= 0:
        return 1.0
    nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_NODES)
    threshold = float(special.ndtri(probability))
    given = special.ndtr((threshold - math.sqrt(correlation) * nodes) / math.sqrt(1 - correlation))
    tails = special.betainc(defaults, customers - defaults + 1, given)
    return float(weights @ tails / weights.sum())


def light_of(tail: float) -> Light:
    """Give the light of a test: amber below 5 %, red below 0.1 %.

    Examples
    --------
    >>> light_of(0.2), light_of(0.01), light_of(1e-5)
    ('green', 'amber', 'red')
    """
    return "red" if tail < RED_LEVEL else "amber" if tail < AMBER_LEVEL else "green"


def low_default_bound(defaults: int, customers: int, confidence: float = 0.9) -> float:
    """Most prudent PD that so few defaults still allow (Pluto & Tasche 2005, without correlation).

    Examples
    --------
    >>> round(low_default_bound(0, 800), 6)
    0.002874
    """
    if defaults >= customers:
        return 1.0
    return float(special.betaincinv(defaults + 1, customers - defaults, confidence))


def population_stability_index(expected: Floats, actual: Floats) -> float:
    """Σ (a − e)·ln(a / e) over bins, a and e shares (Siddiqi 2006); half a customer in empty bins.

    Examples
    --------
    >>> round(population_stability_index(np.array([50.0, 50.0]), np.array([40.0, 60.0])), 6)
    0.040547
    """
    before = np.where(expected > 0, expected, 0.5)
    now = np.where(actual > 0, actual, 0.5)
    before, now = before / before.sum(), now / now.sum()
    return float(((now - before) * np.log(now / before)).sum())


def stability_limit(bins: int, before: float, now: float, level: float) -> float:
    """Give the index that chance alone passes with probability 1 − level.

    Without any shift, PSI / (1/n + 1/m) is chi-square with bins − 1 degrees of freedom
    (Yurdakul 2018), so small samples shift by chance.

    Examples
    --------
    >>> round(stability_limit(10, 1_000, 1_000, 0.95), 5)
    0.03384
    """
    return float(special.chdtri(bins - 1, 1 - level)) * (1 / before + 1 / now)


def stability_light(index: float, bins: int, before: float, now: float) -> Light:
    """Give the light of a shift: it must be more than chance, and large enough to matter.

    Examples
    --------
    >>> stability_light(0.2, 10, 100, 100), stability_light(0.2, 10, 10_000, 10_000)
    ('green', 'amber')
    """
    if index <= max(SMALL_SHIFT, stability_limit(bins, before, now, 0.95)):
        return "green"
    return "red" if index > max(LARGE_SHIFT, stability_limit(bins, before, now, 0.999)) else "amber"


@dataclass(frozen=True, slots=True)
class Discrimination:
    """How well probabilities tell bad from good, each with its 95 % bootstrap interval."""

    auc: Interval
    gini: Interval
    ks: Interval
    brier: Interval


class _Grouped:
    """Outcomes grouped by equal probability, in its order, so that a resample costs one pass."""

    def __init__(self, bad: Flags, probability: Floats) -> None:
        self.order = np.argsort(probability, kind="stable")
        ordered = probability[self.order]
        self.starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        self.bad = bad[self.order]
        self.errors = (ordered - self.bad) ** 2

    def figures(self, weights: Floats) -> tuple[float, float, float]:
        """AUC, KS and Brier of weighted rows."""
        held = weights[self.order]
        bads = np.add.reduceat(held * self.bad, self.starts)
        goods = np.add.reduceat(held * ~self.bad, self.starts)
        below = np.cumsum(goods) - goods
        area = float(bads @ (below + goods / 2)) / (bads.sum() * goods.sum())
        distance = np.abs(np.cumsum(bads) / bads.sum() - np.cumsum(goods) / goods.sum()).max()
        return area, float(distance), float(held @ self.errors / held.sum())


def discrimination(bad: Flags, probabilities: Floats, *, seed: int, resamples: int = 300) -> Discrimination:
    """Measure discrimination with stratified bootstrap intervals.

    Parameters
    ----------
    bad : ndarray of bool, shape (n,)
        Outcomes, of both kinds.
    probabilities : ndarray, shape (repeats, n)
        Probabilities of default, a row a repetition of the cross-validation; figures are
        means over the rows.
    seed : int
        Of the resamples.
    resamples : int
        How many.
    """
    groups = [_Grouped(bad, row) for row in probabilities]
    ones = np.ones(len(bad))
    centre = np.mean([group.figures(ones) for group in groups], axis=0)
    random = np.random.default_rng(seed)
    places = (np.flatnonzero(bad), np.flatnonzero(~bad))
    found = np.empty((resamples, 3))
    for place in range(resamples):
        weights = np.zeros(len(bad))
        for stratum in places:
            weights[stratum] = np.bincount(
                random.integers(0, len(stratum), len(stratum)), minlength=len(stratum)
            )
        found[place] = np.mean([group.figures(weights) for group in groups], axis=0)
    low, high = np.quantile(found, [0.025, 0.975], axis=0)

    def interval(at: int) -> Interval:
        return Interval(float(centre[at]), float(low[at]), float(high[at]))

    auc = interval(0)
    gini = Interval(2 * auc.value - 1, 2 * auc.low - 1, 2 * auc.high - 1)
    return Discrimination(auc, gini, interval(1), interval(2))
