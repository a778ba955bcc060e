"""What the board in the browser needs of a cube: packed once and kept."""

from __future__ import annotations

from segmentation.board import BoardPayload, pack_cube
from segmentation.corners import customers_near_a_line
from segmentation.policy import Policy
from steps.house import House
from steps.scoring import Scored
from steps.tiers import cube_of


def board_payload(house: House, scored: Scored, policy: Policy, other: Policy) -> BoardPayload:
    """Pack the cube under a policy's treatments for the browser, or give what was packed before.

    Parameters
    ----------
    house : House
        The open house.
    scored : Scored
        The customers.
    policy, other : Policy
        The policy, and the one it is compared with.
    """
    has_exits = any(one.exit_steps or one.exit_rungs for one in (policy, other))
    overrides = str([(row.customer_id, row.tier) for row in policy.overrides])
    key = ("board", scored.scored_id, policy.cube_identity, str(other.caps), overrides, str(has_exits))
    return house.kept(
        key, lambda: pack_cube(cube_of(house, scored, policy, other), has_exits=bool(has_exits))
    )


def near_a_line(house: House, scored: Scored, policy: Policy, other: Policy | None = None) -> int:
    """Count customers whom one step of value or of risk would bring into another tier; no row is read."""
    return customers_near_a_line(cube_of(house, scored, policy, other), policy)
