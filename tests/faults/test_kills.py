"""A process killed at any moment leaves the warehouse as it was, or the new snapshot whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from steps import house as houses
from tests.faults.worker import Kept, announced_import, is_sound, settings_of, state_of, take_in

STAGES = {"reading": "validating", "validating": "committing", "committing": "committed"}
"""Each stage → the word that says it is over."""

ROWS = 30_000
LONGEST_WAIT = 60


@dataclass(frozen=True)
class Ground:
    """What the kills start from.

    Attributes
    ----------
    home : Path
        A home with one snapshot, to copy.
    files : tuple of Path
        New ones: text, which the engine reads itself, and Parquet, which comes batch by batch.
    before : dict
        State of the home.
    after : dict
        File → what its snapshot must be when it is there.
    seconds : dict
        File and stage → how long the stage takes.
    """

    home: Path
    files: tuple[Path, ...]
    before: dict[str, Kept]
    after: dict[Path, dict[str, Kept]]
    seconds: dict[tuple[Path, str], float]


def _context() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.worker"])
    return context


def _portfolio() -> pd.DataFrame:
    generator = np.random.default_rng(7)
    number = np.arange(ROWS)
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{each:07d}" for each in number],
            "name": [f"Company {each}" for each in generator.integers(0, 9_999, ROWS)],
            "exposure": generator.integers(1, 9_000_000, ROWS) / 100,
            "annual_revenue": generator.integers(1, 9_000_000, ROWS) / 100,
            "originated_on": pd.Timestamp("2020-01-01") + pd.to_timedelta(number % 900, unit="D"),
            "defaulted": generator.random(ROWS) < 0.03,
        }
    )
    frame.loc[::997, "customer_id"] = None
    return frame


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    first = folder / "first.csv"
    first.write_text("customer_id,exposure\n" + "\n".join(f"F{n},{n + 1}" for n in range(500)) + "\n,5\n")
    home = folder / "home"
    house = houses.open_house(settings_of(home))
    take_in(house, first, "first")
    before = state_of(house)
    house.close()
    frame = _portfolio()
    text, parquet = folder / "new.csv", folder / "new.parquet"
    frame.to_csv(text, index=False, date_format="%Y-%m-%d")
    frame.to_parquet(parquet, index=False)
    after: dict[Path, dict[str, Kept]] = {}
    seconds: dict[tuple[Path, str], float] = {}
    for path in (text, parquet):
        place = folder / path.suffix[1:]
        shutil.copytree(home, place)
        words = _run(place, path, "committed", 0.0)
        seconds |= {(path, stage): words[over] - words[stage] for stage, over in STAGES.items()}
        house = houses.open_house(settings_of(place))
        after[path] = {key: kept for key, kept in state_of(house).items() if key not in before}
        house.close()
        assert len(after[path]) == 1
    yield Ground(home, (text, parquet), before, after, seconds)


def _run(home: Path, path: Path, stage: str, wait: float) -> dict[str, float]:
    """Import in a process; kill it so long after a stage began. Gives when each stage began."""
    context = _context()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=announced_import, args=(home, path, "new", there))
    # A page test in this process may have left its script as the main module: the child wants none.
    with mock.patch.dict(sys.modules, {"__main__": types.ModuleType("__main__")}):
        process.start()
    there.close()
    words: dict[str, float] = {}
    try:
        while here.poll(LONGEST_WAIT):
            word = here.recv()
            words.setdefault(word, time.monotonic())
            if word == stage:
                time.sleep(wait)
                os.kill(process.pid or 0, signal.SIGKILL)
                break
            if word == "done":
                break
    finally:
        process.join(LONGEST_WAIT)
        here.close()
    assert process.exitcode == (0 if "done" in words else -signal.SIGKILL)
    return words


def _kill_and_look(
    ground: Ground, folder: Path, stage: str, path: Path, share: float, go_on: bool = False
) -> str:
    """Kill an import, open the warehouse again, hold it against what was before; says which it was."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(ground.home, home)
    _run(home, path, stage, share * ground.seconds[path, stage])
    house = houses.open_house(settings_of(home))
    try:
        assert is_sound(house)
        found = state_of(house)
        assert {key: found.get(key) for key in ground.before} == ground.before
        new = {key: kept.content for key, kept in found.items() if key not in ground.before}
        whole = {key: kept.content for key, kept in ground.after[path].items()}
        assert new in ({}, whole)
        assert not list((home / "gate").iterdir())
        # What was interrupted can be taken in as if nothing had been.
        if go_on and not new:
            snapshot, is_new = take_in(house, path, "again")
            assert is_new and {snapshot.snapshot_id} == set(whole)
        return "new" if new else "previous"
    finally:
        house.close()


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_import_leaves_all_or_nothing(ground: Ground, tmp_path: Path, stage: str) -> None:
    for number, path in enumerate(ground.files):
        _kill_and_look(ground, tmp_path, stage, path, (0.3, 0.9)[number])


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_twenty_kills_a_stage(ground: Ground, tmp_path: Path, stage: str) -> None:
    chance = random.Random(f"kills while {stage}")
    ends = {
        _kill_and_look(
            ground, tmp_path, stage, ground.files[number % 2], chance.uniform(0.0, 1.2), number % 4 == 0
        )
        for number in range(20)
    }
    assert "previous" in ends
