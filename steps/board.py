"""What the board in the browser needs of a cube: packed once, kept as long as the cube."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from segmentation.board import BoardPayload, pack_cube
from segmentation.cube import Cube
from segmentation.policy import Policy
from steps.house import House
from steps.scoring import Scored
from steps.tiers import cube_of

_PACKED: WeakKeyDictionary[Cube, dict[bool, BoardPayload]] = WeakKeyDictionary()


def board_payload(house: House, scored: Scored, policy: Policy, other: Policy) -> BoardPayload:
    """Pack the cube under a policy's treatments for the browser, or give what was packed before.

    Parameters
    ----------
    policy, other : Policy
        The policy, and the one it is compared with: the tier held before matters when either is sticky.
    """
    is_sticky = any(one.exit_steps or one.exit_rungs for one in (policy, other))
    cube = cube_of(house, scored, policy)
    with house.lock_for(f"board {scored.scored_id}"):
        packed = _PACKED.setdefault(cube, {})
        if is_sticky not in packed:
            packed[is_sticky] = pack_cube(cube, is_sticky=is_sticky)
        return packed[is_sticky]
