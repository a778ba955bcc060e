from __future__ import annotations

import pytest

from segmentation.returns.ratios import (
    ReturnsSettings,
    expected_loss_rate,
    raroc,
    return_on_investment,
    risk_weight,
)


def test_ratios_do_not_depend_on_the_unit_of_the_sums() -> None:
    settings = ReturnsSettings()
    money, minor = (70, 35, 10, 100), (7000, 3500, 1000, 10000)
    assert raroc(*money, settings) == raroc(*minor, settings)
    assert return_on_investment(*money) == return_on_investment(*minor)


@pytest.mark.parametrize("nothing", [0, -5])
def test_without_a_whole_there_is_no_ratio(nothing: float) -> None:
    assert return_on_investment(70, 35, 10, nothing) is None
    assert raroc(70, 35, 10, nothing, ReturnsSettings()) is None
    assert expected_loss_rate(10, nothing) is None
    assert risk_weight(8, nothing) is None


def test_raroc_is_after_tax_and_includes_what_capital_earns() -> None:
    # (100 − 40 − 20 + 200·3 %)·(1 − 20 %) / 200 = 46·0.8/200
    settings = ReturnsSettings(tax_rate=0.2, risk_free_rate=0.03)
    assert raroc(100, 40, 20, 200, settings) == pytest.approx(0.184)


def test_settings_are_the_assumptions_the_design_names() -> None:
    assert ReturnsSettings().to_dict() == {
        "interest_rate": 0.07, "funding_rate": 0.03, "servicing_rate": 0.005, "tax_rate": 0.25,
        "risk_free_rate": 0.02, "hurdle_rate": 0.12, "churn_rate": 0.10,
        # Gupta & Lehmann (2003) discount at 12 %; 30 yuan a contact is the source article's.
        "discount_rate": 0.12, "contact_cost": 30.0,
    }  # fmt: skip
