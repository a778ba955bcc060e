"""Intervals and tests against SciPy and published figures; a validation that sees only strangers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from segmentation.scorecard.guard import Candidate
from segmentation.scorecard.statistics import (
    binomial_tail,
    correlated_tail,
    discrimination,
    low_default_bound,
    population_stability_index,
    stability_light,
    stability_limit,
    wilson_interval,
)
from segmentation.scorecard.validation import Validation, calibration, grade_rows, validate


@pytest.mark.parametrize(
    ("defaults", "customers", "chance"), [(3, 100, 0.01), (0, 50, 0.2), (900, 10_000, 0.1), (7, 7, 0.5)]
)
def test_the_binomial_test_against_scipy(defaults: int, customers: int, chance: float) -> None:
    assert binomial_tail(defaults, customers, chance) == pytest.approx(
        stats.binom.sf(defaults - 1, customers, chance)
    )


def test_with_correlation_the_tail_is_the_integral_over_the_factor() -> None:
    from scipy.integrate import quad

    def integrand(z: float) -> float:
        given = stats.norm.cdf((stats.norm.ppf(0.02) - np.sqrt(0.12) * z) / np.sqrt(0.88))
        return stats.binom.sf(9, 300, given) * stats.norm.pdf(z)

    assert correlated_tail(10, 300, 0.02, 0.12) == pytest.approx(quad(integrand, -8, 8)[0], rel=1e-4)


def test_bounds_of_a_low_default_portfolio_against_pluto_and_tasche_2005() -> None:
    # Their first example: 800 customers in grades of 100, 400, 300 without a default, 90 % confidence:
    # PD_A 0.29 %, PD_B 0.33 % (400 + 300), PD_C 0.76 % (300)
    found = [100 * low_default_bound(0, customers, 0.9) for customers in (800, 700, 300)]
    assert found == pytest.approx([0.29, 0.33, 0.76], abs=0.005)


def test_three_defaults_in_ten_thousand_have_an_interval() -> None:
    interval = wilson_interval(3, 10_000)
    expected = stats.binomtest(3, 10_000).proportion_ci(0.95, method="wilson")
    assert interval is not None
    assert (interval.low, interval.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert low_default_bound(3, 10_000, 0.9) == pytest.approx(stats.beta.ppf(0.9, 4, 9_997))


def test_the_limit_of_the_stability_index_is_what_chance_passes_once_in_twenty() -> None:
    random = np.random.default_rng(4)
    shares = np.full(10, 0.1)
    found = [
        population_stability_index(
            random.multinomial(2_000, shares).astype(float), random.multinomial(500, shares).astype(float)
        )
        for _ in range(2_000)
    ]
    limit = stability_limit(10, 2_000, 500, 0.95)
    assert limit == pytest.approx(stats.chi2.ppf(0.95, 9) * (1 / 2_000 + 1 / 500))
    assert np.mean(np.array(found) > limit) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(
    ("index", "customers", "light"),
    [(0.05, 10**6, "green"), (0.15, 50, "green"), (0.15, 5_000, "amber"), (0.4, 5_000, "red")],
)
def test_a_shift_must_be_large_and_more_than_chance(index: float, customers: int, light: str) -> None:
    assert stability_light(index, 10, customers, customers) == light


def a_book(rows: int = 4_000, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(seed)
    age, trade = random.uniform(0, 30, rows), random.choice(["a", "b", "c"], rows)
    chance = 1 / (1 + np.exp(1.0 + 0.1 * age - 1.0 * (trade == "c")))
    return pd.DataFrame({"age": np.where(age < 2, np.nan, age), "trade": trade}), random.uniform(
        0, 1, rows
    ) < chance


CANDIDATES = [Candidate("age", "Age", True), Candidate("trade", "Trade", False)]


def test_discrimination_is_scikit_learn_s_and_its_interval_holds_delong_s() -> None:
    frame, bad = a_book()
    score = 1 / (1 + frame["age"].fillna(0).to_numpy())
    found = discrimination(bad, score[None, :], seed=1)
    assert found.auc.value == pytest.approx(roc_auc_score(bad, score))
    assert found.ks.value == pytest.approx(stats.ks_2samp(score[bad], score[~bad]).statistic)
    assert found.brier.value == pytest.approx(np.mean((score - bad) ** 2))
    # DeLong, DeLong & Clarke-Pearson (1988): variance of the AUC by placements
    placed_bad = np.array(
        [np.mean(value > score[~bad]) + 0.5 * np.mean(value == score[~bad]) for value in score[bad]]
    )
    placed_good = np.array(
        [np.mean(score[bad] > value) + 0.5 * np.mean(score[bad] == value) for value in score[~bad]]
    )
    error = np.sqrt(placed_bad.var(ddof=1) / bad.sum() + placed_good.var(ddof=1) / (~bad).sum())
    assert found.auc.high - found.auc.low == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_a_model_that_is_right_calibrates_and_one_that_halves_the_risk_turns_red() -> None:
    random = np.random.default_rng(9)
    chance = random.choice([0.01, 0.05, 0.25], 30_000)
    bad = random.uniform(0, 1, 30_000) < chance
    assert all(row.observed.low <= row.forecast <= row.observed.high for row in calibration(bad, chance, 3))
    assert {row.light for row in grade_rows(bad, chance)} == {"green"}
    assert min(row.tail for row in grade_rows(bad, chance / 2)) < 0.001
    # With correlation a bad year is not yet a wrong model.
    assert all(row.correlated_tail > row.tail for row in grade_rows(bad, chance / 2))


def test_dates_make_it_out_of_time_and_no_day_is_split() -> None:
    frame, bad = a_book()
    dates = pd.Series(pd.to_datetime("2001-01-01") + pd.to_timedelta(np.arange(len(bad)) // 100, unit="D"))
    seen: list[tuple[int, int]] = []
    found = validate(frame, bad, CANDIDATES, dates=dates, report=lambda *at: seen.append(at))
    assert (found.design, found.split_on) == ("out_of_time", "2001-01-29")
    assert (found.trained_on, found.customers) == (2_800, 1_200)
    assert [model.model for model in found.models] == ["scorecard", "logistic", "boosting"]
    assert found.models[0].discrimination.auc.low > 0.6
    assert found.stability is not None
    assert found.stability_light == "green"
    assert seen[-1] == (3, 3)


def test_without_dates_it_is_a_repeated_cross_validation() -> None:
    frame, bad = a_book(1_500)
    found = validate(frame, bad, CANDIDATES)
    assert (found.design, found.customers, found.stability) == ("cross_validation", 1_500, None)
    assert Validation.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize(
    ("rows", "defaults", "reason"),
    [
        (0, 0, "no_outcome"),
        (10_000, 3, "too_few_defaults"),
        (200, 0, "too_few_defaults"),
        (200, 200, "too_few_without_default"),
    ],
)
def test_what_can_t_be_validated_still_says_what_is_known(rows: int, defaults: int, reason: str) -> None:
    frame = pd.DataFrame({"age": np.arange(rows, dtype=float), "trade": ["a"] * rows})
    bad = np.arange(rows) < defaults
    found = validate(frame, bad, CANDIDATES)
    assert (found.reason, found.models) == (reason, ())
    assert (found.rate is None) == (rows == 0)
    if defaults == 3:
        assert found.prudent_rate == pytest.approx(0.000668, abs=1e-6)


def test_noise_alone_leaves_a_coin() -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"age": random.normal(size=2_000), "trade": random.choice(["a", "b"], 2_000)})
    found = validate(frame, random.uniform(0, 1, 2_000) < 0.2, CANDIDATES)
    assert found.models[0].discrimination.auc.low <= 0.5 <= found.models[0].discrimination.auc.high + 0.03
