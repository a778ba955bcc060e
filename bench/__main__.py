"""Run every measurement and write docs/benchmarks.md.

    python -m bench [ROWS ...]

Without sizes: ingest and the cube up to ten million rows. With sizes, both use those.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

from bench import cube, drag, ingest, optimise, score

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
LIBRARIES = ("duckdb", "narwhals", "pyarrow", "pandas", "numpy", "scikit-learn", "streamlit")
BUDGET = 2.0
"""Times DuckDB's own reading that ingest may take at a million rows."""
BUILD_BUDGET = 1_500
"""Milliseconds that building the cube of ten million rows may take."""


def machine() -> list[str]:
    """Say on what this was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"- {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {platform.system()} on {platform.machine()}, "
        f"{os.cpu_count()} cores (shared with other work), {memory:.0f} GB of memory.",
        f"- Python {platform.python_version()}; {libraries}.",
    ]


def verdict(lines: list[str]) -> str:
    """Hold the ratio at a million rows, or else of the largest file, against the budget."""
    numbered = [line for line in lines if re.match(r"\| \d", line)]
    last = next((line for line in numbered if line.startswith("| 1,000,000 ")), numbered[-1])
    ratio = float(re.findall(r"([\d.]+) ×", last)[0])
    rows = last.split("|")[1].strip()
    if ratio <= BUDGET:
        return f"The budget is {BUDGET:.0f} × at a million rows; at {rows} rows it is {ratio:.1f} ×: kept."
    return (
        f"**The budget is {BUDGET:.0f} × at a million rows and is not kept: at {rows} rows ingest takes "
        f"{ratio:.1f} × as long as `read_csv`.** Part of the difference is work that `read_csv` does not do: "
        "it finds the encoding, works out what every column means, reads money and dates as people write them, "
        "hashes the content, keeps the raw text of every row it sets aside, and unites rows by customer."
    )


def build_verdict(table: str) -> str:
    """Hold an edit of a treatment, and a filter, of the largest cube against the budget."""
    last = [line for line in table.splitlines() if re.match(r"\| \d", line)][-1].split("|")
    rows, edit, narrowed = last[1].strip(), last[4].strip(), last[5].strip()
    memory = (
        "An edit is that of the tier that costs most, until the next threshold can be answered; the filter keeps half "
        "of the customers. The peak of memory includes making the synthetic customers."
    )
    if rows != f"{max(cube.SIZES):,}":
        return f"{max(cube.SIZES):,} rows, for which there is a budget, were not measured. {memory}"

    def held(what: str, took: str) -> str:
        is_kept = int(took.removesuffix(" ms").replace(",", "")) <= BUILD_BUDGET
        return f"{what} takes {took}: kept." if is_kept else f"**{what} takes {took}: not kept.**"

    return (
        f"The budget at {rows} rows is {BUILD_BUDGET:,} ms after an edit. {held('An edited treatment', edit)} "
        f"{held('A filter', narrowed)} {memory}"
    )


WHOLE_FILES = """\
Noted by hand on the same machine, two shared cores; `make bench` does not repeat them.

| what | rows | time | peak memory |
|---|---:|---:|---:|
| the whole SBA file through `cli.py run`, file to results | 899,164 | 51 s | not noted |
| a 100 MB part of it through `cli.py run` | 497,776 | 53 s | 2.4 GB |
| the same part in the browser, start of upload to the questions | 497,776 | 1.9 s | not noted |
| the same part in the browser, start of upload to the scored snapshot | 497,776 | 42 s | not noted |

A run contains more than ingest: the scorecard and the segments are fitted, every customer is scored,
and results are written. The peak of the batch door is above the 2 GB that `STRATUM_MEMORY_LIMIT`
allows the engine by default, because Python, the readers and the fits hold memory of their own."""


def main(sizes: tuple[int, ...]) -> None:
    """Measure and write the page."""
    small = tuple(rows for rows in sizes if rows <= max(ingest.SIZES)) or ingest.SIZES
    ingested = ingest.run(small)
    cubes = cube.markdown(sizes or cube.SIZES)
    parts = [
        "# Benchmarks",
        "Made by `make bench`. Absolute times depend on the machine; the ratios are taken between two "
        "measurements of one run and say more.",
        "\n".join(machine()),
        "## Ingest: a CSV of 20 columns into a DuckDB file",
        f"Stratum's path door up to the typed table of customers, before scoring, against DuckDB's `read_csv` with the types "
        f"given. Both on {ingest.THREADS} threads and {ingest.MEMORY_LIMIT} of engine memory, each in a process "
        f"of its own; medians of {ingest.ROUNDS} rounds, the highest peak of memory.",
        "\n".join(ingested),
        verdict(ingested),
        "## The cube: a threshold moved",
        "What a moved threshold costs on the cube, against the same sums by SQL over the rows. *Equal* says "
        "that both gave the same whole numbers.",
        cubes,
        build_verdict(cubes),
        "## The board: a line dragged in a browser",
        "Real mouse events in Chromium on the real component, at 1440 × 1000 pixels; the component notes each frame itself, "
        "from the first pointer event it answers to the frame painted. The wait for the screen's next frame, up to 17 ms, "
        "is part of it. The cube is sent once; letting go sends the lines and draws the chart below the board anew.",
        "\n".join(drag.run(sizes or cube.SIZES)),
        "## Risk figures of every row",
        "PD by scorecard and hazard, lifetime PD, LGD, exposure, expected loss and capital of every customer, "
        f"against the sum (of texts and dates the maximum) of the same columns, on {score.THREADS} threads, medians of "
        f"{score.ROUNDS} rounds. The peak includes making the customers and fitting on a sample.",
        score.markdown(tuple(rows for rows in sizes if rows >= min(score.SIZES)) or score.SIZES),
        "## The best policy under limits",
        "The exact search, against looking at every policy of the grid in blocks. *Equal* says that both found the "
        "same policy.",
        "\n".join(
            optimise.run(max((rows for rows in sizes if rows <= optimise.ROWS), default=optimise.ROWS))
        ),
        "## Whole files",
        WHOLE_FILES,
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"Written: {PAGE}")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])))
