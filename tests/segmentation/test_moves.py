"""The rule that moves a customer, by hand; and for random policies one rule for every mover."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.cube import with_capped
from segmentation.moves import RULES, with_move
from segmentation.policy import Policy, built_in_policy
from tests.builders import collect
from tests.segmentation.returns.builders import a_scored_portfolio, policies, some_scored

IN_FORCE = built_in_policy()  # mature: T1 130, T2 100, gates 32 and 43


@pytest.mark.parametrize(
    ("customer", "draft", "was", "tier", "level", "rule"),
    [
        ((135, 20), IN_FORCE.with_threshold(strategic=140), "Strategic", "Core", "Strategic", "threshold"),
        ((125, 20), IN_FORCE.with_threshold(strategic=120), "Core", "Strategic", "Strategic", "threshold"),
        ((135, 31), IN_FORCE.with_gate("mature", strategic=30), "Strategic", "Core", "Strategic", "gate"),
        ((135, 40), IN_FORCE.with_gate("mature", core=38), "Core", "Ordinary", "Core", "gate"),
        ((110, 20), IN_FORCE.with_threshold(core=120), "Core", "Ordinary", "Core", "threshold"),
        (
            (135, 31),
            IN_FORCE.with_threshold(strategic=140).with_gate("mature", strategic=30),
            "Strategic", "Core", "Strategic", "threshold_gate",
        ),
        ((135, 20), replace(IN_FORCE, coverage_gate=1.0), "Strategic", "Core", "Strategic", "cap"),
    ],
)  # fmt: skip
def test_the_rule_that_moves_a_customer(customer, draft, was, tier, level, rule) -> None:
    value, risk = customer
    frame = some_scored(value_step=[value], risk_step=[risk], value_coverage=[0.9])
    found = collect(with_move(with_capped(frame, draft, IN_FORCE), draft, IN_FORCE)).iloc[0]
    assert (found["was"], found["tier"], found["level"], found["rule"]) == (was, tier, level, rule)


@settings(max_examples=10, deadline=None)
@given(policy=policies(), other=policies(), seed=st.integers(0, 1000))
def test_every_mover_has_a_rule_and_nobody_else(policy: Policy, other: Policy, seed: int) -> None:
    frame = with_capped(a_scored_portfolio(150, seed), policy, other)
    rows = collect(with_move(frame, policy, replace(other, overrides=())))
    is_moved = rows["was"] != rows["tier"]
    assert rows.loc[is_moved, "rule"].isin(RULES).all()
    assert rows.loc[~is_moved, "rule"].isna().all()
