"""Batches of changed rows in which the smallest changes that suffice are looked for.

Whatever a row gets is what a `judge` says of it: nothing is derived from formulas. Three
batches are scored, however many columns there are: each column's grid; the interval of each
first success refined, and the most helpful columns in pairs; both refined again. Where neither
one column nor two suffice, three or more are moved together, as few as do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.explain import Standing, lines_for
from segmentation.levers import POINTS, Lever, Plan, Row, candidate_rows
from segmentation.policy import CLOSED, TIERS, Policy
from segmentation.risk.ladder import UNKNOWN_STEP, bound

PAIR_POINTS, PAIR_REFINED = 7, 6
MOST_HELPFUL = 5
"""Columns that are tried in pairs."""

Judge = Callable[[pd.DataFrame], pd.DataFrame]
"""Scores candidate rows (columns → values, NaN as it is): `tier`, `value_score`, `value_step`,
`risk_step`, `probability_of_default`, `is_capped`, in the same order; the tier by the tier held
before, where the policy heeds it."""


class Search:
    """Batches of plans, each scored once, and what came of them."""

    def __init__(
        self, row: Row, standing: Standing, policy: Policy, target: str, judge: Judge, conversion: float
    ):
        self.row, self.judge, self.conversion = row, judge, conversion
        self.target = target
        self.is_top = target == TIERS[0]
        step, self.rung = lines_for(standing, policy, target)
        if standing.is_staying and standing.held <= TIERS.index(target):
            # Within the minimum stay only a cap keeps it from the tier it holds.
            step, self.rung = 0, UNKNOWN_STEP
        self.points = step / 2
        self.highest = None if self.rung in (CLOSED, UNKNOWN_STEP) else bound(self.rung)
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


@dataclass(slots=True)
class _Single:
    """One column's way through the batches: between `low` (not enough) and `high` (enough, or None)."""

    lever: Lever
    low: float
    high: float | None
    best: float
    distance: float
    points: tuple[float, ...]


def sufficient_plans(search: Search, levers: Sequence[Lever]) -> list[Plan]:
    """Run three batches; give the plans that suffice, columns alone first."""
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


def _first(search: Search, levers: Sequence[Lever]) -> tuple[list[_Single], float]:
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
    """Three helpful columns, then one more at a time up to all of them, each at its best value."""
    groups = [
        *combinations(helpful[:MOST_HELPFUL], 3),
        *(helpful[:count] for count in range(4, len(helpful) + 1)),
    ]
    return [{single.lever.column: single.best for single in group} for group in groups]


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
