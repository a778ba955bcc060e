"""A file is nearly in: three questions, what we are less sure of, what is united, the whole mapping."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.data import mapping_table, reading, taking_in, three_questions, uniting, unsure
from pages.parts import cards, errors, state
from reports.escape import plain
from reports.formats import Language, day, percent
from reports.words import say


def show(inspection: pipeline.Inspection, language: Language) -> None:
    """Lay out the questions; one primary button."""
    looked = preview_of(inspection, inspection.mapping)
    _head(inspection, looked, language)
    with taking_in.questions_area("take", language) as clear:
        mapping, is_hopeless = _ask(inspection, looked, language)
        with st.container(horizontal=True):
            take = st.button(
                say("question.accept", language), type="primary", key="take", disabled=is_hopeless
            )
            drop = st.button(say("action.cancel", language), key="drop")
    if drop:
        taking_in.drop(inspection)
    if take:
        clear()
        taking_in.take(inspection, mapping, language)


def _ask(
    inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language
) -> tuple[pipeline.Mapping, bool]:
    """All that can be asked of a file, what needs an answer first; each answer changes the mapping.

    Also says whether no row of the file can be used under it, so that there is nothing to take in.
    """
    reading.which_table(inspection, language)
    warning = st.container()
    mapping = three_questions.show(inspection, looked, language)
    mapping = unsure.show(mapping, inspection, language)
    after = looked if mapping == inspection.mapping else preview_of(inspection, mapping)
    if after.refusal is not None:
        warning.warning(errors.told(after.refusal))
    if after.united is not None:
        uniting.show(after.united, language)
    mapping = mapping_table.show(mapping, inspection, language)
    reading.how(inspection, language)
    return mapping, after.refusal is not None and after.is_whole


def preview_of(inspection: pipeline.Inspection, mapping: pipeline.Mapping) -> pipeline.Preview:
    """Look at the file's first rows once a mapping; the currency changes nothing of them."""
    key = ("preview", str(inspection.path), replace(mapping, currency=None).identity)
    return state.once(key, lambda: pipeline.preview_file(state.house(), inspection, mapping))


def _head(inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language) -> None:
    """The title, how much was looked at, and an earlier mapping when there is one."""
    name = plain(inspection.name, 120)
    if looked.account is None:
        cards.heading(say("portfolios.title_not_yet", language), name)
    else:
        key = "question.looked_at" if looked.is_whole else "question.looked_at_first"
        rows = looked.account.rows_read
        cards.heading(say("portfolios.title_nearly", language), say(key, language, file=name, rows=rows))
    saved = inspection.saved
    if saved is None:
        return
    facts = {
        "file": plain(saved.file, 80),
        "person": plain(saved.person, 40),
        "date": day(saved.at.date(), language),
    }
    if saved.likeness == 1.0:
        cards.answer("", say("mapping.reused", language, **facts))
        return
    offer = say("mapping.nearly", language, share=percent(saved.likeness, 0), **facts)
    with cards.answer_with("", offer, key="saved"):
        if st.button(say("mapping.use_saved", language), key="use_saved"):
            state.keep("inspection", replace(pipeline.with_saved_mapping(inspection), saved=None))
            st.rerun()
