"""Automatic names: what sets a segment apart, as keys without words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.clustering.model import NamePart, SegmentName, Word
from segmentation.features import Part

PARTS = 2
WORTH_NAMING = 0.3
"""A standardised difference smaller than this is no trait of a segment."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a segment differs from the portfolio in one feature.

    Attributes
    ----------
    column : str
        Column of the portfolio.
    part : {"value", "level", "missing", "other"}
        The number itself, or the share of customers of a level, without a
        value, or of any other level.
    level : str
        The level; text from the data, hostile.
    standardised : float
        Segment mean less portfolio mean, in the portfolio's standard
        deviations, of the feature as customers are compared by it.
    segment, portfolio : float or None
        Plain means of the column, or shares of the level; None without values.
    """

    column: str
    part: Part
    level: str
    standardised: float
    segment: float | None
    portfolio: float | None


def name_segments(differences: Sequence[Sequence[Difference]]) -> tuple[SegmentName, ...]:
    """Name each segment by what sets it apart most, no two alike.

    Two parts make a name; segments that would share one are given a third and
    so on, at last their number.

    Examples
    --------
    >>> def differs(column, by):
    ...     return Difference(column, "value", "", by, None, None)
    >>> large = [differs("annual_revenue", 1.2), differs("years_in_business", -0.8), differs("dscr", 0.1)]
    >>> [part.word for part in name_segments([large])[0]]
    ['high', 'low']
    """
    traits = [_traits(entries) for entries in differences]
    lengths = [PARTS] * len(traits)
    names = [_cut(trait, length) for trait, length in zip(traits, lengths, strict=True)]
    while any(_can_grow(at, names, traits) for at in range(len(names))):
        growing = [at for at in range(len(names)) if _can_grow(at, names, traits)]
        for at in growing:
            lengths[at] += 1
        names = [_cut(trait, length) for trait, length in zip(traits, lengths, strict=True)]
    seen = Counter(names)
    return tuple(
        (*name, NamePart("", "number", str(number))) if seen[name] > 1 else name
        for number, name in enumerate(names, start=1)
    )


def _can_grow(at: int, names: Sequence[SegmentName], traits: Sequence[SegmentName]) -> bool:
    """Whether a name is shared and more could be said."""
    return names.count(names[at]) > 1 and len(names[at]) < len(traits[at])


def _cut(traits: SegmentName, length: int) -> SegmentName:
    return traits[:length] or (NamePart("", "typical"),)


def _traits(differences: Sequence[Difference]) -> SegmentName:
    """Everything worth naming, the strongest first, one part a column."""
    strongest = sorted(differences, key=lambda entry: (-abs(entry.standardised), entry.column, entry.level))
    parts: dict[str, NamePart] = {}
    for entry in strongest:
        word = _word(entry)
        if word is not None and abs(entry.standardised) >= WORTH_NAMING:
            parts.setdefault(entry.column, NamePart(entry.column, word, entry.level))
    return tuple(parts.values())


def _word(entry: Difference) -> Word | None:
    """How a difference is said; what a segment is *not* makes no name."""
    if entry.part == "value":
        return "high" if entry.standardised > 0 else "low"
    if entry.standardised <= 0 or entry.part == "other":
        return None
    return "is" if entry.part == "level" else "missing"
