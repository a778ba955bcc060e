"""Which source a PD comes from, and what a horizon does to it."""

from __future__ import annotations

import pytest

from segmentation.risk.ladder import LADDER
from segmentation.risk.ratings import AGENCY_GRADES, master_scale_for
from tests.segmentation.risk.customers import customers, values, with_risk


def pd_and_source(**given: list[object]) -> tuple[object, ...]:
    return values(
        with_risk(customers(exposure=[100.0], **given)), "probability_of_default", "probability_source"
    )[0]


@pytest.mark.parametrize(
    ("given", "expected", "source"),
    [
        ({"probability_of_default": [0.02]}, 0.02, "given"),
        (
            {"probability_of_default": [0.02], "rating": ["CCC"], "probability_of_default_scorecard": [0.5]},
            0.02,
            "given",
        ),
        ({"probability_of_default": [0.271], "horizon_months": [36.0]}, 0.1, "given"),  # 1 − 0.729^(1/3)
        ({"probability_of_default_scorecard": [0.03]}, 0.03, "scorecard"),
        ({"slotting_grade": ["good"]}, 0.008 / 0.45, "slotting"),
        ({"defaulted": [True], "probability_of_default": [0.02]}, 1.0, "default"),
        ({"slotting_grade": ["default"]}, 1.0, "default"),
        ({"probability_of_default": [1.4]}, None, "none"),
        ({}, None, "none"),
    ],
)
def test_the_best_source_a_customer_has(
    given: dict[str, list[object]], expected: float | None, source: str
) -> None:
    found, where = pd_and_source(**given)
    assert where == source
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


def test_a_rating_comes_before_a_scorecard() -> None:
    found, source = pd_and_source(rating=[" bbb + "], probability_of_default_scorecard=[0.5])
    assert source == "rating"
    assert found < 0.01


def test_worse_grades_never_have_a_lower_rate_and_none_lies_below_the_ladder() -> None:
    rates = [grade.probability_of_default for grade in AGENCY_GRADES]
    assert rates == sorted(rates)
    assert rates[0] == LADDER[0] == 0.0003


def test_an_internal_d_is_a_grade_and_an_agency_s_is_a_default() -> None:
    assert master_scale_for(["A", "B", "C", "D", "E"])["d"] < 0.2
    assert master_scale_for(["AA", "BBB", "D"])["d"] == 1.0


def test_unknown_risk_stays_unknown_in_all_that_needs_it() -> None:
    row = values(
        with_risk(customers(exposure=[100.0])),
        "expected_loss",
        "economic_capital",
        "risk_weight",
        "risk_step",
    )
    assert row == [(None, None, None, 255)]
