"""From rows to customers: the account balances, and what is unsure is said."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from data.contract import BY_NAME
from data.errors import Cancelled, InputRefused
from data.ingest.limits import Progress
from data.ingest.mapping import Mapping, propose_mapping
from data.ingest.readers import open_source
from tests.data.ingest.builders import SLICES, a_file, column_of, imported


def test_each_reason_is_counted_and_each_row_kept_verbatim(tmp_path: Path) -> None:
    rows = [
        "A,1",
        ",2",
        "B,",
        "C,-3",
        "D,abc",
        "E,NaN",
        "F,inf",
        "G,1e16",
        "H",
        " \t,9",
        "I,0",
        'J,"$5.00 "',
        "K,(5)",
    ]
    made = imported(a_file(tmp_path, "customer,exposure\n" + "\n".join(rows) + "\n"))
    assert column_of(made, "customer_id") == ["A", "I", "J"]
    unread = "no amount at risk: blank or no number"
    assert made.quarantine == [
        ("a.csv", 3, "customer", "the customer key is blank", ",2"),
        ("a.csv", 4, "exposure", unread, "B,"),
        ("a.csv", 5, "exposure", "the amount at risk is negative", "C,-3"),
        ("a.csv", 6, "exposure", unread, "D,abc"),
        ("a.csv", 7, "exposure", unread, "E,NaN"),
        ("a.csv", 8, "exposure", unread, "F,inf"),
        ("a.csv", 9, "exposure", "the amount at risk is implausibly large", "G,1e16"),
        ("a.csv", 10, "", "1 fields where the header has 2", "H"),
        ("a.csv", 11, "customer", "the customer key is blank", " \t,9"),
        ("a.csv", 14, "exposure", "the amount at risk is negative", "K,(5)"),
    ]
    account = made.staged.account
    assert (account.rows_read, account.rows_accepted, account.rows_quarantined, account.customers) == (
        13,
        3,
        10,
        3,
    )
    assert dict(account.reasons) == {
        unread: 4, "the customer key is blank": 2, "the amount at risk is negative": 2,
        "the amount at risk is implausibly large": 1, "1 fields where the header has 2": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["sba", "ibrd-2023", "ibrd-2025", "ifc", "german", "bank"])
def test_the_account_of_a_real_slice_balances(name: str) -> None:
    made = imported(SLICES / f"{name}.csv")
    lines = len((SLICES / f"{name}.csv").read_bytes().splitlines()) - 1
    account = made.staged.account
    assert account.rows_read == lines == account.rows_accepted + len(made.quarantine)
    assert account.customers == len(made.customers) == len(set(column_of(made, "customer_id")))


FACILITIES = """\
customer_id,name,exposure,rate,dscr,days past due,defaulted,originated_on,nps,note,products,credit limit
A,First,100,0.10,1.5,0,no,2024-01-02,3,x,2,
A,Second,300,0.02,1.2,40,yes,2023-01-02,9,y,5,700
A,,0,0.50,,,,,,,,
B,Other,5,0.07,2,1,no,2020-02-02,4,z,1,50
A,Fourth,,,,,,,,,,10
"""


def test_facilities_are_united_by_each_column_s_own_rule(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, FACILITIES))
    first = made.customers[0]
    assert (first["customer_id"], first["facilities"], first["name"], first["x_note"]) == (
        "A",
        4,
        "First",
        "x",
    )
    assert (first["exposure"], first["credit_limit"]) == (400.0, 710.0)  # summed
    # Weighted by exposure, by the limit where there is no exposure (there the rate is blank).
    assert first["interest_rate"] == pytest.approx((100 * 0.10 + 300 * 0.02 + 0 * 0.50) / 400)
    assert (first["dscr"], first["days_past_due"], first["products_held"]) == (1.2, 40, 5)  # min, max, max
    assert first["defaulted"] is True  # any
    assert str(first["originated_on"]) == "2023-01-02"  # min
    assert first["survey_score"] == 9.0  # last that is known
    assert made.findings["facilities_united"] == ("", 3)


def test_order_and_pieces_of_a_file_do_not_change_the_sums(tmp_path: Path) -> None:
    head, *rows = FACILITIES.splitlines()
    whole = imported(a_file(tmp_path, FACILITIES))
    one = a_file(tmp_path, "\n".join([head, *rows[:2]]), "one.csv")
    two = a_file(tmp_path, "\n".join([head, *rows[2:]]), "two.csv")
    assert imported(one, two).customers == whole.customers


def test_two_files_are_parts_of_one_portfolio_by_canonical_column(tmp_path: Path) -> None:
    one = a_file(tmp_path, "Customer No,Loan amount,Sector\nA,100,Steel\n,1,x\n", "one.csv")
    two = a_file(tmp_path, "exposure;客户编号;extra\n50;A;7\n20;B;8\n", "two.csv")
    made = imported(one, two)
    assert [(row["customer_id"], row["exposure"], row["industry"], row["x_extra"]) for row in made.customers] == [
        ("A", 150.0, "Steel", 7.0), ("B", 20.0, None, 8.0),
    ]  # fmt: skip
    assert made.quarantine == [("one.csv", 3, "Customer No", "the customer key is blank", ",1,x")]
    assert made.staged.account.rows_read == 4


def test_a_part_without_key_or_amount_is_set_aside_row_by_row(tmp_path: Path) -> None:
    one = a_file(tmp_path, "customer_id,exposure\nA,1\n", "one.csv")
    keyless = a_file(tmp_path, "exposure,name\n5,b\n", "keyless.csv")
    poor = a_file(tmp_path, "customer_id,name\nC,c\n", "poor.csv")
    made = imported(one, keyless, poor)
    assert column_of(made, "customer_id") == ["A"]
    assert [(row[0], row[1], row[3]) for row in made.quarantine] == [
        ("keyless.csv", 2, "the customer key is blank"), ("poor.csv", 2, "no amount at risk: blank or no number"),
    ]  # fmt: skip


def test_without_a_key_rows_are_numbered_in_file_order(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "exposure\n5\nbad\n7\n1\n2\n3\n"))
    assert column_of(made, "customer_id") == [f"R000000{number}" for number in range(1, 6)]
    assert column_of(made, "exposure") == [5.0, 7.0, 1.0, 2.0, 3.0]
    assert (made.staged.customer_key, made.findings["rows_numbered"]) == ("numbered", ("", 5))


def test_a_unique_identifier_stands_in_and_keeps_its_leading_zeros(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "Ref no,exposure\n007,1\n08,2\n"))
    assert column_of(made, "customer_id") == ["007", "08"]
    assert made.findings["key_stands_in"] == ("Ref no", 2)


@pytest.mark.parametrize("rows", ["L1,1\nL1,2\n", "L1,1\n,2\n"])
def test_an_identifier_that_repeats_or_is_blank_does_not_stand_in(rows: str, tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "Loan number,exposure\n" + rows))
    assert column_of(made, "customer_id") == ["R0000001", "R0000002"]
    assert made.staged.customer_key == "numbered"


def test_without_an_amount_each_customer_counts_as_one_whatever_the_facilities(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "customer_id,rate\nA,0.1\nA,0.2\nB,0.3\n"))
    assert [(row["customer_id"], row["exposure"], row["facilities"]) for row in made.customers] == [
        ("A", 1.0, 2), ("B", 1.0, 1),
    ]  # fmt: skip
    assert made.customers[0]["interest_rate"] == pytest.approx(0.15)
    assert made.findings["one_each"] == ("", 2)


@pytest.mark.parametrize(("filled", "present"), [(1, False), (2, True)])
def test_money_that_is_zero_or_blank_in_99_of_100_rows_counts_as_absent(
    filled: int, present: bool, tmp_path: Path
) -> None:
    rows = [f"C{n},1,{5 if n < filled else ('' if n % 2 else 0)}" for n in range(100)]
    made = imported(a_file(tmp_path, "customer_id,exposure,balance\n" + "\n".join(rows)))
    assert ("outstanding_balance" in made.customers[0]) is present
    assert made.findings.get("column_counts_as_absent") == (None if present else ("balance", filled))


def test_a_row_whose_only_amount_stands_in_an_absent_column_keeps_it(tmp_path: Path) -> None:
    rows = [f"C{n},{n},0" for n in range(1, 150)]
    made = imported(a_file(tmp_path, "customer_id,exposure,balance\nZ,,3\nY,,0\n" + "\n".join(rows)))
    assert [(row["customer_id"], row["exposure"]) for row in made.customers[:2]] == [("Z", 3.0), ("Y", 0.0)]
    assert None not in column_of(made, "exposure")


def test_a_portfolio_of_zero_amounts_keeps_its_amount(tmp_path: Path) -> None:
    made = imported(a_file(tmp_path, "customer_id,exposure\nA,0\nB,0\n"))
    assert column_of(made, "exposure") == [0.0, 0.0]


def test_cells_that_hold_something_unread_are_counted_with_an_example(tmp_path: Path) -> None:
    content = "customer_id,exposure,originated_on,rate\n" + "".join(
        f"C{n},1,2024-01-05,0.05\n" for n in range(50)
    )
    made = imported(a_file(tmp_path, content + "X,1,soon,zero\nY,1,NA,\nZ,1,31/31/2024,0.06\n"))
    assert made.findings["cells_unread"] in (("originated_on", 2), ("rate", 1))
    found = {f.column: (f.count, f.detail) for f in made.staged.findings if f.key == "cells_unread"}
    assert found == {"originated_on": (2, "31/31/2024"), "rate": (1, "zero")}


def test_when_no_row_holds_the_file_is_refused_with_the_commonest_reason(tmp_path: Path) -> None:
    with pytest.raises(
        InputRefused, match=r"none of the 3 rows can be used; 2 of them: the amount at risk is negative"
    ):
        imported(a_file(tmp_path, "customer_id,exposure\nA,-1\nB,-2\n,3\n"))


def test_hostile_headers_name_columns_and_run_nothing(tmp_path: Path) -> None:
    evil = [
        'a"b',
        "x'); DROP TABLE q; --",
        "{{7*7}}",
        "_line",
        "c0",
        "_reason",
        "=cmd|' /C calc'!A0",
        "SELECT",
        "中文",
        "Ａ",
        "",
    ]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in [*evil, "customer_id", "exposure"])
    made = imported(a_file(tmp_path, f"{header}\n" + ",".join(["v"] * len(evil)) + ",A,1\n"))
    assert made.quarantine == []
    extras = {name: value for name, value in made.customers[0].items() if name.startswith("x_")}
    assert list(extras.values()) == ["v"] * len(evil)
    assert {"x_a_b", "x_line", "x_c0", "x_reason", "x_select", "x_中文"} <= set(extras)


def test_hostile_cells_and_mapping_targets_are_only_text(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'customer_id,exposure,note\n"\'; DROP TABLE t; --",1,"""); ATTACH \'x\'"\n')
    text = propose_mapping(["customer_id", "exposure", "note"], open_source(path).sample()).to_toml()
    mapping = Mapping.from_toml(text.replace('"x_note"', "'x_\"; DROP TABLE q; --'"))
    made = imported(path, mapping=mapping)
    assert made.customers[0]["customer_id"] == "'; DROP TABLE t; --"
    assert made.customers[0]['x_"; DROP TABLE q; --'] == "\"); ATTACH 'x'"


def test_a_mapping_that_misses_a_header_is_refused_by_its_name(tmp_path: Path) -> None:
    mapping = propose_mapping(["exposure"], open_source(a_file(tmp_path, "exposure\n1\n")).sample())
    with pytest.raises(InputRefused, match=r"b\.csv, line 1: the mapping does not name the column “name”"):
        imported(a_file(tmp_path, "exposure,name\n1,a\n", "b.csv"), mapping=mapping)


def test_a_cancelled_import_leaves_no_table_and_no_thread(tmp_path: Path) -> None:
    connection = duckdb.connect()
    before = threading.active_count()
    connection.execute("BEGIN")
    with pytest.raises(Cancelled, match="nothing of it was kept"):
        imported(a_file(tmp_path, "exposure\n1\n"), connection=connection, is_cancelled=lambda: True)
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]
    assert threading.active_count() == before


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    seen: list[Progress] = []
    one, two = (a_file(tmp_path, "customer_id,exposure\nA,1\n", name) for name in ("one.csv", "two.csv"))
    imported(one, two, report=seen.append)
    assert [step.rows for step in seen] == [1, 2, 2]
    assert 0 < seen[0].share < seen[1].share <= seen[2].share == 1


def test_no_stage_is_left_and_every_column_has_its_kind(tmp_path: Path) -> None:
    connection = duckdb.connect()
    made = imported(SLICES / "sba.csv", connection=connection)
    tables = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    assert tables == [("q",), ("t",)]
    assert set(made.customers[0]) == set(made.staged.kinds)
    assert {n: k for n, k in made.staged.kinds.items() if n in BY_NAME} == {
        name: BY_NAME[name].kind for name in made.staged.kinds if name in BY_NAME
    }


def test_the_content_hash_tells_content_and_reading_apart(tmp_path: Path) -> None:
    one, same = (imported(a_file(tmp_path, "exposure\n1\n", name)) for name in ("one.csv", "same.csv"))
    other = imported(a_file(tmp_path, "exposure\n2\n"))
    source = open_source(tmp_path / "one.csv")
    scaled = Mapping.from_toml(
        propose_mapping(source.header, source.sample()).to_toml().replace("scale = 1.0", "scale = 2.0")
    )
    read_otherwise = imported(tmp_path / "one.csv", mapping=scaled)
    hashes = [made.staged.content_hash for made in (one, same, other, read_otherwise)]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3
