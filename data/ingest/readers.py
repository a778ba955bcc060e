"""Files as batches of raw cells, streamed: CSV, XLSX and Parquet.

Each batch is an Arrow table with columns ``c0 … cn`` and the line number of
each record. Rows that are no rows (ragged, unreadable) come beside it, with
their raw text and a reason.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import fastexcel
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from data.errors import InputRefused
from data.ingest.limits import IngestLimits
from data.ingest.records import Chunk, cut_records, split_record
from data.ingest.sniff import SourceInfo, checked_header, read_header, sniff, unpacked, utf8_pieces

BATCH_ROWS = 131_072


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
    rejected: list[Rejected]
    consumed: float
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


@dataclass(slots=True)
class Source:
    """A file that can be read: what it is, its header, its batches.

    After the batches are exhausted `content_hash` names the decoded content, so
    that a plain file and its packed twin are recognised as one.
    """

    path: Path
    info: SourceInfo
    header: tuple[str, ...]
    limits: IngestLimits
    content_hash: str = ""
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def text_places(self) -> frozenset[int]:
        """Columns whose cells come as text; the others are typed by the file."""
        everything = frozenset(range(len(self.header)))
        if self.info.format != "parquet":
            return everything
        for batch in self.batches():
            return frozenset(p for p in everything if pa.types.is_string(batch.table.schema.types[p]))
        return everything

    def sample(self, rows: int = 2_000) -> pd.DataFrame:
        """Read the first rows as text, for mapping and typing."""
        for batch in self.batches():
            if not batch.table.num_rows:
                continue
            table = batch.table.slice(0, rows)
            # Objects, so that a missing cell stays None instead of turning a column into numbers.
            cells = [column.cast(pa.string()).to_pylist() for column in table.columns]
            return pd.DataFrame(dict(zip(self.header, cells, strict=True)), dtype="object")
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in self.header})

    def batches(self) -> Iterator[Batch]:
        """Read the file from its beginning, batch by batch."""
        self._digest = hashlib.sha256()
        reader = {"csv": self._csv, "xlsx": self._xlsx, "parquet": self._parquet}[self.info.format]
        yield from reader()
        self.content_hash = self._digest.hexdigest()

    def _csv(self) -> Iterator[Batch]:
        size = max(self.path.stat().st_size, 1)
        delimiter = self.info.delimiter.encode()
        with unpacked(self.path, self.info.name, self.info.member or None) as (stream, packing, _):

            def hashed() -> Iterator[bytes]:
                for piece in utf8_pieces(stream, self.info.encoding, self.info.name, self.limits):
                    self._digest.update(piece)
                    yield piece

            read, skipped = 0, False
            for chunk in cut_records(hashed(), delimiter, name=self.info.name):
                if not chunk.starts.size:
                    continue
                read += len(chunk.data)
                # A packed stream does not say how long it will be: a packed table shrinks about fivefold.
                share = min(read / (size * (5 if packing else 1)), 0.99)
                batch = self._parse(chunk, share, drop_first=not skipped)
                skipped = True
                yield batch

    def _parse(self, chunk: Chunk, share: float, *, drop_first: bool) -> Batch:
        """Cells of a chunk's records; broken ones set aside."""
        width = len(self.header)
        first = 1 if drop_first else 0
        places = np.arange(first, chunk.starts.size)
        rejected = [
            Rejected(
                int(chunk.lines[place]), "", "a quote opens here and never closes", chunk.raw(int(place))
            )
            for place in places[chunk.unclosed[places]]
        ]
        places = places[~chunk.unclosed[places]]
        unreadable = self._unreadable(chunk, places)
        rejected += [
            Rejected(int(chunk.lines[place]), "", "unreadable characters", chunk.raw(int(place)))
            for place in unreadable
        ]
        places = np.setdiff1d(places, unreadable)
        too_long = places[(chunk.stops - chunk.starts)[places] > self.limits.max_cell_length]
        for place in too_long:
            cells = split_record(chunk.raw(int(place)), self.info.delimiter)
            if max(map(len, cells)) > self.limits.max_cell_length:
                reason = f"a cell is longer than {self.limits.max_cell_length:,} characters"
                rejected.append(Rejected(int(chunk.lines[place]), "", reason, chunk.raw(int(place))[:10_000]))
                places = places[places != place]
        table, ragged = self._cells(chunk, places, width)
        rejected += [
            Rejected(
                int(chunk.lines[place]),
                "",
                f"{found} fields where the header has {width}",
                chunk.raw(int(place)),
            )
            for place, found in ragged
        ]
        kept = np.setdiff1d(places, np.array([place for place, _ in ragged], dtype=np.int64))
        return Batch(table, chunk.lines[kept], rejected, share, chunk, kept)

    def _unreadable(self, chunk: Chunk, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Records that hold bytes that are no text."""
        # Where the file was transcoded, a byte that is no text has become the replacement character.
        marks = (b"\0",) if self.info.encoding == "utf-8" else (b"\0", "\ufffd".encode())
        if _is_utf8(chunk.data) and not any(mark in chunk.data for mark in marks):
            return np.empty(0, dtype=np.int64)
        broken = []
        for place in places:
            record = chunk.data[int(chunk.starts[place]) : int(chunk.stops[place])]
            if any(mark in record for mark in marks) or not _is_utf8(record):
                broken.append(place)
        return np.array(broken, dtype=np.int64)

    def _cells(
        self, chunk: Chunk, places: npt.NDArray[np.int64], width: int
    ) -> tuple[pa.Table, list[tuple[int, int]]]:
        """Parse records into `width` text columns; ragged ones come as (place, fields found)."""
        names = [f"c{place}" for place in range(width)]
        if not places.size:
            return pa.table({name: pa.array([], pa.string()) for name in names}), []
        if width == 1:
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
                delimiter=self.info.delimiter, newlines_in_values=True, invalid_row_handler=note
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
            record = split_record(chunk.raw(int(place)), self.info.delimiter)
            if len(record) == len(names):
                rows.append(record)
            else:
                ragged.append((int(place), len(record)))
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return pa.table(
            {n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=True)}
        ), ragged

    def _parquet(self) -> Iterator[Batch]:
        try:
            with unpacked(self.path, self.info.name, self.info.member or None) as (stream, packing, _):
                file = pq.ParquetFile(self._whole(stream) if packing else stream)
                done, total = 0, max(file.metadata.num_rows, 1)
                for piece in file.iter_batches(BATCH_ROWS):
                    table = pa.table({f"c{i}": _flat(column) for i, column in enumerate(piece.columns)})
                    for column in table.columns:
                        for buffer in column.combine_chunks().buffers():
                            self._digest.update(buffer or b"")
                    lines = np.arange(done, done + table.num_rows, dtype=np.int64) + 1
                    done += table.num_rows
                    self.limits.check_rows(self.info.name, done)
                    yield Batch(table, lines, [], done / total)
        except (pa.ArrowException, OSError) as error:
            raise InputRefused.because(
                f"the Parquet file is damaged or cut short ({error})",
                file=self.info.name,
                remedy="Export it again.",
            ) from None

    def _whole(self, stream: BinaryIO) -> pa.BufferReader:
        """Unpack a Parquet file that lies in gzip or zip, within the limit."""
        content = io.BytesIO()
        while piece := stream.read(1 << 20):
            content.write(piece)
            self.limits.check_bytes(self.info.name, content.tell())
        return pa.BufferReader(content.getvalue())

    def _xlsx(self) -> Iterator[Batch]:
        table, _ = _sheet(self.path, self.info)
        for start in range(0, table.num_rows, BATCH_ROWS):
            part = table.slice(start, BATCH_ROWS).combine_chunks()
            blank = np.ones(part.num_rows, dtype=bool)
            for column in part.columns:
                blank &= np.array(column.is_null())
            part = part.filter(pa.array(~blank))
            lines = np.flatnonzero(~blank).astype(np.int64) + start + 2
            for column in part.columns:
                self._digest.update(repr(column.to_pylist()).encode())
            yield Batch(part, lines, [], min(1.0, (start + BATCH_ROWS) / max(table.num_rows, 1)))


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _flat(column: pa.Array) -> pa.Array:
    """Keep numbers, dates and flags as they are; everything else becomes text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _flat(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return column.cast(pa.date32(), safe=False)
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    typed = (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_date(kind)
        or pa.types.is_boolean(kind)
    )
    if typed:
        return column
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _sheet(path: Path, info: SourceInfo) -> tuple[pa.Table, tuple[str, ...]]:
    """Read one sheet as text columns; its first row is the header."""
    try:
        with unpacked(path, info.name, info.member or None) as (stream, packing, _):
            book = fastexcel.read_excel(stream.read() if packing else path)
        sheet = book.load_sheet(0, header_row=None, dtypes="string")
        rows = pa.table(sheet.to_arrow())
        header = [str(column[0].as_py() or "").strip() for column in rows.columns] if rows.num_rows else []
        # Names of our own, so that two columns of one name can be told and refused.
        return rows.slice(1).rename_columns([f"c{place}" for place in range(len(header))]), tuple(header)
    except fastexcel.FastExcelError as error:
        raise InputRefused.because(
            f"the workbook can't be read ({str(error).splitlines()[0]})",
            file=info.name,
            remedy="Save it again as .xlsx without a password, or as CSV.",
        ) from None


def open_source(
    path: Path, *, name: str | None = None, member: str | None = None, limits: IngestLimits | None = None
) -> Source:
    """Open a file for reading: sniff it, read its header.

    Parameters
    ----------
    path : Path
        Where the bytes lie.
    name : str, optional
        What people call it; by default the path's own name.
    member : str, optional
        File inside a zip.
    limits : IngestLimits, optional
        By default the built-in ones.

    Raises
    ------
    InputRefused
        When it is no table we read, with file, line and remedy.
    """
    limits = limits or IngestLimits()
    # A name with bytes that are no text could neither be shown nor kept.
    label = (name or path.name).encode("utf-8", errors="replace").decode()
    info = sniff(path, label, member)
    if info.format == "csv":
        with unpacked(path, label, info.member or None) as (stream, _, _):
            pieces = utf8_pieces(stream, info.encoding, label, limits)
            for chunk in cut_records(pieces, info.delimiter.encode(), name=label):
                if chunk.starts.size:
                    header = read_header(chunk.raw(0), info.delimiter, label, limits)
                    return Source(path, info, header, limits)
        raise InputRefused.because(
            "no header", file=label, line=1, remedy="Export the table with column names."
        )
    if info.format == "parquet":
        try:
            with unpacked(path, label, info.member or None) as (stream, packing, _):
                source = Source(path, info, (), limits)
                names = tuple(pq.read_schema(source._whole(stream) if packing else stream).names)
        except (pa.ArrowException, OSError) as error:
            raise InputRefused.because(
                f"the Parquet file is damaged or cut short ({error})", file=label, remedy="Export it again."
            ) from None
        return Source(path, info, checked_header(names, label, limits), limits)
    _, names = _sheet(path, info)
    return Source(path, info, checked_header(names, label, limits), limits)
