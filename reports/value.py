"""The value score's frozen scale and one customer's way to its score, as rows and charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from reports.charts.parts import Chart
from reports.charts.waterfall import waterfall
from reports.escape import plain
from reports.formats import Language, count, day, number, percent, signed
from reports.html import Cell, Head, Row
from reports.returns import knots_text
from reports.risk import SIGNS
from reports.theme import Theme
from reports.words import say
from segmentation.value import ValueReference
from segmentation.value_reference import Drift, ValuePart

LIGHTS = {"green": "reference.stable", "amber": "reference.moved", "red": "reference.shifted"}
DAYS_A_MONTH = 30.4375
LIST_JOIN: dict[Language, str] = {"en": ", ", "zh": "、"}


class Dated(Protocol):
    """A snapshot's name and date."""

    @property
    def snapshot_id(self) -> str:
        """Identity."""

    @property
    def name(self) -> str:
        """Name, hostile text."""

    @property
    def as_of(self) -> date | None:
        """Date."""


def reference_note(
    reference: ValueReference, baseline: Dated | None, current: Dated, language: Language
) -> str:
    """Say where the scale comes from and how old it is."""
    if baseline is None:
        return say("reference.gone", language, n=count(reference.customers))
    dated = f", {day(baseline.as_of, language)}" if baseline.as_of else ""
    text = say(
        "reference.baseline",
        language,
        name=plain(baseline.name, 60),
        date=dated,
        n=count(reference.customers),
    )
    if baseline.snapshot_id == current.snapshot_id:
        return f"{text} {say('reference.own', language)}"
    if baseline.as_of and current.as_of and current.as_of > baseline.as_of:
        months = round((current.as_of - baseline.as_of).days / DAYS_A_MONTH)
        return f"{text} {say('reference.age', language, n=months)}"
    return text


def reference_rows(drifts: Sequence[Drift], language: Language) -> tuple[list[Head], list[Row]]:
    """List each input with its weight, coverage then and now, and drift by shape and word."""
    heads = [
        Head(say("reference.input", language), "left"), Head(say("reference.part", language), "left"),
        Head(say("reference.weight", language)), Head(say("reference.direction", language), "left"),
        Head(say("reference.known", language)),
        Head(say("reference.median", language), hint=say("reference.median_help", language)),
        Head(say("reference.drift", language), hint=say("reference.drift_help", language)),
    ]  # fmt: skip
    rows = []
    for drift in drifts:
        entry = drift.entry
        light = f"{SIGNS[drift.light]} {say(LIGHTS[drift.light], language)}"
        rows.append(
            Row(
                [
                    say(f"value.{entry.key}", language), say(f"value.{entry.component}", language),
                    percent(entry.weight), way_cell(entry.direction, is_turned=entry.is_turned, language=language),
                    f"{percent(entry.share_known, 0)} → {percent(drift.known_now, 0)}", number(drift.median_now, 0),
                    Cell(number(drift.index, 3), note=light),
                ],
                is_marked=drift.light == "red",
            )
        )  # fmt: skip
    return heads, rows


def way_text(direction: int, language: Language) -> str:
    """Say which way is better.

    Examples
    --------
    >>> way_text(1, "en"), way_text(-1, "zh")
    ('higher is better', '越低越好')
    """
    return say("reference.more" if direction > 0 else "reference.less", language)


def way_cell(direction: int, *, is_turned: bool, language: Language) -> Cell:
    """Say which way is better, and that a person has turned it round where one has."""
    note = say("reference.turned", language) if is_turned else ""
    return Cell(
        way_text(direction, language), note=note, hint=say("reference.turned_help", language) if note else ""
    )


def turned_text(keys: Sequence[str], reference: ValueReference, language: Language) -> str:
    """List inputs with the direction they have in a reference; empty when there are none."""
    ways = {entry.key: entry.direction for entry in reference.inputs}
    return LIST_JOIN[language].join(
        say(
            "reference.turned_row",
            language,
            name=say(f"value.{key}", language),
            way=way_text(ways[key], language),
        )
        for key in keys
    )


def knot_rows(reference: ValueReference, language: Language) -> tuple[list[Head], list[Row]]:
    """List the frozen scale's knots, input by input."""
    heads = [Head(say("reference.input", language), "left"), Head(say("reference.knots", language), "left")]
    return heads, [
        Row([say(f"value.{entry.key}", language), knots_text(entry.curve.knots)])
        for entry in reference.inputs
    ]


def value_waterfall(
    base: float, parts: Sequence[ValuePart], score: float, *, theme: Theme, language: Language
) -> Chart:
    """Draw a customer's way from the median of everything to its score, part by part."""
    by_component: dict[str, float] = {}
    for part in parts:
        by_component[part.component] = by_component.get(part.component, 0.0) + part.points
    steps = [(say(f"value.{name}", language), points) for name, points in by_component.items()]
    heaviest = max(steps, key=lambda step: abs(step[1]), default=("–", 0.0))[0]
    return waterfall(
        (say("waterfall.start", language), base), steps, (say("waterfall.end", language), score),
        write=lambda value: number(value, 1), write_step=lambda value: signed(value, 1), good_up=True,
        alternative=say("waterfall.alt", language, base=number(base, 1), score=number(score, 1), name=heaviest),
        heads=(say("reference.part", language), say("waterfall.points", language)), theme=theme,
    )  # fmt: skip


def _place(part: ValuePart, language: Language) -> str:
    """Say which part an input counts in, and which way is better."""
    words = [say(f"value.{part.component}", language), way_text(part.direction, language)]
    words += [say("reference.turned", language)] if part.is_turned else []
    return " · ".join(words)


def part_rows(parts: Sequence[ValuePart], language: Language) -> tuple[list[Head], list[Row]]:
    """List each input's part of a score, heaviest first."""
    heads = [
        Head(say("reference.input", language), "left"), Head(say("reference.weight", language)),
        Head(say("waterfall.beats", language), hint=say("waterfall.beats_help", language)),
        Head(say("waterfall.points", language)),
    ]  # fmt: skip
    rows = [
        Row(
            [
                Cell(say(f"value.{part.key}", language), note=_place(part, language)), percent(part.weight),
                percent(part.percent / 100, 0) if part.percent is not None else say("waterfall.missing", language),
                signed(part.points, 1),
            ]
        )
        for part in sorted(parts, key=lambda part: -abs(part.points))
    ]  # fmt: skip
    return heads, rows
