"""What each part of a treatment moves, worked by hand; neutral means to the hundredth."""

from __future__ import annotations

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.frame import Frame
from segmentation.policy import TIER_KEYS, TIERS
from segmentation.returns.treatment import MEASURES, MOVED_BY, with_treated, with_untreated
from segmentation.treatment import Treatment
from tests.builders import collect
from tests.segmentation.returns.builders import a_scored_portfolio, some_scored, treatments
from tests.segmentation.returns.five import five_customers


def moved_by(treatment: Treatment, frame: Frame | None = None) -> dict[str, list[int]]:
    """Hundredths a treatment moves, customer by customer, by measure; measures it leaves alone are left out."""
    frame = with_untreated(five_customers() if frame is None else frame)
    rows = collect(with_treated(frame, dict.fromkeys(TIERS, treatment), credit_conversion_factor=0.4))
    found = {name: (rows[f"{name}_minor__core"] - rows[f"{name}_minor"]).tolist() for name in MEASURES}
    return {name: values for name, values in found.items() if any(values)}


def test_a_price_change_moves_income_alone() -> None:
    # 50 bp on 1000, 500, 0, 200, 1000 drawn
    assert moved_by(Treatment(price_change_bp=50)) == {"income": [500, 250, 0, 100, 500]}


def test_half_the_take_up_halves_the_price_change() -> None:
    assert moved_by(Treatment(price_change_bp=50, take_up=0.5)) == {"income": [250, 125, 0, 50, 250]}


def test_service_moves_cost_alone_whoever_accepts() -> None:
    assert moved_by(Treatment(service_cost_rate=0.01, take_up=0.0)) == {"cost": [1000, 500, 0, 200, 1000]}


def test_collateral_moves_loss_and_capital_but_never_up() -> None:
    # Cover of all, less the haircut of 40 %, secures 0.6: LGD 40 % → 28 %, 50 % → 32 %; 10 % is better already.
    assert moved_by(Treatment(collateral_cover=1.0)) == {
        "expected_loss": [-300, -252, -30, 0, 0],
        "capital": [-2400, -2520, 0, 0, 0],
    }


def test_collateral_given_already_is_not_asked_again() -> None:
    given = some_scored(
        drawn=[100.0] * 3, exposure_at_default=[100.0] * 3, loss_given_default=[0.4] * 3,
        collateral_value=[None, 30.0, 80.0], expected_loss=[10.0] * 3, economic_capital=[8.0] * 3,
        capital_requirement=[0.08] * 3, probability_of_default=[0.25] * 3, lending_income=[7.0] * 3, cost=[3.5] * 3,
    )  # fmt: skip
    # Asked 50: still missing 50, 20, 0; secured 0.3, 0.12, 0 at half the loss.
    assert moved_by(Treatment(collateral_cover=0.5), given)["expected_loss"] == [-150, -60, 0]


def test_collateral_changes_nothing_in_a_project_slot() -> None:
    slots = five_customers().with_columns(asset_class=nw.lit("slotting"))
    assert moved_by(Treatment(collateral_cover=1.0), slots) == {}


def test_more_limit_without_use_moves_exposure_by_the_conversion_factor() -> None:
    # Limits known: 1000, 100, 1000 → +200, +20, +200 undrawn, of which 40 % count.
    assert moved_by(Treatment(limit_multiplier=1.2)) == {
        "exposure": [0, 8000, 800, 0, 8000],
        # The commitment fee is earned on the new room too: 200·0.4 %, 20·1 %.
        "income": [0, 80, 20, 0, 0],
        # In proportion to exposure: 7·80/700, 1·8/40, 2·80/1000; capital 10 % and 3 % of the new exposure.
        "expected_loss": [0, 80, 20, 0, 16],
        "capital": [0, 800, 0, 0, 240],
    }


def test_more_limit_with_use_is_drawn_at_the_customer_s_own_rate() -> None:
    moved = moved_by(Treatment(limit_multiplier=1.2, headroom_use=0.5))
    assert moved["drawn"] == [0, 10000, 1000, 0, 10000]
    # Drawn 100, 10, 100 more and as much more undrawn: 100 + 0.4·100, 10 + 0.4·10, 100 + 0.4·100.
    assert moved["exposure"] == [0, 14000, 1400, 0, 14000]
    # 100·7 % (assumed) + 100·0.4 %; 10·5 % + 10·1 %; 100·5 %
    assert moved["income"] == [0, 740, 60, 0, 500]
    # 100·(3 % + 0.5 %), both assumed; 10·3 %; 100·3 %: servicing given in money stays.
    assert moved["cost"] == [0, 350, 30, 0, 300]


def test_the_share_that_accepts_counts_once() -> None:
    all_of_less = moved_by(Treatment(limit_multiplier=1.1, headroom_use=0.5))
    assert moved_by(Treatment(limit_multiplier=1.2, headroom_use=0.5, take_up=0.5)) == all_of_less


def test_a_cut_takes_only_what_is_undrawn() -> None:
    moved = moved_by(Treatment(limit_multiplier=0.0))
    assert "drawn" not in moved
    # 0.4·500 and 0.4·100; nothing is left of the third customer's exposure and loss.
    assert moved["exposure"] == [0, -20000, -4000, 0, 0]
    assert moved["income"] == [0, -200, -100, 0, 0]
    assert moved["expected_loss"] == [0, -200, -100, 0, 0]


LINE = {
    "loss_given_default": [0.5], "probability_of_default": [0.1], "capital_requirement": [0.1],
    "lending_income": [0.0], "cost": [0.0],
}  # fmt: skip


def test_a_cut_leaves_no_exposure_below_what_is_drawn() -> None:
    line = some_scored(drawn=[100.0], undrawn=[100.0], credit_limit=[200.0], exposure_at_default=[100.0],
                       expected_loss=[5.0], economic_capital=[10.0], **LINE)  # fmt: skip
    assert "exposure" not in moved_by(Treatment(limit_multiplier=0.5), line)


def test_who_is_over_the_limit_draws_only_what_the_new_limit_leaves() -> None:
    line = some_scored(drawn=[110.0], credit_limit=[100.0], exposure_at_default=[110.0],
                       expected_loss=[5.5], economic_capital=[11.0], **LINE)  # fmt: skip
    assert "drawn" not in moved_by(Treatment(limit_multiplier=1.05, headroom_use=1.0), line)
    assert moved_by(Treatment(limit_multiplier=1.2, headroom_use=1.0), line)["drawn"] == [1000]


def test_a_new_line_brings_its_own_loss() -> None:
    line = some_scored(drawn=[0.0], undrawn=[100.0], credit_limit=[100.0], exposure_at_default=[0.0],
                       expected_loss=[0.0], economic_capital=[0.0], **LINE)  # fmt: skip
    moved = moved_by(Treatment(limit_multiplier=2.0, headroom_use=1.0), line)
    # 100 drawn more, room as before: PD 10 % · LGD 50 % · 100, capital 10 % of 100.
    assert (moved["exposure"], moved["expected_loss"], moved["capital"]) == ([10000], [500], [1000])


@pytest.mark.parametrize(
    "still",
    [
        Treatment(review_months=3, offer="other", churn_change=0.1),
        Treatment(headroom_use=0.7),
        Treatment(price_change_bp=50, limit_multiplier=2.0, collateral_cover=0.5, take_up=0.0),
    ],
)
def test_a_treatment_that_changes_nothing_changes_nothing(still: Treatment) -> None:
    assert still.moves == frozenset()
    assert moved_by(still, a_scored_portfolio(200, 1)) == {}


@settings(max_examples=15, deadline=None)
@given(treatment=treatments, seed=st.integers(0, 1000))
def test_a_part_moves_only_its_own_measures(treatment: Treatment, seed: int) -> None:
    moved = moved_by(treatment, a_scored_portfolio(100, seed))
    assert all(treatment.moves.intersection(MOVED_BY[name]) for name in moved)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), share=st.floats(0.01, 1))
def test_a_limit_that_hardly_moves_ends_at_the_same_hundredths(seed: int, share: float) -> None:
    """The full formulas meet the short cut of a neutral treatment: they differ by rounding at most."""
    hardly = Treatment(limit_multiplier=1 + 2**-52, headroom_use=share)
    assert hardly.moves == {"limit"}
    moved = moved_by(hardly, a_scored_portfolio(100, seed))
    assert all(abs(change) <= 1 for values in moved.values() for change in values)


def test_each_tier_has_its_own_columns() -> None:
    given = {
        "Strategic": Treatment(price_change_bp=10),
        "Core": Treatment(),
        "Ordinary": Treatment(price_change_bp=20),
    }
    rows = collect(with_treated(with_untreated(five_customers()), given, credit_conversion_factor=0.4))
    first = {tier: int(rows[f"income_minor__{key}"][0]) for tier, key in TIER_KEYS.items()}
    assert first == {"Strategic": 86_00, "Core": 85_00, "Ordinary": 87_00}
