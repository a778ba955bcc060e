"""The statement: the same profit as row by row, the hurdle where it must be, who contributes."""

from __future__ import annotations

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.formats import MoneyUnit
from reports.returns import formulas
from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.reconcile import OwnTotals, reconcile
from segmentation.returns.statement import Statement, statements, top_contributors, with_lines
from tests.builders import collect, lazy
from tests.segmentation.returns.builders import a_scored_portfolio
from tests.segmentation.returns.five import five_customers

RETURNS = ReturnsSettings()


def named(frame: Frame) -> Frame:
    return frame.with_columns(
        nw.col("segment").cast(nw.String).alias("customer_id"),
        *(nw.lit(None).cast(nw.String).alias(name) for name in ("name", "industry_name", "slotting_grade")),
        nw.lit(0.0).alias("covered_share"),
        nw.when(nw.col("segment") == 1)
        .then(nw.lit("one"))
        .otherwise(nw.lit(None))
        .cast(nw.String)
        .alias("industry"),
    )


def whole(frame: Frame) -> Statement:
    (total,) = statements(with_lines(frame, RETURNS), None, collect)
    return total


def test_five_customers_by_hand() -> None:
    total = whole(named(five_customers()))
    # Rated are four; interest 1000·8 % + 500·7 % (assumed) + 0 + 1000·5 %; commitment 500·0.4 % + 100·1 %.
    assert (total.customers, total.unrated) == (5, 1)
    assert (total.interest, total.commitment_fees, total.fees) == (165.0, 3.0, 5.0)
    # Funding 1000·2 % + 500·3 % + 1000·3 %; servicing 3 + 500·0.5 % + 2 + 5.
    assert (total.funding, total.servicing) == (65.0, pytest.approx(12.5))
    assert total.expected_loss == 20.0
    # 173 − 77.5 − 20 = 75.5 on 2,500 drawn; capital 180.
    assert total.profit == pytest.approx(75.5)
    assert total.roi == pytest.approx(75.5 / 2500)
    assert total.raroc(RETURNS) == pytest.approx((75.5 + 180 * 0.02) * 0.75 / 180)
    assert (total.unrated_exposure, total.unrated_income, total.is_unrated) == (200.0, 12.0, False)


def test_the_expected_loss_is_opened_by_how_it_is_worked_out() -> None:
    rows = lazy({
        "customer_id": list("abcde"), "name": list("abcde"), "drawn": [100.0] * 5, "undrawn": [0.0] * 5,
        "interest_rate": [0.05] * 5, "funding_rate": [0.03] * 5, "commitment_fee": [0.0] * 5, "fee_income": [0.0] * 5,
        "cost": [3.5] * 5, "exposure_at_default": [100.0] * 5, "economic_capital": [8.0] * 5,
        # Own, guaranteed, in default, a project, a project in default; the sixth would be unknown.
        "expected_loss": [0.5, 0.2, 40.0, 0.8, 50.0], "is_defaulted": [False, False, True, False, True],
        "slotting_grade": [None, None, None, "good", "default"], "covered_share": [0.0, 0.6, 0.3, 0.5, None],
    })  # fmt: skip
    total = whole(rows)
    parts = (total.loss_of_own, total.loss_guaranteed, total.loss_defaulted, total.loss_slotted)
    assert parts == pytest.approx((0.5, 0.2, 40.0, 50.8))
    assert sum(parts) == pytest.approx(total.expected_loss)
    (line,) = (
        line
        for line in formulas(total, RETURNS, MoneyUnit(1.0, "", ""), "en")
        if "expected_loss" in line.made_by
    )
    assert (
        "default 0.5 + the same, covered part at the guarantor's PD 0.2 + in default at best estimate 40.0"
        in line.sentence
    )


def test_one_way_of_expected_loss_is_said_alone() -> None:
    (line,) = (
        line
        for line in formulas(whole(named(five_customers())), RETURNS, MoneyUnit(1.0, "", ""), "en")
        if "expected_loss" in line.made_by
    )
    assert line.sentence.startswith("Expected loss = Σ PD × LGD × exposure at default 20.0 = 20.0")


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_lines_add_up_to_the_profit_of_the_rows(seed: int) -> None:
    frame = named(a_scored_portfolio(150, seed))
    rows = collect(frame)
    total = whole(frame)
    assert total.profit == pytest.approx(float(rows["risk_adjusted_profit"].sum()), abs=1e-6)
    by_segment = statements(with_lines(frame, RETURNS), "segment", collect)
    assert sum(group.profit for group in by_segment) == pytest.approx(total.profit, abs=1e-6)
    assert sum(group.customers for group in by_segment) == total.customers == 150


def a_statement(profit: float, capital: float) -> Statement:
    return Statement("", 1, 0, profit, 0.0, 0.0, 0.0, 0.0, 0.0, 1000.0, 1000.0, capital, 0.0, 0.0, 0.0)


@given(profit=st.floats(-100, 100), capital=st.floats(1, 500))
def test_the_missing_profit_brings_raroc_to_the_hurdle(profit: float, capital: float) -> None:
    group = a_statement(profit, capital)
    missing = group.shortfall(RETURNS)
    if not group.is_below_hurdle(RETURNS):
        assert missing == 0
        return
    assert a_statement(profit + missing, capital).raroc(RETURNS) == pytest.approx(RETURNS.hurdle_rate)


def test_the_three_largest_parts_are_named_with_their_share() -> None:
    lines = with_lines(named(five_customers()), RETURNS)
    found = top_contributors(lines, "expected_loss", collect)
    assert [(entry.amount, entry.share) for entry in found] == [(10.0, 0.5), (7.0, 0.35), (2.0, 0.1)]


@pytest.mark.parametrize("figure", ["income", "cost"])
def test_parts_of_a_sum_of_lines_add_up_to_the_statement_s_figure(figure: str) -> None:
    frame = named(five_customers())
    found = top_contributors(with_lines(frame, RETURNS), figure, collect, most=5)
    # Only the four whose risk is known: the fifth is not in the statement either.
    assert len(found) == 4
    assert sum(entry.amount for entry in found) == pytest.approx(getattr(whole(frame), figure))
    assert sum(entry.share or 0.0 for entry in found) == pytest.approx(1.0)


def test_without_any_risk_income_and_cost_still_stand() -> None:
    frame = named(five_customers()).with_columns(nw.lit(None).cast(nw.Float64).alias("expected_loss"))
    total = whole(frame)
    assert (total.is_unrated, total.income, total.profit) == (True, 0.0, 0.0)
    # The rated four by hand above, and the fifth's 12.
    assert total.unrated_income == pytest.approx(173.0 + 12.0)
    assert total.unrated_cost > 77.5


def test_an_industry_unknown_has_an_empty_name() -> None:
    keys = {
        group.key
        for group in statements(with_lines(named(a_scored_portfolio(50, 3)), RETURNS), "industry", collect)
    }
    assert keys == {"one", ""}


OWN = OwnTotals(
    exposure=110.0, drawn=100.0, income=7.0, assumed_income=3.0, unrated_exposure=5.0, expected_loss=1.0,
    expected_credit_loss=2.5, overlays=0.4, set_aside_rows=3,
)  # fmt: skip


def test_undrawn_money_explains_the_exposure() -> None:
    found = reconcile("exposure", 99.8, OWN)
    assert found.difference == pytest.approx(10.2)
    assert [(item.key, item.amount) for item in found.items] == [("undrawn", 10.0), ("set_aside", None)]
    assert found.unexplained == pytest.approx(0.2)
    assert found.agrees


def test_an_assumed_rate_is_named_without_a_size() -> None:
    found = reconcile("income", 6.0, OWN)
    assert [item.key for item in found.items] == ["assumed_rate", "set_aside"]
    assert (found.unexplained, found.agrees) == (1.0, False)


def test_provisions_without_stages_are_twelve_months_of_expected_loss() -> None:
    unstaged = OwnTotals(110.0, 100.0, 7.0, 0.0, 0.0, 1.0, None, 0.0, 0)
    assert reconcile("provisions", 1.0, unstaged).agrees
    assert [item.key for item in reconcile("provisions", 1.0, unstaged).items] == ["twelve_months"]


def test_overlays_are_in_the_ledger_and_not_in_the_model() -> None:
    # The ledger holds model and overlays: 2.9 against 2.5.
    found = reconcile("provisions", 2.9, OWN)
    assert (found.unexplained, found.agrees) == (pytest.approx(0.0), True)


@given(ledger=st.floats(0, 1e6), measure=st.sampled_from(["exposure", "income", "provisions"]))
def test_items_and_the_rest_add_up_to_the_difference(ledger: float, measure: str) -> None:
    found = reconcile(measure, ledger, OWN)
    known = sum(item.amount or 0.0 for item in found.items)
    assert found.own - found.ledger == pytest.approx(known + found.unexplained)
