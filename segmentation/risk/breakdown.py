"""Where risk comes from: exposure, expected loss and capital by source, asset class, grade or any column."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from segmentation.frame import Frame
from segmentation.sample import Fetch

MOST_SLICES = 40


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a portfolio.

    Attributes
    ----------
    key : str
        Level of the column; empty where it is blank. May be hostile text.
    customers : int
        How many.
    exposure, expected_loss, capital : float
        Money; customers without a PD add nothing to the last two.
    probability_of_default, loss_given_default : float or None
        Exposure-weighted means (fractions) of who is not in default and has one.
    """

    key: str
    customers: int
    exposure: float
    expected_loss: float
    capital: float
    probability_of_default: float | None
    loss_given_default: float | None

    @property
    def expected_loss_rate(self) -> float | None:
        """Expected loss over exposure."""
        return self.expected_loss / self.exposure if self.exposure > 0 else None

    @property
    def risk_weight(self) -> float | None:
        """12.5 · capital / exposure."""
        return 12.5 * self.capital / self.exposure if self.exposure > 0 else None


def slices(frame: Frame, column: str, fetch: Fetch) -> tuple[Slice, ...]:
    """Sum a scored frame by a column, largest exposure first; one scan.

    Parameters
    ----------
    frame : Frame
        Scored.
    column : str
        Any column; its levels become keys.
    fetch : callable
        Runs a lazy frame and gives pandas.
    """
    exposure = nw.col("exposure_at_default")
    sound = ~nw.col("is_defaulted")

    def weighted(name: str) -> list[nw.Expr]:
        known = sound & ~nw.col(name).is_null()
        return [
            nw.when(known).then(nw.col(name) * exposure).sum().alias(f"{name}_sum"),
            nw.when(known).then(exposure).sum().alias(f"{name}_weight"),
        ]

    rows = fetch(
        frame.group_by(column).agg(
            nw.len().alias("customers"),
            exposure.sum().alias("exposure"),
            nw.col("expected_loss").sum().alias("expected_loss"),
            nw.col("economic_capital").sum().alias("capital"),
            *weighted("probability_of_default"),
            *weighted("loss_given_default"),
        )
    )
    sums = rows.drop(columns=[column]).astype("float64").fillna(0.0)
    sums["key"] = ["" if pd.isna(value) else str(value) for value in rows[column]]
    sums = sums.sort_values(["exposure", "key"], ascending=[False, True]).head(MOST_SLICES)

    def mean(row: pd.Series, name: str) -> float | None:
        weight = float(row[f"{name}_weight"])
        return float(row[f"{name}_sum"]) / weight if weight > 0 else None

    return tuple(
        Slice(
            str(row["key"]),
            int(row["customers"]),
            float(row["exposure"]),
            float(row["expected_loss"]),
            float(row["capital"]),
            mean(row, "probability_of_default"),
            mean(row, "loss_given_default"),
        )
        for _, row in sums.iterrows()
    )
