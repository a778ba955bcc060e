"""What a tier's treatment does to one customer's money.

Thresholds alone only re-label customers; money changes through treatments. As
price, limit and collateral act non-linearly row by row, every measure is worked
out under each tier's treatment when a portfolio is scored, as whole hundredths,
so that sums are exact whatever the order.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw

from segmentation.frame import Frame, without
from segmentation.policy import TIER_KEYS, Treatment

MEASURES = ("exposure", "drawn", "income", "cost", "expected_loss", "capital")
"""Money a tier is judged by; each becomes `<measure>_minor`, and `<measure>_minor__<tier>`."""

SOURCES = {
    "exposure": "exposure_at_default",
    "drawn": "drawn",
    "income": "lending_income",
    "cost": "cost",
    "expected_loss": "expected_loss",
    "capital": "economic_capital",
}
SECURED_LGD = 0.20
"""LGD of the part secured by real estate or receivables in the foundation approach (CRE32.9–32.11)."""


def minor(amount: nw.Expr) -> nw.Expr:
    """Money as whole hundredths, rounded half up; unknown counts as nothing."""
    return (amount.fill_null(0.0) * 100 + 0.5).floor().cast(nw.Int64)


def with_untreated(frame: Frame) -> Frame:
    """Add each measure as it is, in hundredths: `exposure_minor`, `drawn_minor`, …"""
    return frame.with_columns(
        minor(nw.col(source)).alias(f"{name}_minor") for name, source in SOURCES.items()
    )


def with_treated(
    frame: Frame, treatments: Mapping[str, Treatment], *, credit_conversion_factor: float, funding_rate: float
) -> Frame:
    """Add each measure under each tier's treatment, in hundredths.

    With take-up share u: the limit becomes limit · (1 + (multiplier − 1)·u);
    of new headroom the share `headroom_use` is drawn, at the customer's own rate;
    a cut takes only what is undrawn. Exposure at default moves by the change of
    drawn plus the credit conversion factor times the change of undrawn. The
    price changes income by drawn · bp/10,000 · u. Collateral asked covers
    `collateral_cover`·u of the exposure and brings that part's LGD down to the
    foundation value of a secured claim, never up; expected loss and capital,
    both linear in LGD (CRE31.4 at a given PD), follow. The tier's service adds
    its cost on the drawn balance.

    A neutral treatment leaves every measure as it is, to the hundredth.

    Parameters
    ----------
    frame : Frame
        Scored up to the returns, with :func:`with_untreated`'s columns.
    treatments : mapping of str to Treatment
        One a tier.
    credit_conversion_factor : float
        Share of undrawn money that counts as exposure.
    funding_rate : float
        Stands in where a customer's own is blank.
    """
    for tier, key in TIER_KEYS.items():
        frame = _with_one(frame, treatments[tier], key, credit_conversion_factor, funding_rate)
    return frame


def _with_one(frame: Frame, treatment: Treatment, key: str, conversion: float, funding_rate: float) -> Frame:
    if _is_neutral(treatment):
        return frame.with_columns(nw.col(f"{name}_minor").alias(f"{name}_minor__{key}") for name in MEASURES)
    drawn, undrawn, limit = nw.col("drawn"), nw.col("undrawn"), nw.col("credit_limit")
    share = treatment.take_up
    rate = nw.when(drawn > 0).then(nw.col("_own_rate")).otherwise(nw.lit(0.0))
    new_limit = limit * (1 + (treatment.limit_multiplier - 1) * share)
    exposure = nw.col("_exposure_new")
    covered = treatment.collateral_cover * share
    staged = (
        frame.with_columns(
            # The rate the income rests on, whether given or assumed.
            nw.when(drawn > 0)
            .then(
                (
                    nw.col("lending_income")
                    - undrawn * nw.col("commitment_fee").fill_null(0.0)
                    - nw.col("fee_income").fill_null(0.0)
                )
                / drawn
            )
            .alias("_own_rate"),
            nw.when(limit.is_null())
            .then(nw.lit(0.0))
            .otherwise((new_limit - limit).clip(0.0, None))
            .alias("_headroom"),
            nw.when(limit.is_null())
            .then(undrawn)
            .otherwise((new_limit - drawn).clip(0.0, None))
            .alias("_room"),
        )
        .with_columns((nw.col("_headroom") * treatment.headroom_use).alias("_more_drawn"))
        .with_columns(
            (drawn + nw.col("_more_drawn")).alias("_drawn_new"),
            (nw.col("_room") - nw.col("_more_drawn")).clip(0.0, None).alias("_undrawn_new"),
        )
        .with_columns(
            (
                nw.col("exposure_at_default")
                + nw.col("_more_drawn")
                + (nw.col("_undrawn_new") - undrawn) * conversion
            )
            .clip(0.0, None)
            .alias("_exposure_new"),
            (
                rate * nw.col("_more_drawn")
                + nw.col("_drawn_new") * (treatment.price_change_bp * share / 10_000)
            ).alias("_income_more"),
            nw.when(nw.col("loss_given_default") > SECURED_LGD)
            .then(1 - covered * (1 - SECURED_LGD / nw.col("loss_given_default")))
            .otherwise(nw.lit(1.0))
            .alias("_loss_factor"),
        )
        .with_columns(
            nw.when(nw.col("exposure_at_default") > 0)
            .then(exposure / nw.col("exposure_at_default"))
            .otherwise(nw.lit(1.0))
            .alias("_exposure_factor"),
        )
    )
    factor = nw.col("_exposure_factor") * nw.col("_loss_factor")
    # Cost per unit drawn is the funding; servicing a customer costs the same whatever is drawn.
    funding = nw.col("_more_drawn") * nw.col("funding_rate").fill_null(funding_rate)
    service = nw.col("_drawn_new") * treatment.service_cost_rate
    staged = staged.with_columns(
        minor(exposure).alias(f"exposure_minor__{key}"),
        minor(nw.col("_drawn_new")).alias(f"drawn_minor__{key}"),
        minor(nw.col("lending_income") + nw.col("_income_more")).alias(f"income_minor__{key}"),
        minor(nw.col("cost") + funding + service).alias(f"cost_minor__{key}"),
        minor(nw.col("expected_loss") * factor).alias(f"expected_loss_minor__{key}"),
        minor(nw.col("economic_capital") * factor).alias(f"capital_minor__{key}"),
    )
    return without(
        staged,
        ["_own_rate", "_headroom", "_room", "_more_drawn", "_drawn_new", "_undrawn_new", "_exposure_new",
         "_income_more", "_loss_factor", "_exposure_factor"],
    )  # fmt: skip


def _is_neutral(treatment: Treatment) -> bool:
    """Whether a treatment changes no figure (its cadence and offer may differ)."""
    share = treatment.take_up
    moves_limit = treatment.limit_multiplier != 1.0 and share > 0
    moves_price = treatment.price_change_bp * share != 0
    return not (
        moves_limit or moves_price or treatment.collateral_cover * share or treatment.service_cost_rate
    )
