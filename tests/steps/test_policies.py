"""The life of a policy by its verbs: who may what, what holds when, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from data.errors import NotAllowed, PolicyInvalid
from segmentation.policy import Policy, built_in_policy
from settings import Settings
from steps.policies import today

ADMIN, OFFICER, APPROVER, MANAGER = (
    frozenset({role}) for role in ("admin", "officer", "approver", "manager")
)
ANN, BEN, CHO = (pipeline.Person(name, ADMIN) for name in ("ann", "ben", "cho"))
BASE = built_in_policy()
HIGHER, LOWER = BASE.with_threshold(strategic=140), BASE.with_threshold(strategic=120)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[pipeline.House]:
    opened = pipeline.open_house(Settings(home=tmp_path / "home"))
    yield opened
    opened.close()


def in_force(house: pipeline.House, policy: Policy, name: str, after_days: int = 0) -> str:
    """Propose by ann, approve by ben."""
    line = pipeline.propose_policy(house, policy, name, "why", ANN)
    pipeline.approve_policy(house, line.line_id, today() + timedelta(days=after_days), BEN)
    return line.line_id


def test_a_proposal_holds_once_somebody_else_has_approved_it(house: pipeline.House) -> None:
    line = pipeline.propose_policy(house, HIGHER, " Autumn  2026 ", "fewer, better", ANN)
    assert pipeline.policy_in_force(house).identity == BASE.identity
    with pytest.raises(pipeline.SamePerson, match=r"ann wrote or proposed “Autumn 2026”\. Somebody else"):
        pipeline.approve_policy(house, line.line_id, today(), ANN)
    assert pipeline.policy_in_force(house).identity == BASE.identity
    pipeline.approve_policy(house, line.line_id, today(), BEN)
    held = pipeline.policy_in_force(house)
    assert (held.identity, held.name, held.author, held.note) == (
        HIGHER.identity, "Autumn 2026", "ann", "fewer, better",
    )  # fmt: skip
    (kept,) = pipeline.policy_lines(house)
    assert (kept.standing, kept.row.proposed_by, kept.row.approved_by) == ("in_force", "ann", "ben")


def test_a_policy_begins_on_its_day_and_is_replaced_on_the_next_one_s(house: pipeline.House) -> None:
    first = in_force(house, HIGHER, "first")
    second = in_force(house, LOWER, "second", after_days=7)

    def standings(days: int) -> dict[str, str]:
        lines = pipeline.policy_lines(house, today() + timedelta(days=days))
        return {line.line_id: line.standing for line in lines}

    assert standings(0) == standings(6) == {first: "in_force", second: "scheduled"}
    assert standings(7) == {first: "replaced", second: "in_force"}
    assert pipeline.policy_in_force(house).identity == HIGHER.identity


def test_no_policy_begins_in_the_past(house: pipeline.House) -> None:
    line = pipeline.propose_policy(house, HIGHER, "late", "", ANN)
    with pytest.raises(pipeline.InputRefused, match="is past"):
        pipeline.approve_policy(house, line.line_id, today() - timedelta(days=1), BEN)


ROLES = [
    ("keep", MANAGER), ("keep", APPROVER), ("propose", MANAGER), ("propose", APPROVER), ("approve", MANAGER),
    ("approve", OFFICER), ("withdraw", MANAGER), ("override", MANAGER), ("override", APPROVER),
]  # fmt: skip


@pytest.mark.parametrize(("action", "roles"), ROLES)
def test_a_step_needs_its_role(action: str, roles: frozenset[str], house: pipeline.House) -> None:
    line = pipeline.propose_policy(house, HIGHER, "it", "", ANN)
    eve = pipeline.Person("eve", roles)
    with pytest.raises(NotAllowed):
        match action:
            case "keep":
                pipeline.keep_policy(house, LOWER, "other", "", eve)
            case "propose":
                pipeline.propose_policy(house, LOWER, "other", "", eve)
            case "approve":
                pipeline.approve_policy(house, line.line_id, today(), eve)
            case "withdraw":
                pipeline.withdraw_policy(house, line.line_id, eve)
            case _:
                pipeline.set_override(house, "A", "Core", "why", today() + timedelta(days=1), eve)
    assert [entry.standing for entry in pipeline.policy_lines(house)] == ["proposed"]


def test_going_back_is_a_proposal_of_the_earlier_policy_and_needs_an_approver(house: pipeline.House) -> None:
    first = in_force(house, HIGHER, "first")
    in_force(house, LOWER, "second")
    back = pipeline.roll_back(house, first, "the second lost too much", CHO)
    assert (back.standing, back.policy.identity, back.row.name) == ("proposed", HIGHER.identity, "first")
    assert pipeline.policy_in_force(house).identity == LOWER.identity
    with pytest.raises(pipeline.SamePerson):
        pipeline.approve_policy(house, back.line_id, today(), CHO)
    pipeline.approve_policy(house, back.line_id, today(), BEN)
    assert pipeline.policy_in_force(house).identity == HIGHER.identity
    assert len(pipeline.policy_lines(house)) == 3  # the earlier approval stays as it was


def test_one_can_go_back_to_the_built_in_policy_but_not_to_what_was_never_approved(
    house: pipeline.House,
) -> None:
    in_force(house, HIGHER, "first")
    idea = pipeline.propose_policy(house, LOWER, "idea", "", ANN)
    with pytest.raises(pipeline.InputRefused, match="never approved"):
        pipeline.roll_back(house, idea.line_id, "", ANN)
    back = pipeline.roll_back(house, pipeline.BUILT_IN, "", ANN)
    pipeline.approve_policy(house, back.line_id, today(), BEN)
    assert pipeline.policy_in_force(house) == BASE


def test_what_changes_nothing_or_bears_another_s_name_is_not_proposed(house: pipeline.House) -> None:
    with pytest.raises(pipeline.InputRefused, match="decides what the policy in force decides"):
        pipeline.propose_policy(house, BASE, "same", "", ANN)
    with pytest.raises(pipeline.InputRefused, match="no name"):
        pipeline.propose_policy(house, HIGHER, "  ", "", ANN)
    with pytest.raises(pipeline.InputRefused, match="“built-in” is the name of another"):
        pipeline.propose_policy(house, HIGHER, "built-in", "", ANN)
    with pytest.raises(PolicyInvalid):
        pipeline.propose_policy(house, HIGHER, "x" * 121, "", ANN)
    assert pipeline.policy_lines(house) == ()


def test_a_hostile_name_is_kept_and_found_as_it_is(house: pipeline.House) -> None:
    name = "'; DROP TABLE policy; -- <b>中</b>"
    line = pipeline.propose_policy(house, HIGHER, name, "![x](http://evil)", ANN)
    assert pipeline.find_policy(house, name) == line == pipeline.find_policy(house, line.line_id[:12])
    with pytest.raises(pipeline.InputRefused, match="no policy “other”"):
        pipeline.find_policy(house, "other")


def test_what_was_in_force_is_not_withdrawn_what_has_not_begun_is(house: pipeline.House) -> None:
    first = in_force(house, HIGHER, "first")
    second = in_force(house, LOWER, "second", after_days=3)
    with pytest.raises(pipeline.InputRefused, match="in force since"):
        pipeline.withdraw_policy(house, first, BEN)
    pipeline.withdraw_policy(house, second, BEN, "too early")
    assert {line.row.name: line.standing for line in pipeline.policy_lines(house)} == {
        "first": "in_force", "second": "withdrawn",
    }  # fmt: skip
    actions = [(step.person, step.action) for step in pipeline.policy_history(house)]
    assert actions[0] == ("ben", "withdraw policy")
    assert len(actions) == 7  # written, proposed, approved, twice; withdrawn once


# ---------------------------------------------------------------- two people at once


def test_the_second_saver_gets_both_versions_and_the_merge_keeps_both_changes(house: pipeline.House) -> None:
    line = pipeline.keep_policy(house, HIGHER, "shared", "", ANN)
    seen = line.row.revision
    pipeline.save_policy(house, line.line_id, seen, line.policy.with_gate("mature", core=50), BEN)
    mine = replace(line.policy.with_threshold(core=90), note="mine")
    with pytest.raises(pipeline.ChangedMeanwhile, match="ben saved version 2"):
        pipeline.save_policy(house, line.line_id, seen, mine, ANN)
    base = pipeline.version_of(house, line.line_id, seen)
    theirs = pipeline.version_of(house, line.line_id, 2)
    sides = pipeline.proposed_sides(base, mine, theirs)
    assert sides == {"note": "mine", "core_step": "mine", "gates.mature.core": "theirs"}
    saved = pipeline.save_policy(house, line.line_id, 2, pipeline.merged_policy(mine, theirs, sides), ANN)
    assert (saved.policy.core_step, saved.policy.gates["mature"].core, saved.row.revision) == (90, 50, 3)
    assert [entry.person for entry in pipeline.revisions_of(house, line.line_id)] == ["ann", "ben", "ann"]


def test_of_many_people_at_once_every_change_arrives(house: pipeline.House) -> None:
    line = pipeline.keep_policy(house, HIGHER, "shared", "", ANN)
    fields = ["coverage_gate", "watch_days", "exit_steps", "exit_rungs", "stay_months"]
    together, refused = threading.Barrier(len(fields)), []

    def change(place: int, field: str) -> None:
        seen, mine = 1, replace(line.policy, **{field: 1 if field == "coverage_gate" else place + 2})
        together.wait()
        while True:
            try:
                pipeline.save_policy(house, line.line_id, seen, mine, pipeline.Person(f"p{place}", ADMIN))
                return
            except pipeline.ChangedMeanwhile:
                refused.append(field)
                newest = pipeline.find_policy(house, line.line_id)
                base = pipeline.version_of(house, line.line_id, seen)
                sides = pipeline.proposed_sides(base, mine, newest.policy)
                mine = pipeline.merged_policy(mine, newest.policy, sides)
                seen = newest.row.revision

    threads = [threading.Thread(target=change, args=entry) for entry in enumerate(fields)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    newest = pipeline.find_policy(house, line.line_id)
    assert len(refused) >= len(fields) - 1
    assert newest.row.revision == 1 + len(fields)
    assert {change.field for change in pipeline.differences(line.policy, newest.policy)} == set(fields)


# ---------------------------------------------------------------- drafts


def test_a_draft_outlives_its_visit_until_it_is_put_away(house: pipeline.House) -> None:
    handle = pipeline.keep_draft(house, ANN, HIGHER, None)
    handle = pipeline.keep_draft(house, ANN, LOWER, handle)
    found = pipeline.last_draft(house, ANN)
    assert found is not None and (found.policy, found.handle) == (LOWER, handle)
    assert pipeline.last_draft(house, BEN) is None
    pipeline.put_draft_away(house, ANN, handle)
    assert pipeline.last_draft(house, ANN) is None
    assert [draft.policy for draft in pipeline.list_drafts(house, ANN)] == [LOWER]


def test_two_windows_on_one_draft_keep_a_draft_each(house: pipeline.House) -> None:
    both = pipeline.keep_draft(house, ANN, BASE, None)
    first = pipeline.keep_draft(house, ANN, HIGHER, both)
    second = pipeline.keep_draft(house, ANN, LOWER, both)
    assert first.draft_id != second.draft_id
    kept = {draft.handle.draft_id: draft.policy for draft in pipeline.list_drafts(house, ANN)}
    assert kept == {first.draft_id: HIGHER, second.draft_id: LOWER}


def test_a_draft_today_s_rules_refuse_stays_on_the_list_with_its_text(house: pipeline.House) -> None:
    handle = pipeline.keep_draft(house, ANN, HIGHER, None)
    with house.warehouse.cursor() as cursor:
        cursor.execute("UPDATE policy_draft SET body = 'old = 1'").fetchall()
    assert pipeline.last_draft(house, ANN) is None
    (kept,) = pipeline.list_drafts(house, ANN)
    assert (kept.policy, kept.body, kept.handle.draft_id) == (None, "old = 1", handle.draft_id)


# ---------------------------------------------------------------- files, overrides


BAD_FILES = [
    (b"strategic_step = = 3", "line 1"),
    (b"\xff\xfe", "not UTF-8"),
    (b"x" * 300_000, "too many"),
    (HIGHER.to_toml().replace("watch_days", "watch_dayz").encode(), "line 8, watch_dayz: is not known. Did you mean “watch_days”"),
    (HIGHER.to_toml().replace("core_step = 100", "core_step = 199").encode(), "line 5, core_step: Strategic begins below Core"),
    (HIGHER.to_toml().replace("core = 43", "core = 2").encode(), "gates.mature.strategic: Strategic accepts more risk"),
    (HIGHER.to_toml().replace("gates_on = true", 'gates_on = "yes"').encode(), "line 6, gates_on: 'yes' does not fit"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), BAD_FILES)
def test_a_bad_policy_file_is_refused_with_line_and_key(content: bytes, sentence: str) -> None:
    with pytest.raises(pipeline.InputRefused) as caught:
        pipeline.parse_policy(content, "mine.toml")
    assert sentence in str(caught.value)
    assert "mine.toml" in str(caught.value)


@given(st.integers(0, 200), st.integers(0, 200), st.text(min_size=1, max_size=40), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_policy_written_and_read_is_the_same(one: int, other: int, name: str, gates_on: bool) -> None:
    policy = replace(
        BASE, strategic_step=max(one, other), core_step=min(one, other), name=name, gates_on=gates_on
    )
    again = pipeline.parse_policy(policy.to_toml().encode("utf-8", "surrogatepass"), "x")
    assert (again, again.name, again.identity) == (policy, policy.name, policy.identity)


def test_an_override_needs_a_reason_a_tier_and_a_day_to_come(house: pipeline.House) -> None:
    tomorrow = today() + timedelta(days=1)
    for customer, tier, reason, until, sentence in (
        ("A", "Core", " ", tomorrow, "reason is blank"),
        (" ", "Core", "why", tomorrow, "customer_id is blank"),
        ("A", "Gold", "why", tomorrow, "is no tier"),
        ("A", "Core", "why", today(), "not after today"),
    ):
        with pytest.raises(pipeline.InputRefused, match=sentence):
            pipeline.set_override(house, customer, tier, reason, until, ANN)
    assert pipeline.overrides_of(house) == ()


def test_overrides_count_until_their_day_or_until_they_are_ended(house: pipeline.House) -> None:
    until = today() + timedelta(days=2)
    pipeline.set_override(house, " A ", "Core", "contract", until, ANN)
    second = pipeline.set_override(house, "B", "Strategic", "contract", until, BEN)
    found = {entry.customer_id: (entry.tier, entry.author) for entry in pipeline.overrides_in_force(house)}
    assert found == {"A": ("Core", "ann"), "B": ("Strategic", "ben")}
    assert pipeline.overrides_in_force(house, until) == ()
    pipeline.end_override(house, second, CHO)
    assert [entry.customer_id for entry in pipeline.overrides_in_force(house)] == ["A"]
    assert [line.standing for line in pipeline.overrides_of(house)] == ["ended", "in_force"]
    assert [line.standing for line in pipeline.overrides_of(house, until)] == ["ended", "expired"]
