"""Returns: from income to profit, by group, below the hurdle, the next money, against the ledger."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.decide import returns_hurdle, returns_next
from pages.parts import cards, context, errors, state
from pages.parts.groups import RISK, assumed_of, group_names, hurdle_assumed, lifetime_assumed
from reports import html
from reports.charts.waterfall import waterfall
from reports.escape import plain
from reports.formats import Language, MoneyUnit, money_bare, money_headline, percent, signed, unit_label
from reports.marks import MARK, marked, rests_on
from reports.returns import (
    before_risk_rows,
    contributors_line,
    formulas,
    group_rows,
    ledger_rows,
    statement_steps,
)
from reports.words import say

VIEWS = ("statement", "groups", "hurdle", "allocation", "ledger")
SHOWN_GROUPS = 30


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
            returns_hurdle.show(scored, language)
        elif view == "allocation":
            returns_next.allocation(scored, language)
        else:
            _ledger(scored, unit, unit_text, language)


def _statement(scored: pipeline.Scored, language: Language) -> None:
    """The waterfall, and below it how each figure is made."""
    picture = state.once(
        ("returns", scored.scored_id), lambda: pipeline.returns_picture(state.house(), scored, state.person())
    )
    total = picture.total
    title = say("statement.title", language)
    unit = context.unit_for(total.income or total.unrated_income, language)
    unit_text = unit_label(scored.snapshot.currency, unit, language) or say("bar.no_currency", language)
    if total.is_unrated:
        heads, rows = before_risk_rows(total, unit, unit_text, assumed_of(scored, language), language)
        body = html.table(heads, rows, state.theme(), caption=title)
        with cards.card(title, say("statement.before_risk", language), body, key="statement"):
            _rests_on(scored, language)
        return
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
        under = say(
            "statement.treated", language, profit=money_bare(treated, unit),
            change=signed((treated - total.profit) / unit.scale),
        )  # fmt: skip
        cards.quiet(marked(under, rests_on(language, "treatments"), state.theme()))
        _rests_on(scored, language)
    _figures(scored, picture, unit, language)


def _rests_on(scored: pipeline.Scored, language: Language) -> None:
    """What the figures of a card rest on, and the way to the register."""
    assumed = assumed_of(scored, language, ratio=True)
    cards.rests_on(say("figure.assumed", language, what=assumed.words), assumed.keys, language)


def _figures(
    scored: pipeline.Scored, picture: pipeline.ReturnsPicture, unit: MoneyUnit, language: Language
) -> None:
    """Each figure as its formula, and behind it the three customers who make most of it."""
    yearly, ratio = (assumed_of(scored, language, ratio=is_ratio) for is_ratio in (False, True))
    with cards.card(say("figure.title", language), say("figure.subtitle", language), key="formulas"):
        for line in formulas(picture.total, scored.model.returns, unit, language):
            top = [
                contributors_line(name, picture.contributors.get(name, ()), unit, language)
                for name in line.made_by
            ]
            assumed, theme = ratio if line.is_after_tax else yearly, state.theme()
            sentence = marked(f"{line.sentence} {MARK}" if assumed else line.sentence, assumed, theme)
            cards.folded(sentence, html.quiet(" · ".join(filter(None, top)) or "–", theme))


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
    unit_text = unit_label(scored.snapshot.currency, unit, language) or say("bar.no_currency", language)
    heads, rows = group_rows(
        found[:SHOWN_GROUPS], names, lifetimes, returns, unit,
        {
            "loss": assumed_of(scored, language, of=RISK), "year": assumed_of(scored, language),
            "raroc": assumed_of(scored, language, ratio=True), "hurdle": hurdle_assumed(scored, language),
            "lifetime": lifetime_assumed(scored, language),
        },
        language,
    )  # fmt: skip
    answer = say(
        "groups.answer", language, n=len(below), total=len(known), hurdle=percent(returns.hurdle_rate, 0)
    )
    body = html.table(heads, rows, state.theme(), caption=title)
    with cards.card(title, f"{answer} · {unit_text}", body, key="groups"):
        if len(found) > SHOWN_GROUPS:
            cards.quiet(say("groups.more", language, n=SHOWN_GROUPS, total=len(found)))
        churn = state.once(("churn", scored.scored_id), lambda: pipeline.churn_of(house, scored))
        timing = say(
            "groups.timing", language, rate=percent(returns.discount_rate, 0), churn=percent(churn.overall),
            source=say(f"churn.{churn.source}", language),
        )  # fmt: skip
        cards.quiet(marked(timing, rests_on(language, "churn_rate"), state.theme()))
        _rests_on(scored, language)
    _one_group(scored, dimension or "tier", [group.key for group in found[:SHOWN_GROUPS]], names, language)


def _one_group(
    scored: pipeline.Scored,
    dimension: pipeline.ReturnDimension,
    keys: list[str],
    names: dict[str, str],
    language: Language,
) -> None:
    """The figures of one group, opened."""
    policy = state.draft(pipeline.policy_in_force(state.house()))
    chosen = st.selectbox(
        say("groups.open", language), keys, key=f"w_group_{dimension}_{scored.scored_id[:12]}_{language}",
        format_func=lambda key: names.get(key) or plain(key, 50) or say("groups.unknown", language), width=430,
    )  # fmt: skip
    picture = state.once(
        ("group", scored.scored_id, policy.identity if dimension == "tier" else "", dimension, chosen),
        lambda: pipeline.group_picture(state.house(), scored, dimension, chosen, policy, state.person()),
    )
    if not picture.total.is_unrated:
        _figures(scored, picture, context.unit_for(picture.total.income, language), language)


def _ledger(scored: pipeline.Scored, unit: MoneyUnit, unit_text: str, language: Language) -> None:
    """The ledger's totals against ours."""
    title = say("ledger.title", language)
    if state.selection():
        # The ledger's totals are of everybody: held against a part they would differ and say nothing.
        cards.card(title, say("ledger.filtered", language), key="ledger")
        return
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
