"""The overview in words: the sentence at the top, how far to trust it, what is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reports.formats import Language, MoneyUnit, count, day, money_headline, number, percent
from reports.html import Cell
from reports.intake import AccountFacts, quality_reason
from reports.marks import rests_on
from reports.words import say
from segmentation.overview import Assumption, PortfolioFacts
from segmentation.value import ValueReference


def glance_sentence(facts: PortfolioFacts, as_of: date | None, unit: MoneyUnit, language: Language) -> str:
    """Say in one sentence what the portfolio is."""
    parts = []
    if as_of is not None:
        parts.append(say("overview.as_of", language, date=day(as_of, language)))
    owed = money_headline(facts.exposure, unit, language)
    if facts.known_risk:
        parts.append(
            say(
                "overview.answer",
                language,
                customers=facts.customers,
                exposure=owed,
                expected_loss=money_headline(facts.expected_loss, unit, language),
                capital=money_headline(facts.capital, unit, language),
            )
        )
    else:
        parts.append(say("overview.answer_no_risk", language, customers=facts.customers, exposure=owed))
    return " ".join(parts)


def trust_rows(
    facts: PortfolioFacts,
    account: AccountFacts,
    quality: Mapping[str, Any],  # Any: plain JSON
    reference: ValueReference,
    language: Language,
) -> list[tuple[str, str]]:
    """List what the figures stand on: label and value."""

    def share(value: float | None) -> str:
        return say("trust.of_exposure", language, share=percent(value))

    kept = say("trust.rows_value", language, kept=count(account.rows_accepted), read=count(account.rows_read))
    area = quality.get("auc")
    model = (
        (say("trust.model", language), number(area, 2))
        if area is not None
        else (say("lets.scorecard", language), quality_reason(str(quality.get("reason", "")), language))
    )
    return [
        (say("trust.rows", language), kept),
        (say("trust.probability", language), share(facts.known_risk)),
        (say("trust.loss", language), share(facts.known_loss)),
        (
            say("trust.components", language),
            say("trust.components_value", language, n=len(reference.components)),
        ),
        model,
    ]


def assumption_rows(assumptions: Sequence[Assumption], language: Language) -> list[tuple[Cell, str]]:
    """List what is assumed and for which share of exposure, largest first; each leads to its row."""
    rows = []
    for entry in assumptions:
        value = (
            percent(entry.value) if isinstance(entry.value, float) and entry.value < 1 else str(entry.value)
        )
        assumed = rests_on(language, entry.key)
        shown = (
            value
            if entry.key in ("interest_rate", "funding_rate", "servicing_cost", "credit_conversion_factor")
            else ""
        )
        if entry.key in ("horizon", "average_year"):
            shown = say("assumption.months", language, n=number(float(entry.value), 0))
        tail = say("trust.of_exposure", language, share=percent(entry.share, 0))
        rows.append((Cell(assumed.words, assumed=assumed), f"{shown} · {tail}" if shown else tail))
    return rows
