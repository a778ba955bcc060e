"""The same content has the same name, and nothing else has."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.identity import canonical_json, content_hash, file_hash, short

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(value=values)
@settings(max_examples=80)
def test_writing_and_reading_changes_no_name(value: object) -> None:
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)


@given(values=st.dictionaries(st.text(max_size=3), st.integers(), min_size=2, max_size=5))
@settings(max_examples=50)
def test_the_order_of_keys_changes_no_name(values: dict[str, int]) -> None:
    assert content_hash(values) == content_hash(dict(reversed(values.items())))


DIFFERENT = [
    {"a": 1},
    {"a": 1.5},
    {"a": "1"},
    {"a": None},
    {"a": True},
    {"a": [1]},
    {"b": 1},
    {},
    [],
    ["a", 1],
    [1, "a"],
    "a",
    "",
]


def test_different_contents_have_different_names() -> None:
    assert len({content_hash(value) for value in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_has_no_name(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        content_hash({"a": number})


def test_a_name_is_published_arithmetic() -> None:
    assert content_hash({"b": 1, "a": "中"}) == hashlib.sha256('{"a":"中","b":1}'.encode()).hexdigest()
    assert short("0123456789abcdef") == "0123456789ab"


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_a_file_is_hashed_whole_whatever_its_size(size: int, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * size)
    assert file_hash(path) == hashlib.sha256(b"x" * size).hexdigest()
