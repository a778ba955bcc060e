"""The Policies page: proposed by one, approved by another, files, merges, overrides, drafts that outlive a visit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import pipeline
from segmentation.policy import built_in_policy
from tests.pages.test_pages import run_page, texts

ANN, BEN = (pipeline.Person(name, frozenset({"admin"})) for name in ("ann", "ben"))
HIGHER = built_in_policy().with_threshold(strategic=140)


def opened_page(view: str, person: str, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> AppTest:
    monkeypatch.setenv("LOGNAME", person)
    app = AppTest.from_function(run_page, default_timeout=60, args=("data", "policies"))
    app.query_params["lang"] = language
    app.session_state["w_policies_view"] = view
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["compare", "decide", "history", "overrides"])
def test_every_view_stands_with_all_there_is_to_show(
    view: str, language: str, own: pipeline.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "**[x](http://evil)** <b>'; --"
    first = pipeline.propose_policy(own, HIGHER, hostile, hostile, ANN)
    pipeline.approve_policy(own, first.line_id, pipeline.today(), BEN)
    line = pipeline.propose_policy(own, HIGHER.with_threshold(core=90), "next", hostile, ANN)
    pipeline.set_cases(own, line.line_id, (pipeline.CaseRow(hostile, "Core", hostile),), ANN)
    pipeline.set_override(own, hostile, "Core", hostile, pipeline.today().replace(year=2099), ANN)
    named = pipeline.keep_policy(own, HIGHER.with_threshold(core=85), f"{hostile} 2", hostile, ANN)
    handle = pipeline.keep_draft(own, ANN, HIGHER.with_threshold(core=80), None)
    pipeline.follow_line(own, ANN, handle, named.line_id, named.row.revision)
    app = opened_page(view, "ann", monkeypatch, language)
    assert "<h1" in texts(app)
    assert "<b>'" not in texts(app)
    assert not [button.label for button in app.button if "](http" in button.label]


def test_two_options_never_read_alike(own: pipeline.House, monkeypatch: pytest.MonkeyPatch) -> None:
    for policy in (HIGHER, HIGHER.with_threshold(core=90), HIGHER, HIGHER.with_threshold(core=90)):
        line = pipeline.propose_policy(own, policy, "Same name", "", ANN)
        pipeline.approve_policy(own, line.line_id, pipeline.today(), BEN)
        pipeline.keep_draft(own, ANN, policy.with_threshold(core=70), None)
    for view, keys in (("history", ("w_back_en", "w_draft_en")), ("compare", ())):
        app = opened_page(view, "ann", monkeypatch)
        for widget in (*(app.selectbox(key=key) for key in keys), *app.multiselect):
            assert len(set(widget.options)) == len(widget.options) >= 4


def test_what_one_proposes_another_approves_and_the_bar_says_so(
    own: pipeline.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.keep_draft(own, ANN, HIGHER, None)
    app = opened_page("decide", "ann", monkeypatch)
    app.text_input(key="w_policy_name").input("Autumn")
    app.text_input(key="w_policy_note").input("fewer, better").run()
    app.button(key="propose-policy").click().run()
    assert not app.exception
    (line,) = pipeline.policy_lines(own)
    assert (line.standing, line.row.note, line.policy.identity) == (
        "proposed",
        "fewer, better",
        HIGHER.identity,
    )
    assert app.button(key=f"approve-{line.line_id[:12]}").disabled
    assert "somebody else has to approve it" in texts(app)
    other = opened_page("decide", "ben", monkeypatch)
    assert "Strategic begins at 70 instead of 65 points." in texts(other)
    other.button(key=f"approve-{line.line_id[:12]}").click().run()
    assert not other.exception
    assert pipeline.policy_in_force(own).identity == HIGHER.identity
    assert "“Autumn” is in force since" in texts(other)


def visit() -> None:
    """A page with nothing but the draft: where it stands, a move, the reset."""
    import streamlit as st

    import pipeline
    from pages.parts import state

    state.begin_run()
    in_force = pipeline.policy_in_force(state.house())
    st.button(
        "move",
        key="move",
        on_click=lambda: state.set_draft(state.draft(in_force).with_threshold(strategic=116)),
    )
    st.button("reset", key="reset", on_click=lambda: state.replace_draft(None))
    st.text(str(state.draft(in_force).strategic_step))


def test_a_moved_line_is_there_again_in_the_next_visit_and_gone_after_the_reset(
    opened: pipeline.House, person: str
) -> None:
    app = AppTest.from_function(visit, default_timeout=60).run()
    assert app.text[0].value == "130"
    app.button(key="move").click().run()
    again = AppTest.from_function(visit, default_timeout=60).run()
    assert again.text[0].value == "116"
    again.button(key="reset").click().run()
    third = AppTest.from_function(visit, default_timeout=60).run()
    assert third.text[0].value == "130"
    kept = pipeline.list_drafts(opened, pipeline.Person(person, frozenset()))
    assert [(draft.policy.strategic_step, draft.is_open) for draft in kept if draft.policy] == [(116, False)]


def test_a_shared_link_comes_before_the_kept_draft_which_stays(opened: pipeline.House, person: str) -> None:
    somebody = pipeline.Person(person, frozenset())
    pipeline.keep_draft(opened, somebody, HIGHER, None)
    app = AppTest.from_function(visit, default_timeout=60)
    app.query_params |= {"t1": "150", "t2": "90", "gates": "27.38-30.41-32.43-30.41"}
    app.run()
    assert app.text[0].value == "150"
    app.button(key="move").click().run()
    steps = [draft.policy.strategic_step for draft in pipeline.list_drafts(opened, somebody) if draft.policy]
    assert sorted(steps) == [116, 140]


def test_a_page_loaded_again_has_its_treatments_back_though_its_address_holds_only_lines(
    opened: pipeline.House, person: str
) -> None:
    draft = replace(HIGHER, treatments={**HIGHER.treatments, "Core": HIGHER.treatments["Ordinary"]})
    pipeline.keep_draft(opened, pipeline.Person(person, frozenset()), draft, None)
    app = AppTest.from_function(visit, default_timeout=60)
    gates = "-".join(f"{gate.strategic}.{gate.core}" for gate in draft.gates.values())
    app.query_params |= {"t1": "140", "t2": "100", "gates": gates}
    app.run()
    assert app.session_state["draft"] == draft


def test_a_bad_policy_file_names_lines_and_leaves_the_draft(
    opened: pipeline.House, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.keep_draft(opened, pipeline.Person(person, frozenset()), HIGHER, None)
    app = opened_page("decide", person, monkeypatch)
    bad = HIGHER.to_toml().replace("core_step = 100", "core_step = 199\nfoo = 1").encode()
    app.file_uploader(key="w_policy_file").upload("mine.toml", bad, "application/toml").run()
    assert not app.exception
    told = app.error[0].value.replace("\\", "")
    assert "line 6, foo: is not known" in told and "line 5, core_step: Strategic begins below Core" in told
    assert "your draft is as it was" in texts(app)
    good = HIGHER.with_threshold(core=90).to_toml().encode()
    app.file_uploader(key="w_policy_file").set_value(("mine.toml", good, "application/toml")).run()
    app.button(key="take-policy-file").click().run()
    kept = [draft.policy for draft in pipeline.list_drafts(opened, pipeline.Person(person, frozenset()))]
    assert kept == [HIGHER.with_threshold(core=90), HIGHER]


def test_the_second_saver_chooses_field_by_field(
    own: pipeline.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = pipeline.keep_policy(own, HIGHER, "shared", "", ANN)
    app = opened_page("decide", "ann", monkeypatch)
    app.button(key=f"open-{line.line_id[:12]}").click().run()
    theirs = line.policy.with_threshold(strategic=150).with_gate("mature", core=50)
    pipeline.save_policy(own, line.line_id, 1, theirs, BEN)
    # Ann goes on from version 1 in another window of hers, then saves in this one.
    app.session_state["draft"] = replace(app.session_state["draft"], strategic_step=160, watch_days=60)
    app.run()
    app.button(key="save-policy").click().run()
    assert not app.exception
    assert "Which version should hold, field by field?" in texts(app)
    assert "ben saved version 2" in texts(app)
    assert "both changed it" in texts(app)
    app.segmented_control(key="w_merge_2_strategic_step").set_value("theirs").run()
    app.button(key="merge-save").click().run()
    assert not app.exception
    saved = pipeline.find_policy(own, line.line_id)
    assert (saved.row.revision, saved.policy.strategic_step, saved.policy.watch_days) == (3, 150, 60)
    assert saved.policy.gates["mature"].core == 50
    assert [entry.person for entry in pipeline.revisions_of(own, line.line_id)] == ["ann", "ben", "ann"]


def test_a_case_file_tells_its_account_and_is_kept(
    own: pipeline.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = pipeline.propose_policy(own, HIGHER, "held", "", ANN)
    app = opened_page("decide", "ann", monkeypatch)
    content = b"customer_id,tier\nC000001,Core\n,Core\nC000002,Gold\n"
    app.file_uploader(key=f"w_cases_{line.line_id[:12]}_0").upload("cases.csv", content, "text/csv").run()
    assert "3 rows read, 1 accepted, 2 set aside" in texts(app)
    assert "“Gold” is no tier" in texts(app)
    app.button(key="keep-cases").click().run()
    assert not app.exception
    assert pipeline.cases_of(own, line.line_id) == (pipeline.CaseRow("C000001", "Core"),)


def test_an_override_is_set_listed_and_ended(own: pipeline.House, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("overrides", "ann", monkeypatch)
    app.text_input(key="w_override_customer").input("C000001")
    app.text_input(key="w_override_why").input("new contract")
    app.button(key="set-override").click().run()
    assert not app.exception
    assert [entry.customer_id for entry in pipeline.overrides_in_force(own)] == ["C000001"]
    assert "new contract" in texts(app)
    app.button(key="end-override").click().run()
    assert pipeline.overrides_in_force(own) == ()


def test_an_override_without_a_reason_is_refused_in_words(
    own: pipeline.House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = opened_page("overrides", "ann", monkeypatch)
    app.text_input(key="w_override_customer").input("C000001")
    app.button(key="set-override").click().run()
    assert "reason is blank" in app.error[0].value
    assert pipeline.overrides_of(own) == ()


def test_who_may_not_sign_is_told_who_may(own: pipeline.House, monkeypatch: pytest.MonkeyPatch) -> None:
    line = pipeline.propose_policy(own, HIGHER, "it", "", ANN)
    monkeypatch.setenv("STRATUM_ROLES", '["manager"]')
    pipeline.close_current_house()
    pipeline.keep_draft(pipeline.current_house(), BEN, HIGHER.with_threshold(core=90), None)
    app = opened_page("decide", "ben", monkeypatch)
    assert app.button(key=f"approve-{line.line_id[:12]}").disabled
    assert app.button(key="propose-policy").disabled
    assert "Only an approver or an administrator can approve it." in texts(app)
    assert "Only a risk officer or an administrator can put it forward." in texts(app)


def test_a_signature_is_asked_for_all_customers_whatever_the_filter(
    own: pipeline.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = pipeline.propose_policy(own, HIGHER.with_threshold(core=40), "it", "", ANN)
    scored = pipeline.open_scored(own, pipeline.list_snapshots(own)[0].snapshot_id)
    (entry,) = pipeline.compare_policies(own, scored, [line.policy], built_in_policy())
    monkeypatch.setenv("LOGNAME", "ben")
    app = AppTest.from_function(run_page, default_timeout=60, args=("data", "policies"))
    app.session_state["w_policies_view"] = "decide"
    app.session_state["selection"] = pipeline.Selection((("lifecycle", ("mature",)),))
    app.run()
    assert not app.exception
    assert f"{entry.board.customers_moved:,} customers would change tier" in texts(app)
