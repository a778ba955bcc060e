"""Steps of lines, shifts of the PD and groups as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reports.boards import tier_name
from reports.escape import plain
from reports.formats import Language, MoneyUnit, count, money_unit, percent
from reports.html import Cell, Head, Row
from reports.words import say
from segmentation.fairness import Groups
from segmentation.policy import LIFECYCLES, TIERS
from segmentation.propose.nudges import Nudge

CLIFF = 0.10
"""Share of customers within one step of a line from which the page warns; the house's own measure."""


def tornado_rows(
    found: Sequence[Nudge], measure: str, unit: MoneyUnit, language: Language
) -> tuple[MoneyUnit, list[tuple[str, int, float]]]:
    """Give line, step and amount of every step that changes a measure, and the unit money is in.

    A step changes little: the unit is chosen by the largest amount when the page's would hide it.
    """
    amounts = {entry: getattr(entry, measure) for entry in found}
    if measure == "moved":
        return unit, [(_line(entry, language), entry.by, float(n)) for entry, n in amounts.items() if n]
    largest = max((abs(amount) for amount in amounts.values()), default=0) / 100
    small = unit if largest >= unit.scale / 10 else money_unit(largest, language)
    return small, [
        (_line(entry, language), entry.by, amount / 100 / small.scale)
        for entry, amount in amounts.items()
        if amount
    ]


def _line(entry: Nudge, language: Language) -> str:
    if not entry.lifecycle:
        return say(f"nudge.line.{entry.part}", language)
    tier = say(f"tier.{entry.part}", language)
    return say("nudge.gate", language, tier=tier, lifecycle=say(f"lifecycle.{entry.lifecycle}", language))


class Shifted(Protocol):
    """Tiers before and after a shift of the PD."""

    @property
    def factor(self) -> float:
        """What every PD is multiplied by."""

    @property
    def moves(self) -> dict[tuple[str, str], int]:
        """Customers by tier before and after."""

    @property
    def customers(self) -> int:
        """Everybody outside work-out."""

    @property
    def flipped(self) -> int:
        """Customers whose tier changes."""


def shift_rows(found: Sequence[Shifted], language: Language) -> tuple[list[Head], list[Row]]:
    """List how many customers change tier when all PDs do, and between which tiers."""
    pairs = [(was, now) for was in TIERS for now in TIERS if was != now]
    used = [pair for pair in pairs if any(entry.moves.get(pair) for entry in found)]
    heads = [
        Head(say("shift.if", language), "left"),
        Head(say("shift.flip", language)),
        Head(say("shift.share", language)),
        *(Head(f"{tier_name(was, language)} → {tier_name(now, language)}") for was, now in used),
    ]
    rows = [
        Row(
            [
                say("shift.lower" if entry.factor < 1 else "shift.higher", language),
                count(entry.flipped),
                percent(entry.flipped / entry.customers if entry.customers else None, 2),
                *(Cell(count(entry.moves.get(pair, 0))) for pair in used),
            ]
        )
        for entry in found
    ]
    return heads, rows


def group_labels(found: Groups, language: Language) -> dict[str, str]:
    """Name each level shown, distinct and made plain; a life cycle in the reader's language."""
    labels: dict[str, str] = {}
    for group in found.groups:
        if not group.level:
            name = say("chart.unknown", language)
        elif found.column == "lifecycle" and group.level in LIFECYCLES:
            name = say(f"lifecycle.{group.level}", language)
        else:
            name = plain(group.level, 24)
        while name in labels.values():
            name += "\u2032"  # two long names may begin alike
        labels[group.level] = name
    return labels
