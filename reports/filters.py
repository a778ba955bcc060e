"""Which customers are looked at, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.escape import plain
from reports.formats import Language
from reports.words import has_words, say
from reports.words.names import column_label, level_label


def level_text(column: str, level: str, names: Mapping[str, str], language: Language) -> str:
    """Name a level a customer may be selected by; may be hostile text, made plain.

    Parameters
    ----------
    column, level : str
        As kept; the empty level is a blank cell.
    names : mapping of str to str
        Names of the segments by number.
    language : {'en', 'zh'}
        Language of the name.

    Examples
    --------
    >>> level_text("lifecycle", "mature", {}, "en"), level_text("region", "", {}, "en")
    ('Mature', 'Unknown')
    """
    if not level:
        return say("chart.unknown", language)
    if column == "segment":
        return names.get(level, level)
    key = {"lifecycle": f"lifecycle.{level}", "asset_class": f"asset.{level}"}.get(column, "")
    return say(key, language) if key and has_words(key) else level_label(level, language)


def selection_text(
    levels: Sequence[tuple[str, Sequence[str]]], names: Mapping[str, str], language: Language
) -> str:
    """Say a selection in a few words.

    Examples
    --------
    >>> selection_text([("lifecycle", ("mature",)), ("region", ("North", "South"))], {}, "en")
    'Mature · Region: 2'
    """
    if not levels:
        return say("filter.everybody", language)
    parts = [
        level_text(column, chosen[0], names, language)
        if len(chosen) == 1
        else f"{column_label(column, language)}: {len(chosen)}"
        for column, chosen in levels
    ]
    return plain(" · ".join(parts), 40)
