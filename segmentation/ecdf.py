"""A frozen mid-rank curve: what share of the reference lies below a value.

A percentile of today's portfolio changes when other customers arrive. The
curve is therefore fitted once, on the reference, at a few knots; from then on
it is a fixed piecewise-linear function of the value alone. `value.py` scores
with it, `features.py` uses it as the transform `quantile`.

It cannot say anything about values outside the reference: they are clamped to
the first or last knot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import numpy.typing as npt

MOST_KNOTS = 21
"""Knots at 0, 5 … 100 % of the reference."""


@dataclass(frozen=True, slots=True)
class MidRankCurve:
    """Piecewise-linear mid-rank distribution of a reference.

    Attributes
    ----------
    knots : tuple of float
        Values that occur in the reference, strictly rising.
    percents : tuple of float
        Per knot: share of the reference below it plus half the share equal
        to it, 0 to 100.
    """

    knots: tuple[float, ...]
    percents: tuple[float, ...]

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        return {"knots": list(self.knots), "percents": list(self.percents)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Sequence[float]]) -> MidRankCurve:
        """Read what :meth:`to_dict` wrote."""
        return cls(tuple(map(float, stored["knots"])), tuple(map(float, stored["percents"])))


def fit_curve(values: npt.ArrayLike) -> MidRankCurve | None:
    """Take the mid-rank distribution of a reference at 21 quantiles or fewer.

    The mid-rank of a value *v* is ``100·(#{x < v} + ½·#{x = v}) / n``: ties
    share the middle of the ranks they cover, so a constant column lies at
    50 % and direction can be turned round by ``100 − p``. Missing and
    infinite values are left out.

    Parameters
    ----------
    values : array of float
        The reference, in any order.

    Returns
    -------
    MidRankCurve or None
        None when no finite value is there.

    References
    ----------
    Mid-rank (mid-distribution) function: E. Parzen (2004), Quantile
    probability and statistical data modeling, Statistical Science 19(4);
    ``scipy.stats.percentileofscore(kind="mean")`` computes the same number.
    Knots are inverse-ECDF quantiles (Hyndman & Fan 1996, type 1), so each is a
    value that occurred.

    Examples
    --------
    >>> fit_curve([1.0, 2.0, 2.0, 4.0])
    MidRankCurve(knots=(1.0, 2.0, 4.0), percents=(12.5, 50.0, 87.5))
    """
    numbers = np.asarray(values, dtype=np.float64)
    ordered = np.sort(numbers[np.isfinite(numbers)])
    if ordered.size == 0:
        return None
    wanted = np.quantile(ordered, np.linspace(0.0, 1.0, MOST_KNOTS), method="inverted_cdf")
    knots = np.unique(wanted)
    below = np.searchsorted(ordered, knots, side="left")
    up_to = np.searchsorted(ordered, knots, side="right")
    percents = 50.0 * (below + up_to) / ordered.size
    return MidRankCurve(tuple(knots.tolist()), tuple(percents.tolist()))


def on_curve(value: nw.Expr, curve: MidRankCurve) -> nw.Expr:
    """Read the curve at a value, as an expression; missing stays missing.

    The intervals form a balanced binary tree of comparisons (at most five a
    row), each leaf one line through its two knots.

    Parameters
    ----------
    value : nw.Expr
        A column, best a plain one: it is named once in every comparison.
    curve : MidRankCurve
        The frozen curve.

    Returns
    -------
    nw.Expr
        0 to 100, DOUBLE; null where `value` is null or not a number.
    """
    leaves = _leaves(value, curve)
    known = ~(value.is_null() | value.is_nan())
    return nw.when(known).then(_tree(value, curve.knots, leaves))


def _leaves(value: nw.Expr, curve: MidRankCurve) -> list[nw.Expr]:
    """One expression an interval: below the first knot, between knots, above the last."""
    between = zip(curve.knots, curve.knots[1:], curve.percents, curve.percents[1:], strict=False)
    lines = [_line(value, *interval) for interval in between]
    return [nw.lit(curve.percents[0]), *lines, nw.lit(curve.percents[-1])]


def _line(value: nw.Expr, left: float, right: float, start: float, end: float) -> nw.Expr:
    """Join two knots; where their distance is no ordinary double, stay at the first."""
    width = right - left
    slope = (end - start) / width if np.isfinite(width) else np.inf
    return start + (value - left) * slope if np.isfinite(slope) else nw.lit(start)


def _tree(value: nw.Expr, cuts: Sequence[float], leaves: Sequence[nw.Expr]) -> nw.Expr:
    """Choose the leaf by halving: `leaves[i]` holds below `cuts[i]`, the last one from the last cut on."""
    if not cuts:
        return leaves[0]
    middle = len(cuts) // 2
    return (
        nw.when(value < cuts[middle])
        .then(_tree(value, cuts[:middle], leaves[: middle + 1]))
        .otherwise(_tree(value, cuts[middle + 1 :], leaves[middle + 1 :]))
    )


def read_curve(value: float, curve: MidRankCurve) -> float:
    """Read the curve at one number.

    Examples
    --------
    >>> read_curve(3.0, MidRankCurve((1.0, 2.0, 4.0), (12.5, 50.0, 87.5)))
    68.75
    """
    return float(np.interp(value, curve.knots, curve.percents))
