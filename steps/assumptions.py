"""Assumptions: how much each matters, who set it, and others put in force."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.engines.functions import fetch, frame_of
from data.people import Person
from data.warehouse import judgements
from segmentation.assumptions import STEP, Sensitivity, between, scaled, sensitivities
from segmentation.limits import LimitRules
from segmentation.policy import Policy
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.impairment import ImpairmentSettings
from segmentation.scoring_model import ScoreOptions
from steps.house import House
from steps.limits import limit_rules
from steps.losses import impairment_settings
from steps.scoring import Scored, score_snapshot
from steps.tiers import apply_policy


@dataclass(frozen=True, slots=True)
class StandingRules:
    """Rules of the house that assume something, and who set them; nobody is an empty text.

    Attributes
    ----------
    limits : LimitRules
        Of credit limits.
    impairment : ImpairmentSettings
        Of IFRS 9.
    limits_set_by, impairment_set_by : str
        A person, hostile text.
    """

    limits: LimitRules
    limits_set_by: str
    impairment: ImpairmentSettings
    impairment_set_by: str


def standing_rules(house: House) -> StandingRules:
    """Give the house's rules that rest on assumptions."""
    with house.warehouse.cursor() as cursor:
        limits_by, impairment_by = (
            judgements.setter_of(cursor, kind) for kind in ("limit_rules", "impairment")
        )
    return StandingRules(limit_rules(house), limits_by, impairment_settings(house), impairment_by)


def sensitivities_of(house: House, scored: Scored, policy: Policy) -> tuple[Sensitivity, ...]:
    """Move each assumption in use by a tenth and say what ROI and RAROC do, widest first.

    What the policy's tiers get is moved too; there the ratios are those under treatment.
    """
    treated = [] if policy.only_relabels else [_of_treatments(house, scored, policy)]
    found = (*_of_figures(house, scored), *treated)
    return tuple(sorted(found, key=lambda entry: (-entry.widest, entry.key)))


def _of_treatments(house: House, scored: Scored, policy: Policy) -> Sensitivity:
    base, low, high = (
        apply_policy(house, scored, scaled(policy, factor)).total.treated
        for factor in (1.0, 1 - STEP, 1 + STEP)
    )
    returns = scored.model.returns
    return between("treatments", *((money.roi, money.raroc(returns)) for money in (base, low, high)))


def _of_figures(house: House, scored: Scored) -> tuple[Sensitivity, ...]:
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
