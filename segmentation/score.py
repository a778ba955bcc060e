"""All formulas in their order: a portfolio in, a scored portfolio out."""

from __future__ import annotations

from collections.abc import Callable

import narwhals as nw

from data.contract import COLUMNS
from segmentation.clustering.compile import with_segment
from segmentation.frame import DTYPES, Frame, with_absent_columns
from segmentation.lifecycle import with_lifecycle
from segmentation.returns.profit import with_returns
from segmentation.returns.treatment import with_untreated
from segmentation.risk.capital import with_capital, with_expected_loss
from segmentation.risk.exposure import with_exposure
from segmentation.risk.guarantee import knows_guarantors, with_guarantor, without_guarantor
from segmentation.risk.hazard import with_hazard
from segmentation.risk.ladder import with_risk_step
from segmentation.risk.loss import with_loss_given_default
from segmentation.risk.probability import with_probability
from segmentation.risk.slotting import with_slotting_grade
from segmentation.scorecard.compile import with_scorecard
from segmentation.scorecard.horizon import Horizon
from segmentation.scoring_model import ScoringModel
from segmentation.value import with_value_score

Keep = Callable[[Frame], Frame]
"""Runs a lazy frame once and gives its result as a frame, so that later steps do not run it again."""


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
    frame = _with_own_probability(frame, model)
    frame = with_probability(frame, model.probability)
    own = nw.col("probability_source") == "scorecard"
    frame = frame.with_columns(
        nw.when(own).then(nw.col("probability_of_default_lifetime")).alias("probability_of_default_lifetime")
    )
    guaranteed = knows_guarantors([column.name for column in model.columns])
    frame = with_guarantor(frame, model.probability.master_scale) if guaranteed else without_guarantor(frame)
    frame = with_loss_given_default(frame, model.loss_table)
    frame = with_expected_loss(frame)
    return with_capital(frame, model.capital, guaranteed=guaranteed)


def _with_own_probability(frame: Frame, model: ScoringModel) -> Frame:
    """Add the scorecard's 12-month PD and the lifetime PD, by the hazard where outcomes are dated."""
    if model.scorecard is None or model.hazard is None:
        unknown = nw.lit(None).cast(nw.Float64).alias("probability_of_default_lifetime")
        return with_scorecard(frame, model.scorecard, model.horizon).with_columns(unknown)
    scored = with_scorecard(frame, model.scorecard, Horizon())
    return with_hazard(scored, model.hazard, "probability_of_default_scorecard")


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
