"""A proposal on past snapshots, and a challenger followed beside the policy in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from data.engines.functions import fetch, frame_of
from data.errors import InputRefused
from data.identity import content_hash
from data.people import Person
from data.warehouse import judgements, policies
from data.warehouse.snapshots import Snapshot
from segmentation.backtest import TierOutcome
from segmentation.cube import with_capped
from segmentation.policy import Policy, built_in_policy
from segmentation.returns.ratios import ReturnsSettings
from segmentation.selection import Selection
from segmentation.tiers import TierBoard, row_moves
from steps.backtest_between import realised_tiers
from steps.backtest_judged import by_rule
from steps.house import House
from steps.lenders import earlier_snapshots
from steps.scoring import Scored, open_scored
from steps.tiers import apply_policy
from steps.views import look_at

KIND = "challenger"


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One snapshot under two policies.

    Attributes
    ----------
    snapshot : Snapshot
        Which one.
    returns : ReturnsSettings
        Its model's assumptions, for RAROC.
    in_force, proposal : TierBoard
        Tiers under each, each with its own treatments.
    moved, exposure_moved : int
        Customers in other tiers under the proposal, and their exposure in hundredths.
    """

    snapshot: Snapshot
    returns: ReturnsSettings
    in_force: TierBoard
    proposal: TierBoard
    moved: int
    exposure_moved: int


def snapshots_of_lender(house: House, current: Snapshot) -> list[Snapshot]:
    """List the snapshots of one lender by their dates; undated ones are left out, the current one is not."""
    dated = [entry for entry in earlier_snapshots(house, current) if entry.as_of is not None]
    return sorted([*dated, current], key=lambda entry: (entry.as_of or date.max, entry.name))


def replay_policy(
    house: House, current: Snapshot, proposal: Policy, in_force: Policy, selection: Selection
) -> tuple[ReplayLine, ...]:
    """Apply a proposal to every snapshot of the lender, beside the policy in force: before anybody approves it.

    Of the customers of a selection, on each snapshot those who fit it then; tiers held before
    are those of the policy in force, as on the board.
    """
    proposal, in_force = by_rule(proposal), by_rule(in_force)
    return tuple(
        _line(house, look_at(house, entry.snapshot_id, selection, (in_force, proposal)), proposal, in_force)
        for entry in snapshots_of_lender(house, current)
    )


def _line(house: House, scored: Scored, proposal: Policy, in_force: Policy) -> ReplayLine:
    with house.warehouse.cursor() as cursor:
        capped = with_capped(frame_of(cursor, scored.table), proposal, in_force)
        moves = fetch(row_moves(capped, proposal, in_force))
    elsewhere = moves[moves["was"] != moves["tier"]]
    return ReplayLine(
        scored.snapshot,
        scored.model.returns,
        apply_policy(house, scored, in_force),
        apply_policy(house, scored, proposal),
        int(elsewhere["customers"].sum()),
        int(elsewhere["exposure_minor"].sum()),
    )


@dataclass(frozen=True, slots=True)
class Challenger:
    """A policy that runs beside the one in force, for comparison only.

    Attributes
    ----------
    challenger_id : str
        Names it in the warehouse.
    policy : Policy
        What it decides.
    snapshot_id : str
        Snapshot that was current when it was registered.
    since : date
        Day it was registered; figures of later snapshots are those that count.
    person : str
        Who registered it.
    """

    challenger_id: str
    policy: Policy
    snapshot_id: str
    since: date
    person: str


def register_challenger(house: House, current: Snapshot, policy: Policy, person: Person) -> Challenger:
    """Let a policy run beside the one in force from now on.

    Raises
    ------
    InputRefused
        When another challenger is still running for this lender.
    """
    person.require("edit_policy")
    with house.lock_for(KIND):
        running = challenger_of(house, current)
        if running is not None:
            raise InputRefused.because(
                f"“{running.policy.name}” is the challenger already",
                file=current.name,
                remedy="End it first.",
            )
        today = datetime.now(UTC).date()
        body: dict[str, object] = {
            "policy": by_rule(policy).to_toml(),
            "snapshot": current.snapshot_id,
            "since": today.isoformat(),
            "person": person.name,
        }
        body["id"] = content_hash([body, datetime.now(UTC).isoformat()])
        house.warehouse.retried(lambda cursor: judgements.keep_setting(cursor, KIND, body, person.name))
    return _challenger(body)


def end_challenger(house: House, challenger: Challenger, person: Person) -> None:
    """End a challenger; its record stays."""
    person.require("edit_policy")
    body: dict[str, object] = {
        "id": challenger.challenger_id,
        "ended": datetime.now(UTC).date().isoformat(),
    }
    house.warehouse.retried(lambda cursor: judgements.keep_setting(cursor, KIND, body, person.name))


def challenger_of(house: House, current: Snapshot) -> Challenger | None:
    """Give the challenger running for a snapshot's lender; None when there is none."""
    with house.warehouse.cursor() as cursor:
        kept = judgements.settings_kept(cursor, KIND)
    ended = {body["id"] for body in kept if "ended" in body}
    running = [body for body in kept if "policy" in body and body["id"] not in ended]
    if not running:
        return None
    lender = {entry.snapshot_id for entry in (current, *earlier_snapshots(house, current))}
    mine = [body for body in running if body["snapshot"] in lender]
    return _challenger(mine[-1]) if mine else None


def _challenger(body: Mapping[str, object]) -> Challenger:
    return Challenger(
        str(body["id"]),
        Policy.from_toml(str(body["policy"]), "the challenger"),
        str(body["snapshot"]),
        date.fromisoformat(str(body["since"])),
        str(body["person"]),
    )


@dataclass(frozen=True, slots=True)
class FollowLine:
    """One snapshot under champion and challenger, and what became of their tiers by the next one.

    Attributes
    ----------
    snapshot : Snapshot
        Which one.
    in_force, proposal : TierBoard
        Tiers under the policy that was in force on the snapshot's day, and under the challenger,
        each as if it had held on the snapshots before.
    champion : Policy
        That policy.
    until : date or None
        Day of the next snapshot; None for the newest, whose outcome is still to come.
    champion_became, challenger_became : tuple of TierOutcome
        Best tier first; empty without a next snapshot or where it knows no outcomes.
    counts : bool
        Whether the snapshot came after the challenger was registered.
    """

    snapshot: Snapshot
    in_force: TierBoard
    proposal: TierBoard
    champion: Policy
    until: date | None
    champion_became: tuple[TierOutcome, ...]
    challenger_became: tuple[TierOutcome, ...]
    counts: bool


def follow_challenger(
    house: House, current: Snapshot, challenger: Challenger, selection: Selection
) -> tuple[FollowLine, ...]:
    """Apply champion and challenger to each snapshot, and read what became of their tiers in the next one.

    Of the customers of a selection, on each snapshot those who fit it then.
    """
    entries = [entry for entry in snapshots_of_lender(house, current) if entry.as_of is not None]
    found = []
    for at, entry in enumerate(entries):
        champion = _in_force_on(house, entry.as_of or challenger.since)
        policies_here = (champion, challenger.policy)
        views = [look_at(house, entry.snapshot_id, selection, (policy,)) for policy in policies_here]
        following = open_scored(house, entries[at + 1].snapshot_id) if at + 1 < len(entries) else None
        boards = [apply_policy(house, *pair) for pair in zip(views, policies_here, strict=True)]
        became: tuple[tuple[TierOutcome, ...], ...] = ((), ())
        if following is not None:
            became = tuple(
                realised_tiers(house, view, following, policy)
                for view, policy in zip(views, policies_here, strict=True)
            )
        found.append(
            FollowLine(
                entry,
                boards[0],
                boards[1],
                champion,
                following.snapshot.as_of if following else None,
                became[0],
                became[1],
                entry.created_at.date() > challenger.since,
            )
        )
    return tuple(found)


def _in_force_on(house: House, day: date) -> Policy:
    with house.warehouse.cursor() as cursor:
        row = policies.in_force(cursor, day)
    return Policy.from_toml(row.body, row.name) if row is not None else built_in_policy()
