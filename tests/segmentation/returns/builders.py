"""Scored customers, given or drawn at random, and random policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from segmentation.cube import Cube, build_cube, with_capped
from segmentation.frame import Frame
from segmentation.overrides import Override
from segmentation.policy import LIFECYCLES, TIERS, Gate, Policy, built_in_policy
from segmentation.returns.profit import with_returns
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.treatment import with_treated, with_untreated
from segmentation.treatment import Treatment
from tests.builders import collect, lazy

WHOLE = ("value_step", "risk_step", "lifecycle_key", "segment", "days_past_due", "held")
BLANK: dict[str, object] = {
    "credit_limit": None, "collateral_value": None, "interest_rate": None, "commitment_fee": None,
    "fee_income": None, "funding_rate": None, "servicing_cost": None, "days_past_due": None,
    "value_coverage": 1.0, "is_defaulted": False, "asset_class": "corporate", "value_step": 100, "risk_step": 20,
    "lifecycle_key": 2, "segment": 1, "undrawn": 0.0,
}  # fmt: skip
"""What a customer has unless a test says otherwise."""


def some_scored(**given: Sequence[object]) -> Frame:
    """Customers with the columns given, the others as in `BLANK`."""
    rows = max(len(values) for values in given.values())
    filled: Mapping[str, Sequence[object]] = {name: [value] * rows for name, value in BLANK.items()} | given
    texts = dict.fromkeys(("asset_class", "customer_id"), pa.string())
    kinds = {"is_defaulted": pa.bool_()} | texts | dict.fromkeys(WHOLE, pa.int64())
    columns = {name: pa.array(values, kinds.get(name, pa.float64())) for name, values in filled.items()}
    return lazy(pa.table(columns))


def a_scored_portfolio(rows: int, seed: int) -> Frame:
    """Random customers, many cells blank, some defaulted, some without a PD."""
    random = np.random.default_rng(seed)

    def sometimes(values: np.ndarray, share: float) -> list[object]:
        return [None if random.uniform() < share else value for value in values.tolist()]

    drawn = np.where(random.uniform(size=rows) < 0.1, 0.0, random.lognormal(9, 2, rows).round(2))
    limit = drawn * random.uniform(0.5, 2.5, rows) + random.uniform(0, 1000, rows)
    limits = sometimes(limit, 0.2)
    undrawn = np.array([0.0 if a is None else max(0.0, a - b) for a, b in zip(limits, drawn, strict=True)])
    exposure = np.where(random.uniform(size=rows) < 0.5, drawn, drawn + 0.4 * undrawn)
    loss, chance = random.uniform(0, 1, rows), random.uniform(0, 0.3, rows)
    unknown = random.uniform(size=rows) < 0.1

    def unless_unknown(values: np.ndarray) -> list[object]:
        return [None if u else v for u, v in zip(unknown, values.tolist(), strict=True)]

    return with_untreated(
        with_returns(
            some_scored(
                value_step=random.integers(0, 201, rows).tolist(),
                risk_step=np.where(unknown, 255, random.integers(0, 64, rows)).tolist(),
                lifecycle_key=random.integers(0, 4, rows).tolist(),
                segment=random.integers(1, 6, rows).tolist(),
                days_past_due=sometimes(random.integers(0, 90, rows), 0.3),
                value_coverage=random.uniform(0, 1, rows).tolist(),
                is_defaulted=(random.uniform(size=rows) < 0.05).tolist(),
                drawn=drawn.tolist(),
                undrawn=undrawn.tolist(),
                credit_limit=limits,
                collateral_value=sometimes(exposure * random.uniform(0, 1.5, rows), 0.5),
                exposure_at_default=exposure.tolist(),
                loss_given_default=loss.tolist(),
                probability_of_default=unless_unknown(chance),
                capital_requirement=unless_unknown(chance / 2),
                expected_loss=unless_unknown(chance * loss * exposure),
                economic_capital=unless_unknown(chance / 2 * exposure),
                interest_rate=sometimes(random.uniform(-0.01, 0.2, rows), 0.5),
                commitment_fee=sometimes(random.uniform(0, 0.01, rows), 0.5),
                fee_income=sometimes(random.uniform(-5, 50, rows), 0.5),
                funding_rate=sometimes(random.uniform(0, 0.05, rows), 0.5),
                servicing_cost=sometimes(random.uniform(0, 50, rows), 0.5),
                asset_class=random.choice(["corporate", "sme", "slotting"], rows).tolist(),
                customer_id=[f"C{number}" for number in range(rows)],
                held=sometimes(random.integers(0, 3, rows), 0.3),
                months_held=random.integers(0, 24, rows).astype(float).tolist(),
            ),
            ReturnsSettings(),
        )
    )


def treated(frame: Frame, policy: Policy, other: Policy | None = None) -> Frame:
    """Measures under each tier's treatment, and who is capped."""
    made = with_treated(frame, policy.treatments, credit_conversion_factor=0.4)
    return with_capped(made, policy, other)


def a_cube(frame: Frame) -> Cube:
    return Cube.from_rows(collect(build_cube(frame)))


shares = st.integers(0, 1000).map(lambda value: value / 1000)
treatments = st.builds(
    Treatment,
    price_change_bp=st.integers(-200, 200).map(float),
    limit_multiplier=st.integers(0, 300).map(lambda value: value / 100),
    headroom_use=shares,
    collateral_cover=shares,
    service_cost_rate=st.integers(0, 50).map(lambda value: value / 1000),
    take_up=shares,
    review_months=st.integers(1, 120),
    churn_change=shares,
)
gates = st.tuples(st.integers(-1, 63), st.integers(-1, 63)).map(lambda pair: Gate(min(pair), max(pair)))


def _override(customer_id: str, tier: str) -> Override:
    return Override(customer_id, tier, "a reason", "somebody", date(2030, 1, 1))


overrides = st.dictionaries(
    st.integers(0, 20).map(lambda number: f"C{number}"), st.sampled_from(TIERS), max_size=8
).map(lambda tiers: tuple(_override(*pair) for pair in tiers.items()))


@st.composite
def policies(draw: st.DrawFn, *, with_overrides: bool = True) -> Policy:
    """Any policy that may stand: lines, gates, treatments, caps, stickiness, tiers set by hand."""
    first, second = draw(st.tuples(st.integers(0, 200), st.integers(0, 200)))
    return replace(
        built_in_policy(),
        strategic_step=max(first, second),
        core_step=min(first, second),
        gates={name: draw(gates) for name in LIFECYCLES},
        treatments={name: draw(treatments) for name in TIERS},
        gates_on=draw(st.booleans()),
        coverage_gate=draw(shares),
        watch_days=draw(st.integers(0, 60)),
        exit_steps=draw(st.integers(0, 40)),
        exit_rungs=draw(st.integers(0, 20)),
        stay_months=draw(st.integers(0, 30)),
        overrides=draw(overrides) if with_overrides else (),
    )
