"""Sum over the cube = SQL over the rows, by ==, for random portfolios and policies."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputRefused
from segmentation.corners import customers_near_a_line, sum_cube, sum_moves, tier_of_cells
from segmentation.cube import (
    ALL_MEASURES,
    AS_IS,
    KEYS,
    NAMES,
    NO_TIER,
    Cube,
    band_of_steps,
    build_cube,
    moved_measures,
    with_capped,
)
from segmentation.frame import Frame
from segmentation.policy import TIERS, Policy, built_in_policy
from segmentation.returns.treatment import with_treated
from segmentation.tiers import row_moves, row_totals, tier_board
from segmentation.treatment import NEUTRAL, Treatment
from tests.builders import collect
from tests.segmentation.returns.builders import a_cube, a_scored_portfolio, policies, some_scored, treated


@settings(max_examples=12, deadline=None)
@given(policy=policies(), seed=st.integers(0, 10_000), rows=st.integers(1, 400))
def test_the_cube_equals_sql_over_the_rows(policy: Policy, seed: int, rows: int) -> None:
    frame = treated(a_scored_portfolio(rows, seed), policy)
    by_cube = sum_cube(a_cube(frame), policy)
    by_rows = {row.pop("tier"): row for row in collect(row_totals(frame, policy)).to_dict("records")}
    nobody = dict.fromkeys(by_cube["Core"], 0)
    assert by_cube == {tier: by_rows.get(tier, nobody) for tier in NAMES}


@settings(max_examples=12, deadline=None)
@given(policy=policies(), seed=st.integers(0, 10_000), rows=st.integers(1, 200))
def test_a_cube_put_together_from_parts_equals_sql_over_the_rows(
    policy: Policy, seed: int, rows: int
) -> None:
    frame = treated(a_scored_portfolio(rows, seed), policy)
    without = with_capped(a_scored_portfolio(rows, seed), replace(policy, overrides=()))
    parts = {
        tier: collect(build_cube(treated_by(without, policy, tier), names))
        for tier in TIERS
        if (names := moved_measures(policy.treatments[tier], tier))
    }
    cube = Cube.from_parts(collect(build_cube(without, AS_IS)), parts)
    cube = cube.with_forced(a_cube(frame.filter(nw.col("forced") != NO_TIER)))
    by_rows = {row.pop("tier"): row for row in collect(row_totals(frame, policy)).to_dict("records")}
    nobody = dict.fromkeys(sum_cube(cube, policy)["Core"], 0)
    assert sum_cube(cube, policy) == {tier: by_rows.get(tier, nobody) for tier in NAMES}


def treated_by(frame: Frame, policy: Policy, tier: str) -> Frame:
    """The measures under the treatment of one tier alone, as an edit of it asks for them."""
    alone = {**dict.fromkeys(TIERS, NEUTRAL), tier: policy.treatments[tier]}
    return with_treated(frame, alone, credit_conversion_factor=0.4)


@settings(max_examples=12, deadline=None)
@given(
    policy=policies(),
    other=policies(with_overrides=False),
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 300),
)
def test_who_moves_is_the_same_by_cube_and_by_rows(
    policy: Policy, other: Policy, seed: int, rows: int
) -> None:
    other = replace(other, overrides=policy.overrides)
    frame = treated(a_scored_portfolio(rows, seed), policy, other)
    cube = a_cube(frame)
    by_rows = collect(row_moves(frame, policy, other)).set_index(["was", "tier"])
    for measure in ("customers", "exposure_minor"):
        table = sum_moves(cube, policy, other, measure)
        found = {(NAMES[i], NAMES[j]): int(table[i, j]) for i, j in np.argwhere(table)}
        assert found == {key: value for key, value in by_rows[measure].to_dict().items() if value}


@settings(max_examples=50, deadline=None)
@given(policy=policies())
def test_the_look_up_equals_a_walk_over_the_cells(policy: Policy) -> None:
    cube = SMALL
    tier = tier_of_cells(cube, policy)
    walked = [int(cube.measures["exposure_minor"][tier == number].sum()) for number in range(len(NAMES))]
    assert [sums["exposure_minor"] for sums in sum_cube(cube, policy).values()] == walked


SMALL = a_cube(treated(a_scored_portfolio(400, 11), built_in_policy()))


def test_thresholds_gates_offers_and_reviews_never_rebuild_the_cube() -> None:
    policy = built_in_policy()
    moved = policy.with_threshold(strategic=150).with_gate("mature", core=50)
    softer = replace(policy.treatments["Core"], review_months=3, offer="other", churn_change=-0.1)
    offered = replace(moved, treatments={**policy.treatments, "Core": softer})
    assert offered.cube_identity == policy.cube_identity
    assert len({policy.identity, moved.identity, offered.identity}) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"coverage_gate": 0.5},
        {"watch_days": 60},
        {"treatments": dict.fromkeys(TIERS, Treatment(take_up=0.5))},
    ],
)
def test_what_changes_a_cell_changes_the_identity_of_the_cube(change: dict[str, object]) -> None:
    assert replace(built_in_policy(), **change).cube_identity != built_in_policy().cube_identity


def test_the_order_of_the_rows_changes_nothing() -> None:
    policy = built_in_policy()
    frame = treated(a_scored_portfolio(300, 4), policy)
    turned = frame.sort("drawn", descending=True)
    assert sum_cube(a_cube(frame), policy) == sum_cube(a_cube(turned), policy)


def test_sums_beyond_what_a_float_holds_stay_exact() -> None:
    # 3 · 4,503,599,627,370,497 hundredths: one more than a float can tell apart from its neighbour.
    amount = 2**52 + 1
    cube = one_cell({"exposure_minor": 3 * amount})
    assert tier_board(cube, built_in_policy()).total.as_is.exposure == 3 * amount == 13_510_798_882_111_491


def test_amounts_beyond_64_bits_are_refused_in_a_sentence() -> None:
    rows = collect_cells({"exposure_minor": [2**62, 2**62]})
    with pytest.raises(InputRefused, match="92 quadrillion"):
        Cube.from_rows(rows)


def test_a_band_of_risk_never_shows_less_risk_than_there_is() -> None:
    # Step 30 ends at a PD of 1.43 %, step 31 at 1.63 %; 255 is unknown.
    assert band_of_steps(np.array([0, 30, 31, 63, 255])).tolist() == [0, 1, 2, 4, 5]


def test_near_a_line_is_within_one_step_of_value_or_risk() -> None:
    policy = built_in_policy()  # mature: T1 130, T2 100, gates 32 and 43
    cells = [(129, 20), (130, 32), (131, 33), (131, 31), (131, 34), (100, 43), (101, 42), (98, 10), (50, 63)]
    # Yes: one below T1, on the corner, one beyond the gate, the corner of Core.
    # No: 131/31 is a step inside both lines, 131/34 and 101/42 likewise, 98 is two below T2.
    near = [True, True, True, False, False, True, False, False, False]
    frame = some_scored(
        value_step=[value for value, _ in cells],
        risk_step=[risk for _, risk in cells],
        **dict.fromkeys(("drawn", "exposure_at_default"), [1.0] * len(cells)),
    )
    assert customers_near_a_line(customers_only(frame), policy) == sum(near)


def customers_only(frame: Frame) -> Cube:
    """Cells that count customers; all money is nothing."""
    rows = collect(frame.select("value_step", "risk_step", "lifecycle_key", "segment"))
    for name in ("is_capped", "was_capped", "is_workout"):
        rows[name] = 0
    for name in ALL_MEASURES:
        rows[name] = int(name == "customers")
    return Cube.from_rows(rows)


def collect_cells(measures: dict[str, list[int]]) -> pd.DataFrame:
    rows = len(next(iter(measures.values())))
    whole = {name: measures.get(name, [0] * rows) for name in ALL_MEASURES}
    return pd.DataFrame({name: [1] * rows for name in KEYS[:4]} | {"risk_step": [20] * rows} | whole)


def one_cell(measures: dict[str, int]) -> Cube:
    return Cube.from_rows(collect_cells({name: [value] for name, value in measures.items()}))
