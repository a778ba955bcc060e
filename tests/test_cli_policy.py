"""The batch door's policies: listed, told in words, out and in as TOML."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import cli
import pipeline
from segmentation.policy import built_in_policy
from settings import Settings

HIGHER = built_in_policy().with_threshold(strategic=140)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STRATUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOGNAME", "ann")
    return tmp_path / "home"


def approved(home: Path) -> None:
    house = pipeline.open_house(Settings(home=home))
    ann, ben = (pipeline.Person(name, frozenset({"admin"})) for name in ("ann", "ben"))
    line = pipeline.propose_policy(house, HIGHER, "Autumn", "fewer, better", ann)
    pipeline.approve_policy(house, line.line_id, datetime.now(UTC).date(), ben)
    house.close()


def test_a_fresh_house_lists_the_built_in_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policy", "list"]) == 0
    assert "built-in" in capsys.readouterr().out


def test_a_policy_is_told_with_its_signatures_and_its_difference(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approved(home)
    assert cli.main(["policy", "show", "autumn"]) == 0
    told = capsys.readouterr().out
    assert "Autumn · in force" in told and "Approved: ben" in told and "Both decide the same." in told
    assert cli.main(["policy", "diff", "built-in", "Autumn"]) == 0
    assert capsys.readouterr().out == "Strategic begins at 70 instead of 65 points.\n"
    assert cli.main(["policy", "diff", "built-in"]) == 0
    assert capsys.readouterr().out == "Strategic begins at 65 instead of 70 points.\n"


def test_what_goes_out_comes_in_again_as_a_draft_and_nothing_is_in_force_by_it(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(HIGHER.to_toml(), encoding="utf-8")
    assert cli.main(["policy", "import", str(file), "--name", "Mine", "--note", "why"]) == 0
    out = tmp_path / "out.toml"
    assert cli.main(["policy", "export", "Mine", "--out", str(out)]) == 0
    again = pipeline.read_policy(out)
    assert (again.identity, again.name, again.author, again.note) == (HIGHER.identity, "Mine", "ann", "why")
    assert cli.main(["policy", "diff", str(file), str(out)]) == 0
    assert capsys.readouterr().out == "Both decide the same.\n"
    assert cli.main(["policy", "export", "in-force"]) == 0
    assert capsys.readouterr().out == built_in_policy().to_toml()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["show", "nothing"], 3, "there is no policy “nothing”"),
        (["diff", "no.toml"], 2, "no file no.toml"),
        (["import", "no.toml"], 2, "no file no.toml"),
        (["export", "built-in", "--out", "/nowhere/x.toml"], 2, "can't be written"),
    ],
)
def test_a_slip_ends_with_its_code_and_a_sentence(
    arguments: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["policy", *arguments]) == code
    assert sentence in capsys.readouterr().err
