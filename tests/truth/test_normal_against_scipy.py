from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from segmentation.risk.normal import with_normal_cdf, with_normal_quantile
from tests.builders import collect, lazy


def test_cdf_against_scipy() -> None:
    x = np.concatenate([np.linspace(-38, 38, 20_001), [-1e300, -math.inf, math.inf, 0.0, -0.0]])
    chance = collect(with_normal_cdf(lazy({"x": pa.array(x)}), "x", "chance"))["chance"]
    assert np.abs(chance - norm.cdf(x)).max() <= 1e-15


def test_lower_tail_against_scipy_in_relative_terms() -> None:
    x = np.linspace(-37, 0, 5_001)
    chance = collect(with_normal_cdf(lazy({"x": pa.array(x)}), "x", "chance"))["chance"]
    assert np.abs(chance / norm.cdf(x) - 1).max() <= 1e-12


def test_cdf_at_the_joints_of_the_approximations() -> None:
    joints = [y * math.sqrt(2) for y in (0.46875, 4.0)]
    x = np.array([np.nextafter(joint, side) for joint in joints for side in (-9, 9)])
    chance = collect(with_normal_cdf(lazy({"x": pa.array(x)}), "x", "chance"))["chance"]
    assert np.abs(chance - norm.cdf(x)).max() <= 1e-15


def test_quantile_against_scipy() -> None:
    lower = np.logspace(-10, math.log10(0.5), 10_001)
    chance = np.concatenate([lower, 1 - lower])
    x = collect(with_normal_quantile(lazy({"chance": pa.array(chance)}), "chance", "x"))["x"]
    assert np.abs(x - norm.ppf(chance)).max() <= 1e-12


def test_far_tail_quantile_against_scipy() -> None:
    chance = np.logspace(-300, -11, 501)
    x = collect(with_normal_quantile(lazy({"chance": pa.array(chance)}), "chance", "x"))["x"]
    assert np.abs(x / norm.ppf(chance) - 1).max() <= 1e-13


def test_quantile_of_certainty_is_infinite_and_of_nonsense_null() -> None:
    frame = lazy({"chance": [0.0, 1.0, -0.1, 1.1, None]})
    rows = with_normal_quantile(frame, "chance", "x").select("x").to_native().fetchall()
    assert rows == [(-math.inf,), (math.inf,), (None,), (None,), (None,)]


def test_cdf_of_null_is_null() -> None:
    frame = lazy({"x": pa.array([None, 0.0], pa.float64())})
    assert with_normal_cdf(frame, "x", "chance").select("chance").to_native().fetchall() == [(None,), (0.5,)]


def test_quantile_undoes_cdf() -> None:
    x = np.linspace(-6, 5, 2_001)
    frame = with_normal_cdf(lazy({"x": pa.array(x)}), "x", "chance")
    back = collect(with_normal_quantile(frame, "chance", "back"))["back"]
    assert np.abs(back - x).max() <= 1e-9
