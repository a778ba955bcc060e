"""Policy lines, drafts and overrides in the warehouse: every step once, every version kept."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import ChangedMeanwhile, InputRefused, SamePerson
from data.warehouse import drafts, overrides, policies, records, schema
from data.warehouse.house import Warehouse
from data.warehouse.policies import CaseRow, Written

TODAY = datetime.now(UTC).date()


def put(warehouse: Warehouse, name: str, valid_from: date | None, person: str = "ann") -> str:
    """A line, approved from a day; proposed only when there is none."""
    with warehouse.transaction() as cursor:
        line_id = policies.begin_line(cursor, Written(f"id of {name}", name, f"body of {name}"), "", person)
        policies.propose(cursor, line_id, 1, person)
        if valid_from is not None:
            policies.approve(cursor, line_id, valid_from, "ben")
    return line_id


@pytest.mark.parametrize(
    ("day", "name"),
    [("2023-12-31", None), ("2024-01-01", "old"), ("2024-05-31", "old"), ("2024-06-01", "new"), ("2030-01-01", "new")],
)  # fmt: skip
def test_in_force_is_the_approved_line_that_began_last(
    day: str, name: str | None, warehouse: Warehouse
) -> None:
    put(warehouse, "new", date(2024, 6, 1))
    put(warehouse, "old", date(2024, 1, 1))
    put(warehouse, "only proposed", None)
    with warehouse.cursor() as cursor:
        found = policies.in_force(cursor, date.fromisoformat(day))
    assert (found.name if found else None) == name


def test_of_two_that_begin_on_one_day_the_later_signed_counts(warehouse: Warehouse) -> None:
    put(warehouse, "first", TODAY)
    put(warehouse, "second", TODAY)
    with warehouse.cursor() as cursor:
        found = policies.in_force(cursor, TODAY)
    assert found is not None and found.name == "second"


@pytest.mark.parametrize("person", ["ann", " Ann ", "ANN"])
def test_nobody_approves_what_they_wrote_or_proposed(person: str, warehouse: Warehouse) -> None:
    line_id = put(warehouse, "mine", None)
    with warehouse.transaction() as cursor, pytest.raises(SamePerson, match="Somebody else"):
        policies.approve(cursor, line_id, TODAY, person)
    with warehouse.cursor() as cursor:
        assert policies.line(cursor, line_id).status == "proposed"


def test_who_saved_any_version_does_not_approve_it(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        line_id = policies.begin_line(cursor, Written("1", "shared", "one"), "", "ann")
        policies.save_line(cursor, line_id, 1, Written("2", "shared", "two"), "ben")
        policies.save_line(cursor, line_id, 2, Written("3", "shared", "three"), "ann")
        policies.propose(cursor, line_id, 3, "ann")
    with warehouse.transaction() as cursor, pytest.raises(SamePerson):
        policies.approve(cursor, line_id, TODAY, "ben")
    with warehouse.transaction() as cursor:
        policies.approve(cursor, line_id, TODAY, "cho")
        assert policies.line(cursor, line_id).approved_by == "cho"


WRONG_STEPS = [
    ("draft", "approve"), ("proposed", "propose"), ("approved", "propose"), ("approved", "approve"),
    ("withdrawn", "propose"), ("withdrawn", "approve"), ("withdrawn", "withdraw"), ("proposed", "save"),
    ("approved", "save"), ("approved", "withdraw"), ("approved", "cases"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "step"), WRONG_STEPS)
def test_a_step_out_of_order_is_refused_and_changes_nothing(
    status: str, step: str, warehouse: Warehouse
) -> None:
    with warehouse.transaction() as cursor:
        line_id = policies.begin_line(cursor, Written("1", "it", "one"), "", "ann")
        if status in ("proposed", "approved"):
            policies.propose(cursor, line_id, 1, "ann")
        if status == "approved":
            policies.approve(cursor, line_id, TODAY, "ben")
        if status == "withdrawn":
            policies.withdraw(cursor, line_id, TODAY, "ann", "")
        before = policies.line(cursor, line_id)
    assert before.status == status
    with warehouse.transaction() as cursor, pytest.raises(InputRefused):
        match step:
            case "approve":
                policies.approve(cursor, line_id, TODAY, "cho")
            case "propose":
                policies.propose(cursor, line_id, 1, "ann")
            case "withdraw":
                policies.withdraw(cursor, line_id, TODAY, "ann", "")
            case "cases":
                policies.keep_cases(cursor, line_id, [CaseRow("A", "Core")], "ann")
            case _:
                policies.save_line(cursor, line_id, 1, Written("2", "it", "two"), "ann")
    with warehouse.cursor() as cursor:
        assert policies.line(cursor, line_id) == before


def test_two_open_policies_do_not_share_a_name(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        first = policies.begin_line(cursor, Written("1", "Autumn", "one"), "", "ann")
        with pytest.raises(InputRefused, match="another open policy"):
            policies.begin_line(cursor, Written("2", "autumn", "two"), "", "ben")
        policies.withdraw(cursor, first, TODAY, "ann", "")
        policies.begin_line(cursor, Written("2", "autumn", "two"), "", "ben")


def test_a_stale_save_names_who_was_quicker_and_overwrites_nothing(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        line_id = policies.begin_line(cursor, Written("1", "shared", "one"), "", "ann")
        policies.save_line(cursor, line_id, 1, Written("2", "shared", "two"), "ben")
        with pytest.raises(ChangedMeanwhile, match="ben saved version 2"):
            policies.save_line(cursor, line_id, 1, Written("3", "shared", "three"), "ann")
        with pytest.raises(ChangedMeanwhile):
            policies.propose(cursor, line_id, 1, "ann")
        assert [entry.body for entry in policies.revisions_of(cursor, line_id)] == ["two", "one"]


def test_of_many_savers_at_once_each_version_is_kept_and_none_is_overwritten(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        line_id = policies.begin_line(cursor, Written("0", "shared", ""), "", "start")
    refused: list[str] = []
    together = threading.Barrier(8)

    def save(seen: policies.PolicyRow, name: str) -> None:
        merged = Written(seen.body + name, "shared", seen.body + name)
        warehouse.retried(lambda cursor: policies.save_line(cursor, line_id, seen.revision, merged, name))

    def save_until_taken(name: str) -> None:
        with warehouse.cursor() as cursor:
            seen = policies.line(cursor, line_id)
        together.wait()  # all have opened the first version
        while True:
            try:
                return save(seen, name)
            except ChangedMeanwhile:
                refused.append(name)
            with warehouse.cursor() as cursor:
                seen = policies.line(cursor, line_id)

    threads = [threading.Thread(target=save_until_taken, args=(letter,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with warehouse.cursor() as cursor:
        kept = policies.revisions_of(cursor, line_id)
        assert records.broken_audit_line(cursor) is None
    assert len(refused) >= 7
    assert [entry.revision for entry in kept] == list(range(9, 0, -1))
    assert sorted(kept[0].body) == list("abcdefgh")  # each one's part arrived, whoever had to merge


def test_test_cases_come_back_in_their_order(warehouse: Warehouse) -> None:
    asked = [
        CaseRow("Z", "Core", 'it\'s "old"'),
        CaseRow("A", "Strategic"),
        CaseRow("中", "Ordinary", "理由"),
    ]
    line_id = put(warehouse, "held", None)
    with warehouse.transaction() as cursor:
        policies.keep_cases(cursor, line_id, [CaseRow("gone", "Core")], "ann")
        policies.keep_cases(cursor, line_id, asked, "ann")
        assert policies.cases_of(cursor, line_id) == asked
        policies.keep_cases(cursor, line_id, [], "ann")
        assert policies.cases_of(cursor, line_id) == []


def test_every_step_is_in_the_audit_trail(warehouse: Warehouse) -> None:
    line_id = put(warehouse, "it", TODAY + timedelta(days=9))
    with warehouse.transaction() as cursor:
        policies.withdraw(cursor, line_id, TODAY, "cho", "no longer needed")
        found = records.notes_of(cursor, [line_id])
        assert records.broken_audit_line(cursor) is None
    assert [(line.person, line.action) for line in found] == [
        ("cho", "withdraw policy"), ("ben", "approve policy"), ("ann", "propose policy"), ("ann", "write policy"),
    ]  # fmt: skip
    assert "no longer needed" in found[0].detail


# ---------------------------------------------------------------- drafts


def test_a_move_is_kept_and_a_stale_one_is_not_taken(warehouse: Warehouse) -> None:
    row = warehouse.beside(lambda cursor: drafts.begin_draft(cursor, "ann", "one"))
    with warehouse.cursor() as cursor:
        assert drafts.move_draft(cursor, row.draft_id, 1, "ann", "two") == 2
        assert drafts.move_draft(cursor, row.draft_id, 1, "ann", "stale") is None
        assert drafts.move_draft(cursor, row.draft_id, 2, "ben", "somebody else's") is None
        assert [entry.body for entry in drafts.drafts_of(cursor, "ann")] == ["two"]


def test_a_move_does_not_wait_for_a_long_transaction(warehouse: Warehouse) -> None:
    moved = threading.Event()

    def move() -> None:
        warehouse.beside(lambda cursor: drafts.begin_draft(cursor, "ann", "one"))
        moved.set()

    with warehouse.transaction() as cursor:
        records.note(cursor, "importer", "import", "thing")
        thread = threading.Thread(target=move)
        thread.start()
        assert moved.wait(20), "the move waited for the import"
    thread.join()


def test_only_the_longest_untouched_drafts_go(warehouse: Warehouse) -> None:
    with warehouse.cursor() as cursor:
        drafts.begin_draft(cursor, "ben", "another's")
        for number in range(drafts.MOST_DRAFTS + 3):
            drafts.begin_draft(cursor, "ann", str(number))
        drafts.prune_drafts(cursor, "ann")
        assert [entry.body for entry in drafts.drafts_of(cursor, "ann")] == [str(n) for n in range(22, 2, -1)]
        assert len(drafts.drafts_of(cursor, "ben")) == 1


# ---------------------------------------------------------------- overrides


def test_an_override_expires_by_its_day_alone_and_a_later_word_ends_the_earlier(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        overrides.set_override(cursor, "A", "Core", "first", TODAY + timedelta(days=9), "ann")
        overrides.set_override(cursor, "A", "Strategic", "second", TODAY + timedelta(days=5), "ben")
        overrides.set_override(cursor, "B", "Core", "other", TODAY + timedelta(days=1), "ann")

        def alive(days: int) -> list[tuple[str, str]]:
            rows = overrides.alive(cursor, TODAY + timedelta(days=days))
            return [(row.customer_id, row.tier) for row in rows]

        assert (alive(0), alive(1), alive(5)) == (
            [("A", "Strategic"), ("B", "Core")],
            [("A", "Strategic")],
            [],
        )


def test_an_override_is_ended_once(warehouse: Warehouse) -> None:
    with warehouse.transaction() as cursor:
        identity = overrides.set_override(cursor, "A", "Core", "why", TODAY + timedelta(days=9), "ann")
        overrides.end_override(cursor, identity, "ben")
        with pytest.raises(InputRefused, match="has ended"):
            overrides.end_override(cursor, identity, "ben")
        assert overrides.alive(cursor, TODAY) == []
        assert [row.ended_by for row in overrides.overrides(cursor)] == ["ben"]


# ---------------------------------------------------------------- migration


def test_a_warehouse_of_version_2_keeps_its_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.duckdb"
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        before = Warehouse(path)
        with before.cursor() as cursor:
            cursor.execute(
                "INSERT INTO policy VALUES ('p1', 'Old', TIMESTAMP '2024-01-01 08:00:00', 'ann', 'approved', "
                "DATE '2024-02-01', 'body'), ('p2', 'Idea', TIMESTAMP '2024-03-01 08:00:00', 'ben', 'draft', NULL, 'idea')"
            ).fetchall()
            records.note(cursor, "ann", "look", "thing")
        before.close()
    after = Warehouse(path)
    with after.cursor() as cursor:
        found = {row.name: row for row in policies.lines(cursor)}
        current = policies.in_force(cursor, date(2024, 2, 1))
        assert records.broken_audit_line(cursor) is None
        assert [entry.body for entry in policies.revisions_of(cursor, "p2")] == ["idea"]
    after.close()
    assert current == found["Old"]
    assert (current.body, current.approved_by, current.valid_from) == ("body", "ann", date(2024, 2, 1))
    assert (found["Idea"].status, found["Idea"].proposed_by, found["Idea"].valid_from) == (
        "draft",
        None,
        None,
    )
