"""The name people read of a segment: their own title, else the automatic name in their language."""

from __future__ import annotations

from collections.abc import Sequence

from reports.escape import plain
from reports.formats import Language
from reports.words import say
from reports.words.names import column_label, segment_name
from segmentation.clustering.model import NamePart


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
