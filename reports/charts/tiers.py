"""Charts of the tiers: where the lines fall, and whether the return pays for the risk."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.charts.parts import Chart, blank
from reports.escape import plotly as inert
from reports.formats import Language, percent
from reports.theme import Theme, palette
from reports.words import say

BANDS = ("up_to_0_5", "up_to_1_5", "up_to_4", "up_to_10", "above_10", "unknown")
"""Risk bands from little to much, then unknown: columns of the histogram."""


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
    top = max((y for *_, y, _ in shown), default=0.0)
    for name, tier, rate, earned, exposure in shown:
        # Names of bubbles close together keep apart: the best one's above, the others' below.
        side = "top center" if earned == top else "bottom center"
        figure.add_scatter(
            x=[rate], y=[earned], mode="markers+text", text=[inert(name)], textposition=side,
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
