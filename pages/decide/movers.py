"""Who moves: every customer whose tier the draft changes, and the rule behind it."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from pages.parts.opened import opened
from reports.boards import tier_name
from reports.escape import spreadsheet
from reports.formats import Language, count, money, unit_label
from reports.movers import matrix_rows, mover_table, rule_rows
from reports.theme import palette
from reports.words import say
from segmentation.policy import Policy

ROWS = 50
"""Movers on a page."""


def show() -> None:
    """Lay out the page."""
    page = opened()
    if page is None:
        return
    language, house, scored, in_force, draft = (
        page.language,
        page.house,
        page.scored,
        page.in_force,
        page.draft,
    )
    board = pipeline.apply_policy(house, scored, draft, in_force)
    if not board.customers_moved:
        cards.heading(say("movers.title", language), say("movers.nobody", language))
        st.page_link(state.page("tiers"), label=say("movers.to_tiers", language))
        return
    unit = page.unit
    moved = money(board.exposure_moved / 100, unit, language)
    cards.heading(
        say("movers.title", language),
        say("movers.answer", language, n=count(board.customers_moved), total=count(board.total.customers),
            exposure=f"{scored.snapshot.currency or ''} {moved}".strip()),
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        _matrix(board, scored, language)
    rules = state.once(
        ("mover rules", scored.scored_id, draft.identity, in_force.identity),
        lambda: pipeline.mover_rules(house, scored, draft, in_force),
    )
    with (
        right,
        cards.card(say("movers.why", language), say("movers.why_subtitle", language), key="mover-rules"),
    ):
        cards.data_table(*rule_rows(rules, language), caption=say("movers.why", language))
    _list(scored, draft, in_force, rules, language)


def _matrix(board: pipeline.TierBoard, scored: pipeline.Scored, language: Language) -> None:
    state.seed_widget("w_movers_measure", "customers")
    by_money = state.widget("w_movers_measure") == "exposure"
    unit = context.unit_of(scored, language)
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    key = "movers.matrix_exposure" if by_money else "movers.matrix_customers"
    subtitle = say(key, language, unit=unit_text) if by_money else say(key, language)
    with cards.card(say("movers.matrix", language), subtitle, key="mover-matrix"):
        st.segmented_control(
            say("movers.measure", language),
            ["customers", "exposure"],
            format_func=lambda name: say(f"movers.{name}", language),
            key="w_movers_measure",
            required=True,
            label_visibility="collapsed",
        )
        table = board.exposure_moves if by_money else board.moves
        heads, rows = matrix_rows(table, unit if by_money else None, palette(state.theme()), language)
        cards.data_table(heads, rows, caption=say("movers.matrix", language))


def _list(
    scored: pipeline.Scored,
    draft: Policy,
    in_force: Policy,
    rules: dict[tuple[str, str, str], int],
    language: Language,
) -> None:
    """A page of the movers, and all of them as a file."""
    house, person = state.house(), state.person()
    with cards.card(say("movers.list", language), key="mover-list"):
        choices = [("", "", ""), *rules]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                say("movers.show", language),
                choices,
                format_func=lambda row: _choice(row, language),
                key=f"w_movers_{language}",
                width=420,
            )
            if chosen not in choices:
                chosen = choices[0]
            total = rules[chosen] if chosen in rules else sum(rules.values())
            page = st.number_input(
                say("movers.page", language),
                1,
                max(1, -(-total // ROWS)),
                key=f"w_movers_page_{chosen}",
                width=120,
            )
        query = pipeline.MoverQuery(*chosen)
        first = (int(page) - 1) * ROWS
        found = state.once(
            ("movers", scored.scored_id, draft.identity, in_force.identity, str(chosen), first),
            lambda: pipeline.movers_page(
                house, scored, draft, in_force, query, person, first=first, most=ROWS
            ),
        )
        last = first + len(found)
        cards.quiet(
            say("movers.list_subtitle", language, first=count(first + 1), last=count(last), n=count(total))
        )
        unit = context.unit_for(float(found["exposure_at_default"].max() or 0.0), language)
        names = cards.names_of(found, language)
        shown = mover_table(
            found,
            names,
            draft,
            in_force,
            unit,
            unit_label(scored.snapshot.currency, unit, language),
            language,
        )
        money_column = shown.columns[2]
        st.dataframe(
            shown, hide_index=True, height=420,
            column_config={money_column: st.column_config.NumberColumn(format="accounting")},
        )  # fmt: skip
        st.download_button(
            say("movers.download", language),
            data=lambda: pipeline.movers_file(house, scored, draft, in_force, query, person, spreadsheet),
            file_name="movers.csv",
            mime="text/csv",
            on_click="ignore",
            key="movers-download",
        )


def _choice(row: tuple[str, str, str], language: Language) -> str:
    was, tier, rule = row
    if not was:
        return say("movers.everyone", language)
    pair = say("movers.pair", language, was=tier_name(was, language), tier=tier_name(tier, language))
    return f"{pair} · {say(f'rule.{rule}', language)}"
