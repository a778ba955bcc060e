"""Whom to call on the Acquisition page: figures in, a list and a spend plan out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, state
from pages.parts.groups import group_names
from reports import html
from reports.acquisition import offer_label, spend_rows
from reports.boards import tier_name
from reports.escape import plain, spreadsheet
from reports.formats import Language, number, percent
from reports.words import say

NEXT_CALLS = 10_000
SHOWN = 100


def show(scored: pipeline.Scored, language: Language) -> None:
    """Choose a model, enter value and cost, get the list."""
    house = state.house()
    own = pipeline.response_model_of(house, scored)
    models = {"": own} if own is not None and own.card is not None else {}
    labels = {"": say("calls.own", language)}
    for entry in pipeline.borrowed_models(house, scored):
        models[entry.snapshot] = entry.model
        labels[entry.snapshot] = plain(entry.snapshot, 60)
    title = say("calls.title", language)
    if not models:
        cards.card(title, say("calls.no_model", language), key="calls")
        return
    policy = state.draft(pipeline.policy_in_force(house))
    contact_cost = scored.model.returns.contact_cost
    economics = pipeline.acquisition_economics(house, scored, "segment", policy)
    worth, _ = pipeline.default_response_value(economics, contact_cost)
    with cards.card(title, "", key="call-figures"):
        chosen = st.selectbox(
            say("calls.from", language),
            list(models),
            format_func=lambda name: labels[name],
            key="w_call_model",
        )
        columns = st.columns(4)
        calls = columns[0].number_input(
            say("calls.number", language), 0, 100_000, NEXT_CALLS, 100, key="w_calls"
        )
        value = columns[1].number_input(
            say("calls.value", language),
            0.0,
            1e12,
            round(worth, 2),
            key="w_call_value",
            help=say("calls.value_help", language),
        )
        cost = columns[2].number_input(
            say("calls.cost", language), 0.01, 1e9, contact_cost, key="w_call_cost"
        )
        budget = columns[3].number_input(
            say("spend.budget", language), 0.0, 1e12, contact_cost * 3_000, key="w_call_budget"
        )
        known = any(entry.value is not None for entry in economics)
        left, right = st.columns(2, vertical_alignment="bottom")
        own_values = left.checkbox(
            say("calls.own_values", language), value=known, disabled=not known, key="w_call_own",
            help=say("calls.own_values_help", language),
        )  # fmt: skip
        added = right.number_input(
            say("calls.added", language), 1.0, 100.0, 100 * pipeline.ADDED_BY_A_YES, 5.0, format="%.0f",
            disabled=not own_values, key="w_call_added", help=say("calls.added_help", language),
        ) / 100  # fmt: skip
    model = models[chosen]
    offers = pipeline.offer_rules(house)

    def planned(most: int) -> pipeline.Campaign:
        return pipeline.plan_campaign(
            house, scored, model, policy, offers, calls=int(calls), value=value, own_values=own_values, contact_cost=cost, budget=budget,
            added=added, person=state.person(), most=most,
        )  # fmt: skip

    plan = planned(SHOWN)
    answer = say(
        "calls.answer", language, n=plan.chosen.calls, profit=number(plan.chosen.profit), all=plan.open,
        everybody=number(plan.everybody.profit), random=number(plan.at_random.profit),
    )  # fmt: skip
    with cards.card(
        say("calls.list", language),
        answer if plan.chosen.calls else say("calls.nobody", language),
        key="call-list",
    ):
        assumed = "calls.assumed_own" if own_values else "calls.assumed"
        share = {"share": percent(added, 0)} if own_values else {}
        sentence = say(assumed, language, cut=percent(cost / value if value else None, 2), **share)
        cards.rests_on(sentence, ("value_of_a_yes", "contact_cost"), language)
        if plan.chosen.calls:
            _listed(scored, plan.targets, language)
            st.download_button(
                say("calls.download", language),
                data=lambda: pipeline.inert_csv(planned(int(calls)).targets, spreadsheet),
                file_name="calls.csv", mime="text/csv", on_click="ignore", key="calls-csv",
            )  # fmt: skip
    names = group_names(scored, "segment", language)
    heads, rows = spend_rows(plan.spend, names, language)
    title = say("spend.title", language)
    cards.card(
        title,
        say("spend.subtitle", language),
        html.table(heads, rows, state.theme(), caption=title),
        key="spend",
    )


def _listed(scored: pipeline.Scored, targets: pd.DataFrame, language: Language) -> None:
    segments = group_names(scored, "segment", language)
    profit = say("calls.profit", language)
    table = pd.DataFrame(
        {
            say("customers.name", language): cards.names_of(targets, language),
            say("dimension.tier", language): [tier_name(tier, language) for tier in targets["tier"]],
            say("dimension.segment", language): [segments.get(str(number_), plain(number_)) for number_ in targets["segment"]],
            say("calls.offer", language): [offer_label(offer, language) for offer in targets["offer"]],
            say("calls.chance", language): [percent(chance) for chance in targets["response_probability"]],
            say("calls.worth", language): targets["worth"].round(0),
            profit: targets["expected_profit"].round(2),
        }
    )  # fmt: skip
    st.dataframe(
        table,
        hide_index=True,
        height=330,
        column_config={
            name: st.column_config.NumberColumn(format="accounting")
            for name in (profit, say("calls.worth", language))
        },
    )
