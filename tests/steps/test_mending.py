"""Rows set aside go out, are mended, come back: a new snapshot, and every row still accounted for."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from data.errors import InputRefused
from data.ingest.mapping import propose_mapping
from data.ingest.readers import ALL_MEMBERS, ReadOptions, open_parts, open_source
from data.people import Person
from data.warehouse import details, snapshots
from data.warehouse.snapshots import Snapshot
from settings import Settings
from steps.house import House, open_house
from steps.intake import commit_files, dry_run
from steps.mending import find_mending, import_mended
from steps.portfolios import quarantine_download

ADMIN = Person("anna", frozenset({"admin"}))
BOOK = (
    "customer_id;exposure;interest_rate;note\n"
    "a;1.000,50;5,5%;first\n"
    "b;;5,0%;no amount\n"
    "c;-3,00;4,0%;=cmd\n"
    "d;12,00;6,0%;too;many\n"
    "a;2.000,25;7,0%;second loan\n"
    ";7,00;3,0%;no key\n"
)  # in: a, a; set aside: b, c, d, and the blank key


@pytest.fixture
def house(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = open_house(Settings(home=tmp_path / "home"))
    yield opened
    opened.close()


def taken_in(house: House, path: Path) -> Snapshot:
    """Commit a file without scoring it: scoring is not what is tried here."""
    source = open_source(path)
    mapping = propose_mapping(source.header, source.sample())
    with house.warehouse.transaction() as cursor:
        return commit_files(
            cursor, [source], mapping, "work_test", path.name, ADMIN, "upload", house.limits,
            lambda _: None, lambda: False,
        )[0]  # fmt: skip


def a_book(folder: Path, text: str = BOOK) -> Path:
    path = folder / "book.csv"
    path.write_text(text, encoding="utf-8")
    return path


def downloaded(house: House, snapshot: Snapshot) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(quarantine_download(house, snapshot).decode("utf-8-sig"))))


def sent_back(folder: Path, rows: list[dict[str, str]], name: str = "mended.csv") -> Path:
    path = folder / name
    if name.endswith(".xlsx"):
        pd.DataFrame(rows).to_excel(path, index=False)
        return path
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def come_back(house: House, path: Path) -> tuple[Snapshot, bool]:
    mending = find_mending(house, open_source(path))
    assert mending is not None
    return import_mended(house, mending, person=ADMIN)


def customers(house: House, snapshot: Snapshot) -> dict[str, tuple[float, float, int]]:
    with house.warehouse.cursor() as cursor:
        rows = cursor.execute(
            f"SELECT customer_id, exposure, interest_rate, facilities FROM {snapshot.table}"
        ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_the_file_to_mend_holds_why_where_and_each_cell_and_runs_nowhere(
    house: House, tmp_path: Path
) -> None:
    snapshot = taken_in(house, a_book(tmp_path))
    assert (snapshot.account.rows_read, snapshot.account.rows_quarantined) == (6, 4)
    rows = {row["line"]: row for row in downloaded(house, snapshot)}
    assert list(rows["3"]) == [
        "file", "line", "column", "reason", "raw", "snapshot", "customer_id", "exposure", "interest_rate", "note",
    ]  # fmt: skip
    assert (rows["3"]["customer_id"], rows["3"]["exposure"], rows["3"]["note"]) == ("b", "", "no amount")
    assert (rows["4"]["note"], rows["4"]["exposure"]) == ("'=cmd", "'-3,00")
    assert rows["5"]["customer_id"] == ""  # ragged: its cells may stand under the wrong names


@pytest.mark.parametrize("name", ["mended.csv", "mended.xlsx"])
def test_mended_cells_join_the_rows_that_were_in(house: House, tmp_path: Path, name: str) -> None:
    first = taken_in(house, a_book(tmp_path))
    rows = downloaded(house, first)
    rows[0]["exposure"] = "3.000,00"  # b
    rows[2]["raw"] = "a;1.000,00;6,0%;third loan"  # line 5, mended in its raw line, and now a's
    snapshot, is_new = come_back(house, sent_back(tmp_path, rows, name))
    account = snapshot.account
    assert is_new
    assert (account.rows_read, account.rows_accepted, account.rows_quarantined, account.customers) == (
        6,
        4,
        2,
        2,
    )
    found = customers(house, snapshot)
    # a: 1000.50 + 2000.25 + 1000; its rate weighted by them: (1000.5·5.5 + 2000.25·7 + 1000·6) / 4000.75 = 6.37488…
    rate = (1000.5 * 0.055 + 2000.25 * 0.07 + 1000 * 0.06) / 4000.75
    assert found["a"] == (4000.75, pytest.approx(rate), 3)
    assert found["b"] == (3000.0, 0.05, 1)
    assert customers(house, first)["a"][0] == 3000.75  # the earlier snapshot is as it was
    assert sum(count for _, count in account.reasons) == 2


def test_rows_that_are_still_bad_or_stay_away_are_set_aside_again_and_can_go_out_once_more(
    house: House, tmp_path: Path
) -> None:
    first = taken_in(house, a_book(tmp_path))
    rows = downloaded(house, first)[:2]  # b and c; the others stay away
    rows[0]["exposure"] = "many"
    rows[1]["exposure"] = "3,00"
    second, _ = come_back(house, sent_back(tmp_path, rows))
    assert (second.account.rows_read, second.account.rows_accepted) == (6, 3)
    again = {row["line"]: row for row in downloaded(house, second)}
    assert set(again) == {"3", "5", "7"}
    assert again["3"]["raw"] == "b;many;5,0%;no amount"
    assert again["3"]["exposure"] == "many"
    again["3"]["exposure"] = "1,00"
    third, _ = come_back(house, sent_back(tmp_path, list(again.values())))
    assert (third.account.rows_accepted, third.account.rows_quarantined) == (4, 2)
    with house.warehouse.cursor() as cursor:
        lineage = details.get(cursor, third.snapshot_id, "lineage")
    assert lineage == {"parent": second.snapshot_id, "rows_mended": 1}
    assert third.sources[0]["mended_from"] == second.snapshot_id


def test_rows_of_all_parts_of_a_zip_come_back_together(house: House, tmp_path: Path) -> None:
    path = tmp_path / "months.zip"
    other = BOOK.replace("a;", "e;").replace("b;;", "f;;")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("may.csv", BOOK)
        packed.writestr("june.csv", other)
    opened = open_parts(path, options=ReadOptions(member=ALL_MEMBERS))
    mapping = propose_mapping(opened[0].header, opened[0].sample())
    with house.warehouse.transaction() as cursor:
        first, _ = commit_files(
            cursor, opened, mapping, "work_test", path.name, ADMIN, "upload", house.limits,
            lambda _: None, lambda: False,
        )  # fmt: skip
    assert (first.account.rows_read, first.account.rows_accepted, first.account.customers) == (12, 4, 2)
    rows = downloaded(house, first)
    for row in rows:
        if row["customer_id"] in ("b", "f"):
            row["exposure"] = "3,00" if row["file"].endswith("may.csv") else "4,00"
    second, is_new = come_back(house, sent_back(tmp_path, rows))
    account = second.account
    assert is_new and (account.rows_read, account.rows_accepted, account.customers) == (12, 6, 4)
    found = customers(house, second)
    assert (found["b"][0], found["f"][0], found["e"][0]) == (3.0, 4.0, 3000.75)
    assert [source["file"] for source in second.sources] == [source["file"] for source in first.sources]
    assert {row["line"] for row in downloaded(house, second)} == {"4", "5", "7"}


def test_rows_of_files_not_written_alike_are_mended_in_their_files(house: House, tmp_path: Path) -> None:
    may, june = a_book(tmp_path), tmp_path / "june.csv"
    june.write_text("customer_id,exposure,interest_rate,note\ng,1,2,x\n,2,3,y\n")
    opened = [open_source(may), open_source(june)]
    mapping = propose_mapping(opened[0].header, opened[0].sample())
    with house.warehouse.transaction() as cursor:
        first, _ = commit_files(
            cursor, opened, mapping, "work_test", "both", ADMIN, "upload", house.limits,
            lambda _: None, lambda: False,
        )  # fmt: skip
    with pytest.raises(InputRefused, match="not written alike"):
        come_back(house, sent_back(tmp_path, downloaded(house, first)))


def test_the_same_mended_file_twice_adds_nothing(house: House, tmp_path: Path) -> None:
    rows = downloaded(house, taken_in(house, a_book(tmp_path)))
    rows[0]["exposure"] = "5,00"
    path = sent_back(tmp_path, rows)
    first, is_new = come_back(house, path)
    again, is_new_again = come_back(house, path)
    assert (is_new, is_new_again, first.snapshot_id) == (True, False, again.snapshot_id)


def test_rows_that_nothing_was_done_to_are_set_aside_again(house: House, tmp_path: Path) -> None:
    first = taken_in(house, a_book(tmp_path))
    second, _ = come_back(house, sent_back(tmp_path, downloaded(house, first)))
    assert second.account == first.account


def test_customers_that_were_numbered_keep_their_numbers(house: House, tmp_path: Path) -> None:
    first = taken_in(house, a_book(tmp_path, "exposure,city\n5,Rome\n,Oslo\n7,Bonn\n"))
    rows = downloaded(house, first)
    rows[0]["exposure"] = "6"
    second, _ = come_back(house, sent_back(tmp_path, rows))
    with house.warehouse.cursor() as cursor:
        found = cursor.execute(f"SELECT customer_id, city FROM {second.table} ORDER BY 1").fetchall()
    assert found == [("R0000001", "Rome"), ("R0000002", "Bonn"), ("R0000003", "Oslo")]


@pytest.mark.parametrize(("field", "value", "said"), [("line", "99", "line 99 was not set aside"),
                                                      ("snapshot", "feed", "no portfolio here")])  # fmt: skip
def test_rows_that_were_never_set_aside_here_are_refused(
    house: House, tmp_path: Path, field: str, value: str, said: str
) -> None:
    rows = downloaded(house, taken_in(house, a_book(tmp_path)))
    for row in rows[: 1 if field == "line" else None]:
        row[field] = value
    with pytest.raises(InputRefused, match=said):
        come_back(house, sent_back(tmp_path, rows))


def test_the_batch_door_s_quarantine_finds_home_by_its_lines(house: House, tmp_path: Path) -> None:
    rows = downloaded(house, taken_in(house, a_book(tmp_path)))
    five = [{name: row[name] for name in ("file", "line", "column", "reason", "raw")} for row in rows]
    five[0]["raw"] = "b;9,00;5,0%;now"
    snapshot, _ = come_back(house, sent_back(tmp_path, five))
    assert customers(house, snapshot)["b"][0] == 9.0


def test_a_source_with_columns_named_like_ours_comes_back_too(house: House, tmp_path: Path) -> None:
    first = taken_in(house, a_book(tmp_path, "customer_id,exposure,line,snapshot\na,1,x,y\nb,,p,q\n"))
    rows = downloaded(house, first)
    assert (rows[0]["line"], rows[0]["line (cell)"], rows[0]["snapshot (cell)"]) == ("3", "p", "q")
    rows[0]["exposure"] = "4"
    second, _ = come_back(house, sent_back(tmp_path, rows))
    assert second.account.rows_accepted == 2


def test_rows_set_aside_are_no_portfolio_of_their_own(house: House, tmp_path: Path) -> None:
    path = sent_back(tmp_path, downloaded(house, taken_in(house, a_book(tmp_path))))
    with pytest.raises(InputRefused, match="rows set aside, which belong to a portfolio"):
        dry_run(path, None, Settings(home=tmp_path / "other"))


def test_deleting_a_snapshot_leaves_nothing_of_it(house: House, tmp_path: Path) -> None:
    snapshot = taken_in(house, a_book(tmp_path))
    with house.warehouse.transaction() as cursor:
        snapshots.delete(cursor, snapshot)
        left = cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert cursor.execute("SELECT count(*) FROM snapshot_detail").fetchall() == [(0,)]
    assert not [name for (name,) in left if name.startswith(("rows_", "customers_", "quarantine_"))]
