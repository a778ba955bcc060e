"""Charts of risk: grades, concentration, losses, bins, calibration, vintages, one customer's curve."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from reports.charts.parts import Chart, blank
from reports.escape import plain
from reports.escape import plotly as inert
from reports.formats import Language, MoneyUnit, count, money, money_bare, number, percent
from reports.theme import Theme, palette
from reports.words import say

HEIGHT = 260


def columns(
    names: Sequence[str], values: Sequence[float], labels: Sequence[str], colour: str, theme: Theme
) -> go.Figure:
    """Draw upright bars with their labels above; names may be hostile text."""
    figure = blank(theme, HEIGHT)
    figure.add_bar(
        x=list(range(len(names))), y=list(values), marker={"color": colour}, text=[inert(label) for label in labels],
        textposition="outside", cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=list(range(len(names))), ticktext=[inert(name, 18) or "–" for name in names],
        tickfont={"color": palette(theme).ink},
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0, max([*values, 1e-12]) * 1.2])
    return figure


def grades(rows: Sequence[tuple[str, float]], *, theme: Theme, language: Language) -> Chart:
    """Draw the share of exposure by grade."""
    shares = [share for _, share in rows]
    names = [name or say("grade.unknown", language) for name, _ in rows]
    figure = columns(names, shares, [percent(share, 0) for share in shares], palette(theme).bar, theme)
    largest = max(range(len(rows)), key=lambda place: shares[place])
    table = pd.DataFrame(
        {
            say("validation.grade", language): names,
            say("slice.exposure", language): [percent(share) for share in shares],
        }
    )
    line = say("sources.grade_alt", language, name=names[largest], share=percent(shares[largest], 0))
    return Chart(figure, line, table)


def lorenz(points: Sequence[tuple[float, float]], *, theme: Theme, language: Language) -> Chart:
    """Draw a Lorenz curve with the line of equality."""
    colours = palette(theme)
    figure = blank(theme, HEIGHT)
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colours.ghost, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    parts, held = [point[0] for point in points], [point[1] for point in points]
    figure.add_scatter(
        x=parts, y=held, mode="lines", line={"color": colours.accent, "width": 2.5},
        hovertemplate="%{x:.0%} → %{y:.0%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title=inert(say("lorenz.axis", language)), tickformat=".0%", range=[0, 1])
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    half = next((1 - amount for share, amount in points if share >= 0.5), 1.0)
    step = max(1, len(points) // 10)
    table = pd.DataFrame(
        {
            say("lorenz.part", language): [percent(value, 0) for value in parts[::step]],
            say("lorenz.held", language): [percent(value) for value in held[::step]],
        }
    )
    return Chart(figure, say("lorenz.alt", language, share=percent(half, 0)), table)


def loss_histogram(
    bars: Sequence[tuple[float, float, int]],
    marks: Sequence[tuple[str, float]],
    *,
    unit: MoneyUnit,
    unit_text: str,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw simulated yearly losses, with a line at each marked loss."""
    colours = palette(theme)
    figure = blank(theme, 300)
    middles = [(low + high) / 2 / unit.scale for low, high, _ in bars]
    width = (bars[0][1] - bars[0][0]) / unit.scale if bars else 1.0
    figure.add_bar(
        x=middles,
        y=[years for _, _, years in bars],
        width=width * 0.92,
        marker={"color": colours.bar},
        hoverinfo="skip",
    )
    top = max([years for _, _, years in bars] or [1])
    for place, (label, loss) in enumerate(marks):
        figure.add_scatter(
            x=[loss / unit.scale] * 2, y=[0, top * (0.92 - 0.16 * place)], mode="lines+text",
            line={"color": colours.accent if place == 0 else colours.bad, "width": 1.5},
            text=["", inert(label)], textposition="top right" if place == 0 else "top center", hoverinfo="skip", cliponaxis=False,
        )  # fmt: skip
    figure.update_layout(bargap=0)
    figure.update_xaxes(title=inert(say("losses.axis", language, unit=unit_text)))
    figure.update_yaxes(visible=False)
    table = pd.DataFrame(
        {
            say("losses.from", language): [money_bare(low, unit) for low, _, _ in bars[::4]],
            say("losses.years", language): [
                count(sum(years for _, _, years in bars[at : at + 4])) for at in range(0, len(bars), 4)
            ],
        }
    )
    tail = money(marks[-1][1], unit, language) if marks else "–"
    return Chart(figure, say("losses.alt", language, tail=tail), table)


def bins(
    name: str, rows: Sequence[tuple[str, int, float | None]], *, theme: Theme, language: Language
) -> Chart:
    """Draw the default rate of each bin; names are hostile text."""
    rates = [rate or 0.0 for _, _, rate in rows]
    labels = [label for label, _, _ in rows]
    figure = columns(
        labels,
        rates,
        [percent(rate) if rate is not None else "–" for _, _, rate in rows],
        palette(theme).bar,
        theme,
    )
    worst = max(range(len(rows)), key=lambda place: rates[place])
    table = pd.DataFrame(
        {
            say("bins.bin", language): [plain(label, 60) for label in labels],
            say("bins.customers", language): [count(customers) for _, customers, _ in rows],
            say("bins.rate", language): [percent(rate) for _, _, rate in rows],
        }
    )
    line = say(
        "bins.alt", language, name=plain(name, 40), bin=plain(labels[worst], 40), rate=percent(rates[worst])
    )
    return Chart(figure, line, table)


def calibration(
    rows: Sequence[tuple[float, float, float, float]], *, theme: Theme, language: Language
) -> Chart:
    """Draw observed against forecast (forecast, observed, low, high), with the line where both are equal."""
    colours = palette(theme)
    figure = blank(theme, 300)
    top = max([high for _, _, _, high in rows] + [forecast for forecast, _, _, _ in rows] + [0.01]) * 1.05
    figure.add_scatter(
        x=[0, top],
        y=[0, top],
        mode="lines",
        line={"color": colours.ghost, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[row[0] for row in rows], y=[row[1] for row in rows], mode="markers",
        marker={"color": colours.accent, "size": 8},
        error_y={
            "type": "data", "symmetric": False, "array": [row[3] - row[1] for row in rows],
            "arrayminus": [row[1] - row[2] for row in rows], "color": colours.muted, "thickness": 1,
        },
        hovertemplate="%{x:.2%} → %{y:.2%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title=inert(say("validation.forecast", language)), tickformat=".0%", range=[0, top])
    figure.update_yaxes(title=inert(say("validation.observed", language)), tickformat=".0%", range=[0, top])
    table = pd.DataFrame(
        {
            say("validation.forecast", language): [percent(row[0], 2) for row in rows],
            say("validation.observed", language): [
                f"{percent(row[1], 2)} ({percent(row[2], 2)} – {percent(row[3], 2)})" for row in rows
            ],
        }
    )
    low, high = (percent(rows[0][1]), percent(rows[-1][1])) if rows else ("–", "–")
    return Chart(figure, say("validation.calibration_alt", language, low=low, high=high), table)


def vintages(
    lines: Sequence[tuple[int, Sequence[tuple[int, float]]]], *, theme: Theme, language: Language
) -> Chart:
    """Draw cumulative default rates by months on book, a line a year, newer ones darker."""
    colours = palette(theme)
    figure = blank(theme, 320)
    shown = [(year, rates) for year, rates in lines if rates]
    for place, (year, rates) in enumerate(shown):
        figure.add_scatter(
            x=[0, *(month for month, _ in rates)], y=[0.0, *(rate for _, rate in rates)], mode="lines",
            line={"color": colours.accent, "width": 2}, opacity=0.25 + 0.75 * (place + 1) / len(shown),
            hovertemplate=f"{year} · %{{x}} → %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=rates[-1][0], y=rates[-1][1], text=str(year), showarrow=False, xanchor="left", xshift=4,
            font={"size": 11, "color": colours.muted},
        )  # fmt: skip
    figure.update_xaxes(title=inert(say("vintage.axis", language)), range=[0, 132], dtick=12)
    figure.update_yaxes(tickformat=".1%", rangemode="tozero")
    months = sorted({month for _, rates in shown for month, _ in rates})
    table = pd.DataFrame(
        {
            say("vintage.year", language): [str(year) for year, _ in shown],
            **{str(month): [percent(dict(rates).get(month)) for _, rates in shown] for month in months},
        }
    )
    return Chart(figure, say("vintage.alt", language, n=len(shown)), table)


def default_curve(points: Sequence[tuple[int, float]], *, theme: Theme, language: Language) -> Chart:
    """Draw one customer's cumulative PD by months on book."""
    figure = blank(theme, 220)
    figure.add_scatter(
        x=[0, *(month for month, _ in points)], y=[0.0, *(chance for _, chance in points)], mode="lines",
        line={"color": palette(theme).accent, "width": 2.5}, hovertemplate="%{x} → %{y:.1%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title=inert(say("customer.months", language)), dtick=12)
    figure.update_yaxes(tickformat=".1%", rangemode="tozero")
    table = pd.DataFrame(
        {
            say("customer.months", language): [number(month) for month, _ in points],
            say("customer.cumulative", language): [percent(chance, 2) for _, chance in points],
        }
    )
    end = points[-1]
    return Chart(
        figure, say("customer.curve_alt", language, end=percent(end[1]), months=number(end[0])), table
    )
