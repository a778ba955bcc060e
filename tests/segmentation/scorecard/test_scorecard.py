"""Bins, guard and fit: by hand, against scikit-learn and SciPy, and with planted leaks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from segmentation.scorecard.binning import Binning, bin_feature, weight_of_evidence
from segmentation.scorecard.compile import with_scorecard
from segmentation.scorecard.fit import Scorecard, fit_scorecard
from segmentation.scorecard.guard import Candidate
from segmentation.scorecard.horizon import Horizon
from segmentation.scorecard.quality import measure
from tests.builders import collect, lazy

ROWS = 4_000


def a_book(seed: int = 4) -> tuple[pd.DataFrame, pd.Series]:
    """Defaults follow age (falling) and region; `noise` follows nothing; a tenth of ages is missing."""
    random = np.random.default_rng(seed)
    age, region = random.uniform(0, 30, ROWS), random.choice(["north", "south", "it's; DROP"], ROWS)
    chance = 1 / (1 + np.exp(1.2 + 0.12 * (age - 8) - 0.9 * (region == "south")))
    bad = random.uniform(0, 1, ROWS) < chance
    frame = pd.DataFrame({"age": np.where(random.uniform(0, 1, ROWS) < 0.1, np.nan, age), "region": region,
                          "noise": random.normal(0, 1, ROWS)})  # fmt: skip
    return frame, pd.Series(bad)


CANDIDATES = [
    Candidate("age", "Age", True),
    Candidate("region", "Region", False),
    Candidate("noise", "Noise", True),
]


def test_weight_of_evidence_by_hand() -> None:
    # 200 goods of 800 and 50 bads of 400, half a customer added to each count
    assert weight_of_evidence(200, 50, 800, 400) == pytest.approx(math.log((200.5 / 800.5) / (50.5 / 400.5)))


def test_a_binary_level_has_its_counts_and_its_information() -> None:
    cells = pd.Series(["a"] * 500 + ["b"] * 500, name="x")
    bad = np.array([True] * 100 + [False] * 400 + [True] * 20 + [False] * 480)
    binning = bin_feature(cells, bad, is_numeric=False)
    counts = {item.label: (item.customers, item.defaults) for item in binning.bins}
    assert counts == {"a": (500, 100), "b": (500, 20)}
    expected = sum(
        (goods / 880 - bads / 120) * math.log(((goods + 0.5) / 880.5) / ((bads + 0.5) / 120.5))
        for goods, bads in ((400, 100), (480, 20))
    )
    assert binning.information_value == pytest.approx(expected)


def test_bins_of_a_number_are_monotone_and_none_is_tiny() -> None:
    frame, bad = a_book()
    binning = bin_feature(frame["age"], bad.to_numpy(), is_numeric=True)
    rates = [item.defaults / item.customers for item in binning.bins]
    assert rates == sorted(rates, reverse=True)
    assert min(item.customers for item in binning.bins) >= 0.05 * ROWS
    assert binning.missing.customers == int(frame["age"].isna().sum())


def test_the_score_finds_what_was_planted_and_leaves_noise_out() -> None:
    frame, bad = a_book()
    fitted = fit_scorecard(frame, bad, CANDIDATES)
    assert fitted.scorecard is not None
    assert {feature.column for feature in fitted.scorecard.features} == {"age", "region"}
    assert all(coefficient > 0 for coefficient in fitted.scorecard.coefficients)
    assert fitted.scorecard.probability(frame).mean() == pytest.approx(bad.mean(), abs=1e-9)


def test_quality_against_scikit_learn_and_scipy() -> None:
    frame, bad = a_book()
    card = fit_scorecard(frame, bad, CANDIDATES).scorecard
    assert card is not None
    chance = card.probability(frame)
    found = measure(bad.to_numpy(), chance, 0)
    assert found.auc == pytest.approx(roc_auc_score(bad, chance))
    assert found.ks == pytest.approx(ks_2samp(chance[bad], chance[~bad]).statistic)


def test_the_compiled_expression_scores_as_the_fit_does_alone_and_in_a_batch() -> None:
    frame, bad = a_book()
    card = fit_scorecard(frame, bad, CANDIDATES).scorecard
    assert card is not None
    strange = pd.DataFrame(
        {"age": [np.nan, -5.0, 900.0], "region": [None, "never seen", "it's; DROP"], "noise": [0.0] * 3}
    )
    rows = pd.concat([frame.head(200), strange], ignore_index=True)
    columns = {
        "age": [None if v != v else v for v in rows["age"]],
        "region": [None if v is None or v != v else v for v in rows["region"]],
    }
    scored = collect(with_scorecard(lazy(columns), card, Horizon()))[
        "probability_of_default_scorecard"
    ].to_numpy()
    assert np.abs(scored - card.probability(rows)).max() < 1e-12
    alone = collect(
        with_scorecard(lazy({name: cells[7:8] for name, cells in columns.items()}), card, Horizon())
    )
    assert alone["probability_of_default_scorecard"][0] == scored[7]


def test_a_horizon_turns_life_of_loan_into_a_year() -> None:
    frame, bad = a_book()
    card = fit_scorecard(frame, bad, CANDIDATES).scorecard
    assert card is not None
    rows = lazy({"age": [5.0], "region": ["south"]})
    whole = collect(with_scorecard(rows, card, Horizon()))["probability_of_default_scorecard"][0]
    year = collect(with_scorecard(rows, card, Horizon(48.0, "dates")))["probability_of_default_scorecard"][0]
    assert year == pytest.approx(1 - (1 - whole) ** 0.25)


def test_json_and_back_changes_nothing() -> None:
    frame, bad = a_book()
    card = fit_scorecard(frame, bad, CANDIDATES).scorecard
    assert card is not None
    assert Scorecard.from_dict(card.to_dict()) == card
    assert Binning.from_dict(card.features[0].to_dict()) == card.features[0]


@pytest.mark.parametrize("view", ["value", "missing", "heaping"])
def test_a_planted_leak_is_refused_in_each_view_until_accepted(view: str) -> None:
    frame, bad = a_book()
    random = np.random.default_rng(1)
    odd = random.integers(0, 20, ROWS) * 12 + random.integers(1, 12, ROWS)
    leaks = {
        "value": bad * 5.0 + random.normal(0, 1, ROWS),
        "missing": np.where(bad, random.normal(0, 1, ROWS), np.nan),
        "heaping": np.where(bad, odd, random.integers(1, 20, ROWS) * 12).astype(float),
    }
    frame["leak"] = leaks[view]
    candidates = [*CANDIDATES, Candidate("leak", "Leak", True)]
    fitted = fit_scorecard(frame, bad, candidates)
    refused = {verdict.column: verdict for verdict in fitted.refused}
    assert refused["Leak"].view == view
    assert (refused["Leak"].auc or 0) > 0.85
    assert fit_scorecard(frame, bad, candidates, accepted=frozenset({"Leak"})).refused == ()


@pytest.mark.parametrize(
    ("defaults", "reason"),
    [(0, "too_few_defaults"), (19, "too_few_defaults"), (400, "too_few_without_default")],
)
def test_outcomes_that_carry_no_scorecard_say_why(defaults: int, reason: str) -> None:
    frame, _ = a_book()
    outcome = pd.Series([True] * defaults + [False] * (400 - defaults))
    fitted = fit_scorecard(frame.head(400), outcome, CANDIDATES)
    assert fitted.scorecard is None
    assert fitted.quality.reason == reason
