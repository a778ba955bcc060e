"""Names of groups, and of what figures rest on, as several pages say them."""

from __future__ import annotations

from collections.abc import Sequence

import pipeline
from pages.parts import state
from reports.boards import tier_name
from reports.formats import Language, percent
from reports.marks import Assumed
from reports.naming import segment_title
from reports.words import say

RISK = ("loss_given_default", "horizon", "master_scale", "conversion_factor", "average_year")
"""Assumptions that may stand behind an expected loss."""
YEARLY = ("interest_rate", "funding_rate", "servicing_cost", *RISK)
"""Assumptions that may stand behind a figure of the year."""
AFTER_TAX = ("tax_rate", "risk_free_rate")
"""Assumptions no portfolio brings itself: RAROC rests on them everywhere."""


def group_names(scored: pipeline.Scored, dimension: str, language: Language) -> dict[str, str]:
    """Give the shown names of a dimension's levels, where they have other words than the data's."""
    if dimension == "segment":
        return {
            str(profile.number): segment_title(profile.name, profile.title, language)
            for profile in scored.profiles
        }
    if dimension == "tier":
        return {name: tier_name(name, language) for name in ("Strategic", "Core", "Ordinary", "Work-out")}
    return {}


def assumed_of(
    scored: pipeline.Scored, language: Language, *, of: tuple[str, ...] = YEARLY, ratio: bool = False
) -> Assumed:
    """Name what figures rest on, each with its share of exposure; nothing when on nothing.

    With `ratio`, what RAROC rests on besides is named too.
    """
    shares = [(entry.key, entry.share) for entry in scored.assumptions if entry.key in of]
    shares += [(name, 1.0) for name in AFTER_TAX] if ratio else []
    return _told(shares, language)


def lifetime_assumed(scored: pipeline.Scored, language: Language) -> Assumed:
    """Name what lifetime values rest on: prices and risk, the discount rate, and churn nobody has observed."""
    churn = state.once(("churn", scored.scored_id), lambda: pipeline.churn_of(state.house(), scored))
    shares = [(entry.key, entry.share) for entry in scored.assumptions if entry.key in YEARLY]
    shares.append(("discount_rate", 1.0))
    shares += [] if churn.source == "observed" else [("churn_rate", 1.0)]
    return _told(shares, language)


def hurdle_assumed(scored: pipeline.Scored, language: Language) -> Assumed:
    """Name what the distance to the hurdle rests on."""
    shares = [(entry.key, entry.share) for entry in scored.assumptions if entry.key in YEARLY]
    return _told([("hurdle_rate", 1.0), *shares, *((name, 1.0) for name in AFTER_TAX)], language)


def _told(shares: Sequence[tuple[str, float | None]], language: Language) -> Assumed:
    words = [f"{say(f'assumption.{key}', language)} ({percent(share, 0)})" for key, share in shares]
    return Assumed(", ".join(words), tuple(key for key, _ in shares))
