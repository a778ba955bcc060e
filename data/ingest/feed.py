"""A text file's tidy records as short files in the gate, one after the other, for the engine to read.

The engine reads a file in parallel and types it on the way, several times quicker than
cells that pass through Arrow, but a stream only by one thread. So the records are laid
down in segments: while the engine reads one, the next is made ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from data.ingest.batches import Rejected
from data.ingest.readers import Source
from data.ingest.tidy import Places, portion_of

MOST_REJECTED = 100_000
"""More rows set aside than this are not kept in memory: such a file is read batch by batch."""

SEGMENT_BYTES = 24 << 20
"""From so many bytes on a segment is handed over: enough for all threads to share, little on the disk."""


@dataclass(slots=True)
class Kept:
    """Which line of the file each row of the engine's table came from.

    Examples
    --------
    >>> kept = Kept()
    >>> kept.add(np.array([2, 3, 4])); kept.add(np.array([7, 9]))
    >>> kept.lines().tolist()
    [2, 3, 4, 7, 9]
    """

    rows: int = 0
    _runs: list[tuple[int, int] | Places] = field(default_factory=list)

    def add(self, lines: Places) -> None:
        """Note the lines of the next rows; those that follow each other as a run."""
        if lines.size:
            first, last = int(lines[0]), int(lines[-1])
            self._runs.append((first, last + 1) if last - first + 1 == lines.size else lines.astype(np.int64))
        self.rows += int(lines.size)

    def lines(self) -> Places:
        """Line of each row, in order."""
        parts = [np.arange(*run) if isinstance(run, tuple) else run for run in self._runs]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Segment:
    """Some of a file's rows, ready to be read.

    Attributes
    ----------
    path : Path
        Tidy CSV without a header.
    rows : int
        Records in it.
    lines : tuple of ndarray of int64
        Their lines in the file, in order.
    rejected : tuple of Rejected
        Records set aside among them.
    share : float
        Share of the file read so far, 0–1.
    """

    path: Path
    rows: int
    lines: tuple[Places, ...]
    rejected: tuple[Rejected, ...]
    share: float


def segments_of(source: Source, folder: Path) -> Iterator[Segment]:
    """Lay a text file's records down, segment by segment, at least one; whoever reads one removes it.

    Raises
    ------
    NotTidy
        When a record is longer than the engine's reader takes.
    InputRefused
        When the file is damaged.
    OSError
        When there is no room for a segment.
    """
    table, records, number, is_last = source.text_table(), source.records(), 0, False
    while not is_last:
        path = folder / f"{number}.csv"
        lines: list[Places] = []
        rejected: list[Rejected] = []
        share, written, is_last = 1.0, 0, True
        with path.open("wb", buffering=0) as file:
            for each in records:
                portion = portion_of(table, each)
                file.write(portion.data)
                written += len(portion.data)
                lines.append(each.chunk.lines[portion.places])
                rejected += portion.rejected
                if written >= SEGMENT_BYTES:
                    share, is_last = each.share, False
                    break
        rows = sum(part.size for part in lines)
        yield Segment(path, rows, tuple(lines), tuple(rejected), share)
        number += 1
