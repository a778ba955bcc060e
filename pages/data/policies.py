"""Policies: side by side with the one in force, put forward, signed, and what has been."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.data import policy_decisions, policy_history, policy_overrides
from pages.parts import cards, context, errors, state
from reports import html
from reports.formats import Language, day, percent, unit_label
from reports.html import Cell
from reports.marks import marked, rests_on
from reports.policies import (
    LINE_FIELDS,
    TREATMENT_FIELDS,
    caution_sentence,
    difference_rows,
    distinct,
    field_rows,
    policy_title,
    result_rows,
)
from reports.theme import palette
from reports.words import say
from segmentation.policy import Policy

VIEWS = ("compare", "decide", "history", "overrides")
MOST_COMPARED = 4
COMPARABLE = ("draft", "proposed", "scheduled", "replaced")
Named = tuple[str, Policy]


def show() -> None:
    """Lay out the page; each view is a question of its own."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    lines = pipeline.policy_lines(state.house())
    cards.heading(say("policies.title", language), _answer(lines, language))
    view = context.choose_view("policies_view", VIEWS, language)
    with errors.shown():
        if view == "compare":
            _compare(scored, lines, language)
        elif view == "decide":
            policy_decisions.show(_everybody(current), lines, language)
        elif view == "history":
            policy_history.show(lines, language)
        else:
            policy_overrides.show(scored, language)


def _everybody(current: pipeline.Snapshot) -> pipeline.Scored:
    """The whole portfolio, whatever filter stands in the bar: a signature binds all customers."""
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    return pipeline.look_at(
        house, current.snapshot_id, pipeline.Selection(), (in_force, state.draft(in_force))
    )


def _answer(lines: tuple[pipeline.PolicyLine, ...], language: Language) -> str:
    """Which policy holds, since when, and how many wait."""
    waiting = sum(line.standing == "proposed" for line in lines)
    waits = say("policies.waiting" if waiting else "policies.waiting_none", language, n=waiting)
    for line in lines:
        if line.standing == "in_force":
            holds = say(
                "policies.answer", language, name=policy_title(line.policy, language),
                date=day(line.row.valid_from, language), person=line.row.approved_by or "",
            )  # fmt: skip
            return f"{holds} {waits}"
    return f"{say('policies.answer_built_in', language)} {waits}"


def _candidates(
    lines: tuple[pipeline.PolicyLine, ...], in_force: Policy, language: Language
) -> dict[str, Named]:
    """What may stand beside the policy in force, by a key: the draft, then lines, the newest first."""
    found: dict[str, Named] = {}
    draft = state.draft(in_force)
    if any(change.decides for change in pipeline.differences(in_force, draft)):
        found["draft"] = (say("policies.my_draft", language), draft)
    for line in lines:
        if line.standing in COMPARABLE:
            standing = say(f"standing.{line.standing}", language)
            found[line.line_id] = (f"{policy_title(line.policy, language)} ({standing})", line.policy)
    labels = distinct({key: label for key, (label, _) in found.items()})
    return {key: (labels[key], policy) for key, (_, policy) in found.items()}


def _compare(scored: pipeline.Scored, lines: tuple[pipeline.PolicyLine, ...], language: Language) -> None:
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    found = _candidates(lines, in_force, language)
    if not found:
        cards.quiet(say("policies.nothing", language))
        if st.button(say("policies.to_tiers", language), type="primary", key="to-tiers"):
            st.switch_page(state.page("tiers"))
        return
    open_first = [key for key in found if key == "draft"] + [
        line.line_id for line in lines if line.standing in ("proposed", "scheduled", "draft")
    ]
    chosen = st.multiselect(
        say("policies.choose", language),
        list(found),
        default=(open_first or list(found))[: MOST_COMPARED - 1],
        format_func=lambda key: found[key][0] if key in found else "",
        max_selections=MOST_COMPARED,
        help=say("policies.choose_help", language),
        # Another set of policies begins with a choice of its own.
        key=f"w_compared_{language}_{'_'.join(key[:8] for key in found)}",
    )
    named = [(policy_title(in_force, language), in_force), *(found[key] for key in chosen)]
    with st.spinner(say("work.summing", language)):
        compared = pipeline.compare_policies(house, scored, [policy for _, policy in named], in_force)
    _cautions(named, compared, language)
    if chosen:
        _moves(named[1:], compared[1:], language)
        title = say("compare.words_title", language)
        with cards.card(title, say("compare.words_subtitle", language), key="words"):
            cards.data_table(*difference_rows(named[1:], in_force, language), caption=title)
    _tables(scored, named, compared, language)


def _cautions(named: list[Named], compared: tuple[pipeline.Compared, ...], language: Language) -> None:
    """What a person should know before signing, one box for all policies."""
    sentences = [
        caution_sentence(label, caution, language)
        for (label, _), entry in zip(named, compared, strict=True)
        for caution in entry.cautions
    ]
    for sentence in sentences:
        cards.answer("", sentence)


def _moves(named: list[Named], compared: tuple[pipeline.Compared, ...], language: Language) -> None:
    """How many customers each candidate moves."""
    metrics = []
    for (label, _), entry in zip(named, compared, strict=True):
        moved, exposure = entry.board.exposure_moved, entry.board.total.as_is.exposure
        share = percent(moved / exposure if exposure else None)
        figure = Cell(say("compare.moves", language, n=entry.board.customers_moved))
        metrics.append((label, figure, say("compare.moves_note", language, share=share)))
    title = say("compare.moves_title", language)
    with cards.card(title, key="moves"):
        cards.metric_row(metrics)


def _tables(
    scored: pipeline.Scored,
    named: list[Named],
    compared: tuple[pipeline.Compared, ...],
    language: Language,
) -> None:
    """Consequences first, then lines and gates, then treatments."""
    unit = context.unit_of(scored, language)
    currency_unit = unit_label(scored.snapshot.currency, unit, language)
    boards = [(label, entry.board) for (label, _), entry in zip(named, compared, strict=True)]
    title = say("compare.results_title", language)
    with cards.card(title, say("compare.results_subtitle", language, unit=currency_unit), key="results"):
        heads, rows = result_rows(
            boards,
            compared[0].board,
            scored.model.returns,
            unit,
            currency_unit,
            palette(state.theme()),
            language,
        )
        cards.data_table(heads, rows, caption=title)
    for key, fields in (("lines", LINE_FIELDS), ("treatments", TREATMENT_FIELDS)):
        title = say(f"compare.{key}_title", language)
        heads, differing, alike = field_rows(fields, named, language)
        subtitle = marked(
            say(f"compare.{key}_subtitle", language), rests_on(language, "treatments"), state.theme()
        )
        with cards.card(title, subtitle, key=f"compare-{key}"):
            if differing:
                cards.data_table(heads, differing, caption=title)
            summary = say("compare.alike" if differing else "compare.all_alike", language, n=len(alike))
            if alike:
                cards.folded(summary, html.table(heads, alike, state.theme(), caption=title))
