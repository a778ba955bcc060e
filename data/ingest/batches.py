"""What every reader gives: some rows of a file, and the rows that are no rows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.limits import IngestLimits
from data.ingest.records import Chunk

BATCH_ROWS = 131_072
RAW_SHOWN = 10_000
"""Characters kept of a row set aside because a cell of it is too long."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row set aside before its cells were looked at."""

    line: int
    column: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Attributes
    ----------
    table : pyarrow.Table
        Columns ``c0 …``: text, or typed where the file is typed.
    lines : ndarray of int64
        Line (or row) number of each record in the file.
    rejected : list of Rejected
        Records that are no rows.
    consumed : float
        Share of the file read so far, 0–1.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    rejected: list[Rejected] = field(default_factory=list)
    consumed: float = 0.0
    chunk: Chunk | None = None
    places: npt.NDArray[np.int64] | None = None

    def raw(self, row: int) -> str:
        """Text of one record of `table`, verbatim for CSV, joined by commas otherwise."""
        if self.chunk is not None and self.places is not None:
            return self.chunk.raw(int(self.places[row]))
        cells = [
            "" if value is None else str(value) for value in self.table.slice(row, 1).to_pylist()[0].values()
        ]
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cells)
        return line.getvalue()


def too_long_reason(limits: IngestLimits) -> str:
    """Say why a row with a huge cell is set aside."""
    return f"a cell is longer than {limits.max_cell_length:,} characters"


def without_long_cells(batch: Batch, limits: IngestLimits) -> Batch:
    """Set rows aside that hold a cell beyond the limit, for files that are no text."""
    long = np.zeros(batch.table.num_rows, dtype=bool)
    for column in batch.table.columns:
        if pa.types.is_string(column.type):
            lengths = pc.fill_null(pc.utf8_length(column), 0)
            if column.length() and (pc.max(lengths).as_py() or 0) > limits.max_cell_length:
                long |= np.asarray(pc.greater(lengths, limits.max_cell_length))
    if not long.any():
        return batch
    rejected = [
        Rejected(int(batch.lines[row]), "", too_long_reason(limits), batch.raw(int(row))[:RAW_SHOWN])
        for row in np.flatnonzero(long)
    ]
    table = batch.table.filter(pa.array(~long))
    return Batch(table, batch.lines[~long], [*batch.rejected, *rejected], batch.consumed)
