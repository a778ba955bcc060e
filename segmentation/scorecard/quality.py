"""How well a score tells good from bad, and how honest its probabilities are."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score, roc_curve

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ModelQuality:
    """Quality of a scorecard, out of fold.

    Attributes
    ----------
    auc, gini, ks : float or None
        Area under the ROC curve, 2·AUC − 1, largest distance of the two
        cumulative distributions; None without a model.
    brier : float or None
        Mean squared error of the probabilities.
    customers, defaults : int
        In the fitting sample.
    default_rate : float or None
        Observed, over the outcome's own horizon.
    folds : int
        Of the stratified cross-validation; bins are made anew in each.
    reason : str
        Why there is no model; empty when there is one.
    """

    auc: float | None = None
    gini: float | None = None
    ks: float | None = None
    brier: float | None = None
    customers: int = 0
    defaults: int = 0
    default_rate: float | None = None
    folds: int = 0
    reason: str = ""

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


def auc(bad: npt.NDArray[np.bool_], score: Floats) -> float:
    """Area under the ROC curve of a score that rises with risk (Hanley & McNeil 1982).

    Examples
    --------
    >>> auc(np.array([False, False, True]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    return float(roc_auc_score(bad, score))


def measure(bad: npt.NDArray[np.bool_], probability: Floats, folds: int) -> ModelQuality:
    """Measure probabilities against outcomes."""
    false_rate, true_rate, _ = roc_curve(bad, probability)
    area = auc(bad, probability)
    return ModelQuality(
        auc=area,
        gini=2 * area - 1,
        ks=float(np.max(np.abs(true_rate - false_rate))),
        brier=float(np.mean((probability - bad) ** 2)),
        customers=len(bad),
        defaults=int(bad.sum()),
        default_rate=float(bad.mean()),
        folds=folds,
    )
