"""A simulated book: what is planted of value groups and of treatments is found again."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

import pipeline
from data.samples.simulate import simulate
from segmentation.policy import TIERS
from segmentation.returns.treatment import with_treated, with_untreated
from segmentation.treatment import Treatment
from settings import Settings
from tests.builders import collect
from tests.segmentation.returns.builders import a_scored_portfolio


def test_planted_value_groups_are_found_and_ranked(tmp_path: Path) -> None:
    house = pipeline.open_house(Settings(home=tmp_path / "home"))
    frame = simulate(0, customers=2_000)
    planted = frame[["customer_id", "planted_group"]]
    path = tmp_path / "book.parquet"
    frame.drop(columns=["planted_group", "planted_pd"]).to_parquet(path)
    person = pipeline.Person("ann", frozenset({"admin"}))
    mapping = pipeline.inspect_file(house, path, path.name).mapping
    snapshot, _ = pipeline.import_file(house, [path], mapping=mapping, name="book", person=person)
    scored = pipeline.open_scored(house, snapshot.snapshot_id)
    with house.warehouse.cursor() as cursor:
        rows = cursor.execute(f"SELECT customer_id, segment, value_score FROM {scored.table}").df()
    house.close()
    rows = rows.merge(planted, on="customer_id")
    assert adjusted_rand_score(rows["planted_group"], rows["segment"]) > 0.75
    # Planted: old, large, safe and loyal at the top; young, hard-drawn and risky at the bottom.
    mean = rows.groupby("planted_group")["value_score"].mean().sort_values()
    assert (mean.index[0], mean.index[-1]) == ("young growth firms", "established manufacturers")


PLANTED = Treatment(
    price_change_bp=-40,
    limit_multiplier=1.3,
    headroom_use=0.6,
    collateral_cover=0.5,
    service_cost_rate=0.002,
    take_up=0.4,
)
WORLDS = 400


def what_happens(rows: pd.DataFrame, random: np.random.Generator) -> np.ndarray:
    """One world: each customer takes the offer or not, draws, pays, gives collateral. Written without the product."""
    takes = random.uniform(size=len(rows)) < PLANTED.take_up
    drawn, undrawn, limit = (rows[name].to_numpy(float) for name in ("drawn", "undrawn", "credit_limit"))
    has_limit = ~np.isnan(limit)
    new_limit = np.where(takes, limit * PLANTED.limit_multiplier, limit)
    more = np.where(
        has_limit, PLANTED.headroom_use * np.maximum(0.0, new_limit - np.maximum(limit, drawn)), 0.0
    )
    new_drawn = drawn + more
    new_undrawn = np.where(has_limit, np.maximum(0.0, new_limit - new_drawn), undrawn)
    before = rows["exposure_at_default"].to_numpy(float)
    exposure = np.maximum(before + more + 0.4 * (new_undrawn - undrawn), np.minimum(before, new_drawn))
    rate = np.nan_to_num(rows["interest_rate"].to_numpy(float), nan=0.07) - np.where(takes, 0.004, 0.0)
    income = (
        new_drawn * rate + new_undrawn * np.nan_to_num(rows["commitment_fee"].to_numpy(float))
        + np.nan_to_num(rows["fee_income"].to_numpy(float))
    )  # fmt: skip
    servicing = rows["servicing_cost"].to_numpy(float)
    cost = (
        new_drawn * np.nan_to_num(rows["funding_rate"].to_numpy(float), nan=0.03)
        + np.where(np.isnan(servicing), new_drawn * 0.005, servicing) + new_drawn * PLANTED.service_cost_rate
    )  # fmt: skip
    return np.array([exposure.sum(), new_drawn.sum(), income.sum(), cost.sum()])


def test_planted_take_up_is_met_on_average() -> None:
    """Customers who each say yes or no add up to what the treatment promises, within chance.

    The treatment works with the share that accepts; exposure, drawn money, income and cost are
    linear in who accepts wherever drawn money lies within the limit, so their means must agree.
    """
    frame = a_scored_portfolio(400, 5).filter(
        (nw.col("drawn") <= nw.col("credit_limit")) | nw.col("credit_limit").is_null()
    )
    treated = collect(
        with_treated(with_untreated(frame), dict.fromkeys(TIERS, PLANTED), credit_conversion_factor=0.4)
    )
    names = ("exposure", "drawn", "income", "cost")
    promised = np.array([treated[f"{name}_minor__core"].sum() / 100 for name in names])
    rows = collect(frame)
    random = np.random.default_rng(11)
    worlds = np.stack([what_happens(rows, random) for _ in range(WORLDS)])
    error = worlds.std(axis=0, ddof=1) / np.sqrt(WORLDS)
    # Price acts on drawn money, and both on who accepts: the product misses their covariance, at most
    # the take-up's variance times 40 bp on the money newly drawn.
    covariance = (
        PLANTED.take_up
        * (1 - PLANTED.take_up)
        * 0.004
        * (promised[1] - rows["drawn"].sum())
        / PLANTED.take_up
    )
    slack = np.array([0.0, 0.0, abs(covariance), 0.0])
    assert (np.abs(worlds.mean(axis=0) - promised) <= 4 * error + slack + 5.0).all()
    # And the promise is not nothing: it differs from today's by far more than chance.
    today = np.array([rows["exposure_at_default"].sum(), rows["drawn"].sum()])
    assert (promised[:2] - today > 20 * error[:2]).all()
