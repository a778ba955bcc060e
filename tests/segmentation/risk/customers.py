"""Customers for risk tests: a few columns given, every other contract column a typed null."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from data.contract import COLUMNS, column
from segmentation.frame import Frame, with_absent_columns
from segmentation.risk.capital import CapitalSettings, with_capital, with_expected_loss
from segmentation.risk.exposure import ExposureSettings, with_exposure
from segmentation.risk.guarantee import with_guarantor
from segmentation.risk.ladder import with_risk_step
from segmentation.risk.loss import FOUNDATION_ONLY, LossTable, with_loss_given_default
from segmentation.risk.probability import ProbabilitySettings, with_probability
from segmentation.risk.ratings import DEFAULT_MASTER_SCALE
from segmentation.risk.slotting import with_slotting_grade
from tests.builders import lazy

TYPES = {"text": pa.string(), "integer": pa.int64(), "date": pa.date32(), "flag": pa.bool_()}
EXTRA = {"probability_of_default_scorecard": "number", "x_product": "text"}


def customers(**given: Sequence[object]) -> Frame:
    """Build customers on DuckDB; the scorecard's column is there too."""
    rows = max((len(values) for values in given.values()), default=1)
    kinds = {name: EXTRA.get(name) or column(name).kind for name in given}
    columns = {name: pa.array(given[name], TYPES.get(kinds[name], pa.float64())) for name in given}
    for name in EXTRA.keys() - given.keys():
        columns[name] = pa.nulls(rows, TYPES.get(EXTRA[name], pa.float64()))
    return with_absent_columns(lazy(pa.table(columns)), COLUMNS)


def with_risk(
    frame: Frame, capital: CapitalSettings | None = None, losses: LossTable = FOUNDATION_ONLY
) -> Frame:
    """Run every risk step in its order, with default settings."""
    frame = with_slotting_grade(with_exposure(frame, ExposureSettings()))
    frame = with_risk_step(with_probability(frame, ProbabilitySettings()))
    frame = with_guarantor(frame, DEFAULT_MASTER_SCALE)
    frame = with_expected_loss(with_loss_given_default(frame, losses))
    return with_capital(frame, capital or CapitalSettings(), guaranteed=True)


def values(frame: Frame, *names: str) -> list[tuple[object, ...]]:
    """Give rows of a few columns as plain tuples, null as None."""
    return frame.select(*names).to_native().fetchall()


def one(frame: Frame, name: str) -> object:
    """Give a column of the only row."""
    ((value,),) = values(frame, name)
    return value
