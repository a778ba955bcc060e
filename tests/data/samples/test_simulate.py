"""What is planted in the simulated lender, found again without the simulator's own formulas."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from data.contract import BY_NAME, COLUMNS
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.samples.catalogue import HERE, SAMPLES
from data.samples.simulate import CUSTOMERS, DRIFT, DRIFTING_INDUSTRY, MONTHS, simulate
from tests.data.ingest.builders import imported


@cache
def month(number: int) -> pd.DataFrame:
    return simulate(number)


def test_every_contract_column_is_filled_within_its_range() -> None:
    frame = month(0)
    assert list(BY_NAME.keys() - set(frame.columns)) == []
    assert [name for name in BY_NAME if not frame[name].notna().any()] == []
    for entry in COLUMNS:
        if entry.is_numeric:
            assert entry.minimum is None or frame[entry.name].min() >= entry.minimum, entry.name
            assert entry.maximum is None or frame[entry.name].max() <= entry.maximum, entry.name
        if entry.levels:
            assert set(frame[entry.name].dropna()) <= set(entry.levels), entry.name


def test_the_same_seed_is_the_same_lender_and_another_seed_another() -> None:
    assert simulate(1, customers=80).equals(simulate(1, customers=80))
    assert not simulate(1, customers=80).equals(simulate(1, customers=80, seed=7))


def test_customers_stay_themselves_over_the_months() -> None:
    steady = ["customer_id", "name", "industry", "annual_revenue", "planted_group", "sex"]
    for number in (1, 2):
        pd.testing.assert_frame_equal(month(0)[steady], month(number)[steady])
        assert (month(number)["snapshot_date"] == MONTHS[number]).all()


def test_who_has_defaulted_stays_defaulted() -> None:
    for number in (0, 1):
        assert (month(number)["defaulted"] <= month(number + 1)["defaulted"]).all()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_defaults_of_each_decile_lie_within_binomial_bounds_of_the_planted_pd(number: int) -> None:
    frame = month(number)
    deciles = pd.qcut(frame["planted_pd"], 10, labels=False)
    for _, own in frame.groupby(deciles):
        expected = own["planted_pd"].mean()
        low, high = binom.ppf([0.0005, 0.9995], len(own), expected)
        assert low <= own["defaulted"].sum() <= high


def test_only_construction_deteriorates_and_by_the_planted_factor() -> None:
    builds = month(0)["industry"] == DRIFTING_INDUSTRY
    for number, factor in enumerate(DRIFT):
        ratio = month(number)["planted_pd"] / month(0)["planted_pd"]
        assert ratio[builds].median() == pytest.approx(factor)
        assert (ratio[~builds] == 1).all()
    rates = [month(number).loc[builds, "defaulted"].mean() for number in range(3)]
    assert rates[0] < rates[1] < rates[2]


def test_the_planted_groups_are_recovered_by_k_means() -> None:
    frame = month(0)
    scale = frame[["employees", "annual_revenue", "years_in_business", "products_held", "tenure_months"]]
    matrix = np.column_stack(
        [np.log(scale.to_numpy(dtype=float)), frame["utilisation"].to_numpy(dtype=float)]
    )
    matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    found = KMeans(5, n_init=4, random_state=0).fit_predict(matrix)
    assert adjusted_rand_score(frame["planted_group"], found) > 0.8


def test_accounts_of_the_firm_agree_with_one_another() -> None:
    frame = month(2)
    assert (frame["outstanding_balance"] <= frame["credit_limit"] + 0.01).all()
    assert (frame["exposure_at_default"] >= frame["outstanding_balance"] - 0.01).all()
    assert (frame.loc[~frame["defaulted"], "loss_amount"] == 0).all()
    assert frame.loc[frame["defaulted"], "defaulted_on"].notna().all()
    assert frame.loc[~frame["defaulted"], "defaulted_on"].isna().all()
    assert (pd.to_datetime(frame["originated_on"]) <= pd.to_datetime(frame["snapshot_date"])).all()


def test_the_files_shipped_are_what_the_simulator_makes_without_what_is_planted() -> None:
    for number, day in enumerate(MONTHS):
        shipped = pd.read_parquet(HERE / f"simulated-{day:%Y-%m}.parquet")
        made = month(number)
        assert list(shipped.columns) == [name for name in made.columns if not name.startswith("planted_")]
        assert list(shipped["customer_id"]) == list(made["customer_id"])
        for name in ("exposure", "probability_of_default", "annual_revenue"):
            np.testing.assert_allclose(shipped[name], made[name])
        assert (shipped["defaulted"] == made["defaulted"]).all()


def test_a_shipped_month_maps_itself_and_comes_in_whole() -> None:
    sample = SAMPLES[0]
    made = imported(sample.file)
    assert (made.staged.account.rows_accepted, made.staged.account.rows_quarantined) == (CUSTOMERS, 0)
    assert set(made.staged.kinds) == {*BY_NAME, "facilities"}
    source = open_source(sample.file)
    entries = propose_mapping(source.header, source.sample()).entries
    assert {entry.header: entry.column for entry in entries} == {name: name for name in BY_NAME}
    assert {entry.scale for entry in entries} == {1.0}


def test_every_sample_is_there_and_a_simulated_one_says_so() -> None:
    for sample in SAMPLES:
        assert sample.file.is_file()
        assert ("simulated" in sample.name.lower()) == (sample.origin == "simulated")
