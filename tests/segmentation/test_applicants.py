"""Applicants: the binding rule by row is the explained one, and what may be told of them."""

from __future__ import annotations

import itertools

import pandas as pd

from data.contract import COLUMNS
from segmentation.applicants import is_askable, with_bound_by
from segmentation.explain import Standing, tier_reason
from segmentation.policy import LIFECYCLES, built_in_policy
from segmentation.tiers import with_tier
from tests.builders import collect, lazy

POLICY = built_in_policy()


def test_the_binding_rule_is_the_explained_one_for_every_standing() -> None:
    every = itertools.product(
        (0, 99, 100, 129, 130, 200), (0, 20, 31, 32, 43, 44, 63, 255), range(4), (0, 1), (0, 1)
    )
    rows = pd.DataFrame(
        every, columns=["value_step", "risk_step", "lifecycle_key", "is_capped", "is_workout"]
    )
    frame = with_bound_by(with_tier(lazy(rows), POLICY), POLICY)
    for row in collect(frame).itertuples(index=False):
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
        assert (row.tier, row.bound_by) == (reason.tier, reason.bound_by)


def test_nothing_late_protected_or_of_the_outcome_may_be_told() -> None:
    told = {entry.name for entry in COLUMNS if is_askable(entry)}
    assert not told & {
        "sex",
        "age",
        "defaulted",
        "loss_amount",
        "days_past_due",
        "utilisation",
        "churned",
        "survey_score",
    }
    assert told >= {
        "exposure",
        "credit_score",
        "annual_revenue",
        "interest_rate",
        "fee_income",
        "acquisition_cost",
    }
