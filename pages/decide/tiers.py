"""Tiers: move thresholds and gates, see at once what every tier holds."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.parts import cards, context, state
from reports import html
from reports.boards import board_heads, board_rows, threshold_text, tier_name, verdict
from reports.charts.tiers import bubbles, histogram
from reports.formats import Language, percent, unit_label
from reports.html import Head, Row
from reports.theme import palette
from reports.words import say
from segmentation.policy import CLOSED, LIFECYCLES, NEUTRAL, TIERS, TOP_RUNG, Gate, Policy, Treatment
from segmentation.risk.ladder import bound

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


def show() -> None:
    """Lay out the page; all that moves lies in one fragment."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    cards.heading(say("tiers.title", language), say("tiers.answer", language))
    _board(context.open_scored(current))


@st.fragment
def _board(scored: pipeline.Scored) -> None:
    """Everything that follows a slider."""
    language = state.language()
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    policy = state.draft(in_force)
    unit = context.unit_of(scored, language)
    colours = palette(state.theme())
    returns = scored.model.returns
    with st.spinner(say("work.summing", language)):
        board = pipeline.apply_policy(house, scored, policy, in_force)
        base = pipeline.apply_policy(house, scored, in_force)
        counts = pipeline.score_histogram(house, scored, policy)
    with st.container(key="verdict"):
        cards.answer(*verdict(board, base, policy, in_force, returns, unit, language))
    with cards.card(say("histogram.title", language), key="histogram"):
        left, right = st.columns(2)
        with left:
            _threshold("core", policy, language)
        with right:
            _threshold("strategic", policy, language)
        drawn = histogram(
            counts / 100 / unit.scale,
            policy.strategic_step / 2,
            policy.core_step / 2,
            in_force.strategic_step / 2,
            in_force.core_step / 2,
            unit=unit_label(scored.snapshot.currency, unit, language),
            theme=state.theme(),
            language=language,
        )
        cards.chart(drawn, language, key="histogram-chart")
    _actions(policy, in_force, language)
    wide, narrow = st.columns([2, 1])
    with (
        wide,
        cards.card(
            say("holds.title", language),
            f"{say('holds.subtitle', language)} · {unit_label(scored.snapshot.currency, unit, language)}",
            key="holds",
        ),
    ):
        heads = board_heads(unit_label(scored.snapshot.currency, unit, language), language)
        rows = board_rows(board, base, returns, unit, colours, language)
        cards.data_table(heads, rows, caption=say("holds.title", language))
    with (
        narrow,
        cards.card(say("tiers.gates_title", language), say("tiers.gates_subtitle", language), key="gates"),
    ):
        _gates(policy, language)
    left, right = st.columns([1, 1])
    with left, cards.card(say("bubbles.title", language), say("bubbles.subtitle", language), key="bubbles"):
        points = [
            (tier_name(summary.tier, language), summary.tier, summary.treated.loss_rate,
             summary.treated.raroc(returns), summary.treated.exposure / 100)
            for summary in board.tiers
            if summary.tier in TIERS and summary.customers > summary.customers_without_pd
        ]  # fmt: skip
        cards.chart(
            bubbles(points, hurdle=returns.hurdle_rate, theme=state.theme(), language=language),
            language,
            key="bubbles-chart",
        )
    with (
        right,
        cards.card(say("treatments.title", language), say("treatments.subtitle", language), key="treatments"),
    ):
        _treatments(policy, language)
    state.write_address(with_policy=True)


def _threshold(which: str, policy: Policy, language: Language) -> None:
    """One threshold in half points, by mouse or arrow keys."""
    step = policy.strategic_step if which == "strategic" else policy.core_step
    key = f"w_{which}"
    # Seeded once, not set on every run: a run that began before the last key press would take it back.
    state.seed_widget(key, step / 2)

    def moved() -> None:
        chosen = int(state.widget(key) * 2 + 0.5)
        changed = state.draft(policy).with_threshold(**{which: chosen})
        # A line pushed over the other takes it along. The slider being moved is never set from here:
        # that would take back a key press made meanwhile.
        other = "core" if which == "strategic" else "strategic"
        pushed = changed.core_step if other == "core" else changed.strategic_step
        if pushed / 2 != state.widget(f"w_{other}"):
            state.put_widget(f"w_{other}", pushed / 2)
        state.set_draft(changed)

    st.slider(
        say(f"tiers.threshold_{which}", language),
        0.0,
        100.0,
        step=0.5,
        format="%.1f",
        key=key,
        on_change=moved,
        help=say(f"tiers.threshold_{which}_help", language),
    )


def _gates(policy: Policy, language: Language) -> None:
    """One strip a life cycle: the left handle is Strategic's gate, the right one Core's."""
    options = list(range(CLOSED, TOP_RUNG + 1))
    for lifecycle in reversed(LIFECYCLES[:3]):
        _gate(lifecycle, policy, options, language)
    _gate("unknown", policy, options, language)
    heads = [
        Head(say("tiers.lifecycle", language), "left"),
        *(Head(tier_name(name, language)) for name in TIERS[:2]),
    ]
    rows = [
        Row([say(f"lifecycle.{name}", language), *(gate_text(rung) for rung in _pair(policy.gates[name]))])
        for name in ("mature", "growth", "startup", "unknown")
    ]
    table = html.table(heads, rows, state.theme(), caption=say("tiers.gates_title", language))
    cards.folded(say("chart.table", language), table)


def _pair(gate: Gate) -> tuple[int, int]:
    return gate.strategic, gate.core


def gate_text(rung: int) -> str:
    """A gate as the highest 12-month PD it lets through."""
    return "–" if rung == CLOSED else percent(bound(rung), 2 if bound(rung) < 0.01 else 1)


def _gate(lifecycle: str, policy: Policy, options: list[int], language: Language) -> None:
    key = f"w_gate_{lifecycle}"

    def moved() -> None:
        strategic, core = state.widget(key)
        now = state.draft(policy)
        state.set_draft(replace(now, gates={**now.gates, lifecycle: Gate(strategic, core)}))

    st.select_slider(
        say(f"lifecycle.{lifecycle}", language),
        options,
        # A value, not the session: whatever resets the draft also forgets the widget.
        value=_pair(policy.gates[lifecycle]),
        format_func=gate_text,
        key=key,
        on_change=moved,
        help=say("tiers.gate_help", language),
    )


def _actions(policy: Policy, in_force: Policy, language: Language) -> None:
    """Back to the policy in force, and the draft as a file."""
    with st.container(horizontal=True, key="tier-actions"):
        st.button(
            say("tiers.reset", language),
            key="reset",
            on_click=lambda: state.replace_draft(None),
            disabled=policy.identity == in_force.identity,
        )
        name = f"T1 {threshold_text(policy.strategic_step)} · T2 {threshold_text(policy.core_step)}"
        st.download_button(
            say("tiers.download", language),
            data=replace(
                policy, name=name if policy.identity != in_force.identity else policy.name
            ).to_toml(),
            file_name="policy.toml",
            mime="application/toml",
            on_click="ignore",
            key="policy-toml",
        )


def _treatments(policy: Policy, language: Language) -> None:
    """What each tier gets: a field a row, the tiers side by side."""
    for field, words, least, most, step, factor in TREATMENT_FIELDS:
        label = say(words, language)
        if factor == 100.0 and "%" not in label:
            label += " (%)"
        cards.quiet(label)
        with st.container(horizontal=True, gap="small"):
            for tier in TIERS:
                _field(policy, tier, field, tier_name(tier, language), (least, most, step, factor))
    st.page_link(state.page("assumptions"), label=say("register.link", language))
    st.button(
        say("treatments.neutral", language),
        key="neutral",
        on_click=lambda: state.replace_draft(replace(policy, treatments=dict.fromkeys(TIERS, NEUTRAL))),
    )


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
        width=94,
        format="%.2f" if step < 1 else "%.0f",
    )
