"""Stability: how often tiers flip from snapshot to snapshot, and what makes them sticky."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from reports.charts.stability import flips_chart
from reports.formats import Language, count, day
from reports.movers import flip_rows
from reports.words import say
from segmentation.policy import Policy

FIELDS = (
    # field, least, most, step, factor from what is stored to what is shown
    ("exit_steps", "stability.exit_value", "", 0.0, 20.0, 0.5, 2),
    ("exit_rungs", "stability.exit_risk", "stability.exit_risk_help", 0.0, 20.0, 1.0, 1),
    ("stay_months", "stability.stay", "stability.stay_help", 0.0, 60.0, 1.0, 1),
)


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    house = state.house()
    draft = state.draft(pipeline.policy_in_force(house))
    with st.spinner(say("work.summing", language), show_time=True):
        found = state.once(
            (
                "flips",
                current.snapshot_id,
                draft.identity,
                state.selection().identity,
                len(pipeline.list_snapshots(house)),
            ),
            lambda: pipeline.flips_over_time(house, current, draft, state.selection()),
        )
    sticky, plain = found["sticky"], found["plain"]
    if sticky:
        sentence = say(
            "stability.answer" if draft.is_sticky else "stability.answer_plain",
            language,
            date=day(pipeline.snapshots_before(house, current)[0].as_of, language),
            plain=count(sum(entry.changes for entry in plain)),
            returns=count(sum(entry.returns for entry in plain)),
            sticky=count(sum(entry.changes for entry in sticky)),
        )
    else:
        sentence = say("stability.none", language)
    cards.heading(say("stability.title", language), sentence)
    with cards.card(
        say("stability.edit", language), say("stability.edit_subtitle", language), key="stability-edit"
    ):
        columns = st.columns(3)
        for column, row in zip(columns, FIELDS, strict=True):
            with column:
                _field(draft, row, language)
    if sticky:
        with cards.card(
            say("stability.chart", language), say("stability.chart_subtitle", language), key="stability-chart"
        ):
            cards.chart(flips_chart(sticky, plain, state.theme(), language), language, key="flips-chart")
            cards.data_table(*flip_rows(sticky, plain, language), caption=say("stability.chart", language))


def _field(draft: Policy, row: tuple[str, str, str, float, float, float, int], language: Language) -> None:
    field, words, hint, least, most, step, factor = row
    key = f"w_{field}"
    state.seed_widget(key, getattr(draft, field) / factor)

    def moved() -> None:
        value = int(float(state.widget(key)) * factor + 0.5)
        state.set_draft(replace(state.draft(draft), **{field: value}))  # type: ignore[arg-type]  # a row of the table above

    st.number_input(
        say(words, language),
        least,
        most,
        step=step,
        key=key,
        on_change=moved,
        format="%.1f" if step < 1 else "%.0f",
        help=say(hint, language) if hint else None,
    )
