"""Lifetime value: published multiples, the sum written out, intervals that hold what they say."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.frame import Frame
from segmentation.lifetime import (
    Churn,
    Seen,
    lifetime_buckets,
    lifetime_values,
    margin_multiples,
    observed_churn,
    with_lifetime_value,
)
from segmentation.returns.ratios import ReturnsSettings
from tests.builders import collect, lazy


def customers(**given_columns: list[object]) -> Frame:
    rows = max(len(values) for values in given_columns.values())
    blank: dict[str, object] = {
        "segment": 1, "lending_income": 100.0, "cost": 0.0, "probability_of_default": 0.0, "expected_loss": 0.0,
        "remaining_months": None, "exposure_at_default": 1000.0, "risk_step": 10, "churned": None,
    }  # fmt: skip
    columns = {name: [value] * rows for name, value in blank.items()} | given_columns
    frame = lazy({name: list(values) for name, values in columns.items()})
    return frame.with_columns(nw.col("remaining_months").cast(nw.Float64), nw.col("churned").cast(nw.Boolean))


def values(frame: Frame, churn: float, discount: float) -> list[float]:
    found = with_lifetime_value(frame, Churn(churn), ReturnsSettings(discount_rate=discount))
    return [float(value) for value in collect(found)["customer_lifetime_value"]]


# Gupta & Lehmann (2003), Customers as assets, Table 1: margin multiple by retention and discount rate.
PUBLISHED = {
    0.10: {0.60: 1.20, 0.70: 1.75, 0.80: 2.67, 0.90: 4.50},
    0.12: {0.60: 1.15, 0.70: 1.67, 0.80: 2.50, 0.90: 4.09},
    0.14: {0.60: 1.11, 0.70: 1.59, 0.80: 2.35, 0.90: 3.75},
    0.16: {0.60: 1.07, 0.70: 1.52, 0.80: 2.22, 0.90: 3.46},
}


@pytest.mark.parametrize("discount", PUBLISHED)
def test_margin_multiples_of_gupta_and_lehmann_2003(discount: float) -> None:
    for retention, multiple in PUBLISHED[discount].items():
        assert values(customers(segment=[1]), 1 - retention, discount) == [
            pytest.approx(100 * multiple, abs=0.6)
        ]
        assert margin_multiples([retention], discount) == [pytest.approx(multiple, abs=0.006)]


def written_out(margin: float, loss: float, pd_: float, churn: float, discount: float, years: int) -> float:
    stay = (1 - pd_) * (1 - churn)
    return sum(
        (margin * stay**year - loss * stay ** (year - 1)) / (1 + discount) ** year
        for year in range(1, years + 1)
    )


def test_five_years_with_losses_by_hand() -> None:
    # s = 0.98·0.9 = 0.882; year 1: (100·0.882 − 8)/1.1 = 72.909; year 2: (77.792 − 7.056)/1.21 = 58.459 …
    assert written_out(100, 8, 0.02, 0.1, 0.1, 2) == pytest.approx(72.9091 + 58.4598, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(
    margin=st.floats(-50, 200), loss=st.floats(0, 50), chance=st.floats(0, 1), churn=st.floats(0, 1),
    discount=st.floats(0.01, 0.3), years=st.integers(0, 30),
)  # fmt: skip
def test_the_closed_form_is_the_sum_written_out(
    margin: float, loss: float, chance: float, churn: float, discount: float, years: int
) -> None:
    frame = customers(
        lending_income=[margin],
        expected_loss=[loss],
        probability_of_default=[chance],
        remaining_months=[years * 12.0],
    )
    assert values(frame, churn, discount) == [
        pytest.approx(written_out(margin, loss, chance, churn, discount, years), rel=1e-9, abs=1e-9)
    ]


def test_nobody_lost_and_nothing_discounted_is_the_plain_sum() -> None:
    assert values(customers(remaining_months=[36.0]), 0.0, 0.0) == [300.0]


def test_a_defaulted_customer_is_worth_minus_its_loss() -> None:
    frame = customers(probability_of_default=[1.0], expected_loss=[400.0])
    assert values(frame, 0.1, 0.25) == [pytest.approx(-400 / 1.25)]


def test_unknown_risk_has_no_value() -> None:
    frame = customers(segment=[1]).with_columns(
        nw.lit(None).cast(nw.Float64).alias("probability_of_default"),
        nw.lit(None).cast(nw.Float64).alias("expected_loss"),
    )
    assert (
        collect(with_lifetime_value(frame, Churn(0.1), ReturnsSettings()))["customer_lifetime_value"]
        .isna()
        .all()
    )


def test_a_treatment_that_keeps_customers_raises_their_value() -> None:
    frame = customers(segment=[1])
    kept = collect(with_lifetime_value(frame, Churn(0.1), ReturnsSettings(), churn_change=-0.02))
    assert kept["customer_lifetime_value"][0] == pytest.approx(100 * 0.92 / (1.12 - 0.92))


def fetch(frame: Frame) -> pd.DataFrame:
    rows: pd.DataFrame = frame.to_native().df()
    return rows


def test_churn_is_counted_by_segment_and_shrunk() -> None:
    left = [True] * 30 + [False] * 70 + [False] * 100
    found = observed_churn(customers(segment=[1] * 100 + [2] * 100, churned=left), ReturnsSettings(), fetch)
    # overall 30/200; (30 + 50·0.15)/150 and (0 + 7.5)/150
    assert (found.overall, found.source) == (0.15, "observed")
    assert found.segments == {1: pytest.approx(0.25), 2: pytest.approx(0.05)}


def test_too_few_leavers_leave_the_assumption() -> None:
    found = observed_churn(customers(churned=[True] * 19 + [False] * 100), ReturnsSettings(), fetch)
    assert (found.overall, found.source, found.left) == (0.10, "default", 19)


def of_portfolio(churn: Churn, seen: Seen, seed: int = 0) -> tuple[float, float | None, float | None]:
    random = np.random.default_rng(1)
    chance = random.uniform(0.002, 0.1, 2000)
    frame = customers(
        segment=(1 + np.arange(2000) % 2).tolist(), lending_income=random.uniform(20, 200, 2000).tolist(),
        probability_of_default=chance.tolist(), expected_loss=(chance * 400).tolist(),
        risk_step=np.clip((chance * 600).astype(int), 0, 63).tolist(), remaining_months=random.integers(6, 90, 2000).astype(float).tolist(),
    )  # fmt: skip
    settings_ = ReturnsSettings()
    valued = with_lifetime_value(frame, churn, settings_).with_columns(nw.lit("all").alias("group"))
    (found,) = lifetime_values(
        fetch(lifetime_buckets(valued, "group")), "group", churn, settings_, seen, seed=seed
    )
    return found.value, found.low, found.high


def test_an_interval_lies_around_the_value_and_needs_something_observed() -> None:
    value, low, high = of_portfolio(Churn(0.1, {1: 0.1, 2: 0.1}, 200, 2000, "observed"), Seen(100, 2000))
    assert low is not None
    assert high is not None
    assert low < value < high
    assert of_portfolio(Churn(0.1), Seen())[1:] == (None, None)


def test_fewer_outcomes_make_a_wider_interval() -> None:
    _, low, high = of_portfolio(Churn(0.1), Seen(100, 2000))
    _, low_few, high_few = of_portfolio(Churn(0.1), Seen(25, 500))
    assert low is not None and high is not None and low_few is not None and high_few is not None
    assert high_few - low_few > 1.5 * (high - low)


def test_the_bootstrap_matches_the_delta_method() -> None:
    """dCLV/dk by differences times the binomial standard error of the PD factor."""
    value, low, high = of_portfolio(Churn(0.1), Seen(400, 8000))
    assert low is not None and high is not None
    random = np.random.default_rng(1)
    chance, margin = random.uniform(0.002, 0.1, 2000), random.uniform(20, 200, 2000)
    years = random.integers(6, 90, 2000) / 12

    def total(factor: float) -> float:
        stay = (1 - chance * factor) * 0.9
        return float(
            ((margin * stay - chance * factor * 400) / (1.12 - stay) * (1 - (stay / 1.12) ** years)).sum()
        )

    assert total(1.0) == pytest.approx(value)
    error = np.sqrt((1 - 0.05) / 400) * (total(1.01) - total(0.99)) / 0.02
    assert (high - low) / (2 * 1.96) == pytest.approx(abs(error), rel=0.12)
