"""How bad a year can get: the loss distribution of the whole portfolio, simulated.

One systematic factor Z moves everybody (Vasicek 1987, *Probability of loss on loan
portfolio*, KMV; 2002, *The distribution of loan portfolio value*, Risk; Gordy 2003, *A
risk-factor model foundation for ratings-based bank capital rules*, Journal of Financial
Intermediation 12). Given Z = z a customer defaults with probability

p(z) = Φ((Φ⁻¹(PD) − √ρ · z) / √(1 − ρ)),

independently of all others; ρ is the correlation of its asset class in the capital formula.

The largest names are drawn one by one. The many small ones are summed by the engine into
buckets; given z their loss has the mean Σ p(z)·l and the variance Σ p(z)(1 − p(z))·l², and is
taken as normal, which is what a sum of many small independent losses is. Both are smooth in z
and are worked out on a fine grid, so that a scenario costs the same at any number of
customers.

Expected shortfall is split by Euler's rule (Tasche 1999, *Risk contributions and performance
measurement*): a customer's part is its mean loss in the scenarios of the tail, so the parts
add up to the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from data.errors import Cancelled, Problem
from segmentation.risk.checks import outside, refuse
from segmentation.risk.pool import DIMENSIONS, correlations

Floats = npt.NDArray[np.float64]
Report = Callable[[int, int], None]
"""Told how many scenarios of how many are done."""

CHUNK = 2_000
GRID_END, GRID_STEP = 6.5, 0.005
BARS = 60


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """How to simulate.

    Attributes
    ----------
    scenarios : int
        Years drawn.
    seed : int
        The same seed gives the same numbers.
    correlation : float or None
        One asset correlation for everybody (fraction); None for those of the asset classes.
    levels : tuple of float
        Confidence levels, ascending; the parts of the tail are those of the last.
    """

    scenarios: int = 100_000
    seed: int = 0
    correlation: float | None = None
    levels: tuple[float, ...] = (0.99, 0.999)

    def __post_init__(self) -> None:
        problems = outside("scenarios", self.scenarios, 1_000, 10_000_000)
        if self.correlation is not None:
            problems += outside("correlation", self.correlation, 0, 0.99)
        for level in self.levels:
            problems += outside("levels", level, 0.5, 0.9999)
        if list(self.levels) != sorted(set(self.levels)) or not self.levels:
            problems.append(Problem("levels", "they do not rise", "Give them from low to high, each once."))
        refuse(problems)


@dataclass(frozen=True, slots=True)
class TailFigure:
    """Value at risk and expected shortfall at one confidence level, money.

    Attributes
    ----------
    level : float
        Such as 0.999.
    value_at_risk, low, high : float
        The loss not passed in so many years of a thousand, and its 95 % interval by order
        statistics: what another seed would give.
    expected_shortfall, shortfall_error : float
        Mean loss of the years beyond, and its standard error (Manistre & Hancock 2005).
    large_pool : float
        Value at risk were every name infinitely small: Gordy's limit, the capital formula's.
    """

    level: float
    value_at_risk: float
    low: float
    high: float
    expected_shortfall: float
    shortfall_error: float
    large_pool: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """A part's share of expected loss and of expected shortfall at the highest level, money."""

    key: str
    expected_loss: float
    shortfall: float


@dataclass(frozen=True, slots=True)
class LossDistribution:
    """What was simulated.

    Attributes
    ----------
    expected_loss : float
        Σ PD · LGD · EAD of who is in it, exact.
    mean, deviation : float
        Of the simulated losses.
    tails : tuple of TailFigure
        One a level.
    contributions : dict
        Dimension → parts, largest shortfall first; each dimension adds up to the expected
        shortfall of the highest level. Keys may be hostile text; "" is unknown, among names
        all who were not drawn singly.
    bars : tuple of (float, float, int)
        Histogram: from, to, scenarios.
    scenarios, seed : int
        As asked for.
    names, buckets : int
        Drawn singly, and sums of small ones.
    """

    expected_loss: float
    mean: float
    deviation: float
    tails: tuple[TailFigure, ...]
    contributions: dict[str, tuple[Contribution, ...]]
    bars: tuple[tuple[float, float, int], ...]
    scenarios: int
    seed: int
    names: int
    buckets: int

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Give the distribution as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> LossDistribution:  # Any: plain JSON
        """Read the distribution back."""
        values = dict(written)
        values["tails"] = tuple(TailFigure(**row) for row in written["tails"])
        values["contributions"] = {
            name: tuple(Contribution(**row) for row in rows)
            for name, rows in written["contributions"].items()
        }
        values["bars"] = tuple((float(a), float(b), int(n)) for a, b, n in written["bars"])
        return cls(**values)


def simulate_losses(
    names: pd.DataFrame,
    buckets: pd.DataFrame,
    settings: SimulationSettings,
    *,
    report: Report = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> LossDistribution:
    """Simulate the year's credit loss.

    Parameters
    ----------
    names : pandas.DataFrame
        Customers drawn singly: `customer_id`, `probability`, `loss` (LGD · EAD), `asset_class`,
        and the dimensions `tier`, `segment`, `industry`.
    buckets : pandas.DataFrame
        Sums of small customers: `probability` (mean, weighted by loss), `loss` (sum),
        `squares` (sum of squared losses), `asset_class` and the dimensions.
    settings : SimulationSettings
        Scenarios, seed, levels.
    report : callable
        Told about progress after each chunk.
    is_cancelled : callable
        Asked after each chunk.

    Raises
    ------
    Cancelled
        When a person has asked to stop.
    """
    pool = _Pool(names, buckets, settings)
    count = settings.scenarios
    chunks = [(start, min(CHUNK, count - start)) for start in range(0, count, CHUNK)]
    losses = np.empty(count)
    for place, (start, size) in enumerate(chunks):
        if is_cancelled():
            raise Cancelled("The simulation was cancelled; nothing of it was kept.")
        losses[start : start + size] = pool.draw(place, size).loss
        report(start + size, 2 * count)
    ordered = np.sort(losses)
    tails = tuple(_tail(ordered, level, pool) for level in settings.levels)
    first = _first_of_tail(count, settings.levels[-1])
    # The years of the tail, ties by their number, so that the parts add up to its mean.
    in_tail = np.zeros(count, dtype=bool)
    in_tail[np.lexsort((np.arange(count), losses))[first:]] = True
    sums = _TailSums.empty(pool)
    for place, (start, size) in enumerate(chunks):
        if is_cancelled():
            raise Cancelled("The simulation was cancelled; nothing of it was kept.")
        chosen = in_tail[start : start + size]
        if chosen.any():
            pool.add_tail(pool.draw(place, size), chosen, sums)
        report(count + start + size, 2 * count)
    return LossDistribution(
        expected_loss=pool.expected_loss,
        mean=float(losses.mean()),
        deviation=float(losses.std()),
        tails=tails,
        contributions=pool.contributions(sums, int(in_tail.sum())),
        bars=_bars(ordered),
        scenarios=count,
        seed=settings.seed,
        names=len(names),
        buckets=len(buckets),
    )


def _first_of_tail(count: int, level: float) -> int:
    """Place, from 0, of the smallest loss of the tail among the ordered ones."""
    return min(int(np.ceil(level * count - 1e-9)), count) - 1


def _tail(ordered: Floats, level: float, pool: _Pool) -> TailFigure:
    count = len(ordered)
    first = _first_of_tail(count, level)
    beyond = ordered[first:]
    at_risk, shortfall = float(ordered[first]), float(beyond.mean())
    wobble = 1.96 * np.sqrt(count * level * (1 - level))
    low, high = (int(np.clip(round(level * count + side * wobble) - 1, 0, count - 1)) for side in (-1, 1))
    error = np.sqrt((beyond.var() + level * (shortfall - at_risk) ** 2) / max(count * (1 - level), 1))
    return TailFigure(
        level,
        at_risk,
        float(ordered[low]),
        float(ordered[high]),
        shortfall,
        float(error),
        pool.large_pool(level),
    )


def _bars(ordered: Floats) -> tuple[tuple[float, float, int], ...]:
    """Histogram up to the 99.95 % quantile; the few beyond fall into the last bar."""
    top = float(ordered[_first_of_tail(len(ordered), 0.9995)])
    if not top > 0:
        return ((0.0, 0.0, len(ordered)),)
    edges = np.linspace(0.0, top, BARS + 1)
    counts, _ = np.histogram(np.clip(ordered, 0.0, top), edges)
    return tuple((float(a), float(b), int(n)) for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True))


@dataclass(frozen=True, slots=True)
class _Draw:
    """Scenarios of one chunk: place on the grid, the small ones' normal draw, who defaulted, the loss."""

    left: npt.NDArray[np.int64]
    fraction: Floats
    noise: Floats
    defaulted: npt.NDArray[np.bool_]
    loss: Floats


@dataclass(slots=True)
class _TailSums:
    """Sums over the years of the tail."""

    name_losses: Floats
    on_grid: Floats
    noise_on_grid: Floats

    @classmethod
    def empty(cls, pool: _Pool) -> _TailSums:
        return cls(np.zeros(len(pool.names)), np.zeros(len(pool.grid)), np.zeros(len(pool.grid)))


class _Pool:
    """The portfolio made ready: conditional probabilities on a grid of the factor."""

    def __init__(self, names: pd.DataFrame, buckets: pd.DataFrame, settings: SimulationSettings) -> None:
        self.names, self.buckets, self.settings = names, buckets, settings
        self.grid: Floats = np.arange(-GRID_END, GRID_END + GRID_STEP / 2, GRID_STEP)
        self.name_loss = names["loss"].to_numpy(dtype=np.float64)
        self.bucket_loss = buckets["loss"].to_numpy(dtype=np.float64)
        self.squares = buckets["squares"].to_numpy(dtype=np.float64)
        self._name_parts = self._parts(names)
        self._bucket_parts = self._parts(buckets)
        self.name_chances = self._chances(self.grid, *self._name_parts)
        self.mean, self.variance = self._sums_on_grid()
        self.expected_loss = float(
            names["probability"].to_numpy(dtype=np.float64) @ self.name_loss
            + buckets["probability"].to_numpy(dtype=np.float64) @ self.bucket_loss
        )

    def _parts(self, rows: pd.DataFrame) -> tuple[Floats, Floats]:
        """Give thresholds Φ⁻¹(PD) and correlations."""
        chances = rows["probability"].to_numpy(dtype=np.float64)
        inverse = NormalDist().inv_cdf
        thresholds = np.array([inverse(min(max(value, 1e-15), 1 - 1e-15)) for value in chances])
        own = self.settings.correlation
        spread = (
            correlations(chances, rows["asset_class"].tolist()) if own is None else np.full(len(rows), own)
        )
        return thresholds, spread

    @staticmethod
    def _chances(factor: Floats, thresholds: Floats, spread: Floats) -> Floats:
        """PD given the factor, factors × customers."""
        shifted = (thresholds[None, :] - np.sqrt(spread)[None, :] * factor[:, None]) / np.sqrt(1 - spread)[
            None, :
        ]
        return np.asarray(special.ndtr(shifted), dtype=np.float64)

    def _sums_on_grid(self) -> tuple[Floats, Floats]:
        """Mean and variance of the small ones' loss at each grid point, a block of it at a time."""
        mean, variance = np.zeros(len(self.grid)), np.zeros(len(self.grid))
        for block in np.array_split(np.arange(len(self.grid)), 26):
            chances = self._chances(self.grid[block], *self._bucket_parts)
            mean[block] = chances @ self.bucket_loss
            variance[block] = (chances * (1 - chances)) @ self.squares
        return mean, variance

    def draw(self, place: int, size: int) -> _Draw:
        """Draw the scenarios of a chunk; the same chunk gives the same draws."""
        random = np.random.default_rng([self.settings.seed, place])
        factor = np.clip(random.standard_normal(size), -GRID_END, GRID_END - GRID_STEP)
        noise = random.standard_normal(size)
        exact = (factor + GRID_END) / GRID_STEP
        left = np.floor(exact).astype(np.int64)
        fraction = exact - left
        chances = (
            self.name_chances[left] * (1 - fraction)[:, None]
            + self.name_chances[left + 1] * fraction[:, None]
        )
        defaulted = random.random(chances.shape) < chances
        small = self._between(self.mean, left, fraction) + noise * np.sqrt(
            self._between(self.variance, left, fraction)
        )
        return _Draw(left, fraction, noise, defaulted, defaulted @ self.name_loss + small)

    @staticmethod
    def _between(values: Floats, left: npt.NDArray[np.int64], fraction: Floats) -> Floats:
        return np.asarray(values[left] * (1 - fraction) + values[left + 1] * fraction)

    def add_tail(self, draw: _Draw, chosen: npt.NDArray[np.bool_], sums: _TailSums) -> None:
        """Add the chosen scenarios to the sums over the tail."""
        left, fraction = draw.left[chosen], draw.fraction[chosen]
        sums.name_losses += draw.defaulted[chosen].sum(axis=0) * self.name_loss
        np.add.at(sums.on_grid, left, 1 - fraction)
        np.add.at(sums.on_grid, left + 1, fraction)
        variance = self._between(self.variance, left, fraction)
        # The small ones' noise belongs to each in proportion to its variance.
        share = np.divide(draw.noise[chosen], np.sqrt(variance), out=np.zeros(len(left)), where=variance > 0)
        np.add.at(sums.noise_on_grid, left, share * (1 - fraction))
        np.add.at(sums.noise_on_grid, left + 1, share * fraction)

    def large_pool(self, level: float) -> float:
        """Loss of the infinitely fine portfolio in the bad year of that level: Σ p(z)·l at z = −Φ⁻¹(level)."""
        factor = np.array([-NormalDist().inv_cdf(level)])
        return float(
            (self._chances(factor, *self._name_parts) @ self.name_loss)[0]
            + (self._chances(factor, *self._bucket_parts) @ self.bucket_loss)[0]
        )

    def contributions(self, sums: _TailSums, years: int) -> dict[str, tuple[Contribution, ...]]:
        """Split expected loss and expected shortfall by dimension."""
        shortfall = np.zeros(len(self.buckets))
        used = np.flatnonzero((sums.on_grid != 0) | (sums.noise_on_grid != 0))
        for block in np.array_split(used, max(1, len(used) // 100)):
            chances = self._chances(self.grid[block], *self._bucket_parts)
            shortfall += (sums.on_grid[block] @ chances) * self.bucket_loss
            shortfall += (sums.noise_on_grid[block] @ (chances * (1 - chances))) * self.squares
        parts = pd.concat(
            [
                self.names[list(DIMENSIONS)].assign(
                    name=self.names["customer_id"],
                    expected=self.names["probability"].to_numpy(dtype=np.float64) * self.name_loss,
                    shortfall=sums.name_losses / years,
                ),
                self.buckets[list(DIMENSIONS)].assign(
                    name="",
                    expected=self.buckets["probability"].to_numpy(dtype=np.float64) * self.bucket_loss,
                    shortfall=shortfall / years,
                ),
            ],
            ignore_index=True,
        )
        return {dimension: _summed(parts, dimension) for dimension in (*DIMENSIONS, "name")}


def _summed(parts: pd.DataFrame, dimension: str) -> tuple[Contribution, ...]:
    keys = parts[dimension].fillna("").astype(str)
    rows = parts.groupby(keys)[["expected", "shortfall"]].sum().sort_values("shortfall", ascending=False)
    columns: Sequence[Sequence[float]] = (rows["expected"].to_list(), rows["shortfall"].to_list())
    return tuple(
        Contribution(str(key), float(loss), float(tail))
        for key, loss, tail in zip(rows.index, *columns, strict=True)
    )
