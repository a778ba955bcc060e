"""What would lift a customer: the smallest changes of what it can move that give a better tier.

A counterfactual is the nearest row that gets another answer (Wachter, Mittelstadt & Russell
2018, Counterfactual explanations without opening the black box, Harvard Journal of Law &
Technology 31(2)); only *actionable* columns move, in the direction and as far as the contract
says (actionable recourse: Ustun, Spangher & Liu 2019, FAT*), and several different answers are
given (Mothilal, Sharma & Tan 2020, FAT*). Nothing is derived from formulas here: candidate rows
are made in batches, a `judge` scores each batch by the stored model, and what is reported was
scored.

An answer is what the *model* would say of such a row. It is no promise, and no claim that the
change causes anything in the world.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from segmentation.counterfactual_search import Judge, Search, sufficient_plans
from segmentation.cube import NO_TIER
from segmentation.explain import Standing, tier_reason
from segmentation.levers import Lever, Plan, Row
from segmentation.policy import TIERS, Policy
from segmentation.risk.ladder import UNKNOWN_STEP

MOST_SINGLES, MOST_PAIRS = 3, 2
FIXED = ("given", "rating")
"""Sources of a PD that no other column moves."""
DIGITS = 3
"""Significant digits of a proposed change: 20,137.44 becomes 20,200."""


@dataclass(frozen=True, slots=True)
class Change:
    """One column moved."""

    column: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Way:
    """A set of changes after which the model gives the tier wanted, or a better one.

    Attributes
    ----------
    changes : tuple of Change
        What moves.
    cost : float
        Shares of customers passed, summed over the columns.
    tier : str
        What the scored row gets.
    value_score, probability_of_default : float
        Of the scored row, the score in the half points policies are made of; the probability
        may be NaN.
    """

    changes: tuple[Change, ...]
    cost: float
    tier: str
    value_score: float
    probability_of_default: float


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What would lift a customer, or why nothing does.

    Attributes
    ----------
    tier, target : str
        As it is, and what is wanted; no target at the top and in default.
    ways : tuple of Way
        Least change first.
    refusal : str
        Why there is none: ``top``, ``default``, ``stay``, ``no_levers``, ``coverage``,
        ``gate_given``, ``gate_unknown``, ``gate``, ``threshold``; empty when there are ways.
    closest_score, closest_probability : float or None
        The best that was reached, when nothing sufficed.
    needed : float or None
        Value score (points) or PD (fraction) that was missed, or months of the minimum stay,
        by the refusal.
    tried : int
        Rows scored.
    """

    tier: str
    target: str
    ways: tuple[Way, ...] = ()
    refusal: str = ""
    closest_score: float | None = None
    closest_probability: float | None = None
    needed: float | None = None
    tried: int = 0


def better_tiers(tier: str) -> tuple[str, ...]:
    """Tiers above one, the next first.

    Examples
    --------
    >>> better_tiers("Ordinary"), better_tiers("Strategic"), better_tiers("Work-out")
    (('Core', 'Strategic'), (), ())
    """
    return TIERS[: TIERS.index(tier)][::-1] if tier in TIERS else ()


def find_ways(
    row: Row,
    standing: Standing,
    levers: Sequence[Lever],
    policy: Policy,
    target: str,
    judge: Judge,
    *,
    conversion: float,
    probability_source: str,
) -> Counterfactual:
    """Find the smallest changes that lift a customer to a tier: columns alone, and in pairs.

    After the batches of :func:`~segmentation.counterfactual_search.sufficient_plans` the answers
    are scored once more, their changes rounded up to `DIGITS` digits.

    Parameters
    ----------
    row : mapping
        The customer as ingested.
    standing : Standing
        Where it stands, the tier held before included: who held a better one is lifted by the
        exit lines, and within its minimum stay nobody is.
    levers : sequence of Lever
        Of :func:`levers_of`.
    policy : Policy
        Under which.
    target : str
        Tier wanted.
    judge : callable
        Scores a batch.
    conversion : float
        Credit conversion factor.
    probability_source : str
        Where the customer's PD comes from, for the reason of a refusal.
    """
    now = tier_reason(standing, policy).tier
    if not better_tiers(now):
        return Counterfactual(now, "", refusal="default" if standing.is_defaulted else "top")
    if standing.is_staying and TIERS.index(target) < standing.held < NO_TIER:
        return Counterfactual(now, target, refusal="stay", needed=float(policy.stay_months))
    if not levers:
        return Counterfactual(now, target, refusal="no_levers")
    search = Search(row, standing, policy, target, judge, conversion)
    if standing.risk_step > search.rung and probability_source in FIXED:
        # Nothing a customer moves changes a PD that was given: no need to try.
        return Counterfactual(
            now, target, (), "gate_given", standing.value_step / 2, standing.shown_probability, search.highest
        )
    plans = sufficient_plans(search, levers)
    if not plans:
        return _refused(search, now, probability_source)
    ways = _verified(search, plans, {lever.column: lever for lever in levers})
    return (
        Counterfactual(now, target, ways, tried=search.tried)
        if ways
        else _refused(search, now, probability_source)
    )


def _verified(search: Search, plans: Sequence[Plan], levers: Mapping[str, Lever]) -> tuple[Way, ...]:
    """Score the answers once more, with round changes; keep the few that differ most."""
    round_plans = [{name: _rounded(levers[name], value) for name, value in plan.items()} for plan in plans]
    good, _, judged = search.score([*round_plans, *plans])
    ways = []
    for place, (rounded, exact) in enumerate(zip(round_plans, plans, strict=True)):
        if not (good[place] or good[place + len(plans)]):
            continue
        plan, row = (rounded, judged.iloc[place]) if good[place] else (exact, judged.iloc[place + len(plans)])
        changes = tuple(Change(name, levers[name].own, value) for name, value in plan.items())
        cost = sum(levers[name].cost(value) for name, value in plan.items())
        probability = (
            float(row["probability_of_default"]) if pd.notna(row["probability_of_default"]) else math.nan
        )
        ways.append(Way(changes, cost, str(row["tier"]), float(row["value_step"]) / 2, probability))
    return _different(sorted(ways, key=lambda way: way.cost))


def _rounded(lever: Lever, value: float) -> float:
    """Round a change up to a few digits, not beyond the furthest."""
    change = value - lever.own
    if lever.is_whole or change == 0:
        return value
    unit = 10.0 ** (math.floor(math.log10(abs(change))) - DIGITS + 1)
    size = math.ceil(round(abs(change) / unit, 6)) * unit
    rounded = lever.own + math.copysign(size, change)
    return rounded if abs(rounded - lever.own) <= abs(lever.furthest - lever.own) else value


def _different(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Keep the cheapest single columns, and the pairs that cost less than either of their columns alone."""
    singles = {way.changes[0].column: way for way in ways if len(way.changes) == 1}
    others: list[Way] = []
    for way in ways:
        names = {change.column for change in way.changes}
        alone = [singles[name].cost for name in names if name in singles]
        repeats = any(len(names & {c.column for c in kept.changes}) == len(names) for kept in others)
        if len(names) > 1 and not repeats and all(way.cost < cost for cost in alone):
            others.append(way)
    kept = [*list(singles.values())[:MOST_SINGLES], *others[:MOST_PAIRS]]
    return tuple(sorted(kept, key=lambda way: way.cost))


def _refused(search: Search, now: str, source: str) -> Counterfactual:
    """Say why nothing suffices, by the row that came closest."""
    assert search.closest is not None
    row = search.closest[1]
    score = float(row["value_step"]) / 2
    probability = float(row["probability_of_default"]) if pd.notna(row["probability_of_default"]) else None
    refusal, needed = _reason(search, row, source)
    return Counterfactual(now, search.target, (), refusal, score, probability, needed, search.tried)


def _reason(search: Search, row: pd.Series, source: str) -> tuple[str, float | None]:
    if row["risk_step"] > search.rung:
        needed = search.highest
        if row["risk_step"] == UNKNOWN_STEP:
            return "gate_unknown", needed
        return ("gate" if source == "scorecard" else "gate_given"), needed
    if search.is_top and row["is_capped"] and row["value_score"] >= search.points:
        return "coverage", None
    return "threshold", search.points
