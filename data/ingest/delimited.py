"""CSV and its kin as batches of text cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from data.ingest.batches import RAW_SHOWN, Batch, Rejected, too_long_reason
from data.ingest.dialects import Dialect
from data.ingest.encodings import utf8_pieces
from data.ingest.limits import IngestLimits
from data.ingest.packing import Opened
from data.ingest.records import Chunk, Grammar, cut_records, split_record

PACKED_SHRINKS = 5
"""A packed stream does not say how long it will be: a packed table shrinks about fivefold."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records of a chunk as they stand in the file, before their cells are told apart.

    Attributes
    ----------
    chunk : Chunk
        Where they lie.
    places : ndarray of int64
        Those below the header that are readable text.
    rejected : list of Rejected
        The others.
    share : float
        Share of the file read so far, 0–1.
    """

    chunk: Chunk
    places: npt.NDArray[np.int64]
    rejected: list[Rejected]
    share: float


@dataclass(frozen=True, slots=True)
class Delimited:
    """A text table that can be read.

    Attributes
    ----------
    name : str
        What people call the file.
    encoding : str
        Of its text.
    dialect : Dialect
        How it is written.
    width : int
        Columns of the header; 0 while it is not known.
    """

    name: str
    encoding: str
    dialect: Dialect
    width: int
    limits: IngestLimits

    def header_text(self, opened: Opened) -> str | None:
        """Text of the header's record; None when there is none."""
        pieces = utf8_pieces(opened.stream, self.encoding, self.name, self.limits)
        grammar = Grammar(self.dialect.separator.encode(), self.dialect.quoting)
        for chunk in cut_records(pieces, grammar, name=self.name):
            below = np.flatnonzero(chunk.lines >= self.dialect.header_line)
            if below.size:
                return chunk.raw(int(below[0]))
        return None

    def batches(self, opened: Opened, size: int, note: Callable[[bytes], None]) -> Iterator[Batch]:
        """Read all rows below the header; `note` gets each piece of decoded text."""
        for records in self.records(opened, size, note):
            table, places, ragged = self.cells(records)
            rejected = [*records.rejected, *ragged]
            yield Batch(table, records.chunk.lines[places], rejected, records.share, records.chunk, places)

    def records(self, opened: Opened, size: int, note: Callable[[bytes], None]) -> Iterator[Records]:
        """Cut out all records below the header; `note` gets each piece of decoded text."""

        def noted() -> Iterator[bytes]:
            for piece in utf8_pieces(opened.stream, self.encoding, self.name, self.limits):
                note(piece)
                yield piece

        read, header_seen = 0, False
        grammar = Grammar(self.dialect.separator.encode(), self.dialect.quoting, self.width)
        expected = max(size, 1) * (PACKED_SHRINKS if opened.packing else 1)
        for chunk in cut_records(noted(), grammar, name=self.name):
            if not chunk.starts.size:
                continue
            read += len(chunk.data)
            first = 0
            if not header_seen:
                first = int(np.searchsorted(chunk.lines, self.dialect.header_line)) + 1
                header_seen = first <= chunk.starts.size
            yield self._readable(chunk, first, min(read / expected, 0.99))

    def _readable(self, chunk: Chunk, first: int, share: float) -> Records:
        """Records of a chunk from one on; broken ones set aside."""
        places = np.arange(first, chunk.starts.size)
        rejected: list[Rejected] = []

        def refuse(which: npt.NDArray[np.int64], reason: str, longest: int | None = None) -> None:
            nonlocal places
            for place in which:
                raw = chunk.raw(int(place))[:longest]
                rejected.append(Rejected(int(chunk.lines[place]), "", reason, raw))
            places = np.setdiff1d(places, which) if which.size else places

        refuse(places[chunk.unclosed[places]], "a quote opens here and never closes")
        refuse(self._unreadable(chunk, places), "unreadable characters")
        refuse(self._with_long_cell(chunk, places), too_long_reason(self.limits), RAW_SHOWN)
        return Records(chunk, places, rejected, share)

    def cells(self, records: Records) -> tuple[pa.Table, npt.NDArray[np.int64], list[Rejected]]:
        """Tell the cells of records apart: text columns, which records they are, and the ragged ones."""
        chunk, places = records.chunk, records.places
        table, ragged = self._cells(chunk, places)
        rejected = [
            Rejected(
                int(chunk.lines[place]),
                "",
                f"{found} fields where the header has {self.width}",
                chunk.raw(place),
            )
            for place, found in ragged
        ]
        if ragged:
            places = np.setdiff1d(places, np.array([place for place, _ in ragged], dtype=np.int64))
        return table, places, rejected

    def _with_long_cell(self, chunk: Chunk, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        limit = self.limits.max_cell_length
        long = places[(chunk.stops - chunk.starts)[places] > limit]
        found = [
            place
            for place in long
            if max(
                map(len, split_record(chunk.raw(int(place)), self.dialect.separator, self.dialect.quoting))
            )
            > limit
        ]
        return np.array(found, dtype=np.int64)

    def _unreadable(self, chunk: Chunk, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Records that hold bytes that are no text."""
        # Where the file was transcoded, a byte that is no text has become the replacement character.
        marks = (b"\0",) if self.encoding == "utf-8" else (b"\0", "\ufffd".encode())
        if _is_utf8(chunk.data) and not any(mark in chunk.data for mark in marks):
            return np.empty(0, dtype=np.int64)
        broken = []
        for place in places:
            record = chunk.data[int(chunk.starts[place]) : int(chunk.stops[place])]
            if any(mark in record for mark in marks) or not _is_utf8(record):
                broken.append(place)
        return np.array(broken, dtype=np.int64)

    def _cells(self, chunk: Chunk, places: npt.NDArray[np.int64]) -> tuple[pa.Table, list[tuple[int, int]]]:
        """Parse records into text columns; ragged ones come as (place, fields found)."""
        names = [f"c{place}" for place in range(self.width)]
        if not places.size:
            return pa.table({name: pa.array([], pa.string()) for name in names}), []
        if self.width == 1:
            # One column: what pyarrow calls an empty line can't be told from an empty cell.
            return self._cells_slowly(chunk, places, names)
        if places.size == chunk.starts.size:
            data = chunk.data
        elif np.array_equal(places, np.arange(places[0], chunk.starts.size)):
            data = chunk.data[int(chunk.starts[places[0]]) :]
        else:
            data = b"".join(chunk.data[int(chunk.starts[p]) : int(chunk.stops[p])] + b"\n" for p in places)
        ragged: list[tuple[int, int]] = []

        def note(row: pacsv.InvalidRow) -> str:
            ragged.append((int(row.number or 0), int(row.actual_columns)))
            return "skip"

        table = pacsv.read_csv(
            pa.py_buffer(data),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            parse_options=pacsv.ParseOptions(
                delimiter=self.dialect.separator,
                quote_char=self.dialect.quoting.sign,
                escape_char="\\" if self.dialect.quoting.escape else False,
                newlines_in_values=True,
                invalid_row_handler=note,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        if table.num_rows + len(ragged) != places.size:
            return self._cells_slowly(chunk, places, names)
        return table, [(int(places[number - 1]), found) for number, found in ragged]

    def _cells_slowly(
        self, chunk: Chunk, places: npt.NDArray[np.int64], names: list[str]
    ) -> tuple[pa.Table, list[tuple[int, int]]]:
        """Parse record by record, where the fast parser and the record cutter disagree."""
        rows: list[list[str]] = []
        ragged: list[tuple[int, int]] = []
        for place in places:
            record = split_record(chunk.raw(int(place)), self.dialect.separator, self.dialect.quoting)
            if len(record) == len(names):
                rows.append(record)
            else:
                ragged.append((int(place), len(record)))
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return pa.table(
            {n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=True)}
        ), ragged


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True
