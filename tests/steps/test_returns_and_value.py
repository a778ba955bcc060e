"""The verbs of returns, value, acquisition and movement on a small warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.errors import NotAllowed
from data.samples.simulate import simulate
from reports.escape import spreadsheet
from segmentation.policy import TIERS, built_in_policy
from segmentation.treatment import NEUTRAL
from settings import Settings

ANN = pipeline.Person("ann", frozenset({"admin"}))
EVE = pipeline.Person("eve", frozenset({"approver"}))
NEUTRAL_POLICY = replace(built_in_policy(), treatments=dict.fromkeys(TIERS, NEUTRAL))
HOSTILE = '=HYPERLINK("http://x")'


def imported(house: pipeline.House, frame: pd.DataFrame, folder: Path, name: str) -> pipeline.Snapshot:
    path = folder / f"{name}.parquet"
    frame.to_parquet(path)
    mapping = pipeline.inspect_file(house, path, path.name).mapping
    return pipeline.import_file(house, [path], mapping=mapping, name=name, person=ANN)[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    """Two months of a lender: 100 customers leave, 100 come, some prices are blank."""
    folder = tmp_path_factory.mktemp("returns")
    house = pipeline.open_house(Settings(home=folder / "home"))
    before, after = (simulate(month, customers=1_300) for month in (0, 2))
    for frame in (before, after):
        frame.loc[
            frame.index % 3 == 0,
            ["interest_rate", "servicing_cost", "loss_given_default", "remaining_months"],
        ] = None
        frame["name"] = frame["name"].astype(object)
    after.loc[5, "name"] = HOSTILE
    imported(house, before.iloc[:1_200], folder, "January")
    imported(house, after.iloc[100:], folder, "March")
    yield house
    house.close()


@pytest.fixture(scope="module")
def months(house: pipeline.House) -> tuple[pipeline.Scored, pipeline.Scored]:
    listed = {snapshot.name: snapshot.snapshot_id for snapshot in pipeline.list_snapshots(house)}
    return pipeline.open_scored(house, listed["January"]), pipeline.open_scored(house, listed["March"])


@pytest.fixture
def policy(house: pipeline.House) -> pipeline.Policy:
    return pipeline.policy_in_force(house)


Months = tuple[pipeline.Scored, pipeline.Scored]


def test_statement_overview_and_tiers_say_the_same_profit(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    scored = months[1]
    total = pipeline.returns_picture(house, scored, ANN).total
    assert total.profit == pytest.approx(scored.facts.profit, rel=1e-9)
    assert total.raroc(scored.model.returns) == pytest.approx(scored.facts.raroc, rel=1e-9)
    tiers = pipeline.returns_by(house, scored, "tier", policy)
    board = pipeline.apply_policy(house, scored, policy)
    assert {group.key: round(group.profit) for group in tiers} == pytest.approx(
        {tier.tier: tier.as_is.profit / 100 for tier in board.tiers if tier.customers}, abs=2
    )


def test_who_may_not_see_names_sees_none(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    scored = months[1]
    assert {entry.name for entry in pipeline.returns_picture(house, scored, EVE).contributors["profit"]} == {
        ""
    }
    assert pipeline.below_hurdle(house, scored, policy, EVE)["name"].isna().all()
    rules = pipeline.limit_rules(house)
    listed = pipeline.limit_list(house, scored, policy, rules, EVE, order="change", most=10)
    assert listed["name"].isna().all()
    first = pipeline.inert_csv(listed, spreadsheet).decode("utf-8-sig").splitlines()[1]
    assert first.startswith(f"{listed['customer_id'][0]},,")


def test_a_downloaded_list_runs_nothing_in_a_spreadsheet(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    listed = pipeline.limit_list(
        house, months[1], policy, pipeline.limit_rules(house), ANN, order="change", most=10_000
    )
    listed.loc[0, "name"] = HOSTILE
    lines = pipeline.inert_csv(listed, spreadsheet).decode("utf-8-sig")
    assert ",=HYPERLINK" not in lines
    assert '"=HYPERLINK' not in lines


def test_everybody_below_the_hurdle_is_counted(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    listed = pipeline.below_hurdle(house, months[1], policy, ANN, most=10_000)
    assert listed["missing"].is_monotonic_decreasing
    assert (listed["raroc"] < months[1].model.returns.hurdle_rate).all()
    for dimension in pipeline.RETURN_DIMENSIONS:
        groups = pipeline.below_hurdle_by(house, months[1], dimension, policy)
        assert sum(group.below for group in groups) == len(listed)
        assert sum(group.missing for group in groups) == pytest.approx(float(listed["missing"].sum()))
    worst = pipeline.below_hurdle_by(house, months[1], "region", policy)[0]
    there = pipeline.below_hurdle(
        house, months[1], policy, ANN, dimension="region", key=worst.key, most=10_000
    )
    assert len(there) == worst.below < len(listed)
    assert set(there["region"]) == {worst.key}


def test_groups_open_their_figures_and_add_up_to_the_whole(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    whole = pipeline.returns_picture(house, months[1], ANN).total
    groups = [
        pipeline.group_picture(house, months[1], "segment", group.key, policy, ANN)
        for group in pipeline.returns_by(house, months[1], "segment", policy)
    ]
    assert sum(group.total.profit for group in groups) == pytest.approx(whole.profit, rel=1e-9)
    for group in groups:
        for figure, parts in group.contributors.items():
            amounts = [abs(part.amount) for part in parts]
            assert len(parts) == 3, figure
            assert amounts == sorted(amounts, reverse=True)
        income = group.contributors["income"][0]
        assert income.share == pytest.approx(income.amount / group.total.income)


# ---------------------------------------------------------------- movement


def test_only_snapshots_of_the_same_lender_are_compared(house: pipeline.House, months: Months) -> None:
    assert [entry.name for entry in pipeline.earlier_snapshots(house, months[1].snapshot)] == ["January"]


def test_the_steps_of_a_movement_add_up_exactly(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    draft = policy.with_threshold(strategic=110)
    board = pipeline.movement_between(house, *months, policy, draft)
    assert (board.shared, board.gone, board.came) == (1_100, 100, 100)
    before = pipeline.apply_policy(house, months[0], policy).total.treated
    after = pipeline.apply_policy(house, months[1], draft).total.treated
    for measure in ("exposure", "drawn", "income", "cost", "expected_loss", "capital", "profit"):
        parts = board.movement.parts(measure)
        assert sum(parts.values()) == getattr(after, measure) - getattr(before, measure)
    assert after.roi is not None
    assert before.roi is not None
    assert sum(part or 0.0 for part in board.movement.ratio_parts().values()) == pytest.approx(
        after.roi - before.roi
    )


def test_what_was_planted_is_found_in_its_step(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    board = pipeline.movement_between(house, *months, policy, policy)
    loss = board.movement.parts("expected_loss")
    # Construction's PDs grew by 2.8; nothing else of those who stayed changed.
    assert loss["re_rated"] > 0
    assert abs(loss["data"]) < 0.02 * loss["re_rated"]
    assert loss["policy"] == 0
    assert board.movement.parts("exposure")["re_rated"] == 0
    assert board.movement.parts("exposure")["closed"] < 0 < board.movement.parts("exposure")["new"]


def test_a_snapshot_against_itself_does_not_move(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    board = pipeline.movement_between(house, months[1], months[1], policy, policy)
    assert set(board.movement.parts("capital").values()) == {0}


def test_another_policy_moves_only_the_policy_step(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    draft = policy.with_threshold(core=60)
    parts = pipeline.movement_between(house, months[1], months[1], policy, draft).movement.parts("income")
    assert {step for step, part in parts.items() if part} == {"policy"}


def test_neutral_treatments_leave_no_migration(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    neutral = replace(policy, treatments=dict.fromkeys(TIERS, NEUTRAL))
    movement = pipeline.movement_between(house, *months, neutral, neutral).movement
    assert movement.parts("expected_loss")["migrated"] == 0


# ---------------------------------------------------------------- assumptions


@pytest.mark.parametrize(
    ("key", "setting"),
    [("interest_rate", "interest_rate"), ("servicing_cost", "servicing_rate"), ("tax_rate", "tax_rate")],
)
def test_a_tenth_of_an_assumption_is_what_scoring_anew_gives(
    house: pipeline.House, months: Months, key: str, setting: str
) -> None:
    scored = months[1]
    returns = scored.model.returns
    found = next(
        entry for entry in pipeline.sensitivities_of(house, scored, NEUTRAL_POLICY) if entry.key == key
    )
    higher = replace(returns, **{setting: getattr(returns, setting) * 1.1})
    before = pipeline.returns_picture(house, scored, ANN).total
    moved = replace(scored, model=replace(scored.model, returns=higher))
    if key == "tax_rate":
        expected = before.raroc(higher)
        assert expected is not None
        assert found.raroc is not None
        assert found.raroc[1] == pytest.approx(expected - (before.raroc(returns) or 0.0))
        return
    # Scored anew by the changed model, from the file on.
    changed = pipeline.score_snapshot(
        house, scored.snapshot.snapshot_id, pipeline.ScoreOptions(), moved.model
    )
    try:
        after = pipeline.open_scored(house, scored.snapshot.snapshot_id)
        assert after.scored_id == changed
        assert found.roi is not None
        assert found.roi[1] == pytest.approx((after.facts.roi or 0.0) - (scored.facts.roi or 0.0), abs=1e-12)
    finally:
        restore(house, scored)


def restore(house: pipeline.House, scored: pipeline.Scored) -> None:
    """Go back to an earlier model: its scoring is the newest again."""
    pipeline.score_snapshot(house, scored.snapshot.snapshot_id, pipeline.ScoreOptions(), scored.model)
    assert pipeline.open_scored(house, scored.snapshot.snapshot_id).scored_id == scored.scored_id


def test_only_figures_assumed_move_with_an_assumption(house: pipeline.House, months: Months) -> None:
    found = {entry.key: entry for entry in pipeline.sensitivities_of(house, months[1], NEUTRAL_POLICY)}
    assert {"interest_rate", "servicing_cost", "loss_given_default", "maturity"} <= set(found)
    # A maturity moves capital and so RAROC, never ROI; funding is given everywhere.
    assert found["maturity"].roi == (0.0, 0.0)
    assert "funding_rate" not in found


def test_a_tenth_of_the_treatments_is_a_policy_that_does_a_tenth_more(
    house: pipeline.House, months: Months
) -> None:
    price = replace(NEUTRAL, price_change_bp=-50.0, take_up=0.5)
    policy = replace(NEUTRAL_POLICY, treatments=dict.fromkeys(TIERS, price))
    found = {entry.key: entry for entry in pipeline.sensitivities_of(house, months[1], policy)}
    low, high = found["treatments"].roi or (0.0, 0.0)
    # Half accept 50 bp less on what is drawn: a tenth of it is 2.5 bp of ROI, on all but Work-out.
    assert low == pytest.approx(-high, rel=1e-3)
    assert -0.00025 <= high < -0.0002
    assert "treatments" not in {
        entry.key for entry in pipeline.sensitivities_of(house, months[1], NEUTRAL_POLICY)
    }


def test_rules_of_the_house_say_who_set_them(house: pipeline.House) -> None:
    assert pipeline.standing_rules(house).limits_set_by in ("", "ann")
    pipeline.set_limit_rules(house, pipeline.limit_rules(house), ANN)
    assert pipeline.standing_rules(house).limits_set_by == "ann"


def test_an_assumption_put_in_force_is_known_by_its_source(house: pipeline.House, months: Months) -> None:
    scored = months[1]
    returns = replace(scored.model.returns, interest_rate=0.06)
    with pytest.raises(NotAllowed):
        pipeline.use_assumptions(house, scored, returns, 0.4, "a survey", EVE)
    pipeline.use_assumptions(house, scored, returns, 0.4, "a survey", ANN)
    try:
        after = pipeline.open_scored(house, scored.snapshot.snapshot_id)
        assert after.model.returns.interest_rate == 0.06
        assert pipeline.assumptions_set_by(house, after) == {
            "interest_rate": {"by": "ann", "source": "a survey", "was": "0.07"}
        }
        # The frozen scale and the segments stay.
        assert after.model.reference == scored.model.reference
        assert after.facts.income < scored.facts.income
    finally:
        restore(house, scored)


# ---------------------------------------------------------------- value


def test_the_weights_in_force_move_nobody(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    asked = pipeline.weights_of(months[1].model.reference)
    trial = pipeline.try_weights(house, months[1], asked, policy, EVE, rebaseline=False)
    assert trial.moved == 0
    assert sum(map(sum, trial.moves)) == months[1].facts.customers


def test_a_trial_says_what_comes_true(house: pipeline.House, months: Months, policy: pipeline.Policy) -> None:
    scored = months[1]
    trial = pipeline.try_weights(
        house, scored, pipeline.ValueWeights({"contribution": 4.0}), policy, ANN, rebaseline=False
    )
    assert trial.moved == len(trial.movers) > 0
    assert (trial.movers["was"] != trial.movers["tier"]).all()
    assert trial.movers["exposure_at_default"].is_monotonic_decreasing
    pipeline.use_reference(house, scored, trial.reference, ANN)
    try:
        after = pipeline.open_scored(house, scored.snapshot.snapshot_id)
        board = pipeline.apply_policy(house, after, policy)
        assert [tier.customers for tier in board.tiers] == np.sum(trial.moves, axis=0).tolist()
    finally:
        restore(house, scored)


def test_a_direction_turned_round_is_a_proposal_then_the_scale_and_can_be_put_back(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    scored = months[1]
    asked = pipeline.ValueWeights(directions={"utilisation": 1, "tenure_months": -1})
    trial = pipeline.try_weights(house, scored, asked, policy, ANN, rebaseline=False)
    assert pipeline.turned(scored.model.reference, trial.reference) == ("utilisation", "tenure_months")
    assert trial.moved > 0
    # A proposal changes nothing.
    assert pipeline.open_scored(house, scored.snapshot.snapshot_id).scored_id == scored.scored_id
    pipeline.use_reference(house, scored, trial.reference, ANN)
    try:
        after = pipeline.open_scored(house, scored.snapshot.snapshot_id)
        assert after.model.identity != scored.model.identity
        board = pipeline.apply_policy(house, after, policy)
        with house.warehouse.cursor() as cursor:
            assert dict(cursor.execute(tiers_by_sql(after.table, policy)).fetchall()) == {
                tier.tier: (tier.customers, tier.as_is.exposure) for tier in board.tiers if tier.customers
            }
        customer = str(trial.movers["customer_id"][0])
        picture = pipeline.customer_picture(
            house,
            after,
            customer,
            policy,
            pipeline.impairment_settings(house),
            pipeline.limit_rules(house),
            ANN,
        )
        assert picture is not None
        assert {part.key for part in picture.value_parts if part.is_turned} == {
            "utilisation",
            "tenure_months",
        }
        total = picture.value_base + sum(part.points for part in picture.value_parts)
        assert total == pytest.approx(float(picture.row["value_score"]), abs=1e-9)
        back = pipeline.try_weights(
            house,
            after,
            pipeline.delivered(pipeline.weights_of(after.model.reference)),
            policy,
            ANN,
            rebaseline=False,
        )
        assert back.reference == scored.model.reference
    finally:
        restore(house, scored)


def tiers_by_sql(table: str, policy: pipeline.Policy) -> str:
    """Customers and exposure in hundredths by tier, the row rule written out once more."""
    gates = policy.gates
    cases = {
        name: " ".join(f"WHEN '{life}' THEN {getattr(gates[life], name)}" for life in gates)
        for name in ("strategic", "core")
    }
    return f"""
        SELECT CASE WHEN is_defaulted THEN 'Work-out'
          WHEN value_step >= {policy.strategic_step} AND risk_step <= CASE lifecycle {cases["strategic"]} END
            AND NOT (value_coverage < {policy.coverage_gate})
            AND coalesce(days_past_due, 0) <= {policy.watch_days} THEN 'Strategic'
          WHEN value_step >= {policy.core_step} AND risk_step <= CASE lifecycle {cases["core"]} END THEN 'Core'
          ELSE 'Ordinary' END AS tier,
          (count(*), CAST(sum(CAST(floor(exposure_at_default * 100 + 0.5) AS BIGINT)) AS BIGINT))
        FROM {table} GROUP BY 1"""


def test_an_old_scale_on_new_customers_shows_its_age(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    january, march = months
    changed = replace(march.model, reference=january.model.reference)
    pipeline.score_snapshot(house, march.snapshot.snapshot_id, pipeline.ScoreOptions(), changed)
    try:
        picture = pipeline.reference_picture(
            house, pipeline.open_scored(house, march.snapshot.snapshot_id), policy
        )
        assert picture.baseline is not None
        assert picture.baseline.name == "January"
        anew = pipeline.try_weights(
            house,
            pipeline.open_scored(house, march.snapshot.snapshot_id),
            pipeline.ValueWeights(),
            policy,
            EVE,
            rebaseline=True,
        )
        # Who may not see names sees none of those who would move either.
        assert anew.moved > 0
        assert anew.movers["name"].isna().all()
        assert anew.reference.baseline == march.snapshot.snapshot_id
    finally:
        restore(house, march)


# ---------------------------------------------------------------- acquisition


def test_a_response_model_outlives_other_weights_and_goes_with_its_snapshot(
    house: pipeline.House, months: Months, policy: pipeline.Policy, tmp_path: Path
) -> None:
    scored = imported_scored(house, tmp_path)
    model = pipeline.fit_response_model(house, scored, "campaign_responses", ANN)
    asked = pipeline.ValueWeights({"loyalty": 2.0})
    trial = pipeline.try_weights(house, scored, asked, policy, ANN, rebaseline=False)
    pipeline.use_reference(house, scored, trial.reference, ANN)
    after = pipeline.open_scored(house, scored.snapshot.snapshot_id)
    assert after.scored_id != scored.scored_id
    assert pipeline.response_model_of(house, after) == model
    pipeline.delete_snapshot(house, scored.snapshot.snapshot_id, ANN)
    with house.warehouse.cursor() as cursor:
        kept = cursor.execute(
            "SELECT count(*) FROM finding WHERE scored_id = ?", [scored.snapshot.snapshot_id]
        )
        assert kept.fetchall() == [(0,)]


def imported_scored(house: pipeline.House, folder: Path) -> pipeline.Scored:
    frame = simulate(1, customers=600)
    frame["name"] = frame["name"].astype(object)
    snapshot = imported(house, frame, folder, "April")
    return pipeline.open_scored(house, snapshot.snapshot_id)


def test_a_yes_of_a_customer_adds_a_part_of_its_lifetime_value(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    scored = months[1]
    model = pipeline.fit_response_model(house, scored, "campaign_responses", ANN)

    def plan(added: float) -> pipeline.Campaign:
        return pipeline.plan_campaign(
            house, scored, model, policy, pipeline.offer_rules(house), calls=50, value=0.0, own_values=True,
            contact_cost=0.01, budget=100.0, added=added, person=ANN,
        )  # fmt: skip

    part, whole = plan(0.1), plan(1.0)
    assert whole.chosen.value > 0
    assert part.chosen.value == pytest.approx(0.1 * whole.chosen.value)
    assert part.chosen.cost == whole.chosen.cost
    economics = pipeline.acquisition_economics(house, scored, "segment", policy)
    known = [(entry.value, entry.customers) for entry in economics if entry.value is not None]
    mean = sum(value * n for value, n in known) / sum(n for _, n in known)
    assert pipeline.default_response_value(economics, 30.0) == (pytest.approx(0.1 * mean), False)
    assert pipeline.default_response_value([], 30.0) == (300.0, True)


def test_a_planted_lean_is_found_and_the_list_beats_random(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    scored = months[1]
    assert pipeline.possible_responses(house, scored)[0] == "campaign_responses"
    model = pipeline.fit_response_model(house, scored, "campaign_responses", ANN)
    assert model.auc is not None
    assert model.auc > 0.65
    plan = pipeline.plan_campaign(
        house, scored, model, policy, pipeline.offer_rules(house), calls=200, value=200.0, own_values=False,
        contact_cost=30.0, budget=3_000.0, person=ANN,
    )  # fmt: skip
    assert plan.chosen.calls <= 200
    assert plan.chosen.profit > plan.at_random.profit
    assert plan.targets["expected_profit"].is_monotonic_decreasing
    assert sum(line.cost for line in plan.spend) <= 3_000.0
    assert plan.targets["offer"].notna().all()


def test_a_model_of_one_month_can_score_another(house: pipeline.House, months: Months) -> None:
    pipeline.fit_response_model(house, months[1], "campaign_responses", ANN)
    assert [entry.snapshot for entry in pipeline.borrowed_models(house, months[0])] == ["March"]


def test_who_may_not_fit_is_told(house: pipeline.House, months: Months) -> None:
    with pytest.raises(NotAllowed):
        pipeline.fit_response_model(house, months[1], "campaign_responses", EVE)


def test_offers_and_rules_in_force_are_those_set(house: pipeline.House) -> None:
    rows = [{"customer_class": "hnw", "tier": "", "lifecycle": "", "offer": "Our own words"}]
    before = pipeline.offer_rules(house)
    pipeline.set_offers(house, pipeline.offers_from(rows), ANN)
    assert [rule.offer for rule in pipeline.offer_rules(house)] == ["Our own words"]
    # Other tests ask the same house: they find the rules it began with.
    pipeline.set_offers(house, before, ANN)
    assert pipeline.offer_rules(house) == before
    rules, limits_before = replace(pipeline.LimitRules(), income_share=0.3), pipeline.limit_rules(house)
    pipeline.set_limit_rules(house, rules, ANN)
    assert pipeline.limit_rules(house) == rules
    pipeline.set_limit_rules(house, limits_before, ANN)


def test_churn_and_lifetime_values_follow_the_treatment_of_churn_alone(
    house: pipeline.House, months: Months, policy: pipeline.Policy
) -> None:
    scored = months[1]
    plain = {entry.key: entry.value for entry in pipeline.lifetime_by(house, scored, "tier", policy)}
    treated = {
        entry.key: entry.value for entry in pipeline.lifetime_by(house, scored, "tier", policy, treated=True)
    }
    # The built-in policy keeps Strategic customers longer and leaves Core as it is.
    assert treated["Strategic"] > plain["Strategic"]
    assert treated["Core"] == pytest.approx(plain["Core"])
