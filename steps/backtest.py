"""Tiers set on what was known, judged by what happened: in one snapshot with dated outcomes, or in a later one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from segmentation.backtest import Judged, RuleOutcome, against_others, by_shares
from segmentation.fit import fit_scoring_model
from segmentation.policy import TIERS, WORKOUT, Policy
from segmentation.realised import outcomes_apart, with_realised
from segmentation.risk.hazard import SURVIVAL_COLUMNS
from segmentation.score import score
from segmentation.scoring_model import ScoreOptions, ScoringModel
from segmentation.selection import Selection
from steps.house import House
from steps.scoring import columns_of
from steps.tiers import tiered_frame
from steps.views import look_at

JUDGED = (
    "customer_id", "tier", "amount", "probability_of_default", "value_score", "outcome_defaulted", "outcome_loss",
    "outcome_loss_assumed", "outcome_income", "outcome_left_out",
)  # fmt: skip
FEWEST = 20
"""Fewer customers than this are no back-test."""
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
class BackTest:
    """What came of a back-test.

    Attributes
    ----------
    rules : tuple of RuleOutcome
        The tiers as set, then as large ones made in other ways.
    customers : int
        Judged.
    left_out : dict of str to int
        Customers not judged, by reason.
    losses_assumed : int
        Defaults whose loss is not known: LGD · exposure stands in.
    set_on, tiers_from, tiers_to, until : date or None
        The days.
    by_count : bool
        Whether tiers were set by count.
    margin : float or None
        As asked.
    quality : dict
        What the model said of itself; empty when none was fitted.
    """

    rules: tuple[RuleOutcome, ...]
    customers: int
    left_out: Mapping[str, int]
    losses_assumed: int
    set_on: date
    tiers_from: date | None
    tiers_to: date | None
    until: date | None
    by_count: bool
    margin: float | None
    quality: Mapping[str, object]

    @property
    def has_late(self) -> bool:
        """Whether late payers are known."""
        return any(tier.late_rate is not None for tier in self.rules[0].tiers)

    @property
    def defaults(self) -> int:
        """Defaults among all judged."""
        return int(sum(tier.defaults for tier in self.rules[0].tiers))


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


def by_rule(policy: Policy) -> Policy:
    """Give the policy without the tiers people set by hand: they were set on a later day."""
    return replace(policy, overrides=())


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


def judged_rows(
    cursor: duckdb.DuckDBPyConnection, judged: Frame, *more: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Keep the judged rows once; give those with an outcome by customer id, and the others counted by reason."""
    materialise(cursor, judged.select(*JUDGED, *more), "backtest_judged", temporary=True)
    out = cursor.execute(
        "SELECT CASE WHEN tier = ? THEN 'in_default' ELSE outcome_left_out END AS reason, count(*) FROM backtest_judged "
        "WHERE outcome_left_out IS NOT NULL OR tier = ? GROUP BY reason ORDER BY reason",
        [WORKOUT, WORKOUT],
    ).fetchall()
    rows = cursor.execute(
        "SELECT * FROM backtest_judged WHERE outcome_left_out IS NULL AND tier <> ? ORDER BY customer_id",
        [WORKOUT],
    ).df()
    rows["place"] = (
        rows["tier"].map({name: place for place, name in enumerate(TIERS)}).fillna(0).astype(np.int64)
    )
    return rows, {str(reason): int(customers) for reason, customers in out}


def judged_of(rows: pd.DataFrame) -> Judged:
    """Take judged rows as arrays."""

    def numbers(name: str) -> np.ndarray:
        return rows[name].to_numpy(dtype=np.float64, na_value=np.nan)

    return Judged(
        tier=rows["place"].to_numpy(dtype=np.int64),
        amount=np.nan_to_num(numbers("amount")),
        probability=numbers("probability_of_default"),
        value=numbers("value_score"),
        defaulted=rows["outcome_defaulted"].to_numpy(dtype=bool, na_value=False),
        loss=np.nan_to_num(numbers("outcome_loss")),
        income=np.nan_to_num(numbers("outcome_income")),
        late=rows["outcome_late"].to_numpy(dtype=bool, na_value=False) if "outcome_late" in rows else None,
    )


def backtest_of(
    rows: pd.DataFrame, left_out: dict[str, int], set_on: date, until: date | None, name: str
) -> BackTest:
    """Judge rows: the tiers as set, and the same sizes otherwise.

    Raises
    ------
    InputRefused
        When hardly anybody has an outcome.
    """
    if len(rows) < FEWEST:
        reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise InputRefused.because(
            f"only {len(rows)} customers have an outcome ({reasons or 'nobody else'})",
            file=name, remedy="Choose other days or snapshots.",
        )  # fmt: skip
    return BackTest(
        rules=against_others(judged_of(rows)),
        customers=len(rows),
        left_out=left_out,
        losses_assumed=int(rows["outcome_loss_assumed"].sum()),
        set_on=set_on,
        tiers_from=None,
        tiers_to=None,
        until=until,
        by_count=False,
        margin=None,
        quality={},
    )
