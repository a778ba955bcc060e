"""A file that holds several tables: the person chooses, and the file is looked at again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import pipeline
from settings import Settings
from tests.pages.test_portfolios import portfolios


def test_another_member_and_another_separator_are_looked_at_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("jan.csv", "customer_id,exposure\n" + "".join(f"j{n},{n}\n" for n in range(1, 40)))
        archive.writestr("feb.csv", "customer_id,exposure\nf1,1\nf2,2\n")
    monkeypatch.setenv("STRATUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STRATUM_SAMPLES", "false")
    pipeline.close_current_house()
    house = pipeline.current_house()
    assert Settings().home == tmp_path / "home"
    app = portfolios(inspection=pipeline.inspect_file(house, path, path.name))
    assert not app.exception
    app.selectbox(key="reading_member_jan.csv").set_value("feb.csv").run()
    assert not app.exception
    assert app.session_state["page_inspection"].examples["customer_id"] == ("f1", "f2")
    app.selectbox(key="reading_member_feb.csv").set_value(pipeline.ALL_MEMBERS).run()
    assert not app.exception
    assert app.session_state["page_inspection"].options.member == pipeline.ALL_MEMBERS
    pipeline.close_current_house()
