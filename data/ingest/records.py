"""Cut a stream of CSV bytes into whole records, each with its line number.

A record may run over several lines inside quotes, so a newline ends a record
only outside them. Lines with an even number of quotes can't change that state;
the few with an odd number are walked through exactly, so that a stray quote in
``5" PIPE`` does not swallow the rest of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.errors import InputRefused

Offsets = npt.NDArray[np.int64]

NEWLINE, QUOTE = 10, 34
CHUNK_BYTES = 16 << 20
MAX_RECORD_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole records as they stand in the file.

    Attributes
    ----------
    data : bytes
        The records, each ending with a newline.
    starts, stops : ndarray of int64
        Byte range of each record in `data`, line end left out.
    lines : ndarray of int64
        Line number (from 1) on which each record begins.
    unclosed : ndarray of bool
        True where a quote opens and never closes: the record is broken.
    """

    data: bytes
    starts: Offsets
    stops: Offsets
    lines: Offsets
    unclosed: npt.NDArray[np.bool_]

    def raw(self, place: int) -> str:
        """Text of one record, verbatim but for bytes that are no UTF-8."""
        return self.data[int(self.starts[place]) : int(self.stops[place])].decode("utf-8", errors="replace")


def opens_quote(line: bytes, delimiter: bytes) -> bool:
    r"""Whether a line that begins outside quotes ends inside them.

    Examples
    --------
    >>> opens_quote(b'a,"b', b","), opens_quote(b'5" PIPE,x', b","), opens_quote(b'a,"b ""c"" d",e', b",")
    (True, False, False)
    """
    place = 0
    while place <= len(line):
        if line[place : place + 1] == b'"':
            place += 1
            while True:
                closing = line.find(b'"', place)
                if closing < 0:
                    return True
                if line[closing + 1 : closing + 2] != b'"':
                    place = closing + 1
                    break
                place = closing + 2
        following = line.find(delimiter, place)
        if following < 0:
            return False
        place = following + 1
    return False


def split_record(record: str, delimiter: str) -> list[str]:
    """Split one record into its cells by the rules of :func:`opens_quote`; takes any text.

    Examples
    --------
    >>> split_record('a,"b, ""c"" d",5" PIPE,', ",")
    ['a', 'b, "c" d', '5" PIPE', '']
    """
    cells: list[str] = []
    place = 0
    while True:
        cell = ""
        if record[place : place + 1] == '"':
            place += 1
            closing = record.find('"', place)
            while closing >= 0 and record[closing + 1 : closing + 2] == '"':
                cell, place = cell + record[place : closing + 1], closing + 2
                closing = record.find('"', place)
            closing = closing if closing >= 0 else len(record)
            cell, place = cell + record[place:closing], closing + 1
        following = record.find(delimiter, place)
        if following < 0:
            return [*cells, cell + record[place:]]
        cells.append(cell + record[place:following])
        place = following + 1


def _record_ends(data: bytes, delimiter: bytes) -> tuple[Offsets, Offsets, int | None]:
    """Newlines, which of them end a record (indices), and the line where an open quote began."""
    array = np.frombuffer(data, dtype=np.uint8)
    newlines = np.flatnonzero(array == NEWLINE).astype(np.int64)
    quotes = np.flatnonzero(array == QUOTE)
    if quotes.size == 0:
        return newlines, np.arange(newlines.size), None
    per_line = np.diff(np.searchsorted(quotes, newlines), prepend=0)
    ends = np.ones(newlines.size, dtype=bool)
    opened: int | None = None
    for index in np.flatnonzero(per_line & 1):
        if opened is not None:
            ends[opened:index] = False
            opened = None
            continue
        start = int(newlines[index - 1]) + 1 if index else 0
        if opens_quote(data[start : int(newlines[index])], delimiter):
            opened = int(index)
    if opened is not None:
        ends[opened:] = False
    return newlines, np.flatnonzero(ends), opened


def cut_records(
    pieces: Iterator[bytes], delimiter: bytes, first_line: int = 1, *, name: str = "the file"
) -> Iterator[Chunk]:
    r"""Cut a byte stream into chunks of whole records; blank lines are no records.

    Parameters
    ----------
    pieces : iterator of bytes
        The stream, UTF-8, line ends ``\n`` or ``\r\n``.
    delimiter : bytes
        One byte.
    first_line : int
        Line number of the stream's first line.
    name : str
        What people call the file.

    Raises
    ------
    InputRefused
        When a line does not end within `MAX_RECORD_BYTES`: memory stays bounded.
    """
    carry, line, exhausted = b"", first_line, False
    while not exhausted:
        piece = next(pieces, None)
        if piece is None:
            exhausted = True
            data = carry if not carry or carry.endswith(b"\n") else carry + b"\n"
        else:
            data = carry + piece
        while data:
            newlines, ends, opened = _record_ends(data, delimiter)
            if ends.size:
                stop = int(newlines[ends[-1]]) + 1
                yield _chunk(data[:stop], newlines[: ends[-1] + 1], ends, line)
                line += int(ends[-1]) + 1
                data = data[stop:]
                continue
            if opened is not None and (exhausted or len(data) > MAX_RECORD_BYTES):
                # The quote never closes: that line alone is broken, the rest is read anew.
                stop = int(newlines[0]) + 1
                broken = _chunk(data[:stop], newlines[:1], np.zeros(1, dtype=np.int64), line, unclosed=True)
                yield broken
                line, data = line + 1, data[stop:]
                continue
            if not newlines.size and len(data) > MAX_RECORD_BYTES:
                raise InputRefused.because(
                    f"a line is longer than {MAX_RECORD_BYTES:,} bytes",
                    file=name,
                    line=line,
                    remedy="Check that it is a table with one row a line.",
                )
            break
        carry = data


def _chunk(data: bytes, newlines: Offsets, ends: Offsets, first_line: int, unclosed: bool = False) -> Chunk:
    stops = newlines[ends]
    starts = np.empty_like(stops)
    starts[0] = 0
    starts[1:] = stops[:-1] + 1
    lines = np.empty_like(stops)
    lines[0] = first_line
    lines[1:] = ends[:-1] + 1 + first_line
    array = np.frombuffer(data, dtype=np.uint8)
    # A carriage return before the newline belongs to the line end.
    with_return = (stops > starts) & (array[np.maximum(stops - 1, 0)] == 13)
    stops = stops - with_return
    kept = stops > starts
    return Chunk(data, starts[kept], stops[kept], lines[kept], np.full(int(kept.sum()), unclosed))
