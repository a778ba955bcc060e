"""The streaming file picker: a component that sends the file straight to the upload route."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import pipeline
from pages.parts import state
from reports.formats import Language
from reports.words import say

HERE = Path(__file__).resolve().parent
HTML = """
<div class="zone">
  <label><input type="file"><span class="choose"></span></label>
  <p class="hint"></p>
  <progress max="1" value="0" hidden></progress>
  <p class="line" role="status" aria-live="polite"></p>
  <button type="button" class="cancel" hidden></button>
</div>
"""
WORDS = (
    "choose", "cancel", "progress", "sending", "arrived", "one_only", "empty", "cancelled", "cut_short", "no_ticket",
    "no_room",
)  # fmt: skip
PLACEHOLDERS = {"progress": ("share", "done", "total", "left")}
"""Words whose values only the picker knows."""


def file_picker(purpose: str, choose: str = "choose") -> pipeline.Upload | None:
    """Show the picker; give the upload once it has arrived, else None.

    Each ticket serves one upload. When that has ended, well or badly, the picker gets the next
    ticket in the same run, so that another file can be chosen at once; why an upload ended badly
    stands in the picker.

    Parameters
    ----------
    purpose : str
        What the file is for; a file sent on one page is not taken up by another.
    choose : {'choose', 'choose_another'}
        What its button says; another file is not the page's main matter.
    """
    language, desk, kept_as = state.language(), state.house().desk, f"ticket_{purpose}"
    ticket = state.kept(kept_as)
    upload = desk.look(ticket) if ticket else None
    if upload is None or upload.state not in ("waiting", "receiving"):
        ticket = desk.open_ticket()
        state.keep(kept_as, ticket)
    component = st.components.v2.component(
        "stratum_upload",
        html=HTML,
        css=(HERE / "upload.css").read_text(encoding="utf-8"),
        js=(HERE / "upload.mjs").read_text(encoding="utf-8"),
    )
    limit, widget = f"{desk.max_bytes // 1_000_000:,}", f"upload_{purpose}"
    component(
        key=widget,
        data={
            "url": "/api/upload",
            "ticket": ticket,
            "maxBytes": desk.max_bytes,
            "words": _words(limit, language) | {"choose": say(f"upload.{choose}", language)},
            "isMain": choose == "choose",
            "told": _why_ended(upload),
        },
        on_finished_change=lambda: _note_cancelled(widget),
    )
    return upload if upload is not None and upload.state == "received" else None


def _note_cancelled(widget: str) -> None:
    """Tell the desk that a person cancelled: to it a cancelled upload looks like a broken connection."""
    ended = state.widget(widget).finished
    if ended and ended["state"] == "cancelled":
        state.house().desk.cancel(str(ended["ticket"]))


def _why_ended(upload: pipeline.Upload | None) -> str:
    """Say why an upload ended badly, as a key of the words; empty when none did."""
    if upload is None or upload.state not in ("cancelled", "refused"):
        return ""
    return "cancelled" if upload.state == "cancelled" else upload.reason.removeprefix("upload.")


def _words(limit: str, language: Language) -> dict[str, str]:
    words = {
        name: say(f"upload.{name}", language, **{part: f"{{{part}}}" for part in PLACEHOLDERS.get(name, ())})
        for name in WORDS
    }
    limited = {name: say(f"upload.{name}", language, limit=limit) for name in ("hint", "too_large")}
    times = {name: say(f"work.{name}", language, n="{n}") for name in ("seconds", "minutes")}
    return words | limited | times
