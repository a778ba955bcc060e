"""Who acts, and what their roles let them do.

Before there is a login the person is the operating system's user, or whoever a
trusted proxy names; the roles come from the settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.contract import COLUMNS
from data.errors import NotAllowed

PERMISSIONS: dict[str, frozenset[str]] = {
    "look": frozenset({"manager", "officer", "approver", "admin"}),
    "import": frozenset({"manager", "officer", "admin"}),
    "rename": frozenset({"manager", "officer", "admin"}),
    "delete": frozenset({"officer", "admin"}),
    "edit_policy": frozenset({"officer", "admin"}),
    "edit_appetite": frozenset({"officer", "admin"}),
    "propose_overlay": frozenset({"officer", "admin"}),
    "approve_overlay": frozenset({"approver", "admin"}),
    "propose_policy": frozenset({"officer", "admin"}),
    "approve_policy": frozenset({"approver", "admin"}),
    "set_override": frozenset({"officer", "admin"}),
    "fit_model": frozenset({"manager", "officer", "admin"}),
    "see_names": frozenset({"manager", "officer", "admin"}),
}
"""Action → roles that may do it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the app."""

    name: str
    roles: frozenset[str]

    def may(self, action: str) -> bool:
        """Whether one of the person's roles covers an action of `PERMISSIONS`."""
        return bool(self.roles & PERMISSIONS[action])

    def require(self, action: str) -> None:
        """Raise unless the person may.

        Raises
        ------
        NotAllowed
            Naming the roles that may.
        """
        if not self.may(action):
            raise NotAllowed.needs_role(action, PERMISSIONS[action])


def masked_columns(person: Person) -> frozenset[str]:
    """Columns whose cells this person sees only as dots.

    Examples
    --------
    >>> "name" in masked_columns(Person("a", frozenset({"approver"})))
    True
    """
    if person.may("see_names"):
        return frozenset()
    return frozenset(column.name for column in COLUMNS if column.personal in ("personal", "protected"))
