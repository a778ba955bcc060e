"""Guarantees, best estimates and revolving products, against the formulas written out with SciPy."""

from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from segmentation.risk.capital import CapitalSettings
from tests.segmentation.risk.customers import customers, one, values, with_risk

BASE = {"probability_of_default": [0.04], "loss_given_default": [0.45], "exposure": [1_000.0]}


def requirement(chance: float, loss: float) -> float:
    """K of a firm with 2.5 years to run, by the paragraphs of Basel II and SciPy's Φ."""
    chance = max(chance, 0.0005)
    weight = (1 - math.exp(-50 * chance)) / (1 - math.exp(-50))
    correlation = 0.12 * weight + 0.24 * (1 - weight)
    slope = (0.11852 - 0.05478 * math.log(chance)) ** 2
    stressed = norm.cdf(
        (norm.ppf(chance) + math.sqrt(correlation) * norm.ppf(0.999)) / math.sqrt(1 - correlation)
    )
    return (loss * stressed - chance * loss) / (1 - 1.5 * slope)


def test_the_covered_share_has_the_guarantors_probability_and_capital() -> None:
    frame = with_risk(customers(**BASE, guarantee_share=[0.6], guarantor_probability_of_default=[0.002]))
    ((loss, capital),) = values(frame, "expected_loss", "capital_requirement")
    assert loss == pytest.approx(1_000 * 0.45 * (0.4 * 0.04 + 0.6 * 0.002), rel=1e-12)
    assert capital == pytest.approx(0.4 * requirement(0.04, 0.45) + 0.6 * requirement(0.002, 0.45), rel=1e-9)


def test_a_guarantors_rating_serves_where_no_probability_is_given() -> None:
    frame = with_risk(customers(**BASE, guarantee_share=[1.0], guarantor_rating=[" BBB "]))
    assert one(frame, "expected_loss") == pytest.approx(1_000 * 0.45 * 0.0021)


@pytest.mark.parametrize(
    "guarantee",
    [
        {"guarantee_share": [0.6]},
        {"guarantee_share": [0.6], "guarantor_probability_of_default": [0.05]},
        {"guarantee_share": [None], "guarantor_probability_of_default": [0.002]},
        {"guarantee_share": [0.6], "guarantor_probability_of_default": [2.0]},
    ],
    ids=["risk unknown", "weaker than the borrower", "no share", "no probability at all"],
)
def test_a_guarantee_that_does_not_help_changes_no_figure(guarantee: dict[str, list[float | None]]) -> None:
    guaranteed, plain = with_risk(customers(**BASE, **guarantee)), with_risk(customers(**BASE))
    names = ("expected_loss", "economic_capital", "risk_weight")
    assert values(guaranteed, *names) == values(plain, *names)


def test_a_defaulted_customer_needs_capital_for_what_its_best_estimate_leaves_open() -> None:
    frame = with_risk(customers(**BASE, defaulted=[True], best_estimate_of_loss=[0.3]))
    ((loss, capital),) = values(frame, "expected_loss", "economic_capital")
    assert (loss, capital) == (pytest.approx(300.0), pytest.approx(150.0))


def test_without_a_best_estimate_the_loss_given_default_is_it_and_no_capital_is_needed() -> None:
    frame = with_risk(customers(**BASE, defaulted=[True]))
    assert values(frame, "expected_loss", "economic_capital") == [(pytest.approx(450.0), 0.0)]


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("Credit Card Gold", "revolving"),
        ("revolving line", "revolving"),
        ("信用卡", "revolving"),
        (None, "other_retail"),
    ],
)
def test_the_product_says_whether_retail_is_revolving(product: str | None, expected: str) -> None:
    frame = with_risk(customers(**BASE, customer_class=["retail"], product=[product]), CapitalSettings())
    assert one(frame, "asset_class") == expected
