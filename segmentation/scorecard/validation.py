"""Whether a scorecard may be used: judged on customers it has not seen, beside its challengers.

Where customers have dates the newest 30 % judge a scorecard fitted on the older ones; without
dates a repeated stratified cross-validation does, with bins, selection and weights made anew
without the fold that is judged. A plain logistic regression and gradient boosting on the same
columns show what readability costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from segmentation.risk.grades import GRADES, grade_of
from segmentation.sample import one_thread
from segmentation.scorecard.fit import FEWEST_DEFAULTS, fit_on
from segmentation.scorecard.guard import Candidate
from segmentation.scorecard.statistics import (
    Discrimination,
    Interval,
    Light,
    binomial_tail,
    correlated_tail,
    discrimination,
    light_of,
    low_default_bound,
    population_stability_index,
    stability_light,
    stability_limit,
    wilson_interval,
)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Fit = Callable[[pd.DataFrame, Flags, Sequence[Candidate], pd.DataFrame], Floats]
Report = Callable[[int, int], None]

NEWEST_SHARE = 0.30
FOLDS, REPEATS = 5, 3
MOST_ROWS = 60_000
MANY_ROWS = 10_000
"""From so many rows on a cross-validation is not repeated: its own error is small by then."""
DECILES = 10
MOSTLY_DATED = 0.9
ASSET_CORRELATION = 0.12
MOST_LEVELS = 250


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """One tenth of customers by probability: what was forecast, what happened (95 % Wilson interval)."""

    customers: int
    defaults: int
    forecast: float
    observed: Interval


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One grade of the master scale and its tests.

    Attributes
    ----------
    grade : str
        Name.
    customers, defaults : int
        In it.
    forecast : float
        Mean PD over the outcome's own horizon (fraction).
    tail, correlated_tail : float
        Chance of as many defaults or more if the forecast is right: of independent customers,
        and with asset correlation 0.12.
    light : str
        Of the correlated test; the other one beside it is stricter than truth.
    """

    grade: str
    customers: int
    defaults: int
    forecast: float
    tail: float
    correlated_tail: float
    light: Light


@dataclass(frozen=True, slots=True)
class ModelResult:
    """One model on unseen customers."""

    model: str
    discrimination: Discrimination


@dataclass(frozen=True, slots=True)
class Validation:
    """What a validation found.

    Attributes
    ----------
    reason : str
        Why there is none: ``too_few_defaults``, ``too_few_without_default``, ``no_outcome``,
        ``no_feature``; empty when there is one.
    design : str
        ``out_of_time`` or ``cross_validation``.
    split_on : str
        ISO date from which customers judge; empty in a cross-validation.
    customers, defaults : int
        Judging.
    trained_on : int
        Customers the model was fitted on.
    models : tuple of ModelResult
        Scorecard first, then its challengers.
    calibration, grades : tuples of rows
        Of the scorecard.
    stability, stability_limit : float or None
        Population stability index of the score between both sides of a split, and what
        chance alone passes once in twenty.
    stability_light : str
        ``unknown`` in a cross-validation.
    rate : Interval or None
        Observed default rate.
    prudent_rate : float or None
        Upper bound at 90 % confidence (Pluto & Tasche), for portfolios with few defaults.
    """

    reason: str
    design: str
    split_on: str
    customers: int
    defaults: int
    trained_on: int
    models: tuple[ModelResult, ...]
    calibration: tuple[CalibrationRow, ...]
    grades: tuple[GradeRow, ...]
    stability: float | None
    stability_limit: float | None
    stability_light: Light
    rate: Interval | None
    prudent_rate: float | None

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Give plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Validation:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        values = dict(written)
        values["models"] = tuple(
            ModelResult(
                row["model"],
                Discrimination(**{name: Interval(**part) for name, part in row["discrimination"].items()}),
            )
            for row in written["models"]
        )
        values["calibration"] = tuple(
            CalibrationRow(**{**row, "observed": Interval(**row["observed"])})
            for row in written["calibration"]
        )
        values["grades"] = tuple(GradeRow(**row) for row in written["grades"])
        values["rate"] = Interval(**written["rate"]) if written["rate"] else None
        return cls(**values)


def validate(
    rows: pd.DataFrame,
    bad: Flags,
    usable: Sequence[Candidate],
    *,
    dates: pd.Series | None = None,
    seed: int = 0,
    report: Report = lambda done, total: None,
) -> Validation:
    """Validate the way a scorecard is made, on customers it has not seen.

    Parameters
    ----------
    rows : pandas.DataFrame
        Features of customers with a known outcome; more than 60,000 are sampled.
    bad : ndarray of bool
        Outcomes.
    usable : sequence of Candidate
        What the guard lets in.
    dates : pandas.Series, optional
        When each customer came; used when nearly all are known and they differ.
    seed : int
        Of sample, folds and bootstrap.
    report : callable
        Told about progress.
    """
    if len(bad) > MOST_ROWS:
        kept = np.sort(np.random.default_rng(seed).choice(len(bad), MOST_ROWS, replace=False))
        rows, bad = rows.iloc[kept].reset_index(drop=True), bad[kept]
        dates = dates.iloc[kept].reset_index(drop=True) if dates is not None else None
    reason = _reason(bad, usable)
    splits, split_on = ([], "") if reason else _splits(bad, dates, seed)
    if (
        not reason
        and split_on
        and min(bad[splits[0][0][1]].sum(), bad[splits[0][0][0]].sum()) < FEWEST_DEFAULTS
    ):
        splits, split_on = _splits(bad, None, seed)
    if reason:
        return _without(reason, bad)
    judged = splits[0][0][1] if split_on else np.arange(len(bad))
    train = splits[0][0][0] if split_on else judged
    steps, total = 0, len(MODELS) * sum(len(repeat) for repeat in splits)
    predictions: dict[str, Floats] = {}
    on_train: Floats = np.empty(0)
    for name, fit in MODELS.items():
        found = np.empty((len(splits), len(bad)))
        for place, repeat in enumerate(splits):
            for older, newer in repeat:
                asked = rows.iloc[
                    np.concatenate([newer, older]) if split_on and name == "scorecard" else newer
                ]
                # Threads that wait for each other on a busy machine cost more than they bring.
                with one_thread():
                    predicted = fit(rows.iloc[older].reset_index(drop=True), bad[older], usable, asked)
                found[place, newer] = predicted[: len(newer)]
                if split_on and name == "scorecard":
                    on_train = predicted[len(newer) :]
                steps += 1
                report(steps, total)
        predictions[name] = found[:, judged]
    outcome = bad[judged]
    own = predictions["scorecard"].mean(axis=0)
    index, limit, light = _stability(on_train, own) if split_on else _NO_STABILITY
    return Validation(
        reason="",
        design="out_of_time" if split_on else "cross_validation",
        split_on=split_on,
        customers=len(outcome),
        defaults=int(outcome.sum()),
        trained_on=len(train),
        models=tuple(
            ModelResult(name, discrimination(outcome, values, seed=seed))
            for name, values in predictions.items()
        ),
        calibration=calibration(outcome, own),
        grades=grade_rows(outcome, own),
        stability=index,
        stability_limit=limit,
        stability_light=light,
        rate=wilson_interval(int(outcome.sum()), len(outcome)),
        prudent_rate=low_default_bound(int(outcome.sum()), len(outcome)),
    )


def _reason(bad: Flags, usable: Sequence[Candidate]) -> str:
    if bad.size == 0:
        return "no_outcome"
    if bad.sum() < FEWEST_DEFAULTS:
        return "too_few_defaults"
    if (~bad).sum() < FEWEST_DEFAULTS:
        return "too_few_without_default"
    return "" if usable else "no_feature"


def _without(reason: str, bad: Flags) -> Validation:
    """What can still be said: the default rate and how high it may prudently be."""
    defaults, customers = int(bad.sum()), len(bad)
    bound = low_default_bound(defaults, customers) if customers else None
    rate = wilson_interval(defaults, customers)
    return Validation(reason, "", "", customers, defaults, 0, (), (), (), None, None, "unknown", rate, bound)


Split = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def _splits(bad: Flags, dates: pd.Series | None, seed: int) -> tuple[list[list[Split]], str]:
    """Give the splits, a list a repetition, and the day of an out-of-time one."""
    if dates is not None:
        when = pd.to_datetime(dates).to_numpy(dtype="datetime64[s]")
        known = np.sort(when[~np.isnat(when)])
        if len(known) > MOSTLY_DATED * len(when) and known[0] < known[-1]:
            # Split between days, never inside one.
            day = known[int((1 - NEWEST_SHARE) * len(known))].astype("datetime64[D]")
            older, newer = np.flatnonzero(when < day), np.flatnonzero(when >= day)
            if older.size and newer.size:
                return [[(older, newer)]], str(day)
    repeats = 1 if len(bad) > MANY_ROWS else REPEATS
    return [
        list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed + repeat).split(np.zeros(len(bad)), bad))
        for repeat in range(repeats)
    ], ""


def calibration(bad: Flags, probability: Floats, groups: int = DECILES) -> tuple[CalibrationRow, ...]:
    """Hold forecast against outcome, by tenths of customers in the order of their probability."""
    parts = np.array_split(np.argsort(probability, kind="stable"), min(groups, len(bad)))
    rows = []
    for part in parts:
        observed = wilson_interval(int(bad[part].sum()), len(part))
        if observed is not None:
            rows.append(
                CalibrationRow(len(part), int(bad[part].sum()), float(probability[part].mean()), observed)
            )
    return tuple(rows)


def grade_rows(bad: Flags, probability: Floats) -> tuple[GradeRow, ...]:
    """Test each grade: are there more defaults than its probability allows?"""
    names = np.array([grade_of(float(value)).name for value in np.clip(probability, 0.0, 1.0)])
    rows = []
    for grade in GRADES:
        inside = names == grade.name
        customers, defaults = int(inside.sum()), int(bad[inside].sum())
        if not customers:
            continue
        forecast = float(probability[inside].mean())
        tail = correlated_tail(defaults, customers, forecast, ASSET_CORRELATION)
        rows.append(
            GradeRow(
                grade.name,
                customers,
                defaults,
                forecast,
                binomial_tail(defaults, customers, forecast),
                tail,
                light_of(tail),
            )
        )
    return tuple(rows)


_NO_STABILITY: tuple[float | None, float | None, Light] = (None, None, "unknown")


def _stability(before: Floats, now: Floats) -> tuple[float | None, float | None, Light]:
    edges = np.unique(np.quantile(before, np.linspace(0, 1, DECILES + 1)[1:-1]))
    bins = len(edges) + 1
    first, second = (
        np.bincount(np.searchsorted(edges, values), minlength=bins).astype(np.float64)
        for values in (before, now)
    )
    index = population_stability_index(first, second)
    if bins < 2:
        return index, 0.0, "unknown"
    return (
        index,
        stability_limit(bins, len(before), len(now), 0.95),
        stability_light(index, bins, len(before), len(now)),
    )


def _fit_scorecard(
    rows: pd.DataFrame, bad: Flags, usable: Sequence[Candidate], asked: pd.DataFrame
) -> Floats:
    scorecard = fit_on(rows, bad, usable)
    return np.full(len(asked), bad.mean()) if scorecard is None else scorecard.probability(asked)


def _fit_logistic(rows: pd.DataFrame, bad: Flags, usable: Sequence[Candidate], asked: pd.DataFrame) -> Floats:
    """Plain logistic regression: numbers standardised, frequent levels as dummies, missing its own."""
    numbers = [item.name for item in usable if item.is_numeric]
    texts = [item.name for item in usable if not item.is_numeric]
    parts = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler()), numbers),
            ("texts", OneHotEncoder(min_frequency=0.01, handle_unknown="infrequent_if_exist"), texts),
        ]
    )  # fmt: skip
    model = make_pipeline(parts, LogisticRegression(max_iter=1_000))
    model.fit(_plain(rows, usable), bad)
    return np.asarray(model.predict_proba(_plain(asked, usable))[:, 1], dtype=np.float64)


def _fit_boosting(rows: pd.DataFrame, bad: Flags, usable: Sequence[Candidate], asked: pd.DataFrame) -> Floats:
    """Gradient boosting with levels as categories; rare and unseen ones are missing."""
    names = [item.name for item in usable]
    texts = [item.name for item in usable if not item.is_numeric]
    encoder = ColumnTransformer(
        [
            ("texts", OrdinalEncoder(max_categories=MOST_LEVELS, handle_unknown="use_encoded_value",
                                     unknown_value=np.nan, encoded_missing_value=np.nan), texts),
            ("numbers", "passthrough", [name for name in names if name not in texts]),
        ]
    )  # fmt: skip
    model = HistGradientBoostingClassifier(random_state=0, categorical_features=list(range(len(texts))))
    model.fit(np.asarray(encoder.fit_transform(_plain(rows, usable)), dtype=np.float64), bad)
    ready = np.asarray(encoder.transform(_plain(asked, usable)), dtype=np.float64)
    return np.asarray(model.predict_proba(ready)[:, 1], dtype=np.float64)


def _plain(rows: pd.DataFrame, usable: Sequence[Candidate]) -> pd.DataFrame:
    """Give the columns as scikit-learn reads them: floats, and texts with missing as a level."""
    return pd.DataFrame(
        {
            item.name: rows[item.name].to_numpy(dtype=np.float64, na_value=np.nan)
            if item.is_numeric
            else rows[item.name].astype("object").where(rows[item.name].notna(), "\u2205").astype(str)
            for item in usable
        }
    )


MODELS: dict[str, Fit] = {
    "scorecard": _fit_scorecard,
    "logistic": _fit_logistic,
    "boosting": _fit_boosting,
}
"""Models compared, by name."""
