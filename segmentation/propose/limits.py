"""What the limits of a search cost: which bind, what more of one earns, which can't be met together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from segmentation.propose.optimise import Optimum, optimise
from segmentation.propose.tables import Tables

PART = 100
"""A limit is relaxed by one part in so many."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One limit at the optimum.

    Attributes
    ----------
    name : str
        One of `LIMITED`.
    most, used : int
        What is allowed, and what the best policy takes; hundredths, or customers.
    is_binding : bool
        Whether a better policy would be found without it, the other limits kept.
    relaxed : int
        The limit with 1 % more, a customer or a hundredth at least.
    gain : int
        Profit a year that the best policy under the relaxed limit earns in addition, hundredths.
    """

    name: str
    most: int
    used: int
    is_binding: bool
    relaxed: int
    gain: int


def bindings(tables: Tables, limits: Mapping[str, int], best: Optimum) -> tuple[Binding, ...]:
    """Solve again without each limit, and with 1 % more of it.

    Policies lie on a grid, so profit rises in steps: a binding limit may need more than 1 %
    before anything better is allowed, and its gain is then nothing.
    """
    return tuple(_binding(tables, limits, best, name) for name in limits)


def _binding(tables: Tables, limits: Mapping[str, int], best: Optimum, name: str) -> Binding:
    most, profit = limits[name], best.totals["profit"]
    relaxed = most + max(abs(most) // PART, 1)
    freed = {other: value for other, value in limits.items() if other != name}
    gains = [
        0 if found is None else found.totals["profit"] - profit
        for found in (optimise(tables, freed), optimise(tables, {**limits, name: relaxed}))
    ]
    return Binding(name, most, best.totals[name], gains[0] > 0, relaxed, gains[1])


@dataclass(frozen=True, slots=True)
class Unmet:
    """A limit that takes part in a conflict.

    Attributes
    ----------
    name : str
        One of `LIMITED`.
    most : int
        What was allowed; hundredths, or customers.
    least : int
        The least any policy of the search reaches, whatever the other limits.
    least_beside : int
        The least reached while the other limits of the conflict are kept: what this one
        would have to be for all of them to hold.
    """

    name: str
    most: int
    least: int
    least_beside: int


def conflict_of(tables: Tables, limits: Mapping[str, int]) -> tuple[Unmet, ...]:
    """Name the fewest limits that can't be met together; none when all can.

    A limit below what any policy reaches is a conflict by itself; all of these are named.
    Otherwise the first of the smallest sets is, and leaving out any one of it would do.
    """
    alone = tuple(name for name, most in limits.items() if optimise(tables, {name: most}) is None)
    if alone:
        return tuple(_unmet(tables, {name: limits[name]}, name) for name in alone)
    for size in range(2, len(limits) + 1):
        for names in combinations(limits, size):
            chosen = {name: limits[name] for name in names}
            if optimise(tables, chosen) is None:
                return tuple(_unmet(tables, chosen, name) for name in names)
    return ()


def _unmet(tables: Tables, chosen: Mapping[str, int], name: str) -> Unmet:
    others = {other: most for other, most in chosen.items() if other != name}
    least, beside = (_least(tables, kept, name) for kept in ({}, others))
    return Unmet(name, chosen[name], least, beside)


def _least(tables: Tables, limits: Mapping[str, int], name: str) -> int:
    found = optimise(tables, limits, objective=name)
    if found is None:
        raise ValueError("limits that were kept a moment ago can't be kept now")
    return found.totals[name]
