"""Applicants: what one deal, or a file of them, would get under both policies."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

import pipeline
from pages.decide import applicants_file, applicants_form
from pages.parts import cards, context, errors, state
from pages.parts.opened import opened
from reports import html
from reports.applicants import deal_metrics, deal_verdict, term_rows, worth_sentence
from reports.boards import tier_name
from reports.customers import check_rows, point_rows
from reports.formats import Language, percent
from reports.marks import marked, rests_on
from reports.words import say

VIEWS = ("one", "file")


def show() -> None:
    """Lay out the page."""
    page = opened()
    if page is None:
        return
    language, scored, in_force, draft = page.language, page.scored, page.in_force, page.draft
    cards.heading(say("applicants.title", language), say("applicants.answer", language))
    view = context.choose_view("applicants_view", VIEWS, language)
    with errors.shown():
        if view == "one":
            _one(scored, in_force, draft, language)
        else:
            _file(scored, in_force, draft, language)


def _one(
    scored: pipeline.Scored, in_force: pipeline.Policy, draft: pipeline.Policy, language: Language
) -> None:
    house = state.house()
    fields = state.once(("deal fields", scored.scored_id), lambda: pipeline.applicant_fields(house, scored))
    values = applicants_form.show(scored, fields, language)
    if values is not None:
        state.keep("deal", (scored.scored_id, values))
    identity, told = state.kept("deal", ("", None))
    if identity != scored.scored_id:
        cards.quiet(say("applicants.first", language))
        return
    rules = pipeline.limit_rules(house)
    with st.spinner(say("applicants.working", language), show_time=True):
        answers = state.once(
            (
                "deal",
                scored.scored_id,
                str(sorted(told.items())),
                in_force.identity,
                draft.identity,
                str(rules),
            ),
            lambda: pipeline.answer_deal(house, scored, told, in_force, draft),
        )
    deal(scored, answers, 0, in_force, draft, language)


def _file(
    scored: pipeline.Scored, in_force: pipeline.Policy, draft: pipeline.Policy, language: Language
) -> None:
    answers = applicants_file.show(scored, in_force, draft, language)
    if answers is None:
        return
    place = applicants_file.listed(scored, answers, draft.identity != in_force.identity, language)
    deal(scored, answers, place, in_force, draft, language)


def deal(
    scored: pipeline.Scored,
    answers: pipeline.Answers,
    place: int,
    in_force: pipeline.Policy,
    draft: pipeline.Policy,
    language: Language,
) -> None:
    """Lay out one applicant's answer: the verdict, its figures, the terms side by side, the reasons."""
    row = {str(name): value for name, value in answers.rows.iloc[place].items()}
    currency, is_draft = scored.snapshot.currency, draft.identity != in_force.identity
    told = pipeline.told_of(answers, place)
    is_assumed = not told.has_rate
    strong, rest = deal_verdict(row, told.asked, currency, is_draft, language, is_assumed=is_assumed)
    theme, of_rate = state.theme(), rests_on(language, "interest_rate")
    cards.answer(strong, marked(rest, of_rate, theme))
    cards.metric_row(deal_metrics(row, scored.model.returns.hurdle_rate, currency, language))
    worth = worth_sentence(row, told.acquisition_cost, answers.acquisition_cost, language)
    rate = percent(scored.model.returns.interest_rate)
    assumed = say("applicants.assumed_rate", language, rate=rate) if is_assumed else ""
    if worth or assumed:
        of_cost = rests_on(language, "mean_cost")
        cards.quiet(Markup(" ").join([marked(worth, of_cost, theme), marked(assumed, of_rate, theme)]))
    left, right = st.columns(2)
    with left:
        heads, rows = term_rows(row, currency, is_draft, language, is_assumed=is_assumed)
        title = say("applicants.compare", language)
        hint = "" if is_draft else say("applicants.compare_hint", language)
        cards.card(title, hint, html.table(heads, rows, state.theme(), caption=title), key="deal-terms")
        reason, points = pipeline.deal_reasons(scored, answers, place, in_force)
        heads, rows = check_rows(reason.checks, language)
        title = say("customer.tier_title", language, tier=tier_name(reason.tier, language))
        subtitle = _reason_words(reason, language)
        body = html.table(heads, rows, state.theme(), caption=title) if rows else None
        cards.card(title, subtitle, body, key="deal-why")
    with right:
        if points:
            heads, rows = point_rows(points, language)
            title = say("customer.points_title", language)
            with cards.card(
                title, say("customer.points_subtitle", language), html.table(heads, rows, state.theme(), caption=title),
                key="deal-points",
            ):  # fmt: skip
                source = str(row["probability_source"])
                if source != "scorecard":
                    cards.quiet(say("customer.not_used", language, source=say(f"source.{source}", language)))


def _reason_words(reason: pipeline.TierReason, language: Language) -> str:
    if reason.tier == "Work-out":
        return say("customer.default", language)
    if not reason.next_tier:
        return say("customer.top", language)
    return say("customer.next", language, tier=tier_name(reason.next_tier, language))
