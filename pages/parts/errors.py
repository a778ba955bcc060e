"""Errors for the reader: what happened and what to do, in the page; slips in the program are not caught."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

import pipeline
from pages.parts import state
from reports.escape import markdown
from reports.refusals import refusal_lines
from reports.words import say


@contextmanager
def shown() -> Iterator[None]:
    """Show a StratumError in the page instead of a traceback."""
    try:
        yield
    except pipeline.StratumError as error:
        tell(error)


def tell(error: pipeline.StratumError) -> None:
    """Show an error's sentence."""
    st.error(f"**{markdown(say('error.title', state.language()))}** {told(error)}")


def told(error: pipeline.StratumError) -> str:
    """Say an error in the page's language, as markdown; its text may hold what was uploaded, so it is escaped."""
    problems = [markdown(line, 2_000) for line in refusal_lines(error, state.language())] or [""]
    # Several problems stand a line each, so that each can be mended where it says.
    return problems[0] if len(problems) == 1 else "".join(f"\n- {problem}" for problem in problems)
