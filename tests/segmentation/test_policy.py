from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from data.errors import PolicyInvalid
from segmentation.policy import CLOSED, LIFECYCLES, TIERS, Gate, Policy, built_in_policy
from segmentation.risk.ladder import bound
from segmentation.treatment import NEUTRAL, Treatment


def test_the_built_in_policy_is_the_published_one() -> None:
    policy = built_in_policy()
    assert (policy.strategic_step, policy.core_step) == (130, 100)
    asked = {
        "mature": (0.02, 0.08),
        "growth": (0.015, 0.06),
        "startup": (0.01, 0.04),
        "unknown": (0.015, 0.06),
    }
    for lifecycle, (strategic, core) in asked.items():
        gate = policy.gates[lifecycle]
        assert bound(gate.strategic) <= strategic < bound(gate.strategic + 1)
        assert bound(gate.core) <= core < bound(gate.core + 1)


def test_mature_firms_get_looser_gates_than_young_ones() -> None:
    gates = built_in_policy().gates
    assert gates["startup"].core < gates["growth"].core < gates["mature"].core


def test_built_in_treatments_are_small_and_not_neutral() -> None:
    assert not built_in_policy().only_relabels
    assert all(abs(row.price_change_bp) <= 25 for row in built_in_policy().treatments.values())


def test_a_gate_is_never_looser_than_what_was_asked() -> None:
    for asked in (0.0, 0.0001, 0.0003, 0.01, 0.3, 1.0):
        effective, _ = Gate.from_probabilities(asked, 1.0).probabilities()
        assert effective is None or effective <= asked
    assert Gate.from_probabilities(0.0001, 0.0001) == Gate(CLOSED, CLOSED)


def test_toml_and_back_changes_nothing() -> None:
    moved = built_in_policy().with_threshold(strategic=149).with_gate("growth", strategic=12)
    policy = replace(moved, name='Frühjahr "2026" 草案', note="two\nlines", author="a\\b")
    again = Policy.from_toml(policy.to_toml())
    assert again == policy
    assert (again.identity, again.name, again.note, again.author) == (
        policy.identity, policy.name, policy.note, policy.author,
    )  # fmt: skip


def test_whole_and_broken_numbers_of_the_same_size_are_one_policy() -> None:
    text = built_in_policy().to_toml()
    written = text.replace("strategic_step = 130", "strategic_step = 130.0").replace("-15.0", "-15")
    assert written != text
    assert Policy.from_toml(written).identity == built_in_policy().identity
    assert Policy.from_toml(written) == built_in_policy()


def test_who_wrote_it_and_what_it_is_called_is_no_other_policy() -> None:
    policy = built_in_policy()
    assert replace(policy, name="Spring", author="A", note="why").identity == policy.identity


@pytest.mark.parametrize(
    "change",
    [
        {"strategic_step": 131},
        {"core_step": 99},
        {"gates_on": False},
        {"coverage_gate": 0.4},
        {"watch_days": 31},
        {"gates": built_in_policy().gates | {"startup": Gate(0, 1)}},
        {"treatments": built_in_policy().treatments | {"Core": NEUTRAL}},
    ],
)
def test_whatever_is_decided_otherwise_is_another_policy(change: dict[str, object]) -> None:
    changed = replace(built_in_policy(), **change)
    assert changed.identity != built_in_policy().identity
    assert changed != built_in_policy()


def test_a_policy_can_not_be_changed_from_outside() -> None:
    gates = {name: Gate(1, 2) for name in LIFECYCLES}
    policy = replace(built_in_policy(), gates=gates)
    before = policy.identity
    gates["mature"] = Gate(60, 60)
    assert policy.identity == before
    with pytest.raises(FrozenInstanceError):
        policy.core_step = 1


def test_equal_policies_can_be_looked_up_by_each_other() -> None:
    assert {built_in_policy(): "found"}[built_in_policy()] == "found"


def test_a_line_pushed_over_the_other_takes_it_along() -> None:
    assert built_in_policy().with_threshold(core=160).strategic_step == 160
    assert built_in_policy().with_threshold(strategic=90).core_step == 90
    assert built_in_policy().with_gate("mature", strategic=50).gates["mature"] == Gate(50, 50)
    assert built_in_policy().with_gate("mature", core=3).gates["mature"] == Gate(3, 3)


WRONG = [
    # what stands there, what a hand makes of it, what the sentence says
    ("strategic_step = 130", "strategic_step = 90", "Strategic begins below Core"),
    ("strategic_step = 130", "strategic_step = 999", "line 4, strategic_step: 999 does not fit"),
    ("strategic_step = 130", 'strategic_step = "high"', "'high' does not fit"),
    ("strategic_step = 130", "strategic_step = true", "True does not fit"),
    ("strategic_step = 130", "strategic_step = 74.5", "74.5 does not fit"),
    ("strategic_step = 130", "strategic_step = inf", "inf does not fit"),
    ("strategic_step = 130", f"strategic_step = {'9' * 400}", "does not fit"),
    ("strategic_step = 130", "strategic_step = 2026-01-01", "does not fit"),
    ("gates_on = true", 'gates_on = "yes"', "true or false"),
    ("coverage_gate = 0.3", "coverage_gate = nan", "coverage_gate: nan does not fit"),
    ("coverage_gate = 0.3", 'coverage_gate = "all"', "a number from 0 to 1"),
    ("watch_days = 30", "watch_days = -1", "watch_days: -1 does not fit"),
    ("watch_days = 30", "watch_days = 30\ncolour = 1", "colour: is not known"),
    ('name = "Built-in"', "name = 5", "name: 5 does not fit"),
    ('name = "Built-in"', 'name = ""', "1 to 120 characters"),
    ("core = 43", "core = 3", "gates.mature: Strategic accepts more risk than Core|gates.mature.strategic"),
    ("core = 43", "core = 99", "gates.mature.core: 99 does not fit"),
    ("take_up = 0.6", "take_up = 6", "treatments.Strategic.take_up: 6 does not fit"),
    ("take_up = 0.6", 'take_up = "most"', "'most' does not fit"),
    ("take_up = 0.6", "take_upp = 0.6", "Did you mean “take_up”"),
    ("[gates.mature]", "[gates.old]", "gates.mature: is missing"),
    ("core_step = 100", "", "core_step: is missing"),
    ('name = "Built-in"', 'name == "Built-in"', "line 1"),
    ('name = "Built-in"', "name = " + "[" * 5000, "not valid TOML"),
]


@pytest.mark.parametrize(("before", "after", "said"), WRONG)
def test_what_is_wrong_in_a_policy_file_is_said_in_a_sentence(before: str, after: str, said: str) -> None:
    text = built_in_policy().to_toml()
    assert before in text
    with pytest.raises(PolicyInvalid, match=said) as caught:
        Policy.from_toml(text.replace(before, after, 1), "mine.toml")
    assert all(line.startswith("mine.toml") for line in str(caught.value).splitlines())


@pytest.mark.parametrize("text", ["gates = 5\ntreatments = []\n", "", "gates = {mature = 3}\n", "x = 1"])
def test_a_file_that_is_something_else_is_refused_in_sentences(text: str) -> None:
    with pytest.raises(PolicyInvalid, match="strategic_step: is missing"):
        Policy.from_toml(text)


def test_all_problems_come_together() -> None:
    with pytest.raises(PolicyInvalid) as caught:
        Policy.from_toml("strategic_step = 900\nfoo = 2\n", "mine.toml")
    # 900; foo; name, core_step, gates and treatments missing
    assert len(str(caught.value).splitlines()) == 6


@pytest.mark.parametrize(
    "change",
    [
        {"core_step": 200},
        {"core_step": 1.5},
        {"gates": {}},
        {"gates": {name: Gate(9, 3) for name in LIFECYCLES}},
        {"gates": built_in_policy().gates | {"old": Gate(1, 1)}},
        {"gates": None},
        {"treatments": dict.fromkeys(TIERS, 1)},
        {"treatments": dict.fromkeys(TIERS, Treatment(take_up=2.0))},
        {"treatments": dict.fromkeys(TIERS, Treatment(offer="x" * 81))},
    ],
)
def test_an_edit_is_checked_like_a_file(change: dict[str, object]) -> None:
    with pytest.raises(PolicyInvalid):
        replace(built_in_policy(), **change)
