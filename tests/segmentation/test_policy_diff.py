"""Differences of policies: every field found, every merge made of the two sides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import PolicyInvalid
from segmentation.policy import LIFECYCLES, TIERS, Gate, Policy, built_in_policy
from segmentation.policy_diff import (
    FIELDS,
    differences,
    fields_in_conflict,
    merged_policy,
    proposed_sides,
    value_of,
)

BASE = built_in_policy()


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    steps = sorted(draw(st.lists(st.integers(0, 200), min_size=2, max_size=2)))
    gates = {}
    for name in LIFECYCLES:
        rungs = sorted(draw(st.lists(st.integers(-1, 63), min_size=2, max_size=2)))
        gates[name] = Gate(rungs[0], rungs[1])
    treatments = {
        tier: replace(BASE.treatments[tier], take_up=draw(st.sampled_from([0.2, 0.6, 1.0])), offer=draw(st.sampled_from(["none", "standard"])))
        for tier in TIERS
    }  # fmt: skip
    return replace(
        BASE, core_step=steps[0], strategic_step=steps[1], gates=gates, treatments=treatments,
        gates_on=draw(st.booleans()), watch_days=draw(st.integers(0, 90)), note=draw(st.sampled_from(["", "why"])),
    )  # fmt: skip


@given(policies(), policies())
@settings(max_examples=100, deadline=None)
def test_two_policies_decide_the_same_exactly_when_no_deciding_field_differs(
    one: Policy, other: Policy
) -> None:
    found = differences(one, other)
    assert (one.identity == other.identity) == (not any(change.decides for change in found))
    assert all(value_of(one, change.field) == change.before for change in found)
    assert {change.field for change in found} == {change.field for change in differences(other, one)}


@given(policies(), policies(), policies())
@settings(max_examples=100, deadline=None)
def test_a_merge_takes_each_field_from_one_side_and_loses_no_lone_change(
    base: Policy, mine: Policy, theirs: Policy
) -> None:
    sides = proposed_sides(base, mine, theirs)
    clashes = fields_in_conflict(base, mine, theirs)
    try:
        both = merged_policy(mine, theirs, sides)
    except PolicyInvalid:
        return  # each side's lines are in order, the mixture's need not be: refused, nothing kept
    for field in FIELDS:
        old, own, other, new = (value_of(policy, field) for policy in (base, mine, theirs, both))
        assert new in (own, other)
        if field not in clashes and own != other:
            assert new == (other if own == old else own)


def test_a_choice_that_crosses_the_lines_is_refused_by_the_policy_s_own_rule() -> None:
    mine, theirs = BASE.with_threshold(strategic=150, core=140), BASE.with_threshold(strategic=120)
    with pytest.raises(PolicyInvalid, match="Strategic begins below Core"):
        merged_policy(mine, theirs, {"core_step": "mine", "strategic_step": "theirs"})
