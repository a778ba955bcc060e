"""What a portfolio earns and why: statements, contributors, reconciliation, lifetime values, the next money."""

from __future__ import annotations

from dataclasses import dataclass, replace

import narwhals as nw
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of
from data.people import Person, masked_columns
from data.warehouse import judgements
from segmentation.lifetime import (
    Churn,
    LifetimeValue,
    Seen,
    lifetime_buckets,
    lifetime_values,
    observed_churn,
    with_lifetime_value,
)
from segmentation.policy import TIERS, Policy
from segmentation.returns.allocation import Cell
from segmentation.returns.hurdle import HurdleGroup, hurdle_groups, with_missing
from segmentation.returns.reconcile import MEASURES, OwnTotals, Reconciliation, reconcile
from segmentation.returns.statement import (
    LINES,
    Contributor,
    Dimension,
    Statement,
    dimension_key,
    statements,
    top_contributors,
    with_lines,
)
from segmentation.returns.treatment import MEASURES as TREATED_MONEY
from segmentation.tiers import of_own_tier, with_tier
from steps.files import masked
from steps.house import House
from steps.losses import impairment_of, impairment_settings
from steps.risk import overlay_lines
from steps.scoring import Scored
from steps.tiers import tiered_frame, treated_frame

MOST_LISTED = 500
HURDLE_COLUMNS = (
    "customer_id", "name", "tier", "segment", "industry", "region", "exposure_at_default", "economic_capital",
    "risk_adjusted_profit", "raroc", "missing",
)  # fmt: skip
TOP_FIGURES = ("income", "cost", "expected_loss", "profit", "capital")


@dataclass(frozen=True, slots=True)
class ReturnsPicture:
    """A year of the whole portfolio, or of one group, as it is, and who makes its figures.

    Attributes
    ----------
    total : Statement
        All customers of it.
    contributors : dict
        Figure → its three largest customers; names are None where the person may not see them.
    """

    total: Statement
    contributors: dict[str, tuple[Contributor, ...]]


def _lines(scored: Scored, frame: Frame) -> Frame:
    return with_lines(frame, scored.model.returns)


def returns_picture(house: House, scored: Scored, person: Person) -> ReturnsPicture:
    """Sum the portfolio's year and name the largest contributors of each figure."""
    with house.warehouse.cursor() as cursor:
        return _picture(_lines(scored, frame_of(cursor, scored.table)), person)


def group_picture(
    house: House, scored: Scored, dimension: Dimension, key: str, policy: Policy, person: Person
) -> ReturnsPicture:
    """Sum one group's year and name its largest contributors; `key` is empty for those of no group."""
    with house.warehouse.cursor() as cursor:
        frame = _of_group(_grouped(frame_of(cursor, scored.table), dimension, policy), key)
        return _picture(_lines(scored, frame), person)


def _grouped(frame: Frame, dimension: Dimension, policy: Policy) -> Frame:
    """Add `_group`, the dimension's level as text, empty where it is not known."""
    tiered = tiered_frame(frame, policy)
    return tiered.with_columns(dimension_key(dimension).fill_null("").alias("_group"))


def _of_group(frame: Frame, key: str) -> Frame:
    return frame.filter(nw.col("_group") == key)


def _picture(frame: Frame, person: Person) -> ReturnsPicture:
    (total,) = statements(frame, None, fetch) or (_nothing(),)
    top = {figure: top_contributors(frame, figure, fetch) for figure in TOP_FIGURES}
    if "name" in masked_columns(person):
        top = {figure: tuple(replace(entry, name="") for entry in found) for figure, found in top.items()}
    return ReturnsPicture(total, top)


def _nothing() -> Statement:
    return Statement("", 0, 0, *[0.0] * (len(LINES) + 6))


def returns_by(house: House, scored: Scored, dimension: Dimension, policy: Policy) -> tuple[Statement, ...]:
    """Sum the portfolio's year by tier, segment, industry, region, class or channel."""
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        frame = tiered_frame(frame, policy) if dimension == "tier" else frame
        return statements(_lines(scored, frame), dimension, fetch)


def below_hurdle_by(
    house: House, scored: Scored, dimension: Dimension, policy: Policy
) -> tuple[HurdleGroup, ...]:
    """Count customers below the hurdle by tier, segment, industry, region, class or channel."""
    with house.warehouse.cursor() as cursor:
        frame = _grouped(frame_of(cursor, scored.table), dimension, policy)
        return hurdle_groups(with_missing(frame, scored.model.returns), fetch)


def below_hurdle(
    house: House,
    scored: Scored,
    policy: Policy,
    person: Person,
    *,
    dimension: Dimension = "tier",
    key: str | None = None,
    most: int = MOST_LISTED,
) -> pd.DataFrame:
    """List customers whose RAROC is known and below the hurdle, largest missing profit first.

    Parameters
    ----------
    dimension, key : str
        Only the customers of this level; without a key, all.
    most : int
        Rows.

    Returns
    -------
    pandas.DataFrame
        `HURDLE_COLUMNS`; names are None where the person may not see them. Texts are hostile.
    """
    with house.warehouse.cursor() as cursor:
        frame = _grouped(frame_of(cursor, scored.table), dimension, policy)
        frame = frame if key is None else _of_group(frame, key)
        rows = fetch(
            with_missing(frame, scored.model.returns)
            .filter(~nw.col("missing").is_null())
            .with_columns(dimension_key("industry").alias("industry"))
            .select(*HURDLE_COLUMNS)
            .sort("missing", "customer_id", descending=[True, False])
            .head(most)
        )
    return masked(rows, person)


def own_totals(house: House, scored: Scored) -> OwnTotals:
    """Give Stratum's totals with the parts a ledger counts otherwise."""
    returns = scored.model.returns
    is_assumed = nw.col("interest_rate").is_null()
    unrated = nw.col("expected_loss").is_null()
    nothing = nw.lit(0.0)
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        row = fetch(
            frame.select(
                nw.col("exposure_at_default").sum().alias("exposure"), nw.col("drawn").sum().alias("drawn"),
                nw.col("lending_income").sum().alias("income"), nw.col("expected_loss").sum().alias("loss"),
                nw.when(is_assumed).then(nw.col("drawn") * returns.interest_rate).otherwise(nothing).sum().alias("assumed"),
                nw.when(unrated).then(nw.col("exposure_at_default")).otherwise(nothing).sum().alias("unrated"),
            )
        ).iloc[0].fillna(0.0)  # fmt: skip
    settings = impairment_settings(house)
    board = impairment_of(house, scored, settings)
    staged = [line for line in board.lines if line.stage and line.customers]
    overlays = [line.effect.expected_loss for line in overlay_lines(house, scored) if line.effect]
    return OwnTotals(
        float(row["exposure"]), float(row["drawn"]), float(row["income"]), float(row["assumed"]), float(row["unrated"]),
        float(row["loss"]), sum(line.loss(settings) for line in staged) if staged else None, sum(overlays),
        scored.snapshot.account.rows_quarantined,
    )  # fmt: skip


def reconciliation(ledger: dict[str, float], own: OwnTotals) -> tuple[Reconciliation, ...]:
    """Hold the ledger's totals against Stratum's."""
    return tuple(reconcile(measure, ledger[measure], own) for measure in MEASURES if measure in ledger)


def set_ledger(house: House, scored: Scored, ledger: dict[str, float], person: Person) -> None:
    """Keep the ledger's totals with a snapshot."""
    person.require("import")
    body: dict[str, object] = dict(ledger)
    house.warehouse.retried(
        lambda cursor: judgements.keep_setting(
            cursor, f"ledger {scored.snapshot.snapshot_id[:16]}", body, person.name
        )
    )


def ledger_of(house: House, scored: Scored) -> dict[str, float]:
    """Give the ledger totals entered for a snapshot, or none."""
    with house.warehouse.cursor() as cursor:
        body = judgements.setting_in_force(cursor, f"ledger {scored.snapshot.snapshot_id[:16]}")
    return {name: float(str(value)) for name, value in (body or {}).items()}


# ---------------------------------------------------------------- lifetime value


def _seen(scored: Scored) -> Seen:
    """Outcomes behind the scorecard's PDs; none where PDs are given or rated."""
    quality = scored.model.quality
    is_own = scored.model.scorecard is not None and "scorecard" in scored.facts.sources
    return Seen(int(quality.get("defaults") or 0), int(quality.get("customers") or 0)) if is_own else Seen()


def churn_of(house: House, scored: Scored) -> Churn:
    """Give the churn lifetime values rest on."""
    with house.warehouse.cursor() as cursor:
        return observed_churn(frame_of(cursor, scored.table), scored.model.returns, fetch)


def lifetime_by(
    house: House, scored: Scored, dimension: Dimension | None, policy: Policy, *, treated: bool = False
) -> tuple[LifetimeValue, ...]:
    """Value customers over their lives by group, with intervals.

    With `treated`, each tier's treatment changes churn; its price, limit and service are
    figures of the year and stay out of it.
    """
    returns = scored.model.returns
    with house.warehouse.cursor() as cursor:
        frame = tiered_frame(frame_of(cursor, scored.table), policy)
        churn = observed_churn(frame, returns, fetch)
        key = dimension_key(dimension) if dimension else nw.lit("")
        frame = frame.with_columns(key.fill_null("").alias("_group"))
        if not treated:
            buckets = fetch(lifetime_buckets(with_lifetime_value(frame, churn, returns), "_group"))
        else:
            parts = [
                fetch(
                    lifetime_buckets(
                        with_lifetime_value(
                            frame.filter(nw.col("tier") == tier), churn, returns,
                            churn_change=policy.treatments[tier].churn_change if tier in TIERS else 0.0,
                        ),
                        "_group",
                    )
                )
                for tier in TIERS
            ]  # fmt: skip
            buckets = pd.concat(parts, ignore_index=True)
    return lifetime_values(buckets, "_group", churn, returns, _seen(scored), seed=scored.model.seed)


# ---------------------------------------------------------------- the next money


def allocation_cells(house: House, scored: Scored, policy: Policy) -> tuple[Cell, ...]:
    """Give what a unit lent to each segment and tier brings, under the tier's treatment.

    Rates are the averages of today's customers there whose risk is known; groups that lend
    nothing, and Work-out, are left out.
    """
    with house.warehouse.cursor() as cursor:
        frame = with_tier(treated_frame(frame_of(cursor, scored.table), scored.model, policy), policy)
        known = frame.filter(~nw.col("expected_loss").is_null() & nw.col("tier").is_in(list(TIERS)))
        rows = fetch(
            known.select(
                "segment", "tier", *(of_own_tier(place).alias(name) for place, name in enumerate(TREATED_MONEY))
            )
            .group_by("segment", "tier")
            .agg(*(nw.col(name).sum().cast(nw.Int64).alias(name) for name in TREATED_MONEY))
        ).sort_values(["segment", "tier"])  # fmt: skip
    found = []
    for row in rows.to_dict("records"):
        drawn = float(row["drawn"])
        if drawn <= 0:
            continue
        profit = float(row["income"]) - float(row["cost"]) - float(row["expected_loss"])
        found.append(
            Cell(
                str(row["segment"]), str(row["tier"]), drawn / 100, profit / drawn, float(row["expected_loss"]) / drawn,
                float(row["capital"]) / drawn,
            )
        )  # fmt: skip
    return tuple(found)
