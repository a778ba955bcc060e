"""Shares of groups: intervals against published ones, bands of age, who is apart, who is too few."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation.fairness import FEW, MOST_LEVELS, Groups, group_shares, tier_counts, with_level
from segmentation.scorecard.statistics import wilson_interval
from tests.builders import collect, lazy


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_against_newcombe_1998_table_1_method_3(
    hits: int, of: int, low: float, high: float
) -> None:
    found = wilson_interval(hits, of)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0.0, "<25"),
        (24.9, "<25"),
        (25.0, "25–34"),
        (54.0, "45–54"),
        (64.99, "55–64"),
        (65.0, "65+"),
        (None, None),
    ],
)
def test_an_age_lies_in_one_band(age: float | None, band: str | None) -> None:
    level = collect(with_level(lazy({"age": [age, 1.0]}), "age"))["level"][0]
    assert (None if pd.isna(level) else level) == band


def test_an_industry_goes_by_its_name_where_it_has_one() -> None:
    frame = lazy({"industry": ["311", "42"], "industry_name": ["Food", None]})
    assert collect(with_level(frame, "industry"))["level"].tolist() == ["Food", "42"]


def test_work_out_is_no_tier_to_compare() -> None:
    frame = lazy({"level": ["a", "a", "b"], "tier": ["Core", "Work-out", "Core"]})
    assert collect(tier_counts(frame)).set_index("level")["customers"].to_dict() == {"a": 1, "b": 1}


def shares(rows: list[tuple[str | None, str, int]], column: str = "sex") -> Groups | None:
    return group_shares(pd.DataFrame(rows, columns=["level", "tier", "customers"]), column, is_protected=True)


def test_a_group_is_apart_when_its_interval_leaves_out_the_share_of_all() -> None:
    found = shares([("f", "Strategic", 40), ("f", "Core", 960), ("m", "Strategic", 160), ("m", "Core", 840)])
    assert found is not None
    # 10 % of all; 4 % of 1,000 reaches from 2.9 to 5.4 %, 16 % from 13.9 to 18.4 %.
    assert found.whole.strategic.value == 0.1
    assert [(group.level, group.apart) for group in found.groups] == [
        ("f", {"strategic"}),
        ("m", {"strategic"}),
    ]


def test_a_handful_of_customers_says_nothing() -> None:
    found = shares([("a", "Strategic", FEW - 1), ("b", "Ordinary", 1_000)])
    assert found is not None
    small = next(group for group in found.groups if group.level == "a")
    assert small.is_small
    assert not small.apart


def test_the_largest_groups_come_first_the_unknown_last_and_the_rest_is_counted() -> None:
    found = shares(
        [(f"level {n:02}", "Core", 100 - n) for n in range(MOST_LEVELS + 3)] + [(None, "Core", 500)]
    )
    assert found is not None
    assert [group.level for group in found.groups][:2] == ["level 00", "level 01"]
    assert len(found.groups) == MOST_LEVELS
    assert found.left_out == (100 - 15) + (100 - 16) + (100 - 17) + 500


def test_bands_of_age_stand_in_their_order() -> None:
    found = shares(
        [(band, "Core", size) for band, size in (("65+", 9), ("25–34", 5), ("<25", 1), ("55–64", 2))], "age"
    )
    assert found is not None
    assert [group.level for group in found.groups] == ["<25", "25–34", "55–64", "65+"]


def test_nobody_known_is_no_comparison() -> None:
    assert shares([(None, "Core", 10)]) is None
