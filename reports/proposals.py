"""Proposals, limits and steps as rows of tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.boards import threshold_text, tier_name
from reports.formats import (
    GoodWhen,
    Language,
    MoneyUnit,
    change,
    count,
    money,
    money_bare,
    money_unit,
    percent,
    signed,
)
from reports.html import Cell, Head, Row
from reports.marks import NOTHING, Assumed
from reports.theme import Palette
from reports.words import say
from segmentation.policy import CLOSED, LIFECYCLES, TIERS, Policy
from segmentation.propose.limits import Binding, Unmet
from segmentation.propose.quantiles import Thresholds
from segmentation.risk.ladder import bound
from segmentation.tiers import TierBoard

MEASURES: tuple[tuple[str, GoodWhen], ...] = (
    ("profit", "up"),
    ("expected_loss", "down"),
    ("capital", "down"),
    ("exposure", "neither"),
    ("moved", "neither"),
)
"""Totals of a policy, and which direction is good."""


def decimals_of(amount: int, unit: MoneyUnit) -> int:
    """Decimals that show four digits or more of an amount in hundredths, from none to four.

    Examples
    --------
    >>> from reports.formats import UNITS
    >>> [decimals_of(hundredths, UNITS["en"][1]) for hundredths in (15_247_000_000, 152_470_000, 1_177_702_000_000)]
    [2, 4, 2]
    """
    if unit.scale <= 1:
        return 0
    return 2 if abs(amount) >= 1000 * unit.scale else 4


def amount_text(name: str, amount: int, unit: MoneyUnit, language: Language) -> str:
    """Write one of a policy's totals with its unit: hundredths of money, or customers.

    Examples
    --------
    >>> from reports.formats import UNITS
    >>> amount_text("capital", 9_840_000_000, UNITS["en"][1], "en"), amount_text("moved", 1200, UNITS["en"][1], "en")
    ('98.40 m', '1,200')
    """
    if name == "moved":
        return count(amount)
    return money(amount / 100, unit, language, decimals=decimals_of(amount, unit))


def gate_text(rung: int) -> str:
    """Write a gate as the highest 12-month PD it lets through.

    Examples
    --------
    >>> gate_text(-1)
    '–'
    """
    return "–" if rung == CLOSED else percent(bound(rung), 2 if bound(rung) < 0.01 else 1)


def proposal_answer(
    totals: Mapping[str, int],
    today: Mapping[str, int],
    searched: int,
    unit: MoneyUnit,
    language: Language,
) -> str:
    """Say in one sentence what the search found; without totals, that it found none."""
    if not totals:
        return say("proposals.answer_none", language, n=searched)
    profit, more = amount_text("profit", totals["profit"], unit, language), totals["profit"] - today["profit"]
    if more <= 0 and totals["moved"] == 0:
        return say("proposals.answer_same", language, n=searched, profit=profit)
    decimals = decimals_of(totals["profit"], unit)
    shown = f"{signed(more / 100 / unit.scale, decimals)} {unit.word(language)}".rstrip()
    return say("proposals.answer", language, n=searched, profit=profit, more=shown, moved=totals["moved"])


def proposal_rows(
    totals: Mapping[str, int],
    today: Mapping[str, int],
    unit: MoneyUnit,
    unit_text: str,
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """List the proposal's totals beside those of the policy in force."""
    heads = [
        Head(f"{say('proposals.measure', language)} · {unit_text}", "left"),
        Head(say("proposals.today", language)),
        Head(say("proposals.proposed", language)),
    ]
    rows = []
    for name, good in MEASURES:
        now, was = totals[name], today[name]
        if name == "moved":
            cells = [Cell("–", hint=say("proposals.nobody", language)), Cell(count(now))]
        else:
            decimals = decimals_of(was or now, unit)
            moved = change((now - was) / 100 / unit.scale, good_when=good, decimals=decimals)
            assumed = (
                Assumed(say("proposals.assumed", language), ("treatments",)) if name == "profit" else NOTHING
            )
            cells = [
                Cell(money_bare(was / 100, unit, decimals=decimals)),
                Cell(money_bare(now / 100, unit, decimals=decimals), moved, assumed=assumed),
            ]
        rows.append(Row([say(f"proposals.measure.{name}", language), *cells]))
    return heads, rows


def line_rows(policy: Policy, in_force: Policy, language: Language) -> tuple[list[Head], list[Row]]:
    """List the lines of a proposal beside those in force; only what the search moves."""
    heads = [
        Head("", "left"),
        Head(say("proposals.today", language)),
        Head(say("proposals.proposed", language)),
    ]
    rows = [
        Row(
            [
                say(f"proposals.measure.{name}", language),
                threshold_text(getattr(in_force, name)),
                threshold_text(getattr(policy, name)),
            ]
        )
        for name in ("strategic_step", "core_step")
    ]
    for lifecycle in reversed(LIFECYCLES):
        for part in ("strategic", "core"):
            was, now = (getattr(each.gates[lifecycle], part) for each in (in_force, policy))
            name = say(f"lifecycle.{lifecycle}", language)
            rows.append(
                Row(
                    [
                        say(f"proposals.measure.{part}_gate", language, lifecycle=name),
                        _gate_cell(was, language),
                        _gate_cell(now, language),
                    ]
                )
            )
    return heads, rows


def _gate_cell(rung: int, language: Language) -> Cell:
    return Cell(gate_text(rung), hint=say("proposals.closed", language) if rung == CLOSED else "")


def binding_rows(
    found: Sequence[Binding], unit: MoneyUnit, language: Language
) -> tuple[list[Head], list[Row]]:
    """List each limit, what is used of it, and what 1 % more would earn."""
    heads = [
        Head(say("binding.head", language), "left"),
        Head(say("binding.most", language)),
        Head(say("binding.used", language)),
        Head(say("binding.gain", language), hint=say("binding.gain_help", language)),
    ]
    rows = [
        Row(
            [
                Cell(
                    say(f"proposals.measure.{entry.name}", language),
                    note=say("binding.is", language) if entry.is_binding else "",
                ),
                amount_text(entry.name, entry.most, unit, language),
                amount_text(entry.name, entry.used, unit, language),
                gain_text(entry.gain, unit, language),
            ],
            is_marked=entry.is_binding,
        )
        for entry in found
    ]
    return heads, rows


def gain_text(gain: int, unit: MoneyUnit, language: Language) -> str:
    """Write what a relaxed limit earns in addition, in a unit of its own where the page's would hide it.

    Examples
    --------
    >>> from reports.formats import UNITS
    >>> gain_text(431_200, UNITS["en"][1], "en"), gain_text(0, UNITS["en"][1], "en")
    ('4,312', '0')
    """
    if not gain:
        return "0"
    own = unit if gain >= 100 * unit.scale else money_unit(gain / 100, language)
    return money(gain / 100, own, language, decimals=2 if own.scale > 1 else 0)


def binding_lines(found: Sequence[Binding], unit: MoneyUnit, language: Language) -> list[str]:
    """Say which limits hold the best policy back, the one worth most first."""
    if not found:
        return [say("binding.none", language)]
    lines = []
    for entry in sorted(found, key=lambda each: -each.gain):
        if entry.is_binding:
            name = say(f"binding.name.{entry.name}", language)
            key = "binding.sentence" if entry.gain else "binding.sentence_nothing"
            gain = {"gain": gain_text(entry.gain, unit, language)} if entry.gain else {}
            lines.append(say(key, language, name=name, **gain))
    return lines or [say("binding.all_free", language)]


def unmet_lines(found: Sequence[Unmet], unit: MoneyUnit, language: Language) -> list[str]:
    """Name the limits that can't be met, and how far each would have to give way."""
    alone = [entry for entry in found if entry.least > entry.most]
    chosen = alone or list(found)
    lines = [] if alone else [say("unmet.together", language)]
    for entry in chosen:
        name = say(f"proposals.measure.{entry.name}", language)
        amounts = {
            "most": amount_text(entry.name, entry.most, unit, language),
            ("least" if alone else "beside"): amount_text(
                entry.name, entry.least if alone else entry.least_beside, unit, language
            ),
        }
        lines.append("■ " + say("unmet.alone" if alone else "unmet.beside", language, name=name, **amounts))
    return [*lines, say("unmet.kept", language)]


def sized_rows(
    found: Thresholds, board: TierBoard, colours: Palette, language: Language
) -> tuple[list[Head], list[Row]]:
    """List each tier's share by value alone, and what comes of it after gates and caps."""
    heads = [
        Head(say("holds.tier", language), "left"),
        Head(say("sized.line", language)),
        Head(say("sized.by_value", language)),
        Head(say("sized.after", language), hint=say("sized.hint", language)),
        Head(say("holds.customers", language)),
    ]
    inside = sum(board.of(tier).customers for tier in TIERS) or 1
    shares = (found.strategic_share, found.core_share, 1 - found.strategic_share - found.core_share)
    lines = (threshold_text(found.strategic_step), threshold_text(found.core_step), "–")
    rows = [
        Row(
            [
                Cell(tier_name(tier, language), swatch=colours.tiers[tier]),
                line,
                percent(share),
                percent(board.of(tier).customers / inside),
                count(board.of(tier).customers),
            ]
        )
        for tier, line, share in zip(TIERS, lines, shares, strict=True)
    ]
    return heads, rows
