"""Why a tier: the words agree with the row rule for every customer there can be."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from segmentation.explain import Standing, tier_reason
from segmentation.overrides import Override
from segmentation.policy import LIFECYCLES, built_in_policy
from segmentation.tiers import with_tier
from tests.builders import collect, lazy

POLICY = built_in_policy()


STICKY = replace(
    POLICY,
    exit_steps=4,
    exit_rungs=2,
    stay_months=3,
    overrides=(Override("X", "Core", "a reason", "somebody", date(2030, 1, 1)),),
)


@pytest.mark.parametrize(
    ("policy", "held", "staying", "forced"),
    [(POLICY, (3,), (0,), (3,)), (STICKY, (0, 1, 2, 3), (0, 1), (0, 1, 2, 3))],
    ids=["plain", "sticky"],
)
def test_the_explained_tier_is_the_assigned_one_for_every_standing(policy, held, staying, forced) -> None:
    values = (0, 96, 99, 100, 126, 129, 130, 200)
    risks = (0, 20, 31, 32, 34, 43, 45, 63, 255)
    every = list(
        itertools.product(values, risks, range(len(LIFECYCLES)), (0, 1), (0, 1), held, staying, forced)
    )
    names = (
        "value_step",
        "risk_step",
        "lifecycle_key",
        "is_capped",
        "is_workout",
        "held",
        "is_staying",
        "forced",
    )
    tiers = collect(with_tier(lazy(pd.DataFrame(every, columns=names)), policy))
    for row in tiers.itertuples(index=False):
        reason = tier_reason(
            Standing(
                row.value_step,
                row.risk_step,
                LIFECYCLES[row.lifecycle_key],
                bool(row.is_capped),
                bool(row.is_workout),
                row.held,
                row.forced,
                bool(row.is_staying),
            ),
            policy,
        )
        assert reason.tier == row.tier
        # What binds is a condition of the next tier that is not met.
        if reason.next_tier:
            assert next(check for check in reason.checks if check.rule == reason.bound_by).passed is False


def test_unknown_risk_says_so_and_binds() -> None:
    reason = tier_reason(Standing(200, 255, "mature", False, False), POLICY)
    assert (reason.tier, reason.bound_by) == ("Ordinary", "gate")
    assert reason.checks[1].actual is None


def test_a_watched_customer_is_kept_at_core_by_the_cap() -> None:
    reason = tier_reason(Standing(200, 0, "mature", True, False), POLICY)
    assert (reason.tier, reason.bound_by, reason.next_tier) == ("Core", "cap", "Strategic")
