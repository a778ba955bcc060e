"""Roles: who may do what, and who sees what."""

from __future__ import annotations

import pytest

from data.contract import BY_NAME
from data.errors import NotAllowed
from data.people import PERMISSIONS, Person, masked_columns

ROLES = ("manager", "officer", "approver", "admin")
MAY = {
    "manager": {"look", "import", "rename", "see_names", "fit_model"},
    "officer": {
        "look",
        "import",
        "rename",
        "delete",
        "edit_policy",
        "edit_appetite",
        "propose_overlay",
        "propose_policy",
        "set_override",
        "fit_model",
        "see_names",
    },
    "approver": {"look", "approve_overlay", "approve_policy"},
    "admin": set(PERMISSIONS),
}


def a_person(*roles: str) -> Person:
    return Person("somebody", frozenset(roles))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_covers_just_its_actions(role: str) -> None:
    assert {action for action in PERMISSIONS if a_person(role).may(action)} == MAY[role]


def test_roles_add_up_and_no_role_or_an_unknown_one_is_nothing() -> None:
    assert a_person("approver", "manager").may("import")
    assert not any(a_person("root").may(action) or a_person().may(action) for action in PERMISSIONS)


def test_a_refusal_names_the_action_and_the_roles_that_may() -> None:
    with pytest.raises(NotAllowed, match="To delete one of these roles is needed: admin, officer"):
        a_person("manager").require("delete")
    a_person("admin").require("delete")


def test_an_action_nobody_listed_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        a_person("admin").may("fly")


def test_names_and_protected_traits_are_hidden_from_an_approver_and_keys_are_not() -> None:
    hidden = masked_columns(a_person("approver"))
    assert {"name", "guarantor", "postcode", "income", "age", "sex"} <= hidden <= set(BY_NAME)
    assert not hidden & {"customer_id", "exposure", "industry"}
    assert masked_columns(a_person("approver", "officer")) == frozenset()
