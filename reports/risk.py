"""The Risk page's facts as rows of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.escape import plain
from reports.formats import Language, MoneyUnit, count, money_bare, number, percent
from reports.html import Cell, Head, Row
from reports.marks import NOTHING, rests_on
from reports.theme import Palette
from reports.words import say
from segmentation.risk.appetite import MEASURES, Reading
from segmentation.risk.breakdown import Slice
from segmentation.risk.concentration import Concentration
from segmentation.risk.impairment import ImpairmentBoard, ImpairmentSettings, StageLine

SIGNS = {"green": "●", "amber": "▲", "red": "■", "unknown": "○"}
"""A shape for each light, so that nobody needs to tell the colours apart."""


def light(status: str, words: str) -> str:
    """Name a light by shape and word."""
    return f"{SIGNS[status]} {words}"


def appetite_rows(readings: Sequence[Reading], language: Language) -> tuple[list[Head], list[Row]]:
    """List each limit, where the portfolio stands, what is left."""
    heads = [
        Head(say("appetite.measure", language), "left"),
        Head(say("appetite.status", language), "left"),
        Head(say("appetite.value", language)),
        Head(say("appetite.limit", language)),
        Head(say("appetite.headroom", language), hint=say("appetite.headroom_help", language)),
    ]
    rows = []
    for reading in readings:
        needs_funds = reading.measure == "largest_group" and reading.value is None
        hint = say("appetite.own_funds_needed", language) if needs_funds else ""
        unknown = say("status.unknown", language) if reading.value is None else ""
        rows.append(
            Row(
                [
                    Cell(say(f"appetite.{reading.measure}", language), note=plain(reading.what, 40)),
                    Cell(light(reading.status, say(f"status.{reading.status}", language)), note=hint),
                    Cell(percent(reading.value), hint=hint or unknown),
                    percent(reading.limit, 0 if reading.limit >= 0.1 else 1),
                    percent(reading.headroom),
                ],
                is_marked=reading.status == "red",
            )
        )
    return heads, rows


def measures() -> tuple[str, ...]:
    """Keys of the limits, in the order they are shown."""
    return tuple(MEASURES)


def slice_rows(
    slices: Sequence[Slice], words: str, unit: MoneyUnit, unit_text: str, language: Language
) -> tuple[list[Head], list[Row]]:
    """List parts of a portfolio; `words` is the key that names a level."""
    total = sum(part.exposure for part in slices)
    heads = [
        Head("", "left"), Head(say("slice.customers", language)), Head(f"{say('slice.exposure', language)} · {unit_text}"),
        Head(say("slice.pd", language), hint=say("slice.pd_help", language)),
        Head(say("slice.lgd", language), hint=say("slice.lgd_help", language)),
        Head(f"{say('slice.loss', language)} · {unit_text}"),
        Head(say("slice.weight", language), hint=say("slice.weight_help", language)),
    ]  # fmt: skip
    rows = []
    for part in slices:
        no_risk = part.probability_of_default is None and part.expected_loss == 0
        rows.append(
            Row(
                [
                    say(f"{words}.{part.key}", language),
                    count(part.customers),
                    Cell(
                        money_bare(part.exposure, unit),
                        note=percent(part.exposure / total, 0) if total else "",
                    ),
                    percent(part.probability_of_default, 2),
                    percent(part.loss_given_default, 0),
                    "–" if no_risk else money_bare(part.expected_loss, unit),
                    "–" if no_risk else percent(part.risk_weight, 0),
                ]
            )
        )
    return heads, rows


def stage_rows(
    board: ImpairmentBoard, settings: ImpairmentSettings, unit: MoneyUnit, unit_text: str, language: Language
) -> tuple[list[Head], list[Row]]:
    """List what each stage holds."""
    heads = [
        Head(say("stage.stage", language), "left"), Head(say("slice.customers", language)),
        Head(f"{say('slice.exposure', language)} · {unit_text}"),
        Head(f"{say('stage.loss', language)} · {unit_text}", hint=say("stage.loss_help", language)),
        Head(say("stage.coverage", language), hint=say("stage.coverage_help", language)),
    ]  # fmt: skip
    # Scenario weights and factors are assumed for every expected credit loss.
    assumed = rests_on(language, "impairment_terms")

    def row(line: StageLine) -> Row:
        loss = line.loss(settings) if line.stage else None
        return Row(
            [
                say(f"stage.{line.stage or 'none'}", language),
                count(line.customers),
                money_bare(line.exposure, unit),
                Cell(money_bare(loss, unit), assumed=assumed if loss is not None else NOTHING),
                percent(loss / line.exposure, 2) if loss is not None and line.exposure else "–",
            ]
        )

    return heads, [row(line) for line in board.lines]


def scenario_rows(
    board: ImpairmentBoard, settings: ImpairmentSettings, unit: MoneyUnit, unit_text: str, language: Language
) -> tuple[list[Head], list[Row]]:
    """List what each scenario alone would cost."""
    heads = [Head("", "left"), Head(f"{say('scenario.alone', language)} · {unit_text}")]
    rows = [
        Row(
            [
                say(f"scenario.{scenario.key}", language),
                money_bare(sum(line.losses[scenario.key] for line in board.lines if line.stage), unit),
            ]
        )
        for scenario in settings.scenarios
    ]
    return heads, rows


def large_rows(
    found: Concentration,
    own_funds: float | None,
    unit: MoneyUnit,
    unit_text: str,
    language: Language,
    *,
    hide: bool,
) -> tuple[list[Head], list[Row]]:
    """List the largest parts; own funds tell which are large exposures."""
    by_own_funds = found.dimension in ("name", "group")
    heads = [
        Head(say(f"dimension.{found.dimension}", language), "left"), Head(say("slice.customers", language)),
        Head(f"{say('slice.exposure', language)} · {unit_text}"), Head(say("large.share", language)),
    ]  # fmt: skip
    if by_own_funds:
        heads.append(Head(say("large.own_funds", language), hint=say("large.own_funds_help", language)))
    rows = []
    for place, part in enumerate(found.largest, 1):
        label = say("names.hidden", language, n=place) if hide and by_own_funds else plain(part.label, 60)
        cells: list[Cell | str] = [
            label or say("large.unknown", language), count(part.customers), money_bare(part.exposure, unit),
            percent(part.share, 2),
        ]  # fmt: skip
        if by_own_funds:
            cells.append(percent(part.exposure / own_funds) if own_funds else "–")
        rows.append(
            Row(cells, is_marked=bool(by_own_funds and own_funds and part.exposure > 0.25 * own_funds))
        )
    return heads, rows


def contribution_rows(
    parts: Sequence[tuple[str, float, float]],
    unit: MoneyUnit,
    unit_text: str,
    language: Language,
    colours: Palette,
) -> tuple[list[Head], list[Row]]:
    """List parts of the expected shortfall: label, expected loss, shortfall."""
    total = sum(shortfall for _, _, shortfall in parts) or 1.0
    heads = [
        Head(say("losses.part", language), "left"), Head(f"{say('losses.shortfall', language)} · {unit_text}"),
        Head(say("large.share", language)), Head(f"{say('slice.loss', language)} · {unit_text}"),
    ]  # fmt: skip
    rows = [
        Row([label, money_bare(shortfall, unit), percent(shortfall / total), money_bare(expected, unit)])
        for label, expected, shortfall in parts
    ]
    rows.append(
        Row(
            [
                say("losses.total", language),
                money_bare(sum(row[2] for row in parts), unit),
                percent(1.0 if parts else None),
                money_bare(sum(row[1] for row in parts), unit),
            ],
            is_strong=True,
        )
    )
    return heads, rows


def limit_field(reading: Mapping[str, float], measure: str) -> float:
    """Give a limit in percent for its field."""
    return round(reading[measure] * 100, 6)


def index_text(value: float | None) -> str:
    """Write a Herfindahl index."""
    return number(value, 4)
