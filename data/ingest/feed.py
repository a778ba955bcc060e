"""Records of a text file, made regular and fed to the engine through a named pipe.

The engine reads tidy CSV in parallel and types it on the way, several times quicker
than cells that pass through Arrow. What is tidy is decided here, a chunk at a time:
records whose quotes, line ends and numbers of cells leave no doubt pass as they stand;
any other chunk is told apart by the exact reader and written anew. So the engine never
sees a record that it could read otherwise than :mod:`data.ingest.records` does.
"""

from __future__ import annotations

import errno
import io
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from data.errors import StratumError
from data.ingest.batches import Rejected
from data.ingest.delimited import Delimited, Records
from data.ingest.limits import IngestLimits
from data.ingest.readers import Source

LONGEST_RECORD = 2_000_000
"""Bytes of the longest record the engine's reader takes."""

MOST_REJECTED = 100_000
"""More rows set aside than this are not kept in memory: such a file is read batch by batch."""

NEWLINE, RETURN = 10, 13
PIPE_BYTES = 1 << 20
SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux, which Python 3.11 does not name everywhere

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


class NotTidy(Exception):  # a turn of the road, caught by the reader, never shown
    """The file is better read batch by batch."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a chunk goes to the engine.

    Attributes
    ----------
    data : bytes
        Tidy records, each ending with a newline.
    places : ndarray of int64
        Which records of the chunk they are.
    rejected : list of Rejected
        The others.
    """

    data: bytes
    places: Places
    rejected: list[Rejected]


def portion_of(table: Delimited, records: Records) -> Portion:
    """Make a chunk's records tidy.

    Raises
    ------
    NotTidy
        When a record is longer than the engine's reader takes.
    """
    chunk, places = records.chunk, records.places
    if not places.size:
        return Portion(b"", places, records.rejected)
    if int((chunk.stops - chunk.starts)[places].max()) > LONGEST_RECORD:
        raise NotTidy
    data = _as_they_stand(records)
    if data is not None and _is_tidy(data, table, places.size):
        return Portion(data, places, records.rejected)
    cells, places, ragged = table.cells(records)
    return Portion(_written(cells, table), places, [*records.rejected, *ragged])


def _as_they_stand(records: Records) -> bytes | None:
    """Bytes of the records with plain line ends; None where other bytes stand among them."""
    chunk, places = records.chunk, records.places
    starts, stops = chunk.starts[places], chunk.stops[places]
    begin, end = int(starts[0]), int(stops[-1])
    end = chunk.data.index(b"\n", end) + 1
    data = chunk.data[begin:end] if begin or end < len(chunk.data) else chunk.data
    array = np.frombuffer(chunk.data, dtype=np.uint8)
    returns = int((array[stops] == RETURN).sum())
    # Blank lines and records set aside would leave a gap.
    if int((stops - starts).sum()) + starts.size + returns != len(data):
        return None
    if returns:
        return data.replace(b"\r\n", b"\n") if data.count(b"\r") == returns else None
    return None if b"\r" in data else data


def _is_tidy(data: bytes, table: Delimited, rows: int) -> bool:
    """Whether each quote stands at the edge of a cell, and each record has the header's cells."""
    separator, quoting = table.dialect.separator.encode(), table.dialect.quoting
    sign = quoting.sign.encode()
    expected = (table.width - 1) * rows
    array = np.frombuffer(data, dtype=np.uint8)
    if sign not in data:
        return int(np.count_nonzero(array == separator[0])) == expected
    if quoting.escape:
        return False
    quotes = np.flatnonzero(array == sign[0])
    if quotes.size % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    before = array[np.maximum(opening - 1, 0)]
    after = array[closing + 1]  # the data ends with a newline, so there is one
    edges = (separator[0], NEWLINE, sign[0])
    if not (np.isin(before, edges) | (opening == 0)).all() or not np.isin(after, edges).all():
        return False
    separators = array == separator[0]
    if int(np.count_nonzero(separators)) == expected:
        return True
    inside = np.cumsum(array == sign[0], dtype=np.uint8) & 1
    return int(np.count_nonzero(separators & (inside == 0))) == expected


def _written(cells: pa.Table, table: Delimited) -> bytes:
    """Cells written anew, each in quotes."""
    if table.dialect.quoting.sign != '"':
        raise NotTidy
    if not cells.num_rows:
        return b""
    target = io.BytesIO()
    options = pacsv.WriteOptions(
        include_header=False, delimiter=table.dialect.separator, quoting_style="all_valid"
    )
    pacsv.write_csv(cells, target, options)
    return target.getvalue()


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


class Feed(threading.Thread):
    """Feeds a file's rows into a pipe, and notes what it fed.

    Attributes
    ----------
    kept : Kept
        The rows that went through.
    rejected : list of Rejected
        Those that did not.
    share : float
        Share of the file read so far.
    error : Exception or None
        What ended the feed early.
    """

    def __init__(self, source: Source, pipe: Path, limits: IngestLimits) -> None:
        super().__init__(name="stratum-feed", daemon=True)
        self._source, self._pipe, self._limits = source, pipe, limits
        self._stop_asked, self._engine_gone = threading.Event(), threading.Event()
        self.kept, self.rejected, self.share = Kept(), list[Rejected](), 0.0
        self.error: Exception | None = None

    def stop(self) -> None:
        """End the feed early: the engine meets the end of its input."""
        self._stop_asked.set()

    def engine_is_gone(self) -> None:
        """Say that nobody will open the pipe's other end any more."""
        self._engine_gone.set()

    def run(self) -> None:
        """Read, make tidy, write; an error is kept for the reader of the pipe's other end."""
        try:
            target = self._opened()
            if target is None:
                return
            try:
                for data in self._portions():
                    self._write(target, data)
            finally:
                os.close(target)
        except BrokenPipeError:
            pass  # the engine stopped reading; it says itself why
        except (StratumError, NotTidy, OSError, MemoryError) as error:
            self.error = error
        except Exception as error:  # raised again where the import is waited for
            self.error = error

    def _portions(self) -> Iterator[bytes]:
        table = self._source.text_table()
        for records in self._source.records():
            portion = portion_of(table, records)
            self.kept.add(records.chunk.lines[portion.places])
            self.rejected += portion.rejected
            self.share = records.share
            self._limits.check_rows(self._source.info.name, self.kept.rows + len(self.rejected))
            if len(self.rejected) > MOST_REJECTED:
                raise NotTidy
            yield portion.data

    def _opened(self) -> int | None:
        """Open the pipe once the engine reads it; None when it never did.

        Even a feed that was stopped opens and closes it, for the engine waits for that.
        """
        while not self._engine_gone.is_set():
            try:
                target = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                time.sleep(0.001)
                continue
            os.set_blocking(target, True)
            _widen(target)
            return target
        return None

    def _write(self, target: int, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            if self._stop_asked.is_set():
                raise BrokenPipeError
            rest = rest[os.write(target, rest[:PIPE_BYTES]) :]


def _widen(target: int) -> None:
    """Let the pipe hold more at once, where the system allows it."""
    try:
        import fcntl

        fcntl.fcntl(target, SET_PIPE_SIZE, PIPE_BYTES)
    except (ImportError, OSError):
        return  # only slower
