"""Customers below the hurdle on the Returns page: by group, then by name, and as a file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, context, state
from pages.parts.groups import AFTER_TAX, group_names
from reports import html
from reports.boards import tier_name
from reports.escape import plain, spreadsheet
from reports.formats import Language, percent, unit_label
from reports.returns import hurdle_rows
from reports.words import say

SHOWN = 100
SHOWN_GROUPS = 30
WHOLE = 1_000_000
EVERYBODY = "all"


def show(scored: pipeline.Scored, language: Language) -> None:
    """Choose a dimension, see which groups hold those below the hurdle, then who they are."""
    state.seed_widget("w_hurdle_by", "tier")
    dimension = st.segmented_control(
        say("hurdle.by", language), pipeline.RETURN_DIMENSIONS, key="w_hurdle_by", required=True,
        format_func=lambda name: say(f"dimension.{name}", language),
    ) or "tier"  # fmt: skip
    policy = state.draft(pipeline.policy_in_force(state.house()))
    found = state.once(
        ("hurdle groups", scored.scored_id, policy.identity, dimension),
        lambda: pipeline.below_hurdle_by(state.house(), scored, dimension, policy),
    )
    title = say("hurdle.title", language)
    if not found:
        is_known = scored.facts.raroc is not None
        cards.card(title, say("hurdle.none" if is_known else "hurdle.unknown", language), key="hurdle")
        return
    names = group_names(scored, dimension, language)
    unit = context.unit_for(sum(group.exposure for group in found), language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    heads, rows = hurdle_rows(found[:SHOWN_GROUPS], names, unit, unit_text, language)
    answer = say(
        "hurdle.answer", language, n=sum(group.below for group in found), rated=sum(group.rated for group in found),
        hurdle=percent(scored.model.returns.hurdle_rate, 0),
    )  # fmt: skip
    body = html.table(heads, rows, state.theme(), caption=title)
    with cards.card(title, answer, body, key="hurdle"):
        if len(found) > SHOWN_GROUPS:
            cards.quiet(say("groups.more", language, n=SHOWN_GROUPS, total=len(found)))
        cards.rests_on(say("hurdle.assumed", language), ("hurdle_rate", *AFTER_TAX), language)
    _listed(scored, dimension, {group.key: group.below for group in found}, names, language)


def _listed(
    scored: pipeline.Scored,
    dimension: pipeline.ReturnDimension,
    below: dict[str, int],
    names: dict[str, str],
    language: Language,
) -> None:
    """The customers of one group or of all, most missing first."""

    def shown(option: tuple[str, str]) -> str:
        if option[0] == EVERYBODY:
            return say("hurdle.everybody", language)
        return names.get(option[1]) or plain(option[1], 50) or say("groups.unknown", language)

    policy, person = state.draft(pipeline.policy_in_force(state.house())), state.person()
    with cards.card(
        say("hurdle.list_title", language), say("hurdle.list_subtitle", language), key="hurdle-list"
    ):
        # A pair, for a group's own name may be any word.
        chosen = st.selectbox(
            say("hurdle.whose", language), [(EVERYBODY, ""), *(("group", key) for key in below)],
            format_func=shown, key=f"w_hurdle_{dimension}_{scored.scored_id[:12]}_{language}", width=430,
        )  # fmt: skip
        key = None if chosen[0] == EVERYBODY else chosen[1]

        def listed(most: int) -> pd.DataFrame:
            return pipeline.below_hurdle(
                state.house(), scored, policy, person, dimension=dimension, key=key, most=most
            )

        found = state.once(
            ("hurdle", scored.scored_id, policy.identity, dimension, str(key)), lambda: listed(SHOWN)
        )
        total = sum(below.values()) if key is None else below[key]
        if total > len(found):
            cards.quiet(say("hurdle.shown", language, n=len(found), total=total))
        _table(scored, found, language)
        st.download_button(
            say("limits.download", language), data=lambda: pipeline.inert_csv(listed(WHOLE), spreadsheet),
            file_name="below_hurdle.csv", mime="text/csv", on_click="ignore", key="hurdle-csv",
        )  # fmt: skip


def _table(scored: pipeline.Scored, listed: pd.DataFrame, language: Language) -> None:
    unit = context.unit_for(float(listed["exposure_at_default"].max()), language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    segments = group_names(scored, "segment", language)

    def money(words: str, name: str) -> dict[str, pd.Series]:
        head = f"{say(words, language)} · {unit_text}" if unit_text else say(words, language)
        return {head: (listed[name] / unit.scale).round(2)}

    amounts = (
        money("groups.missing", "missing")
        | money("groups.profit", "risk_adjusted_profit")
        | money("slice.exposure", "exposure_at_default")
    )
    first = {
        say("customers.name", language): cards.names_of(listed, language),
        say("dimension.tier", language): [tier_name(tier, language) for tier in listed["tier"]],
    }
    last = {
        say("groups.raroc", language): [percent(value) for value in listed["raroc"]],
        say("dimension.segment", language): [segments.get(str(number), plain(number)) for number in listed["segment"]],
        say("dimension.industry", language): [_text(name) for name in listed["industry"]],
        say("dimension.region", language): [_text(name) for name in listed["region"]],
    }  # fmt: skip
    st.dataframe(
        pd.DataFrame(first | amounts | last),
        hide_index=True, height=min(38 + 35 * len(listed), 420),
        column_config={name: st.column_config.NumberColumn(format="localized") for name in amounts},
    )  # fmt: skip


def _text(cell: object) -> str:
    return plain(cell, 40) if isinstance(cell, str) else "–"
