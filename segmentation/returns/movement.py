"""From one snapshot to the next: what moved exposure, loss, capital and profit, without a rest.

Customers in both snapshots are carried from the old state to the new one a step at a time,
each step changing one thing and holding all else; customers gone leave first, new ones come
last. A step's part is the difference of two sums of whole hundredths, so the parts add up to
the whole exactly. Ratios are worked out anew after each step and told apart the same way.

The order of the steps is a convention (another order divides interactions differently); it is
fixed and shown: closed, data, re-rated, migrated, model, policy, new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from segmentation.cube import MONEY
from segmentation.frame import Frame, without
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.ladder import UNKNOWN_STEP
from segmentation.tiers import Money, of_own_tier

STEPS = ("closed", "data", "re_rated", "migrated", "model", "policy", "new")
RISK_COLUMNS = (
    "probability_of_default", "loss_given_default", "capital_requirement", "asset_class", "is_defaulted",
    "risk_step",
)  # fmt: skip
"""What a rating says of a customer, whatever it owes."""


@dataclass(frozen=True, slots=True)
class Movement:
    """The way from an old snapshot to a new one.

    Attributes
    ----------
    states : tuple of Money
        Old, then after each of `STEPS`; the last is the new snapshot. Under the treatment of
        each customer's tier, in hundredths.
    customers : tuple of int
        In each state.
    """

    states: tuple[Money, ...]
    customers: tuple[int, ...]

    def parts(self, measure: str) -> dict[str, int]:
        """Give each step's part of a money measure (or ``profit``), in hundredths; they add up exactly."""
        amounts = [getattr(state, measure) for state in self.states]
        return {step: amounts[at + 1] - amounts[at] for at, step in enumerate(STEPS)}

    def ratio_parts(self, settings: ReturnsSettings | None = None) -> dict[str, float | None]:
        """Give each step's part of ROI, or of RAROC when settings are given; None where it has none."""
        ratios = [state.raroc(settings) if settings else state.roi for state in self.states]
        return {step: _difference(ratios[at + 1], ratios[at]) for at, step in enumerate(STEPS)}


def _difference(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def with_held_risk(frame: Frame, old: Frame) -> Frame:
    """Give customers of the new snapshot the rating of the old one: PD, LGD, K and what follows.

    Exposure, balances and prices stay the new ones; expected loss and capital are worked out
    from the old rates on the new exposure.

    Parameters
    ----------
    frame, old : Frame
        The same customers, scored, new and old.
    """
    names = (*RISK_COLUMNS, "expected_loss", "exposure_at_default")
    held = old.select("customer_id", *(nw.col(name).alias(f"_old_{name}") for name in names))
    joined = frame.join(held, on="customer_id", how="inner")
    exposure = nw.col("exposure_at_default")
    old_exposure = nw.col("_old_exposure_at_default")
    # A slot or a default has a loss rate of its own; the old one is taken as it was.
    rate = (
        nw.when(old_exposure > 0)
        .then(nw.col("_old_expected_loss") / old_exposure)
        .otherwise(nw.col("_old_probability_of_default") * nw.col("_old_loss_given_default"))
    )
    replaced = joined.with_columns(nw.col(f"_old_{name}").alias(name) for name in RISK_COLUMNS).with_columns(
        (rate * exposure).alias("expected_loss"),
        (nw.col("capital_requirement") * exposure).alias("economic_capital"),
    )
    return without(replaced, [f"_old_{name}" for name in names])


def state_sums(frame: Frame) -> Frame:
    """Sum a state to one row: customers, and each measure under the treatment of each row's `tier`.

    Parameters
    ----------
    frame : Frame
        With `tier`, `risk_step` and each measure in hundredths under each tier's treatment.
    """
    is_unknown = nw.col("risk_step") == UNKNOWN_STEP
    nothing = nw.lit(0)
    picked = frame.select(
        is_unknown.alias("_unknown"), *(of_own_tier(place).alias(name) for place, name in enumerate(MONEY))
    )
    unrated = nw.col("_unknown")
    return picked.select(
        nw.len().alias("customers"),
        nw.when(unrated).then(nw.lit(1)).otherwise(nothing).sum().alias("unrated"),
        *(nw.col(name).sum().cast(nw.Int64).alias(name) for name in MONEY),
        *(
            nw.when(unrated)
            .then(nw.col(name))
            .otherwise(nothing)
            .sum()
            .cast(nw.Int64)
            .alias(f"{name}_unrated")
            for name in MONEY
        ),
    )


def money_of(row: Mapping[str, Any]) -> tuple[Money, int]:  # Any: numbers of the engine
    """Read the row of :func:`state_sums`; sums of nobody are null and count as nothing."""
    amount = {name: 0 if pd.isna(value) else int(value) for name, value in row.items()}
    everybody = [amount[name] for name in MONEY]
    if not amount["unrated"]:
        return Money(*everybody), amount["customers"]
    return Money(*everybody, unrated=Money(*(amount[f"{name}_unrated"] for name in MONEY))), amount[
        "customers"
    ]
