"""Tiers held before: a policy replayed over the earlier snapshots of a portfolio."""

from __future__ import annotations

import duckdb

from data.engines.functions import Frame, fetch, frame_of, materialise
from data.identity import content_hash, short
from data.warehouse.house import WORKING_TABLE
from data.warehouse.snapshots import Snapshot
from segmentation.hysteresis import Flips, flip_sums, next_standing, with_months_held, without_stickiness
from segmentation.policy import Policy
from segmentation.selection import Selection, selected
from steps.house import House
from steps.lenders import earlier_snapshots
from steps.portfolios import list_snapshots
from steps.scoring import Scored, open_scored


def snapshots_before(house: House, current: Snapshot) -> tuple[Snapshot, ...]:
    """List dated snapshots of the same lender from before a snapshot, the oldest first."""
    if current.as_of is None:
        return ()
    key = ("before", current.snapshot_id, *sorted(entry.snapshot_id for entry in list_snapshots(house)))

    def work() -> tuple[Snapshot, ...]:
        dated = [entry for entry in earlier_snapshots(house, current) if entry.as_of and current.as_of]
        earlier = [entry for entry in dated if entry.as_of < current.as_of]  # type: ignore[operator]  # both are dated
        return tuple(sorted(earlier, key=lambda entry: (entry.as_of, entry.name)))

    return house.kept(key, work)


def standing_before(house: House, current: Snapshot, policy: Policy) -> str | None:
    """Replay a policy over the earlier snapshots into a table of who holds which tier since when.

    Returns
    -------
    str or None
        The table's name; None when there is no earlier snapshot. It goes at the next start.
    """
    before = [open_scored(house, entry.snapshot_id) for entry in snapshots_before(house, current)]
    if not before:
        return None
    key = content_hash([policy.identity, [entry.scored_id for entry in before]])
    table = f"{WORKING_TABLE}standing_{short(key)}"

    def work() -> str:
        with house.warehouse.transaction() as cursor:
            standing = _replayed(cursor, before, policy)
            materialise(cursor, standing, table)
        return table

    return house.kept(("standing", key), work)


def with_tier_before(cursor: duckdb.DuckDBPyConnection, frame: Frame, table: str, current: Snapshot) -> Frame:
    """Add `held` and `months_held` to a snapshot's customers."""
    assert current.as_of is not None, "a table of tiers before exists for dated snapshots only"
    before = frame_of(cursor, table).select("customer_id", "held", "since")
    return with_months_held(frame.join(before, on="customer_id", how="left"), current.as_of)


def _replayed(cursor: duckdb.DuckDBPyConnection, before: list[Scored], policy: Policy) -> Frame:
    standing: Frame | None = None
    for place, entry in enumerate(before):
        assert entry.snapshot.as_of is not None, "only dated snapshots are replayed"
        step = next_standing(frame_of(cursor, entry.table), standing, policy, entry.snapshot.as_of)
        name = f"replay_{place}"
        materialise(cursor, step, name, temporary=True)
        standing = frame_of(cursor, name)
    assert standing is not None, "called with at least one snapshot"
    return standing


def flips_over_time(
    house: House, current: Snapshot, policy: Policy, selection: Selection | None = None
) -> dict[str, tuple[Flips, ...]]:
    """Count changes of tier from snapshot to snapshot, as the policy is and without its stickiness.

    Of the customers of a selection, on each snapshot those who fit it then.

    Returns
    -------
    dict
        ``sticky`` and ``plain`` → one :class:`~segmentation.hysteresis.Flips` a snapshot after
        the first; empty when there is no earlier snapshot.
    """
    chain = [open_scored(house, entry.snapshot_id) for entry in (*snapshots_before(house, current), current)]
    found: dict[str, tuple[Flips, ...]] = {}
    with house.warehouse.cursor() as cursor:
        for name, each in (("sticky", policy), ("plain", without_stickiness(policy))):
            found[name] = _flips(cursor, chain, each, selection or Selection())
    return found


def _flips(
    cursor: duckdb.DuckDBPyConnection, chain: list[Scored], policy: Policy, selection: Selection
) -> tuple[Flips, ...]:
    standing: Frame | None = None
    rows = []
    for place, entry in enumerate(chain):
        if entry.snapshot.as_of is None:
            return ()
        scored = selected(frame_of(cursor, entry.table), selection)
        step = next_standing(scored, standing, policy, entry.snapshot.as_of)
        materialise(cursor, step, f"flips_{place}", temporary=True)
        standing = frame_of(cursor, f"flips_{place}")
        if place:
            counts = fetch(flip_sums(standing)).iloc[0]
            rows.append(
                Flips(
                    entry.snapshot.as_of, *(int(counts[name]) for name in ("customers", "changes", "returns"))
                )
            )
    return tuple(rows)
