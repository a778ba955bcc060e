"""Customers: search, and one customer's whole picture."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, context, errors, state
from pages.parts.groups import lifetime_assumed
from pages.parts.opened import opened
from reports import html
from reports.boards import tier_name
from reports.charts.risk import default_curve
from reports.counterfactual import lift_sentence, way_rows
from reports.customers import check_rows, data_rows, figure_metrics, peer_rows, point_rows
from reports.escape import plain
from reports.formats import Language, MoneyUnit, number, percent, unit_label
from reports.intake import quality_reason
from reports.marks import marked, rests_on
from reports.naming import segment_title
from reports.value import part_rows, turned_text, value_waterfall
from reports.words import say


def show() -> None:
    """Lay out the page."""
    page = opened()
    if page is None:
        return
    language, scored, policy = page.language, page.scored, page.draft
    cards.heading(say("customers.title", language), say("customers.answer", language))
    text = st.text_input(say("customers.search", language), key="w_search", max_chars=100)
    found = pipeline.search_customers(state.house(), scored, text, policy, state.person())
    if found.empty:
        cards.quiet(say("customers.none", language))
        return
    largest = float(found["exposure_at_default"].max())
    chosen = _choose(scored, found, context.unit_for(largest, language), language)
    picture = pipeline.customer_picture(
        state.house(),
        scored,
        chosen,
        policy,
        pipeline.impairment_settings(state.house()),
        pipeline.limit_rules(state.house()),
        state.person(),
    )
    if picture is not None:
        _picture(scored, picture, policy, language)


def _choose(scored: pipeline.Scored, found: pd.DataFrame, unit: MoneyUnit, language: Language) -> str:
    """The list of those found; a click on a row chooses it, the first one stands until then."""
    titles = {
        profile.number: segment_title(profile.name, profile.title, language) for profile in scored.profiles
    }
    hidden = "name" in pipeline.masked_columns(state.person())
    unit_text = unit_label(scored.snapshot.currency, unit, language)
    table = pd.DataFrame(
        {
            say("customers.key", language): [plain(key, 60) for key in found["customer_id"]],
            say("customers.name", language): [
                say("customers.hidden", language)
                if hidden
                else plain(name, 60)
                if isinstance(name, str)
                else "–"
                for name in found["name"]
            ],
            say("dimension.tier", language): [tier_name(tier, language) for tier in found["tier"]],
            say("dimension.segment", language): [titles.get(number, "–") for number in found["segment"]],
            f"{say('slice.exposure', language)} · {unit_text}": found["exposure_at_default"] / unit.scale,
            say("slice.pd", language): [percent(value, 2) for value in found["probability_of_default"]],
            say("peer.value_score", language): found["value_score"],
        }
    )
    cards.quiet(say("customers.found", language, n=len(found)))
    event = st.dataframe(
        table, hide_index=True, height=min(38 + 35 * len(table), 330), key=f"w_found_{scored.scored_id[:12]}",
        on_select="rerun", selection_mode="single-row",
        column_config={
            f"{say('slice.exposure', language)} · {unit_text}": st.column_config.NumberColumn(format="accounting"),
            say("peer.value_score", language): st.column_config.NumberColumn(format="%.1f"),
        },
    )  # fmt: skip
    rows = event.selection.rows if event else []
    place = rows[0] if rows and rows[0] < len(found) else 0
    return str(found["customer_id"].iloc[place])


def _picture(
    scored: pipeline.Scored, picture: pipeline.CustomerPicture, policy: pipeline.Policy, language: Language
) -> None:
    row = picture.row
    name = plain(row["name"], 80) if row["name"] else plain(row["customer_id"], 80)
    cards.answer(*_verdict(picture, name, language))
    standing = {entry.key for entry in scored.assumptions}
    lifetime = [key for key in lifetime_assumed(scored, language).keys if key not in standing]
    cards.metric_row(figure_metrics(row, standing, lifetime, scored.snapshot.currency, language))
    with errors.shown():
        _lift(scored, picture, policy, name, language)
    left, right = st.columns(2)
    with left:
        title = say("customer.tier_title", language, tier=tier_name(picture.reason.tier, language))
        subtitle = _tier_subtitle(picture, language)
        heads, rows = check_rows(picture.by_lines.checks, language)
        body = html.table(heads, rows, state.theme(), caption=title) if rows else None
        cards.card(title, subtitle, body, key="why-tier", height="content")
        profile = next((entry for entry in scored.profiles if entry.number == row["segment"]), None)
        segment = segment_title(profile.name, profile.title, language) if profile else "–"
        heads, rows = peer_rows(picture.peers, language)
        title = say("customer.peers_title", language)
        cards.card(
            title, say("customer.segment", language, name=segment),
            html.table(heads, rows, state.theme(), caption=title), key="peers", height="content",
        )  # fmt: skip
    with right:
        _value(picture, scored.model.reference, language)
        _score(scored, picture, language)
        if picture.curve:
            with cards.card(
                say("customer.curve_title", language),
                say("customer.curve_subtitle", language),
                key="curve",
                height="content",
            ):
                drawn = default_curve(picture.curve, theme=state.theme(), language=language)
                cards.chart(drawn, language, key="curve-chart")
    heads, rows = data_rows(row, pipeline.known_columns(picture), language)
    title = say("customer.data_title", language)
    cards.folded(title, html.table(heads, rows, state.theme(), caption=title))


def _lift(
    scored: pipeline.Scored,
    picture: pipeline.CustomerPicture,
    policy: pipeline.Policy,
    name: str,
    language: Language,
) -> None:
    """What would lift it: asked for by a button, since it scores hundreds of changed rows."""
    is_override = picture.reason.bound_by == "override"
    targets = pipeline.better_tiers((picture.by_lines if is_override else picture.reason).tier)
    if not targets:
        return
    key = str(picture.row["customer_id"])
    with cards.card(say("lift.title", language), say("lift.subtitle", language), key="lift"):
        if is_override:
            cards.quiet(say("lift.by_lines", language, tier=tier_name(picture.by_lines.tier, language)))
        target = targets[0]
        if len(targets) > 1:
            target = st.segmented_control(
                say("lift.target", language), targets, default=targets[0], required=True,
                format_func=lambda tier: tier_name(tier, language), key=f"w_lift_{language}",
            ) or target  # fmt: skip
        asked = ("lift", scored.scored_id, policy.identity, key, target)
        if st.button(say("lift.find", language), key="w_find_lift", type="primary"):
            state.keep("lift", asked)
        if state.kept("lift") != asked:
            return
        with st.spinner(say("lift.working", language), show_time=True):
            found = state.once(
                asked,
                lambda: pipeline.what_would_lift(
                    state.house(), scored, key, policy, target, state.person()
                ),
            )  # fmt: skip
        if found is None:
            return
        currency = scored.snapshot.currency
        cards.answer(*lift_sentence(found, name, currency, language))
        if found.ways:
            heads, rows = way_rows(found, currency, language)
            cards.data_table(heads, rows, caption=say("lift.title", language))
            note = say("lift.cost_note", language) + " " + say("lift.tried", language, n=found.tried)
            cards.quiet(marked(note, rests_on(language, "reach"), state.theme()))


def _value(picture: pipeline.CustomerPicture, reference: pipeline.ValueReference, language: Language) -> None:
    """From the median customer to this one's value score."""
    if not picture.value_parts:
        return
    base, score = picture.value_base, float(picture.row["value_score"])
    subtitle = say("waterfall.subtitle", language, base=number(base, 1), score=number(score, 1))
    title = say("waterfall.title", language)
    with cards.card(title, subtitle, key="value-waterfall", height="content"):
        drawn = value_waterfall(base, picture.value_parts, score, theme=state.theme(), language=language)
        cards.chart(drawn, language, key="value-waterfall-chart")
        turned = [part.key for part in picture.value_parts if part.is_turned]
        if turned:
            names = turned_text(turned, reference, language)
            cards.quiet(say("reference.turned_here", language, names=names))
        heads, rows = part_rows(picture.value_parts, language)
        cards.folded(say("waterfall.inputs", language), html.table(heads, rows, state.theme(), caption=title))


def _verdict(picture: pipeline.CustomerPicture, name: str, language: Language) -> tuple[str, str]:
    reason = picture.reason
    tier = tier_name(reason.tier, language)
    if reason.tier == "Work-out":
        return f"{name} · {tier}", say("customer.default", language)
    if reason.bound_by in ("override", "stay"):
        return f"{name} · {tier}", say(f"customer.{reason.bound_by}", language)
    if not reason.next_tier:
        return f"{name} · {tier}", say("customer.top", language)
    return f"{name} · {tier}", say("customer.bound", language, rule=say(f"bound.{reason.bound_by}", language),
                                   tier=tier_name(reason.next_tier, language))  # fmt: skip


def _tier_subtitle(picture: pipeline.CustomerPicture, language: Language) -> str:
    reason, lines = picture.reason, picture.by_lines
    if reason.tier == "Work-out":
        return say("customer.default", language)
    needs = (
        say("customer.next", language, tier=tier_name(lines.next_tier, language))
        if lines.next_tier
        else say("customer.top", language)
    )
    if reason.bound_by not in ("override", "stay"):
        return needs
    by_lines = say("customer.by_lines", language, tier=tier_name(lines.tier, language))
    return " ".join((say(f"customer.{reason.bound_by}", language), by_lines, needs))


def _score(scored: pipeline.Scored, picture: pipeline.CustomerPicture, language: Language) -> None:
    """What raises or lowers the score; why there is none."""
    title = say("customer.points_title", language)
    if not picture.points:
        reason = quality_reason(str(scored.model.quality.get("reason") or "no_outcome"), language)
        cards.card(
            title, say("customer.no_scorecard", language, reason=reason), key="points", height="content"
        )
        return
    heads, rows = point_rows(picture.points, language)
    body = html.table(heads, rows, state.theme(), caption=title)
    with cards.card(title, say("customer.points_subtitle", language), body, key="points", height="content"):
        source = str(picture.row["probability_source"])
        if source != "scorecard":
            cards.quiet(say("customer.not_used", language, source=say(f"source.{source}", language)))
