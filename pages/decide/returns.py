"""Returns: from income to profit, by group, below the hurdle, the next money, against the ledger."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.decide import returns_next
from pages.parts import cards, context, errors, state
from reports import html
from reports.boards import tier_name
from reports.charts.waterfall import waterfall
from reports.escape import plain
from reports.formats import Language, MoneyUnit, money_bare, money_headline, percent, signed, unit_label
from reports.naming import segment_title
from reports.returns import contributors_line, formulas, group_rows, ledger_rows, statement_steps
from reports.words import say

VIEWS = ("statement", "groups", "hurdle", "allocation", "ledger")
SHOWN_GROUPS = 30
SHOWN_BELOW = 100


def show() -> None:
    """Lay out the page; only the view chosen is worked out."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    unit = context.unit_of(scored, language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    facts, returns = scored.facts, scored.model.returns
    sentence = say("returns.no_risk", language)
    if facts.profit is not None:
        sentence = say(
            "returns.answer", language, profit=money_headline(facts.profit, unit, language),
            roi=percent(facts.roi, 2), raroc=percent(facts.raroc), hurdle=percent(returns.hurdle_rate, 0),
        )  # fmt: skip
    cards.heading(say("returns.title", language), sentence)
    view = context.choose_view("returns_view", VIEWS, language)
    with errors.shown():
        if view == "statement":
            _statement(scored, language)
        elif view == "groups":
            _groups(scored, language)
        elif view == "hurdle":
            _hurdle(scored, language)
        elif view == "allocation":
            returns_next.allocation(scored, language)
        else:
            _ledger(scored, unit, unit_text, language)


def assumed_words(scored: pipeline.Scored, language: Language) -> str:
    """Name what the returns rest on; empty when on nothing assumed."""
    moving = ("interest_rate", "funding_rate", "servicing_cost", "loss_given_default", "horizon", "master_scale",
              "conversion_factor", "average_year")  # fmt: skip
    return ", ".join(
        f"{say(f'assumption.{entry.key}', language)} ({percent(entry.share, 0)})"
        for entry in scored.assumptions
        if entry.key in moving
    )


def _statement(scored: pipeline.Scored, language: Language) -> None:
    """The waterfall, and below it how each figure is made."""
    picture = state.once(
        ("returns", scored.scored_id), lambda: pipeline.returns_picture(state.house(), scored, state.person())
    )
    total, returns = picture.total, scored.model.returns
    assumed = assumed_words(scored, language)
    title = say("statement.title", language)
    unit = context.unit_for(total.income, language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    with cards.card(title, say("statement.subtitle", language, unit=unit_text), key="statement"):
        drawn = waterfall(
            ("", 0.0), statement_steps(total, unit.scale, language),
            (say("line.profit", language), total.profit / unit.scale),
            write=lambda value: money_bare(value * unit.scale, unit),
            write_step=signed, good_up=True,
            alternative=say("statement.alt", language, income=money_bare(total.income, unit), profit=money_bare(total.profit, unit)),
            heads=(say("statement.line", language), say("statement.amount", language)), theme=state.theme(),
        )  # fmt: skip
        cards.chart(drawn, language, key="statement-chart")
        policy = state.draft(pipeline.policy_in_force(state.house()))
        treated = pipeline.apply_policy(state.house(), scored, policy).total.treated.profit / 100
        cards.quiet(
            say(
                "statement.treated", language, profit=money_bare(treated, unit),
                change=signed((treated - total.profit) / unit.scale),
            )
        )  # fmt: skip
        if assumed:
            cards.quiet("† " + say("figure.assumed", language, what=assumed))
            st.page_link(state.page("assumptions"), label=say("menu.assumptions", language))
    with cards.card(say("figure.title", language), say("figure.subtitle", language), key="formulas"):
        for figure, sentence in formulas(total, returns, unit, language):
            top = contributors_line(picture.contributors.get(figure, ()), unit, language)
            cards.folded(sentence + (" †" if assumed else ""), html.quiet(top or "–", state.theme()))


def group_names(scored: pipeline.Scored, dimension: str, language: Language) -> dict[str, str]:
    """Give the shown names of a dimension's levels, where they have other words than the data's."""
    if dimension == "segment":
        return {
            str(profile.number): segment_title(profile.name, profile.title, language)
            for profile in scored.profiles
        }
    if dimension == "tier":
        return {name: tier_name(name, language) for name in ("Strategic", "Core", "Ordinary", "Work-out")}
    return {}


def _groups(scored: pipeline.Scored, language: Language) -> None:
    """Returns by tier, segment, industry, region, class or channel."""
    house, returns = state.house(), scored.model.returns
    state.seed_widget("w_returns_by", "tier")
    dimension = st.segmented_control(
        say("groups.by", language), pipeline.RETURN_DIMENSIONS,
        format_func=lambda name: say(f"dimension.{name}", language), key="w_returns_by", required=True,
    )  # fmt: skip
    policy = state.draft(pipeline.policy_in_force(house))
    key = (scored.scored_id, policy.identity, dimension)
    found = state.once(
        ("groups", *key), lambda: pipeline.returns_by(house, scored, dimension or "tier", policy)
    )
    title = say("groups.title", language)
    if not any(group.key for group in found):
        cards.card(title, say("groups.none", language), key="groups")
        return
    values = state.once(
        ("lifetimes", *key), lambda: pipeline.lifetime_by(house, scored, dimension or "tier", policy)
    )
    lifetimes = {entry.key: entry for entry in values}
    known = [group for group in found if group.raroc(returns) is not None]
    below = [group for group in known if group.is_below_hurdle(returns)]
    names = group_names(scored, dimension or "tier", language)
    unit = context.unit_for(sum(group.income for group in found), language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    heads, rows = group_rows(
        found[:SHOWN_GROUPS],
        names,
        lifetimes,
        returns,
        unit,
        assumed_words(scored, language),
        language,
    )
    answer = say(
        "groups.answer", language, n=len(below), total=len(known), hurdle=percent(returns.hurdle_rate, 0)
    )
    body = html.table(heads, rows, state.theme(), caption=title)
    with cards.card(title, f"{answer} · {unit_text}", body, key="groups"):
        if len(found) > SHOWN_GROUPS:
            cards.quiet(say("groups.more", language, n=SHOWN_GROUPS, total=len(found)))
        churn = state.once(("churn", scored.scored_id), lambda: pipeline.churn_of(house, scored))
        cards.quiet(
            say(
                "groups.timing", language, rate=percent(returns.discount_rate, 0), churn=percent(churn.overall),
                source=say(f"churn.{churn.source}", language),
            )
        )  # fmt: skip


def _hurdle(scored: pipeline.Scored, language: Language) -> None:
    """Customers below the hurdle, most missing first."""
    policy = state.draft(pipeline.policy_in_force(state.house()))
    found = state.once(
        ("hurdle", scored.scored_id, policy.identity),
        lambda: pipeline.below_hurdle(state.house(), scored, policy, state.person()),
    )
    title = say("hurdle.title", language)
    if found.empty:
        cards.card(title, say("hurdle.none", language), key="hurdle")
        return
    unit = context.unit_for(float(found["exposure_at_default"].max()), language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    hurdle = percent(scored.model.returns.hurdle_rate, 0)
    listed = found.head(SHOWN_BELOW)
    count = pipeline.customers_below_hurdle(state.house(), scored)
    with cards.card(
        title, say("hurdle.answer", language, n=count, shown=len(listed), hurdle=hurdle), key="hurdle"
    ):
        segments = group_names(scored, "segment", language)
        money = [
            f"{say(key, language)} · {unit_text}"
            for key in ("slice.exposure", "groups.profit", "groups.missing")
        ]
        table = pd.DataFrame(
            {
                say("customers.name", language): cards.names_of(listed, language),
                say("dimension.tier", language): [tier_name(tier, language) for tier in listed["tier"]],
                say("dimension.segment", language): [segments.get(str(number), plain(number)) for number in listed["segment"]],
                money[0]: (listed["exposure_at_default"] / unit.scale).round(2),
                money[1]: (listed["risk_adjusted_profit"] / unit.scale).round(2),
                say("groups.raroc", language): [percent(value) for value in listed["raroc"]],
                money[2]: (listed["missing"] / unit.scale).round(2),
            }
        )  # fmt: skip
        st.dataframe(
            table, hide_index=True, height=420,
            column_config={name: st.column_config.NumberColumn(format="localized") for name in money},
        )  # fmt: skip


def _ledger(scored: pipeline.Scored, unit: MoneyUnit, unit_text: str, language: Language) -> None:
    """The ledger's totals against ours."""
    title = say("ledger.title", language)
    before = pipeline.ledger_of(state.house(), scored)
    with cards.card(title, say("ledger.subtitle", language), key="ledger"):
        with st.form("ledger-form", border=False):
            columns = st.columns(3)
            entered = {
                measure: column.number_input(
                    say(f"ledger.{measure}", language), min_value=0.0, value=float(before.get(measure, 0.0)),
                    step=1_000_000.0, format="%.2f", key=f"w_ledger_{measure}",
                )
                for measure, column in zip(("exposure", "income", "provisions"), columns, strict=True)
            }  # fmt: skip
            if st.form_submit_button(say("ledger.check", language), type="primary"):
                before = {measure: value for measure, value in entered.items() if value > 0}
                pipeline.set_ledger(state.house(), scored, before, state.person())
        if before:
            own = pipeline.own_totals(state.house(), scored)
            found = pipeline.reconciliation(before, own)
            heads, rows = ledger_rows(found, own, unit, unit_text, language)
            cards.data_table(heads, rows, caption=title)
