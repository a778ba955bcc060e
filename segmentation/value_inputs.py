"""What a customer's value is read from: one row an input.

Each row names its component, the expression that gives its number, and which
way is better. Adding an input is adding a row and its words; protected columns
(age, sex) may not be among them, a test sees to it.

Which way is better is a lender's own choice where scales or tastes differ: some bureaus'
best score is the lowest, a survey may count 1 as very pleased, a lender that lives off its
credit lines likes them used. It is no choice where the meaning of the figure settles it:
profit, a probability of default, days past due, cover of debt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import narwhals as nw

Component = Literal["contribution", "capacity", "conduct", "loyalty"]
COMPONENTS: tuple[Component, ...] = get_args(Component)

RATIO_LIMIT = 100.0
"""Financial ratios are cut here: beyond it they say the same, and a divisor near zero says nothing."""


@dataclass(frozen=True, slots=True)
class ValueInput:
    """One thing a customer's value is read from.

    Attributes
    ----------
    key : str
        Name; its label in both languages is `value.<key>`.
    component : Component
        Where it counts.
    expression : nw.Expr
        Its number, null when unknown.
    direction : int
        +1 when more is better, −1 when less is.
    columns : tuple of str
        What the expression reads.
    weight : float
        How much it weighs within its component until a person says otherwise; one of 0 keeps its
        curve, so that it can be given weight later.
    is_open : bool
        Whether a person may turn the direction round; closed where the figure's meaning settles it.
    """

    key: str
    component: Component
    expression: nw.Expr
    direction: int
    columns: tuple[str, ...]
    weight: float = 1.0
    is_open: bool = False

    @property
    def label_key(self) -> str:
        """Key of the words for it."""
        return f"value.{self.key}"


def _days(date: str) -> nw.Expr:
    """Count the days of a date column in the Gregorian calendar.

    Engines disagree on what one date less another is (days, an interval), so
    the days are counted here: whole years with their leap days, plus the day
    in the year.
    """
    years = nw.col(date).dt.year().cast(nw.Float64) - 1.0
    leap_days = (years / 4.0).floor() - (years / 100.0).floor() + (years / 400.0).floor()
    return years * 365.0 + leap_days + nw.col(date).dt.ordinal_day()


def _cut(ratio: nw.Expr) -> nw.Expr:
    return ratio.clip(-RATIO_LIMIT, RATIO_LIMIT)


def _leverage() -> nw.Expr:
    """Debt over EBITDA: none without debt; beyond the limit when debt meets no earnings."""
    debt, ebitda = nw.col("total_debt"), nw.col("ebitda")
    served = nw.when(ebitda > 0).then(_cut(debt / ebitda)).otherwise(nw.lit(RATIO_LIMIT))
    known = ~(debt.is_null() | ebitda.is_null())
    return nw.when(known & (debt <= 0)).then(nw.lit(0.0)).otherwise(nw.when(known).then(served))


def _cover(source: str, burden: str) -> nw.Expr:
    """Source over burden; without a burden, a positive source covers it to the limit."""
    have, owe = nw.col(source), nw.col(burden)
    return (
        nw.when(owe > 0)
        .then(_cut(have / owe))
        .otherwise(nw.when((owe <= 0) & (have > 0)).then(nw.lit(RATIO_LIMIT)))
    )


def _utilisation() -> nw.Expr:
    """Use of the limit as given, else drawn over drawn and undrawn."""
    drawn, undrawn = nw.col("drawn"), nw.col("undrawn")
    own = nw.when(drawn + undrawn > 0).then(drawn / (drawn + undrawn))
    return nw.coalesce(nw.col("utilisation"), own)


def _recency() -> nw.Expr:
    """Days from the last contact to the snapshot, none when the contact is later."""
    return (_days("snapshot_date") - _days("last_contact_on")).clip(lower_bound=0.0)


def _response() -> nw.Expr:
    """Campaign responses over contacts, at most 1."""
    contacts = nw.col("campaign_contacts")
    return nw.when(contacts > 0).then((nw.col("campaign_responses") / contacts).clip(upper_bound=1.0))


def _plain(key: str, component: Component, direction: int, *, is_open: bool = False) -> ValueInput:
    return ValueInput(key, component, nw.col(key), direction, (key,), is_open=is_open)


VALUE_INPUTS: tuple[ValueInput, ...] = (
    _plain("risk_adjusted_profit", "contribution", 1),
    # What a unit lent earns: for a lender whose money is short, and so weighs nothing by itself
    # beside the profit, which counts large customers for more (docs/decisions/0015).
    # Rounded: what is the same return but for the last digit of a division must score the same.
    ValueInput("roi", "contribution", nw.col("roi").round(9), 1, ("roi",), weight=0.0),
    _plain("dscr", "capacity", 1),
    _plain("llcr", "capacity", 1),
    ValueInput("leverage", "capacity", _leverage(), -1, ("total_debt", "ebitda")),
    ValueInput("liquidity", "capacity", _cover("current_assets", "current_liabilities"), 1,
               ("current_assets", "current_liabilities")),
    ValueInput("interest_cover", "capacity", _cover("ebitda", "interest_expense"), 1,
               ("ebitda", "interest_expense")),
    _plain("income", "capacity", 1),
    # Of several facilities the lowest score was kept (contract): the worst only where more is better.
    _plain("credit_score", "conduct", 1, is_open=True),
    _plain("days_past_due", "conduct", -1),
    ValueInput("utilisation", "conduct", _utilisation(), -1, ("utilisation", "drawn", "undrawn"),
               is_open=True),
    _plain("probability_of_default", "conduct", -1),
    _plain("tenure_months", "loyalty", 1, is_open=True),
    _plain("products_held", "loyalty", 1, is_open=True),
    ValueInput("recency", "loyalty", _recency(), -1, ("snapshot_date", "last_contact_on"), is_open=True),
    _plain("survey_score", "loyalty", 1, is_open=True),
    ValueInput("response_rate", "loyalty", _response(), 1, ("campaign_contacts", "campaign_responses"),
               is_open=True),
)  # fmt: skip
"""In the order they are shown."""

INPUT_BY_KEY: dict[str, ValueInput] = {entry.key: entry for entry in VALUE_INPUTS}
