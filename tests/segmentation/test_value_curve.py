"""The frozen curve against numpy.interp and SciPy's percentile of a score."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from segmentation.ecdf import MOST_KNOTS, MidRankCurve, fit_curve, on_curve
from tests.builders import lazy

finite = st.floats(allow_nan=False, allow_infinity=False)


def read(curve: MidRankCurve, values: list[float | None]) -> list[float | None]:
    frame = lazy({"i": list(range(len(values))), "x": np.array(values, dtype=float)})
    frame = frame.with_columns(p=on_curve(nw.col("x"), curve)).sort("i").select("p")
    return [row[0] for row in frame.to_native().fetchall()]


@settings(max_examples=40, deadline=None)
@given(st.lists(finite, min_size=1, max_size=80), st.lists(finite, min_size=1, max_size=20))
def test_the_expression_is_numpy_interp(reference: list[float], asked: list[float]) -> None:
    curve = fit_curve(reference)
    assert curve is not None
    with np.errstate(over="ignore", invalid="ignore"):  # numpy's own slope may leave the doubles
        expected = np.interp(asked, curve.knots, curve.percents)
    usual = np.isfinite(expected) & (max(map(abs, reference)) < 1e300)
    np.testing.assert_allclose(np.array(read(curve, list(asked)))[usual], expected[usual], atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(finite, min_size=1, max_size=60), st.lists(finite, min_size=2, max_size=20))
def test_more_is_never_less(reference: list[float], asked: list[float]) -> None:
    curve = fit_curve(reference)
    assert curve is not None
    percents = np.array(read(curve, sorted(asked)), dtype=float)
    assert np.all((percents >= 0) & (percents <= 100))
    assert np.all(np.diff(percents) >= -1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_percentages_at_knots_are_scipys_mid_ranks(seed: int) -> None:
    reference = np.random.default_rng(seed).poisson(3, 500).astype(float)
    curve = fit_curve(reference)
    assert curve is not None
    expected = [percentileofscore(reference, knot, kind="mean") for knot in curve.knots]
    np.testing.assert_allclose(curve.percents, expected, atol=1e-9)


def test_there_are_at_most_21_knots_and_they_rise() -> None:
    curve = fit_curve(np.random.default_rng(1).normal(size=10_000))
    assert curve is not None
    assert len(curve.knots) == MOST_KNOTS
    assert all(np.diff(curve.knots) > 0)


def test_outside_the_reference_the_ends_hold() -> None:
    curve = MidRankCurve((0.0, 10.0), (5.0, 95.0))
    assert read(curve, [-1e9, 0.0, 5.0, 10.0, float("inf")]) == [5.0, 5.0, 50.0, 95.0, 95.0]


def test_missing_stays_missing() -> None:
    assert read(MidRankCurve((0.0, 1.0), (0.0, 100.0)), [None, 0.5])[1] == 50.0
    assert read(MidRankCurve((0.0, 1.0), (0.0, 100.0)), [None, 0.5])[0] is None


def test_a_constant_reference_lies_in_the_middle() -> None:
    curve = fit_curve([7.0] * 9)
    assert curve == MidRankCurve((7.0,), (50.0,))
    assert read(curve, [-1.0, 7.0, 99.0]) == [50.0, 50.0, 50.0]


def test_nothing_finite_gives_no_curve() -> None:
    assert fit_curve([float("nan"), float("inf")]) is None
