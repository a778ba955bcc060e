"""The data dictionary is the contract, written down."""

from __future__ import annotations

from data.contract import COLUMNS
from data.contract.dictionary import PATH, dictionary


def test_the_document_is_what_the_contract_says_today() -> None:
    assert PATH.read_text(encoding="utf-8") == dictionary(), "run: python -m data.contract.dictionary"


def test_every_column_has_its_heading_rule_and_both_labels() -> None:
    text = dictionary()
    for column in COLUMNS:
        assert f"\n### {column.name}\n\n{column.label_en} · {column.label_zh}. " in text
    assert text.count("- Several rows: ") == len(COLUMNS)
