from __future__ import annotations

import pytest

from segmentation.lifecycle import with_lifecycle
from tests.segmentation.risk.customers import customers, values, with_risk


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"exposure_at_default": [90.0], "exposure": [50.0]}, (50.0, 0.0, 90.0, "given")),
        ({"exposure": [50.0]}, (50.0, 0.0, 50.0, "exposure")),
        # 60 drawn of 100: 60 + 40 % of 40
        ({"outstanding_balance": [60.0], "credit_limit": [100.0]}, (60.0, 40.0, 76.0, "converted")),
        # Over the limit: nothing is undrawn
        ({"outstanding_balance": [120.0], "credit_limit": [100.0]}, (120.0, 0.0, 120.0, "converted")),
        ({"credit_limit": [100.0]}, (0.0, 100.0, 40.0, "converted")),
    ],
)
def test_drawn_undrawn_and_exposure_at_default(
    given: dict[str, list[float]], expected: tuple[object, ...]
) -> None:
    frame = with_risk(customers(**given))
    found = values(frame, "drawn", "undrawn", "exposure_at_default", "exposure_source")[0]
    assert found == tuple(pytest.approx(v) if isinstance(v, float) else v for v in expected)


def test_the_life_cycle_is_given_or_follows_from_the_years() -> None:
    frame = customers(
        lifecycle=["mature", None, None, None, None],
        years_in_business=[1.0, 2.9, 3.0, 10.0, None],
        exposure=[1.0] * 5,
    )
    assert [key for (key,) in values(with_lifecycle(frame), "lifecycle_key")] == [2, 0, 1, 2, 3]
