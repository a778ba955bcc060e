from __future__ import annotations

import pytest

from data.contract import BY_NAME, COLUMNS, column
from data.errors import ColumnNotFound


def test_every_column_speaks_both_languages() -> None:
    assert [
        entry.name for entry in COLUMNS if not (entry.label_en and entry.label_zh and entry.meaning)
    ] == []
    assert [entry.name for entry in COLUMNS if bool(entry.lost_en) != bool(entry.lost_zh)] == []


def test_a_synonym_belongs_to_one_column() -> None:
    known: dict[str, str] = {}
    twice = [
        (word, known[word], entry.name)
        for entry in COLUMNS
        for word in entry.synonyms
        if known.setdefault(word, entry.name) != entry.name
    ]
    assert twice == []


def test_sex_and_age_are_protected() -> None:
    assert {entry.name for entry in COLUMNS if entry.personal == "protected"} == {"sex", "age"}


def test_outcomes_are_never_known_in_time_to_predict() -> None:
    assert [
        e.name for e in COLUMNS if e.role == "outcome" and e.known_when in ("application", "booking")
    ] == []


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ColumnNotFound, match="did you mean “exposure”"):
        column("exposur")
    assert len(BY_NAME) == len(COLUMNS)
