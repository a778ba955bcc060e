"""One customer's whole picture, and the search that leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from data.contract import BY_NAME
from data.engines.functions import fetch, frame_of
from data.engines.sql import quote_identifier
from data.people import Person, masked_columns
from segmentation.cube import NO_TIER
from segmentation.explain import Standing, TierReason, tier_reason
from segmentation.lifetime import observed_churn, with_lifetime_value
from segmentation.limits import LimitRules, with_proposed_limit
from segmentation.policy import Policy
from segmentation.risk.hazard import HazardModel
from segmentation.risk.impairment import INPUTS, ImpairmentSettings, with_impairment
from segmentation.scorecard.points import Reason, reasons
from segmentation.value import raw_inputs
from segmentation.value_reference import ValuePart, value_parts
from steps.house import House
from steps.scoring import Scored
from steps.tiers import tiered_frame

MOST_FOUND = 50
SEARCHED = ("customer_id", "name", "group_id")
PEER_FIGURES = ("value_score", "probability_of_default", "loss_given_default", "roi", "risk_weight")


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a customer stands among its segment.

    Attributes
    ----------
    figure : str
        Column.
    value, median : float or None
        The customer's, and the segment's.
    below : float or None
        Share (fraction) of the segment with a lower value.
    """

    figure: str
    value: float | None
    median: float | None
    below: float | None


@dataclass(frozen=True, slots=True)
class CustomerPicture:
    """Everything that is known and worked out of one customer.

    Attributes
    ----------
    row : dict
        Every column of the scored table, tier, stage and expected credit loss; masked cells
        are None. Texts are hostile.
    reason : TierReason
        Why the tier, and what would lift it.
    by_lines : TierReason
        Tier its own figures give it, whatever a person has set or a minimum stay keeps.
    points : tuple of Reason
        The scorecard's view, costliest first; empty without a scorecard.
    peers : tuple of Peer
        Among the customers of the segment.
    curve : tuple of (int, float)
        Months and cumulative PD, where the hazard gives it.
    hidden : frozenset of str
        Columns this person may not see.
    value_base : float
        Value score of a customer at the median of everything.
    value_parts : tuple of ValuePart
        What each input adds to it; base and parts add up to the score.
    """

    row: Mapping[str, Any]  # Any: cells have the types of their columns
    reason: TierReason
    by_lines: TierReason
    points: tuple[Reason, ...]
    peers: tuple[Peer, ...]
    curve: tuple[tuple[int, float], ...]
    hidden: frozenset[str]
    value_base: float
    value_parts: tuple[ValuePart, ...]


def search_customers(house: House, scored: Scored, text: str, policy: Policy, person: Person) -> pd.DataFrame:
    """Find customers by key, name or group; without a text the largest.

    Who may not see names can't search by them either.

    Returns
    -------
    pandas.DataFrame
        At most 50 rows: `customer_id`, `name`, `segment`, `tier`, `exposure_at_default`,
        `probability_of_default`, `value_score`; largest exposure first. Texts are hostile.
    """
    hidden = masked_columns(person)
    present = [name for name in SEARCHED if name not in hidden]
    with house.warehouse.cursor() as cursor:
        source = quote_identifier(scored.table)
        # The text is a parameter, and its own % and _ mean themselves.
        pattern = "%" + text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        match = " OR ".join(f"{quote_identifier(name)} ILIKE ? ESCAPE '\\'" for name in present)
        where = f"WHERE {match}" if text.strip() else ""
        rows = cursor.execute(
            f"SELECT customer_id FROM {source} {where} "
            f"ORDER BY exposure_at_default DESC NULLS LAST, customer_id LIMIT {MOST_FOUND}",
            [pattern] * len(present) if where else [],
        ).fetchall()
        cursor.execute("CREATE OR REPLACE TEMP TABLE found_customers (customer_id VARCHAR)").fetchall()
        if rows:
            cursor.executemany("INSERT INTO found_customers VALUES (?)", rows).fetchall()
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE found_rows AS SELECT * FROM {source} SEMI JOIN found_customers USING (customer_id)"
        ).fetchall()
        frame = tiered_frame(frame_of(cursor, "found_rows"), policy)
        shown = fetch(
            frame.select(
                "customer_id",
                "name",
                "segment",
                "tier",
                "exposure_at_default",
                "probability_of_default",
                "value_score",
            )
        )
    if "name" in hidden:
        shown["name"] = None
    return shown.sort_values(["exposure_at_default", "customer_id"], ascending=[False, True]).reset_index(
        drop=True
    )


def customer_picture(
    house: House,
    scored: Scored,
    customer_id: str,
    policy: Policy,
    settings: ImpairmentSettings,
    limits: LimitRules,
    person: Person,
) -> CustomerPicture | None:
    """Put one customer's picture together; None when nobody has that key."""
    with house.warehouse.cursor() as cursor:
        source = quote_identifier(scored.table)
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE one_customer AS SELECT * FROM {source} WHERE customer_id = ?",
            [customer_id],
        ).fetchall()
        frame = frame_of(cursor, "one_customer")
        rows = fetch(tiered_frame(frame, policy))
        if rows.empty:
            return None
        ahead = fetch(with_impairment(frame.select(*INPUTS), settings)).drop(columns=list(INPUTS))
        returns, reference = scored.model.returns, scored.model.reference
        churn = observed_churn(frame_of(cursor, scored.table).select("churned", "segment"), returns, fetch)
        tiered = tiered_frame(frame, policy)
        worth = fetch(with_lifetime_value(tiered, churn, returns).select("customer_lifetime_value"))
        limit = fetch(with_proposed_limit(tiered, limits, returns).select("limit_today", "limit_proposed"))
        raw = fetch(
            frame.select(
                raw_inputs(frame, [entry.key for entry in reference.active]) or [nw.lit(0).alias("_")]
            )
        )
        base, parts = value_parts(reference, {str(name): _cell(value) for name, value in raw.iloc[0].items()})
        rows = pd.concat([rows, ahead, worth, limit], axis=1)
        row: dict[str, Any] = {str(name): _cell(value) for name, value in rows.iloc[0].items()}
        peers = tuple(
            _peer(
                name,
                row.get(name),
                cursor.execute(
                    f"SELECT median({quote_identifier(name)}), avg(CASE WHEN {quote_identifier(name)} < ? THEN 1.0 ELSE 0.0 END) "
                    f"FROM {source} WHERE segment = ? AND {quote_identifier(name)} IS NOT NULL",
                    [row.get(name), row["segment"]],
                ).fetchall()[0],
            )
            for name in PEER_FIGURES
        )  # fmt: skip
    standing = Standing.of(row)
    card = scored.model.scorecard
    hidden = masked_columns(person)
    shown = {name: None if name in hidden else value for name, value in row.items()}
    points = tuple(reason for reason in reasons(card, row) if reason.column not in hidden) if card else ()
    return CustomerPicture(
        shown,
        tier_reason(standing, policy),
        tier_reason(replace(standing, forced=NO_TIER, is_staying=False), policy),
        points,
        peers,
        _curve(scored.model.hazard, row),
        hidden,
        base,
        parts,
    )


def _cell(value: Any) -> Any:  # Any: a cell of any column
    """Give a cell as Python's own type; missing ones, of whatever kind, are None."""
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _peer(name: str, value: Any, found: tuple[Any, ...]) -> Peer:  # Any: cells
    median, below = found
    return Peer(name, value, median, below if value is not None else None)


def _curve(hazard: HazardModel | None, row: Mapping[str, Any]) -> tuple[tuple[int, float], ...]:  # Any: cells
    """Cumulative PD of a customer with a scorecard PD over its average life, from origination."""
    if hazard is None or row["probability_source"] != "scorecard":
        return ()
    target = float(row["probability_of_default_lifetime"] or 0.0)
    if not 0 < target < 1:
        return ()
    # x is found back from the lifetime PD, which rises with it: the table keeps PDs, not x.
    low, high = -30.0, 30.0
    months = round(hazard.average_months)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if hazard.cumulative(middle, months) < target else (low, middle)
    return tuple(hazard.curve(low, months))


def known_columns(picture: CustomerPicture) -> list[str]:
    """List the contract's and the portfolio's own columns in which the customer has a value."""
    return [
        name
        for name, value in picture.row.items()
        if value is not None and (name in BY_NAME or name.startswith("x_")) and name not in picture.hidden
    ]
