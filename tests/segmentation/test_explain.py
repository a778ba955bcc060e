"""Why a tier: the words agree with the row rule for every customer there can be."""

from __future__ import annotations

import itertools

import pandas as pd

from segmentation.explain import Standing, tier_reason
from segmentation.policy import LIFECYCLES, built_in_policy
from segmentation.tiers import with_tier
from tests.builders import collect, lazy

POLICY = built_in_policy()


def test_the_explained_tier_is_the_assigned_one_for_every_standing() -> None:
    every = list(
        itertools.product(
            (0, 99, 100, 129, 130, 200),
            (0, 20, 31, 32, 43, 44, 63, 255),
            range(len(LIFECYCLES)),
            (0, 1),
            (0, 1),
        )
    )
    rows = pd.DataFrame(
        every, columns=["value_step", "risk_step", "lifecycle_key", "is_capped", "is_workout"]
    )
    tiers = collect(with_tier(lazy(rows), POLICY))
    merged = tiers.itertuples(index=False)
    for row in merged:
        reason = tier_reason(
            Standing(
                row.value_step,
                row.risk_step,
                LIFECYCLES[row.lifecycle_key],
                bool(row.is_capped),
                bool(row.is_workout),
            ),
            POLICY,
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
