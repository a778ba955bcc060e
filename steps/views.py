"""What is looked at: a scored portfolio, narrowed to a selection, with the tiers held before.

A view is no copy. It makes another `Scored` of the same snapshot and model, with facts of its
own, so every page that asks it speaks of the same customers.
"""

from __future__ import annotations

from data.engines.functions import Frame, frame_of
from data.engines.sql import quote_identifier
from data.errors import InputRefused
from data.identity import content_hash, short
from data.warehouse.house import WORKING_TABLE
from data.warehouse.snapshots import Snapshot
from segmentation.policy import Policy
from segmentation.selection import SELECTABLE, Selection, selected
from steps.house import House
from steps.scoring import Scored, open_scored, scored_of
from steps.standing import standing_before, with_tier_before

MOST_OFFERED = 100
"""Levels of a column a person is offered, the most frequent ones."""


def look_at(house: House, snapshot_id: str, selection: Selection, policies: tuple[Policy, ...]) -> Scored:
    """Open a snapshot as it is looked at.

    Parameters
    ----------
    house : House
        The open house.
    snapshot_id : str
        Which snapshot.
    selection : Selection
        Which of its customers.
    policies : tuple of Policy
        The policy in force, whose tiers were held before, then others that will be asked.

    Returns
    -------
    Scored
        The scored table itself when everybody is looked at and no policy heeds the past.

    Raises
    ------
    InputRefused
        When nobody fits the selection, or the snapshot is gone.
    """
    whole = open_scored(house, snapshot_id)
    standing = None
    if any(policy.is_sticky for policy in policies):
        standing = standing_before(house, whole.snapshot, policies[0])
    if not selection and standing is None:
        return whole
    identity = content_hash([whole.scored_id, selection.identity, standing or ""])
    return house.kept(("view", identity), lambda: _view(house, whole, selection, standing, identity))


def _view(house: House, whole: Scored, selection: Selection, standing: str | None, identity: str) -> Scored:
    view = f"{WORKING_TABLE}view_{short(identity)}"
    with house.warehouse.transaction() as cursor:
        frame: Frame = selected(frame_of(cursor, whole.table), selection)
        if standing is not None:
            frame = with_tier_before(cursor, frame, standing, whole.snapshot)
        query = frame.to_native().sql_query()
        cursor.execute(f"CREATE OR REPLACE VIEW {quote_identifier(view)} AS {query}").fetchall()
        if not cursor.execute(f"SELECT count(*) FROM {quote_identifier(view)}").fetchall()[0][0]:
            raise InputRefused.because(
                "nobody fits the filter", file=whole.snapshot.name, remedy="Take one of its conditions away."
            )
        return scored_of(cursor, whole.snapshot, whole.model, identity, view)


def levels_of(house: House, snapshot: Snapshot) -> dict[str, list[tuple[str, int]]]:
    """List what a snapshot's customers can be selected by.

    Returns
    -------
    dict
        Column → levels with their numbers of customers, the most frequent first; columns
        with a single level are left out. Levels are hostile texts; a blank cell is the empty one.
    """
    scored = open_scored(house, snapshot.snapshot_id)

    def work() -> dict[str, list[tuple[str, int]]]:
        found = {}
        with house.warehouse.cursor() as cursor:
            present = set(frame_of(cursor, scored.table).collect_schema().names())
            for column in SELECTABLE:
                if column not in present:
                    continue
                rows = cursor.execute(
                    f"SELECT coalesce(CAST({quote_identifier(column)} AS VARCHAR), '') AS level, count(*) AS n "
                    f"FROM {quote_identifier(scored.table)} GROUP BY 1 ORDER BY n DESC, level LIMIT {MOST_OFFERED}"
                ).fetchall()
                if len(rows) > 1 and rows[0][1] > 1:
                    found[column] = [(str(level), int(n)) for level, n in rows]
        return found

    return house.kept(("levels", scored.scored_id), work)
