"""What is shown before commit is what happens: rows united, keys that repeat, sums."""

from __future__ import annotations

from pathlib import Path

from data.ingest.limits import IngestLimits
from data.ingest.mapping import numbered, propose_mapping
from data.ingest.preview import Preview, preview
from data.ingest.readers import open_source
from tests.data.ingest.builders import a_file, imported

BOOK = (
    "customer_id,facility_id,outstanding_balance,interest_rate,days_past_due,city\n"
    "a,1,100,0.10,0,Rome\nb,2,50,0.05,5,Oslo\na,3,300,0.02,31,Bonn\n"
)


def looked_at(path: Path, **changes: object) -> Preview:
    source = open_source(path)
    mapping = propose_mapping(source.header, source.sample())
    return preview(source, numbered(mapping) if changes.get("numbered") else mapping, IngestLimits())


def test_rows_of_one_customer_are_shown_with_what_they_become(tmp_path: Path) -> None:
    path = a_file(tmp_path, BOOK)
    united = looked_at(path).united
    assert united is not None
    assert (united.rows, united.customers, united.example) == (3, 2, "a")
    rows = [dict(zip(united.example_columns, row, strict=True)) for row in united.example_rows]
    result = dict(zip(united.example_columns, united.example_result, strict=True))
    assert [row["outstanding_balance"] for row in rows] == [100.0, 300.0]
    assert result["outstanding_balance"] == 400.0
    assert result["interest_rate"] == (100 * 0.10 + 300 * 0.02) / 400
    assert (result["days_past_due"], result["city"]) == (31, "Rome")
    assert dict(united.rules)["days_past_due"] == "max"
    kept = {row["customer_id"]: row for row in imported(path).customers}["a"]
    assert {name: kept[name] for name in result} == result


def test_keys_say_how_often_they_repeat_and_amounts_their_sum(tmp_path: Path) -> None:
    shown = looked_at(a_file(tmp_path, BOOK))
    assert shown.repeats == {"customer_id": 1, "facility_id": 0}
    assert shown.sums["outstanding_balance"] == 450.0
    assert shown.is_whole


def test_where_each_row_is_a_customer_nothing_is_united(tmp_path: Path) -> None:
    shown = looked_at(a_file(tmp_path, BOOK), numbered=True)
    assert shown.united is None
    assert shown.account is not None
    assert shown.account.customers == 3


def test_a_mapping_under_which_no_row_holds_is_said_and_not_raised(tmp_path: Path) -> None:
    shown = looked_at(a_file(tmp_path, "customer_id,exposure\n,1\n,2\n"))
    assert "none of the 2 rows can be used" in str(shown.refusal)
    assert shown.account is None


def test_of_a_large_file_only_the_beginning_is_looked_at(tmp_path: Path) -> None:
    line = "k{},{},{}\n"
    body = "".join(line.format(place, place, "x" * 60) for place in range(300_000))
    shown = looked_at(a_file(tmp_path, "customer_id,exposure,note\n" + body))
    assert not shown.is_whole
    assert shown.account is not None
    assert 0 < shown.account.rows_read < 300_000
