"""Every page by AppTest: no exception, both languages, an empty state that leads on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import pipeline
from data.samples.simulate import simulate
from settings import Settings

SHELL = str(Path(__file__).resolve().parent.parent.parent / "pages" / "shell.py")
pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse holds one small simulated portfolio, scored."""
    folder = tmp_path_factory.mktemp("pages") / "home"
    house = pipeline.open_house(Settings(home=folder))
    path = folder / "small.parquet"
    simulate(0, customers=400).to_parquet(path)
    inspection = pipeline.inspect_file(house, path, path.name)
    person = pipeline.Person("tester", frozenset({"admin"}))
    pipeline.import_file(house, [path], mapping=inspection.mapping, name="Small", person=person)
    house.close()
    return folder


@pytest.fixture
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    monkeypatch.setenv("STRATUM_HOME", str(home))
    monkeypatch.setenv("STRATUM_SAMPLES", "false")
    pipeline.close_current_house()
    yield pipeline.current_house()
    pipeline.close_current_house()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    monkeypatch.setenv("STRATUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STRATUM_SAMPLES", "false")
    pipeline.close_current_house()
    yield pipeline.current_house()
    pipeline.close_current_house()


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
    for other in ("overview", "segments", "tiers", "portfolios", "assumptions"):
        state.remember_page(other, st.Page(lambda: None, title=other, url_path=other))
    context.show()
    importlib.import_module(f"pages.{section}.{name}").show()


PAGES = [
    ("overview", "overview"),
    ("understand", "segments"),
    ("understand", "customers"),
    ("decide", "tiers"),
    ("decide", "risk"),
    ("understand", "value"),
    ("decide", "scorecard"),
    ("decide", "returns"),
    ("decide", "limits"),
    ("decide", "acquisition"),
    ("watch", "changes"),
    ("watch", "backtest"),
    ("data", "assumptions"),
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


def test_the_board_shows_what_the_pipeline_says(opened: pipeline.House) -> None:
    scored = pipeline.open_scored(opened, pipeline.list_snapshots(opened)[0].snapshot_id)
    policy = pipeline.policy_in_force(opened).with_threshold(strategic=110)
    board = pipeline.apply_policy(opened, scored, policy)
    app = AppTest.from_function(run_page, default_timeout=60, args=("decide", "tiers")).run()
    app.slider(key="w_strategic").set_value(55.0).run()
    assert not app.exception
    for tier in ("Strategic", "Core", "Ordinary"):
        assert f">{board.of(tier).customers:,}<" in texts(app)
