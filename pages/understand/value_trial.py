"""Who would move under other weights or directions, and the button that puts them in force."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, context, state
from reports import html
from reports.boards import tier_name
from reports.escape import spreadsheet
from reports.formats import Language, number, unit_label
from reports.returns import move_matrix
from reports.value import turned_text
from reports.words import say

SHOWN = 100
TIER_NAMES = ("Strategic", "Core", "Ordinary", "Work-out")


def show(scored: pipeline.Scored, language: Language) -> None:
    """Who would move under the proposal, and the button that puts it in force."""
    key = f"trial_{scored.scored_id[:12]}"
    kept = state.kept(key)
    if kept is None:
        return
    asked, trial = kept
    title = say("trial.title", language)
    answer = say(
        "trial.answer",
        language,
        n=trial.moved,
        before=number(trial.mean_before, 1),
        after=number(trial.mean_after, 1),
    )
    names = [tier_name(name, language) for name in TIER_NAMES]
    heads, rows = move_matrix(trial.moves, names, language)
    body = html.table(heads, rows, state.theme(), caption=title)
    with cards.card(title, answer, body, key="trial"):
        cards.quiet(say("trial.subtitle", language))
        turned = turned_text(
            pipeline.turned(scored.model.reference, trial.reference), trial.reference, language
        )
        if turned:
            cards.quiet(say("trial.turned", language, names=turned))
        if not trial.movers.empty:
            _movers(scored, trial.movers, language)
        if asked != state.kept(f"asked_{scored.scored_id[:12]}"):
            cards.quiet(say("trial.stale", language))
        elif trial.reference == scored.model.reference:
            cards.quiet(say("weights.same", language))
        elif not state.person().may("edit_policy"):
            cards.quiet(say("weights.not_allowed", language))
        elif st.button(say("weights.use", language), key="use-weights"):
            with st.spinner(say("work.opening", language), show_time=True):
                pipeline.use_reference(state.house(), scored, trial.reference, state.person())
            state.forget(key)
            st.toast(say("weights.used", language))
            st.rerun()


def _movers(scored: pipeline.Scored, movers: pd.DataFrame, language: Language) -> None:
    """Who would change tier, by name, and the list as a file."""
    unit = context.unit_for(float(movers["exposure_at_default"].max()), language)
    unit_text = unit_label(scored.snapshot.currency, unit, language) or say("bar.no_currency", language)
    listed = movers.head(SHOWN)
    exposure = f"{say('slice.exposure', language)} · {unit_text}"
    table = pd.DataFrame(
        {
            say("customers.name", language): cards.names_of(listed, language),
            say("trial.was", language): [tier_name(tier, language) for tier in listed["was"]],
            say("trial.then", language): [tier_name(tier, language) for tier in listed["tier"]],
            say("trial.score_was", language): listed["score_was"].round(1),
            say("trial.score_then", language): listed["value_score"].round(1),
            exposure: (listed["exposure_at_default"] / unit.scale).round(2),
        }
    )
    with st.expander(say("trial.list", language, n=len(listed))):
        st.dataframe(
            table, hide_index=True, height=min(38 + 35 * len(listed), 330),
            column_config={exposure: st.column_config.NumberColumn(format="accounting")},
        )  # fmt: skip
        st.download_button(
            say("limits.download", language), data=pipeline.inert_csv(movers, spreadsheet), file_name="movers.csv",
            mime="text/csv", on_click="ignore", key="movers-csv",
        )  # fmt: skip
