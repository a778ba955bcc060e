"""What is documented is there, and what is there is documented."""

from __future__ import annotations

import doctest
from pathlib import Path

import cli
from settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme() -> None:
    assert [name for name in Settings.model_fields if f"`STRATUM_{name.upper()}`" not in README] == []


def test_every_command_stands_in_the_readme() -> None:
    assert [name for name in cli.COMMANDS if f"cli.py {name}" not in README] == []


def test_the_readme_names_the_two_commands() -> None:
    assert "make run" in README
    assert "make test" in README


def test_the_toy_runs() -> None:
    failed, tried = doctest.testfile(str(ROOT / "docs" / "how-it-works.md"), module_relative=False)
    assert (failed, tried > 5) == (0, True)


def test_every_decision_says_what_was_chosen_and_what_follows() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "**Choice.**" in text or "## Choice" in text, page.name
        assert "**Consequence.**" in text or "## Consequence" in text, page.name
