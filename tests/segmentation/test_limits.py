"""Limits from capacity: by hand, stricter for the young, never beyond what is allowed."""

from __future__ import annotations

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ModelInvalid
from segmentation.frame import Frame
from segmentation.limits import (
    LimitRule,
    LimitRules,
    limit_summaries,
    with_collateral_gap,
    with_proposed_limit,
)
from segmentation.returns.ratios import ReturnsSettings
from tests.builders import collect, lazy

NUMBERS = (
    "drawn",
    "credit_limit",
    "dscr",
    "operating_cash_flow",
    "ebitda",
    "income",
    "total_debt",
    "interest_rate",
)


def customer(tier: str = "Core", lifecycle: str | None = "mature", **numbers: float | None) -> Frame:
    row: dict[str, list[object]] = {"tier": [tier], "lifecycle": [lifecycle]}
    row |= {name: [numbers.get(name)] for name in NUMBERS}
    frame = lazy(row)
    return frame.with_columns(
        *(nw.col(name).cast(nw.Float64) for name in NUMBERS), nw.col("lifecycle").cast(nw.String)
    ).with_columns(nw.col("drawn").fill_null(0.0))


def proposed(frame: Frame, rules: LimitRules | None = None) -> tuple[float | None, str, str]:
    row = collect(with_proposed_limit(frame, rules or LimitRules(), ReturnsSettings())).iloc[0]
    value = row["limit_proposed"]
    return (
        (None if value != value or value is None else float(value)),
        row["capacity_source"],
        row["limit_bound_by"],
    )


def annuity(rate: float, years: float) -> float:
    return float((1 - (1 + rate) ** -years) / rate)


def test_cash_flow_by_hand() -> None:
    # 130 of cash at a cover of 1.30 pays 100 a year; five years at 5 % carry 432.95; 100 are owed to others.
    frame = customer(
        operating_cash_flow=130.0, interest_rate=0.05, drawn=300.0, credit_limit=400.0, total_debt=400.0
    )
    assert annuity(0.05, 5) == pytest.approx(4.3295, abs=1e-4)
    assert proposed(frame) == (pytest.approx(100 * annuity(0.05, 5) - 100), "cash_flow", "capacity")


def test_debt_service_cover_by_hand() -> None:
    # A cover of 1.95 at 1.30 asked carries half as much again, capped at 1.2 times today's 100.
    assert proposed(customer(dscr=1.95, drawn=100.0, credit_limit=200.0)) == (150.0, "dscr", "capacity")
    assert proposed(customer(dscr=1.95, drawn=100.0)) == (pytest.approx(120.0), "dscr", "rise")


def test_a_person_s_income_by_hand() -> None:
    # 40 % of 10,000 serve debt; no cover beyond.
    frame = customer(income=10_000.0, interest_rate=0.07)
    assert proposed(frame) == (pytest.approx(4_000 * annuity(0.07, 5)), "income", "capacity")


def test_a_rate_of_nothing_is_no_division_by_nothing() -> None:
    value, _, _ = proposed(customer(ebitda=130.0, interest_rate=0.0))
    assert value == pytest.approx(500, rel=0.01)


def test_nothing_known_proposes_nothing() -> None:
    assert proposed(customer(drawn=100.0)) == (None, "none", "unknown")


def test_losses_carry_nothing() -> None:
    assert proposed(customer(operating_cash_flow=-50.0, drawn=10.0)) == (0.0, "cash_flow", "capacity")


def test_work_out_keeps_its_balance() -> None:
    assert proposed(customer("Work-out", ebitda=1000.0, drawn=77.0)) == (77.0, "ebitda", "workout")


KINDS = (
    ("Core", "startup"), ("Core", "growth"), ("Core", "mature"), ("Core", None), ("Ordinary", "mature"),
    ("Strategic", "mature"),
)  # fmt: skip
amounts = st.tuples(st.floats(1, 1e6), st.floats(0, 1e5), st.floats(0, 1e5))


@settings(max_examples=4, deadline=None)
@given(rows=st.lists(amounts, min_size=20, max_size=60))
def test_the_young_get_no_more_and_the_strategic_no_less(rows: list[tuple[float, float, float]]) -> None:
    many = [(*kind, *row) for row in rows for kind in KINDS]
    names = ("tier", "lifecycle", "operating_cash_flow", "drawn", "credit_limit")
    given_numbers = dict(zip(names, map(list, zip(*many, strict=True)), strict=True))
    frame = lazy({**{name: [None] * len(many) for name in NUMBERS}, **given_numbers}).with_columns(
        *(nw.col(name).cast(nw.Float64) for name in NUMBERS)
    )
    found = collect(with_proposed_limit(frame, LimitRules(), ReturnsSettings()))["limit_proposed"]
    assert not found.isna().any()
    for (_, drawn, limit), six in zip(rows, found.to_numpy().reshape(-1, len(KINDS)), strict=True):
        startup, growth, mature, unknown, ordinary, strategic = six
        assert startup <= growth <= mature
        assert unknown == growth
        assert ordinary <= mature <= strategic
        today = max(drawn, limit)
        assert today == 0 or mature <= today * 1.2 * (1 + 1e-12)


def test_collateral_missing_is_what_is_asked_less_what_is_given() -> None:
    frame = lazy(
        {
            "tier": ["Ordinary", "Ordinary", "Core"],
            "exposure_at_default": [100.0] * 3,
            "collateral_value": [4.0, 30.0, None],
        }
    )
    rows = collect(with_collateral_gap(frame, {"Ordinary": 0.1}))
    assert rows["collateral_gap"].tolist() == [6.0, 0.0, 0.0]


def test_a_tier_s_summary_counts_only_what_is_known() -> None:
    frame = lazy({
        "tier": ["Core"] * 3, "limit_today": [100.0, 50.0, 70.0], "limit_proposed": [120.0, 20.0, None],
        "collateral_gap": [0.0, 5.0, None],
    })  # fmt: skip
    (found,) = limit_summaries(frame, collect)
    assert (found.customers, found.known, found.today, found.proposed) == (3, 2, 150.0, 140.0)
    assert (found.higher, found.lower, found.gap, found.gap_customers) == (1, 1, 5.0, 1)


def test_rules_come_back_and_wrong_ones_are_refused() -> None:
    assert LimitRules.from_dict(LimitRules().to_dict()) == LimitRules()
    with pytest.raises(ModelInvalid) as refused:
        LimitRules(tiers={"Core": LimitRule(0.9, 1.0, 0.1)}, income_share=0.0)
    assert len(str(refused.value).splitlines()) >= 3 or str(refused.value).count("limit rule") >= 2
