"""Rules name the line where a hand can mend it."""

from __future__ import annotations

import tomllib

import pytest

from segmentation.rules import Rule, Table, problems_of

SHARE = Rule(float, 0, 1)
TABLE = Table({"share": SHARE}, {"tier": Table({"share": SHARE}), "Work-out": Table({"share": SHARE})})


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("share = 2\n[tier]\n[Work-out]", "a.toml, line 1, share"),
        ("# share = 1\n\n  share   =  2\n[tier]\n[Work-out]", "a.toml, line 3, share"),
        ("[tier]\nshare = 2\n[Work-out]\nshare = 1", "a.toml, line 2, tier.share"),
        ('[tier]\nshare = 1\n["Work-out"]\n"share" = 2', "a.toml, line 4, Work-out.share"),
        ("tier = {share = 2}\n[Work-out]", "a.toml, tier.share"),  # within braces no line is guessed
    ],
)
def test_the_line_of_a_wrong_value_is_found_however_it_is_indented(text: str, where: str) -> None:
    (problem,) = problems_of(tomllib.loads(text), TABLE, "a.toml", text)
    assert problem.where == where


@pytest.mark.parametrize("value", [True, "1", None, [1], 1.5, float("nan"), float("inf"), -1, 10**400])
def test_what_is_no_whole_number_of_the_range_is_no_whole_number(value: object) -> None:
    assert not Rule(int, 0, 200).accepts(value)


def test_a_long_value_is_shown_cut() -> None:
    problem = SHARE.problem("share", "x" * 10_000)
    assert problem is not None
    assert len(problem.what) < 60
