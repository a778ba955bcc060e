"""The response model: planted answers found, nothing of the call itself used, lists that pay."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from data.contract import KnownWhen
from segmentation.response import (
    ResponseModel,
    call_plan,
    fit_response,
    lift_curve,
    responded,
    response_candidates,
    response_columns,
    says_who_responded,
    with_response,
)
from segmentation.scorecard.guard import Candidate
from segmentation.scoring_model import PortfolioColumn
from tests.builders import collect, lazy


def a_campaign(rows: int = 4000) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Customers, whether they said yes, and the planted chance of it."""
    random = np.random.default_rng(3)
    products, job = random.integers(1, 7, rows), random.choice(["clerk", "retired", "student"], rows)
    chance = 1 / (1 + np.exp(3.2 - 0.45 * products - 1.1 * (job == "student")))
    yes = random.uniform(size=rows) < chance
    frame = pd.DataFrame(
        {"products": products.astype(float), "job": job.astype(object), "noise": random.normal(size=rows)}
    )
    return frame, yes, chance


CANDIDATES = [
    Candidate("products", "products", True),
    Candidate("job", "job", False),
    Candidate("noise", "noise", True),
]


@pytest.fixture(scope="module")
def fitted() -> tuple[ResponseModel, pd.DataFrame, np.ndarray, np.ndarray]:
    rows, yes, chance = a_campaign()
    return fit_response(rows, pd.Series(yes.astype(float)), CANDIDATES, "y"), rows, yes, chance


def test_the_planted_chances_are_found(
    fitted: tuple[ResponseModel, pd.DataFrame, np.ndarray, np.ndarray],
) -> None:
    model, rows, _, chance = fitted
    scored = collect(
        with_response(
            lazy({name: rows[name].tolist() for name in rows} | {"id": list(range(len(rows)))}), model, ["id"]
        )
    )
    found = scored.sort_values("id")["response_probability"].to_numpy()
    assert np.corrcoef(found, chance)[0, 1] > 0.97
    assert abs(found.mean() - chance.mean()) < 0.02
    assert {feature.column for feature in model.card.features} == {"products", "job"} if model.card else False


def test_the_expression_is_the_model_in_pandas(
    fitted: tuple[ResponseModel, pd.DataFrame, np.ndarray, np.ndarray],
) -> None:
    model, rows, _, _ = fitted
    assert model.card is not None
    few = rows.head(50)
    scored = collect(
        with_response(
            lazy({name: few[name].tolist() for name in few} | {"id": list(range(50))}), model, ["id"]
        )
    )
    # A scorecard's bad customer is here the one who says yes.
    assert scored.sort_values("id")["response_probability"].to_numpy() == pytest.approx(
        model.card.probability(few)
    )


def test_the_lift_is_out_of_fold_and_above_chance(
    fitted: tuple[ResponseModel, pd.DataFrame, np.ndarray, np.ndarray],
) -> None:
    model, _, yes, _ = fitted
    assert model.auc is not None
    assert 0.65 < model.auc < 0.85
    assert (model.customers, model.responses) == (len(yes), int(yes.sum()))
    assert all(point.reached >= point.called - 0.03 for point in model.lift)
    assert (model.lift[0].reached, model.lift[-1].reached) == (0.0, 1.0)


def test_a_model_comes_back_from_json(
    fitted: tuple[ResponseModel, pd.DataFrame, np.ndarray, np.ndarray],
) -> None:
    assert ResponseModel.from_dict(fitted[0].to_dict()) == fitted[0]


def test_too_few_answers_say_why() -> None:
    rows, _, _ = a_campaign(100)
    model = fit_response(rows, pd.Series([1.0] + [0.0] * 99), CANDIDATES, "y")
    assert (model.card, model.reason, model.lift) == (None, "too_few_defaults", ())


@pytest.mark.parametrize(("known_when", "excluded"), [("later", "known_later"), ("application", "")])
def test_an_extra_column_known_only_later_is_refused(known_when: KnownWhen, excluded: str) -> None:
    late = PortfolioColumn("x_duration", "duration", "number", known_when=known_when)
    (candidate,) = response_candidates([late], "x_y")
    assert candidate.excluded == excluded


def test_what_the_contract_calls_late_for_a_loan_is_known_when_a_customer_is_called() -> None:
    arrears = PortfolioColumn("days_past_due", "dpd", "integer", "credit", known_when="later")
    (candidate,) = response_candidates([arrears], "x_y")
    assert candidate.excluded == ""


def test_the_campaign_s_own_counts_are_late_and_the_outcome_is_no_candidate() -> None:
    listed = [
        PortfolioColumn("campaign_contacts", "calls", "integer", "behaviour"),
        PortfolioColumn("x_y", "y", "text"),
        PortfolioColumn("utilisation", "use", "share", "behaviour", "none", "later"),
        PortfolioColumn("age", "age", "number", "demography", "protected"),
    ]
    found = {item.name: item.excluded for item in response_candidates(listed, "x_y")}
    assert found == {"campaign_contacts": "known_later", "utilisation": "", "age": "protected"}


@pytest.mark.parametrize(
    ("text", "answer"),
    [(" YES ", 1), ("y", 1), ("是", 1), ("no", 0), ("0", 0), ("", None), ("=cmd|' /C calc'!A0", None)],
)
def test_texts_are_read_as_answers_or_not_at_all(text: str, answer: int | None) -> None:
    rows = collect(lazy({"y": [text]}).select(responded("y", "text").alias("y")))
    assert (None if pd.isna(rows["y"][0]) else int(rows["y"][0])) == answer


def test_flags_and_counts_are_read_as_answers() -> None:
    frame = lazy({"flag": [True, False, None], "count": [2, 0, None]}).with_columns(
        nw.col("count").cast(nw.Int64)
    )
    rows = collect(
        frame.select(responded("flag", "flag").alias("f"), responded("count", "integer").alias("c"))
    )
    assert rows.fillna(-1).astype(int).to_numpy().tolist() == [[1, 1], [0, 0], [-1, -1]]


def test_a_list_leaves_out_whom_a_call_costs_more_than_it_brings() -> None:
    chance, worth = np.array([0.9, 0.5, 0.2]), np.array([10.0, 1000.0, 1000.0])
    plan = call_plan(chance, worth, 30.0)
    assert (plan.calls, plan.value, plan.profit) == (2, 700.0, 640.0)


def test_a_perfect_model_reaches_all_with_as_many_calls() -> None:
    curve = lift_curve(np.array([True] * 2 + [False] * 8), np.linspace(1, 0, 10), steps=10)
    assert curve[2].reached == 1.0


def test_a_column_that_names_an_answer_comes_before_any_other_yes_or_no() -> None:
    # The bank's campaign: default, housing and loan are yes/no columns too.
    headers = ("default", "housing", "loan", "y")
    bank = [PortfolioColumn(f"x_{header}", header, "text") for header in headers]
    assert response_columns(bank) == ["x_y", "x_default", "x_housing", "x_loan"]
    assert [says_who_responded(column) for column in bank] == [False, False, False, True]
