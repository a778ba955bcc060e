"""Project slots by CRE33, and what capital must do whatever the customer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segmentation.risk.customers import customers, one, values, with_risk


@pytest.mark.parametrize(
    ("grade", "weight", "loss_rate"),
    [
        ("strong", 0.70, 0.004),
        ("good", 0.90, 0.008),
        ("satisfactory", 1.15, 0.028),
        ("weak", 2.50, 0.08),
        ("default", 0.0, 0.5),
    ],
)
def test_slots_against_the_supervisory_table_of_cre33(grade: str, weight: float, loss_rate: float) -> None:
    frame = with_risk(customers(exposure=[1000.0], slotting_grade=[grade]))
    row = values(frame, "asset_class", "risk_weight", "expected_loss", "economic_capital")[0]
    assert row == (
        "slotting",
        pytest.approx(weight),
        pytest.approx(1000 * loss_rate),
        pytest.approx(80 * weight),
    )


@pytest.mark.parametrize(
    ("dscr", "phase", "expected"),
    [(1.7, "operation", "strong"), (1.4, "operation", "good"), (1.2, "operation", "satisfactory"), (1.0, "operation", "weak"),
     (1.7, "construction", "good"), (1.7, "development", "satisfactory")],
)  # fmt: skip
def test_a_slot_is_derived_by_the_visible_rules(dscr: float, phase: str, expected: str) -> None:
    frame = with_risk(customers(exposure=[1.0], dscr=[dscr], project_phase=[phase], project_sector=["wind"]))
    assert values(frame, "slotting_grade", "slotting_source") == [(expected, "derived")]


def test_an_ordinary_firm_with_a_cover_ratio_is_no_project() -> None:
    frame = with_risk(customers(exposure=[1.0], dscr=[1.7], probability_of_default=[0.02]))
    assert values(frame, "slotting_grade", "asset_class") == [(None, "corporate")]


def test_a_defaulted_customer_needs_no_capital_and_loses_its_best_estimate() -> None:
    frame = with_risk(customers(exposure=[1000.0], defaulted=[True], loss_given_default=[0.35]))
    assert values(frame, "expected_loss", "economic_capital") == [(350.0, 0.0)]


def test_the_maturity_adjustment_stops_at_one_and_five_years() -> None:
    known = {"probability_of_default": [0.01] * 4, "loss_given_default": [0.45] * 4, "exposure": [1.0] * 4}
    weights = [
        w
        for (w,) in values(
            with_risk(customers(**known, remaining_months=[3.0, 12.0, 60.0, 240.0])), "risk_weight"
        )
    ]
    assert weights[0] == weights[1] < weights[2] == weights[3]


def test_a_pd_below_the_floor_is_floored_inside_capital_alone() -> None:
    frame = with_risk(
        customers(exposure=[1.0] * 2, loss_given_default=[0.45] * 2, probability_of_default=[0.0, 0.0005])
    )
    rows = values(frame, "probability_of_default", "risk_weight")
    assert [pd for pd, _ in rows] == [0.0, 0.0005]
    assert rows[0][1] == rows[1][1] > 0


fractions = st.floats(0.0005, 0.9)


traits = st.tuples(fractions, st.floats(0.05, 0.5), st.floats(1, 1e9))


@settings(max_examples=3, deadline=None)
@given(rows=st.lists(traits, min_size=30, max_size=90))
def test_doubling_lgd_or_exposure_doubles_loss_and_capital(rows: list[tuple[float, float, float]]) -> None:
    frame = with_risk(customers(
        probability_of_default=[pd for pd, _, _ in rows for _ in range(3)],
        loss_given_default=[times * loss for _, loss, _ in rows for times in (1, 2, 1)],
        exposure=[times * exposure for _, _, exposure in rows for times in (1, 1, 2)],
    ))  # fmt: skip
    found = values(frame, "expected_loss", "economic_capital")
    assert len(found) == 3 * len(rows)
    for (loss, capital), twice_lgd, twice_exposure in zip(found[::3], found[1::3], found[2::3], strict=True):
        assert twice_lgd == (pytest.approx(2 * loss), pytest.approx(2 * capital))
        assert twice_exposure == (pytest.approx(2 * loss), pytest.approx(2 * capital))


def test_one_row_alone_is_the_same_row_in_a_batch() -> None:
    rates = [0.0007, 0.013, 0.2]
    batch = values(with_risk(customers(probability_of_default=rates, exposure=[7.0] * 3)), "economic_capital")
    alone = [
        one(with_risk(customers(probability_of_default=[rate], exposure=[7.0])), "economic_capital")
        for rate in rates
    ]
    assert [value for (value,) in batch] == alone
