"""More of the Proposals page: the frontier with its points, and lines by share or natural breaks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports import html
from reports.charts.proposals import frontier_chart
from reports.formats import Language, MoneyUnit, percent, unit_label
from reports.proposals import amount_text, sized_rows
from reports.theme import palette
from reports.words import say

AXES = ("expected_loss", "capital")


def searched_from(draft: pipeline.Policy) -> pipeline.Policy:
    """Draft whose distances between gates a search keeps.

    A gate pushed to the end of the ladder loses its distance to the others. So as long as the
    draft is one taken on this page, the search goes on from the draft it was taken over.
    """
    kept = state.kept("proposal_base")
    return kept[1] if kept is not None and kept[0] == draft.identity else draft


def take(policy: pipeline.Policy, base: pipeline.Policy, language: Language) -> None:
    """Make a proposed policy the draft."""
    state.keep("proposal_base", (policy.identity, base))
    state.replace_draft(policy)
    st.toast(say("proposals.taken", language))


def frontier(
    scored: pipeline.Scored,
    found: pipeline.Proposal,
    base: pipeline.Policy,
    draft: pipeline.Policy,
    in_force: pipeline.Policy,
    limits: dict[str, int],
    unit: MoneyUnit,
    language: Language,
) -> None:
    """Profit against risk; a click, or a choice in the list, takes a policy as the draft."""
    house = state.house()
    with cards.card(say("frontier.title", language), say("frontier.subtitle", language), key="frontier"):
        state.seed_widget("w_frontier_along", AXES[0])
        along = str(
            st.segmented_control(
                say("frontier.along", language), AXES,
                format_func=lambda name: say(f"frontier.along.{name}", language), key="w_frontier_along", required=True,
            )
        )  # fmt: skip
        kept = {name: most for name, most in limits.items() if name != along}
        key = (
            "frontier",
            scored.scored_id,
            base.identity,
            in_force.identity,
            along,
            tuple(sorted(kept.items())),
        )
        with st.spinner(say("work.summing", language)):
            points = state.once(
                key, lambda: pipeline.search_frontier(house, scored, base, in_force, kept, along)
            )
        if not points:
            cards.quiet(say("frontier.none", language))
            return
        if len(points) == 1:
            name = say(f"frontier.along.{along}", language).lower()
            cards.quiet(say("frontier.single", language, measure=name))
        marks = [(say("frontier.today", language), found.today)]
        if found.policy is not None:
            marks.append((say("frontier.best", language), found.totals))
        best = found.policy.identity if found.policy is not None else ""
        if draft.identity not in (in_force.identity, best):
            own = state.once(
                ("totals", scored.scored_id, draft.identity, in_force.identity),
                lambda: pipeline.policy_totals(house, scored, draft, in_force),
            )
            marks.append((say("frontier.draft", language), own))
        unit_text = unit_label(scored.snapshot.currency, unit, language)
        drawn = frontier_chart(
            points, marks, along, limits.get(along), unit=unit, unit_text=unit_text, theme=state.theme(), language=language,
        )  # fmt: skip

        def chosen(place: int) -> None:
            take(points[place][0], base, language)

        cards.clickable_chart(drawn, language, chosen, key="frontier-chart")
        _list(points, along, chosen, unit, language)


def _list(
    points: tuple[tuple[pipeline.Policy, dict[str, int]], ...],
    along: str,
    chosen: Callable[[int], None],
    unit: MoneyUnit,
    language: Language,
) -> None:
    """The same points for those who don't click: a list and a button."""

    def label(place: int) -> str:
        totals = points[place][1]
        risk, profit, moved = (
            amount_text(name, totals[name], unit, language) for name in (along, "profit", "moved")
        )
        return say("frontier.point", language, risk=risk, profit=profit, moved=moved)

    with st.container(horizontal=True, vertical_alignment="bottom", key="frontier-list"):
        place = st.selectbox(
            say("frontier.choose", language), range(len(points)), format_func=label,
            key=f"w_frontier_point_{along}_{len(points)}_{language}", width=460,
        )  # fmt: skip
        st.button(say("proposals.take", language), key="take-point", on_click=chosen, args=(int(place or 0),))


def simple(
    scored: pipeline.Scored, draft: pipeline.Policy, in_force: pipeline.Policy, language: Language
) -> None:
    """Lines by share and by natural breaks, each with what really comes of it."""
    left, right = st.columns(2)
    with left, cards.card(say("share.title", language), say("share.subtitle", language), key="by-share"):
        first, second = st.columns(2)
        shares = [
            column.number_input(
                say(f"share.{name}", language), 0.0, 100.0, value, 1.0, key=f"w_share_{name}", format="%.1f"
            )
            / 100
            for column, name, value in ((first, "strategic", 10.0), (second, "core", 30.0))
        ]
        with errors.shown():
            by_share = state.once(
                ("by share", scored.scored_id, draft.identity, in_force.identity, *shares),
                lambda: pipeline.propose_by_share(state.house(), scored, draft, in_force, *shares),
            )
            _sized(by_share, draft, "share", language)
            cards.quiet(say("sized.snapped", language))
    with right, errors.shown():
        by_breaks = state.once(
            ("by breaks", scored.scored_id, draft.identity, in_force.identity),
            lambda: pipeline.propose_by_breaks(state.house(), scored, draft, in_force),
        )
        subtitle = say("breaks.subtitle", language, share=percent(by_breaks.explained, 0))
        with cards.card(say("breaks.title", language), subtitle, key="by-breaks"):
            _sized(by_breaks, draft, "breaks", language)


def _sized(found: pipeline.Sized, draft: pipeline.Policy, name: str, language: Language) -> None:
    heads, rows = sized_rows(found.thresholds, found.board, palette(state.theme()), language)
    title = say(f"{name}.title", language)
    st.html(html.table(heads, rows, state.theme(), caption=title))
    st.button(
        say("proposals.take", language), key=f"take-{name}", disabled=found.policy.identity == draft.identity,
        on_click=take, args=(found.policy, found.policy, language),
    )  # fmt: skip
