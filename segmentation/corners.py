"""What a policy makes of a cube: tiers as a few look-ups, whatever the number of cells.

A policy gives each state (life cycle, caps, tier held before, …) three nested rectangles of
the plane value × risk: Strategic within Core or better within everybody. So the cells are
added up once to a summed-area table (Crow, SIGGRAPH 1984): how much lies at or above each
value step and at or below each risk step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segmentation.cube import ALL_MEASURES, MONEY, NAMES, NO_TIER, TREATED, Cube, Integers
from segmentation.policy import CLOSED, HIGHEST_STEP, LIFECYCLES, TOP_RUNG, Policy
from segmentation.risk.ladder import STEPS, UNKNOWN_STEP

STATES = (
    ("lifecycle_key", 4),
    ("is_capped", 2),
    ("was_capped", 2),
    ("held", 4),
    ("is_staying", 2),
    ("was_staying", 2),
    ("forced", 4),
)
"""Keys other than value and risk that a tier depends on, with the values each may have."""

EMPTY = HIGHEST_STEP + 1
"""A value step nobody reaches."""
EVERY_RISK = STEPS + 1
"""All risk steps let through, the unknown one too."""


@dataclass(frozen=True, eq=False)
class Corners:
    """Sums over all rectangles of value × risk that a policy may draw.

    Attributes
    ----------
    states : dict
        Names of `STATES` → array, one element a plane.
    sums : ndarray of int64, shape (measures, planes, 202, 66)
        ``sums[m, s, t, g]``: cells with value_step ≥ t and a risk step among the first g (0–63,
        then the unknown ones).
    workout : ndarray of int64, shape (2, measures)
        Defaulted customers: all of them, and those without a PD.
    """

    states: dict[str, Integers]
    sums: Integers
    workout: Integers

    @classmethod
    def from_cube(cls, cube: Cube) -> Corners:
        """Add the cells up."""
        keys = cube.keys
        is_in, is_unknown = keys["is_workout"] == 0, keys["risk_step"] == UNKNOWN_STEP
        code = np.zeros(cube.cells, dtype=np.int64)
        for name, size in STATES:
            code = code * size + keys[name]
        present, plane = np.unique(code[is_in], return_inverse=True)
        column = np.where(is_unknown, STEPS, keys["risk_step"])[is_in] + 1
        shape = (len(present), EMPTY + 1, EVERY_RISK + 1)
        place = np.ravel_multi_index((plane, keys["value_step"][is_in], column), shape)
        sums = np.zeros((len(ALL_MEASURES), *shape), dtype=np.int64)
        for table, name in zip(sums.reshape(len(ALL_MEASURES), -1), ALL_MEASURES, strict=True):
            np.add.at(table, place, cube.measures[name][is_in])
        np.cumsum(sums, axis=3, out=sums)
        sums = np.cumsum(sums[:, :, ::-1], axis=2)[:, :, ::-1]
        outside = [
            [cube.measures[name][which].sum() for name in ALL_MEASURES]
            for which in (~is_in, ~is_in & is_unknown)
        ]
        return cls(_states(present), sums, np.array(outside, dtype=np.int64))

    @property
    def planes(self) -> int:
        """Number of states."""
        return len(self.states["lifecycle_key"])

    def rectangles(self, policy: Policy, side: str = "is") -> tuple[Integers, Integers]:
        """Corners of Strategic, Core or better, and everybody, in each plane.

        Parameters
        ----------
        policy : Policy
            Whose tiers.
        side : str
            ``is``, or ``was`` for the policy compared with.

        Returns
        -------
        ndarray, ndarray of shape (planes, 3)
            Least value step, and number of risk steps let through.
        """
        least, gate = lines(self.states, policy, side)
        through = np.where(gate == UNKNOWN_STEP, EVERY_RISK, gate + 1)
        everybody = np.zeros((self.planes, 1), dtype=np.int64)
        return np.hstack([least, everybody]), np.hstack([through, everybody + EVERY_RISK])


def _states(code: Integers) -> dict[str, Integers]:
    found: dict[str, Integers] = {}
    for name, size in reversed(STATES):
        code, found[name] = np.divmod(code, size)
    return found


def lines(states: Mapping[str, Integers], policy: Policy, side: str = "is") -> tuple[Integers, Integers]:
    """Say from which value and up to which risk Strategic and Core reach, state by state.

    A tier a person has set stands whatever the lines say. Within its minimum stay a customer
    keeps the tier it held, though a capped one is Core at most. Who held a tier leaves it by
    the exit lines: `exit_steps` lower in value, `exit_rungs` higher in risk; a closed gate
    stays closed.

    Parameters
    ----------
    states : mapping of str to ndarray
        Names of `STATES` → array, shape (n,).
    policy : Policy
        The policy.
    side : str
        ``is``, or ``was`` for the caps and stays of the policy compared with.

    Returns
    -------
    ndarray, ndarray of shape (n, 2)
        Least value step (`EMPTY`: nobody) and highest rung (255: every risk, unknown too)
        of Strategic and of Core or better; the first always within the second.
    """
    cycle, held = states["lifecycle_key"], states["held"][:, None]
    tiers = np.arange(2)
    exits = held <= tiers
    least = np.array([policy.strategic_step, policy.core_step]) - exits * policy.exit_steps
    gates = np.array([[policy.gates[name].strategic, policy.gates[name].core] for name in LIFECYCLES])[cycle]
    rung = np.where(gates == CLOSED, CLOSED, np.minimum(gates + exits * policy.exit_rungs, TOP_RUNG))
    rung = rung if policy.gates_on else np.full_like(rung, UNKNOWN_STEP)
    is_staying = (states[f"{side}_staying"][:, None] == 1) & (held != NO_TIER)
    least = np.where(is_staying, np.where(exits, 0, EMPTY), np.maximum(least, 0))
    rung = np.where(is_staying, UNKNOWN_STEP, rung)
    least[states[f"{side}_capped"] == 1, 0] = EMPTY
    forced = states["forced"][:, None]
    is_forced = forced != NO_TIER
    least = np.where(is_forced, np.where(forced <= tiers, 0, EMPTY), least)
    return least, np.where(is_forced, UNKNOWN_STEP, rung)


def tier_sums(cube: Cube, policy: Policy) -> tuple[Integers, Integers]:
    """Sum all measures by tier.

    Returns
    -------
    ndarray, ndarray of shape (4, measures)
        `NAMES` × `ALL_MEASURES`: everybody, and those without a PD.
    """
    corners = cube.corners
    least, through = corners.rectangles(policy)
    plane = np.arange(corners.planes)[:, None]
    everybody = corners.sums[:, plane, least, through].sum(axis=1).T
    known = corners.sums[:, plane, least, np.minimum(through, STEPS)].sum(axis=1).T

    def of_tiers(nested: Integers, workout: Integers) -> Integers:
        return np.concatenate([np.diff(nested, axis=0, prepend=0), workout[None]])

    return of_tiers(everybody, corners.workout[0]), of_tiers(everybody - known, corners.workout[1])


def sum_cube(cube: Cube, policy: Policy) -> dict[str, dict[str, int]]:
    """Sum the cells of each tier, as they are and under the tier's own treatment.

    Returns
    -------
    dict
        Tier → measure → whole number: `customers`, `exposure_minor` …, under the tier's
        treatment `exposure_minor_treated` …; each again ending in `_without_pd` for
        customers whose risk is unknown. Work-out has no treatment: both are the same.
    """
    totals: dict[str, dict[str, int]] = {name: {} for name in NAMES}
    for suffix, table in zip(("", "_without_pd"), tier_sums(cube, policy), strict=True):
        for name, row in zip(NAMES, table.tolist(), strict=True):
            sums = dict(zip(ALL_MEASURES, row, strict=True))
            totals[name][f"customers{suffix}"] = sums["customers"]
            for plain, treated in zip(MONEY, TREATED.get(name, MONEY), strict=True):
                totals[name][f"{plain}{suffix}"] = sums[plain]
                totals[name][f"{plain}_treated{suffix}"] = sums[treated]
    return totals


def sum_moves(cube: Cube, policy: Policy, other: Policy, measure: str = "customers") -> Integers:
    """Sum a measure by tier under another policy (rows) and under this one (columns).

    Parameters
    ----------
    cube : Cube
        Built with both policies' caps (:func:`with_capped`).
    policy, other : Policy
        The policy, and the one compared with.
    measure : str
        One of `ALL_MEASURES`.
    """
    corners = cube.corners
    (least, through), (was_least, was_through) = (
        corners.rectangles(policy),
        corners.rectangles(other, "was"),
    )
    plane = np.arange(corners.planes)[:, None, None]
    # What two nested families share is nested again, rectangle by rectangle.
    shared = corners.sums[
        ALL_MEASURES.index(measure),
        plane,
        np.maximum(was_least[:, :, None], least[:, None, :]),
        np.minimum(was_through[:, :, None], through[:, None, :]),
    ].sum(axis=0)
    table = np.zeros((len(NAMES), len(NAMES)), dtype=np.int64)
    table[:-1, :-1] = np.diff(np.diff(shared, axis=0, prepend=0), axis=1, prepend=0)
    table[-1, -1] = corners.workout[0, ALL_MEASURES.index(measure)]
    return table


def tier_of_cells(cube: Cube, policy: Policy, *, higher: int = 0, riskier: int = 0) -> Integers:
    """Tier of each cell: 0 Strategic, 1 Core, 2 Ordinary, 3 Work-out.

    Parameters
    ----------
    cube : Cube
        The cells.
    policy : Policy
        The policy.
    higher, riskier : int
        Steps of value and of risk every cell is moved by first; unknown risk stays unknown.
    """
    value = np.clip(cube.keys["value_step"] + higher, 0, HIGHEST_STEP)
    risk = cube.keys["risk_step"]
    risk = np.where(risk == UNKNOWN_STEP, risk, np.clip(risk + riskier, 0, STEPS - 1))
    least, rung = lines(cube.keys, policy)
    reached = (value[:, None] >= least) & (risk[:, None] <= rung)
    tier = np.where(reached[:, 0], 0, np.where(reached[:, 1], 1, 2))
    return np.where(cube.keys["is_workout"] == 1, 3, tier).astype(np.int64)


def customers_near_a_line(cube: Cube, policy: Policy) -> int:
    """Count customers whom one step of value or of risk would bring into another tier."""
    tier = tier_of_cells(cube, policy)
    is_near = np.zeros(cube.cells, dtype=bool)
    for higher, riskier in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        is_near |= tier_of_cells(cube, policy, higher=higher, riskier=riskier) != tier
    return int(cube.measures["customers"][is_near].sum())
