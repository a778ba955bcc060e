"""The board of tiers in words and rows: verdict, what each tier holds, what changed."""

from __future__ import annotations

from reports.formats import GoodWhen, Language, MoneyUnit, change, count, money_bare, number, percent, signed
from reports.html import Cell, Head, Row
from reports.theme import Palette
from reports.words import say
from segmentation.cube import NAMES
from segmentation.policy import Policy
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


def verdict(
    board: TierBoard,
    base: TierBoard,
    policy: Policy,
    in_force: Policy,
    returns: ReturnsSettings,
    unit: MoneyUnit,
    language: Language,
) -> tuple[str, str, str]:
    """Say what a draft changes against the policy in force: finding, consequences, what it rests on.

    Returns
    -------
    tuple of str
        For the answer box; plain text.
    """
    if policy.identity == in_force.identity:
        return say("verdict.unchanged", language), say("verdict.unchanged_rest", language), ""
    before, after = base.of("Strategic"), board.of("Strategic")
    grown = after.customers - before.customers
    key = "verdict.grows" if grown > 0 else "verdict.shrinks" if grown < 0 else "verdict.same_size"
    strong = say(
        key, language, tier=tier_name("Strategic", language), before=before.customers, after=after.customers
    )
    parts = []
    changes = {
        name: getattr(board.total.treated, name) - getattr(base.total.treated, name)
        for name in ("expected_loss", "capital", "profit")
    }
    if any(changes.values()):
        shown = {
            name: f"{signed(value / 100 / unit.scale)} {unit.word(language)}".rstrip()
            for name, value in changes.items()
        }
        parts.append(
            say(
                "verdict.money",
                language,
                loss=shown["expected_loss"],
                capital=shown["capital"],
                profit=shown["profit"],
            )
        )
    elif grown or board.customers_moved:
        parts.append(say("verdict.relabel", language))
    earlier, later = before.treated.raroc(returns), after.treated.raroc(returns)
    if earlier is not None and later is not None and percent(earlier) != percent(later):
        name = tier_name("Strategic", language)
        parts.append(say("verdict.raroc", language, tier=name, before=percent(earlier), after=percent(later)))
    parts.append(say("verdict.moves", language, n=board.customers_moved))
    share = percent(1.0, 0)
    return (
        strong,
        " ".join(parts),
        say("verdict.assumed", language, share=share) if any(changes.values()) else "",
    )


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
    assumed = "" if now.tier == "Work-out" else say("assumption.treatments", language)
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
