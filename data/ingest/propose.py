"""Propose where each header of a file goes: each column once, the surest header first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from data.contract import BY_NAME, Column
from data.ingest.content import Content, kind_of_extra, look_at
from data.ingest.headers import HeaderWords, extra_name, read_header
from data.ingest.mapped import (
    ASK_BELOW,
    CAREFUL,
    NULL_BELOW,
    Mapping,
    MappingEntry,
    customer_key_of,
    exposure_rule_of,
)
from data.ingest.matching import candidates
from data.ingest.units import doubtful_unit, scale_of

SHOWN = 3
"""Candidates a question offers."""


def propose_mapping(
    header: Sequence[str], sample: pd.DataFrame, *, unique_headers: frozenset[str] = frozenset()
) -> Mapping:
    """Propose where each header goes.

    Parameters
    ----------
    header : sequence of str
        Verbatim, in file order, without duplicates.
    sample : pandas.DataFrame
        Text cells, one column a header in the same order, some thousand rows.
    unique_headers : frozenset of str
        Headers whose cells are all different in the whole file, when known;
        else the sample decides.

    Returns
    -------
    Mapping
        One entry a header, in file order.
    """
    contents = [look_at(sample.iloc[:, place].tolist()) for place in range(len(header))]
    words = [read_header(text) for text in header]
    found = [candidates(word, content) for word, content in zip(words, contents, strict=True)]
    placed = _placed(found)
    heads = next((contents[place] for place, (name, _) in placed.items() if name == "employees"), None)

    entries: list[MappingEntry] = []
    taken: set[str] = set()
    for place, text in enumerate(header):
        entry = _entry(text, words[place], contents[place], found[place], placed.get(place), taken, heads)
        taken.add(entry.target)
        entries.append(entry)

    mapping = Mapping(tuple(entries), currency=_currency(words))
    unique = unique_headers or frozenset(
        text
        for text, content in zip(header, contents, strict=True)
        if content.filled and content.filled == len(sample) and content.distinct == 1.0
    )
    key = customer_key_of(mapping, unique)
    # A key is text even when it looks like a number: 007 is not 7.
    as_text = tuple(
        replace(entry, kind="text", scale=1.0) if key == f"unique:{entry.header}" else entry
        for entry in entries
    )
    return replace(mapping, entries=as_text, customer_key=key, exposure_rule=exposure_rule_of(mapping))


def _placed(found: Sequence[Sequence[tuple[Column, float]]]) -> dict[int, tuple[str, float]]:
    """Give each header its best column that no surer header has."""
    ranked = sorted(
        (
            (confidence, -place, entry.name)
            for place, pairs in enumerate(found)
            for entry, confidence in pairs
        ),
        reverse=True,
    )
    placed: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for confidence, minus_place, name in ranked:
        if -minus_place in placed or name in taken or confidence < NULL_BELOW:
            continue
        taken.add(name)
        placed[-minus_place] = (name, confidence)
    return placed


def _entry(
    header: str,
    words: HeaderWords,
    content: Content,
    found: Sequence[tuple[Column, float]],
    placed: tuple[str, float] | None,
    taken: set[str],
    heads: Content | None,
) -> MappingEntry:
    """Settle one header: its target, kind and unit."""
    name, confidence = placed or ("", 0.0)
    # A wrong customer key, exposure or default flag does more harm than none: asked, not taken.
    column = None if not name or (name in CAREFUL and confidence < ASK_BELOW) else name
    known = BY_NAME[column] if column else None
    kind = known.kind if known else kind_of_extra(content)
    scale = scale_of(words.unit, content, kind, known)
    doubt = doubtful_unit(known, scale, content, heads) if known else ""
    shown = tuple((entry.name, value) for entry, value in found[:SHOWN])
    return MappingEntry(
        header, column or extra_name(header, taken), kind, column, confidence, shown, scale, doubt
    )


def _currency(words: Sequence[HeaderWords]) -> str | None:
    """Currency the headers name, when they agree on one."""
    named = {word.unit.currency for word in words} - {None}
    return named.pop() if len(named) == 1 else None
