"""A person's word against the policy's: this customer stands in that tier, for a reason, until a day.

Overrides are few. A cube is built without the customers they name; these are added as a small
side table whose tier no threshold moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.errors import InputRefused
from segmentation.policy import TIERS


@dataclass(frozen=True, slots=True)
class Override:
    """One customer's tier, set by a person.

    Attributes
    ----------
    customer_id : str
        Whom.
    tier : str
        One of `TIERS`; who is in default stays Work-out all the same.
    reason, author : str
        Why, and who says so; both are needed.
    expires_on : date
        First day on which the policy decides again.

    Raises
    ------
    InputRefused
        When the tier is none, or the customer, the reason or the author is blank.
    """

    customer_id: str
    tier: str
    reason: str
    author: str
    expires_on: date

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise InputRefused.because(
                f"“{self.tier}” is no tier", file="the override", column="tier",
                remedy=f"Choose one of {', '.join(TIERS)}.",
            )  # fmt: skip
        for column in ("customer_id", "reason", "author"):
            if not getattr(self, column).strip():
                raise InputRefused.because(
                    f"{column} is blank", file="the override", column=column, remedy="Fill it in."
                )


def in_force(overrides: Sequence[Override], on: date) -> tuple[Override, ...]:
    """Keep those that have not expired on a day; the last word on a customer counts.

    Examples
    --------
    >>> first = Override("A", "Core", "new contract", "ann", date(2026, 3, 1))
    >>> later = Override("A", "Strategic", "larger contract", "ben", date(2026, 6, 1))
    >>> [row.tier for row in in_force([first, later], date(2026, 2, 1))]
    ['Strategic']
    >>> in_force([first, later], date(2026, 6, 1))
    ()
    """
    alive = {row.customer_id: row for row in overrides if row.expires_on > on}
    return tuple(alive.values())
