"""A warehouse with one small portfolio, built once; each test is a person of its own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from data.samples.simulate import simulate
from settings import Settings


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> str:
    """Drafts outlive a visit, so every test is somebody else."""
    name = f"tester-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("LOGNAME", name)
    return name


@pytest.fixture(scope="session")
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


def opened_at(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    """Make a home the process's own for a test."""
    monkeypatch.setenv("STRATUM_HOME", str(home))
    monkeypatch.setenv("STRATUM_SAMPLES", "false")
    pipeline.close_current_house()
    yield pipeline.current_house()
    pipeline.close_current_house()


@pytest.fixture
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    yield from opened_at(home, monkeypatch)


@pytest.fixture
def own(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    """A copy of the home, for a test that leaves something behind for everybody."""
    yield from opened_at(Path(shutil.copytree(home, tmp_path / "own")), monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.House]:
    yield from opened_at(tmp_path / "home", monkeypatch)
