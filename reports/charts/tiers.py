"""Charts of the tiers: where the lines fall, and whether the return pays for the risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.charts.parts import Chart, blank
from reports.escape import plotly as inert
from reports.formats import Language, number, percent
from reports.theme import SIZE_SMALL, Theme, palette
from reports.words import say

BANDS = ("up_to_0_5", "up_to_1_5", "up_to_4", "up_to_10", "above_10", "unknown")
"""Risk bands from little to much, then unknown: columns of the histogram."""


def histogram(
    counts: npt.NDArray[np.float64],
    strategic: float,
    core: float,
    strategic_in_force: float,
    core_in_force: float,
    *,
    unit: str,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw exposure by value score, split by risk, with the two lines and their ghosts.

    Parameters
    ----------
    counts : ndarray of float, shape (scores, 6)
        Exposure in `unit` by score (from 0 to 100 in equal steps) and risk band.
    strategic, core, strategic_in_force, core_in_force : float
        Thresholds in points.
    unit : str
        Unit of the exposure, for hovering and the table.
    """
    colours = palette(theme)
    bins = len(counts)
    width = 100 / bins
    middles = (np.arange(bins) + 0.5) * width
    figure = blank(theme, 370)
    for band, key in enumerate(BANDS):
        if not counts[:, band].any():
            continue
        figure.add_bar(
            x=middles,
            y=counts[:, band],
            width=width * 0.86,
            name=inert(say(f"band.{key}", language)),
            marker={"color": colours.risk[band], "line": {"width": 0}},
            hovertemplate="%{x:.0f}: %{y:,.1f} " + inert(unit) + "<extra>%{fullData.name}</extra>",
        )
    top = float(counts.sum(axis=1).max()) or 1.0
    for value, key in ((strategic_in_force, "strategic"), (core_in_force, "core")):
        now = strategic if key == "strategic" else core
        if value != now:
            figure.add_shape(
                type="line",
                x0=value,
                x1=value,
                y0=0,
                y1=top * 1.02,
                line={"color": colours.ghost, "dash": "dot", "width": 1},
            )
            figure.add_annotation(
                x=value, y=top * 1.02, text=inert(say("histogram.in_force", language, value=number(value, 1))),
                showarrow=False, xanchor="left", xshift=3, font={"size": 11, "color": colours.muted},
            )  # fmt: skip
    strip = -top * 0.035
    for tier, start, stop in (
        ("Ordinary", 0.0, core),
        ("Core", core, strategic),
        ("Strategic", strategic, 100.0),
    ):
        if stop <= start:
            continue
        figure.add_shape(
            type="rect",
            x0=start,
            x1=stop,
            y0=strip,
            y1=strip * 0.35,
            line={"width": 0},
            fillcolor=colours.tiers[tier],
        )
        if stop - start >= 9:
            figure.add_annotation(
                x=(start + stop) / 2, y=top * 1.13, showarrow=False,
                text=f"<b>{inert(say(f'tier.{tier}', language))}</b>", font={"color": colours.tier_text[tier], "size": 13},
            )  # fmt: skip
    for value in (strategic, core):
        figure.add_shape(
            type="line", x0=value, x1=value, y0=strip, y1=top * 1.06, line={"color": colours.ink, "width": 2}
        )
    axis = say("histogram.axis_exposure", language)
    figure.update_layout(
        barmode="stack",
        bargap=0,
        showlegend=True,
        legend={
            "title": {
                "text": inert(say("band.title", language)) + "  ",
                "font": {"size": SIZE_SMALL, "color": colours.muted},
            },
            "orientation": "h",
            "x": 0,
            "y": -0.2,
            "yanchor": "top",
            "traceorder": "normal",
        },
    )
    figure.update_xaxes(range=[-0.5, 100.5], title=inert(axis, 120), tickvals=[0, 20, 40, 60, 80, 100])
    figure.update_yaxes(visible=False, range=[strip * 1.2, top * 1.2])
    step = max(1, bins // 20)
    rows = {
        say("histogram.column.score", language): [number(place * width, 0) for place in range(0, bins, step)]
    }
    for band, key in enumerate(BANDS):
        sums = [float(counts[place : place + step, band].sum()) for place in range(0, bins, step)]
        rows[say(f"band.{key}", language)] = [number(value, 1) for value in sums]
    line = say("histogram.alt", language, strategic=number(strategic, 1), core=number(core, 1))
    return Chart(figure, line, pd.DataFrame(rows))


def bubbles(
    points: Sequence[tuple[str, str, float | None, float | None, float]],
    *,
    hurdle: float,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw return over risk, a bubble a tier, its area the exposure.

    Parameters
    ----------
    points : sequence of (label, tier, loss rate, RAROC, exposure)
        Fractions; a point without either is left out.
    hurdle : float
        Return asked for, a fraction.
    """
    colours = palette(theme)
    figure = blank(theme, 330)
    shown = [(n, t, x, y, e) for n, t, x, y, e in points if x is not None and y is not None]
    largest = max((exposure for *_, exposure in shown), default=1.0) or 1.0
    for name, tier, rate, earned, exposure in shown:
        figure.add_scatter(
            x=[rate], y=[earned], mode="markers+text", text=[inert(name)], textposition="top center",
            marker={"color": colours.tiers[tier], "size": 14 + 46 * (exposure / largest) ** 0.5, "opacity": 0.85,
                    "line": {"width": 0}},
            textfont={"color": colours.ink}, cliponaxis=False,
            hovertemplate=f"{inert(name)}: %{{x:.1%}} · %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    highest = max((*(y for *_, y, _ in shown), hurdle), default=hurdle)
    lowest = min((*(y for *_, y, _ in shown), 0.0), default=0.0)
    reach = max((x for _, _, x, _, _ in shown), default=0.01) or 0.01
    room = (highest - lowest) * 0.35 or 0.05
    figure.add_hline(y=hurdle, line={"color": colours.ghost, "dash": "dot", "width": 1})
    figure.add_annotation(
        x=1, xref="paper", y=hurdle, text=inert(say("bubbles.hurdle", language, value=percent(hurdle, 0))),
        showarrow=False, xanchor="right", yanchor="bottom", font={"color": colours.muted},
    )  # fmt: skip
    figure.update_xaxes(
        title=inert(say("bubbles.x", language), 80),
        tickformat=".1%",
        range=[-reach * 0.25, reach * 1.35],
        zeroline=False,
    )
    figure.update_yaxes(
        title=inert(say("bubbles.y_raroc", language)),
        tickformat=".0%",
        range=[lowest - room * 0.6, highest + room],
    )
    table = pd.DataFrame(
        {
            say("holds.tier", language): [name for name, *_ in shown],
            say("bubbles.x", language): [percent(rate) for _, _, rate, _, _ in shown],
            say("bubbles.y_raroc", language): [percent(earned) for _, _, _, earned, _ in shown],
        }
    )
    names = ("、" if language == "zh" else ", ").join(name for name, *_ in shown) or "–"
    best = max(shown, key=lambda point: point[3] or 0.0)[0] if shown else "–"
    return Chart(figure, say("bubbles.alt", language, names=names, best=best), table)
