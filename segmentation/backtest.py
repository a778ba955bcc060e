"""A policy against what really happened: tiers set at one date, outcomes seen until a later one.

Each tier's default rate, loss and net result are set against tiers *of the same sizes* made
in other ways: by amount, by probability of default, by value score, at random. Ties go by
customer id, so that the same portfolio always gives the same tiers. A default rate has
Wilson's interval (Wilson 1927), a sum of money one of the bootstrap over customers (Efron
1979, *Bootstrap methods*, Annals of Statistics 7).

The comparison can't say what would have happened had the tiers been treated differently:
nobody was. It says whether the order of customers was worth anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from data.errors import InputRefused
from segmentation.policy import TIERS
from segmentation.scorecard.statistics import Interval, wilson_interval

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

Rule = Literal["set", "value", "pd", "amount", "random"]
RULES: tuple[Rule, ...] = get_args(Rule)
"""As they are shown: the tiers under test, then the ways to make as large ones without them."""

RESAMPLES = 500
GROUPS = 1_000
"""Customers are drawn again in at most so many random groups: the same spread, at any size."""
MOST_DRAWS, LEAST_DRAWS, WORK = 200, 20, 40_000_000
"""Random tiers are drawn 200 times, of very many customers less often, never below 20 times."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Customers whose tier was set and whose outcome is known, in order of customer id.

    Attributes
    ----------
    tier : ndarray of int
        Place in `TIERS`.
    amount : ndarray of float
        What was at stake when the tier was set, in the portfolio's money.
    probability : ndarray of float
        Probability of default as forecast then; NaN when unknown.
    value : ndarray of float
        Value score as of then; NaN when unknown.
    defaulted : ndarray of bool
        Whether a default came.
    loss : ndarray of float
        What it cost, recoveries taken off; 0 without a default.
    income : ndarray of float
        What the customer earned the lender until then, before losses.
    late : ndarray of bool or None
        Whether it defaulted or is more than 30 days past due at the end; None when nobody knows.
    """

    tier: Places
    amount: Floats
    probability: Floats
    value: Floats
    defaulted: Flags
    loss: Floats
    income: Floats
    late: Flags | None = None

    @property
    def net(self) -> Floats:
        """Income less loss of each customer."""
        return self.income - self.loss


@dataclass(frozen=True, slots=True)
class TierOutcome:
    """What became of a tier.

    Attributes
    ----------
    tier : str
        One of `TIERS`.
    customers : int
        How many.
    defaults : float
        How many of them defaulted; of random tiers the mean of the draws.
    default_rate : Interval or None
        Wilson's interval, of random tiers the middle 95 % of the draws; None without customers.
    amount, share_of_amount : float
        At stake, and its share of all tiers.
    loss : float
        Realised.
    net, net_rate : Interval or None
        Income less loss, in money and as a fraction of the amount.
    late_rate : Interval or None
        Share that defaulted or pays late at the end; None when nobody knows.
    """

    tier: str
    customers: int
    defaults: float
    default_rate: Interval | None
    amount: float
    share_of_amount: float
    loss: float
    net: Interval | None
    net_rate: Interval | None
    late_rate: Interval | None = None


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """The tiers one rule makes, best first."""

    rule: Rule
    tiers: tuple[TierOutcome, ...]


def by_shares(value: Floats, shares: Sequence[float]) -> Places:
    """Set tiers by count: the best share by value, then the next, then the rest; ties by place.

    Parameters
    ----------
    value : ndarray
        Value score in order of customer id; who has none comes last.
    shares : sequence of float
        Of Strategic and of Core, fractions of all customers.

    Raises
    ------
    InputRefused
        When the shares are not two fractions that leave room for the rest.

    Examples
    --------
    >>> by_shares(np.array([10.0, 30.0, 30.0, 20.0, np.nan]), (0.2, 0.4)).tolist()
    [2, 0, 1, 1, 2]
    """
    if len(shares) != 2 or min(shares) < 0 or sum(shares) > 1:
        raise InputRefused.because(
            f"the shares {', '.join(f'{share:g}' for share in shares)} are not those of Strategic and Core",
            file="the back-test",
            remedy="Give two fractions that add up to 1 at most, such as 0.1,0.3.",
        )
    bounds = np.round(np.cumsum(shares) * len(value)).astype(np.int64)
    sizes = np.diff(np.concatenate([[0], bounds, [len(value)]]))
    return _of_sizes(_best_first(value), sizes)


def against_others(judged: Judged, seed: int = 0) -> tuple[RuleOutcome, ...]:
    """Judge the tiers as set, and as large ones by value, PD, amount and at random.

    Parameters
    ----------
    judged : Judged
        In order of customer id, which breaks ties.
    seed : int
        Of resamples and draws.

    Examples
    --------
    >>> one = np.ones(4)
    >>> judged = Judged(np.array([0, 1, 2, 2]), one * 100, np.array([0.1, 0.2, 0.3, 0.4]), one,
    ...                 np.array([False, False, True, True]), np.array([0, 0, 50.0, 50.0]), one * 5)
    >>> [(outcome.rule, outcome.tiers[2].net.value) for outcome in against_others(judged)][:3]
    [('set', -90.0), ('value', -90.0), ('pd', -90.0)]
    """
    sizes = np.bincount(judged.tier, minlength=len(TIERS))
    orders = {
        "value": _best_first(judged.value),
        "pd": _best_first(-judged.probability),
        "amount": _best_first(judged.amount),
    }
    found = [RuleOutcome("set", outcomes(judged, judged.tier, seed))]
    for rule in RULES[1:-1]:
        found.append(RuleOutcome(rule, outcomes(judged, _of_sizes(orders[rule], sizes), seed)))
    return (*found, RuleOutcome("random", at_random(judged, sizes, seed)))


def outcomes(judged: Judged, tier: Places, seed: int = 0) -> tuple[TierOutcome, ...]:
    """Say what became of each tier, with intervals.

    Parameters
    ----------
    judged : Judged
        The customers.
    tier : ndarray of int
        Their tiers: those that were set, or others.
    seed : int
        Of the bootstrap.
    """
    whole = float(judged.amount.sum())
    net = judged.net
    return tuple(
        _outcome(name, judged, net, np.flatnonzero(tier == place), whole, seed)
        for place, name in enumerate(TIERS)
    )


def at_random(judged: Judged, sizes: Places, seed: int = 0) -> tuple[TierOutcome, ...]:
    """Draw tiers of the same sizes many times: means, and the middle 95 % of the draws."""
    customers = len(judged.tier)
    draws = int(np.clip(WORK // max(customers, 1), LEAST_DRAWS, MOST_DRAWS))
    generator = np.random.default_rng(seed)
    late = judged.defaulted if judged.late is None else judged.late
    counted = (judged.defaulted.astype(np.float64), late.astype(np.float64))
    measures = np.column_stack([*counted, judged.amount, judged.loss, judged.net])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    sums = np.empty((draws, len(TIERS), measures.shape[1]))
    for draw in range(draws):
        running = np.cumsum(measures[generator.permutation(customers)], axis=0)
        running = np.vstack([np.zeros(measures.shape[1]), running])
        sums[draw] = np.diff(running[ends], axis=0)
    whole = float(judged.amount.sum())
    return tuple(
        _drawn(name, int(sizes[place]), sums[:, place], whole, has_late=judged.late is not None)
        for place, name in enumerate(TIERS)
    )


def _best_first(value: Floats) -> Places:
    """Order by falling value; unknown ones last, ties as they stand."""
    return np.argsort(np.where(np.isnan(value), np.inf, -value), kind="stable")


def _of_sizes(order: Places, sizes: Places) -> Places:
    """Give the first of an order the first tier, and so on."""
    tier = np.empty(len(order), dtype=np.int64)
    tier[order] = np.repeat(np.arange(len(sizes)), sizes)
    return tier


def _outcome(name: str, judged: Judged, net: Floats, mine: Places, whole: float, seed: int) -> TierOutcome:
    defaults, amount = int(judged.defaulted[mine].sum()), float(judged.amount[mine].sum())
    total, rate = _resampled(net[mine], judged.amount[mine], seed)
    return TierOutcome(
        name,
        len(mine),
        defaults,
        wilson_interval(defaults, len(mine)),
        amount,
        amount / whole if whole > 0 else 0.0,
        float(judged.loss[mine].sum()),
        total,
        rate,
        None if judged.late is None else wilson_interval(int(judged.late[mine].sum()), len(mine)),
    )


def _resampled(net: Floats, amount: Floats, seed: int) -> tuple[Interval | None, Interval | None]:
    """95 % bootstrap intervals of a sum and of its ratio to the amount.

    Customers are drawn again one by one where they are few, else in random groups of one
    size: a sum of independent customers spreads alike either way.
    """
    if not len(net):
        return None, None
    generator = np.random.default_rng(seed)
    groups = min(len(net), GROUPS)
    place = generator.permutation(len(net)) % groups
    sums = np.column_stack([np.bincount(place, weights=part, minlength=groups) for part in (net, amount)])
    counts = generator.multinomial(groups, np.full(groups, 1.0 / groups), size=RESAMPLES)
    drawn = (counts @ sums).astype(np.float64)
    total = _interval(float(net.sum()), drawn[:, 0])
    held = drawn[:, 1] > 0
    if not held.any() or amount.sum() <= 0:
        return total, None
    return total, _interval(float(net.sum() / amount.sum()), drawn[held, 0] / drawn[held, 1])


def _drawn(name: str, customers: int, sums: Floats, whole: float, *, has_late: bool) -> TierOutcome:
    defaults, late, amount, loss, net = sums.T
    held = amount > 0
    rates = net[held] / amount[held]
    return TierOutcome(
        name,
        customers,
        float(defaults.mean()),
        _interval(float(defaults.mean()) / customers, defaults / customers) if customers else None,
        float(amount.mean()),
        float(amount.mean()) / whole if whole > 0 else 0.0,
        float(loss.mean()),
        _interval(float(net.mean()), net) if customers else None,
        _interval(float(rates.mean()), rates) if held.any() else None,
        _interval(float(late.mean()) / customers, late / customers) if customers and has_late else None,
    )


def _interval(value: float, drawn: Floats) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high))
