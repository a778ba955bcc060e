"""A scorecard's facts as rows of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.customers import bin_label
from reports.escape import plain
from reports.formats import Language, count, number, percent
from reports.html import Cell, Head, Row
from reports.risk import light
from reports.words import has_words, say
from segmentation.scorecard.binning import Binning
from segmentation.scorecard.statistics import Interval
from segmentation.scorecard.validation import GradeRow, ModelResult


def bin_rows(
    binning: Binning, points: Sequence[float], before: Mapping[str, float], language: Language
) -> tuple[list[Head], list[Row]]:
    """List the bins of a characteristic; `before` has the points of the fitted bins by label."""
    heads = [
        Head(say("bins.bin", language), "left"), Head(say("bins.customers", language)), Head(say("bins.rate", language)),
        Head(say("bins.woe", language), hint=say("bins.woe_help", language)),
        Head(say("bins.points", language), hint=say("bins.points_help", language)),
    ]  # fmt: skip
    rows = []
    for item, value in zip(binning.all_bins, points, strict=True):
        was = before.get(item.label)
        moved = was is None or abs(was - value) >= 0.5
        note = say("bins.was", language, points=number(was, 0)) if moved and was is not None else ""
        rows.append(
            Row(
                [
                    bin_label(item.label, language), count(item.customers),
                    percent(item.default_rate) if item.customers else "–", number(item.woe, 3),
                    Cell(number(value, 0), note=note),
                ],
                is_marked=moved and bool(before),
            )
        )  # fmt: skip
    return heads, rows


def model_rows(models: Sequence[ModelResult], language: Language) -> tuple[list[Head], list[Row]]:
    """List the models compared, each figure with its interval."""
    names = ("auc", "gini", "ks", "brier")
    heads = [Head(say("validation.model", language), "left")]
    heads += [
        Head(say(f"validation.{name}", language),
             hint=say(f"validation.{name}_help", language) if has_words(f"validation.{name}_help") else "")
        for name in names
    ]  # fmt: skip

    def cell(interval: Interval) -> Cell:
        low, high = number(interval.low, 3), number(interval.high, 3)
        return Cell(number(interval.value, 3), note=say("validation.interval", language, low=low, high=high))

    rows = [
        Row(
            [
                say(f"validation.{model.model}", language),
                *(cell(getattr(model.discrimination, name)) for name in names),
            ],
            is_strong=model.model == "scorecard",
        )
        for model in models
    ]
    return heads, rows


def grade_test_rows(rows: Sequence[GradeRow], language: Language) -> tuple[list[Head], list[Row]]:
    """List the grades and their binomial tests."""
    heads = [
        Head(say("validation.grade", language), "left"), Head(say("slice.customers", language)),
        Head(say("validation.defaults", language)), Head(say("validation.forecast", language)),
        Head(say("validation.observed", language)),
        Head(say("validation.tail", language), hint=say("validation.tail_help", language)),
        Head(say("validation.tail_correlated", language), hint=say("validation.tail_correlated_help", language)),
        Head("", "left"),
    ]  # fmt: skip
    return heads, [
        Row(
            [
                row.grade, count(row.customers), count(row.defaults), percent(row.forecast, 2),
                percent(row.defaults / row.customers, 2), percent(row.tail, 2), percent(row.correlated_tail, 2),
                light(row.light, say(f"light.{row.light}", language)),
            ]
        )
        for row in rows
    ]  # fmt: skip


def guard_rows(
    verdicts: Sequence[Mapping[str, Any]], language: Language
) -> tuple[list[Head], list[Row]]:  # Any: JSON
    """List what the guard refused or flagged; headers are hostile text."""
    heads = [
        Head(say("guard.column", language), "left"), Head(say("guard.reason", language), "left"),
        Head(say("guard.auc", language), hint=say("validation.auc_help", language)),
    ]  # fmt: skip
    return heads, [
        Row([plain(row["column"], 60), say(f"guard_reason.{row['reason']}", language), number(row["auc"], 3)])
        for row in verdicts
    ]
