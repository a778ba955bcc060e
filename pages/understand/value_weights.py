"""Weights and directions of the value score: sliders, which way is better, and asking who would move."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

import pipeline
from pages.parts import cards, state
from reports.formats import Language
from reports.value import way_text
from reports.words import say

SLIDERS_A_ROW = 4
MOST = 4.0
"""Highest weight a slider gives."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a trial was asked with: it holds as long as nothing of it moves."""

    weights: pipeline.ValueWeights
    is_anew: bool
    policy_id: str


def show(scored: pipeline.Scored, language: Language) -> None:
    """Sliders for the parts and their inputs, and which way is better; a trial only when asked for."""
    now = pipeline.weights_of(scored.model.reference)
    key = scored.scored_id[:12]
    with cards.card(say("weights.title", language), say("weights.subtitle", language), key="weights"):
        components = _components(now, key, language)
        with st.expander(say("weights.inputs", language)):
            cards.quiet(say("weights.ways", language))
            inputs, ways = _inputs(now, key, language)
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            _coverage_gate(language)
        anew = right.checkbox(
            say("weights.rebaseline", language), key=f"w_rebaseline_{key}", help=say("weights.rebaseline_help", language)
        )  # fmt: skip
        policy = state.draft(pipeline.policy_in_force(state.house()))
        asked = Asked(pipeline.ValueWeights(components, inputs, ways), anew, policy.identity)
        state.keep(f"asked_{key}", asked)
        with st.container(horizontal=True):
            if st.button(say("weights.try", language), type="primary", key="try-weights"):
                with st.spinner(say("work.summing", language)):
                    trial = pipeline.try_weights(
                        state.house(), scored, asked.weights, policy, state.person(), rebaseline=anew
                    )
                state.keep(f"trial_{key}", (asked, trial))
            for name, wanted in (("in_force", now), ("as_delivered", pipeline.delivered(now))):
                st.button(
                    say(f"weights.{name}", language), key=f"weights-{name}", type="tertiary",
                    help=say(f"weights.{name}_help", language), on_click=_put_back, args=(wanted, key),
                )  # fmt: skip


def _put_back(wanted: pipeline.ValueWeights, key: str) -> None:
    """Let every slider and direction say what is wanted, and forget what was tried."""
    values = {"weight": wanted.components, "input": wanted.inputs, "way": wanted.directions}
    for kind, entries in values.items():
        for name, value in entries.items():
            if kind != "way" or pipeline.is_open(name):
                state.put_widget(
                    f"w_{kind}_{name}_{key}", value if kind == "way" else min(float(value), MOST)
                )
    state.put_widget(f"w_rebaseline_{key}", False)
    state.forget(f"trial_{key}")


def _components(now: pipeline.ValueWeights, key: str, language: Language) -> dict[str, float]:
    """A slider a part, four in a row."""
    columns = st.columns(SLIDERS_A_ROW)
    found = {}
    for place, (name, weight) in enumerate(now.components.items()):
        with columns[place % SLIDERS_A_ROW]:
            found[name] = _slider("weight", name, weight, key, language)
    return found


def _inputs(
    now: pipeline.ValueWeights, key: str, language: Language
) -> tuple[dict[str, float], dict[str, int]]:
    """A slider an input and below it which way is better, to be chosen where that is open."""
    weights, ways = {}, {}
    names = list(now.inputs)
    for start in range(0, len(names), SLIDERS_A_ROW):
        row = names[start : start + SLIDERS_A_ROW]
        for name, column in zip(row, st.columns(SLIDERS_A_ROW), strict=False):
            with column:
                weights[name] = _slider("input", name, now.inputs[name], key, language)
                ways[name] = _way(name, now.directions[name], key, language)
    return weights, ways


def _slider(kind: str, name: str, weight: float, key: str, language: Language) -> float:
    place = f"w_{kind}_{name}_{key}"
    state.seed_widget(place, min(float(weight), MOST))
    return float(st.slider(say(f"value.{name}", language), 0.0, MOST, step=0.25, key=place))


def _way(name: str, way: int, key: str, language: Language) -> int:
    """Which way is better: chosen where a lender may see it either way, else said."""
    if not pipeline.is_open(name):
        cards.quiet(say("weights.settled", language, way=way_text(way, language)))
        return way
    place = f"w_way_{name}_{key}"
    state.seed_widget(place, way)
    chosen = st.segmented_control(
        say("weights.way", language, name=say(f"value.{name}", language)),
        (1, -1),
        format_func=lambda way: say("way.up" if way > 0 else "way.down", language),
        key=place,
        required=True,
        label_visibility="collapsed",
    )
    return int(chosen or way)


def _coverage_gate(language: Language) -> None:
    """The share of the score's weight that must be known for Strategic: a field of the draft policy."""
    policy = state.draft(pipeline.policy_in_force(state.house()))
    state.seed_widget("w_coverage_gate", round(policy.coverage_gate * 100))

    def moved() -> None:
        now = state.draft(policy)
        state.set_draft(replace(now, coverage_gate=float(state.widget("w_coverage_gate")) / 100))

    st.slider(
        say("weights.gate", language), 0, 100, step=5, key="w_coverage_gate", on_change=moved,
        help=say("weights.gate_help", language),
    )  # fmt: skip
