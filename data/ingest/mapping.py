"""Which source header is which contract column.

Four looks at a header, from sure to unsure: its exact name, a known synonym, a
near spelling, and whether the cells below it contradict all that. What stays
unsure is asked, never silently taken: a wrong customer key, exposure or default
flag does more harm than none.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

import pandas as pd
import tomli_w
from rapidfuzz import fuzz

from data.contract import BY_NAME, COLUMNS, EXPOSURE_COLUMNS, Column, Kind
from data.errors import InputRefused
from data.identity import content_hash
from data.ingest.content import Content, fits, kind_of_extra, look_at
from data.ingest.headers import HeaderWords, extra_name, read_header

ASK_BELOW = 0.8
NULL_BELOW = 0.3
CAREFUL = frozenset({"customer_id", "exposure", "defaulted"})
AMBIGUOUS_ALONE = frozenset({"default", "id", "status", "amount", "date", "type", "code", "number"})
"""Headers that a synonym lists but that mean many things when they stand alone."""
FUZZY_FLOOR = 88.0


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """One source header and where it goes.

    Attributes
    ----------
    header : str
        Verbatim.
    target : str
        Contract column, or ``x_…`` for an extra column.
    kind : Kind
        Type the cells are read as.
    column : str or None
        First-place contract candidate; None when there is none worth showing.
    confidence : float
        Of `column`, 0–1.
    candidates : tuple
        Contract columns with their confidence, best first.
    scale : float
        What numbers are multiplied by.
    """

    header: str
    target: str
    kind: Kind
    column: str | None
    confidence: float
    candidates: tuple[tuple[str, float], ...] = ()
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Mapping:
    """All headers of a file, and what stands in for a missing key or amount.

    Attributes
    ----------
    customer_key : str
        ``mapped``, ``unique:<header>`` or ``numbered``.
    exposure_rule : str
        ``mapped`` or ``one_each``.
    currency : str or None
        Code, when the file or a person said so.
    """

    entries: tuple[MappingEntry, ...]
    customer_key: str = "mapped"
    exposure_rule: str = "mapped"
    currency: str | None = None

    def by_target(self) -> dict[str, MappingEntry]:
        """Entries by their target column."""
        return {entry.target: entry for entry in self.entries}

    def to_dict(self) -> dict[str, object]:
        """Plain values for TOML, JSON and the hash."""
        return {
            "customer_key": self.customer_key,
            "exposure": self.exposure_rule,
            "currency": self.currency or "",
            "columns": [
                {"header": entry.header, "target": entry.target, "kind": entry.kind, "scale": entry.scale}
                for entry in self.entries
            ],
        }

    @property
    def identity(self) -> str:
        """Content hash of what the mapping does."""
        return content_hash(self.to_dict())

    def to_toml(self) -> str:
        """Write the mapping as TOML, to be kept and used again."""
        return tomli_w.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, values: dict[str, object], source: str = "the mapping") -> Mapping:
        """Read a mapping, all its problems collected.

        Raises
        ------
        InputRefused
            Naming each header or target that can't be used.
        """
        problems: list[str] = []
        entries: list[MappingEntry] = []
        rows = values.get("columns", [])
        if not isinstance(rows, list):
            raise InputRefused.because(
                "“columns” is not a list", file=source, remedy="Write one [[columns]] table a header."
            )
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                problems.append(f"entry {number} of “columns” is not a table")
                continue
            header, target = str(row.get("header", "")), str(row.get("target", ""))
            scale, wanted = row.get("scale", 1.0), row.get("kind", "text")
            if not isinstance(scale, int | float) or not math.isfinite(scale) or scale <= 0:
                problems.append(f"“{header}” has the scale “{scale}”, which is no number above 0")
                continue
            if wanted not in get_args(Kind):
                problems.append(f"“{header}” has the kind “{wanted}”; known: {', '.join(get_args(Kind))}")
                continue
            if target not in BY_NAME and not target.startswith("x_"):
                problems.append(f"“{header}” goes to “{target}”, which the contract does not know")
                continue
            kind: Kind = BY_NAME[target].kind if target in BY_NAME else wanted
            known = target if target in BY_NAME else None
            entries.append(MappingEntry(header, target, kind, known, 1.0, (), float(scale)))
        targets = [entry.target for entry in entries]
        problems += [
            f"“{name}” is filled by two headers"
            for name in sorted({t for t in targets if targets.count(t) > 1})
        ]
        headers = [entry.header for entry in entries]
        problems += [
            f"“{name}” stands there twice" for name in sorted({h for h in headers if headers.count(h) > 1})
        ]
        if problems:
            raise InputRefused.because("; ".join(problems), file=source, remedy="Mend the mapping file.")
        mapping = cls(tuple(entries), currency=str(values.get("currency") or "") or None)
        key = str(values.get("customer_key") or _customer_key(mapping, frozenset()))
        return replace(mapping, customer_key=key, exposure_rule=_exposure_rule(mapping))

    @classmethod
    def from_toml(cls, text: str, source: str = "the mapping") -> Mapping:
        """Read :meth:`to_toml`'s text."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputRefused.because(
                f"not valid TOML ({error})", file=source, remedy="Mend that line."
            ) from None
        return cls.from_dict(values, source)


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[Column, float]]:
    """Every spelling the contract knows, with the confidence it earns."""
    names: dict[str, tuple[Column, float]] = {}
    for entry in COLUMNS:
        for synonym in entry.synonyms:
            names.setdefault(read_header(synonym).words, (entry, 0.95))
    for entry in COLUMNS:
        for label in (entry.label_en, entry.label_zh):
            names[read_header(label).words] = (entry, 0.95)
        names[entry.name.replace("_", " ")] = (entry, 1.0)
    return names


def _scores(words: HeaderWords, content: Content) -> list[tuple[Column, float]]:
    """Candidate columns of one header, best first."""
    names = _names()
    found: dict[str, tuple[Column, float]] = {}
    if words.words in names:
        entry, confidence = names[words.words]
        if words.words in AMBIGUOUS_ALONE:
            confidence = 0.7
        found[entry.name] = (entry, confidence)
    elif len(words.words) >= 4:
        for spelling, (entry, _) in names.items():
            # A whole-word comparison: letters alone would find "repaid" in "prepaid".
            similarity = fuzz.token_sort_ratio(words.words, spelling)
            same_length = abs(len(words.words.split()) - len(spelling.split())) <= 1
            if similarity >= FUZZY_FLOOR and same_length:
                confidence = 0.3 + 0.6 * (similarity - 60) / 40
                if confidence > found.get(entry.name, (entry, 0.0))[1]:
                    found[entry.name] = (entry, round(confidence, 3))
    judged = [
        (entry, confidence if fits(content, entry.kind) else round(confidence * 0.3, 3))
        for entry, confidence in found.values()
    ]
    return sorted(judged, key=lambda pair: -pair[1])


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
    candidates = [_scores(word, content) for word, content in zip(words, contents, strict=True)]

    chosen: dict[str, int] = {}
    ranked = sorted(
        ((pair[1], -place, pair[0].name) for place, pairs in enumerate(candidates) for pair in pairs),
        reverse=True,
    )
    placed: dict[int, tuple[str, float]] = {}
    for confidence, minus_place, name in ranked:
        place = -minus_place
        if place in placed or name in chosen or confidence < NULL_BELOW:
            continue
        chosen[name] = place
        placed[place] = (name, confidence)

    entries: list[MappingEntry] = []
    taken: set[str] = set()
    for place, text in enumerate(header):
        best, confidence = placed.get(place, ("", 0.0))
        shown = tuple((entry.name, value) for entry, value in candidates[place][:3])
        # A wrong customer key, exposure or default flag does more harm than none: asked, not taken.
        column = None if not best or (best in CAREFUL and confidence < ASK_BELOW) else best
        target = column or extra_name(text, taken)
        taken.add(target)
        kind = BY_NAME[column].kind if column else kind_of_extra(contents[place])
        scale = _scale(words[place], contents[place], kind, BY_NAME[column].maximum if column else None)
        entries.append(MappingEntry(text, target, kind, column, confidence, shown, scale))

    currency = next((word.currency for word in words if word.currency), None)
    mapping = Mapping(tuple(entries), currency=currency)
    unique = unique_headers or frozenset(
        text
        for text, content in zip(header, contents, strict=True)
        if content.filled and content.filled == len(sample) and content.distinct == 1.0
    )
    key = _customer_key(mapping, unique)
    # A key is text even when it looks like a number: 007 is not 7.
    as_text = tuple(
        replace(entry, kind="text", scale=1.0) if key == f"unique:{entry.header}" else entry
        for entry in entries
    )
    return replace(mapping, entries=as_text, customer_key=key, exposure_rule=_exposure_rule(mapping))


def _scale(words: HeaderWords, content: Content, kind: Kind, maximum: float | None = None) -> float:
    """What numbers are multiplied by to reach the contract's unit."""
    if kind in ("rate", "share"):
        # Some shares may exceed 1 by themselves: a limit can be used to 120 %.
        largest = maximum if kind == "share" and maximum is not None else 1.0
        percent = words.is_percent or (largest < content.maximum <= 100.0 * largest)
        return 0.01 if percent and not content.has_percent else 1.0
    return words.scale if kind == "money" else 1.0


def _customer_key(mapping: Mapping, unique: frozenset[str]) -> str:
    """Say where the customer key comes from: a column, a unique identifier, or row numbers."""
    targets = mapping.by_target()
    if "customer_id" in targets:
        return "mapped"
    if "facility_id" in targets:
        # Whether it is all different is checked again over the whole file; if not, rows are numbered.
        return f"unique:{targets['facility_id'].header}"
    for entry in mapping.entries:
        last_word = read_header(entry.header).words.rpartition(" ")[2]
        if entry.header in unique and entry.column is None and last_word in ("id", "no", "nr", "number"):
            return f"unique:{entry.header}"
    return "numbered"


def _exposure_rule(mapping: Mapping) -> str:
    return "mapped" if any(name in mapping.by_target() for name in EXPOSURE_COLUMNS) else "one_each"


def with_choice(mapping: Mapping, header: str, target: str | None) -> Mapping:
    """Return the mapping with one header sent elsewhere by a person.

    Parameters
    ----------
    mapping : Mapping
        The mapping so far.
    header : str
        The header to change.
    target : str or None
        Contract column, or None for an extra column.
    """
    entries: list[MappingEntry] = []
    taken = {entry.target for entry in mapping.entries if entry.header != header}
    for entry in mapping.entries:
        if entry.header == header:
            kind: Kind = BY_NAME[target].kind if target else "text"
            new = target or extra_name(header, taken)
            entries.append(replace(entry, target=new, column=target, kind=kind, confidence=1.0))
        elif target is not None and entry.target == target:
            entries.append(
                replace(entry, target=extra_name(entry.header, taken), column=None, confidence=1.0)
            )
        else:
            entries.append(entry)
    changed = replace(mapping, entries=tuple(entries))
    key = "mapped" if "customer_id" in changed.by_target() else mapping.customer_key
    if key == "mapped" and "customer_id" not in changed.by_target():
        key = _customer_key(changed, frozenset())
    return replace(changed, customer_key=key, exposure_rule=_exposure_rule(changed))


def to_confirm(mapping: Mapping) -> list[dict[str, object]]:
    """List what a person should confirm, each with candidates and a question.

    Returns
    -------
    list of dict
        Keys `header` (or None), `column`, `confidence`, `candidates`, `question`.
    """
    rows: list[dict[str, object]] = []
    if mapping.customer_key != "mapped":
        stand_in = mapping.customer_key.removeprefix("unique:")
        how = (
            "rows are numbered"
            if stand_in == "numbered"
            else f"“{stand_in}” stands in: each row is one customer"
        )
        rows.append(_row(None, "customer_id", 0.5, [], f"Who is the customer? No column says so; {how}."))
    if mapping.exposure_rule != "mapped":
        rows.append(
            _row(None, "exposure", 0.5, [], "Which amount is at risk? No column says so; each counts as 1.")
        )
    if mapping.currency is None and "currency" not in mapping.by_target():
        rows.append(_row(None, "currency", 0.5, [], "Which currency are the amounts in?"))
    for entry in mapping.entries:
        best_is_likely = bool(entry.candidates) and entry.candidates[0][1] >= NULL_BELOW
        unsure = best_is_likely and (entry.column is None or entry.confidence < ASK_BELOW)
        if unsure:
            best, confidence = entry.candidates[0]
            question = f"Is “{entry.header}” the {BY_NAME[best].label_en.lower()}?"
            rows.append(_row(entry.header, entry.column, confidence, list(entry.candidates), question))
        elif entry.column is not None and entry.kind in ("rate", "share") and entry.scale == 0.01:
            question = f"“{entry.header}” holds values above 1: read as percent?"
            rows.append(_row(entry.header, entry.column, entry.confidence, list(entry.candidates), question))
        elif entry.column is not None and entry.kind == "money" and entry.scale != 1.0:
            question = f"“{entry.header}” is read in units of {entry.scale:,.0f}: right?"
            rows.append(_row(entry.header, entry.column, entry.confidence, list(entry.candidates), question))
    return rows


def _row(
    header: str | None,
    column: str | None,
    confidence: float,
    candidates: list[tuple[str, float]],
    question: str,
) -> dict[str, object]:
    return {
        "header": header,
        "column": column,
        "confidence": round(confidence, 3),
        "candidates": [{"column": name, "confidence": value} for name, value in candidates],
        "question": question,
    }


def as_rows(mapping: Mapping) -> list[dict[str, object]]:
    """Give the mapping as the dry run prints it: one entry a header, in file order."""
    return [
        {"header": entry.header, "column": entry.column, "confidence": round(entry.confidence, 3)}
        for entry in mapping.entries
    ]
