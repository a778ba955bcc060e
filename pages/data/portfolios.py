"""Portfolios: a file comes in, at most three questions, an account of every row, and what is here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import pipeline
from pages.data import arrived, quality, questions, taking_in
from pages.parts import cards, errors, state
from pages.parts.upload.upload import file_picker
from reports.escape import plain
from reports.formats import Language, day, file_size
from reports.html import Cell, Head, Row
from reports.words import say


def show() -> None:
    """Lay out the page."""
    language = state.language()
    taking_in.settle(language)
    result: pipeline.Snapshot | None = state.kept("imported")
    inspection: pipeline.Inspection | None = state.kept("inspection")
    looked_over = pipeline.find_snapshot(state.house(), state.kept("quality_of"))
    if inspection is not None and inspection.mending is not None:
        taking_in.show_mended(inspection, inspection.mending, language)
        return
    if inspection is not None:
        questions.show(inspection, language)
        return
    if state.kept("quality_of") and looked_over is not None:
        quality.show(looked_over, language)
        return
    if result is not None:
        arrived.show(result, language)
    else:
        cards.heading(say("portfolios.title", language), say("portfolios.answer", language))
    _pick(is_first=result is None)
    _inbox(language)
    _snapshots(language)


def _pick(*, is_first: bool) -> None:
    """The browser door; once a portfolio is in, the way on is the page's main button."""
    upload = file_picker("portfolio") if is_first else file_picker("portfolio", "choose_another")
    if upload is not None:
        _look_at(upload.path, upload.name, "upload")


def _look_at(path: Path, name: str, origin: str) -> None:
    """Look at a file that has arrived; ask, or say why it can't be used."""
    try:
        with st.spinner(say("work.mapping", state.language())):
            inspection = pipeline.inspect_file(state.house(), path, name)
    except pipeline.StratumError as error:
        taking_in.throw_away(path, origin)
        errors.tell(error)
        return
    state.forget("imported")
    state.forget("quality_of")
    state.keep("inspection", inspection)
    state.keep("origin", origin)
    st.rerun()


def _inbox(language: Language) -> None:
    """The path door: files of the inbox folder."""
    house = state.house()
    with cards.card(
        say("inbox.title", language),
        say("inbox.subtitle", language, folder=plain(house.settings.inbox_path, 200)),
        key="inbox",
    ):
        files = pipeline.inbox_files(house)
        if not files:
            cards.quiet(say("inbox.empty", language))
            return
        chosen = st.selectbox(
            say("inbox.title", language),
            files,
            format_func=lambda path: say(
                "inbox.file", language, name=plain(path.name, 80), size=file_size(path.stat().st_size)
            ),
            key="inbox_file",
            label_visibility="collapsed",
        )
        if st.button(say("inbox.take", language), key="inbox_take"):
            _look_at(chosen, chosen.name, "inbox")


def _snapshots(language: Language) -> None:
    """What is here: open, rename, delete."""
    listed = pipeline.list_snapshots(state.house())
    with cards.card(say("snapshots.title", language), say("snapshots.subtitle", language), key="snapshots"):
        if not listed:
            cards.quiet(say("snapshots.empty", language))
            return
        heads = [
            Head(say("snapshots.name", language), "left"),
            Head(say("snapshots.date", language)),
            Head(say("snapshots.customers", language)),
            Head(say("snapshots.source", language), "left"),
            Head(say("snapshots.identity", language), "left"),
        ]
        rows = [
            Row(
                [
                    Cell(
                        plain(entry.name, 80),
                        note=say("snapshots.simulated", language) if entry.origin == "simulated" else "",
                    ),
                    Cell(day(entry.as_of, language)),
                    Cell(f"{entry.account.customers:,}"),
                    Cell(plain(entry.sources[0]["file"], 40)),
                    Cell(entry.snapshot_id[:12]),
                ],
                is_marked=entry.snapshot_id == state.snapshot_id(),
            )
            for entry in listed
        ]
        cards.data_table(heads, rows, caption=say("snapshots.title", language))
        names = {entry.snapshot_id: plain(entry.name, 80) for entry in listed}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                say("snapshots.name", language),
                list(names),
                index=next(
                    (place for place, identity in enumerate(names) if identity == state.snapshot_id()), 0
                ),
                format_func=lambda identity: names[identity],
                key="manage",
                width=360,
            )
            if st.button(say("snapshots.open", language), key="open_snapshot"):
                state.choose_snapshot(chosen)
                st.rerun()
            if st.button(say("snapshots.quality", language), key="snapshot_quality"):
                state.keep("quality_of", chosen)
                st.rerun()
            with st.popover(say("action.rename", language)):
                name = st.text_input(say("snapshots.new_name", language), key="new_name", max_chars=120)
                if st.button(say("action.save", language), key="save_name"):
                    with errors.shown():
                        pipeline.rename_snapshot(state.house(), chosen, name, state.person())
                        st.rerun()
            with st.popover(say("action.delete", language)):
                entry = next(item for item in listed if item.snapshot_id == chosen)
                st.text(say("snapshots.delete_ask", language, name=names[chosen], n=entry.account.customers))
                if st.button(say("action.delete", language), key="delete_snapshot"):
                    with errors.shown():
                        pipeline.delete_snapshot(state.house(), chosen, state.person())
                        state.drop_snapshot(chosen)
                        st.rerun()
