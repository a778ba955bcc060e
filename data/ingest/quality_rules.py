"""What can't be true of a customer, one rule a row: key, how bad, columns it needs, condition.

The sentence of a rule stands in `reports/words/quality.py` under ``quality.<key>``.
Adding a rule is adding a row there and here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from data.contract import BY_NAME, EXPOSURE_COLUMNS, Kind
from data.engines.sql import quote_identifier

IMPOSSIBLE, SERIOUS, WORTH_A_LOOK, GOOD_TO_KNOW = 3, 2, 1, 0
MATURITY = re.compile(r"matur|end.?date|expir|due.?date|last.?repayment|到期|终止日|结束日", re.IGNORECASE)
"""Headers of a date on which a loan ends; the contract has no such column."""


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One combination worth counting.

    Attributes
    ----------
    key : str
        Of its sentence.
    severity : int
        3 can't be, 2 serious, 1 worth a look, 0 good to know.
    needs : frozenset of str
        Columns without which it is not asked.
    condition : str
        Of a customer, in SQL. ``{maturity}`` is a date column that a header calls the end.
    """

    key: str
    severity: int
    needs: frozenset[str]
    condition: str


def _rule(key: str, severity: int, needs: str, condition: str) -> QualityRule:
    return QualityRule(key, severity, frozenset(needs.split()), condition)


RULES: tuple[QualityRule, ...] = (
    _rule("paid_with_loss", 3, "defaulted loss_amount", "defaulted = false AND loss_amount > 0"),
    _rule("loss_above_exposure", 3, "loss_amount exposure", "loss_amount > exposure"),
    _rule("early_default", 3, "defaulted_on originated_on", "defaulted_on < originated_on"),
    _rule("default_to_come", 3, "defaulted_on snapshot_date", "defaulted_on > snapshot_date"),
    _rule("start_to_come", 2, "originated_on snapshot_date", "originated_on > snapshot_date"),
    _rule("maturity_before_start", 3, "originated_on maturity", "{maturity} < originated_on"),
    _rule("date_without_default", 3, "defaulted defaulted_on", "defaulted = false AND defaulted_on IS NOT NULL"),
    _rule("default_without_date", 1, "defaulted defaulted_on", "defaulted AND defaulted_on IS NULL"),
    _rule("default_without_loss", 1, "defaulted loss_amount", "defaulted AND coalesce(loss_amount, 0) = 0"),
    _rule("outcome_missing", 2, "defaulted", "defaulted IS NULL"),
    _rule("long_past_due", 2, "defaulted days_past_due", "defaulted = false AND days_past_due > 90"),
    _rule("over_limit", 2, "outstanding_balance credit_limit", "outstanding_balance > credit_limit"),
    _rule("remaining_above_term", 2, "remaining_months term_months", "remaining_months > term_months"),
    _rule("recovered_above_loss", 2, "recovered_amount loss_amount", "recovered_amount > loss_amount"),
    _rule("founded_after_loan", 1, "established_on originated_on", "established_on > originated_on"),
    _rule("equity_above_assets", 2, "equity total_assets", "total_assets > 0 AND equity > total_assets"),
    _rule("current_above_assets", 2, "current_assets total_assets", "total_assets > 0 AND current_assets > total_assets"),
    _rule("income_above_revenue", 1, "net_income annual_revenue", "annual_revenue > 0 AND net_income > annual_revenue"),
    _rule("ebitda_above_revenue", 1, "ebitda annual_revenue", "annual_revenue > 0 AND ebitda > annual_revenue"),
    _rule("young_firm_long_history", 1, "tenure_months years_in_business", "tenure_months > 12 * years_in_business + 12"),
    _rule("worse_than_default", 2, "probability_of_default defaulted", "defaulted = false AND probability_of_default >= 1"),
    _rule("no_exposure_left", 1, "exposure_amounts", "{amounts} = 0"),
)  # fmt: skip


def rules_for(kinds: Mapping[str, Kind], headers: Mapping[str, str]) -> dict[str, tuple[QualityRule, str]]:
    """Give the rules a portfolio's columns allow: key → rule and its condition in SQL.

    Parameters
    ----------
    kinds : mapping
        Column → kind.
    headers : mapping
        Column → source header, by which an end date is found.

    Examples
    --------
    >>> sorted(rules_for({"defaulted": "flag", "loss_amount": "money"}, {}))
    ['default_without_loss', 'outcome_missing', 'paid_with_loss']
    >>> kinds = {"originated_on": "date", "x_end": "date"}
    >>> rules_for(kinds, {"x_end": "Maturity Date"})["maturity_before_start"][1]
    '"x_end" < originated_on'
    """
    ends = [name for name, kind in kinds.items() if kind == "date" and _is_maturity(name, headers)]
    amounts = [name for name in EXPOSURE_COLUMNS if name in kinds]
    known = {*kinds, *(["maturity"] if ends else []), *(["exposure_amounts"] if amounts else [])}
    filled = {
        "maturity": quote_identifier(ends[0]) if ends else "",
        "amounts": f"coalesce({', '.join(amounts)})" if amounts else "",
    }
    return {rule.key: (rule, rule.condition.format(**filled)) for rule in RULES if rule.needs <= known}


def _is_maturity(name: str, headers: Mapping[str, str]) -> bool:
    return name not in BY_NAME and MATURITY.search(headers.get(name, name)) is not None
