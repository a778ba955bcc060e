"""Tiers: drag thresholds and gates, see at once what every tier holds."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import pipeline
from pages.parts import cards, context, state
from pages.parts.board.board import board
from pages.parts.groups import assumed_of
from reports import html
from reports.boards import threshold_text, tier_name
from reports.charts.tiers import bubbles
from reports.formats import Language
from reports.marks import Assumed, marked, rests_on
from reports.words import has_words, say
from segmentation.policy import TIERS, Policy
from segmentation.treatment import NEUTRAL, Treatment

TREATMENT_FIELDS: tuple[tuple[str, str, float, float, float, float], ...] = (
    # field, words, least, most, step, factor from what is stored to what is shown
    ("price_change_bp", "treatments.price", -300.0, 300.0, 5.0, 1.0),
    ("limit_multiplier", "treatments.limit", 0.0, 5.0, 0.05, 1.0),
    ("headroom_use", "treatments.use", 0.0, 100.0, 5.0, 100.0),
    ("collateral_cover", "treatments.collateral", 0.0, 100.0, 5.0, 100.0),
    ("service_cost_rate", "treatments.service", 0.0, 20.0, 0.05, 100.0),
    ("take_up", "treatments.take_up", 0.0, 100.0, 5.0, 100.0),
    ("churn_change", "treatments.churn", -20.0, 20.0, 0.5, 100.0),
    ("review_months", "treatments.review", 1.0, 120.0, 1.0, 1.0),
)

LINKS = {"movers": "tiers.to_movers", "proposals": "tiers.to_proposals", "backtest": "tiers.to_backtest"}
"""Pages the board leads on to."""
FIELD_WIDTH = 86
"""Of a treatment's field, in pixels: three stand side by side at 400 pixels."""


def show() -> None:
    """Lay out the page; all that moves lies in one fragment."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    cards.heading(say("tiers.title", language), say("tiers.answer", language))
    state.keep("bar_says_draft", _is_draft())
    _board(current)


def _is_draft() -> bool:
    in_force = pipeline.policy_in_force(state.house())
    return state.draft(in_force).identity != in_force.identity


@st.fragment
def _board(current: pipeline.Snapshot) -> None:
    """Everything that follows a line: the board at once in the browser, the rest when it is let go."""
    language = state.language()
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    policy = state.draft(in_force)
    # A step taken back may be sticky where the draft was not, and then asks for tiers held before.
    scored = context.open_scored(current)
    returns = scored.model.returns
    with st.spinner(say("work.summing", language)):
        now = pipeline.apply_policy(house, scored, policy, in_force)
        base = pipeline.apply_policy(house, scored, in_force)
        payload = pipeline.board_payload(house, scored, policy, in_force)
        near = pipeline.near_a_line(house, scored, policy, in_force)
        payload_in_force = pipeline.board_payload(house, scored, in_force, in_force).identity
    asked = board(
        payload,
        policy,
        in_force,
        base,
        payload_in_force=payload_in_force,
        scope=scored.scored_id,
        returns=returns.to_dict(),
        unit=context.unit_of(scored, language),
        currency=scored.snapshot.currency,
        note=_note(now, near, language),
        assumed=_rests_on(scored, language),
        links={page: say(words, language) for page, words in LINKS.items() if state.has_page(page)},
        can_propose=state.has_page("policies"),
    )
    if asked:
        st.switch_page(state.page(asked))
    left, right = st.columns([1, 1])
    with left:
        _return_over_risk(now, returns, language)
        _file(policy, in_force, language)
    with (
        right,
        cards.card(
            say("treatments.title", language),
            marked(say("treatments.subtitle", language), rests_on(language, "treatments"), state.theme()),
            key="treatments",
        ),
    ):
        _treatments(policy, language)
    state.write_address(with_policy=True)
    if _is_draft() != state.kept("bar_says_draft"):
        # The bar above stands outside the fragment; it says whether there is a draft.
        st.rerun()


def _rests_on(scored: pipeline.Scored, language: Language) -> Assumed:
    """What ratios under treatment rest on."""
    treated, others = rests_on(language, "treatments"), assumed_of(scored, language, ratio=True)
    return Assumed(f"{treated.words}, {others.words}", treated.keys + others.keys)


def _note(now: pipeline.TierBoard, near: int, language: Language) -> str:
    """What to know of the lines: how many stand close to one, or that gates let nobody through."""
    if 0 < now.total.customers == now.total.customers_without_pd:
        return say("tiers.no_probability", language)
    return say("tiers.near_line", language, n=near)


def _return_over_risk(now: pipeline.TierBoard, returns: pipeline.ReturnsSettings, language: Language) -> None:
    """Whether each tier's return pays for its risk."""
    with cards.card(say("bubbles.title", language), say("bubbles.subtitle", language), key="bubbles"):
        points = [
            (tier_name(summary.tier, language), summary.tier, summary.treated.loss_rate,
             summary.treated.raroc(returns), summary.treated.exposure / 100)
            for summary in now.tiers
            if summary.tier in TIERS and summary.customers > summary.customers_without_pd
        ]  # fmt: skip
        drawn = bubbles(points, hurdle=returns.hurdle_rate, theme=state.theme(), language=language)
        cards.chart(drawn, language, key="bubbles-chart")


def _file(policy: Policy, in_force: Policy, language: Language) -> None:
    """The draft as a file."""
    name = f"T1 {threshold_text(policy.strategic_step)} · T2 {threshold_text(policy.core_step)}"
    is_in_force = policy.identity == in_force.identity
    st.download_button(
        say("tiers.download", language),
        data=replace(policy, name=policy.name if is_in_force else name).to_toml(),
        file_name="policy.toml",
        mime="application/toml",
        on_click="ignore",
        key="policy-toml",
    )


def _treatments(policy: Policy, language: Language) -> None:
    """What each tier gets: a field a row, the tiers side by side."""
    with _treatment("heads", say("treatments.what", language)):
        for tier in TIERS:
            with st.container(width=FIELD_WIDTH):
                cards.quiet(tier_name(tier, language))
    for field, words, least, most, step, factor in TREATMENT_FIELDS:
        label = say(words, language)
        if factor == 100.0 and "%" not in label:
            label += " (%)"
        hint = f"{words}_help"
        with _treatment(field, html.term(label, say(hint, language)) if has_words(hint) else label):
            for tier in TIERS:
                name = f"{tier_name(tier, language)}: {label}"
                _field(policy, tier, field, name, (least, most, step, factor))
    st.page_link(state.page("assumptions"), label=say("register.link", language))
    st.button(
        say("treatments.neutral", language),
        key="neutral",
        on_click=lambda: state.replace_draft(replace(policy, treatments=dict.fromkeys(TIERS, NEUTRAL))),
    )


def _treatment(key: str, label: html.Text) -> DeltaGenerator:
    """A row of the treatments: what it is, and room for a field a tier; narrow, the fields stand below."""
    row = st.container(
        horizontal=True, gap="small", vertical_alignment="center", key=f"treatment-{key.replace('_', '-')}"
    )
    with row.container(width=170):
        cards.quiet(label)
    return row


def _field(
    policy: Policy, tier: str, field: str, label: str, numbers: tuple[float, float, float, float]
) -> None:
    least, most, step, factor = numbers
    key = f"w_{field}_{tier}"
    state.seed_widget(key, round(float(getattr(policy.treatments[tier], field)) * factor, 6))

    def moved() -> None:
        value = float(state.widget(key)) / factor
        stored: float | int = int(value) if field == "review_months" else value
        now = state.draft(policy)
        changed: Treatment = replace(now.treatments[tier], **{field: stored})  # type: ignore[arg-type]  # a row of the table above
        state.set_draft(replace(now, treatments={**now.treatments, tier: changed}))

    st.number_input(
        label,
        least,
        most,
        step=step,
        key=key,
        on_change=moved,
        width=FIELD_WIDTH,
        label_visibility="collapsed",
        format="%.2f" if step < 1 else "%.0f",
    )
