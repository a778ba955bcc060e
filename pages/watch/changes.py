"""Changes: what moved exposure, loss, capital, profit and ROI since another snapshot, step by step."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from reports import html
from reports.charts.waterfall import waterfall
from reports.escape import plain
from reports.formats import Language, MoneyUnit, day, money_bare, percent, signed, unit_label
from reports.html import Head, Row
from reports.marks import MARK, marked, rests_on
from reports.returns import movement_steps, rate_text
from reports.words import say

MEASURES = ("exposure", "expected_loss", "capital", "profit", "roi")
GOOD_UP = {"exposure": True, "expected_loss": False, "capital": False, "profit": True, "roi": True}
STEPS = ("closed", "data", "re_rated", "migrated", "model", "policy", "new")


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    listed = tuple(entry.snapshot_id for entry in pipeline.list_snapshots(state.house()))
    others = state.once(
        ("earlier", current.snapshot_id, *listed), lambda: pipeline.earlier_snapshots(state.house(), current)
    )
    if not others:
        cards.heading(say("changes.title", language), say("changes.none", language))
        return
    heading = st.empty()
    by_id = {entry.snapshot_id: entry for entry in others}
    left, right = st.columns(2)
    chosen = left.selectbox(
        say("changes.against", language), list(by_id), key=f"w_against_{current.snapshot_id[:12]}",
        format_func=lambda identity: _label(by_id[identity], language),
    )  # fmt: skip
    in_force = pipeline.policy_in_force(state.house())
    draft = state.draft(in_force)
    options = ["same", "draft"] if draft.identity != in_force.identity else ["same"]
    which = right.selectbox(
        say("changes.policy", language), options, key=f"w_movement_policy_{len(options)}",
        format_func=lambda name: say(f"changes.policy_{name}", language),
    )  # fmt: skip
    with errors.shown():
        board = _board(by_id[chosen], current, in_force, draft if which == "draft" else in_force, language)
        largest = max(abs(state_.expected_loss) for state_ in board.movement.states) / 100
        unit = context.unit_for(largest, language)
        with heading.container():
            cards.heading(say("changes.title", language), _answer(board, current, unit, language))
        _waterfall(board, current, language)


def _label(entry: pipeline.Snapshot, language: Language) -> str:
    return plain(entry.name, 60) + (f" · {day(entry.as_of, language)}" if entry.as_of else "")


def _board(
    other: pipeline.Snapshot,
    current: pipeline.Snapshot,
    old_policy: pipeline.Policy,
    new_policy: pipeline.Policy,
    language: Language,
) -> pipeline.MovementBoard:
    """The movement from the earlier to the later of the two, kept for the visit."""
    first, last = context.open_scored(other), context.open_scored(current)
    is_later = bool(other.as_of and current.as_of and other.as_of > current.as_of)
    old, new = (last, first) if is_later else (first, last)
    key = f"movement_{old.scored_id[:16]}_{new.scored_id[:16]}_{old_policy.identity[:12]}_{new_policy.identity[:12]}"
    board = state.kept(key)
    if board is None:
        with st.spinner(say("work.summing", language), show_time=True):
            board = pipeline.movement_between(state.house(), old, new, old_policy, new_policy)
        state.keep(key, board)
    found: pipeline.MovementBoard = board
    return found


def _answer(
    board: pipeline.MovementBoard, current: pipeline.Snapshot, unit: MoneyUnit, language: Language
) -> str:
    first, last = board.movement.states[0], board.movement.states[-1]

    def moved(measure: str) -> str:
        change = (getattr(last, measure) - getattr(first, measure)) / 100 / unit.scale
        return signed(change)

    roi = "–" if first.roi is None or last.roi is None else f"{rate_text(last.roi - first.roi)} pp"
    return say(
        "changes.answer", language, exposure=moved("exposure"), loss=moved("expected_loss"), capital=moved("capital"),
        roi=roi, name=plain(board.old.name, 60), unit=unit_label(current.currency, unit, language),
    )  # fmt: skip


def _waterfall(board: pipeline.MovementBoard, current: pipeline.Snapshot, language: Language) -> None:
    state.seed_widget("w_movement_measure", "expected_loss")
    measure = str(
        st.segmented_control(
            say("movement.measure", language), MEASURES, key="w_movement_measure", required=True,
            format_func=lambda name: say(f"movement.{name}", language),
        )
        or "expected_loss"
    )  # fmt: skip
    movement, states = board.movement, board.movement.states
    is_rate = measure == "roi"
    amounts = [0.0 if is_rate else abs(getattr(state_, measure)) / 100 for state_ in states]
    unit = context.unit_for(max(amounts), language)
    scale = 0.01 if is_rate else 100 * unit.scale
    parts = movement.ratio_parts() if is_rate else movement.parts(measure)
    first, last = ((getattr(end, measure) or 0.0) / scale for end in (states[0], states[-1]))
    steps = movement_steps(dict(parts), scale, language)
    largest = max(steps, key=lambda step: abs(step[1]))[0]

    def write(value: float) -> str:
        return percent(value / 100, 2) if is_rate else money_bare(value * unit.scale, unit)

    decimals = 2 if is_rate else 1
    drawn = waterfall(
        (say("movement.start", language), first), steps, (say("movement.end", language), last), write=write,
        write_step=lambda value: signed(value, decimals), good_up=GOOD_UP[measure],
        alternative=say("movement.alt", language, before=write(first), after=write(last), name=largest),
        heads=(say("movement.step", language), say(f"movement.{measure}", language)), theme=state.theme(),
    )  # fmt: skip
    unit_text = "%" if is_rate else unit_label(current.currency, unit, language)
    with cards.card(
        say("movement.title", language),
        marked(
            f"{say('movement.subtitle', language, unit=unit_text)} {MARK}",
            rests_on(language, "treatments"),
            state.theme(),
        ),
        key="movement",
    ):
        cards.chart(drawn, language, key="movement-chart")
        cards.quiet(say("changes.shared", language, shared=board.shared, gone=board.gone, came=board.came))
        rows = [Row([say(f"step.{step}", language), say(f"step.{step}.meaning", language)]) for step in STEPS]
        body = html.table(
            [Head("", "left"), Head("", "left")], rows, state.theme(), caption=say("movement.step", language)
        )
        cards.folded(say("movement.meaning", language), body)
