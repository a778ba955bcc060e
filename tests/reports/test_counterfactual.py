"""What would lift a customer, in words: nothing is cut off, however many changes it takes."""

from __future__ import annotations

import math

import pytest

from reports.counterfactual import lift_sentence, refusal_words, way_rows
from reports.formats import Language
from segmentation.counterfactual import Change, Counterfactual, Way

NAMES = (
    "products_held",
    "total_debt",
    "ebitda",
    "income",
    "collateral_value",
    "interest_expense",
    "fee_income",
)


def a_way(count: int) -> Way:
    changes = tuple(Change(name, 1.0, 7.0 + place) for place, name in enumerate(NAMES[:count]))
    return Way(changes, 0.3 * count, "Core", 50.5, math.nan)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_up_to_three_changes_are_one_sentence_and_more_are_listed_each(language: Language) -> None:
    few, many = (Counterfactual("Ordinary", "Core", (a_way(count),)) for count in (3, 7))
    strong, _ = lift_sentence(few, "Ann", "EUR", language)
    assert strong.count("EUR" if language == "en" else "欧元") == 2
    assert len(way_rows(few, "EUR", language)[1]) == 1
    strong, _ = lift_sentence(many, "Ann", "EUR", language)
    assert "7" in strong
    assert "EUR" not in strong and "欧元" not in strong
    head, *rows = way_rows(many, "EUR", language)[1]
    assert len(rows) == 7
    assert [len(row.cells) for row in (head, *rows)] == [5] * 8


def test_a_minimum_stay_is_said_in_months() -> None:
    stay = Counterfactual("Ordinary", "Core", refusal="stay", needed=1.0)
    assert "for 1 month whatever" in refusal_words(stay, "en")
