"""Acquisition: costs by hand, the best spend against brute force, the first offer that fits."""

from __future__ import annotations

import itertools

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ModelInvalid
from segmentation.lifetime import LifetimeValue
from segmentation.returns.acquisition import (
    OFFERS,
    acquisition_rows,
    economics,
    offers_from,
    offers_to_rows,
    spend_plan,
    with_offer,
)
from tests.builders import collect, lazy


def called(**columns: list[object]) -> pd.DataFrame:
    rows = max(len(values) for values in columns.values())
    blank: dict[str, object] = {
        "channel": "web", "campaign_contacts": 1, "acquisition_cost": None, "risk_adjusted_profit": 10.0, "answer": 0,
    }  # fmt: skip
    frame = lazy({name: [value] * rows for name, value in blank.items()} | columns)
    frame = frame.with_columns(
        nw.col("acquisition_cost").cast(nw.Float64), nw.col("campaign_contacts").cast(nw.Int64)
    )
    return collect(acquisition_rows(frame, "channel", nw.col("answer")))


WORTH = [LifetimeValue("web", 4, 480.0, 400.0, 560.0)]


def test_cost_of_a_customer_by_hand() -> None:
    rows = called(answer=[1, 0, 0, 1], campaign_contacts=[2, 3, 1, 4])
    (found,) = economics(rows, "channel", WORTH, 30.0)
    # 10 contacts · 30 / 2 customers won; worth 480/4 each; profit 10 a year.
    assert (found.cost, found.cost_source, found.value) == (150.0, "assumed", 120.0)
    assert found.multiple == pytest.approx(0.8)
    assert found.marketing_roi == pytest.approx(-0.2)
    assert found.payback == 15.0
    assert found.conversion is not None
    assert found.conversion.value == 0.5
    assert (found.low, found.high) == (100.0, 140.0)


def test_a_cost_in_the_file_goes_before_the_assumed_one() -> None:
    rows = called(answer=[1, 0], acquisition_cost=[90.0, 110.0])
    (found,) = economics(rows, "channel", WORTH, 30.0)
    assert (found.cost, found.cost_source) == (100.0, "given")


def test_nobody_called_has_no_cost_and_no_conversion() -> None:
    rows = called(answer=[None, None])
    (found,) = economics(rows, "channel", [], 30.0)
    assert (found.contacts, found.cost, found.conversion, found.multiple, found.payback) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_an_answer_without_a_count_took_one_contact() -> None:
    (found,) = economics(called(answer=[1, 0], campaign_contacts=[None, None]), "channel", WORTH, 30.0)
    assert (found.contacts, found.cost) == (2, 60.0)


def test_a_loss_a_year_never_pays_back() -> None:
    (found,) = economics(called(answer=[1], risk_adjusted_profit=[-5.0]), "channel", WORTH, 30.0)
    assert found.payback is None


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), budget=st.integers(0, 12))
def test_the_spend_plan_is_the_best_of_all(seed: int, budget: int) -> None:
    random = np.random.default_rng(seed)
    gains = [sorted(random.uniform(0, 3, 3), reverse=True) for _ in range(2)]
    buckets = pd.DataFrame(
        [{"segment": segment, "customers": 2, "gain": gain} for segment in (0, 1) for gain in gains[segment]]
    )
    plan = spend_plan(buckets, float(budget), 1.0)
    each = [gain - 1.0 for values in gains for gain in values for _ in range(2)]
    best = max(
        sum(choice) for size in range(budget + 1) for choice in itertools.combinations(each, min(size, 12))
    )
    assert sum(line.value - line.cost for line in plan) == pytest.approx(best)


def test_the_last_unit_brings_no_less_than_the_next_one_anywhere() -> None:
    buckets = pd.DataFrame({"segment": [1, 1, 2, 2], "customers": [5] * 4, "gain": [9.0, 4.0, 7.0, 3.0]})
    plan = spend_plan(buckets, 10.0, 1.0)
    least = min(line.last_return for line in plan if line.last_return is not None)
    assert least >= max(line.next_return for line in plan if line.next_return is not None)


@pytest.mark.parametrize("cost", [0.0, -1.0, float("nan")])
def test_a_call_that_costs_nothing_is_refused(cost: float) -> None:
    with pytest.raises(ModelInvalid):
        spend_plan(pd.DataFrame({"segment": [1], "customers": [1], "gain": [1.0]}), 1.0, cost)


def offered(customer_class: str | None, tier: str, lifecycle: str | None) -> str:
    frame = lazy({"customer_class": [customer_class], "tier": [tier], "lifecycle": [lifecycle]})
    frame = frame.with_columns(nw.col("customer_class").cast(nw.String), nw.col("lifecycle").cast(nw.String))
    return str(collect(with_offer(frame, OFFERS))["offer"][0])


@pytest.mark.parametrize(
    ("customer", "offer"),
    [
        (("HNW", "Ordinary", "mature"), "tailored"),
        (("SME", "Strategic", "mature"), "supply_chain"),
        (("SME", "Ordinary", "startup"), "small_line"),
        (("corporate", "Strategic", "growth"), "relationship"),
        ((None, "Ordinary", None), "self_service"),
        ((None, "Core", None), "standard"),
    ],
)
def test_the_first_rule_that_fits_makes_the_offer(
    customer: tuple[str | None, str, str | None], offer: str
) -> None:
    assert offered(*customer) == offer


def test_edited_rules_come_back_and_wrong_ones_are_all_named() -> None:
    assert offers_from(offers_to_rows(OFFERS)) == OFFERS
    with pytest.raises(ModelInvalid) as refused:
        offers_from([{"tier": "Gold", "offer": "x"}, {"lifecycle": "old", "offer": ""}])
    assert [text in str(refused.value) for text in ("Gold", "old", "offer rule 2")] == [True, True, True]
