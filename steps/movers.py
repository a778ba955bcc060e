"""Who moves between the policy in force and another: a page of them, or all of them as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of
from data.people import Person
from segmentation.cube import with_capped
from segmentation.moves import MOVE_COLUMNS, with_move
from segmentation.policy import Policy
from steps.files import inert_csv, masked
from steps.house import House
from steps.scoring import Scored

MOVER_COLUMNS = (
    "customer_id",
    "name",
    *MOVE_COLUMNS,
    "exposure_at_default",
    "value_step",
    "risk_step",
    "lifecycle",
    "probability_of_default",
)
ROWS_AT_ONCE = 50_000
"""Rows of the file that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class MoverQuery:
    """Which movers are asked for.

    Attributes
    ----------
    was, tier : str
        From where and to where; empty: any.
    rule : str
        One of `segmentation.moves.RULES`; empty: any.
    """

    was: str = ""
    tier: str = ""
    rule: str = ""


def _movers(frame: Frame, policy: Policy, other: Policy, query: MoverQuery, *more: str) -> Frame:
    moved = with_move(with_capped(frame, policy, other), policy, other)
    moved = moved.filter(nw.col("was") != nw.col("tier"))
    for name in ("was", "tier", "rule"):
        if getattr(query, name):
            moved = moved.filter(nw.col(name) == getattr(query, name))
    return moved.select(*MOVER_COLUMNS, *more).sort(
        "exposure_at_default", "customer_id", descending=[True, False]
    )


def movers_page(
    house: House,
    scored: Scored,
    policy: Policy,
    other: Policy,
    query: MoverQuery,
    person: Person,
    *,
    first: int,
    most: int,
) -> pd.DataFrame:
    """Give a page of the movers, the largest exposure first.

    Parameters
    ----------
    first, most : int
        Rows left out before the page, and rows on it.

    Returns
    -------
    pandas.DataFrame
        `MOVER_COLUMNS`, the tier `held` before, and `is_staying`; names are None where the person may not see them. Texts are hostile.
    """
    with house.warehouse.cursor() as cursor:
        rows = (
            _movers(frame_of(cursor, scored.table), policy, other, query, "held", "is_staying")
            .to_native()
            .limit(most, first)
            .df()
        )
    return masked(rows, person)


def mover_rules(
    house: House, scored: Scored, policy: Policy, other: Policy
) -> dict[tuple[str, str, str], int]:
    """Count the movers by tier before, tier after and rule."""
    with house.warehouse.cursor() as cursor:
        moved = _movers(frame_of(cursor, scored.table), policy, other, MoverQuery())
        rows = fetch(moved.group_by("was", "tier", "rule").agg(nw.len().cast(nw.Int64).alias("n")))
    found = {
        (str(row["was"]), str(row["tier"]), str(row["rule"])): int(row["n"])
        for row in rows.to_dict("records")
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def movers_file(
    house: House,
    scored: Scored,
    policy: Policy,
    other: Policy,
    query: MoverQuery,
    person: Person,
    inert: Callable[[object], str],
) -> bytes:
    """Write all movers as a CSV that a spreadsheet can't run, a part at a time."""
    with tempfile.TemporaryFile() as file, house.warehouse.cursor() as cursor:
        reader = (
            _movers(frame_of(cursor, scored.table), policy, other, query)
            .to_native()
            .to_arrow_reader(ROWS_AT_ONCE)
        )
        for place, batch in enumerate(reader):
            text = inert_csv(masked(batch.to_pandas(), person), inert)
            file.write(text if place == 0 else text.split(b"\n", 1)[1])
        if not file.tell():
            file.write(inert_csv(pd.DataFrame(columns=list(MOVER_COLUMNS)), inert))
        file.seek(0)
        return file.read()
