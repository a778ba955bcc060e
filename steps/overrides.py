"""A person's word against the policy's: set with a reason, until a day, ended by hand or by the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from data.engines.sql import first_row, quote_identifier
from data.errors import InputRefused
from data.people import Person
from data.warehouse import overrides
from data.warehouse.overrides import OverrideRow
from segmentation.overrides import Override, in_force
from steps.house import House
from steps.scoring import Scored


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """An override and where it stands: ``in_force``, ``expired`` or ``ended``."""

    row: OverrideRow
    standing: str


def _today() -> date:
    return datetime.now(UTC).date()


def set_override(
    house: House, customer_id: str, tier: str, reason: str, expires_on: date, person: Person
) -> str:
    """Set one customer's tier by hand until a day; an earlier word on the customer ends.

    Raises
    ------
    InputRefused
        When tier, customer or reason can't stand, or the day is not after today.
    """
    person.require("set_override")
    asked = Override(customer_id.strip(), tier, reason.strip(), person.name, expires_on)
    if expires_on <= _today():
        raise InputRefused.because(
            f"{expires_on.isoformat()} is not after today", file="the override", column="expires_on",
            remedy="Choose the first day on which the policy decides again.",
        )  # fmt: skip
    return house.warehouse.retried(
        lambda cursor: overrides.set_override(
            cursor, asked.customer_id, asked.tier, asked.reason, asked.expires_on, person.name
        )
    )


def end_override(house: House, override_id: str, person: Person) -> None:
    """End an override before its day; it stays on the list."""
    person.require("set_override")
    house.warehouse.retried(lambda cursor: overrides.end_override(cursor, override_id, person.name))


def overrides_of(house: House, on: date | None = None) -> tuple[OverrideLine, ...]:
    """List every override with where it stands on a day, the last set first."""
    day = on or _today()
    with house.warehouse.cursor() as cursor:
        rows = overrides.overrides(cursor)
    return tuple(
        OverrideLine(row, "ended" if row.ended_at else "expired" if row.expires_on <= day else "in_force")
        for row in reversed(rows)
    )


def overrides_in_force(house: House, on: date | None = None) -> tuple[Override, ...]:
    """Give the overrides that count on a day (today), at most one a customer."""
    day = on or _today()
    with house.warehouse.cursor() as cursor:
        rows = overrides.alive(cursor, day)
    return in_force(
        [Override(row.customer_id, row.tier, row.reason, row.author, row.expires_on) for row in rows], day
    )


def is_customer(house: House, scored: Scored, customer_id: str) -> bool:
    """Whether a portfolio has a customer of that key."""
    with house.warehouse.cursor() as cursor:
        found = first_row(
            cursor,
            f"SELECT 1 FROM {quote_identifier(scored.table)} WHERE customer_id = ? LIMIT 1",
            [customer_id],
        )
    return bool(found)
