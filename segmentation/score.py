"""All formulas in their order: a portfolio in, a scored portfolio out.

A scoring model is one frozen record, written as one JSON file. It is fitted
once, on a sample; a new snapshot, an applicant or a what-if is scored by the
model in force, row by row, so nobody's score moves because others arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import narwhals as nw
import pandas as pd

from data.contract import BY_NAME, COLUMNS, Kind, KnownWhen, Personal, Role
from data.errors import ColumnNotFound, ModelInvalid, Problem
from data.identity import content_hash
from segmentation.clustering.compile import with_segment
from segmentation.clustering.fit import fit_segment_model
from segmentation.clustering.model import SegmentModel
from segmentation.feature_choice import (
    ColumnTraits,
    admissible_features,
    column_facts,
    default_features,
    feature_spec,
)
from segmentation.features import FeatureSpec
from segmentation.frame import DTYPES, Frame, with_absent_columns
from segmentation.lifecycle import with_lifecycle
from segmentation.returns.profit import with_returns
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.treatment import with_untreated
from segmentation.risk.capital import CapitalSettings, with_capital, with_expected_loss
from segmentation.risk.exposure import ExposureSettings, with_exposure
from segmentation.risk.guarantee import knows_guarantors, with_guarantor, without_guarantor
from segmentation.risk.ladder import LADDER, with_risk_step
from segmentation.risk.loss import FOUNDATION_ONLY, LossTable, fit_loss_table, with_loss_given_default
from segmentation.risk.probability import ProbabilitySettings, with_probability
from segmentation.risk.ratings import master_scale_for
from segmentation.risk.slotting import with_slotting_grade
from segmentation.sample import Fetch
from segmentation.scorecard.compile import with_scorecard
from segmentation.scorecard.fit import Scorecard, ScorecardFit, fit_scorecard
from segmentation.scorecard.guard import Candidate
from segmentation.scorecard.horizon import Horizon, observed_horizon
from segmentation.value import ValueReference, fit_value_reference, with_value_score

VERSION = 1
DEFAULT_CLUSTERS = 5
LATE: frozenset[KnownWhen] = frozenset({"later", "after_default"})

Keep = Callable[[Frame], Frame]
"""Runs a lazy frame once and gives its result as a frame, so that later steps do not run it again."""


@dataclass(frozen=True, slots=True)
class PortfolioColumn:
    """A column as this portfolio has it: the contract's facts, or an extra column's.

    Attributes
    ----------
    name, header : str
        In the portfolio, and in its source.
    kind, role, personal, known_when
        As in the contract; extra columns have the role `custom`.
    """

    name: str
    header: str
    kind: Kind
    role: Role = "custom"
    personal: Personal = "none"
    known_when: KnownWhen = "application"

    @property
    def traits(self) -> ColumnTraits:
        """What decides whether it may be a feature."""
        return ColumnTraits(self.kind, self.role, self.personal, self.known_when)


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What a person may choose before a model is fitted.

    Attributes
    ----------
    clusters : int or None
        Segments asked for; None for `DEFAULT_CLUSTERS`: the best silhouette often says two, which
        tells nobody anything, so it is only shown as a suggestion.
    features : tuple of str or None
        Columns of the segments; None for the first choice.
    feature_weights : dict
        Weight of a feature, 1 when not named.
    scorecard_features : tuple of str or None
        Columns of the scorecard; None for all that may enter.
    accepted : frozenset of str
        Features accepted although the leak guard refuses them.
    seed : int
        Of everything random.
    horizon_months : float or None
        Months the outcome covers, when a person knows.
    returns : ReturnsSettings
        Assumed prices.
    """

    clusters: int | None = None
    features: tuple[str, ...] | None = None
    feature_weights: dict[str, float] = field(default_factory=dict)
    scorecard_features: tuple[str, ...] | None = None
    accepted: frozenset[str] = frozenset()
    seed: int = 0
    horizon_months: float | None = None
    returns: ReturnsSettings = field(default_factory=ReturnsSettings)


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """Everything that turns a row into its figures.

    Attributes
    ----------
    columns : tuple of PortfolioColumn
        What the portfolio it was fitted on had.
    mapping : dict
        How its source was read; a second file is read the same way.
    currency : str or None
        Code of the amounts where no column says it.
    exposure, probability, capital, returns
        Settings of the formulas.
    loss_table : LossTable
        Observed losses by group.
    scorecard : Scorecard or None
        None when outcomes do not carry one.
    horizon : Horizon
        Months the outcome covered.
    reference : ValueReference
        Frozen scale of the value score.
    segments : SegmentModel
        Frozen segments.
    quality, refused, flagged
        What the fit said of itself, as plain values.
    seed : int
        Of everything random.
    """

    columns: tuple[PortfolioColumn, ...]
    mapping: dict[str, Any]  # Any: plain JSON
    currency: str | None
    exposure: ExposureSettings
    probability: ProbabilitySettings
    capital: CapitalSettings
    returns: ReturnsSettings
    loss_table: LossTable
    scorecard: Scorecard | None
    horizon: Horizon
    reference: ValueReference
    segments: SegmentModel
    quality: dict[str, Any]  # Any: plain JSON
    refused: tuple[dict[str, Any], ...]  # Any: plain JSON
    flagged: tuple[dict[str, Any], ...]  # Any: plain JSON
    seed: int

    @property
    def identity(self) -> str:
        """Content hash of the model."""
        return content_hash(self.to_dict())

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for the JSON file."""
        return {
            "version": VERSION,
            "columns": [asdict(column) for column in self.columns],
            "mapping": self.mapping,
            "currency": self.currency,
            "exposure": self.exposure.to_dict(),
            "probability": self.probability.to_dict(),
            "capital": self.capital.to_dict(),
            "returns": self.returns.to_dict(),
            "loss_table": self.loss_table.to_dict(),
            "scorecard": self.scorecard.to_dict() if self.scorecard else None,
            "horizon": self.horizon.to_dict(),
            "reference": self.reference.to_dict(),
            "segments": self.segments.to_dict(),
            "ladder": list(LADDER),
            "quality": self.quality,
            "refused": list(self.refused),
            "flagged": list(self.flagged),
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any], source: str = "the model") -> ScoringModel:  # Any: plain JSON
        """Read :meth:`to_dict`'s values.

        Raises
        ------
        ModelInvalid
            When it is no scoring model, or of another version or ladder.
        """
        if values.get("version") != VERSION:
            problem = Problem(source, f"is no scoring model of version {VERSION}", "Fit a model anew.")
            raise ModelInvalid.from_problems([problem])
        if values.get("ladder") != list(LADDER):
            problem = Problem(source, "was made on another risk ladder", "Fit a model anew.")
            raise ModelInvalid.from_problems([problem])
        try:
            return cls(
                columns=tuple(PortfolioColumn(**row) for row in values["columns"]),
                mapping=values["mapping"],
                currency=values["currency"],
                exposure=ExposureSettings.from_dict(values["exposure"]),
                probability=ProbabilitySettings.from_dict(values["probability"]),
                capital=CapitalSettings.from_dict(values["capital"]),
                returns=ReturnsSettings(**values["returns"]),
                loss_table=LossTable.from_dict(values["loss_table"]),
                scorecard=Scorecard.from_dict(values["scorecard"]) if values["scorecard"] else None,
                horizon=Horizon(**values["horizon"]),
                reference=ValueReference.from_dict(values["reference"]),
                segments=SegmentModel.from_dict(values["segments"]),
                quality=values["quality"],
                refused=tuple(values["refused"]),
                flagged=tuple(values["flagged"]),
                seed=values["seed"],
            )
        except (KeyError, TypeError, ValueError) as error:
            problem = Problem(source, f"a part is missing or odd ({error})", "Fit a model anew.")
            raise ModelInvalid.from_problems([problem]) from None


def prepared(frame: Frame, currency: str | None) -> Frame:
    """Add absent contract columns as nulls, and the currency where rows do not say it."""
    full = with_absent_columns(frame, COLUMNS)
    if currency:
        full = full.with_columns(nw.col("currency").fill_null(currency))
    return full


def with_missing_extras(frame: Frame, model: ScoringModel) -> Frame:
    """Add extra columns the model reads but the portfolio lacks, as nulls."""
    present = set(frame.collect_schema().names())
    absent = [c for c in model.columns if c.role == "custom" and c.name not in present]
    if not absent:
        return frame
    return frame.with_columns(nw.lit(None).cast(DTYPES[column.kind]).alias(column.name) for column in absent)


def with_risk(frame: Frame, model: ScoringModel) -> Frame:
    """Exposure, PD, LGD, expected loss and capital, in this order."""
    frame = with_exposure(frame, model.exposure)
    frame = with_slotting_grade(frame)
    frame = with_scorecard(frame, model.scorecard, model.horizon)
    frame = with_probability(frame, model.probability)
    guaranteed = knows_guarantors([column.name for column in model.columns])
    frame = with_guarantor(frame, model.probability.master_scale) if guaranteed else without_guarantor(frame)
    frame = with_loss_given_default(frame, model.loss_table)
    frame = with_expected_loss(frame)
    return with_capital(frame, model.capital, guaranteed=guaranteed)


def score(frame: Frame, model: ScoringModel, keep: Keep) -> Frame:
    """Score a portfolio by a model: the seam of this room.

    Parameters
    ----------
    frame : Frame
        Customers as ingested.
    model : ScoringModel
        The model in force.
    keep : callable
        Runs a frame once and gives its result; called between stages, so that
        no formula is worked out twice.

    Returns
    -------
    Frame
        All columns of the portfolio, the contract's absent ones as nulls, and
        exposure, risk, returns, value, segment, life cycle and the untreated
        measures in hundredths.
    """
    frame = with_missing_extras(prepared(frame, model.currency), model)
    frame = keep(with_risk(frame, model))
    frame = with_returns(frame, model.returns)
    frame = with_value_score(frame, model.reference)
    frame = with_risk_step(with_lifecycle(frame))
    frame = with_segment(keep(frame), model.segments)
    # Whoever nothing is known of stands at the bottom of the scale, not outside it.
    frame = frame.with_columns(nw.col("value_step").fill_null(0), nw.col("value_coverage").fill_null(0.0))
    return with_untreated(frame)


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
    sample = prepared(sample, currency)
    fitted, horizon = _scorecard(sample, columns, options, fetch)
    empty_reference = ValueReference(inputs=(), absent=(), customers=0)
    draft = ScoringModel(
        columns=tuple(columns),
        mapping=mapping,
        currency=currency,
        exposure=ExposureSettings(),
        probability=_probability_settings(sample, known, fetch),
        capital=CapitalSettings(),
        returns=options.returns,
        loss_table=FOUNDATION_ONLY,
        scorecard=fitted.scorecard,
        horizon=horizon,
        reference=empty_reference,
        segments=_one_segment(sample, options.seed, fetch),
        quality=fitted.quality.to_dict(),
        refused=tuple(verdict.to_dict() for verdict in fitted.refused),
        flagged=tuple(verdict.to_dict() for verdict in fitted.flagged),
        seed=options.seed,
    )
    if {"loss_amount", "defaulted"} <= set(known):
        exposed = with_exposure(sample, draft.exposure)
        flagged = exposed.with_columns(nw.col("defaulted").fill_null(False).alias("is_defaulted"))
        draft = replace(draft, loss_table=fit_loss_table(keep(flagged)))
    scored = keep(with_returns(with_risk(sample, draft), draft.returns))
    draft = replace(draft, reference=fit_value_reference(scored, fetch))
    valued = keep(with_value_score(scored, draft.reference))
    return replace(draft, segments=fit_segments_of(valued, columns, options, fetch))


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
        rows = fetch(sample.select("defaulted", *wanted))
        outcome = rows["defaulted"]
    fitted = fit_scorecard(rows, outcome, candidates, seed=options.seed, accepted=options.accepted)
    if options.horizon_months is not None:
        return fitted, Horizon(float(options.horizon_months), "setting")
    return fitted, observed_horizon(sample, sorted(names), fetch) if fitted.scorecard else Horizon()


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


def portfolio_columns(
    kinds: dict[str, Kind],
    headers: dict[str, str],
    is_protected: Callable[[str], bool],
    looks_late: Callable[[str], bool],
) -> tuple[PortfolioColumn, ...]:
    """Describe a portfolio's columns: the contract's facts, and for extra ones what their header tells."""
    found = []
    for name, kind in kinds.items():
        header = headers.get(name, name)
        known = BY_NAME.get(name)
        if known is not None:
            found.append(PortfolioColumn(name, header, kind, known.role, known.personal, known.known_when))
        elif name.startswith("x_"):
            personal: Personal = "protected" if is_protected(header) else "none"
            found.append(
                PortfolioColumn(
                    name, header, kind, "custom", personal, "later" if looks_late(header) else "application"
                )
            )
    return tuple(found)
