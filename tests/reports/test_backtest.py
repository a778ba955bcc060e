"""The sentence and rows of a back-test say what the figures say, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.backtest import backtest_answer, best_tier, left_out_text, rule_rows, tier_rows
from reports.charts.backtest import tier_intervals
from reports.formats import UNITS, Language
from reports.html import Cell
from reports.theme import palette
from segmentation.backtest import RuleOutcome, TierOutcome
from segmentation.scorecard.statistics import Interval


def a_tier(name: str, rate: float, net: float = 0.01, customers: int = 100) -> TierOutcome:
    if not customers:
        return TierOutcome(name, 0, 0, None, 0.0, 0.0, 0.0, None, None)
    around = Interval(rate, max(rate - 0.01, 0.0), rate + 0.01)
    return TierOutcome(
        name, customers, rate * customers, around, 1e6, 0.3, 2e4,
        Interval(net * 1e6, 0.0, 1.0), Interval(net, net - 0.01, net + 0.01),
    )  # fmt: skip


def rules(best: float, *, customers: int = 100) -> tuple[RuleOutcome, ...]:
    tiers = (a_tier("Strategic", best, customers=customers), a_tier("Core", 0.08), a_tier("Ordinary", 0.2))
    drawn = tuple(replace(a_tier(tier.tier, 0.12), customers=tier.customers) for tier in tiers)
    return (
        RuleOutcome("set", tiers),
        RuleOutcome("value", tiers),
        RuleOutcome("pd", tiers[::-1]),
        RuleOutcome("random", drawn),
    )


@pytest.mark.parametrize(("language", "word"), [("en", "Strategic"), ("zh", "战略客户")])
def test_a_better_tier_is_said_with_both_rates(language: Language, word: str) -> None:
    answer = backtest_answer(rules(0.02), language)
    assert word in answer
    assert "2.0" in answer
    assert "12.0" in answer


def test_a_difference_chance_could_make_is_not_called_one() -> None:
    assert "may be chance" in backtest_answer(rules(0.115), "en")


def test_an_empty_best_tier_gives_way_to_the_next() -> None:
    found = rules(0.02, customers=0)
    assert best_tier(found).tier == "Core"
    assert "Core" in backtest_answer(found, "en")


def test_value_is_no_second_rule_when_it_set_the_tiers() -> None:
    unit = UNITS["en"][1]
    rows = rule_rows(rules(0.02), unit, "en", has_late=False, notes=("", ""))
    assert [row.cells[0] for row in rows] == [
        "the tiers under test",
        "lowest PD",
        "at random, mean of many draws",
    ]


def test_what_rests_on_an_assumption_carries_its_reason() -> None:
    unit = UNITS["en"][1]
    rows = tier_rows(
        rules(0.02), unit, palette("light"), "en", has_late=False, notes=("forecast loss", "yearly spread")
    )
    marked = [cell.assumed for cell in rows[0].cells if isinstance(cell, Cell) and cell.assumed]
    assert marked == ["forecast loss", "yearly spread", "yearly spread"]


def test_who_is_left_out_is_counted_and_nobody_is_not_mentioned() -> None:
    assert left_out_text({"gone": 3, "undated": 0}, "en") == "Not judged: 3 no longer there."
    assert left_out_text({}, "en") == ""


def test_the_chart_says_its_figures_in_words_and_skips_an_empty_tier() -> None:
    found = rules(0.02, customers=0)
    drawn = tier_intervals(found[0].tiers, found[3].tiers, "rate", theme="light", language="en")
    assert "Core" in drawn.alternative
    assert len(drawn.figure.data) == 2
    assert list(drawn.table.iloc[0])[1] == "–"
