"""Every page by AppTest: no exception, both languages, an empty state that leads on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import pipeline
from segmentation.policy import TIERS
from segmentation.treatment import NEUTRAL

SHELL = str(Path(__file__).resolve().parent.parent.parent / "pages" / "shell.py")


def texts(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_shell_runs_without_an_exception_in_both_languages(opened: pipeline.House, language: str) -> None:
    app = AppTest.from_file(SHELL, default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert ("Small at a glance" if language == "en" else "Small 一览") in texts(app)


def test_without_data_the_first_page_leads_on(empty: pipeline.House) -> None:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    assert not app.exception
    assert "No portfolio yet" in texts(app)
    assert [button.label for button in app.button] == ["Bring in a portfolio"]


def run_page(section: str, name: str) -> None:
    """The shell's frame with one page in it: AppTest can't follow a menu of functions."""
    import importlib

    import streamlit as st

    from pages.parts import context, state

    state.begin_run()
    for other in ("overview", "segments", "tiers", "limits", "portfolios", "assumptions"):
        state.remember_page(other, st.Page(lambda: None, title=other, url_path=other))
    context.show()
    importlib.import_module(f"pages.{section}.{name}").show()


PAGES = [
    ("overview", "overview"),
    ("understand", "segments"),
    ("understand", "customers"),
    ("decide", "tiers"),
    ("decide", "movers"),
    ("watch", "stability"),
    ("decide", "proposals"),
    ("decide", "robustness"),
    ("decide", "risk"),
    ("understand", "value"),
    ("decide", "scorecard"),
    ("decide", "returns"),
    ("decide", "limits"),
    ("decide", "acquisition"),
    ("decide", "applicants"),
    ("watch", "changes"),
    ("watch", "backtest"),
    ("data", "assumptions"),
    ("data", "policies"),
    ("data", "portfolios"),
]


@pytest.mark.parametrize(("section", "name"), PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_stands_with_data(opened: pipeline.House, section: str, name: str, language: str) -> None:
    app = AppTest.from_function(run_page, default_timeout=60, args=(section, name))
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert "<h1" in texts(app)


@pytest.mark.parametrize(("section", "name"), PAGES)
def test_a_page_stands_without_data(empty: pipeline.House, section: str, name: str) -> None:
    app = AppTest.from_function(run_page, default_timeout=60, args=(section, name)).run()
    assert not app.exception


def test_with_neutral_treatments_the_search_says_why_it_has_nothing_to_do(opened: pipeline.House) -> None:
    policy = pipeline.policy_in_force(opened)
    app = AppTest.from_function(run_page, default_timeout=60, args=("decide", "proposals"))
    app.session_state["draft"] = replace(policy, treatments=dict.fromkeys(TIERS, NEUTRAL))
    app.run()
    assert not app.exception
    assert "all treatments are neutral" in app.error[0].value
    assert "What if sizes decide?" in texts(app)


def test_the_board_gets_what_the_pipeline_says(opened: pipeline.House) -> None:
    scored = pipeline.open_scored(opened, pipeline.list_snapshots(opened)[0].snapshot_id)
    in_force = pipeline.policy_in_force(opened)
    policy = in_force.with_threshold(strategic=110)
    base = pipeline.apply_policy(opened, scored, in_force)
    app = AppTest.from_function(run_page, default_timeout=60, args=("decide", "tiers"))
    app.session_state["draft"] = policy
    app.run()
    assert not app.exception
    cube, board = (element.proto for element in app.get("bidi_component"))
    record = json.loads(board.json)
    assert record["policy"]["strategic"] == 110
    assert record["inForce"]["strategic"] == in_force.strategic_step
    assert [int(row["customers"]) for row in record["base"]] == [
        summary.customers for summary in (*base.tiers, base.total)
    ]
    assert cube.bytes == pipeline.board_payload(opened, scored, policy, in_force).content
    assert record["cubes"][record["policy"]["rest"]] == cube.bytes[:12].decode()


def test_a_treatment_set_on_the_page_is_in_the_draft_and_neutral_treatments_leave_no_mark(
    opened: pipeline.House,
) -> None:
    app = AppTest.from_function(run_page, default_timeout=60, args=("decide", "tiers")).run()
    app.number_input(key="w_price_change_bp_Core").set_value(25.0).run()
    assert app.session_state["draft"].treatments["Core"].price_change_bp == 25.0
    app.button(key="neutral").click().run()
    assert not app.exception
    assert app.session_state["draft"].only_relabels
