"""Clicks on the mark of a figure: they lead to its assumptions without loading the page anew.

A listener that shows nothing. A plain link would begin another visit and lose what is tried but not
yet kept; where scripts are off it still does its work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts import state
from reports.marks import keys_from

HERE = Path(__file__).resolve().parent
KEY = "links-listener"


def followed() -> bool:
    """Listen, and say whether a visitor has just asked about assumptions: `state.about` knows which."""
    component = st.components.v2.component(
        "stratum_links",
        html="<span hidden></span>",
        js=(HERE / "links.mjs").read_text(encoding="utf-8"),
    )
    with st.container(key="links"):
        component(key=KEY, on_about_change=_ask)
    is_asked = bool(state.kept("following", False))
    state.forget("following")
    return is_asked


def _ask() -> None:
    sent: Any = getattr(state.widget(KEY), "about", None)  # Any: from a browser
    if isinstance(sent, dict):
        state.ask_about(keys_from(sent.get("keys")))
        state.keep("following", True)
