"""The verbs of risk, scorecard and customers on a small warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

import pipeline
from data.errors import NotAllowed
from data.samples.simulate import simulate
from settings import Settings

LIMITS = pipeline.LimitRules()
ANN, BOB = (pipeline.Person(name, frozenset({"admin"})) for name in ("ann", "bob"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    folder = tmp_path_factory.mktemp("steps")
    house = pipeline.open_house(Settings(home=folder / "home"))
    frame = simulate(0, customers=1_500)
    frame.loc[0, "name"] = "100% o'Brien_<b>"
    # Half of the customers bring no PD: the scorecard gives theirs.
    frame.loc[
        frame.index % 2 == 0,
        [
            "probability_of_default",
            "rating",
            "slotting_grade",
            "dscr",
            "llcr",
            "project_sector",
            "project_phase",
        ],
    ] = None
    path = folder / "small.parquet"
    frame.to_parquet(path)
    inspection = pipeline.inspect_file(house, path, path.name)
    pipeline.import_file(house, [path], mapping=inspection.mapping, name="Small", person=ANN)
    yield house
    house.close()


@pytest.fixture
def scored(house: pipeline.House) -> pipeline.Scored:
    return pipeline.open_scored(house, pipeline.list_snapshots(house)[0].snapshot_id)


def test_the_picture_s_parts_add_up_to_the_portfolio(house: pipeline.House, scored: pipeline.Scored) -> None:
    picture = pipeline.risk_picture(house, scored)
    for slices in (picture.by_source, picture.by_loss_source, picture.by_asset_class, picture.by_grade):
        assert sum(part.exposure for part in slices) == pytest.approx(scored.facts.exposure)
        assert sum(part.expected_loss for part in slices) == pytest.approx(scored.facts.expected_loss)
        assert sum(part.customers for part in slices) == scored.facts.customers


@pytest.mark.parametrize("dimension", pipeline.DIMENSIONS)
def test_concentration_is_that_of_the_rows(
    house: pipeline.House, scored: pipeline.Scored, dimension: str
) -> None:
    found = pipeline.concentration_of(house, scored, dimension)
    assert found.exposure == pytest.approx(scored.facts.exposure)
    assert found.lorenz[-1] == (1.0, pytest.approx(1.0))
    assert sum(part.exposure for part in found.largest) <= found.exposure * (1 + 1e-9)


def test_limits_in_force_are_the_last_set_and_only_officers_set_them(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    tight = pipeline.Appetite().with_limit("top_20_share", 0.001)
    pipeline.set_appetite(house, pipeline.Appetite(tight.limits, 0.8, scored.facts.exposure), ANN)
    readings = {
        reading.measure: reading
        for reading in pipeline.appetite_readings(house, scored, pipeline.appetite_in_force(house))
    }
    assert readings["top_20_share"].status == "red"
    assert readings["largest_group"].status == "green"
    with pytest.raises(NotAllowed):
        pipeline.set_appetite(house, tight, pipeline.Person("eve", frozenset({"manager"})))


def test_the_simulation_s_mean_is_the_expected_loss_of_who_is_not_in_default(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    policy = pipeline.policy_in_force(house)
    assert pipeline.simulation_of(house, scored, policy) is None
    found = pipeline.simulate(house, scored, policy, pipeline.SimulationSettings(5_000))
    in_default = next(part for part in pipeline.risk_picture(house, scored).by_grade if part.key == "D")
    assert found.expected_loss == pytest.approx(
        scored.facts.expected_loss - in_default.expected_loss, rel=1e-6
    )
    assert pipeline.simulation_of(house, scored, policy) == found
    assert pipeline.simulate(house, scored, policy, pipeline.SimulationSettings(5_000)) == found


def test_impairment_covers_everybody_and_keeps_chosen_weights(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    settings = pipeline.impairment_settings(house)
    board = pipeline.impairment_of(house, scored, settings)
    assert sum(line.customers for line in board.lines) == scored.facts.customers
    chosen = settings.weighted({"base": 1, "upside": 1, "downside": 2})
    pipeline.set_impairment(house, chosen, ANN)
    assert pipeline.impairment_settings(house) == chosen


def test_an_overlay_is_asked_for_by_one_and_approved_by_another(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    until = str(datetime.now(UTC).date() + timedelta(days=30))
    asked = pipeline.Overlay(
        "probability_of_default", "all", "", 1.5, "the model missed the flood", "ann", until
    )
    pipeline.propose_overlay(house, scored, asked, ANN)
    (line,) = pipeline.overlay_lines(house, scored)
    assert (line.status, line.effect) == ("proposed", None)
    with pytest.raises(pipeline.StratumError, match="author"):
        pipeline.approve_overlay(house, line, ANN)
    pipeline.approve_overlay(house, line, BOB)
    (line,) = pipeline.overlay_lines(house, scored)
    assert line.status == "approved"
    assert line.effect is not None
    assert line.effect.expected_loss > 0
    # The model's own figures stay as they are.
    assert pipeline.open_scored(house, scored.snapshot.snapshot_id).facts == scored.facts
    with pytest.raises(pipeline.StratumError, match="can't be approved"):
        pipeline.approve_overlay(house, line, BOB)
    pipeline.withdraw_overlay(house, line, ANN)
    assert pipeline.overlay_lines(house, scored)[0].status == "withdrawn"


@pytest.mark.parametrize(
    ("text", "count"),
    [("100% o'Brien_", 1), ("%", 1), ("_<b>", 1), ("' OR 1=1 --", 0), ("C00012", 10), ("", 50)],
)
def test_search_finds_what_is_written_and_nothing_else(
    house: pipeline.House, scored: pipeline.Scored, text: str, count: int
) -> None:
    found = pipeline.search_customers(house, scored, text, pipeline.policy_in_force(house), ANN)
    assert len(found) == count


def test_a_customer_s_picture_holds_together(house: pipeline.House, scored: pipeline.Scored) -> None:
    policy, settings = pipeline.policy_in_force(house), pipeline.impairment_settings(house)
    seen = set()
    for key in pipeline.search_customers(house, scored, "", policy, ANN)["customer_id"][:12]:
        picture = pipeline.customer_picture(house, scored, key, policy, settings, LIMITS, ANN)
        assert picture is not None
        assert picture.reason.tier == picture.row["tier"]
        assert 0 <= picture.peers[0].below <= 1
        source = picture.row["probability_source"]
        seen.add(source)
        if source == "scorecard":
            assert picture.points
            assert picture.curve[-1][1] == pytest.approx(
                picture.row["probability_of_default_lifetime"], abs=1e-6
            )
    assert {"scorecard", "given"} <= seen
    assert pipeline.customer_picture(house, scored, "nobody", policy, settings, LIMITS, ANN) is None


def test_who_may_not_see_names_neither_sees_nor_searches_them(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    eve, policy = pipeline.Person("eve", frozenset({"approver"})), pipeline.policy_in_force(house)
    assert pipeline.search_customers(house, scored, "o'Brien", policy, eve).empty
    key = pipeline.search_customers(house, scored, "o'Brien", policy, ANN)["customer_id"].iloc[0]
    picture = pipeline.customer_picture(
        house, scored, key, policy, pipeline.impairment_settings(house), LIMITS, eve
    )
    assert picture is not None
    assert picture.row["name"] is None
    assert "name" not in pipeline.known_columns(picture)


def test_a_validation_is_made_once_and_kept(house: pipeline.House, scored: pipeline.Scored) -> None:
    found = pipeline.run_validation(house, scored)
    assert found.reason == ""
    assert pipeline.validation_of(house, scored) == found


def test_the_exported_query_scores_the_warehouse_s_customers_as_the_app_did(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    files = pipeline.export_scorecard(scored, pipeline.policy_in_force(house), str)
    assert files is not None
    with house.warehouse.cursor() as cursor:
        rows = cursor.execute(f"SELECT * FROM {scored.table}").df()
    with duckdb.connect() as other:
        other.register("rows", rows)
        other.execute("CREATE TABLE customers AS SELECT * FROM rows")
        query = files.sql.rstrip()
        ((worst,),) = other.execute(
            f"SELECT max(abs(q.points - c.scorecard_points)) FROM ({query}) q JOIN customers c USING (customer_id)"
        ).fetchall()
    assert worst < 1e-9


def test_edited_bins_are_weighed_anew_and_the_edit_is_named(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    card = scored.model.scorecard
    assert card is not None
    # The strongest number loses one break: too little to make it leave the card.
    place = max(
        (at for at, feature in enumerate(card.features) if len(feature.breaks) > 2),
        key=lambda at: card.features[at].information_value,
    )
    edited = pipeline.with_binning(
        card, pipeline.with_breaks(card.features[place], card.features[place].breaks[:-1])
    )
    pipeline.use_scorecard(house, scored, edited, ANN)
    after = pipeline.open_scored(house, scored.snapshot.snapshot_id)
    assert after.model.scorecard is not None
    same = next(f for f in after.model.scorecard.features if f.column == card.features[place].column)
    assert same.breaks == card.features[place].breaks[:-1]
    assert after.model.quality["edited_by"] == "ann"
