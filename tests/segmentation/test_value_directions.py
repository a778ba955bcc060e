"""Which way is better, turned round by a person: where that is open, and nothing else moves."""

from __future__ import annotations

import json
from bisect import bisect_right

import duckdb
import numpy as np
import pytest

from data.engines.sql import quote_identifier
from data.errors import ModelInvalid
from segmentation.frame import Frame
from segmentation.value import (
    ReferenceInput,
    ValueReference,
    fit_value_reference,
    raw_inputs,
    with_value_score,
)
from segmentation.value_inputs import VALUE_INPUTS
from segmentation.value_reference import reference_drift, reweighted, turned, value_parts, weights_of
from segmentation.value_weights import ValueWeights, weights_from
from tests.builders import collect, lazy

TURNED = ValueWeights(directions={"credit_score": -1, "utilisation": 1})


def customers(rows: int = 500, seed: int = 3) -> Frame:
    random = np.random.default_rng(seed)
    scores: list[float | None] = random.normal(650, 60, rows).round(0).tolist()
    scores[::9] = [None] * len(scores[::9])
    return lazy({
        "row": list(range(rows)), "risk_adjusted_profit": random.normal(100, 50, rows).tolist(), "credit_score": scores,
        "utilisation": random.uniform(0, 1, rows).round(2).tolist(), "drawn": [1.0] * rows, "undrawn": [1.0] * rows,
        "tenure_months": random.integers(0, 200, rows).astype(float).tolist(),
    })  # fmt: skip


@pytest.fixture(scope="module")
def reference() -> ValueReference:
    return fit_value_reference(customers(), collect)


def test_an_input_turned_round_gives_what_is_left_to_a_hundred(reference: ValueReference) -> None:
    only = ValueWeights({"contribution": 0.0, "loyalty": 0.0}, {"utilisation": 0.0})
    frame = customers(rows=60, seed=8)
    plain = collect(with_value_score(frame, reweighted(reference, only)).sort("row"))["value_score"]
    both = ValueWeights(only.components, only.inputs, {"credit_score": -1})
    other = collect(with_value_score(frame, reweighted(reference, both)).sort("row"))["value_score"]
    np.testing.assert_allclose(plain + other, 100.0, atol=1e-12)


def _percent_sql(entry: ReferenceInput) -> str:
    """A frozen curve as plain SQL: straight lines between knots, flat outside, turned by direction."""
    value = quote_identifier(entry.key)
    knots, percents = entry.curve.knots, entry.curve.percents
    cases = [f"WHEN {value} <= {knots[0]!r} THEN {percents[0]!r}"]
    for x0, x1, y0, y1 in zip(knots, knots[1:], percents, percents[1:], strict=False):
        cases.append(
            f"WHEN {value} <= {x1!r} THEN {y0!r} + ({value} - {x0!r}) / ({x1!r} - {x0!r}) * ({y1!r} - {y0!r})"
        )
    percent = f"(CASE {' '.join(cases)} WHEN {value} IS NOT NULL THEN {percents[-1]!r} END)"
    directed = percent if entry.direction > 0 else f"(100 - {percent})"
    return f"coalesce({directed}, {entry.median_percent!r}) * {entry.weight!r}"


@pytest.mark.parametrize("weights", [ValueWeights(), TURNED], ids=["as delivered", "turned"])
def test_scores_are_those_of_plain_sql_row_by_row(reference: ValueReference, weights: ValueWeights) -> None:
    used = reweighted(reference, weights)
    frame = customers(rows=400, seed=21)
    scored = collect(with_value_score(frame, used).sort("row"))
    raw = collect(frame.select("row", *raw_inputs(frame, [entry.key for entry in used.active])))
    total = " + ".join(_percent_sql(entry) for entry in used.active)
    with duckdb.connect() as connection:
        connection.register("raw", raw)
        expected = connection.execute(
            f"SELECT {total} AS score, CAST(floor(2 * ({total}) + 0.5) AS BIGINT) AS step FROM raw ORDER BY row"
        ).df()
    np.testing.assert_allclose(scored["value_score"], expected["score"], atol=1e-9)
    assert (scored["value_step"] == expected["step"]).all()


def test_a_turned_score_by_hand_without_any_engine(reference: ValueReference) -> None:
    used = reweighted(reference, TURNED)
    row = {"risk_adjusted_profit": 90.0, "credit_score": 700.0, "utilisation": 0.35, "tenure_months": None}
    expected = 0.0
    for entry in used.active:
        value, (knots, percents) = row[entry.key], (entry.curve.knots, entry.curve.percents)
        if value is None:
            expected += entry.weight * entry.median_percent
            continue
        at = min(max(bisect_right(knots, value), 1), len(knots) - 1)
        share = (value - knots[at - 1]) / (knots[at] - knots[at - 1])
        read = percents[at - 1] + share * (percents[at] - percents[at - 1])
        more_is_better = {
            "risk_adjusted_profit": True,
            "credit_score": False,
            "utilisation": True,
            "tenure_months": True,
        }
        expected += entry.weight * (read if more_is_better[entry.key] else 100 - read)
    frame = lazy(
        {
            **{key: [value] for key, value in row.items() if value is not None},
            "drawn": [1.0],
            "undrawn": [1.0],
        }
    )
    assert collect(with_value_score(frame, used))["value_score"][0] == pytest.approx(expected, abs=1e-9)
    base, parts = value_parts(used, row)
    assert base + sum(part.points for part in parts) == pytest.approx(expected, abs=1e-9)
    assert {part.key for part in parts if part.is_turned} == {"credit_score", "utilisation"}


def test_fitting_with_a_direction_is_turning_what_was_fitted(reference: ValueReference) -> None:
    fitted = fit_value_reference(customers(), collect, TURNED)
    assert fitted == reweighted(reference, TURNED)
    assert turned(reference, fitted) == ("credit_score", "utilisation")


def test_turning_twice_is_where_one_began_and_only_directions_and_medians_move(
    reference: ValueReference,
) -> None:
    other = reweighted(reference, TURNED)
    assert reweighted(other, ValueWeights()) == reference
    for before, after in zip(reference.inputs, other.inputs, strict=True):
        assert (before.curve, before.weight, before.share_known) == (
            after.curve,
            after.weight,
            after.share_known,
        )
        if before.key not in TURNED.directions:
            assert before == after


def test_what_is_in_force_is_given_back_with_its_directions(reference: ValueReference) -> None:
    other = reweighted(reference, TURNED)
    assert reweighted(other, weights_of(other)) == other
    assert ValueReference.from_dict(json.loads(json.dumps(other.to_dict()))) == other


def test_turning_is_no_drift(reference: ValueReference) -> None:
    for drift in reference_drift(customers(), reweighted(reference, TURNED), collect):
        assert (drift.index, drift.light) == (pytest.approx(0.0, abs=1e-9), "green")
        assert drift.median_now == pytest.approx(drift.entry.median_percent)


@pytest.mark.parametrize("key", [entry.key for entry in VALUE_INPUTS if not entry.is_open])
def test_what_a_figure_means_can_t_be_turned_round(key: str) -> None:
    (entry,) = (entry for entry in VALUE_INPUTS if entry.key == key)
    assert ValueWeights(directions={key: entry.direction}).directions == {key: entry.direction}
    with pytest.raises(ModelInvalid, match=f"“{key}” can't be turned round"):
        ValueWeights(directions={key: -entry.direction})


def test_risk_and_money_are_never_open() -> None:
    closed = {entry.key for entry in VALUE_INPUTS if not entry.is_open}
    assert closed >= {
        "risk_adjusted_profit",
        "roi",
        "probability_of_default",
        "days_past_due",
        "dscr",
        "llcr",
    }


def test_odd_directions_are_refused_all_at_once() -> None:
    with pytest.raises(ModelInvalid) as refused:
        weights_from({}, {"charm": 1, "utilisation": 0, "days_past_due": 1})
    assert all(word in str(refused.value) for word in ("charm", "utilisation", "days_past_due"))


def test_a_stored_reference_that_turns_what_is_closed_is_refused(reference: ValueReference) -> None:
    stored = reference.to_dict()
    stored["inputs"][0]["direction"] = -1  # type: ignore[index] # parsed JSON
    with pytest.raises(ModelInvalid, match="risk_adjusted_profit"):
        ValueReference.from_dict(stored)
