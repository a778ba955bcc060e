"""What became of a customer: one line a case."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from segmentation.realised import in_later_snapshot, outcomes_apart, with_realised
from tests.builders import collect, lazy

A, B = date(2003, 12, 31), date(2006, 12, 31)


def a_deal(
    *,
    start: date | None = date(2004, 12, 31),
    defaulted: bool | None = False,
    on: date | None = None,
    loss: float | None = None,
    recovered: float | None = None,
    term: float | None = None,
) -> pa.Table:
    cells = {
        "customer_id": pa.array(["1"]),
        "exposure_at_default": pa.array([100.0]),
        "loss_given_default": pa.array([0.4]),
        "lending_income": pa.array([7.0]),
        "cost": pa.array([3.0]),
        "term_months": pa.array([term], pa.float64()),
        "true_start": pa.array([start], pa.date32()),
        "true_defaulted": pa.array([defaulted], pa.bool_()),
        "true_defaulted_on": pa.array([on], pa.date32()),
        "true_loss_amount": pa.array([loss], pa.float64()),
        "true_recovered_amount": pa.array([recovered], pa.float64()),
    }
    return pa.table(cells)


def became(table: pa.Table, until: date | None = B, margin: float | None = None) -> pd.Series:
    return collect(with_realised(lazy(table), A, until, margin)).iloc[0]


def test_a_default_within_the_span_counts_with_its_loss_less_recoveries() -> None:
    row = became(a_deal(defaulted=True, on=date(2006, 6, 30), loss=60.0, recovered=10.0))
    assert (row["outcome_defaulted"], row["outcome_loss"], row["outcome_loss_assumed"]) == (True, 50.0, False)


def test_a_loss_nobody_knows_is_the_forecast_share_of_the_exposure_and_says_so() -> None:
    row = became(a_deal(defaulted=True, on=date(2006, 6, 30)))
    assert (row["outcome_loss"], row["outcome_loss_assumed"]) == (40.0, True)


def test_a_default_after_the_last_day_has_not_happened() -> None:
    row = became(a_deal(defaulted=True, on=date(2007, 1, 1), loss=60.0))
    assert (row["outcome_defaulted"], row["outcome_loss"]) == (False, 0.0)


@pytest.mark.parametrize(
    ("deal", "reason"),
    [
        (a_deal(start=date(2001, 1, 1), defaulted=True, on=date(2003, 6, 1)), "in_default"),
        (a_deal(defaulted=True), "undated"),
        (a_deal(defaulted=None), "unknown"),
        (a_deal(), None),
    ],
)
def test_who_can_not_be_judged_is_left_out_with_a_reason(deal: pa.Table, reason: str | None) -> None:
    row = became(deal)
    if reason is None:
        assert pd.isna(row["outcome_left_out"])
    else:
        assert row["outcome_left_out"] == reason
        assert pd.isna(row["outcome_defaulted"])


def test_an_undated_default_counts_when_all_that_is_known_counts() -> None:
    assert became(a_deal(defaulted=True, loss=60.0), until=None)["outcome_defaulted"]


@pytest.mark.parametrize(
    ("deal", "margin", "income"),
    [
        (a_deal(), 0.05, 5.0),  # once, on 100
        (a_deal(), None, 8.0),  # (7 − 3) a year for two years
        (a_deal(term=12.0), None, 4.0),  # the term ends first
        (a_deal(defaulted=True, on=date(2005, 12, 31), loss=1.0), None, 4.0),  # until the default
        (a_deal(start=date(2001, 1, 1)), None, 12.0),  # from the day the tiers are set: three years
    ],
)
def test_income_is_the_margin_or_the_yearly_spread_while_the_money_was_out(
    deal: pa.Table, margin: float | None, income: float
) -> None:
    assert became(deal, margin=margin)["outcome_income"] == pytest.approx(income, abs=0.02)


def test_outcomes_apart_gives_every_column_even_where_the_portfolio_has_none() -> None:
    row = collect(outcomes_apart(lazy({"customer_id": ["1"]}), None, {"customer_id"})).iloc[0]
    assert list(row.index)[:2] == ["customer_id", "true_start"]
    assert row.drop("customer_id").isna().all()


def a_pair(**later: object) -> pa.Table:
    cells = {
        "defaulted": False,
        "defaulted_on": None,
        "loss": None,
        "past_due": 0.0,
        "there": 1,
        "workout": 0,
    }
    cells |= later
    return pa.table(
        {
            "customer_id": pa.array(["1"]),
            "exposure_at_default": pa.array([100.0]),
            "loss_given_default": pa.array([0.4]),
            "lending_income": pa.array([7.0]),
            "cost": pa.array([3.0]),
            "term_months": pa.array([None], pa.float64()),
            "loss_amount": pa.array([5.0]),
            "recovered_amount": pa.array([None], pa.float64()),
            "is_workout": pa.array([cells["workout"]], pa.int64()),
            "true_is_there": pa.array([cells["there"]], pa.int64()),
            "true_defaulted": pa.array([cells["defaulted"]], pa.bool_()),
            "true_defaulted_on": pa.array([cells["defaulted_on"]], pa.date32()),
            "true_loss_amount": pa.array([cells["loss"]], pa.float64()),
            "true_recovered_amount": pa.array([None], pa.float64()),
            "true_days_past_due": pa.array([cells["past_due"]], pa.float64()),
        }
    )


@pytest.mark.parametrize(
    ("later", "defaulted", "late", "loss", "reason"),
    [
        ({}, False, False, 0.0, None),
        ({"past_due": 31.0}, False, True, 0.0, None),
        ({"past_due": 91.0}, True, True, 40.0, None),
        ({"defaulted": True, "loss": 65.0}, True, True, 60.0, None),  # 5 were lost before
        ({"there": None, "defaulted": None, "past_due": None}, None, False, 0.0, "gone"),
        ({"workout": 1, "defaulted": True}, None, True, 40.0, "in_default"),
    ],
)
def test_a_later_snapshot_says_what_became_of_a_customer(
    later: dict[str, object], defaulted: bool | None, late: bool, loss: float, reason: str | None
) -> None:
    row = collect(in_later_snapshot(lazy(a_pair(**later)), A, B)).iloc[0]
    assert (None if pd.isna(row["outcome_defaulted"]) else bool(row["outcome_defaulted"])) == defaulted
    assert (bool(row["outcome_late"]), row["outcome_loss"]) == (late, loss)
    assert (None if pd.isna(row["outcome_left_out"]) else row["outcome_left_out"]) == reason
