"""Units: thousands, millions, 万, percent and years, from the header or from the cells."""

from __future__ import annotations

import pandas as pd
import pytest

from data.errors import InputRefused
from data.ingest.mapping import Mapping, propose_mapping, to_confirm, with_choice, with_scale
from data.ingest.units import read_unit, split_unit
from tests.data.ingest.builders import a_file, column_of, imported


@pytest.mark.parametrize(
    ("header", "name", "scale"),
    [
        ("EAD (m USD)", "EAD", 1e6), ("Exposure in Tsd. EUR", "Exposure", 1e3), ("Balance, EUR k", "Balance", 1e3),
        ("Loan Amount (USD thousands)", "Loan Amount", 1e3), ("Exposure USD mn", "Exposure", 1e6),
        ("Limit [EUR bn]", "Limit", 1e9), ("Umsatz (TEUR)", "Umsatz", 1e3), ("Balance (Rs crore)", "Balance", 1e7),
        ("Loan (lakhs)", "Loan", 1e5), ("贷款余额（万元）", "贷款余额", 1e4), ("授信额度(亿元)", "授信额度", 1e8),
        ("金额（千元）", "金额", 1e3), ("金额（百万元）", "金额", 1e6), ("Exposure", "Exposure", 1.0),
        ("Balance ($000s)", "Balance", 1e3), ("Tenor m", "Tenor m", 1.0), ("Amount paid in", "Amount paid in", 1.0),
        ("Revenue FY2024 ($m)", "Revenue FY2024", 1e6),
    ],
)  # fmt: skip
def test_a_header_names_its_unit(header: str, name: str, scale: float) -> None:
    assert (split_unit(header)[0], read_unit(header).scale) == (name, scale)


def a_mapping(columns: dict[str, list[str]]) -> Mapping:
    return propose_mapping(list(columns), pd.DataFrame(columns, dtype="object"))


def test_years_become_months_and_that_is_asked() -> None:
    mapping = a_mapping({"Term (yrs)": ["5", "10"]})
    assert (mapping.entries[0].column, mapping.entries[0].scale) == ("term_months", 12.0)
    assert any("years" in str(row["question"]) for row in to_confirm(mapping))


def test_cells_that_hint_at_another_unit_are_asked_and_not_multiplied() -> None:
    rows = {"Employees": ["100", "40"], "Annual revenue": ["2500", "900"]}  # 25 a head: thousands or millions
    entry = a_mapping(rows).by_target()["annual_revenue"]
    assert (entry.doubt, entry.scale) == ("thousands", 1.0)
    assert any("thousands" in str(row["question"]) for row in to_confirm(a_mapping(rows)))
    short = a_mapping({"Term": [str(1 + place % 20) for place in range(40)]}).entries[0]
    assert (short.doubt, short.scale) == ("years", 1.0)


def test_two_currencies_in_the_headers_name_none_for_the_file() -> None:
    assert a_mapping({"Exposure (USD)": ["1"], "Loss (EUR)": ["1"]}).currency is None


def test_a_settled_unit_is_kept_and_the_engine_applies_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = a_file(tmp_path, "customer_id,exposure\na,1.5\nb,2\n")
    mapping = a_mapping({"customer_id": ["a", "b"], "exposure": ["1.5", "2"]})
    settled = Mapping.from_toml(with_scale(mapping, "exposure", 1e6).to_toml())
    assert column_of(imported(path, mapping=settled), "exposure") == [1.5e6, 2e6]
    with pytest.raises(InputRefused, match="no number above 0"):
        with_scale(mapping, "exposure", float("nan"))


def test_a_column_sent_to_an_amount_by_hand_takes_the_unit_its_header_names() -> None:
    mapping = a_mapping({"客户号": ["a"], "主合同金额（万元）": ["5"], "费率(%)": ["3"]})
    chosen = with_choice(mapping, "主合同金额（万元）", "exposure")
    assert chosen.by_target()["exposure"].scale == 1e4
    assert with_choice(mapping, "费率(%)", "commitment_fee").by_target()["commitment_fee"].scale == 0.01
