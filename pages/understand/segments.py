"""Segments: who the customers are, what each group brings and costs, why it is one."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from reports.charts.segments import differences, segment_map
from reports.escape import markdown, plain
from reports.formats import Language, count, number, percent
from reports.html import Bar, Cell, Head, Row
from reports.naming import difference_label, difference_text, numbered, segment_title
from reports.theme import palette
from reports.words import say
from reports.words.names import column_label

MOST_CLUSTERS = 10


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    profiles = scored.profiles[1:]
    titles = [segment_title(profile.name, profile.title, language) for profile in profiles]
    largest = max(range(len(profiles)), key=lambda place: profiles[place].money.exposure)
    cards.heading(
        say("segments.title", language),
        say(
            "segments.answer_largest",
            language,
            k=len(profiles),
            name=titles[largest],
            share=percent(profiles[largest].share_of_exposure, 0),
        ),
    )
    _choices(scored, language)
    left, right = st.columns([2, 3])
    with left:
        _map(scored, titles, language)
    with right:
        _table(profiles, titles, language)
    _why(profiles, titles, language)


def _choices(scored: pipeline.Scored, language: Language) -> None:
    """How many, by which features, with which weights; nothing changes until it is applied."""
    quality = scored.model.segments.quality
    features = [recipe.spec for recipe in scored.model.segments.features.recipes]
    with st.container(horizontal=True, vertical_alignment="bottom", key="segment-choices"):
        state.seed_widget("w_clusters", state.clusters() or len(scored.profiles) - 1)
        chosen = st.slider(
            say("segments.number", language),
            2,
            MOST_CLUSTERS,
            key="w_clusters",
            on_change=state.on_change("w_clusters", state.set_clusters),
            help=say("segments.number_help", language),
            width=320,
        )
        cards.quiet(say("segments.suggested", language, k=quality.suggested))
        with st.popover(say("segments.features", language, n=len(features))):
            names, weights = _features(scored, language)
        apply = st.button(say("segments.apply", language), type="primary", key="apply-segments")
    if apply:
        options = pipeline.ScoreOptions(
            clusters=int(chosen), features=tuple(names), feature_weights=weights, seed=scored.model.seed
        )
        with errors.shown(), st.spinner(say("work.segmenting", language)):
            segments = pipeline.preview_segments(state.house(), scored, options)
            pipeline.use_segments(state.house(), scored, segments, state.person())
            st.rerun()
    if quality.asked > len(scored.profiles) - 1:
        cards.quiet(say("segments.fewer", language, k=len(scored.profiles) - 1))


def _features(scored: pipeline.Scored, language: Language) -> tuple[list[str], dict[str, float]]:
    """Choose features and their weights; only what may be a feature is offered."""
    cards.quiet(say("segments.features_help", language))
    current = [recipe.spec.column for recipe in scored.model.segments.features.recipes]
    allowed = pipeline.possible_features(scored)
    names = st.multiselect(
        say("segments.features_label", language),
        allowed,
        default=[name for name in current if name in allowed],
        format_func=lambda name: column_label(name, language),
        key=f"w_features_{scored.scored_id[:12]}",
    )
    before = {recipe.spec.column: recipe.spec.weight for recipe in scored.model.segments.features.recipes}
    weights = {
        name: st.slider(
            say("segments.weight", language, label=markdown(column_label(name, language))),
            0.0,
            3.0,
            value=float(before.get(name, 1.0)),
            step=0.25,
            key=f"w_weight_{name}",
            help=say("segments.weight_help", language),
        )
        for name in names
    }
    return list(names), weights


def _map(scored: pipeline.Scored, titles: list[str], language: Language) -> None:
    """Where customers lie on a flat map."""
    placed = pipeline.segment_map(state.house(), scored)
    subtitle = say("map.subtitle", language, n=count(len(placed.points)), share=percent(placed.explained, 0))
    with cards.card(say("map.title", language), subtitle, key="map"):
        drawn = segment_map(placed.points, placed.centroids, titles, theme=state.theme(), language=language)
        cards.chart(drawn, language, key="map-chart")


def _table(profiles: tuple[pipeline.SegmentProfile, ...], titles: list[str], language: Language) -> None:
    """What each segment holds and earns."""
    colours = palette(state.theme())
    longest = max((profile.share_of_exposure or 0.0 for profile in profiles), default=1.0) or 1.0
    heads = [
        Head(say("profile.segment", language), "left"),
        Head(say("profile.customers", language)),
        Head(say("profile.share", language)),
        Head(say("profile.loss", language), hint=say("term.expected_loss.meaning", language)),
        Head(say("profile.roi", language), hint=say("term.roi.meaning", language)),
        Head(say("profile.raroc", language), hint=say("term.raroc.meaning", language)),
        Head(say("profile.value", language), hint=say("term.value_score.meaning", language)),
    ]
    rows = []
    for profile, title in zip(profiles, titles, strict=True):
        colour = colours.segment(profile.number)
        share = profile.share_of_exposure or 0.0
        unknown = profile.money.expected_loss == 0 and profile.money.capital == 0
        why = say("missing.probability", language) if unknown else say("missing.no_capital", language)
        rows.append(
            Row(
                [
                    Cell(numbered(profile.number, plain(title, 60)), swatch=colour),
                    count(profile.customers),
                    Cell(percent(profile.share_of_exposure, 0), bar=Bar(share / longest, colour)),
                    Cell(
                        "–" if unknown else percent(profile.expected_loss_rate), hint=why if unknown else ""
                    ),
                    Cell("–" if unknown else percent(profile.roi), hint=why if unknown else ""),
                    Cell(
                        "–" if unknown else percent(profile.raroc),
                        hint=why if profile.raroc is None or unknown else "",
                    ),
                    number(profile.value_score, 0),
                ]
            )
        )
    with cards.card(say("profile.title", language), key="profiles"):
        cards.data_table(heads, rows, caption=say("profile.title", language))


@st.fragment
def _why(profiles: tuple[pipeline.SegmentProfile, ...], titles: list[str], language: Language) -> None:
    """Why a segment is one: where its customers differ most."""
    names = {
        profile.number: numbered(profile.number, plain(title, 60))
        for profile, title in zip(profiles, titles, strict=True)
    }
    with cards.card(say("why.choose_title", language), say("why.subtitle", language), key="why"):
        chosen = st.selectbox(
            say("profile.choose", language),
            list(names),
            format_func=lambda key: names[key],
            key="w_segment",
            width=420,
        )
        profile = profiles[chosen - 1]
        strongest = [entry for entry in profile.differences if entry.standardised][:6]
        rows = [
            (
                difference_label(entry, language),
                entry.standardised,
                difference_text(entry, language),
            )
            for entry in strongest
        ]
        if not rows:
            cards.quiet(say("profile.too_small", language))
            return
        cards.chart(differences(rows, theme=state.theme(), language=language), language, key="why-chart")
