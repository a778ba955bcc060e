"""What may be a feature, and what is taken when nobody has chosen."""

from __future__ import annotations

import numpy as np
import pytest

from data.contract import COLUMNS, column
from segmentation.feature_choice import (
    MOST_FEATURES,
    ColumnFacts,
    ColumnTraits,
    admissible_features,
    column_facts,
    default_features,
    feature_spec,
)
from segmentation.frame import Frame
from tests.builders import collect, lazy

USUAL = ColumnFacts(coverage=1.0, distinct=9)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("defaulted", "outcome"),
        ("loss_amount", "outcome"),
        ("age", "protected"),
        ("sex", "protected"),
        ("customer_id", "identifier"),
        ("name", "identifier"),
        ("days_past_due", "late_known"),
        ("established_on", "date"),
        ("annual_revenue", None),
        ("industry", None),
        ("term_months", None),
    ],
)
def test_what_may_be_a_feature(name: str, reason: str | None) -> None:
    admission = admissible_features({name: ColumnTraits.of(column(name))}, {name: USUAL})[0]
    assert admission.reason == reason


def test_no_outcome_protected_or_late_column_of_the_contract_gets_in() -> None:
    traits = {entry.name: ColumnTraits.of(entry) for entry in COLUMNS}
    admitted = [
        entry for entry in admissible_features(traits, dict.fromkeys(traits, USUAL)) if entry.is_admitted
    ]
    barred = {
        entry.name
        for entry in COLUMNS
        if entry.role in ("outcome", "identity")
        or entry.personal in ("protected", "identifier")
        or entry.known_when in ("later", "after_default")
    }
    assert barred.isdisjoint(entry.column for entry in admitted)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (ColumnFacts(0.0, 0), "empty"),
        (ColumnFacts(0.4, 1), "constant"),
        (ColumnFacts(1.0, 5000), "free_text"),
        (ColumnFacts(1.0, 51), None),
    ],
)
def test_texts_that_say_nothing_or_too_much_are_refused(facts: ColumnFacts, reason: str | None) -> None:
    extra = {"x_remarks": ColumnTraits("text", "custom")}
    assert admissible_features(extra, {"x_remarks": facts})[0].reason == reason


def test_an_extra_column_that_looks_late_is_refused() -> None:
    extra = {"x_recovered": ColumnTraits("number", "custom", known_when="later")}
    assert admissible_features(extra, {"x_recovered": USUAL})[0].reason == "late_known"


def test_facts_count_what_is_filled_in_and_what_differs() -> None:
    frame = lazy(
        {"a": [1.0, 1.0, None, 2.0], "b": ["x", "y", "z", "z"], "odd name\"'": [None, None, None, 1]}
    )
    assert column_facts(frame, ["a", "b", "odd name\"'"], collect) == {
        "a": ColumnFacts(0.75, 2),
        "b": ColumnFacts(1.0, 3),
        "odd name\"'": ColumnFacts(0.25, 1),
    }


@pytest.mark.parametrize(
    ("name", "transform"),
    [
        ("annual_revenue", "log1p"),
        ("employees", "log1p"),
        ("years_in_business", "zscore"),
        ("industry", "onehot"),
    ],
)
def test_the_usual_transform_follows_the_kind(name: str, transform: str) -> None:
    assert feature_spec(name, ColumnTraits.of(column(name))).transform == transform


def choose(frame: Frame, traits: dict[str, ColumnTraits]) -> list[str]:
    facts = column_facts(frame, list(traits), collect)
    specs = default_features(admissible_features(traits, facts), traits, facts, frame, collect)
    return [spec.column for spec in specs]


def of_contract(*names: str) -> dict[str, ColumnTraits]:
    return {name: ColumnTraits.of(column(name)) for name in names}


def test_the_first_choice_takes_each_role_in_turn() -> None:
    rng = np.random.default_rng(1)
    names = ("annual_revenue", "employees", "years_in_business", "interest_rate", "defaulted")
    frame = lazy({name: rng.uniform(1, 9, 300) for name in names})
    assert choose(frame, of_contract(*names)) == [
        "annual_revenue", "years_in_business", "interest_rate", "employees",
    ]  # fmt: skip


def test_the_first_choice_leaves_out_twins_sparse_and_constant_columns() -> None:
    exposure = np.random.default_rng(1).uniform(1, 9, 300)
    frame = lazy(
        {
            "exposure": exposure,
            "credit_limit": exposure * 2,
            "ebitda": [None if at % 3 else float(at) for at in range(300)],
            "employees": [5.0] * 299 + [6.0],
        }
    )
    assert choose(frame, of_contract("exposure", "credit_limit", "ebitda", "employees")) == ["exposure"]


def test_a_text_spread_over_many_rare_levels_is_no_first_choice() -> None:
    frame = lazy({"city": [f"town {at % 80}" for at in range(400)], "region": ["north", "south"] * 200})
    assert choose(frame, of_contract("city", "region")) == ["region"]


def test_the_first_choice_is_at_most_ten() -> None:
    rng = np.random.default_rng(2)
    traits = {f"x_{at}": ColumnTraits("number", "custom") for at in range(14)}
    frame = lazy({name: rng.normal(size=200) for name in traits})
    assert choose(frame, traits) == list(traits)[:MOST_FEATURES]


def test_nothing_admitted_chooses_nothing() -> None:
    assert choose(lazy({"customer_id": ["a", "b"]}), of_contract("customer_id")) == []
