"""What a portfolio says at a glance: totals, who earns, where the risk sits, what is assumed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from segmentation.frame import Frame
from segmentation.returns.profit import ASSUMABLE, assumption_measures
from segmentation.returns.ratios import per_hundred, raroc, return_on_investment
from segmentation.sample import Fetch
from segmentation.scoring_model import ScoringModel

LARGEST_NAMES = 20
SHOWN_INDUSTRIES = 8


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: its name (hostile text), amount and share (None of nothing)."""

    name: str
    amount: float
    share: float | None


@dataclass(frozen=True, slots=True)
class ProfitCurve:
    """Customers from least to most profitable, and the profit they add up to.

    Attributes
    ----------
    customers, profit : tuple of float
        Cumulative shares, from 0 to 1; profit may dip below 0.
    top_customers, top_profit : float
        The last part of the curve that is told as a sentence.
    losing : float
        Share of customers with a negative profit, to the width of a step.
    """

    customers: tuple[float, ...]
    profit: tuple[float, ...]
    top_customers: float
    top_profit: float
    losing: float


@dataclass(frozen=True, slots=True)
class PortfolioFacts:
    """Totals and concentrations of a scored portfolio, money in its own units, before any treatment.

    Attributes
    ----------
    customers, defaulted : int
        How many, and how many of them in default.
    exposure, drawn, income, cost, expected_loss, capital : float
        Sums; customers without a PD add nothing to the last two.
    profit : float or None
        Income − cost − expected loss of the customers whose risk is known; None
        when nobody's is.
    roi, raroc : float or None
        Fractions.
    known_risk, known_loss : float or None
        Share of exposure with a PD, and with an LGD given or observed.
    effective_names : float or None
        1 / Σ shares² of exposure.
    industries : tuple of Share
        Of expected loss, largest first; of exposure where no PD is known.
    industry_measure : str
        ``expected_loss`` or ``exposure``.
    names : tuple of Share
        Largest exposures.
    largest_share : float or None
        Share of the largest 20 names together.
    curve : ProfitCurve or None
        None when no profit is known or it adds up to nothing or less.
    sources : dict
        Source of PD → share of exposure.
    """

    customers: int
    defaulted: int
    exposure: float
    drawn: float
    income: float
    cost: float
    expected_loss: float
    capital: float
    profit: float | None
    roi: float | None
    raroc: float | None
    known_risk: float | None
    known_loss: float | None
    effective_names: float | None
    industries: tuple[Share, ...]
    industry_measure: str
    names: tuple[Share, ...]
    largest_share: float | None
    curve: ProfitCurve | None
    sources: dict[str, float]


def portfolio_facts(frame: Frame, model: ScoringModel, fetch: Fetch, ranked: pd.DataFrame) -> PortfolioFacts:
    """Ask a scored frame for its overview, in a handful of grouped scans.

    Parameters
    ----------
    frame : Frame
        Scored.
    model : ScoringModel
        For the rules of the ratios.
    fetch : Fetch
        Runs a lazy frame.
    ranked : pandas.DataFrame
        Profit by groups of customers in its order (`customers`, `total`).
    """
    exposure = nw.col("exposure_at_default")
    known = ~nw.col("expected_loss").is_null()

    def where(condition: nw.Expr, name: str) -> nw.Expr:
        return nw.when(condition).then(nw.col(name)).otherwise(nw.lit(0.0)).sum()

    own_loss = nw.col("loss_source").is_in(["given", "observed"])
    row = fetch(
        frame.select(
            nw.len().alias("customers"),
            nw.when(nw.col("is_defaulted")).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias("defaulted"),
            exposure.sum().alias("exposure"),
            (exposure * exposure).sum().alias("squares"),
            *(
                nw.col(name).sum().alias(name)
                for name in ("drawn", "lending_income", "cost", "expected_loss")
            ),
            nw.col("economic_capital").sum().alias("capital"),
            *(where(known, name).alias(f"known_{name}") for name in ("drawn", "lending_income", "cost")),
            where(known, "exposure_at_default").alias("known_exposure"),
            where(own_loss, "exposure_at_default").alias("own_loss_exposure"),
        )
    ).iloc[0]
    total = _number(row["exposure"])
    loss, capital = _number(row["expected_loss"]), _number(row["capital"])
    has_risk = _number(row["known_exposure"]) > 0
    earned, spent = (_number(row[f"known_{name}"]) for name in ("lending_income", "cost"))
    measure = "expected_loss" if loss > 0 else "exposure_at_default"
    industries = _shares(frame, "industry", measure, fetch, SHOWN_INDUSTRIES)
    names = _largest(frame, total, fetch)
    squares = _number(row["squares"])
    return PortfolioFacts(
        customers=int(row["customers"]),
        defaulted=int(row["defaulted"]),
        exposure=total,
        drawn=_number(row["drawn"]),
        income=_number(row["lending_income"]),
        cost=_number(row["cost"]),
        expected_loss=loss,
        capital=capital,
        profit=earned - spent - loss if has_risk else None,
        roi=return_on_investment(earned, spent, loss, _number(row["known_drawn"])) if has_risk else None,
        raroc=raroc(earned, spent, loss, capital, model.returns) if has_risk else None,
        known_risk=per_hundred(_number(row["known_exposure"]), total),
        known_loss=per_hundred(_number(row["own_loss_exposure"]), total),
        effective_names=total**2 / squares if squares > 0 else None,
        industries=industries,
        industry_measure="expected_loss" if measure == "expected_loss" else "exposure",
        names=names,
        largest_share=per_hundred(sum(entry.amount for entry in names), total),
        curve=profit_curve(ranked),
        sources={
            entry.name: entry.share or 0.0
            for entry in _shares(frame, "probability_source", "exposure_at_default", fetch, 10)
        },
    )


def _number(value: object) -> float:
    """A sum as a float; the sum of nothing is 0."""
    number = float(str(value)) if value is not None else 0.0
    return number if np.isfinite(number) else 0.0


def _shares(frame: Frame, by: str, measure: str, fetch: Fetch, shown: int) -> tuple[Share, ...]:
    """Sums of a measure by a text column, largest first; the rest is left to the whole."""
    rows = fetch(frame.group_by(by).agg(nw.col(measure).sum().alias("amount")))
    rows["amount"] = rows["amount"].fillna(0.0)
    whole = float(rows["amount"].sum())
    rows = rows.sort_values(["amount", by], ascending=[False, True], na_position="last").head(shown)
    return tuple(
        Share("" if pd.isna(name) else str(name), float(amount), per_hundred(float(amount), whole))
        for name, amount in zip(rows[by], rows["amount"], strict=True)
    )


def _largest(frame: Frame, total: float, fetch: Fetch) -> tuple[Share, ...]:
    """The largest exposures by customer: name where there is one, else the customer's key."""
    rows = fetch(
        frame.select("customer_id", "name", "exposure_at_default")
        .sort("exposure_at_default", "customer_id", descending=[True, False], nulls_last=True)
        .head(LARGEST_NAMES)
    )
    return tuple(
        Share(str(key) if pd.isna(name) else str(name), _number(amount), per_hundred(_number(amount), total))
        for key, name, amount in zip(
            rows["customer_id"], rows["name"], rows["exposure_at_default"], strict=True
        )
    )


def profit_curve(ranked: pd.DataFrame) -> ProfitCurve | None:
    """Lorenz-like curve of profit: cumulative shares by customers in order of their profit.

    Lorenz (1905), Methods of measuring the concentration of wealth; here the
    curve may dip below zero, for some customers lose money.

    Examples
    --------
    >>> curve = profit_curve(pd.DataFrame({"customers": [1, 1, 2], "total": [-1.0, 1.0, 4.0]}))
    >>> curve.profit, curve.losing
    ((0.0, -0.25, 0.0, 1.0), 0.25)
    """
    if ranked.empty or float(ranked["total"].sum()) <= 0:
        return None
    customers = np.concatenate([[0.0], np.cumsum(ranked["customers"]) / ranked["customers"].sum()])
    profit = np.concatenate([[0.0], np.cumsum(ranked["total"]) / ranked["total"].sum()])
    # Told as a sentence: the top tenth, or the nearest step to it.
    place = int(np.argmin(np.abs(customers - 0.9)))
    losing = float(ranked.loc[ranked["total"] < 0, "customers"].sum() / ranked["customers"].sum())
    return ProfitCurve(
        tuple(float(value) for value in customers),
        tuple(float(value) for value in profit),
        float(1 - customers[place]),
        float(1 - profit[place]),
        losing,
    )


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something a figure rests on that is not data.

    Attributes
    ----------
    key : str
        Which one; the words say it.
    value : float or str
        What is assumed.
    share : float or None
        Share of exposure it is assumed for; None when there is no exposure.
    source : str
        Where the value comes from: ``default``, ``setting``, ``supervisory``, ``own``.
    """

    key: str
    value: float | str
    share: float | None
    source: str

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


def assumption_facts(
    frame: Frame, model: ScoringModel, fetch: Fetch, *, key: str, exposure_rule: str
) -> tuple[Assumption, ...]:
    """List what rests on an assumption, each with its share of exposure, largest first."""
    exposure = nw.col("exposure_at_default").fill_null(0.0)

    def share_of(condition: nw.Expr, name: str) -> nw.Expr:
        return nw.when(condition).then(exposure).otherwise(nw.lit(0.0)).sum().alias(name)

    row = fetch(
        frame.select(
            *assumption_measures(),
            share_of(nw.col("loss_source") == "foundation", "foundation_lgd"),
            share_of(nw.col("probability_source") == "scorecard", "scored"),
            share_of(
                (nw.col("probability_source") == "scorecard") & nw.col("snapshot_date").is_null(), "ageless"
            ),
            share_of(nw.col("probability_source") == "rating", "rated"),
            share_of(nw.col("exposure_source") == "converted", "converted"),
            share_of(nw.col("remaining_months").is_null(), "maturity"),
            share_of(nw.col("slotting_source") == "derived", "derived_slot"),
            share_of(nw.col("customer_class").is_null(), "asset_class"),
        )
    ).iloc[0]
    whole = _number(row["assumed_exposure"])

    def share(name: str) -> float | None:
        return per_hundred(_number(row[name]), whole)

    returns = model.returns
    found = [
        Assumption(column, getattr(returns, setting), share(f"assumed_{setting}"), "default")
        for setting, column in ASSUMABLE
    ]
    found += [
        Assumption("loss_given_default", "40–75 %", share("foundation_lgd"), "supervisory"),
        # Dated outcomes give a hazard: only who has no age gets an average year of it.
        Assumption("average_year", model.hazard.average_months, share("ageless"), "own")
        if model.hazard
        else Assumption("horizon", model.horizon.months, share("scored"), model.horizon.source),
        Assumption("master_scale", "own scale", share("rated"), "own"),
        Assumption(
            "conversion_factor", model.exposure.credit_conversion_factor, share("converted"), "supervisory"
        ),
        Assumption("maturity", 2.5, share("maturity"), "supervisory"),
        Assumption("slotting_grade", "DSCR, LLCR, phase", share("derived_slot"), "own"),
        Assumption("asset_class", "corporate", share("asset_class"), "default"),
    ]
    if key != "mapped":
        found.append(Assumption("customer_numbered", key, 1.0 if whole > 0 else None, "own"))
    if exposure_rule != "mapped":
        found.append(Assumption("exposure_one_each", 1.0, 1.0 if whole > 0 else None, "own"))
    found.append(Assumption("treatments", "policy", 1.0 if whole > 0 else None, "default"))
    standing = [entry for entry in found if entry.share is None or entry.share > 0]
    return tuple(sorted(standing, key=lambda entry: -(entry.share or 0.0)))
