"""Losses ahead: impairment under IFRS 9, and the loss distribution of the whole portfolio."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from data.engines.functions import fetch, frame_of, materialise
from data.people import Person
from data.warehouse import judgements, records
from segmentation.policy import Policy
from segmentation.risk.impairment import (
    INPUTS,
    ImpairmentBoard,
    ImpairmentSettings,
    impairment_board,
    impairment_rows,
    with_impairment,
)
from segmentation.risk.pool import largest_losses, loss_buckets, with_loss_amount
from segmentation.risk.simulation import LossDistribution, SimulationSettings, simulate_losses
from steps.house import House
from steps.scoring import Scored
from steps.tiers import tiered_frame

NAMES_DRAWN_SINGLY = 200


def impairment_settings(house: House) -> ImpairmentSettings:
    """Give the settings of IFRS 9 in force; until somebody sets them, the default ones."""
    with house.warehouse.cursor() as cursor:
        body = judgements.setting_in_force(cursor, "impairment")
    return ImpairmentSettings.from_dict(body) if body else ImpairmentSettings()


def set_impairment(house: House, settings: ImpairmentSettings, person: Person) -> None:
    """Put other settings of IFRS 9 in force."""
    person.require("edit_appetite")
    house.warehouse.retried(
        lambda cursor: judgements.keep_setting(cursor, "impairment", settings.to_dict(), person.name)
    )


def impairment_of(house: House, scored: Scored, settings: ImpairmentSettings) -> ImpairmentBoard:
    """Sum stages and expected credit losses by scenario; other weights need no row."""
    with house.warehouse.cursor() as cursor:
        frame = with_impairment(frame_of(cursor, scored.table).select(*INPUTS), settings)
        return impairment_board(fetch(impairment_rows(frame, settings)), settings)


def simulation_of(house: House, scored: Scored, policy: Policy) -> LossDistribution | None:
    """Give the loss distribution simulated before under a policy's tiers, or None."""
    with house.warehouse.cursor() as cursor:
        body = records.finding(cursor, scored.scored_id, _kind(policy))
    return LossDistribution.from_dict(body) if body else None


def simulate(
    house: House,
    scored: Scored,
    policy: Policy,
    settings: SimulationSettings,
    report: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> LossDistribution:
    """Simulate the year's credit loss and keep what was found.

    Raises
    ------
    Cancelled
        When a person has asked to stop; nothing is kept.
    """
    with house.warehouse.cursor() as cursor:
        frame = tiered_frame(frame_of(cursor, scored.table), policy)
        table = f"losses_{datetime.now(UTC):%H%M%S%f}"
        materialise(cursor, with_loss_amount(frame), table, temporary=True)
        losses = frame_of(cursor, table)
        names = fetch(largest_losses(losses, NAMES_DRAWN_SINGLY))
        smallest = float(names["loss"].min()) if len(names) else 0.0
        buckets = fetch(loss_buckets(losses, smallest, [str(key) for key in names["customer_id"]]))
    order = ["tier", "segment", "industry", "asset_class", "risk_step", "loss"]
    buckets = buckets.sort_values(order).reset_index(drop=True)
    found = simulate_losses(names, buckets, settings, report=report, is_cancelled=is_cancelled)
    house.warehouse.retried(
        lambda cursor: records.keep_finding(cursor, scored.scored_id, _kind(policy), found.to_dict())
    )
    return found


def _kind(policy: Policy) -> str:
    return f"simulation {policy.identity[:16]}"
