"""A portfolio made small for a simulation: the largest names singly, the others summed to buckets."""

from __future__ import annotations

import math
from collections.abc import Sequence

import narwhals as nw
import numpy as np
import numpy.typing as npt

from segmentation.frame import Frame

Floats = npt.NDArray[np.float64]

DIMENSIONS = ("tier", "segment", "industry")
"""What shortfall is split by, beside names."""

LOSS_STEPS_A_DOUBLING = 2
"""Size bands: two for each doubling of the loss, so that losses in a bucket are nearly alike."""


def with_loss_amount(frame: Frame) -> Frame:
    """Keep who can default at random, with `loss` = LGD · EAD and the probability behind its expected loss.

    No one in default, nothing unknown. The probability is expected loss over loss, so that
    guarantees and project slots count as they do everywhere else and the means agree.
    """
    amount = nw.col("loss_given_default") * nw.col("exposure_at_default")
    kept = frame.filter(
        ~nw.col("is_defaulted") & ~nw.col("expected_loss").is_null() & (amount > 0).fill_null(False)
    )
    return kept.select(
        "customer_id",
        "asset_class",
        *DIMENSIONS,
        nw.col("risk_step"),
        (nw.col("expected_loss") / amount).clip(0.0, 1.0).alias("probability"),
        amount.alias("loss"),
    )


def largest_losses(losses: Frame, names: int) -> Frame:
    """Give the customers to be drawn singly: the largest losses, ties by key."""
    return losses.sort("loss", "customer_id", descending=[True, False]).head(names)


def loss_buckets(losses: Frame, smallest_name: float, drawn: Sequence[str]) -> Frame:
    """Sum everybody else by dimension, asset class, rung of the ladder and size.

    Parameters
    ----------
    losses : Frame
        As :func:`with_loss_amount` gives it.
    smallest_name : float
        Loss of the smallest customer drawn singly.
    drawn : sequence of str
        Keys of those drawn singly.

    Returns
    -------
    Frame
        `customers`, `probability` (mean weighted by loss), `loss`, `squares` a bucket.
    """
    size = (nw.col("loss").log() / math.log(2.0) * LOSS_STEPS_A_DOUBLING).floor()
    # Only losses as large as the smallest name can be one: the others need not be looked up.
    is_drawn = (nw.col("loss") >= smallest_name) & nw.col("customer_id").is_in(list(drawn))
    sums = (
        losses.filter(~is_drawn)
        .with_columns(
            size.alias("_size"),
            (nw.col("probability") * nw.col("loss")).alias("_expected"),
            (nw.col("loss") * nw.col("loss")).alias("_square"),
        )
        .group_by("asset_class", *DIMENSIONS, "risk_step", "_size")
        .agg(
            nw.len().alias("customers"),
            nw.col("loss").sum().alias("loss"),
            nw.col("_square").sum().alias("squares"),
            nw.col("_expected").sum().alias("_expected"),
        )
    )
    return sums.with_columns((nw.col("_expected") / nw.col("loss")).alias("probability")).drop(
        "_expected", "_size"
    )


def correlations(probabilities: Floats, asset_classes: Sequence[str]) -> Floats:
    """Asset correlation of the capital formula, for arrays (Basel II §§ 272, 328–330).

    Firms whose size is unknown here, and project slots, have the corporate one.

    Examples
    --------
    >>> correlations(np.array([0.01]), ["corporate"]).round(4).tolist()
    [0.1928]
    """
    classes = np.asarray(asset_classes, dtype=object)

    def slide(risky: float, safe: float, decay: float) -> Floats:
        weight = (1 - np.exp(-decay * probabilities)) / (1 - math.exp(-decay))
        return np.asarray(risky * weight + safe * (1 - weight))

    found = slide(0.12, 0.24, 50.0)
    found = np.where(classes == "other_retail", slide(0.03, 0.16, 35.0), found)
    found = np.where(classes == "mortgage", 0.15, found)
    return np.where(classes == "revolving", 0.04, found)
