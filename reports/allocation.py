"""An allocation as a chart, rows and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reports.charts.overview import bars
from reports.charts.parts import Chart
from reports.escape import plain
from reports.formats import Language, MoneyUnit, money, money_bare, percent
from reports.html import Head, Row
from reports.theme import Theme, palette
from reports.words import say
from segmentation.returns.allocation import Allocation, Cell, Conflict, Price

NEAR = 0.01
"""Share of a limit a shadow price is told for."""


def _name(cell: Cell, names: Mapping[str, str]) -> str:
    return f"{names.get(cell.tier, cell.tier)} · {plain(names.get(cell.segment, cell.segment), 40)}"


def allocation_chart(
    plan: Allocation, names: Mapping[str, str], unit: MoneyUnit, *, theme: Theme, language: Language
) -> Chart:
    """Draw the money by group, most first."""
    rows = [
        (_name(entry.cell, names), entry.amount, money(entry.amount, unit, language))
        for entry in plan.placements
    ]
    figure = bars(
        [(name, amount, label) for name, amount, label in rows],
        palette(theme).accent,
        theme,
        line_break=" · ",
    )
    line = say("allocation.alt", language, name=rows[0][0], amount=rows[0][2])
    # The same figures stand in the table of the card.
    return Chart(figure, line, pd.DataFrame())


def placement_rows(
    plan: Allocation, names: Mapping[str, str], unit: MoneyUnit, unit_text: str, language: Language
) -> tuple[list[Head], list[Row]]:
    """List groups with their money and what it earns."""
    heads = [
        Head("", "left"), Head(f"{say('allocation.amount', language)} · {unit_text}"),
        Head(f"{say('allocation.profit', language)} · {unit_text}"), Head(say("allocation.rate", language)),
    ]  # fmt: skip
    rows = [
        Row(
            [
                _name(entry.cell, names), money_bare(entry.amount, unit, decimals=2),
                money_bare(entry.profit, unit, decimals=3), percent(entry.profit / entry.amount, 2),
            ]
        )
        for entry in plan.placements
    ]  # fmt: skip
    return heads, rows


def price_lines(
    prices: Sequence[Price], names: Mapping[str, str], unit: MoneyUnit, language: Language
) -> list[str]:
    """Say what a hundredth more of each binding limit would earn, dearest first.

    A shadow price holds near the plan: a hundredth of the limit is near, and an amount one can picture.
    """
    return [
        say(f"price.{price.key}", language, **_values(price, names, unit, language))
        + " · "
        + say("price.used", language, used=money(price.used, unit, language), limit=money(price.limit, unit, language))
        for price in prices
        if price.price > 1e-6
    ]  # fmt: skip


def _values(price: Price, names: Mapping[str, str], unit: MoneyUnit, language: Language) -> dict[str, str]:
    step = NEAR * price.limit or unit.scale
    values = {
        "step": money(step, unit, language, decimals=2),
        "price": money(step * price.price, unit, language, decimals=2),
    }
    return values | {"what": names.get(price.what, price.what)} if price.what else values


def conflict_lines(
    conflict: Sequence[Conflict], names: Mapping[str, str], unit: MoneyUnit, language: Language
) -> list[str]:
    """Name each limit of a conflict and how far it alone would have to give way."""
    lines = []
    for entry in conflict:
        key = f"conflict.{entry.key}"
        what = {"what": names.get(entry.what, entry.what)} if entry.what else {}
        name = say(key, language, **what)
        lines.append(
            say("conflict.no_relax", language, name=name)
            if entry.relax is None
            else say(
                "conflict.relax", language, name=name, amount=money(entry.relax, unit, language, decimals=2)
            )
        )
    return lines
