"""The streaming file picker: a component that sends the file straight to the upload route."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import pipeline
from pages.parts import state
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
WORDS = ("choose", "hint", "cancel", "progress", "sending", "empty", "cancelled")


def file_picker() -> pipeline.Upload | None:
    """Show the picker; give the upload once it has arrived, else None.

    Each ticket serves one upload; when that has ended, well or badly, the next
    run makes a new one.
    """
    language = state.language()
    desk = state.house().desk
    ticket = state.kept("ticket")
    if ticket is None or desk.look(ticket) is None:
        ticket = desk.open_ticket()
        state.keep("ticket", ticket)
    limit = desk.max_bytes // 1_000_000
    words = {name: say(f"upload.{name}", language, **_values(name, limit)) for name in WORDS}
    words["tooLarge"] = say("upload.too_large", language, limit="{limit}")
    component = st.components.v2.component(
        "stratum_upload",
        html=HTML,
        css=(HERE / "upload.css").read_text(encoding="utf-8"),
        js=(HERE / "upload.mjs").read_text(encoding="utf-8"),
    )
    component(
        key="upload",
        data={"url": "/api/upload", "ticket": ticket, "maxBytes": desk.max_bytes, "words": words},
        on_finished_change=lambda: None,
    )
    upload = desk.look(ticket)
    if upload is None or upload.state in ("waiting", "receiving"):
        return None
    state.forget("ticket")
    return upload


def _values(name: str, limit: int) -> dict[str, str]:
    """Placeholders of a word: the picker fills those of progress itself."""
    if name == "progress":
        return {part: "{" + part + "}" for part in ("share", "done", "total", "left")}
    return {"limit": f"{limit:,}"} if name == "hint" else {}
