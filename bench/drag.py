"""A line dragged in a real Chromium: from the pointer's event to the painted frame.

    python -m bench.drag [ROWS ...]

Synthetic customers become a cube, the cube goes to the real component in a real page, and a
mouse drags the Strategic line to and fro. The component itself notes each frame: from the
first pointer event the frame answers to the moment it stands painted. Both percentiles are
the medians of several sweeps, because other work on the machine slows single ones. Prints a
Markdown table; by default 10 thousand to 10 million rows.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
from playwright.sync_api import Page

from bench.cube import SIZES, THREADS, _scored
from data.engines.functions import fetch, frame_of
from segmentation.board import pack_cube
from segmentation.cube import Cube, build_cube, with_capped
from segmentation.policy import built_in_policy
from segmentation.returns.treatment import with_treated
from tests.browser.server import ROOT, chromium, free_port, settled

BUDGET_P95 = 33
"""Milliseconds from pointer to painted frame, for 95 of 100 frames."""
BUDGET_FOLLOW = 700
"""Milliseconds from letting go to the chart that follows."""
SWEEPS = 9
STEPS = 100
FOLLOWED = """
old => new Promise(done => {
  const look = () => {
    const plot = document.querySelector('.js-plotly-plot');
    if (plot && plot.data && JSON.stringify(plot.data.map(trace => [trace.x, trace.y])) !== old) {
      done(performance.now() - performance.getEntriesByName('stratum:commit').at(-1).startTime);
    } else requestAnimationFrame(look);
  };
  look();
})
"""
SHOWN = """
() => JSON.stringify(document.querySelector('.js-plotly-plot').data.map(trace => [trace.x, trace.y]))
"""


@dataclass(frozen=True, slots=True)
class Dragged:
    """One size. Times in milliseconds, `sent` in megabytes."""

    rows: int
    cells: int
    sent: float
    taken_in: float
    frames: int
    middle: float
    slow: float
    slowest: float
    follow: float


def prepare(rows: int, path: Path) -> None:
    """Make synthetic customers and write the cells of their cube."""
    connection = duckdb.connect(config={"threads": THREADS})
    policy = built_in_policy()
    _scored(connection, rows)
    treated = with_treated(frame_of(connection, "scored"), policy.treatments, credit_conversion_factor=0.4)
    fetch(build_cube(with_capped(treated, policy))).to_parquet(path)


def measure(rows: int) -> Dragged:
    """Measure one size; the customers are made in a process of their own."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.parquet"
        subprocess.run([sys.executable, "-m", "bench.drag", "--prepare", str(rows), str(path)], check=True)
        payload = pack_cube(Cube.from_rows(pd.read_parquet(path)), has_exits=False)
        with _server(path, Path(folder) / "home") as address, chromium() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            page.goto(address)
            settled(page)
            page.wait_for_function("() => globalThis.stratumBoard?.answer({})", timeout=120_000)
            sweeps, follow = _drag(page)
            taken_in = page.evaluate("performance.getEntriesByName('stratum:cube').at(-1).duration")
    return Dragged(
        rows=rows,
        cells=payload.cells,
        sent=len(payload.content) / 1e6,
        taken_in=taken_in,
        frames=sum(map(len, sweeps)),
        middle=statistics.median(statistics.median(frames) for frames in sweeps),
        slow=statistics.median(sorted(frames)[int(len(frames) * 0.95)] for frames in sweeps),
        slowest=max(map(max, sweeps)),
        follow=follow,
    )


def _drag(page: Page) -> tuple[list[list[float]], float]:
    """Drag the Strategic line to and fro; give each sweep's frames, and how long the chart took to follow."""
    handle = page.get_by_role("slider", name="Strategic from a value score of")
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data")
    follows = []
    frames: list[list[float]] = []
    for sweep in range(SWEEPS):
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        there = 150 if sweep % 2 == 0 else -150
        for step in range(1, STEPS + 1):
            page.mouse.move(x + there * step / STEPS, y)
        before = page.evaluate(SHOWN)
        frames.append(
            page.evaluate("performance.getEntriesByName('stratum:drag').map(each => each.duration)")
        )
        page.mouse.up()
        follows.append(page.evaluate(FOLLOWED, before))
        settled(page)
    return frames, statistics.median(follows)


@contextmanager
def _server(cells: Path, home: Path) -> Iterator[str]:
    """Serve the board alone."""
    port = free_port()
    environment = {
        **os.environ, "STRATUM_DRAG_CUBE": str(cells), "STRATUM_HOME": str(home), "STRATUM_SAMPLES": "false",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "streamlit", "run", "bench/drag_app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1"]
    with (home.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(health: str, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(health, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass  # not listening yet: ask again
        time.sleep(0.2)
    raise AssertionError("the server did not become ready")


def run(sizes: tuple[int, ...] = SIZES) -> list[str]:
    """Measure all sizes, each in a process of its own, and give the table and what it says."""
    measured = [_apart(rows) for rows in sizes]
    lines = [
        "| rows | cells sent | sent once | taken in | frames | pointer to painted frame, p50 | p95 | slowest "
        "| release to chart |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {m.rows:,} | {m.cells:,} | {m.sent:.1f} MB | {m.taken_in:,.0f} ms | {m.frames:,} | {m.middle:.1f} ms "
        f"| {m.slow:.1f} ms | {m.slowest:.1f} ms | {m.follow:,.0f} ms |"
        for m in measured
    ]
    return [*lines, "", _verdict(measured)]


def _verdict(measured: list[Dragged]) -> str:
    slow, follow = max(m.slow for m in measured), max(m.follow for m in measured)
    budget = f"The budgets are {BUDGET_P95} ms for 95 of 100 frames and {BUDGET_FOLLOW} ms for the chart"
    if slow <= BUDGET_P95 and follow <= BUDGET_FOLLOW:
        return f"{budget}: kept at every size."
    return f"**{budget} and are not kept: at worst {slow:.1f} ms and {follow:,.0f} ms.**"


def _apart(rows: int) -> Dragged:
    found = subprocess.run(
        [sys.executable, "-m", "bench.drag", "--one", str(rows)], capture_output=True, text=True, check=True
    )
    return Dragged(**json.loads(found.stdout.splitlines()[-1]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--prepare"]:
        prepare(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measure(int(sys.argv[2])))))
    else:
        print("\n".join(run(tuple(map(int, sys.argv[1:])) or SIZES)))
