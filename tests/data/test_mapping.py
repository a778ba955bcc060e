"""Headers of real files find their columns; what is unsure is asked."""

from __future__ import annotations

import pandas as pd
import pytest

from data.errors import InputRefused
from data.ingest.mapping import Mapping, propose_mapping, to_confirm, with_choice


def a_mapping(columns: dict[str, list[str]]) -> Mapping:
    return propose_mapping(list(columns), pd.DataFrame(columns, dtype="object"))


def targets(columns: dict[str, list[str]]) -> dict[str, str | None]:
    return {entry.header: entry.column for entry in a_mapping(columns).entries}


SBA = {
    "LoanNr_ChkDgt": ["1000014003", "1000024006"], "Name": ["ABC", "DEF"], "State": ["IN", "CA"], "NAICS": ["451120", "0"],
    "ApprovalFY": ["1997", "1976A"], "Term": ["84", "60"], "NoEmp": ["4", "2"], "ChgOffDate": ["", "28-Feb-99"],
    "DisbursementDate": ["28-Feb-99", "31-May-97"], "DisbursementGross": ["$60,000.00 ", "$40,000.00 "],
    "BalanceGross": ["$0.00 ", "$0.00 "], "MIS_Status": ["P I F", "CHGOFF"], "ChgOffPrinGr": ["$0.00 ", "$9.00 "],
    "GrAppv": ["$60,000.00 ", "$1.00 "], "SBA_Appv": ["$48,000.00 ", "$1.00 "], "BankState": ["OH", "IN"],
}  # fmt: skip


def test_the_sba_s_headers_find_their_columns_and_decoys_find_none() -> None:
    found = targets(SBA)
    assert found["DisbursementGross"] == "exposure"
    assert found["MIS_Status"] == "defaulted"
    assert found["ChgOffDate"] == "defaulted_on"
    assert found["ChgOffPrinGr"] == "loss_amount"
    assert found["Term"] == "term_months"
    assert [found[name] for name in ("GrAppv", "SBA_Appv", "BankState", "ApprovalFY")] == [None] * 4
    assert a_mapping(SBA).customer_key == "unique:LoanNr_ChkDgt"


def test_a_unit_in_the_header_scales_and_names_the_currency() -> None:
    name = "Total IFC investment as approved by Board(Million - USD)"
    mapping = a_mapping({"Project Number": ["1", "2"], name: ["1.03", "76.06"]})
    entry = mapping.by_target()["exposure"]
    assert (entry.header, entry.scale, mapping.currency) == (name, 1e6, "USD")


def test_chinese_headers_with_units_are_understood() -> None:
    mapping = a_mapping(
        {"客户号": ["甲", "乙"], "贷款余额（万元）": ["12.5", "3"], "执行利率(%)": ["4.35", "5"]}
    )
    found = mapping.by_target()
    assert found["customer_id"].header == "客户号"
    assert (found["outstanding_balance"].scale, mapping.currency) == (1e4, "CNY")
    assert found["interest_rate"].scale == 0.01


def test_default_alone_is_asked_and_not_taken() -> None:
    mapping = a_mapping({"customer_id": ["a", "b"], "exposure": ["1", "2"], "default": ["yes", "no"]})
    assert targets({"default": ["yes", "no"]})["default"] is None
    assert "default" in [row["header"] for row in to_confirm(mapping)]


@pytest.mark.parametrize(
    "header", ["Repaid to IBRD", "prepaid exposure note", "Customer comment", "exposure class"]
)
def test_a_near_spelling_never_takes_a_careful_column(header: str) -> None:
    assert targets({header: ["text", "more text"]})[header] not in ("customer_id", "exposure", "defaulted")


def test_cells_that_contradict_a_name_demote_it() -> None:
    assert targets({"exposure": ["high", "low"]})["exposure"] is None


def test_a_person_s_choice_moves_a_column_and_frees_the_old() -> None:
    mapping = with_choice(a_mapping(SBA), "GrAppv", "exposure")
    assert mapping.by_target()["exposure"].header == "GrAppv"
    assert next(e.target for e in mapping.entries if e.header == "DisbursementGross").startswith("x_")


def test_toml_and_back_maps_alike() -> None:
    mapping = a_mapping(SBA)
    assert Mapping.from_toml(mapping.to_toml()).identity == mapping.identity


def test_problems_of_a_mapping_file_come_together() -> None:
    text = '[[columns]]\nheader="a"\ntarget="nonsense"\n[[columns]]\nheader="b"\ntarget="rubbish"\n'
    with pytest.raises(InputRefused, match=r"nonsense.*rubbish"):
        Mapping.from_toml(text, "m.toml")
