"""The verbs of proposals and robustness on a small warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

import pipeline
from data.engines.functions import fetch, frame_of
from data.errors import InputRefused
from data.samples.simulate import simulate
from segmentation.policy import TIERS
from segmentation.risk.ladder import LADDER
from segmentation.treatment import NEUTRAL
from settings import Settings

ANN = pipeline.Person("ann", frozenset({"admin"}))
EVE = pipeline.Person("eve", frozenset({"approver"}))
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    folder = tmp_path_factory.mktemp("proposals")
    house = pipeline.open_house(Settings(home=folder / "home"))
    path = folder / "book.parquet"
    frame = simulate(0, customers=800)
    frame["marital"] = [HOSTILE if place % 3 else "single" for place in range(len(frame))]
    frame.to_parquet(path)
    mapping = pipeline.inspect_file(house, path, path.name).mapping
    pipeline.import_file(house, [path], mapping=mapping, name="Book", person=ANN)
    yield house
    house.close()


@pytest.fixture(scope="module")
def scored(house: pipeline.House) -> pipeline.Scored:
    return pipeline.open_scored(house, pipeline.list_snapshots(house)[0].snapshot_id)


@pytest.fixture(scope="module")
def policy(house: pipeline.House) -> pipeline.Policy:
    return pipeline.policy_in_force(house)


Given = tuple[pipeline.House, pipeline.Scored, pipeline.Policy]


@pytest.fixture
def given(house: pipeline.House, scored: pipeline.Scored, policy: pipeline.Policy) -> Given:
    return house, scored, policy


def test_the_board_of_the_best_policy_says_what_the_search_said(given: Given) -> None:
    house, scored, policy = given
    limits = {
        "expected_loss": pipeline.policy_totals(house, scored, policy, policy)["expected_loss"],
        "moved": 80,
    }
    found = pipeline.search_policy(house, scored, policy, policy, limits)
    assert found.policy is not None
    board = pipeline.apply_policy(house, scored, found.policy, policy)
    money = board.total.treated
    assert found.totals == {
        "profit": money.profit, "expected_loss": money.expected_loss, "capital": money.capital, "exposure": money.exposure,
        "moved": board.customers_moved,
    }  # fmt: skip
    assert board.customers_moved <= 80
    assert found.totals["profit"] >= found.today["profit"]
    assert found.searched == 43_545_645  # 201 · 202 / 2 thresholds; gate pairs that cross in no life cycle


def test_limits_below_anything_are_told_and_nothing_is_proposed(given: Given) -> None:
    house, scored, policy = given
    found = pipeline.search_policy(house, scored, policy, policy, {"capital": 1, "moved": 0})
    assert found.policy is None
    assert [entry.name for entry in found.conflict] == ["capital"]
    assert pipeline.search_frontier(house, scored, policy, policy, {"capital": 1}, "expected_loss") == ()


def test_neutral_treatments_leave_nothing_to_search_for(given: Given) -> None:
    house, scored, policy = given
    neutral = replace(policy, treatments=dict.fromkeys(TIERS, NEUTRAL))
    with pytest.raises(InputRefused, match="all treatments are neutral"):
        pipeline.search_policy(house, scored, neutral, policy, {})


def test_a_share_by_value_is_met_and_the_board_says_what_is_left_after_gates(given: Given) -> None:
    house, scored, policy = given
    found = pipeline.propose_by_share(house, scored, policy, policy, 0.10, 0.30)
    assert found.thresholds.strategic_share == pytest.approx(0.10, abs=0.02)
    inside = sum(found.board.of(tier).customers for tier in TIERS)
    assert found.board.of("Strategic").customers <= found.thresholds.strategic_share * inside
    assert 0 < pipeline.propose_by_breaks(house, scored, policy, policy).explained < 1


@pytest.mark.parametrize(("place", "factor"), [(0, 0.9), (1, 1.1)])
def test_who_flips_is_counted_row_by_row(given: Given, place: int, factor: float) -> None:
    house, scored, policy = given
    with house.warehouse.cursor() as cursor:
        rows = fetch(frame_of(cursor, scored.table))

    def tier(row: object, chance: float | None) -> str:
        step = (
            255
            if chance is None or chance != chance
            else next(i for i, most in enumerate(LADDER) if chance <= most)
        )
        gate = policy.gates[("startup", "growth", "mature", "unknown")[int(row.lifecycle_key)]]  # type: ignore[attr-defined]
        value, late = row.value_step, row.days_past_due  # type: ignore[attr-defined]
        is_capped = (
            late is not None and late == late and late > policy.watch_days
        ) or row.value_coverage < policy.coverage_gate  # type: ignore[attr-defined]
        if row.is_defaulted:  # type: ignore[attr-defined]
            return "Work-out"
        if value >= policy.strategic_step and step <= gate.strategic and not is_capped:
            return "Strategic"
        return "Core" if value >= policy.core_step and step <= gate.core else "Ordinary"

    expected: dict[tuple[str, str], int] = {}
    for row in rows.astype({"days_past_due": float}).itertuples():
        chance = float(row.probability_of_default)
        pair = tier(row, chance), tier(row, min(1.0, chance * factor))
        expected[pair] = expected.get(pair, 0) + 1
    found = pipeline.probability_shifts(house, scored, policy)[place]
    assert found.factor == factor
    assert found.moves == expected


def test_groups_are_shown_to_those_who_may_see_them(given: Given) -> None:
    house, scored, policy = given
    shown = {groups.column: groups for groups in pipeline.tier_groups(house, scored, policy, ANN)}
    hidden = {groups.column for groups in pipeline.tier_groups(house, scored, policy, EVE)}
    assert {"age", "sex", "lifecycle"} <= set(shown)
    assert shown["age"].is_protected
    marital = next(groups for name, groups in shown.items() if "marital" in name)
    assert marital.is_protected
    assert {group.level for group in marital.groups} == {HOSTILE, "single"}
    assert marital.column not in hidden
    assert not {"age", "sex"} & hidden
    assert "lifecycle" in hidden
    board = pipeline.apply_policy(house, scored, policy)
    assert shown["sex"].whole.counts == {tier: board.of(tier).customers for tier in TIERS}
