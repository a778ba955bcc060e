"""Policies in words: every field has its sentence, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.policies import difference_sentence, field_label, field_rows, value_text
from segmentation.policy import CLOSED, TIERS, Gate, Policy, built_in_policy
from segmentation.policy_diff import FIELDS, Difference, differences
from segmentation.treatment import Treatment

BASE = built_in_policy()
EVERYTHING = Policy(
    name="Other", strategic_step=141, core_step=90, gates={name: Gate(CLOSED, 44) for name in BASE.gates},
    treatments={tier: Treatment(5, 1.5, 0.25, 0.35, 0.01, 0.5, 24, "bundle", 0.05) for tier in TIERS},
    gates_on=False, coverage_gate=0.5, watch_days=60, exit_steps=3, exit_rungs=2, stay_months=6, note="why",
)  # fmt: skip

SAID = [
    (Difference("strategic_step", 130, 140), "Strategic begins at 70 instead of 65 points.", "战略客户起点由 65 分调整为 70 分。"),
    (Difference("core_step", 100, 101), "Core begins at 50.5 instead of 50 points.", "核心客户起点由 50 分调整为 50.5 分。"),
    (Difference("gates.mature.strategic", 32, 33), "Mature firms pass into Strategic up to a PD of 2.1 % instead of 1.8 %.", "成熟期客户进入战略客户的违约概率上限由 1.8 % 调整为 2.1 %。"),
    (Difference("gates.startup.core", 40, CLOSED), "Start-up firms no longer pass into Core; until now up to a PD of 5.2 %.", "初创期客户不再可进入核心客户；此前违约概率上限为 5.2 %。"),
    (Difference("gates_on", True, False), "The gates no longer apply: risk keeps nobody out of a tier.", "不再启用风险门槛：风险不再限制层级。"),
    (Difference("treatments.Core.price_change_bp", 0.0, -15.0), "Core: Price change, basis points −15 instead of 0.", "核心客户：价格调整（基点）由 0 调整为 −15。"),
    (Difference("treatments.Strategic.take_up", 0.6, 0.65), "Strategic: Accepted by, share of customers 65 % instead of 60 %.", "战略客户：接受比例由 60 % 调整为 65 %。"),
]  # fmt: skip


@pytest.mark.parametrize(("difference", "english", "chinese"), SAID)
def test_a_difference_is_said_in_both_languages(difference: Difference, english: str, chinese: str) -> None:
    for language, sentence in (("en", english), ("zh", chinese)):
        said = difference_sentence(difference, language)
        assert said.replace("\u202f", " ") == sentence


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_field_of_a_policy_has_a_label_a_value_and_a_sentence_of_its_own(language: str) -> None:
    found = differences(BASE, EVERYTHING)
    assert {change.field for change in found} == set(FIELDS)
    sentences = [difference_sentence(change, language) for change in found]
    labels = [field_label(change.field, language) for change in found]
    values = [value_text(change.field, change.after, language) for change in found]
    assert len(set(sentences)) == len(set(labels)) == len(FIELDS)
    assert all(texts and "{" not in texts for texts in (*sentences, *labels, *values))


def test_side_by_side_rows_that_differ_stand_apart_from_those_alike() -> None:
    candidates = [
        ("In force", BASE),
        ("A", BASE.with_threshold(strategic=140)),
        ("B", replace(BASE, watch_days=9)),
    ]
    heads, differing, alike = field_rows(FIELDS, candidates, "en")
    assert [head.label for head in heads] == ["Rule", "In force", "A", "B"]
    assert [list(row.cells) for row in differing] == [
        ["Strategic from, points", "65", "70", "65"], ["Core at most beyond, days overdue", "30", "30", "9"],
    ]  # fmt: skip
    assert len(differing) + len(alike) == len(FIELDS)
