"""What applicants would get, as sentences, figures and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from reports.acquisition import offer_label
from reports.boards import tier_name
from reports.counterfactual import amount_words
from reports.formats import MISSING, Language, money_headline, money_unit, number, percent, unit_label
from reports.html import Cell, Head, Row, Text
from reports.marks import MARK, NOTHING, rests_on
from reports.words import say
from segmentation.policy import TIERS, WORKOUT

Facts = Mapping[str, Any]  # Any: cells of a table
GROUPS: Mapping[str, tuple[str, ...]] = {
    "deal": ("exposure", "pricing"),
    "customer": ("demography", "industry", "geography", "scale", "behaviour", "psychographic", "identity"),
    "finance": ("finance",),
    "credit": ("credit", "project"),
    "own": ("custom",),
}
"""Parts of the form, by the columns' roles."""

ESSENTIAL = (
    "exposure", "term_months", "interest_rate", "customer_class", "industry", "years_in_business", "annual_revenue",
    "ebitda", "total_debt", "credit_score", "collateral_value", "collateral_type",
)  # fmt: skip
"""Fields that stand open, the amount first; the others unfold."""


def _number(row: Facts, name: str) -> float | None:
    value = row[name]
    return None if value is None or pd.isna(value) else float(value)


def deal_verdict(
    row: Facts,
    asked: float | None,
    currency: str | None,
    is_draft: bool,
    language: Language,
    *,
    is_assumed: bool = False,
) -> tuple[str, str]:
    """Give the finding and the terms behind it.

    Parameters
    ----------
    row : mapping
        Of the answers.
    asked : float or None
        Amount asked for.
    currency : str or None
        Of the amounts.
    is_draft : bool
        Whether the draft differs from the policy in force.
    language : Language
        Of the sentences.
    is_assumed : bool
        Whether the price rests on an assumed rate.
    """
    tier, draft = tier_name(row["tier"], language), tier_name(row["tier_draft"], language)
    if is_draft and draft != tier:
        strong = say("applicants.verdict_both", language, tier=tier, draft=draft)
    else:
        strong = say("applicants.verdict_same" if is_draft else "applicants.verdict", language, tier=tier)
    if row["tier"] == WORKOUT:
        return strong, say("applicants.workout", language)
    limit, price = _number(row, "limit_proposed"), percent(_number(row, "price"), 2) + MARK * is_assumed
    offer = offer_label(row["offer"], language)
    if limit is None or asked is None:
        rest = say("applicants.terms_no_limit", language, price=price, offer=offer)
    else:
        rest = say(
            "applicants.terms", language, limit=amount_words(limit, currency, language),
            asked=amount_words(asked, currency, language), price=price, offer=offer,
        )  # fmt: skip
    if _number(row, "probability_of_default") is None:
        rest += " " + say("applicants.no_pd", language)
    return strong, rest


def _amount(value: float | None, language: Language) -> str:
    """Write an amount in a unit of its own size."""
    return money_headline(value, money_unit(value, language), language)


def deal_metrics(
    row: Facts, hurdle: float, currency: str | None, language: Language
) -> list[tuple[Text, Cell, Text]]:
    """Give the large figures of a deal: PD, expected loss, capital, value, RAROC."""
    loss = say(
        "applicants.of_exposure", language, amount=_amount(_number(row, "exposure_at_default"), language),
        share=percent(_number(row, "loss_given_default"), 0), source=say(f"source.{row['loss_source']}", language),
    )  # fmt: skip

    def label(key: str) -> str:
        code = unit_label(currency, money_unit(0.0, language), language)
        return f"{say(key, language)} · {code}" if code else say(key, language)

    return [
        (say("applicants.pd", language), Cell(percent(_number(row, "probability_of_default"), 2)),
         say(f"source.{row['probability_source']}", language)),
        (label("applicants.expected_loss"), Cell(_amount(_number(row, "expected_loss"), language)), loss),
        (label("applicants.capital"), Cell(_amount(_number(row, "economic_capital"), language)),
         say("applicants.weight", language, weight=percent(_number(row, "risk_weight"), 0))),
        (say("applicants.score", language), Cell(number(float(row["value_step"]) / 2, 1)),
         say("applicants.coverage", language, share=percent(_number(row, "value_coverage"), 0))),
        (say("applicants.raroc", language), Cell(percent(_number(row, "raroc"), 1)),
         say("applicants.hurdle", language, hurdle=percent(hurdle, 0))),
    ]  # fmt: skip


def worth_sentence(row: Facts, given_cost: float | None, mean_cost: float | None, language: Language) -> str:
    """Say what a prospect is worth over its life, once the cost of winning it is off.

    Parameters
    ----------
    row : mapping
        Of the answers.
    given_cost, mean_cost : float or None
        Acquisition cost as told, and the portfolio's mean, which stands in for it.
    language : Language
        Of the sentence.
    """
    worth, plain_worth = _number(row, "value_less_cost"), _number(row, "customer_lifetime_value")
    if plain_worth is None:
        return ""
    if worth is None:
        return say("applicants.cost_unknown", language, worth=_amount(plain_worth, language))
    key, cost = ("given", given_cost) if given_cost is not None else ("mean", mean_cost)
    return say(
        f"applicants.cost_{key}", language, worth=_amount(worth, language), cost=_amount(cost, language)
    )


PRICED = ("price", "raroc_at_price")
"""Terms that rest on the rate a deal pays."""


def term_rows(
    row: Facts, currency: str | None, is_draft: bool, language: Language, *, is_assumed: bool = False
) -> tuple[list[Head], list[Row]]:
    """Set what each policy gives side by side; one column when there is no draft."""
    suffixes = ("", "_draft") if is_draft else ("",)
    heads = [
        Head(say("applicants.term", language), "left"),
        Head(say("applicants.in_force", language), "left"),
    ]
    if is_draft:
        heads.append(Head(say("applicants.draft", language), "left"))
    assumed = rests_on(language, "interest_rate") if is_assumed else NOTHING
    texts: dict[str, Callable[[str], str]] = {
        "tier": lambda suffix: tier_name(row[f"tier{suffix}"], language),
        "bound": lambda suffix: bound_words(row[f"bound_by{suffix}"], language),
        "limit": lambda suffix: _money(_number(row, f"limit_proposed{suffix}"), currency, language),
        "limit_bound": lambda suffix: limit_words(row, suffix, language),
        "price": lambda suffix: percent(_number(row, f"price{suffix}"), 2),
        "collateral": lambda suffix: _money(_number(row, f"collateral_asked{suffix}"), currency, language),
        "offer": lambda suffix: offer_label(row[f"offer{suffix}"], language),
        "raroc_at_price": lambda suffix: percent(_number(row, f"raroc_at_price{suffix}"), 1),
    }
    rows = []
    for key, text in texts.items():
        cells = [text(suffix) for suffix in suffixes]
        shown = [Cell(cell, assumed=assumed if key in PRICED else NOTHING) for cell in cells]
        rows.append(Row([say(f"applicants.{key}", language), *shown], is_marked=len(set(cells)) > 1))
    return heads, rows


def _money(value: float | None, currency: str | None, language: Language) -> str:
    return MISSING if value is None else amount_words(value, currency, language)


def bound_words(rule: object, language: Language) -> str:
    """Say which rule keeps a deal from the next tier.

    Examples
    --------
    >>> bound_words("gate", "en"), bound_words("", "en")
    ('PD gate', '–')
    """
    if rule == "default":
        return say("source.default", language)
    return say(f"bound.{rule}", language) if rule else MISSING


def limit_words(row: Facts, suffix: str, language: Language) -> str:
    """Say what set the limit, and what the capacity was read from."""
    rule, source = row[f"limit_bound_by{suffix}"], row[f"capacity_source{suffix}"]
    words = say(f"bound.{rule}", language)
    return f"{words} · {say(f'capacity.{source}', language)}" if rule == "capacity" else words


def tier_counts(tiers: Iterable[str], language: Language) -> str:
    """Count tiers in words, best first; those nobody gets are left out.

    Examples
    --------
    >>> tier_counts(["Core", "Core", "Strategic"], "en")
    '1 Strategic, 2 Core'
    """
    counts = pd.Series(list(tiers), dtype="object").value_counts()
    comma = "、" if language == "zh" else ", "
    return comma.join(
        f"{number(int(counts[name]))} {tier_name(name, language)}"
        for name in (*TIERS, WORKOUT)
        if counts.get(name)
    )


def answer_table(
    rows: pd.DataFrame, names: Sequence[str], is_draft: bool, unit_text: str, language: Language
) -> pd.DataFrame:
    """Make the list of a file's answers, as it is shown: the draft's beside the policy's where they differ."""

    def both(name: str, text: Any) -> list[str]:  # Any: makes a cell's words
        first = [text(value) for value in rows[name]]
        if not is_draft:
            return first
        second = [text(value) for value in rows[f"{name}_draft"]]
        return [
            a if a == b else say("applicants.two", language, first=a, second=b)
            for a, b in zip(first, second, strict=True)
        ]

    limit = say("applicants.limit", language)
    return pd.DataFrame(
        {
            say("applicants.key", language): list(names),
            say("applicants.tier", language): both("tier", lambda value: tier_name(value, language)),
            say("applicants.bound", language): both("bound_by", lambda value: bound_words(value, language)),
            say("applicants.pd", language): [percent(value, 2) for value in rows["probability_of_default"].astype(float)],
            say("applicants.score", language): [number(value / 2, 1) for value in rows["value_step"]],
            say("applicants.raroc", language): [percent(value, 1) for value in rows["raroc"].astype(float)],
            f"{limit} · {unit_text}" if unit_text else limit: both("limit_proposed", lambda value: number(value)),
            say("applicants.price", language): both("price", lambda value: percent(value, 2)),
            say("applicants.offer", language): both("offer", lambda value: offer_label(value, language)),
        }
    )  # fmt: skip
