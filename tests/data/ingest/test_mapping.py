"""Real headers, from slices of the real files: what is found, what is asked, what is left alone."""

from __future__ import annotations

import pandas as pd
import pytest

from data.errors import InputRefused
from data.ingest.mapping import Mapping, as_rows, propose_mapping, to_confirm, with_choice
from data.ingest.readers import open_source
from tests.data.ingest.builders import SLICES, imported

IBRD_TARGETS = {
    "snapshot_date", "facility_id", "region", "country", "name", "guarantor", "interest_rate", "currency", "exposure",
    "originated_on",
}  # fmt: skip

EXPECTED: dict[str, dict[str, str]] = {
    "sba": {
        "LoanNr_ChkDgt": "facility_id", "Name": "name", "City": "city", "State": "region", "Zip": "postcode",
        "NAICS": "industry", "Term": "term_months", "NoEmp": "employees", "UrbanRural": "urban_rural",
        "ChgOffDate": "defaulted_on", "DisbursementDate": "originated_on", "DisbursementGross": "exposure",
        "BalanceGross": "outstanding_balance", "MIS_Status": "defaulted", "ChgOffPrinGr": "loss_amount",
    },
    "ibrd-2023": {
        "End of Period": "snapshot_date", "Loan Number": "facility_id", "Region": "region", "Country": "country",
        "Borrower": "name", "Guarantor": "guarantor", "Interest Rate": "interest_rate",
        "Currency of Commitment": "currency", "Borrower's Obligation": "exposure",
        "Agreement Signing Date": "originated_on",
    },
    "ibrd-2025": {
        "End_of_Period": "snapshot_date", "Loan_Number": "facility_id", "Region": "region", "Country/Economy": "country",
        "Borrower": "name", "Guarantor": "guarantor", "Interest_Rate": "interest_rate",
        "Currency_of_Commitment": "currency", "Borrowers_Obligation_": "exposure",
        "Agreement_Signing_Date": "originated_on",
    },
    "ifc": {
        "Project Number": "facility_id", "Company Name": "name", "Country": "country", "Industry": "industry",
        "Environmental Category": "environmental_category", "IFC Signed Date": "originated_on",
        "Total IFC investment as approved by Board(Million - USD)": "exposure", "As of Date": "snapshot_date",
    },
    "german": {
        "duration_in_month": "term_months", "credit_amount": "exposure", "personal_status_and_sex": "sex",
        "age_in_years": "age", "creditability": "defaulted",
    },
    "bank": {"age": "age", "campaign": "campaign_contacts"},
}  # fmt: skip


def mapped(name: str) -> Mapping:
    source = open_source(SLICES / f"{name}.csv")
    return propose_mapping(source.header, source.sample())


def a_mapping(columns: dict[str, list[str]]) -> Mapping:
    return propose_mapping(list(columns), pd.DataFrame(columns, dtype="object"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_file_s_headers_go_where_they_belong_and_nowhere_else(name: str) -> None:
    assert {entry.header: entry.column for entry in mapped(name).entries if entry.column} == EXPECTED[name]


def test_both_snapshots_of_one_book_fill_the_same_columns() -> None:
    for name in ("ibrd-2023", "ibrd-2025"):
        targets = {entry.column for entry in mapped(name).entries} - {None}
        assert targets == IBRD_TARGETS


def test_interest_in_percent_becomes_a_fraction_and_millions_become_units() -> None:
    assert mapped("ibrd-2023").by_target()["interest_rate"].scale == 0.01
    ifc = mapped("ifc")
    assert (ifc.by_target()["exposure"].scale, ifc.currency) == (1e6, "USD")


def test_semicolons_are_found_and_default_alone_is_only_asked() -> None:
    mapping = mapped("bank")
    default = next(entry for entry in mapping.entries if entry.header == "default")
    assert (default.column, default.target, default.candidates) == (None, "x_default", (("defaulted", 0.7),))
    assert "default" in [row["header"] for row in to_confirm(mapping)]


@pytest.mark.parametrize(
    ("name", "key", "rule"),
    [
        ("sba", "unique:LoanNr_ChkDgt", "mapped"), ("ibrd-2025", "unique:Loan_Number", "mapped"),
        ("ifc", "unique:Project Number", "mapped"), ("german", "numbered", "mapped"), ("bank", "numbered", "one_each"),
    ],
)  # fmt: skip
def test_what_stands_in_for_a_missing_key_or_amount_is_said_and_asked(name: str, key: str, rule: str) -> None:
    mapping = mapped(name)
    assert (mapping.customer_key, mapping.exposure_rule) == (key, rule)
    asked = [row["column"] for row in to_confirm(mapping) if row["header"] is None]
    assert "customer_id" in asked
    assert ("exposure" in asked) == (rule == "one_each")
    assert len(asked) <= 3


def test_the_dry_run_has_one_row_a_header_verbatim_in_file_order() -> None:
    source = open_source(SLICES / "ibrd-2025.csv")
    rows = as_rows(propose_mapping(source.header, source.sample()))
    assert [row["header"] for row in rows] == list(source.header)
    assert all(row["column"] is None or row["confidence"] >= 0.3 for row in rows)


def test_each_question_ends_with_a_question_mark_or_says_what_is_done() -> None:
    for name in EXPECTED:
        for row in to_confirm(mapped(name)):
            assert "?" in str(row["question"])
            assert set(row) == {"header", "column", "confidence", "candidates", "question"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mapping_kept_as_toml_reads_the_file_alike(name: str) -> None:
    mapping = mapped(name)
    again = Mapping.from_toml(mapping.to_toml())
    assert (again.identity, again.customer_key, again.currency) == (
        mapping.identity,
        mapping.customer_key,
        mapping.currency,
    )
    path = SLICES / f"{name}.csv"
    assert imported(path, mapping=again).staged == imported(path).staged


@pytest.mark.parametrize(
    ("header", "cells", "scale"),
    [
        ("PD", ["0.02", "0.5"], 1.0), ("PD", ["2", "50"], 0.01), ("PD", ["2%", "50%"], 1.0), ("PD (%)", ["0.2", "0.5"], 0.01),
        ("Utilisation", ["0.4", "1.2"], 1.0), ("Utilisation", ["40", "120"], 0.01), ("Utilisation", ["40", "95"], 0.01),
        ("LGD", ["45", "100"], 0.01), ("Interest rate", ["0.0425", "0.07"], 1.0), ("Balance (bn EUR)", ["1", "2"], 1e9),
        ("余额(亿元)", ["1", "2"], 1e8), ("Revenue (EUR k)", ["10", "20"], 1e3), ("Employees (000s)", ["1", "2"], 1.0),
    ],
)  # fmt: skip
def test_units_are_taken_from_header_and_cells(header: str, cells: list[str], scale: float) -> None:
    assert a_mapping({header: cells}).entries[0].scale == scale


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"Ref no": ["007", "008"], "exposure": ["1", "2"]}, "unique:Ref no"),
        ({"ID": ["1", "2"], "exposure": ["1", "2"]}, "unique:ID"),
        ({"ID": ["1", "1"], "exposure": ["1", "2"]}, "numbered"),
        ({"Amount paid": ["1", "2"], "exposure": ["1", "2"]}, "numbered"),
        ({"Grid": ["a", "b"], "exposure": ["1", "2"]}, "numbered"),
        ({"numbered": ["a", "b"], "exposure": ["1", "2"]}, "numbered"),
    ],
)
def test_only_a_unique_identifier_stands_in_for_the_customer(columns: dict[str, list[str]], key: str) -> None:
    assert a_mapping(columns).customer_key == key


def test_amounts_with_decimal_commas_are_still_amounts() -> None:
    assert a_mapping({"exposure": ["1.234,50", "7,25", "12.000,00"]}).entries[0].column == "exposure"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('header="a"\ntarget="exposre"', "contract does not know"),
        ('header="a"\ntarget="x_a"\nkind="blob"', "kind “blob”"),
        ('header="a"\ntarget="exposure"\nscale="many"', "scale “many”"),
        ('header="a"\ntarget="exposure"\nscale=nan', "scale “nan”"),
        ('header="a"\ntarget="exposure"\nscale=0', "scale “0”"),
        (
            'header="a"\ntarget="exposure"\n[[columns]]\nheader="b"\ntarget="exposure"',
            "filled by two headers",
        ),
        ('header="a"\ntarget="x_a"\n[[columns]]\nheader="a"\ntarget="x_b"', "stands there twice"),
    ],
)
def test_a_faulty_mapping_file_is_refused_with_a_sentence(rows: str, said: str) -> None:
    with pytest.raises(InputRefused, match=said) as caught:
        Mapping.from_toml("[[columns]]\n" + rows, "m.toml")
    assert "m.toml" in str(caught.value)


@pytest.mark.parametrize("text", ["columns = 3", "columns = [1, 2]", "not toml ["])
def test_what_is_no_mapping_at_all_is_refused_too(text: str) -> None:
    with pytest.raises(InputRefused, match=r"m\.toml"):
        Mapping.from_toml(text, "m.toml")


def test_a_choice_can_be_taken_back() -> None:
    first = mapped("sba")
    without = with_choice(first, "DisbursementGross", None)
    assert without.exposure_rule == "mapped"  # BalanceGross is an amount at risk too
    assert with_choice(without, "DisbursementGross", "exposure").by_target()["exposure"].scale == 1.0
    keyed = with_choice(first, "Name", "customer_id")
    assert keyed.customer_key == "mapped"
    assert with_choice(keyed, "Name", "name").customer_key == "unique:LoanNr_ChkDgt"
