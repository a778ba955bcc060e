"""Limits: what each customer can carry, against what it has; who owes collateral."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from pages.parts.opened import opened
from reports import html
from reports.boards import tier_name
from reports.escape import spreadsheet
from reports.formats import Language, MoneyUnit, money_headline, number, percent, unit_label
from reports.marks import marked, rests_on
from reports.returns import limit_rows, rule_rows
from reports.words import say
from segmentation.policy import LIFECYCLES, TIERS

SHOWN = 100
WHOLE = 1_000_000


def show() -> None:
    """Lay out the page."""
    page = opened()
    if page is None:
        return
    language, house, scored, policy, unit = page.language, page.house, page.scored, page.draft, page.unit
    rules = pipeline.limit_rules(house)
    with st.spinner(say("work.summing", language)):
        found = state.once(
            ("limits", scored.scored_id, policy.identity, str(rules)),
            lambda: pipeline.limits_by_tier(house, scored, policy, rules),
        )
    counts_one_each = any(entry.key == "exposure_one_each" for entry in scored.assumptions)
    if counts_one_each:
        # Collateral against an exposure of 1 each would be a list of nothing.
        found = tuple(replace(entry, gap=0.0, gap_customers=0) for entry in found)
    in_tiers = [entry for entry in found if entry.tier in TIERS]
    known = sum(entry.known for entry in in_tiers)
    sentence = (
        say(
            "limits.answer", language, n=sum(entry.higher for entry in in_tiers), m=sum(entry.lower for entry in in_tiers),
            today=money_headline(sum(entry.today for entry in in_tiers), unit, language),
            proposed=money_headline(sum(entry.proposed for entry in in_tiers), unit, language),
        )
        if known
        else say("limits.unknown", language)
    )  # fmt: skip
    cards.heading(say("limits.title", language), sentence)
    gap_unit = context.unit_for(max(entry.gap for entry in found), language)
    unit_text, gap_text = (_money_text(scored, entry, language) for entry in (unit, gap_unit))
    names = {tier: tier_name(tier, language) for tier in (*TIERS, "Work-out")}
    heads, rows = limit_rows(found, names, ((unit, unit_text), (gap_unit, gap_text)), language)
    title = say("limits.by_tier", language)
    body = html.table(heads, rows, state.theme(), caption=title)
    cards.card(title, say("limits.by_tier_subtitle", language, unit=unit_text), body, key="limits-by-tier")
    with (
        errors.shown(),
        cards.card(
            say("limits.rule_title", language),
            marked(say("limits.rule", language), rests_on(language, "limit_rules"), state.theme()),
            key="limit-rule",
        ),
    ):
        heads, rows = rule_rows(rules, names, language)
        cards.data_table(heads, rows, caption=say("limits.rule_title", language))
        cards.quiet(say("limits.rule_reading", language, share=percent(rules.income_share, 0)))
        st.page_link(state.page("assumptions"), label=say("register.link", language))
        with st.expander(say("limits.edit", language)):
            _rules(rules, language)
    with errors.shown():
        if known:
            _listed(scored, policy, rules, "change", language)
        if counts_one_each:
            cards.card(say("limits.list_gap", language), say("limits.no_exposure", language), key="list-gap")
        else:
            _listed(scored, policy, rules, "gap", language)


def _money_text(scored: pipeline.Scored, unit: MoneyUnit, language: Language) -> str:
    return unit_label(scored.snapshot.currency, unit, language) or say("bar.no_currency", language)


def _rules(rules: pipeline.LimitRules, language: Language) -> None:
    """The rule's figures, tier by tier, and what the young have to show."""
    with st.form("limit-rules", border=False):
        tiers = {}
        for tier in TIERS:
            cards.quiet(tier_name(tier, language))
            first, second, third = st.columns(3)
            rule = rules.tiers[tier]
            tiers[tier] = pipeline.LimitRule(
                first.number_input(say("limits.cover", language), 1.0, 5.0, rule.cover, 0.05, key=f"w_cover_{tier}"),
                second.number_input(say("limits.rise", language), 0.0, 5.0, rule.largest_rise, 0.05, key=f"w_rise_{tier}"),
                third.number_input(say("limits.term", language), 0.5, 40.0, rule.term_years, 0.5, key=f"w_term_{tier}"),
            )  # fmt: skip
        extra, damper = {}, {}
        for cycle in LIFECYCLES:
            cards.quiet(say(f"lifecycle.{cycle}", language))
            first, second = st.columns(2)
            extra[cycle] = first.number_input(
                say("limits.extra", language),
                0.0,
                3.0,
                rules.extra_cover[cycle],
                0.05,
                key=f"w_extra_{cycle}",
            )
            damper[cycle] = second.number_input(
                say("limits.damper", language), 0.0, 100.0, rules.growth_damper[cycle] * 100, 5.0, key=f"w_damper_{cycle}"
            ) / 100  # fmt: skip
        income = st.number_input(
            say("limits.income_share", language),
            1.0,
            100.0,
            rules.income_share * 100,
            1.0,
            key="w_income_share",
        )
        if st.form_submit_button(say("limits.save", language), type="primary"):
            changed = pipeline.LimitRules(tiers, extra, damper, income / 100)
            pipeline.set_limit_rules(state.house(), changed, state.person())
            st.toast(say("limits.saved", language))
            st.rerun()


def _listed(
    scored: pipeline.Scored,
    policy: pipeline.Policy,
    rules: pipeline.LimitRules,
    order: str,
    language: Language,
) -> None:
    """The customers with the largest change or gap, and the whole list as a file."""
    person = state.person()
    found = state.once(
        ("limit list", scored.scored_id, policy.identity, str(rules), order),
        lambda: pipeline.limit_list(state.house(), scored, policy, rules, person, order=order, most=SHOWN),
    )
    title = say(f"limits.list_{order}", language)
    if found.empty:
        cards.card(title, say("limits.none", language), key=f"list-{order}")
        return
    column = "limit_today" if order == "change" else "collateral_asked"
    unit = context.unit_for(float(found[column].max()), language)
    with cards.card(title, say("limits.list_subtitle", language), key=f"list-{order}"):
        shown = _shown(scored, found, order, unit, language)
        money = [name for name in shown.columns if shown[name].dtype.kind == "f"]
        st.dataframe(
            shown, hide_index=True, height=330,
            column_config={name: st.column_config.NumberColumn(format="accounting") for name in money},
        )  # fmt: skip
        st.download_button(
            say("limits.download", language),
            data=lambda: pipeline.inert_csv(
                pipeline.limit_list(state.house(), scored, policy, rules, person, order=order, most=WHOLE),
                spreadsheet,
            ),
            file_name=f"limits_{order}.csv", mime="text/csv", on_click="ignore", key=f"download-{order}",
        )  # fmt: skip


def _shown(
    scored: pipeline.Scored, found: pd.DataFrame, order: str, unit: MoneyUnit, language: Language
) -> pd.DataFrame:
    unit_text = _money_text(scored, unit, language)

    def money(words: str, name: str) -> dict[str, pd.Series]:
        return {f"{say(words, language)} · {unit_text}": (found[name].astype(float) / unit.scale).round(2)}

    who = {
        say("customers.name", language): cards.names_of(found, language),
        say("dimension.tier", language): [tier_name(tier, language) for tier in found["tier"]],
        say("offers.lifecycle", language): [
            say(f"lifecycle.{cycle if isinstance(cycle, str) else 'unknown'}", language)
            for cycle in found["lifecycle"]
        ],
    }
    if order == "gap":
        # Nothing given is nothing, and not unknown: the gap counts it so.
        found = found.assign(collateral_given=found["collateral_value"].fillna(0.0))
        return pd.DataFrame(
            who
            | money("limits.asked", "collateral_asked")
            | money("limits.given", "collateral_given")
            | money("limits.gap", "collateral_gap")
        )
    return pd.DataFrame(
        who
        | money("limits.today", "limit_today")
        | money("limits.proposed", "limit_proposed")
        | {
            say("limits.source", language): [
                say(f"capacity.{name}", language) for name in found["capacity_source"]
            ],
            say("limits.cover", language): [number(value, 2) for value in found["debt_service_cover_asked"]],
            say("limits.bound", language): [
                say(f"bound.{name}", language) for name in found["limit_bound_by"]
            ],
        }
    )
