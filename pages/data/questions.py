"""A file is nearly in: three questions, what we are less sure of, what is united, the whole mapping."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.data import mapping_table, reading, taking_in, uniting, unsure
from pages.parts import cards, errors, state
from reports.escape import plain
from reports.formats import Language, day, money, money_unit, percent
from reports.intake import currency_sign, unit_name
from reports.words import say

EXPOSURES = ("exposure", "exposure_at_default", "outstanding_balance", "credit_limit")
CURRENCIES = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "CHF")


def show(inspection: pipeline.Inspection, language: Language) -> None:
    """Lay out the questions; one primary button."""
    looked = preview_of(inspection, inspection.mapping)
    _head(inspection, looked, language)
    with taking_in.questions_area("take", language) as clear:
        mapping, is_hopeless = _ask(inspection, looked, language)
        with st.container(horizontal=True):
            take = st.button(
                say("question.accept", language), type="primary", key="take", disabled=is_hopeless
            )
            drop = st.button(say("action.cancel", language), key="drop")
    if drop:
        taking_in.drop(inspection)
    if take:
        clear()
        taking_in.take(inspection, mapping, language)


def _ask(
    inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language
) -> tuple[pipeline.Mapping, bool]:
    """All that can be asked of a file, what needs an answer first; each answer changes the mapping.

    Also says whether no row of the file can be used under it, so that there is nothing to take in.
    """
    reading.which_table(inspection, language)
    warning = st.container()
    mapping = _three_questions(inspection, looked, language)
    mapping = unsure.show(mapping, inspection, language)
    after = looked if mapping == inspection.mapping else preview_of(inspection, mapping)
    if after.refusal is not None:
        warning.warning(errors.told(after.refusal))
    if after.united is not None:
        uniting.show(after.united, language)
    mapping = mapping_table.show(mapping, inspection, language)
    reading.how(inspection, language)
    return mapping, after.refusal is not None and after.is_whole


def preview_of(inspection: pipeline.Inspection, mapping: pipeline.Mapping) -> pipeline.Preview:
    """Look at the file's first rows once a mapping; the currency changes nothing of them."""
    key = ("preview", str(inspection.path), replace(mapping, currency=None).identity)
    return state.once(key, lambda: pipeline.preview_file(state.house(), inspection, mapping))


def _head(inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language) -> None:
    """The title, how much was looked at, and an earlier mapping when there is one."""
    name = plain(inspection.name, 120)
    if looked.account is None:
        cards.heading(say("portfolios.title_not_yet", language), name)
    else:
        key = "question.looked_at" if looked.is_whole else "question.looked_at_first"
        rows = looked.account.rows_read
        cards.heading(say("portfolios.title_nearly", language), say(key, language, file=name, rows=rows))
    saved = inspection.saved
    if saved is None:
        return
    facts = {
        "file": plain(saved.file, 80),
        "person": plain(saved.person, 40),
        "date": day(saved.at.date(), language),
    }
    if saved.likeness == 1.0:
        cards.answer("", say("mapping.reused", language, **facts))
        return
    offer = say("mapping.nearly", language, share=percent(saved.likeness, 0), **facts)
    with cards.answer_with("", offer, key="saved"):
        if st.button(say("mapping.use_saved", language), key="use_saved"):
            state.keep("inspection", replace(pipeline.with_saved_mapping(inspection), saved=None))
            st.rerun()


def _three_questions(
    inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language
) -> pipeline.Mapping:
    """Who, how much, in which currency: each card changes the mapping by its answer."""
    mapping = inspection.mapping
    columns = st.columns(3)
    with columns[0], _question_card("customer", language):
        mapping = _ask_customer(mapping, looked, language)
    with columns[1], _question_card("exposure", language):
        mapping = _ask_exposure(mapping, inspection, looked, language)
    with columns[2], _question_card("currency", language):
        return _ask_currency(mapping, inspection, language)


def _question_card(name: str, language: Language) -> st.delta_generator.DeltaGenerator:
    title, subtitle = say(f"question.{name}.title", language), say(f"question.{name}.subtitle", language)
    return cards.card(title, subtitle, key=f"ask-{name}")


def _ask_customer(
    mapping: pipeline.Mapping, looked: pipeline.Preview, language: Language
) -> pipeline.Mapping:
    """Which column is the customer: the likely ones, or numbered rows."""
    by_target = mapping.by_target()
    proposed = by_target["customer_id"].header if "customer_id" in by_target else None
    if mapping.customer_key.startswith("unique:"):
        proposed = mapping.customer_key.removeprefix("unique:")
    likely = [
        entry.header
        for entry in mapping.entries
        if entry.target in ("customer_id", "facility_id", "name", "group_id")
        or (entry.candidates and entry.candidates[0][0] == "customer_id")
    ]
    options = [*dict.fromkeys([*([proposed] if proposed else []), *likely])][:6]

    def label(header: str | None) -> str:
        if header is None:
            return say("question.customer.numbered", language)
        repeats = looked.repeats.get(header)
        key = "question.customer.repeats" if repeats else "question.customer.all_different"
        note = "" if repeats is None else f" · {say(key, language, n=repeats)}"
        return state.safe_option(f"{plain(header, 60)}{note}")

    chosen = st.radio(
        say("question.customer.title", language),
        [*options, None],
        index=options.index(proposed) if proposed in options else len(options),
        format_func=label,
        # Another proposal is another question, or the old answer would undo it.
        key=f"ask_customer_{proposed}",
        label_visibility="collapsed",
    )
    if chosen == proposed:
        return mapping
    return (
        pipeline.numbered(mapping) if chosen is None else pipeline.with_choice(mapping, chosen, "customer_id")
    )


def _ask_exposure(
    mapping: pipeline.Mapping, inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language
) -> pipeline.Mapping:
    """Which amount is at risk: the likely ones, any number column, or one each; and its unit."""
    by_target = mapping.by_target()
    proposed = next((by_target[name].header for name in EXPOSURES if name in by_target), None)
    numbers = [e.header for e in mapping.entries if e.kind in ("money", "number") and e.header != proposed]
    options = [*([proposed] if proposed else []), *numbers][:25]

    def label(header: str | None) -> str:
        if header is None:
            return say("question.exposure.one_each", language)
        total = looked.sums.get(header)
        if total is None:
            return plain(header, 60)
        amount = say(
            "question.exposure.sum", language, amount=money(total, money_unit(total, language), language)
        )
        return f"{plain(header, 60)} · {amount}"

    chosen = st.selectbox(
        say("question.exposure.title", language),
        [*options, None],
        index=options.index(proposed) if proposed in options else len(options),
        format_func=label,
        key=f"ask_exposure_{proposed}",
        label_visibility="collapsed",
    )
    if chosen is None:
        return mapping if proposed is None else pipeline.without_amounts(mapping)
    cards.quiet(" · ".join(plain(cell, 24) for cell in inspection.examples.get(chosen, ())[:3]))
    if chosen != proposed:
        mapping = pipeline.with_choice(mapping, chosen, "exposure")
    return _ask_unit(mapping, chosen, language)


def _ask_unit(mapping: pipeline.Mapping, header: str, language: Language) -> pipeline.Mapping:
    """In which unit a column of amounts is written."""
    entry = next(entry for entry in mapping.entries if entry.header == header)
    options = [*dict.fromkeys([entry.scale, *unsure.UNITS])]
    chosen = st.selectbox(
        say("unit.label", language, header=plain(header, 40)),
        sorted(options),
        index=sorted(options).index(entry.scale),
        format_func=lambda scale: unit_name(scale, language),
        key=f"unit_of_{header}_{entry.scale}",
    )
    return mapping if chosen == entry.scale else pipeline.with_scale(mapping, header, chosen)


def _ask_currency(
    mapping: pipeline.Mapping, inspection: pipeline.Inspection, language: Language
) -> pipeline.Mapping:
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
    amounts = [
        inspection.examples.get(entry.header, ()) for entry in mapping.entries if entry.kind == "money"
    ]
    sign = currency_sign([cell for cells in amounts for cell in cells])
    if sign:
        cards.quiet(say("question.currency.sign", language, sign=sign))
    is_code = isinstance(chosen, str) and len(chosen) == 3 and chosen.isalpha()
    return replace(mapping, currency=chosen.upper() if is_code and chosen else None)
