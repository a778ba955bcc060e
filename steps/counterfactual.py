"""What would lift a customer's tier: candidate rows scored in batches by the stored model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from data.contract import COLUMNS, Column
from data.engines.functions import Frame, fetch, frame_of, hash_sample
from data.engines.sql import quote_identifier
from data.ingest.cells import SQL_TYPES
from data.people import Person, masked_columns
from segmentation.counterfactual import Counterfactual, find_ways
from segmentation.ecdf import MidRankCurve, fit_curve
from segmentation.explain import Standing
from segmentation.levers import levers_of
from segmentation.policy import Policy
from steps.house import House
from steps.rescoring import NUMBER, ROWS, asked_kinds, open_rows, score_rows
from steps.scoring import Scored
from steps.tiers import tiered_frame

JUDGED = ("tier", "value_score", "value_step", "risk_step", "probability_of_default", "is_capped")
STANDING = ("value_step", "risk_step", "lifecycle", "is_capped", "is_defaulted", "held", "forced", "is_staying",
            "probability_of_default", "probability_source", "drawn", "exposure_at_default")  # fmt: skip
HELD = ("held", "months_held")
"""Tier held before and for how long: the customer's own, whatever else of it changes."""


def what_would_lift(
    house: House, scored: Scored, customer_id: str, policy: Policy, target: str, person: Person
) -> Counterfactual | None:
    """Find the smallest changes that lift a customer to a tier; None when nobody has that key.

    Columns the person may not see are not moved: an answer would tell them. Asked is what the
    policy's lines give, whatever tier a person has set for the customer; a tier held before
    counts where the policy heeds it, for the changed rows as for the customer.
    """
    policy = replace(policy, overrides=())
    with house.warehouse.cursor() as cursor:
        own = _one(cursor, scored.snapshot.table, customer_id)
        if own is None:
            return None
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE one_scored AS SELECT * FROM {quote_identifier(scored.table)} WHERE customer_id = ?",
            [customer_id],
        ).fetchall()
        known = frame_of(cursor, "one_scored")
        now = fetch(tiered_frame(known, policy).select(*STANDING)).iloc[0]
        before = _held_before(known)
        columns = _movable(scored, masked_columns(person))
        # What is at risk counts also where the file left it to be worked out.
        seen = own | {name: now[name] for name in ("drawn", "exposure_at_default")}
        return find_ways(
            own,
            Standing.of({str(name): cell for name, cell in now.items()}),
            levers_of(seen, columns, _curves(house, cursor, scored, columns)),
            policy,
            target,
            lambda rows: _judged(house, cursor, scored, policy, rows, before),
            conversion=scored.model.exposure.credit_conversion_factor,
            probability_source=str(now["probability_source"]),
        )


def _one(
    cursor: duckdb.DuckDBPyConnection, table: str, customer_id: str
) -> dict[str, Any] | None:  # Any: cells of their columns' types
    """Fetch a customer as ingested, and keep it as the row that candidates are made of."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE asked_base AS SELECT * FROM {quote_identifier(table)} WHERE customer_id = ?",
        [customer_id],
    ).fetchall()
    found = cursor.execute("SELECT * FROM asked_base")
    names = [entry[0] for entry in found.description or ()]
    row = found.fetchone()
    return None if row is None else dict(zip(names, row, strict=True))


def _held_before(known: Frame) -> list[nw.Expr]:
    """Give the customer's tier before and its months as constants; none where nothing is known of a past."""
    if not set(HELD) <= set(known.collect_schema().names()):
        return []
    row = fetch(known.select(*HELD)).iloc[0]
    held, months = (None if pd.isna(row[name]) else float(row[name]) for name in HELD)
    return [
        nw.lit(held).cast(nw.Int64).alias("held"),
        nw.lit(months).cast(nw.Float64).alias("months_held"),
    ]


def _movable(scored: Scored, hidden: frozenset[str]) -> list[Column]:
    present = scored.snapshot.kinds
    return [c for c in COLUMNS if c.actionable and c.name in present and c.name not in hidden]


def _curves(
    house: House, cursor: duckdb.DuckDBPyConnection, scored: Scored, columns: list[Column]
) -> Mapping[str, MidRankCurve]:
    """How customers are spread along each column: frozen with the value score, else of this snapshot."""
    names = [column.name for column in columns]

    def measured() -> dict[str, MidRankCurve]:
        if not names:
            return {}
        select = ", ".join(
            f"CAST({quote_identifier(name)} AS DOUBLE) AS {quote_identifier(name)}" for name in names
        )
        query = hash_sample(cursor, scored.snapshot.table, house.settings.sample_rows, 0)
        rows = cursor.execute(f"SELECT {select} FROM ({query})").df()
        frozen = {entry.key: entry.curve for entry in scored.model.reference.inputs}
        curves = {name: frozen.get(name) or fit_curve(rows[name]) for name in names}
        return {name: curve for name, curve in curves.items() if curve is not None}

    return house.kept(("curves", scored.scored_id, *names), measured)


def _judged(
    house: House,
    cursor: duckdb.DuckDBPyConnection,
    scored: Scored,
    policy: Policy,
    rows: pd.DataFrame,
    before: list[nw.Expr],
) -> pd.DataFrame:
    """Score candidates in one go: the customer's own row and past, with the cells that change."""
    kinds = asked_kinds(scored.model)
    own = [name for name in scored.snapshot.kinds if name in kinds]
    cursor.register("asked_changes", rows.assign(**{NUMBER: range(len(rows))}))
    open_rows(cursor, scored.model)
    cells = ", ".join(
        f"CAST(coalesce(c.{name}, b.{name}) AS {SQL_TYPES[kinds[plain]]})"
        if plain in rows.columns
        else f"b.{name}"
        for plain, name in ((plain, quote_identifier(plain)) for plain in own)
    )
    names = ", ".join(quote_identifier(name) for name in own)
    cursor.execute(
        f"INSERT INTO {ROWS} ({NUMBER}, {names}) SELECT c.{NUMBER}, {cells} FROM asked_changes c, asked_base b"
    ).fetchall()
    cursor.unregister("asked_changes")
    frame = tiered_frame(score_rows(house, cursor, scored.model).with_columns(before), policy)
    return fetch(frame.select(NUMBER, *JUDGED).sort(NUMBER)).reset_index(drop=True)
