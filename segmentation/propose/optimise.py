"""The best policy under limits, found exactly among all policies of the grid.

The objective is the yearly risk-adjusted profit of the whole portfolio, each tier under its
own treatment; limits cap expected loss, capital, exposure and the customers moved. As every
measure is F(T1, G1) + H(T2, G2) + constant (:mod:`segmentation.propose.tables`), a policy is
a pair: one cell of F and one of H, with T1 ≥ T2 and gates that don't cross. The cells of F
are taken one after the other, and all cells of H that go with one are looked at together.

Most cells of F are never opened. For any prices λ ≥ 0 of the limits L, no policy within the
limits earns more than

    max over pairs of (profit − Σ λ·measure) + Σ λ·L

(Lagrangian relaxation: H. Everett 1963, *Operations Research* 11, 399–417), and the part of
the bound that belongs to a cell of F is a look-up of running maxima of H. The prices that
press the bound down are found by cutting planes (J. E. Kelley 1960, *Journal of SIAM* 8,
703–712). They only decide what need not be looked at, with room for rounding; every figure
that is compared is a whole number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from segmentation.cube import Integers
from segmentation.propose.tables import TOTALS, Lines, Tables

Floats = npt.NDArray[np.float64]
Number = TypeVar("Number", np.int64, np.float64)
LIMITED = ("expected_loss", "capital", "exposure", "moved")
"""What a limit may be set for: money in hundredths, customers."""

ROUNDS = 40
"""Cutting planes at most: more would cost longer than they save."""
DEAREST = 1e3
"""Highest price of a limit tried, in parts of the objective's spread for the measure's spread."""
NEAR_ENOUGH = 1e-6
"""Gap between bound and cutting planes, in parts of the objective's spread, at which the prices will do."""
SLACK = 1e-11
"""Room for rounding of a bound, as a share of the amounts added up in it."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best policy of a search.

    Attributes
    ----------
    lines : Lines
        Its four numbers.
    totals : dict of str to int
        What it holds, by `TOTALS`: hundredths, customers moved.
    """

    lines: Lines
    totals: dict[str, int]


def optimise(
    tables: Tables,
    limits: Mapping[str, int],
    *,
    objective: str = "profit",
    ties: tuple[str, ...] = ("moved",),
) -> Optimum | None:
    """Find the best policy of the grid within limits; None when no policy keeps them all.

    Of equally good policies the one is taken that moves fewest customers, then the one with
    the higher Strategic threshold, the higher Core threshold, the stricter Strategic gate,
    the stricter Core gate. So the answer is one policy, whatever the order of the search.

    Parameters
    ----------
    tables : Tables
        All policies of the grid.
    limits : mapping of str to int
        Most of a measure of `LIMITED` that is allowed: hundredths, customers.
    objective : str
        ``profit`` is made as large, any other of `TOTALS` as small as can be.
    ties : tuple of str
        Of `TOTALS`, made large or small likewise, in this order, before the lines decide.

    Examples
    --------
    Two thresholds, one gate. A Strategic customer earns 5 more and moves; the limit on moves
    decides whether that may be.

    >>> from segmentation.policy import built_in_policy
    >>> strategic, core = np.zeros((5, 2, 1), dtype=np.int64), np.zeros((5, 2, 1), dtype=np.int64)
    >>> strategic[TOTALS.index("profit"), 0], strategic[TOTALS.index("moved"), 0] = 5, 1
    >>> nothing, gates = np.zeros(5, dtype=np.int64), np.zeros(1, dtype=np.int64)
    >>> toy = Tables(built_in_policy(), np.array([100, 130]), np.array([40]), strategic, core, nothing, gates)
    >>> [optimise(toy, limits).totals["profit"] for limits in ({}, {"moved": 1}, {"moved": 0})]
    [5, 5, 0]
    >>> optimise(toy, {"moved": 0}).lines
    Lines(strategic_step=130, core_step=130, strategic_rung=40, core_rung=40)
    """
    return _Search(tables, limits, objective, ties).run()


@dataclass(frozen=True, slots=True)
class _Limit:
    """A measure's F and H, and what they may add up to."""

    strategic: Integers
    core: Integers
    most: int

    @property
    def span(self) -> float:
        """How far the measure reaches: the unit its price is told in."""
        return max(_spread(self.strategic), _spread(self.core), 1.0)

    @property
    def size(self) -> float:
        """Largest amount in it."""
        return float(np.abs(self.strategic).max()) + float(np.abs(self.core).max()) + abs(self.most)


class _Search:
    """One search: what is compared, what is limited, and the best found so far."""

    def __init__(
        self, tables: Tables, limits: Mapping[str, int], objective: str, ties: tuple[str, ...]
    ) -> None:
        unknown = sorted(set(limits) - set(LIMITED))
        if unknown:
            raise ValueError(f"no limit can be set for {', '.join(unknown)}")
        self.tables = tables
        # All are made large: first the objective, then what decides between equally good policies.
        signs = {name: 1 if name == "profit" else -1 for name in (objective, *ties)}
        places = {name: TOTALS.index(name) for name in TOTALS}
        self.goals = [
            (sign * tables.strategic[places[name]], sign * tables.core[places[name]])
            for name, sign in signs.items()
        ]
        self.limits = [
            _Limit(
                tables.strategic[places[name]],
                tables.core[places[name]],
                int(most) - int(tables.constant[places[name]]),
            )
            for name, most in limits.items()
        ]
        self.best: tuple[int, ...] | None = None

    def run(self) -> Optimum | None:
        """Open cells of F by their bound, most promising first, until none can do better."""
        bound = self._bound().ravel()
        for place in np.argsort(-bound, kind="stable").tolist():
            if bound[place] == -np.inf or (self.best is not None and bound[place] < self.best[0]):
                break
            self._open(*divmod(place, len(self.tables.rungs)))
        if self.best is None:
            return None
        t1, t2, g1, g2 = self.best[-4], self.best[-3], -self.best[-2], -self.best[-1]
        steps, rungs = self.tables.steps, self.tables.rungs
        lines = Lines(int(steps[t1]), int(steps[t2]), int(rungs[g1]), int(rungs[g2]))
        return Optimum(lines, self.tables.total(lines))

    def _open(self, t1: int, g1: int) -> None:
        """Look at all cells of H that go with one of F, and keep the best of them if none was better."""
        first = int(self.tables.first_core_rung[g1])
        ours, theirs = self.goals[0]
        within = (slice(0, t1 + 1), slice(first, None))
        floor = -np.inf if self.best is None else self.best[0] - int(ours[t1, g1])
        fits = theirs[within] >= floor
        for limit in self.limits:
            if not fits.any():
                return
            fits &= limit.core[within] <= limit.most - int(limit.strategic[t1, g1])
        if not fits.any():
            return
        key: list[int] = []
        for ours, theirs in self.goals:
            score = theirs[within]
            top = int(score[fits].max())
            fits &= score == top
            key.append(top + int(ours[t1, g1]))
        rows, columns = np.nonzero(fits)
        t2 = int(rows.max())
        g2 = first + int(columns[rows == t2].min())
        found = (*key, t1, t2, -g1, -g2)
        if self.best is None or found > self.best:
            self.best = found

    def _bound(self) -> Floats:
        """Most that a policy within the limits reaches with each cell of F; −∞ where none is within."""
        possible = np.broadcast_to(
            self.tables.first_core_rung < len(self.tables.rungs), self.goals[0][0].shape
        ).copy()
        for limit in self.limits:
            possible &= limit.strategic - self._partner_most(-limit.core) <= limit.most
        if not possible.any():
            return np.full(possible.shape, -np.inf)
        scale = max(*map(_spread, self.goals[0]), 1.0)
        prices = self._prices(scale, possible)
        first, second, worth = self._priced(prices, scale)
        sizes = sum(float(np.abs(table).max()) for table in self.goals[0]) / scale + 1.0
        sizes += sum(
            price * limit.size / limit.span for price, limit in zip(prices, self.limits, strict=True)
        )
        reach = first + self._partner_most(second) + worth + SLACK * sizes
        return np.asarray(np.where(possible, np.ceil(reach * scale) + 1.0, -np.inf), dtype=np.float64)

    def _priced(self, prices: Floats, scale: float) -> tuple[Floats, Floats, float]:
        """F and H of the objective less the price of what they use, and what the limits are worth."""
        first, second = (np.asarray(table / scale, dtype=np.float64) for table in self.goals[0])
        worth = 0.0
        for price, limit in zip(prices.tolist(), self.limits, strict=True):
            first = first - limit.strategic * (price / limit.span)
            second = second - limit.core * (price / limit.span)
            worth += price * (limit.most / limit.span)
        return first, second, worth

    def _prices(self, scale: float, possible: npt.NDArray[np.bool_]) -> Floats:
        """Prices of the limits that press the bound down: cutting planes until they meet it."""
        prices = np.zeros(len(self.limits))
        best, lowest, planes, worths = prices, np.inf, [], []
        for _ in range(ROUNDS if self.limits else 0):
            first, second, worth = self._priced(prices, scale)
            reach = np.where(possible, first + self._partner_most(second), -np.inf)
            t1, g1 = divmod(int(reach.argmax()), reach.shape[1])
            value = float(reach[t1, g1]) + worth
            if value < lowest:
                best, lowest = prices, value
            self._open(t1, g1)  # a good policy early spares many cells
            t2, g2 = self._partner(second, t1, g1)
            room = [
                (limit.most - int(limit.strategic[t1, g1]) - int(limit.core[t2, g2])) / limit.span
                for limit in self.limits
            ]
            planes.append([*room, -1.0])
            worths.append(-float(value - np.dot(prices, room)))
            found = linprog(
                [*[0.0] * len(room), 1.0],
                A_ub=planes,
                b_ub=worths,
                bounds=[*[(0.0, DEAREST)] * len(room), (None, None)],
                method="highs",
            )
            if not found.success or lowest - found.fun <= NEAR_ENOUGH:
                break
            prices = np.asarray(found.x[:-1], dtype=np.float64)
        return best

    def _partner_most(self, table: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Largest amount of an H among the cells that go with each cell of F."""
        running = np.maximum.accumulate(table, axis=0)
        running = np.maximum.accumulate(running[:, ::-1], axis=1)[:, ::-1]
        last = len(self.tables.rungs) - 1
        return np.asarray(running[:, np.minimum(self.tables.first_core_rung, last)])

    def _partner(self, table: Floats, t1: int, g1: int) -> tuple[int, int]:
        """Cell of H with the largest amount among those that go with one cell of F."""
        first = int(self.tables.first_core_rung[g1])
        within = table[: t1 + 1, first:]
        row, column = divmod(int(within.argmax()), within.shape[1])
        return row, first + column


def _spread(table: Integers) -> float:
    return float(table.max()) - float(table.min())
