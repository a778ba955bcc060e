"""Policies on a portfolio: test cases, comparison, cautions; against the rows' own tiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

import pipeline
from data.engines.functions import fetch, frame_of
from data.samples.simulate import simulate
from segmentation.explain import Standing
from segmentation.policy import TIERS, Policy, built_in_policy
from segmentation.policy_checks import Case, judge
from settings import Settings
from steps.policies import today
from steps.tiers import tiered_frame

ANN, BEN = (pipeline.Person(name, frozenset({"admin"})) for name in ("ann", "ben"))
BASE = built_in_policy()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.House]:
    folder = tmp_path_factory.mktemp("cases")
    house = pipeline.open_house(Settings(home=folder / "home"))
    rated, unrated = folder / "rated.parquet", folder / "unrated.csv"
    simulate(0, customers=250).to_parquet(rated)
    unrated.write_text("customer_id,exposure\n" + "".join(f"C{n},{n}000\n" for n in range(1, 41)))
    for name, path in (("Rated", rated), ("Unrated", unrated)):
        inspection = pipeline.inspect_file(house, path, path.name)
        pipeline.import_file(house, [path], mapping=inspection.mapping, name=name, person=ANN)
    yield house
    house.close()


def scored_of(house: pipeline.House, name: str) -> pipeline.Scored:
    snapshot = next(entry for entry in pipeline.list_snapshots(house) if entry.name == name)
    return pipeline.open_scored(house, snapshot.snapshot_id)


@pytest.fixture
def scored(house: pipeline.House) -> pipeline.Scored:
    return scored_of(house, "Rated")


def row_tiers(house: pipeline.House, scored: pipeline.Scored, policy: Policy) -> dict[str, str]:
    """Each customer's tier by the engine's own row rule."""
    with house.warehouse.cursor() as cursor:
        rows = fetch(tiered_frame(frame_of(cursor, scored.table), policy).select("customer_id", "tier"))
    return dict(zip(rows["customer_id"], rows["tier"], strict=True))


def test_a_tier_kept_from_before_is_said_to_be_so() -> None:
    standing = Standing(110, 20, "mature", False, False)
    for expected, tier in (("Core", "Strategic"), ("Core", "Ordinary")):
        assert judge(Case("A", expected), standing, BASE, tier).rule == "stay"


@pytest.mark.parametrize("policy", [BASE, replace(BASE, gates_on=False), BASE.with_threshold(core=60).with_gate("mature", core=63)])  # fmt: skip
def test_a_case_s_tier_is_the_row_s_and_its_reason_fits(
    policy: Policy, house: pipeline.House, scored: pipeline.Scored
) -> None:
    tiers = row_tiers(house, scored, policy)
    for expected in TIERS:
        cases = tuple(pipeline.CaseRow(customer, expected) for customer in tiers)
        results = pipeline.check_cases(house, scored, cases, policy)
        assert {result.case.customer_id: result.tier for result in results} == tiers
        assert all(result.passed == (result.rule == "") for result in results)
        for result in results:
            if result.rule == "threshold":
                assert result.actual < result.needed
            if result.rule == "gate" and result.actual is not None and result.needed is not None:
                assert result.actual > result.needed
            if result.rule == "above":
                assert TIERS.index(result.tier) < TIERS.index(expected) and result.actual >= result.needed
    assert len(set(tiers.values())) >= 3  # the portfolio has all of it


def test_who_is_not_there_does_not_pass_and_an_override_has_the_last_word(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    tiers = row_tiers(house, scored, BASE)
    customer = next(name for name, tier in tiers.items() if tier == "Ordinary")
    cases = (pipeline.CaseRow("nobody", "Core"), pipeline.CaseRow(customer, "Core"))
    absent, ordinary = pipeline.check_cases(house, scored, cases, BASE)
    assert (absent.passed, absent.rule, ordinary.passed) == (False, "absent", False)
    identity = pipeline.set_override(house, customer, "Core", "why", today() + timedelta(days=1), ANN)
    assert pipeline.check_cases(house, scored, cases, BASE)[1].passed
    pipeline.end_override(house, identity, ANN)


def test_a_failing_case_stops_the_approval_unless_a_reason_is_written(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    customer = next(name for name, tier in row_tiers(house, scored, BASE).items() if tier == "Ordinary")
    line = pipeline.propose_policy(house, BASE.with_threshold(strategic=131), "held", "", ANN)
    cases = (pipeline.CaseRow(customer, "Core", "agreed"),)
    pipeline.set_cases(house, line.line_id, cases, ANN)
    begins = today() + timedelta(days=400)
    for portfolio, reason in ((scored, ""), (scored, "  "), (None, "")):
        with pytest.raises(pipeline.InputRefused, match="1 of its 1 test cases fail"):
            pipeline.approve_policy(house, line.line_id, begins, BEN, portfolio, reason)
    pipeline.approve_policy(house, line.line_id, begins, BEN, scored, "the board agreed")
    signed = next(step for step in pipeline.policy_history(house) if step.action == "approve policy")
    assert "In spite of 1 failing test cases: the board agreed" in signed.detail
    with pytest.raises(pipeline.InputRefused, match="given other test cases"):
        pipeline.set_cases(house, line.line_id, (), ANN)
    pipeline.withdraw_policy(house, line.line_id, BEN)


def test_passing_cases_let_it_through_and_follow_to_the_next_proposal(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    first = BASE.with_threshold(strategic=132)
    customer = next(name for name, tier in row_tiers(house, scored, first).items() if tier == "Core")
    line = pipeline.propose_policy(house, first, "first", "", ANN)
    pipeline.set_cases(house, line.line_id, (pipeline.CaseRow(customer, "Core"),), ANN)
    pipeline.approve_policy(house, line.line_id, today(), BEN, scored)
    following = pipeline.propose_policy(house, BASE.with_threshold(strategic=133), "next", "", ANN)
    assert pipeline.cases_of(house, following.line_id) == (pipeline.CaseRow(customer, "Core"),)
    pipeline.withdraw_policy(house, following.line_id, ANN)


FILE = """customer_id;tier;reason
C1;core;agreed
C2;战略客户;
;Core;no key
C3;Gold;no tier
C1;Strategic;twice
C4;;no tier either
C5;WORK-OUT;"a; b"
C6;Core
"""


def test_every_row_of_a_case_file_is_accepted_or_set_aside_with_line_and_column(
    house: pipeline.House,
) -> None:
    file = pipeline.read_cases(house, FILE.encode(), "cases.csv")
    assert [(case.customer_id, case.tier, case.reason) for case in file.cases] == [
        ("C1", "Core", "agreed"), ("C2", "Strategic", ""), ("C5", "Work-out", "a; b"),
    ]  # fmt: skip
    assert [(row.line, row.column, row.key) for row in file.set_aside] == [
        (4, "customer_id", "blank"), (5, "tier", "unknown_tier"), (6, "customer_id", "twice"),
        (7, "tier", "blank"), (9, "", "broken"),
    ]  # fmt: skip
    assert file.rows_read == 8 == len(file.cases) + len(file.set_aside)


BAD_CASE_FILES = [
    (b"", "empty"), (b"customer_id,level\nA,Core\n", "no column tier"), (b"who,tier\nA,Core\n", "no column customer_id"),
    (b"customer_id,tier\n" + b"".join(b"C%d,Core\n" % n for n in range(5_001)), "more than 5,000"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), BAD_CASE_FILES)
def test_a_file_that_holds_no_cases_is_refused_in_words(
    content: bytes, sentence: str, house: pipeline.House
) -> None:
    with pytest.raises(pipeline.InputRefused, match=sentence):
        pipeline.read_cases(house, content, "cases.csv")
    assert not list(house.settings.incoming_path.iterdir())


def test_policies_side_by_side_hold_what_each_holds_alone(
    house: pipeline.House, scored: pipeline.Scored
) -> None:
    candidates = [BASE, BASE.with_threshold(strategic=150), replace(BASE, gates_on=False)]
    compared = pipeline.compare_policies(house, scored, candidates, BASE)
    base = row_tiers(house, scored, BASE)
    for policy, entry in zip(candidates, compared, strict=True):
        tiers = row_tiers(house, scored, policy)
        assert entry.board.of("Strategic").customers == sum(tier == "Strategic" for tier in tiers.values())
        assert entry.board.customers_moved == sum(tiers[name] != base[name] for name in base)


def test_an_empty_tier_and_a_portfolio_without_pd_are_said(house: pipeline.House) -> None:
    rated, unrated = scored_of(house, "Rated"), scored_of(house, "Unrated")
    nobody = BASE.with_threshold(strategic=200)
    (entry,) = pipeline.compare_policies(house, rated, [nobody], BASE)
    assert [(caution.key, caution.tier) for caution in entry.cautions] == [("empty_tier", "Strategic")]
    gated, free = pipeline.compare_policies(house, unrated, [BASE, replace(BASE, gates_on=False)], BASE)
    assert (gated.cautions[0].key, gated.cautions[0].customers) == ("no_risk", unrated.facts.customers)
    assert "no_risk" not in [caution.key for caution in free.cautions]
