"""The name people read of a segment: their own title, else the automatic name in their language."""

from __future__ import annotations

from collections.abc import Sequence

from data.contract import BY_NAME
from reports.escape import plain
from reports.formats import Language, number, percent
from reports.words import say
from reports.words.names import column_label, level_label, segment_name
from segmentation.clustering.model import NamePart
from segmentation.clustering.naming import Difference


def segment_title(parts: Sequence[NamePart], title: str, language: Language) -> str:
    """Name a segment; a title or a level may come from people or files, so escape it where it lands.

    Examples
    --------
    >>> segment_title([NamePart("years_in_business", "low"), NamePart("utilisation", "high")], "", "en")
    'Young, limits well used'
    >>> segment_title([], "Our own name", "en")
    'Our own name'
    """
    if title:
        return plain(title)
    keys: list[tuple[str, str]] = []
    tail = ""
    for part in parts:
        if part.word in ("high", "low"):
            keys.append((part.column, part.word))
        elif part.word == "is":
            keys.append((part.column, part.level))
        elif part.word == "missing":
            unknown = say("chart.unknown", language).lower()
            keys.append((part.column, f"{column_label(part.column, language)}: {unknown}"))
        elif part.word == "number":
            tail = f" {part.level}"
    return segment_name(keys, language) + tail


def numbered(number: int, name: str) -> str:
    """Put a segment's number before its name."""
    return f"{number} · {name}"


def difference_label(entry: Difference, language: Language) -> str:
    """Name what a difference is about: a column, or a level of one; may be hostile text."""
    label = column_label(entry.column, language)
    if entry.part == "level":
        return f"{label}: {level_label(entry.level, language)}"
    return label if entry.part == "value" else f"{label}: {say('chart.unknown', language).lower()}"


def difference_text(entry: Difference, language: Language) -> str:
    """Say both means: here against elsewhere."""
    here, there = (_mean_text(entry, value) for value in (entry.segment, entry.portfolio))
    return say("why.against", language, here=here, elsewhere=there)


def _mean_text(entry: Difference, value: float | None) -> str:
    """Write a mean in the unit of its column."""
    known = BY_NAME.get(entry.column)
    if entry.part != "value" or (known is not None and known.kind in ("rate", "share")):
        return percent(value, 1)
    size = 0.0 if value is None else abs(value)
    return number(value, 0 if size >= 100 else 1)
