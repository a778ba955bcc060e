"""The batch door end to end, on a committed slice of real loans and on small made-up files."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import cli
import pipeline
from segmentation.policy import built_in_policy
from settings import Settings

SLICE = Path(__file__).parent / "slices" / "sba-3000.csv.gz"


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("golden")
    assert cli.main(["run", str(SLICE), "--out", str(out)]) == 0
    return out


def summary(out: Path) -> dict:
    return json.loads((out / "summary.json").read_text(encoding="utf-8"))


def customers(out: Path) -> pd.DataFrame:
    return duckdb.sql(f"SELECT * FROM read_parquet('{out / 'customers.parquet'}')").df()


def run(tmp_path: Path, text: str, *options: str) -> int:
    source = tmp_path / "in.csv"
    source.write_text(text, encoding="utf-8")
    return cli.main(["run", str(source), "--out", str(tmp_path / "out"), *options])


def test_all_rows_of_the_slice_are_accounted_for(golden: Path) -> None:
    account = summary(golden)["account"]
    assert account["rows_read"] == 3000
    assert account["rows_accepted"] + account["rows_quarantined"] == 3000
    assert len(customers(golden)) == account["customers"]


def test_totals_equal_an_independent_query_over_the_raw_file(golden: Path) -> None:
    raw = duckdb.sql(
        f"""SELECT sum(CAST(replace(replace(trim(DisbursementGross), '$', ''), ',', '') AS DECIMAL(18, 2))) AS exposure,
        count(*) FILTER (MIS_Status = 'CHGOFF') AS defaults FROM read_csv('{SLICE}', all_varchar = true)"""
    ).fetchall()[0]
    made = summary(golden)
    assert made["totals"]["exposure"] == pytest.approx(float(raw[0]), abs=0.005)
    assert made["model_quality"]["defaults"] == raw[1]
    assert next(tier for tier in made["tiers"] if tier["tier"] == "Work-out")["customers"] == raw[1]


def test_tiers_of_the_rows_add_up_to_the_summary(golden: Path) -> None:
    rows = customers(golden)
    for tier in summary(golden)["tiers"]:
        own = rows[rows["tier"] == tier["tier"]]
        assert len(own) == tier["customers"]
        assert own["exposure_at_default"].sum() == pytest.approx(tier["exposure"], abs=0.01 * len(own) + 0.01)
        assert own["expected_loss_treated"].sum() == pytest.approx(tier["expected_loss_treated"], abs=0.01)


def test_the_row_figures_hold_together(golden: Path) -> None:
    rows = customers(golden)
    product = rows["probability_of_default"] * rows["loss_given_default"] * rows["exposure_at_default"]
    assert (rows["expected_loss"] - product).abs().max() < 1e-6
    assert (rows["risk_weight"] - 12.5 * rows["capital_requirement"]).abs().max() < 1e-12
    assert rows["value_step"].between(0, 200).all()
    assert rows["probability_of_default"].between(0, 1).all()
    assert (rows.loc[rows["is_defaulted"], "tier"] == "Work-out").all()


def test_contradictions_are_counted_in_the_summary(golden: Path) -> None:
    rows, found = customers(golden), {row["key"]: row["count"] for row in summary(golden)["quality"]}
    defaulted = rows["defaulted"].astype("boolean")
    contradicting = {
        "paid_with_loss": (~defaulted & (rows["loss_amount"] > 0)).sum(),
        "default_without_loss": (defaulted & (rows["loss_amount"].fillna(0) == 0)).sum(),
        "loss_above_exposure": (rows["loss_amount"] > rows["exposure"]).sum(),
        "outcome_missing": defaulted.isna().sum(),
    }
    assert sum(contradicting.values()) > 0
    assert {key: found.get(key, 0) for key in contradicting} == contradicting


def test_term_is_refused_by_its_heaping_and_the_outcome_by_the_contract(golden: Path) -> None:
    refused = {row["column"]: row["view"] for row in summary(golden)["features_refused"]}
    assert refused["Term"] == "heaping"
    assert refused["ChgOffDate"] == "contract"
    assert refused["ChgOffPrinGr"] == "contract"
    model = json.loads((golden / "model.json").read_text(encoding="utf-8"))
    assert "term_months" not in [feature["column"] for feature in model["scorecard"]["features"]]


def test_assumed_prices_are_said_with_their_share(golden: Path) -> None:
    shares = {row["key"]: row["share"] for row in summary(golden)["assumptions"]}
    assert shares["interest_rate"] == pytest.approx(1.0)
    assert shares["customer_numbered"] == pytest.approx(1.0)


def test_the_stored_model_scores_the_same_file_alike_and_fits_nothing(golden: Path, tmp_path: Path) -> None:
    assert cli.main(["run", str(SLICE), "--model", str(golden / "model.json"), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "model.json").read_text() == (golden / "model.json").read_text()
    before, after = customers(golden).set_index("customer_id"), customers(tmp_path).set_index("customer_id")
    pd.testing.assert_frame_equal(after.loc[before.index], before, check_exact=True)


def test_one_row_alone_is_scored_as_in_the_batch(golden: Path, tmp_path: Path) -> None:
    batch = customers(golden).set_index("customer_id")
    raw = duckdb.sql(f"SELECT * FROM read_csv('{SLICE}', all_varchar = true) LIMIT 1 OFFSET 17").df()
    raw.to_csv(tmp_path / "one.csv", index=False)
    model = str(golden / "model.json")
    assert cli.main(["run", str(tmp_path / "one.csv"), "--model", model, "--out", str(tmp_path / "o")]) == 0
    alone = customers(tmp_path / "o").iloc[0]
    for name in (
        "value_score",
        "probability_of_default",
        "economic_capital",
        "segment",
        "risk_adjusted_profit",
        "tier",
    ):
        assert alone[name] == batch.loc[alone["customer_id"], name], name


def test_a_policy_file_moves_tiers_and_nothing_of_the_customer_as_is(golden: Path, tmp_path: Path) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text(built_in_policy().with_threshold(strategic=160).to_toml(), encoding="utf-8")
    model = str(golden / "model.json")
    assert (
        cli.main(["run", str(SLICE), "--model", model, "--policy", str(policy), "--out", str(tmp_path / "o")])
        == 0
    )
    before, after = customers(golden), customers(tmp_path / "o")
    assert (after["tier"] == "Strategic").sum() < (before["tier"] == "Strategic").sum()
    assert after["expected_loss"].sum() == before["expected_loss"].sum()


def test_bad_rows_are_set_aside_with_line_column_reason_and_raw(tmp_path: Path) -> None:
    text = 'customer_id,exposure\nA,10\n,20\nB,-5\nC,abc\n"D\nd",40\nE,1,2\n'
    assert run(tmp_path, text) == 0
    rows = pd.read_csv(tmp_path / "out" / "quarantine.csv", keep_default_na=False)
    assert rows[["line", "column", "raw"]].values.tolist() == [
        [3, "customer_id", ",20"],
        [4, "exposure", "B,-5"],
        [5, "exposure", "C,abc"],
        [8, "", "E,1,2"],
    ]
    assert summary(tmp_path / "out")["account"] == {
        "rows_read": 6, "rows_accepted": 2, "rows_quarantined": 4, "customers": 2,
    }  # fmt: skip


def test_facilities_of_one_customer_are_summed(tmp_path: Path) -> None:
    assert run(tmp_path, "customer_id,exposure,interest_rate\nA,100,0.05\nA,300,0.09\nB,50,0.04\n") == 0
    row = customers(tmp_path / "out").set_index("customer_id").loc["A"]
    assert row["exposure_at_default"] == 400.0
    # (100·5 % + 300·9 %) / 400
    assert row["interest_rate"] == pytest.approx(0.08)


def test_given_figures_pass_through_and_basel_s_weight_comes_out(tmp_path: Path) -> None:
    text = "customer_id,ead,pd,lgd\nA,1000,0.01,0.45\n"
    assert run(tmp_path, text) == 0
    row = customers(tmp_path / "out").iloc[0]
    assert (row["probability_of_default"], row["loss_given_default"], row["exposure_at_default"]) == (
        0.01,
        0.45,
        1000.0,
    )
    assert row["risk_weight"] == pytest.approx(0.9232, abs=0.0001)


def test_a_pd_column_in_percent_is_read_as_such_and_listed(tmp_path: Path) -> None:
    assert run(tmp_path, "customer_id,exposure,pd\nA,1,2.5\nB,1,0.5\n") == 0
    assert customers(tmp_path / "out")["probability_of_default"].tolist() == [0.025, 0.005]
    assert [row["header"] for row in summary(tmp_path / "out")["to_confirm"] if row["header"]] == ["pd"]


def test_without_outcome_pd_or_rating_what_needs_risk_is_null_and_says_why(tmp_path: Path) -> None:
    assert run(tmp_path, "customer_id,exposure\nA,10\nB,20\n") == 0
    rows, made = customers(tmp_path / "out"), summary(tmp_path / "out")
    assert rows["probability_of_default"].isna().all()
    assert rows["raroc"].isna().all()
    assert (rows["risk_step"] == 255).all()
    assert made["model_quality"]["reason"] == "no_outcome"
    assert made["totals"]["profit"] is None


def test_rows_without_a_key_are_numbered_and_without_an_amount_count_one(tmp_path: Path) -> None:
    assert run(tmp_path, "city,colour\nLyon,red\nPorto,blue\n") == 0
    rows = customers(tmp_path / "out")
    assert rows["customer_id"].tolist() == ["R0000001", "R0000002"]
    assert rows["exposure_at_default"].tolist() == [1.0, 1.0]
    assert {row["column"] for row in summary(tmp_path / "out")["to_confirm"]} >= {"customer_id", "exposure"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("customer_id,exposure\n", "no rows"),
        ("customer_id,customer_id\n1,2\n", "two columns"),
        ("customer_id,exposure\n,1\n,2\n", "none of the 2 rows"),
    ],
)
def test_content_that_can_t_be_used_ends_with_3_and_a_sentence(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, text) == 3
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out" / "summary.json").exists()


def test_rows_that_were_read_are_left_for_the_person_after_a_refusal(tmp_path: Path) -> None:
    assert run(tmp_path, "customer_id,exposure\n,1\n,2\n") == 3
    assert len(pd.read_csv(tmp_path / "out" / "quarantine.csv")) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nowhere.csv", "--out", "o"],
        ["run", str(SLICE), "--engine", "spark", "--out", "o"],
        ["run", str(SLICE), "--engine", "abacus", "--out", "o"],
        ["run", str(SLICE), "--policy", "nowhere.toml", "--out", "o"],
        ["ingest", "nowhere.csv", "--dry-run"],
    ],
)
def test_wrong_options_and_paths_end_with_2(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err.strip()


def test_an_unknown_feature_is_refused_with_the_nearest_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "customer_id,exposure,employees\nA,1,2\nB,2,3\n", "--features", "employes") == 3
    assert "did you mean “employees”" in capsys.readouterr().err


def test_directions_are_turned_at_the_batch_door_where_that_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "customer_id,exposure,survey_score\nA,1,5\nB,1,1\n"
    assert run(tmp_path, rows, "--value-directions", "survey_score=lower") == 0
    loyal = pd.read_parquet(tmp_path / "out" / "customers.parquet").set_index("customer_id")["value_score"]
    assert loyal["B"] > loyal["A"]
    assert run(tmp_path, rows, "--value-directions", "days_past_due=higher") == 3
    assert "can't be turned round" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path, rows, "--value-directions", "survey_score=sideways")


def test_strict_refuses_what_the_best_guess_would_take(tmp_path: Path) -> None:
    assert run(tmp_path, "city,exposure\nLyon,10\n", "--strict") == 3


def test_fewer_customers_than_clusters_lowers_k(tmp_path: Path) -> None:
    assert run(tmp_path, "customer_id,exposure,employees\nA,1,2\nB,9,90\n", "--clusters", "6") == 0
    assert len(summary(tmp_path / "out")["segments"]) <= 2


def test_the_dry_run_prints_one_json_object_and_keeps_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRATUM_HOME", str(tmp_path / "home"))
    assert cli.main(["ingest", str(SLICE), "--dry-run"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["account"]["rows_read"] == 3000
    columns = {row["header"]: row["column"] for row in made["mapping"]}
    assert columns["DisbursementGross"] == "exposure"
    assert columns["GrAppv"] is None
    assert not (tmp_path / "home").exists()


def test_two_files_are_parts_of_one_portfolio(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("customer_id,exposure\nA,1\n")
    (tmp_path / "b.csv").write_text("exposure;client id\n2;B\n")
    out = tmp_path / "out"
    assert cli.main(["run", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--out", str(out)]) == 0
    rows = customers(out)
    assert dict(zip(rows["customer_id"], rows["exposure_at_default"], strict=True)) == {"A": 1.0, "B": 2.0}


def test_the_app_s_door_and_the_batch_door_give_the_same_totals(golden: Path, tmp_path: Path) -> None:
    house = pipeline.open_house(Settings(home=tmp_path / "home"))
    inspection = pipeline.inspect_file(house, SLICE, SLICE.name)
    person = pipeline.Person("tester", frozenset({"admin"}))
    snapshot, _ = pipeline.import_file(house, [SLICE], mapping=inspection.mapping, name="x", person=person)
    scored = pipeline.open_scored(house, snapshot.snapshot_id)
    board = pipeline.apply_policy(house, scored, pipeline.policy_in_force(house))
    house.close()
    for tier in summary(golden)["tiers"]:
        own = board.of(tier["tier"])
        assert own.customers == tier["customers"]
        for name in ("exposure", "expected_loss", "capital", "income"):
            assert getattr(own.treated, name) / 100 == tier[f"{name}_treated"]
    assert scored.model.identity == summary(golden)["identities"]["model"]


def test_as_of_a_day_nothing_later_is_used_and_the_model_says_so(golden: Path, tmp_path: Path) -> None:
    assert cli.main(["run", str(SLICE), "--as-of", "2003-12-31", "--out", str(tmp_path)]) == 0
    model = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert (model["quality"]["as_of"], model["quality"]["window_months"]) == ("2003-12-31", 36)
    assert model["quality"]["defaults"] < summary(golden)["model_quality"]["defaults"]
    assert model["hazard"] is None or model["hazard"]["as_of"] == "2003-12-31"


def test_dated_outcomes_give_a_twelve_month_pd_below_that_of_the_whole_life(golden: Path) -> None:
    rows = customers(golden)
    scored = rows[rows["probability_source"] == "scorecard"]
    assert len(scored) > 1_000
    assert (scored["probability_of_default"] < scored["probability_of_default_lifetime"]).all()
    assert set(rows["impairment_stage"].dropna()) <= {1, 2, 3}
    in_default = rows[rows["is_defaulted"]]
    assert (in_default["impairment_stage"] == 3).all()


def test_a_day_that_is_none_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["run", str(SLICE), "--as-of", "soon", "--out", str(tmp_path)])
    assert stopped.value.code == 2
