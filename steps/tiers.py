"""What a policy makes of a scored table: its cube, its tiers, its score histogram."""

from __future__ import annotations

from datetime import UTC, datetime

from data.engines.functions import Frame, fetch, frame_of
from data.warehouse import records
from segmentation.cube import Cube, Integers, build_cube, histogram, with_capped
from segmentation.policy import Policy, built_in_policy
from segmentation.returns.treatment import with_treated
from segmentation.scoring_model import ScoringModel
from segmentation.tiers import TierBoard, tier_board, with_tier
from steps.house import House
from steps.scoring import Scored


def treated_frame(frame: Frame, model: ScoringModel, policy: Policy) -> Frame:
    """Add what each tier's treatment would make of every row, and whether the policy caps it."""
    treated = with_treated(
        frame,
        policy.treatments,
        credit_conversion_factor=model.exposure.credit_conversion_factor,
        funding_rate=model.returns.funding_rate,
        interest_rate=model.returns.interest_rate,
        servicing_rate=model.returns.servicing_rate,
    )
    return with_capped(treated, policy)


def tiered_frame(frame: Frame, policy: Policy) -> Frame:
    """Add the tier a policy gives each row, without any treatment."""
    return with_tier(with_capped(frame, policy), policy)


def cube_of(house: House, scored: Scored, policy: Policy) -> Cube:
    """Build the cube of a scored table under a policy's treatments, or give the one built before."""
    key = (scored.scored_id, policy.cube_identity)
    with house.lock_for(f"cube {key}"):
        cube = house.kept_cube(key)
        if cube is None:
            with house.warehouse.cursor() as cursor:
                frame = treated_frame(frame_of(cursor, scored.table), scored.model, policy)
                cube = Cube.from_rows(fetch(build_cube(frame)))
            house.keep_cube(key, cube)
    return cube


def policy_in_force(house: House) -> Policy:
    """Give the policy in force today; until one is approved, the built-in one."""
    with house.warehouse.cursor() as cursor:
        row = records.policy_in_force(cursor, datetime.now(UTC).date())
    return Policy.from_toml(row.body, row.name) if row is not None else built_in_policy()


def apply_policy(house: House, scored: Scored, policy: Policy, other: Policy | None = None) -> TierBoard:
    """Say what each tier holds under a policy, and who moves against another; no row is read."""
    return tier_board(cube_of(house, scored, policy), policy, other)


def score_histogram(house: House, scored: Scored, policy: Policy) -> Integers:
    """Exposure in hundredths by value score (one point a row) and risk band; no row is read."""
    return histogram(cube_of(house, scored, policy))
