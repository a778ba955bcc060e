"""What plain values read from a TOML file may be: rules as rows, problems found together.

Whoever keeps values in TOML lists what they may be as rows of a `Table` and gets one
sentence a problem, with the line where that can be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeAlias

from data.errors import Problem

Values: TypeAlias = Mapping[str, Any]
"""Plain values as TOML and JSON hold them (hence `Any`); nothing is checked yet."""

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one value may be.

    Attributes
    ----------
    kind : type
        `int` for whole numbers, `float` for any finite ones, `str` or `bool`.
    lowest, highest : float
        Range of a number, both ends included; of a text, its length.
    unit : str
        What the number counts, for the sentence.
    is_needed : bool
        Whether the key must be there.

    Examples
    --------
    >>> Rule(int, 0, 200, "half points").problem("core_step", 0.5).sentence()
    'core_step: 0.5 does not fit. Give a whole number from 0 to 200 half points.'
    """

    kind: type
    lowest: float = 0
    highest: float = 1
    unit: str = ""
    is_needed: bool = False

    def accepts(self, value: object) -> bool:
        """Whether a value may stand; a whole number may be written 15.0."""
        if isinstance(value, bool) or self.kind is bool:
            return isinstance(value, bool) and self.kind is bool
        if isinstance(value, str):
            return self.kind is str and self.lowest <= len(value) <= self.highest
        if not isinstance(value, int | float) or self.kind is str:
            return False
        # The range comes first: it turns away what is not finite or too long for a float.
        return self.lowest <= value <= self.highest and (self.kind is float or float(value).is_integer())

    def problem(self, where: str, value: object) -> Problem | None:
        """Say what is wrong with a value; None when it may stand."""
        if self.accepts(value):
            return None
        span = f"{self.lowest:g} to {self.highest:g}"
        wanted = {int: f"a whole number from {span}", float: f"a number from {span}", bool: "true or false"}
        remedy = f"Give {wanted.get(self.kind, f'a text of {span} characters')} {self.unit}".rstrip()
        shown = repr(value)
        shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
        return Problem(where, f"{shown} does not fit", f"{remedy}.")

    def plain(self, value: Any) -> Any:  # Any: a checked value of `kind`
        """Bring a checked value to one form, so that 15 and 15.0 are the same."""
        return self.kind(value)


@dataclass(frozen=True, slots=True)
class Table:
    """What one table of a file may hold.

    Attributes
    ----------
    values : dict
        Key → rule.
    tables : dict
        Key → table within; all of them must be there.
    ordered : tuple of (str, str, str, str)
        Two keys whose values must not be crossed, the lower one first, and what to say and
        to do when they are.
    """

    values: dict[str, Rule] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    ordered: tuple[str, str, str, str] | None = None


def problems_of(values: object, table: Table, source: str, text: str = "", path: Path = ()) -> list[Problem]:
    """Find everything that is wrong with plain values, in the order of the file.

    Parameters
    ----------
    values : object
        As read; anything but a mapping is a problem itself.
    table : Table
        What may stand there.
    source : str
        Where the values came from, for the sentences.
    text : str
        The file's text, to name lines.
    path : tuple of str
        Keys that lead to `values` from the top.

    Examples
    --------
    >>> table = Table({"share": Rule(float, 0, 1, is_needed=True)})
    >>> [problem.sentence() for problem in problems_of({"shre": 2}, table, "a.toml", "shre = 2")]
    ['a.toml, line 1, shre: is not known. Did you mean “share”?', 'a.toml, share: is missing. Add it.']
    """
    return list(_problems(values, table, source, text, path))


def _problems(values: object, table: Table, source: str, text: str, path: Path) -> Iterator[Problem]:
    if not isinstance(values, Mapping):
        yield Problem(_place(source, text, path), "is no table", "Write it as a TOML table.")
        return
    known = (*table.values, *table.tables)
    for key, value in values.items():
        here = (*path, str(key))
        if key in table.tables:
            yield from _problems(value, table.tables[key], source, text, here)
        elif key not in known:
            near = get_close_matches(str(key), known, n=1, cutoff=0.6)
            hint = f"Did you mean “{near[0]}”?" if near else f"Known: {', '.join(known)}."
            yield Problem(_place(source, text, here), "is not known", hint)
        elif problem := table.values[key].problem(_place(source, text, here), value):
            yield problem
    needed = [key for key, rule in table.values.items() if rule.is_needed]
    for key in (*needed, *table.tables):
        if key not in values:
            yield Problem(_place(source, "", (*path, key)), "is missing", "Add it.")
    if table.ordered is not None and _is_crossed(values, table, *table.ordered[:2]):
        yield Problem(_place(source, text, (*path, table.ordered[0])), *table.ordered[2:])


def _is_crossed(values: Values, table: Table, low: str, high: str) -> bool:
    """Whether the lower value is the higher one; what does not fit its own rule is not compared."""
    are_both = all(name in values and table.values[name].accepts(values[name]) for name in (low, high))
    return are_both and values[low] > values[high]


def _place(source: str, text: str, path: Path) -> str:
    """Say where a key stands: source, line when it can be found, and the key's whole name."""
    line = _line_of(text, path)
    return ", ".join([source, *([f"line {line}"] if line else []), ".".join(path)])


def _line_of(text: str, path: Path) -> int | None:
    """Find the line of a key written the plain way; None for inline tables and other spellings."""
    here: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[([^\[\]]+)\]", line):
            here = tuple(part.strip().strip("\"'") for part in head[1].split("."))
            if here == path:
                return number
        elif (name := re.match(r"\s*([^=#]+?)\s*=", line)) and (*here, name[1].strip("\"'")) == path:
            return number
    return None
