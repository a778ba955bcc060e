"""A file is taken in, with progress, or thrown away; rows that come back mended likewise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports.escape import plain
from reports.formats import Language
from reports.progress import ReadingClock
from reports.words import say

Report = Callable[[pipeline.Progress], None]


def throw_away(path: Path, origin: str) -> None:
    """Remove an upload that is not wanted; files of the inbox belong to the bank and stay."""
    if origin == "upload":
        path.unlink(missing_ok=True)


def drop(inspection: pipeline.Inspection) -> None:
    """Forget a file that was only looked at."""
    throw_away(inspection.path, state.kept("origin", "upload"))
    state.forget("inspection")
    st.rerun()


def take(inspection: pipeline.Inspection, mapping: pipeline.Mapping, language: Language) -> None:
    """Import with progress; on a refusal the questions stay."""
    origin = str(state.kept("origin", "upload"))
    _with_progress(
        inspection,
        lambda report: pipeline.import_file(
            state.house(),
            [inspection.path],
            mapping=mapping,
            name=plain(inspection.name, 120),
            person=state.person(),
            origin=origin,
            names=[inspection.name],
            options=inspection.options,
            report=report,
        ),
        language,
    )


def show_mended(inspection: pipeline.Inspection, mending: pipeline.Mending, language: Language) -> None:
    """Rows set aside are back: say so, and read them again."""
    name = plain(mending.snapshot.name, 80)
    cards.heading(
        say("mended.title", language), say("mended.answer", language, n=len(mending.rows), name=name)
    )
    with st.container(horizontal=True):
        again = st.button(say("mended.take", language), type="primary", key="take_mended")
        leave = st.button(say("action.cancel", language), key="drop")
    if leave:
        drop(inspection)
    if again:
        _with_progress(
            inspection,
            lambda report: pipeline.take_back(state.house(), mending, person=state.person(), report=report),
            language,
        )


def _with_progress(
    inspection: pipeline.Inspection,
    work: Callable[[Report], tuple[pipeline.Snapshot, bool]],
    language: Language,
) -> None:
    """Do the import under a bar; afterwards the page speaks of what came in."""
    bar, stop, clock = st.empty(), st.empty(), ReadingClock(language)
    # A click begins the page anew: the next report ends the import, and its transaction is undone.
    stop.button(
        say("work.stop_reading", language), key="stop_reading", on_click=state.keep, args=("stopped", True)
    )

    def report(progress: pipeline.Progress) -> None:
        bar.progress(min(progress.share, 0.99), text=clock.sentence(progress.rows, progress.share))
        if progress.share >= 1:
            stop.empty()

    report(pipeline.Progress(0, 0.0))
    try:
        snapshot, is_new = work(report)
    except pipeline.StratumError as error:
        bar.empty()
        stop.empty()
        errors.tell(error)
        return
    throw_away(inspection.path, str(state.kept("origin", "upload")))
    state.forget("inspection")
    state.forget("stopped")
    state.keep("imported", snapshot)
    state.keep("is_new", is_new)
    state.choose_snapshot(snapshot.snapshot_id)
    st.rerun()


def tell_stopped(language: Language) -> None:
    """Say once that an import was cancelled."""
    if state.kept("stopped"):
        state.forget("stopped")
        st.info(say("work.stopped", language))
