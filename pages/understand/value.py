"""Value: what the score is made of, its frozen scale, and what other weights would change."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from pages.understand import value_trial, value_weights
from reports import html
from reports.formats import Language, count, percent
from reports.value import LIST_JOIN, knot_rows, reference_note, reference_rows
from reports.words import say


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    reference = scored.model.reference
    parts = LIST_JOIN[language].join(say(f"value.{name}", language) for name in reference.components)
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
            value_weights.show(scored, language)
            value_trial.show(scored, language)
        _reference(scored, language)


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
        own = picture.reference.baseline == scored.snapshot.snapshot_id
        absent = [
            say(
                "reference.absent_row", language, name=say(f"value.{name}", language),
                reason=say(f"absent.{reason}" if own else f"absent.{reason}_then", language),
            )
            for name, reason in picture.reference.absent
        ]  # fmt: skip
        if absent:
            cards.quiet(say("reference.absent", language, names=LIST_JOIN[language].join(absent)))
