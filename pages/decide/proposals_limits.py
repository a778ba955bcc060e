"""Limits of a search on the Proposals page: a field each, kept for the visit."""

from __future__ import annotations

import math

import streamlit as st

import pipeline
from pages.parts import state
from reports.formats import Language, MoneyUnit, unit_label
from reports.proposals import amount_text, decimals_of
from reports.words import say

LIMITS = ("expected_loss", "capital", "exposure", "moved")
MOVED_SHARE = 10
"""A first limit on customers moved: one in so many."""


def kept(scored: pipeline.Scored, today: dict[str, int]) -> dict[str, int]:
    """Limits of this visit; at first today's loss and capital, and a tenth of the customers."""
    key = f"proposal_limits_{scored.scored_id}"
    found: dict[str, int] | None = state.kept(key)
    if found is None:
        found = {name: max(0, today[name]) for name in ("expected_loss", "capital")}
        found["moved"] = scored.facts.customers // MOVED_SHARE
        state.keep(key, found)
    return dict(found)


def show(
    scored: pipeline.Scored,
    today: dict[str, int],
    limits: dict[str, int],
    unit: MoneyUnit,
    language: Language,
) -> None:
    """A field a limit, in the unit of the page; empty for none."""
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    for name in LIMITS:
        is_money = name != "moved"
        scale = 100 * unit.scale if is_money else 1.0
        key = f"w_most_{name}_{scored.scored_id[:12]}_{scale:.0f}"
        if name in limits:
            state.seed_widget(key, limits[name] / scale)

        def moved(name: str = name, key: str = key, scale: float = scale) -> None:
            changed = kept(scored, today)
            changed.pop(name, None)
            asked = state.widget(key)
            if asked is not None:
                changed[name] = int(float(asked) * scale + 0.5)
            state.keep(f"proposal_limits_{scored.scored_id}", changed)

        label = say(f"proposals.limit.{name}", language)
        amount = amount_text(name, today[name], unit, language)
        st.number_input(
            f"{label} · {unit_text}" if is_money and unit_text else label,
            min_value=0.0, value=None, step=_step(today[name] / scale) if is_money else 1.0,
            format=f"%.{decimals_of(today[name], unit)}f" if is_money else "%.0f", key=key, on_change=moved,
            help=say("proposals.limit.today", language, amount=amount)
            if is_money else say("proposals.limit.moved_help", language),
        )  # fmt: skip


def _step(amount: float) -> float:
    """A handy step of a field: the power of ten next to one percent of what it holds today."""
    return float(10.0 ** round(math.log10(max(abs(amount), 1e-2) / 100)))
