"""One customer's picture as figures and rows of tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from reports.escape import plain
from reports.formats import (
    Language,
    day,
    is_missing,
    money_headline,
    money_unit,
    number,
    percent,
    signed,
    unit_label,
)
from reports.html import Cell, Head, Row, Text
from reports.marks import NOTHING, rests_on
from reports.words import say
from reports.words.names import column_label
from segmentation.explain import Check
from segmentation.scorecard.points import Reason

SHARES = ("probability_of_default", "loss_given_default", "roi", "risk_weight")


class PeerFacts(Protocol):
    """Where a customer stands among its segment."""

    @property
    def figure(self) -> str:
        """Column."""

    @property
    def value(self) -> float | None:
        """The customer's."""

    @property
    def median(self) -> float | None:
        """The segment's."""

    @property
    def below(self) -> float | None:
        """Share of the segment with a lower value."""


_EXPOSURE = (("conversion_factor", "exposure_source", "converted"),)
_LOSS = (
    *_EXPOSURE, ("loss_given_default", "loss_source", "foundation"), ("master_scale", "probability_source", "rating"),
    ("horizon", "probability_source", "scorecard"), ("average_year", "probability_source", "scorecard"),
)  # fmt: skip
_PRICES = tuple((key, key, None) for key in ("interest_rate", "funding_rate", "servicing_cost"))
RESTS_ON: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "exposure_at_default": _EXPOSURE,
    "expected_loss": _LOSS,
    "economic_capital": (
        *_LOSS, ("maturity", "remaining_months", None), ("asset_class", "customer_class", None),
        ("slotting_grade", "slotting_source", "derived"),
    ),
    "expected_credit_loss": _LOSS,
    "customer_lifetime_value": (*_LOSS, *_PRICES),
}  # fmt: skip
"""Figure → assumption, and the column that tells by a level, or by being blank, that it stands in."""


def resting(
    row: Mapping[str, Any], figure: str, standing: Collection[str]
) -> tuple[str, ...]:  # Any: cells of a table
    """List what one customer's figure rests on, of what the portfolio assumes at all.

    Examples
    --------
    >>> row = {"loss_source": "foundation", "probability_source": "given", "exposure_source": "given"}
    >>> resting(row, "expected_loss", {"loss_given_default", "horizon"})
    ('loss_given_default',)
    """

    def stands_in(column: str, level: str | None) -> bool:
        cell = row.get(column)
        is_blank = cell is None or (isinstance(cell, float) and is_missing(cell))
        return is_blank if level is None else cell == level

    return tuple(
        key for key, column, level in RESTS_ON[figure] if key in standing and stands_in(column, level)
    )


def figure_metrics(
    row: Mapping[str, Any],  # Any: cells of a table
    standing: Collection[str],
    lifetime: Sequence[str],
    currency: str | None,
    language: Language,
) -> list[tuple[Text, Cell, Text]]:
    """Give the large figures, each in a unit of its own: exposure, expected loss, capital, expected credit loss.

    Parameters
    ----------
    row : mapping
        The scored customer.
    standing : collection of str
        What the portfolio assumes at all.
    lifetime : sequence of str
        What lifetime values rest on besides prices and risk.
    currency : str or None
        Code of the amounts.
    language : Language
        Of the words.
    """
    always = {"expected_credit_loss": ("impairment_terms",), "customer_lifetime_value": tuple(lifetime)}

    def label(key: str) -> str:
        code = unit_label(currency, money_unit(0.0, language), language)
        return f"{say(key, language)} · {code}" if code else say(key, language)

    def amount(name: str) -> Cell:
        value = row[name]
        keys = (*always.get(name, ()), *resting(row, name, standing)) if value is not None else ()
        assumed = rests_on(language, *keys) if keys else NOTHING
        return Cell(money_headline(value, money_unit(value, language), language), assumed=assumed)

    probability, loss = row["probability_of_default"], row["loss_given_default"]
    stage = row["impairment_stage"]
    reason = say(f"stage_reason.{row['stage_reason']}", language)
    asset = say(f"asset.{row['asset_class']}", language)
    today, proposed = (money_headline(row[name], money_unit(row[name], language), language) for name in ("limit_today", "limit_proposed"))  # fmt: skip
    metrics: list[tuple[Text, Cell, Text]] = [
        (label("customer.lifetime"), amount("customer_lifetime_value"),
         say("customer.lifetime_note", language)),
    ]  # fmt: skip
    metrics += [
        (label("customer.exposure"), amount("exposure_at_default"),
         say("customer.limit", language, today=today, proposed=proposed) if row["limit_proposed"] is not None
         else say("customer.no_limit", language)),
        (label("customer.expected_loss"), amount("expected_loss"),
         say("customer.pd_source", language, source=say(f"source.{row['probability_source']}", language))
         + f" · {percent(probability, 2)}; "
         + say("customer.lgd_source", language, source=say(f"source.{row['loss_source']}", language))
         + f" · {percent(loss, 0)}"),
        (label("customer.capital"), amount("economic_capital"),
         say("customer.class", language, asset=asset, weight=percent(row["risk_weight"], 0))),
        (label("customer.ecl"), amount("expected_credit_loss"),
         say("customer.stage", language, stage=int(stage), reason=reason) if stage else reason),
    ]  # fmt: skip
    return metrics


def check_rows(checks: Sequence[Check], language: Language) -> tuple[list[Head], list[Row]]:
    """List the conditions of a tier and which are met."""
    heads = [
        Head(say("customer.check", language), "left"), Head(say("customer.needed", language)),
        Head(say("customer.actual", language)), Head(say("customer.met", language), "left"),
    ]  # fmt: skip
    rows = []
    for check in checks:
        needed, actual = (_amount(check.rule, value) for value in (check.needed, check.actual))
        met = ("● " if check.passed else "■ ") + say(
            "customer.yes" if check.passed else "customer.no", language
        )
        rows.append(
            Row([say(f"check.{check.rule}", language), needed, actual, met], is_marked=not check.passed)
        )
    return heads, rows


def _amount(rule: str, value: float | None) -> str:
    if rule == "cap":
        return ""
    return number(value, 1) if rule == "threshold" else percent(value, 2)


def point_rows(points: Sequence[Reason], language: Language) -> tuple[list[Head], list[Row]]:
    """List what raises and lowers a score, costliest first."""
    heads = [
        Head(say("customer.feature", language), "left"), Head(say("customer.bin", language), "left"),
        Head(say("customer.points", language)), Head(say("customer.against", language)),
    ]  # fmt: skip
    rows = [
        Row(
            [
                column_label(reason.column, language), bin_label(reason.bin, language), number(reason.points, 0),
                signed(reason.against_average, 0),
            ]
        )
        for reason in points
    ]  # fmt: skip
    return heads, rows


def bin_label(label: str, language: Language) -> str:
    """Name a bin; levels are hostile text."""
    return say(f"bins.{label}", language) if label in ("missing", "other") else plain(label, 48)


def peer_rows(peers: Sequence[PeerFacts], language: Language) -> tuple[list[Head], list[Row]]:
    """List a customer's figures beside its segment's."""
    heads = [
        Head(say("customer.figure", language), "left"), Head(say("customer.value", language)),
        Head(say("customer.median", language)), Head(say("customer.below", language)),
    ]  # fmt: skip

    def text(figure: str, value: float | None) -> str:
        return (
            percent(value, 2 if figure == "probability_of_default" else 1)
            if figure in SHARES
            else number(value, 1)
        )

    rows = [
        Row([say(f"peer.{peer.figure}", language), text(peer.figure, peer.value), text(peer.figure, peer.median),
             percent(peer.below, 0)])
        for peer in peers
    ]  # fmt: skip
    return heads, rows


def data_rows(
    row: Mapping[str, Any],
    columns: Sequence[str],
    language: Language,  # Any: cells of a table
) -> tuple[list[Head], list[Row]]:
    """List what the file says of a customer; texts are hostile."""
    heads = [Head(say("customer.column", language), "left"), Head(say("customer.cell", language), "left")]
    rows = []
    for name in columns:
        value = row[name]
        if isinstance(value, bool):
            shown = say("customer.yes" if value else "customer.no", language)
        elif isinstance(value, date):
            shown = day(value, language)
        elif isinstance(value, float):
            shown = number(value, 0 if abs(value) >= 1_000 else 4)
        else:
            shown = plain(value, 120)
        rows.append(Row([column_label(name, language), shown]))
    return heads, rows
