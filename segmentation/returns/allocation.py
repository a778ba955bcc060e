"""Where should the next money go? A linear programme over segments and tiers.

Money is lent where it earns most after cost and expected loss, under limits on expected loss,
capital, one segment's share and what each group can take. The first loans to a group are its
best ones, so returns fall in steps; a falling return keeps the programme linear.

It can't say which customer: a cell's rates are those of today's customers in it, and new ones
may be worse.

Solved by HiGHS (Huangfu & Hall 2018, Mathematical Programming Computation 10) through SciPy.
Shadow prices are the programme's dual values: what one more unit of a limit would earn
(Dantzig & Thapa 1997, *Linear Programming 1*, ch. 6). When no plan meets all limits, a smallest
set that can't be met together is found by leaving limits out one at a time (Chinneck & Dravnieks
1991, ORSA Journal on Computing 3(2)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeResult, linprog

from data.errors import ModelInvalid, Problem
from segmentation.policy import TIERS

Floats = npt.NDArray[np.float64]

OPTIMAL, INFEASIBLE = 0, 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what a group can take, and how much of the group's profit it still earns.

    Attributes
    ----------
    share : float
        Of the group's capacity.
    keeps : float
        Share of a positive profit rate that is left; a negative rate is divided by it instead.
    """

    share: float
    keeps: float


PIECES = (Piece(0.5, 1.0), Piece(0.3, 0.8), Piece(0.2, 0.6))
"""Falling returns: an own assumption, marked where it is used."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A group money may go to, with what a unit lent there brings and costs.

    Attributes
    ----------
    segment, tier : str
        Which group.
    exposure : float
        Held today.
    profit_rate, loss_rate, capital_rate : float
        Risk-adjusted profit a year, expected loss and economic capital per unit lent.
    """

    segment: str
    tier: str
    exposure: float
    profit_rate: float
    loss_rate: float
    capital_rate: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What an allocation has to keep to; None leaves a limit out.

    Attributes
    ----------
    budget : float
        Money to be lent at most.
    expected_loss, capital : float or None
        Of the new loans, at most.
    segment_share : float or None
        Largest share (0–1) of the budget that goes to one segment.
    growth : float
        Share of its present exposure a group may grow by.
    least : mapping of str to float
        Money a tier gets at least.
    must_spend : bool
        Whether the whole budget has to go out, whatever it earns.
    """

    budget: float
    expected_loss: float | None = None
    capital: float | None = None
    segment_share: float | None = None
    growth: float = 0.3
    least: Mapping[str, float] = field(default_factory=dict)
    must_spend: bool = False

    def __post_init__(self) -> None:
        """Refuse limits that are no amounts, all at once."""
        amounts = {
            "budget": self.budget, "expected loss": self.expected_loss, "capital": self.capital,
            "segment share": self.segment_share, "growth": self.growth,
            **{f"least for {tier}": amount for tier, amount in self.least.items()},
        }  # fmt: skip
        problems = [
            Problem("allocation", f"{name} is {value}", "Give 0 or more.")
            for name, value in amounts.items()
            if value is not None and not (np.isfinite(value) and value >= 0)
        ]
        problems += [
            Problem("allocation", f"tier “{tier}” is unknown", f"Known: {', '.join(TIERS)}.")
            for tier in self.least
            if tier not in TIERS
        ]
        if problems:
            raise ModelInvalid.from_problems(problems)


@dataclass(frozen=True, slots=True)
class Placement:
    """Money that goes to a group, and the yearly profit it is expected to earn."""

    cell: Cell
    amount: float
    profit: float


@dataclass(frozen=True, slots=True)
class Price:
    """A limit and what one more unit of it would earn.

    Attributes
    ----------
    key, what : str
        ``budget``, ``expected_loss``, ``capital``, ``segment_share`` (of segment `what`),
        ``least`` (of tier `what`).
    limit, used : float
        Money.
    price : float
        Yearly profit gained by one unit more of the limit (for `least`: lost by one unit more
        asked); 0 when it doesn't bind.
    """

    key: str
    what: str
    limit: float
    used: float
    price: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """A limit of a set that can't be met together.

    Attributes
    ----------
    key, what : str
        As in `Price`; ``capacity`` is what groups can take, ``must_spend`` the whole budget.
    relax : float or None
        Money this limit alone would have to give way by; None when that alone can't help.
    """

    key: str
    what: str
    relax: float | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A plan, or why there is none.

    Attributes
    ----------
    placements : tuple of Placement
        Groups that get money, most first.
    lent, profit, expected_loss, capital : float
        Sums of the plan.
    prices : tuple of Price
        Limits, the dearest first.
    conflict : tuple of Conflict
        Empty when there is a plan.
    """

    placements: tuple[Placement, ...]
    lent: float
    profit: float
    expected_loss: float
    capital: float
    prices: tuple[Price, ...]
    conflict: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A constraint ``coefficients · x ≤ limit``."""

    key: str
    what: str
    coefficients: Floats
    limit: float


@dataclass(frozen=True, slots=True)
class Programme:
    """The linear programme in arrays: maximise `profit`·x under rows and 0 ≤ x ≤ `upper`.

    Attributes
    ----------
    profit, upper : ndarray of shape (cells · pieces,)
        Of each cell's pieces, cell by cell.
    matrix : ndarray of shape (rows, cells · pieces)
        Constraints.
    limits : ndarray of shape (rows,)
        Their right-hand sides.
    """

    profit: Floats
    upper: Floats
    rows: tuple[_Row, ...]

    @property
    def matrix(self) -> Floats:
        """Coefficients, a row a constraint."""
        return np.array([row.coefficients for row in self.rows])

    @property
    def limits(self) -> Floats:
        """Right-hand sides."""
        return np.array([row.limit for row in self.rows])


def programme_of(cells: Sequence[Cell], limits: Limits, pieces: Sequence[Piece] = PIECES) -> Programme:
    """Write an allocation as a linear programme.

    Parameters
    ----------
    cells : sequence of Cell
        Groups.
    limits : Limits
        What to keep to.
    pieces : sequence of Piece
        Falling returns; shares add up to 1 and `keeps` falls, or the programme would take the
        later pieces first.
    """
    if abs(sum(piece.share for piece in pieces) - 1) > 1e-9 or any(
        later.keeps > earlier.keeps or later.keeps <= 0 for earlier, later in pairwise(pieces)
    ):
        raise ModelInvalid.from_problems(
            [
                Problem(
                    "falling returns",
                    "shares do not add up to 1 or returns rise",
                    "Let later parts earn less.",
                )
            ]
        )

    def spread(value: Floats) -> Floats:
        return np.repeat(value, len(pieces))

    rate = np.array([cell.profit_rate for cell in cells])
    keeps = np.array([piece.keeps for piece in pieces])
    profit = np.where(rate[:, None] > 0, rate[:, None] * keeps, rate[:, None] / keeps).ravel()
    upper = np.outer(
        [cell.exposure * limits.growth for cell in cells], [piece.share for piece in pieces]
    ).ravel()
    ones = np.ones(len(profit))
    rows = [_Row("budget", "", ones, limits.budget)]
    if limits.must_spend:
        rows.append(_Row("must_spend", "", -ones, -limits.budget))
    if limits.expected_loss is not None:
        rows.append(
            _Row("expected_loss", "", spread(np.array([c.loss_rate for c in cells])), limits.expected_loss)
        )
    if limits.capital is not None:
        rows.append(_Row("capital", "", spread(np.array([c.capital_rate for c in cells])), limits.capital))
    if limits.segment_share is not None:
        rows += [
            _Row(
                "segment_share", name, spread(np.array([float(cell.segment == name) for cell in cells])),
                limits.segment_share * limits.budget,
            )
            for name in dict.fromkeys(cell.segment for cell in cells)
        ]  # fmt: skip
    rows += [
        _Row("least", tier, -spread(np.array([float(cell.tier == tier) for cell in cells])), -amount)
        for tier, amount in limits.least.items()
        if amount > 0
    ]
    return Programme(profit, upper, tuple(rows))


def allocate(cells: Sequence[Cell], limits: Limits, pieces: Sequence[Piece] = PIECES) -> Allocation:
    """Place the next money where it earns most, or name the limits that can't be met together.

    Examples
    --------
    >>> cells = [Cell("1", "Core", 100.0, 0.04, 0.01, 0.08), Cell("2", "Core", 100.0, 0.02, 0.005, 0.04)]
    >>> plan = allocate(cells, Limits(40.0, growth=0.4), pieces=[Piece(1.0, 1.0)])
    >>> [(entry.cell.segment, entry.amount) for entry in plan.placements], round(plan.profit, 6)
    ([('1', 40.0)], 1.6)
    >>> plan.prices[0].key, round(plan.prices[0].price, 6)
    ('budget', 0.02)
    """
    programme = programme_of(cells, limits, pieces)
    if not cells:
        wanted = [row for row in programme.rows if row.limit < 0]
        conflict = tuple(Conflict(row.key, row.what, -row.limit) for row in wanted)
        return Allocation((), 0.0, 0.0, 0.0, 0.0, (), conflict)
    # Money in units of the budget: the solver's tolerances are absolute.
    unit = limits.budget or 1.0
    result = _solve(_in_units(programme, unit))
    if result.status == INFEASIBLE:
        return Allocation((), 0.0, 0.0, 0.0, 0.0, (), _conflict(programme, unit))
    if result.status != OPTIMAL:
        raise RuntimeError(f"HiGHS: {result.message}")
    amounts = np.asarray(result.x) * unit
    return _plan(cells, programme, amounts, -np.asarray(result.ineqlin.marginals), len(pieces))


def _in_units(programme: Programme, unit: float) -> Programme:
    return Programme(
        programme.profit,
        programme.upper / unit,
        tuple(replace(row, limit=row.limit / unit) for row in programme.rows),
    )


def _solve(programme: Programme, objective: Floats | None = None) -> OptimizeResult:
    return linprog(
        -programme.profit if objective is None else objective,
        A_ub=programme.matrix,
        b_ub=programme.limits,
        bounds=np.column_stack([np.zeros(len(programme.upper)), programme.upper]),
        method="highs",
    )


def _plan(
    cells: Sequence[Cell], programme: Programme, amounts: Floats, prices: Floats, pieces: int
) -> Allocation:
    by_cell = amounts.reshape(len(cells), pieces).sum(axis=1)
    earned = (amounts * programme.profit).reshape(len(cells), pieces).sum(axis=1)
    total = float(by_cell.sum()) or 1.0
    placements = [
        Placement(cell, float(amount), float(profit))
        for cell, amount, profit in zip(cells, by_cell, earned, strict=True)
        if amount > 1e-9 * total
    ]
    listed = []
    for row, price in zip(programme.rows, prices, strict=True):
        if row.key == "must_spend":
            continue
        sign = -1.0 if row.key == "least" else 1.0
        listed.append(
            Price(
                row.key,
                row.what,
                sign * row.limit,
                sign * float(row.coefficients @ amounts),
                max(float(price), 0.0),
            )
        )
    return Allocation(
        tuple(sorted(placements, key=lambda entry: (-entry.amount, entry.cell.segment, entry.cell.tier))),
        float(by_cell.sum()),
        float(earned.sum()),
        float(sum(a * cell.loss_rate for a, cell in zip(by_cell, cells, strict=True))),
        float(sum(a * cell.capital_rate for a, cell in zip(by_cell, cells, strict=True))),
        tuple(sorted(listed, key=lambda entry: (-entry.price, entry.key, entry.what))),
    )


def _conflict(programme: Programme, unit: float) -> tuple[Conflict, ...]:
    """Leave limits out one at a time; what can't be left out without a plan appearing is in conflict."""
    scaled = _in_units(programme, unit)
    kept = list(scaled.rows)
    upper = scaled.upper
    for row in list(kept):
        without = [other for other in kept if other is not row]
        if not _has_plan(Programme(scaled.profit, upper, tuple(without))):
            kept = without
    unbounded = np.full_like(upper, np.inf)
    needs_capacity = _has_plan(Programme(scaled.profit, unbounded, tuple(kept)))
    found = [Conflict(row.key, row.what, _relaxation(scaled, row, unit)) for row in kept]
    return (*found, Conflict("capacity", "", None)) if needs_capacity else tuple(found)


def _has_plan(programme: Programme) -> bool:
    if not programme.rows:
        return True
    return bool(_solve(programme, np.zeros(len(programme.profit))).status == OPTIMAL)


def _relaxation(programme: Programme, row: _Row, unit: float) -> float | None:
    """Least money a limit alone must give way by for a plan to exist."""
    slack = np.array([-1.0 if other is row else 0.0 for other in programme.rows])
    result = linprog(
        np.append(np.zeros(len(programme.profit)), 1.0),
        A_ub=np.column_stack([programme.matrix, slack]),
        b_ub=programme.limits,
        bounds=[*((0.0, top) for top in programme.upper), (0.0, None)],
        method="highs",
    )
    return float(result.fun) * unit if result.status == OPTIMAL else None
