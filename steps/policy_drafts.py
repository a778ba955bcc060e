"""The draft a person moves on the pages, kept in the warehouse so that a closed browser loses nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from data.errors import PolicyInvalid
from data.people import Person
from data.warehouse import drafts
from data.warehouse.drafts import DraftRow
from segmentation.policy import Policy
from steps.house import House


@dataclass(frozen=True, slots=True)
class DraftHandle:
    """What a visit knows of the draft it moves.

    Attributes
    ----------
    draft_id, revision : str, int
        The draft, and its revision as this visit last kept it.
    line_id, line_revision : str, int
        Named policy and version it goes on from; empty and 0 when from none.
    """

    draft_id: str
    revision: int
    line_id: str = ""
    line_revision: int = 0


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft of a person.

    Attributes
    ----------
    handle : DraftHandle
        To go on with it.
    policy : Policy or None
        None when today's rules don't take what was kept; `body` still has it.
    body : str
        As TOML.
    changed_at : datetime
        Last move, UTC.
    is_open : bool
        False once put away.
    """

    handle: DraftHandle
    policy: Policy | None
    body: str
    changed_at: datetime
    is_open: bool


def keep_draft(house: House, person: Person, policy: Policy, handle: DraftHandle | None) -> DraftHandle:
    """Keep a move; give the handle for the next one.

    When another window has gone on from the same draft meanwhile, this version becomes a
    draft of its own: both stay.
    """
    body = policy.to_toml()

    def work(cursor: duckdb.DuckDBPyConnection) -> DraftHandle:
        if handle is not None:
            revision = drafts.move_draft(cursor, handle.draft_id, handle.revision, person.name, body)
            if revision is not None:
                return replace(handle, revision=revision)
        line_id, line_revision = (handle.line_id, handle.line_revision) if handle else ("", 0)
        row = drafts.begin_draft(cursor, person.name, body, line_id, line_revision)
        drafts.prune_drafts(cursor, person.name)
        return _handle(row)

    return house.warehouse.beside(work)


def _handle(row: DraftRow) -> DraftHandle:
    return DraftHandle(row.draft_id, row.revision, row.line_id, row.line_revision)


def list_drafts(house: House, person: Person) -> tuple[KeptDraft, ...]:
    """List a person's drafts, the last moved first, those put away too."""
    with house.warehouse.cursor() as cursor:
        rows = drafts.drafts_of(cursor, person.name)
    return tuple(
        KeptDraft(_handle(row), _policy_of(row), row.body, row.changed_at, row.is_open) for row in rows
    )


def _policy_of(row: DraftRow) -> Policy | None:
    try:
        return Policy.from_toml(row.body, "the draft")
    except PolicyInvalid:
        return None  # the list says so and offers the text


def last_draft(house: House, person: Person) -> KeptDraft | None:
    """Give the draft a new visit takes up: the last moved that was not put away."""
    with house.warehouse.cursor() as cursor:
        rows = drafts.drafts_of(cursor, person.name)
    for row in rows:
        policy = _policy_of(row) if row.is_open else None
        if policy is not None:
            return KeptDraft(_handle(row), policy, row.body, row.changed_at, row.is_open)
    return None


def put_draft_away(house: House, person: Person, handle: DraftHandle) -> None:
    """Put a draft away: it stays on the list, the next visit begins with the policy in force."""
    house.warehouse.beside(lambda cursor: drafts.put_away(cursor, handle.draft_id, person.name))


def follow_line(
    house: House, person: Person, handle: DraftHandle, line_id: str, line_revision: int
) -> DraftHandle:
    """Note which version of which named policy a draft goes on from."""
    house.warehouse.beside(
        lambda cursor: drafts.follow_line(cursor, handle.draft_id, person.name, line_id, line_revision)
    )
    return replace(handle, line_id=line_id, line_revision=line_revision)
