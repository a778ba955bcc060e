"""What would lift a customer: answers hold when scored again, and nothing smaller does."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.contract import COLUMNS, column
from segmentation.counterfactual import Counterfactual, find_ways
from segmentation.cube import with_capped
from segmentation.ecdf import MidRankCurve, fit_curve, read_curve
from segmentation.explain import Standing
from segmentation.levers import candidate_rows, levers_of
from segmentation.policy import Policy, built_in_policy
from segmentation.tiers import with_tier
from segmentation.value import ReferenceInput, ValueReference, with_value_score
from tests.builders import collect, lazy

RANDOM = np.random.default_rng(7)
CURVES = {
    "dscr": fit_curve(RANDOM.lognormal(0.4, 0.3, 4_000)),
    "income": fit_curve(RANDOM.lognormal(10, 0.5, 4_000)),
    "products_held": fit_curve(RANDOM.poisson(3, 4_000)),
}
ACTIONABLE = [column(name) for name in CURVES]
REFERENCE = ValueReference(
    tuple(
        ReferenceInput(name, "capacity", 1, 1 / 3, 50.0, 1.0, curve)
        for name, curve in CURVES.items()
        if curve is not None
    ),
    (),
    4_000,
)
POLICY = built_in_policy()


def curves() -> dict[str, MidRankCurve]:
    return {name: curve for name, curve in CURVES.items() if curve is not None}


def judge(
    own: Mapping[str, Any],
    risk_step: int = 10,
    days_past_due: int = 0,
    policy: Policy = POLICY,
    held: int | None = None,
    months_held: float | None = None,
) -> Any:
    """Score rows by the real expressions: value score, cap, tier."""

    def judged(rows: pd.DataFrame) -> pd.DataFrame:
        full = pd.DataFrame({name: [value] * len(rows) for name, value in own.items()})
        for name in rows:
            full[name] = rows[name].fillna(full[name]) if name in full else rows[name]
        if "days_past_due" not in full:
            full["days_past_due"] = days_past_due
        full = full.assign(
            risk_step=risk_step, lifecycle_key=2, is_defaulted=False, probability_of_default=0.01
        )
        if held is not None:
            full = full.assign(held=held, months_held=months_held if months_held is not None else 99.0)
        frame = with_tier(
            with_capped(with_value_score(lazy({n: full[n].tolist() for n in full}), REFERENCE), policy),
            policy,
        )
        return collect(frame)

    return judged


def found_for(
    own: dict[str, Any],
    target: str = "Core",
    risk_step: int = 10,
    source: str = "scorecard",
    policy: Policy = POLICY,
    **extra: Any,  # as judge takes it
) -> Counterfactual:
    scored = judge(own, risk_step, policy=policy, **extra)
    row = scored(pd.DataFrame(index=[0])).iloc[0]
    standing = Standing.of({**row, "lifecycle": "mature"})
    columns = [*ACTIONABLE, column("days_past_due")]
    return find_ways(
        own,
        standing,
        levers_of(own, columns, curves()),
        policy,
        target,
        scored,
        conversion=0.4,
        probability_source=source,
    )


OWN = {"dscr": 1.3, "income": 20_000.0, "products_held": 2.0}


def test_every_answer_is_scored_again_and_really_lifts() -> None:
    found = found_for(OWN)
    assert (found.tier, found.target) == ("Ordinary", "Core")
    assert found.ways
    again = judge(OWN)(pd.DataFrame([{c.column: c.after for c in way.changes} for way in found.ways]))
    assert set(again["tier"]) <= {"Core", "Strategic"}
    assert (again["value_step"] / 2).tolist() == pytest.approx([way.value_score for way in found.ways])
    assert [way.cost for way in found.ways] == sorted(way.cost for way in found.ways)


def test_no_smaller_change_of_a_single_column_suffices_by_brute_force() -> None:
    found = found_for(OWN)
    singles = [way.changes[0] for way in found.ways if len(way.changes) == 1]
    assert singles
    for change in singles:
        tried = np.linspace(change.before, change.after, 2_001)[1:]
        tiers = judge(OWN)(pd.DataFrame({change.column: tried}))["tier"]
        smallest = tried[int(np.flatnonzero(tiers == "Core")[0])]
        # One step of the refined grid, and rounding to three digits.
        slack = abs(change.after - change.before) * (1 / 400 + 0.01) + 1e-9
        assert abs(change.after - smallest) <= max(slack, 1.0 if change.column == "products_held" else 0.0)


def test_a_pair_is_as_cheap_as_brute_force_finds() -> None:
    own = {"dscr": 0.9, "income": 14_000.0, "products_held": 3.0}
    found = found_for(own)
    pairs = [way for way in found.ways if len(way.changes) == 2]
    assert pairs
    best = pairs[0]
    names = [change.column for change in best.changes]
    furthest = {lever.column: lever for lever in levers_of(own, ACTIONABLE, curves())}
    grids = [np.linspace(own[name], furthest[name].furthest, 80) for name in names]
    rows = pd.DataFrame(list(itertools.product(*grids)), columns=names)
    if "products_held" in names:
        rows["products_held"] = rows["products_held"].round()
    reached = rows[(judge(own)(rows)["tier"] != "Ordinary").to_numpy()]
    costs = sum(
        abs(np.interp(reached[n], curves()[n].knots, curves()[n].percents) - read_curve(own[n], curves()[n]))
        / 100
        for n in names
    )
    assert best.cost <= float(np.min(costs)) + 0.03


def test_a_pair_never_costs_more_than_one_of_its_columns_alone() -> None:
    for own in (OWN, {"dscr": 1.1, "income": 26_000.0, "products_held": 2.0}):
        ways = found_for(own).ways
        alone = {way.changes[0].column: way.cost for way in ways if len(way.changes) == 1}
        for way in ways:
            if len(way.changes) > 1:
                assert all(way.cost < alone.get(change.column, np.inf) for change in way.changes)


def test_where_no_pair_suffices_three_columns_are_moved_together() -> None:
    own = {"dscr": 1.0, "income": 14_000.0, "products_held": 2.0}
    (way,) = found_for(own).ways
    assert {change.column for change in way.changes} == set(own)
    best = {lever.column: lever.furthest for lever in levers_of(own, ACTIONABLE, curves())}
    pairs = [{first: best[first], second: best[second]} for first, second in itertools.combinations(best, 2)]
    assert set(judge(own)(pd.DataFrame(pairs))["tier"]) == {"Ordinary"}


def test_arrears_alone_are_lifted_by_paying_them() -> None:
    own = {"dscr": 3.0, "income": 90_000.0, "products_held": 7.0, "days_past_due": 45}
    found = found_for(own, target="Strategic")
    assert found.tier == "Core"
    (change,) = found.ways[0].changes
    assert (change.column, change.before, change.after) == ("days_past_due", 45.0, 30.0)


@pytest.mark.parametrize(
    ("own", "target", "risk_step", "source", "refusal"),
    [
        ({"dscr": 0.2, "income": 900.0, "products_held": 0.0}, "Core", 10, "scorecard", "threshold"),
        (OWN, "Core", 60, "given", "gate_given"),
        (OWN, "Core", 60, "scorecard", "gate"),
        (OWN, "Core", 255, "none", "gate_unknown"),
        ({"dscr": None, "income": None, "products_held": None}, "Core", 10, "given", "no_levers"),
    ],
)
def test_a_refusal_says_why(
    own: dict[str, Any], target: str, risk_step: int, source: str, refusal: str
) -> None:
    found = found_for(own, target, risk_step, source)
    assert (found.ways, found.refusal) == ((), refusal)
    if refusal == "threshold":
        assert found.needed == POLICY.core_step / 2
        assert found.closest_score is not None
        assert found.closest_score < found.needed


STICKY = replace(POLICY, exit_steps=12, exit_rungs=3, stay_months=6)


def smallest(own: dict[str, float], name: str, far: float, least_step: int) -> float:
    """The first of many values of one column whose value score reaches a step; tiers are not asked."""
    tried = np.linspace(own[name], far, 4_001)[1:]
    steps = judge(own)(pd.DataFrame({name: tried}))["value_step"].to_numpy()
    return float(tried[int(np.flatnonzero(steps >= least_step)[0])])


@pytest.mark.parametrize(("held", "line"), [(None, 100), (2, 100), (1, 88), (0, 88)])
def test_who_held_a_tier_before_is_lifted_by_its_exit_line(held: int | None, line: int) -> None:
    own = {"dscr": 1.25, "income": 20_000.0, "products_held": 2.0}
    found = found_for(own, policy=STICKY, held=held)
    assert found.tier == "Ordinary"
    (change,) = next(way.changes for way in found.ways if [c.column for c in way.changes] == ["dscr"])
    by_hand = smallest(own, "dscr", 3.0, line)
    # A step of each side's grid, and rounding to three digits.
    assert by_hand - 0.001 <= change.after <= by_hand + 0.02
    assert judge(own, policy=STICKY, held=held)(pd.DataFrame({"dscr": [change.after]}))["tier"][0] == "Core"


def test_a_pd_beyond_the_gate_but_within_the_exit_holds_back_nobody_who_held_the_tier() -> None:
    rung = POLICY.gates["mature"].core + 2
    new, holder = (
        found_for(OWN, risk_step=rung, source="given", policy=STICKY, held=held) for held in (2, 1)
    )
    assert new.refusal == "gate_given"
    assert holder.ways


def test_within_its_minimum_stay_nothing_lifts_a_customer_and_the_months_are_said() -> None:
    found = found_for(OWN, policy=STICKY, held=2, months_held=1.0)
    assert (found.tier, found.ways, found.refusal, found.needed) == ("Ordinary", (), "stay", 6.0)
    assert found_for(OWN, policy=STICKY, held=2, months_held=6.5).ways


def test_arrears_are_all_that_keeps_a_staying_customer_from_the_tier_it_holds() -> None:
    own = {"dscr": 0.4, "income": 3_000.0, "products_held": 0.0, "days_past_due": 45}
    found = found_for(own, target="Strategic", policy=STICKY, held=0, months_held=1.0)
    assert found.tier == "Core"
    (change,) = found.ways[0].changes
    assert (change.column, change.after) == ("days_past_due", 30.0)


def test_at_the_top_and_in_default_there_is_nothing_to_ask() -> None:
    top = find_ways(
        {},
        Standing(200, 0, "mature", False, False),
        (),
        POLICY,
        "Strategic",
        judge({}),
        conversion=0.4,
        probability_source="given",
    )
    lost = find_ways(
        {},
        Standing(200, 0, "mature", False, True),
        (),
        POLICY,
        "Core",
        judge({}),
        conversion=0.4,
        probability_source="given",
    )
    assert (top.refusal, lost.refusal) == ("top", "default")


def test_the_contract_moves_no_fact_history_outcome_or_protected_column() -> None:
    moved = [entry for entry in COLUMNS if entry.actionable]
    assert {entry.name for entry in moved} >= {
        "days_past_due",
        "total_debt",
        "collateral_value",
        "outstanding_balance",
    }
    forbidden = {
        "credit_score",
        "rating",
        "years_in_business",
        "tenure_months",
        "interest_rate",
        "probability_of_default",
    }
    assert not {entry.name for entry in moved} & forbidden
    assert all(
        entry.is_numeric and entry.personal != "protected" and entry.role not in ("identity", "outcome")
        for entry in moved
    )


def test_levers_stay_within_their_reach_and_go_one_way() -> None:
    row = {"total_debt": 1_000.0, "drawn": 400.0, "ebitda": 100.0, "guarantee_share": 1.0, "collateral_value": 10.0,
           "exposure_at_default": 200.0, "outstanding_balance": 400.0, "utilisation": 0.8, "days_past_due": 0}  # fmt: skip
    levers = {lever.column: lever for lever in levers_of(row, COLUMNS, {})}
    # 90 % of the debt could go, but what is owed to us is a lever of its own; collateral: 1.5 · exposure.
    assert {name: lever.furthest for name, lever in levers.items()} == {
        "total_debt": 400.0, "ebitda": 150.0, "collateral_value": 300.0, "outstanding_balance": pytest.approx(40.0),
    }  # fmt: skip
    for lever in levers.values():
        distances = [abs(point - lever.own) for point in lever.points]
        assert distances == sorted(distances)
        assert lever.points[-1] == lever.furthest


def test_what_follows_from_a_payment_by_hand() -> None:
    row = {"outstanding_balance": 100.0, "exposure": 100.0, "exposure_at_default": 120.0, "credit_limit": 150.0,
           "total_debt": 300.0, "interest_expense": 30.0, "utilisation": 2 / 3}  # fmt: skip
    paid = candidate_rows(row, [{"outstanding_balance": 50.0}, {"total_debt": 200.0}, {}], 0.4).to_dict(
        "records"
    )
    # 50 less drawn under an open limit: EAD − 50·(1 − 0.4); debt 250 of 300 carries 25 of interest.
    assert paid[0] == pytest.approx({"outstanding_balance": 50, "total_debt": 250, "exposure": 50, "exposure_at_default": 90,
                                     "utilisation": 1 / 3, "interest_expense": 25})  # fmt: skip
    assert paid[1]["interest_expense"] == pytest.approx(20.0)
    assert paid[2]["interest_expense"] == 30.0


def test_a_column_the_customer_lacks_is_never_moved() -> None:
    rows: Sequence[dict[str, float]] = [{"outstanding_balance": 50.0}]
    assert list(candidate_rows({"outstanding_balance": 100.0}, rows, 0.4)) == ["outstanding_balance"]
