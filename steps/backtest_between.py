"""Tiers set on an earlier snapshot, judged by a later one of the same lender."""

from __future__ import annotations

from datetime import date

import duckdb
import narwhals as nw
import pandas as pd

from data.engines.functions import frame_of
from data.errors import InputRefused
from segmentation.backtest import TierOutcome, outcomes
from segmentation.policy import Policy
from segmentation.realised import in_later_snapshot, outcomes_apart
from steps.backtest_judged import BackTest, backtest_of, by_rule, judged_of, judged_rows
from steps.house import House
from steps.scoring import Scored
from steps.tiers import tiered_frame

OUTCOMES = {"defaulted", "days_past_due"}
"""Either tells what became of a customer."""


def backtest_between(house: House, old: Scored, new: Scored, policy: Policy) -> BackTest:
    """Set tiers on an earlier snapshot by its own model, and judge them by a later one.

    Raises
    ------
    InputRefused
        When the snapshots have no dates, or the later says nothing of defaults.
    """
    first, last = _days_between(old, new)
    with house.warehouse.cursor() as cursor:
        rows, left_out = _rows_between(cursor, old, new, policy)
    return backtest_of(rows, left_out, first, last, old.snapshot.name)


def realised_tiers(house: House, old: Scored, new: Scored, policy: Policy) -> tuple[TierOutcome, ...]:
    """Say what became, by a later snapshot, of the tiers a policy sets on an earlier one.

    Empty when the later snapshot knows no outcomes.
    """
    if not OUTCOMES & set(new.snapshot.kinds):
        return ()
    with house.warehouse.cursor() as cursor:
        judged = judged_of(_rows_between(cursor, old, new, policy)[0])
    return outcomes(judged, judged.tier)


def _days_between(old: Scored, new: Scored) -> tuple[date, date]:
    """Give the days of two snapshots, or say why they can't be compared."""
    first, last = old.snapshot.as_of, new.snapshot.as_of
    if first is None or last is None or first >= last:
        raise InputRefused.because(
            "the two snapshots have no dates in this order", file=old.snapshot.name,
            remedy="Import them with a snapshot_date column, and choose the earlier as the first.",
        )  # fmt: skip
    if not OUTCOMES & set(new.snapshot.kinds):
        raise InputRefused.because(
            "the later snapshot has neither defaults nor days past due", file=new.snapshot.name,
            remedy="Map one of the two.",
        )  # fmt: skip
    return first, last


def _rows_between(
    cursor: duckdb.DuckDBPyConnection, old: Scored, new: Scored, policy: Policy
) -> tuple[pd.DataFrame, dict[str, int]]:
    first, last = _days_between(old, new)
    present = set(new.snapshot.kinds)
    tiered = tiered_frame(frame_of(cursor, old.table), by_rule(policy))
    later = outcomes_apart(frame_of(cursor, new.snapshot.table), None, present).with_columns(
        nw.lit(1).alias("true_is_there")
    )
    joined = tiered.join(later, on="customer_id", how="left")
    rows, left_out = judged_rows(cursor, in_later_snapshot(joined, first, last), "outcome_late")
    return (rows if "days_past_due" in present else rows.drop(columns="outcome_late")), left_out
