"""The life of a policy: written, compared, proposed, approved by somebody else, in force, followed by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb

from data.errors import InputRefused
from data.people import Person
from data.warehouse import policies, records
from data.warehouse.policies import CaseRow, PolicyRow, Revision, Written
from data.warehouse.records import AuditLine
from segmentation.policy import Policy, built_in_policy
from segmentation.policy_checks import Caution, cautions_of
from segmentation.tiers import TierBoard
from steps.house import House
from steps.overrides import overrides_in_force
from steps.policy_cases import checked_cases
from steps.scoring import Scored
from steps.tiers import apply_policy, policy_in_force

BUILT_IN = "built-in"
"""Name by which the policy no lender wrote is asked for."""
MOST_BYTES = 200_000
"""Largest policy file; a full one is about 2 kB."""


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A named policy and where it stands today.

    Attributes
    ----------
    row : PolicyRow
        As it is kept: who took which step when.
    policy : Policy
        Its newest version.
    standing : str
        ``draft``, ``proposed``, ``scheduled`` (approved, its day has not come), ``in_force``,
        ``replaced`` or ``withdrawn``.
    """

    row: PolicyRow
    policy: Policy
    standing: str

    @property
    def line_id(self) -> str:
        """Identity of the line."""
        return self.row.line_id


def today() -> date:
    """Today in UTC, by which policies begin and overrides expire."""
    return datetime.now(UTC).date()


def policy_lines(house: House, on: date | None = None) -> tuple[PolicyLine, ...]:
    """List every policy, the newest first, with where it stands on a day."""
    day = on or today()
    with house.warehouse.cursor() as cursor:
        rows, current = policies.lines(cursor), policies.in_force(cursor, day)
    return tuple(_line(row, current, day) for row in rows)


def _line(row: PolicyRow, current: PolicyRow | None, day: date) -> PolicyLine:
    standing = row.status
    if row.status == policies.APPROVED and row.valid_from is not None:
        is_current = current is not None and row.line_id == current.line_id
        standing = "scheduled" if row.valid_from > day else "in_force" if is_current else "replaced"
    return PolicyLine(row, Policy.from_toml(row.body, row.name), standing)


def find_policy(house: House, wanted: str, on: date | None = None) -> PolicyLine:
    """Find a policy by its identity, the identity's beginning, or its name; the newest of a name.

    Raises
    ------
    InputRefused
        When there is none.
    """
    lines = policy_lines(house, on)
    asked = wanted.strip()
    by_identity = [line for line in lines if len(asked) >= 6 and line.line_id.startswith(asked)]
    by_name = [line for line in lines if line.row.name.casefold() == asked.casefold()]
    for line in (*by_identity, *by_name):
        return line
    known = ", ".join(f"“{line.row.name}”" for line in lines[:8]) or "none yet"
    raise InputRefused.because(
        f"there is no policy “{asked}”", file="the warehouse", remedy=f"Known: {known}."
    )


def parse_policy(content: bytes, name: str) -> Policy:
    """Read an uploaded policy.

    Raises
    ------
    InputRefused
        When it is too large or no text.
    PolicyInvalid
        With all problems together, line and key.
    """
    if len(content) > MOST_BYTES:
        raise InputRefused.because(
            f"{len(content):,} bytes are too many for a policy",
            file=name,
            remedy="Upload one policy as TOML.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused.because("not UTF-8 text", file=name, remedy="Save it as UTF-8.") from None
    return Policy.from_toml(text, name)


def written(policy: Policy, name: str, note: str, person: Person) -> tuple[Policy, Written]:
    """Give a policy its name, note and author, and what is kept of it.

    Raises
    ------
    PolicyInvalid
        When name or note are too long.
    InputRefused
        When the name is blank, or the built-in policy's for something else.
    """
    called = " ".join(name.split())
    if not called:
        raise InputRefused.because("it has no name", file="the policy", remedy="Give it one.")
    built_in = built_in_policy()
    if (
        called.casefold() == built_in.name.casefold()
        and replace(policy, overrides=()).identity != built_in.identity
    ):
        raise InputRefused.because(
            f"“{called}” is the name of another policy", file="the policy", remedy="Give it another name."
        )
    # Overrides are kept beside the policies, each with a life of its own.
    named = replace(policy, name=called, note=note.strip(), author=person.name[:120], overrides=())
    return named, Written(named.identity, called, named.to_toml(), named.note)


def keep_policy(house: House, policy: Policy, name: str, note: str, person: Person) -> PolicyLine:
    """Keep a policy as a named draft, which others can see and work on."""
    person.require("edit_policy")
    _, text = written(policy, name, note, person)
    return find_policy(house, house.warehouse.retried(lambda cursor: _begin(cursor, text, person)))


def _begin(
    cursor: duckdb.DuckDBPyConnection, text: Written, person: Person, cases: Sequence[CaseRow] | None = None
) -> str:
    """Begin a line from the policy in force, held to its test cases unless others are given."""
    parent = policies.in_force(cursor, today())
    line_id = policies.begin_line(cursor, text, parent.line_id if parent else "", person.name)
    if cases is None and parent is not None:
        cases = policies.cases_of(cursor, parent.line_id)
    if cases:
        policies.keep_cases(cursor, line_id, cases, person.name)
    return line_id


def propose_policy(house: House, policy: Policy, name: str, note: str, person: Person) -> PolicyLine:
    """Put a policy forward: named, with a note why.

    Raises
    ------
    InputRefused
        When it decides just what the policy in force does.
    """
    _, text = written(policy, name, note, person)
    return _put_forward(house, text, person, None)


def _put_forward(house: House, text: Written, person: Person, cases: Sequence[CaseRow] | None) -> PolicyLine:
    """Begin and propose a line in one transaction; without cases of its own it takes those of its parent."""
    person.require("propose_policy")
    if text.policy_id == replace(policy_in_force(house), overrides=()).identity:
        raise InputRefused.because(
            "it decides what the policy in force decides",
            file=f"“{text.name}”",
            remedy="Move something first.",
        )

    def work(cursor: duckdb.DuckDBPyConnection) -> str:
        line_id = _begin(cursor, text, person, cases)
        policies.propose(cursor, line_id, 1, person.name)
        return line_id

    return find_policy(house, house.warehouse.retried(work))


def save_policy(house: House, line_id: str, seen: int, policy: Policy, person: Person) -> PolicyLine:
    """Save another version of a named draft, unless somebody did since version `seen`.

    Raises
    ------
    ChangedMeanwhile
        When somebody did; both versions are there to be merged.
    """
    person.require("edit_policy")
    _, text = written(policy, policy.name, policy.note, person)
    house.warehouse.retried(lambda cursor: policies.save_line(cursor, line_id, seen, text, person.name))
    return find_policy(house, line_id)


def propose_line(house: House, line_id: str, seen: int, person: Person) -> None:
    """Put a named draft forward, as the person saw it."""
    person.require("propose_policy")
    house.warehouse.retried(lambda cursor: policies.propose(cursor, line_id, seen, person.name))


def approve_policy(
    house: House,
    line_id: str,
    valid_from: date,
    person: Person,
    scored: Scored | None = None,
    in_spite: str = "",
) -> None:
    """Approve somebody else's proposal, in force from a day on.

    Parameters
    ----------
    scored : Scored, optional
        Portfolio its test cases are held against.
    in_spite : str
        Why it is approved although test cases fail; it goes into the audit trail.

    Raises
    ------
    SamePerson
        When the person wrote or proposed it.
    InputRefused
        When the day is past, or a test case fails and no reason is given.
    """
    person.require("approve_policy")
    if valid_from < today():
        raise InputRefused.because(
            f"{valid_from.isoformat()} is past", file="the policy", column="valid_from",
            remedy="What held on a past day stays as it was: choose today or later.",
        )  # fmt: skip
    line = find_policy(house, line_id)
    failing, asked = checked_cases(house, line_id, line.policy, scored)
    if failing and not in_spite.strip():
        raise InputRefused.because(
            f"{len(failing):,} of its {len(asked):,} test cases fail ({', '.join(failing[:5])})",
            file=f"“{line.row.name}”",
            remedy="Change the policy, or approve it with a written reason.",
        )
    detail = f"In spite of {len(failing)} failing test cases: {in_spite.strip()}" if failing else ""

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        if tuple(policies.cases_of(cursor, line_id)) != asked:
            raise InputRefused.because(
                "its test cases were changed just now",
                file=f"“{line.row.name}”",
                remedy="Look at them again.",
            )
        policies.approve(cursor, line_id, valid_from, person.name, detail)

    house.warehouse.retried(work)


def wrote(house: House, line: PolicyLine, person: Person) -> bool:
    """Whether a person wrote any version of a policy or proposed it, so that somebody else has to approve it."""
    names = {
        line.row.author,
        line.row.proposed_by or "",
        *(entry.person for entry in revisions_of(house, line.line_id)),
    }
    return person.name.strip().casefold() in {name.strip().casefold() for name in names}


def withdraw_policy(house: House, line_id: str, person: Person, reason: str = "") -> None:
    """Withdraw a draft or a proposal; an approved policy that has not begun needs an approver's role."""
    line = find_policy(house, line_id)
    person.require("approve_policy" if line.standing == "scheduled" else "propose_policy")
    house.warehouse.retried(
        lambda cursor: policies.withdraw(cursor, line_id, today(), person.name, reason.strip())
    )


def roll_back(house: House, line_id: str, note: str, person: Person) -> PolicyLine:
    """Propose an earlier policy again, or the built-in one (`BUILT_IN`); it needs an approver like any other.

    Raises
    ------
    InputRefused
        When it was never approved, or is in force.
    """
    if line_id == BUILT_IN:
        policy = built_in_policy()
        return propose_policy(house, policy, policy.name, note, person)
    line = find_policy(house, line_id)
    if line.row.status != policies.APPROVED:
        raise InputRefused.because(
            "it was never approved",
            file=f"“{line.row.name}”",
            remedy="Propose it instead of going back to it.",
        )
    _, text = written(line.policy, line.row.name, note, person)
    with house.warehouse.cursor() as cursor:
        cases = policies.cases_of(cursor, line_id)
    return _put_forward(house, text, person, cases)


def revisions_of(house: House, line_id: str) -> tuple[Revision, ...]:
    """Every saved version of a policy, the newest first."""
    with house.warehouse.cursor() as cursor:
        return tuple(policies.revisions_of(cursor, line_id))


def version_of(house: House, line_id: str, revision: int) -> Policy:
    """Give a saved version of a policy.

    Raises
    ------
    InputRefused
        When there is none of that number.
    """
    for entry in revisions_of(house, line_id):
        if entry.revision == revision:
            return Policy.from_toml(entry.body, f"{entry.name}, version {revision}")
    raise InputRefused.because(
        f"there is no version {revision}", file="the policy", remedy="Choose one of the list."
    )


def policy_history(house: House) -> tuple[AuditLine, ...]:
    """Every step of every policy as the audit trail has it, the newest first."""
    with house.warehouse.cursor() as cursor:
        things = [row.line_id for row in policies.lines(cursor)]
        return tuple(records.notes_of(cursor, things))


@dataclass(frozen=True, slots=True)
class Compared:
    """A policy and what it makes of a portfolio.

    Attributes
    ----------
    policy : Policy
        The policy.
    board : TierBoard
        What each tier holds, and who moves against the policy in force.
    cautions : tuple of Caution
        What a person should know before signing.
    """

    policy: Policy
    board: TierBoard
    cautions: tuple[Caution, ...]


def compare_policies(
    house: House, scored: Scored, candidates: Sequence[Policy], in_force: Policy
) -> tuple[Compared, ...]:
    """Apply several policies to one portfolio, each against the policy in force; no row is read.

    Tiers a person has set stand under all of them alike.
    """
    overrides = overrides_in_force(house)
    heeded = [replace(policy, overrides=overrides) for policy in (in_force, *candidates)]
    boards = [apply_policy(house, scored, policy, heeded[0]) for policy in heeded[1:]]
    return tuple(
        Compared(policy, board, cautions_of(policy, board))
        for policy, board in zip(candidates, boards, strict=True)
    )
