"""Counterfactuals and applicants on a small warehouse: what is reported was scored, alone as in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from data.engines.functions import fetch, frame_of
from data.samples.simulate import simulate
from segmentation.counterfactual import Way
from segmentation.explain import Standing, tier_reason
from segmentation.levers import candidate_rows
from segmentation.policy import built_in_policy
from segmentation.score import score
from settings import Settings
from steps.rescoring import open_rows, put_rows, score_rows
from steps.scoring import _keeper
from steps.tiers import tiered_frame

ANN = pipeline.Person("ann", frozenset({"admin"}))
POLICY = built_in_policy()
DRAFT = replace(POLICY, name="Draft", strategic_step=112, core_step=90)
DEAL = {"exposure": 250_000.0, "customer_class": "SME", "years_in_business": 6.0, "ebitda": 90_000.0,
        "total_debt": 50_000.0, "term_months": 48.0, "credit_score": 690.0, "interest_rate": 0.06}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    folder = tmp_path_factory.mktemp("what-if")
    house = pipeline.open_house(Settings(home=folder / "home"))
    path = folder / "small.parquet"
    frame = simulate(0, customers=1_500)
    # Half bring no PD, so that the scorecard gives theirs and a change may move it.
    frame.loc[
        frame.index % 2 == 0, ["probability_of_default", "rating", "slotting_grade", "dscr", "llcr"]
    ] = None
    frame.to_parquet(path)
    inspection = pipeline.inspect_file(house, path, path.name)
    pipeline.import_file(house, [path], mapping=inspection.mapping, name="Small", person=ANN)
    yield house
    house.close()


@pytest.fixture(scope="module")
def scored(house: pipeline.House) -> pipeline.Scored:
    return pipeline.open_scored(house, pipeline.list_snapshots(house)[0].snapshot_id)


def tables_of(house: pipeline.House) -> int:
    with house.warehouse.cursor() as cursor:
        return len(cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall())


def near_miss(house: pipeline.House, scored: pipeline.Scored) -> pd.DataFrame:
    """Ordinary customers whose value alone keeps them from Core, nearest first."""
    with house.warehouse.cursor() as cursor:
        rows = fetch(tiered_frame(frame_of(cursor, scored.table), POLICY))
    near = rows[
        (rows["tier"] == "Ordinary") & (rows["value_step"] < POLICY.core_step) & (rows["risk_step"] < 38)
    ]
    return near.sort_values(["value_step", "customer_id"], ascending=[False, True])


def test_rows_scored_aside_are_what_the_snapshot_s_scoring_says(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    with house.warehouse.cursor() as cursor:
        stored = fetch(frame_of(cursor, scored.table).sort("customer_id"))
        for _ in range(2):  # written out the first time, run again the second
            open_rows(cursor, scored.model)
            own = [name for name in scored.snapshot.kinds if name != "facilities"]
            put_rows(cursor, scored.snapshot.table, own, "customer_id")
            again = fetch(score_rows(house, cursor, scored.model).sort("customer_id"))
            for name in (
                "value_score",
                "probability_of_default",
                "expected_loss",
                "economic_capital",
                "raroc",
            ):
                assert again[name].equals(stored[name]), name


def test_a_reported_change_scored_as_a_portfolio_of_its_own_gives_the_tier(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    customer = near_miss(house, scored)["customer_id"].iloc[0]
    found = pipeline.what_would_lift(house, scored, customer, POLICY, "Core", ANN)
    assert found is not None
    assert found.ways
    assert tiers_of_changed(house, scored, customer, found.ways) == [way.tier for way in found.ways]


def tiers_of_changed(
    house: pipeline.House, scored: pipeline.Scored, customer: str, ways: Sequence[Way]
) -> list[str]:
    """Change the raw row by hand and score it afresh, past the batches and their statements."""
    source = f'SELECT * REPLACE (? || customer_id AS customer_id) FROM "{scored.snapshot.table}" WHERE customer_id = ?'
    with house.warehouse.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMP TABLE changed AS SELECT * FROM "{scored.snapshot.table}" LIMIT 0'
        ).fetchall()
        own = cursor.execute(
            f'SELECT * FROM "{scored.snapshot.table}" WHERE customer_id = ?', [customer]
        ).df()
        for place, way in enumerate(ways):
            cursor.execute(f"INSERT INTO changed {source}", [str(place), customer]).fetchall()
            plan = {change.column: change.after for change in way.changes}
            conversion = scored.model.exposure.credit_conversion_factor
            for name, cell in candidate_rows(own.iloc[0].to_dict(), [plan], conversion).iloc[0].items():
                cursor.execute(
                    f'UPDATE changed SET "{name}" = ? WHERE customer_id = ?',
                    [float(cell), f"{place}{customer}"],
                ).fetchall()
        frame = tiered_frame(score(frame_of(cursor, "changed"), scored.model, _keeper(cursor, "one")), POLICY)
        return [str(tier) for tier in fetch(frame.select("customer_id", "tier").sort("customer_id"))["tier"]]


def test_nobody_is_asked_of_an_unknown_customer(house: pipeline.House, scored: pipeline.Scored) -> None:
    assert pipeline.what_would_lift(house, scored, "nobody", POLICY, "Core", ANN) is None


def applicants_file(path: Path, rows: int = 12) -> Path:
    frame = simulate(1, customers=rows, seed=5)[
        ["customer_id", "name", "customer_class", "years_in_business", "annual_revenue", "ebitda", "total_debt",
         "credit_score", "exposure", "interest_rate", "term_months", "days_past_due", "defaulted", "sex"]
    ]  # fmt: skip
    frame["defaulted"] = True
    frame["total_debt"] = 0.0
    frame.to_csv(path, index=False)
    return path


def test_one_applicant_alone_is_answered_as_in_a_batch(
    house: pipeline.House, scored: pipeline.Scored, tmp_path: Path
) -> None:
    path = applicants_file(tmp_path / "deals.csv")
    before = tables_of(house)
    batch = pipeline.answer_file(house, scored, path, path.name, POLICY, DRAFT)
    assert len(batch.rows) == 12
    assert set(batch.left_out) == {"days_past_due", "defaulted", "sex"}
    assert not batch.rows["is_defaulted"].any()
    text = pd.read_csv(path)
    for place in (7,):
        alone = tmp_path / "alone.csv"
        text.iloc[[place]].to_csv(alone, index=False)
        single = pipeline.answer_file(house, scored, alone, alone.name, POLICY, DRAFT)
        pd.testing.assert_frame_equal(
            single.rows, batch.rows.iloc[[place]].reset_index(drop=True), check_exact=True
        )
        told = {
            k: v.item() if hasattr(v, "item") else v
            for k, v in text.iloc[place].items()
            if k not in batch.left_out
        }
        form = pipeline.answer_deal(
            house, scored, {k: v for k, v in told.items() if k not in ("customer_id", "name")}, POLICY, DRAFT
        )
        shared = [name for name in form.rows if name not in ("customer_id", "name")]
        pd.testing.assert_frame_equal(
            form.rows[shared],
            batch.rows.iloc[[place]].reset_index(drop=True)[shared],
            check_exact=True,
            check_dtype=False,
        )
    assert tables_of(house) == before


def test_terms_follow_from_each_policy_by_hand(house: pipeline.House, scored: pipeline.Scored) -> None:
    answers = pipeline.answer_deal(house, scored, DEAL, POLICY, DRAFT)
    row = answers.rows.iloc[0]
    for policy, suffix in ((POLICY, ""), (DRAFT, "_draft")):
        standing = Standing(
            row["value_step"], row["risk_step"], row["lifecycle"], bool(row[f"is_capped{suffix}"]), False
        )
        reason = tier_reason(standing, policy)
        assert (row[f"tier{suffix}"], row[f"bound_by{suffix}"]) == (reason.tier, reason.bound_by)
        treatment = policy.treatments[reason.tier]
        assert row[f"price{suffix}"] == pytest.approx(0.06 + treatment.price_change_bp / 10_000)
        assert row[f"offer{suffix}"] == treatment.offer
        rule = pipeline.LimitRules().tiers[reason.tier]
        cover = rule.cover + 0.15  # growth
        annuity = (1 - 1.06**-rule.term_years) / 0.06
        # EBITDA over the cover asked, as an annuity, less the debt owed elsewhere; at most what is asked.
        assert row[f"limit_proposed{suffix}"] == pytest.approx(
            min(250_000, 90_000 / cover * annuity - 50_000)
        )
    assert row["lifecycle"] == "growth"
    assert row["value_less_cost"] == pytest.approx(row["customer_lifetime_value"] - answers.acquisition_cost)
    given = pipeline.answer_deal(
        house, scored, {**DEAL, "acquisition_cost": 1_000.0}, POLICY, DRAFT
    ).rows.iloc[0]
    assert given["value_less_cost"] == pytest.approx(given["customer_lifetime_value"] - 1_000)
    reason, points = pipeline.deal_reasons(scored, answers, 0, POLICY)
    assert reason.tier == row["tier"]
    assert points


def test_a_form_s_mistakes_are_named_together(house: pipeline.House, scored: pipeline.Scored) -> None:
    told = {"collateral_value": -1.0, "term_months": 9_999.0, "days_past_due": 3, "sex": "female"}
    with pytest.raises(pipeline.StratumError) as caught:
        pipeline.answer_deal(house, scored, told, POLICY, DRAFT)
    said = str(caught.value).splitlines()
    assert len(said) == 5
    assert any(line.startswith("Exposure: is blank. Enter") for line in said)
    assert any("Collateral value: is -1. Give a number from 0." in line for line in said)


@pytest.mark.parametrize(
    ("text", "match"),
    [("customer_id,name\nA,b\n", "no column says what amount"), ("exposure\nabc\n", "."), ("", ".")],
)
def test_a_file_of_no_use_is_refused_in_a_sentence(
    house: pipeline.House, scored: pipeline.Scored, tmp_path: Path, text: str, match: str
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(pipeline.StratumError, match=match):
        pipeline.answer_file(house, scored, path, path.name, POLICY, DRAFT)


def test_more_applicants_than_a_page_takes_are_sent_to_the_batch_door(
    house: pipeline.House, scored: pipeline.Scored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steps.applicants.MOST_APPLICANTS", 3)
    path = applicants_file(tmp_path / "many.csv", rows=4)
    with pytest.raises(pipeline.StratumError, match=r"more than 3 rows.*cli\.py run FILE --model"):
        pipeline.answer_file(house, scored, path, path.name, POLICY, DRAFT)


def test_the_form_asks_nothing_late_protected_or_of_the_outcome(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    asked = {field.name: field for field in pipeline.applicant_fields(house, scored)}
    assert {"exposure", "interest_rate", "credit_score", "annual_revenue"} <= set(asked)
    assert not {
        "defaulted",
        "days_past_due",
        "utilisation",
        "sex",
        "age",
        "loss_amount",
        "remaining_months",
    } & set(asked)
    assert "SME" in asked["customer_class"].levels
    assert "Software" in asked["industry"].levels
