"""Waterfalls and tornados: how one figure becomes another, and what moves it most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import plotly.graph_objects as go

from reports.charts.parts import Chart, blank
from reports.escape import plain
from reports.escape import plotly as inert
from reports.theme import Palette, Theme, palette

NARROW = 16
"""Letters of a line of a label."""
NARROW_CHINESE = 8
ROW = 34
"""Pixels a bar takes."""
ROOM = 0.28
"""Share of the width kept for the text right of the longest bar."""


def waterfall(
    start: tuple[str, float],
    steps: Sequence[tuple[str, float]],
    end: tuple[str, float],
    *,
    write: Callable[[float], str],
    write_step: Callable[[float], str],
    good_up: bool,
    alternative: str,
    heads: tuple[str, str],
    theme: Theme,
) -> Chart:
    """Draw the way from one amount to another; names may be hostile text.

    Parameters
    ----------
    start, end : (str, float)
        Whole bars at both ends; a start of nothing is left out when its name is empty.
    steps : sequence of (str, float)
        What is added or taken on the way.
    write, write_step : callable
        Number to text, of a whole and of a step.
    good_up : bool
        Whether a rise is good.
    alternative : str
        One line for those who can't see it.
    heads : (str, str)
        Heads of the table's columns.
    """
    colours = palette(theme)
    whole_first = [start] if start[0] else []
    names = [name for name, _ in (*whole_first, *steps, end)]
    figure = blank(theme, 56 + ROW * len(names))
    base, lengths, shades, labels = [], [], [], []
    level = 0.0
    for _, amount in whole_first:
        base.append(0.0)
        lengths.append(amount)
        shades.append(colours.bar)
        labels.append(write(amount))
        level = amount
    for _, amount in steps:
        base.append(level)
        lengths.append(amount)
        shades.append(_shade(amount, good_up, colours))
        labels.append(write_step(amount))
        level += amount
    base.append(0.0)
    lengths.append(end[1])
    shades.append(colours.accent)
    labels.append(write(end[1]))
    places = list(range(len(names)))
    figure.add_bar(
        y=places,
        x=lengths,
        base=base,
        orientation="h",
        marker={"color": shades},
        hoverinfo="skip",
        width=0.62,
    )
    levels = [low + length for low, length in zip(base, lengths, strict=True)]
    ends = [max(low, high) for low, high in zip(base, levels, strict=True)]
    # A text of its own right of each bar: beside a bar that runs to the left plotly would write left of it.
    figure.add_scatter(
        y=places, x=ends, mode="text", text=[f" {inert(label)}" for label in labels], textposition="middle right",
        hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    for place in places[:-1]:
        figure.add_shape(
            type="line", y0=place + 0.31, y1=place + 0.69, x0=levels[place], x1=levels[place],
            line={"color": colours.muted, "width": 1},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=places, ticktext=[_broken(name) for name in names], autorange="reversed",
        tickfont={"color": colours.ink, "size": 12},
    )  # fmt: skip
    lowest, highest = min([*base, *levels, 0.0]), max([*ends, 0.0])
    # A tall start would flatten the steps: the axis then begins near them, and says so.
    span = _range(whole_first, steps, end, lowest, highest)
    figure.update_xaxes(visible=False, range=span)
    if span[0] > 0:
        figure.update_layout(margin_t=26)
        figure.add_annotation(
            x=0, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor="left", showarrow=False,
            text=inert(f"← {write(0.0)} … | {write(span[0])}"), font={"size": 11, "color": colours.muted},
        )  # fmt: skip
    table = pd.DataFrame({heads[0]: [plain(name, 60) for name in names], heads[1]: labels})
    return Chart(figure, alternative, table)


def _range(
    whole: Sequence[tuple[str, float]],
    steps: Sequence[tuple[str, float]],
    end: tuple[str, float],
    lowest: float,
    highest: float,
) -> list[float]:
    """Begin at nothing, unless two large wholes differ by little: then near the smaller."""
    spread = highest - lowest or 1.0
    if not whole or min(whole[0][1], end[1]) <= 0:
        return [lowest - 0.02 * spread, highest + ROOM * spread]
    levels, level = [whole[0][1], end[1]], whole[0][1]
    for _, amount in steps:
        level += amount
        levels.append(level)
    low, high = min(levels), max(levels)
    if low > 0 and (high - low) < 0.25 * high:
        room = (high - low) or high * 0.1
        return [low - 0.6 * room, high + 1.6 * ROOM * room]
    return [lowest - 0.02 * spread, highest + ROOM * spread]


def _shade(amount: float, good_up: bool, colours: Palette) -> str:
    if amount == 0:
        return colours.ghost
    return colours.good if (amount > 0) == good_up else colours.bad


def _broken(name: str) -> str:
    """Break a long label over lines: between words, or Chinese after so many characters."""
    text = inert(name, 40)
    if " " not in text and any(ord(letter) > 0x2E80 for letter in text):
        return "<br>".join(text[at : at + NARROW_CHINESE] for at in range(0, len(text), NARROW_CHINESE))
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) + 1 > NARROW:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines[:3])


def tornado(
    rows: Sequence[tuple[str, float, float]],
    *,
    write: Callable[[float], str],
    alternative: str,
    heads: tuple[str, str, str],
    theme: Theme,
) -> Chart:
    """Draw what each assumption does to a ratio when it is lower and when it is higher, widest first.

    Parameters
    ----------
    rows : sequence of (str, float, float)
        Name, change when lower, change when higher.
    write : callable
        Change to text.
    alternative : str
        One line for those who can't see it.
    heads : (str, str, str)
        Name, lower, higher.
    """
    colours = palette(theme)
    figure = blank(theme, 70 + 34 * max(len(rows), 1))
    places = list(range(len(rows)))
    for at, colour, name in ((1, colours.ghost, heads[1]), (2, colours.accent, heads[2])):
        figure.add_bar(
            x=[row[at] for row in rows], y=places, orientation="h", marker={"color": colour}, name=inert(name),
            text=[inert(write(float(row[at]))) for row in rows], textposition="outside", cliponaxis=False,
            hoverinfo="skip", width=0.38, offset=-0.4 if at == 1 else 0.02,
        )  # fmt: skip
    widest = max([abs(value) for row in rows for value in row[1:]] + [1e-9])
    figure.update_xaxes(visible=False, range=[-widest * 1.45, widest * 1.45])
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    figure.update_yaxes(
        tickvals=places, ticktext=[_broken(name) for name, _, _ in rows], autorange="reversed",
        tickfont={"color": colours.ink, "size": 11},
    )  # fmt: skip
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "x": 0, "yanchor": "bottom"},
        barmode="overlay",
    )
    table = pd.DataFrame(
        {
            heads[0]: [plain(name, 80) for name, _, _ in rows],
            heads[1]: [write(low) for _, low, _ in rows],
            heads[2]: [write(high) for _, _, high in rows],
        }
    )
    return Chart(figure, alternative, table)


def figure_of_lines(
    lines: Sequence[tuple[str, Sequence[float], Sequence[float]]], axes: tuple[str, str], theme: Theme
) -> go.Figure:
    """Draw named lines of shares against shares, the first in the accent, others quiet."""
    colours = palette(theme)
    figure = blank(theme, 280)
    for place, (name, across, up) in enumerate(lines):
        figure.add_scatter(
            x=list(across), y=list(up), mode="lines", name=inert(name),
            line={"color": colours.accent if place == 0 else colours.ghost, "width": 2.5 if place == 0 else 1.5,
                  "dash": "solid" if place == 0 else "dot"},
            hovertemplate="%{x:.0%} → %{y:.0%}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title=inert(axes[0]), tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title=inert(axes[1]), tickformat=".0%", range=[0, 1.02])
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "x": 0, "yanchor": "bottom"})
    return figure
