"""Features: how the chosen columns become numbers customers are compared by.

:func:`fit_features` freezes the transforms on a sample, :func:`with_features`
applies them as expressions. Which columns may be chosen is the business of
:mod:`segmentation.feature_choice`.

Two customers drawn at random differ by 2 on average in the squared distance of
a number written as z-score, and by at most 2 in that of a category written as
indicators: neither drowns the other, and a weight multiplies the squared
distance. Values beyond the 1st and 99th percentile of the sample are cut to
them; a missing number takes the sample's median; a missing category is a level
of its own when it is common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from segmentation.ecdf import MidRankCurve, fit_curve, on_curve
from segmentation.frame import Frame, without
from segmentation.sample import Fetch, Matrix, as_matrix, mean_and_deviation

FeatureKind = Literal["number", "category"]
Transform = Literal["log1p", "zscore", "quantile", "onehot"]
Part = Literal["value", "level", "missing", "other"]

WINSOR = (0.01, 0.99)
SHOWN_LEVELS = 8
RARE_SHARE = 0.02
"""Levels rarer than this in the sample, and those beyond the most common eight, are pooled."""


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """One chosen feature.

    Attributes
    ----------
    column : str
        Column of the portfolio.
    kind : FeatureKind
        `number` or `category`.
    transform : Transform
        `log1p` (signed: sign(x)·ln(1+|x|)), `zscore`, `quantile` (share of the
        sample below) or, for a category, `onehot`.
    weight : float
        Multiplies the feature's squared distance; 0 leaves it out.
    """

    column: str
    kind: FeatureKind
    transform: Transform
    weight: float = 1.0

    @property
    def stretch(self) -> float:
        """Factor of the feature's numbers: the root, since distances are squared."""
        return float(np.sqrt(self.weight))


def as_plain(spec: FeatureSpec) -> nw.Expr:
    """Read a feature's column as it is, as number or as text."""
    return nw.col(spec.column).cast(nw.Float64() if spec.kind == "number" else nw.String())


@dataclass(frozen=True, slots=True)
class NumberRecipe:
    """A number's frozen transform: fill, cut, bend, centre, scale.

    Attributes
    ----------
    spec : FeatureSpec
        What was chosen.
    low, high : float
        1st and 99th percentile of the sample; values beyond are cut to them.
    fill : float
        Median of the sample, taken when the value is missing.
    centre, scale : float
        Mean and standard deviation after the bend.
    curve : MidRankCurve or None
        For the transform `quantile`.
    """

    spec: FeatureSpec
    low: float
    high: float
    fill: float
    centre: float = 0.0
    scale: float = 1.0
    curve: MidRankCurve | None = None

    @classmethod
    def read_off(cls, spec: FeatureSpec, values: pd.Series) -> NumberRecipe | None:
        """Read limits and median off the sample; None when the column says nothing."""
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        numbers = numbers[np.isfinite(numbers)]
        if numbers.size == 0:
            return None
        low, high = (float(limit) for limit in np.quantile(numbers, WINSOR, method="inverted_cdf"))
        # Where hardly anybody differs, the cut leaves one value: nothing to compare by.
        if low == high:
            return None
        curve = fit_curve(numbers) if spec.transform == "quantile" else None
        return cls(spec, low, high, fill=float(np.median(numbers)), curve=curve)

    @property
    def parts(self) -> tuple[tuple[Part, str], ...]:
        """The one number it gives."""
        return (("value", ""),)

    def cut(self) -> nw.Expr:
        """Fill the column and cut it to the limits."""
        raw = as_plain(self.spec)
        known = ~(raw.is_null() | raw.is_nan())
        return nw.when(known).then(raw).otherwise(nw.lit(self.fill)).clip(self.low, self.high)

    def bend(self, cut: nw.Expr) -> nw.Expr:
        """Apply the transform, before scaling."""
        if self.curve is not None:
            return on_curve(cut, self.curve)
        if self.spec.transform == "zscore":
            return cut
        size = (1.0 + cut.abs()).log()
        return nw.when(cut < 0).then(-size).otherwise(size)

    def write(self, bent: nw.Expr, part: Part, level: str) -> nw.Expr:
        """Centre, scale and weigh."""
        return (bent - self.centre) * (self.spec.stretch / self.scale)

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        numbers = {name: getattr(self, name) for name in ("low", "high", "fill", "centre", "scale")}
        return {"spec": asdict(self.spec), **numbers, "curve": self.curve.to_dict() if self.curve else None}


@dataclass(frozen=True, slots=True)
class CategoryRecipe:
    """A category's frozen levels: one indicator each, and one for all others.

    Attributes
    ----------
    spec : FeatureSpec
        What was chosen.
    levels : tuple of str
        Levels common in the sample, the most common first.
    has_missing : bool
        Whether being missing is a level of its own; else it counts as other.
    """

    spec: FeatureSpec
    levels: tuple[str, ...]
    has_missing: bool

    @classmethod
    def read_off(cls, spec: FeatureSpec, values: pd.Series) -> CategoryRecipe | None:
        """Read the common levels off the sample; None when the column says nothing."""
        least = max(RARE_SHARE * len(values), 1.0)
        counts = values.value_counts(dropna=True)
        # Equal counts are ordered by text: the order of the sample's rows must not show.
        common = sorted(counts[counts >= least].items(), key=lambda pair: (-pair[1], str(pair[0])))
        levels = tuple(str(level) for level, _ in common[:SHOWN_LEVELS])
        has_missing = bool(values.isna().sum() >= least)
        pooled = len(counts) - len(levels) + bool(values.isna().any() and not has_missing)
        if len(levels) + has_missing + (pooled > 0) < 2:
            return None
        return cls(spec, levels, has_missing)

    @property
    def parts(self) -> tuple[tuple[Part, str], ...]:
        """One indicator a level, one for missing when it is common, one for the rest."""
        levels: tuple[tuple[Part, str], ...] = tuple(("level", level) for level in self.levels)
        missing: tuple[tuple[Part, str], ...] = (("missing", ""),) if self.has_missing else ()
        return (*levels, *missing, ("other", ""))

    def cut(self) -> nw.Expr:
        """Read the column as text."""
        return as_plain(self.spec)

    def bend(self, cut: nw.Expr) -> nw.Expr:
        """Leave the text as it is."""
        return cut

    def write(self, bent: nw.Expr, part: Part, level: str) -> nw.Expr:
        """Weigh 1 where the customer is of the level, 0 elsewhere."""
        absent = bent.is_null()
        is_shown = bent.is_in(list(self.levels)) if self.levels else nw.lit(value=False)
        holds = {
            "level": ~absent & (bent == nw.lit(level)),
            "missing": absent,
            "other": ~absent & ~is_shown if self.has_missing else absent | ~is_shown,
        }[part]
        return nw.when(holds).then(nw.lit(self.spec.stretch)).otherwise(nw.lit(0.0))

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        return {"spec": asdict(self.spec), "levels": list(self.levels), "has_missing": self.has_missing}


Recipe: TypeAlias = NumberRecipe | CategoryRecipe


def _recipe_from_dict(stored: Mapping[str, Any]) -> Recipe:  # Any: parsed JSON
    spec = FeatureSpec(**stored["spec"])
    if spec.kind == "category":
        return CategoryRecipe(spec, tuple(stored["levels"]), stored["has_missing"])
    curve = MidRankCurve.from_dict(stored["curve"]) if stored["curve"] else None
    return NumberRecipe(**{**stored, "spec": spec, "curve": curve})


@dataclass(frozen=True, slots=True)
class FeatureColumn:
    """One number customers are compared by.

    Attributes
    ----------
    name : str
        Its column in a frame, `_f0`, `_f1` …
    column : str
        Column of the portfolio it comes from.
    part : {"value", "level", "missing", "other"}
        The number itself, or which indicator of a category.
    level : str
        The level of an indicator `level`; text from the data, hostile.
    stretch : float
        Root of the feature's weight: what the number was multiplied by.
    """

    name: str
    column: str
    part: Part
    level: str
    stretch: float


@dataclass(frozen=True, slots=True)
class FeatureModel:
    """Frozen transforms of all chosen features.

    Attributes
    ----------
    recipes : tuple of Recipe
        In the order chosen.
    dropped : tuple of (str, str)
        Chosen columns that say nothing in the sample, with the reason
        `empty` or `constant`.
    """

    recipes: tuple[Recipe, ...]
    dropped: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[FeatureColumn, ...]:
        """The numbers customers are compared by, in order."""
        parts = [(recipe.spec, *part) for recipe in self.recipes for part in recipe.parts]
        return tuple(
            FeatureColumn(f"_f{at}", spec.column, part, level, spec.stretch)
            for at, (spec, part, level) in enumerate(parts)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Their column names in a frame."""
        return tuple(column.name for column in self.columns)

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        return {
            "recipes": [recipe.to_dict() for recipe in self.recipes],
            "dropped": [list(pair) for pair in self.dropped],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> FeatureModel:  # Any: parsed JSON
        """Read what :meth:`to_dict` wrote."""
        dropped = tuple((column, reason) for column, reason in stored["dropped"])
        return cls(tuple(_recipe_from_dict(entry) for entry in stored["recipes"]), dropped)


def fit_features(sample: Frame, specs: Sequence[FeatureSpec], fetch: Fetch) -> FeatureModel:
    """Freeze how the chosen columns become numbers.

    Limits, median and levels are read off the sample; then the transform runs
    on the sample *as the expression that will be applied later*, and mean and
    standard deviation are taken from its result.

    Parameters
    ----------
    sample : Frame
        The portfolio or a seeded sample of it.
    specs : sequence of FeatureSpec
        What was chosen.
    fetch : Fetch
        Runs a lazy frame.

    Examples
    --------
    >>> import duckdb
    >>> rows = nw.from_native(duckdb.sql("select i as employees, 7 as floors from range(11) t(i)"))
    >>> specs = [FeatureSpec(name, "number", "zscore") for name in ("employees", "floors")]
    >>> model = fit_features(rows, specs, lambda frame: frame.to_native().df())
    >>> model.recipes[0].centre, model.dropped
    (5.0, (('floors', 'constant'),))
    """
    weighed = [spec for spec in specs if spec.weight > 0]
    if not weighed:
        return FeatureModel(())
    rows = fetch(sample.select(as_plain(spec).alias(f"c{at}") for at, spec in enumerate(weighed)))
    fitted = [(spec, _read_off(spec, rows[f"c{at}"])) for at, spec in enumerate(weighed)]
    silent = [(at, spec) for at, (spec, recipe) in enumerate(fitted) if recipe is None]
    return FeatureModel(
        recipes=_standardised(sample, [recipe for _, recipe in fitted if recipe is not None], fetch),
        dropped=tuple(
            (spec.column, "constant" if rows[f"c{at}"].notna().any() else "empty") for at, spec in silent
        ),
    )


def _read_off(spec: FeatureSpec, values: pd.Series) -> Recipe | None:
    return (NumberRecipe if spec.kind == "number" else CategoryRecipe).read_off(spec, values)


def _standardised(sample: Frame, recipes: Sequence[Recipe], fetch: Fetch) -> tuple[Recipe, ...]:
    """Set each number's centre and scale from what its own expression gives on the sample."""
    names = {f"_bent{at}": at for at, recipe in enumerate(recipes) if isinstance(recipe, NumberRecipe)}
    if not names:
        return tuple(recipes)
    means, deviations = mean_and_deviation(
        as_matrix(fetch(_with_bent(sample, recipes).select(list(names))), list(names))
    )
    found = dict(zip(names.values(), zip(means.tolist(), deviations.tolist(), strict=True), strict=True))
    return tuple(
        replace(recipe, centre=found[at][0], scale=found[at][1] or 1.0)
        if isinstance(recipe, NumberRecipe)
        else recipe
        for at, recipe in enumerate(recipes)
    )


def with_features(frame: Frame, model: FeatureModel) -> Frame:
    """Add the numbers customers are compared by, `_f0`, `_f1` …, never null.

    Parameters
    ----------
    frame : Frame
        Customers with every column the model names.
    model : FeatureModel
        The frozen transforms.

    Returns
    -------
    Frame
        With one DOUBLE for each of :attr:`FeatureModel.columns`.
    """
    if not model.recipes:
        return frame
    written = [
        recipe.write(nw.col(f"_bent{at}"), part, level)
        for at, recipe in enumerate(model.recipes)
        for part, level in recipe.parts
    ]
    staged = _with_bent(frame, model.recipes).with_columns(
        number.alias(f"_f{at}") for at, number in enumerate(written)
    )
    return without(staged, [f"_{stage}{at}" for at in range(len(model.recipes)) for stage in ("cut", "bent")])


def _with_bent(frame: Frame, recipes: Sequence[Recipe]) -> Frame:
    """Stage each feature before scaling: a number filled, cut and bent, a category as text."""
    cut = frame.with_columns(recipe.cut().alias(f"_cut{at}") for at, recipe in enumerate(recipes))
    return cut.with_columns(
        recipe.bend(nw.col(f"_cut{at}")).alias(f"_bent{at}") for at, recipe in enumerate(recipes)
    )


def feature_matrix(frame: Frame, model: FeatureModel, fetch: Fetch) -> Matrix:
    """Run the features on a frame and take them as an array, customers × numbers."""
    if not model.names:
        return np.empty((int(fetch(frame.select(nw.len().alias("rows")))["rows"].iloc[0]), 0))
    return as_matrix(fetch(with_features(frame, model).select(model.names)), model.names)
