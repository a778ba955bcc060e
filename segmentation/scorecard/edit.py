"""Bins moved by hand: weight of evidence, information value, trend and points follow without a row.

A binning keeps the counts of the fine bins it was made of. Breaks can stand at their edges
only; a break put elsewhere goes to the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.errors import ModelInvalid, Problem
from segmentation.scorecard.binning import Binning, Totals, finished, group_label, number_labels
from segmentation.scorecard.fit import Scorecard


def edges(binning: Binning) -> tuple[float, ...]:
    """Give the values a break may stand at."""
    return tuple(item.upper for item in binning.fine if item.upper is not None)


def with_breaks(binning: Binning, breaks: Sequence[float]) -> Binning:
    """Give a number's binning with other breaks, each at the nearest edge of a fine bin.

    Raises
    ------
    ModelInvalid
        When the feature is a text, or has no edge to put a break at.
    """
    allowed = np.array(edges(binning))
    if not binning.is_numeric or not allowed.size:
        raise ModelInvalid.from_problems(
            [Problem(binning.column, "has no breaks", "Edit its groups instead.")]
        )
    moved = tuple(sorted({float(allowed[np.abs(allowed - value).argmin()]) for value in breaks}))
    totals = _totals(binning)
    uppers = [np.inf if item.upper is None else item.upper for item in binning.fine]
    bins = []
    for low, high, label in zip((-np.inf, *moved), (*moved, np.inf), number_labels(moved), strict=True):
        inside = [item for item, upper in zip(binning.fine, uppers, strict=True) if low < upper <= high]
        bins.append(totals.bin(label, sum(i.customers for i in inside), sum(i.defaults for i in inside)))
    return finished(replace(binning, breaks=moved, bins=tuple(bins)))


def merged(binning: Binning, place: int) -> Binning:
    """Join a bin with the next one.

    Raises
    ------
    ModelInvalid
        When there is no next one.
    """
    if not 0 <= place < len(binning.bins) - 1:
        raise ModelInvalid.from_problems(
            [Problem(binning.column, "that bin has none after it", "Choose another.")]
        )
    if binning.is_numeric:
        return with_breaks(binning, [value for at, value in enumerate(binning.breaks) if at != place])
    first, second = binning.bins[place], binning.bins[place + 1]
    group = (*binning.groups[place], *binning.groups[place + 1])
    joined = _totals(binning).bin(
        group_label(group), first.customers + second.customers, first.defaults + second.defaults
    )
    return finished(
        replace(
            binning,
            groups=(*binning.groups[:place], group, *binning.groups[place + 2 :]),
            bins=(*binning.bins[:place], joined, *binning.bins[place + 2 :]),
        )
    )


def moved_level(binning: Binning, level: str, target: int) -> Binning:
    """Move a level of a text to another group.

    Raises
    ------
    ModelInvalid
        When the level's own counts are not kept, or the group is not there.
    """
    counts = {item.level: item for item in binning.fine}
    origin = next((at for at, group in enumerate(binning.groups) if level in group), None)
    if level not in counts or origin is None or not 0 <= target < len(binning.groups):
        raise ModelInvalid.from_problems(
            [Problem(binning.column, f"“{level}” can't be moved", "Choose one of the frequent levels.")]
        )
    if origin == target:
        return binning
    item, totals = counts[level], _totals(binning)
    groups, bins = list(binning.groups), list(binning.bins)
    groups[origin] = tuple(name for name in groups[origin] if name != level)
    groups[target] = (*groups[target], level)
    for at, sign in ((origin, -1), (target, 1)):
        customers = bins[at].customers + sign * item.customers
        defaults = bins[at].defaults + sign * item.defaults
        bins[at] = totals.bin(group_label(groups[at]), customers, defaults)
    # A group whose last level has left is gone.
    kept = [at for at, group in enumerate(groups) if group]
    return finished(
        replace(binning, groups=tuple(groups[at] for at in kept), bins=tuple(bins[at] for at in kept))
    )


def with_binning(scorecard: Scorecard, binning: Binning) -> Scorecard:
    """Put an edited binning into a scorecard; coefficients stay, the calibration is kept in the mean.

    The intercept moves by what the edit did to the mean weight of evidence in the sample, so
    that the mean log-odds stay as they were; a refit sets everything anew.
    """
    place = [feature.column for feature in scorecard.features].index(binning.column)
    before, coefficient = scorecard.features[place], scorecard.coefficients[place]
    shift = coefficient * (_mean_woe(before) - _mean_woe(binning))
    features = (*scorecard.features[:place], binning, *scorecard.features[place + 1 :])
    return replace(scorecard, features=features, intercept=scorecard.intercept + shift)


def _mean_woe(binning: Binning) -> float:
    customers = sum(item.customers for item in binning.all_bins)
    return sum(item.woe * item.customers for item in binning.all_bins) / max(customers, 1)


def _totals(binning: Binning) -> Totals:
    customers = sum(item.customers for item in binning.all_bins)
    defaults = sum(item.defaults for item in binning.all_bins)
    return Totals(float(customers - defaults), float(defaults))
