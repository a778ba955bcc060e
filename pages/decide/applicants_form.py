"""The form of one deal: what the model in force reads, as far as it can be known before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import pipeline
from pages.parts import cards
from reports.applicants import ESSENTIAL, GROUPS
from reports.escape import markdown, plain
from reports.formats import Language, money_unit, unit_label
from reports.words import say
from reports.words.names import column_label, level_label

ACROSS = 3
PERCENT = ("share", "rate")


def show(
    scored: pipeline.Scored, fields: Sequence[pipeline.Field], language: Language
) -> dict[str, Any] | None:  # Any: typed cells
    """Lay out the form, the essential fields open; give what was told once it is sent, else None."""
    by_name = {field.name: field for field in fields}
    essential = [by_name[name] for name in ESSENTIAL if name in by_name]
    values: dict[str, Any] = {}  # Any: typed cells
    with (
        cards.card(say("applicants.form", language), say("applicants.form_hint", language), key="deal-form"),
        st.form("deal", border=False),
    ):
        values |= _fields(scored, essential, language)
        for group, roles in GROUPS.items():
            mine = [field for field in fields if field.role in roles and field not in essential]
            if mine:
                with st.expander(say(f"applicants.group.{group}", language)):
                    values |= _fields(scored, mine, language)
        sent = st.form_submit_button(say("applicants.submit", language), type="primary")
    return {name: value for name, value in values.items() if value is not None} if sent else None


def _fields(
    scored: pipeline.Scored, fields: Sequence[pipeline.Field], language: Language
) -> dict[str, Any]:  # Any: typed cells
    """Fields in rows of a few; on a narrow screen they stand below each other in the same order."""
    values = {}
    for start in range(0, len(fields), ACROSS):
        row = fields[start : start + ACROSS]
        for field, column in zip(row, st.columns(ACROSS), strict=False):
            values[field.name] = _field(scored, field, column, language)
    return values


def _field(
    scored: pipeline.Scored, field: pipeline.Field, column: DeltaGenerator, language: Language
) -> Any:  # Any: a typed cell
    """One field; what is left empty is None."""
    label = _label(scored, field, language)
    key, unknown = f"w_deal_{scored.scored_id[:12]}_{field.name}", say("applicants.unknown", language)
    if field.kind == "text":
        if not field.levels:
            return column.text_input(label, key=key, max_chars=200, placeholder=unknown).strip() or None
        return column.selectbox(
            label, field.levels, index=None, placeholder=unknown, key=key,
            format_func=lambda level: plain(level_label(level, language), 60),
        )  # fmt: skip
    if field.kind == "flag":
        return column.selectbox(
            label, (True, False), index=None, placeholder=unknown, key=key,
            format_func=lambda flag: say("applicants.yes" if flag else "applicants.no", language),
        )  # fmt: skip
    if field.kind == "date":
        return column.date_input(label, value=None, key=key, format="YYYY-MM-DD")
    scale = 100.0 if field.kind in PERCENT else 1.0
    # No limits in the widget: what lies outside is said in a sentence, all of it together.
    told = column.number_input(
        label, value=None, step=0.1 if scale == 100.0 else 1.0, format="%0.2f" if field.kind != "integer" else "%0.0f",
        placeholder=unknown, key=key,
    )  # fmt: skip
    if told is None:
        return None
    return round(told) if field.kind == "integer" else told / scale


def _label(scored: pipeline.Scored, field: pipeline.Field, language: Language) -> str:
    if field.role == "custom":
        # The portfolio's own header is hostile text, and labels are read as markdown.
        return markdown(plain(field.header, 60))
    label = (
        say("applicants.exposure", language)
        if field.name == "exposure"
        else column_label(field.name, language)
    )
    if field.kind in PERCENT:
        return say("applicants.percent", language, label=label)
    if field.unit == "months" and not re.search("month|月", label, re.IGNORECASE):
        return say("applicants.months", language, label=label)
    unit = unit_label(scored.snapshot.currency, money_unit(0.0, language), language)
    return (
        say("applicants.money", language, label=label, unit=unit) if field.kind == "money" and unit else label
    )
