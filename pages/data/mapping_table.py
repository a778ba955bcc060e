"""The whole mapping of a file behind one line, changed in place."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.parts import cards, state
from reports.escape import plain
from reports.formats import Language, percent
from reports.intake import unit_name
from reports.words import say
from reports.words.names import column_label


def show(mapping: pipeline.Mapping, inspection: pipeline.Inspection, language: Language) -> pipeline.Mapping:
    """The full mapping behind one line; a column's choice is changed in place."""
    mapped = sum(1 for entry in mapping.entries if not entry.target.startswith("x_"))
    with st.expander(say("mapping.show", language, mapped=mapped, total=len(mapping.entries))):
        cards.quiet(say("mapping.subtitle", language))
        extra = say("mapping.extra", language)
        names = ("header", "column", "confidence", "unit", "example")
        rows = [
            {
                "header": plain(entry.header, 80),
                "column": extra if entry.target.startswith("x_") else column_label(entry.target, language),
                "confidence": "–" if entry.target.startswith("x_") else percent(entry.confidence, 0),
                "unit": "–" if entry.scale == 1.0 else unit_name(entry.scale, language),
                "example": " · ".join(
                    plain(cell, 30) for cell in inspection.examples.get(entry.header, ())[:2]
                ),
            }
            for entry in mapping.entries
        ]
        st.dataframe(
            rows, hide_index=True, column_config={name: say(f"mapping.{name}", language) for name in names}
        )
        header = st.selectbox(
            say("mapping.change", language),
            [None, *(entry.header for entry in mapping.entries)],
            format_func=lambda text: plain(text, 60) if text else "–",
            key="change_header",
        )
        if header is None:
            return mapping
        changed = _change_column(mapping, header, language)
        if changed != mapping:
            state.keep("inspection", replace(inspection, mapping=changed))
            st.rerun()
    return mapping


def _change_column(mapping: pipeline.Mapping, header: str, language: Language) -> pipeline.Mapping:
    """What a column is taken as, and in which unit, by hand."""
    entry = next(entry for entry in mapping.entries if entry.header == header)
    targets: list[str | None] = [None, *pipeline.contract_columns()]
    current = entry.target if entry.target in targets else None
    target = st.selectbox(
        say("mapping.column", language),
        targets,
        index=targets.index(current),
        format_func=lambda name: column_label(name, language) if name else say("mapping.extra", language),
        key=f"change_to_{header}_{current}",
    )
    if target != current:
        return pipeline.with_choice(mapping, header, target)
    if entry.kind not in ("money", "number", "rate", "share"):
        return mapping
    scales = sorted({entry.scale, *pipeline.UNIT_CHOICES})
    scale = st.selectbox(
        say("mapping.unit", language),
        scales,
        index=scales.index(entry.scale),
        format_func=lambda value: unit_name(value, language),
        key=f"change_unit_{header}_{entry.scale}",
    )
    return mapping if scale == entry.scale else pipeline.with_scale(mapping, header, scale)
