"""Value: what the score is made of, its frozen scale, and what other weights would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from reports import html
from reports.boards import tier_name
from reports.escape import spreadsheet
from reports.formats import Language, count, number, percent, unit_label
from reports.returns import move_matrix
from reports.value import knot_rows, reference_note, reference_rows
from reports.words import say

SLIDERS_A_ROW = 4
SHOWN = 100
TIER_NAMES = ("Strategic", "Core", "Ordinary", "Work-out")


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    reference = scored.model.reference
    parts = ", ".join(say(f"value.{name}", language) for name in reference.components)
    sentence = (
        say("value_page.answer", language, n=count(reference.customers), components=parts)
        if parts
        else say("value_page.none", language)
    )
    cards.heading(say("value_page.title", language), sentence)
    if not reference.inputs:
        cards.card(say("value_page.bring", language), say("value_page.bring_what", language), key="bring")
        if st.button(say("action.to_portfolios", language), key="to-portfolios"):
            st.switch_page(state.page("portfolios"))
        return
    with errors.shown():
        if state.selection():
            # One scale for all: a baseline taken from a part would be called the snapshot's.
            cards.card(say("weights.title", language), say("weights.filtered", language), key="weights")
        else:
            _weights(scored, language)
            _trial(scored, language)
        _reference(scored, language)


def _weights(scored: pipeline.Scored, language: Language) -> None:
    """Sliders for the parts and their inputs; a trial is worked out only when asked for."""
    now = pipeline.weights_of(scored.model.reference)
    key = scored.scored_id[:12]
    with cards.card(say("weights.title", language), say("weights.subtitle", language), key="weights"):
        components = _sliders("weight", now.components, key, language)
        with st.expander(say("weights.inputs", language)):
            inputs = _sliders("input", now.inputs, key, language)
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            _coverage_gate(language)
        anew = right.checkbox(
            say("weights.rebaseline", language), key=f"w_rebaseline_{key}", help=say("weights.rebaseline_help", language)
        )  # fmt: skip
        asked = pipeline.ValueWeights(components, inputs)
        if st.button(say("weights.try", language), type="primary", key="try-weights"):
            policy = state.draft(pipeline.policy_in_force(state.house()))
            with st.spinner(say("work.summing", language)):
                trial = pipeline.try_weights(
                    state.house(), scored, asked, policy, state.person(), rebaseline=anew
                )
            state.keep(f"trial_{key}", trial)


def _sliders(kind: str, weights: Mapping[str, float], key: str, language: Language) -> dict[str, float]:
    """A slider a weight, four in a row."""
    columns = st.columns(SLIDERS_A_ROW)
    return {
        name: columns[place % SLIDERS_A_ROW].slider(
            say(f"value.{name}", language), 0.0, 4.0, float(min(weight, 4.0)), 0.25, key=f"w_{kind}_{name}_{key}"
        )
        for place, (name, weight) in enumerate(weights.items())
    }  # fmt: skip


def _coverage_gate(language: Language) -> None:
    """The share of the score's weight that must be known for Strategic: a field of the draft policy."""
    policy = state.draft(pipeline.policy_in_force(state.house()))
    state.seed_widget("w_coverage_gate", round(policy.coverage_gate * 100))

    def moved() -> None:
        now = state.draft(policy)
        state.set_draft(replace(now, coverage_gate=float(state.widget("w_coverage_gate")) / 100))

    st.slider(
        say("weights.gate", language), 0, 100, step=5, key="w_coverage_gate", on_change=moved,
        help=say("weights.gate_help", language),
    )  # fmt: skip


def _trial(scored: pipeline.Scored, language: Language) -> None:
    """Who would move under the proposal, and the button that puts it in force."""
    key = f"trial_{scored.scored_id[:12]}"
    trial = state.kept(key)
    if trial is None:
        return
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
        if not trial.movers.empty:
            _movers(scored, trial.movers, language)
        if trial.reference == scored.model.reference:
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
            column_config={exposure: st.column_config.NumberColumn(format="localized")},
        )  # fmt: skip
        st.download_button(
            say("limits.download", language), data=pipeline.inert_csv(movers, spreadsheet), file_name="movers.csv",
            mime="text/csv", on_click="ignore", key="movers-csv",
        )  # fmt: skip


def _reference(scored: pipeline.Scored, language: Language) -> None:
    """Baseline, age, coverage, drift and knots."""
    policy = state.draft(pipeline.policy_in_force(state.house()))
    picture = state.once(
        ("reference", scored.scored_id, policy.coverage_gate),
        lambda: pipeline.reference_picture(state.house(), scored, policy),
    )
    title = say("reference.title", language)
    heads, rows = reference_rows(picture.drifts, language)
    note = reference_note(picture.reference, picture.baseline, scored.snapshot, language)
    with cards.card(title, note, html.table(heads, rows, state.theme(), caption=title), key="reference"):
        cards.quiet(
            say(
                "reference.coverage", language, share=percent(picture.coverage, 0), n=picture.barred,
                gate=percent(policy.coverage_gate, 0),
            )
        )  # fmt: skip
        heads, rows = knot_rows(picture.reference, language)
        cards.folded(say("reference.knots", language), html.table(heads, rows, state.theme(), caption=title))
        absent = [
            say("reference.absent_row", language, name=say(f"value.{name}", language), reason=say(f"absent.{reason}", language))
            for name, reason in picture.reference.absent
        ]  # fmt: skip
        if absent:
            cards.quiet(say("reference.absent", language, names=", ".join(absent)))
