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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.explain import Standing, tier_reason
from segmentation.levers import POINTS, Lever, Plan, Row, candidate_rows
from segmentation.policy import LIFECYCLES, TIERS, Policy
from segmentation.risk.ladder import UNKNOWN_STEP, bound

PAIR_POINTS, PAIR_REFINED = 7, 6
MOST_HELPFUL = 5
"""Columns that are tried in pairs."""
MOST_SINGLES, MOST_PAIRS = 3, 2
FIXED = ("given", "rating")
"""Sources of a PD that no other column moves."""
DIGITS = 3
"""Significant digits of a proposed change: 20,137.44 becomes 20,200."""

Judge = Callable[[pd.DataFrame], pd.DataFrame]
"""Scores candidate rows (columns → values, NaN as it is): `tier`, `value_score`, `value_step`,
`risk_step`, `probability_of_default`, `is_capped`, in the same order."""


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
        Why there is none: ``top``, ``default``, ``no_levers``, ``coverage``, ``gate_given``,
        ``gate_unknown``, ``gate``, ``threshold``; empty when there are ways.
    closest_score, closest_probability : float or None
        The best that was reached, when nothing sufficed.
    needed : float or None
        Value score (points) or PD (fraction) that was missed, by the refusal.
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


class _Search:
    """Batches of plans, each scored once, and what came of them."""

    def __init__(
        self, row: Row, standing: Standing, policy: Policy, target: str, judge: Judge, conversion: float
    ):
        self.row, self.judge, self.conversion = row, judge, conversion
        self.target, self.policy = target, policy
        lifecycle = standing.lifecycle if standing.lifecycle in LIFECYCLES else LIFECYCLES[-1]
        is_top = target == TIERS[0]
        gate = policy.gates[lifecycle]
        self.points = (policy.strategic_step if is_top else policy.core_step) / 2
        self.rung = (gate.strategic if is_top else gate.core) if policy.gates_on else UNKNOWN_STEP
        self.is_top = is_top
        self.highest = gate.probabilities()[0 if is_top else 1]
        self.tried = 0
        self.closest: tuple[float, pd.Series] | None = None

    def score(
        self, plans: Sequence[Plan]
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], pd.DataFrame]:
        """Score a batch: which reach the target, how far the others are, and the scored rows."""
        judged = self.judge(candidate_rows(self.row, plans, self.conversion)).reset_index(drop=True)
        self.tried += len(plans)
        wanted = TIERS[: TIERS.index(self.target) + 1]
        distance = self.distance(judged)
        nearest = int(distance.argmin())
        if self.closest is None or distance[nearest] < self.closest[0]:
            self.closest = float(distance[nearest]), judged.iloc[nearest]
        return judged["tier"].isin(wanted).to_numpy(dtype=bool), distance, judged

    def distance(self, judged: pd.DataFrame) -> npt.NDArray[np.float64]:
        """How far rows are from the target: missing points, rungs too risky, and the cap, each from 0 to 1."""
        score = judged["value_score"].fillna(0.0).to_numpy(dtype=np.float64)
        risk = judged["risk_step"].to_numpy(dtype=np.float64)
        missing = np.clip(self.points - score, 0.0, None) / 100
        risky = np.clip(risk - self.rung, 0.0, None) / UNKNOWN_STEP
        capped = judged["is_capped"].to_numpy(dtype=np.float64) if self.is_top else 0.0
        return np.asarray(missing + risky + capped, dtype=np.float64)


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

    Four batches are scored, however many columns there are: each column's grid; the interval of
    each first success refined, and the most helpful columns in pairs; both refined again; the
    answers, their changes rounded up to `DIGITS` digits. Where neither one column nor two
    suffice, three or all helpful ones are moved together.

    Parameters
    ----------
    row : mapping
        The customer as ingested.
    standing : Standing
        Where it stands.
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
    if not levers:
        return Counterfactual(now, target, refusal="no_levers")
    search = _Search(row, standing, policy, target, judge, conversion)
    if standing.risk_step > search.rung and probability_source in FIXED:
        # Nothing a customer moves changes a PD that was given: no need to try.
        return Counterfactual(
            now, target, (), "gate_given", standing.value_step / 2, bound(standing.risk_step), search.highest
        )
    plans = _batches(search, levers)
    if not plans:
        return _refused(search, now, probability_source)
    ways = _verified(search, plans, {lever.column: lever for lever in levers})
    return (
        Counterfactual(now, target, ways, tried=search.tried)
        if ways
        else _refused(search, now, probability_source)
    )


@dataclass(slots=True)
class _Single:
    """One column's way through the batches: between `low` (not enough) and `high` (enough, or None)."""

    lever: Lever
    low: float
    high: float | None
    best: float
    distance: float
    points: tuple[float, ...]


def _batches(search: _Search, levers: Sequence[Lever]) -> list[Plan]:
    """Run the first three batches; give the plans that suffice, columns alone first."""
    singles, base = _first(search, levers)
    helpful = sorted(
        (s for s in singles if s.high is not None or s.distance < base - 1e-12), key=lambda s: s.distance
    )
    pairs = list(combinations(helpful[:MOST_HELPFUL], 2))
    coarse = [plan for a, b in pairs for plan in _grid(a, b)]
    joint = _together(helpful)
    refining = [single for single in singles if single.high is not None]
    fine = [_between(single) for single in refining]
    plans = [
        *({s.lever.column: v} for s, values in zip(refining, fine, strict=True) for v in values),
        *coarse,
        *joint,
    ]
    if not plans:
        return []
    good, _, _ = search.score(plans)
    _narrow(refining, fine, good)
    taken = sum(map(len, fine))
    chosen = _cheapest(pairs, coarse, good[taken : taken + len(coarse)])
    lines = (
        []
        if refining or chosen
        else [plan for plan, ok in zip(joint, good[taken + len(coarse) :], strict=True) if ok][:1]
    )
    fine = [_between(single) for single in refining]
    boxes = [_box(a, b, plan) for a, b, plan in chosen]
    along = [_line(line, {lever.column: lever for lever in levers}) for line in lines]
    plans = [
        *({s.lever.column: v} for s, values in zip(refining, fine, strict=True) for v in values),
        *(plan for box in boxes for plan in box),
        *(plan for line in along for plan in line),
    ]
    if not plans:
        return [{single.lever.column: single.high} for single in refining if single.high is not None]
    good, _, _ = search.score(plans)
    _narrow(refining, fine, good)
    answers: list[Plan] = [{s.lever.column: s.high} for s in refining if s.high is not None]
    at = sum(map(len, fine))
    for (a, b, plan), box in zip(chosen, boxes, strict=True):
        passed = [one for one, ok in zip(box, good[at : at + len(box)], strict=True) if ok]
        answers.append(min([*passed, plan], key=lambda one: _pair_cost(a, b, one)))
        at += len(box)
    for line in along:
        answers += [one for one, ok in zip(line, good[at : at + len(line)], strict=True) if ok][:1]
        at += len(line)
    return answers


def _first(search: _Search, levers: Sequence[Lever]) -> tuple[list[_Single], float]:
    """Score the customer as it is and each column's grid; find each one's first success."""
    plans: list[Plan] = [{}] + [{lever.column: value} for lever in levers for value in lever.points]
    good, distance, _ = search.score(plans)
    singles, at = [], 1
    for lever in levers:
        part = slice(at, at + len(lever.points))
        at = part.stop
        hits = np.flatnonzero(good[part])
        nearest = int(distance[part].argmin())
        first = int(hits[0]) if len(hits) else None
        reach = lever.points if first is None else lever.points[:first]
        low = reach[-1] if reach and first is not None else lever.own
        singles.append(
            _Single(
                lever, low, None if first is None else lever.points[first], lever.points[nearest],
                float(distance[part][nearest]), reach,
            )
        )  # fmt: skip
    return singles, float(distance[0])


def _between(single: _Single) -> list[float]:
    """Values between the last that does not suffice and the first that does, both left out."""
    if single.high is None:
        return []
    values = np.linspace(single.low, single.high, POINTS + 1)[1:-1]
    if single.lever.is_whole:
        values = np.unique(np.round(values))
        values = values[(values != single.low) & (values != single.high)]
        values = values if single.high > single.low else values[::-1]
    return [float(value) for value in values]


def _narrow(singles: Sequence[_Single], fine: Sequence[Sequence[float]], good: npt.NDArray[np.bool_]) -> None:
    """Move each column's ends to where, within the batch, the first success lies."""
    at = 0
    for single, values in zip(singles, fine, strict=True):
        hits = np.flatnonzero(good[at : at + len(values)])
        at += len(values)
        if len(hits):
            first = int(hits[0])
            single.low = values[first - 1] if first else single.low
            single.high = values[first]
        elif values:
            single.low = values[-1]


def _grid(a: _Single, b: _Single) -> list[Plan]:
    """Both columns at a few values each; alone none of these suffices."""
    return [
        {a.lever.column: first, b.lever.column: second}
        for first in _few(a.points)
        for second in _few(b.points)
    ]


def _few(points: Sequence[float]) -> list[float]:
    """Spread at most `PAIR_POINTS` values evenly over a grid, its last one included."""
    if not points:
        return []
    places = np.unique(np.linspace(0, len(points) - 1, min(PAIR_POINTS, len(points))).round().astype(int))
    return [points[place] for place in places]


def _pair_cost(a: _Single, b: _Single, plan: Plan) -> float:
    return a.lever.cost(plan[a.lever.column]) + b.lever.cost(plan[b.lever.column])


def _cheapest(
    pairs: Sequence[tuple[_Single, _Single]], coarse: Sequence[Plan], good: npt.NDArray[np.bool_]
) -> list[tuple[_Single, _Single, Plan]]:
    """Choose each pair's cheapest success, the cheapest pairs first."""
    found, at = [], 0
    for a, b in pairs:
        count = len(_few(a.points)) * len(_few(b.points))
        passed = [plan for plan, ok in zip(coarse[at : at + count], good[at : at + count], strict=True) if ok]
        at += count
        if passed:
            found.append((a, b, min(passed, key=lambda plan: _pair_cost(a, b, plan))))
    return sorted(found, key=lambda entry: _pair_cost(*entry))


def _box(a: _Single, b: _Single, plan: Plan) -> list[Plan]:
    """Values between a pair's success and the grid's next smaller changes."""
    sides = []
    for single in (a, b):
        few, value = [single.lever.own, *_few(single.points)], plan[single.lever.column]
        nearer = few[few.index(value) - 1]
        values = np.linspace(nearer, value, PAIR_REFINED + 1)[1:]
        sides.append([value] if single.lever.is_whole else [float(one) for one in values])
    return [{a.lever.column: first, b.lever.column: second} for first in sides[0] for second in sides[1]]


def _together(helpful: Sequence[_Single]) -> list[Plan]:
    """Three helpful columns, then all of them, each at its best value."""
    if len(helpful) < 3:
        return []
    best = {single.lever.column: single.best for single in helpful}
    triples = [{s.lever.column: s.best for s in trio} for trio in combinations(helpful[:MOST_HELPFUL], 3)]
    return [*triples, *([best] if len(helpful) > 3 else [])]


def _line(plan: Plan, levers: Mapping[str, Lever]) -> list[Plan]:
    """Walk from the customer to a plan of several columns in equal steps of all of them."""

    def at(share: float, name: str) -> float:
        lever = levers[name]
        value = lever.own + (plan[name] - lever.own) * share
        return (
            float(math.ceil(value) if plan[name] > lever.own else math.floor(value))
            if lever.is_whole
            else value
        )

    return [{name: at(share, name) for name in plan} for share in np.linspace(0.0, 1.0, 10 * POINTS + 1)[1:]]


def _verified(search: _Search, plans: Sequence[Plan], levers: Mapping[str, Lever]) -> tuple[Way, ...]:
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


def _refused(search: _Search, now: str, source: str) -> Counterfactual:
    """Say why nothing suffices, by the row that came closest."""
    assert search.closest is not None
    row = search.closest[1]
    score = float(row["value_step"]) / 2
    probability = float(row["probability_of_default"]) if pd.notna(row["probability_of_default"]) else None
    refusal, needed = _reason(search, row, source)
    return Counterfactual(now, search.target, (), refusal, score, probability, needed, search.tried)


def _reason(search: _Search, row: pd.Series, source: str) -> tuple[str, float | None]:
    if row["risk_step"] > search.rung:
        needed = search.highest
        if row["risk_step"] == UNKNOWN_STEP:
            return "gate_unknown", needed
        return ("gate" if source == "scorecard" else "gate_given"), needed
    if search.is_top and row["is_capped"] and row["value_score"] >= search.points:
        return "coverage", None
    return "threshold", search.points
