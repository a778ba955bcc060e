"""Limits and their lights; overlays whose effects are worked out beside the model."""

from __future__ import annotations

from datetime import date

import narwhals as nw
import pytest

from data.errors import ModelInvalid
from segmentation.risk.appetite import MEASURES, Appetite, readings
from segmentation.risk.breakdown import slices
from segmentation.risk.capital import CapitalSettings
from segmentation.risk.concentration import concentration, exposures_by
from segmentation.risk.grades import GRADES, grade_of, with_grade
from segmentation.risk.ladder import LADDER
from segmentation.risk.overlay import Overlay, overlay_effects
from tests.builders import collect, lazy
from tests.segmentation.risk.customers import customers, values, with_risk


@pytest.mark.parametrize(
    ("value", "status", "headroom"),
    [
        (0.015, "green", 0.005),
        (0.0161, "amber", 0.0039),
        (0.02, "amber", 0.0),
        (0.021, "red", -0.001),
        (None, "unknown", None),
    ],
)
def test_a_light_turns_at_four_fifths_and_above_the_limit(
    value: float | None, status: str, headroom: float | None
) -> None:
    first = readings(Appetite(), {"expected_loss_rate": value})[0]
    assert first.status == status
    assert first.headroom == (None if headroom is None else pytest.approx(headroom))


@pytest.mark.parametrize(
    "wrong", [{"limits": {"nonsense": 0.1}}, {"limits": {}}, {"own_funds": 0.0}, {"warning": 2.0}]
)
def test_an_appetite_that_can_t_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelInvalid):
        Appetite(**wrong)


def test_one_limit_changes_and_the_others_stay() -> None:
    changed = Appetite().with_limit("industry_share", 0.5)
    assert {name: changed.limits[name] for name in MEASURES if name != "industry_share"} == {
        name: limit for name, limit in MEASURES.items() if name != "industry_share"
    }
    assert changed.limits["industry_share"] == 0.5


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    return lazy(frame.collect().to_native())


def a_book() -> nw.LazyFrame:
    """A scored book, run once as the product keeps it."""
    return _kept(with_risk(
        customers(
            customer_id=["a", "b", "c"], probability_of_default=[0.02, 0.02, 0.3], loss_given_default=[0.4, 0.4, 0.5],
            exposure=[1_000.0, 2_000.0, 500.0], industry=["mills", "farms", "farms"], defaulted=[False, False, True],
            group_id=["g", None, "g"], name=["A", "B", "C"],
        ).with_columns(nw.lit(1).alias("segment"), nw.lit("mature").alias("lifecycle"))
    ))  # fmt: skip


def an_overlay(**changes: object) -> Overlay:
    usual = {"target": "probability_of_default", "column": "industry", "key": "farms", "amount": 1.5,
             "reason": "a drought is forecast", "author": "ann", "expires_on": "2030-01-01", "approver": "bob"}  # fmt: skip
    return Overlay(**{**usual, **changes})


def test_a_factor_on_pd_adds_its_loss_and_the_capital_worked_out_anew() -> None:
    (effect,) = overlay_effects(a_book(), [an_overlay()], CapitalSettings(), collect)
    assert (effect.customers, effect.exposure) == (1, 2_000.0)  # c is in default and stays as it is
    assert effect.expected_loss == pytest.approx(2_000 * 0.4 * 0.01)
    before, after = (
        values(
            with_risk(customers(probability_of_default=[p], loss_given_default=[0.4], exposure=[2_000.0])),
            "economic_capital",
        )[0][0]
        for p in (0.02, 0.03)
    )
    assert effect.capital == pytest.approx(after - before)


def test_overlays_stand_on_one_another() -> None:
    overlays = [
        an_overlay(target="expected_loss", column="all", key="", amount=0.01),
        an_overlay(target="loss_given_default", amount=1.25),
        an_overlay(amount=2.0),
    ]
    added, lgd, pd_ = overlay_effects(a_book(), overlays, CapitalSettings(), collect)
    assert added.expected_loss == pytest.approx(0.01 * 3_000)
    assert added.capital == 0.0
    assert lgd.expected_loss == pytest.approx(2_000 * 0.02 * 0.1)
    assert pd_.expected_loss == pytest.approx(2_000 * 0.02 * 0.5)  # on the raised LGD


@pytest.mark.parametrize(
    "wrong",
    [
        {"approver": "ann"},
        {"reason": "short"},
        {"amount": -1.0},
        {"target": "roi"},
        {"column": "name"},
        {"key": ""},
        {"expires_on": "soon"},
        {"author": ""},
    ],
)
def test_an_overlay_that_can_t_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelInvalid):
        an_overlay(**wrong)


def test_an_overlay_counts_once_approved_and_until_it_expires() -> None:
    assert not an_overlay(approver="").is_in_force(date(2029, 1, 1))
    assert an_overlay().is_in_force(date(2029, 12, 31))
    assert not an_overlay().is_in_force(date(2030, 1, 1))


def test_slices_add_up_and_weigh_by_exposure() -> None:
    farms, mills = slices(a_book(), "industry", collect)
    assert (farms.key, farms.customers, farms.exposure) == ("farms", 2, 2_500.0)
    assert farms.probability_of_default == pytest.approx(0.02)  # of who is not in default
    assert farms.expected_loss == pytest.approx(2_000 * 0.02 * 0.4 + 500 * 0.5)
    assert mills.expected_loss_rate == pytest.approx(0.008)


def test_connected_customers_count_as_one_and_squares_give_the_index() -> None:
    import pandas as pd

    ranked = pd.DataFrame({"customers": [1, 1], "total": [1_500.0, 2_000.0]})
    found = concentration(exposures_by(a_book(), "group"), "group", ranked, collect)
    assert [(part.key, part.customers, part.exposure) for part in found.largest] == [
        ("b", 1, 2_000.0),
        ("g", 2, 1_500.0),
    ]
    assert found.herfindahl == pytest.approx((2_000**2 + 1_500**2) / 3_500**2)
    assert found.effective_number == pytest.approx(1 / found.herfindahl)
    assert found.lorenz[1] == (0.5, pytest.approx(1_500 / 3_500))


def test_a_grade_follows_from_the_rung_alone() -> None:
    frame = customers(
        customer_id=[str(place) for place in range(64)],
        probability_of_default=list(LADDER),
        exposure=[1.0] * 64,
    )
    rows = collect(with_grade(_kept(with_risk(frame))).select("risk_step", "grade", "is_defaulted"))
    for step, grade, is_defaulted in rows.itertuples(index=False):
        assert grade == ("D" if is_defaulted else grade_of(LADDER[step]).name)
    assert [grade.low for grade in GRADES[1:]] == [grade.high for grade in GRADES[:-1]]
