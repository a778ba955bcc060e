"""The board in the browser: what it says, in which colours, on which sums."""

from __future__ import annotations

from reports.boards import tier_name
from reports.charts.tiers import BANDS
from reports.formats import Language, percent
from reports.theme import TIERS, Palette
from reports.words import WORDS, say
from segmentation.policy import LIFECYCLES
from segmentation.returns.treatment import MEASURES
from segmentation.tiers import Money, TierBoard

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
    "summing": "work.summing",
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
