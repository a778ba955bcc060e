"""The next money on the Returns page: limits in, a plan or the conflict out."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from reports import html
from reports.allocation import allocation_chart, conflict_lines, placement_rows, price_lines
from reports.boards import tier_name
from reports.formats import Language, money_headline, percent, unit_label
from reports.naming import segment_title
from reports.words import say

NEXT = 10_000_000.0
PIECES = ("50 %", "30 %", "80 %", "60 %")


@st.fragment
def allocation(scored: pipeline.Scored, language: Language) -> None:
    """Limits as fields, the plan as bars and sentences."""
    house = state.house()
    policy = state.draft(pipeline.policy_in_force(house))
    cells = pipeline.allocation_cells(house, scored, policy)
    title = say("allocation.title", language)
    if not cells:
        cards.card(title, say("allocation.no_cells", language), key="allocation")
        return
    left, right = st.columns([1, 2])
    with left, cards.card(say("risk_view.appetite", language), "", key="allocation-limits"):
        limits = _limits(language)
    plan = pipeline.allocate(cells, limits)
    unit = context.unit_for(limits.budget, language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    segments = {
        str(profile.number): segment_title(profile.name, profile.title, language)
        for profile in scored.profiles
    }
    names = segments | {tier: tier_name(tier, language) for tier in ("Strategic", "Core", "Ordinary")}
    with right:
        if plan.conflict:
            with cards.card(say("conflict.title", language), "", key="conflict"):
                for line in conflict_lines(plan.conflict, names, unit, language):
                    cards.quiet("■ " + line)
            return
        answer = say(
            "allocation.answer", language, lent=money_headline(plan.lent, unit, language),
            profit=money_headline(plan.profit, unit, language),
            rate=percent(plan.profit / plan.lent if plan.lent else None, 2),
            loss=money_headline(plan.expected_loss, unit, language), capital=money_headline(plan.capital, unit, language),
        )  # fmt: skip
        with cards.card(
            title, answer if plan.lent else say("allocation.nothing", language), key="allocation"
        ):
            if plan.placements:
                drawn = allocation_chart(plan, names, unit, theme=state.theme(), language=language)
                cards.chart(drawn, language, key="allocation-chart")
                heads, rows = placement_rows(plan, names, unit, unit_text, language)
                cards.folded(
                    say("chart.table", language), html.table(heads, rows, state.theme(), caption=title)
                )
            first, second, keeps, last = PIECES
            pieces = say("allocation.pieces", language, first=first, second=second, keeps=keeps, last=last)
            cards.rests_on(pieces, ("falling_returns",), language)
        with cards.card(say("price.title", language), "", key="prices"):
            lines = price_lines(plan.prices, names, unit, language)
            for line in lines or [say("price.none", language)]:
                cards.quiet(line)


def _limits(language: Language) -> pipeline.Limits:
    """Fields of the limits; 100 % of a share leaves it out."""
    budget = st.number_input(
        say("allocation.budget", language), min_value=0.0, value=NEXT, step=1_000_000.0, format="%.0f", key="w_budget"
    )  # fmt: skip

    def share(name: str, value: float, most: float = 100.0) -> float:
        return (
            st.number_input(
                say(f"allocation.{name}", language), min_value=0.0, max_value=most, value=value, step=0.5,
                format="%.1f", key=f"w_allocation_{name}",
            )
            / 100
        )  # fmt: skip

    loss, capital, segment = share("loss", 1.0), share("capital", 8.0), share("share", 50.0)
    growth, least = share("growth", 30.0, 1000.0), share("least", 0.0)
    spend = st.checkbox(say("allocation.spend", language), key="w_allocation_spend")
    return pipeline.Limits(
        budget, loss * budget, capital * budget, segment if segment < 1 else None, growth,
        {"Strategic": least * budget} if least else {}, spend,
    )  # fmt: skip
