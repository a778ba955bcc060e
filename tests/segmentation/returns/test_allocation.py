"""Allocation: by hand, against a second solver, prices against differences, conflicts named."""

from __future__ import annotations

import clarabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from data.errors import ModelInvalid
from segmentation.policy import TIERS
from segmentation.returns.allocation import (
    PIECES,
    Allocation,
    Cell,
    Limits,
    Piece,
    Programme,
    allocate,
    programme_of,
)

FLAT = [Piece(1.0, 1.0)]
GOOD = Cell("1", "Strategic", 100.0, 0.03, 0.004, 0.06)
RISKY = Cell("2", "Core", 100.0, 0.05, 0.02, 0.15)


def second_opinion(programme: Programme) -> float:
    """The optimum by Clarabel, an interior-point method of other authors (Goulart & Chen 2024)."""
    size = len(programme.profit)
    rows = sparse.csc_matrix(np.vstack([programme.matrix, np.eye(size), -np.eye(size)]))
    bounds = np.concatenate([programme.limits, programme.upper, np.zeros(size)])
    options = clarabel.DefaultSettings()
    options.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((size, size)),
        -programme.profit,
        rows,
        bounds,
        [clarabel.NonnegativeConeT(len(bounds))],
        options,
    )
    return -float(solver.solve().obj_val)


@st.composite
def programmes(draw: st.DrawFn) -> tuple[list[Cell], Limits]:
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    cells = [
        Cell(str(number // 3), TIERS[number % 3], float(random.uniform(1, 100)), float(random.normal(0.02, 0.03)),
             float(random.uniform(0.001, 0.05)), float(random.uniform(0.01, 0.2)))
        for number in range(int(random.integers(1, 15)))
    ]  # fmt: skip
    budget = float(random.uniform(1, 60))
    return cells, Limits(
        budget, float(random.uniform(0.002, 0.03)) * budget, float(random.uniform(0.02, 0.15)) * budget,
        float(random.uniform(0.2, 1.0)), float(random.uniform(0.1, 0.6)),
    )  # fmt: skip


def test_two_groups_by_hand() -> None:
    # 50 to lend, losses of 0.6 at most: all to the risky one would lose 1.0. With x risky and 50 − x good,
    # 0.02·x + 0.004·(50 − x) = 0.6 → x = 25; profit 25·0.05 + 25·0.03 = 2.0.
    plan = allocate([GOOD, RISKY], Limits(50.0, expected_loss=0.6, growth=1.0), FLAT)
    assert {entry.cell.segment: entry.amount for entry in plan.placements} == pytest.approx(
        {"1": 25.0, "2": 25.0}
    )
    assert (plan.profit, plan.expected_loss) == (pytest.approx(2.0), pytest.approx(0.6))
    # A unit of loss more swaps 1/0.016 units of good for risky: (0.05 − 0.03)/0.016 = 1.25.
    assert {price.key: price.price for price in plan.prices} == pytest.approx(
        {"expected_loss": 1.25, "budget": 0.025}
    )


@settings(max_examples=60, deadline=None)
@given(case=programmes())
def test_a_second_solver_finds_the_same_optimum(case: tuple[list[Cell], Limits]) -> None:
    cells, limits = case
    assert allocate(cells, limits).profit == pytest.approx(
        second_opinion(programme_of(cells, limits)), abs=1e-5
    )


@settings(max_examples=40, deadline=None)
@given(case=programmes())
def test_a_plan_keeps_to_every_limit(case: tuple[list[Cell], Limits]) -> None:
    cells, limits = case
    plan = allocate(cells, limits)
    assert plan.lent <= limits.budget * (1 + 1e-9)
    assert plan.expected_loss <= (limits.expected_loss or 0) + 1e-9
    assert plan.capital <= (limits.capital or 0) + 1e-9
    assert all(entry.amount <= entry.cell.exposure * limits.growth + 1e-9 for entry in plan.placements)
    assert all(price.used <= price.limit + 1e-9 for price in plan.prices if price.key == "segment_share")


@pytest.mark.parametrize("name", ["budget", "expected_loss", "capital"])
def test_a_shadow_price_is_what_a_little_more_earns(name: str) -> None:
    cells = [GOOD, RISKY, Cell("3", "Ordinary", 80.0, 0.02, 0.001, 0.02)]

    def plan(more: float) -> Allocation:
        values = {"budget": 50.0, "expected_loss": 0.5, "capital": 4.0}
        values[name] += more
        return allocate(cells, Limits(**values, growth=0.4))

    price = next(entry.price for entry in plan(0.0).prices if entry.key == name)
    assert price == pytest.approx((plan(1e-4).profit - plan(0.0).profit) / 1e-4, abs=1e-6)


def test_returns_fall_so_twice_the_money_earns_less_than_twice() -> None:
    once, twice = (allocate([GOOD], Limits(money, growth=1.0)).profit for money in (50.0, 100.0))
    # 50 at 3 %; then 30 at 80 % and 20 at 60 % of it.
    assert (once, twice) == (pytest.approx(1.5), pytest.approx(1.5 + 30 * 0.024 + 20 * 0.018))


def test_a_loss_maker_gets_nothing_unless_all_must_go() -> None:
    loses = Cell("9", "Ordinary", 100.0, -0.01, 0.01, 0.05)
    assert allocate([loses], Limits(10.0)).placements == ()
    assert allocate([loses], Limits(10.0, growth=1.0, must_spend=True), FLAT).profit == pytest.approx(-0.1)


def test_a_conflict_names_exactly_the_limits_that_clash() -> None:
    asked = Limits(50.0, expected_loss=10.0, capital=1.0, growth=1.0, least={"Strategic": 40.0})
    plan = allocate([GOOD, RISKY], asked)
    # 40 of Strategic bind 2.4 of capital; losses are nowhere near their limit.
    assert {entry.key for entry in plan.conflict} == {"capital", "least"}
    relax = {entry.key: entry.relax for entry in plan.conflict}
    assert relax == {"capital": pytest.approx(1.4), "least": pytest.approx(40 - 1 / 0.06)}
    eased = Limits(50.0, 10.0, 2.4 + 1e-9, growth=1.0, least={"Strategic": 40.0})
    assert allocate([GOOD, RISKY], eased).conflict == ()


def test_too_little_room_is_a_conflict_with_what_groups_can_take() -> None:
    plan = allocate([GOOD], Limits(50.0, growth=0.1, must_spend=True))
    assert {entry.key for entry in plan.conflict} == {"must_spend", "capacity"}


def test_without_groups_nothing_is_placed() -> None:
    assert allocate([], Limits(10.0)).placements == ()


@pytest.mark.parametrize(
    "limits", [{"budget": -1.0}, {"budget": float("nan")}, {"budget": 1.0, "least": {"Gold": 1.0}}]
)
def test_limits_that_are_no_amounts_are_refused(limits: dict[str, object]) -> None:
    with pytest.raises(ModelInvalid):
        Limits(**limits)  # type: ignore[arg-type]  # what a hostile caller gives


def test_returns_that_rise_are_refused() -> None:
    with pytest.raises(ModelInvalid):
        programme_of([GOOD], Limits(1.0), [Piece(0.5, 0.8), Piece(0.5, 1.0)])
    assert sum(piece.share for piece in PIECES) == pytest.approx(1.0)
