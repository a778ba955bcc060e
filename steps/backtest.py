"""Tiers set on what was known, judged by what happened: in one snapshot with dated outcomes, or in a later one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of, hash_sample, materialise
from data.engines.sql import first_row, quote_identifier
from data.errors import ColumnNotFound, InputRefused
from data.warehouse.snapshots import Snapshot
from segmentation.backtest import by_shares
from segmentation.fit import fit_scoring_model
from segmentation.policy import Policy
from segmentation.realised import outcomes_apart, with_realised
from segmentation.risk.hazard import SURVIVAL_COLUMNS
from segmentation.score import score
from segmentation.scoring_model import ScoreOptions, ScoringModel
from segmentation.selection import Selection
from steps.backtest_judged import FEWEST, BackTest, backtest_of, by_rule, judged_rows
from steps.house import House
from steps.scoring import columns_of
from steps.tiers import tiered_frame
from steps.views import look_at

HIDDEN = (
    "defaulted",
    "defaulted_on",
    "loss_amount",
    "recovered_amount",
    "realised_income",
    "best_estimate_of_loss",
)
"""Blank for whoever sets the tiers."""


@dataclass(frozen=True, slots=True)
class BackTestSpec:
    """What a back-test within one snapshot is asked.

    Attributes
    ----------
    fit_until : date
        A: the model is fitted as if today were this day.
    tiers_from, tiers_to : date
        Customers whose deal began between these days get a tier.
    until : date or None
        B: outcomes until this day; None for all that are known.
    policy : Policy or None
        What sets the tiers; None for tiers by count of the value score.
    shares : tuple of float
        Of Strategic and Core, when by count.
    dated_by : str
        Date column that says when a deal began.
    hindsight : bool
        Whether old deals' later outcomes may be used in the fit, as published comparisons do.
    leave_out : tuple of str
        Columns nothing may read: known only after the decision.
    margin : float or None
        Earned on the amount, a fraction, once; None for the model's own yearly spread.
    options : ScoreOptions
        Further choices of the fit.
    """

    fit_until: date
    tiers_from: date
    tiers_to: date
    until: date | None = None
    policy: Policy | None = None
    shares: tuple[float, ...] = (0.1, 0.3)
    dated_by: str = "originated_on"
    hindsight: bool = False
    leave_out: tuple[str, ...] = ()
    margin: float | None = None
    options: ScoreOptions = field(default_factory=ScoreOptions)


@dataclass(frozen=True, slots=True)
class BackTestDays:
    """Between which days a back-test of a snapshot can lie, and a first proposal.

    Attributes
    ----------
    first, last : date
        First deal (1 in 1,000 is earlier), and last day outcomes are known.
    fit_until, tiers_to : date
        Proposed: half of the deals begun, and up to three years later, so that outcomes can ripen.
    """

    first: date
    last: date
    fit_until: date
    tiers_to: date


def backtest_days(house: House, snapshot: Snapshot) -> BackTestDays | None:
    """Say between which days a snapshot can be back-tested; None when its outcomes have no dates."""
    if not set(SURVIVAL_COLUMNS) <= set(snapshot.kinds):
        return None
    with house.warehouse.cursor() as cursor:
        table = quote_identifier(snapshot.table)
        first, middle, seen = first_row(
            cursor,
            "SELECT quantile_disc(originated_on, 0.001), quantile_disc(originated_on, 0.5), "
            f"count(*) FILTER (WHERE defaulted AND defaulted_on IS NOT NULL) FROM {table}",
        )
        last = (
            snapshot.as_of or first_row(cursor, f"SELECT quantile_disc(defaulted_on, 0.999) FROM {table}")[0]
        )
    if first is None or last is None or not seen or not first < middle < last:
        return None
    fit_until = date(middle.year, 12, 31) if date(middle.year, 12, 31) < last else middle
    return BackTestDays(first, last, fit_until, min(date(fit_until.year + 3, 12, 31), last))


def backtest(house: House, snapshot: Snapshot, spec: BackTestSpec, selection: Selection) -> BackTest:
    """Set tiers as of a day within a snapshot, and judge those who fit a selection by its dated outcomes."""
    only = look_at(house, snapshot.snapshot_id, selection, ()).table if selection else None
    with house.warehouse.cursor() as cursor:
        return backtest_rows(cursor, snapshot, spec, house.settings.sample_rows, only)[0]


def backtest_rows(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    spec: BackTestSpec,
    sample_rows: int,
    only: str | None = None,
) -> tuple[BackTest, pd.DataFrame]:
    """Run a back-test; gives the rows behind it, too.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        Of the warehouse.
    snapshot : Snapshot
        Whose deals.
    spec : BackTestSpec
        What is asked.
    sample_rows : int
        Rows the model is fitted on at most.
    only : str or None
        Table of the customers to judge; the model knows the others all the same. None: everybody.

    Raises
    ------
    ColumnNotFound
        When a date column is missing.
    InputRefused
        When the days contradict each other, nobody falls between them, or nothing can be fitted.
    """
    _check(snapshot, spec)
    by = quote_identifier(spec.dated_by)
    source = quote_identifier(snapshot.table)
    among = f"SEMI JOIN {quote_identifier(only)} USING (customer_id)" if only else ""
    begun = [spec.fit_until, spec.tiers_from, spec.tiers_to]
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE backtest_old AS SELECT * FROM {source} WHERE {by} <= ?", begun[:1]
    ).fetchall()
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE backtest_new AS SELECT * FROM {source} {among} WHERE {by} BETWEEN ? AND ?",
        begun[1:],
    ).fetchall()
    for table, what in (("backtest_old", "to fit on"), ("backtest_new", "to give a tier")):
        held = int(first_row(cursor, f"SELECT count(*) FROM {table}")[0])
        if held < FEWEST:
            raise InputRefused.because(
                f"{held} customers {what} between the days chosen; {FEWEST} are the least",
                file=snapshot.name, column=spec.dated_by,
                remedy="Choose a wider span, or a wider filter." if only else "Choose a wider span.",
            )  # fmt: skip
    model = fit_as_of(cursor, snapshot, spec, sample_rows)
    judged = _judged_within(cursor, snapshot, model, spec)
    rows, left_out = judged_rows(cursor, judged)
    if spec.policy is None:
        rows["place"] = by_shares(
            rows["value_score"].to_numpy(dtype=np.float64, na_value=np.nan), spec.shares
        )
    found = backtest_of(rows, left_out, spec.fit_until, spec.until, snapshot.name)
    return replace(
        found, tiers_from=spec.tiers_from, tiers_to=spec.tiers_to, by_count=spec.policy is None,
        margin=spec.margin, quality=model.quality,
    ), rows  # fmt: skip


def _check(snapshot: Snapshot, spec: BackTestSpec) -> None:
    """Refuse what can't be run, with the reason."""
    wanted = {spec.dated_by, "defaulted"} | (set() if spec.hindsight else set(SURVIVAL_COLUMNS))
    if spec.until is not None:
        wanted.add("defaulted_on")
    missing = sorted(wanted - set(snapshot.kinds))
    if missing:
        raise ColumnNotFound.from_missing(missing, sorted(snapshot.kinds))
    if snapshot.kinds[spec.dated_by] != "date":
        raise InputRefused.because(
            "it holds no dates", file=snapshot.name, column=spec.dated_by, remedy="Name a date column."
        )
    last = spec.until or spec.tiers_to
    if not (spec.tiers_from <= spec.tiers_to <= last and spec.fit_until <= last):
        raise InputRefused.because(
            f"the days contradict each other: fit until {spec.fit_until}, tiers from {spec.tiers_from} to "
            f"{spec.tiers_to}, outcomes until {spec.until or 'the end'}",
            file=snapshot.name, remedy="Tiers begin before they end, and outcomes come after them.",
        )  # fmt: skip
    if spec.until is not None and spec.until <= spec.fit_until:
        raise InputRefused.because(
            "outcomes end before the tiers are set", file=snapshot.name, remedy="Choose a later last day."
        )


def fit_as_of(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, spec: BackTestSpec, sample_rows: int
) -> ScoringModel:
    """Fit a model on the deals begun by the day, with nothing that came later unless hindsight is asked for.

    Raises
    ------
    InputRefused
        When no default probability can be had: too few defaults were known by then.
    """
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE backtest_sample AS {hash_sample(cursor, 'backtest_old', sample_rows, spec.options.seed)}"
    ).fetchall()
    columns = tuple(column for column in columns_of(snapshot) if column.name not in spec.leave_out)
    # Nobody is put into a segment here, and looking for segments takes longest.
    options = replace(spec.options, features=(), clusters=1)
    if not spec.hindsight:
        options = replace(options, as_of=spec.fit_until)
    model = fit_scoring_model(
        _without(frame_of(cursor, "backtest_sample"), spec.leave_out),
        columns,
        options,
        mapping=snapshot.mapping.to_dict(),
        currency=snapshot.currency,
        fetch=fetch,
        keep=_keeper(cursor, "backtest_fit"),
    )
    has_own = {"probability_of_default", "rating"} & (set(snapshot.kinds) - set(spec.leave_out))
    if model.scorecard is None and not has_own:
        raise InputRefused.because(
            f"by {spec.fit_until} only {model.quality.get('defaults', 0)} defaults were known among "
            f"{model.quality.get('customers', 0):,} customers whose outcome was ripe, too few to fit a model on",
            file=snapshot.name,
            remedy="Choose a later day, or use the outcomes as known at the end.",
        )
    return model


def _without(frame: Frame, names: tuple[str, ...]) -> Frame:
    return frame.drop(*(name for name in names if name in frame.collect_schema().names()))


def _keeper(cursor: duckdb.DuckDBPyConnection, prefix: str) -> Callable[[Frame], Frame]:
    counter = [0]

    def keep(frame: Frame) -> Frame:
        counter[0] += 1
        materialise(cursor, frame, f"{prefix}_{counter[0]}", temporary=True)
        return frame_of(cursor, f"{prefix}_{counter[0]}")

    return keep


def _judged_within(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, model: ScoringModel, spec: BackTestSpec
) -> Frame:
    """Score the cohort with every outcome blanked, then lay the outcomes beside it."""
    new = frame_of(cursor, "backtest_new")
    schema = new.collect_schema()
    blank = [nw.lit(None).cast(schema[name]).alias(name) for name in HIDDEN if name in schema.names()]
    seen = _without(new.with_columns(blank), spec.leave_out)
    scored = score(seen, model, _keeper(cursor, "backtest_score"))
    tiered = (
        tiered_frame(scored, by_rule(spec.policy))
        if spec.policy
        else scored.with_columns(nw.lit("").alias("tier"))
    )
    truth = outcomes_apart(new, spec.dated_by, set(snapshot.kinds))
    joined = tiered.join(truth, on="customer_id", how="inner")
    return with_realised(joined, spec.fit_until, spec.until, spec.margin)
