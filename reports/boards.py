"""The board of tiers in rows: what each tier holds, what changed."""

from __future__ import annotations

from reports.formats import GoodWhen, Language, MoneyUnit, change, count, money_bare, number, percent
from reports.html import Cell, Head, Row
from reports.marks import NOTHING, rests_on
from reports.theme import Palette
from reports.words import say
from segmentation.cube import NAMES
from segmentation.returns.ratios import ReturnsSettings
from segmentation.tiers import TierBoard, TierSummary

MONEY_COLUMNS: tuple[tuple[str, str, GoodWhen], ...] = (
    ("exposure", "holds.exposure", "up"),
    ("expected_loss", "holds.loss", "down"),
    ("capital", "holds.capital", "down"),
    ("profit", "holds.profit", "up"),
)
"""Measure, its head, and which direction is good."""


def tier_name(tier: str, language: Language) -> str:
    """Name a tier, the work-out and the total included.

    Examples
    --------
    >>> tier_name("Strategic", "zh"), tier_name("Total", "en")
    ('战略客户', 'Total')
    """
    return say("tier.total" if tier == "Total" else f"tier.{tier}", language)


def board_heads(currency_unit: str, language: Language) -> list[Head]:
    """Heads of the board's table; money names its unit once."""
    money_hint = currency_unit
    return [
        Head(say("holds.tier", language), "left"),
        Head(say("holds.customers", language)),
        *(
            Head(f"{say(key, language)}", hint=_hint(name, money_hint, language))
            for name, key, _ in MONEY_COLUMNS
        ),
        Head(say("holds.roi", language), hint=say("term.roi.meaning", language)),
        Head(say("holds.raroc", language), hint=say("term.raroc.meaning", language)),
    ]


def _hint(measure: str, unit: str, language: Language) -> str:
    key = {"expected_loss": "term.expected_loss.meaning", "capital": "term.economic_capital.meaning"}.get(
        measure
    )
    return f"{unit}. {say(key, language)}" if key else unit


def board_rows(
    board: TierBoard,
    base: TierBoard,
    returns: ReturnsSettings,
    unit: MoneyUnit,
    colours: Palette,
    language: Language,
) -> list[Row]:
    """Rows of the board's table: figures under each tier's treatment, and below them the change."""
    rows = [
        _row(board.of(name), base.of(name), returns, unit, language, swatch=colours.tiers[name])
        for name in NAMES
    ]
    return [*rows, _row(board.total, base.total, returns, unit, language, is_strong=True)]


def _row(
    now: TierSummary,
    before: TierSummary,
    returns: ReturnsSettings,
    unit: MoneyUnit,
    language: Language,
    *,
    swatch: str = "",
    is_strong: bool = False,
) -> Row:
    """One tier: a missing figure says why."""
    nobody = say("missing.nobody", language) if now.customers == 0 else ""
    no_risk = 0 < now.customers == now.customers_without_pd
    reason = nobody or (say("missing.probability", language) if no_risk else "")
    assumed = NOTHING if now.tier == "Work-out" else rests_on(language, "treatments")
    cells: list[Cell | str] = [
        Cell(tier_name(now.tier, language), swatch=swatch),
        Cell(
            count(now.customers),
            change(float(now.customers - before.customers), good_when="neither", decimals=0),
        ),
    ]
    for name, _, good in MONEY_COLUMNS:
        value, was = getattr(now.treated, name) / 100, getattr(before.treated, name) / 100
        hidden = no_risk and name != "exposure"
        good_when: GoodWhen = "neither" if name in ("exposure",) else good
        cells.append(
            Cell("–", hint=reason)
            if hidden
            else Cell(money_bare(value, unit), change((value - was) / unit.scale, good_when=good_when))
        )
    for value, was, missing in (
        (now.treated.roi, before.treated.roi, "missing.nothing_drawn"),
        (now.treated.raroc(returns), before.treated.raroc(returns), "missing.no_capital"),
    ):
        if value is None or no_risk:
            cells.append(Cell("–", hint=reason or say(missing, language)))
        else:
            moved = None if was is None else (value - was) * 100
            cells.append(Cell(percent(value), change(moved, good_when="up"), assumed=assumed))
    return Row(cells, is_strong=is_strong)


def threshold_text(step: int) -> str:
    """A threshold as people read it: half steps are points.

    Examples
    --------
    >>> threshold_text(149)
    '74.5'
    """
    return number(step / 2, 1)
