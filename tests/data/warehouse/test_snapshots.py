"""Snapshots: named by content, dated by content, renamed without changing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import InputRefused
from data.warehouse import records, snapshots
from data.warehouse.house import Warehouse
from data.warehouse.records import ScoredRow
from tests.data.warehouse.builders import TEXT, tables, take_in


def test_a_snapshot_comes_back_as_it_was_kept(warehouse: Warehouse, tmp_path: Path) -> None:
    made, is_new = take_in(warehouse, tmp_path)
    with warehouse.cursor() as cursor:
        again = snapshots.get(cursor, made.snapshot_id)
        rows = list(snapshots.quarantined(cursor, made.quarantine_table))
    assert (again, is_new, again.as_of, again.currency) == (made, True, date(2024, 2, 29), "EUR")
    assert rows == [("in.csv", 4, "customer_id", "the customer key is blank", ",3,2024-01-31")]


def test_the_same_content_is_one_snapshot_whatever_its_name(warehouse: Warehouse, tmp_path: Path) -> None:
    first, _ = take_in(warehouse, tmp_path, name="one")
    before = tables(warehouse)
    second, is_new = take_in(warehouse, tmp_path, name="two")
    assert (second, is_new, tables(warehouse)) == (first, False, before)


@pytest.mark.parametrize(
    ("text", "currency"), [(TEXT, "USD"), (TEXT, None), (TEXT.replace("A,1", "A,2"), "EUR")]
)
def test_another_content_or_currency_is_another_snapshot(
    text: str, currency: str | None, warehouse: Warehouse, tmp_path: Path
) -> None:
    first, _ = take_in(warehouse, tmp_path)
    second, is_new = take_in(warehouse, tmp_path, text, currency=currency)
    assert is_new
    assert second.snapshot_id != first.snapshot_id


def test_a_name_that_is_taken_gets_a_number_at_import_and_a_sentence_at_renaming(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    first, _ = take_in(warehouse, tmp_path, name="mine")
    second, _ = take_in(warehouse, tmp_path, TEXT.replace("A,1", "A,9"), name="mine")
    blank, _ = take_in(warehouse, tmp_path, TEXT.replace("A,1", "A,8"), name="   ")
    assert [entry.name for entry in (first, second, blank)] == ["mine", "mine (2)", "portfolio"]
    with warehouse.transaction() as cursor:
        with pytest.raises(InputRefused, match="“mine” is taken"):
            snapshots.rename(cursor, second.snapshot_id, " mine ")
        with pytest.raises(InputRefused, match="blank"):
            snapshots.rename(cursor, second.snapshot_id, " \t")
        snapshots.rename(cursor, first.snapshot_id, "mine")  # its own name is not taken
        snapshots.rename(cursor, second.snapshot_id, "'; DROP TABLE snapshot; --")
        assert snapshots.get(cursor, second.snapshot_id).name == "'; DROP TABLE snapshot; --"


def test_deleting_takes_rows_and_scores_and_leaves_the_neighbour(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    neighbour, _ = take_in(warehouse, tmp_path)
    before = tables(warehouse)
    doomed, _ = take_in(warehouse, tmp_path, TEXT.replace("A,1", "A,9"))
    with warehouse.transaction() as cursor:
        records.keep_scored(cursor, ScoredRow("f" * 64, doomed.snapshot_id, "m", {}))
        cursor.execute(f"CREATE TABLE scored_{'f' * 12} (x INTEGER)")
        snapshots.delete(cursor, doomed)
        assert snapshots.find(cursor, doomed.snapshot_id) is None
        assert snapshots.listed(cursor) == [neighbour]
        assert records.scored_row(cursor, "f" * 64) is None
    assert tables(warehouse) == before


@pytest.mark.parametrize("wanted", ["", "zz", "%", "_" * 12])
def test_what_is_not_there_is_refused_with_a_remedy(
    wanted: str, warehouse: Warehouse, tmp_path: Path
) -> None:
    take_in(warehouse, tmp_path)
    with warehouse.cursor() as cursor:
        assert snapshots.find(cursor, wanted) is None
        with pytest.raises(InputRefused, match="Choose another, or import it again"):
            snapshots.get(cursor, wanted)


def test_a_short_identity_finds_its_snapshot(warehouse: Warehouse, tmp_path: Path) -> None:
    made, _ = take_in(warehouse, tmp_path)
    with warehouse.cursor() as cursor:
        assert snapshots.find(cursor, made.snapshot_id[:12]) == made


def test_a_person_s_own_come_before_the_samples(warehouse: Warehouse, tmp_path: Path) -> None:
    for number, origin in enumerate(("sample", "simulated", "upload")):
        take_in(warehouse, tmp_path, TEXT.replace("A,1", f"A,{number}"), name=origin, origin=origin)
    with warehouse.cursor() as cursor:
        assert [entry.name for entry in snapshots.listed(cursor)] == ["upload", "simulated", "sample"]
