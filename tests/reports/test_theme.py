"""Colours can be read, told apart by colour-blind eyes, and stand once."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from reports.theme import contrast, palette

Theme = Literal["light", "dark"]
THEMES: list[Theme] = ["light", "dark"]
CONFIG = tomllib.loads(
    (Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)

# Machado, Oliveira & Fernandes (2009), deuteranopia, severity 1.0, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_ground(theme: Theme) -> None:
    colours = palette(theme)
    texts = [
        colours.ink,
        colours.muted,
        colours.good,
        colours.bad,
        colours.accent,
        *colours.tier_text.values(),
    ]
    for text, ground in itertools.product(texts, (colours.ground, colours.card, colours.wash)):
        assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(colours.on_accent, colours.accent) >= 4.5


def test_tiers_have_the_house_s_colours() -> None:
    assert list(palette("light").tiers.values()) == ["#0B5D8A", "#D08A00", "#7B818A", "#A63A26"]


def seen(colour: str) -> np.ndarray:
    """CIELAB of a colour as deuteranopic eyes see it."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(DEUTERANOPIA @ linear, 0, 1)
    xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = (xyz @ linear) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
def test_tiers_and_the_first_segments_stay_apart_for_colour_blind_eyes(theme: Theme) -> None:
    colours = palette(theme)
    for group in (list(colours.tiers.values()), list(colours.segments[:6])):
        for one, other in itertools.combinations(group, 2):
            assert np.linalg.norm(seen(one) - seen(other)) > 8, (one, other)


@pytest.mark.parametrize("theme", THEMES)
def test_risk_goes_one_way_from_light_to_dark(theme: Theme) -> None:
    colours = palette(theme)
    steps = [contrast(shade, colours.ground) for shade in colours.risk[:5]]
    assert steps == sorted(steps)


@pytest.mark.parametrize("theme", THEMES)
def test_the_server_s_theme_repeats_the_palette(theme: Theme) -> None:
    colours, written = palette(theme), CONFIG["theme"][theme]
    assert (written["primaryColor"], written["backgroundColor"], written["textColor"]) == (
        colours.accent, colours.ground, colours.ink,
    )  # fmt: skip
