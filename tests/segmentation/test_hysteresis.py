"""Exit lines, minimum stay and flip counts, worked by hand over three snapshots of four customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from segmentation.hysteresis import flip_sums, next_standing, with_months_held
from segmentation.policy import Policy, built_in_policy
from tests.builders import collect, lazy
from tests.segmentation.returns.builders import some_scored

DAYS = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
# Value steps on three snapshots around T1 = 130: A wobbles, B falls for good, C rises, D stays.
VALUES = {"A": (131, 128, 131), "B": (140, 110, 110), "C": (120, 135, 135), "D": (150, 150, 150)}


def replayed(policy: Policy):
    standing, counts, connection = None, [], duckdb.connect()
    for place, day in enumerate(DAYS):
        frame = some_scored(
            customer_id=list(VALUES),
            value_step=[steps[place] for steps in VALUES.values()],
            risk_step=[10] * 4,
        )
        scored = lazy(frame.to_native().to_arrow_table(), connection)
        step = next_standing(scored, standing, policy, day).to_native().to_arrow_table()
        standing = lazy(step, connection)
        counts.append(tuple(int(n) for n in collect(flip_sums(standing)).iloc[0]))
        rows = step.to_pandas()
    return rows.set_index("customer_id"), counts


def test_without_stickiness_the_wobble_flips_twice_and_counts_as_a_flip_flop() -> None:
    rows, counts = replayed(built_in_policy())
    # February: A and B fall, C rises; March: A is back.
    assert counts[1:] == [(4, 3, 0), (4, 1, 1)]
    assert rows["changes"].to_dict() == {"A": 2, "B": 1, "C": 1, "D": 0}
    assert rows["returns"].to_dict() == {"A": 1, "B": 0, "C": 0, "D": 0}


def test_an_exit_line_two_points_lower_holds_the_wobble_but_not_the_fall() -> None:
    rows, counts = replayed(replace(built_in_policy(), exit_steps=4))
    assert counts[1:] == [(4, 2, 0), (4, 0, 0)]
    assert rows["held"].to_dict() == {"A": 0, "B": 1, "C": 0, "D": 0}


def test_a_minimum_stay_binds_from_the_first_change_on() -> None:
    rows, counts = replayed(replace(built_in_policy(), stay_months=2))
    # A falls in February and may not come back in March.
    assert counts[1:] == [(4, 3, 0), (4, 0, 0)]
    assert rows.loc["A", "held"] == 1
    assert rows["since"].astype(str).to_dict()["A"].startswith("2026-02-28")


def test_months_held_counts_days_over_a_mean_month() -> None:
    frame = lazy({"since": [date(2026, 1, 31), None]})
    months = collect(with_months_held(frame, date(2026, 3, 31)))["months_held"].tolist()
    assert months[0] == pytest.approx(59 / (365.25 / 12))
    assert months[1] != months[1] or months[1] is None
