"""What would lift a customer, in sentences and rows."""

from __future__ import annotations

from reports.boards import tier_name
from reports.formats import MISSING, Language, money_unit, number, percent, unit_label
from reports.html import Head, Row
from reports.words import say
from segmentation.counterfactual import Change, Counterfactual, Way

SHARES = ("utilisation", "guarantee_share")
RATIOS = ("dscr", "llcr")
COUNTS = ("days_past_due", "products_held")
MOST_IN_A_BREATH = 3
"""Changes one sentence can say; more are listed."""


def change_words(change: Change, currency: str | None, language: Language) -> str:
    """Say one change: an amount for money, from where to where for what has a scale of its own."""
    key = f"lift.change.{change.column}"
    if change.column in (*SHARES, *RATIOS, *COUNTS):
        values = {"from": _plain(change.column, change.before), "to": _plain(change.column, change.after)}
        return say(key, language, **values)
    return say(key, language, amount=amount_words(abs(change.after - change.before), currency, language))


def amount_words(amount: float, currency: str | None, language: Language) -> str:
    """Write an amount of one customer, exact where it is small enough to be read.

    Examples
    --------
    >>> amount_words(20_100.0, "EUR", "en"), amount_words(1_180_000.0, None, "en")
    ('EUR 20,100', '1,180,000')
    """
    unit = money_unit(0.0, language)
    code = unit_label(currency, unit, language)
    text = number(amount, 2 if 0 < amount < 100 else 0)
    if not code:
        return text
    return f"{code} {text}" if language == "en" else f"{text} {code}"


def _plain(column: str, value: float) -> str:
    if column in SHARES:
        return percent(value, 1)
    return number(value, 2 if column in RATIOS else 0)


def way_words(way: Way, currency: str | None, language: Language) -> str:
    """Say all changes of a way in one breath; the first one begins the sentence."""
    first, *others = (change_words(change, currency, language) for change in way.changes)
    for other in others:
        lowered = other[:1].lower() + other[1:]
        first = say("lift.and", language, first=first, second=lowered)
    return first


def lift_sentence(
    found: Counterfactual, name: str, currency: str | None, language: Language
) -> tuple[str, str]:
    """Give the finding and what it rests on: the smallest change, or why there is none.

    Parameters
    ----------
    found : Counterfactual
        The answer.
    name : str
        The customer's, already made plain.
    currency : str or None
        Of the amounts.
    language : Language
        Of the sentence.
    """
    if not found.ways:
        target = tier_name(found.target, language) if found.target else ""
        strong = say("lift.refused", language, target=target) if target else ""
        return strong, refusal_words(found, language)
    way = found.ways[0]
    told = {
        "name": name,
        "tier": tier_name(found.tier, language),
        "target": tier_name(way.tier, language),
    }
    if len(way.changes) > MOST_IN_A_BREATH:
        sentence = say("lift.answer_many", language, n=len(way.changes), **told)
    else:
        sentence = say("lift.answer", language, change=way_words(way, currency, language), **told)
    return sentence, say("lift.caveat", language)


def refusal_words(found: Counterfactual, language: Language) -> str:
    """Say why nothing lifts a customer, with the figures that were reached and missed."""
    if found.refusal.startswith("gate") and found.needed is None and found.refusal != "gate_unknown":
        return say("lift.refusal.closed", language)
    return say(
        f"lift.refusal.{found.refusal}",
        language,
        pd=percent(found.closest_probability, 2),
        gate=percent(found.needed, 2) if found.refusal.startswith("gate") else MISSING,
        score=number(found.closest_score, 1),
        needed=number(found.needed, 0 if found.refusal == "stay" else 1),
    )


def way_rows(found: Counterfactual, currency: str | None, language: Language) -> tuple[list[Head], list[Row]]:
    """List all ways, the smallest change first; of a way of many changes each has a row below it."""
    heads = [
        Head(say("lift.way", language), "left"), Head(say("lift.tier", language), "left"),
        Head(say("lift.score", language)), Head(say("lift.pd", language)), Head(say("lift.cost", language)),
    ]  # fmt: skip
    rows = []
    for way in found.ways:
        is_long = len(way.changes) > MOST_IN_A_BREATH
        said = (
            say("lift.together", language, n=len(way.changes))
            if is_long
            else way_words(way, currency, language)
        )
        rows.append(
            Row(
                [
                    said, tier_name(way.tier, language), number(way.value_score, 1),
                    percent(way.probability_of_default, 2), percent(way.cost, 1),
                ],
                is_marked=is_long,
            )
        )  # fmt: skip
        if is_long:
            rows += [Row([change_words(change, currency, language), *[""] * 4]) for change in way.changes]
    return heads, rows
