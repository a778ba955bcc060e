"""The way in by AppTest: questions, units, what is united, an earlier mapping, mended rows, the report."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import pipeline
from pages.data import taking_in
from settings import Settings
from tests.pages.test_pages import run_page, texts

ADMIN = pipeline.Person("tester", frozenset({"admin"}))
BOOK = (
    "客户编号,贷款余额（万元）,年利率,主要客户号,违约标志\n"
    + "".join(f"K{place % 40},{place + 1},{3 + place % 4}.5,A{place % 3},{'是' if place % 9 == 0 else '否'}\n" for place in range(60))
    + "K1,,4.5,A1,否\n"
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds one portfolio, of which a row was set aside."""
    folder = tmp_path_factory.mktemp("way-in")
    path = folder / "book.csv"
    path.write_text(BOOK, encoding="utf-8")
    house = pipeline.open_house(Settings(home=folder / "home"))
    inspection = pipeline.inspect_file(house, path, path.name)
    pipeline.import_file(house, [path], mapping=inspection.mapping, name="Book", person=ADMIN)
    house.close()
    return folder


@pytest.fixture
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    monkeypatch.setenv("STRATUM_HOME", str(home / "home"))
    monkeypatch.setenv("STRATUM_SAMPLES", "false")
    pipeline.close_current_house()
    yield pipeline.current_house()
    pipeline.close_current_house()


def portfolios(language: str = "en", **kept: object) -> AppTest:
    app = AppTest.from_function(run_page, default_timeout=90, args=("data", "portfolios"))
    app.query_params["lang"] = language
    for key, value in kept.items():
        app.session_state[f"page_{key}"] = value
    return app.run()


def asked_about(house: pipeline.House, path: Path) -> pipeline.Inspection:
    return pipeline.inspect_file(house, path, path.name)


@pytest.mark.parametrize(
    ("language", "united"), [("en", "60 rows become 40 customers"), ("zh", "60 行合并为 40 户客户")]
)
def test_the_questions_show_repeats_sums_units_and_what_is_united(
    opened: pipeline.House, home: Path, language: str, united: str
) -> None:
    app = portfolios(language, inspection=asked_about(opened, home / "book.csv"))
    assert not app.exception
    assert united in texts(app)
    amount = app.selectbox(key="ask_exposure_贷款余额（万元）")
    assert "贷款余额（万元）" in amount.options[0]
    assert app.selectbox(key="unit_of_贷款余额（万元）_10000.0").value == 1e4
    assert ("same header" if language == "en" else "表头相同") in texts(app)


def test_what_a_person_chooses_is_what_is_shown_next(opened: pipeline.House, home: Path) -> None:
    app = portfolios(inspection=asked_about(opened, home / "book.csv"))
    app.radio(key="ask_customer_客户编号").set_value("主要客户号").run()
    assert not app.exception
    assert "60 rows become 3 customers" in texts(app)
    app.selectbox(key="change_header").set_value("年利率").run()
    app.selectbox(key="change_unit_年利率_0.01").set_value(1.0).run()
    entry = app.session_state["page_inspection"].mapping.by_target()["interest_rate"]
    assert (entry.header, entry.scale) == ("年利率", 1.0)


def test_a_nearly_equal_header_is_offered_an_earlier_mapping(opened: pipeline.House, home: Path) -> None:
    path = home / "next.csv"
    path.write_text(
        BOOK.replace("违约标志\n", "违约标志,新列\n", 1).replace("是\n", "是,1\n").replace("否\n", "否,1\n")
    )
    inspection = asked_about(opened, path)
    assert inspection.saved is not None
    assert inspection.saved.likeness == pytest.approx(5 / 6)
    app = portfolios(inspection=inspection)
    assert "nearly the same header" in texts(app)
    app.button(key="use_saved").click().run()
    assert not app.exception
    assert app.session_state["page_inspection"].saved is None


@pytest.mark.parametrize(
    ("language", "told"), [("en", "As it stands no row can be used"), ("zh", "目前没有可用的行")]
)
def test_a_file_of_which_no_row_holds_can_t_be_taken_in_until_something_is_changed(
    opened: pipeline.House, home: Path, language: str, told: str
) -> None:
    path = home / "![x](y.png) blank.csv"
    path.write_text("customer_id,exposure,name\n" + "".join(f",1,N{n}\n" for n in range(9)))
    app = portfolios(language, inspection=asked_about(opened, path))
    assert told in texts(app)
    assert r"\!\[x\]\(y\.png\) blank\.csv" in app.warning[0].value
    assert app.button(key="take").disabled
    app.radio(key="ask_customer_customer_id").set_value("name").run()
    assert not app.exception and not app.warning
    assert not app.button(key="take").disabled


def test_rows_that_come_back_are_known_and_only_read_again(opened: pipeline.House, home: Path) -> None:
    snapshot = pipeline.list_snapshots(opened)[0]
    path = home / "mended.csv"
    path.write_bytes(pipeline.quarantine_download(opened, snapshot).replace(b",,4.5", b",7,4.5"))
    inspection = asked_about(opened, path)
    assert inspection.mending is not None
    app = portfolios(inspection=inspection, origin="inbox")
    assert "1 row set aside from “Book”" in texts(app)
    app.button(key="take_mended").click().run()
    assert not app.exception
    assert "61 rows read: all in." in texts(app)
    assert "Mended from an earlier snapshot" in texts(app)
    pipeline.delete_snapshot(opened, pipeline.list_snapshots(opened)[0].snapshot_id, ADMIN)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_quality_report_names_columns_and_lists_customers(opened: pipeline.House, language: str) -> None:
    snapshot = next(entry for entry in pipeline.list_snapshots(opened) if entry.name == "Book")
    app = portfolios(language, quality_of=snapshot.snapshot_id)
    assert not app.exception
    assert ("How good is this data?" if language == "en" else "数据质量如何？") in texts(app)
    assert "主要客户号" in texts(app)


@pytest.mark.parametrize(("language", "told"), [("en", "Nothing of it was kept"), ("zh", "未保留任何内容")])
def test_a_cancelled_import_is_told_once_over_the_questions_that_stay(
    opened: pipeline.House, home: Path, language: str, told: str
) -> None:
    inspection, attempt = asked_about(opened, home / "book.csv"), taking_in.Attempt()
    # The run that reads is still undoing its work when the click has begun the next one.
    threading.Timer(0.5, attempt.over.set).start()
    app = portfolios(language, inspection=inspection, attempt=attempt)
    assert attempt.over.is_set()
    assert not app.exception and any(told in info.value for info in app.info)
    assert app.button(key="take")
    assert not any(told in info.value for info in app.run().info)


def test_a_click_too_late_to_cancel_does_not_say_that_nothing_was_kept(
    opened: pipeline.House, home: Path
) -> None:
    inspection, attempt = asked_about(opened, home / "book.csv"), taking_in.Attempt()
    attempt.result = (pipeline.list_snapshots(opened)[0], True)
    attempt.over.set()
    app = portfolios(inspection=inspection, attempt=attempt, origin="inbox")
    assert not app.exception and not app.info
    assert "Your portfolio is in" in texts(app)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "a header but no rows"), ("zh", "第 1 行：只有表头，没有数据行。请连同数据行一起导出。")],
)
def test_a_refused_import_says_why_over_the_questions(
    opened: pipeline.House, home: Path, language: str, told: str
) -> None:
    path = home / "away.csv"
    path.write_text(BOOK)
    inspection = asked_about(opened, path)
    app = portfolios(language, inspection=inspection, origin="inbox")
    path.write_text(BOOK.partition("\n")[0] + "\n")
    app.button(key="take").click().run()
    assert not app.exception
    assert told in app.error[0].value
    assert app.button(key="take")


def test_a_page_begun_anew_while_rows_are_read_leaves_nothing(
    opened: pipeline.House, home: Path, tmp_path: Path
) -> None:
    """A click on Cancel begins the page anew: the next report of the import raises what a rerun raises."""
    from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
    from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

    path = tmp_path / "new.csv"
    path.write_text("customer_id,exposure\n" + "\n".join(f"N{n},{n}" for n in range(50_000)))
    before = [snapshot.snapshot_id for snapshot in pipeline.list_snapshots(opened)]
    inspection = asked_about(opened, path)

    def clicked(_: pipeline.Progress) -> None:
        raise RerunException(RerunData())

    with pytest.raises(RerunException):
        pipeline.import_file(
            opened, [path], mapping=inspection.mapping, name="New", person=ADMIN, report=clicked
        )
    assert [snapshot.snapshot_id for snapshot in pipeline.list_snapshots(opened)] == before
    again, is_new = pipeline.import_file(opened, [path], mapping=inspection.mapping, name="New", person=ADMIN)
    assert is_new and again.account.rows_accepted == 50_000
    pipeline.delete_snapshot(opened, again.snapshot_id, ADMIN)
