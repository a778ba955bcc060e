"""The frontier: policies that earn the most for what they risk, from the least risk to the most profit."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation.propose.optimise import Optimum, optimise
from segmentation.propose.tables import Tables

POINTS = 24
"""Solutions asked for; as many of them as differ are shown."""
AXES = ("expected_loss", "capital")
"""What profit is held against."""


def frontier(
    tables: Tables, limits: Mapping[str, int], along: str = "expected_loss", points: int = POINTS
) -> tuple[Optimum, ...]:
    """Find efficient policies: none of the search earns as much with less of the measure.

    From the least of the measure that any policy has, up to what the most profitable one
    has, evenly spaced levels are taken as a limit and the best policy under each is found
    exactly; of equally profitable ones the one with least of the measure. Each point
    is therefore efficient; between two of them there may be more.

    Parameters
    ----------
    tables : Tables
        All policies of the grid.
    limits : mapping of str to int
        Limits kept all along; one on the measure itself is left out.
    along : str
        One of `AXES`.
    points : int
        Levels, at least two.

    Returns
    -------
    tuple of Optimum
        From least to most of the measure; empty when the limits can't be met.
    """
    kept = {name: most for name, most in limits.items() if name != along}
    ties = (along, "moved")
    last = optimise(tables, kept, ties=ties)
    first = optimise(tables, kept, objective=along, ties=("profit", "moved"))
    if last is None or first is None:
        return ()
    low, high = first.totals[along], last.totals[along]
    levels = sorted({low + (high - low) * place // (points - 1) for place in range(points)})
    found = [optimise(tables, {**kept, along: level}, ties=ties) for level in levels]
    efficient = {point.lines: point for point in found if point is not None}
    return tuple(sorted(efficient.values(), key=lambda point: point.totals[along]))
