"""Test cases of a policy: read from a file, kept with it, held against a portfolio before it is signed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data.contract import BY_NAME
from data.engines.functions import fetch, frame_of
from data.engines.sql import quote_identifier
from data.errors import InputRefused
from data.ingest.readers import Batch, Source, open_source
from data.people import Person
from data.warehouse import policies
from data.warehouse.policies import CaseRow
from reports.words import say
from segmentation.explain import Standing
from segmentation.policy import TIERS, WORKOUT, Policy
from segmentation.policy_checks import Case, CaseResult, judge
from segmentation.selection import Selection
from steps.house import House
from steps.overrides import overrides_in_force
from steps.scoring import Scored
from steps.tiers import policy_in_force, tiered_frame
from steps.views import look_at

MOST_CASES = 5_000
MOST_BYTES = 5_000_000
STANDING = (
    "customer_id",
    "value_step",
    "risk_step",
    "lifecycle",
    "is_capped",
    "is_defaulted",
    "held",
    "forced",
    "is_staying",
    "probability_of_default",
)
LONGEST = 500
"""Longest customer key or reason, in characters."""
HEADERS = {
    "customer_id": {"customer_id", *(name.casefold() for name in BY_NAME["customer_id"].synonyms)},
    "tier": {"tier", "expected", "expected_tier", "expected tier", "层级", "期望层级", "客户分层"},
    "reason": {"reason", "why", "note", "原因", "理由"},
}
TIER_WORDS = {
    word.casefold(): tier
    for tier in (*TIERS, WORKOUT)
    for word in (tier, say(f"tier.{tier}", "en"), say(f"tier.{tier}", "zh"))
}
"""Tiers as people write them, in both languages."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of a test-case file that can't be used.

    Attributes
    ----------
    line : int
        Line of the file.
    column : str
        Header as the file has it; empty when the row as a whole is broken.
    key : str
        What is wrong: ``blank``, ``long``, ``unknown_tier``, ``twice`` or ``broken``.
    detail : str
        What stood there; hostile text.
    """

    line: int
    column: str
    key: str
    detail: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What became of a file of test cases: rows read = accepted + set aside.

    Attributes
    ----------
    rows_read : int
        Rows below the header.
    cases : tuple of CaseRow
        Accepted, in the file's order.
    set_aside : tuple of SetAside
        The others, in the file's order.
    """

    rows_read: int
    cases: tuple[CaseRow, ...]
    set_aside: tuple[SetAside, ...]

    def __post_init__(self) -> None:
        """Hold the account to its own rule."""
        if self.rows_read != len(self.cases) + len(self.set_aside):
            raise AssertionError(f"The account does not balance: {self.rows_read}")


def read_cases(house: House, content: bytes, name: str) -> CaseFile:
    """Read a file with the columns customer_id, tier and, if there is one, reason.

    Raises
    ------
    InputRefused
        When it can't be read, lacks a column or is too large.
    """
    if len(content) > MOST_BYTES:
        raise InputRefused.because(
            f"{len(content):,} bytes are too many",
            file=name,
            remedy=f"Give at most {MOST_CASES:,} customers.",
        )
    folder = house.settings.incoming_path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "cases"
        path.write_bytes(content)
        source = open_source(path, name=name, limits=house.limits)
        return _account(source, _places(source, name), name)


def _places(source: Source, name: str) -> dict[str, int]:
    """Find the columns by their headers; customer and tier must be there."""
    headers = [header.strip().casefold() for header in source.header]
    places = {
        column: next(place for place, header in enumerate(headers) if header in known)
        for column, known in HEADERS.items()
        if any(header in known for header in headers)
    }
    for column in ("customer_id", "tier"):
        if column not in places:
            raise InputRefused.because(
                f"there is no column {column}", file=name, line=1,
                remedy="Name the columns customer_id, tier and, if you like, reason.",
            )  # fmt: skip
    return places


def _account(source: Source, places: dict[str, int], name: str) -> CaseFile:
    accepted: dict[str, CaseRow] = {}
    aside: list[SetAside] = []
    for batch in source.batches():
        aside += [SetAside(row.line, row.column, "broken", row.reason) for row in batch.rejected]
        for line, cells in _rows(batch, places):
            case, problem = _case(cells)
            if problem is None and case.customer_id in accepted:
                problem = ("customer_id", "twice", case.customer_id)
            if problem is None:
                accepted[case.customer_id] = case
            else:
                column, key, detail = problem
                aside.append(SetAside(line, source.header[places[column]], key, detail))
        if len(accepted) > MOST_CASES:
            raise InputRefused.because(
                f"more than {MOST_CASES:,} customers", file=name, remedy="Give a policy fewer test cases."
            )
    aside.sort(key=lambda row: row.line)
    return CaseFile(len(accepted) + len(aside), tuple(accepted.values()), tuple(aside))


def _rows(batch: Batch, places: dict[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a small file as stripped texts; a list of customers, not a portfolio."""
    cells = {name: batch.table.column(f"c{place}").to_pylist() for name, place in places.items()}
    for at, line in enumerate(batch.lines):
        yield int(line), {name: _text(values[at]) for name, values in cells.items()}


def _text(cell: object) -> str:
    """A cell as text; a typed file writes 12 as 12.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _case(cells: dict[str, str]) -> tuple[CaseRow, tuple[str, str, str] | None]:
    """Make a row's case, or say column, problem and what stood there."""
    customer, word, reason = cells["customer_id"], cells["tier"], cells.get("reason", "")
    tier = TIER_WORDS.get(word.casefold(), "")
    case = CaseRow(customer, tier, reason)
    for column, text in (("customer_id", customer), ("tier", word)):
        if not text:
            return case, (column, "blank", "")
    for column, text in (("customer_id", customer), ("reason", reason)):
        if len(text) > LONGEST:
            return case, (column, "long", text[:40])
    return case, None if tier else ("tier", "unknown_tier", word[:40])


def set_cases(house: House, line_id: str, cases: tuple[CaseRow, ...], person: Person) -> None:
    """Replace the test cases of a draft or a proposal."""
    person.require("edit_policy")
    house.warehouse.retried(lambda cursor: policies.keep_cases(cursor, line_id, cases, person.name))


def cases_of(house: House, line_id: str) -> tuple[CaseRow, ...]:
    """Give a policy's test cases."""
    with house.warehouse.cursor() as cursor:
        return tuple(policies.cases_of(cursor, line_id))


def check_cases(
    house: House, scored: Scored, cases: tuple[CaseRow, ...], policy: Policy
) -> tuple[CaseResult, ...]:
    """Hold a portfolio to test cases under a policy: who stands where, and why not where it must."""
    if not cases:
        return ()
    overrides = overrides_in_force(house)
    heeded = replace(policy, overrides=overrides)
    # Everybody counts, whatever selection a page looks at; and tiers held before, where the policy heeds them.
    whole = look_at(house, scored.snapshot.snapshot_id, Selection(), (policy_in_force(house), policy))
    with house.warehouse.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE asked_customers AS SELECT unnest(?::VARCHAR[]) AS customer_id",
            [[case.customer_id for case in cases]],
        ).fetchall()
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE asked_rows AS SELECT * FROM {quote_identifier(whole.table)} "
            "SEMI JOIN asked_customers USING (customer_id)"
        ).fetchall()
        rows = fetch(tiered_frame(frame_of(cursor, "asked_rows"), heeded).select("tier", *STANDING))
    standings = {
        str(row["customer_id"]): (
            str(row["tier"]),
            Standing.of({str(key): cell for key, cell in row.items()}),
        )
        for row in rows.to_dict("records")
    }
    forced = {entry.customer_id for entry in overrides}
    results = []
    for row in cases:
        tier, standing = standings.get(row.customer_id, ("", None))
        case = Case(row.customer_id, row.tier, row.reason)
        results.append(judge(case, standing, policy, tier, is_forced=row.customer_id in forced))
    return tuple(results)


def checked_cases(
    house: House, line_id: str, policy: Policy, scored: Scored | None
) -> tuple[list[str], tuple[CaseRow, ...]]:
    """Give the customers whose test case fails and all cases; without a portfolio every case fails."""
    cases = cases_of(house, line_id)
    if scored is None:
        return [case.customer_id for case in cases], cases
    results = check_cases(house, scored, cases, policy)
    return [result.case.customer_id for result in results if not result.passed], cases
