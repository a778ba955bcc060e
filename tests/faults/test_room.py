"""A full disk, too little memory, two at once, the same twice: a sentence, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import pipeline
from data.errors import OutOfRoom
from data.upload_desk import UploadDesk
from steps import house as houses
from tests.faults.worker import is_sound, settings_of, state_of, take_in

DISK_BYTES = 24 << 20


def written(path: Path, rows: int, letter: str = "C") -> Path:
    lines = (f"{letter}{n},Company number {n * 7919},{n + 1}.25,{n * 31 % 977}" for n in range(rows))
    path.write_text("customer_id,name,exposure,annual_revenue\n" + "\n".join(lines) + "\n,nobody,5,5\n")
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small disk can only be mounted by root, with mount")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, spare: int) -> Path:
    """Leave so many bytes free."""
    filler = disk / "filler"
    free = shutil.disk_usage(disk).free
    filler.write_bytes(b"\1" * (free - spare))
    return filler


def test_a_full_disk_is_told_and_nothing_is_lost(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    house = houses.open_house(settings_of(home))
    take_in(house, written(tmp_path / "first.csv", 50), "first")
    before = state_of(house)
    large = written(tmp_path / "large.csv", 60_000)
    for spare in (0, 900_000):
        filler = fill(small_disk, spare)
        with pytest.raises(OutOfRoom, match="no room left on the disk"):
            take_in(house, large, "large")
        assert state_of(house) == before and is_sound(house)
        filler.unlink()
    house.close()
    house = houses.open_house(settings_of(home))
    assert state_of(house) == before and is_sound(house)
    snapshot, is_new = take_in(house, written(tmp_path / "third.csv", 500, "D"), "third")
    assert is_new and state_of(house).keys() == {*before, snapshot.snapshot_id}
    house.close()


def test_an_upload_to_a_full_disk_is_refused_with_a_reason(small_disk: Path) -> None:
    desk = UploadDesk(small_disk / "incoming", 1 << 30)
    ticket = desk.open_ticket()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * (1 << 20)

    # In a thread of its own: a browser test in this process may hold the main thread's loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        done = thread.submit(asyncio.run, desk.receive(ticket, "large.csv", 0, pieces())).result()
    assert done is not None and (done.state, done.reason) == ("refused", "upload.no_room")
    assert not any(path.is_file() for path in small_disk.rglob("*"))


def test_too_little_memory_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    home = tmp_path / "home"
    house = houses.open_house(settings_of(home))
    take_in(house, written(tmp_path / "first.csv", 50), "first")
    before = state_of(house)
    house.close()
    large = written(tmp_path / "large.csv", 60_000)
    house = houses.open_house(settings_of(home, "14MB"))
    with pytest.raises(OutOfRoom, match="memory limit of 14MB"):
        take_in(house, large, "large")
    house.close()
    house = houses.open_house(settings_of(home))
    assert state_of(house).items() >= before.items() and is_sound(house)
    # Where the rows came in and only the scoring had no room, they are whole and scored when opened.
    snapshot, _ = take_in(house, large, "large")
    assert snapshot.account.rows_accepted == 60_000
    assert pipeline.open_scored(house, snapshot.snapshot_id).snapshot == snapshot
    house.close()


def test_two_at_once_and_the_same_twice_end_in_one_snapshot_each(tmp_path: Path) -> None:
    house = houses.open_house(settings_of(tmp_path / "home"))
    one, other = written(tmp_path / "one.csv", 300, "A"), written(tmp_path / "other.csv", 300, "B")
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda path: take_in(house, path, path.stem), (one, other, one)))
    assert sorted(is_new for _, is_new in results) == [False, True, True]
    assert len({snapshot.snapshot_id for snapshot, _ in results}) == 2
    again, is_new = take_in(house, one, "again")
    assert not is_new and again.snapshot_id == results[0][0].snapshot_id
    found = state_of(house)
    assert found.keys() == {snapshot.snapshot_id for snapshot, _ in results} and is_sound(house)
    for snapshot, _ in results:
        account = snapshot.account
        assert (account.rows_read, account.rows_accepted, account.rows_quarantined) == (301, 300, 1)
        assert pipeline.open_scored(house, snapshot.snapshot_id).snapshot.snapshot_id == snapshot.snapshot_id
    house.close()
