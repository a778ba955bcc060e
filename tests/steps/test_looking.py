"""What is looked at: filters, tiers held before, tiers set by hand, movers; by cube and by rows alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

import pipeline
from data.engines.functions import fetch, frame_of
from data.errors import InputRefused
from data.samples.simulate import simulate
from segmentation.corners import sum_cube
from segmentation.cube import AS_IS, NAMES
from segmentation.overrides import Override
from segmentation.policy import TIERS, Policy, built_in_policy
from segmentation.tiers import row_totals
from segmentation.treatment import Treatment
from settings import Settings
from steps import tiers
from steps.standing import standing_before
from steps.tiers import cube_of, treated_frame

ANN = pipeline.Person("ann", frozenset({"admin"}))
CLERK = pipeline.Person("ben", frozenset({"approver"}))
IN_FORCE = built_in_policy()
STICKY = replace(IN_FORCE, exit_steps=8, exit_rungs=3, stay_months=2)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    """Three months of 400 customers of one lender."""
    folder = tmp_path_factory.mktemp("looking")
    house = pipeline.open_house(Settings(home=folder / "home"))
    first = None
    for month in range(3):
        path = folder / f"month-{month}.parquet"
        simulate(month, customers=400).to_parquet(path)
        mapping = pipeline.inspect_file(house, path, path.name).mapping
        found = pipeline.import_file(house, [path], mapping=mapping, name=f"Month {month}", person=ANN)
        first = first or pipeline.open_scored(
            house, found[0].snapshot_id if isinstance(found, tuple) else found.snapshot_id
        )
        model = first.model
        pipeline.score_snapshot(
            house, _by_name(house, f"Month {month}").snapshot_id, pipeline.ScoreOptions(), model
        )
    yield house
    house.close()


def _by_name(house: pipeline.House, name: str) -> pipeline.Snapshot:
    return next(entry for entry in pipeline.list_snapshots(house) if entry.name == name)


def by_rows(house: pipeline.House, scored: pipeline.Scored, policy: Policy) -> dict[str, dict[str, int]]:
    with house.warehouse.cursor() as cursor:
        frame = treated_frame(frame_of(cursor, scored.table), scored.model, policy)
        found = {row.pop("tier"): row for row in fetch(row_totals(frame, policy)).to_dict("records")}
    nobody = dict.fromkeys(next(iter(found.values())), 0)
    return {tier: found.get(tier, nobody) for tier in NAMES}


def overridden(house: pipeline.House, policy: Policy, name: str = "Month 2") -> Policy:
    table = pipeline.open_scored(house, _by_name(house, name).snapshot_id).table
    with house.warehouse.cursor() as cursor:
        some = cursor.execute(f"SELECT customer_id FROM {table} ORDER BY customer_id LIMIT 9").fetchall()
    rows = [
        Override(key, TIERS[place % 3], "why", "ann", date(2030, 1, 1)) for place, (key,) in enumerate(some)
    ]
    return replace(policy, overrides=tuple(rows))


DEARER = replace(
    IN_FORCE, treatments={**IN_FORCE.treatments, "Core": Treatment(price_change_bp=40, take_up=0.5)}
)


MATURE = {"lifecycle": ["mature"]}
GERMAN = {"segment": ["1", "2"], "country": ["Germany"]}


@pytest.mark.parametrize(
    ("policy", "filtered", "by_hand"),
    [
        (IN_FORCE, {}, True),
        (DEARER, MATURE, False),
        (DEARER, {}, True),
        (STICKY, {}, False),
        (STICKY, GERMAN, True),
    ],
    ids=["by hand", "edited and filtered", "edited, by hand", "sticky", "sticky, filtered, by hand"],
)
def test_cube_equals_rows_under_filters_treatments_stickiness_and_overrides(
    house: pipeline.House, policy: Policy, filtered: dict[str, list[str]], by_hand: bool
) -> None:
    policy = overridden(house, policy) if by_hand else policy
    current = _by_name(house, "Month 2")
    scored = pipeline.look_at(house, current.snapshot_id, pipeline.Selection.of(filtered), (policy,))
    assert sum_cube(cube_of(house, scored, policy), policy) == by_rows(house, scored, policy)


def test_one_scan_makes_a_new_cube_and_an_edit_reads_only_what_it_moves(
    house: pipeline.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    inner = tiers._scanned

    def counted(house, scored, policy, other, names):
        asked.append(list(names))
        return inner(house, scored, policy, other, names)

    monkeypatch.setattr(tiers, "_scanned", counted)
    current = _by_name(house, "Month 1")
    younger = pipeline.Selection.of({"lifecycle": ["growth", "startup"]})
    scored = pipeline.look_at(house, current.snapshot_id, younger, (IN_FORCE,))
    cubes = [cube_of(house, scored, policy) for policy in (IN_FORCE, DEARER, IN_FORCE, DEARER)]
    assert len(asked) == 2 and set(AS_IS) < set(asked[0])
    assert asked[1] and all(name.endswith("__core") for name in asked[1])
    for policy, cube in zip((IN_FORCE, DEARER), cubes, strict=False):
        assert sum_cube(cube, policy) == by_rows(house, scored, policy)


def test_a_filter_gives_other_facts_and_leaves_the_whole_as_it_was(house: pipeline.House) -> None:
    current = _by_name(house, "Month 2")
    whole = pipeline.open_scored(house, current.snapshot_id)
    part = pipeline.look_at(
        house, current.snapshot_id, pipeline.Selection.of({"lifecycle": ["mature"]}), (IN_FORCE,)
    )
    levels = dict(pipeline.levels_of(house, current)["lifecycle"])
    assert part.facts.customers == levels["mature"] < whole.facts.customers == sum(levels.values())
    assert part.scored_id != whole.scored_id
    assert pipeline.look_at(house, current.snapshot_id, pipeline.Selection(), (IN_FORCE,)) is whole


def test_a_hostile_level_is_only_compared(house: pipeline.House) -> None:
    hostile = pipeline.Selection.of({"country": ["x'); DROP TABLE snapshot; --"]})
    with pytest.raises(InputRefused, match="nobody fits the filter"):
        pipeline.look_at(house, _by_name(house, "Month 2").snapshot_id, hostile, (IN_FORCE,))
    assert len(pipeline.list_snapshots(house)) == 3


def test_tiers_held_before_are_those_of_the_month_before(house: pipeline.House) -> None:
    current, before = _by_name(house, "Month 1"), _by_name(house, "Month 0")
    table = standing_before(house, current, IN_FORCE)
    board = pipeline.apply_policy(house, pipeline.open_scored(house, before.snapshot_id), IN_FORCE)
    with house.warehouse.cursor() as cursor:
        held = dict(cursor.execute(f"SELECT held, count(*) FROM {table} GROUP BY held").fetchall())
    assert [held.get(place, 0) for place in range(4)] == [summary.customers for summary in board.tiers]
    assert standing_before(house, before, IN_FORCE) is None


def test_exit_lines_calm_the_tiers(house: pipeline.House) -> None:
    found = pipeline.flips_over_time(house, _by_name(house, "Month 2"), STICKY)
    assert [entry.customers for entry in found["sticky"]] == [entry.customers for entry in found["plain"]]
    assert sum(entry.changes for entry in found["sticky"]) < sum(entry.changes for entry in found["plain"])


def test_movers_are_listed_paged_and_written_whole(house: pipeline.House) -> None:
    scored = pipeline.open_scored(house, _by_name(house, "Month 2").snapshot_id)
    draft = IN_FORCE.with_threshold(strategic=140, core=110).with_gate("mature", core=38)
    moved = pipeline.apply_policy(house, scored, draft, IN_FORCE).customers_moved
    rules = pipeline.mover_rules(house, scored, draft, IN_FORCE)
    assert sum(rules.values()) == moved > 10

    def page(first: int, person: pipeline.Person = ANN):
        query = pipeline.MoverQuery()
        return pipeline.movers_page(house, scored, draft, IN_FORCE, query, person, first=first, most=10)

    keys = [key for first in range(0, moved, 10) for key in page(first)["customer_id"]]
    assert len(keys) == len(set(keys)) == moved
    assert page(0, CLERK)["name"].isna().all()
    (was, tier, rule), count = next(iter(rules.items()))
    written = pipeline.movers_file(
        house, scored, draft, IN_FORCE, pipeline.MoverQuery(was, tier, rule), ANN, str
    ).decode("utf-8-sig")
    assert len(written.strip().splitlines()) == count + 1
