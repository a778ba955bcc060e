"""The value score: frozen, monotone, honest about what it does not know."""

from __future__ import annotations

import json
from datetime import date

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from data.contract import BY_NAME
from data.errors import ModelInvalid
from segmentation.frame import Frame
from segmentation.value import ValueReference, fit_value_reference, with_value_score
from segmentation.value_inputs import VALUE_INPUTS
from segmentation.value_reference import reweighted, weights_of
from segmentation.value_weights import ValueWeights
from tests.builders import collect, lazy


def a_scored(**columns: object) -> Frame:
    rows = len(next(iter(columns.values())))  # type: ignore[arg-type] # lists
    return lazy({"row": list(range(rows)), **columns})  # type: ignore[dict-item] # lists


def score(frame: Frame, reference: ValueReference) -> pd.DataFrame:
    return collect(with_value_score(frame, reference).sort("row"))


def test_a_hundred_even_profits_score_by_their_mid_rank() -> None:
    profits = a_scored(risk_adjusted_profit=[float(i) for i in range(100)])
    scores = score(profits, fit_value_reference(profits, collect))["value_score"].to_numpy()
    # Rank i of 100 lies at i + 0.5 percent; knots are values that occurred, lines between.
    np.testing.assert_allclose(scores, np.arange(100) + 0.5, atol=1e-9)


def test_less_is_better_turns_the_scale_round() -> None:
    arrears = a_scored(days_past_due=[0, 30, 60, 90])
    scores = score(arrears, fit_value_reference(arrears, collect))["value_conduct"].tolist()
    assert scores == [87.5, 62.5, 37.5, 12.5]


def test_components_weigh_equally_whatever_their_number_of_inputs() -> None:
    frame = a_scored(
        risk_adjusted_profit=[0.0, 1.0], dscr=[0.0, 1.0], llcr=[0.0, 1.0], credit_score=[1.0, 0.0]
    )
    scored = score(frame, fit_value_reference(frame, collect))
    # Contribution 25, capacity 25, conduct 75, loyalty absent: (25 + 25 + 75) / 3.
    assert scored["value_score"][0] == pytest.approx(125 / 3)
    assert scored["value_loyalty"].isna().all()


def test_weights_move_the_score_and_zero_takes_an_input_out() -> None:
    frame = a_scored(risk_adjusted_profit=[0.0, 1.0], credit_score=[1.0, 0.0], days_past_due=[9, 0])
    weights = ValueWeights(components={"conduct": 3.0}, inputs={"days_past_due": 0.0})
    reference = fit_value_reference(frame, collect, weights)
    assert score(frame, reference)["value_score"][0] == pytest.approx((25 + 3 * 75) / 4)
    assert ("days_past_due", "weight") in reference.absent


def test_a_missing_value_counts_as_the_median_and_lowers_coverage() -> None:
    frame = a_scored(dscr=[1.0, 2.0, 3.0, None], credit_score=[1.0, 2.0, 3.0, 3.0])
    scored = score(frame, fit_value_reference(frame, collect))
    assert scored["value_capacity"][3] == pytest.approx(50.0)
    assert scored["value_coverage"].tolist() == [1.0, 1.0, 1.0, 0.5]


def test_a_portfolio_without_any_input_scores_fifty_with_no_coverage() -> None:
    frame = a_scored(customer_id=["a", "b"])
    reference = fit_value_reference(frame, collect)
    scored = score(frame, reference)
    assert scored["value_score"].tolist() == [50.0, 50.0]
    assert scored["value_coverage"].tolist() == [0.0, 0.0]
    assert scored["value_step"].tolist() == [100, 100]
    assert reference.absent_components == ("contribution", "capacity", "conduct", "loyalty")


def test_what_says_the_same_of_everybody_is_left_out() -> None:
    frame = a_scored(days_past_due=[0, 0, 0], credit_score=[1.0, 2.0, 3.0])
    assert ("days_past_due", "constant") in fit_value_reference(frame, collect).absent


def test_what_fewer_than_one_in_a_hundred_have_is_left_out() -> None:
    frame = a_scored(dscr=[1.0, *[None] * 200], credit_score=[float(i) for i in range(201)])
    assert ("dscr", "missing") in fit_value_reference(frame, collect).absent


def test_an_empty_portfolio_can_be_frozen_and_scored() -> None:
    frame = a_scored(dscr=[1.0]).filter(nw.col("row") < 0)
    reference = fit_value_reference(frame, collect)
    assert reference.customers == 0
    assert len(score(frame, reference)) == 0


def test_the_score_does_not_change_when_others_arrive() -> None:
    first = a_scored(dscr=[0.5, 1.0, 1.5], credit_score=[500.0, 600.0, 700.0])
    more = a_scored(dscr=[0.5, 1.0, 1.5, 9.0, 9.0], credit_score=[500.0, 600.0, 700.0, 900.0, 900.0])
    reference = fit_value_reference(first, collect)
    alone, together = score(first, reference), score(more, reference)
    assert together["value_score"][:3].tolist() == alone["value_score"].tolist()


def test_one_row_alone_scores_as_in_the_batch() -> None:
    rng = np.random.default_rng(5)
    columns = {"dscr": rng.normal(1.4, 0.5, 60).tolist(), "credit_score": rng.normal(650, 50, 60).tolist()}
    columns["dscr"][7] = None
    batch = a_scored(**columns)
    reference = fit_value_reference(batch, collect)
    together = score(batch, reference)["value_score"].tolist()
    alone = [
        score(
            a_scored(**{name: pd.array([values[i]], dtype="Float64") for name, values in columns.items()}),
            reference,
        )["value_score"][0]
        for i in (0, 7, 59)
    ]
    assert alone == [together[i] for i in (0, 7, 59)]


def test_steps_are_half_points_rounded_half_up() -> None:
    frame = a_scored(risk_adjusted_profit=[float(i) for i in range(100)])
    scored = score(frame, fit_value_reference(frame, collect))
    assert scored["value_step"].tolist() == np.floor(scored["value_score"] * 2 + 0.5).astype(int).tolist()
    assert str(scored["value_step"].dtype) == "int64"


def test_helper_columns_are_gone() -> None:
    frame = a_scored(dscr=[1.0, 2.0])
    names = with_value_score(frame, fit_value_reference(frame, collect)).collect_schema().names()
    assert [name for name in names if name.startswith("_")] == []


def test_a_reference_survives_json() -> None:
    frame = a_scored(dscr=[1.0, 2.0, 4.0], days_past_due=[0, 3, 90])
    reference = fit_value_reference(frame, collect)
    assert ValueReference.from_dict(json.loads(json.dumps(reference.to_dict()))) == reference


def test_a_reference_of_another_version_is_refused() -> None:
    frame = a_scored(dscr=[1.0, 2.0])
    stored = fit_value_reference(frame, collect).to_dict()
    stored["inputs"][0]["key"] = "star_sign"  # type: ignore[index] # parsed JSON
    with pytest.raises(ModelInvalid, match="star_sign"):
        ValueReference.from_dict(stored)


def test_odd_weights_are_refused_all_at_once() -> None:
    with pytest.raises(ModelInvalid) as refused:
        ValueWeights(components={"charm": 1.0, "conduct": -1.0}, inputs={"dscr": float("nan")})
    assert all(word in str(refused.value) for word in ("charm", "-1.0", "dscr"))


def _typed(name: str) -> nw.Expr:
    return nw.col(name).cast(nw.Date() if name.endswith(("_on", "_date")) else nw.Float64())


@pytest.mark.parametrize(
    ("key", "columns", "expected"),
    [
        ("leverage", {"total_debt": [300.0], "ebitda": [100.0]}, 3.0),
        ("leverage", {"total_debt": [0.0], "ebitda": [-5.0]}, 0.0),
        ("leverage", {"total_debt": [300.0], "ebitda": [-5.0]}, 100.0),
        ("leverage", {"total_debt": [300.0], "ebitda": [1e-300]}, 100.0),
        ("leverage", {"ebitda": [5.0]}, None),
        ("liquidity", {"current_assets": [150.0], "current_liabilities": [100.0]}, 1.5),
        ("liquidity", {"current_assets": [150.0], "current_liabilities": [0.0]}, 100.0),
        ("liquidity", {"current_assets": [0.0], "current_liabilities": [0.0]}, None),
        ("interest_cover", {"ebitda": [-50.0], "interest_expense": [10.0]}, -5.0),
        ("utilisation", {"utilisation": [0.4], "drawn": [9.0], "undrawn": [1.0]}, 0.4),
        ("utilisation", {"drawn": [9.0], "undrawn": [1.0]}, 0.9),
        ("utilisation", {"drawn": [0.0], "undrawn": [0.0]}, None),
        ("response_rate", {"campaign_contacts": [4], "campaign_responses": [1]}, 0.25),
        ("response_rate", {"campaign_contacts": [0], "campaign_responses": [0]}, None),
        ("recency", {"last_contact_on": [date(2023, 12, 31)], "snapshot_date": [date(2024, 3, 1)]}, 61.0),
        ("recency", {"last_contact_on": [date(2024, 3, 2)], "snapshot_date": [date(2024, 3, 1)]}, 0.0),
        ("recency", {"last_contact_on": [date(1999, 12, 31)], "snapshot_date": [date(2000, 12, 31)]}, 366.0),
        ("recency", {"last_contact_on": [date(2024, 3, 2)]}, None),
    ],
)
def test_derived_inputs(key: str, columns: dict[str, list[object]], expected: float | None) -> None:
    entry = next(entry for entry in VALUE_INPUTS if entry.key == key)
    frame = a_scored(**{name: [None] for name in entry.columns} | columns)
    frame = frame.with_columns(_typed(name) for name in entry.columns)
    value = frame.select(entry.expression.cast(nw.Float64).alias("value")).to_native().fetchall()
    assert value == [(expected,)]


def test_no_protected_column_counts_for_value() -> None:
    read = {name for entry in VALUE_INPUTS for name in entry.columns if name in BY_NAME}
    assert [name for name in read if BY_NAME[name].personal == "protected"] == []


def test_directions_agree_with_the_contract() -> None:
    plain = [entry for entry in VALUE_INPUTS if entry.columns == (entry.key,) and entry.key in BY_NAME]
    assert [entry.key for entry in plain if BY_NAME[entry.key].direction != entry.direction] == []


def test_a_fit_on_many_rows_and_threads_is_the_same_twice() -> None:
    connection = duckdb.connect()
    connection.sql(
        "create table t as select i as row, (i * 7919) % 1000 / 7.0 as dscr from range(20000) r(i)"
    )
    frame = nw.from_native(connection.table("t"))
    assert fit_value_reference(frame, collect) == fit_value_reference(frame, collect)


def test_what_the_lender_earns_is_not_taken_for_what_the_customer_earns() -> None:
    frame = a_scored(lending_income=[1.0, 2.0], income=[40_000.0, 30_000.0])
    assert score(frame, fit_value_reference(frame, collect))["value_capacity"].tolist() == [75.0, 25.0]
    assert fit_value_reference(a_scored(lending_income=[1.0, 2.0]), collect).inputs == ()


def test_profit_per_unit_lent_counts_only_once_somebody_gives_it_weight() -> None:
    # The large loan earns more, the small one more a unit.
    frame = a_scored(risk_adjusted_profit=[5.0, 1.0], roi=[0.01, 0.05])
    plain = fit_value_reference(frame, collect)
    assert score(frame, plain)["value_score"].tolist() == [75.0, 25.0]
    kept = next(entry for entry in plain.inputs if entry.key == "roi")
    assert (kept.weight, "roi" in dict(plain.absent)) == (0.0, False)
    asked = ValueWeights(inputs={"roi": 1.0, "risk_adjusted_profit": 0.0})
    for reference in (fit_value_reference(frame, collect, asked), reweighted(plain, asked)):
        assert score(frame, reference)["value_score"].tolist() == [25.0, 75.0]


def test_weights_as_they_stand_are_given_back_as_they_were_asked_for() -> None:
    frame = a_scored(risk_adjusted_profit=[5.0, 1.0], roi=[0.01, 0.05], credit_score=[1.0, 0.0])
    found = weights_of(fit_value_reference(frame, collect))
    assert found.components == {"contribution": 1.0, "conduct": 1.0}
    assert found.inputs == {"risk_adjusted_profit": 1.0, "roi": 0.0, "credit_score": 1.0}


def test_the_last_digit_of_a_division_earns_no_points() -> None:
    asked = ValueWeights(inputs={"roi": 1.0, "risk_adjusted_profit": 0.0})
    returns = [amount * 0.044 / amount for amount in (3.0, 7.0, 11.0, 49.0)] + [0.05]
    frame = a_scored(risk_adjusted_profit=[1.0] * 5, roi=returns)
    scores = score(frame, fit_value_reference(frame, collect, asked))["value_score"].tolist()
    assert (len(set(scores[:4])), scores[4] > scores[0]) == (1, True)
