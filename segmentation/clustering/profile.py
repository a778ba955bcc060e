"""Why a segment is one: what it holds, earns and risks, and how it differs.

One grouped scan of the portfolio gives sums; everything else is arithmetic on
them, so no customer reaches Python. Money is summed in hundredths, the same
integers the cube holds, so the two agree to the last cent. Medians and
quantiles can't come from sums and are not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import narwhals as nw
import numpy as np

from segmentation.clustering.model import SegmentModel, SegmentName
from segmentation.clustering.naming import Difference
from segmentation.cube import MONEY
from segmentation.features import FeatureColumn, with_features
from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings, per_hundred
from segmentation.risk.ladder import UNKNOWN_STEP
from segmentation.sample import Fetch
from segmentation.tiers import Money

Sums: TypeAlias = dict[str, float]
"""Sums by name; those of money and customers are whole numbers."""


@dataclass(frozen=True, slots=True)
class SegmentProfile:
    """What a segment is.

    Attributes
    ----------
    number : int
        1 to K; 0 is the whole portfolio.
    name : SegmentName
        Automatic name as keys; empty for the whole portfolio.
    title : str
        Title given by people, or empty.
    customers : int
        How many.
    share_of_customers, share_of_exposure : float or None
        Of the portfolio, 0 to 1; None without any.
    money : Money
        Exposure, income and so on, in hundredths, before any treatment.
    expected_loss_rate, roi, raroc : float or None
        Fractions; None where they are not defined.
    value_score : float or None
        Mean, 0 to 100.
    differences : tuple of Difference
        All features, the strongest first.
    """

    number: int
    name: SegmentName
    title: str
    customers: int
    share_of_customers: float | None
    share_of_exposure: float | None
    money: Money
    expected_loss_rate: float | None
    roi: float | None
    raroc: float | None
    value_score: float | None
    differences: tuple[Difference, ...]

    @property
    def exposure(self) -> float:
        """Exposure in units of the portfolio's money."""
        return self.money.exposure / 100


def segment_profiles(
    frame: Frame, model: SegmentModel, settings: ReturnsSettings, fetch: Fetch
) -> tuple[SegmentProfile, ...]:
    """Profile the whole portfolio and then each segment, in one scan.

    Parameters
    ----------
    frame : Frame
        Scored customers: `segment`, `value_score`, the six measures ending in
        `_minor`, and the columns of the model's features.
    model : SegmentModel
        The frozen segments.
    settings : ReturnsSettings
        Tax and risk-free rate of RAROC.
    fetch : Fetch
        Runs a lazy frame.

    Returns
    -------
    tuple of SegmentProfile
        Number 0, the whole portfolio, then 1 to K; a segment may be empty.
    """
    sums = _sums(frame, model, fetch)
    whole = {name: sum(own[name] for own in sums) for name in sums[0]}
    columns = model.features.columns
    return (
        _profile(0, (), "", whole, whole, columns, settings),
        *(
            _profile(number, name, title, own, whole, columns, settings)
            for number, name, title, own in zip(model.numbers, model.names, model.titles, sums, strict=True)
        ),
    )


def _sums(frame: Frame, model: SegmentModel, fetch: Fetch) -> list[Sums]:
    """Sum everything by segment; zeros where a segment is empty."""
    measures = [
        nw.len().alias("customers"),
        # An engine's sum of integers may be wider than what pandas holds exactly.
        *(nw.col(name).sum().cast(nw.Int64).alias(name) for name in MONEY),
        *(
            nw.when(nw.col("risk_step") == UNKNOWN_STEP)
            .then(nw.col(name))
            .otherwise(nw.lit(0))
            .sum()
            .cast(nw.Int64)
            .alias(f"{name} unrated")
            for name in MONEY
        ),
        nw.col("value_score").sum().alias("value_sum"),
        nw.col("value_score").count().alias("value_count"),
        *(measure for column in model.features.columns for measure in _feature_sums(column)),
    ]
    rows = fetch(with_features(frame, model.features).group_by("segment").agg(*measures))
    found: dict[int, Sums] = {
        int(row["segment"]): {str(name): value for name, value in row.items()}
        for row in rows.fillna(0).to_dict("records")
    }
    return [found.get(number, dict.fromkeys(map(str, rows.columns), 0)) for number in model.numbers]


def _feature_sums(column: FeatureColumn) -> list[nw.Expr]:
    """Sum a feature, its square and, for a number, the plain column behind it."""
    feature = nw.col(column.name)
    sums = [
        feature.sum().alias(f"{column.name} sum"),
        (feature * feature).sum().alias(f"{column.name} squares"),
    ]
    if column.part != "value":
        return sums
    plain = nw.col(column.column).cast(nw.Float64())
    return [*sums, plain.sum().alias(f"{column.name} plain"), plain.count().alias(f"{column.name} known")]


def _profile(
    number: int,
    name: SegmentName,
    title: str,
    sums: Sums,
    whole: Sums,
    columns: Sequence[FeatureColumn],
    settings: ReturnsSettings,
) -> SegmentProfile:
    unrated = [int(sums[f"{measure} unrated"]) for measure in MONEY]
    money = Money(
        *(int(sums[measure]) for measure in MONEY), unrated=Money(*unrated) if any(unrated) else None
    )
    differences = [_difference(column, sums, whole) for column in columns]
    return SegmentProfile(
        number=number,
        name=name,
        title=title,
        customers=int(sums["customers"]),
        share_of_customers=per_hundred(int(sums["customers"]), int(whole["customers"])),
        share_of_exposure=per_hundred(money.exposure, int(whole["exposure_minor"])),
        money=money,
        expected_loss_rate=money.loss_rate,
        roi=money.roi,
        raroc=money.raroc(settings),
        value_score=per_hundred(float(sums["value_sum"]), int(sums["value_count"])),
        differences=tuple(sorted(differences, key=lambda entry: -abs(entry.standardised))),
    )


def _difference(column: FeatureColumn, sums: Sums, whole: Sums) -> Difference:
    """Compare a segment's mean with the portfolio's, in the portfolio's standard deviations."""
    here, there = _mean(column, sums), _mean(column, whole)
    spread = per_hundred(float(whole[f"{column.name} squares"]), int(whole["customers"]))
    deviation = float(np.sqrt(max(0.0, (spread or 0.0) - (there or 0.0) ** 2)))
    gap = 0.0 if here is None or there is None else here - there
    return Difference(
        column=column.column,
        part=column.part,
        level=column.level,
        # What is left of rounding where nobody differs is no deviation.
        standardised=gap / deviation if deviation > 1e-9 else 0.0,
        segment=_shown(column, sums),
        portfolio=_shown(column, whole),
    )


def _mean(column: FeatureColumn, sums: Sums) -> float | None:
    return per_hundred(float(sums[f"{column.name} sum"]), int(sums["customers"]))


def _shown(column: FeatureColumn, sums: Sums) -> float | None:
    """Take the mean people read: of the plain column, or the share of a level."""
    if column.part == "value":
        return per_hundred(float(sums[f"{column.name} plain"]), int(sums[f"{column.name} known"]))
    mean = _mean(column, sums)
    return None if mean is None else mean / column.stretch
