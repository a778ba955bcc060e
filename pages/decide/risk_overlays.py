"""Overlays on the Risk page: asked for by one person, approved by another, shown apart from the model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports import html
from reports.escape import plain
from reports.formats import Language, MoneyUnit, money_bare, money_headline, number, percent
from reports.html import Head, Row
from reports.naming import segment_title
from reports.words import say
from reports.words.names import column_label, level_label

LASTS_DAYS = 180


def show(scored: pipeline.Scored, unit: MoneyUnit, unit_text: str, language: Language) -> None:
    """Lay out the overlays: what they add, the list, what can be done."""
    lines = pipeline.overlay_lines(state.house(), scored)
    title = say("overlay.title", language)
    effects = [line.effect for line in lines if line.effect is not None]
    answer = say(
        "overlay.answer",
        language,
        loss=money_headline(sum(effect.expected_loss for effect in effects), unit, language),
        capital=money_headline(sum(effect.capital for effect in effects), unit, language),
    )
    with cards.card(title, answer if lines else say("overlay.none", language), key="overlays"):
        if lines:
            heads = [
                Head(say(f"overlay.{name}", language), "left")
                for name in ("what", "who", "amount", "reason", "author", "approver", "expires", "status")
            ]
            heads += [
                Head(f"{say(f'overlay.{name}', language)} · {unit_text}") for name in ("effect", "capital")
            ]
            rows = [_row(scored, line, unit, language) for line in lines]
            st.html(html.table(heads, rows, state.theme(), caption=title))
            _settle(lines, scored, language)
    with st.expander(say("overlay.propose", language), expanded=not lines):
        _propose(scored, language)


def _row(scored: pipeline.Scored, line: pipeline.OverlayLine, unit: MoneyUnit, language: Language) -> Row:
    overlay, effect = line.overlay, line.effect
    amount = (
        percent(overlay.amount) if overlay.target == "expected_loss" else f"× {number(overlay.amount, 2)}"
    )
    return Row(
        [
            say(f"overlay.{overlay.target}", language),
            _whom(scored, overlay.column, overlay.key, language),
            amount,
            plain(overlay.reason, 120),
            plain(overlay.author, 40),
            plain(overlay.approver, 40) or "–",
            overlay.expires_on,
            say(f"overlay.state.{line.status}", language),
            money_bare(effect.expected_loss, unit) if effect else "–",
            money_bare(effect.capital, unit) if effect else "–",
        ]
    )


def _whom(scored: pipeline.Scored, column: str, key: str, language: Language) -> str:
    if column == "all":
        return say("overlay.all", language)
    if column == "segment":
        profile = next((entry for entry in scored.profiles if str(entry.number) == key), None)
        return segment_title(profile.name, profile.title, language) if profile else key
    return f"{_column(column, language)}: {plain(level_label(key, language), 40)}"


def _column(column: str, language: Language) -> str:
    if column == "all":
        return say("overlay.all", language)
    return say("dimension.segment", language) if column == "segment" else column_label(column, language)


def _settle(lines: tuple[pipeline.OverlayLine, ...], scored: pipeline.Scored, language: Language) -> None:
    """Approve or withdraw one of those that are open."""
    open_lines = {line.overlay_id: line for line in lines if line.status in ("proposed", "approved")}
    if not open_lines:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="overlay-actions"):
        chosen = st.selectbox(
            say("overlay.choose", language),
            list(open_lines),
            format_func=lambda identity: plain(open_lines[identity].overlay.reason, 60),
            key="w_overlay",
            width=360,
        )
        line = open_lines[chosen]
        approve = st.button(
            say("overlay.approve", language), key="approve-overlay", disabled=line.status != "proposed"
        )
        withdraw = st.button(say("overlay.withdraw", language), key="withdraw-overlay")
    with errors.shown():
        if approve:
            pipeline.approve_overlay(state.house(), line, state.person())
            st.rerun()
        if withdraw:
            pipeline.withdraw_overlay(state.house(), line, state.person())
            st.rerun()


def _propose(scored: pipeline.Scored, language: Language) -> None:
    """The form of a new overlay."""
    left, right = st.columns(2)
    with left:
        target = st.selectbox(
            say("overlay.what", language), pipeline.TARGETS,
            format_func=lambda name: say(f"overlay.{name}", language), key="w_overlay_target",
        )  # fmt: skip
        is_factor = target != "expected_loss"
        amount = st.number_input(
            f"{say('overlay.amount', language)} ({'×' if is_factor else '%'})", 0.0, 20.0,
            value=1.2 if is_factor else 0.5, step=0.05, key=f"w_overlay_amount_{is_factor}",
            help=say("overlay.factor_help", language),
        )  # fmt: skip
    with right:
        column = st.selectbox(
            say("overlay.who", language), pipeline.GROUP_COLUMNS,
            format_func=lambda name: _column(name, language), key="w_overlay_column",
        )  # fmt: skip
        levels = [] if column == "all" else pipeline.group_levels(state.house(), scored, column)
        key = (
            st.selectbox(
                say("overlay.level", language), levels, key=f"w_overlay_level_{column}",
                format_func=lambda level: plain(_whom(scored, column, level, language), 60),
            )
            if levels
            else ""
        )  # fmt: skip
    reason = st.text_input(say("overlay.reason", language), key="w_overlay_reason", max_chars=300)
    until = st.date_input(
        say("overlay.expires", language),
        value=datetime.now(UTC).date() + timedelta(days=LASTS_DAYS),
        key="w_overlay_until",
    )
    if st.button(say("overlay.submit", language), key="propose-overlay", type="primary"):
        with errors.shown():
            asked = pipeline.Overlay(
                target, column, str(key or ""), float(amount) if is_factor else float(amount) / 100, reason,
                state.person().name, str(until),
            )  # fmt: skip
            pipeline.propose_overlay(state.house(), scored, asked, state.person())
            st.rerun()
