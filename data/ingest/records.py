"""Cut a stream of CSV bytes into whole records, each with its line number.

A record may run over several lines inside quotes, so a newline ends a record
only outside them. Lines with an even number of quotes can't change that state;
the few with an odd number are walked through exactly, so that a stray quote in
``5" PIPE`` does not swallow the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.errors import InputRefused

Offsets = npt.NDArray[np.int64]

NEWLINE, BACKSLASH = 10, 92
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
INNER_LINES = 50
LARGEST_WALK = 1 << 20
"""Bytes of the longest record over several lines that is walked through to see whether it is one."""

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


@dataclass(frozen=True, slots=True)
class Quoting:
    """How cells are quoted.

    Attributes
    ----------
    sign : str
        The quote, one ASCII character.
    escape : bool
        Whether a backslash takes the meaning from the sign after it; else a
        quote inside quotes is doubled.
    """

    sign: str = '"'
    escape: bool = False


PLAIN = Quoting()


def _closing(text: str, place: int, quoting: Quoting) -> int:
    """Where the quote that opened before `place` closes; -1 when it does not."""
    sign = quoting.sign
    while True:
        closing = text.find(sign, place)
        if closing < 0:
            return -1
        if quoting.escape:
            slashes = 0
            while closing - slashes > place and text[closing - slashes - 1] == "\\":
                slashes += 1
            if slashes % 2:
                place = closing + 1
                continue
        if text[closing + 1 : closing + 2] != sign:
            return closing
        place = closing + 2


def opens_quote(line: bytes, delimiter: bytes, quoting: Quoting = PLAIN) -> bool:
    r"""Whether a line that begins outside quotes ends inside them.

    Examples
    --------
    >>> opens_quote(b'a,"b', b","), opens_quote(b'5" PIPE,x', b","), opens_quote(b'a,"b ""c"" d",e', b",")
    (True, False, False)
    """
    text, separator, place = line.decode("latin-1"), delimiter.decode("latin-1"), 0
    while place <= len(text):
        if text[place : place + 1] == quoting.sign:
            closing = _closing(text, place + 1, quoting)
            if closing < 0:
                return True
            place = closing + 1
        following = text.find(separator, place)
        if following < 0:
            return False
        place = following + 1
    return False


def _unescaped(text: str, quoting: Quoting) -> str:
    if quoting.escape:
        text = ESCAPED.sub(r"\1", text)
    return text


def split_record(record: str, delimiter: str, quoting: Quoting = PLAIN) -> list[str]:
    """Split one record into its cells by the rules of :func:`opens_quote`; takes any text.

    Examples
    --------
    >>> split_record('a,"b, ""c"" d",5" PIPE,', ",")
    ['a', 'b, "c" d', '5" PIPE', '']
    """
    cells: list[str] = []
    sign, place = quoting.sign, 0
    while True:
        cell = ""
        if record[place : place + 1] == sign:
            closing = _closing(record, place + 1, quoting)
            closing = closing if closing >= 0 else len(record)
            cell = _unescaped(record[place + 1 : closing].replace(sign * 2, sign), quoting)
            place = closing + 1
        following = record.find(delimiter, place)
        if following < 0:
            return [*cells, cell + _unescaped(record[place:], quoting)]
        cells.append(cell + _unescaped(record[place:following], quoting))
        place = following + 1


def closes_cleanly(record: str, delimiter: str, quoting: Quoting = PLAIN) -> bool:
    """Whether each quote that opens a cell closes at that cell's end.

    Examples
    --------
    >>> closes_cleanly('a,"b,c"', ","), closes_cleanly('a,"b"c', ","), closes_cleanly('a,"b', ",")
    (True, False, False)
    """
    place = 0
    while True:
        if record[place : place + 1] == quoting.sign:
            closing = _closing(record, place + 1, quoting)
            if closing < 0:
                return False
            place = closing + 1
            if record[place : place + 1] not in ("", delimiter, "\r"):
                return False
        following = record.find(delimiter, place)
        if following < 0:
            return True
        place = following + 1


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the cutter knows of a table: how cells are parted and quoted, and how many a row has."""

    delimiter: bytes
    quoting: Quoting = PLAIN
    width: int = 0

    def is_one_record(self, span: bytes) -> bool:
        """Whether lines joined by an open quote are one record, not two quotes that never closed.

        The quotes must close at the ends of cells and the cells be as many as the header has; and the
        lines between must not be whole rows themselves.
        """
        if self.width == 0:
            return True
        if len(span) > LARGEST_WALK:
            return False
        text, delimiter = span.decode("utf-8", "replace"), self.delimiter.decode()
        lines = text.split("\n", INNER_LINES + 2)
        between = [line for line in lines[1:-1] if line.strip()][:INNER_LINES]
        whole = sum(1 for line in between if len(split_record(line, delimiter, self.quoting)) == self.width)
        rows_between = len(between) >= 3 and whole >= 0.9 * len(between)
        if closes_cleanly(text, delimiter, self.quoting):
            fits = len(split_record(text, delimiter, self.quoting)) == self.width
            # With two columns any line of prose with one comma looks like a row.
            return not rows_between or (fits and self.width < 3)
        # It does not close well. When what follows are rows by themselves, the quote was a slip.
        following = lines[1:INNER_LINES]
        rows = sum(1 for line in following if len(split_record(line, delimiter, self.quoting)) == self.width)
        return rows * 2 < len(following)


def _odd_lines(array: npt.NDArray[np.uint8], newlines: Offsets, quoting: Quoting) -> Offsets:
    """Lines with an odd number of quotes: only they can change whether a quote is open."""
    quotes = np.flatnonzero(array == ord(quoting.sign))
    if quoting.escape and quotes.size:
        slashes = np.zeros(quotes.size, dtype=np.int64)
        reach = np.ones(quotes.size, dtype=bool)
        # A run of backslashes before the quote; an odd one takes its meaning.
        for step in range(1, 9):
            reach &= (quotes >= step) & (array[np.maximum(quotes - step, 0)] == BACKSLASH)
            if not reach.any():
                break
            slashes += reach
        quotes = quotes[slashes % 2 == 0]
    if quotes.size == 0:
        return np.empty(0, dtype=np.int64)
    per_line = np.diff(np.searchsorted(quotes, newlines), prepend=0)
    return np.flatnonzero(per_line & 1)


def _record_ends(
    data: bytes, grammar: Grammar
) -> tuple[Offsets, npt.NDArray[np.bool_], npt.NDArray[np.bool_], int | None]:
    """Newlines; which end a record; which end a broken one; and the line where an open quote began."""
    array = np.frombuffer(data, dtype=np.uint8)
    newlines = np.flatnonzero(array == NEWLINE).astype(np.int64)
    ends, broken = np.ones(newlines.size, dtype=bool), np.zeros(newlines.size, dtype=bool)

    def line(index: int) -> bytes:
        return data[_start(newlines, index) : int(newlines[index])]

    opened: int | None = None
    for found in _odd_lines(array, newlines, grammar.quoting):
        index = int(found)
        if opened is not None:
            start = _start(newlines, opened)
            if grammar.is_one_record(data[start : int(newlines[index])]):
                ends[opened:index] = False
                opened = None
                continue
            # Two quotes that never closed: the first costs its own line, and reading goes on after it.
            broken[opened], opened = True, None
        if opens_quote(line(index), grammar.delimiter, grammar.quoting):
            opened = index
    if opened is not None:
        ends[opened:] = False
    return newlines, ends, broken, opened


def cut_records(
    pieces: Iterator[bytes], grammar: Grammar, first_line: int = 1, *, name: str = "the file"
) -> Iterator[Chunk]:
    r"""Cut a byte stream into chunks of whole records; blank lines are no records.

    Parameters
    ----------
    pieces : iterator of bytes
        The stream, UTF-8, line ends ``\n`` or ``\r\n``.
    grammar : Grammar
        How cells are parted and quoted; with a width, quotes that never close are told from long cells.
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
            newlines, ends, broken, opened = _record_ends(data, grammar)
            if opened is not None and (exhausted or len(data) - _start(newlines, opened) > MAX_RECORD_BYTES):
                # The quote never closes: that line alone is broken, the rest is read anew.
                ends[opened] = broken[opened] = True
                ends[opened + 1 :] = False
            places = np.flatnonzero(ends)
            if places.size:
                stop = int(newlines[places[-1]]) + 1
                yield _chunk(data[:stop], newlines[: places[-1] + 1], places, line, broken[places])
                line += int(places[-1]) + 1
                data = data[stop:]
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


def _start(newlines: Offsets, index: int) -> int:
    return int(newlines[index - 1]) + 1 if index else 0


def _chunk(
    data: bytes, newlines: Offsets, ends: Offsets, first_line: int, broken: npt.NDArray[np.bool_]
) -> Chunk:
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
    return Chunk(data, starts[kept], stops[kept], lines[kept], broken[kept])
