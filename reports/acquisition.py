"""Acquisition's facts as rows, charts and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from data.contract import BY_NAME
from reports.charts.parts import Chart
from reports.charts.waterfall import figure_of_lines
from reports.escape import plain
from reports.formats import Language, count, number, percent
from reports.html import Cell, Head, Row
from reports.marks import NOTHING, Assumed
from reports.theme import Theme
from reports.words import has_words, say
from reports.words.names import column_label, level_label
from segmentation.response import ResponseModel
from segmentation.returns.acquisition import Economics, Spend

SHOWN_FEATURES = 10


def offer_label(offer: object, language: Language) -> str:
    """Name an offer: a known key in words, else the lender's own words made plain."""
    text = "" if offer is None or pd.isna(offer) else str(offer)  # type: ignore[call-overload]  # a cell
    return say(f"offer.{text}", language) if has_words(f"offer.{text}") else plain(text, 80) or "–"


OFFER_KEYS = ("tailored", "supply_chain", "small_line", "relationship", "bundle", "self_service", "standard")
CUSTOMER_CLASSES = BY_NAME["customer_class"].levels
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def offer_key(text: str) -> str:
    """Give the key of a known offer named in either language; other words stay the lender's own.

    Examples
    --------
    >>> offer_key("供应链金融"), offer_key("tailored FINANCING"), offer_key("Bridge loan")
    ('supply_chain', 'tailored', 'Bridge loan')
    """
    known = {say(f"offer.{key}", language).lower(): key for key in OFFER_KEYS for language in LANGUAGES}
    return known.get(text.strip().lower(), text.strip())


def class_label(name: str, language: Language) -> str:
    """Name a rule's customer class: everybody, a known class in words, else as the lender wrote it.

    Examples
    --------
    >>> class_label("", "en"), class_label("hnw", "en"), class_label("farmers", "en")
    ('any', 'wealthy private customers (HNW)', 'farmers')
    """
    if not name:
        return say("offers.any", language)
    known = {level.lower(): level for level in CUSTOMER_CLASSES}.get(name.lower())
    if known is None:
        return plain(name, 40)
    words = level_label(known, language)
    return words if words.lower() == known.lower() else f"{words} ({known})"


def class_key(text: str) -> str:
    """Give the class named by :func:`class_label` in either language; other words stay as written.

    Examples
    --------
    >>> class_key("any"), class_key("不限"), class_key("wealthy private customers (HNW)"), class_key("SME")
    ('', '', 'HNW', 'SME')
    """
    named = {
        class_label(level, language).lower(): level
        for level in ("", *CUSTOMER_CLASSES)
        for language in LANGUAGES
    }
    return named.get(text.strip().lower(), text.strip())


def economics_rows(
    found: Sequence[Economics],
    names: Mapping[str, str],
    assumed: Assumed,
    lifetime: Assumed,
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """List cost and value of winning customers; a multiple below 1 is marked.

    `assumed` names what an assumed cost rests on, `lifetime` what lifetime values do.
    """
    heads = [
        Head("", "left"), Head(say("slice.customers", language)), Head(say("economics.contacted", language)),
        Head(say("economics.conversion", language), hint=say("economics.conversion_help", language)),
        Head(say("economics.cost", language), hint=say("economics.cost_help", language)),
        Head(say("economics.value", language), hint=say("groups.lifetime_help", language)),
        Head(say("economics.multiple", language), hint=say("economics.multiple_help", language)),
        Head(say("economics.roi", language), hint=say("economics.roi_help", language)),
        Head(say("economics.payback", language), hint=say("economics.payback_help", language)),
    ]  # fmt: skip
    rows = []
    for entry in found:
        rate = entry.conversion
        between = f"{percent(rate.low)} – {percent(rate.high)}" if rate else ""
        range_ = "" if entry.low is None else f"{number(entry.low)} – {number(entry.high)}"
        loses = entry.multiple is not None and entry.multiple < 1
        rows.append(
            Row(
                [
                    names.get(entry.key) or plain(entry.key, 40) or say("groups.unknown", language),
                    count(entry.customers), count(entry.contacted) if entry.contacted else "–",
                    Cell(percent(rate.value) if rate else "–", note=between),
                    Cell(number(entry.cost, 2), assumed=assumed if entry.cost_source == "assumed" else NOTHING),
                    Cell(number(entry.value), note=range_, assumed=lifetime if entry.value is not None else NOTHING),
                    Cell(
                        ("■ " if loses else "") + number(entry.multiple, 1),
                        assumed=lifetime if entry.multiple is not None else NOTHING,
                    ),
                    percent(entry.marketing_roi, 0), _payback(entry, language),
                ],
                is_marked=loses,
            )
        )  # fmt: skip
    return heads, rows


def _payback(entry: Economics, language: Language) -> str:
    if entry.payback is not None:
        return say("economics.years", language, n=number(entry.payback, 2 if entry.payback < 1 else 1))
    known = entry.cost is not None and entry.yearly is not None
    return say("economics.never", language) if known else "–"


def lift_chart(model: ResponseModel, *, theme: Theme, language: Language) -> Chart:
    """Draw cumulative gains of calling the likeliest first, with calling at random."""
    across = [point.called for point in model.lift]
    figure = figure_of_lines(
        [
            (say("response.model", language), across, [point.reached for point in model.lift]),
            (say("response.random", language), [0.0, 1.0], [0.0, 1.0]),
        ],
        (say("response.lift_axis", language), say("response.lift_reached", language)),
        theme,
    )
    fifth = min(model.lift, key=lambda point: abs(point.called - 0.2))
    table = pd.DataFrame(
        {
            say("response.called", language): [percent(point.called, 0) for point in model.lift[1:]],
            say("response.reached", language): [percent(point.reached) for point in model.lift[1:]],
            say("response.rate", language): [percent(point.rate) for point in model.lift[1:]],
        }
    )
    line = say("response.alt", language, called=percent(fifth.called, 0), reached=percent(fifth.reached, 0))
    return Chart(figure, line, table)


def feature_rows(
    model: ResponseModel, headers: Mapping[str, str], language: Language
) -> tuple[list[Head], list[Row]]:
    """List what tells responders apart, and the level that says yes most."""
    heads = [
        Head(say("response.feature", language), "left"), Head(say("response.iv", language)),
        Head(say("response.best", language), "left"), Head(say("response.rate", language)),
    ]  # fmt: skip
    rows = []
    for binning in model.card.features[:SHOWN_FEATURES] if model.card else ():
        best = max(
            (item for item in binning.all_bins if item.customers),
            key=lambda item: item.defaults / item.customers,
        )
        label = best.label
        rows.append(
            Row(
                [
                    _feature_name(binning.column, headers, language), number(binning.information_value, 2),
                    say(f"bins.{label}", language) if label in ("missing", "other")
                    else say("response.any_value", language) if label == "all" else plain(label, 48),
                    percent(best.defaults / best.customers),
                ]
            )
        )  # fmt: skip
    return heads, rows


def _feature_name(column: str, headers: Mapping[str, str], language: Language) -> str:
    return (
        plain(headers.get(column, column), 40) if column.startswith("x_") else column_label(column, language)
    )


def refused_line(model: ResponseModel, language: Language) -> str:
    """Name what was kept out and why; headers are hostile text."""
    return "; ".join(
        say(
            "response.refused", language, name=plain(verdict.column, 40),
            reason=say(f"refused.{verdict.reason}", language) if has_words(f"refused.{verdict.reason}") else plain(verdict.reason),
        )
        for verdict in model.refused
    )  # fmt: skip


def spend_rows(
    lines: Sequence[Spend], names: Mapping[str, str], language: Language
) -> tuple[list[Head], list[Row]]:
    """List a budget by segment with what its last and next unit bring."""
    heads = [
        Head("", "left"), Head(say("spend.calls", language)), Head(say("spend.cost", language)),
        Head(say("spend.value", language)), Head(say("spend.last", language), hint=say("spend.last_help", language)),
        Head(say("spend.next", language), hint=say("spend.next_help", language)),
    ]  # fmt: skip
    rows = [
        Row(
            [
                names.get(str(line.segment), str(line.segment)),
                Cell(count(line.calls), note=say("spend.of", language, n=line.of)), number(line.cost), number(line.value),
                percent(line.last_return, 0), percent(line.next_return, 0) if (line.next_return or 0.0) > 0 else "–",
            ]
        )
        for line in lines
    ]  # fmt: skip
    return heads, rows
