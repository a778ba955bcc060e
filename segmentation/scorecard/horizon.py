"""From an outcome over some months to a probability over twelve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import narwhals as nw

from segmentation.frame import Frame, day_number

Source = Literal["setting", "dates", "assumed_12"]
YEAR = 12.0
FEWEST_DATED_SHARE = 0.5
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Horizon:
    """Months an outcome covers on average, and where that number comes from.

    Attributes
    ----------
    months : float
        h in 1 − (1 − p)^(12/h).
    source : str
        ``setting``, ``dates`` (average months at risk) or ``assumed_12``.
    """

    months: float = YEAR
    source: Source = "assumed_12"

    @property
    def is_assumption(self) -> bool:
        """Whether the months were assumed rather than read."""
        return self.source == "assumed_12"

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


def twelve_months(probability: nw.Expr, horizon: Horizon) -> nw.Expr:
    """1 − (1 − p)^(12/h): a constant hazard over the horizon."""
    return probability if horizon.months == YEAR else 1 - (1 - probability) ** (YEAR / horizon.months)


def observed_horizon(
    frame: Frame, columns: Sequence[str], run: Any
) -> Horizon:  # Any: runs a frame, gives pandas
    """Average months at risk, from dated outcomes.

    A customer is at risk from origination to default, else to the end of the
    term, else to the last date seen. Only rows with an origination date count,
    and only when they are at least half.

    Parameters
    ----------
    frame : Frame
        With `originated_on`, `defaulted_on`, `term_months`, `defaulted`.
    columns : sequence of str
        Columns the portfolio really has.
    run : callable
        Runs a lazy frame and gives pandas.
    """
    if not {"originated_on", "defaulted_on", "defaulted"} <= set(columns):
        return Horizon()
    start, default = nw.col("originated_on"), nw.col("defaulted_on")
    ends = run(
        frame.select(
            start.max().alias("a"), default.max().alias("b"), nw.col("snapshot_date").max().alias("c")
        )
    )
    known = [value for value in ends.iloc[0].tolist() if value is not None and value == value]
    if not known:
        return Horizon()
    last = max(known)
    days = day_number(default) - day_number(start)
    whole = day_number(nw.lit(last).cast(nw.Date)) - day_number(start)
    term = nw.col("term_months") * DAYS_A_MONTH
    until_end = nw.when(~term.is_null() & (term < whole) & (term > 0)).then(term).otherwise(whole)
    at_risk = nw.when(~days.is_null() & nw.col("defaulted")).then(days).otherwise(until_end)
    facts = run(
        frame.filter(~nw.col("defaulted").is_null()).select(
            at_risk.clip(1.0, None).mean().alias("days"), start.count().alias("dated"), nw.len().alias("rows")
        )
    )
    row = facts.iloc[0]
    if row["rows"] == 0 or row["dated"] < FEWEST_DATED_SHARE * row["rows"] or not row["days"] > 0:
        return Horizon()
    return Horizon(round(max(1.0, float(row["days"]) / DAYS_A_MONTH), 2), "dates")
