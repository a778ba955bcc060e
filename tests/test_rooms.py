"""Who may import whom, for the rooms that are single files; import-linter holds the packages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "app",
    "cli",
    "pages",
    "pipeline",
    "steps",
    "reports",
    "segmentation",
    "data",
    "settings",
    "streamlit",
}
ALLOWED = {
    "app.py": {"pipeline", "streamlit"},
    "cli.py": {"pipeline", "settings"},
    "pipeline.py": {"steps", "segmentation", "data"},
    "settings.py": set(),
}


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names & ROOMS


@pytest.mark.parametrize("door", ALLOWED)
def test_a_single_file_imports_only_the_rooms_below_it(door: str) -> None:
    assert imported_by(ROOT / door) <= ALLOWED[door]


@pytest.mark.parametrize("room", ["reports", "segmentation", "data"])
def test_nothing_below_imports_the_pipeline_or_a_door(room: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in (ROOT / room).rglob("*.py")
        if (
            found := imported_by(path) & {"pipeline", "steps", "app", "cli", "pages", "settings", "streamlit"}
        )
    }
    assert wrong == {}


def test_the_steps_import_no_door_and_the_doors_no_step() -> None:
    doors = {"pipeline", "app", "cli", "pages", "streamlit"}
    upward = {
        path.name: found for path in (ROOT / "steps").glob("*.py") if (found := imported_by(path) & doors)
    }
    past = [path for path in (ROOT / "pages").rglob("*.py") if "steps" in imported_by(path)]
    assert (upward, past) == ({}, [])


def test_of_segmentation_pages_use_only_policies_and_the_ladder() -> None:
    used: set[str] = set()
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module
                and node.module.startswith(("segmentation", "data."))
            ):
                used.add(node.module)
    assert used <= {"segmentation.policy", "segmentation.treatment", "segmentation.risk.ladder"}


def test_every_room_has_its_ten_lines() -> None:
    for room in ("data", "segmentation", "reports", "steps", "pages", "tests", "bench", "docs"):
        assert (ROOT / room / "README.md").is_file(), room
