"""Every colour and type size of Stratum, light and dark, and the charts' template.

Each colour exists once, here; `.streamlit/config.toml` repeats a few of them
because Streamlit reads them there, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

import plotly.graph_objects as go

Theme = Literal["light", "dark"]

TIERS = ("Strategic", "Core", "Ordinary", "Work-out")
"""Tiers in the order they are shown."""

RISK_BOUNDS = (0.005, 0.015, 0.04, 0.10)
"""Upper bounds of the first four risk bands, as 12-month probability of default; the fifth is open."""

RISK_BANDS = ("up_to_0_5", "up_to_1_5", "up_to_4", "up_to_10", "above_10", "unknown")
"""Keys of the risk bands, lightest risk first; words say them."""

FONT = "Source Sans, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
"""One family; the Chinese faces stand behind it because it has no Chinese glyphs."""

SIZE_TITLE, SIZE_BODY, SIZE_SMALL = 27, 15, 13
"""The only three type sizes, in pixels."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme.

    Attributes
    ----------
    ink, muted, line, ground, card : str
        Text, quiet text, hairlines, page and card.
    wash : str
        Ground of the answer box and of a marked row.
    accent, on_accent : str
        The one accent, and text on it.
    good, bad : str
        What a change means, never its direction.
    bar, ghost : str
        Bars that carry no meaning by colour; the line of the policy in force.
    tiers, tier_text : mapping
        Tier to its colour, and to the shade of the same hue that can be read as text.
    risk : tuple of str
        The five risk bands from little to much, then unknown; the riskier, the
        further from the ground.
    segments : tuple of str
        Twelve colours that stay apart for colour-blind eyes.
    """

    ink: str
    muted: str
    line: str
    ground: str
    card: str
    wash: str
    accent: str
    on_accent: str
    good: str
    bad: str
    bar: str
    ghost: str
    tiers: Mapping[str, str]
    tier_text: Mapping[str, str]
    risk: tuple[str, ...]
    segments: tuple[str, ...]

    def segment(self, number: int) -> str:
        """Colour of segment 1, 2, …; after the twelfth they begin again.

        Examples
        --------
        >>> palette("light").segment(1)
        '#0B5D8A'
        """
        return self.segments[(number - 1) % len(self.segments)]


def _by_tier(*colours: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(TIERS, colours, strict=True)))


_PALETTES: Mapping[Theme, Palette] = MappingProxyType(
    {
        "light": Palette(
            ink="#1C2126", muted="#5C656F", line="#E3E5E2", ground="#FBFBF9", card="#FFFFFF", wash="#F4F8FB",
            accent="#0B5D8A", on_accent="#FFFFFF", good="#0B5D8A", bad="#B4571B",
            bar="#3A7A97", ghost="#8B939B",
            tiers=_by_tier("#0B5D8A", "#D08A00", "#7B818A", "#A63A26"),
            tier_text=_by_tier("#0B5D8A", "#8F5F00", "#666C75", "#A63A26"),
            risk=("#DCE7ED", "#A9C6D4", "#6FA3BA", "#3A7A97", "#154A66", "#D5D5D1"),
            segments=("#0B5D8A", "#D08A00", "#59BC4E", "#C46CDA", "#835221", "#7AABB8", "#3131C4", "#2D4224",
                      "#BF9E88", "#5D3254", "#4B66D2", "#218365"),
        ),
        "dark": Palette(
            ink="#E8EAEC", muted="#A3ACB5", line="#2F373E", ground="#14181C", card="#1B2126", wash="#1D2B36",
            accent="#63B3DE", on_accent="#0E1418", good="#63B3DE", bad="#E89B62",
            bar="#5F9DB8", ghost="#7C858E",
            tiers=_by_tier("#4FA3D1", "#E3A52E", "#9BA1AA", "#DE7462"),
            tier_text=_by_tier("#4FA3D1", "#E3A52E", "#9BA1AA", "#DE7462"),
            risk=("#24404F", "#35647C", "#5590AC", "#86B9CF", "#CBE4EF", "#4A4F54"),
            segments=("#5AA9D6", "#E3A52E", "#59C06D", "#BD8490", "#8F6F24", "#78DDDD", "#7147D1", "#3E7444",
                      "#E1DEC7", "#9F3C81", "#5D5DA8", "#E1E189"),
        ),
    }
)  # fmt: skip


def palette(theme: Theme) -> Palette:
    """Give the colours of a theme.

    Examples
    --------
    >>> palette("light").tiers["Core"]
    '#D08A00'
    """
    return _PALETTES[theme]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.

    Examples
    --------
    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((lighter + 0.05) / (darker + 0.05), 2)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def template(theme: Theme) -> go.layout.Template:
    """Make the charts' template: one family, transparent ground, no gridlines.

    Examples
    --------
    >>> template("dark").layout.font.color
    '#E8EAEC'
    """
    colours = palette(theme)
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"color": colours.muted, "size": SIZE_SMALL},
        "title": {"font": {"color": colours.muted, "size": SIZE_SMALL}},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": SIZE_SMALL, "color": colours.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(colours.segments),
            "margin": {"l": 4, "r": 4, "t": 8, "b": 4},
            "xaxis": axis,
            "yaxis": axis,
            "showlegend": False,
            "dragmode": False,
            "bargap": 0.45,
            "hoverlabel": {
                "bgcolor": colours.card,
                "bordercolor": colours.line,
                "font": {"family": FONT, "color": colours.ink, "size": SIZE_SMALL},
                "align": "left",
            },
        }
    )
