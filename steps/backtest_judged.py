"""Rows with a tier and an outcome, judged: what both kinds of back-test end in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd

from data.engines.functions import Frame, materialise
from data.errors import InputRefused
from segmentation.backtest import Judged, RuleOutcome, against_others
from segmentation.policy import TIERS, WORKOUT, Policy

JUDGED = (
    "customer_id", "tier", "amount", "probability_of_default", "value_score", "outcome_defaulted", "outcome_loss",
    "outcome_loss_assumed", "outcome_income", "outcome_left_out",
)  # fmt: skip
FEWEST = 20
"""Fewer customers than this are no back-test."""


@dataclass(frozen=True, slots=True)
class BackTest:
    """What came of a back-test.

    Attributes
    ----------
    rules : tuple of RuleOutcome
        The tiers as set, then as large ones made in other ways.
    customers : int
        Judged.
    left_out : dict of str to int
        Customers not judged, by reason.
    losses_assumed : int
        Defaults whose loss is not known: LGD · exposure stands in.
    set_on, tiers_from, tiers_to, until : date or None
        The days.
    by_count : bool
        Whether tiers were set by count.
    margin : float or None
        As asked.
    quality : dict
        What the model said of itself; empty when none was fitted.
    """

    rules: tuple[RuleOutcome, ...]
    customers: int
    left_out: Mapping[str, int]
    losses_assumed: int
    set_on: date
    tiers_from: date | None
    tiers_to: date | None
    until: date | None
    by_count: bool
    margin: float | None
    quality: Mapping[str, object]

    @property
    def has_late(self) -> bool:
        """Whether late payers are known."""
        return any(tier.late_rate is not None for tier in self.rules[0].tiers)

    @property
    def defaults(self) -> int:
        """Defaults among all judged."""
        return int(sum(tier.defaults for tier in self.rules[0].tiers))


def by_rule(policy: Policy) -> Policy:
    """Give the policy without the tiers people set by hand: they were set on a later day."""
    return replace(policy, overrides=())


def judged_rows(
    cursor: duckdb.DuckDBPyConnection, judged: Frame, *more: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Keep the judged rows once; give those with an outcome by customer id, and the others counted by reason."""
    materialise(cursor, judged.select(*JUDGED, *more), "backtest_judged", temporary=True)
    out = cursor.execute(
        "SELECT CASE WHEN tier = ? THEN 'in_default' ELSE outcome_left_out END AS reason, count(*) FROM backtest_judged "
        "WHERE outcome_left_out IS NOT NULL OR tier = ? GROUP BY reason ORDER BY reason",
        [WORKOUT, WORKOUT],
    ).fetchall()
    rows = cursor.execute(
        "SELECT * FROM backtest_judged WHERE outcome_left_out IS NULL AND tier <> ? ORDER BY customer_id",
        [WORKOUT],
    ).df()
    rows["place"] = (
        rows["tier"].map({name: place for place, name in enumerate(TIERS)}).fillna(0).astype(np.int64)
    )
    return rows, {str(reason): int(customers) for reason, customers in out}


def judged_of(rows: pd.DataFrame) -> Judged:
    """Take judged rows as arrays."""

    def numbers(name: str) -> np.ndarray:
        return rows[name].to_numpy(dtype=np.float64, na_value=np.nan)

    return Judged(
        tier=rows["place"].to_numpy(dtype=np.int64),
        amount=np.nan_to_num(numbers("amount")),
        probability=numbers("probability_of_default"),
        value=numbers("value_score"),
        defaulted=rows["outcome_defaulted"].to_numpy(dtype=bool, na_value=False),
        loss=np.nan_to_num(numbers("outcome_loss")),
        income=np.nan_to_num(numbers("outcome_income")),
        late=rows["outcome_late"].to_numpy(dtype=bool, na_value=False) if "outcome_late" in rows else None,
    )


def backtest_of(
    rows: pd.DataFrame, left_out: dict[str, int], set_on: date, until: date | None, name: str
) -> BackTest:
    """Judge rows: the tiers as set, and the same sizes otherwise.

    Raises
    ------
    InputRefused
        When hardly anybody has an outcome.
    """
    if len(rows) < FEWEST:
        reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise InputRefused.because(
            f"only {len(rows)} customers have an outcome ({reasons or 'nobody else'})",
            file=name, remedy="Choose other days or snapshots.",
        )  # fmt: skip
    return BackTest(
        rules=against_others(judged_of(rows)),
        customers=len(rows),
        left_out=left_out,
        losses_assumed=int(rows["outcome_loss_assumed"].sum()),
        set_on=set_on,
        tiers_from=None,
        tiers_to=None,
        until=until,
        by_count=False,
        margin=None,
        quality={},
    )
