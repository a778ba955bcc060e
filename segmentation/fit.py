"""Fit everything that is fitted, on a sample of the portfolio: scorecard, hazard, losses, value, segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from data.contract import KnownWhen
from data.errors import ColumnNotFound
from segmentation.clustering.fit import fit_segment_model
from segmentation.clustering.model import SegmentModel
from segmentation.feature_choice import admissible_features, column_facts, default_features, feature_spec
from segmentation.features import FeatureSpec
from segmentation.frame import Frame
from segmentation.returns.acquisition import with_market_cost
from segmentation.returns.profit import with_returns
from segmentation.risk.capital import CapitalSettings
from segmentation.risk.exposure import ExposureSettings, with_exposure
from segmentation.risk.hazard import (
    SURVIVAL_COLUMNS,
    HazardModel,
    can_be_dated,
    fit_hazard,
    last_day_seen,
)
from segmentation.risk.loss import FOUNDATION_ONLY, fit_loss_table
from segmentation.risk.probability import ProbabilitySettings
from segmentation.risk.ratings import master_scale_for
from segmentation.sample import Fetch
from segmentation.score import Keep, prepared, with_risk
from segmentation.scorecard.compile import with_scorecard
from segmentation.scorecard.fit import Scorecard, ScorecardFit, fit_scorecard
from segmentation.scorecard.guard import Candidate
from segmentation.scorecard.horizon import Horizon, observed_horizon
from segmentation.scorecard.outcome import DEFAULT_WINDOW_MONTHS, known_as_of, with_windowed_outcome
from segmentation.scoring_model import DEFAULT_CLUSTERS, PortfolioColumn, ScoreOptions, ScoringModel
from segmentation.value import ValueReference, fit_value_reference, with_value_score

LATE: frozenset[KnownWhen] = frozenset({"later", "after_default"})


def fit_scoring_model(
    sample: Frame,
    columns: Sequence[PortfolioColumn],
    options: ScoreOptions,
    *,
    mapping: dict[str, Any],  # Any: plain JSON
    currency: str | None,
    fetch: Fetch,
    keep: Keep,
) -> ScoringModel:
    """Fit everything that is fitted, on a sample of the portfolio.

    Parameters
    ----------
    sample : Frame
        A seeded sample, in an order that depends only on the customers.
    columns : sequence of PortfolioColumn
        What the portfolio has.
    options : ScoreOptions
        What a person chose.
    mapping, currency
        How the source was read; kept with the model.
    fetch : Fetch
        Runs a lazy frame and gives pandas.
    keep : callable
        Runs a lazy frame and gives a frame.

    Raises
    ------
    ColumnNotFound
        When a feature is asked for that the portfolio does not have.
    """
    known = [column.name for column in columns]
    for asked in (options.features, options.scorecard_features):
        missing = [name for name in asked or () if name not in known]
        if missing:
            raise ColumnNotFound.from_missing(missing, known)
    columns = [_as_accepted(column, options) for column in columns]
    sample = prepared(sample, currency)
    if options.as_of is not None:
        sample = keep(known_as_of(sample, options.as_of))
    fitted, horizon = _scorecard(sample, columns, options, fetch)
    hazard = _hazard(sample, fitted.scorecard, options, known, fetch, keep)
    empty_reference = ValueReference(inputs=(), absent=(), customers=0)
    draft = ScoringModel(
        columns=tuple(columns),
        mapping=mapping,
        currency=currency,
        exposure=ExposureSettings(),
        probability=_probability_settings(sample, known, fetch),
        capital=CapitalSettings(),
        returns=with_market_cost(options.returns, currency),
        loss_table=FOUNDATION_ONLY,
        scorecard=fitted.scorecard,
        horizon=horizon,
        hazard=hazard,
        reference=empty_reference,
        segments=_one_segment(sample, options.seed, fetch),
        quality=fitted.quality.to_dict() | _outcome_of(options),
        refused=tuple(verdict.to_dict() for verdict in fitted.refused),
        flagged=tuple(verdict.to_dict() for verdict in fitted.flagged),
        seed=options.seed,
    )
    if {"loss_amount", "defaulted"} <= set(known):
        exposed = with_exposure(sample, draft.exposure)
        flagged = exposed.with_columns(nw.col("defaulted").fill_null(False).alias("is_defaulted"))
        draft = replace(draft, loss_table=fit_loss_table(keep(flagged)))
    scored = keep(with_returns(with_risk(sample, draft), draft.returns))
    draft = replace(draft, reference=options.reference or fit_value_reference(scored, fetch, options.weights))
    valued = keep(with_value_score(scored, draft.reference))
    return replace(draft, segments=fit_segments_of(valued, columns, options, fetch))


def _as_accepted(column: PortfolioColumn, options: ScoreOptions) -> PortfolioColumn:
    """Take a person's word that an extra column is known in time, whatever its header sounds like."""
    is_accepted = column.role == "custom" and bool({column.name, column.header} & options.accepted)
    return replace(column, known_when="application") if is_accepted else column


def _probability_settings(sample: Frame, known: Sequence[str], fetch: Fetch) -> ProbabilitySettings:
    """Choose the master scale by the ratings the portfolio uses: an internal D is no default."""
    if "rating" not in known:
        return ProbabilitySettings()
    levels = fetch(sample.select("rating").unique().drop_nulls())["rating"]
    return ProbabilitySettings(master_scale=dict(master_scale_for(sorted(str(level) for level in levels))))


def _one_segment(sample: Frame, seed: int, fetch: Fetch) -> SegmentModel:
    """Everybody in one segment: what stands until segments are fitted."""
    return fit_segment_model(
        sample.with_columns(nw.lit(0.0).alias("value_score")).head(2), [], 1, seed, fetch
    )


def fit_segments_of(
    valued: Frame, columns: Sequence[PortfolioColumn], options: ScoreOptions, fetch: Fetch
) -> SegmentModel:
    """Fit segments on a valued sample with the features asked for, or the first choice."""
    specs = feature_specs(valued, columns, options, fetch)
    wanted = options.clusters or DEFAULT_CLUSTERS
    return fit_segment_model(valued, specs, wanted, options.seed, fetch)


def feature_specs(
    valued: Frame, columns: Sequence[PortfolioColumn], options: ScoreOptions, fetch: Fetch
) -> list[FeatureSpec]:
    """Choose features: those asked for that may be used, else the first choice.

    Raises
    ------
    ColumnNotFound
        When none of those asked for may be a feature.
    """
    traits = {column.name: column.traits for column in columns}
    facts = column_facts(valued, list(traits), fetch)
    admissions = admissible_features(traits, facts)
    if options.features is None:
        chosen = default_features(admissions, traits, facts, valued, fetch)
    else:
        admitted = {entry.column for entry in admissions if entry.is_admitted}
        usable = [name for name in options.features if name in admitted]
        if options.features and not usable:
            raise ColumnNotFound.from_missing(list(options.features), admitted)
        chosen = [feature_spec(name, traits[name]) for name in usable]
    return [replace(spec, weight=options.feature_weights.get(spec.column, spec.weight)) for spec in chosen]


def _scorecard(
    sample: Frame, columns: Sequence[PortfolioColumn], options: ScoreOptions, fetch: Fetch
) -> tuple[ScorecardFit, Horizon]:
    """Fit a scorecard where own outcomes are known."""
    names = {column.name for column in columns}
    candidates = [_candidate(column) for column in columns if _may_try(column, options)]
    if "defaulted" not in names:
        outcome, rows = pd.Series([], dtype="object"), pd.DataFrame()
    else:
        wanted = [candidate.name for candidate in candidates if not candidate.excluded]
        judged = _judged(sample, options, names, fetch)
        rows = fetch(judged.select("defaulted", *wanted))
        outcome = rows["defaulted"]
    fitted = fit_scorecard(rows, outcome, candidates, seed=options.seed, accepted=options.accepted)
    if options.horizon_months is not None:
        return fitted, Horizon(float(options.horizon_months), "setting")
    return fitted, observed_horizon(sample, sorted(names), fetch) if fitted.scorecard else Horizon()


def _outcome_of(options: ScoreOptions) -> dict[str, Any]:  # Any: plain JSON
    """Say by which outcome the scorecard was fitted."""
    if options.as_of is None and options.window_months is None:
        return {"as_of": None, "window_months": None}
    as_of = options.as_of.isoformat() if options.as_of else None
    return {"as_of": as_of, "window_months": options.window_months or DEFAULT_WINDOW_MONTHS}


def _judged(sample: Frame, options: ScoreOptions, names: set[str], fetch: Fetch) -> Frame:
    """Give the sample with the outcome a scorecard is fitted to: the flag, or that of a window.

    Raises
    ------
    ColumnNotFound
        When a window is asked for but outcomes have no dates.
    """
    if options.as_of is None and options.window_months is None:
        return sample
    missing = sorted(set(SURVIVAL_COLUMNS) - names)
    if missing:
        raise ColumnNotFound.from_missing(missing, sorted(names))
    as_of = options.as_of or last_day_seen(sample, fetch)
    if as_of is None:
        return sample
    return with_windowed_outcome(sample, as_of, options.window_months or DEFAULT_WINDOW_MONTHS)


def _hazard(
    sample: Frame,
    scorecard: Scorecard | None,
    options: ScoreOptions,
    known: Sequence[str],
    fetch: Fetch,
    keep: Keep,
) -> HazardModel | None:
    """Fit the hazard where outcomes are dated and nobody has said what the outcome covers."""
    if scorecard is None or options.horizon_months is not None or not can_be_dated(set(known)):
        return None
    as_of = options.as_of or last_day_seen(sample, fetch)
    if as_of is None:
        return None
    scored = keep(with_scorecard(sample, scorecard, Horizon()))
    return fit_hazard(scored, "probability_of_default_scorecard", as_of, fetch)


def _may_try(column: PortfolioColumn, options: ScoreOptions) -> bool:
    # Given risk figures are no features: they are what a scorecard would replace.
    own_risk = {"probability_of_default", "horizon_months", "loss_given_default", "defaulted", "rating",
                "probability_of_default_at_origination"}  # fmt: skip
    if column.name in own_risk or (column.kind == "date" and column.role != "outcome"):
        return False
    wanted = options.scorecard_features
    return wanted is None or column.name in wanted or bool(_exclusion(column))


def _candidate(column: PortfolioColumn) -> Candidate:
    return Candidate(column.name, column.header, column.kind not in ("text", "flag"), _exclusion(column))


def _exclusion(column: PortfolioColumn) -> str:
    """Why the contract keeps a column out of the scorecard; empty when it may try."""
    if column.role == "outcome":
        return "outcome"
    if column.personal == "protected":
        return "protected"
    if column.known_when in LATE:
        return "known_later"
    is_key = column.role == "identity" or column.personal in ("identifier", "personal")
    return "identity" if is_key else ""


def usable_candidates(model: ScoringModel) -> list[Candidate]:
    """List the columns a model's scorecard was chosen from: all the guard has let in."""
    refused = {verdict["column"] for verdict in model.refused}
    options = ScoreOptions()
    return [
        _candidate(column)
        for column in model.columns
        if _may_try(column, options) and not _exclusion(column) and column.header not in refused
    ]


def contract_candidates(columns: Sequence[PortfolioColumn]) -> list[Candidate]:
    """List the columns that could predict default, with what the contract keeps out."""
    return [_candidate(column) for column in columns if _may_try(column, ScoreOptions())]
