"""Overrides: whose tier a person set, why, until when; they expire by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports.boards import tier_name
from reports.escape import plain
from reports.formats import Language, day
from reports.html import Head, Row
from reports.policies import distinct, signed_by
from reports.words import say
from segmentation.policy import TIERS

LASTS_DAYS = 180


def show(scored: pipeline.Scored, language: Language) -> None:
    """Lay out the view: the list, one to end, a new one."""
    said = state.kept("policy_said")
    if said:
        cards.quiet(said)
        state.forget("policy_said")
    lines = pipeline.overrides_of(state.house())
    title = say("override.view_title", language)
    alive = [line for line in lines if line.standing == "in_force"]
    subtitle = say("override.view_subtitle", language) if lines else say("override.view_none", language)
    with cards.card(title, subtitle, key="overrides"):
        if lines:
            cards.quiet(say("override.answer", language, n=len(alive)))
            _table(lines, language)
        if alive:
            _end(alive, language)
    if state.person().may("set_override"):
        _add(scored, language)


def _table(lines: tuple[pipeline.OverrideLine, ...], language: Language) -> None:
    heads = [Head(say("override.customer", language), "left"), Head(say("override.tier", language), "left")]
    heads += [
        Head(say(f"override.{name}", language), "left") for name in ("why", "set", "until", "ended")
    ] + [Head(say("lines.status", language), "left")]
    rows = [
        Row(
            [
                plain(line.row.customer_id, 60),
                tier_name(line.row.tier, language),
                plain(line.row.reason, 160),
                signed_by(line.row.author, line.row.set_at, language),
                day(line.row.expires_on, language),
                signed_by(line.row.ended_by, line.row.ended_at, language),
                say(f"override.standing.{line.standing}", language),
            ],
            is_marked=line.standing == "in_force",
        )
        for line in lines
    ]
    cards.data_table(heads, rows, caption=say("override.view_title", language))


def _end(alive: list[pipeline.OverrideLine], language: Language) -> None:
    by_id = {line.row.override_id: line.row for line in alive}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = distinct({key: plain(row.customer_id, 60) for key, row in by_id.items()})
        chosen = st.selectbox(
            say("override.customer", language),
            list(by_id),
            format_func=lambda identity: labels.get(identity, ""),
            key="w_override_end",
            width=320,
        )
        end = st.button(
            say("override.end", language), key="end-override", disabled=not state.person().may("set_override")
        )
    with errors.shown():
        if end:
            pipeline.end_override(state.house(), chosen, state.person())
            st.rerun()


def _add(scored: pipeline.Scored, language: Language) -> None:
    """A new one; a customer who is not in the portfolio is said, not refused: others may hold it."""
    today = datetime.now(UTC).date()
    with (
        cards.card(say("override.add_title", language), say("override.add_subtitle", language), key="add"),
        st.form("override-form", border=False),
    ):
        left, middle, right = st.columns(3)
        customer = left.text_input(
            say("override.customer", language), max_chars=200, key="w_override_customer"
        )
        tier = middle.selectbox(
            say("override.tier", language), TIERS, format_func=lambda name: tier_name(name, language),
            key=f"w_override_tier_{language}",
        )  # fmt: skip
        until = right.date_input(
            say("override.until", language), value=today + timedelta(days=LASTS_DAYS),
            min_value=today + timedelta(days=1), help=say("override.until_help", language), key="w_override_until_day",
            format="YYYY-MM-DD",
        )  # fmt: skip
        reason = st.text_input(say("override.why", language), max_chars=500, key="w_override_why")
        asked = st.form_submit_button(say("override.save", language), type="primary", key="set-override")
    with errors.shown():
        if asked:
            house = state.house()
            pipeline.set_override(house, customer, tier, reason, until, state.person())
            called = customer.strip()
            is_here = pipeline.is_customer(house, scored, called)
            sentence = (
                say("override.saved", language, customer=called, tier=tier_name(tier, language), date=day(until, language))
                if is_here
                else say("override.absent", language, customer=called)
            )  # fmt: skip
            state.keep("policy_said", sentence)
            st.rerun()
