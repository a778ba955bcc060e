"""Robustness: how much hangs on each line, on the PD being right, and who gets which tier."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from pages.parts.opened import opened
from reports.charts.proposals import group_chart, tornado
from reports.formats import Language, percent, unit_label
from reports.robustness import CLIFF, group_labels, shift_rows, tornado_rows
from reports.words import say
from reports.words.names import column_label

MEASURES = ("profit", "expected_loss", "capital", "moved")
GOOD = {"profit": 1, "expected_loss": -1, "capital": -1, "moved": 0}


def show() -> None:
    """Lay out the page."""
    page = opened()
    if page is None:
        return
    language, house, scored, policy = page.language, page.house, page.scored, page.draft
    with st.spinner(say("work.summing", language)):
        near, shifts = state.once(
            ("near and shifts", scored.scored_id, policy.identity),
            lambda: (
                pipeline.near_a_line(house, scored, policy),
                pipeline.probability_shifts(house, scored, policy),
            ),
        )
    inside = max(1, shifts[0].customers)
    lower, higher = shifts
    cards.heading(
        say("robust.title", language),
        say(
            "robust.answer", language, near=near, share=percent(near / inside), up=higher.flipped, down=lower.flipped
        ),
    )  # fmt: skip
    if near / inside > CLIFF:
        cards.answer(say("robust.cliff", language, limit=percent(CLIFF, 0)))
    _tornado(scored, policy, language)
    title = say("shift.title", language)
    with cards.card(title, say("shift.subtitle", language), key="shifts"):
        if scored.facts.known_risk:
            heads, rows = shift_rows(shifts, language)
            cards.data_table(heads, rows, caption=title)
        else:
            cards.quiet(say("shift.no_pd", language))
    _groups(scored, policy, language)


@st.fragment
def _tornado(scored: pipeline.Scored, policy: pipeline.Policy, language: Language) -> None:
    """One step of each line, for the measure chosen."""
    unit = context.unit_of(scored, language)
    with cards.card(say("nudge.title", language), say("nudge.subtitle", language), key="tornado"):
        state.seed_widget("w_tornado", MEASURES[0])
        measure = str(
            st.segmented_control(
                say("nudge.by", language), MEASURES,
                format_func=lambda name: say(f"proposals.measure.{name}", language), key="w_tornado", required=True,
            )
        )  # fmt: skip
        found = state.once(
            ("nudges", scored.scored_id, policy.identity),
            lambda: pipeline.policy_nudges(state.house(), scored, policy),
        )
        small, rows = tornado_rows(found, measure, unit, language)
        if not rows:
            cards.quiet(say("nudge.nothing", language))
            return
        unit_text = (
            say("proposals.measure.moved", language)
            if measure == "moved"
            else unit_label(scored.snapshot.currency, small, language)
        )
        drawn = tornado(
            rows, unit_text=unit_text, decimals=0 if measure == "moved" or small.scale <= 1 else 2, good=GOOD[measure], theme=state.theme(),
            language=language,
        )  # fmt: skip
        cards.chart(drawn, language, key="tornado-chart")


@st.fragment
def _groups(scored: pipeline.Scored, policy: pipeline.Policy, language: Language) -> None:
    """Tier shares by group, with intervals."""
    person = state.person()
    with cards.card(say("fair.title", language), say("fair.subtitle", language), key="groups"):
        with st.spinner(say("work.summing", language)):
            found = state.once(
                ("groups", scored.scored_id, policy.identity),
                lambda: pipeline.tier_groups(state.house(), scored, policy, person),
            )
        if pipeline.masked_columns(person):
            cards.quiet(say("fair.hidden", language))
        if not found:
            cards.quiet(say("fair.none", language))
            return
        headers = {column.name: column.header for column in scored.model.columns}
        names = {groups.column: _name(groups, headers, language) for groups in found}
        with st.container(horizontal=True, vertical_alignment="bottom", key="group-choices"):
            column = st.selectbox(
                say("fair.by", language), list(names), format_func=lambda name: names[name],
                key=f"w_group_{scored.scored_id[:12]}_{language}", width=300,
            )  # fmt: skip
            state.seed_widget("w_group_of", "strategic")
            which = str(
                st.segmented_control(
                    say("fair.of", language), ("strategic", "core"),
                    format_func=lambda name: say(f"fair.{name}", language), key="w_group_of", required=True,
                )
            )  # fmt: skip
        chosen = next(groups for groups in found if groups.column == column)
        labels = group_labels(chosen, language)
        cards.chart(
            group_chart(chosen, labels, which, theme=state.theme(), language=language),
            language,
            key="group-chart",
        )
        large = [group for group in chosen.groups if not group.is_small]
        apart = sum(which in group.apart for group in large)
        cards.quiet(say("fair.apart", language, n=apart, m=len(large)) + " " + say("fair.why", language))
        if len(large) < len(chosen.groups):
            cards.quiet(say("fair.small", language, n=pipeline.FEW))
        if chosen.left_out:
            cards.quiet(say("fair.left_out", language, n=chosen.left_out))


def _name(groups: pipeline.Groups, headers: dict[str, str], language: Language) -> str:
    known = column_label(groups.column, language)
    name = headers.get(groups.column, known) if groups.column.startswith("x_") else known
    return say("fair.protected", language, name=name) if groups.is_protected else name
