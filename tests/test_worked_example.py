"""docs/worked-example.md: five customers on paper, and the same five through the batch door.

Everything on the page is worked out here anew with nothing but Python's own arithmetic; no
formula of the product is imported.
"""

from __future__ import annotations

import csv
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import pandas as pd
import pytest

import cli

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "slices" / "worked-example.csv"
PAGE = ROOT / "docs" / "worked-example.md"
NORMAL = NormalDist()

Figures = dict[str, float | str | None]


def customers() -> dict[str, dict[str, str]]:
    with FILE.open(encoding="utf-8") as file:
        return {row["customer_id"]: row for row in csv.DictReader(file)}


def number(row: dict[str, str], name: str) -> float | None:
    return float(row[name]) if row[name] else None


def capital_requirement(row: dict[str, str], pd_: float, lgd: float) -> float:
    """K of CRE31 with R by class; a defaulted customer without a best estimate needs none."""
    if row["defaulted"] == "true":
        return 0.0
    if row["customer_class"] == "retail":
        weight = (1 - math.exp(-35 * pd_)) / (1 - math.exp(-35))
        correlation, maturity = 0.03 * weight + 0.16 * (1 - weight), 1.0
    else:
        weight = (1 - math.exp(-50 * pd_)) / (1 - math.exp(-50))
        correlation = 0.12 * weight + 0.24 * (1 - weight)
        revenue = float(row["annual_revenue"]) / 1e6
        if revenue <= 50:
            correlation -= 0.04 * (1 - (min(max(revenue, 5), 50) - 5) / 45)
        slope = (0.11852 - 0.05478 * math.log(pd_)) ** 2
        years = min(max(float(row["remaining_months"]) / 12, 1), 5)
        maturity = (1 + (years - 2.5) * slope) / (1 - 1.5 * slope)
    stressed = NORMAL.cdf(
        (NORMAL.inv_cdf(pd_) + math.sqrt(correlation) * NORMAL.inv_cdf(0.999)) / math.sqrt(1 - correlation)
    )
    return (lgd * stressed - pd_ * lgd) * maturity


def year(row: dict[str, str]) -> Figures:
    """One customer's year before any treatment."""
    drawn, limit = float(row["outstanding_balance"]), float(row["credit_limit"])
    pd_ = 1.0 if row["defaulted"] == "true" else float(row["probability_of_default"])
    lgd = float(row["loss_given_default"])
    undrawn = max(0.0, limit - drawn)
    exposure = drawn + 0.4 * undrawn
    income = (
        drawn * float(row["interest_rate"])
        + undrawn * float(row["commitment_fee"])
        + float(row["fee_income"])
    )
    cost = drawn * float(row["funding_rate"]) + float(row["servicing_cost"])
    loss = pd_ * lgd * exposure
    k = capital_requirement(row, pd_, lgd)
    capital, profit = k * exposure, income - cost - loss
    return {
        "Drawn": drawn, "Undrawn": undrawn, "EAD": exposure, "PD": pd_, "LGD": lgd, "Expected loss": loss, "K": k,
        "Capital": capital, "Risk weight": 12.5 * k, "Income": income, "Cost": cost, "Profit": profit,
        "ROI": profit / drawn, "RAROC": (profit + capital * 0.02) * 0.75 / capital if capital else None,
    }  # fmt: skip


def mid_ranks(values: dict[str, float | None], *, more_is_better: bool) -> dict[str, float]:
    """Share of the known customers below, plus half those equal; the missing one gets the median's."""
    known = [value for value in values.values() if value is not None]

    def rank(value: float) -> float:
        percent = (
            100
            * (sum(other < value for other in known) + 0.5 * sum(other == value for other in known))
            / len(known)
        )
        return percent if more_is_better else 100 - percent

    return {name: 50.0 if value is None else rank(value) for name, value in values.items()}


LADDER = [0.0003 ** (1 - step / 63) for step in range(64)]
GATES = {"mature": (0.02, 0.08), "growth": (0.015, 0.06), "startup": (0.01, 0.04)}


def lifecycle(row: dict[str, str]) -> str:
    years = float(row["years_in_business"])
    return "startup" if years < 3 else "growth" if years < 10 else "mature"


def tier(row: dict[str, str], value_step: int, risk_step: int) -> str:
    if row["defaulted"] == "true":
        return "Work-out"
    first, second = (
        max(step for step in range(64) if LADDER[step] <= gate * (1 + 1e-6)) for gate in GATES[lifecycle(row)]
    )
    if value_step >= 130 and risk_step <= first:
        return "Strategic"
    return "Core" if value_step >= 100 and risk_step <= second else "Ordinary"


@dataclass(frozen=True)
class Offer:
    """The built-in policy's treatment of a tier."""

    price: float = 0.0
    limit: float = 1.0
    use: float = 0.0
    collateral: float = 0.0
    service: float = 0.0
    take_up: float = 1.0


OFFERS = {
    "Strategic": Offer(-0.0015, 1.15, 0.5, 0.0, 0.002, 0.6), "Core": Offer(service=0.001),
    "Ordinary": Offer(0.002, 0.95, 0.0, 0.1, 0.0005, 0.9), "Work-out": Offer(),
}  # fmt: skip


def treated(row: dict[str, str], plain: Figures, offer: Offer) -> Figures:
    """The same year under the tier's treatment."""
    drawn, undrawn, exposure, lgd = (float(plain[name] or 0) for name in ("Drawn", "Undrawn", "EAD", "LGD"))
    limit = float(row["credit_limit"])
    new_limit = limit * (1 + (offer.limit - 1) * offer.take_up)
    new_drawn = drawn + offer.use * max(0.0, new_limit - max(limit, drawn))
    room = max(0.0, new_limit - new_drawn)
    new_exposure = max(exposure + (new_drawn - drawn) + 0.4 * (room - undrawn), min(exposure, new_drawn))
    income = (
        new_drawn * (float(row["interest_rate"]) + offer.price * offer.take_up)
        + room * float(row["commitment_fee"])
        + float(row["fee_income"])
    )
    cost = new_drawn * float(row["funding_rate"]) + float(row["servicing_cost"]) + new_drawn * offer.service
    # Real estate of the foundation approach: haircut 40 %, LGD 20 %.
    extra = max(0.0, offer.collateral - float(row["collateral_value"]) / exposure) * 0.6 * offer.take_up
    factor = 1 - extra * (1 - 0.2 / lgd) if lgd > 0.2 else 1.0
    loss = float(plain["Expected loss"] or 0) * new_exposure / exposure * factor
    return {
        "Drawn then": new_drawn, "EAD then": new_exposure, "Income then": income, "Cost then": cost, "Loss then": loss,
        "Capital then": float(plain["K"] or 0) * new_exposure * factor, "Profit then": income - cost - loss,
        "ROI then": (income - cost - loss) / new_drawn,
    }  # fmt: skip


def on_paper() -> dict[str, Figures]:
    """Every figure of the page, customer by customer."""
    rows = customers()
    years = {name: year(row) for name, row in rows.items()}
    ranks = {
        "Beats by profit": mid_ranks({n: float(y["Profit"] or 0) for n, y in years.items()}, more_is_better=True),
        "Beats by DSCR": mid_ranks({n: number(row, "dscr") for n, row in rows.items()}, more_is_better=True),
        "Beats by score": mid_ranks({n: number(row, "credit_score") for n, row in rows.items()}, more_is_better=True),
        "Beats by utilisation": mid_ranks(
            {n: float(y["Drawn"] or 0) / (float(y["Drawn"] or 0) + float(y["Undrawn"] or 0)) for n, y in years.items()},
            more_is_better=False,
        ),
        "Beats by PD": mid_ranks({n: float(y["PD"] or 0) for n, y in years.items()}, more_is_better=False),
        "Beats by months": mid_ranks({n: number(row, "tenure_months") for n, row in rows.items()}, more_is_better=True),
    }  # fmt: skip
    found = {}
    for name, row in rows.items():
        conduct = sum(ranks[f"Beats by {what}"][name] for what in ("score", "utilisation", "PD")) / 3
        parts = [
            ranks["Beats by profit"][name],
            ranks["Beats by DSCR"][name],
            conduct,
            ranks["Beats by months"][name],
        ]
        score = sum(parts) / 4
        value_step = math.floor(2 * score + 0.5)
        risk_step = next(
            step for step in range(64) if float(years[name]["PD"] or 0) <= LADDER[step] * (1 + 1e-6)
        )
        own = tier(row, value_step, risk_step)
        found[name] = {
            **years[name], **{key: values[name] for key, values in ranks.items()}, "Conduct": conduct, "Value score": score,
            "Value step": value_step, "Risk step": risk_step, "Life cycle": lifecycle(row), "Tier": own,
            **treated(row, years[name], OFFERS[own]),
        }  # fmt: skip
    return found


MONEY = ("Drawn", "Undrawn", "EAD", "Expected loss", "Capital", "Income", "Cost", "Profit", "Drawn then", "EAD then",
         "Income then", "Cost then", "Loss then", "Capital then", "Profit then")  # fmt: skip
PERCENT = ("PD", "LGD", "K", "Risk weight", "ROI", "RAROC", "ROI then")
POINTS = ("Beats by profit", "Beats by DSCR", "Beats by score", "Beats by utilisation", "Beats by PD", "Beats by months",
          "Conduct", "Value score")  # fmt: skip


def shown(label: str, value: float | str | None) -> str:
    """Write a figure as the page does."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if label in MONEY:
        return minus(f"{value:,.2f}")
    if label in PERCENT:
        return minus(f"{100 * value:.3f} %")
    return f"{value:.2f}" if label in POINTS else f"{value:.0f}"


def minus(text: str) -> str:
    return text.replace("-", "−")


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, object]], dict[str, object]]:
    out = tmp_path_factory.mktemp("worked") / "out"
    assert cli.main(["run", str(FILE), "--out", str(out)]) == 0
    frame = pd.read_parquet(out / "customers.parquet")
    rows = {str(row["customer_id"]): {str(k): v for k, v in row.items()} for row in frame.to_dict("records")}
    return rows, json.loads((out / "summary.json").read_text(encoding="utf-8"))


COLUMNS = {
    "Drawn": "drawn", "Undrawn": "undrawn", "EAD": "exposure_at_default", "PD": "probability_of_default",
    "LGD": "loss_given_default", "Expected loss": "expected_loss", "K": "capital_requirement", "Capital": "economic_capital",
    "Risk weight": "risk_weight", "Income": "lending_income", "Cost": "cost", "Profit": "risk_adjusted_profit", "ROI": "roi",
    "Value score": "value_score", "Value step": "value_step", "Risk step": "risk_step",
}  # fmt: skip
TO_THE_CENT = {
    "Drawn then": "drawn_treated", "EAD then": "exposure_treated", "Income then": "income_treated", "Cost then": "cost_treated",
    "Loss then": "expected_loss_treated", "Capital then": "capital_treated",
}  # fmt: skip


@pytest.mark.parametrize("label", COLUMNS)
def test_the_batch_door_gives_the_figure_on_paper(
    label: str, batch: tuple[dict[str, dict[str, object]], dict[str, object]]
) -> None:
    rows, _ = batch
    for name, figures in on_paper().items():
        assert rows[name][COLUMNS[label]] == pytest.approx(figures[label], rel=1e-9), name


def test_the_batch_door_gives_the_tiers_and_treated_figures_on_paper(
    batch: tuple[dict[str, dict[str, object]], dict[str, object]],
) -> None:
    rows, _ = batch
    for name, figures in on_paper().items():
        assert (rows[name]["tier"], rows[name]["lifecycle"]) == (figures["Tier"], figures["Life cycle"])
        for label, column in TO_THE_CENT.items():
            assert rows[name][column] == pytest.approx(figures[label], abs=0.00501), (name, label)


def of_tier(figures: dict[str, Figures], name: str, label: str) -> float:
    return sum(float(entry[label] or 0) for entry in figures.values() if name in (entry["Tier"], "Total"))


def test_summary_gives_roi_per_tier_on_paper(
    batch: tuple[dict[str, dict[str, object]], dict[str, object]],
) -> None:
    figures, summary = on_paper(), batch[1]
    tiers = summary["tiers"]
    assert isinstance(tiers, list)
    for entry in tiers:
        name = entry["tier"]
        profit, drawn = of_tier(figures, name, "Profit"), of_tier(figures, name, "Drawn")
        then, lent = of_tier(figures, name, "Profit then"), of_tier(figures, name, "Drawn then")
        assert entry["roi"] == pytest.approx(profit / drawn, abs=1e-7)
        assert entry["roi_treated"] == pytest.approx(then / lent, abs=1e-7)


def page_tables() -> dict[str, list[str]]:
    """Rows of the page's tables: label → the five cells."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 6 and not re.fullmatch(r"-+:?", cells[1]):
            found[cells[0]] = cells[1:]
    return found


def test_the_page_shows_every_figure_on_paper() -> None:
    figures, tables = on_paper(), page_tables()
    labels = list(next(iter(figures.values())))
    assert [label for label in labels if label not in tables] == []
    for label in labels:
        assert tables[label] == [shown(label, figures[name][label]) for name in "ABCDE"], label


def test_the_page_s_totals_are_those_on_paper() -> None:
    text, figures = PAGE.read_text(encoding="utf-8"), on_paper()
    for name in ("Strategic", "Core", "Ordinary", "Work-out", "Total"):
        before = of_tier(figures, name, "Profit") / of_tier(figures, name, "Drawn")
        after = of_tier(figures, name, "Profit then") / of_tier(figures, name, "Drawn then")
        assert (
            minus(f"| {name} | {100 * before:.3f} % | {100 * after:.3f} % |").replace("Work−out", "Work-out")
            in text
        )
