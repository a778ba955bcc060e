"""Who moves and why, and how often tiers flip, in words and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from reports.boards import tier_name
from reports.formats import Language, MoneyUnit, count, day, money_bare, number, percent
from reports.html import Cell, Head, Row
from reports.theme import Palette
from reports.words import say
from segmentation.cube import NAMES, NO_TIER
from segmentation.explain import Standing, lines_for
from segmentation.hysteresis import Flips
from segmentation.policy import CLOSED, Policy
from segmentation.risk.ladder import bound

__all__ = ["flip_rows", "matrix_rows", "mover_reason", "rule_rows"]


def matrix_rows(
    table: Sequence[Sequence[int]], unit: MoneyUnit | None, colours: Palette, language: Language
) -> tuple[list[Head], list[Row]]:
    """Lay out who goes from where to where; those who stay are a quiet note.

    Parameters
    ----------
    table : sequence of sequence of int
        Tiers before (rows) and after (columns), customers or hundredths.
    unit : MoneyUnit or None
        Unit of the money; None counts customers.
    colours : Palette
        For the tiers' swatches.
    language : {'en', 'zh'}
        Language of the words.
    """

    def text(value: int) -> str:
        return count(value) if unit is None else money_bare(value / 100, unit)

    heads = [Head("", "left"), *(Head(tier_name(name, language)) for name in NAMES)]
    rows = []
    for place, name in enumerate(NAMES):
        cells: list[Cell | str] = [Cell(tier_name(name, language), swatch=colours.tiers[name])]
        for at, value in enumerate(table[place]):
            cells.append(Cell("", note=text(value)) if at == place else Cell(text(value) if value else "·"))
        rows.append(Row(cells))
    return heads, rows


def rule_rows(counts: Mapping[tuple[str, str, str], int], language: Language) -> tuple[list[Head], list[Row]]:
    """List the moves by the rule behind them, the most frequent first."""
    heads = [
        Head(say("movers.move", language), "left"),
        Head(say("movers.rule", language), "left"),
        Head(say("movers.customers", language)),
    ]
    rows = [
        Row(
            [
                say("movers.pair", language, was=tier_name(was, language), tier=tier_name(tier, language)),
                say(f"rule.{rule}", language),
                count(n),
            ]
        )
        for (was, tier, rule), n in counts.items()
    ]
    return heads, rows


def mover_reason(row: Mapping[str, Any], policy: Policy, in_force: Policy, language: Language) -> str:
    """Say why one customer moves, with the line and the customer's own figure.

    Parameters
    ----------
    row : mapping
        `was`, `tier`, `level`, `rule`, `value_step`, `risk_step`, `lifecycle`, `held`,
        `is_staying`; the cells of a scored table have types of their own (hence `Any`).
    policy, in_force : Policy
        The draft and the policy in force.
    language : {'en', 'zh'}
        Language of the sentence.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> in_force = built_in_policy()
    >>> row = {"was": "Strategic", "tier": "Core", "level": "Strategic", "rule": "threshold",
    ...        "value_step": 131, "risk_step": 20, "lifecycle": "mature", "held": 3, "is_staying": 0}
    >>> mover_reason(row, in_force.with_threshold(strategic=140), in_force, "en")
    'Value 65.5 is below the 70.0 that Strategic asks'
    """
    rule = str(row["rule"])
    falls = NAMES.index(row["tier"]) > NAMES.index(row["was"])
    level = tier_name(str(row["level"]), language)
    if rule == "cap":
        return say("reason.cap" if falls else "reason.cap_lifted", language, level=level)
    if rule in ("override", "stay"):
        is_minimum = rule == "stay" and policy.stay_months and row["is_staying"]
        return say("reason.minimum_stay" if is_minimum else f"reason.{rule}", language)
    asked = policy if falls else in_force
    standing = Standing.of({"is_capped": False, "is_defaulted": False, "forced": NO_TIER, **row})
    # Who held the tier before is asked less: the exit lines.
    line, rung = lines_for(standing, asked, str(row["level"]))
    way = "falls" if falls else "rises"
    parts = []
    if "threshold" in rule:
        value = number(row["value_step"] / 2, 1)
        parts.append(
            say(f"reason.{way}_threshold", language, value=value, line=number(line / 2, 1), level=level)
        )
    if "gate" in rule:
        gate = say("reason.nobody", language) if rung == CLOSED else _rate(bound(rung))
        chance = standing.shown_probability
        own = say("reason.unknown", language) if chance is None else _rate(chance)
        parts.append(say(f"reason.{way}_gate", language, pd=own, gate=gate, level=level))
    return ("；" if language == "zh" else "; ").join(parts)


def _rate(chance: float) -> str:
    return percent(chance, 2)


def mover_table(
    found: pd.DataFrame,
    names: Sequence[str],
    policy: Policy,
    in_force: Policy,
    unit: MoneyUnit,
    unit_text: str,
    language: Language,
) -> pd.DataFrame:
    """Make the list of a page of movers; texts are plain."""
    exposure = f"{say('movers.exposure', language)} · {unit_text}"
    return pd.DataFrame(
        {
            say("customers.name", language): list(names),
            say("movers.move", language): [
                say("movers.pair", language, was=tier_name(was, language), tier=tier_name(tier, language))
                for was, tier in zip(found["was"].astype(str), found["tier"].astype(str), strict=True)
            ],
            exposure: (found["exposure_at_default"].astype(float) / unit.scale).round(2),
            say("movers.reason", language): [
                mover_reason({str(key): cell for key, cell in row.items()}, policy, in_force, language)
                for row in found.to_dict("records")
            ],
        }
    )


def flip_rows(
    sticky: Sequence[Flips], plain: Sequence[Flips], language: Language
) -> tuple[list[Head], list[Row]]:
    """List changes of tier by snapshot, as the policy is and without its stickiness."""
    heads = [
        Head(say("stability.date", language), "left"),
        Head(say("stability.of", language)),
        Head(f"{say('stability.sticky', language)}: {say('stability.changes', language).lower()}"),
        Head(
            f"{say('stability.sticky', language)}: {say('stability.returns', language).lower()}",
            hint=say("stability.returns_help", language),
        ),
        Head(f"{say('stability.plain', language)}: {say('stability.changes', language).lower()}"),
        Head(
            f"{say('stability.plain', language)}: {say('stability.returns', language).lower()}",
            hint=say("stability.returns_help", language),
        ),
    ]
    rows = [
        Row(
            [
                day(one.as_of, language),
                count(one.customers),
                count(one.changes),
                count(one.returns),
                count(other.changes),
                count(other.returns),
            ]
        )
        for one, other in zip(sticky, plain, strict=True)
    ]
    return heads, rows
