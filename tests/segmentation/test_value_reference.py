"""The frozen scale: parts add up to the score, weights come back, drift is seen when it is there."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest

from data.errors import ModelInvalid
from segmentation.frame import Frame
from segmentation.value import ValueReference, fit_value_reference, raw_inputs, with_value_score
from segmentation.value_inputs import COMPONENTS
from segmentation.value_reference import reference_drift, reweighted, value_parts, weights_of
from segmentation.value_weights import ValueWeights
from tests.builders import collect, lazy


def customers(rows: int = 600, seed: int = 1, shift: float = 0.0) -> Frame:
    random = np.random.default_rng(seed)
    scores: list[float | None] = (random.normal(650 + shift, 60, rows)).tolist()
    scores[::7] = [None] * len(scores[::7])
    return lazy({
        "risk_adjusted_profit": random.normal(100, 50, rows).tolist(), "dscr": random.lognormal(0.3, 0.2, rows).tolist(),
        "credit_score": scores, "days_past_due": random.poisson(0.4, rows).astype(float).tolist(),
        "tenure_months": random.uniform(0, 200, rows).tolist(),
    })  # fmt: skip


@pytest.fixture(scope="module")
def reference() -> ValueReference:
    return fit_value_reference(customers(), collect)


def test_base_and_parts_add_up_to_the_score(reference: ValueReference) -> None:
    frame = customers(rows=40, seed=5)
    scores = collect(with_value_score(frame, reference))["value_score"]
    rows = collect(frame.select(raw_inputs(frame, [entry.key for entry in reference.inputs])))
    for place in range(40):
        base, parts = value_parts(reference, rows.iloc[place].to_dict())
        assert base + sum(part.points for part in parts) == pytest.approx(scores[place])


def test_the_median_customer_has_no_points(reference: ValueReference) -> None:
    base, parts = value_parts(reference, {})
    assert [part.points for part in parts] == [0.0] * len(reference.inputs)
    assert base == pytest.approx(collect(with_value_score(lazy({"x": [1]}), reference))["value_score"][0])


def test_weights_of_a_reference_make_it_again(reference: ValueReference) -> None:
    asked = ValueWeights({"contribution": 2.0, "loyalty": 0.5}, {"days_past_due": 3.0})
    changed = reweighted(reference, asked)
    again = reweighted(reference, weights_of(changed))
    assert [entry.weight for entry in again.inputs] == pytest.approx(
        [entry.weight for entry in changed.inputs], abs=1e-5
    )
    assert sum(entry.weight for entry in changed.inputs) == pytest.approx(1.0)


def test_other_weights_by_hand(reference: ValueReference) -> None:
    # Contribution 2, three others 1: shares 2/5 and 1/5; conduct's two inputs 3:1.
    changed = reweighted(reference, ValueWeights({"contribution": 2.0}, {"days_past_due": 3.0}))
    shares = {entry.key: entry.weight for entry in changed.inputs}
    assert shares == pytest.approx(
        {
            "risk_adjusted_profit": 0.4,
            "dscr": 0.2,
            "credit_score": 0.05,
            "days_past_due": 0.15,
            "tenure_months": 0.2,
        }
    )


def test_a_part_of_weight_nothing_neither_scores_nor_covers_and_can_come_back(
    reference: ValueReference,
) -> None:
    without = reweighted(reference, ValueWeights({"loyalty": 0.0}))
    assert without.absent_components == ("loyalty",)
    rows = collect(with_value_score(customers(rows=20, seed=2).drop("tenure_months"), without))
    assert rows["value_coverage"].max() == pytest.approx(1.0)
    assert rows["value_loyalty"].isna().all()
    assert reweighted(without, ValueWeights()) == reference


def test_weights_of_nothing_are_refused(reference: ValueReference) -> None:
    with pytest.raises(ModelInvalid):
        reweighted(reference, ValueWeights(dict.fromkeys(COMPONENTS, 0.0)))


def test_the_reference_s_own_customers_have_not_drifted(reference: ValueReference) -> None:
    for drift in reference_drift(customers(), reference, collect):
        assert drift.index == pytest.approx(0.0, abs=1e-9)
        assert drift.light == "green"
        assert drift.known_now == pytest.approx(drift.entry.share_known)


def test_other_customers_of_the_same_kind_have_not_drifted(reference: ValueReference) -> None:
    lights = {
        drift.entry.key: drift.light for drift in reference_drift(customers(seed=9), reference, collect)
    }
    assert set(lights.values()) == {"green"}


def test_a_planted_shift_is_seen_where_it_is_and_nowhere_else(reference: ValueReference) -> None:
    found = reference_drift(customers(seed=9, shift=-90.0), reference, collect)
    assert (found[0].entry.key, found[0].light) == ("credit_score", "red")
    assert found[0].median_now is not None
    assert found[0].median_now < 15
    assert {drift.light for drift in found[1:]} == {"green"}


def test_an_input_gone_for_everybody_is_red(reference: ValueReference) -> None:
    gone = customers().with_columns(nw.lit(None).cast(nw.Float64).alias("dscr"))
    (drift,) = (entry for entry in reference_drift(gone, reference, collect) if entry.entry.key == "dscr")
    assert (drift.known_now, drift.index, drift.light) == (0.0, None, "red")


def test_a_reference_with_its_baseline_comes_back_from_json(reference: ValueReference) -> None:
    assert ValueReference.from_dict(reference.to_dict()) == reference
    old = {key: value for key, value in reference.to_dict().items() if key not in ("baseline", "as_of")}
    assert ValueReference.from_dict(old).baseline == ""
