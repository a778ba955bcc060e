"""How unevenly exposure is spread: over names, groups, industries or countries.

The functions take exposures already summed to one number each (a customer, a group, an
industry), a small array; the sums themselves are the engine's work.

References
----------
O. C. Herfindahl (1950); A. O. Hirschman (1964); Basel Committee (2006), *Studies on
credit risk concentration*, working paper 15.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Exposures: TypeAlias = Sequence[float] | npt.NDArray[np.float64]
TOP_NAMES = 20


@dataclass(frozen=True, slots=True)
class ConcentrationFacts:
    """What is said of the concentration of one portfolio along one dimension.

    Attributes
    ----------
    dimension : str
        What the parts are: `customer_id`, `group_id`, `industry`, `country` …
    parts : int
        Parts with exposure above 0.
    exposure : float
        Their sum, money.
    herfindahl : float or None
        Sum of squared shares, from 1/parts (even) to 1 (all in one); None without exposure.
    effective_number : float or None
        1 / herfindahl: as concentrated as so many parts of equal size.
    top_share : float or None
        Share (fraction) of the 20 largest.
    largest : str or None
        Key of the largest part.
    largest_share : float or None
        Its share (fraction).
    """

    dimension: str
    parts: int
    exposure: float
    herfindahl: float | None
    effective_number: float | None
    top_share: float | None
    largest: str | None
    largest_share: float | None

    def to_dict(self) -> dict[str, object]:
        """Give the facts as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> ConcentrationFacts:
        """Read the facts back."""
        return cls(**written)  # type: ignore[arg-type]  # written by to_dict


def concentration_facts(dimension: str, keys: Sequence[str], exposures: Exposures) -> ConcentrationFacts:
    """Collect the facts of one dimension.

    Examples
    --------
    >>> facts = concentration_facts("industry", ["hotels", "farms", "mills"], [50.0, 30.0, 20.0])
    >>> facts.largest, facts.largest_share, round(facts.herfindahl, 2)
    ('hotels', 0.5, 0.38)
    """
    amounts = np.asarray(exposures, dtype=np.float64)
    total = float(np.nansum(amounts))
    if total <= 0:
        return ConcentrationFacts(dimension, 0, total, None, None, None, None, None)
    largest = int(np.nanargmax(amounts))
    return ConcentrationFacts(
        dimension=dimension,
        parts=int(np.count_nonzero(amounts > 0)),
        exposure=total,
        herfindahl=herfindahl(amounts),
        effective_number=effective_number(amounts),
        top_share=top_share(amounts),
        largest=str(keys[largest]),
        largest_share=float(amounts[largest] / total),
    )


def herfindahl(exposures: Exposures) -> float | None:
    """Sum the squared shares; None without exposure.

    Examples
    --------
    >>> herfindahl([1.0, 1.0, 1.0, 1.0])
    0.25
    """
    amounts = _positive(exposures)
    return herfindahl_of_sums(float(amounts.sum()), float((amounts**2).sum()))


def herfindahl_of_sums(total: float, sum_of_squares: float) -> float | None:
    """Give the index from a sum and a sum of squares, as the cube carries them.

    Examples
    --------
    >>> herfindahl_of_sums(4.0, 4.0)
    0.25
    """
    return sum_of_squares / total**2 if total > 0 else None


def effective_number(exposures: Exposures) -> float | None:
    """Say how many parts of equal size would be as concentrated; None without exposure.

    Examples
    --------
    >>> effective_number([1.0, 1.0, 0.0])
    2.0
    """
    index = herfindahl(exposures)
    return None if index is None else 1.0 / index


def top_share(exposures: Exposures, names: int = TOP_NAMES) -> float | None:
    """Give the share (fraction) of the largest few; None without exposure.

    Examples
    --------
    >>> top_share([5.0, 3.0, 2.0], names=2)
    0.8
    """
    amounts = np.sort(_positive(exposures))[::-1]
    return float(amounts[:names].sum() / amounts.sum()) if amounts.size else None


def lorenz_curve(exposures: Exposures, points: int = 101) -> npt.NDArray[np.float64]:
    """Give the share of exposure held by the smallest share of parts, at even steps.

    Returns
    -------
    array of shape (points, 2)
        Share of parts and share of exposure (fractions), smallest parts first; empty
        without exposure.

    Examples
    --------
    >>> lorenz_curve([1.0, 3.0], points=3).tolist()
    [[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]]
    """
    amounts = np.sort(_positive(exposures))
    if not amounts.size:
        return np.empty((0, 2))
    held = np.concatenate([[0.0], np.cumsum(amounts)]) / amounts.sum()
    of_parts = np.linspace(0.0, 1.0, points)
    return np.column_stack([of_parts, np.interp(of_parts, np.linspace(0.0, 1.0, amounts.size + 1), held)])


def _positive(exposures: Exposures) -> npt.NDArray[np.float64]:
    amounts = np.asarray(exposures, dtype=np.float64)
    return amounts[amounts > 0]
