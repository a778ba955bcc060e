"""LGD by the foundation approach and by observed losses; arithmetic written out."""

from __future__ import annotations

import pytest

from segmentation.risk.loss import LossTable, fit_loss_table
from tests.builders import lazy
from tests.segmentation.risk.customers import customers, one, values, with_risk

BASE = {"probability_of_default": [0.02], "exposure": [100.0]}


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({}, 0.40),
        ({"industry": ["Insurance"]}, 0.45),
        ({"seniority": ["subordinated"]}, 0.75),
        # Collateral 50, haircut 40 %: secured 30 of 100. 0.40 · 70/100 + 0.20 · 30/100
        ({"collateral_value": [50.0], "collateral_type": ["real_estate"]}, 0.34),
        ({"collateral_value": [50.0], "collateral_type": ["receivables"]}, 0.34),
        # 0.40 · 0.70 + 0.25 · 0.30
        ({"collateral_value": [50.0], "collateral_type": ["other_physical"]}, 0.355),
        # Cash has no haircut and no loss: 0.40 · 50/100
        ({"collateral_value": [50.0], "collateral_type": ["financial"]}, 0.20),
        # More security than exposure secures all of it, not more
        ({"collateral_value": [900.0], "collateral_type": ["real_estate"]}, 0.20),
        ({"collateral_value": [50.0], "collateral_type": ["a painting"]}, 0.40),
    ],
)
def test_foundation_values_and_their_blend(traits: dict[str, list[object]], expected: float) -> None:
    assert one(with_risk(customers(**BASE, **traits)), "loss_given_default") == pytest.approx(
        expected, abs=1e-12
    )


def test_a_given_lgd_comes_before_everything() -> None:
    frame = customers(**BASE, loss_given_default=[0.11], seniority=["subordinated"])
    assert values(with_risk(frame, losses=LossTable(overall=0.9)), "loss_given_default", "loss_source") == [
        (0.11, "given")
    ]


def test_observed_losses_come_before_the_foundation_and_small_groups_lean_on_all() -> None:
    rows = 100
    frame = lazy({
        "customer_class": ["SME"] * 80 + ["corporate"] * 20,
        "is_defaulted": [True] * rows,
        "exposure_at_default": [100.0] * rows,
        "loss_amount": [50.0] * 80 + [100.0] * 20,
        "recovered_amount": [0.0] * rows,
    })  # fmt: skip
    table = fit_loss_table(frame)
    # All: (80·0.5 + 20·1.0) / 100. SME: (80·0.5 + 50·0.6) / 130. Corporate: (20·1.0 + 50·0.6) / 70.
    assert table.overall == pytest.approx(0.6)
    assert sorted(table.groups.values()) == pytest.approx([70 / 130, 50 / 70])
    known = with_risk(customers(**BASE, customer_class=["corporate"]), losses=table)
    assert values(known, "loss_source") == [("observed",)]
    assert one(known, "loss_given_default") == pytest.approx(50 / 70)


def test_too_few_defaults_teach_nothing() -> None:
    frame = lazy({
        "customer_class": ["SME"] * 19, "is_defaulted": [True] * 19, "exposure_at_default": [1.0] * 19,
        "loss_amount": [1.0] * 19, "recovered_amount": [0.0] * 19,
    })  # fmt: skip
    assert fit_loss_table(frame).overall is None


def test_a_share_above_all_counts_as_not_given() -> None:
    frame = with_risk(customers(**BASE, loss_given_default=[1.7]))
    assert values(frame, "loss_given_default", "loss_source") == [(0.4, "foundation")]
