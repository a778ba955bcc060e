"""What ROI and RAROC would be, were an assumption a tenth higher or lower.

Each row of `SHOCKS` says which figure of a customer an assumption stands in for and how a
factor on it changes that figure; everything after it is worked out by the same formulas as
ever, row by row. Figures a portfolio brings itself are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import narwhals as nw
import pandas as pd

from segmentation.frame import Frame
from segmentation.policy import Policy
from segmentation.returns.profit import with_returns
from segmentation.returns.ratios import ReturnsSettings, raroc, return_on_investment
from segmentation.risk.capital import with_capital, with_expected_loss
from segmentation.sample import Fetch
from segmentation.scoring_model import ScoringModel

STEP = 0.10
"""Assumptions are moved by a tenth of themselves, up and down."""

READ = (
    "exposure_at_default", "drawn", "undrawn", "exposure_source", "probability_of_default", "probability_source",
    "loss_given_default", "loss_source", "best_estimate_of_loss", "is_defaulted", "slotting_grade", "customer_class",
    "collateral_type", "annual_revenue", "currency", "product", "remaining_months", "covered_share",
    "guarantor_probability", "interest_rate", "commitment_fee", "fee_income", "funding_rate", "servicing_cost",
)  # fmt: skip
"""Columns the shocks and the formulas after them read."""

SUPERVISORY_MATURITY_MONTHS = 30.0

Shock = Callable[[Frame, float, ScoringModel], Frame]


def _scaled(column: str, condition: nw.Expr, factor: float) -> nw.Expr:
    own = nw.col(column)
    return (
        nw.when(condition.fill_null(False)).then((own * factor).clip(0.0, 1.0)).otherwise(own).alias(column)
    )


def _loss(frame: Frame, factor: float, _: ScoringModel) -> Frame:
    is_foundation = (nw.col("loss_source") == "foundation") & nw.col("slotting_grade").is_null()
    return frame.with_columns(_scaled("loss_given_default", is_foundation, factor))


def _chance(source: str) -> Shock:
    def shock(frame: Frame, factor: float, _: ScoringModel) -> Frame:
        is_own = (nw.col("probability_source") == source) & ~nw.col("is_defaulted")
        return frame.with_columns(_scaled("probability_of_default", is_own, factor))

    return shock


def _conversion(frame: Frame, factor: float, model: ScoringModel) -> Frame:
    more = nw.col("undrawn") * (model.exposure.credit_conversion_factor * (factor - 1))
    exposure = nw.col("exposure_at_default")
    is_converted = (nw.col("exposure_source") == "converted").fill_null(False)
    return frame.with_columns(
        nw.when(is_converted).then(exposure + more).otherwise(exposure).alias("exposure_at_default")
    )


def _maturity(frame: Frame, factor: float, _: ScoringModel) -> Frame:
    return frame.with_columns(nw.col("remaining_months").fill_null(SUPERVISORY_MATURITY_MONTHS * factor))


SHOCKS: Mapping[str, Shock] = {
    "loss_given_default": _loss,
    "average_year": _chance("scorecard"),
    "horizon": _chance("scorecard"),
    "master_scale": _chance("rating"),
    "conversion_factor": _conversion,
    "maturity": _maturity,
}
"""Assumption → what it changes in a row; prices and rates of the ratios are settings instead."""

SETTINGS: Mapping[str, str] = {
    "interest_rate": "interest_rate",
    "funding_rate": "funding_rate",
    "servicing_cost": "servicing_rate",
    "tax_rate": "tax_rate",
    "risk_free_rate": "risk_free_rate",
}
"""Assumption → setting of the returns."""


Ratios = tuple[float | None, float | None]
"""ROI and RAROC, fractions; None where there is none."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a tenth less or more of an assumption makes of the portfolio's ratios.

    Attributes
    ----------
    key : str
        Which assumption.
    roi, raroc : (float, float) or None
        Changes, fractions, with the assumption a tenth lower and a tenth higher; None where
        the portfolio has no such ratio.
    """

    key: str
    roi: tuple[float, float] | None
    raroc: tuple[float, float] | None

    @property
    def widest(self) -> float:
        """Largest change of RAROC either way, or of ROI where there is no RAROC."""
        pair = self.raroc or self.roi
        return max(abs(pair[0]), abs(pair[1])) if pair else 0.0


def scaled(policy: Policy, factor: float) -> Policy:
    """Give a policy whose treatments do so many times what they did: price, limit, collateral, service.

    Who accepts stays, or the same effect would be moved twice.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> from segmentation.treatment import Treatment
    >>> built_in = built_in_policy()
    >>> policy = replace(built_in, treatments={**built_in.treatments, "Core": Treatment(20.0, 1.10)})
    >>> found = scaled(policy, 1.5).treatments["Core"]
    >>> found.price_change_bp, round(found.limit_multiplier, 6)
    (30.0, 1.15)
    """
    return replace(
        policy,
        treatments={
            tier: replace(
                given,
                price_change_bp=given.price_change_bp * factor,
                limit_multiplier=max(0.0, 1 + (given.limit_multiplier - 1) * factor),
                collateral_cover=min(1.0, given.collateral_cover * factor),
                service_cost_rate=given.service_cost_rate * factor,
            )
            for tier, given in policy.treatments.items()
        },
    )


def between(key: str, base: Ratios, low: Ratios, high: Ratios) -> Sensitivity:
    """Make the sensitivity of (ROI, RAROC) worked out with an assumption as it is, lower and higher.

    Examples
    --------
    >>> between("treatments", (0.02, None), (0.01, None), (0.04, None))
    Sensitivity(key='treatments', roi=(-0.01, 0.02), raroc=None)
    """
    return Sensitivity(key, _pair(base[0], low[0], high[0]), _pair(base[1], low[1], high[1]))


def can_be_moved(key: str) -> bool:
    """Say whether a tenth more or less of an assumption means anything for ROI and RAROC."""
    return key in SHOCKS or key in SETTINGS


def sensitivities(
    frame: Frame, model: ScoringModel, keys: list[str], fetch: Fetch
) -> tuple[Sensitivity, ...]:
    """Move each assumption by a tenth, one at a time, all rows worked out anew; widest first.

    Parameters
    ----------
    frame : Frame
        Scored by the model.
    model : ScoringModel
        Whose assumptions.
    keys : list of str
        Assumptions in use; those that can't be moved are passed over.
    fetch : Fetch
        Runs a lazy frame; called twice an assumption.
    """
    rows = frame.select(*READ)
    base = _ratios(rows, model, model.returns, fetch)
    found = []
    for key in keys:
        if not can_be_moved(key):
            continue
        low, high = (_moved(rows, key, factor, model, fetch) for factor in (1 - STEP, 1 + STEP))
        found.append(between(key, base, low, high))
    return tuple(sorted(found, key=lambda entry: (-entry.widest, entry.key)))


def _moved(rows: Frame, key: str, factor: float, model: ScoringModel, fetch: Fetch) -> Ratios:
    if key in SETTINGS:
        name = SETTINGS[key]
        settings = replace(model.returns, **{name: getattr(model.returns, name) * factor})
        return _ratios(rows, model, settings, fetch)
    return _ratios(SHOCKS[key](rows, factor, model), model, model.returns, fetch)


def _ratios(rows: Frame, model: ScoringModel, settings: ReturnsSettings, fetch: Fetch) -> Ratios:
    """Work the rows out from PD, LGD and EAD on, and give ROI and RAROC of those whose risk is known."""
    worked_out = with_returns(
        with_capital(with_expected_loss(rows), model.capital, guaranteed=True), settings
    )
    row = fetch(
        worked_out.filter(~nw.col("expected_loss").is_null()).select(
            *(
                nw.col(name).sum().alias(name)
                for name in ("lending_income", "cost", "expected_loss", "drawn", "economic_capital")
            )
        )
    ).iloc[0]
    income, cost, loss, drawn, capital = (0.0 if pd.isna(value) else float(value) for value in row)
    return return_on_investment(income, cost, loss, drawn), raroc(income, cost, loss, capital, settings)


def _pair(base: float | None, low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if base is None or low is None or high is None else (low - base, high - base)
