"""Proposals: the best policy under limits, what each limit costs, and simpler ways to set the lines."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.decide import proposals_limits as fields
from pages.decide import proposals_more as more
from pages.parts import cards, errors, state
from pages.parts.opened import opened
from reports import html
from reports.formats import Language, MoneyUnit, unit_label
from reports.proposals import (
    binding_lines,
    binding_rows,
    line_rows,
    proposal_answer,
    proposal_rows,
    unmet_lines,
)
from reports.words import say


def show() -> None:
    """Lay out the page."""
    page = opened()
    if page is None:
        return
    language, house, scored, in_force, draft = (
        page.language,
        page.house,
        page.scored,
        page.in_force,
        page.draft,
    )
    base, unit = more.searched_from(draft), page.unit
    with st.spinner(say("work.summing", language)):
        today = state.once(
            ("totals", scored.scored_id, in_force.identity, in_force.identity),
            lambda: pipeline.policy_totals(house, scored, in_force, in_force),
        )
    limits = fields.kept(scored, today)
    try:
        found = _searched(scored, base, in_force, limits)
    except pipeline.StratumError as error:
        cards.heading(say("proposals.title", language), say("proposals.answer_refused", language))
        errors.tell(error)
        more.simple(scored, draft, in_force, language)
        return
    answer = proposal_answer(found.totals, today, found.searched, unit, language)
    cards.heading(say("proposals.title", language), answer)
    left, right = st.columns([1, 2])
    with (
        left,
        cards.card(
            say("proposals.limits_title", language), say("proposals.limits_subtitle", language), key="limits"
        ),
    ):
        fields.show(scored, today, limits, unit, language)
        cards.quiet(say("proposals.treatments", language))
    with right:
        if found.policy is None:
            _unmet(found, unit, language)
        else:
            _best(scored, found, found.policy, base, draft, in_force, unit, language)
    if found.policy is not None:
        _bindings(found, unit, language)
    more.frontier(scored, found, base, draft, in_force, limits, unit, language)
    more.simple(scored, draft, in_force, language)


def _searched(
    scored: pipeline.Scored, base: pipeline.Policy, in_force: pipeline.Policy, limits: dict[str, int]
) -> pipeline.Proposal:
    return state.once(
        ("proposal", scored.scored_id, base.identity, in_force.identity, tuple(sorted(limits.items()))),
        lambda: pipeline.search_policy(state.house(), scored, base, in_force, limits),
    )


def _best(
    scored: pipeline.Scored,
    found: pipeline.Proposal,
    policy: pipeline.Policy,
    base: pipeline.Policy,
    draft: pipeline.Policy,
    in_force: pipeline.Policy,
    unit: MoneyUnit,
    language: Language,
) -> None:
    """The best policy beside the one in force, and the button that takes it."""
    title = say("proposals.best_title", language)
    with cards.card(title, say("proposals.best_subtitle", language), key="best"):
        unit_text = unit_label(scored.snapshot.currency, unit, language)
        heads, rows = proposal_rows(found.totals, found.today, unit, unit_text, language)
        cards.data_table(heads, rows, caption=title)
        heads, rows = line_rows(policy, in_force, language)
        cards.data_table(heads, rows[:2], caption=title)
        cards.folded(
            say("proposals.gates_all", language),
            html.table(heads, rows[2:], state.theme(), caption=say("proposals.gates_all", language)),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                say("proposals.take", language), type="primary", key="take-best",
                disabled=policy.identity == draft.identity, on_click=more.take, args=(policy, base, language),
            )  # fmt: skip
            st.page_link(state.page("tiers"), label=say("proposals.to_tiers", language))
        if policy.identity == draft.identity:
            cards.quiet(say("proposals.is_draft", language))
        cards.quiet(say("proposals.ties", language))
        cards.rests_on(say("proposals.assumed", language), ("treatments",), language)


def _unmet(found: pipeline.Proposal, unit: MoneyUnit, language: Language) -> None:
    with cards.card(say("unmet.title", language), "", key="unmet"):
        for line in unmet_lines(found.conflict, unit, language):
            cards.quiet(line)


def _bindings(found: pipeline.Proposal, unit: MoneyUnit, language: Language) -> None:
    """Which limit costs what, in words and as a table."""
    title = say("binding.title", language)
    lines = binding_lines(found.bindings, unit, language)
    with cards.card(title, " ".join(lines), key="bindings"):
        if found.bindings:
            heads, rows = binding_rows(found.bindings, unit, language)
            cards.data_table(heads, rows, caption=title)
