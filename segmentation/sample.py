"""How a fit gets its numbers: a lazy frame of the sample, and a function that runs it.

A model is fitted on a sample but later applied by an expression. To have one
implementation of each transform, a fit never recomputes it in pandas: it
writes the expression on the sample's lazy frame and asks `fetch` for the
result. Whoever calls decides what the sample is (all rows, or a seeded hash
sample) and on which engine it lies.

Engines give rows in any order. No fit here may depend on it: sums run over
sorted values (:func:`mean_and_deviation`), clusters over sorted rows
(:func:`in_order`). Nor may a fit depend on the number of cores: sums over
threads differ in the last digit (:func:`one_thread`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from segmentation.frame import Frame

Matrix: TypeAlias = npt.NDArray[np.float64]


class Fetch(Protocol):
    """Runs a lazy frame and gives its rows."""

    def __call__(self, frame: Frame, /) -> pd.DataFrame:
        """Give the rows as pandas, columns named as in the frame."""


def as_matrix(rows: pd.DataFrame, names: Sequence[str]) -> Matrix:
    """Take number columns as a dense array, rows × names; missing is NaN.

    Examples
    --------
    >>> as_matrix(pd.DataFrame({"a": [1, None], "b": [2, 3]}), ["b", "a"])
    array([[ 2.,  1.],
           [ 3., nan]])
    """
    return rows.loc[:, list(names)].to_numpy(dtype=np.float64, na_value=np.nan)


def mean_and_deviation(values: Matrix) -> tuple[Matrix, Matrix]:
    """Mean and population standard deviation of each column, the same for any order of the rows.

    Examples
    --------
    >>> mean, deviation = mean_and_deviation(np.array([[1.0], [3.0]]))
    >>> float(mean[0]), float(deviation[0])
    (2.0, 1.0)
    """
    ordered = np.sort(values, axis=0)
    return ordered.mean(axis=0), ordered.std(axis=0)


def in_order(matrix: Matrix) -> Matrix:
    """Sort rows by their first column, then the second, and so on.

    Examples
    --------
    >>> in_order(np.array([[2.0, 0.0], [1.0, 5.0], [1.0, 4.0]])).tolist()
    [[1.0, 4.0], [1.0, 5.0], [2.0, 0.0]]
    """
    return matrix[np.lexsort(matrix.T[::-1])] if matrix.size else matrix


def one_thread() -> AbstractContextManager[None]:
    """Hold numerical libraries to one thread while a model is fitted."""
    return cast("AbstractContextManager[None]", threadpool_limits(1))
