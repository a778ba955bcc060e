"""The gate: the one folder beside the warehouse in which the locked engine may read files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb

from data.engines.sql import first_row

_PREFIX = "read-"


def make_gate(place: Path) -> Path:
    """Make the gate, empty of what a process that was ended left in it."""
    gate = place / "gate"
    gate.mkdir(exist_ok=True)
    for left in gate.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)
    return gate.resolve()


def gate_of(cursor: duckdb.DuckDBPyConnection) -> Path | None:
    """Where the engine may read; None where it may not."""
    row = first_row(cursor, "SELECT current_setting('allowed_directories')")
    folders = [Path(folder) for folder in (row[0] if row else None) or ()]
    return next((folder for folder in folders if folder.is_dir()), None)


def folder_in(gate: Path) -> tempfile.TemporaryDirectory[str]:
    """Open a folder in the gate that goes with its context, readable by its owner alone."""
    return tempfile.TemporaryDirectory(prefix=_PREFIX, dir=gate)
