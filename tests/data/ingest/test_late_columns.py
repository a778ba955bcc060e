"""Extra columns known only afterwards: seen by their header, asked about, and a person's word kept."""

from __future__ import annotations

import pandas as pd
import pytest

from data.errors import InputRefused
from data.ingest.headers import late_headers
from data.ingest.mapping import Mapping, propose_mapping, to_confirm, with_choice, with_timing
from data.ingest.reuse import reused

CALLS = {"job": ["a", "b"], "duration": ["261", "149"], "campaign": ["1", "2"], "y": ["no", "yes"]}


def a_mapping(columns: dict[str, list[str]] = CALLS) -> Mapping:
    return propose_mapping(list(columns), pd.DataFrame(columns, dtype="object"))


@pytest.mark.parametrize(
    "header",
    [
        "Call duration",
        "talk_time",
        "contact_seconds",
        "通话时长",
        "ChgOffDate",
        "结清日期",
        "y",
        "Subscribed",
    ],
)
def test_what_is_known_only_afterwards_looks_late(header: str) -> None:
    assert late_headers([header]) == {header}


@pytest.mark.parametrize(
    "header",
    [
        "duration",
        "duration.in.month",
        "loan duration months",
        "employment_duration",
        "previous",
        "contact",
        "city",
        "years",
    ],
)
def test_a_loan_s_duration_is_not_a_call_s(header: str) -> None:
    assert late_headers([header, "amount", "purpose", "telephone"]) == frozenset()


@pytest.mark.parametrize("other", ["campaign", "contact", "poutcome", "calls_made", "是否响应", "外呼次数"])
def test_a_bare_duration_in_a_file_of_calls_is_a_call_s(other: str) -> None:
    assert "duration" in late_headers(["duration", other, "job"])


def test_a_late_looking_column_is_asked_about_until_somebody_has_said() -> None:
    mapping = a_mapping()
    asked = {row["header"]: str(row["question"]) for row in to_confirm(mapping)}
    assert "known only afterwards" in asked["duration"]
    assert "job" not in asked
    said = with_timing(mapping, "duration", "application")
    assert "duration" not in {row["header"] for row in to_confirm(said)}
    assert (set(mapping.late_headers), set(said.late_headers)) == ({"duration", "y"}, {"y"})


def test_a_column_that_looks_harmless_can_be_said_to_be_late() -> None:
    assert "job" in with_timing(a_mapping(), "job", "later").late_headers


def test_what_was_said_is_kept_with_the_mapping_and_used_again() -> None:
    said = with_timing(a_mapping(), "duration", "application")
    again = Mapping.from_toml(said.to_toml())
    assert again.late_headers == {"y"}
    assert reused(again, a_mapping()).late_headers == {"y"}
    assert said.identity != a_mapping().identity


def test_a_mapping_nobody_said_anything_of_is_written_as_before() -> None:
    assert all(set(row) == {"header", "target", "kind", "scale"} for row in a_mapping().to_dict()["columns"])  # type: ignore[attr-defined] # plain JSON


def test_a_column_that_becomes_a_contract_s_goes_by_the_contract() -> None:
    said = with_timing(a_mapping(), "duration", "later")
    chosen = with_choice(said, "duration", "term_months")
    assert "duration" not in chosen.late_headers
    assert "known_when" not in chosen.to_toml()


def test_an_odd_word_on_when_is_refused() -> None:
    odd = a_mapping().to_toml().replace('header = "job"', 'header = "job", known_when = "never"')
    with pytest.raises(InputRefused, match="never"):
        Mapping.from_toml(odd)
