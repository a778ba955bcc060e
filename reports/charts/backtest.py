"""Charts of the back-test: a figure of each tier with its interval, over the band of random tiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
from plotly.graph_objects import Figure

from reports.backtest import net_text, rate_text
from reports.boards import tier_name
from reports.charts.parts import Chart, blank
from reports.escape import plotly as inert
from reports.formats import Language, percent, signed
from reports.theme import SIZE_SMALL, Theme, palette
from reports.words import say
from segmentation.backtest import TierOutcome
from segmentation.scorecard.statistics import Interval

Measure = Literal["rate", "net"]
Side = Literal["left", "center", "right"]
Upright = Literal["top", "middle"]
LEAST_SPAN = 0.0005
"""The axis reaches so far at least, a fraction."""
FIELDS = {"rate": "default_rate", "net": "net_rate"}


def tier_intervals(
    tiers: Sequence[TierOutcome],
    random: Sequence[TierOutcome],
    measure: Measure,
    *,
    theme: Theme,
    language: Language,
) -> Chart:
    """Draw each tier's figure as a point on its interval, over the band of random tiers of its size.

    Parameters
    ----------
    tiers, random : sequence of TierOutcome
        As set and as drawn, best first.
    measure : {'rate', 'net'}
        Default rate, or net result per unit lent.
    """
    colours, figure = palette(theme), blank(theme, 235)
    write = rate_text if measure == "rate" else net_text
    shown: list[tuple[str, Interval, Interval]] = []
    rows = []
    for place, (tier, drawn) in enumerate(zip(tiers, random, strict=True)):
        name, own, chance = (
            tier_name(tier.tier, language),
            getattr(tier, FIELDS[measure]),
            getattr(drawn, FIELDS[measure]),
        )
        rows.append([name, write(own), write(chance)])
        if own is None or chance is None:
            _note(figure, 0.0, place, say("missing.nobody", language), colours.muted, "middle", "left")
            continue
        shown.append((name, own, chance))
        figure.add_shape(
            type="rect", x0=chance.low, x1=chance.high, y0=place - 0.32, y1=place + 0.32, line={"width": 0},
            fillcolor=colours.ghost, opacity=0.28, layer="below",
        )  # fmt: skip
        figure.add_scatter(
            x=[own.value], y=[place], mode="markers+text", showlegend=False,
            marker={"color": colours.tiers[tier.tier], "size": 11},
            error_x={"type": "data", "symmetric": False, "array": [own.high - own.value],
                     "arrayminus": [own.value - own.low], "color": colours.tiers[tier.tier], "thickness": 2, "width": 5},
            text=[percent(own.value) if measure == "rate" else signed(own.value * 100, 2) + "\u202f%"],
            textposition="top center", textfont={"color": colours.tier_text[tier.tier], "size": SIZE_SMALL},
            hovertemplate=f"{inert(name)}: {inert(write(own))}<extra></extra>", cliponaxis=False,
        )  # fmt: skip
    ends = [bound for _, own, chance in shown for bound in (own.low, own.high, chance.low, chance.high)]
    low, high = min([*ends, 0.0]), max([*ends, LEAST_SPAN])
    room = (high - low) * 0.08
    if shown:
        # Below the last band, where no tier's figure can stand.
        _, _, chance = shown[-1]
        middle = (chance.low + chance.high) / 2
        side: Side = (
            "center"
            if low + 2 * room < middle < high - 2 * room
            else "left"
            if middle <= low + 2 * room
            else "right"
        )
        at = {"center": middle, "left": chance.low, "right": chance.high}[side]
        place = [tier_name(tier.tier, language) for tier in tiers].index(shown[-1][0])
        _note(figure, at, place + 0.32, say("outcome.random", language), colours.muted, "top", side)
    figure.update_xaxes(
        range=[low - room, high + room], tickformat=".0%" if high - low > 0.05 else ".1%" if high - low > 0.005 else ".2%",
        zeroline=low < 0, zerolinecolor=colours.ghost, showgrid=False, nticks=6,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(tiers))), ticktext=[inert(tier_name(tier.tier, language)) for tier in tiers],
        range=[len(tiers) - 0.3, -0.75], showgrid=False, zeroline=False,
    )  # fmt: skip
    figure.update_layout(margin={"l": 8, "r": 16, "t": 6, "b": 30})
    parts = ("；" if language == "zh" else "; ").join(f"{name} {write(own)}" for name, own, _ in shown)
    heads = [say("outcome.column.tier", language), say(f"outcome.column.{'rate' if measure == 'rate' else 'net_rate'}", language),
             say("outcome.random", language)]  # fmt: skip
    table = pd.DataFrame(rows, columns=heads)
    return Chart(figure, say(f"outcome.{measure}_alt", language, parts=parts or "–"), table)


def _note(figure: Figure, x: float, y: float, text: str, colour: str, upright: Upright, side: Side) -> None:
    """Write a quiet word into the chart."""
    figure.add_annotation(
        x=x, y=y, text=inert(text), showarrow=False, xanchor=side, yanchor=upright,
        font={"color": colour, "size": SIZE_SMALL},
    )  # fmt: skip
