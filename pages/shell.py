"""The script Streamlit runs: menu, context bar, then the page."""

from __future__ import annotations

import sys
from pathlib import Path

# The rooms import each other from the repository's root, wherever the server was started.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import streamlit as st  # noqa: E402  (after the path is set)

from pages.data import assumptions, policies, portfolios  # noqa: E402
from pages.decide import (  # noqa: E402
    acquisition,
    applicants,
    limits,
    movers,
    proposals,
    returns,
    risk,
    robustness,
    scorecard,
    tiers,
)
from pages.overview import overview  # noqa: E402
from pages.parts import cards, context, errors, state  # noqa: E402
from pages.parts.links import links  # noqa: E402
from pages.understand import customers, segments, value  # noqa: E402
from pages.watch import backtest, changes, stability  # noqa: E402
from reports.words import say  # noqa: E402

PAGES = {
    "overview": overview,
    "segments": segments,
    "customers": customers,
    "value": value,
    "tiers": tiers,
    "movers": movers,
    "proposals": proposals,
    "robustness": robustness,
    "risk": risk,
    "scorecard": scorecard,
    "returns": returns,
    "limits": limits,
    "acquisition": acquisition,
    "applicants": applicants,
    "changes": changes,
    "stability": stability,
    "backtest": backtest,
    "portfolios": portfolios,
    "policies": policies,
    "assumptions": assumptions,
}
MENU = {
    "": ("overview",),
    "understand": ("segments", "customers", "value"),
    "decide": (
        "tiers",
        "movers",
        "proposals",
        "robustness",
        "applicants",
        "limits",
        "returns",
        "risk",
        "scorecard",
        "acquisition",
    ),
    "watch": ("changes", "stability", "backtest"),
    "data": ("portfolios", "policies", "assumptions"),
}
# Sections of the menu, in the order of the work; only those of which something exists.


def show() -> None:
    """Lay out every page's frame and show the page inside it."""
    st.set_page_config(page_title=say("app.name", "en"), layout="wide", initial_sidebar_state="auto")
    state.begin_run()
    language = state.language()
    pages = {
        name: st.Page(
            module.show, title=say(f"menu.{name}", language), url_path=name, default=name == "overview"
        )
        for name, module in PAGES.items()
    }
    for name, entry in pages.items():
        state.remember_page(name, entry)
    page = st.navigation(
        {
            say(f"menu.{section}", language) if section else "": [pages[name] for name in names]
            for section, names in MENU.items()
        },
        expanded=True,
    )
    cards.styles()
    if links.followed():
        st.switch_page(pages["assumptions"])
    if page.url_path != "assumptions":
        state.ask_about(())
    st.logo(str(Path(ROOT) / "pages" / "parts" / "wordmark.svg"), size="large")
    with errors.shown():
        context.show()
        page.run()
    state.write_address(with_policy=page.url_path == "tiers", with_about=page.url_path == "assumptions")


show()
