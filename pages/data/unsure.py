"""What we are less sure of in a file: columns and units, each taken as shown unless somebody changes it."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, state
from reports.escape import plain
from reports.formats import Language
from reports.intake import question_sentence, unit_name
from reports.words import say
from reports.words.names import column_label

EXPOSURES = ("exposure", "exposure_at_default", "outstanding_balance", "credit_limit")
UNITS = (1.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
MOST_UNSURE = 12
TIMINGS: tuple[pipeline.Timing, ...] = ("later", "application")
"""The careful answer first."""


def show(mapping: pipeline.Mapping, inspection: pipeline.Inspection, language: Language) -> pipeline.Mapping:
    """Columns we are less sure of, to be seen; units that header or values said, behind one line."""
    asked = [str(row["header"]) for row in inspection.questions if row["header"]]
    by_header = {entry.header: entry for entry in inspection.mapping.entries}
    doubtful = [header for header in asked if _is_doubtful(by_header[header])]
    # The amount at risk has been asked for its unit in a card of its own.
    at_risk = amount_at_risk(mapping)
    late = [header for header in asked if header not in doubtful and by_header[header].is_extra]
    units = [header for header in asked if header not in (*doubtful, *late) and header != at_risk]
    if doubtful:
        title, subtitle = say("question.unsure.title", language), say("question.unsure.subtitle", language)
        with cards.card(title, subtitle, key="unsure"):
            mapping = _ask_each(mapping, inspection, doubtful[:MOST_UNSURE], language)
    if late:
        title, subtitle = say("question.late.title", language), say("question.late.subtitle", language)
        with cards.card(title, subtitle, key="late"):
            mapping = _ask_each(mapping, inspection, late[:MOST_UNSURE], language)
    if units:
        with st.expander(say("question.units.title", language, n=len(units))):
            cards.quiet(say("question.units.subtitle", language))
            mapping = _ask_each(mapping, inspection, units, language)
    return mapping


def amount_at_risk(mapping: pipeline.Mapping) -> str | None:
    """Give the header that is asked about as the amount at risk; None when there is none."""
    by_target = mapping.by_target()
    return next((by_target[name].header for name in EXPOSURES if name in by_target), None)


def _is_doubtful(entry: pipeline.MappingEntry) -> bool:
    return entry.is_unsure or bool(entry.doubt)


def _ask_each(
    mapping: pipeline.Mapping, inspection: pipeline.Inspection, headers: list[str], language: Language
) -> pipeline.Mapping:
    """Ask about several columns, two side by side."""
    columns = st.columns(2, gap="medium")
    for place, header in enumerate(headers):
        with columns[place % 2]:
            mapping = _ask_one(mapping, inspection, header, language)
    return mapping


def _ask_one(
    mapping: pipeline.Mapping, inspection: pipeline.Inspection, header: str, language: Language
) -> pipeline.Mapping:
    """One column: the question, what it is taken as or its unit, examples."""
    entry = next(entry for entry in mapping.entries if entry.header == header)
    # The question follows what was proposed, or it would change under the answer.
    proposed = next(entry for entry in inspection.mapping.entries if entry.header == header)
    # What matches nothing is no doubt about a column: there the question is when it is known.
    is_late = not _is_doubtful(proposed) and proposed.is_extra
    words = (
        say("question.late", language, header=plain(header, 60))
        if is_late
        else question_sentence(proposed, language)
    )
    question = state.safe_option(words)
    is_unit = proposed.column is not None and proposed.confidence >= pipeline.ASK_BELOW
    ask = _ask_timing if is_late else _ask_scale if is_unit else _ask_target
    changed = ask(mapping, entry, question, language)
    cards.quiet(
        " · ".join(plain(cell, 24) for cell in filter(str.strip, inspection.examples.get(header, ())[:3]))
    )
    return changed


def _ask_timing(
    mapping: pipeline.Mapping, entry: pipeline.MappingEntry, question: str, language: Language
) -> pipeline.Mapping:
    """When an extra column is known that sounds as if it came too late to help a decision."""
    chosen = st.selectbox(
        question,
        TIMINGS,
        format_func=lambda when: say(f"question.late.{when}", language),
        key=f"unsure_late_{entry.header}",
    )
    return mapping if chosen == "later" else pipeline.with_timing(mapping, entry.header, chosen)


def _ask_scale(
    mapping: pipeline.Mapping, entry: pipeline.MappingEntry, question: str, language: Language
) -> pipeline.Mapping:
    scales = sorted({1.0, entry.scale, *_scales_of(entry)})
    scale = st.selectbox(
        question,
        scales,
        index=scales.index(entry.scale),
        format_func=lambda value: unit_name(value, language),
        key=f"unsure_unit_{entry.header}_{entry.scale}",
    )
    return mapping if scale == entry.scale else pipeline.with_scale(mapping, entry.header, scale)


def _ask_target(
    mapping: pipeline.Mapping, entry: pipeline.MappingEntry, question: str, language: Language
) -> pipeline.Mapping:
    known = [name for name, _ in entry.candidates]
    options: list[str | None] = [None, *dict.fromkeys([*([entry.column] if entry.column else []), *known])]
    target = st.selectbox(
        question,
        options,
        index=options.index(entry.column),
        format_func=lambda name: column_label(name, language) if name else say("mapping.extra", language),
        key=f"unsure_{entry.header}_{entry.column}",
    )
    return mapping if target == entry.column else pipeline.with_choice(mapping, entry.header, target)


def _scales_of(entry: pipeline.MappingEntry) -> tuple[float, ...]:
    """Units that make sense for a column: percent of a share, years of a term, thousands of money."""
    if entry.kind in ("rate", "share"):
        return (0.01,)
    return UNITS if entry.kind == "money" else (12.0,)
