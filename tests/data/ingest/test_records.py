"""Bytes cut into records, with Python's csv module as the independent reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputRefused
from data.ingest import records
from data.ingest.records import Grammar, cut_records, split_record


def cut(data: bytes, piece: int = 1 << 20, delimiter: bytes = b",") -> list[tuple[int, str, bool]]:
    """Cut data that arrives in pieces: line, raw text and whether a quote never closed, a record each."""
    pieces = (data[place : place + piece] for place in range(0, len(data), piece))
    return [
        (int(chunk.lines[place]), chunk.raw(place), bool(chunk.unclosed[place]))
        for chunk in cut_records(pieces, Grammar(delimiter))
        for place in range(chunk.starts.size)
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", [(1, "a,b"), (2, "1,2")]),
        (b"a,b\n1,2", [(1, "a,b"), (2, "1,2")]),
        (b"a,b\r\n1,2\r\n", [(1, "a,b"), (2, "1,2")]),
        (b"a\n\n\r\nb\n", [(1, "a"), (4, "b")]),
        (b'a,"x\ny\n\nz",c\nd\n', [(1, 'a,"x\ny\n\nz",c'), (5, "d")]),
        (b'a,"x\r\ny"\r\nd\r\n', [(1, 'a,"x\r\ny"'), (3, "d")]),
        (b'a,5" PIPE\nb,c\n', [(1, 'a,5" PIPE'), (2, "b,c")]),
        (b'a,"say ""hi\n""",c\nd\n', [(1, 'a,"say ""hi\n""",c'), (3, "d")]),
        (b'""\n', [(1, '""')]),
        (b"", []), (b"\n\n", []),
    ],
)  # fmt: skip
def test_a_record_keeps_its_first_line_and_its_text(data: bytes, expected: list[tuple[int, str]]) -> None:
    for piece in (1, 3, 1 << 20):
        assert cut(data, piece) == [(line, raw, False) for line, raw in expected]


def test_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    assert cut(b'a,b\n1,"open\n2,x\n3,"q, z"\n') == [
        (1, "a,b", False), (2, '1,"open', True), (3, "2,x", False), (4, '3,"q, z"', False),
    ]  # fmt: skip


def test_a_quote_that_never_closes_in_a_long_file_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(records, "MAX_RECORD_BYTES", 1_000)
    made = cut(b'1,"open\n' + b"2,x\n" * 2_000, piece=300)
    assert len(made) == 2_001
    assert [line for line, _, unclosed in made if unclosed] == [1]
    assert made[-1] == (2_001, "2,x", False)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_RECORD_BYTES", 1_000)
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b"a,b\n"
        while True:
            taken += 100
            yield b"x" * 100

    with pytest.raises(InputRefused, match=r"big\.csv, line 2: a line is longer than 1,000 bytes"):
        list(cut_records(endless(), Grammar(b","), name="big.csv"))
    assert taken <= 1_200


cells = st.text(alphabet='ab"\n\r,;é中 ', max_size=6)
rows = st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8)


def written(table: list[list[str]], quoting: int, delimiter: str = ",", end: str = "\n") -> str:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=quoting, lineterminator=end, delimiter=delimiter).writerows(table)  # type: ignore[arg-type]
    return target.getvalue()


@settings(max_examples=80, deadline=None)
@given(table=rows, piece=st.integers(1, 9), quote_all=st.booleans(), end=st.sampled_from(["\n", "\r\n"]))
def test_what_python_s_csv_module_writes_is_cut_and_split_back(
    table: list[list[str]], piece: int, quote_all: bool, end: str
) -> None:
    if not quote_all:  # a bare return at the end of a row belongs to the line end
        table = [[cell.replace("\r", "") for cell in row] for row in table]
    text = written(table, csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, end=end)
    made = cut(text.encode(), piece)
    assert [split_record(raw, ",") for _, raw, _ in made] == table
    lines = [1 + text[: text.index(raw, 0)].count("\n") for _, raw, _ in made[:1]]
    assert [line for line, _, _ in made[:1]] == lines


@settings(max_examples=80, deadline=None)
@given(record=st.text(alphabet='ab",; ', max_size=12))
def test_a_stray_quote_is_split_as_python_s_csv_module_splits_it(record: str) -> None:
    assert split_record(record, ",") == (next(csv.reader([record]), [""]) or [""])


@settings(max_examples=80, deadline=None)
@given(text=st.text(alphabet='a",\n\r', max_size=40), piece=st.integers(1, 7))
def test_no_byte_vanishes_and_lines_rise_whatever_the_quotes(text: str, piece: int) -> None:
    made = cut(text.encode(), piece)
    assert "".join(raw for _, raw, _ in made).replace("\n", "").replace("\r", "") == text.replace(
        "\n", ""
    ).replace("\r", "")
    numbers = [line for line, _, _ in made]
    assert numbers == sorted(set(numbers))
    starts = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]
    for line, raw, _ in made:
        assert text.startswith(raw, starts[line - 1])
