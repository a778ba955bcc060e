"""What has held, who signed it, how to go back; and the drafts kept for this person."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports.escape import plain
from reports.formats import MISSING, Language, day
from reports.html import Head, Row
from reports.policies import difference_sentence, distinct, moment, policy_title, signed_by
from reports.words import say

MOST_STEPS = 200
MOST_DRAFTS = 20
Lines = tuple[pipeline.PolicyLine, ...]


def show(lines: Lines, language: Language) -> None:
    """Lay out the view."""
    said = state.kept("policy_said")
    if said:
        cards.quiet(said)
        state.forget("policy_said")
    _signed(lines, language)
    _go_back(lines, language)
    _drafts(language)
    _steps(lines, language)


def _signed(lines: Lines, language: Language) -> None:
    title = say("history.title", language)
    if not lines:
        cards.card(title, say("history.none", language), key="history")
        return
    heads = [
        Head(say(f"lines.{name}", language), "left")
        for name in ("name", "status", "from", "author", "proposed", "approved", "note")
    ]
    rows = [
        Row(
            [
                policy_title(line.policy, language),
                say(f"standing.{line.standing}", language),
                day(line.row.valid_from, language),
                signed_by(line.row.author, line.row.created_at, language),
                signed_by(line.row.proposed_by, line.row.proposed_at, language),
                signed_by(line.row.approved_by, line.row.approved_at, language),
                plain(line.row.note, 200) or MISSING,
            ],
            is_strong=line.standing == "in_force",
        )
        for line in lines
    ]
    with cards.card(title, say("history.subtitle", language), key="history"):
        cards.data_table(heads, rows, caption=title)


def _go_back(lines: Lines, language: Language) -> None:
    """Propose an earlier policy again."""
    earlier = {line.line_id: line for line in lines if line.standing == "replaced"}
    if not any(line.standing == "in_force" for line in lines):
        return
    with cards.card(say("history.back_title", language), say("history.back_subtitle", language), key="back"):
        options = [*earlier, pipeline.BUILT_IN]
        labels = distinct({identity: _earlier(earlier.get(identity), language) for identity in options})
        chosen = st.selectbox(
            say("history.back_choose", language),
            options,
            format_func=lambda identity: labels.get(identity, ""),
            key=f"w_back_{language}",
            width=430,
        )
        note = st.text_input(say("history.back_note", language), max_chars=2_000, key="w_back_note")
        go = st.button(
            say("history.back", language), type="primary", key="roll-back",
            disabled=not state.person().may("propose_policy"),
        )  # fmt: skip
    with errors.shown():
        if go:
            made = pipeline.roll_back(state.house(), chosen, note, state.person())
            state.keep("policy_said", say("propose.proposed", language, name=made.row.name))
            st.rerun()


def _earlier(line: pipeline.PolicyLine | None, language: Language) -> str:
    if line is None:
        return say("policies.built_in", language)
    return f"{policy_title(line.policy, language)} · {day(line.row.valid_from, language)}"


def _drafts(language: Language) -> None:
    """What this person moved before, to go on with."""
    house, handle = state.house(), state.draft_handle()
    kept = pipeline.list_drafts(house, state.person())
    title = say("drafts.title", language)
    if not kept:
        cards.card(title, say("drafts.none", language), key="drafts")
        return
    in_force = pipeline.policy_in_force(house)
    heads = [Head(say(f"drafts.{name}", language), "left") for name in ("changed", "state", "what")]
    with cards.card(title, say("drafts.subtitle", language, n=MOST_DRAFTS), key="drafts"):
        rows = []
        for draft in kept:
            is_here = handle is not None and draft.handle.draft_id == handle.draft_id
            standing = "current" if is_here else "open" if draft.is_open else "away"
            rows.append(
                Row([moment(draft.changed_at, language), say(f"drafts.{standing}", language), _what(draft, in_force, language)])
            )  # fmt: skip
        cards.data_table(heads, rows, caption=title)
        by_id = {draft.handle.draft_id: draft for draft in kept}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            labels = distinct({key: moment(draft.changed_at, language) for key, draft in by_id.items()})
            chosen = st.selectbox(
                say("drafts.choose", language),
                list(by_id),
                format_func=lambda identity: labels.get(identity, ""),
                key=f"w_draft_{language}",
                width=320,
            )  # fmt: skip
            draft = by_id[chosen]
            go_on = st.button(
                say("drafts.go_on", language), key="continue-draft", disabled=draft.policy is None
            )
            st.download_button(
                say("act.download", language), data=draft.body, file_name="draft.toml", mime="application/toml",
                on_click="ignore", key="draft-toml",
            )  # fmt: skip
    if go_on:
        state.continue_draft(draft)
        st.rerun()


def _what(draft: pipeline.KeptDraft, in_force: pipeline.Policy, language: Language) -> str:
    if draft.policy is None:
        return say("drafts.unreadable", language)
    changes = [change for change in pipeline.differences(in_force, draft.policy) if change.decides]
    if not changes:
        return say("compare.same", language)
    first = " ".join(difference_sentence(change, language) for change in changes[:3])
    return f"{first} … (+{len(changes) - 3})" if len(changes) > 3 else first


def _steps(lines: Lines, language: Language) -> None:
    """Every step, as the audit trail has it."""
    steps = pipeline.policy_history(state.house())
    if not steps:
        return
    names = {line.line_id: policy_title(line.policy, language) for line in lines}
    heads = [Head(say(f"history.{name}", language), "left") for name in ("when", "who", "what")]
    heads += [Head(say("policies.policy", language), "left"), Head(say("history.detail", language), "left")]
    rows = [
        Row(
            [
                moment(step.at, language),
                plain(step.person, 40),
                say(f"step.{step.action}", language),
                names.get(step.thing, MISSING),
                plain(step.detail, 200),
            ]
        )
        for step in steps[:MOST_STEPS]
    ]
    title = say("history.steps_title", language)
    with cards.card(title, key="steps"), st.expander(say("history.steps", language)):
        cards.data_table(heads, rows, caption=title)
