"""What a tier's treatment does to one customer's money.

Thresholds alone only re-label customers; money changes through treatments. As
price, limit and collateral act non-linearly row by row, every measure is worked
out under each tier's treatment when a cube is built, as whole hundredths, so
that sums are exact whatever the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import narwhals as nw

from segmentation.frame import Frame, without
from segmentation.policy import TIER_KEYS, TIERS
from segmentation.returns.profit import yearly_cost, yearly_income
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.loss import COLLATERAL
from segmentation.treatment import Treatment

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
MOVED_BY = {
    "exposure": ("limit",),
    "drawn": ("limit",),
    "income": ("limit", "price"),
    "cost": ("limit", "service"),
    "expected_loss": ("limit", "collateral"),
    "capital": ("limit", "collateral"),
}
"""Which part of a treatment moves which measure; a measure that nothing moves is passed on as it is."""

ASKED_COLLATERAL = next(row for row in COLLATERAL if "real_estate" in row.kinds)
"""What collateral a policy asks for counts as: real estate of the foundation approach (CRE32)."""

ASSUMED = ReturnsSettings()


def minor(amount: nw.Expr) -> nw.Expr:
    """Money as whole hundredths, rounded half up; unknown counts as nothing."""
    return (amount.fill_null(0.0) * 100 + 0.5).floor().cast(nw.Int64)


def with_untreated(frame: Frame) -> Frame:
    """Add each measure as it is, in hundredths: `exposure_minor`, `drawn_minor`, …

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 1.005::double exposure_at_default, 1.0::double drawn, 0.125::double lending_income,"
    ...     " 0.0::double as cost, null::double expected_loss, -0.014::double economic_capital"))
    >>> with_untreated(frame).select("income_minor", "expected_loss_minor", "capital_minor").collect().row(0)
    (13, 0, -1)
    """
    return frame.with_columns(
        minor(nw.col(source)).alias(f"{name}_minor") for name, source in SOURCES.items()
    )


def with_treated(
    frame: Frame,
    treatments: Mapping[str, Treatment],
    *,
    credit_conversion_factor: float,
    funding_rate: float = ASSUMED.funding_rate,
    interest_rate: float = ASSUMED.interest_rate,
    servicing_rate: float = ASSUMED.servicing_rate,
) -> Frame:
    """Add each measure under each tier's treatment, in hundredths.

    With take-up share u, where a limit is known,

    limit' = limit · (1 + (multiplier − 1)·u),
    drawn' = drawn + headroom use · max(0, limit' − max(limit, drawn)),
    undrawn' = max(0, limit' − drawn'): a cut takes only what is undrawn,
    EAD' = EAD + (drawn' − drawn) + CCF · (undrawn' − undrawn), not below what is drawn
    unless EAD was,
    income' = drawn' · (rate + bp/10,000·u) + undrawn' · commitment fee + fees,
    cost' = drawn' · funding + servicing + drawn' · the tier's service rate.

    Collateral asked is counted like any other: what the customer has given already is
    not asked again, the haircut comes off, and the share secured in addition bears the
    foundation LGD of real estate instead of the customer's own where that is higher:
    with cover c, collateral value C and haircut h,

    LGD' = LGD − u · max(0, c − C/EAD)·(1 − h) · max(0, LGD − LGD_S).

    Expected loss PD · LGD' · EAD' and capital K · (LGD'/LGD) · EAD' follow, K being linear
    in LGD (CRE31.4). A project slot has its own loss rate and weight, which collateral
    does not change (CRE33).

    A neutral treatment leaves every measure as it is, to the hundredth.

    Parameters
    ----------
    frame : Frame
        Scored up to the returns, with :func:`with_untreated`'s columns.
    treatments : mapping of str to Treatment
        One a tier.
    credit_conversion_factor : float
        Share of undrawn money that counts as exposure.
    funding_rate, interest_rate, servicing_rate : float
        Stand in where a customer's own are blank; the same as the returns were worked
        out with.
    """
    settings = replace(
        ASSUMED, funding_rate=funding_rate, interest_rate=interest_rate, servicing_rate=servicing_rate
    )
    tiers = [(treatments[tier], TIER_KEYS[tier]) for tier in TIERS]
    names: list[str] = []
    for stage in (_limits, _exposure):
        staged = {
            name: expression
            for treatment, key in tiers
            for name, expression in stage(treatment, key, credit_conversion_factor).items()
        }
        frame = frame.with_columns(expression.alias(name) for name, expression in staged.items())
        names += staged
    return without(
        frame.with_columns(
            expression.alias(f"{name}_minor__{key}")
            for treatment, key in tiers
            for name, expression in _measures(treatment, key, settings).items()
        ),
        names,
    )


def _limits(treatment: Treatment, key: str, _: float) -> dict[str, nw.Expr]:
    """Money drawn in addition, and the new limit."""
    if "limit" not in treatment.moves:
        return {}
    limit, drawn = nw.col("credit_limit"), nw.col("drawn")
    # The share that takes the offer is in the new limit already, and so in its headroom.
    new_limit = limit * (1 + (treatment.limit_multiplier - 1) * treatment.take_up)
    headroom = (new_limit - nw.max_horizontal(limit, drawn)).clip(0.0, None)
    known = ~limit.is_null()
    return {
        f"_limit__{key}": new_limit,
        f"_more__{key}": nw.when(known).then(headroom * treatment.headroom_use).otherwise(nw.lit(0.0)),
    }


def _exposure(treatment: Treatment, key: str, conversion: float) -> dict[str, nw.Expr]:
    """Exposure, undrawn money and the factor on LGD."""
    staged: dict[str, nw.Expr] = {}
    exposure, drawn, undrawn = nw.col("exposure_at_default"), nw.col("drawn"), nw.col("undrawn")
    moves = treatment.moves
    if "limit" in moves:
        more, limit = nw.col(f"_more__{key}"), nw.col(f"_limit__{key}")
        room = nw.when(limit.is_null()).then(undrawn).otherwise((limit - drawn - more).clip(0.0, None))
        staged[f"_undrawn__{key}"] = room
        staged[f"_exposure__{key}"] = nw.max_horizontal(
            exposure + more + (room - undrawn) * conversion, nw.min_horizontal(exposure, drawn + more)
        )
    if "collateral" in moves:
        staged[f"_loss__{key}"] = _loss_factor(treatment)
    return staged


def _loss_factor(treatment: Treatment) -> nw.Expr:
    """LGD under the collateral asked, over LGD as it is."""
    loss, exposure = nw.col("loss_given_default"), nw.col("exposure_at_default")
    given = nw.when(exposure > 0).then(nw.col("collateral_value") / exposure).fill_null(0.0)
    extra = (treatment.collateral_cover - given).clip(0.0, None)
    secured = extra * (treatment.take_up * (1 - ASKED_COLLATERAL.haircut))
    is_lowered = (loss > ASKED_COLLATERAL.loss_given_default) & (nw.col("asset_class") != "slotting")
    gain = 1 - ASKED_COLLATERAL.loss_given_default / loss
    return nw.when(is_lowered).then(1 - secured * gain).otherwise(nw.lit(1.0))


def _measures(treatment: Treatment, key: str, settings: ReturnsSettings) -> dict[str, nw.Expr]:
    """All measures of a tier in hundredths; what nothing moves is passed on."""
    moves = treatment.moves
    drawn, undrawn, exposure = nw.col("drawn"), nw.col("undrawn"), nw.col("exposure_at_default")
    new_exposure, loss_factor = exposure, nw.lit(1.0)
    if "limit" in moves:
        drawn, undrawn = drawn + nw.col(f"_more__{key}"), nw.col(f"_undrawn__{key}")
        new_exposure = nw.col(f"_exposure__{key}")
    if "collateral" in moves:
        loss_factor = nw.col(f"_loss__{key}")
    # Where nothing was at risk before, there is no loss to scale.
    loss = (
        nw.when(exposure > 0)
        .then(nw.col("expected_loss") * (new_exposure / exposure))
        .otherwise(nw.col("probability_of_default") * nw.col("loss_given_default") * new_exposure)
    )
    price_change = treatment.price_change_bp * treatment.take_up / 10_000
    worked_out = {
        "exposure": new_exposure,
        "drawn": drawn,
        "income": yearly_income(drawn, undrawn, settings, price_change),
        "cost": yearly_cost(drawn, settings, treatment.service_cost_rate),
        "expected_loss": loss * loss_factor,
        "capital": nw.col("capital_requirement") * new_exposure * loss_factor,
    }
    return {
        name: minor(worked_out[name]) if moves.intersection(MOVED_BY[name]) else nw.col(f"{name}_minor")
        for name in MEASURES
    }
