"""Policies as plain text, for the batch door: the list, one with its signatures, what differs."""

from __future__ import annotations

from pathlib import Path

from data.errors import UsageError
from data.people import Person
from reports.escape import plain
from reports.formats import Language
from reports.policies import difference_sentence, moment
from reports.words import say
from segmentation.policy import Policy, built_in_policy
from segmentation.policy_diff import differences
from steps.files import read_policy
from steps.house import House
from steps.policies import BUILT_IN, PolicyLine, find_policy, keep_policy, policy_lines
from steps.tiers import policy_in_force

IN_FORCE = "in-force"
"""Name by which the policy in force is asked for."""


def policy_list_text(house: House, language: Language = "en") -> str:
    """List the policies, a line each: identity, standing, first day, name."""
    rows = [
        f"{line.line_id[:12]}  {say(f'standing.{line.standing}', language):<24}  "
        f"{line.row.valid_from or '–'!s:<10}  {plain(line.row.name, 80)}"
        for line in policy_lines(house)
    ]
    if not any(line.standing == "in_force" for line in policy_lines(house)):
        rows.append(f"{BUILT_IN:<12}  {say('standing.in_force', language)}")
    return "\n".join(rows)


def policy_text(house: House, wanted: str, language: Language = "en") -> str:
    """Tell a policy: who took which step when, its note, and what it changes against the one in force."""
    lines = []
    if wanted not in (BUILT_IN, IN_FORCE):
        line = find_policy(house, wanted)
        lines = [
            f"{plain(line.row.name, 120)} · {say(f'standing.{line.standing}', language)}",
            *_signatures(line, language),
        ]
    before, after = policy_in_force(house), named_policy(house, wanted)
    return "\n".join([*lines, *_sentences(before, after, language)])


def _signatures(line: PolicyLine, language: Language) -> list[str]:
    row = line.row
    steps = (
        ("author", row.author, row.created_at),
        ("proposed", row.proposed_by, row.proposed_at),
        ("approved", row.approved_by, row.approved_at),
    )
    taken = [
        f"{say(f'lines.{key}', language)}: {plain(person, 80)}, {moment(at, language)}"
        for key, person, at in steps
        if person and at
    ]
    starts = [f"{say('lines.from', language)}: {row.valid_from}"] if row.valid_from else []
    note = [f"{say('lines.note', language)}: {plain(row.note, 2_000)}"] if row.note else []
    return [*taken, *starts, *note]


def policy_diff_text(house: House, first: str, second: str, language: Language = "en") -> str:
    """Say in words what the second policy changes against the first."""
    return "\n".join(_sentences(named_policy(house, first), named_policy(house, second), language))


def _sentences(before: Policy, after: Policy, language: Language) -> list[str]:
    found = [change for change in differences(before, after) if change.decides]
    return [difference_sentence(change, language) for change in found] or [say("compare.alike_two", language)]


def named_policy(house: House, wanted: str) -> Policy:
    """Give a policy by its name, its identity, ``in-force``, ``built-in`` or the path of a file."""
    if wanted == IN_FORCE:
        return policy_in_force(house)
    if wanted == BUILT_IN:
        return built_in_policy()
    if wanted.endswith(".toml"):
        path = Path(wanted)
        if not path.is_file():
            raise UsageError(f"There is no file {path}. Check the path.")
        return read_policy(path)
    return find_policy(house, wanted).policy


def import_policy(house: House, path: Path, name: str | None, note: str, person: Person) -> PolicyLine:
    """Keep a policy file as a named draft; nothing is in force by it."""
    policy = read_policy(path)
    return keep_policy(house, policy, name or policy.name, note or policy.note, person)
