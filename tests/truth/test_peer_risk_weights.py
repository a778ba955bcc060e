"""Risk weights of 500 random exposures, against an independent library's (see make_peer_table.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from segmentation.risk.capital import CapitalSettings
from tests.segmentation.risk.customers import customers, values, with_risk

TABLE = pd.read_csv(Path(__file__).with_name("peer_risk_weights.csv"), comment="#")
CLASSES = {
    "corporate": ("corporate", None, None),
    "sme": ("sme", None, None),
    "residential_mortgage": ("retail", "residential", None),
    "qrre": ("retail", None, "credit card"),
    "other_retail": ("retail", None, None),
}


def test_risk_weights_against_creditriskengine_0_31() -> None:
    traits = [CLASSES[name] for name in TABLE["asset_class"]]
    frame = customers(
        customer_id=[str(place) for place in range(len(TABLE))],
        probability_of_default=TABLE["probability"].tolist(), loss_given_default=TABLE["loss"].tolist(),
        exposure=[100.0] * len(TABLE), customer_class=[trait[0] for trait in traits],
        collateral_type=[trait[1] for trait in traits], product=[trait[2] for trait in traits],
        remaining_months=(TABLE["years"] * 12).tolist(), currency=["EUR"] * len(TABLE),
        annual_revenue=[None if np.isnan(value) else value * 1e6 for value in TABLE["turnover_million"]],
    )  # fmt: skip
    found = dict(values(with_risk(frame, CapitalSettings("basel3")), "customer_id", "risk_weight"))
    ours = np.array([found[str(place)] for place in range(len(TABLE))]) * 100
    assert np.max(np.abs(ours / TABLE["risk_weight_percent"] - 1)) < 1e-9
