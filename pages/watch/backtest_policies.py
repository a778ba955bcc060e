"""The Back-test page's other two views: a draft on past snapshots, and a challenger over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from reports import html
from reports.backtest import (
    Followed,
    Replayed,
    follow_heads,
    follow_rows,
    replay_answer,
    replay_heads,
    replay_rows,
)
from reports.escape import plain
from reports.formats import Language, day, unit_label
from reports.words import say


def _policies() -> tuple[pipeline.Policy, pipeline.Policy]:
    in_force = pipeline.policy_in_force(state.house())
    return in_force, state.draft(in_force)


def _listed() -> tuple[str, ...]:
    return tuple(entry.snapshot_id for entry in pipeline.list_snapshots(state.house()))


def replay(current: pipeline.Snapshot, language: Language) -> None:
    """The draft on every snapshot of the lender, beside the policy in force."""
    in_force, draft = _policies()
    title = say("replay.title", language)
    if draft.identity == in_force.identity:
        cards.card(title, say("replay.same", language), key="replay-same")
        return
    chosen = state.selection()
    with st.spinner(say("work.summing", language), show_time=True):
        lines = state.once(
            ("replay", current.snapshot_id, draft.identity, in_force.identity, chosen.identity, *_listed()),
            lambda: pipeline.replay_policy(state.house(), current, draft, in_force, chosen),
        )
    shown = [
        Replayed(line.snapshot.name, line.snapshot.as_of, line.in_force, line.proposal, line.moved)
        for line in lines
    ]
    unit = context.unit_for(max(line.proposal.total.treated.expected_loss for line in lines) / 100, language)
    unit_text = unit_label(current.currency, unit, language) or say("bar.no_currency", language)
    cards.answer(replay_answer(shown, language), say("replay.one", language) if len(lines) == 1 else "")
    body = html.table(
        replay_heads(language), replay_rows(shown, unit, language), state.theme(), caption=title
    )
    cards.card(title, say("replay.subtitle", language, unit=unit_text), body, key="replay")


def challenger(current: pipeline.Snapshot, language: Language) -> None:
    """The challenger of this lender: register, follow, end."""
    house = state.house()
    running = pipeline.challenger_of(house, current)
    may = state.person().may("edit_policy")
    title = say("challenger.title", language)
    if running is None:
        in_force, draft = _policies()
        with cards.card(title, say("challenger.none", language), key="challenger-none"):
            if not may:
                cards.quiet(say("challenger.not_allowed", language))
            elif draft.identity == in_force.identity:
                cards.quiet(say("challenger.same", language))
            else:
                _register(current, draft, language)
        return
    _follow(current, running, language)
    if not may:
        cards.quiet(say("challenger.not_allowed", language))
    elif st.button(say("challenger.end", language), key="end-challenger"):
        pipeline.end_challenger(house, running, state.person())
        st.toast(say("challenger.ended", language))
        st.rerun()


def _register(current: pipeline.Snapshot, draft: pipeline.Policy, language: Language) -> None:
    """Name the draft and let it run."""
    first = say("challenger.name_first", language, date=day(datetime.now(UTC).date(), language))
    name = st.text_input(
        say("challenger.name", language), first, max_chars=120, key=f"w_challenger_{language}"
    )
    if st.button(say("challenger.register", language), type="primary", key="register-challenger"):
        named = replace(draft, name=name.strip() or first)
        pipeline.register_challenger(state.house(), current, named, state.person())
        st.rerun()


def _follow(current: pipeline.Snapshot, running: pipeline.Challenger, language: Language) -> None:
    """Both policies on each snapshot, and what became of their best tiers."""
    chosen = state.selection()
    with st.spinner(say("work.summing", language), show_time=True):
        lines = state.once(
            ("challenger", running.challenger_id, current.snapshot_id, chosen.identity, *_listed()),
            lambda: pipeline.follow_challenger(state.house(), current, running, chosen),
        )
    name = context.policy_name(running.policy, language)
    judged = sum(line.counts and bool(line.champion_became) for line in lines)
    cards.answer(
        say("challenger.running", language, name=name, date=day(running.since, language), person=plain(running.person)),
        say("challenger.score", language, n=judged) if judged else say("challenger.wait", language),
    )  # fmt: skip
    unit = context.unit_for(
        max((line.in_force.total.treated.expected_loss for line in lines), default=0) / 100, language
    )
    unit_text = unit_label(current.currency, unit, language) or say("bar.no_currency", language)
    rows = follow_rows([row for line in lines for row in _pair(line, name, language)], unit, language)
    title = say("challenger.title", language)
    body = html.table(follow_heads(language), rows, state.theme(), caption=title)
    cards.card(title, say("challenger.subtitle", language, unit=unit_text), body, key="challenger")


def _pair(line: pipeline.FollowLine, challenger_name: str, language: Language) -> list[Followed]:
    """Champion and challenger on one snapshot."""
    snapshot = line.snapshot
    sides = (
        (True, context.policy_name(line.champion, language), line.in_force, line.champion_became),
        (False, challenger_name, line.proposal, line.challenger_became),
    )
    return [
        Followed(
            snapshot.name, snapshot.as_of, is_champion, name, board, line.until,
            became[0] if became and became[0].customers else None, line.counts,
        )
        for is_champion, name, board, became in sides
    ]  # fmt: skip
