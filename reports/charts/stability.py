"""Chart of how many customers change tier from snapshot to snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.charts.parts import Chart, blank
from reports.escape import plotly as inert
from reports.formats import Language, day, percent
from reports.theme import Theme, palette
from reports.words import say
from segmentation.hysteresis import Flips


def flips_chart(sticky: Sequence[Flips], plain: Sequence[Flips], theme: Theme, language: Language) -> Chart:
    """Draw the share of customers who change tier, as the policy is and without its stickiness.

    Parameters
    ----------
    sticky, plain : sequence of Flips
        One a snapshot after the first, the same snapshots in both; at least one.
    theme : {'light', 'dark'}
        Colours.
    language : {'en', 'zh'}
        Words.
    """
    colours = palette(theme)
    figure = blank(theme, 260)
    dates = [inert(day(entry.as_of, language)) for entry in sticky]
    shares = {
        name: [_share(entry) for entry in each] for name, each in (("sticky", sticky), ("plain", plain))
    }
    for name, colour in (("sticky", colours.accent), ("plain", colours.ghost)):
        figure.add_bar(
            x=dates,
            y=shares[name],
            name=inert(say(f"stability.{name}", language)),
            marker={"color": colour},
            text=[percent(share) for share in shares[name]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{text}<extra>%{fullData.name}</extra>",
        )
    top = max((*shares["sticky"], *shares["plain"]), default=0.0) or 0.01
    figure.update_layout(
        barmode="group", bargap=0.45, showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.18}
    )
    figure.update_yaxes(visible=False, range=[0, top * 1.2])
    line = say(
        "stability.alt", language, sticky=percent(shares["sticky"][-1]), plain=percent(shares["plain"][-1])
    )
    table = pd.DataFrame(
        {
            say("stability.date", language): [day(entry.as_of, language) for entry in sticky],
            say("stability.sticky", language): [percent(share) for share in shares["sticky"]],
            say("stability.plain", language): [percent(share) for share in shares["plain"]],
        }
    )
    return Chart(figure, line, table)


def _share(entry: Flips) -> float:
    return entry.changes / entry.customers if entry.customers else 0.0
