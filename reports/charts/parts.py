"""What every chart is: a figure, one line for those who can't see it, and its table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from reports.theme import Theme, template


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart without its title, which stands in the card's head.

    Attributes
    ----------
    figure : plotly Figure
        What is drawn; texts from data are escaped in it.
    alternative : str
        One line that says what is to be seen; plain text.
    table : pandas.DataFrame
        The figures behind it, already formatted; plain text.
    """

    figure: go.Figure
    alternative: str
    table: pd.DataFrame


def blank(theme: Theme, height: int) -> go.Figure:
    """Make an empty figure in the house's look, `height` pixels high."""
    figure = go.Figure()
    figure.update_layout(template=template(theme), height=height)
    return figure
