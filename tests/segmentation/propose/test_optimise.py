"""The search equals a walk over real policies, for random cubes, drafts and limits."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.corners import sum_cube, sum_moves
from segmentation.cube import Cube
from segmentation.policy import LIFECYCLES, Policy
from segmentation.propose.optimise import LIMITED, optimise
from segmentation.propose.tables import Lines, policy_at, tables_of
from tests.segmentation.returns.builders import a_cube, a_scored_portfolio, policies, treated

STEPS, RUNGS = (0, 60, 100, 140, 200), (-1, 10, 30, 63)


def totals(cube: Cube, policy: Policy, in_force: Policy) -> dict[str, int]:
    """What a policy holds, tier by tier from the cube's own sums."""
    sums = sum_cube(cube, policy).values()
    moves = sum_moves(cube, policy, in_force)

    def of(name: str, *, known: bool = False) -> int:
        key = f"{name}_minor_treated"
        return sum(tier[key] - (tier[f"{key}_without_pd"] if known else 0) for tier in sums)

    profit = of("income", known=True) - of("cost", known=True) - of("expected_loss", known=True)
    held = {name: of(name) for name in ("expected_loss", "capital", "exposure")}
    return {"profit": profit} | held | {"moved": int(moves.sum() - np.trace(moves))}


def crosses(draft: Policy, lines: Lines) -> bool:
    """Whether some life cycle's Strategic gate would stand above its Core gate."""
    base = draft.gates["mature"]

    def moved(own: int, by: int) -> int:
        return own if own == -1 else min(max(own + by, -1), 63)

    by = lines.strategic_rung - base.strategic, lines.core_rung - base.core
    gates = {
        name: (moved(draft.gates[name].strategic, by[0]), moved(draft.gates[name].core, by[1]))
        for name in LIFECYCLES
    }
    gates["mature"] = (lines.strategic_rung, lines.core_rung)
    return any(strategic > core for strategic, core in gates.values())


def walked(
    cube: Cube, draft: Policy, in_force: Policy, limits: dict[str, int]
) -> tuple[Lines, dict[str, int]] | None:
    """The best policy by trying every one."""
    best, found = None, None
    for t1, t2, g1, g2 in itertools.product(STEPS, STEPS, RUNGS, RUNGS):
        lines = Lines(t1, t2, g1, g2)
        if t1 < t2 or crosses(draft, lines):
            continue
        held = totals(cube, policy_at(draft, lines), in_force)
        key = (held["profit"], -held["moved"], t1, t2, -g1, -g2)
        if all(held[name] <= most for name, most in limits.items()) and (best is None or key > best):
            best, found = key, (lines, held)
    return found


@settings(max_examples=8, deadline=None)
@given(
    draft=policies(), in_force=policies(), seed=st.integers(0, 10_000), rows=st.integers(1, 150),
    tight=st.lists(st.sampled_from(LIMITED), unique=True), share=st.floats(0, 1.2),
)  # fmt: skip
def test_the_search_equals_a_walk_over_all_policies(
    draft: Policy, in_force: Policy, seed: int, rows: int, tight: list[str], share: float
) -> None:
    cube = a_cube(treated(a_scored_portfolio(rows, seed), draft, in_force))
    tables = tables_of(cube, draft, in_force, steps=STEPS, rungs=RUNGS)
    ends = [
        totals(cube, policy_at(draft, lines), in_force)
        for lines in (Lines(0, 0, -1, 63), Lines(200, 200, -1, -1), Lines(0, 0, 63, 63))
        if not crosses(draft, lines)
    ]
    limits = {}
    for name in tight:
        amounts = [held[name] for held in ends] or [0]
        limits[name] = int(min(amounts) + share * (max(amounts) - min(amounts)))
    found, expected = optimise(tables, limits), walked(cube, draft, in_force, limits)
    assert (None if found is None else (found.lines, found.totals)) == expected
