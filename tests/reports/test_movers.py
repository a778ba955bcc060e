"""Why a customer moves, in words: the line it is held to, and its own figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.movers import mover_reason
from segmentation.policy import built_in_policy

IN_FORCE = built_in_policy()  # mature: 65 points, up to a PD of 1.85 %
ROW = {"was": "Strategic", "tier": "Core", "level": "Strategic", "lifecycle": "mature", "is_staying": 0}


@pytest.mark.parametrize(("held", "line"), [(3, "70.0"), (0, "67.0")])
def test_who_held_the_tier_is_measured_by_its_exit_line(held: int, line: str) -> None:
    draft = replace(IN_FORCE.with_threshold(strategic=140), exit_steps=6)
    row = ROW | {"rule": "threshold", "value_step": 131, "risk_step": 20, "held": held}
    assert mover_reason(row, draft, IN_FORCE, "en") == f"Value 65.5 is below the {line} that Strategic asks"


def test_a_customer_s_own_pd_is_said_and_not_its_rung_s() -> None:
    draft = IN_FORCE.with_gate("mature", strategic=27)
    row = ROW | {"rule": "gate", "value_step": 150, "risk_step": 31, "held": 3}
    said = mover_reason(row | {"probability_of_default": 0.0152}, draft, IN_FORCE, "en")
    assert said == "PD 1.52\u202f% is above the 0.97\u202f% that Strategic accepts"
    # Of a slotted project the rung is all that is known.
    assert "PD 1.62\u202f% is above" in mover_reason(row, draft, IN_FORCE, "en")


def test_a_minimum_stay_is_named() -> None:
    draft = replace(IN_FORCE, stay_months=3)
    row = ROW | {"was": "Core", "tier": "Ordinary", "level": "Core", "rule": "stay", "value_step": 120}
    row |= {"risk_step": 20, "held": 2}
    assert "minimum stay" in mover_reason(row | {"is_staying": 1}, draft, IN_FORCE, "en")
    assert "held before" in mover_reason(row, draft, IN_FORCE, "en")
