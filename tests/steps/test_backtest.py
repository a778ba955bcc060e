"""Back-test, replay and challenger on a small warehouse: nothing of the future reaches a tier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cli
import pipeline
from data.errors import ColumnNotFound, InputRefused, NotAllowed
from data.samples.simulate import simulate
from segmentation.policy import built_in_policy
from settings import Settings
from steps.backtest import backtest_rows

ANN = pipeline.Person("ann", frozenset({"admin"}))
EVERYBODY = pipeline.Selection()
EVE = pipeline.Person("eve", frozenset({"approver"}))
SPEC = pipeline.BackTestSpec(
    date(2003, 12, 31), date(2004, 1, 1), date(2004, 12, 31), date(2007, 12, 31), margin=0.05
)


def loans(rows: int = 1_400, seed: int = 5) -> pd.DataFrame:
    """Loans of 1998 to 2004; one in two of the trade “bad” defaults within a year, hardly any other."""
    draw = np.random.default_rng(seed)
    began = pd.Timestamp("1998-01-01") + pd.to_timedelta(draw.integers(0, 7 * 365 - 5, rows), "D")
    is_bad_trade = draw.uniform(size=rows) < 0.3
    defaulted = draw.uniform(size=rows) < np.where(is_bad_trade, 0.5, 0.04)
    after = pd.to_timedelta(draw.integers(30, 360, rows), "D")
    amount = np.round(draw.lognormal(9, 0.7, rows))
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:05}" for number in range(rows)],
            "exposure": amount,
            "trade": np.where(is_bad_trade, "bad", "good"),
            "originated_on": began.date,
            "defaulted": np.where(defaulted, "yes", "no"),
            "defaulted_on": np.where(defaulted, (began + after).date, None),
            "loss_amount": np.where(defaulted, 0.6 * amount, np.nan),
        }
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    folder = tmp_path_factory.mktemp("backtest")
    house = pipeline.open_house(Settings(home=folder / "home"))
    changed = loans()
    later = pd.to_datetime(changed["defaulted_on"]) > pd.Timestamp("2003-12-31")
    changed.loc[later, ["defaulted", "loss_amount", "defaulted_on"]] = ["no", np.nan, None]
    frames = {"Loans": loans(), "Another future": changed}
    frames |= {name: simulate(month, customers=400) for name, month in (("January", 0), ("March", 2))}
    for name, frame in frames.items():
        path = folder / f"{name}.parquet"
        frame.to_parquet(path)
        mapping = pipeline.inspect_file(house, path, path.name).mapping
        pipeline.import_file(house, [path], mapping=mapping, name=name, person=ANN)
    yield house
    house.close()


def snapshot(house: pipeline.House, name: str) -> pipeline.Snapshot:
    return next(entry for entry in pipeline.list_snapshots(house) if entry.name == name)


def run(
    house: pipeline.House, name: str, spec: pipeline.BackTestSpec
) -> tuple[pipeline.BackTest, pd.DataFrame]:
    with house.warehouse.cursor() as cursor:
        return backtest_rows(cursor, snapshot(house, name), spec, 100_000)


@pytest.fixture(scope="module")
def judged(house: pipeline.House) -> tuple[pipeline.BackTest, pd.DataFrame]:
    return run(house, "Loans", SPEC)


Found = tuple[pipeline.BackTest, pd.DataFrame]


def test_another_future_gives_the_same_tiers_and_other_outcomes(house: pipeline.House, judged: Found) -> None:
    found, rows = judged
    other, twins = run(house, "Another future", SPEC)
    pd.testing.assert_series_equal(rows["place"], twins["place"])
    pd.testing.assert_series_equal(rows["value_score"], twins["value_score"])
    assert (found.defaults > 10, other.defaults) == (True, 0)


def test_outcomes_are_those_of_the_raw_loans(judged: Found) -> None:
    found, _ = judged
    raw = loans()
    cohort = raw[pd.to_datetime(raw["originated_on"]).between("2004-01-01", "2004-12-31")]
    bad = cohort["defaulted"] == "yes"
    assert (found.customers, found.defaults) == (len(cohort), int(bad.sum()))
    net = sum(tier.net.value for tier in found.rules[0].tiers if tier.net is not None)
    assert net == pytest.approx(0.05 * cohort["exposure"].sum() - cohort["loss_amount"][bad].sum())


def test_the_worst_tier_fails_more_often_than_as_many_at_random(judged: Found) -> None:
    found, _ = judged
    rules = {rule.rule: rule.tiers[2].default_rate for rule in found.rules}
    assert rules["pd"] is not None and rules["random"] is not None
    assert rules["pd"].value > rules["random"].value


def test_a_policy_sets_the_tiers_it_would_set(house: pipeline.House) -> None:
    everybody = replace(built_in_policy(), strategic_step=0, core_step=0, gates_on=False, coverage_gate=0.0)
    found, _ = run(house, "Loans", replace(SPEC, policy=everybody))
    assert [tier.customers for tier in found.rules[0].tiers] == [found.customers, 0, 0]


def test_where_prices_are_alike_a_score_per_unit_lent_falls_with_the_risk(
    house: pipeline.House,
) -> None:
    weights = pipeline.weights_from({"roi": 1.0, "risk_adjusted_profit": 0.0})
    _, rows = run(house, "Loans", replace(SPEC, options=pipeline.ScoreOptions(weights=weights)))
    by_risk = rows.sort_values("probability_of_default")
    # Beyond the reference's last knot all score alike, so it falls or stays, never rises.
    assert (by_risk["value_score"].diff().dropna() <= 1e-9).all()
    assert by_risk["value_score"].nunique() > 1


@pytest.mark.parametrize(
    ("name", "change", "error", "words"),
    [
        ("January", {"dated_by": "nowhere"}, ColumnNotFound, "nowhere"),
        ("Loans", {"dated_by": "defaulted"}, InputRefused, "no dates"),
        ("Loans", {"tiers_to": date(2003, 1, 1)}, InputRefused, "contradict"),
        ("Loans", {"until": date(2004, 1, 1)}, InputRefused, "contradict"),
        ("Loans", {"fit_until": date(1990, 1, 1)}, InputRefused, "to fit on"),
        ("Loans", {"fit_until": date(1998, 6, 1)}, InputRefused, "too few to fit"),
        ("Loans", {"tiers_from": date(2004, 12, 31)}, InputRefused, "to give a tier"),
    ],
)
def test_what_can_not_be_run_says_why(
    house: pipeline.House, name: str, change: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        run(house, name, replace(SPEC, **change))  # type: ignore[arg-type]  # one field each


def test_days_are_proposed_where_outcomes_are_dated_and_not_elsewhere(house: pipeline.House) -> None:
    days = pipeline.backtest_days(house, snapshot(house, "Loans"))
    assert days is not None
    assert days.first < days.fit_until < days.tiers_to <= days.last


def test_a_later_snapshot_judges_the_tiers_of_an_earlier_one(house: pipeline.House) -> None:
    old, new = (
        pipeline.open_scored(house, snapshot(house, name).snapshot_id) for name in ("January", "March")
    )
    found = pipeline.backtest_between(house, old, new, built_in_policy())
    raw = simulate(2, customers=400).set_index("customer_id")
    kept = simulate(0, customers=400).set_index("customer_id")
    alive = kept.index[~kept["defaulted"].astype(bool)].intersection(raw.index)
    bad = raw.loc[alive, "defaulted"].astype(bool) | (raw.loc[alive, "days_past_due"] > 90)
    assert (found.customers, found.defaults) == (len(alive), int(bad.sum()))
    assert found.has_late
    with pytest.raises(InputRefused, match="no dates in this order"):
        pipeline.backtest_between(house, new, old, built_in_policy())


def test_a_filter_narrows_who_is_judged_and_not_what_the_model_learns(
    house: pipeline.House, judged: Found
) -> None:
    whole, _ = judged
    loaned = snapshot(house, "Loans")
    scored = pipeline.open_scored(house, loaned.snapshot_id)
    levels = pipeline.levels_of(house, loaned)["segment"]
    part = pipeline.Selection.of({"segment": [levels[0][0]]})
    found = pipeline.backtest(house, loaned, SPEC, part)
    with house.warehouse.cursor() as cursor:
        raw = cursor.execute(
            f"SELECT customer_id, defaulted FROM {scored.table} WHERE segment = ? "
            "AND originated_on BETWEEN '2004-01-01' AND '2004-12-31'",
            [int(levels[0][0])],
        ).df()
    assert 20 < len(raw) < whole.customers
    assert (found.customers, found.defaults) == (len(raw), int(raw["defaulted"].sum()))
    assert found.quality == whole.quality
    assert pipeline.backtest(house, loaned, SPEC, EVERYBODY).rules == whole.rules
    nobody = pipeline.Selection.of({"country": ["Nowhere"]})
    with pytest.raises(InputRefused, match="nobody fits the filter"):
        pipeline.backtest(house, snapshot(house, "March"), SPEC, nobody)


def test_a_filter_and_tiers_held_before_count_on_every_replayed_snapshot(house: pipeline.House) -> None:
    policy = built_in_policy()
    sticky = replace(policy, exit_steps=12, exit_rungs=4)
    mature = pipeline.Selection.of({"lifecycle": ["mature"]})
    january, march = pipeline.replay_policy(house, snapshot(house, "March"), sticky, policy, mature)
    for line, name in ((january, "January"), (march, "March")):
        counts = dict(pipeline.levels_of(house, snapshot(house, name))["lifecycle"])
        assert line.proposal.total.customers == counts["mature"]
    # Nobody held anything before January; by March those who fell keep what they had.
    assert january.moved == 0
    assert march.moved > 0
    current = snapshot(house, "March").snapshot_id
    board = pipeline.apply_policy(
        house, pipeline.look_at(house, current, mature, (policy, sticky)), sticky, policy
    )
    assert (march.moved, march.proposal.total) == (board.customers_moved, board.total)


def test_a_replay_shows_both_policies_on_every_snapshot_and_who_moves(house: pipeline.House) -> None:
    policy = built_in_policy()
    higher = policy.with_threshold(strategic=150)
    lines = pipeline.replay_policy(house, snapshot(house, "March"), higher, policy, EVERYBODY)
    assert [line.snapshot.name for line in lines] == ["January", "March"]
    for line in lines:
        down = line.in_force.of("Strategic").customers - line.proposal.of("Strategic").customers
        # Only the upper line moved, so whoever leaves Strategic is all who moves.
        assert line.moved == down
    same = pipeline.replay_policy(house, snapshot(house, "March"), policy, policy, EVERYBODY)
    assert [line.moved for line in same] == [0, 0]


def test_a_challenger_runs_until_it_is_ended_and_its_record_stays(house: pipeline.House) -> None:
    current = snapshot(house, "March")
    policy = replace(built_in_policy().with_threshold(strategic=150), name="Stricter")
    with pytest.raises(NotAllowed):
        pipeline.register_challenger(house, current, policy, EVE)
    challenger = pipeline.register_challenger(house, current, policy, ANN)
    with pytest.raises(InputRefused, match="End it first"):
        pipeline.register_challenger(house, current, policy, ANN)
    # The same lender's other snapshot knows it, another lender does not.
    assert pipeline.challenger_of(house, snapshot(house, "January")) == challenger
    assert pipeline.challenger_of(house, snapshot(house, "Loans")) is None
    first, last = pipeline.follow_challenger(house, current, challenger, EVERYBODY)
    assert sum(tier.customers for tier in first.champion_became) == sum(
        tier.customers for tier in first.challenger_became
    )
    assert first.until == last.snapshot.as_of
    assert (last.until, last.champion_became, last.counts) == (None, (), False)
    sticky = replace(challenger, policy=replace(policy, exit_steps=12, stay_months=6))
    followed = pipeline.follow_challenger(house, current, sticky, EVERYBODY)[-1]
    # What it held before is what it would have given itself, not what the policy in force gave.
    own = pipeline.look_at(house, current.snapshot_id, EVERYBODY, (sticky.policy,))
    assert followed.proposal.tiers == pipeline.apply_policy(house, own, sticky.policy).tiers
    assert followed.in_force.tiers == last.in_force.tiers
    pipeline.end_challenger(house, challenger, ANN)
    assert pipeline.challenger_of(house, current) is None
    with house.warehouse.cursor() as cursor:
        kept = cursor.execute("SELECT count(*) FROM judgement WHERE kind = 'challenger'").fetchall()
    assert kept == [(2,)]


def test_the_batch_door_writes_who_got_which_tier_and_what_became_of_them(tmp_path: Path) -> None:
    source, out = tmp_path / "loans.csv", tmp_path / "out"
    loans().to_csv(source, index=False)
    days = ["--fit-until", "2003-12-31", "--tiers-from", "2004-01-01", "--tiers-to", "2004-12-31"]
    call = ["backtest", str(source), *days, "--shares", "0.2,0.3", "--margin", "0.05", "--out", str(out)]
    assert cli.main(call) == 0
    found = json.loads((out / "backtest.json").read_text(encoding="utf-8"))
    rows = pd.read_csv(out / "tiers.csv")
    best = found["rules"][0]["tiers"][0]
    assert best["customers"] == round(0.2 * found["customers"]) == int((rows["tier"] == "Strategic").sum())
    assert best["loss"] == pytest.approx(rows.loc[rows["tier"] == "Strategic", "outcome_loss"].sum())


def test_the_batch_door_refuses_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "loans.csv"
    loans(200).drop(columns="defaulted_on").to_csv(source, index=False)
    days = ["--fit-until", "2003-12-31", "--tiers-from", "2004-01-01", "--tiers-to", "2004-12-31"]
    assert cli.main(["backtest", str(source), *days, "--out", str(tmp_path / "out")]) == 3
    assert "defaulted_on" in capsys.readouterr().err
