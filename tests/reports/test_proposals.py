"""Proposals in words: what was found, what holds it back, what can't be met."""

from __future__ import annotations

from reports.formats import UNITS
from reports.proposals import binding_lines, proposal_answer, unmet_lines
from reports.robustness import group_labels, shift_rows, tornado_rows
from segmentation.fairness import Groups, GroupShare
from segmentation.propose.limits import Binding, Unmet
from segmentation.propose.nudges import Nudge
from segmentation.scorecard.statistics import Interval

MILLION = UNITS["en"][1]
TODAY = {"profit": 9_269_000_000, "expected_loss": 1, "capital": 1, "exposure": 1, "moved": 0}


def test_the_answer_says_profit_its_change_and_who_moves() -> None:
    found = TODAY | {"profit": 9_629_000_000, "moved": 588}
    answer = proposal_answer(found, TODAY, 43_545_645, MILLION, "en")
    assert "43,545,645 policies" in answer
    assert "96.29 m a year, +3.60 m" in answer
    assert "588 customers" in answer


def test_the_answer_says_when_nothing_is_better_and_when_nothing_fits() -> None:
    assert "none of 10 policies earns more" in proposal_answer(TODAY, TODAY, 10, MILLION, "en")
    assert proposal_answer({}, TODAY, 10, MILLION, "en") == "None of 10 policies keeps all your limits."


def test_a_limit_that_binds_says_what_more_of_it_earns() -> None:
    binding = Binding("capital", 79_388_000_000, 79_388_000_000, True, 80_181_880_000, 12_345_600)
    free = Binding("moved", 600, 10, False, 606, 0)
    assert binding_lines([free, binding], MILLION, "en") == [
        "The limit on capital holds it back: 1 % more of it would earn 123.46 k a year."
    ]
    assert binding_lines([free], MILLION, "en") == [
        "None: without any of the limits the best policy would be the same."
    ]


def test_a_limit_nobody_reaches_names_the_least_there_is() -> None:
    lines = unmet_lines([Unmet("moved", 5, 12, 12)], MILLION, "en")
    assert lines[0] == "■ Customers moved at most 5 can't be met: the least that any policy reaches is 12."


def test_limits_in_conflict_each_say_what_would_do() -> None:
    found = [Unmet("moved", 50, 0, 80), Unmet("capital", 100_000_000_00, 90_000_000_00, 104_000_000_00)]
    lines = unmet_lines(found, MILLION, "en")
    assert lines[0].startswith("Each of these can be met")
    assert lines[1] == "■ Customers moved at most 50: beside the others at least 80 is needed."
    assert "at most 100.00 m: beside the others at least 104.00 m" in lines[2]
    assert lines[-1] == "Your draft and your limits are as they were."


def test_a_small_step_is_told_in_a_unit_that_shows_it() -> None:
    step = Nudge("core", "mature", 1, profit=925_924, expected_loss=0, capital=-5, moved=3)
    unit, rows = tornado_rows([step], "profit", MILLION, "en")
    assert unit.scale == 1
    assert rows == [("Core gate, Mature", 1, 9259.24)]
    assert tornado_rows([step], "moved", MILLION, "en")[1] == [("Core gate, Mature", 1, 3.0)]
    assert tornado_rows([step], "expected_loss", MILLION, "en")[1] == []


def test_only_tiers_somebody_leaves_for_have_a_column() -> None:
    class Ten:
        factor, customers, flipped = 1.1, 100, 4
        moves = {("Core", "Core"): 96, ("Strategic", "Core"): 4}  # noqa: RUF012 (a record of a test)

    heads, rows = shift_rows([Ten()], "en")
    assert [head.label for head in heads][3:] == ["Strategic → Core"]
    assert len(rows[0].cells) == 4


def test_levels_that_begin_alike_stay_apart_and_controls_are_gone() -> None:
    none = Interval(0, 0, 0)
    levels = ["x" * 40 + "a", "x" * 40 + "b", "a\u202eb", ""]
    groups = tuple(GroupShare(level, 1, {}, none, none, frozenset()) for level in levels)
    labels = group_labels(Groups("industry", False, groups[0], groups, 0), "en")
    assert len(set(labels.values())) == 4
    assert labels["a\u202eb"] == "ab"
