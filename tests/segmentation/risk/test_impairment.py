"""Stages at their borders, losses by hand and against a loop over years, scenarios against SciPy."""

from __future__ import annotations

import math

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from data.errors import ModelInvalid
from segmentation.frame import Frame
from segmentation.risk.impairment import (
    ImpairmentSettings,
    Scenario,
    impairment_board,
    impairment_rows,
    with_impairment,
)
from tests.builders import collect, lazy

SETTINGS = ImpairmentSettings()
COLUMNS = {
    "is_defaulted": False, "days_past_due": np.nan, "probability_of_default": 0.02,
    "probability_of_default_lifetime": np.nan, "probability_of_default_at_origination": np.nan,
    "loss_given_default": 0.4, "exposure_at_default": 1_000.0, "remaining_months": 36.0, "interest_rate": 0.05,
}  # fmt: skip


def loans(**given: object) -> Frame:
    rows = max((len(value) for value in given.values() if isinstance(value, list)), default=1)
    frame = pd.DataFrame({name: given.get(name, [usual] * rows) for name, usual in COLUMNS.items()})
    numbers = [name for name in COLUMNS if name != "is_defaulted"]
    return lazy(frame.astype(dict.fromkeys(numbers, "float64"))).with_columns(
        nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name) for name in numbers
    )


def first(frame: Frame, settings: ImpairmentSettings = SETTINGS) -> pd.Series:
    return collect(with_impairment(frame, settings)).iloc[0]


@pytest.mark.parametrize(
    ("given", "stage", "reason"),
    [
        ({"days_past_due": [29]}, 1, "performing"),
        ({"days_past_due": [30]}, 2, "days_30"),
        ({"days_past_due": [89]}, 2, "days_30"),
        ({"days_past_due": [90]}, 3, "days_90"),
        ({"is_defaulted": [True], "probability_of_default": [1.0]}, 3, "default"),
        # lifetime PD over one year: 2.1 times and 1.1 points up
        ({"remaining_months": [12], "probability_of_default": [0.021], "probability_of_default_at_origination": [0.01]}, 2, "pd_rise"),
        # doubled, but by 0.4 points only
        ({"remaining_months": [12], "probability_of_default": [0.008], "probability_of_default_at_origination": [0.004]}, 1, "performing"),
        # risen by a point, but not doubled
        ({"remaining_months": [12], "probability_of_default": [0.03], "probability_of_default_at_origination": [0.02]}, 1, "performing"),
        ({"probability_of_default": [np.nan]}, None, "unknown"),
        ({"probability_of_default": [np.nan], "days_past_due": [45]}, 2, "days_30"),
    ],
)  # fmt: skip
def test_stages_at_their_borders(given: dict[str, list[float]], stage: int | None, reason: str) -> None:
    row = first(loans(**given))
    found = None if pd.isna(row["impairment_stage"]) else int(row["impairment_stage"])
    assert (found, row["stage_reason"]) == (stage, reason)


def test_a_lifetime_loss_of_three_years_by_hand() -> None:
    # PD 2 % a year, LGD 40 %, 1,000 repaid in thirds, 5 %: balances 1000, 666.67, 333.33
    expected = 0.4 * 0.02 * (1_000 / 1.05 + 0.98 * 2_000 / 3 / 1.05**2 + 0.98**2 * 1_000 / 3 / 1.05**3)
    row = first(loans(days_past_due=[45]))
    assert row["expected_credit_loss_base"] == pytest.approx(expected, rel=1e-12)


def test_a_twelve_month_loss_by_hand() -> None:
    assert first(loans())["expected_credit_loss_base"] == pytest.approx(0.02 * 0.4 * 1_000 / 1.05)


def test_half_a_year_to_go_is_half_a_year_of_risk() -> None:
    expected = (1 - 0.98**0.5) * 0.4 * 1_000 / 1.05**0.5
    assert first(loans(remaining_months=[6]))["expected_credit_loss_base"] == pytest.approx(expected)


def test_in_default_the_loss_is_the_loss_given_default() -> None:
    row = first(loans(is_defaulted=[True], probability_of_default=[1.0]))
    assert row["expected_credit_loss"] == pytest.approx(400.0)


def loop(chance: float, loss: float, exposure: float, months: float, rate: float, years: float) -> float:
    """An independent loop over the years."""
    life, total, year, alive = months / 12, 0.0, 0.0, 1.0
    while year < years - 1e-12:
        step = min(1.0, years - year)
        dies = 1 - (1 - chance) ** step
        total += alive * dies * loss * exposure * (1 - year / life) / (1 + rate) ** (year + step)
        alive *= 1 - dies
        year += step
    return total


def test_the_closed_form_is_the_loop_over_years() -> None:
    random = np.random.default_rng(8)
    rows = 300
    given = {
        "probability_of_default": random.choice([0.0, 1e-5, 0.01, 0.2, 0.7, 1.0], rows).tolist(),
        "loss_given_default": random.uniform(0, 1, rows).tolist(),
        "exposure_at_default": random.uniform(0, 1e6, rows).tolist(),
        "remaining_months": random.uniform(1, 400, rows).tolist(),
        "interest_rate": random.choice([0.0, 0.001, 0.05, 0.3], rows).tolist(),
        "days_past_due": random.choice([0, 45], rows).tolist(),
    }
    found = collect(with_impairment(loans(**given), SETTINGS))["expected_credit_loss_base"]
    expected = [
        loop(p, loss, e, m, i, m / 12 if days else min(1.0, m / 12))
        for p, loss, e, m, i, days in zip(*given.values(), strict=True)
    ]
    # Near q = 1 the series is summed as if q were 1: the error stays below a millionth.
    assert found.to_numpy() == pytest.approx(np.array(expected), rel=2e-4, abs=1e-9)
    sharp = [place for place in range(rows) if given["interest_rate"][place] > 0.01]
    assert found.to_numpy()[sharp] == pytest.approx(np.array(expected)[sharp], rel=1e-9)


def test_a_known_lifetime_probability_sets_the_yearly_hazard() -> None:
    yearly = 1 - (1 - 0.3) ** (1 / 3)
    row = first(loans(days_past_due=[45], probability_of_default_lifetime=[0.3]))
    assert row["expected_credit_loss_base"] == pytest.approx(loop(yearly, 0.4, 1_000, 36, 0.05, 3.0))


@pytest.mark.parametrize(("key", "factor"), [("upside", 1.0), ("downside", -1.5)])
def test_scenarios_shift_the_probability_as_vasicek_2002(key: str, factor: float) -> None:
    shifted = norm.cdf((norm.ppf(0.02) - math.sqrt(0.12) * factor) / math.sqrt(0.88))
    row = first(loans())
    assert row[f"expected_credit_loss_{key}"] == pytest.approx(shifted * 0.4 * 1_000 / 1.05, rel=1e-12)


def test_all_weight_on_one_scenario_is_that_scenario() -> None:
    settings = SETTINGS.weighted({"base": 0, "upside": 0, "downside": 3})
    row = first(loans(), settings)
    assert row["expected_credit_loss"] == pytest.approx(row["expected_credit_loss_downside"])


def test_the_board_reweighs_without_a_row_and_says_what_it_assumes() -> None:
    frame = loans(
        days_past_due=[0, 45, 95, np.nan], interest_rate=[0.05, np.nan, 0.05, 0.05],
        remaining_months=[36, 36, np.nan, 36], probability_of_default=[0.02, 0.02, 0.02, np.nan],
        exposure_at_default=[1_000, 2_000, 500, 500],
    )  # fmt: skip
    rows = collect(impairment_rows(with_impairment(frame, SETTINGS), SETTINGS))
    board = impairment_board(rows, SETTINGS)
    assert [(line.stage, line.customers, line.exposure) for line in board.lines] == [
        (1, 1, 1_000), (2, 1, 2_000), (3, 1, 500), (None, 1, 500),
    ]  # fmt: skip
    assert (board.assumed_rate, board.assumed_term) == (0.5, 0.125)
    downside = SETTINGS.weighted({"base": 0, "upside": 0, "downside": 1})
    by_rows = collect(with_impairment(frame, downside))["expected_credit_loss"].sum()
    assert sum(line.loss(downside) for line in board.lines) == pytest.approx(by_rows)


def test_unknown_loss_or_exposure_leaves_the_credit_loss_unknown() -> None:
    assert pd.isna(first(loans(loss_given_default=[np.nan]))["expected_credit_loss"])
    assert pd.isna(first(loans(exposure_at_default=[np.nan]))["expected_credit_loss"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage_3_days": 10},
        {"ratio": 0.5},
        {"scenarios": (Scenario("base", 0.5, None),)},
        {"correlation": 1.0},
    ],
)
def test_settings_that_can_t_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelInvalid):
        ImpairmentSettings(**wrong)


def test_no_scenario_can_weigh_all_nothing() -> None:
    with pytest.raises(ModelInvalid, match="weights"):
        SETTINGS.weighted({"base": 0, "upside": 0, "downside": 0})
