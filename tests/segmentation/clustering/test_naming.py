"""Automatic names: what stands out, no two alike, keys only."""

from __future__ import annotations

import pytest

from segmentation.clustering.model import NamePart
from segmentation.clustering.naming import Difference, name_segments
from tests.segmentation.clustering.builders import a_model


def number(column: str, by: float) -> Difference:
    return Difference(column, "value", "", by, None, None)


def level(column: str, name: str, by: float) -> Difference:
    return Difference(column, "level", name, by, None, None)


def test_the_two_strongest_differences_make_the_name() -> None:
    entries = [number("dscr", 0.4), number("annual_revenue", 2.0), number("years_in_business", -1.0)]
    assert name_segments([entries]) == (
        (NamePart("annual_revenue", "high"), NamePart("years_in_business", "low")),
    )


def test_a_category_is_named_by_its_level_and_never_by_what_it_is_not() -> None:
    entries = [level("region", "north", 1.0), level("region", "south", -3.0), number("dscr", 0.5)]
    assert name_segments([entries]) == ((NamePart("region", "is", "north"), NamePart("dscr", "high")),)


def test_a_segment_like_the_whole_is_typical() -> None:
    assert name_segments([[number("dscr", 0.1)]]) == ((NamePart("", "typical"),),)


def test_names_that_would_be_alike_say_more() -> None:
    first = [number("a", 3.0), number("b", 2.0), number("c", 1.0)]
    second = [number("a", 3.0), number("b", 2.0), number("c", -1.0)]
    names = name_segments([first, second])
    assert [name[-1] for name in names] == [NamePart("c", "high"), NamePart("c", "low")]


@pytest.mark.parametrize("segments", [2, 7])
def test_names_that_stay_alike_get_their_number(segments: int) -> None:
    names = name_segments([[number("a", 3.0)]] * segments)
    assert len(set(names)) == segments
    assert names[1] == (NamePart("a", "high"), NamePart("", "number", "2"))


def test_planted_segments_are_named_by_what_was_planted() -> None:
    named = [{(part.column, part.word, part.level) for part in name} for name in a_model().names]
    assert ("region", "is", "north") in named[0]
    assert ("region", "missing", "") in named[1] or ("years_in_business", "high", "") in named[1]
    assert ("region", "is", "south") in named[2]
