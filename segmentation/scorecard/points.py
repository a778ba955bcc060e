"""A scorecard as points: what each bin is worth, the table, and one customer's reasons.

Points = offset + factor · ln(odds of good), factor = points to double / ln 2 (Siddiqi, *Credit
Risk Scorecards*, 2006, ch. 6). Each characteristic carries an equal part of offset and
intercept, so its bins' points add up to the score exactly; whole points are for display only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.frame import Frame
from segmentation.scorecard.compile import woe_expression
from segmentation.scorecard.fit import FACTOR, OFFSET, Scorecard


def bin_points(scorecard: Scorecard, place: int) -> list[float]:
    """Points of every bin of one characteristic, in the order of its `all_bins`."""
    share = 1.0 / len(scorecard.features)
    constant = (OFFSET + FACTOR * scorecard.intercept) * share
    slope = FACTOR * scorecard.coefficients[place]
    return [float(constant + slope * item.woe) for item in scorecard.features[place].all_bins]


def points_table(scorecard: Scorecard) -> pd.DataFrame:
    """Give the whole scorecard as a table, a row a bin.

    Returns
    -------
    pandas.DataFrame
        `feature`, `bin` (both may be hostile text), `customers`, `defaults`, `default_rate`,
        `weight_of_evidence`, `coefficient`, `points` (unrounded).
    """
    rows = [
        {
            "feature": feature.column, "bin": item.label, "customers": item.customers, "defaults": item.defaults,
            "default_rate": item.default_rate, "weight_of_evidence": item.woe, "coefficient": coefficient,
            "points": points,
        }
        for place, (feature, coefficient) in enumerate(zip(scorecard.features, scorecard.coefficients, strict=True))
        for item, points in zip(feature.all_bins, bin_points(scorecard, place), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def with_points(frame: Frame, scorecard: Scorecard) -> Frame:
    """Add `points_<number>` for each characteristic; they add up to `scorecard_points`."""
    share = 1.0 / len(scorecard.features)
    constant = float((OFFSET + FACTOR * scorecard.intercept) * share)
    return frame.with_columns(
        (woe_expression(feature) * float(FACTOR * coefficient) + constant).alias(f"points_{number}")
        for number, (feature, coefficient) in enumerate(
            zip(scorecard.features, scorecard.coefficients, strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """What one characteristic does to one customer's score.

    Attributes
    ----------
    column : str
        The characteristic.
    bin : str
        Where the customer falls; may be hostile text.
    points : float
        What that is worth.
    against_average : float
        Points more or less than customers of the sample have on average here.
    against_best : float
        Points less than the best bin, 0 or below.
    """

    column: str
    bin: str
    points: float
    against_average: float
    against_best: float


def reasons(scorecard: Scorecard, customer: Mapping[str, object]) -> tuple[Reason, ...]:
    """Say which characteristics cost a customer most points, the costliest first.

    The distance to the average customer of the sample, so that a reason is one that sets this
    customer apart (the method of Siddiqi 2006, ch. 6, for adverse action codes).

    Parameters
    ----------
    scorecard : Scorecard
        Fitted.
    customer : mapping
        Column → cell; absent columns count as missing.
    """
    found = []
    for place, feature in enumerate(scorecard.features):
        cell = customer.get(feature.column)
        column = pd.Series([cell], dtype="float64" if feature.is_numeric else "object")
        points = bin_points(scorecard, place)
        weights = np.array([item.customers for item in feature.all_bins], dtype=np.float64)
        average = float(np.average(points, weights=weights)) if weights.sum() else 0.0
        at = int(feature.place(column)[0])
        seen = [value for value, item in zip(points, feature.all_bins, strict=True) if item.customers]
        best = max(seen, default=points[at])
        found.append(
            Reason(
                feature.column,
                feature.all_bins[at].label,
                points[at],
                points[at] - average,
                min(0.0, points[at] - best),
            )
        )
    return tuple(sorted(found, key=lambda reason: reason.against_average))
