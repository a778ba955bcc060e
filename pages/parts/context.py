"""The bar on every page: which snapshot, which policy, which unit, which language."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import pipeline
from pages.parts import cards, state
from reports.escape import plain
from reports.filters import level_text, selection_text
from reports.formats import Language, MoneyUnit, day, money_unit, unit_label
from reports.naming import segment_title
from reports.words import say
from reports.words.names import column_label

UNIT_FACTORS = {"1": 1.0, "1e3": 1e3, "1e6": 1e6, "1e9": 1e9}


def unit_of(scored: pipeline.Scored, language: Language) -> MoneyUnit:
    """Unit of money on every page: chosen, or by the portfolio's total."""
    chosen = state.unit()
    if chosen == "auto":
        return money_unit(scored.facts.exposure, language)
    return pipeline_unit(chosen, language)


def unit_for(amount: float, language: Language) -> MoneyUnit:
    """Unit of a list of single names: chosen, or by its largest amount."""
    chosen = state.unit()
    return money_unit(amount, language) if chosen == "auto" else pipeline_unit(chosen, language)


def pipeline_unit(chosen: str, language: Language) -> MoneyUnit:
    """Make the unit a person chose by its factor."""
    factor = UNIT_FACTORS[chosen]
    words = {1.0: ("", ""), 1e3: ("k", "千"), 1e6: ("m", "百万"), 1e9: ("bn", "十亿")}[factor]
    return MoneyUnit(factor, *words)


def snapshot() -> pipeline.Snapshot | None:
    """The snapshot all pages speak of; None when the warehouse is empty."""
    return pipeline.find_snapshot(state.house(), state.snapshot_id())


def policy_name(policy: pipeline.Policy, language: Language) -> str:
    """Name a policy for people; the built-in one in their language."""
    return say("bar.built_in", language) if policy.name == "Built-in" else plain(policy.name)


def show() -> None:
    """Lay out the bar."""
    language = state.language()
    listed = pipeline.list_snapshots(state.house())
    current = snapshot()
    in_force = pipeline.policy_in_force(state.house())
    is_draft = state.draft(in_force).identity != in_force.identity
    with st.container(horizontal=True, key="context-bar", vertical_alignment="bottom", gap="small"):
        if current is None:
            cards.quiet(say("bar.no_snapshot", language))
        else:
            names = {entry.snapshot_id: _label(entry, language) for entry in listed}
            state.seed_widget("w_snapshot", current.snapshot_id)
            if state.widget("w_snapshot") != current.snapshot_id:
                state.put_widget("w_snapshot", current.snapshot_id)
            st.selectbox(
                say("bar.snapshot", language),
                list(names),
                format_func=lambda identity: names.get(identity, ""),
                key="w_snapshot",
                on_change=state.on_change("w_snapshot", state.choose_snapshot),
                help=say("bar.choose_snapshot", language),
                width=350,
            )
            name = policy_name(in_force, language)
            shown = say("bar.draft", language, name=name) if is_draft else name
            st.selectbox(
                say("bar.policy", language), [f"{shown} · {say('bar.in_force', language)}" if not is_draft else shown],
                key=f"w_policy_{is_draft}_{language}", width=200,
            )  # fmt: skip
            _filter(current, language)
            scored = _open_or_clear(current, language)
            options = ["auto", *UNIT_FACTORS]
            # A key of its own for each portfolio and language: the options' words differ.
            unit_key = f"w_unit_{current.snapshot_id[:12]}_{language}"
            state.seed_widget(unit_key, state.unit())
            st.selectbox(
                say("bar.unit", language),
                options,
                format_func=lambda chosen: _unit_label(chosen, scored, language),
                key=unit_key,
                on_change=state.on_change(unit_key, state.set_unit),
                width=140,
            )
        state.seed_widget("w_language", language)
        st.segmented_control(
            say("bar.language", language),
            list(state.LANGUAGES),
            format_func=lambda code: {"en": "English", "zh": "中文"}[code],
            key="w_language",
            required=True,
            on_change=state.on_change("w_language", state.set_language),
        )


def _open_or_clear(current: pipeline.Snapshot, language: Language) -> pipeline.Scored:
    """Open what is looked at; where the filter fits nobody, everybody is shown again."""
    try:
        return open_scored(current)
    except pipeline.InputRefused:
        if not state.selection():
            raise
        _clear_filter()
        st.toast(say("filter.nobody", language))
        return open_scored(current)


def open_scored(current: pipeline.Snapshot) -> pipeline.Scored:
    """Open a snapshot's scoring, saying so while it takes a while."""
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    policies = (in_force, state.draft(in_force))
    with st.spinner(say("work.opening", state.language()), show_time=True):
        return pipeline.look_at(house, current.snapshot_id, state.selection(), policies)


def _filter(current: pipeline.Snapshot, language: Language) -> None:
    """Which customers all pages speak of."""
    chosen = state.selection()
    names = _segment_names(current, language)
    text = selection_text(chosen.levels, names, language)
    with (
        st.container(width=170, gap=None, key="filter-bar"),
    ):
        cards.label(say("bar.filter", language))
        popover = st.popover(text, key="filter", help=say("filter.help", language), width="stretch")
    with popover:
        levels = pipeline.levels_of(state.house(), current)
        kept = [column for column, _ in chosen.levels if column in levels]
        for column in kept:
            _filter_levels(column, levels[column], names, language)
        free = [column for column in levels if column not in kept]
        st.selectbox(
            say("filter.add", language),
            free,
            index=None,
            format_func=lambda column: column_label(column, language),
            placeholder=say("filter.choose", language),
            key=f"w_filter_add_{len(kept)}",
        )
        added = state.widget(f"w_filter_add_{len(kept)}")
        if added in free:
            _filter_levels(added, levels[added], names, language)
        if chosen:
            st.button(say("filter.clear", language), key="filter-clear", on_click=_clear_filter)


def _filter_levels(
    column: str, levels: list[tuple[str, int]], names: dict[str, str], language: Language
) -> None:
    """Levels of one column that stay."""
    counts = dict(levels)
    key = f"w_filter_{column}"
    state.seed_widget(
        key, [level for level in dict(state.selection().levels).get(column, ()) if level in counts]
    )

    def moved() -> None:
        now = dict(state.selection().levels)
        state.select(pipeline.Selection.of({**now, column: list(state.widget(key) or ())}))

    st.multiselect(
        column_label(column, language),
        list(counts),
        format_func=lambda level: say(
            "filter.level", language, name=level_text(column, level, names, language), n=counts.get(level, 0)
        ),
        key=key,
        on_change=moved,
        placeholder=say("filter.all", language),
    )


def _segment_names(current: pipeline.Snapshot, language: Language) -> dict[str, str]:
    """Names of the segments, for the filter."""
    scored = pipeline.open_scored(state.house(), current.snapshot_id)
    return {
        str(profile.number): segment_title(profile.name, profile.title, language)
        for profile in scored.profiles
    }


def _clear_filter() -> None:
    state.select(pipeline.Selection())
    state.forget_widgets("w_filter_")


def _unit_label(chosen: str, scored: pipeline.Scored, language: Language) -> str:
    unit = (
        money_unit(scored.facts.exposure, language) if chosen == "auto" else pipeline_unit(chosen, language)
    )
    currency = scored.snapshot.currency
    label = unit_label(currency, unit, language) or say("bar.no_currency", language)
    # Two options must not read alike: the widget tells them apart by their words.
    return say("bar.unit_auto", language, unit=label) if chosen == "auto" else label


def _label(entry: pipeline.Snapshot, language: Language) -> str:
    """A snapshot in one line; its name comes from people, select options show it plainly."""
    parts = [plain(entry.name, 60), say("bar.customers", language, n=entry.account.customers)]
    if entry.as_of is not None:
        parts.append(say("bar.as_of", language, date=day(entry.as_of, language)))
    return " · ".join(parts)


def choose_view(name: str, views: Sequence[str], language: Language) -> str:
    """Let a visitor choose one of a page's views; `name` is the key of its words."""
    key = f"w_{name}"
    state.seed_widget(key, views[0])
    chosen = st.segmented_control(
        say(f"{name}.label", language),
        views,
        format_func=lambda view: say(f"{name}.{view}", language),
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    return str(chosen or views[0])


def lead_on(language: Language) -> None:
    """Show that there is no portfolio yet, and lead to where one comes in."""
    cards.empty(say("empty.title", language), say("empty.sentence", language))
    if st.button(say("action.to_portfolios", language), type="primary", key="to-portfolios"):
        st.switch_page(state.page("portfolios"))
