"""How columns become numbers: frozen, never null, hostile text as plain text."""

from __future__ import annotations

import json

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from segmentation.features import (
    SHOWN_LEVELS,
    CategoryRecipe,
    FeatureModel,
    FeatureSpec,
    NumberRecipe,
    feature_matrix,
    fit_features,
    with_features,
)
from segmentation.frame import Frame
from tests.builders import collect, lazy

HOSTILE = [
    "it's",
    'a "quoted" one',
    "'); drop table customers; --",
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "\u202egnp.exe",
    "back\\slash",
    "日本語 🏦",
    "line\nbreak",
    " ",
    "",
    "NULL",
    "a\x00b",
    "x" * 10_000,
]


def fit(frame: Frame, *specs: FeatureSpec) -> FeatureModel:
    return fit_features(frame, specs, collect)


def numbers(frame: Frame, model: FeatureModel) -> np.ndarray:
    return feature_matrix(frame.sort("row"), model, collect)


def a_column(values: list[object], name: str = "x_a") -> Frame:
    return lazy({"row": list(range(len(values))), name: values})


def test_a_number_has_mean_nought_and_deviation_one() -> None:
    frame = a_column(np.random.default_rng(1).normal(50, 9, 2000).tolist())
    found = numbers(frame, fit(frame, FeatureSpec("x_a", "number", "zscore")))
    assert (found.mean(), found.std()) == (pytest.approx(0, abs=1e-12), pytest.approx(1))


def test_a_weight_multiplies_the_squared_distance() -> None:
    frame = a_column([1.0, 2.0, 3.0])
    plain = numbers(frame, fit(frame, FeatureSpec("x_a", "number", "zscore")))
    heavy = numbers(frame, fit(frame, FeatureSpec("x_a", "number", "zscore", weight=4.0)))
    np.testing.assert_allclose(heavy, 2 * plain)


def test_weight_nought_leaves_a_feature_out() -> None:
    frame = a_column([1.0, 2.0])
    assert fit(frame, FeatureSpec("x_a", "number", "zscore", weight=0.0)) == FeatureModel(())


def test_the_logarithm_is_signed() -> None:
    frame = a_column([-100.0, 0.0, 100.0])
    found = numbers(frame, fit(frame, FeatureSpec("x_a", "number", "log1p")))[:, 0]
    # Bent: −ln 101, 0, ln 101; deviation ln 101 · √(2/3).
    np.testing.assert_allclose(found, [-np.sqrt(1.5), 0, np.sqrt(1.5)])


def test_quantiles_are_mid_ranks() -> None:
    frame = a_column([1.0, 10.0, 100.0, 1000.0])
    recipe = fit(frame, FeatureSpec("x_a", "number", "quantile")).recipes[0]
    assert isinstance(recipe, NumberRecipe) and recipe.curve is not None
    assert recipe.curve.percents == (12.5, 37.5, 62.5, 87.5)
    assert recipe.centre == 50.0


def test_far_values_are_cut_and_missing_ones_take_the_median() -> None:
    frame = a_column([float(i) for i in range(101)])
    model = fit(frame, FeatureSpec("x_a", "number", "zscore"))
    found = numbers(a_column([1e300, -1e300, None, float("nan"), 50.0, 99.0, 1.0]), model)[:, 0]
    assert found[0] == found[5] and found[1] == found[6]
    assert found[2] == found[3] == found[4]


def test_a_category_gives_an_indicator_a_level_and_one_for_the_rest() -> None:
    frame = a_column(["a"] * 50 + ["b"] * 48 + ["rare"] + [None])
    model = fit(frame, FeatureSpec("x_a", "category", "onehot"))
    assert [(column.part, column.level) for column in model.columns] == [
        ("level", "a"), ("level", "b"), ("other", ""),
    ]  # fmt: skip
    assert numbers(a_column(["a", "rare", "unseen", None]), model).tolist() == [
        [1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1],
    ]  # fmt: skip


def test_missing_is_a_level_when_it_is_common() -> None:
    frame = a_column(["a", "b", None, None])
    model = fit(frame, FeatureSpec("x_a", "category", "onehot"))
    assert numbers(a_column(["b", None, "unseen"]), model).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]


def test_only_the_most_common_levels_are_shown() -> None:
    frame = a_column([f"level {at:02d}" for at in range(20)] * 5)
    recipe = fit(frame, FeatureSpec("x_a", "category", "onehot")).recipes[0]
    assert isinstance(recipe, CategoryRecipe)
    assert recipe.levels == tuple(f"level {at:02d}" for at in range(SHOWN_LEVELS))


def test_two_random_customers_differ_by_two_whatever_the_kind() -> None:
    rng = np.random.default_rng(3)
    frame = lazy({"row": range(4000), "n": rng.normal(size=4000), "c": rng.choice(list("abcdefgh"), 4000)})
    model = fit(frame, FeatureSpec("n", "number", "zscore"), FeatureSpec("c", "category", "onehot"))
    found = numbers(frame, model)
    squares = (found[:2000] - found[2000:]) ** 2
    assert squares[:, 0].mean() == pytest.approx(2, rel=0.1)
    assert squares[:, 1:].sum(axis=1).mean() == pytest.approx(2 * 7 / 8, rel=0.1)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_levels_are_matched_as_plain_text(text: str) -> None:
    frame = a_column([text, text, "usual", "usual"])
    model = fit(frame, FeatureSpec("x_a", "category", "onehot"))
    stored = FeatureModel.from_dict(json.loads(json.dumps(model.to_dict())))
    expected = [float(column.part == "level" and column.level == text) for column in stored.columns]
    assert numbers(frame, stored)[0].tolist() == expected
    assert sum(expected) == 1


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        ([7.0, 7.0, 7.0], "number", "constant"),
        ([0.0] * 999 + [1.0], "number", "constant"),
        ([None, None], "number", "empty"),
        (["a", "a"], "category", "constant"),
        ([None, None], "category", "empty"),
    ],
)
def test_columns_that_say_nothing_are_dropped_with_a_reason(
    values: list[object], kind: str, reason: str
) -> None:
    frame = a_column(pd.array(values, dtype="Float64" if kind == "number" else "string"))  # type: ignore[arg-type] # typed
    model = fit(frame, FeatureSpec("x_a", kind, "zscore" if kind == "number" else "onehot"))  # type: ignore[arg-type] # literal
    assert model == FeatureModel((), (("x_a", reason),))
    assert with_features(frame, model).collect_schema().names() == ["row", "x_a"]


def test_flags_and_whole_numbers_are_numbers() -> None:
    frame = lazy({"row": [0, 1, 2], "flag": [True, False, None], "count": [1, None, 5]})
    model = fit(frame, *(FeatureSpec(name, "number", "zscore") for name in ("flag", "count")))
    assert np.isfinite(numbers(frame, model)).all()


def test_one_row_alone_equals_the_batch() -> None:
    rng = np.random.default_rng(8)
    frame = lazy({"row": range(200), "n": np.exp(rng.normal(9, 2, 200)), "c": rng.choice(list("ab"), 200)})
    model = fit(frame, FeatureSpec("n", "number", "log1p"), FeatureSpec("c", "category", "onehot"))
    alone = numbers(frame.filter(nw.col("row") == 77), model)
    assert alone.tolist() == [numbers(frame, model)[77].tolist()]


def test_the_model_survives_json() -> None:
    frame = lazy({"row": range(9), "n": np.arange(9.0), "m": np.arange(9.0) ** 2, "c": list("aaabbbccc")})
    model = fit(
        frame,
        FeatureSpec("n", "number", "log1p", 0.5),
        FeatureSpec("m", "number", "quantile"),
        FeatureSpec("c", "category", "onehot"),
    )
    assert FeatureModel.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_helper_columns_are_gone() -> None:
    frame = lazy({"row": [1, 2, 3], "n": [1.0, 2.0, 3.0], "c": ["a", "b", "a"]})
    model = fit(frame, FeatureSpec("n", "number", "log1p"), FeatureSpec("c", "category", "onehot"))
    assert with_features(frame, model).collect_schema().names() == [
        "row",
        "n",
        "c",
        "_f0",
        "_f1",
        "_f2",
        "_f3",
    ]
