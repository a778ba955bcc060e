"""Charts of the segments: how far apart they are, and why each is one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.charts.parts import Chart, blank
from reports.escape import plain
from reports.escape import plotly as inert
from reports.formats import Language, number
from reports.theme import Theme, palette
from reports.words import say


def segment_map(
    points: pd.DataFrame,
    centroids: pd.DataFrame,
    names: Sequence[str],
    *,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw a sample of customers on a flat map, the segments' numbers in their middles.

    Parameters
    ----------
    points, centroids : pandas.DataFrame
        Columns `x`, `y`, `segment`; a few thousand points at most.
    names : sequence of str
        Names of segments 1, 2, …; hostile text.
    """
    colours = palette(theme)
    figure = blank(theme, 380)
    for number_ in sorted({int(value) for value in points["segment"].tolist()}):
        rows = points[points["segment"] == number_]
        figure.add_scatter(
            x=rows["x"],
            y=rows["y"],
            mode="markers",
            marker={"color": colours.segment(number_), "size": 5, "opacity": 0.55},
            name=inert(names[number_ - 1]),
            hovertemplate=f"{inert(names[number_ - 1])}<extra></extra>",
        )
    middles = [
        (float(x), float(y), int(segment))
        for x, y, segment in zip(
            centroids["x"].tolist(), centroids["y"].tolist(), centroids["segment"].tolist(), strict=True
        )
    ]
    for across, up, segment in middles:
        figure.add_scatter(
            x=[across],
            y=[up],
            mode="markers+text",
            marker={
                "color": colours.card,
                "size": 24,
                "line": {"color": colours.segment(segment), "width": 3},
            },
            text=[f"<b>{segment}</b>"],
            textfont={"color": colours.ink},
            hoverinfo="skip",
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    table = pd.DataFrame(
        {
            say("map.column.segment", language): [
                plain(f"{segment} · {names[segment - 1]}", 80) for across, up, segment in middles
            ],
            say("map.column.across", language): [number(across, 2) for across, up, segment in middles],
            say("map.column.up", language): [number(up, 2) for across, up, segment in middles],
        }
    )
    return Chart(figure, say("map.alt", language, n=len(points), k=len(centroids)), table)


def differences(rows: Sequence[tuple[str, float, str]], *, theme: Theme, language: Language) -> Chart:
    """Draw how a segment differs: feature, standard deviations, and what stands here and in all.

    Parameters
    ----------
    rows : sequence of (str, float, str)
        Label, difference in standard deviations, "here against elsewhere"; labels may be hostile.
    """
    colours = palette(theme)
    figure = blank(theme, 40 + 42 * max(len(rows), 1))
    figure.add_bar(
        x=[gap for _, gap, _ in rows],
        y=list(range(len(rows))),
        orientation="h",
        marker={"color": [colours.accent if gap >= 0 else colours.bad for _, gap, _ in rows]},
        hoverinfo="skip",
    )
    # Both means stand below the feature's name: beside the bars they would collide on a narrow screen.
    small = f"<span style='font-size:11px;color:{colours.muted}'>"
    figure.update_xaxes(visible=False)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[f"{inert(label, 32)}<br>{small}{inert(against, 48)}</span>" for label, _, against in rows],
        autorange="reversed",
        tickfont={"color": colours.ink},
    )
    figure.add_vline(x=0, line={"color": colours.line, "width": 1})
    table = pd.DataFrame(
        {
            say("why.column.feature", language): [plain(label, 60) for label, _, _ in rows],
            say("why.column.difference", language): [number(gap, 2) for _, gap, _ in rows],
            say("why.column.here", language): [plain(against, 80) for _, _, against in rows],
        }
    )
    first = plain(rows[0][0], 60) if rows else "–"
    return Chart(figure, say("why.alt", language, name=first), table)
