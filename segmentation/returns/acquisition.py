"""What winning a customer costs and brings: CAC, conversion, CLV/CAC, payback, a spend plan, offers.

Cost of winning a customer is what the portfolio says (`acquisition_cost`), else the cost of a
contact over the share of contacts that respond. Lifetime value is before this cost, so that
marketing ROI = (CLV − CAC)/CAC counts it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import pandas as pd

from data.errors import ModelInvalid, Problem
from segmentation.frame import Frame
from segmentation.lifetime import LifetimeValue, payback_years
from segmentation.policy import LIFECYCLES, TIERS
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.capital import EURO_RATES
from segmentation.scorecard.statistics import Interval, wilson_interval

MARKET_COST_YUAN = 30.0
"""Market price of a lead in the product's source article."""

By = Literal["segment", "channel"]
BYS: tuple[By, ...] = get_args(By)

ADDED_BY_A_YES = 0.10
"""Part of a customer's lifetime value that a yes to a campaign adds: an own assumption."""
CONTACTS_A_YES = 10.0
"""A yes is worth so many contacts where no lifetime value is known: an own assumption."""


@dataclass(frozen=True, slots=True)
class Economics:
    """What winning customers of a group costs and brings, money in the portfolio's units.

    Attributes
    ----------
    key : str
        Segment number or channel; hostile text.
    customers, contacts, responses : int
        How many, and of those contacted how often and with how many customers responding.
    contacted : int
        Customers contacted at least once.
    conversion : Interval or None
        Responders among the contacted, with its 95 % Wilson interval.
    cost : float or None
        CAC; None when nothing tells how many contacts a customer takes.
    cost_source : str
        ``given`` in the portfolio, ``assumed`` cost of a contact, or ``unknown``.
    value, low, high : float or None
        Mean lifetime value before CAC, with its interval.
    yearly : float or None
        Mean yearly risk-adjusted profit.
    """

    key: str
    customers: int
    contacts: int
    contacted: int
    responses: int
    conversion: Interval | None
    cost: float | None
    cost_source: str
    value: float | None
    low: float | None
    high: float | None
    yearly: float | None

    @property
    def multiple(self) -> float | None:
        """CLV/CAC; None without either."""
        return self.value / self.cost if self.value is not None and self.cost else None

    @property
    def marketing_roi(self) -> float | None:
        """Marketing ROI = (CLV − CAC)/CAC, a fraction."""
        return self.multiple - 1 if self.multiple is not None else None

    @property
    def payback(self) -> float | None:
        """Years until the yearly profit has earned CAC back; None when it never does."""
        known = self.cost is not None and self.yearly is not None
        return payback_years(self.cost or 0.0, self.yearly or 0.0) if known else None


def with_market_cost(returns: ReturnsSettings, currency: str | None) -> ReturnsSettings:
    """Turn the market figure of 30 yuan a contact into a portfolio's currency.

    At the reference rates of :data:`segmentation.risk.capital.EURO_RATES`. A cost somebody has
    set stays; in a currency that is not known, 30 stays as it is, for nobody can say better.

    Examples
    --------
    >>> with_market_cost(ReturnsSettings(), "EUR").contact_cost  # 30 ÷ 7.5833
    3.96
    >>> with_market_cost(ReturnsSettings(), None).contact_cost
    30.0
    >>> with_market_cost(ReturnsSettings(contact_cost=12.0), "EUR").contact_cost
    12.0
    """
    rate = EURO_RATES.get((currency or "").upper())
    if rate is None or returns.contact_cost != MARKET_COST_YUAN:
        return returns
    return replace(returns, contact_cost=round(MARKET_COST_YUAN * EURO_RATES["CNY"] / rate, 2))


def acquisition_rows(frame: Frame, by: By, answer: nw.Expr) -> Frame:
    """Sum contacts, responses and costs by group.

    Parameters
    ----------
    frame : Frame
        Scored.
    by : {"segment", "channel"}
        The groups.
    answer : Expr
        1 for a customer who responded, 0 for one who did not, null where nobody knows
        (:func:`segmentation.response.responded`). A known answer without a count of contacts
        took one.
    """
    cost, answered = nw.col("acquisition_cost"), nw.col("_answer")
    is_known = ~answered.is_null()
    contacts = nw.when(is_known).then(nw.col("campaign_contacts").fill_null(1)).otherwise(nw.lit(0))
    was_called = is_known & (contacts > 0)

    def ones(condition: nw.Expr, name: str) -> nw.Expr:
        return nw.when(condition.fill_null(False)).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name)

    return (
        frame.select(by, "campaign_contacts", "acquisition_cost", "risk_adjusted_profit", answer.alias("_answer"))
        .with_columns(
            contacts.alias("_contacts"), ones(was_called, "_called"), ones(was_called & (answered > 0), "_yes"),
            ones(~cost.is_null(), "_priced"), ones(~nw.col("risk_adjusted_profit").is_null(), "_rated"),
        )
        .group_by(by)
        .agg(
            nw.len().alias("customers"), nw.col("_contacts").sum().alias("contacts"),
            nw.col("_called").sum().alias("contacted"), nw.col("_yes").sum().alias("responses"),
            nw.col("_priced").sum().alias("priced"), cost.fill_null(0.0).sum().alias("cost"),
            nw.col("_rated").sum().alias("rated"), nw.col("risk_adjusted_profit").fill_null(0.0).sum().alias("profit"),
        )
    )  # fmt: skip


def economics(
    rows: pd.DataFrame, by: By, values: Sequence[LifetimeValue], contact_cost: float
) -> tuple[Economics, ...]:
    """Put cost and value of each group together, best CLV/CAC first.

    CAC is the portfolio's own mean `acquisition_cost` where at least half of a group has one;
    else contacts · cost of a contact / customers who responded.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of :func:`acquisition_rows`.
    by : {"segment", "channel"}
        The groups.
    values : sequence of LifetimeValue
        Of the same groups.
    contact_cost : float
        Of one contact, in the portfolio's money.
    """
    by_key = {entry.key: entry for entry in values}
    found = []
    for row in rows.to_dict("records"):
        key = "" if pd.isna(row[by]) else str(row[by])
        worth = by_key.get(key)
        cost, source = _cost(row, contact_cost)
        found.append(
            Economics(
                key, int(row["customers"]), int(row["contacts"]), int(row["contacted"]), int(row["responses"]),
                wilson_interval(int(row["responses"]), int(row["contacted"])), cost, source,
                worth.mean if worth else None,
                worth.low / worth.customers if worth and worth.low is not None else None,
                worth.high / worth.customers if worth and worth.high is not None else None,
                float(row["profit"]) / float(row["rated"]) if row["rated"] else None,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda entry: (-(entry.multiple or -np.inf), entry.key)))


def _cost(row: Mapping[Any, Any], contact_cost: float) -> tuple[float | None, str]:  # Any: cells of a table
    if row["priced"] and row["priced"] * 2 >= row["customers"]:
        return float(row["cost"]) / float(row["priced"]), "given"
    if row["responses"]:
        return float(row["contacts"]) * contact_cost / float(row["responses"]), "assumed"
    return None, "unknown"


@dataclass(frozen=True, slots=True)
class Spend:
    """A segment's part of a campaign budget.

    Attributes
    ----------
    segment : int
        Whose.
    calls, of : int
        Customers to call, of how many.
    cost, value : float
        Of the calls, and expected of the responses.
    last_return : float or None
        What the last unit of money spent here still brings beyond itself; None without calls.
    next_return : float or None
        What the first unit left out would bring; None when all are called.
    """

    segment: int
    calls: int
    of: int
    cost: float
    value: float
    last_return: float | None
    next_return: float | None


def spend_plan(buckets: pd.DataFrame, budget: float, contact_cost: float) -> tuple[Spend, ...]:
    """Spend a budget where the next unit brings most, until it brings nothing or is used up.

    Within a segment the best are called first, so returns fall; taking the best bucket of all
    segments each time is then the optimum (a continuous knapsack: Dantzig 1957, Operations
    Research 5(2)).

    Parameters
    ----------
    buckets : pandas.DataFrame
        `segment`, `customers`, `gain` (mean money a call to them is expected to bring).
    budget : float
        To be spent at most.
    contact_cost : float
        Of a call, above 0.

    Examples
    --------
    >>> buckets = pd.DataFrame({"segment": [1, 1, 2], "customers": [10, 10, 10], "gain": [9.0, 1.0, 5.0]})
    >>> [(line.segment, line.calls) for line in spend_plan(buckets, 15.0, 1.0)]
    [(1, 10), (2, 5)]
    """
    if not contact_cost > 0:
        raise ModelInvalid.from_problems(
            [Problem("contact cost", f"is {contact_cost:g}", "Give more than 0.")]
        )
    ranked = buckets.sort_values(["gain", "segment"], ascending=[False, True]).reset_index(drop=True)
    gain, customers = ranked["gain"].to_numpy(dtype=np.float64), ranked["customers"].to_numpy(dtype=np.int64)
    returns = gain / contact_cost - 1
    wanted = np.where(returns > 0, customers, 0)
    before = np.concatenate([[0], np.cumsum(wanted)[:-1]]).astype(np.int64) if len(wanted) else wanted
    calls = np.clip(int(budget // contact_cost) - before, 0, wanted)
    lines = []
    segments = ranked["segment"].to_numpy()
    for segment in np.unique(segments):
        mine = segments == segment
        called, left = returns[mine & (calls > 0)], returns[mine & (calls < customers)]
        lines.append(
            Spend(
                int(segment),
                int(calls[mine].sum()),
                int(customers[mine].sum()),
                float(calls[mine].sum() * contact_cost),
                float((calls * gain)[mine].sum()),
                float(called.min()) if len(called) else None,
                float(left.max()) if len(left) else None,
            )
        )
    return tuple(sorted(lines, key=lambda line: (-line.cost, line.segment)))


# ---------------------------------------------------------------- offers

ANY = ""


@dataclass(frozen=True, slots=True)
class OfferRule:
    """One row: whom an offer is for; an empty condition holds for everybody.

    Attributes
    ----------
    customer_class, tier, lifecycle : str
        As in the portfolio, in `TIERS` and `LIFECYCLES`; the class is compared without regard
        to case.
    offer : str
        Key of a known offer, or words of the lender's own.
    """

    customer_class: str
    tier: str
    lifecycle: str
    offer: str


OFFERS: tuple[OfferRule, ...] = (
    OfferRule("hnw", ANY, ANY, "tailored"),
    OfferRule("sme", "Strategic", ANY, "supply_chain"),
    OfferRule("sme", "Core", ANY, "supply_chain"),
    OfferRule(ANY, ANY, "startup", "small_line"),
    OfferRule("corporate", "Strategic", ANY, "relationship"),
    OfferRule("retail", "Strategic", ANY, "bundle"),
    OfferRule(ANY, "Ordinary", ANY, "self_service"),
    OfferRule(ANY, ANY, ANY, "standard"),
)
"""First match wins; own proposals, to be edited by the lender."""


def offers_from(rows: Sequence[Mapping[str, Any]]) -> tuple[OfferRule, ...]:  # Any: cells of an edited table
    """Read edited rows; every wrong one is named with its number.

    Raises
    ------
    ModelInvalid
        With all problems together.

    Examples
    --------
    >>> offers_from([{"customer_class": "hnw", "tier": "", "lifecycle": None, "offer": "tailored"}])
    (OfferRule(customer_class='hnw', tier='', lifecycle='', offer='tailored'),)
    """
    rules, problems = [], []
    for number, row in enumerate(rows, 1):
        cells = {
            name: str(row.get(name) or "").strip()
            for name in ("customer_class", "tier", "lifecycle", "offer")
        }
        where = f"offer rule {number}"
        if cells["tier"] not in (ANY, *TIERS):
            problems.append(
                Problem(where, f"tier “{cells['tier']}” is unknown", f"Choose {', '.join(TIERS)}.")
            )
        if cells["lifecycle"] not in (ANY, *LIFECYCLES):
            problems.append(
                Problem(
                    where, f"life cycle “{cells['lifecycle']}” is unknown", f"Choose {', '.join(LIFECYCLES)}."
                )
            )
        if not cells["offer"] or len(cells["offer"]) > 200:
            problems.append(Problem(where, "names no offer, or one too long", "Write 1 to 200 characters."))
        rules.append(
            OfferRule(cells["customer_class"].lower(), cells["tier"], cells["lifecycle"], cells["offer"])
        )
    if problems:
        raise ModelInvalid.from_problems(problems)
    return tuple(rules)


def offers_to_rows(rules: Sequence[OfferRule]) -> list[dict[str, str]]:
    """Write rules as plain rows."""
    return [asdict(rule) for rule in rules]


def with_offer(frame: Frame, rules: Sequence[OfferRule]) -> Frame:
    """Add `offer`: that of the first rule a customer fits, null of none.

    Parameters
    ----------
    frame : Frame
        With `customer_class`, `tier`, `lifecycle`.
    rules : sequence of OfferRule
        In their order.
    """
    offer = nw.lit(None).cast(nw.String)
    for rule in reversed(rules):
        fits = nw.lit(True)
        if rule.customer_class:
            fits = fits & (nw.col("customer_class").str.to_lowercase() == rule.customer_class)
        if rule.tier:
            fits = fits & (nw.col("tier") == rule.tier)
        if rule.lifecycle:
            fits = fits & (nw.col("lifecycle").fill_null("unknown") == rule.lifecycle)
        offer = nw.when(fits.fill_null(False)).then(nw.lit(rule.offer)).otherwise(offer)
    return frame.with_columns(offer.alias("offer"))
