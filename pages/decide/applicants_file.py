"""A file of deals: it comes in, is answered and forgotten; the answers can be downloaded."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from pages.parts.upload.upload import file_picker
from reports import html
from reports.applicants import answer_table, tier_counts
from reports.escape import plain, spreadsheet
from reports.formats import Language, money_unit, number, unit_label
from reports.html import Head, Row
from reports.words import say
from reports.words.names import row_reason

SHOWN = 100


def show(
    scored: pipeline.Scored, in_force: pipeline.Policy, draft: pipeline.Policy, language: Language
) -> pipeline.Answers | None:
    """Take a file and answer it; give the answers of the last one as long as they hold."""
    hint = say("applicants.file_hint", language, n=pipeline.MOST_APPLICANTS)
    with cards.card(say("applicants.file_title", language), hint, key="deal-file"):
        upload = file_picker("applicants")
    if upload is not None:
        _answered(scored, upload, in_force, draft, language)
    kept = state.kept("applicants")
    if kept is None or kept[0] != scored.scored_id:
        return None
    _, policies, answers = kept
    if policies != (in_force.identity, draft.identity):
        cards.quiet(say("applicants.file_stale", language))
        return None
    return answers if isinstance(answers, pipeline.Answers) else None


def _answered(
    scored: pipeline.Scored,
    upload: pipeline.Upload,
    in_force: pipeline.Policy,
    draft: pipeline.Policy,
    language: Language,
) -> None:
    """Answer an upload and throw it away, whatever came of it."""
    state.forget("applicants")
    try:
        with st.spinner(say("applicants.working", language), show_time=True):
            answers = pipeline.answer_file(state.house(), scored, upload.path, upload.name, in_force, draft)
        state.keep("applicants", (scored.scored_id, (in_force.identity, draft.identity), answers))
    except pipeline.StratumError as error:
        errors.tell(error)
    finally:
        upload.path.unlink(missing_ok=True)


def listed(scored: pipeline.Scored, answers: pipeline.Answers, is_draft: bool, language: Language) -> int:
    """Say what came of the file and list its answers; give the row chosen, the first one until then."""
    rows = answers.rows
    parts = tier_counts(rows["tier"], language)
    strong = say("applicants.file_answer", language, n=len(rows), parts=parts)
    rest = ""
    if is_draft:
        moved = int((rows["tier"] != rows["tier_draft"]).sum())
        rest = say(
            "applicants.file_draft",
            language,
            parts=tier_counts(rows["tier_draft"], language),
            moved=number(moved),
        )
    cards.answer(strong, rest, _account(answers, language))
    title = say("applicants.file_list", language)
    with cards.card(
        title, say("applicants.file_list_hint", language, n=min(SHOWN, len(rows))), key="deal-list"
    ):
        shown = rows.head(SHOWN)
        unit = unit_label(scored.snapshot.currency, money_unit(0.0, language), language)
        table = answer_table(shown, _names(shown), is_draft, unit, language)
        event = st.dataframe(
            table, hide_index=True, height=min(38 + 35 * len(table), 330), key="w_deal_rows", on_select="rerun",
            selection_mode="single-row",
        )  # fmt: skip
        st.download_button(
            say("applicants.download", language), data=lambda: pipeline.inert_csv(rows, spreadsheet),
            file_name="applicants.csv", mime="text/csv", on_click="ignore", key="deal-csv",
        )  # fmt: skip
    aside = answers.set_aside
    if aside is not None and len(aside):
        heads, body = _aside_rows(aside, language)
        summary = say("applicants.file_aside", language)
        cards.folded(summary, html.table(heads, body, state.theme(), caption=summary))
    chosen = event.selection.rows if event else []
    return int(chosen[0]) if chosen and chosen[0] < len(shown) else 0


def _account(answers: pipeline.Answers, language: Language) -> str:
    account, sentences = answers.account, []
    if account is not None:
        sentences.append(
            say("applicants.file_account", language, read=number(account.rows_read), accepted=number(account.rows_accepted),
                aside=number(account.rows_quarantined))
        )  # fmt: skip
    if answers.left_out:
        headers = ", ".join(plain(header, 40) for header in answers.left_out)
        sentences.append(say("applicants.file_left", language, headers=headers))
    return " ".join(sentences)


def _names(rows: pd.DataFrame) -> list[str]:
    is_hidden = "name" in pipeline.masked_columns(state.person())
    pairs = zip(rows["customer_id"], rows["name"], strict=True)
    return [
        plain(key, 40) + (f" · {plain(name, 40)}" if isinstance(name, str) and not is_hidden else "")
        for key, name in pairs
    ]


def _aside_rows(aside: pd.DataFrame, language: Language) -> tuple[list[Head], list[Row]]:
    heads = [
        Head(say("applicants.line", language)), Head(say("applicants.column", language), "left"),
        Head(say("applicants.reason", language), "left"),
    ]  # fmt: skip
    rows = [
        Row([number(line), plain(column or "", 60), row_reason(reason, language)])
        for line, column, reason in aside.itertuples(index=False)
    ]
    return heads, rows
