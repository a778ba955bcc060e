"""A simulated lender: three monthly snapshots in which every contract column is filled.

What is planted, so that tests can find it again:

* five groups of customers (`GROUPS`), apart in size, age, products and use of
  the limit; the group is written to the extra column ``planted_group``;
* each customer's true probability of default over twelve months; ``defaulted``
  is drawn from it, so default rates follow it, up to chance;
* who answers a campaign: more likely with more products and a longer relation, less so
  with a hard-used limit;
* construction deteriorates: its probabilities of default grow by `DRIFT` from
  month to month, everybody else's do not.

Nobody in it exists. ``python -m data.samples.build`` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

SEED = 20260331
CUSTOMERS = 6_000
MONTHS = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
DRIFTING_INDUSTRY = "Construction"
DRIFT = (1.0, 1.7, 2.8)
"""Factor on the probability of default of construction, a month each."""


@dataclass(frozen=True, slots=True)
class Group:
    """One planted group: share of customers and the middle of what tells it apart."""

    name: str
    share: float
    customer_class: str
    years: float
    revenue: float
    employees: float
    products: float
    utilisation: float
    tenure: float
    pd: float
    industries: tuple[str, ...]


GROUPS: tuple[Group, ...] = (
    Group("established manufacturers", 0.24, "corporate", 28, 42e6, 240, 5.5, 0.42, 130, 0.006,
          ("Machinery", "Packaging", "Chemicals", "Construction")),
    Group("young growth firms", 0.22, "SME", 4, 3.2e6, 24, 1.6, 0.86, 22, 0.036,
          ("Software", "Logistics", "Biotech", "Construction")),
    Group("project companies", 0.06, "corporate", 7, 18e6, 14, 1.9, 0.74, 48, 0.012,
          ("Renewable energy", "Water", "Toll roads")),
    Group("small traders", 0.34, "SME", 14, 0.9e6, 6, 3.6, 0.55, 78, 0.018,
          ("Retail trade", "Wholesale", "Hospitality", "Construction")),
    Group("wealthy households", 0.14, "HNW", 18, 0.4e6, 1, 4.6, 0.22, 96, 0.004, ("Private households",)),
)  # fmt: skip
PLACES = (
    ("France", "Auvergne-Rhône-Alpes", "Lyon", "69002"), ("France", "Île-de-France", "Paris", "75011"),
    ("Germany", "Bayern", "München", "80331"), ("Germany", "Sachsen", "Leipzig", "04109"),
    ("Portugal", "Norte", "Porto", "4050"), ("Poland", "Mazowieckie", "Warszawa", "00-001"),
    ("China", "浙江", "杭州", "310000"), ("Spain", "Cataluña", "Barcelona", "08002"),
)  # fmt: skip
FIRST = (
    "Alder",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Fjord",
    "Granite",
    "Harbour",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Linden",
)
SECOND = (
    "Works",
    "Trading",
    "Systems",
    "Partners",
    "Holding",
    "Supply",
    "Studio",
    "Lines",
    "Foods",
    "Energy",
)


def simulate(month: int, customers: int = CUSTOMERS, seed: int = SEED) -> pd.DataFrame:
    """Make one monthly snapshot.

    Parameters
    ----------
    month : int
        0, 1 or 2: which of `MONTHS`.
    customers : int
        Rows.
    seed : int
        The same seed gives the same lender in each month.

    Returns
    -------
    pandas.DataFrame
        One row a customer, headers as the contract names them, and the planted
        ``planted_group`` and ``planted_pd``.

    Examples
    --------
    >>> simulate(0, customers=50).equals(simulate(0, customers=50))
    True
    """
    random = np.random.default_rng(seed)
    count = customers
    group = random.choice(len(GROUPS), count, p=[entry.share for entry in GROUPS])

    def middle(field: str) -> npt.NDArray[np.float64]:
        return np.array([float(getattr(entry, field)) for entry in GROUPS])[group]

    def spread(field: str, sigma: float) -> npt.NDArray[np.float64]:
        return np.asarray(middle(field) * np.exp(random.normal(0.0, sigma, count)))

    industry = np.array([GROUPS[g].industries[i % len(GROUPS[g].industries)] for g, i in
                         zip(group, random.integers(0, 12, count), strict=True)])  # fmt: skip
    today = pd.Timestamp(MONTHS[month])
    years = np.clip(spread("years", 0.22), 0.3, 120) + month / 12
    tenure = np.clip(np.minimum(spread("tenure", 0.2), years * 12), 1, None)
    revenue = spread("revenue", 0.3)
    utilisation = np.clip(middle("utilisation") + random.normal(0, 0.06, count), 0.02, 1.0)
    limit = revenue * random.uniform(0.12, 0.3, count)
    drawn = limit * utilisation
    margin = random.normal(0.12, 0.04, count)
    ebitda = revenue * margin
    debt = drawn * random.uniform(1.0, 1.8, count)
    interest = debt * 0.05
    base = np.clip(spread("pd", 0.55) * np.exp(1.2 * (utilisation - middle("utilisation"))), 0.0004, 0.6)
    drifting = industry == DRIFTING_INDUSTRY
    true_pd = np.clip(base * np.where(drifting, DRIFT[month], 1.0), 0.0004, 0.9)
    # One draw a customer for all months: who defaults in January has still defaulted in March.
    chance = random.uniform(0, 1, count)
    defaulted = chance < true_pd
    lgd = np.clip(random.beta(4, 6, count), 0.05, 0.95)
    is_project = group == 2
    dscr = np.clip(random.normal(1.45, 0.25, count), 0.7, 3)
    days_late = np.where(defaulted, 90 + random.integers(0, 200, count), 0)
    late = (~defaulted) & (random.uniform(0, 1, count) < np.minimum(true_pd * 4, 0.5))
    days_late = np.where(late, random.integers(1, 60, count), days_late)
    place = random.integers(0, len(PLACES), count)
    person = group == 4
    originated = today - pd.to_timedelta((tenure * 20).astype(int), unit="D")
    remaining = random.integers(6, 84, count)
    rate = np.clip(0.035 + 1.1 * true_pd * lgd + random.normal(0.012, 0.004, count), 0.02, 0.2)
    contacts = random.integers(1, 9, count)
    # Planted: the more products and the longer with us, the likelier a yes to one contact; hard-used limits say no.
    leaning = -3.4 + 0.32 * middle("products") + 0.006 * tenure - 1.2 * utilisation
    response = 1 / (1 + np.exp(-leaning))
    equity = np.clip(revenue * random.uniform(0.2, 0.5, count), 1, None)
    # What is charged off is gross: less what came back of it, the planted share is lost.
    recovered = drawn * (1 - lgd) * 0.5

    def levels(options: tuple[str, ...]) -> npt.NDArray[np.str_]:
        return np.array(options)[random.integers(0, len(options), count)]

    def only(where: npt.NDArray[np.bool_], values: object) -> pd.Series:
        return pd.Series(values, dtype="object").where(where, None)

    guarantor = random.permuted(np.where(np.arange(count) % 2, "Regional guarantee fund", "Parent company"))

    return pd.DataFrame({
        "customer_id": [f"C{number:06d}" for number in range(count)],
        "facility_id": [f"F{number:06d}-1" for number in range(count)],
        "name": [f"{FIRST[a]} {SECOND[b]} {number}" for number, (a, b) in enumerate(
            zip(random.integers(0, len(FIRST), count), random.integers(0, len(SECOND), count), strict=True))],
        "group_id": [f"G{number:04d}" for number in random.integers(0, count // 3, count)],
        "source_system": "simulator", "snapshot_date": today.date(),
        "country": [PLACES[p][0] for p in place], "region": [PLACES[p][1] for p in place],
        "city": [PLACES[p][2] for p in place], "postcode": [PLACES[p][3] for p in place],
        "industry": industry, "industry_name": industry,
        "legal_form": np.where(person, "person", levels(("limited", "stock company", "partnership"))),
        "employees": np.maximum(1, spread("employees", 0.3).astype(int)),
        "annual_revenue": revenue.round(2), "total_assets": (revenue * random.uniform(0.8, 1.6, count)).round(2),
        "established_on": (today - pd.to_timedelta((years * 365.25).astype(int), unit="D")).date,
        "years_in_business": years.round(2),
        "lifecycle": np.select([years < 3, years < 10], ["startup", "growth"], "mature"),
        "urban_rural": levels(("urban", "rural")),
        "customer_class": [GROUPS[g].customer_class for g in group],
        "age": np.clip(random.normal(47, 11, count), 19, 90).round(), "sex": levels(("female", "male")),
        "income": (revenue * 0.3).round(2), "survey_score": np.clip(random.normal(7.2, 1.5, count), 0, 10).round(1),
        "risk_appetite": levels(("low", "medium", "high")), "brand_preference": levels(("ours", "another", "none")),
        "tenure_months": tenure.round(), "products_held": np.maximum(1, np.rint(spread("products", 0.15))).astype(int),
        "transactions_12m": random.poisson(60, count), "utilisation": utilisation.round(4),
        "last_contact_on": (today - pd.to_timedelta(random.integers(0, 400, count), unit="D")).date,
        "complaints_12m": random.poisson(0.2, count), "channel": levels(("branch", "broker", "web", "referral")),
        "campaign_contacts": contacts, "campaign_responses": random.binomial(contacts, response),
        "churned": random.uniform(0, 1, count) < 0.03,
        "credit_score": np.clip(780 - 900 * np.sqrt(true_pd) + random.normal(0, 18, count), 300, 850).round(),
        "rating": pd.cut(true_pd, [0, .001, .003, .008, .02, .06, .15, 1], labels=["AA", "A", "BBB", "BB", "B", "CCC", "CC"]).astype(str),
        "days_past_due": days_late, "probability_of_default": true_pd.round(6), "horizon_months": 12,
        "probability_of_default_at_origination": (base * 0.9).round(6), "loss_given_default": lgd.round(4),
        "collateral_value": (drawn * random.uniform(0.2, 1.1, count)).round(2),
        "collateral_type": levels(("real_estate", "receivables", "other_physical", "financial")),
        "guarantee_share": np.where(random.uniform(0, 1, count) < 0.2, 0.5, 0.0),
        "guarantor": guarantor,
        "guarantor_rating": np.where(guarantor == "Regional guarantee fund", "AA", "BBB"),
        "guarantor_probability_of_default": np.where(guarantor == "Regional guarantee fund", 0.0003, 0.0021),
        "best_estimate_of_loss": np.where(defaulted, (lgd * 0.95).round(4), np.nan),
        "product": np.where(person, "credit card", np.where(is_project, "project loan", "term loan")),
        "seniority": np.where(random.uniform(0, 1, count) < 0.93, "senior", "subordinated"),
        "project_sector": only(is_project, industry), "project_phase": only(
            is_project, levels(("construction", "operation", "operation", "development"))),
        "dscr": np.where(is_project, dscr.round(3), np.nan), "llcr": np.where(is_project, (dscr * 1.12).round(3), np.nan),
        "slotting_grade": only(is_project, np.select([dscr > 1.6, dscr > 1.4, dscr > 1.2],
                                                         ["strong", "good", "satisfactory"], "weak")),
        "environmental_category": levels(("A", "B", "C")),
        "ebitda": ebitda.round(2), "net_income": (ebitda * 0.5).round(2), "total_debt": debt.round(2),
        "equity": equity.round(2), "current_assets": (revenue * random.uniform(0.3, 0.5, count)).round(2),
        "current_liabilities": (revenue * random.uniform(0.15, 0.35, count)).round(2),
        "interest_expense": interest.round(2), "operating_cash_flow": (ebitda * 0.8).round(2),
        "currency": "EUR", "exposure": drawn.round(2),
        "exposure_at_default": (drawn + 0.4 * (limit - drawn)).round(2), "outstanding_balance": drawn.round(2),
        "credit_limit": limit.round(2), "term_months": remaining + 24, "remaining_months": remaining,
        "originated_on": originated.date, "interest_rate": rate.round(5),
        "fee_income": (limit * 0.002).round(2), "commitment_fee": 0.004, "funding_rate": 0.028,
        "servicing_cost": (250 + drawn * 0.003).round(2), "acquisition_cost": random.uniform(20, 4000, count).round(2),
        "defaulted": defaulted,
        "defaulted_on": only(defaulted, (today - pd.to_timedelta(random.integers(1, 300, count), unit="D")).date),
        "loss_amount": np.where(defaulted, drawn - recovered, 0.0).round(2),
        "recovered_amount": np.where(defaulted, recovered, 0.0).round(2),
        "realised_income": (drawn * rate).round(2),
        "planted_group": [GROUPS[g].name for g in group], "planted_pd": true_pd,
    })  # fmt: skip
