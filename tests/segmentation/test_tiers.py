"""Five customers worked by hand: tiers, sums, ratios, what moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmentation.cube import with_capped
from segmentation.policy import TIERS, Gate, Policy, built_in_policy
from segmentation.returns.profit import with_returns
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.treatment import with_untreated
from segmentation.tiers import (
    NAMES,
    Money,
    board_from_sums,
    compare_boards,
    tier_board,
    with_tier,
    with_treated_of_tier,
)
from segmentation.treatment import NEUTRAL, Treatment
from tests.builders import collect
from tests.segmentation.returns.builders import a_cube, some_scored, treated

SETTINGS = ReturnsSettings()


def a_policy(**changes: object) -> Policy:
    """Strategic pays one point more, Core's service costs one percent; Ordinary as it is."""
    treatments = {"Strategic": Treatment(price_change_bp=100), "Core": Treatment(service_cost_rate=0.01)}
    return replace(built_in_policy(), treatments={**treatments, "Ordinary": NEUTRAL}, **changes)


def five_customers():
    """A Strategic, B and C Core (risk beyond the gate; late), D Ordinary (no PD), E in default."""
    return with_untreated(
        with_returns(
            some_scored(
                value_step=[150, 150, 150, 150, 190],
                risk_step=[20, 40, 20, 255, 63],
                days_past_due=[0, None, 45, 0, 200],
                is_defaulted=[False, False, False, False, True],
                drawn=[1000.0, 500.0, 500.0, 200.0, 300.0],
                exposure_at_default=[1000.0, 600.0, 500.0, 200.0, 300.0],
                interest_rate=[0.08, 0.08, 0.06, None, 0.05],
                probability_of_default=[0.025, 0.02, 0.025, None, 1.0],
                loss_given_default=[0.4, 0.5, 0.4, 0.4, 0.5],
                capital_requirement=[0.08, 0.1, 0.06, None, 0.0],
                expected_loss=[10.0, 6.0, 5.0, None, 150.0],
                economic_capital=[80.0, 60.0, 30.0, None, 0.0],
            ),
            SETTINGS,
        )
    )


def board(policy: Policy, other: Policy | None = None):
    return tier_board(a_cube(treated(five_customers(), policy, other)), policy, other)


def test_each_customer_gets_the_tier_the_rule_says() -> None:
    rows = collect(with_tier(with_capped(five_customers(), a_policy()), a_policy()))
    assert rows["tier"].tolist() == ["Strategic", "Core", "Core", "Ordinary", "Work-out"]


def test_without_gates_unknown_risk_is_no_obstacle_but_a_watch_still_caps() -> None:
    policy = a_policy(gates_on=False)
    rows = collect(with_tier(with_capped(five_customers(), policy), policy))
    assert rows["tier"].tolist() == ["Strategic", "Strategic", "Core", "Strategic", "Work-out"]


@pytest.mark.parametrize(
    ("value", "risk", "days", "coverage", "tier"),
    [
        (130, 32, 0, 1.0, "Strategic"),  # on both lines
        (129, 32, 0, 1.0, "Core"),
        (130, 33, 0, 1.0, "Core"),
        (130, 32, 30, 1.0, "Strategic"),  # watched means more than 30 days
        (130, 32, 31, 1.0, "Core"),
        (130, 32, 0, 0.3, "Strategic"),
        (130, 32, 0, 0.29, "Core"),
        (130, 32, None, None, "Core"),  # nothing is known of the value
        (100, 43, 0, 1.0, "Core"),
        (99, 0, 0, 1.0, "Ordinary"),
        (200, 44, 0, 1.0, "Ordinary"),
        (200, 255, 0, 1.0, "Ordinary"),
    ],
)
def test_edges_of_the_lines_belong_to_the_better_tier(value, risk, days, coverage, tier) -> None:
    frame = some_scored(value_step=[value], risk_step=[risk], days_past_due=[days], value_coverage=[coverage])
    policy = built_in_policy()
    assert collect(with_tier(with_capped(frame, policy), policy))["tier"].tolist() == [tier]


def test_every_life_cycle_has_its_own_gate() -> None:
    gates = {"startup": Gate(5, 5), "growth": Gate(10, 10), "mature": Gate(20, 20), "unknown": Gate(-1, 15)}
    frame = some_scored(lifecycle_key=[0, 0, 1, 1, 2, 2, 3, 3], risk_step=[5, 6, 10, 11, 20, 21, 15, 16],
                        value_step=[200] * 8)  # fmt: skip
    policy = replace(built_in_policy(), gates=gates)
    rows = collect(with_tier(with_capped(frame, policy), policy))
    assert rows["tier"].tolist() == ["Strategic", "Ordinary"] * 3 + ["Core", "Ordinary"]


def test_strategic_by_hand() -> None:
    found = board(a_policy()).of("Strategic")
    # A: income 1000·8 % = 80, and one point more is 90; cost 1000·(3 % + 0.5 %) = 35; loss 10; capital 80.
    assert found.as_is == Money(1000_00, 1000_00, 80_00, 35_00, 10_00, 80_00)
    assert found.treated == Money(1000_00, 1000_00, 90_00, 35_00, 10_00, 80_00)
    assert (found.as_is.roi, found.treated.roi) == (0.035, 0.045)
    assert found.treated.raroc(SETTINGS) == pytest.approx((90 - 35 - 10 + 80 * 0.02) * 0.75 / 80)
    assert found.treated.loss_rate == 0.01
    assert found.treated.risk_weight == 1.0


def test_core_by_hand() -> None:
    found = board(a_policy()).of("Core")
    # B 500·8 % = 40 and C 500·6 % = 30; cost 17.5 each, and 1 % of 500 each for service.
    assert found.customers == 2
    assert found.treated == Money(1100_00, 1000_00, 70_00, 45_00, 11_00, 90_00)
    assert found.treated.roi == pytest.approx((70 - 45 - 11) / 1000)


def test_customers_without_a_pd_count_but_not_in_profit_and_ratios() -> None:
    found = board(a_policy())
    ordinary, total = found.of("Ordinary"), found.total
    assert (ordinary.customers, ordinary.customers_without_pd, ordinary.exposure_without_pd) == (1, 1, 200_00)
    assert (ordinary.as_is.income, ordinary.as_is.profit, ordinary.as_is.roi) == (14_00, 0, None)
    # A 45 + Core 70 − 45 − 11 = 14 + E 15 − 10.5 − 150 = −145.5; lent 1000 + 1000 + 300, D's 200 left out.
    assert total.treated.profit == 45_00 + 14_00 - 145_50
    assert total.treated.roi == pytest.approx((45 + 14 - 145.5) / 2300)
    assert total.treated.loss_rate == pytest.approx((10 + 11 + 150) / 2400)


def test_work_out_stays_as_it_is() -> None:
    found = board(a_policy()).of("Work-out")
    assert found.treated == found.as_is
    assert found.as_is.raroc(SETTINGS) is None


def test_moves_by_hand_against_the_policy_in_force() -> None:
    # T1 from 75 to 76 points takes A to Core; a watch from 60 days on lets C rise: both rules are applied.
    in_force = a_policy()
    found = board(a_policy(strategic_step=152), in_force)
    assert found.moves == ((0, 1, 0, 0), (0, 2, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    assert (found.customers_moved, found.exposure_moved) == (1, 1000_00)
    watch = board(a_policy(watch_days=60), in_force)
    assert watch.moves == ((1, 0, 0, 0), (1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    assert watch.exposure_moves[1][0] == 500_00


def test_a_board_alone_knows_no_moves() -> None:
    assert (board(a_policy()).moves, board(a_policy()).customers_moved) == ((), 0)


def test_changes_between_two_boards_by_hand() -> None:
    strategic, core, ordinary, _, total = compare_boards(
        board(a_policy(strategic_step=152)), board(a_policy())
    )
    # A goes from Strategic (income 90) to Core (80, and 10 more for service).
    assert (strategic.customers, core.customers, ordinary.customers, total.customers) == (-1, 1, 0, 0)
    assert core.money == Money(1000_00, 1000_00, 80_00, 45_00, 10_00, 80_00)
    assert (total.profit, total.money.income, total.money.cost) == (-20_00, -10_00, 10_00)
    assert strategic.roi is None
    assert core.roi == pytest.approx((70 + 80 - 45 - 45 - 11 - 10) / 2000 - 0.014)
    assert [change.tier for change in (strategic, total)] == ["Strategic", "Total"]


@pytest.mark.parametrize("steps", [(0, 0), (100, 60), (150, 150), (152, 100), (200, 200)])
def test_neutral_treatments_leave_the_portfolio_s_totals_wherever_the_thresholds_are(
    steps: tuple[int, int],
) -> None:
    neutral = replace(a_policy(), treatments=dict.fromkeys(TIERS, NEUTRAL))
    found = board(replace(neutral, strategic_step=steps[0], core_step=steps[1]))
    assert found.total.treated == found.total.as_is == board(neutral).total.as_is


def test_neutral_treatments_leave_every_total_as_it_is() -> None:
    policy = replace(a_policy(), treatments=dict.fromkeys(TIERS, Treatment(review_months=3, offer="other")))
    assert policy.only_relabels
    assert board(policy).total.treated == board(policy).total.as_is


def test_figures_of_the_own_tier_stand_beside_the_customer() -> None:
    policy = a_policy()
    rows = collect(with_treated_of_tier(with_tier(treated(five_customers(), policy), policy)))
    assert rows["income_treated"].tolist() == [90.0, 40.0, 30.0, 14.0, 15.0]
    assert rows["cost_treated"].tolist() == [35.0, 22.5, 22.5, 7.0, 10.5]
    # What is unknown stays unknown, and is not nothing.
    assert rows["expected_loss_treated"].isna().tolist() == [False, False, False, True, False]
    assert rows["capital_treated"].dropna().tolist() == [80.0, 60.0, 30.0, 0.0]


def test_a_board_of_nobody_adds_up_to_nothing() -> None:
    empty = board_from_sums({})
    assert [summary.tier for summary in empty.tiers] == list(NAMES)
    assert (empty.total.customers, empty.total.as_is.roi, empty.total.as_is.loss_rate) == (0, None, None)
