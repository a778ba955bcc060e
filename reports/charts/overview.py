"""Charts of the overview: who earns the profit, where the risk sits, the largest names."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from reports.charts.parts import Chart, blank
from reports.escape import plain
from reports.escape import plotly as inert
from reports.formats import Language, MoneyUnit, money, percent
from reports.theme import Theme, palette
from reports.words import say

HEIGHT = 250


def profit_curve(
    customers: Sequence[float], profit: Sequence[float], *, top: float, theme: Theme, language: Language
) -> Chart:
    """Draw cumulative profit over customers from least to most profitable.

    Parameters
    ----------
    customers, profit : sequence of float
        Cumulative shares, 0 to 1.
    top : float
        Share of customers at the top whose part is told, 0 to 1.
    """
    colours = palette(theme)
    figure = blank(theme, HEIGHT)
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colours.ghost, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=list(customers),
        y=list(profit),
        mode="lines",
        line={"color": colours.accent, "width": 2.5},
        hovertemplate="%{x:.0%} → %{y:.0%}<extra></extra>",
    )
    place = min(range(len(customers)), key=lambda i: abs(customers[i] - (1 - top)))
    earned = 1 - profit[place]
    label = say("profit.label", language, top=percent(top, 0), share=percent(earned, 0))
    figure.add_scatter(
        x=[customers[place]],
        y=[profit[place]],
        mode="markers+text",
        marker={"color": colours.accent, "size": 9},
        text=[inert(label)],
        textposition="middle left",
        hoverinfo="skip",
    )
    figure.update_xaxes(title=inert(say("profit.axis", language)), showticklabels=False, range=[0, 1.02])
    figure.update_yaxes(visible=False)
    table = pd.DataFrame(
        {
            say("profit.column.customers", language): [percent(value, 0) for value in customers[::10]],
            say("profit.column.profit", language): [percent(value) for value in profit[::10]],
        }
    )
    return Chart(figure, say("profit.alt", language, top=percent(top, 0), share=percent(earned, 0)), table)


def bars(
    pairs: Sequence[tuple[str, float, str]], colour: str, theme: Theme, *, line_break: str = "\n"
) -> go.Figure:
    """Draw horizontal bars, longest first, each labelled with its value; names are hostile text.

    A name goes on in a second line where it has the `line_break`.
    """
    parts = [name.split(line_break, 1) for name, _, _ in pairs]
    is_tall = any(len(lines) > 1 for lines in parts)
    figure = blank(theme, 42 + (46 if is_tall else 30) * max(len(pairs), 1))
    names = ["<br>".join(inert(line, 28) for line in lines) or "–" for lines in parts]
    # Two names may look alike once shortened: the place keeps them apart.
    figure.add_bar(
        x=[value for _, value, _ in pairs],
        y=list(range(len(pairs))),
        orientation="h",
        marker={"color": colour},
        text=[inert(label) for _, _, label in pairs],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    longest = max((value for _, value, _ in pairs), default=1.0)
    figure.update_xaxes(
        visible=False, range=[min(0.0, min((v for _, v, _ in pairs), default=0.0)), longest * 1.35 or 1]
    )
    figure.update_yaxes(
        tickvals=list(range(len(pairs))),
        ticktext=names,
        autorange="reversed",
        tickfont={"color": palette(theme).ink},
    )
    return figure


def risk_by_industry(shares: Sequence[tuple[str, float]], *, theme: Theme, language: Language) -> Chart:
    """Draw the share of expected loss by industry; names are hostile text."""
    rows = [(name, share, percent(share, 0)) for name, share in shares]
    figure = bars(rows, palette(theme).bar, theme)
    table = pd.DataFrame(
        {
            say("risk.column.industry", language): [plain(name, 60) for name, _ in shares],
            say("risk.column.share", language): [percent(share) for _, share in shares],
        }
    )
    name, share = shares[0]
    return Chart(figure, say("risk.alt", language, name=plain(name, 60), share=percent(share)), table)


def largest_names(
    names: Sequence[tuple[str, float]], *, unit: MoneyUnit, theme: Theme, language: Language
) -> Chart:
    """Draw the largest exposures; names are hostile text."""
    rows = [(name, amount, money(amount, unit, language)) for name, amount in names]
    figure = bars(rows, palette(theme).bar, theme)
    table = pd.DataFrame(
        {
            say("names.column.name", language): [plain(name, 60) for name, _ in names],
            say("names.column.exposure", language): [money(amount, unit, language) for _, amount in names],
        }
    )
    name, amount = names[0] if names else ("–", 0.0)
    line = say(
        "names.alt", language, n=len(names), name=plain(name, 60), amount=money(amount, unit, language)
    )
    return Chart(figure, line, table)
