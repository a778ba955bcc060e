"""How good a portfolio's data is: what somebody should look at, and what each column holds."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.data import arrived
from pages.parts import cards, state
from reports.escape import plain, spreadsheet
from reports.formats import Language
from reports.intake import account_sentence
from reports.quality import column_rows, finding_rows, listed, quality_answer, quality_sentence
from reports.words import say

SHOWN_ROWS = 50


def show(snapshot: pipeline.Snapshot, language: Language) -> None:
    """Lay out the report of a snapshot."""
    report = pipeline.quality_of(state.house(), snapshot)
    cards.heading(say("quality.title", language), quality_answer(report.findings, report.rows, language))
    if st.button(say("action.back", language), key="leave_quality"):
        state.forget("quality_of")
        st.rerun()
    account = " ".join(account_sentence(snapshot.account, language))
    with cards.answer_with(plain(snapshot.name), account, key="account"):
        arrived.download(snapshot, language)
    headers = {column.name: column.header for column in report.columns}
    if report.findings:
        title = say("quality.found.title", language)
        with cards.card(title, say("quality.found.subtitle", language), key="quality-found"):
            heads, rows = finding_rows(report.findings, report.rows, headers, state.theme(), language)
            cards.data_table(heads, rows, caption=title)
        _customers(snapshot, report, headers, language)
    title = say("quality.columns.title", language)
    with cards.card(title, say("quality.columns.subtitle", language), key="quality-columns"):
        heads, rows = column_rows(report.columns, report.rows, state.theme(), language)
        cards.data_table(heads, rows, caption=title)


def _customers(
    snapshot: pipeline.Snapshot,
    report: pipeline.QualityReport,
    headers: dict[str, str],
    language: Language,
) -> None:
    """The customers one finding is about: a first look, and all of them as a file."""
    listable = [finding for finding in report.findings if finding.has_rows]
    if not listable:
        return
    with cards.card(say("quality.rows.title", language), key="quality-rows"):
        finding = st.selectbox(
            say("quality.rows.choose", language),
            listable,
            format_func=lambda item: quality_sentence(item, headers, language),
            key="quality_finding",
            label_visibility="collapsed",
        )
        if not st.toggle(say("quality.rows.make", language), key="quality_list"):
            return
        rows = pipeline.quality_rows(state.house(), snapshot, finding, state.person())
        shown = rows.head(SHOWN_ROWS)
        cards.quiet(say("quality.rows.first", language, n=len(shown)))
        st.dataframe(listed(shown, snapshot.kinds, headers, language), hide_index=True)
        st.download_button(
            say("quality.rows.download", language, n=len(rows)),
            data=lambda: pipeline.inert_csv(rows, spreadsheet),
            file_name=f"{finding.key}.csv",
            mime="text/csv",
            on_click="ignore",
            key="quality_rows",
        )
