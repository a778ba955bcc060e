"""Acquisition: cost and value, who responds, whom to call, offers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.decide import acquisition_calls
from pages.parts import cards, context, errors, state
from pages.parts.groups import group_names, lifetime_assumed
from reports import html
from reports.acquisition import (
    OFFER_KEYS,
    class_key,
    class_label,
    economics_rows,
    feature_rows,
    lift_chart,
    offer_key,
    offer_label,
    refused_line,
)
from reports.boards import tier_name
from reports.escape import plain
from reports.formats import Language, number, percent
from reports.intake import quality_reason
from reports.marks import Assumed
from reports.words import say
from segmentation.policy import LIFECYCLES, TIERS

VIEWS = ("economics", "response", "calls", "offers")
ANY = "*"


def show() -> None:
    """Lay out the page; only the view chosen is worked out."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    heading = st.empty()
    view = context.choose_view("acquisition_view", VIEWS, language)
    with heading.container():
        cards.heading(say("acquisition.title", language), say("acquisition.lead", language))
    with errors.shown():
        if view == "economics":
            found = _economics(scored, language)
            if found:
                with heading.container():
                    cards.heading(say("acquisition.title", language), found)
        elif view == "response":
            _response(scored, language)
        elif view == "calls":
            acquisition_calls.show(scored, language)
        else:
            _offers(language)


def _economics(scored: pipeline.Scored, language: Language) -> str:
    """Cost and value by segment or channel; gives the page's answer, empty when nothing can be said."""
    state.seed_widget("w_economics_by", "segment")
    by = st.segmented_control(
        say("economics.by", language), pipeline.ACQUISITION_BYS, key="w_economics_by", required=True,
        format_func=lambda name: say(f"dimension.{name}", language),
    )  # fmt: skip
    policy = state.draft(pipeline.policy_in_force(state.house()))
    answered = pipeline.answer_column(state.house(), scored)
    found = state.once(
        ("economics", scored.scored_id, policy.identity, by, answered),
        lambda: pipeline.acquisition_economics(state.house(), scored, by or "segment", policy),
    )
    names = group_names(scored, by or "segment", language)
    money = scored.snapshot.currency or say("bar.no_currency", language)
    sentence = say(
        "economics.assumed", language, cost=number(scored.model.returns.contact_cost, 2), unit=money
    )
    assumed = Assumed(sentence, ("contact_cost", "euro_rates"))
    heads, rows = economics_rows(found, names, assumed, lifetime_assumed(scored, language), language)
    title = say("economics.title", language)
    body = html.table(heads, rows, state.theme(), caption=title)
    with cards.card(title, say("economics.subtitle", language, unit=money), body, key="economics"):
        if answered:
            headers = {column.name: column.header for column in scored.model.columns}
            cards.quiet(say("economics.answered", language, name=plain(headers.get(answered, answered), 40)))
        if any(entry.cost_source == "assumed" for entry in found):
            cards.rests_on(assumed.words, assumed.keys, language)
        if any(entry.value is not None for entry in found):
            lifetime = lifetime_assumed(scored, language)
            cards.rests_on(say("economics.lifetime", language, what=lifetime.words), lifetime.keys, language)
        if all(entry.cost_source == "unknown" for entry in found):
            cards.quiet(say("economics.unknown", language))
        if all(entry.value is None for entry in found):
            cards.quiet(say("economics.no_value", language))
    best = found[0] if found else None
    if best is None or best.multiple is None:
        return ""
    return say(
        "acquisition.answer", language, name=names.get(best.key, best.key) or say("groups.unknown", language),
        cost=number(best.cost), value=number(best.value), multiple=number(best.multiple, 1),
    )  # fmt: skip


def _response(scored: pipeline.Scored, language: Language) -> None:
    """Fit a response model and say how good it is and what it rests on."""
    house, title = state.house(), say("response.title", language)
    if state.selection():
        # A model is kept with its portfolio: fitted on a part it would speak for the whole.
        cards.card(title, say("response.filtered", language), key="response")
        return
    columns = pipeline.possible_responses(house, scored)
    if not columns:
        cards.card(title, say("response.none", language), key="response")
        return
    headers = {column.name: column.header for column in scored.model.columns}
    model = pipeline.response_model_of(house, scored)
    with cards.card(title, "", key="response-fit"):
        if model is not None and model.outcome in columns:
            state.seed_widget("w_response_column", model.outcome)
        chosen = st.selectbox(
            say("response.column", language), columns, key="w_response_column",
            format_func=lambda name: headers.get(name, name),
        )  # fmt: skip
        if st.button(say("response.fit", language), type="primary", key="fit-response"):
            with st.spinner(say("response.fitting", language), show_time=True):
                model = pipeline.fit_response_model(house, scored, chosen, state.person())
        if model is None:
            cards.quiet(say("response.not_yet", language))
            return
        if model.card is None:
            cards.quiet(say("response.failed", language, reason=quality_reason(model.reason, language)))
        else:
            fifth = min(model.lift, key=lambda point: abs(point.called - 0.2))
            cards.quiet(
                say(
                    "response.answer", language, auc=number(model.auc, 3), share=percent(fifth.reached, 0), rate=percent(model.rate)
                )
            )  # fmt: skip
    if model.card is not None:
        left, right = st.columns(2)
        with left, cards.card(say("response.lift_title", language), "", key="lift"):
            cards.chart(lift_chart(model, theme=state.theme(), language=language), language, key="lift-chart")
        with right:
            heads, rows = feature_rows(model, headers, language)
            title = say("response.features_title", language)
            cards.card(
                title, "", html.table(heads, rows, state.theme(), caption=title), key="response-features"
            )
    if model.refused:
        cards.card(
            say("response.refused_title", language), refused_line(model, language), key="response-refused"
        )


def _offers(language: Language) -> None:
    """Offer rules as editable rows."""
    rules = pipeline.offer_rules(state.house())
    known = ", ".join(say(f"offer.{key}", language) for key in OFFER_KEYS)
    with cards.card(say("offers.title", language), say("offers.subtitle", language), key="offers"):
        anybody = say("offers.any", language)

        def shown(option: object) -> str:
            name = str(option)
            return (
                anybody
                if name == ANY
                else tier_name(name, language)
                if name in TIERS
                else say(f"lifecycle.{name}", language)
            )

        table = pd.DataFrame(
            [
                [
                    class_label(rule.customer_class, language),
                    rule.tier or ANY,
                    rule.lifecycle or ANY,
                    offer_label(rule.offer, language),
                ]
                for rule in rules
            ],
            columns=["customer_class", "tier", "lifecycle", "offer"],
        )
        edited = st.data_editor(
            table, hide_index=True, num_rows="dynamic", key=f"w_offers_{language}", width="stretch",
            column_config={
                "customer_class": st.column_config.TextColumn(say("offers.class", language), max_chars=60, default=anybody),
                "tier": st.column_config.SelectboxColumn(
                    say("offers.tier", language), options=[ANY, *TIERS], format_func=shown, default=ANY
                ),
                "lifecycle": st.column_config.SelectboxColumn(
                    say("offers.lifecycle", language), options=[ANY, *LIFECYCLES], format_func=shown, default=ANY
                ),
                "offer": st.column_config.TextColumn(say("offers.offer", language), max_chars=200),
            },
        )  # fmt: skip
        cards.quiet(say("offers.known", language, names=known))
        if st.button(say("offers.save", language), type="primary", key="save-offers"):
            rows = [
                {str(name): "" if value == ANY else value for name, value in row.items()}
                | {
                    "customer_class": class_key(str(row["customer_class"])),
                    "offer": offer_key(str(row["offer"])),
                }
                for row in edited.fillna("").to_dict("records")
            ]
            pipeline.set_offers(state.house(), pipeline.offers_from(rows), state.person())
            st.toast(say("offers.saved", language))
            st.rerun()
