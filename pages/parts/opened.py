"""How a page that decides begins: the portfolio looked at, the policy in force and the visitor's draft."""

from __future__ import annotations

from dataclasses import dataclass

import pipeline
from pages.parts import context, state
from reports.formats import Language, MoneyUnit


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page speaks of.

    Attributes
    ----------
    language : Language
        Of the visit.
    house : House
        The open warehouse.
    scored : Scored
        The customers looked at: the snapshot, narrowed by the filter.
    in_force, draft : Policy
        The policy in force, and the visitor's own; the same while nothing is moved.
    """

    language: Language
    house: pipeline.House
    scored: pipeline.Scored
    in_force: pipeline.Policy
    draft: pipeline.Policy

    @property
    def unit(self) -> MoneyUnit:
        """Unit of money, by the portfolio's total where none is chosen."""
        return context.unit_of(self.scored, self.language)


def opened() -> Opened | None:
    """Open what a page speaks of; None when there is no portfolio yet, which is then said, with what leads on."""
    language = state.language()
    current = context.snapshot()
    if current is None:
        context.lead_on(language)
        return None
    house = state.house()
    in_force = pipeline.policy_in_force(house)
    return Opened(language, house, context.open_scored(current), in_force, state.draft(in_force))
