"""A mapping used before is used again for the same header, and as far as it goes for a similar one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.ingest.mapping import Mapping, propose_mapping, with_choice, with_scale
from data.ingest.reuse import reused
from data.warehouse import mappings
from data.warehouse.house import Warehouse

OLD = {"Kd": ["a", "b"], "Volumen": ["5", "6"], "Ort": ["Rome", "Oslo"]}


def a_mapping(columns: dict[str, list[str]]) -> Mapping:
    return propose_mapping(list(columns), pd.DataFrame(columns, dtype="object"))


@pytest.fixture
def by_hand() -> Mapping:
    mapping = with_choice(a_mapping(OLD), "Kd", "customer_id")
    return with_scale(with_choice(mapping, "Volumen", "exposure"), "Volumen", 1e3)


def targets(mapping: Mapping) -> dict[str, tuple[str, float]]:
    return {entry.header: (entry.target, entry.scale) for entry in mapping.entries}


def test_the_same_header_is_mapped_as_before_by_hand(by_hand: Mapping) -> None:
    again = reused(by_hand, a_mapping(OLD))
    assert targets(again) == {"Kd": ("customer_id", 1.0), "Volumen": ("exposure", 1e3), "Ort": ("x_ort", 1.0)}
    assert (again.customer_key, again.exposure_rule) == ("mapped", "mapped")
    assert again.identity == by_hand.identity


def test_a_new_column_is_proposed_and_never_takes_a_settled_place(by_hand: Mapping) -> None:
    newer = {"kd": ["a", "b"], "Volumen": ["5", "6"], "Exposure": ["7", "8"], "Age": ["40", "41"]}
    again = targets(reused(by_hand, a_mapping(newer)))
    assert again["kd"] == ("customer_id", 1.0)
    assert again["Volumen"] == ("exposure", 1e3)
    assert again["Exposure"][0] == "x_exposure"
    assert again["Age"][0] == "age"


def test_a_nearly_equal_header_keeps_the_unit_it_names_itself() -> None:
    saved = a_mapping({"客户号": ["a"], "贷款余额（万元）": ["5"]})
    again = reused(saved, a_mapping({"客户号": ["a"], "贷款余额（亿元）": ["5"]}))
    assert targets(again)["贷款余额（亿元）"] == ("outstanding_balance", 1e8)


def test_the_warehouse_finds_the_same_header_in_any_order_and_a_similar_one_with_its_likeness(
    tmp_path: Path, by_hand: Mapping
) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    header = ["Kd", "Volumen", "Ort", "a1", "a2"]
    with warehouse.transaction() as cursor:
        mappings.keep(cursor, header, by_hand, "anna", "old.csv")
        same = mappings.find(cursor, header[::-1])
        similar = mappings.find(cursor, [*header, "new"])
        other = mappings.find(cursor, ["p", "q", "r"])
        mappings.keep(cursor, header, a_mapping(OLD), "ben", "newer.csv")
        newest = mappings.find(cursor, header)
    warehouse.close()
    assert same is not None
    assert (same.likeness, same.file, same.person) == (1.0, "old.csv", "anna")
    assert same.mapping.identity == by_hand.identity
    assert similar is not None
    assert similar.likeness == pytest.approx(5 / 6)
    assert other is None
    assert newest is not None
    assert newest.person == "ben"
