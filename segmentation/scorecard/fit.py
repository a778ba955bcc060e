"""Fit a scorecard: weight of evidence, selection, logistic regression, points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from segmentation.scorecard.binning import Binning, bin_feature
from segmentation.scorecard.guard import Candidate, Verdict, inspect
from segmentation.scorecard.quality import ModelQuality, measure

FEWEST_DEFAULTS = 20
LEAST_IV = 0.02
MOST_FEATURES = 20
FOLDS = 5
MOST_ROWS_FOR_FOLDS = 60_000
MOST_ROWS_FOR_GUARD = 100_000
REGULARISATION = 1.0

BASE_POINTS, BASE_ODDS, POINTS_TO_DOUBLE = 600.0, 50.0, 20.0
FACTOR = POINTS_TO_DOUBLE / np.log(2)
OFFSET = BASE_POINTS - FACTOR * np.log(BASE_ODDS)
"""600 points at odds of 50 good to 1 bad, 20 points double the odds (Siddiqi 2006, ch. 6)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A fitted scorecard: ln(odds of good) = intercept + Σ coefficient · WoE.

    Attributes
    ----------
    features : tuple of Binning
        In order of information value.
    coefficients : tuple of float
        One a feature, all positive: a better bin never costs points.
    intercept : float
        Calibrated so that the mean probability is the observed default rate.
    """

    features: tuple[Binning, ...]
    coefficients: tuple[float, ...]
    intercept: float

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for JSON."""
        return {
            "features": [feature.to_dict() for feature in self.features],
            "coefficients": list(self.coefficients),
            "intercept": self.intercept,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Scorecard:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        features = tuple(Binning.from_dict(item) for item in values["features"])
        return cls(features, tuple(values["coefficients"]), values["intercept"])

    def probability(self, rows: pd.DataFrame) -> Floats:
        """Probability of default over the outcome's own horizon, for rows in pandas."""
        log_odds = np.full(len(rows), self.intercept)
        for feature, coefficient in zip(self.features, self.coefficients, strict=True):
            log_odds = log_odds + coefficient * feature.woe(rows[feature.column])
        return np.asarray(1 / (1 + np.exp(log_odds)))


@dataclass(frozen=True, slots=True)
class ScorecardFit:
    """What came of an attempt to fit.

    Attributes
    ----------
    scorecard : Scorecard or None
        None when the outcomes do not carry one; `quality.reason` says why.
    quality : ModelQuality
        Out of fold.
    refused, flagged : tuple of Verdict
        What the guard said.
    """

    scorecard: Scorecard | None
    quality: ModelQuality
    refused: tuple[Verdict, ...] = ()
    flagged: tuple[Verdict, ...] = ()


def fit_scorecard(
    sample: pd.DataFrame,
    outcome: pd.Series,
    candidates: Sequence[Candidate],
    *,
    seed: int = 0,
    accepted: frozenset[str] = frozenset(),
) -> ScorecardFit:
    """Fit a scorecard on a sample with known outcomes.

    Parameters
    ----------
    sample : pandas.DataFrame
        Customers; rows whose outcome is missing are left out.
    outcome : pandas.Series
        True for default, False for none, missing when unknown.
    candidates : sequence of Candidate
        Columns that might enter.
    seed : int
        Of the folds.
    accepted : frozenset of str
        Features a person has accepted although the guard refuses them.
    """
    known = outcome.notna().to_numpy()
    rows = sample[known].reset_index(drop=True)
    bad = outcome[known].astype(bool).to_numpy()
    facts = {"customers": len(bad), "defaults": int(bad.sum())}
    reason = _reason(bad)
    if reason:
        return ScorecardFit(None, ModelQuality(**facts, reason=reason))
    # A leak shows on a part of very many customers as well as on all.
    part = seeded_part(len(bad), seed, MOST_ROWS_FOR_GUARD)
    usable, refused, flagged = inspect(rows.iloc[part], bad[part], candidates, accepted)
    verdicts = {"refused": tuple(refused), "flagged": tuple(flagged)}
    scorecard = fit_on(rows, bad, usable)
    if scorecard is None:
        return ScorecardFit(None, ModelQuality(**facts, reason="no_feature"), **verdicts)
    return ScorecardFit(scorecard, _cross_validated(rows, bad, usable, seed), **verdicts)


def _reason(bad: npt.NDArray[np.bool_]) -> str:
    if bad.size == 0:
        return "no_outcome"
    if bad.sum() < FEWEST_DEFAULTS:
        return "too_few_defaults"
    return "too_few_without_default" if (~bad).sum() < FEWEST_DEFAULTS else ""


def fit_on(rows: pd.DataFrame, bad: npt.NDArray[np.bool_], usable: Sequence[Candidate]) -> Scorecard | None:
    """Bin, select and weigh; None when no feature carries information.

    Parameters
    ----------
    rows : pandas.DataFrame
        Customers with a known outcome.
    bad : ndarray of bool
        Outcomes.
    usable : sequence of Candidate
        What the guard lets in.
    """
    binnings = [bin_feature(rows[item.name], bad, is_numeric=item.is_numeric) for item in usable]
    chosen = sorted(
        (item for item in binnings if item.information_value >= LEAST_IV),
        key=lambda item: -item.information_value,
    )[:MOST_FEATURES]
    return _weighed(rows, bad, chosen)


def refit(rows: pd.DataFrame, bad: npt.NDArray[np.bool_], binnings: Sequence[Binning]) -> Scorecard | None:
    """Weigh features anew whose bins a person has set; their weights of evidence stay as they are.

    Parameters
    ----------
    rows, bad
        Customers with a known outcome.
    binnings : sequence of Binning
        All are kept that earn a positive coefficient.
    """
    return _weighed(rows, bad, sorted(binnings, key=lambda item: -item.information_value))


def _weighed(rows: pd.DataFrame, bad: npt.NDArray[np.bool_], chosen: list[Binning]) -> Scorecard | None:
    while chosen:
        weights = np.column_stack([item.woe(rows[item.column]) for item in chosen])
        model = LogisticRegression(C=REGULARISATION, max_iter=500)
        model.fit(weights, ~bad)
        coefficients = model.coef_[0]
        wrong = [place for place, value in enumerate(coefficients) if value <= 0]
        if not wrong:
            intercept = _calibrated(weights @ coefficients, float(bad.mean()))
            return Scorecard(tuple(chosen), tuple(float(value) for value in coefficients), intercept)
        # A negative sign means the feature only corrects another: the weakest such leaves first.
        del chosen[min(wrong, key=lambda place: chosen[place].information_value)]
    return None


def _calibrated(slope: Floats, rate: float) -> float:
    """Intercept at which the mean probability is the observed rate, by bisection."""
    low, high = -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        if float(np.mean(1 / (1 + np.exp(slope + middle)))) > rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _cross_validated(
    rows: pd.DataFrame, bad: npt.NDArray[np.bool_], usable: Sequence[Candidate], seed: int
) -> ModelQuality:
    """Quality out of fold, on a part of a large sample."""
    facts = {"customers": len(bad), "defaults": int(bad.sum()), "default_rate": float(bad.mean())}
    kept = rows_for_folds(len(bad), seed)
    rows, bad = rows.iloc[kept].reset_index(drop=True), bad[kept]
    quality = measure(bad, out_of_fold(rows, bad, usable, seed), FOLDS)
    return ModelQuality(**{**quality.to_dict(), **facts})  # type: ignore[arg-type]  # its own fields


def rows_for_folds(rows: int, seed: int) -> npt.NDArray[np.int64]:
    """Choose the rows a cross-validation runs on: all, or a seeded part of very many."""
    return seeded_part(rows, seed, MOST_ROWS_FOR_FOLDS)


def seeded_part(rows: int, seed: int, most: int) -> npt.NDArray[np.int64]:
    """Choose all of some rows, or a seeded part of very many, in their order.

    Examples
    --------
    >>> seeded_part(3, 0, 5).tolist(), len(seeded_part(10, 0, 5))
    ([0, 1, 2], 5)
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def out_of_fold(
    rows: pd.DataFrame, bad: npt.NDArray[np.bool_], usable: Sequence[Candidate], seed: int
) -> Floats:
    """Predict each row by a fit that has not seen it: bins, selection and weights are made anew in each fold.

    Parameters
    ----------
    rows, bad
        Customers and their known outcomes.
    usable : sequence of Candidate
        What the guard lets in.
    seed : int
        Of the stratified folds.

    Returns
    -------
    ndarray of float
        A probability a row.
    """
    probability = np.empty(len(bad))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(rows, bad):
        part = fit_on(rows.iloc[train].reset_index(drop=True), bad[train], usable)
        probability[test] = part.probability(rows.iloc[test]) if part is not None else bad[train].mean()
    return probability
