"""The loss distribution: against binomials, Vasicek's formula and arithmetic; parts that add up."""

from __future__ import annotations

from statistics import NormalDist

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

from data.errors import Cancelled, ModelInvalid
from segmentation.risk.pool import correlations, largest_losses, loss_buckets, with_loss_amount
from segmentation.risk.simulation import LossDistribution, SimulationSettings, simulate_losses
from tests.builders import collect, lazy


def names(probability: list[float], loss: list[float]) -> pd.DataFrame:
    count = len(loss)
    return pd.DataFrame({
        "customer_id": [f"C{place}" for place in range(count)], "probability": probability, "loss": loss,
        "asset_class": ["corporate"] * count, "tier": ["Core"] * count, "segment": [1] * count, "industry": ["mills"] * count,
    })  # fmt: skip


def buckets(rows: list[tuple[int, float, float]], tier: str = "Ordinary") -> pd.DataFrame:
    """Customers, PD and loss of each; equal inside a bucket."""
    frame = pd.DataFrame(rows, columns=["customers", "probability", "each"])
    return pd.DataFrame({
        "customers": frame["customers"], "probability": frame["probability"], "loss": frame["customers"] * frame["each"],
        "squares": frame["customers"] * frame["each"] ** 2, "asset_class": "corporate", "tier": tier,
        "segment": range(len(frame)), "industry": "farms",
    })  # fmt: skip


NONE, NO_NAMES = buckets([]), names([], [])


def test_correlation_of_a_firm_by_basel_ii() -> None:
    # Basel II § 272 at PD 1 %: 0.12·(1 − e^−0.5) + 0.24·e^−0.5
    assert correlations(np.array([0.01]), ["corporate"])[0] == pytest.approx(
        0.12 * (1 - np.exp(-0.5)) + 0.24 * np.exp(-0.5)
    )
    assert correlations(np.array([0.3, 0.3]), ["mortgage", "revolving"]).tolist() == [0.15, 0.04]


def test_a_large_even_pool_is_vasicek_s_formula() -> None:
    settings = SimulationSettings(100_000, 3, correlation=0.2)
    found = simulate_losses(NO_NAMES, buckets([(10_000_000, 0.02, 1.0)]), settings)
    for tail in found.tails:
        formula = norm.cdf((norm.ppf(0.02) + np.sqrt(0.2) * norm.ppf(tail.level)) / np.sqrt(0.8)) * 1e7
        assert tail.large_pool == pytest.approx(formula, rel=1e-9)
        assert tail.low <= formula <= tail.high
    assert found.expected_loss == pytest.approx(2e5)
    assert found.mean == pytest.approx(2e5, rel=0.02)


def test_the_capital_formula_is_the_large_pool_at_999_per_mille() -> None:
    # Basel II Annex 5: corporate, PD 1 %, LGD 45 %: K + EL before the maturity factor
    found = simulate_losses(NO_NAMES, buckets([(1_000, 0.01, 0.45)]), SimulationSettings(1_000))
    slope = (0.11852 - 0.05478 * np.log(0.01)) ** 2
    published = 0.9232 / 12.5 * (1 - 1.5 * slope) + 0.01 * 0.45
    assert found.tails[-1].large_pool / 1_000 == pytest.approx(published, abs=5e-6)


def test_independent_names_are_binomial() -> None:
    settings = SimulationSettings(200_000, 1, correlation=0.0, levels=(0.9, 0.99))
    found = simulate_losses(names([0.05] * 40, [1.0] * 40), NONE, settings)
    for tail in found.tails:
        assert tail.value_at_risk == pytest.approx(binom.ppf(tail.level, 40, 0.05))
    assert found.deviation == pytest.approx(binom.std(40, 0.05), rel=0.01)


def test_two_correlated_names_against_the_bivariate_integral() -> None:
    settings = SimulationSettings(400_000, 2, correlation=0.3, levels=(0.9,))
    found = simulate_losses(names([0.1, 0.1], [1.0, 1.0]), NONE, settings)
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    chance = norm.cdf((norm.ppf(0.1) - np.sqrt(0.3) * nodes) / np.sqrt(0.7))
    both = float(weights @ chance**2 / weights.sum())
    assert found.deviation**2 == pytest.approx(2 * 0.1 * 0.9 + 2 * (both - 0.01), rel=0.02)


def test_small_names_in_a_bucket_lose_what_they_lose_singly() -> None:
    settings = SimulationSettings(60_000, 4, correlation=0.15)
    singly = simulate_losses(names([0.03] * 400, [2.0] * 400), NONE, settings)
    summed = simulate_losses(NO_NAMES, buckets([(400, 0.03, 2.0)]), settings)
    assert summed.deviation == pytest.approx(singly.deviation, rel=0.02)
    assert summed.tails[0].expected_shortfall == pytest.approx(singly.tails[0].expected_shortfall, rel=0.03)


MIXED = (
    names([0.02, 0.1, 0.004], [50.0, 20.0, 90.0]),
    buckets([(500, 0.03, 0.5), (2_000, 0.01, 0.1), (80, 0.2, 1.0)]),
)


@pytest.mark.parametrize("dimension", ["tier", "segment", "industry", "name"])
def test_the_parts_add_up_to_the_whole(dimension: str) -> None:
    found = simulate_losses(*MIXED, SimulationSettings(20_000, 7))
    parts = found.contributions[dimension]
    assert sum(part.shortfall for part in parts) == pytest.approx(
        found.tails[-1].expected_shortfall, rel=1e-9
    )
    assert sum(part.expected_loss for part in parts) == pytest.approx(found.expected_loss, rel=1e-12)


def test_one_seed_gives_one_answer_whatever_the_chunks() -> None:
    first, second, other = (simulate_losses(*MIXED, SimulationSettings(5_000, seed)) for seed in (1, 1, 2))
    assert first == second
    assert first.tails != other.tails


def test_what_is_kept_is_what_was_found() -> None:
    found = simulate_losses(*MIXED, SimulationSettings(1_000, 1))
    assert LossDistribution.from_dict(found.to_dict()) == found


def test_a_person_can_stop_it_and_sees_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        simulate_losses(
            *MIXED,
            SimulationSettings(50_000),
            report=lambda *at: seen.append(at),
            is_cancelled=lambda: len(seen) >= 3,
        )
    assert seen == [(2_000, 100_000), (4_000, 100_000), (6_000, 100_000)]


def test_nobody_at_risk_loses_nothing() -> None:
    found = simulate_losses(NO_NAMES, NONE, SimulationSettings(1_000))
    assert (found.expected_loss, found.mean, found.tails[-1].value_at_risk) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "wrong", [{"scenarios": 10}, {"correlation": 1.0}, {"levels": (0.999, 0.99)}, {"levels": (2.0,)}]
)
def test_settings_that_can_t_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelInvalid):
        SimulationSettings(**wrong)


def test_the_engine_s_sums_lose_nobody_and_no_money() -> None:
    random = np.random.default_rng(3)
    rows = 3_000
    frame = lazy(pd.DataFrame({
        "customer_id": [f"C{place:05d}" for place in range(rows)], "is_defaulted": random.uniform(0, 1, rows) < 0.05,
        "probability_of_default": random.uniform(0.001, 0.2, rows), "loss_given_default": random.uniform(0, 1, rows),
        "exposure_at_default": np.exp(random.normal(8, 1.5, rows)), "risk_step": random.integers(0, 63, rows),
        "asset_class": random.choice(["corporate", "other_retail"], rows), "tier": random.choice(["Core", "Ordinary"], rows),
        "segment": random.integers(1, 4, rows), "industry": random.choice(["a'b", "c"], rows),
    }))  # fmt: skip
    frame = frame.with_columns(
        (
            nw.col("probability_of_default") * nw.col("loss_given_default") * nw.col("exposure_at_default")
        ).alias("expected_loss")
    )
    losses = with_loss_amount(frame)
    everybody, single = collect(losses), collect(largest_losses(losses, 50))
    rest = collect(loss_buckets(losses, float(single["loss"].min()), single["customer_id"].tolist()))
    assert len(single) + rest["customers"].sum() == len(everybody)
    assert single["loss"].sum() + rest["loss"].sum() == pytest.approx(everybody["loss"].sum())
    expected = (everybody["probability"] * everybody["loss"]).sum()
    found = (single["probability"] * single["loss"]).sum() + (rest["probability"] * rest["loss"]).sum()
    assert found == pytest.approx(expected)
    assert single["loss"].tolist() == everybody["loss"].nlargest(50).tolist()
    assert isinstance(frame, nw.LazyFrame)
    assert NormalDist().inv_cdf(0.999) == pytest.approx(norm.ppf(0.999), abs=1e-12)
