"""Who is the customer, which amount is at risk, in which currency: each answer changes the mapping."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.data import unsure
from pages.parts import cards, state
from reports.escape import plain
from reports.formats import Language, money, money_unit
from reports.intake import currency_sign, unit_name
from reports.words import say

CURRENCIES = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "CHF")


def show(inspection: pipeline.Inspection, looked: pipeline.Preview, language: Language) -> pipeline.Mapping:
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
    proposed = unsure.amount_at_risk(mapping)
    numbers = [e.header for e in mapping.entries if e.kind in ("money", "number") and e.header != proposed]
    options = [*([proposed] if proposed else []), *numbers][:25]

    def label(header: str | None) -> str:
        if header is None:
            return say("question.exposure.one_each", language)
        total = looked.sums.get(header)
        if total is None:
            return plain(header, 60)
        # A long header would push the sum out of sight.
        amount = say(
            "question.exposure.sum", language, amount=money(total, money_unit(total, language), language)
        )
        return f"{plain(header, 32)} · {amount}"

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
