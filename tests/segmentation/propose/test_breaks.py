"""Natural breaks against a walk over all cuts, a published grouping and another solver; shares against counts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from data.errors import InputRefused
from segmentation.cube import Integers
from segmentation.propose.breaks import natural_breaks, natural_thresholds, squares_explained
from segmentation.propose.quantiles import quantile_thresholds


def within(counts: Integers, begins: tuple[int, ...]) -> float:
    """Squares about the mean of each class, by the definition."""
    total = 0.0
    for part in np.split(
        np.repeat(np.arange(len(counts)), counts),
        np.searchsorted(np.repeat(np.arange(len(counts)), counts), begins),
    ):
        total += float(((part - part.mean()) ** 2).sum())
    return total


histograms = st.lists(st.integers(0, 9), min_size=4, max_size=12).map(np.array)


@given(counts=histograms.filter(lambda counts: (counts > 0).sum() >= 3), classes=st.integers(1, 3))
def test_natural_breaks_are_the_best_of_all_cuts(counts: Integers, classes: int) -> None:
    occupied = np.flatnonzero(counts)[1:].tolist()
    every = [within(counts, cut) for cut in itertools.combinations(occupied, classes - 1)]
    assert within(counts, natural_breaks(counts, classes)) == pytest.approx(min(every), abs=1e-9)


def test_natural_breaks_against_the_example_of_ckmeans_1d_dp() -> None:
    # Wang and Song (2011), Ckmeans.1d.dp: −1, 2, −1, 2, 4, 5, 6, −1, 2, −1 in three classes are
    # {−1 × 4}, {2 × 3}, {4, 5, 6}, with squares within of 0, 0 and 2. Here moved up by one.
    counts = np.bincount(np.array([-1, 2, -1, 2, 4, 5, 6, -1, 2, -1]) + 1)
    assert natural_breaks(counts, 3) == (3, 5)
    assert within(counts, (3, 5)) == 2


def test_no_start_of_k_means_does_better_on_the_whole_grid() -> None:
    random = np.random.default_rng(7)
    counts = np.bincount(np.clip(random.normal(100, 30, 4_000).astype(int), 0, 200), minlength=201)
    other = KMeans(3, n_init=20, random_state=0).fit(np.arange(201.0)[:, None], sample_weight=counts)
    found = within(counts, natural_breaks(counts, 3))
    assert found <= other.inertia_ * (1 + 1e-9)
    assert found == pytest.approx(other.inertia_, rel=1e-3)


def test_what_the_classes_explain_is_one_less_what_is_left_within() -> None:
    counts = np.array([4, 0, 0, 3, 0, 1, 1, 1])
    assert squares_explained(counts, (3, 5)) == pytest.approx(1 - 2 / within(counts, ()))


def test_thresholds_begin_at_the_second_and_third_class() -> None:
    counts = np.zeros(201, dtype=np.int64)
    counts[[10, 11, 90, 92, 180]] = 20, 20, 15, 15, 30
    found = natural_thresholds(counts)
    assert (found.core_step, found.strategic_step) == (90, 180)
    assert (found.strategic_share, found.core_share) == (0.3, 0.3)


def test_fewer_scores_than_classes_are_refused_in_a_sentence() -> None:
    with pytest.raises(InputRefused, match="2 different value scores can't be cut into 3 classes"):
        natural_thresholds(np.array([5, 0, 5]))


@given(counts=histograms.filter(np.any), first=st.floats(0, 0.5), second=st.floats(0, 0.5))
def test_no_other_step_comes_nearer_to_a_share(counts: Integers, first: float, second: float) -> None:
    found = quantile_thresholds(counts, first, second)
    above = np.cumsum(counts[::-1])[::-1] / counts.sum()
    occupied = np.flatnonzero(counts)
    for step, share in ((found.strategic_step, first), (found.core_step, first + second)):
        assert abs(above[step] - share) == pytest.approx(np.abs(above[occupied] - share).min())
    assert found.core_step <= found.strategic_step


@pytest.mark.parametrize(("first", "second"), [(0.7, 0.4), (-0.1, 0.3)])
def test_shares_that_do_not_fit_are_refused(first: float, second: float) -> None:
    with pytest.raises(InputRefused, match="do not fit"):
        quantile_thresholds(np.ones(201, dtype=np.int64), first, second)


def test_a_portfolio_of_nobody_is_refused() -> None:
    with pytest.raises(InputRefused, match="no customers outside work-out"):
        quantile_thresholds(np.zeros(201, dtype=np.int64), 0.1, 0.3)
