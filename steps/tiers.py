"""What a policy makes of a scored table: its cube and its tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial

import narwhals as nw
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of
from data.warehouse import policies
from segmentation.cube import (
    AS_IS,
    NO_TIER,
    Cube,
    build_cube,
    moved_measures,
    with_capped,
)
from segmentation.policy import TIERS, Policy, built_in_policy
from segmentation.returns.treatment import with_treated
from segmentation.scoring_model import ScoringModel
from segmentation.tiers import TierBoard, tier_board, with_tier
from segmentation.treatment import NEUTRAL
from steps.house import House
from steps.overrides import overrides_in_force
from steps.scoring import Scored


def treated_frame(frame: Frame, model: ScoringModel, policy: Policy, other: Policy | None = None) -> Frame:
    """Add what each tier's treatment would make of every row, and whether the policy caps it."""
    treated = with_treated(
        frame,
        policy.treatments,
        credit_conversion_factor=model.exposure.credit_conversion_factor,
        funding_rate=model.returns.funding_rate,
        interest_rate=model.returns.interest_rate,
        servicing_rate=model.returns.servicing_rate,
    )
    return with_capped(treated, policy, other)


def tiered_frame(frame: Frame, policy: Policy) -> Frame:
    """Add the tier a policy gives each row, without any treatment."""
    return with_tier(with_capped(frame, policy), policy)


def cube_of(house: House, scored: Scored, policy: Policy, other: Policy | None = None) -> Cube:
    """Build the cube of a scored table under a policy's treatments, or give the one built before.

    It is kept in parts, first scanned together: an edit of one tier's treatment scans the rows
    only for what that treatment moves, an override only for the customers it names.

    Parameters
    ----------
    house : House
        The open house.
    scored : Scored
        The customers.
    policy, other : Policy
        The policy, and the one whose tiers it is compared with.
    """
    other = other or policy
    place = (scored.scored_id, str([policy.caps, other.caps]))
    overrides = str([(row.customer_id, row.tier) for row in policy.overrides])

    def whole() -> Cube:
        cube = Cube.from_parts(*_parts(house, scored, replace(policy, overrides=()), other, place))
        return cube.with_forced(_forced_cells(house, scored, policy, other)) if policy.overrides else cube

    return house.kept(("cube", *place, policy.cube_identity, overrides), whole)


def _parts(
    house: House, scored: Scored, policy: Policy, other: Policy, place: tuple[str, str]
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Sums as they are, and of what each tier's treatment moves; all that is not kept in one scan."""
    moved = {tier: moved_measures(policy.treatments[tier], tier) for tier in TIERS}
    wanted = {AS_IS: ("as is", *place)} | {
        names: ("treated", *place, tier, policy.money_identity(tier))
        for tier, names in moved.items()
        if names
    }
    missing = [names for names, key in wanted.items() if not house.is_kept(key)]

    @cache
    def scanned(*parts: tuple[str, ...]) -> pd.DataFrame:
        treatments = {tier: policy.treatments[tier] if moved[tier] in parts else NEUTRAL for tier in TIERS}
        names = [name for part in parts for name in part]
        return _scanned(house, scored, replace(policy, treatments=treatments), other, names)

    def part(names: tuple[str, ...]) -> pd.DataFrame:
        # Another visitor may have pushed out what was kept a moment ago: then it is scanned alone.
        return scanned(*(missing if names in missing else [names]))[["cell", *names]]

    made = {names: house.kept(key, partial(part, names)) for names, key in wanted.items()}
    return made[AS_IS], {tier: made[names] for tier, names in moved.items() if names}


def _scanned(
    house: House, scored: Scored, policy: Policy, other: Policy, names: Sequence[str]
) -> pd.DataFrame:
    with house.warehouse.cursor() as cursor:
        frame = treated_frame(frame_of(cursor, scored.table), scored.model, policy, other)
        return fetch(build_cube(frame, names))


def _forced_cells(house: House, scored: Scored, policy: Policy, other: Policy) -> Cube:
    """Cells of the customers a person has set a tier for, and of nobody else."""
    whom = [row.customer_id for row in policy.overrides]
    with house.warehouse.cursor() as cursor:
        few = frame_of(cursor, scored.table).filter(nw.col("customer_id").is_in(whom))
        treated = treated_frame(few, scored.model, policy, other).filter(nw.col("forced") != NO_TIER)
        return Cube.from_rows(fetch(build_cube(treated)))


def policy_in_force(house: House) -> Policy:
    """Give the policy in force today, with the tiers set by hand; until one is approved, the built-in one."""
    today = datetime.now(UTC).date()
    with house.warehouse.cursor() as cursor:
        row = policies.in_force(cursor, today)
    policy = Policy.from_toml(row.body, row.name) if row is not None else built_in_policy()
    return replace(policy, overrides=overrides_in_force(house, today))


def apply_policy(house: House, scored: Scored, policy: Policy, other: Policy | None = None) -> TierBoard:
    """Say what each tier holds under a policy, and who moves against another; no row is read."""
    return tier_board(cube_of(house, scored, policy, other), policy, other)
