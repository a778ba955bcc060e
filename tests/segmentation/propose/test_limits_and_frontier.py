"""Limits, conflicts and the frontier against a walk over all policies of a small grid."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.policy import built_in_policy
from segmentation.propose.frontier import frontier
from segmentation.propose.limits import bindings, conflict_of
from segmentation.propose.optimise import LIMITED, optimise
from segmentation.propose.tables import TOTALS, Lines, Tables

SIZE, RUNGS = 5, 4
Held = dict[str, int]


def some_tables(seed: int) -> Tables:
    """Tables of nothing but dice: the search must not rely on what real ones look like."""
    random = np.random.default_rng(seed)

    def dice() -> np.ndarray:
        return random.integers(-9, 10, (len(TOTALS), SIZE, RUNGS))

    constant = random.integers(-20, 20, len(TOTALS))
    first = np.sort(random.integers(0, RUNGS + 1, RUNGS))
    return Tables(built_in_policy(), np.arange(SIZE), np.arange(RUNGS), dice(), dice(), constant, first)


def every(tables: Tables) -> list[tuple[Lines, Held]]:
    lines = [
        Lines(t1, t2, g1, g2)
        for t1, t2, g1, g2 in itertools.product(range(SIZE), range(SIZE), range(RUNGS), range(RUNGS))
        if t2 <= t1 and g2 >= tables.first_core_rung[g1]
    ]
    return [(line, tables.total(line)) for line in lines]


def within(policies: list[tuple[Lines, Held]], limits: Held) -> list[tuple[Lines, Held]]:
    return [
        (line, held) for line, held in policies if all(held[name] <= most for name, most in limits.items())
    ]


def key(entry: tuple[Lines, Held]) -> tuple[int, ...]:
    line, held = entry
    return (
        held["profit"],
        -held["moved"],
        line.strategic_step,
        line.core_step,
        -line.strategic_rung,
        -line.core_rung,
    )


seeds = st.integers(0, 100_000)
some_limits = st.dictionaries(st.sampled_from(LIMITED), st.integers(-40, 40))


@settings(max_examples=60, deadline=None)
@given(seed=seeds, limits=some_limits)
def test_the_search_finds_the_best_whatever_the_tables_hold(seed: int, limits: Held) -> None:
    tables = some_tables(seed)
    allowed = within(every(tables), limits)
    found = optimise(tables, limits)
    assert (found.lines if found else None) == (max(allowed, key=key)[0] if allowed else None)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, limits=some_limits)
def test_a_conflict_is_as_small_as_can_be_and_says_what_would_do(seed: int, limits: Held) -> None:
    tables = some_tables(seed)
    policies = every(tables)
    if not policies:
        return
    conflict = conflict_of(tables, limits)
    assert bool(conflict) == (not within(policies, limits))
    names = {entry.name for entry in conflict}
    for entry in conflict:
        assert entry.least == min(held[entry.name] for _, held in policies)
        if len(names) > 1 and entry.least <= entry.most:
            others = {name: limits[name] for name in names - {entry.name}}
            assert (
                entry.least_beside
                == min(held[entry.name] for _, held in within(policies, others))
                > entry.most
            )


@settings(max_examples=40, deadline=None)
@given(seed=seeds, limits=some_limits)
def test_a_limit_binds_when_without_it_more_is_earned(seed: int, limits: Held) -> None:
    tables = some_tables(seed)
    policies, best = every(tables), optimise(tables, limits)
    if best is None:
        return

    def earned(chosen: Held) -> int:
        return max(held["profit"] for _, held in within(policies, chosen))

    for entry in bindings(tables, limits, best):
        freed = {name: most for name, most in limits.items() if name != entry.name}
        assert entry.is_binding == (earned(freed) > best.totals["profit"])
        assert entry.relaxed == limits[entry.name] + 1  # 1 % of forty is less than one
        assert entry.gain == earned({**limits, entry.name: entry.relaxed}) - best.totals["profit"]


@settings(max_examples=12, deadline=None)
@given(seed=seeds, limits=some_limits, along=st.sampled_from(("expected_loss", "capital")))
def test_no_policy_beats_a_point_of_the_frontier(seed: int, limits: Held, along: str) -> None:
    tables = some_tables(seed)
    kept = {name: most for name, most in limits.items() if name != along}
    allowed = within(every(tables), kept)
    points = frontier(tables, limits, along, points=200)
    assert bool(points) == bool(allowed)
    # With more levels than there are amounts of the measure nothing efficient is left out.
    efficient = {
        (held[along], held["profit"])
        for _, held in allowed
        if not any(
            other[along] <= held[along] and other["profit"] >= held["profit"]
            and (other[along], other["profit"]) != (held[along], held["profit"])
            for _, other in allowed
        )
    }  # fmt: skip
    assert {(point.totals[along], point.totals["profit"]) for point in points} == efficient


def test_one_percent_of_a_large_limit_is_one_percent() -> None:
    tables = some_tables(1)
    best = optimise(tables, {})
    assert best is not None
    assert bindings(tables, {"capital": 50_000}, best)[0].relaxed == 50_500


def test_an_unknown_limit_is_a_slip_in_the_program() -> None:
    with pytest.raises(ValueError, match="no limit can be set for profit"):
        optimise(some_tables(1), {"profit": 1})


def test_a_limit_beyond_any_amount_is_no_limit() -> None:
    tables = some_tables(3)
    free = optimise(tables, {})
    assert free is not None
    assert optimise(tables, {"capital": 10**30, "exposure": 10**30}) == free


def test_amounts_near_the_end_of_64_bits_are_compared_exactly() -> None:
    tables = some_tables(5)
    large = replace(tables, strategic=tables.strategic * 10**17, core=tables.core * 10**17 + 1)
    most = 10**17 + 1
    allowed = within(every(large), {"capital": most})
    found = optimise(large, {"capital": most})
    assert (found.lines if found else None) == (max(allowed, key=key)[0] if allowed else None)
