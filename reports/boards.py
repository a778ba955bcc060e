"""The board of tiers in words and rows: verdict, what each tier holds, what changed."""

from __future__ import annotations

from reports.charts.tiers import BANDS
from reports.formats import GoodWhen, Language, MoneyUnit, change, count, money_bare, number, percent, signed
from reports.html import Cell, Head, Row
from reports.theme import TIERS, Palette
from reports.words import WORDS, say
from segmentation.cube import NAMES
from segmentation.policy import LIFECYCLES, Policy
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.treatment import MEASURES
from segmentation.tiers import Money, TierBoard, TierSummary

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


BOARD_WORDS: dict[str, str] = {
    "title": "histogram.title",
    "axis": "histogram.axis_exposure",
    "alternative": "histogram.alt",
    "inForce": "histogram.in_force",
    "score": "histogram.column.score",
    "bandTitle": "band.title",
    "showTable": "chart.table",
    "threshold_core": "tiers.threshold_core",
    "threshold_strategic": "tiers.threshold_strategic",
    "threshold_core_help": "tiers.threshold_core_help",
    "threshold_strategic_help": "tiers.threshold_strategic_help",
    "thresholdValue": "tiers.threshold_value",
    "gate_strategic": "tiers.gate_strategic",
    "gate_core": "tiers.gate_core",
    "gateValue": "tiers.gate_value",
    "closed": "tiers.gate_closed",
    "gatesTitle": "tiers.gates_title",
    "gatesSubtitle": "tiers.gates_subtitle",
    "gatesHelp": "tiers.gate_help",
    "lifecycle": "tiers.lifecycle",
    "strategicName": "tier.Strategic",
    "coreName": "tier.Core",
    "undo": "tiers.undo",
    "redo": "tiers.redo",
    "reset": "tiers.reset",
    "propose": "tiers.propose",
    "holdsTitle": "holds.title",
    "tier": "holds.tier",
    "points": "holds.points",
    "waiting": "work.renewing",
    "unchanged": "verdict.unchanged",
    "unchangedRest": "verdict.unchanged_rest",
    "grows": "verdict.grows",
    "shrinks": "verdict.shrinks",
    "sameSize": "verdict.same_size",
    "money": "verdict.money",
    "relabel": "verdict.relabel",
    "raroc": "verdict.raroc",
    "moves": "verdict.moves",
    "nobody": "missing.nobody",
    "noRisk": "missing.probability",
    "nothingDrawn": "missing.nothing_drawn",
    "noCapital": "missing.no_capital",
    "markHint": "assumption.treatments",
}
"""What the board in the browser says, by the keys of the words; it fills the placeholders itself."""

BOARD_HEADS = {
    "customers": ("holds.customers", None),
    "exposure": ("holds.exposure", None),
    "income": ("holds.income", "holds.income_hint"),
    "loss": ("holds.loss", "term.expected_loss.meaning"),
    "capital": ("holds.capital", "term.economic_capital.meaning"),
    "roi": ("holds.roi", "term.roi.meaning"),
    "raroc": ("holds.raroc", "term.raroc.meaning"),
}
"""Columns of the board's table: their heads and what these mean."""


def board_words(currency_unit: str, language: Language) -> dict[str, object]:
    """Give the words of the board in the browser, placeholders unfilled.

    Examples
    --------
    >>> board_words("EUR m", "en")["undo"]
    'Undo'
    """
    column = 1 if language == "zh" else 0
    return {
        **{name: WORDS[key][column] for name, key in BOARD_WORDS.items()},
        "holdsSubtitle": f"{say('holds.subtitle', language)} · {currency_unit}",
        "assumed": say("verdict.assumed", language, share=percent(1.0, 0)),
        "tiers": {tier: tier_name(tier, language) for tier in (*TIERS, "Total")},
        "lifecycles": {name: say(f"lifecycle.{name}", language) for name in LIFECYCLES},
        "bands": [say(f"band.{key}", language) for key in BANDS],
        "heads": {name: say(head, language) for name, (head, _) in BOARD_HEADS.items()},
        "hints": {name: say(hint, language) for name, (_, hint) in BOARD_HEADS.items() if hint},
    }


def board_colours(colours: Palette) -> dict[str, object]:
    """Give the board in the browser its colours: for its styles and for what it paints.

    Examples
    --------
    >>> from reports.theme import palette
    >>> board_colours(palette("light"))["ink"]
    '#1C2126'
    """
    plain = {name: getattr(colours, name) for name in ("ink", "muted", "line", "ground", "card", "wash")}
    plain |= {name: getattr(colours, name) for name in ("accent", "good", "bad", "ghost")}
    css = plain | {
        "on-accent": colours.on_accent,
        "strategic": colours.tiers["Strategic"],
        "core": colours.tiers["Core"],
        "strategic-text": colours.tier_text["Strategic"],
        "core-text": colours.tier_text["Core"],
    }
    return {
        **plain,
        "css": css,
        "tiers": dict(colours.tiers),
        "tierText": dict(colours.tier_text),
        "risk": list(colours.risk),
    }


def board_base(board: TierBoard) -> list[dict[str, object]]:
    """Give the sums of each tier and the total under treatment, as text: JSON's numbers lose large ones.

    Examples
    --------
    >>> from segmentation.tiers import board_from_sums
    >>> board_base(board_from_sums({}))[-1]["customers"]
    '0'
    """
    return [
        {
            "tier": summary.tier,
            "customers": str(summary.customers),
            "customersWithoutPd": str(summary.customers_without_pd),
            "treated": _texts(summary.treated),
            "treatedWithoutPd": _texts(summary.treated.unrated),
        }
        for summary in (*board.tiers, board.total)
    ]


def _texts(money: Money | None) -> list[str]:
    return [str(getattr(money, name)) if money else "0" for name in MEASURES]
