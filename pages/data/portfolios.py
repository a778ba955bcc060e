"""Portfolios: a file comes in, at most three questions, an account of every row, and what is here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from pages.parts.upload.upload import file_picker
from reports import html
from reports.escape import plain
from reports.formats import Language, day, file_size
from reports.html import Cell, Head, Row
from reports.intake import account_sentence, finding_sentence, lets_rows
from reports.words import say
from reports.words.names import column_label

EXPOSURES = ("exposure", "exposure_at_default", "outstanding_balance", "credit_limit")
CURRENCIES = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "CHF")


def show() -> None:
    """Lay out the page."""
    language = state.language()
    result: pipeline.Snapshot | None = state.kept("imported")
    inspection: pipeline.Inspection | None = state.kept("inspection")
    if inspection is not None:
        _questions(inspection, language)
        return
    if result is not None:
        _arrived(result, language)
    else:
        cards.heading(say("portfolios.title", language), say("portfolios.answer", language))
    _pick(language)
    _inbox(language)
    _snapshots(language)


def _pick(language: Language) -> None:
    """The browser door."""
    upload = file_picker()
    if upload is None:
        return
    if upload.state != "received":
        limit = f"{state.house().desk.max_bytes // 1_000_000:,}"
        reason = upload.reason or "upload.cancelled"
        st.warning(say(reason, language, **({"limit": limit} if reason == "upload.too_large" else {})))
        return
    _look_at(upload.path, upload.name, "upload")


def _look_at(path: Path, name: str, origin: str) -> None:
    """Look at a file that has arrived; ask, or say why it can't be used."""
    try:
        with st.spinner(say("work.mapping", state.language())):
            inspection = pipeline.inspect_file(state.house(), path, name)
    except pipeline.StratumError as error:
        _throw_away(path, origin)
        errors.tell(error)
        return
    state.forget("imported")
    state.keep("inspection", inspection)
    state.keep("origin", origin)
    st.rerun()


def _throw_away(path: Path, origin: str) -> None:
    """Remove an upload that is not wanted; files of the inbox belong to the bank and stay."""
    if origin == "upload":
        path.unlink(missing_ok=True)


def _questions(inspection: pipeline.Inspection, language: Language) -> None:
    """At most three questions, the rest behind "show mapping"; one primary button."""
    mapping = inspection.mapping
    cards.heading(
        say("portfolios.title_nearly", language),
        say("question.why", language, n=_unsure(inspection))
        if _unsure(inspection)
        else plain(inspection.name),
    )
    columns = st.columns(3)
    with (
        columns[0],
        cards.card(
            say("question.customer.title", language), say("question.customer.subtitle", language), key="who"
        ),
    ):
        mapping = _ask_customer(mapping, language)
    with (
        columns[1],
        cards.card(
            say("question.exposure.title", language),
            say("question.exposure.subtitle", language),
            key="amount",
        ),
    ):
        mapping = _ask_exposure(mapping, inspection, language)
    with (
        columns[2],
        cards.card(
            say("question.currency.title", language),
            say("question.currency.subtitle", language),
            key="currency",
        ),
    ):
        mapping = _ask_currency(mapping, language)
    mapping = _mapping_table(mapping, inspection, language)
    with st.container(horizontal=True):
        take = st.button(say("question.accept", language), type="primary", key="take")
        drop = st.button(say("action.cancel", language), key="drop")
    if drop:
        _throw_away(inspection.path, state.kept("origin", "upload"))
        state.forget("inspection")
        st.rerun()
    if take:
        _take_in(inspection, mapping, language)


def _unsure(inspection: pipeline.Inspection) -> int:
    return len(inspection.questions)


def _header_label(header: str | None, language: Language) -> str:
    return plain(header, 60) if header else say("question.customer.numbered", language)


def _ask_customer(mapping: pipeline.Mapping, language: Language) -> pipeline.Mapping:
    """Which column is the customer: the likely ones, or numbered rows."""
    by_target = mapping.by_target()
    proposed = by_target["customer_id"].header if "customer_id" in by_target else None
    if mapping.customer_key.startswith("unique:"):
        proposed = mapping.customer_key.removeprefix("unique:")
    headers = [
        entry.header
        for entry in mapping.entries
        if entry.kind == "text" and entry.target in ("customer_id", "facility_id", "name", "group_id")
    ]
    options = [*dict.fromkeys([*([proposed] if proposed else []), *headers])][:6]
    chosen = st.radio(
        say("question.customer.title", language),
        [*options, None],
        index=options.index(proposed) if proposed in options else len(options),
        format_func=lambda header: state.safe_option(_header_label(header, language)),
        key="ask_customer",
        label_visibility="collapsed",
    )
    if chosen == proposed:
        return mapping
    if chosen is None:
        return replace(mapping, customer_key="numbered")
    return pipeline.with_choice(mapping, chosen, "customer_id")


def _ask_exposure(
    mapping: pipeline.Mapping, inspection: pipeline.Inspection, language: Language
) -> pipeline.Mapping:
    """Which amount is at risk: the likely ones, any number column, or one each."""
    by_target = mapping.by_target()
    proposed = next((by_target[name].header for name in EXPOSURES if name in by_target), None)
    numbers = [
        entry.header
        for entry in mapping.entries
        if entry.kind in ("money", "number") and entry.header != proposed
    ]
    options = [*([proposed] if proposed else []), *numbers][:25]
    chosen = st.selectbox(
        say("question.exposure.title", language),
        [*options, None],
        index=options.index(proposed) if proposed in options else len(options),
        format_func=lambda header: (
            plain(header, 60) if header else say("question.exposure.one_each", language)
        ),
        key="ask_exposure",
        label_visibility="collapsed",
    )
    if chosen:
        examples = " · ".join(plain(cell, 24) for cell in inspection.examples.get(chosen, ())[:3])
        cards.quiet(examples)
    if chosen == proposed:
        return mapping
    if chosen is None:
        return replace(mapping, exposure_rule="one_each")
    return pipeline.with_choice(mapping, chosen, "exposure")


def _ask_currency(mapping: pipeline.Mapping, language: Language) -> pipeline.Mapping:
    """Which currency; a column that says so wins row by row."""
    known = [mapping.currency] if mapping.currency else []
    options: list[str | None] = [*dict.fromkeys([*known, *CURRENCIES]), None]
    chosen = st.selectbox(
        say("question.currency.title", language),
        options,
        index=0 if mapping.currency else len(options) - 1,
        format_func=lambda code: code or say("question.currency.unknown", language),
        key="ask_currency",
        label_visibility="collapsed",
        accept_new_options=True,
    )
    is_code = isinstance(chosen, str) and len(chosen) == 3 and chosen.isalpha()
    return replace(mapping, currency=chosen.upper() if is_code and chosen else None)


def _mapping_table(
    mapping: pipeline.Mapping, inspection: pipeline.Inspection, language: Language
) -> pipeline.Mapping:
    """The full mapping behind one line; a column's choice is changed in place."""
    mapped = sum(1 for entry in mapping.entries if not entry.target.startswith("x_"))
    with st.expander(say("mapping.show", language, mapped=mapped, total=len(mapping.entries))):
        cards.quiet(say("mapping.subtitle", language))
        extra = say("mapping.extra", language)
        rows = [
            {
                "header": plain(entry.header, 80),
                "column": extra if entry.target.startswith("x_") else column_label(entry.target, language),
                "confidence": "–" if entry.target.startswith("x_") else f"{entry.confidence * 100:.0f} %",
                "example": " · ".join(
                    plain(cell, 30) for cell in inspection.examples.get(entry.header, ())[:2]
                ),
            }
            for entry in mapping.entries
        ]
        st.dataframe(
            rows,
            hide_index=True,
            column_config={
                name: say(f"mapping.{name}", language)
                for name in ("header", "column", "confidence", "example")
            },
        )
        header = st.selectbox(
            say("mapping.header", language),
            [None, *(entry.header for entry in mapping.entries)],
            format_func=lambda text: plain(text, 60) if text else "–",
            key="change_header",
        )
        if header is None:
            return mapping
        current = next(entry for entry in mapping.entries if entry.header == header)
        targets: list[str | None] = [None, *pipeline.contract_columns()]
        here = targets.index(current.target) if current.target in targets else 0
        target = st.selectbox(
            say("mapping.column", language),
            targets,
            index=here,
            format_func=lambda name: column_label(name, language) if name else extra,
            key=f"change_to_{header}",
        )
        if target != (current.target if current.target in targets else None):
            mapping = pipeline.with_choice(mapping, header, target)
            state.keep("inspection", replace(inspection, mapping=mapping))
            st.rerun()
    return mapping


def _take_in(inspection: pipeline.Inspection, mapping: pipeline.Mapping, language: Language) -> None:
    """Import with progress; on a refusal the questions stay."""
    bar = st.progress(0.0, text=say("work.reading_rows", language, rows=0))

    def report(progress: pipeline.Progress) -> None:
        text = say("work.reading_rows", language, rows=progress.rows)
        bar.progress(min(progress.share, 0.99), text=text)

    origin = str(state.kept("origin", "upload"))
    try:
        snapshot, is_new = pipeline.import_file(
            state.house(),
            [inspection.path],
            mapping=mapping,
            name=plain(inspection.name, 120),
            person=state.person(),
            origin=origin,
            names=[inspection.name],
            report=report,
        )
    except pipeline.StratumError as error:
        bar.empty()
        errors.tell(error)
        return
    bar.empty()
    _throw_away(inspection.path, origin)
    state.forget("inspection")
    state.keep("imported", snapshot)
    state.keep("is_new", is_new)
    state.choose_snapshot(snapshot.snapshot_id)
    st.rerun()


def _arrived(snapshot: pipeline.Snapshot, language: Language) -> None:
    """The account, what was noticed, what can be done now."""
    cards.heading(say("portfolios.title_in", language), plain(snapshot.name))
    strong, rest = account_sentence(snapshot.account, language)
    if not state.kept("is_new", True):
        rest = say("account.same", language, name=plain(snapshot.name))
    cards.answer(strong, rest)
    if snapshot.account.rows_quarantined:
        st.download_button(
            say("account.download", language, n=snapshot.account.rows_quarantined),
            data=pipeline.quarantine_download(state.house(), snapshot),
            file_name="quarantine.csv",
            mime="text/csv",
            on_click="ignore",
            key="quarantine",
        )
    scored = context.open_scored(snapshot)
    left, right = st.columns([3, 2])
    with left:
        rows = [Row([Cell(finding_sentence(finding, language))]) for finding in snapshot.findings]
        empty = [Row([Cell(say("findings.none", language))])]
        body = html.table(
            [Head("", "left")], rows or empty, state.theme(), caption=say("findings.title", language)
        )
        cards.card(say("findings.title", language), say("findings.subtitle", language), body, key="findings")
    with right:
        rows = [
            Row([Cell(label), Cell(value)])
            for label, value in lets_rows(snapshot.kinds, scored.model.quality, language)
        ]
        body = html.table(
            [Head("", "left"), Head("")], rows, state.theme(), caption=say("lets.title", language)
        )
        with cards.card(say("lets.title", language), "", body, key="lets"):
            if st.button(say("action.to_overview", language), type="primary", key="to-overview"):
                st.switch_page(state.page("overview"))


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
                format_func=lambda identity: names[identity],
                key="manage",
                width=360,
            )
            if st.button(say("snapshots.open", language), key="open_snapshot"):
                state.choose_snapshot(chosen)
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
