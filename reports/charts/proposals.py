"""Charts of proposals and robustness: the frontier, one step of each line, shares of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reports.boards import threshold_text
from reports.charts.parts import Chart, blank
from reports.escape import plotly as inert
from reports.formats import Language, MoneyUnit, count, money, money_bare, percent, signed
from reports.theme import Theme, palette
from reports.words import say
from segmentation.fairness import Groups, GroupShare
from segmentation.policy import Policy

Point = tuple[Policy, Mapping[str, int]]
"""A policy and its totals, money in hundredths."""


def frontier_chart(
    points: Sequence[Point],
    marks: Sequence[tuple[str, Mapping[str, int]]],
    along: str,
    limit: int | None,
    *,
    unit: MoneyUnit,
    unit_text: str,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw profit against a measure of risk, a point an efficient policy.

    Parameters
    ----------
    points : sequence of (Policy, totals)
        From least to most risk; the first trace, so that a click names its place.
    marks : sequence of (label, totals)
        Policies to hold against it, the one in force first.
    along : str
        Measure of the axis.
    limit : int or None
        The user's own limit on it, hundredths.
    """
    colours = palette(theme)
    figure = blank(theme, 380)
    scale = 100 * unit.scale
    x = [totals[along] / scale for _, totals in points]
    y = [totals["profit"] / scale for _, totals in points]
    figure.add_scatter(
        x=x, y=y, mode="lines+markers", customdata=list(range(len(points))),
        line={"color": colours.accent, "width": 2, "shape": "hv"}, marker={"color": colours.accent, "size": 10},
        hovertemplate="%{x:,.2f} → %{y:,.2f} " + inert(unit_text) + "<extra></extra>",
        selected={"marker": {"opacity": 1, "size": 15}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    if limit is not None:
        figure.add_vline(x=limit / scale, line={"color": colours.ghost, "dash": "dot", "width": 1})
        figure.add_annotation(
            x=limit / scale, y=1, yref="paper", text=inert(say("frontier.limit", language)), showarrow=False,
            xanchor="right", xshift=-4, yanchor="top", font={"color": colours.muted},
        )  # fmt: skip
    shades = (colours.ink, colours.bad, colours.tiers["Core"])
    places = ("middle left", "top center", "bottom right")
    for (label, totals), shade, place in zip(marks, shades, places, strict=False):
        figure.add_scatter(
            x=[totals[along] / scale], y=[totals["profit"] / scale], mode="markers+text", text=[f" {inert(label)} "],
            textposition=place, textfont={"color": colours.ink}, cliponaxis=False, hoverinfo="skip",
            marker={"color": "rgba(0,0,0,0)", "size": 15, "symbol": "diamond", "line": {"width": 2.5, "color": shade}},
        )  # fmt: skip
    figure.update_xaxes(title=inert(say(f"frontier.axis.{along}", language, unit=unit_text), 80), nticks=6)
    figure.update_yaxes(title=inert(say("frontier.axis_profit", language, unit=unit_text), 80), nticks=6)
    shown = [*x, *(totals[along] / scale for _, totals in marks)]
    room = (max(shown) - min(shown)) * 0.12 or abs(shown[0]) * 0.05 or 1.0
    figure.update_xaxes(range=[min(shown) - room, max(shown) + room], tickformat=",")
    earned = [*y, *(totals["profit"] / scale for _, totals in marks)]
    space = (max(earned) - min(earned)) * 0.14 or abs(earned[0]) * 0.05 or 1.0
    figure.update_yaxes(range=[min(earned) - space, max(earned) + space], tickformat=",")
    table = pd.DataFrame(
        {
            say(f"frontier.along.{along}", language): [money(t[along] / 100, unit, language, decimals=2) for _, t in points],
            say("proposals.measure.profit", language): [
                money_bare(t["profit"] / 100, unit, decimals=2) for _, t in points
            ],
            say("proposals.measure.moved", language): [count(t["moved"]) for _, t in points],
            say("frontier.same", language): [threshold_text(policy.strategic_step) for policy, _ in points],
            say("frontier.core", language): [threshold_text(policy.core_step) for policy, _ in points],
        }
    )  # fmt: skip
    line = say(
        "frontier.alt", language, n=len(points), low=money(y[0] * unit.scale, unit, language, decimals=2),
        high=money(y[-1] * unit.scale, unit, language, decimals=2),
        today=money(marks[0][1]["profit"] / 100, unit, language, decimals=2),
    )  # fmt: skip
    return Chart(figure, line, table)


def tornado(
    rows: Sequence[tuple[str, int, float]],
    *,
    unit_text: str,
    decimals: int,
    good: int,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw what one step of each line changes, the widest on top.

    Parameters
    ----------
    rows : sequence of (line, by, amount)
        `by` is +1 or −1; amounts in `unit_text`.
    good : int
        +1 when more is good, −1 when less is, 0 when neither.
    """
    colours = palette(theme)
    widest = sorted(
        {name for name, _, _ in rows}, key=lambda name: max(abs(a) for n, _, a in rows if n == name)
    )
    figure = blank(theme, 90 + 46 * len(widest))
    for by, words in ((1, "nudge.up"), (-1, "nudge.down")):
        own = {name: amount for name, step, amount in rows if step == by}
        names = [name for name in widest if name in own]
        amounts = [own[name] for name in names]
        tones = [
            colours.bar if not good or not a else colours.good if a * good > 0 else colours.bad
            for a in amounts
        ]
        figure.add_bar(
            y=[inert(name) for name in names], x=amounts, orientation="h", name=inert(say(words, language)),
            marker={"color": tones, "pattern": {"shape": "" if by > 0 else "/", "fgcolor": colours.card, "size": 5}},
            text=[f"{'▲' if by > 0 else '▼'} {signed(a, decimals) if good else count(round(a))}" for a in amounts],
            textposition="outside", cliponaxis=False, hoverinfo="skip", textfont={"color": colours.ink},
        )  # fmt: skip
    reach = max([abs(a) for _, _, a in rows] or [1.0]) or 1.0
    low = min([a for _, _, a in rows] or [0.0])
    figure.update_layout(barmode="group", bargap=0.3, bargroupgap=0.08)
    figure.update_xaxes(
        range=[-reach * 1.8 if low < 0 else -reach * 0.02, reach * 1.8], tickformat=",", title=inert(unit_text), zeroline=True,
        zerolinecolor=colours.ghost, nticks=5,
    )  # fmt: skip
    figure.update_yaxes(tickfont={"color": colours.ink})
    table = pd.DataFrame(
        {
            say("nudge.line", language): [name for name, _, _ in rows],
            say("nudge.step", language): [say("nudge.up" if by > 0 else "nudge.down", language) for _, by, _ in rows],
            unit_text: [signed(amount, decimals) for _, _, amount in rows],
        }
    )  # fmt: skip
    name, by, amount = max(rows, key=lambda row: abs(row[2]))
    line = say(
        "nudge.alt", language, line=name, step=say("nudge.up" if by > 0 else "nudge.down", language),
        amount=f"{signed(amount, decimals)} {unit_text}",
    )  # fmt: skip
    return Chart(figure, line, table)


def group_chart(
    found: Groups, labels: Mapping[str, str], which: str, *, theme: Theme, language: Language
) -> Chart:
    """Draw each group's share of a tier with its interval; grey where too few to say.

    Parameters
    ----------
    labels : mapping of str to str
        Level to its name; may be hostile text.
    which : str
        ``strategic``, or ``core`` for Core or better.
    """
    colours = palette(theme)
    shown = list(reversed(found.groups))

    def interval(group: GroupShare) -> tuple[float, float, float]:
        own = group.strategic if which == "strategic" else group.core
        return own.value, own.low, own.high

    whole = interval(found.whole)[0]
    tones = [
        colours.ghost if g.is_small else colours.bad if which in g.apart else colours.accent for g in shown
    ]
    figure = blank(theme, 70 + 34 * len(shown))
    values = [interval(group) for group in shown]
    for group, (value, low, high), tone in zip(shown, values, tones, strict=True):
        name = inert(labels[group.level], 26)
        figure.add_scatter(
            x=[low, high],
            y=[name, name],
            mode="lines",
            line={"color": tone, "width": 2},
            hoverinfo="skip",
            cliponaxis=False,
        )
        figure.add_scatter(
            x=[value], y=[name], mode="markers", marker={"color": tone, "size": 9}, cliponaxis=False,
            hovertemplate=f"{percent(value)} · {percent(low)} – {percent(high)}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=whole, line={"color": colours.ghost, "dash": "dot", "width": 1})
    figure.add_annotation(
        x=whole, y=1, yref="paper", text=inert(say("fair.all", language, share=percent(whole))), showarrow=False,
        xanchor="left", xshift=4, yanchor="bottom", font={"color": colours.muted},
    )  # fmt: skip
    most = max([high for _, _, high in values] + [whole])
    figure.update_layout(margin={"l": 4, "r": 4, "t": 24, "b": 4})
    figure.update_xaxes(tickformat=".0%", range=[0, min(1.02, most * 1.08) or 0.05])
    figure.update_yaxes(tickfont={"color": colours.ink}, type="category")
    texts = [interval(group) for group in found.groups]
    table = pd.DataFrame(
        {
            say("fair.by", language): [labels[group.level] for group in found.groups],
            say("fair.customers", language): [count(group.customers) for group in found.groups],
            say(f"fair.{which}", language): [percent(value) for value, _, _ in texts],
            "95 %": [
                say("fair.interval", language, low=percent(low), high=percent(high)) for _, low, high in texts
            ],
        }
    )
    best = max(found.groups, key=lambda group: interval(group)[0])
    line = say(
        "fair.alt", language, name=labels[best.level], share=percent(interval(best)[0]), all=percent(whole)
    )
    return Chart(figure, line, table)
