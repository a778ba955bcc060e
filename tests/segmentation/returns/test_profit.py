"""Returns of five customers, worked by hand."""

from __future__ import annotations

import pytest

from segmentation.returns.profit import assumption_measures, with_returns
from segmentation.returns.ratios import ReturnsSettings, raroc, return_on_investment
from tests.builders import collect
from tests.segmentation.returns.five import five_customers


def test_income_cost_and_profit_by_hand() -> None:
    rows = collect(five_customers())
    # 1000·8 % + 5; 500·7 % (assumed) + 500·0.4 %; 100·1 %; 200·6 %; 1000·5 %
    assert rows["lending_income"].tolist() == pytest.approx([85.0, 37.0, 1.0, 12.0, 50.0])
    # 1000·2 % + 3; 500·3 % + 500·0.5 % (both assumed); 0 + 2; 200·3 % + 200·0.5 %; 1000·3 % + 5
    assert rows["cost"].tolist() == pytest.approx([23.0, 17.5, 2.0, 7.0, 35.0])
    assert rows["risk_adjusted_profit"].tolist()[:3] == pytest.approx([52.0, 12.5, -2.0])


def test_what_is_not_known_stays_unknown() -> None:
    rows = collect(five_customers())
    # No PD: neither. Nothing drawn: no ROI. No capital: no RAROC.
    assert rows["risk_adjusted_profit"].isna().tolist() == [False, False, False, True, False]
    assert rows["roi"].isna().tolist() == [False, False, True, True, False]
    assert rows["raroc"].isna().tolist() == [False, False, True, True, False]
    # (52 + 80·2 %)·75 % / 80
    assert rows["raroc"][0] == pytest.approx((52 + 1.6) * 0.75 / 80)


def test_the_shared_rule_says_the_same_of_one_row() -> None:
    row = collect(five_customers()).iloc[0]
    arguments = (row["lending_income"], row["cost"], row["expected_loss"])
    assert return_on_investment(*arguments, row["drawn"]) == pytest.approx(row["roi"])
    assert raroc(*arguments, row["economic_capital"], ReturnsSettings()) == pytest.approx(row["raroc"])


def test_settings_stand_in_only_where_a_price_is_blank() -> None:
    rows = collect(with_returns(five_customers(), ReturnsSettings(interest_rate=0.10, funding_rate=0.0)))
    assert rows["lending_income"].tolist() == pytest.approx([85.0, 52.0, 1.0, 12.0, 50.0])
    assert rows["cost"].tolist() == pytest.approx([23.0, 2.5, 2.0, 1.0, 35.0])


def test_exposure_that_rests_on_an_assumption_is_counted_by_assumption() -> None:
    sums = collect(five_customers().select(*assumption_measures())).iloc[0]
    # Exposure 1000, 700, 40, 200, 1000; blank rates: the second; funding: 2, 3, 4; servicing: 2 and 4.
    assert sums.to_dict() == {
        "assumed_interest_rate": 700.0,
        "assumed_funding_rate": 940.0,
        "assumed_servicing_rate": 900.0,
        "assumed_exposure": 2940.0,
    }
