"""Overview: what this is, who earns, where the risk sits, how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from pages.parts.groups import RISK, assumed_of
from reports import html
from reports.charts.overview import largest_names, profit_curve, risk_by_industry
from reports.escape import plain
from reports.formats import Language, MoneyUnit, count, money_headline, percent
from reports.html import Cell, Head, Row
from reports.marks import NOTHING
from reports.overview import assumption_rows, glance_sentence, trust_rows
from reports.words import say


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    unit = context.unit_of(scored, language)
    name = plain(current.name, 80)
    cards.heading(
        say("overview.title", language, name=name),
        glance_sentence(scored.facts, current.as_of, unit, language),
    )
    if current.origin == "simulated":
        cards.quiet(say("trust.simulated", language))
    _figures(scored, unit, language)
    columns = st.columns(3)
    with columns[0]:
        _profit(scored, language)
    with columns[1]:
        _risk(scored, language)
    with columns[2]:
        _names(scored, unit, language)
    left, right = st.columns(2)
    with left:
        rows = trust_rows(
            scored.facts, scored.snapshot.account, scored.model.quality, scored.model.reference, language
        )
        _pairs(say("trust.title", language), say("trust.subtitle", language), rows, "trust")
    with right:
        resting = assumption_rows(scored.assumptions, language)
        title = say("assumption.title", language)
        with _pairs(title, say("assumption.subtitle", language), resting, "assumptions"):
            st.page_link(state.page("assumptions"), label=say("register.link", language))
    decide, bring_in, _ = st.columns([1, 1, 3])
    if bring_in.button(say("action.to_portfolios", language), key="to-portfolios", width="stretch"):
        st.switch_page(state.page("portfolios"))
    if decide.button(say("action.to_tiers", language), type="primary", key="to-tiers", width="stretch"):
        st.switch_page(state.page("tiers"))


def _figures(scored: pipeline.Scored, unit: MoneyUnit, language: Language) -> None:
    """Four large figures, each with what it means."""
    facts, returns = scored.facts, scored.model.returns
    no_risk = say("missing.probability", language)
    below = [
        profile
        for profile in scored.profiles[1:]
        if profile.raroc is not None and profile.raroc < returns.hurdle_rate
    ]
    cards.metric_row(
        [
            (
                say("overview.exposure", language),
                Cell(money_headline(facts.exposure, unit, language)),
                say("overview.exposure_note", language, customers=facts.customers),
            ),
            (
                say("overview.profit", language),
                Cell(
                    money_headline(facts.profit, unit, language),
                    hint="" if facts.profit is not None else no_risk,
                    assumed=assumed_of(scored, language) if facts.profit is not None else NOTHING,
                ),
                say("overview.profit_note", language, roi=percent(facts.roi))
                if facts.roi is not None
                else no_risk,
            ),
            (
                say("overview.expected_loss", language),
                Cell(
                    money_headline(facts.expected_loss if facts.known_risk else None, unit, language),
                    hint="" if facts.known_risk else no_risk,
                    assumed=assumed_of(scored, language, of=RISK) if facts.known_risk else NOTHING,
                ),
                say("overview.loss_note", language, share=percent(facts.expected_loss / facts.exposure))
                if facts.known_risk and facts.exposure
                else no_risk,
            ),
            (
                say("overview.raroc", language, hurdle=percent(returns.hurdle_rate, 0)),
                Cell(
                    percent(facts.raroc),
                    hint="" if facts.raroc is not None else no_risk,
                    assumed=assumed_of(scored, language, ratio=True) if facts.raroc is not None else NOTHING,
                ),
                say("overview.raroc_note", language, n=len(below), total=len(scored.profiles) - 1)
                if facts.raroc is not None
                else no_risk,
            ),
        ]
    )


def _profit(scored: pipeline.Scored, language: Language) -> None:
    curve = scored.facts.curve
    title = say("profit.title", language)
    if curve is None:
        reason = (
            say("profit.unknown", language)
            if scored.facts.profit is None
            else say("profit.no_total", language)
        )
        cards.card(title, reason, key="profit")
        return
    sentence = say(
        "profit.answer", language, top=percent(curve.top_customers, 0), share=percent(curve.top_profit, 0)
    )
    with cards.card(title, sentence, key="profit"):
        drawn = profit_curve(
            curve.customers, curve.profit, top=curve.top_customers, theme=state.theme(), language=language
        )
        cards.chart(drawn, language, key="profit-chart")
        if curve.losing:
            cards.quiet(say("profit.losers", language, share=percent(curve.losing, 0)))


def _risk(scored: pipeline.Scored, language: Language) -> None:
    facts = scored.facts
    known = [entry for entry in facts.industries if entry.name and entry.share]
    title = say("risk.title", language)
    if not known:
        cards.card(title, say("missing.not_in_file", language), key="risk")
        return
    by_loss = facts.industry_measure == "expected_loss"
    subtitle = say("risk.subtitle", language) if by_loss else say("risk.subtitle_exposure", language)
    with cards.card(title, subtitle, key="risk"):
        pairs = [(entry.name, entry.share or 0.0) for entry in known]
        cards.chart(
            risk_by_industry(pairs, theme=state.theme(), language=language), language, key="risk-chart"
        )


def _names(scored: pipeline.Scored, unit: MoneyUnit, language: Language) -> None:
    facts = scored.facts
    title = say("names.title", language)
    hidden = "name" in pipeline.masked_columns(state.person())
    sentence = say("names.answer", language, n=len(facts.names), share=percent(facts.largest_share))
    with cards.card(title, sentence, key="names"):
        shown = [
            (say("names.hidden", language, n=place) if hidden else plain(entry.name, 40), entry.amount)
            for place, entry in enumerate(facts.names[:8], 1)
        ]
        cards.chart(
            largest_names(shown, unit=unit, theme=state.theme(), language=language),
            language,
            key="names-chart",
        )
        if facts.effective_names is not None:
            cards.quiet(say("names.effective", language, n=count(round(facts.effective_names))))


def _pairs(
    title: str, subtitle: str, rows: Sequence[tuple[Cell | str, str]], key: str
) -> st.delta_generator.DeltaGenerator:
    """A card of label and value."""
    body = html.table(
        [Head("", "left"), Head("")],
        [Row([label, value]) for label, value in rows],
        state.theme(),
        caption=title,
    )
    return cards.card(title, subtitle, body, key=key)
