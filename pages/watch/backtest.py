"""Back-test: tiers judged by what happened, a proposal on past snapshots, a challenger beside the policy in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from pages.watch import backtest_policies
from reports import html
from reports.backtest import (
    FEW_DEFAULTS,
    backtest_answer,
    best_tier,
    left_out_text,
    outcome_heads,
    resting_on,
    rule_rows,
    tier_rows,
)
from reports.boards import tier_name
from reports.charts.backtest import tier_intervals
from reports.escape import plain
from reports.formats import Language, count, day, unit_label
from reports.marks import MARK, marked
from reports.theme import palette
from reports.words import say

VIEWS = ("judge", "replay", "challenger")
NEEDED = ("originated_on", "defaulted", "defaulted_on")
WEIGHTS = {"profit": {}, "unit": {"roi": 1.0, "risk_adjusted_profit": 0.0}}


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    heading = st.empty()
    with heading.container():
        cards.heading(say("backtest.title", language), say("backtest.lead", language))
    view = context.choose_view("backtest_view", VIEWS, language)
    if state.selection():
        cards.quiet(say(f"backtest.filtered_{view}", language))
    with errors.shown():
        if view == "replay":
            backtest_policies.replay(current, language)
        elif view == "challenger":
            backtest_policies.challenger(current, language)
        else:
            _judge(current, language)


def _judge(current: pipeline.Snapshot, language: Language) -> None:
    """Ask for the days and the rule, run when asked, keep the answer for the visit."""
    house = state.house()
    days = state.once(("backtest_days", current.snapshot_id), lambda: pipeline.backtest_days(house, current))
    earlier = [
        entry
        for entry in state.once(
            ("backtest_earlier", current.snapshot_id, len(pipeline.list_snapshots(house))),
            lambda: pipeline.earlier_snapshots(house, current),
        )
        if entry.as_of and current.as_of and entry.as_of < current.as_of
    ]
    sources = [*(["between"] if earlier else []), *(["within"] if days else [])]
    if not sources:
        _why_not(current, language)
        return
    key = f"backtest_{current.snapshot_id[:12]}"
    answered = f"{key}_{state.selection().identity[:12]}"
    with cards.card(say("backtest.first", language), key="backtest-ask"):
        source = sources[0]
        if len(sources) > 1:
            source = st.radio(
                say("backtest.source", language), sources, key=f"w_source_{key}", horizontal=True,
                format_func=lambda name: say(f"backtest.source_{name}", language),
            )  # fmt: skip
        with st.form(f"form_{key}_{source}", border=False):
            if source == "within" and days is not None:
                spec, rule = _ask_within(days, key, language)
                if st.form_submit_button(say("backtest.run", language), type="primary"):
                    _run(
                        lambda: pipeline.backtest(house, current, spec, state.selection()),
                        rule,
                        answered,
                        language,
                    )
            else:
                other, rule = _ask_between(earlier, key, language)
                if st.form_submit_button(say("backtest.run", language), type="primary"):
                    _run(lambda: _between(other, current, rule), rule, answered, language)
    kept = state.kept(answered)
    if kept is not None:
        found, rule, identity = kept
        _found(found, _set_by(found, rule, identity, language), current, language)


def _why_not(current: pipeline.Snapshot, language: Language) -> None:
    """Say what a portfolio lacks."""
    names = [name for name in NEEDED if name in current.kinds]
    found = (
        say("backtest.no_dates_found", language, names=", ".join(names))
        if names
        else say("backtest.no_dates_none", language)
    )
    with cards.card(say("backtest.source", language), key="backtest-none"):
        cards.quiet("■ " + say("backtest.no_dates", language, found=found))
        cards.quiet("■ " + say("backtest.no_later", language))


def _policy(rule: str) -> pipeline.Policy | None:
    in_force = pipeline.policy_in_force(state.house())
    return {"draft": state.draft(in_force), "in_force": in_force, "count": None}[rule]


def _rules(key: str, language: Language, *, by_count: bool) -> str:
    in_force = pipeline.policy_in_force(state.house())
    has_draft = state.draft(in_force).identity != in_force.identity
    rules = [*(["draft"] if has_draft else []), "in_force", *(["count"] if by_count else [])]
    return str(
        st.selectbox(
            say("backtest.rule", language), rules, key=f"w_rule_{key}_{has_draft}_{by_count}",
            format_func=lambda name: say(f"backtest.rule_{name}", language),
        )
    )  # fmt: skip


def _ask_within(
    days: pipeline.BackTestDays, key: str, language: Language
) -> tuple[pipeline.BackTestSpec, str]:
    first, second, third, fourth = st.columns(4)

    def ask(
        column: st.delta_generator.DeltaGenerator, name: str, value: date, hint: str | None = None
    ) -> date:
        chosen = column.date_input(
            say(f"backtest.{name}", language), value, min_value=days.first, max_value=days.last, help=hint,
            format="YYYY-MM-DD", key=f"w_{name}_{key}",
        )  # fmt: skip
        return chosen if isinstance(chosen, date) else value

    fit_until = ask(first, "fit_until", days.fit_until, say("backtest.fit_until_help", language))
    tiers_from = ask(second, "tiers_from", min(days.fit_until + timedelta(days=1), days.tiers_to))
    tiers_to = ask(third, "tiers_to", days.tiers_to)
    until = ask(fourth, "until", days.last)
    left, right = st.columns(2)
    with left:
        rule = _rules(key, language, by_count=True)
    with right:
        weights = st.selectbox(
            say("backtest.weights", language), list(WEIGHTS), key=f"w_weights_{key}",
            format_func=lambda name: say(f"backtest.weights_{name}", language),
        )  # fmt: skip
    hindsight = st.checkbox(
        say("backtest.hindsight", language), key=f"w_hindsight_{key}", help=say("backtest.hindsight_help", language)
    )  # fmt: skip
    options = pipeline.ScoreOptions(weights=pipeline.weights_from(WEIGHTS[weights]))
    spec = pipeline.BackTestSpec(
        fit_until, tiers_from, tiers_to, until, policy=_policy(rule), hindsight=hindsight, options=options
    )
    return spec, rule


def _ask_between(
    earlier: list[pipeline.Snapshot], key: str, language: Language
) -> tuple[pipeline.Snapshot, str]:
    by_id = {entry.snapshot_id: entry for entry in earlier}
    left, right = st.columns(2)
    chosen = left.selectbox(
        say("backtest.source_pair", language), list(by_id), key=f"w_pair_{key}",
        format_func=lambda identity: f"{plain(by_id[identity].name, 60)} · {day(by_id[identity].as_of, language)}",
    )  # fmt: skip
    with right:
        rule = _rules(key, language, by_count=False)
    return by_id[str(chosen)], rule


def _between(other: pipeline.Snapshot, current: pipeline.Snapshot, rule: str) -> pipeline.BackTest:
    """Judge the tiers of an earlier snapshot: of those who fitted the filter then, with what they held before."""
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    policy = _policy(rule) or in_force
    old = pipeline.look_at(house, other.snapshot_id, state.selection(), (in_force, policy))
    return pipeline.backtest_between(house, old, pipeline.open_scored(house, current.snapshot_id), policy)


def _run(work: Callable[[], pipeline.BackTest], rule: str, key: str, language: Language) -> None:
    """Run, and keep what came of it with what was asked: the fields may say something else by then."""
    state.forget(key)
    with st.spinner(say("backtest.working", language), show_time=True):
        found = work()
    policy = _policy(rule)
    state.keep(key, (found, rule, policy.identity if policy else ""))


def _set_by(found: pipeline.BackTest, rule: str, identity: str, language: Language) -> str:
    """Say what set the tiers, when, and until when they were judged."""
    policy = _policy(rule)
    is_same = policy is None or policy.identity == identity
    until = found.until if found.until is not None else found.tiers_to
    return say(
        "outcome.set_by", language, on=day(found.set_on, language), until=day(until, language),
        rule=say(f"backtest.rule_{rule}" if is_same else f"backtest.rule_{rule}_then", language),
    )  # fmt: skip


def _found(found: pipeline.BackTest, set_by: str, current: pipeline.Snapshot, language: Language) -> None:
    """The finding, its two pictures, the rules side by side, what it rests on."""
    by_rule = {rule.rule: rule.tiers for rule in found.rules}
    judged = say("outcome.judged", language, n=count(found.customers), defaults=count(found.defaults))
    few = say("outcome.few", language, n=found.defaults) if found.defaults < FEW_DEFAULTS else ""
    cards.answer(backtest_answer(found.rules, language), judged, f"{set_by} {few}".strip())
    theme = state.theme()
    left, right = st.columns(2)
    for column, measure in ((left, "rate"), (right, "net")):
        title = say(f"outcome.{measure}_title", language)
        with (
            column,
            cards.card(title, say(f"outcome.{measure}_subtitle", language), key=f"outcome-{measure}"),
        ):
            drawn = tier_intervals(
                by_rule["set"], by_rule["random"], "rate" if measure == "rate" else "net",
                theme=theme, language=language,
            )  # fmt: skip
            cards.chart(drawn, language, key=f"outcome-{measure}-chart")
    _rules_card(found, current, language)


def _rules_card(found: pipeline.BackTest, current: pipeline.Snapshot, language: Language) -> None:
    best = best_tier(found.rules)
    unit = context.unit_for(max(abs(tier.amount) for tier in found.rules[0].tiers), language)
    unit_text = unit_label(current.currency, unit, language) or say("bar.no_currency", language)
    loss, income = resting_on(found.losses_assumed, language, has_margin=found.margin is not None)
    notes, has_late, theme = (loss, income), found.has_late, state.theme()
    caption = say("outcome.caption", language)
    heads = outcome_heads(language, first=("rule",), has_late=has_late)
    rows = rule_rows(found.rules, unit, language, has_late=has_late, notes=notes)
    with cards.card(
        say("outcome.rules_title", language),
        say(
            "outcome.rules_subtitle",
            language,
            n=best.customers,
            unit=unit_text,
            tier=tier_name(best.tier, language),
        ),
        html.table(heads, rows, theme, caption=caption),
        key="outcome-rules",
    ):
        heads = outcome_heads(language, first=("rule", "tier", "customers"), has_late=has_late)
        rows = tier_rows(found.rules, unit, palette(theme), language, has_late=has_late, notes=notes)
        cards.folded(say("outcome.all_tiers", language), html.table(heads, rows, theme, caption=caption))
        quality = found.quality
        if quality:
            cards.quiet(
                say(
                    "outcome.model" if quality.get("auc") is not None else "outcome.no_model", language, n=count(int(str(quality.get("customers", 0)))),
                    defaults=count(int(str(quality.get("defaults", 0)))), date=day(found.set_on, language),
                )
            )  # fmt: skip
            cards.quiet(say("outcome.as_is", language))
        left_out = left_out_text(found.left_out, language)
        if left_out:
            cards.quiet(left_out)
        for assumed in filter(None, (income, loss)):
            cards.quiet(marked(f"{MARK} {assumed.words}.", assumed, theme))
