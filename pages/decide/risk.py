"""Risk: limits, where risk comes from, stages, concentration, a bad year, overlays."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.decide import risk_ahead, risk_overlays
from pages.parts import cards, context, errors, state
from reports import html
from reports.charts.risk import grades, lorenz
from reports.formats import Language, MoneyUnit, money_headline, number, percent, unit_label
from reports.risk import appetite_rows, index_text, large_rows, limit_field, measures, slice_rows
from reports.words import say

VIEWS = ("appetite", "sources", "impairment", "concentration", "losses", "overlays")


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
    facts = scored.facts
    sentence = (
        say(
            "risk_page.answer",
            language,
            loss=money_headline(facts.expected_loss, unit, language),
            capital=money_headline(facts.capital, unit, language),
        )
        if facts.known_risk
        else say("risk_page.no_risk", language)
    )
    cards.heading(say("risk_page.title", language), sentence)
    state.seed_widget("w_risk_view", VIEWS[0])
    view = st.segmented_control(
        say("risk_view.label", language),
        VIEWS,
        format_func=lambda name: say(f"risk_view.{name}", language),
        key="w_risk_view",
        required=True,
        label_visibility="collapsed",
    )
    with errors.shown():
        if view == "appetite":
            _appetite(scored, language)
        elif view == "sources":
            _sources(scored, unit, unit_text, language)
        elif view == "impairment":
            risk_ahead.impairment(scored, unit, unit_text, language)
        elif view == "concentration":
            _concentration(scored, language)
        elif view == "losses":
            risk_ahead.losses(scored, unit, unit_text, language)
        else:
            risk_overlays.show(scored, unit, unit_text, language)


def _appetite(scored: pipeline.Scored, language: Language) -> None:
    """Limits with their lights, and the form that changes them."""
    appetite = pipeline.appetite_in_force(state.house())
    readings = pipeline.appetite_readings(state.house(), scored, appetite)
    red, amber = (sum(reading.status == light for reading in readings) for light in ("red", "amber"))
    heads, rows = appetite_rows(readings, language)
    title = say("appetite.title", language)
    body = html.table(heads, rows, state.theme(), caption=title)
    answer = say("appetite.answer", language, red=red, amber=amber, n=len(readings))
    with cards.card(title, answer, body, key="appetite"):
        cards.quiet(say("appetite.default_note", language))
        with st.expander(say("appetite.edit", language)):
            _appetite_form(appetite, language)


def _appetite_form(appetite: pipeline.Appetite, language: Language) -> None:
    with st.form("appetite-form", border=False):
        own_funds = st.number_input(
            say("appetite.own_funds", language),
            min_value=0.0,
            value=float(appetite.own_funds or 0.0),
            step=1_000_000.0,
            format="%.0f",
            help=say("appetite.own_funds_help", language),
        )
        columns = st.columns(3)
        asked = {
            measure: columns[place % 3].number_input(
                f"{say(f'appetite.{measure}', language)} (%)",
                min_value=0.0,
                max_value=1_000.0,
                value=limit_field(appetite.limits, measure),
                step=0.5,
                format="%.1f",
                key=f"limit-{measure}",
            )
            for place, measure in enumerate(measures())
        }
        if st.form_submit_button(say("appetite.save", language), type="primary"):
            limits = {measure: value / 100 for measure, value in asked.items()}
            changed = pipeline.Appetite(limits, appetite.warning, own_funds or None)
            pipeline.set_appetite(state.house(), changed, state.person())
            st.toast(say("appetite.saved", language))
            st.rerun()


def _sources(scored: pipeline.Scored, unit: MoneyUnit, unit_text: str, language: Language) -> None:
    """What PDs, LGDs and capital rest on, and how exposure lies over the grades."""
    picture = pipeline.risk_picture(state.house(), scored)
    total = sum(part.exposure for part in picture.by_grade) or 1.0
    in_order = sorted(picture.by_grade, key=lambda part: (part.key == "", part.key == "D", part.key))
    with cards.card(
        say("sources.grade_title", language), say("sources.grade_subtitle", language), key="grades"
    ):
        shares = [(part.key, part.exposure / total) for part in in_order]
        if shares:
            drawn = grades(shares, theme=state.theme(), language=language)
            cards.chart(drawn, language, key="grades-chart")
    for key, slices, words in (
        ("sources.pd_title", picture.by_source, "source"),
        ("sources.class_title", picture.by_asset_class, "asset"),
        ("sources.lgd_title", picture.by_loss_source, "source"),
    ):
        heads, rows = slice_rows(slices, words, unit, unit_text, language)
        title = say(key, language)
        cards.card(
            title, "", html.table(heads, rows, state.theme(), caption=title), key=key.replace(".", "-")
        )


def _concentration(scored: pipeline.Scored, language: Language) -> None:
    """How much hangs on a few names, groups, industries or places."""
    state.seed_widget("w_dimension", "group")
    dimension = st.segmented_control(
        say("concentration.by", language),
        pipeline.DIMENSIONS,
        format_func=lambda name: say(f"dimension.{name}", language),
        key="w_dimension",
        required=True,
    )
    found = pipeline.concentration_of(state.house(), scored, dimension or "name")
    title = say("concentration.title", language)
    if found.herfindahl is None or found.known_share == 0:
        cards.card(title, say("concentration.none", language), key="concentration")
        return
    answer = say(
        "concentration.answer",
        language,
        share=percent(found.top_share),
        n=number(found.effective_number),
        index=index_text(found.herfindahl),
    )
    unit = context.unit_for(found.largest[0].exposure, language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    own_funds = pipeline.appetite_in_force(state.house()).own_funds
    hide = "name" in pipeline.masked_columns(state.person())
    heads, rows = large_rows(found, own_funds, unit, unit_text, language, hide=hide)
    left, right = st.columns([3, 2])
    with left:
        body = html.table(heads, rows, state.theme(), caption=say("large.title", language))
        with cards.card(say("large.title", language), answer, body, key="large"):
            if found.known_share < 1:
                cards.quiet(say("concentration.unknown", language, share=percent(1 - found.known_share)))
    with right, cards.card(say("lorenz.title", language), say("lorenz.subtitle", language), key="lorenz"):
        drawn = lorenz(found.lorenz, theme=state.theme(), language=language)
        cards.chart(drawn, language, key="lorenz-chart")
