"""A portfolio is in: the account of every row, what was noticed, what can be done now."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from reports import html
from reports.escape import plain
from reports.formats import Language, number
from reports.html import Cell, Head, Row
from reports.intake import account_sentence, lets_rows
from reports.noticed import noticed
from reports.words import say

MOST_NOTICED = 6


def show(snapshot: pipeline.Snapshot, language: Language) -> None:
    """Lay out what became of a file."""
    cards.heading(say("portfolios.title_in", language), _what_was_read(snapshot, language))
    strong, rest = account_sentence(snapshot.account, language)
    if not state.kept("is_new", True):
        rest = say("account.same", language, name=plain(snapshot.name))
    note = say("mended.from", language) if "mended_from" in snapshot.sources[0] else ""
    with cards.answer_with(strong, rest, note, key="account"):
        download(snapshot, language)
    scored = context.open_scored(snapshot)
    left, right = st.columns([3, 2])
    with left:
        report = pipeline.quality_of(state.house(), snapshot)
        said = noticed(snapshot.findings, report, language)
        more, said = len(said) - MOST_NOTICED, said[:MOST_NOTICED]
        rows = [Row([Cell(sentence)]) for sentence in said] or [Row([Cell(say("findings.none", language))])]
        title = say("findings.title", language)
        body = html.table([Head("", "left")], rows, state.theme(), caption=title)
        with cards.card(title, say("findings.subtitle", language), body, key="findings"):
            if more > 0:
                cards.quiet(say("findings.more", language, n=more))
            if st.button(say("quality.see", language), key="see_quality"):
                state.keep("quality_of", snapshot.snapshot_id)
                st.rerun()
    with right:
        rows = [
            Row([Cell(label), Cell(value)])
            for label, value in lets_rows(snapshot.kinds, scored.model.quality, language)
        ]
        title = say("lets.title", language)
        body = html.table([Head("", "left"), Head("")], rows, state.theme(), caption=title)
        with cards.card(title, "", body, key="lets"):
            if st.button(say("action.to_overview", language), type="primary", key="to-overview"):
                st.switch_page(state.page("overview"))


def _what_was_read(snapshot: pipeline.Snapshot, language: Language) -> str:
    """Name the file, and how long its rows took when they were read in this visit."""
    seconds = state.kept("seconds_read")
    if seconds is None:
        return plain(snapshot.name)
    return say(
        "portfolios.source",
        language,
        file=plain(snapshot.name, 120),
        rows=snapshot.account.rows_read,
        seconds=number(seconds, 1),
    )


def download(snapshot: pipeline.Snapshot, language: Language) -> None:
    """Offer the rows set aside, to be mended and brought back."""
    if snapshot.account.rows_quarantined:
        st.download_button(
            say("account.download", language, n=snapshot.account.rows_quarantined),
            data=lambda: pipeline.quarantine_download(state.house(), snapshot),
            file_name="quarantine.csv",
            mime="text/csv",
            on_click="ignore",
            key="quarantine",
        )
