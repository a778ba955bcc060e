"""Policies as they are kept: lines with their versions, who signed what, test cases.

A line is one named policy on its way: draft → proposed → approved, or withdrawn. Each
saved version stays under its revision number; once proposed, a line's body no longer
changes. What is in force on a day follows from the approved lines alone. Every step is
noted in the audit trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

import duckdb

from data.engines.sql import first_row
from data.errors import ChangedMeanwhile, InputRefused, SamePerson
from data.identity import content_hash
from data.warehouse.records import note

DRAFT, PROPOSED, APPROVED, WITHDRAWN = "draft", "proposed", "approved", "withdrawn"


@dataclass(frozen=True, slots=True)
class Written:
    """What a person writes: a policy's identity, name, TOML and note."""

    policy_id: str
    name: str
    body: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy line as it is kept.

    Attributes
    ----------
    line_id : str
        Its identity; two lines may decide the same (a roll-back).
    policy_id : str
        Hash of what it decides.
    name, body, note : str
        As people call it, as TOML, and why.
    author, created_at : str, datetime
        Who began it, and when (UTC, as all times here).
    parent_id : str
        Line it was begun from; empty for the built-in policy.
    status : str
        ``draft``, ``proposed``, ``approved`` or ``withdrawn``.
    revision : int
        Number of its newest version, from 1.
    proposed_by … withdrawn_at
        Who took the step and when; None until somebody has.
    valid_from : date or None
        First day in force; None until approved.
    """

    line_id: str
    policy_id: str
    name: str
    body: str
    note: str
    author: str
    created_at: datetime
    parent_id: str
    status: str
    revision: int
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    valid_from: date | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


_COLUMNS = ", ".join(field.name for field in fields(PolicyRow))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def begin_line(cursor: duckdb.DuckDBPyConnection, written: Written, parent_id: str, person: str) -> str:
    """Keep a new policy as a draft everybody sees; give its line."""
    _free_name(cursor, written.name, "")
    at = _now()
    line_id = content_hash([written.policy_id, written.name, person, at.isoformat()])
    cursor.execute(
        "INSERT INTO policy (line_id, policy_id, name, body, note, author, created_at, parent_id, status, revision) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        [
            line_id,
            written.policy_id,
            written.name,
            written.body,
            written.note,
            person,
            at,
            parent_id,
            DRAFT,
        ],
    ).fetchall()
    _keep_revision(cursor, line_id, 1, written, person, at)
    note(cursor, person, "write policy", line_id, written.name)
    return line_id


def _keep_revision(
    cursor: duckdb.DuckDBPyConnection,
    line_id: str,
    revision: int,
    written: Written,
    person: str,
    at: datetime,
) -> None:
    cursor.execute(
        "INSERT INTO policy_revision VALUES (?, ?, ?, ?, ?, ?)",
        [line_id, revision, written.name, written.body, person, at],
    ).fetchall()


def _free_name(cursor: duckdb.DuckDBPyConnection, name: str, line_id: str) -> None:
    """Refuse a name another open line has: two open proposals of one name can't be told apart."""
    taken = first_row(
        cursor,
        "SELECT name FROM policy WHERE lower(name) = lower(?) AND status IN ('draft', 'proposed') AND line_id <> ?",
        [name, line_id],
    )
    if taken:
        raise InputRefused.because(
            f"“{taken[0]}” is the name of another open policy",
            file="the policy",
            remedy="Give it another name.",
        )


def save_line(
    cursor: duckdb.DuckDBPyConnection, line_id: str, seen: int, written: Written, person: str
) -> int:
    """Save another version of a draft.

    Parameters
    ----------
    seen : int
        Revision the person had open; the save is refused when there is a newer one.

    Returns
    -------
    int
        The new revision.

    Raises
    ------
    ChangedMeanwhile
        When somebody saved after `seen`; nothing is overwritten.
    InputRefused
        When the line is no draft any more.
    """
    row = line(cursor, line_id)
    if row.status != DRAFT:
        raise InputRefused.because(
            f"it is {row.status} and no longer changes",
            file=f"“{row.name}”",
            remedy="Keep yours under another name.",
        )
    if row.revision != seen:
        last = revisions_of(cursor, line_id)[0]
        raise ChangedMeanwhile.by(last.person, row.name, row.revision)
    _free_name(cursor, written.name, line_id)
    at, revision = _now(), seen + 1
    cursor.execute(
        "UPDATE policy SET policy_id = ?, name = ?, body = ?, note = ?, revision = ? WHERE line_id = ?",
        [written.policy_id, written.name, written.body, written.note, revision, line_id],
    ).fetchall()
    _keep_revision(cursor, line_id, revision, written, person, at)
    note(cursor, person, "save policy", line_id, f"{written.name}, version {revision}")
    return revision


def propose(cursor: duckdb.DuckDBPyConnection, line_id: str, seen: int, person: str) -> None:
    """Put a draft forward as the person saw it; from now on its body no longer changes."""
    row = _in_status(cursor, line_id, (DRAFT,), "proposed")
    if row.revision != seen:
        raise ChangedMeanwhile.by(revisions_of(cursor, line_id)[0].person, row.name, row.revision)
    cursor.execute(
        "UPDATE policy SET status = ?, proposed_by = ?, proposed_at = ? WHERE line_id = ?",
        [PROPOSED, person, _now(), line_id],
    ).fetchall()
    note(cursor, person, "propose policy", line_id, row.name)


def approve(
    cursor: duckdb.DuckDBPyConnection, line_id: str, valid_from: date, person: str, detail: str = ""
) -> None:
    """Approve a proposal, in force from a day.

    Raises
    ------
    SamePerson
        When the person wrote any version of it or proposed it.
    InputRefused
        When it is no proposal.
    """
    row = _in_status(cursor, line_id, (PROPOSED,), "approved")
    writers = {_identity(entry.person) for entry in revisions_of(cursor, line_id)}
    if _identity(person) in writers | {_identity(row.proposed_by or ""), _identity(row.author)}:
        raise SamePerson.approves_own(person, row.name)
    cursor.execute(
        "UPDATE policy SET status = ?, approved_by = ?, approved_at = ?, valid_from = ? WHERE line_id = ?",
        [APPROVED, person, _now(), valid_from, line_id],
    ).fetchall()
    note(
        cursor,
        person,
        "approve policy",
        line_id,
        f"{row.name}, from {valid_from.isoformat()}. {detail}".strip(),
    )


def _identity(person: str) -> str:
    """Two spellings of one name are one person."""
    return person.strip().casefold()


def withdraw(cursor: duckdb.DuckDBPyConnection, line_id: str, on: date, person: str, reason: str) -> None:
    """Withdraw a draft, a proposal, or an approved policy that has not begun.

    Raises
    ------
    InputRefused
        When it is, or has been, in force: its history stays, and something else must follow it.
    """
    row = _in_status(cursor, line_id, (DRAFT, PROPOSED, APPROVED), "withdrawn")
    if row.status == APPROVED and row.valid_from is not None and row.valid_from <= on:
        raise InputRefused.because(
            f"it has been in force since {row.valid_from.isoformat()}",
            file=f"“{row.name}”",
            remedy="Propose an earlier policy again instead.",
        )
    cursor.execute(
        "UPDATE policy SET status = ?, withdrawn_by = ?, withdrawn_at = ? WHERE line_id = ?",
        [WITHDRAWN, person, _now(), line_id],
    ).fetchall()
    note(cursor, person, "withdraw policy", line_id, f"{row.name}. {reason}".strip())


def _in_status(
    cursor: duckdb.DuckDBPyConnection, line_id: str, allowed: Sequence[str], wanted: str
) -> PolicyRow:
    row = line(cursor, line_id)
    if row.status not in allowed:
        raise InputRefused.because(
            f"it can't be {wanted}: it is {row.status}",
            file=f"“{row.name}”",
            remedy="Look at the list again.",
        )
    return row


def line(cursor: duckdb.DuckDBPyConnection, line_id: str) -> PolicyRow:
    """Give a line.

    Raises
    ------
    InputRefused
        When there is none.
    """
    row = first_row(cursor, f"SELECT {_COLUMNS} FROM policy WHERE line_id = ?", [line_id])
    if not row:
        raise InputRefused.because(
            "there is no such policy", file=line_id[:12] or "the policy", remedy="Choose one of the list."
        )
    return PolicyRow(*row)


def lines(cursor: duckdb.DuckDBPyConnection) -> list[PolicyRow]:
    """All lines, the newest first, withdrawn ones too."""
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM policy ORDER BY created_at DESC, line_id").fetchall()
    return [PolicyRow(*row) for row in rows]


def in_force(cursor: duckdb.DuckDBPyConnection, on: date) -> PolicyRow | None:
    """The approved line with the latest start not after a day; of two that start together, the later signed."""
    row = first_row(
        cursor,
        f"SELECT {_COLUMNS} FROM policy WHERE status = 'approved' AND valid_from <= ? "
        "ORDER BY valid_from DESC, approved_at DESC LIMIT 1",
        [on],
    )
    return PolicyRow(*row) if row else None


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved version of a line."""

    line_id: str
    revision: int
    name: str
    body: str
    person: str
    saved_at: datetime


def revisions_of(cursor: duckdb.DuckDBPyConnection, line_id: str) -> list[Revision]:
    """Every saved version of a line, the newest first."""
    rows = cursor.execute(
        "SELECT line_id, revision, name, body, person, saved_at FROM policy_revision WHERE line_id = ? ORDER BY revision DESC",
        [line_id],
    ).fetchall()
    return [Revision(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A test case: this customer must stand in that tier."""

    customer_id: str
    tier: str
    reason: str = ""


def keep_cases(
    cursor: duckdb.DuckDBPyConnection, line_id: str, cases: Sequence[CaseRow], person: str
) -> None:
    """Replace a line's test cases.

    Raises
    ------
    InputRefused
        When the line is approved or withdrawn: what it was held to then stays.
    """
    row = _in_status(cursor, line_id, (DRAFT, PROPOSED), "given other test cases")
    cursor.execute("DELETE FROM policy_case WHERE line_id = ?", [line_id]).fetchall()
    if cases:
        cursor.execute(
            "INSERT INTO policy_case SELECT ?, unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [
                line_id,
                list(range(len(cases))),
                [case.customer_id for case in cases],
                [case.tier for case in cases],
                [case.reason for case in cases],
            ],
        ).fetchall()
    note(cursor, person, "set test cases", line_id, f"{row.name}: {len(cases)}")


def cases_of(cursor: duckdb.DuckDBPyConnection, line_id: str) -> list[CaseRow]:
    """A line's test cases, in the order of the file."""
    rows = cursor.execute(
        "SELECT customer_id, tier, reason FROM policy_case WHERE line_id = ? ORDER BY place", [line_id]
    ).fetchall()
    return [CaseRow(*row) for row in rows]
