"""XLSX, XLSM, XLSB, XLS and ODS as batches of text cells, read by a process of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data.errors import InputRefused
from data.ingest.batches import Batch, without_long_cells
from data.ingest.dialects import HEADER_WITHIN, header_place
from data.ingest.limits import IngestLimits

CHILD = Path(__file__).with_name("workbook_child.py")
AGAIN = "Save it again as .xlsx without a password, or as CSV."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name, how far it is filled, and whether it is shown."""

    name: str
    rows: int
    columns: int
    is_visible: bool = True


class Workbook:
    """One sheet of a spreadsheet, as an Arrow file that lasts as long as this object.

    Attributes
    ----------
    sheets : tuple of Sheet
        All of them.
    sheet : str
        The one read.
    header : tuple of str
        Its column names.
    header_row : int
        Row (from 1) they stand in.
    """

    def __init__(
        self, path: Path, name: str, sheet: str | None, header_row: int | None, limits: IngestLimits
    ) -> None:
        self._name, self._limits = name, limits
        folder = tempfile.mkdtemp(prefix="stratum-sheet-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._cells = Path(folder) / "cells.arrow"
        found = self._convert(path, sheet)
        self.sheets = tuple(Sheet(str(a), int(b), int(c), bool(d)) for a, b, c, d in found["sheets"])
        self.sheet = str(found["chosen"])
        first = self._first_rows()
        if not any(cell for row in first for cell in row):
            raise InputRefused.because(
                f"the sheet “{self.sheet}” is empty" if self.sheet else "the workbook is empty",
                file=name,
                remedy="Choose another sheet, or export it again.",
            )
        self.header_row = header_row or header_place(first) + 1
        if header_row is None and not any(first[self.header_row - 1]):
            self.header_row = 1 + next(place for place, row in enumerate(first) if any(row))
        self._kept, self.header = self._columns()

    def _convert(self, path: Path, sheet: str | None) -> dict[str, Any]:  # Any: plain JSON
        limits = self._limits
        call = [sys.executable, "-P", str(CHILD), str(path), str(self._cells)]
        call += [str(limits.workbook_memory), str(limits.workbook_seconds)]
        try:
            # The name goes in as text, not as an argument: it is the workbook's own and may hold anything.
            asked = json.dumps(sheet).encode()
            done = subprocess.run(
                call, input=asked, capture_output=True, timeout=limits.workbook_seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise self._refused(f"reading it takes longer than {limits.workbook_seconds:,} seconds") from None
        if done.returncode != 0:
            raise self._refused(
                f"reading it needs more than {limits.workbook_memory >> 20:,} MB of memory or breaks the "
                "spreadsheet reader",
            )
        found: dict[str, Any] = json.loads(done.stdout)
        if "error" in found:
            said = str(found["error"])
            if "password" in said.lower() or "encrypt" in said.lower():
                raise self._refused("the workbook needs a password")
            raise self._refused(f"the workbook is damaged or can't be read ({said})")
        if "missing" in found:
            known = ", ".join(str(entry[0]) for entry in found["sheets"][:20])
            raise InputRefused.because(
                f"the workbook has no sheet “{sheet}”", file=self._name, remedy=f"It has: {known}."
            )
        return found

    def _refused(self, what: str) -> InputRefused:
        return InputRefused.because(what, file=self._name, remedy=AGAIN)

    def _pieces(self) -> Iterator[pa.RecordBatch]:
        if not self._cells.exists():
            return
        with pa.memory_map(str(self._cells)) as source:
            reader = pa.ipc.open_file(source)
            for place in range(reader.num_record_batches):
                yield reader.get_batch(place)

    def _first_rows(self) -> list[list[str | None]]:
        for piece in self._pieces():
            columns = [column.to_pylist() for column in piece.slice(0, HEADER_WITHIN + 20).columns]
            return [list(row) for row in zip(*columns, strict=True)]
        return []

    def _columns(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Columns that hold anything from the header on, and their names."""
        names: list[str] = []
        filled: np.ndarray | None = None
        done = 0
        for piece in self._pieces():
            start = max(self.header_row - 1 - done, 0)
            done += piece.num_rows
            below = piece.slice(start)
            if not names and below.num_rows:
                names = [str(column[0].as_py() or "").strip() for column in below.columns]
            has = np.array([column.null_count < len(column) for column in below.columns])
            filled = has if filled is None else filled | has
        if not names:
            raise InputRefused.because(
                "no header", file=self._name, line=self.header_row, remedy="Name another row as the header."
            )
        kept = tuple(
            place for place, name in enumerate(names) if name or (filled is not None and filled[place])
        )
        return kept, tuple(names[place] for place in kept)

    def batches(self, note: Callable[[bytes], None]) -> Iterator[Batch]:
        """Read all rows below the header; blank rows are none. `note` gets each batch's text."""
        done, total = 0, 0
        with pa.memory_map(str(self._cells)) as source:
            reader = pa.ipc.open_file(source)
            total = sum(reader.get_batch(place).num_rows for place in range(reader.num_record_batches))
        for piece in self._pieces():
            start = max(self.header_row - done, 0)
            part = pa.table(piece.slice(start)).select(list(self._kept))
            part = part.rename_columns([f"c{place}" for place in range(len(self._kept))])
            blank = np.ones(part.num_rows, dtype=bool)
            for column in part.columns:
                blank &= np.array(column.is_null())
            lines = np.flatnonzero(~blank).astype(np.int64) + done + start + 1
            done += piece.num_rows
            part = part.filter(pa.array(~blank))
            for column in part.columns:
                note(repr(column.to_pylist()).encode())
            yield without_long_cells(Batch(part, lines, [], done / max(total, 1)), self._limits)
