"""Assumptions: every figure that stands in for data, who set it, what rests on it, how much it matters."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from reports import html
from reports.assumptions import EDITABLE, has_row, register_rows, rule_rows, tornado_chart
from reports.formats import Language, percent
from reports.marks import rests_on
from reports.words import say


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    standing = [entry for entry in scored.assumptions if entry.share]
    sentence = say("register.none", language)
    if standing:
        first = standing[0]
        sentence = say(
            "register.answer", language, n=len(standing), name=say(f"assumption.{first.key}", language),
            share=percent(first.share, 0),
        )  # fmt: skip
    cards.heading(say("register.title", language), sentence)
    about = [key for key in state.about() if has_row(key, scored.assumptions)]
    if state.about():
        names = ", ".join(rests_on(language, key).words for key in about)
        cards.answer(
            say("register.about", language, names=names) if about else say("register.about_gone", language),
            say("register.about_rest", language) if about else "",
        )
    with errors.shown():
        churn = pipeline.churn_of(state.house(), scored)
        set_by = pipeline.assumptions_set_by(state.house(), scored)
        heads, rows = register_rows(scored.assumptions, scored.model.returns, churn, set_by, language, about)
        title = say("register.list", language)
        body = html.table(heads, rows, state.theme(), caption=title)
        with cards.card(title, say("register.list_subtitle", language), body, key="register"):
            if state.person().may("edit_policy"):
                with st.expander(say("register.edit", language)):
                    _form(scored, language)
                if state.kept(f"unchanged_{scored.scored_id[:12]}"):
                    cards.quiet(say("register.unchanged", language))
        policy = state.draft(pipeline.policy_in_force(state.house()))
        rules, cost = pipeline.standing_rules(state.house()), scored.model.returns.contact_cost
        heads, rows = rule_rows(policy, rules, cost, language, about)
        title = say("register.rules", language)
        with cards.card(
            title,
            say("register.rules_subtitle", language),
            html.table(heads, rows, state.theme(), caption=title),
            key="rules",
        ):
            for page, words in (("tiers", "menu.tiers"), ("limits", "menu.limits")):
                st.page_link(
                    state.page(page), label=say("register.change_at", language, page=say(words, language))
                )
        _tornado(scored, policy, language)


def _form(scored: pipeline.Scored, language: Language) -> None:
    """Figures a person may set, each with the source of the new one."""
    returns = scored.model.returns
    now = returns.to_dict() | {"conversion_factor": scored.model.exposure.credit_conversion_factor}
    key = scored.scored_id[:12]
    with st.form("assumptions-form", border=False):
        columns = st.columns(3)
        asked = {}
        for place, (name, factor, most) in enumerate(EDITABLE):
            label = say(f"assumption.{name}", language) + (" (%)" if factor == 100 else "")
            asked[name] = (
                columns[place % 3].number_input(
                    label,
                    0.0,
                    most,
                    round(now[name] * factor, 6),
                    0.1,
                    format="%.2f",
                    key=f"w_assume_{name}_{key}",
                )
                / factor
            )
        reason = st.text_input(say("register.reason", language), key=f"w_assume_reason_{key}", max_chars=200)
        if st.form_submit_button(say("register.save", language), type="primary"):
            if not reason.strip() or all(abs(asked[name] - now[name]) < 1e-9 for name in asked):
                # Kept, for a later run of the page would take a plain message away.
                state.keep(f"unchanged_{key}", True)
                return
            state.forget(f"unchanged_{key}")
            conversion = asked.pop("conversion_factor")
            with st.spinner(say("work.opening", language), show_time=True):
                pipeline.use_assumptions(
                    state.house(),
                    scored,
                    replace(returns, **asked),
                    conversion,
                    reason.strip(),
                    state.person(),
                )
            st.toast(say("register.saved", language))
            st.rerun()


def _tornado(scored: pipeline.Scored, policy: pipeline.Policy, language: Language) -> None:
    """What a tenth more or less of each does to RAROC and ROI."""
    key = f"tornado_{scored.scored_id[:16]}_{policy.identity[:16]}"
    found = state.kept(key)
    if found is None:
        with st.spinner(say("work.summing", language), show_time=True):
            found = pipeline.sensitivities_of(state.house(), scored, policy)
        state.keep(key, found)
    title = say("tornado.title", language)
    for ratio, column in zip(("raroc", "roi"), st.columns(2), strict=True):
        with column:
            drawn = tornado_chart(found, ratio, theme=state.theme(), language=language)
            name = say(f"groups.{ratio}", language)
            if drawn is None:
                has_ratio = any(getattr(entry, ratio) is not None for entry in found)
                why = say("tornado.unmoved" if has_ratio else "tornado.none", language)
                cards.card(f"{title} · {name}", why, key=f"tornado-{ratio}")
                continue
            with cards.card(
                f"{title} · {name}", say("tornado.subtitle", language, ratio=name), key=f"tornado-{ratio}"
            ):
                cards.chart(drawn, language, key=f"tornado-{ratio}-chart")
