"""A file is taken in, with progress, or thrown away; rows that come back mended likewise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports.escape import plain
from reports.formats import Language
from reports.progress import ReadingClock
from reports.words import say

Report = Callable[[pipeline.Progress], None]
Work = Callable[[Report], tuple[pipeline.Snapshot, bool]]
STOPPED = "stopped"
"""How an import ended that was cancelled; a refused one ended with its error."""


@dataclass(slots=True)
class Attempt:
    """An import under way, known to the run that does it and to the run that a click begins meanwhile.

    A click begins a new run at once, while the old one still undoes its work and may no longer touch
    the session. Only what stands here tells the new run the truth.
    """

    over: threading.Event = field(default_factory=threading.Event)
    result: tuple[pipeline.Snapshot, bool] | None = None
    seconds_read: float | None = None
    error: pipeline.StratumError | None = None


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
    """Import with progress; on a refusal the questions come back."""
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
    with questions_area("take_mended", language) as clear, st.container(horizontal=True):
        again = st.button(say("mended.take", language), type="primary", key="take_mended")
        leave = st.button(say("action.cancel", language), key="drop")
    if leave:
        drop(inspection)
    if again:
        clear()
        _with_progress(
            inspection,
            lambda report: pipeline.take_back(state.house(), mending, person=state.person(), report=report),
            language,
        )


@contextmanager
def questions_area(button: str, language: Language) -> Iterator[Callable[[], object]]:
    """Hold what is asked before an import; give how to clear it away once the button was clicked.

    While rows are read there is nothing to touch but the way out: every other click would begin
    the page anew and so end the import.
    """
    # Only then: a place that can be cleared is drawn anew at every run, and folds would close.
    place = st.empty() if state.widget(button) else None
    with place.container() if place is not None else st.container():
        _tell_how_it_ended(language)
        yield place.empty if place is not None else lambda: None


def _with_progress(inspection: pipeline.Inspection, work: Work, language: Language) -> None:
    """Do the import under a bar; what came of it, the next run says."""
    bar, stop, clock = st.empty(), st.empty(), ReadingClock(language)
    # A click begins the page anew: the next report ends the import, and its transaction is undone.
    stop.button(say("work.stop_reading", language), key="stop_reading")
    attempt = Attempt()
    state.keep("attempt", attempt)
    with ExitStack() as waiting:
        waiting.callback(attempt.over.set)

        def report(progress: pipeline.Progress) -> None:
            if progress.share < 1:
                bar.progress(min(progress.share, 0.99), text=clock.sentence(progress.rows, progress.share))
                return
            attempt.seconds_read = clock.seconds
            bar.empty()
            stop.empty()
            waiting.enter_context(
                st.spinner(say("work.keeping", language, rows=progress.rows), show_time=True)
            )

        report(pipeline.Progress(0, 0.0))
        try:
            attempt.result = work(report)
        except pipeline.StratumError as error:
            attempt.error = error
    st.rerun()


def settle(language: Language) -> None:
    """Take up what came of an import: that its rows are in, or why not."""
    attempt: Attempt | None = state.kept("attempt")
    if attempt is None:
        return
    if not attempt.over.is_set():
        # The run that read is still undoing its work, or was past the point where it could be stopped.
        with st.spinner(say("work.stopping", language), show_time=True):
            attempt.over.wait()
    inspection: pipeline.Inspection | None = state.kept("inspection")
    if attempt.result is None:
        state.keep("ended", attempt.error or STOPPED)
        state.forget("attempt")
        return
    snapshot, is_new = attempt.result
    if inspection is not None:
        throw_away(inspection.path, str(state.kept("origin", "upload")))
    state.keep("imported", snapshot)
    state.keep("is_new", is_new)
    state.keep("seconds_read", attempt.seconds_read if is_new else None)
    state.choose_snapshot(snapshot.snapshot_id)
    state.forget("inspection")
    state.forget("attempt")
    st.rerun()


def _tell_how_it_ended(language: Language) -> None:
    """Say once why an import did not come to its end: cancelled, or refused."""
    ended = state.kept("ended")
    state.forget("ended")
    if isinstance(ended, pipeline.StratumError):
        errors.tell(ended)
    elif ended:
        st.info(say("work.stopped", language))
