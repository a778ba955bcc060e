"""A scorecard as expressions the engine runs over all rows."""

from __future__ import annotations

import narwhals as nw

from segmentation.frame import Frame, without
from segmentation.scorecard.binning import Binning
from segmentation.scorecard.fit import FACTOR, OFFSET, Scorecard
from segmentation.scorecard.horizon import Horizon, twelve_months


def with_scorecard(frame: Frame, scorecard: Scorecard | None, horizon: Horizon) -> Frame:
    """Add `scorecard_points` and `probability_of_default_scorecard` (12 months).

    Null in both without a scorecard, so that later steps need not ask.

    Parameters
    ----------
    frame : Frame
        With every column the scorecard reads.
    scorecard : Scorecard or None
        The fitted one.
    horizon : Horizon
        Months the outcome covered.
    """
    if scorecard is None:
        empty = nw.lit(None).cast(nw.Float64)
        return frame.with_columns(
            empty.alias("scorecard_points"), empty.alias("probability_of_default_scorecard")
        )
    names = [f"_woe_{number}" for number in range(len(scorecard.features))]
    staged = frame.with_columns(
        woe_expression(feature).alias(name) for name, feature in zip(names, scorecard.features, strict=True)
    )
    log_odds = nw.lit(scorecard.intercept)
    for name, coefficient in zip(names, scorecard.coefficients, strict=True):
        log_odds = log_odds + nw.col(name) * coefficient
    staged = staged.with_columns(log_odds.alias("_log_odds"))
    probability = 1 / (1 + nw.col("_log_odds").exp())
    staged = staged.with_columns(
        (nw.col("_log_odds") * float(FACTOR) + float(OFFSET)).alias("scorecard_points"),
        probability.alias("_probability"),
    ).with_columns(twelve_months(nw.col("_probability"), horizon).alias("probability_of_default_scorecard"))
    return without(staged, [*names, "_log_odds", "_probability"])


def woe_expression(binning: Binning) -> nw.Expr:
    """Weight of evidence of one feature as a tree of comparisons, or by groups of levels."""
    cell = nw.col(binning.column)
    if binning.is_numeric:
        number = cell.cast(nw.Float64)
        known = _search(number, binning, 0, len(binning.bins) - 1)
        for special, item in zip(binning.specials, binning.special_bins, strict=True):
            known = nw.when(number == special).then(nw.lit(item.woe)).otherwise(known)
        return nw.when(number.is_null()).then(nw.lit(binning.missing.woe)).otherwise(known)
    found = nw.lit(binning.other.woe)
    for group, item in zip(binning.groups, binning.bins, strict=True):
        found = nw.when(cell.is_in(list(group))).then(nw.lit(item.woe)).otherwise(found)
    return nw.when(cell.is_null()).then(nw.lit(binning.missing.woe)).otherwise(found)


def _search(number: nw.Expr, binning: Binning, low: int, high: int) -> nw.Expr:
    if low == high:
        return nw.lit(binning.bins[low].woe)
    middle = (low + high) // 2
    return (
        nw.when(number <= binning.breaks[middle])
        .then(_search(number, binning, low, middle))
        .otherwise(_search(number, binning, middle + 1, high))
    )
