"""What became of customers whose tier was set on a day: default, loss and income until a later one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import narwhals as nw

from segmentation.frame import DTYPES, Frame, day_number, without

TRUTH = ("defaulted", "defaulted_on", "loss_amount", "recovered_amount", "days_past_due")
"""Columns of the contract an outcome is read from; seen by nothing that sets a tier."""
KINDS = {"defaulted": "flag", "defaulted_on": "date", "days_past_due": "number"}
DAYS_A_YEAR = 365.25
LATE_DAYS, DEFAULT_DAYS = 30, 90
"""More than 90 days past due is a default (Basel framework, CRE36.68); more than 30 is late."""


def outcomes_apart(frame: Frame, dated_by: str | None, present: Collection[str]) -> Frame:
    """Take the true outcomes out of a portfolio, as columns `true_<name>`, absent ones null.

    Parameters
    ----------
    frame : Frame
        Customers as ingested.
    dated_by : str or None
        Date column that says when the lender decided; None when all were there on one day.
    present : collection of str
        Columns the portfolio has.
    """
    columns = [
        (nw.col(name) if name in present else nw.lit(None)).cast(_dtype(name)).alias(f"true_{name}")
        for name in TRUTH
    ]
    began = nw.col(dated_by) if dated_by else nw.lit(None)
    return frame.select("customer_id", began.cast(nw.Date).alias("true_start"), *columns)


def _dtype(name: str) -> nw.dtypes.DType:
    return DTYPES[KINDS.get(name, "money")]  # type: ignore[index,return-value]  # kinds of the contract


def with_realised(frame: Frame, set_on: date, until: date | None, margin: float | None) -> Frame:
    """Add what became of each customer from the day its tier was set until a later one.

    * `outcome_defaulted`: null for who was in default already when the tier was set, or
      whose default has no date that would place it;
    * `outcome_loss`: loss less recoveries as known, else LGD · exposure at default; 0 without
      a default;
    * `outcome_loss_assumed`: whether the latter stands in;
    * `outcome_income`: margin · amount, once; without a margin the model's yearly income less
      cost for the time until default, end of term or the last day, an assumption;
    * `amount`: exposure at default when the tier was set;
    * `outcome_left_out`: why a customer is not judged (``in_default``, ``undated``), else null.

    Parameters
    ----------
    frame : Frame
        Scored without outcomes, with the columns of :func:`outcomes_apart`.
    set_on : datetime.date
        Day the tiers were set; for a loan made later, its own first day.
    until : datetime.date or None
        Last day of outcomes; None for all that are known, dated or not.
    margin : float or None
        Earned on the amount, a fraction, once.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 100.0::double exposure_at_default, 0.4::double loss_given_default, 7.0::double lending_income,"
    ...     " 3.0::double cost, 24.0::double term_months, date '2004-01-01' true_start, true true_defaulted,"
    ...     " date '2005-01-01' true_defaulted_on, null::double true_loss_amount, null::double true_recovered_amount"))
    >>> with_realised(frame, date(2003, 12, 31), None, 0.05).select(
    ...     "outcome_defaulted", "outcome_loss", "outcome_loss_assumed", "outcome_income").collect().row(0)
    (True, 40.0, True, 5.0)
    """
    first = nw.lit(set_on).cast(nw.Date)
    start = nw.when(nw.col("true_start") > first).then(nw.col("true_start")).otherwise(first)
    flagged = nw.col("true_defaulted").fill_null(False)
    on = nw.col("true_defaulted_on")
    earlier = flagged & (on <= start).fill_null(False)
    within = flagged if until is None else flagged & (on <= nw.lit(until).cast(nw.Date)).fill_null(False)
    undated = flagged & on.is_null() if until is not None else nw.lit(False)
    unknown = nw.col("true_defaulted").is_null()
    reason = (
        nw.when(unknown).then(nw.lit("unknown"))
        .when(earlier).then(nw.lit("in_default"))
        .when(undated).then(nw.lit("undated"))
    )  # fmt: skip
    amount = nw.col("exposure_at_default").fill_null(0.0)
    staged = frame.with_columns(
        start.alias("_start"), reason.alias("outcome_left_out"), within.alias("_hit"), amount.alias("amount")
    ).with_columns(
        nw.when(nw.col("outcome_left_out").is_null()).then(nw.col("_hit")).alias("outcome_defaulted"),
        _loss().alias("_loss"),
    )
    hit = nw.col("_hit")
    return without(
        staged.with_columns(
            nw.when(hit).then(nw.coalesce("_loss", nw.col("loss_given_default") * nw.col("amount")))
            .otherwise(nw.lit(0.0)).fill_null(0.0).alias("outcome_loss"),
            (hit & nw.col("_loss").is_null()).alias("outcome_loss_assumed"),
            _income(until, margin).alias("outcome_income"),
        ),
        ["_start", "_hit", "_loss"],
    )  # fmt: skip


def _loss() -> nw.Expr:
    return nw.col("true_loss_amount") - nw.col("true_recovered_amount").fill_null(0.0)


def _income(until: date | None, margin: float | None) -> nw.Expr:
    """Give the margin once, or the yearly spread for as long as the money was out."""
    if margin is not None:
        return nw.col("amount") * margin
    yearly = (nw.col("lending_income") - nw.col("cost")).fill_null(0.0)
    term = (nw.col("term_months") / 12.0).cast(nw.Float64)
    to_default = (day_number(nw.col("true_defaulted_on")) - day_number(nw.col("_start"))) / DAYS_A_YEAR
    # A default of unknown day earns nothing: the careful reading.
    lived = nw.when(nw.col("_hit")).then(to_default.fill_null(0.0))
    if until is None:
        years = lived.otherwise(term.fill_null(1.0))
    else:
        span = (day_number(nw.lit(until).cast(nw.Date)) - day_number(nw.col("_start"))) / DAYS_A_YEAR
        years = lived.otherwise(nw.when(term < span).then(term).otherwise(span))
    return yearly * years.clip(lower_bound=0.0)


def in_later_snapshot(frame: Frame, earlier_day: date, later_day: date) -> Frame:
    """Read outcomes of customers in a later snapshot, as the columns of :func:`with_realised`.

    A default is the flag there, or more than 90 days past due. Who was in default before is
    left out (``in_default``), and so is who is no longer there (``gone``): nobody knows what
    became of it. The loss is what was added between the two; income is the model's yearly
    spread for the time between, none for a default without a date.

    Parameters
    ----------
    frame : Frame
        The earlier snapshot scored, its own `loss_amount`, `recovered_amount` and
        `is_workout`, and the later one's columns as `true_<name>`, `true_is_there` null for
        who is gone.
    earlier_day, later_day : datetime.date
        Dates of the two.
    """
    there = ~nw.col("true_is_there").is_null()
    past_due = nw.col("true_days_past_due").cast(nw.Float64)
    hit = nw.col("true_defaulted").fill_null(False) | (past_due > DEFAULT_DAYS).fill_null(False)
    reason = (
        nw.when(nw.col("is_workout") == 1).then(nw.lit("in_default"))
        .when(~there).then(nw.lit("gone"))
    )  # fmt: skip
    before = nw.col("loss_amount").fill_null(0.0) - nw.col("recovered_amount").fill_null(0.0)
    staged = frame.with_columns(
        nw.lit(earlier_day).cast(nw.Date).alias("_start"), hit.alias("_hit"), reason.alias("outcome_left_out"),
        nw.col("exposure_at_default").fill_null(0.0).alias("amount"), (_loss() - before).alias("_loss"),
    ).with_columns(
        nw.when(nw.col("outcome_left_out").is_null()).then(nw.col("_hit")).alias("outcome_defaulted"),
        (nw.col("_hit") | (past_due > LATE_DAYS).fill_null(False)).alias("outcome_late"),
    )  # fmt: skip
    assumed = nw.col("_hit") & nw.col("_loss").is_null()
    return without(
        staged.with_columns(
            nw.when(nw.col("_hit")).then(nw.coalesce("_loss", nw.col("loss_given_default") * nw.col("amount")))
            .otherwise(nw.lit(0.0)).fill_null(0.0).alias("outcome_loss"),
            assumed.alias("outcome_loss_assumed"),
            _income(later_day, None).alias("outcome_income"),
        ),
        ["_start", "_hit", "_loss"],
    )  # fmt: skip
