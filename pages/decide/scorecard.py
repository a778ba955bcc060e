"""Scorecard: bins and points, moved by hand; validation; what was kept out; export."""

from __future__ import annotations

import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from reports import html
from reports.charts.risk import bins, calibration, vintages
from reports.customers import bin_label
from reports.escape import plain, spreadsheet
from reports.formats import Language, count, number, percent
from reports.intake import quality_reason
from reports.scorecards import bin_rows, grade_test_rows, guard_rows, model_rows
from reports.words import say
from reports.words.names import column_label

VIEWS = ("bins", "validation", "guard", "export")


def show() -> None:
    """Lay out the page."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return
    scored = context.open_scored(current)
    quality = scored.model.quality
    card = scored.model.scorecard
    if card is None:
        reason = quality_reason(str(quality.get("reason") or "no_outcome"), language)
        cards.heading(say("card.title", language), say("card.none", language, reason=reason))
    else:
        cards.heading(
            say("card.title", language),
            say(
                "card.answer", language, n=len(card.features), customers=count(quality["customers"]),
                defaults=count(quality["defaults"]),
            ),
        )  # fmt: skip
        cards.quiet(say("card.accepted_only", language))
    views = VIEWS if card is not None else ("validation", "guard")
    state.seed_widget(f"w_card_view_{len(views)}", views[0])
    view = st.segmented_control(
        say("card_view.label", language), views, format_func=lambda name: say(f"card_view.{name}", language),
        key=f"w_card_view_{len(views)}", required=True, label_visibility="collapsed",
    )  # fmt: skip
    with errors.shown():
        if view == "bins" and card is not None:
            _bins(scored, card, language)
        elif view == "validation":
            _validation(scored, language)
        elif view == "guard":
            _guard(scored, language)
        else:
            _export(scored, language)


def _bins(scored: pipeline.Scored, fitted: pipeline.Scorecard, language: Language) -> None:
    """One characteristic's bins, and the editor; a draft until it is used."""
    key = f"edited_{scored.scored_id}"
    draft: pipeline.Scorecard = state.kept(key, fitted)
    names = [feature.column for feature in fitted.features]
    chosen = st.selectbox(
        say("bins.choose", language), names,
        format_func=lambda name: plain(column_label(name, language), 60), key=f"w_feature_{scored.scored_id[:12]}",
    )  # fmt: skip
    place = names.index(chosen)
    before, binning = fitted.features[place], draft.features[place]
    label = column_label(chosen, language)
    left, right = st.columns([3, 2])
    with right, cards.card(say("bins.edit_title", language), key="edit"):
        edited = _edit(binning, place, draft, key, scored, language)
        state.keep(key, edited)
        changed = [
            at
            for at, feature in enumerate(edited.features)
            if (feature.breaks, feature.groups) != (fitted.features[at].breaks, fitted.features[at].groups)
        ]
        if changed:
            cards.quiet(say("bins.edited", language, n=len(changed)))
            with st.container(horizontal=True):
                st.button(say("bins.back", language), key="bins-back", on_click=_put_back, args=(key,))
                if st.button(say("bins.use", language), type="primary", key="bins-use"):
                    with st.spinner(say("bins.using", language), show_time=True):
                        pipeline.use_scorecard(state.house(), scored, edited, state.person())
                    state.forget(key)
                    st.rerun()
    binning = edited.features[place]
    with left:
        is_edited = place in changed
        subtitle = say(
            "bins.subtitle", language, iv=number(binning.information_value, 3),
            trend=say(f"trend.{binning.trend}", language),
        )  # fmt: skip
        if is_edited:
            subtitle += " · " + say("bins.before", language, iv=number(before.information_value, 3))
        with cards.card(say("bins.title", language, name=label), subtitle, key="bins"):
            shown = [
                (bin_label(item.label, language), item.customers, item.default_rate)
                for item in binning.all_bins
                if item.customers
            ]
            cards.chart(
                bins(label, shown, theme=state.theme(), language=language), language, key="bins-chart"
            )
            fitted_points = dict(
                zip((item.label for item in before.all_bins), pipeline.bin_points(fitted, place), strict=True)
            )
            heads, rows = bin_rows(
                binning, pipeline.bin_points(edited, place), fitted_points if is_edited else {}, language
            )
            cards.data_table(heads, rows, caption=say("bins.title", language, name=label))


def _put_back(key: str) -> None:
    """Forget the edits; widgets begin anew under another key, or the old ones would bring them back."""
    state.forget(key)
    state.keep("edit_round", state.kept("edit_round", 0) + 1)


def _edit(
    binning: pipeline.Binning,
    place: int,
    draft: pipeline.Scorecard,
    key: str,
    scored: pipeline.Scored,
    language: Language,
) -> pipeline.Scorecard:
    """The widgets that move a characteristic's bins; gives the scorecard as edited."""
    if binning.is_numeric:
        allowed = pipeline.edges(binning)
        cards.quiet(say("bins.edit_help", language, n=len(binning.fine)))
        breaks = st.multiselect(
            say("bins.breaks", language), sorted({*allowed, *binning.breaks}), default=list(binning.breaks),
            format_func=pipeline.number_text, key=f"w_breaks_{scored.scored_id[:12]}_{place}_{state.kept('edit_round', 0)}",
        )  # fmt: skip
        if allowed and tuple(sorted(breaks)) != binning.breaks:
            return pipeline.with_binning(draft, pipeline.with_breaks(binning, breaks))
        return draft
    groups = list(range(len(binning.bins) - 1))
    cards.quiet(say("bins.edit_help", language, n=len(binning.fine)))
    if not groups:
        return draft
    at = st.selectbox(
        say("bins.merge_choose", language), groups,
        format_func=lambda number_: f"{number_ + 1} · {plain(binning.bins[number_].label, 50)}",
        key=f"w_breaks_{scored.scored_id[:12]}_{place}_{len(groups)}",
    )  # fmt: skip
    if st.button(say("bins.merge", language), key="merge-group"):
        return pipeline.with_binning(draft, pipeline.merged(binning, at))
    return draft


def _validation(scored: pipeline.Scored, language: Language) -> None:
    """Judged on customers it has not seen; made once and kept."""
    found = pipeline.validation_of(state.house(), scored)
    title = say("validation.title", language)
    if st.button(say("validation.run", language), type="primary", key="validate"):
        bar = st.progress(0.0, text=say("validation.running", language, done="0", total="–"))

        def report(done: int, total: int) -> None:
            words = say("validation.running", language, done=count(done), total=count(total))
            bar.progress(done / total, text=words)

        found = pipeline.run_validation(state.house(), scored, report)
        bar.empty()
    if found is None:
        cards.card(title, say("validation.none", language), key="validation")
    else:
        _validated(found, title, language)
    lines = [(vintage.year, vintage.rates) for vintage in pipeline.vintages_of(state.house(), scored)]
    seen = [line for line in lines if line[1]]
    subtitle = say("vintage.subtitle" if seen else "vintage.none", language)
    with cards.card(say("vintage.title", language), subtitle, key="vintages"):
        if seen:
            cards.chart(vintages(seen, theme=state.theme(), language=language), language, key="vintage-chart")


def _validated(found: pipeline.Validation, title: str, language: Language) -> None:
    if found.rate is not None:
        cards.quiet(
            say(
                "card.rate", language, defaults=count(found.defaults), customers=count(found.customers),
                rate=percent(found.rate.value, 2), low=percent(found.rate.low, 2), high=percent(found.rate.high, 2),
                bound=percent(found.prudent_rate, 2),
            )
        )  # fmt: skip
    if found.reason:
        cards.card(title, quality_reason(found.reason, language), key="validation")
        return
    subtitle = say(
        f"validation.{found.design}", language, n=count(found.customers), trained=count(found.trained_on),
        day=found.split_on,
    ) if found.design == "out_of_time" else say("validation.cross_validation", language, n=count(found.customers))  # fmt: skip
    heads, rows = model_rows(found.models, language)
    with cards.card(title, subtitle, html.table(heads, rows, state.theme(), caption=title), key="validation"):
        if found.stability is not None and found.stability_limit is not None:
            cards.quiet(
                say(
                    "validation.psi", language, psi=number(found.stability, 3), limit=number(found.stability_limit, 3),
                    light=say(f"psi.{found.stability_light}", language),
                )
            )  # fmt: skip
    with cards.card(
        say("validation.calibration_title", language),
        say("validation.calibration_subtitle", language),
        key="calibration",
    ):
        points = [
            (row.forecast, row.observed.value, row.observed.low, row.observed.high)
            for row in found.calibration
        ]
        drawn = calibration(points, theme=state.theme(), language=language)
        cards.chart(drawn, language, key="calibration-chart")
    heads, rows = grade_test_rows(found.grades, language)
    grades_title = say("validation.grades_title", language)
    cards.card(
        grades_title, "", html.table(heads, rows, state.theme(), caption=grades_title), key="grade-tests"
    )


def _guard(scored: pipeline.Scored, language: Language) -> None:
    """What the guard refused and what it flagged."""
    for key, verdicts in (
        ("guard.title", scored.model.refused),
        ("guard.flagged_title", scored.model.flagged),
    ):
        title = say(key, language)
        heads, rows = guard_rows(verdicts, language)
        body = html.table(heads, rows, state.theme(), caption=title) if rows else None
        with cards.card(title, "" if rows else say("guard.none", language), body, key=key.replace(".", "-")):
            if rows and key == "guard.title":
                cards.quiet(say("guard.accept", language))


def _export(scored: pipeline.Scored, language: Language) -> None:
    """Scorecard and policy as files."""
    policy = state.draft(pipeline.policy_in_force(state.house()))
    files = pipeline.export_scorecard(scored, policy, spreadsheet)
    if files is None:
        return
    with cards.card(say("export.title", language), say("export.subtitle", language), key="export"):
        for words, data, name, mime in (
            ("export.json", files.json, "scorecard.json", "application/json"),
            ("export.sql", files.sql, "scorecard.sql", "application/sql"),
            ("export.points", files.points, "points.csv", "text/csv"),
            ("export.policy_sql", files.policy_sql, "policy.sql", "application/sql"),
            ("export.policy_json", policy.to_toml(), "policy.toml", "application/toml"),
        ):
            st.download_button(
                say(words, language),
                data=data,
                file_name=name,
                mime=mime,
                on_click="ignore",
                key=f"file-{name}",
            )
