"""One step of each line: against the board of the moved policy, row by row, and at the ends of the grid."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.policy import LIFECYCLES, Gate, Policy, built_in_policy
from segmentation.propose.nudges import nudges
from segmentation.tiers import row_moves, tier_board
from tests.builders import collect
from tests.segmentation.returns.builders import a_cube, a_scored_portfolio, policies, treated


@settings(max_examples=5, deadline=None)
@given(policy=policies(), seed=st.integers(0, 1_000))
def test_a_step_changes_what_the_moved_policy_says(policy: Policy, seed: int) -> None:
    frame = treated(a_scored_portfolio(200, seed), policy)
    cube = a_cube(frame)
    before = tier_board(cube, policy).total.treated
    for nudge in nudges(cube, policy)[:4]:
        if nudge.lifecycle:
            continue
        steps = {f"{nudge.part}_step": getattr(policy, f"{nudge.part}_step") + nudge.by}
        moved = replace(policy, **steps)
        after = tier_board(cube, moved).total.treated
        assert (nudge.profit, nudge.capital) == (after.profit - before.profit, after.capital - before.capital)
        rows = collect(row_moves(frame, moved, policy))
        assert nudge.moved == rows.loc[rows["was"] != rows["tier"], "customers"].sum()


def test_all_ten_lines_are_moved_both_ways() -> None:
    policy = built_in_policy()
    found = nudges(a_cube(treated(a_scored_portfolio(10, 1), policy)), policy)
    assert len(found) == 2 * (2 + 2 * len(LIFECYCLES))


def test_no_line_leaves_the_grid_or_crosses_the_other() -> None:
    tight = replace(
        built_in_policy(), strategic_step=200, core_step=200, gates=dict.fromkeys(LIFECYCLES, Gate(-1, -1))
    )
    found = nudges(a_cube(treated(a_scored_portfolio(10, 1), tight)), tight)
    # Only Core's threshold may go down and Core's gates up.
    assert {(nudge.part, nudge.by, bool(nudge.lifecycle)) for nudge in found} == {
        ("core", -1, False),
        ("core", 1, True),
    }


def test_without_gates_only_the_thresholds_are_moved() -> None:
    policy = replace(built_in_policy(), gates_on=False)
    found = nudges(a_cube(treated(a_scored_portfolio(10, 1), policy)), policy)
    assert {nudge.lifecycle for nudge in found} == {""}
