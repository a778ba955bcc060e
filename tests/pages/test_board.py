"""The board's answers in the browser's language = the server's, by ==; what a browser sends is checked."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages.parts.board import board
from reports import formats
from segmentation.board import pack_cube
from segmentation.cube import ALL_MEASURES, NO_TIER, Cube, band_of_steps
from segmentation.overrides import Override
from segmentation.policy import CLOSED, LIFECYCLES, TIERS, TOP_RUNG, Gate, Policy, built_in_policy
from segmentation.tiers import tier_board
from tests.pages.board_records import RETURNS, answered, expected, record
from tests.segmentation.returns.builders import a_cube, a_scored_portfolio, treated

ROOT = Path(__file__).resolve().parent.parent.parent
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed here")


def ask(question: dict[str, Any]) -> dict[str, Any]:
    script = ROOT / "tests" / "pages" / "board_answers.mjs"
    done = subprocess.run(
        ["node", str(script)], input=json.dumps(question), capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def random_policy(dice: random.Random, base: Policy) -> Policy:
    """Other lines and gates on a policy, as a hand may draw them."""
    core, strategic = sorted(dice.randint(0, 200) for _ in range(2))
    gates = {name: Gate(*sorted(dice.randint(CLOSED, TOP_RUNG) for _ in range(2))) for name in LIFECYCLES}
    return replace(base, strategic_step=strategic, core_step=core, gates=gates)


def a_question(cube: Cube, policies: list[Policy], in_force: Policy) -> dict[str, Any]:
    return {
        "payload": base64.b64encode(pack_cube(cube).content).decode(),
        "policies": [record(policy) for policy in policies],
        "inForce": record(in_force),
        "returns": {"riskFreeRate": RETURNS.risk_free_rate, "taxRate": RETURNS.tax_rate},
    }


@needs_node
def test_the_javascript_s_own_tests_pass() -> None:
    files = [str(path) for path in sorted((ROOT / "pages").rglob("*.test.mjs"))]
    assert len(files) >= 2
    done = subprocess.run(["node", "--test", *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@needs_node
@pytest.mark.parametrize("modules", [board.FRAME, board.CUBE])
def test_the_joined_text_of_a_component_is_one_sound_module(modules: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "joined.mjs"
    path.write_text(board.script(modules), encoding="utf-8")
    subprocess.run(["node", "--check", str(path)], check=True)
    assert board.script(modules).count("\nexport ") == 1


STICKY = {"exit_steps": 6, "exit_rungs": 2, "stay_months": 9}
SET = tuple(
    Override(f"C{n}", tier, "known well", "somebody", date(2030, 1, 1)) for n, tier in enumerate(TIERS * 3)
)
PAIRS = {
    "plain": ({}, {}),
    "sticky, against one that is not": (STICKY, {}),
    "stricter caps, tiers set by hand": (
        {"watch_days": 5, "overrides": SET},
        {"coverage_gate": 0.5, "exit_rungs": 4},
    ),
}
"""What draft and policy in force add to the built-in one."""


def bars_of(cube: Cube) -> np.ndarray:
    """Exposure by point of the value score and band of risk; customers in work-out stand outside."""
    inside = cube.keys["is_workout"] == 0
    point = np.minimum(cube.keys["value_step"][inside] // 2, 99)
    bars = np.zeros((100, 6), dtype=np.int64)
    np.add.at(
        bars, (point, band_of_steps(cube.keys["risk_step"][inside])), cube.measures["exposure_minor"][inside]
    )
    return bars


@needs_node
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("factor", [1, 1_000_000_000])
def test_the_browser_s_sums_and_ratios_are_the_server_s(pair: str, factor: int) -> None:
    draft, in_force = (replace(built_in_policy(), **changes) for changes in PAIRS[pair])
    cube = a_cube(treated(a_scored_portfolio(600, 5), draft, in_force))
    if factor > 1:
        # Beyond what a browser's ordinary numbers hold: 2^53.
        money = {name: cube.measures[name] * factor + 1 for name in ALL_MEASURES if name != "customers"}
        cube = Cube(cube.keys, {"customers": cube.measures["customers"], **money})
        assert cube.measures["exposure_minor"].sum() > 2**53
    dice = random.Random(17)
    policies = [draft, *(random_policy(dice, draft) for _ in range(60))]
    said = ask(a_question(cube, policies, in_force))
    for policy, answer in zip(policies, said["answers"], strict=True):
        assert answered(answer) == expected(tier_board(cube, policy, in_force))
    assert np.allclose(said["bars"], bars_of(cube), rtol=1e-12, atol=0)


@needs_node
def test_large_quotients_are_python_s() -> None:
    dice = random.Random(3)
    pairs = [(dice.randint(-(2**70), 2**70), dice.randint(1, 2 ** dice.randint(1, 70))) for _ in range(2_000)]
    pairs += [(2**54 + 1, 2), (0, 2**60), (2**53 + 1, 2**53 - 1)]
    said = ask({"quotients": [[str(part), str(whole)] for part, whole in pairs]})["quotients"]
    assert [float(value) for value in said] == [part / whole for part, whole in pairs]


@needs_node
def test_numbers_read_alike_in_the_browser_and_on_the_server() -> None:
    dice = random.Random(4)
    values = [0.0, -0.04, 0.05, 0.25, 0.35, 2.5, 999.95, 1e6, -1234567.891, 0.0049]
    values += [dice.uniform(-1, 1) * 10 ** dice.randint(-4, 10) for _ in range(2_000)]
    said = ask({"numbers": values})["numbers"]
    for value, texts in zip(values, said, strict=True):
        down, up = formats.change(value, good_when="down"), formats.change(value, good_when="up")
        assert texts == [
            formats.number(value), formats.number(value, 1), formats.signed(value), formats.percent(value, 2),
            down.text, up.tone,
        ]  # fmt: skip


def test_the_tier_held_before_is_packed_only_while_a_policy_has_exits_or_stays() -> None:
    plain = built_in_policy()
    cube = a_cube(treated(a_scored_portfolio(300, 2), plain))
    unknown = Cube({**cube.keys, "held": np.full(cube.cells, NO_TIER)}, cube.measures)
    assert pack_cube(cube, has_exits=False).identity == pack_cube(unknown).identity
    assert pack_cube(cube).identity != pack_cube(unknown).identity


SENT = {"seq": 3, "strategic": 140, "core": 90, "gates": dict.fromkeys(LIFECYCLES, (20, 30)), "rest": "?"}


def test_what_a_browser_commits_becomes_a_policy() -> None:
    now = built_in_policy()
    policy = board.policy_from(SENT, {}, now)
    assert policy is not None
    assert (policy.strategic_step, policy.core_step, policy.gates["mature"]) == (140, 90, Gate(20, 30))
    assert policy.treatments == now.treatments


def test_a_policy_known_by_its_rest_brings_its_treatments_back() -> None:
    now = built_in_policy()
    other = replace(now, watch_days=5)
    policy = board.policy_from({**SENT, "rest": board.rest_of(other)}, {board.rest_of(other): other}, now)
    assert policy is not None
    assert policy.watch_days == 5
    assert board.rest_of(now) == board.rest_of(now.with_threshold(core=3).with_gate("growth", core=9))


@pytest.mark.parametrize(
    "wrong",
    [
        None, 7, "x", [], {}, {**SENT, "core": 141}, {**SENT, "strategic": 201}, {**SENT, "core": -1},
        {**SENT, "gates": {"mature": [1, 2]}}, {**SENT, "gates": dict.fromkeys(LIFECYCLES, (30, 20))},
        {**SENT, "gates": dict.fromkeys(LIFECYCLES, (20, 64))}, {**SENT, "strategic": "many"},
        {**SENT, "seq": None}, {**SENT, "strategic": float("inf")}, {**SENT, "gates": dict.fromkeys(LIFECYCLES, (1,))},
    ],
)  # fmt: skip
def test_what_is_no_policy_changes_nothing(wrong: object) -> None:
    assert board.policy_from(wrong, {}, built_in_policy()) is None
