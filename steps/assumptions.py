"""Assumptions: how much each matters, who set it, and others put in force."""

from __future__ import annotations

from dataclasses import replace

from data.engines.functions import fetch, frame_of
from data.people import Person
from data.warehouse import judgements
from segmentation.assumptions import Sensitivity, sensitivities
from segmentation.returns.ratios import ReturnsSettings
from segmentation.scoring_model import ScoreOptions
from steps.house import House
from steps.scoring import Scored, score_snapshot


def sensitivities_of(house: House, scored: Scored) -> tuple[Sensitivity, ...]:
    """Move each assumption in use by a tenth and say what ROI and RAROC do."""
    keys = [entry.key for entry in scored.assumptions if entry.key not in ("tax_rate", "risk_free_rate")]
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        return sensitivities(frame, scored.model, [*keys, "tax_rate", "risk_free_rate"], fetch)


def _set_kind(model_id: str) -> str:
    return f"assumptions {model_id[:16]}"


def assumptions_set_by(house: House, scored: Scored) -> dict[str, dict[str, str]]:
    """Say who set which assumption of a model, when, and from what source; defaults are not in it."""
    with house.warehouse.cursor() as cursor:
        body = judgements.setting_in_force(cursor, _set_kind(scored.model.identity))
    return {str(key): dict(value) for key, value in (body or {}).items()}  # type: ignore[call-overload]  # plain JSON


def use_assumptions(
    house: House,
    scored: Scored,
    returns: ReturnsSettings,
    conversion_factor: float,
    source: str,
    person: Person,
) -> str:
    """Put other assumed figures in force for a portfolio and score it by them.

    The frozen value reference and the segments stay: only what rests on the assumption moves.

    Returns
    -------
    str
        Identity of the new scored table.
    """
    person.require("edit_policy")
    model = replace(
        scored.model,
        returns=returns,
        exposure=replace(scored.model.exposure, credit_conversion_factor=conversion_factor),
    )
    before = scored.model.returns.to_dict() | {
        "conversion_factor": scored.model.exposure.credit_conversion_factor
    }
    after = returns.to_dict() | {"conversion_factor": conversion_factor}
    known = assumptions_set_by(house, scored)
    changed = {
        key: {"by": person.name, "source": source, "was": str(before[key])}
        for key, value in after.items()
        if value != before[key]
    }
    scored_id = score_snapshot(house, scored.snapshot.snapshot_id, ScoreOptions(), model)
    house.warehouse.retried(
        lambda cursor: judgements.keep_setting(
            cursor, _set_kind(model.identity), {**known, **changed}, person.name
        )
    )
    return scored_id
