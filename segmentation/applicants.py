"""Applicants: what would this deal get, under one policy and another.

An applicant is a row like any other, scored by the model in force; what can't be known before
the deal (arrears, use of the limit, outcomes) is not asked, and counts as the model counts it
when it is missing. Terms follow from the tier: limit, price, collateral, offer.

It can't see what the model never saw: those who were turned away are not in its portfolio, so
for applicants unlike any customer its probability is an extrapolation.
"""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw

from data.contract import BY_NAME, COLUMNS, EXPOSURE_COLUMNS, Column, KnownWhen
from segmentation.cube import with_capped
from segmentation.frame import Frame, look_up, without
from segmentation.lifetime import Churn, with_lifetime_value
from segmentation.limits import LimitRules, with_proposed_limit
from segmentation.policy import TIERS, WORKOUT, Policy
from segmentation.returns.ratios import ReturnsSettings
from segmentation.scoring_model import ScoringModel
from segmentation.tiers import with_tier
from segmentation.value_inputs import INPUT_BY_KEY

IN_TIME: tuple[KnownWhen, ...] = ("application", "booking")

ALWAYS_ASKED = (
    "exposure", "outstanding_balance", "credit_limit", "term_months", "interest_rate", "fee_income", "collateral_value",
    "collateral_type", "acquisition_cost", "customer_class", "years_in_business", "annual_revenue", "ebitda",
    "operating_cash_flow", "total_debt", "income", "probability_of_default", "rating",
)  # fmt: skip
"""What the deal is, and what the formulas read of anybody: asked whatever the portfolio had."""

READ_BY_FORMULAS = (
    "seniority", "loss_given_default", "guarantee_share", "guarantor_rating", "guarantor_probability_of_default",
    "product", "commitment_fee", "funding_rate", "servicing_cost", "dscr", "llcr", "slotting_grade", "project_phase",
    "lifecycle", "industry", "horizon_months",
)  # fmt: skip
"""Read by risk and returns, and asked where the portfolio has them."""

TERMS = ("tier", "bound_by", "limit_proposed", "limit_bound_by", "capacity_source", "price", "collateral_asked", "offer",
         "raroc_at_price", "is_capped")  # fmt: skip
"""What a policy gives a deal."""

FACTS = (
    "probability_of_default", "probability_source", "loss_given_default", "loss_source", "exposure_at_default",
    "expected_loss", "economic_capital", "risk_weight", "asset_class", "value_score", "value_step", "value_coverage",
    "risk_step", "risk_adjusted_profit", "roi", "raroc", "segment", "lifecycle", "is_defaulted",
    "customer_lifetime_value", "value_less_cost",
)  # fmt: skip
"""What the model says of a deal, whatever the policy."""


def is_askable(column: Column) -> bool:
    """Whether a column of the contract may be told of an applicant.

    Not what is known only afterwards, not outcomes, and nothing protected: it must enter no
    price, tier or limit. Prices are agreed on, so they may be told.

    Examples
    --------
    >>> [is_askable(BY_NAME[name]) for name in ("annual_revenue", "fee_income", "days_past_due", "defaulted", "sex")]
    [True, True, False, False, False]
    """
    in_time = column.known_when in IN_TIME or column.role == "pricing"
    return in_time and column.role != "outcome" and column.personal != "protected"


def askable_names(model: ScoringModel) -> frozenset[str]:
    """Columns of an applicant a model may use: the contract's, and its own extra ones known in time."""
    extra = [
        c.name
        for c in model.columns
        if c.role == "custom" and c.known_when in IN_TIME and c.personal != "protected"
    ]
    return frozenset([column.name for column in COLUMNS if is_askable(column)] + extra)


def asked_columns(model: ScoringModel) -> tuple[str, ...]:
    """List what a form asks: the deal, and what this model really reads, in the contract's order; extra ones last.

    Parameters
    ----------
    model : ScoringModel
        The model in force.
    """
    had = {column.name for column in model.columns}
    read = {name for entry in model.reference.active for name in INPUT_BY_KEY[entry.key].columns}
    read |= {feature.column for feature in model.scorecard.features} if model.scorecard else set()
    read |= {recipe.spec.column for recipe in model.segments.features.recipes}
    read |= {model.loss_table.group_column, *READ_BY_FORMULAS}
    wanted = (read & had & askable_names(model)) | set(ALWAYS_ASKED)
    # Worked out from the deal, or set by the door.
    wanted -= {"exposure_at_default", "snapshot_date", "currency"}
    known = [name for name in BY_NAME if name in wanted]
    return tuple(known + sorted(wanted - set(known)))


def with_deal(frame: Frame, as_of: nw.Expr) -> Frame:
    """Complete rows as told: all of the term remains, and the deal is looked at today.

    Parameters
    ----------
    frame : Frame
        Applicants, with all contract columns.
    as_of : Expr
        Date of the question.
    """
    return frame.with_columns(
        nw.coalesce("remaining_months", "term_months").alias("remaining_months"),
        nw.coalesce("snapshot_date", as_of).alias("snapshot_date"),
    )


def with_prospect_value(frame: Frame, churn: Churn, settings: ReturnsSettings, cost: float | None) -> Frame:
    """Add the lifetime value, and `value_less_cost`: what is left of it after winning the customer.

    CLV − CAC, the numerator of marketing ROI (Gupta & Lehmann 2003): a prospect's cost is still
    to be spent, a customer's is spent.

    Parameters
    ----------
    frame : Frame
        Scored, with `acquisition_cost`.
    churn, settings
        As for :func:`segmentation.lifetime.with_lifetime_value`.
    cost : float or None
        Stands in where an applicant's own is blank; None when nothing is known of it, and then
        nothing is left over either.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 1 segment, 100.0::double lending_income, 0.0::double as cost, 0.0::double probability_of_default,"
    ...     " 0.0::double expected_loss, null::double remaining_months, null::double acquisition_cost"))
    >>> found = with_prospect_value(frame, Churn(0.1), ReturnsSettings(discount_rate=0.12), 9.0909)
    >>> round(found.collect()["value_less_cost"][0], 1)  # 409.0909 − 9.0909
    400.0
    """
    spent = nw.coalesce(nw.col("acquisition_cost"), nw.lit(cost).cast(nw.Float64))
    return with_lifetime_value(frame, churn, settings).with_columns(
        (nw.col("customer_lifetime_value") - spent).alias("value_less_cost")
    )


def with_terms(frame: Frame, policy: Policy, rules: LimitRules, settings: ReturnsSettings) -> Frame:
    """Add the `TERMS` a policy gives each deal.

    limit = the capacity of the limit rules, at most what is asked for. The debt an applicant
    tells is owed elsewhere, so all of it comes off its capacity.
    price = the rate asked for, or the assumed one, + the tier's change.
    raroc_at_price = (profit + drawn · change + capital · risk-free) · (1 − tax) / capital.
    A deal that would be Work-out gets no limit, price or offer. Overrides are a person's word on
    a customer, so they do not reach an applicant, whatever its key.

    Parameters
    ----------
    frame : Frame
        Scored, with :func:`with_prospect_value`'s columns.
    policy : Policy
        Which tiers and treatments.
    rules : LimitRules
        What a tier has to show.
    settings : ReturnsSettings
        Rates where the deal's own are blank, tax and risk-free rate.
    """
    tier, lost = nw.col("tier"), nw.col("tier") == WORKOUT
    treatments = {name: policy.treatments[name] for name in TIERS}
    change = look_up(
        tier, {name: entry.price_change_bp / 10_000 for name, entry in treatments.items()}, default=0.0
    )
    rate = nw.col("interest_rate").fill_null(settings.interest_rate)
    capital = nw.col("economic_capital")
    profit = nw.col("risk_adjusted_profit") + nw.col("drawn") * nw.col("_change")
    cover = look_up(tier, {name: entry.collateral_cover for name, entry in treatments.items()}, default=0.0)
    policy = replace(policy, overrides=())
    tiered = with_bound_by(with_tier(with_capped(frame, policy), policy), policy)
    return without(
        _with_limit(tiered.with_columns(change.alias("_change")), rules, settings).with_columns(
            nw.when(~lost).then(rate + nw.col("_change")).alias("price"),
            (cover * nw.col("exposure_at_default")).alias("collateral_asked"),
            look_up(tier, {name: entry.offer for name, entry in treatments.items()}, nw.String, "none").alias(
                "offer"
            ),
            nw.when(capital > 0)
            .then((profit + capital * settings.risk_free_rate) * (1 - settings.tax_rate) / capital)
            .alias("raroc_at_price"),
        ),
        ["_change"],
    )


def _with_limit(frame: Frame, rules: LimitRules, settings: ReturnsSettings) -> Frame:
    """The limit rules on a new deal: its own debt is told without it, and no more is given than asked."""
    told, asked = (
        nw.col("total_debt"),
        nw.max_horizontal(*(nw.col(name) for name in EXPOSURE_COLUMNS), "drawn"),
    )
    ruled = with_proposed_limit(
        frame.with_columns(told.alias("_told"), (told + nw.col("drawn")).alias("total_debt")), rules, settings
    )
    limit, lost = nw.col("limit_proposed"), nw.col("tier") == WORKOUT
    return without(
        ruled.with_columns(
            nw.when(~lost & ~limit.is_null()).then(nw.min_horizontal(limit, asked)).alias("limit_proposed"),
            nw.when(nw.col("limit_bound_by").is_in(["rise", "capacity"]) & (limit >= asked))
            .then(nw.lit("asked"))
            .otherwise(nw.col("limit_bound_by"))
            .alias("limit_bound_by"),
            nw.col("_told").alias("total_debt"),
        ),
        ["_told"],
    )


def with_bound_by(frame: Frame, policy: Policy) -> Frame:
    """Add `bound_by`, the rule that keeps a row from the next tier, as :func:`segmentation.explain.tier_reason` has it.

    ``threshold``, ``gate``, ``cap``, ``default``; empty at the top.

    Parameters
    ----------
    frame : Frame
        With `tier`, `value_step`, `risk_step`, `lifecycle_key`, `is_capped`, `is_workout`.
    policy : Policy
        The one that gave the tier.
    """
    tier, value = nw.col("tier"), nw.col("value_step")
    uncapped = with_tier(
        frame.with_columns(
            tier.alias("_tier"), nw.col("is_capped").alias("_capped"), nw.lit(0).alias("is_capped")
        ),
        policy,
    ).with_columns(
        nw.col("tier").alias("_uncapped"), nw.col("_tier").alias("tier"), nw.col("_capped").alias("is_capped")
    )
    step = nw.when(tier == TIERS[1]).then(nw.lit(policy.strategic_step)).otherwise(nw.lit(policy.core_step))
    return without(
        uncapped.with_columns(
            nw.when(tier == WORKOUT).then(nw.lit("default"))
            .when(tier == TIERS[0]).then(nw.lit(""))
            .when(value < step).then(nw.lit("threshold"))
            .when((tier == TIERS[1]) & (nw.col("_uncapped") == TIERS[0])).then(nw.lit("cap"))
            .otherwise(nw.lit("gate")).alias("bound_by")
        ),
        ["_tier", "_capped", "_uncapped"],
    )  # fmt: skip
