from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from segmentation.risk.capital import CapitalSettings
from tests.segmentation.risk.customers import customers, values, with_risk

ANNEX_5 = pd.read_csv(Path(__file__).with_name("basel_ii_annex_5.csv"), comment="#")

COLUMNS = {
    "corporate_lgd45": (0.45, {}),
    "mortgage_lgd45": (0.45, {"customer_class": "retail", "collateral_type": "residential"}),
    "mortgage_lgd25": (0.25, {"customer_class": "retail", "collateral_type": "residential"}),
    "other_retail_lgd45": (0.45, {"customer_class": "retail"}),
    "other_retail_lgd85": (0.85, {"customer_class": "retail"}),
    "revolving_lgd45": (0.45, {"customer_class": "retail", "x_product": "Revolving credit"}),
    "revolving_lgd85": (0.85, {"customer_class": "retail", "x_product": "Revolving credit"}),
}


@pytest.mark.parametrize("published", COLUMNS)
def test_risk_weights_against_basel_ii_annex_5(published: str) -> None:
    loss, traits = COLUMNS[published]
    rows = len(ANNEX_5)
    frame = customers(
        probability_of_default=ANNEX_5["pd_percent"] / 100,
        loss_given_default=[loss] * rows,
        exposure=[100.0] * rows,
        **{name: [value] * rows for name, value in traits.items()},
    )
    scored = with_risk(frame, CapitalSettings("basel2", product_column="x_product"))
    percent = [100 * weight for (weight,) in values(scored, "risk_weight")]
    assert percent == pytest.approx(list(ANNEX_5[published]), abs=0.01)


def test_corporate_with_a_turnover_of_50_m_needs_no_size_adjustment() -> None:
    known = {"probability_of_default": [0.01], "loss_given_default": [0.45], "exposure": [100.0]}
    sized = with_risk(customers(**known, annual_revenue=[50e6], currency=["EUR"]))
    unsized = with_risk(customers(**known))
    assert values(sized, "risk_weight") == values(unsized, "risk_weight")


def test_basel_ii_annex_5_also_publishes_corporates_with_a_turnover_of_5_m() -> None:
    # Annex 5, corporate, LGD 45 %, turnover EUR 5 m, PD 1 %: 72.40 %. The committed table has turnover 50 m only.
    frame = customers(
        probability_of_default=[0.01], loss_given_default=[0.45], exposure=[100.0], annual_revenue=[5e6],
        currency=["EUR"],
    )  # fmt: skip
    ((weight, asset_class),) = values(with_risk(frame), "risk_weight", "asset_class")
    assert asset_class == "sme"
    assert 100 * weight == pytest.approx(72.40, abs=0.01)
