"""What the simulator plants can be found again."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from data.contract import BY_NAME
from data.samples.simulate import DRIFT, DRIFTING_INDUSTRY, simulate


def test_every_contract_column_is_filled() -> None:
    frame = simulate(0, customers=500)
    assert set(BY_NAME) <= set(frame.columns)
    assert [name for name in BY_NAME if frame[name].notna().sum() == 0] == []


def test_defaults_follow_the_planted_probabilities() -> None:
    frame = simulate(0, customers=20_000)
    bins = np.digitize(frame["planted_pd"], np.quantile(frame["planted_pd"], [0.5, 0.8, 0.95]))
    for place in range(4):
        own = frame[bins == place]
        expected = own["planted_pd"].mean()
        error = 4 * np.sqrt(expected * (1 - expected) / len(own))
        assert abs(own["defaulted"].mean() - expected) < error


def test_construction_deteriorates_and_nobody_else_does() -> None:
    months = [simulate(month, customers=2_000) for month in range(3)]
    builds = months[0]["industry"] == DRIFTING_INDUSTRY
    ratio = months[2]["planted_pd"][builds].median() / months[0]["planted_pd"][builds].median()
    assert abs(ratio - DRIFT[2]) < 0.01
    assert (months[2]["planted_pd"][~builds] == months[0]["planted_pd"][~builds]).all()


def test_the_planted_groups_can_be_found() -> None:
    frame = simulate(0, customers=3_000)
    columns = frame[["employees", "annual_revenue", "years_in_business", "products_held", "tenure_months"]]
    matrix = np.column_stack(
        [np.log1p(columns.to_numpy(dtype=float)), 4 * frame["utilisation"].to_numpy(dtype=float)]
    )
    matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    found = KMeans(5, n_init=5, random_state=0).fit_predict(matrix)
    assert adjusted_rand_score(frame["planted_group"], found) > 0.8
