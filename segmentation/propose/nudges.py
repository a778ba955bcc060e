"""How much hangs on each line: every threshold and gate moved by one step, both ways."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segmentation.corners import tier_of_cells
from segmentation.cube import Cube
from segmentation.policy import CLOSED, HIGHEST_STEP, LIFECYCLES, TOP_RUNG, Gate, Policy
from segmentation.tiers import tier_board


@dataclass(frozen=True, slots=True)
class Nudge:
    """One line moved by one step, against the policy as it was.

    Attributes
    ----------
    part : str
        ``strategic`` or ``core``.
    lifecycle : str
        Whose gate; empty for a threshold.
    by : int
        +1 or −1: half points of the value score, or rungs of the risk ladder.
    profit, expected_loss, capital : int
        Changes of the portfolio's totals, hundredths.
    moved : int
        Customers whose tier changes.
    """

    part: str
    lifecycle: str
    by: int
    profit: int
    expected_loss: int
    capital: int
    moved: int


def nudges(cube: Cube, policy: Policy) -> tuple[Nudge, ...]:
    """Move each line by one step and say what changes; steps that can't be taken are left out.

    Parameters
    ----------
    cube : Cube
        Built under the policy's treatments, coverage and watch rules.
    policy : Policy
        Whose lines.
    """
    before, tier = tier_board(cube, policy).total.treated, tier_of_cells(cube, policy)
    found = []
    for part, lifecycle, by, moved in _moved(policy):
        after = tier_board(cube, moved).total.treated
        is_elsewhere = tier_of_cells(cube, moved) != tier
        found.append(
            Nudge(
                part,
                lifecycle,
                by,
                after.profit - before.profit,
                after.expected_loss - before.expected_loss,
                after.capital - before.capital,
                int(cube.measures["customers"][is_elsewhere].sum()),
            )
        )
    return tuple(found)


def _moved(policy: Policy) -> list[tuple[str, str, int, Policy]]:
    """All policies one step away whose lines don't cross."""
    found = []
    for part in ("strategic", "core"):
        for by in (1, -1):
            steps = {"strategic": policy.strategic_step, "core": policy.core_step}
            steps[part] += by
            if 0 <= steps["core"] <= steps["strategic"] <= HIGHEST_STEP:
                moved = replace(policy, strategic_step=steps["strategic"], core_step=steps["core"])
                found.append((part, "", by, moved))
    for lifecycle in LIFECYCLES if policy.gates_on else ():
        for part in ("strategic", "core"):
            for by in (1, -1):
                own = policy.gates[lifecycle]
                rungs = {"strategic": own.strategic, "core": own.core}
                rungs[part] += by
                if CLOSED <= rungs["strategic"] <= rungs["core"] <= TOP_RUNG:
                    gates = {**policy.gates, lifecycle: Gate(**rungs)}
                    found.append((part, lifecycle, by, replace(policy, gates=gates)))
    return found
