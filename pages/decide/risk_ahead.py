"""Losses ahead on the Risk page: IFRS 9 stages with scenario weights, and the bad year."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, state
from reports import html
from reports.boards import tier_name
from reports.charts.risk import loss_histogram
from reports.escape import plain
from reports.formats import Language, MoneyUnit, count, money_bare, money_headline, percent
from reports.html import Cell, Head, Row
from reports.naming import segment_title
from reports.risk import contribution_rows, scenario_rows, stage_rows
from reports.theme import palette
from reports.words import say

SCENARIOS = (20_000, 100_000, 500_000)
SHOWN_PARTS = 12


@st.fragment
def impairment(scored: pipeline.Scored, unit: MoneyUnit, unit_text: str, language: Language) -> None:
    """Stages and expected credit loss; the weights cost no row."""
    settings = pipeline.impairment_settings(state.house())
    key = f"impairment_{scored.scored_id}_{settings.ratio}_{settings.correlation}"
    board = state.kept(key)
    if board is None:
        with st.spinner(say("work.summing", language)):
            board = pipeline.impairment_of(state.house(), scored, settings)
        state.keep(key, board)
    title = say("stage.title", language)
    left, right = st.columns([3, 2])
    with (
        right,
        cards.card(say("scenario.title", language), say("scenario.subtitle", language), key="scenarios"),
    ):
        weights = {
            scenario.key: st.slider(
                say(f"scenario.{scenario.key}", language), 0, 100, round(scenario.weight * 100),
                key=f"w_scenario_{scenario.key}", format="%d%%",
            )
            for scenario in settings.scenarios
        }  # fmt: skip
        usable = sum(weights.values()) > 0
        chosen = (
            settings.weighted({name: float(value) for name, value in weights.items()}) if usable else settings
        )
        heads, rows = scenario_rows(board, chosen, unit, unit_text, language)
        cards.data_table(heads, rows, caption=say("scenario.title", language))
        if st.button(
            say("scenario.keep", language), key="keep-weights", disabled=not usable or chosen == settings
        ):
            pipeline.set_impairment(state.house(), chosen, state.person())
            st.toast(say("scenario.kept", language))
            st.rerun()
    with left:
        total = sum(line.exposure for line in board.lines) or 1.0
        loss = sum(line.loss(chosen) for line in board.lines if line.stage)
        risen = sum(line.exposure for line in board.lines if line.stage in (2, 3))
        answer = say(
            "stage.answer", language, loss=money_headline(loss, unit, language), share=percent(risen / total)
        )
        heads, rows = stage_rows(board, chosen, unit, unit_text, language)
        with cards.card(title, answer, html.table(heads, rows, state.theme(), caption=title), key="stages"):
            rests = say(
                "stage.assumed", language, rate=percent(board.assumed_rate, 0), term=percent(board.assumed_term, 0),
                origination=percent(board.without_origination, 0),
            )  # fmt: skip
            cards.rests_on(rests, ("impairment_terms",), language)
        reasons = sorted(board.reasons.items(), key=lambda pair: -pair[1])
        why = say("stage.why_title", language)
        body = html.table(
            [Head(say("stage.reason", language), "left"), Head(f"{say('slice.exposure', language)} · {unit_text}"),
             Head(say("large.share", language))],
            [Row([say(f"stage_reason.{name}", language), money_bare(held, unit), percent(held / total)])
             for name, held in reasons],
            state.theme(), caption=why,
        )  # fmt: skip
        cards.card(why, "", body, key="stage-reasons")


def losses(scored: pipeline.Scored, unit: MoneyUnit, unit_text: str, language: Language) -> None:
    """The simulated loss distribution: run, stop, look."""
    house = state.house()
    policy = pipeline.policy_in_force(house)
    found = pipeline.simulation_of(house, scored, policy)
    with st.container(horizontal=True, vertical_alignment="bottom", key="simulation-choices"):
        state.seed_widget("w_scenarios", SCENARIOS[1])
        scenarios = st.selectbox(
            say("losses.scenarios", language), SCENARIOS, format_func=count, key="w_scenarios", width=220
        )
        start = st.button(
            say("losses.run", language), type="primary", key="simulate", disabled=not scored.facts.known_risk
        )
    if start:
        # Any click while it runs ends the script at its next report, and nothing is kept.
        stop = st.button(say("losses.stop", language), key="stop-simulation")
        bar = st.progress(0.0, text=say("losses.progress", language, done="0", total=count(2 * scenarios)))

        def report(done: int, total: int) -> None:
            bar.progress(
                done / total, text=say("losses.progress", language, done=count(done), total=count(total))
            )

        found = pipeline.simulate(
            house, scored, policy, pipeline.SimulationSettings(int(scenarios)), report, lambda: stop
        )
        st.rerun()
    title = say("losses.title", language)
    if found is None:
        cards.card(title, say("losses.none", language), key="losses")
        return
    subtitle = say("losses.subtitle", language, n=count(found.scenarios), names=count(found.names))
    with cards.card(title, subtitle, key="losses"):
        marks = [(say("losses.expected", language), found.expected_loss)]
        marks += [(f"VaR {percent(tail.level)}", tail.value_at_risk) for tail in found.tails]
        drawn = loss_histogram(
            found.bars, marks, unit=unit, unit_text=unit_text, theme=state.theme(), language=language
        )
        cards.chart(drawn, language, key="losses-chart")
        heads = [
            Head("", "left"), Head(f"{say('losses.var', language)} · {unit_text}", hint=say("losses.var_help", language)),
            Head(f"{say('losses.es', language)} · {unit_text}", hint=say("losses.es_help", language)),
            Head(f"{say('losses.pool', language)} · {unit_text}", hint=say("losses.pool_help", language)),
        ]  # fmt: skip
        rows = [
            Row(
                [
                    say("losses.level", language, n=count(round(1 / (1 - tail.level)))),
                    Cell(money_bare(tail.value_at_risk, unit), note=say(
                        "losses.interval", language, low=money_bare(tail.low, unit), high=money_bare(tail.high, unit))),
                    Cell(money_bare(tail.expected_shortfall, unit),
                         note=say("losses.error", language, error=money_bare(tail.shortfall_error, unit))),
                    money_bare(tail.large_pool, unit),
                ]
            )
            for tail in found.tails
        ]  # fmt: skip
        cards.data_table(heads, rows, caption=title)
        certain = max(0.0, scored.facts.expected_loss - found.expected_loss)
        cards.quiet(
            say("losses.certain", language, amount=money_headline(certain, unit, language))
            + " "
            + say("losses.seed", language, seed=found.seed)
        )
    _parts(scored, found, unit, unit_text, language)


def _parts(
    scored: pipeline.Scored,
    found: pipeline.LossDistribution,
    unit: MoneyUnit,
    unit_text: str,
    language: Language,
) -> None:
    """Who makes the bad year bad, along a dimension."""
    years = count(round(1 / (1 - found.tails[-1].level)))
    with cards.card(
        say("losses.parts_title", language), say("losses.parts_subtitle", language, n=years), key="parts"
    ):
        state.seed_widget("w_part", "tier")
        dimension = str(
            st.segmented_control(
                say("concentration.by", language), list(found.contributions),
                format_func=lambda name: say(f"dimension.{name}", language), key="w_part", required=True,
            )
        )  # fmt: skip
        hide = dimension == "name" and "name" in pipeline.masked_columns(state.person())
        parts = found.contributions[dimension]
        top = [part for part in parts if part.key][:SHOWN_PARTS]
        rest = [part for part in parts if part not in top]
        labelled = [
            (
                _part_label(scored, dimension, part.key, place, hide, language),
                part.expected_loss,
                part.shortfall,
            )
            for place, part in enumerate(top, 1)
        ]
        if rest:
            labelled.append(
                (
                    say("losses.rest", language),
                    sum(p.expected_loss for p in rest),
                    sum(p.shortfall for p in rest),
                )
            )
        heads, rows = contribution_rows(labelled, unit, unit_text, language, palette(state.theme()))
        cards.data_table(heads, rows, caption=say("losses.parts_title", language))


def _part_label(
    scored: pipeline.Scored, dimension: str, key: str, place: int, hide: bool, language: Language
) -> str:
    if dimension == "tier":
        return tier_name(key, language)
    if dimension == "segment":
        profile = next((entry for entry in scored.profiles if str(entry.number) == key), None)
        return segment_title(profile.name, profile.title, language) if profile else key
    return say("names.hidden", language, n=place) if hide else plain(key, 60)
