"""A mapping: which source header is which contract column, kept as TOML and changed by a person."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from typing import Literal, get_args

import tomli_w

from data.contract import BY_NAME, EXPOSURE_COLUMNS, NUMERIC_KINDS, Kind
from data.errors import InputRefused
from data.identity import content_hash
from data.ingest.headers import extra_name, late_headers, read_header
from data.ingest.units import read_unit

ASK_BELOW = 0.8
NULL_BELOW = 0.3
CAREFUL = frozenset({"customer_id", "exposure", "defaulted"})
"""A wrong one of these does more harm than none: asked below `ASK_BELOW`, not taken."""
Timing = Literal["application", "later"]
KEY_WORDS = ("id", "no", "nr", "number", "代码", "编号", "号码")


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
    doubt : str
        What the cells make doubtful of the unit: ``thousands``, ``years`` or empty.
    known_when : Timing or None
        What a person said of an extra column: known at the ``application``, or only ``later``;
        None when nobody said anything.
    """

    header: str
    target: str
    kind: Kind
    column: str | None
    confidence: float
    candidates: tuple[tuple[str, float], ...] = ()
    scale: float = 1.0
    doubt: str = ""
    known_when: Timing | None = None

    @property
    def is_unsure(self) -> bool:
        """Whether it may well be a contract column, but not surely."""
        return bool(self.candidates) and self.candidates[0][1] >= NULL_BELOW and self.confidence < ASK_BELOW

    @property
    def is_extra(self) -> bool:
        """Whether it matches no column of the contract."""
        return self.target.startswith("x_")


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

    @property
    def late_headers(self) -> frozenset[str]:
        """Headers of extra columns known only later: what a person said comes before their look."""
        look_late = late_headers(entry.header for entry in self.entries)
        return frozenset(
            entry.header
            for entry in self.entries
            if entry.is_extra
            and (entry.known_when == "later" or (entry.known_when is None and entry.header in look_late))
        )

    def to_dict(self) -> dict[str, object]:
        """Plain values for TOML, JSON and the hash."""
        return {
            "customer_key": self.customer_key,
            "exposure": self.exposure_rule,
            "currency": self.currency or "",
            "columns": [
                {"header": entry.header, "target": entry.target, "kind": entry.kind, "scale": entry.scale}
                | ({"known_when": entry.known_when} if entry.known_when else {})
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
            known_when = row.get("known_when")
            if known_when not in (None, *get_args(Timing)):
                problems.append(f"“{header}” is known “{known_when}”; known: {', '.join(get_args(Timing))}")
                continue
            kind: Kind = BY_NAME[target].kind if target in BY_NAME else wanted
            known = target if target in BY_NAME else None
            entries.append(
                MappingEntry(header, target, kind, known, 1.0, (), float(scale), known_when=known_when)
            )
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
        key = str(values.get("customer_key") or customer_key_of(mapping, frozenset()))
        return replace(mapping, customer_key=key, exposure_rule=exposure_rule_of(mapping))

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


def customer_key_of(mapping: Mapping, unique: frozenset[str]) -> str:
    """Say where the customer key comes from: a column, a unique identifier, or row numbers."""
    targets = mapping.by_target()
    if "customer_id" in targets:
        return "mapped"
    if "facility_id" in targets:
        # Whether it is all different is checked again over the whole file; if not, rows are numbered.
        return f"unique:{targets['facility_id'].header}"
    for entry in mapping.entries:
        last_word = read_header(entry.header).words.rpartition(" ")[2]
        if entry.header in unique and entry.column is None and _is_key_word(last_word):
            return f"unique:{entry.header}"
    return "numbered"


def _is_key_word(word: str) -> bool:
    return word in KEY_WORDS or word.endswith(KEY_WORDS[-3:])


def exposure_rule_of(mapping: Mapping) -> str:
    """Say whether a column gives the amount at risk or each customer counts as one."""
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
            # Sent back to the extra columns an amount stays a number.
            kind: Kind = BY_NAME[target].kind if target else _kind_left(entry.kind)
            new = target or extra_name(header, taken)
            scale = entry.scale if kind == entry.kind else _scale_said(header, kind)
            entries.append(
                replace(
                    entry,
                    target=new,
                    column=target,
                    kind=kind,
                    confidence=1.0,
                    scale=scale,
                    doubt="",
                    known_when=None if target else entry.known_when,
                )
            )
        elif target is not None and entry.target == target:
            entries.append(
                replace(entry, target=extra_name(entry.header, taken), column=None, confidence=1.0)
            )
        else:
            entries.append(entry)
    changed = replace(mapping, entries=tuple(entries))
    key = "mapped" if "customer_id" in changed.by_target() else mapping.customer_key
    if key == "mapped" and "customer_id" not in changed.by_target():
        key = customer_key_of(changed, frozenset())
    return replace(changed, customer_key=key, exposure_rule=exposure_rule_of(changed))


def _scale_said(header: str, kind: Kind) -> float:
    """What the header alone says numbers are multiplied by, once somebody said what they are."""
    unit = read_unit(header)
    if kind in ("rate", "share"):
        return 0.01 if unit.is_percent else 1.0
    return unit.scale if kind == "money" else 1.0


def _kind_left(kind: Kind) -> Kind:
    return "number" if kind in NUMERIC_KINDS else "text" if kind == "flag" else kind


def with_scale(mapping: Mapping, header: str, scale: float) -> Mapping:
    """Return the mapping with one header's unit settled by a person.

    Raises
    ------
    InputRefused
        For a scale that is no number above 0.
    """
    if not math.isfinite(scale) or scale <= 0:
        raise InputRefused.because(
            f"the scale “{scale}” is no number above 0", file=header, remedy="Give a number such as 1000."
        )
    entries = tuple(
        replace(entry, scale=scale, doubt="") if entry.header == header else entry
        for entry in mapping.entries
    )
    return replace(mapping, entries=entries)


def with_timing(mapping: Mapping, header: str, known_when: Timing) -> Mapping:
    """Return the mapping with a person's word on when an extra column is known."""
    entries = tuple(
        replace(entry, known_when=known_when) if entry.header == header and entry.is_extra else entry
        for entry in mapping.entries
    )
    return replace(mapping, entries=entries)


def numbered(mapping: Mapping) -> Mapping:
    """Return the mapping with no column as the customer: the rows are numbered."""
    entry = mapping.by_target().get("customer_id")
    if entry is not None:
        mapping = with_choice(mapping, entry.header, None)
    return replace(mapping, customer_key="numbered")


def without_amounts(mapping: Mapping) -> Mapping:
    """Return the mapping with no column as the amount at risk: each customer counts as one."""
    for name in EXPOSURE_COLUMNS:
        entry = mapping.by_target().get(name)
        if entry is not None:
            mapping = with_choice(mapping, entry.header, None)
    return mapping
