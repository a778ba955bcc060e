"""What moved between two snapshots of one lender, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from data.engines.functions import Frame, fetch, frame_of, materialise
from data.warehouse.snapshots import Snapshot
from segmentation.policy import Policy
from segmentation.returns.movement import Movement, money_of, state_sums, with_held_risk
from segmentation.returns.treatment import with_untreated
from segmentation.scoring_model import ScoringModel
from segmentation.tiers import Money, with_tier
from steps.house import House
from steps.scoring import Scored, scored_aside
from steps.tiers import treated_frame


@dataclass(frozen=True, slots=True)
class MovementBoard:
    """A movement and what it is of.

    Attributes
    ----------
    old, new : Snapshot
        From where to where.
    movement : Movement
        The steps.
    shared, gone, came : int
        Customers in both, only in the old, only in the new one.
    """

    old: Snapshot
    new: Snapshot
    movement: Movement
    shared: int
    gone: int
    came: int


def movement_between(
    house: House, old: Scored, new: Scored, old_policy: Policy, new_policy: Policy
) -> MovementBoard:
    """Carry a portfolio from one snapshot to another a step at a time.

    The new snapshot is scored by the old model too, unless both have the same.
    """
    with house.warehouse.cursor() as cursor:
        kept = _Kept(cursor)
        first = kept.tiered(frame_of(cursor, old.table), old.model, old_policy, "first")
        last = kept.tiered(frame_of(cursor, new.table), new.model, new_policy, "last")
        if old.model.identity == new.model.identity:
            by_old_model = frame_of(cursor, new.table)
        else:
            by_old_model = scored_aside(cursor, new.snapshot, old.model)
        both = _ids(first).join(_ids(last), on="customer_id", how="inner")
        stayed = kept.keep(first.join(both, on="customer_id", how="inner"), "stayed")
        tiers = stayed.select("customer_id", "tier")
        here = kept.keep(by_old_model.join(both, on="customer_id", how="inner"), "here")

        def under(frame: Frame, model: ScoringModel, policy: Policy, name: str) -> Frame:
            """Give the frame under a policy's treatments in the old tiers."""
            return kept.keep(
                treated_frame(frame, model, policy).join(tiers, on="customer_id", how="inner"), name
            )

        held = with_untreated(with_held_risk(here, stayed))
        states = [
            first,
            stayed,
            under(held, old.model, old_policy, "data"),
            under(here, old.model, old_policy, "rated"),
            kept.tiered(here, old.model, old_policy, "migrated"),
            kept.tiered(
                frame_of(cursor, new.table).join(both, on="customer_id", how="inner"),
                new.model,
                old_policy,
                "model",
            ),
            last.join(both, on="customer_id", how="inner"),
            last,
        ]
        sums = [_sum(state) for state in states]
    counts = [customers for _, customers in sums]
    return MovementBoard(
        old.snapshot,
        new.snapshot,
        Movement(tuple(money for money, _ in sums), tuple(counts)),
        counts[1],
        counts[0] - counts[1],
        counts[-1] - counts[1],
    )


def _sum(frame: Frame) -> tuple[Money, int]:
    row = fetch(state_sums(frame)).iloc[0]
    return money_of({str(name): value for name, value in row.items()})


def _ids(frame: Frame) -> Frame:
    return frame.select("customer_id")


class _Kept:
    """Temporary tables of one cursor, so that no state is worked out twice."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.cursor = cursor

    def keep(self, frame: Frame, name: str) -> Frame:
        materialise(self.cursor, frame, f"movement_{name}", temporary=True)
        return frame_of(self.cursor, f"movement_{name}")

    def tiered(self, frame: Frame, model: ScoringModel, policy: Policy, name: str) -> Frame:
        return self.keep(with_tier(treated_frame(frame, model, policy), policy), name)
