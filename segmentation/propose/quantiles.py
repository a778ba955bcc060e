"""Thresholds by share: the best x % by value are Strategic, the next y % Core, before gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.errors import InputRefused
from segmentation.cube import Cube, Integers
from segmentation.policy import HIGHEST_STEP, Policy


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A pair of thresholds and what lies above them by value alone.

    Attributes
    ----------
    strategic_step, core_step : int
        T1 ≥ T2, half points of the value score.
    strategic_share, core_share : float
        Shares (0–1) of the customers outside work-out at or above T1, and from T2 up to
        below T1, before gates and caps.
    """

    strategic_step: int
    core_step: int
    strategic_share: float
    core_share: float

    def of(self, policy: Policy) -> Policy:
        """Give a policy with these thresholds, all else as it was."""
        return policy.with_threshold(strategic=self.strategic_step).with_threshold(core=self.core_step)


def customers_by_value(cube: Cube) -> Integers:
    """Count customers outside work-out at each value step, 0–200."""
    is_in = cube.keys["is_workout"] == 0
    counts = np.zeros(HIGHEST_STEP + 1, dtype=np.int64)
    np.add.at(counts, cube.keys["value_step"][is_in], cube.measures["customers"][is_in])
    return counts


def thresholds_at(counts: Integers, strategic_step: int, core_step: int) -> Thresholds:
    """Say what lies above two thresholds.

    Examples
    --------
    >>> thresholds_at(np.array([5, 3, 2]), 2, 1)
    Thresholds(strategic_step=2, core_step=1, strategic_share=0.2, core_share=0.3)
    """
    total = int(counts.sum()) or 1
    above, better = int(counts[strategic_step:].sum()), int(counts[core_step:].sum())
    return Thresholds(strategic_step, core_step, above / total, (better - above) / total)


def quantile_thresholds(counts: Integers, strategic_share: float, core_share: float) -> Thresholds:
    """Find the thresholds whose shares come nearest to those asked.

    Customers of one step can't be parted, so a share is met as nearly as the grid lets it;
    of two steps as near, the higher one is taken, which lets fewer in.

    Parameters
    ----------
    counts : ndarray of int64, shape (201,)
        Customers by value step.
    strategic_share, core_share : float
        The best so many (0–1), and the next so many.

    Raises
    ------
    InputRefused
        When nobody is there, or both shares together are more than everybody.

    Examples
    --------
    >>> counts = np.zeros(201, dtype=np.int64); counts[[50, 100, 150]] = 60, 30, 10
    >>> found = quantile_thresholds(counts, 0.10, 0.30)
    >>> found.strategic_step, found.core_step
    (150, 100)
    """
    if strategic_share < 0 or core_share < 0 or strategic_share + core_share > 1:
        raise InputRefused.because(
            f"the shares {strategic_share:.0%} and {core_share:.0%} do not fit into one portfolio",
            file="the proposal by shares",
            remedy="Both must be at least 0 %, and together at most 100 %.",
        )
    if not counts.any():
        raise InputRefused.because(
            "there are no customers outside work-out",
            file="the proposal by shares",
            remedy="Choose another portfolio.",
        )
    first = _nearest(counts, strategic_share)
    second = min(_nearest(counts, strategic_share + core_share), first)
    return thresholds_at(counts, first, second)


def _nearest(counts: Integers, share: float) -> int:
    """Occupied step at and above which the share of customers is nearest to one asked, higher first."""
    steps = np.flatnonzero(counts)[::-1]
    above = np.cumsum(counts[steps])
    return int(steps[np.argmin(np.abs(above - share * counts.sum()))])
