"""Portfolios with planted segments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from segmentation.clustering.fit import fit_segment_model
from segmentation.clustering.model import SegmentModel
from segmentation.features import FeatureSpec
from segmentation.frame import Frame
from tests.builders import collect, lazy

SPECS = (
    FeatureSpec("annual_revenue", "number", "log1p"),
    FeatureSpec("years_in_business", "number", "zscore"),
    FeatureSpec("region", "category", "onehot"),
)


def planted(rows: int = 600, seed: int = 3, order: Sequence[int] | None = None) -> Frame:
    """Three kinds of firms: small young southern, middling northern, large old ones without a region."""
    rng = np.random.default_rng(seed)
    kind = np.arange(rows) % 3
    columns = {
        "customer_id": [f"c{row:05d}" for row in range(rows)],
        "planted": kind,
        "annual_revenue": np.exp(rng.normal(np.array([11.0, 14.0, 18.0])[kind], 0.4)),
        "years_in_business": rng.normal(np.array([2.0, 8.0, 30.0])[kind], 1.0),
        "region": np.array(["south", "north", None], dtype=object)[kind],
        "risk_step": [10] * rows,
        "value_score": rng.normal(np.array([20.0, 80.0, 50.0])[kind], 2.0),
    }
    for measure, amount in {
        "exposure": 1000, "drawn": 800, "income": 56, "cost": 20, "expected_loss": 10, "capital": 80,
    }.items():  # fmt: skip
        columns[f"{measure}_minor"] = (kind + 1) * amount * 100
    table = pa.table(columns)
    return lazy(table.take(list(order)) if order is not None else table)


def a_model(frame: Frame | None = None, k: int = 3, seed: int = 11) -> SegmentModel:
    """Fit the three usual features."""
    return fit_segment_model(planted() if frame is None else frame, SPECS, k, seed, collect)
