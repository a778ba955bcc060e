"""Files as batches of raw cells, streamed: text tables, spreadsheets and Parquet.

Each batch is an Arrow table with columns ``c0 … cn`` and the line number of
each record. Rows that are no rows (ragged, unreadable) come beside it, with
their raw text and a reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa

from data.errors import InputRefused
from data.ingest.batches import Batch, Rejected
from data.ingest.delimited import Delimited, Records
from data.ingest.limits import IngestLimits
from data.ingest.packing import Member, Spool, members, refuse_inner_zip, unpacked
from data.ingest.parquet_files import parquet_batches, parquet_header
from data.ingest.sniff import AS_FOUND, ReadOptions, SourceInfo, checked_header, read_header, sniff
from data.ingest.styles import decimal_sign
from data.ingest.workbooks import Sheet, Workbook

__all__ = [
    "ALL_MEMBERS",
    "Batch",
    "Choices",
    "ReadOptions",
    "Rejected",
    "Source",
    "open_parts",
    "open_source",
]

SAMPLE_ROWS = 2_000
ALL_MEMBERS = "*"
"""Asked for in place of a member's name: all members with the header of the largest."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What else of a file could be read.

    Attributes
    ----------
    members : tuple of Member
        Files inside a zip, largest first.
    sheets : tuple of Sheet
        Of a workbook, as they stand in it.
    """

    members: tuple[Member, ...] = ()
    sheets: tuple[Sheet, ...] = ()


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
    options: ReadOptions = AS_FOUND
    choices: Choices = Choices()
    left_out: tuple[str, ...] = ()
    content_hash: str = ""
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    _book: Workbook | None = None
    _spool: Spool | None = None
    _sample: pd.DataFrame | None = None

    def text_places(self) -> frozenset[int]:
        """Columns whose cells come as text; the others are typed by the file."""
        everything = frozenset(range(len(self.header)))
        if self.info.format != "parquet":
            return everything
        for batch in self.batches():
            return frozenset(p for p in everything if pa.types.is_string(batch.table.schema.types[p]))
        return everything

    def sample(self, rows: int = SAMPLE_ROWS) -> pd.DataFrame:
        """Read the first rows as text, for mapping and typing."""
        if self._sample is None or rows > SAMPLE_ROWS:
            self._sample = self._read_sample(max(rows, SAMPLE_ROWS))
        return self._sample.head(rows)

    def _read_sample(self, rows: int) -> pd.DataFrame:
        tables, count = [], 0
        for batch in self.batches():
            if batch.table.num_rows:
                tables.append(batch.table.slice(0, rows - count))
                count += tables[-1].num_rows
            if count >= rows:
                break
        if tables:
            # Objects, so that a missing cell stays None instead of turning a column into numbers.
            columns = zip(*(table.columns for table in tables), strict=True)
            cells = [
                [cell for part in parts for cell in part.cast(pa.string()).to_pylist()] for parts in columns
            ]
            return pd.DataFrame(dict(zip(self.header, cells, strict=True)), dtype="object")
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in self.header})

    def batches(self) -> Iterator[Batch]:
        """Read the file from its beginning, batch by batch."""
        self._digest = hashlib.sha256()
        if self.info.format == "csv":
            yield from self._text_batches()
        elif self.info.format == "parquet":
            with self._seekable() as file:
                yield from parquet_batches(file, self.info.name, self.limits, self._digest.update)
        elif self._book is not None:
            yield from self._book.batches(self._digest.update)
        self.content_hash = self._digest.hexdigest()

    def _text_batches(self) -> Iterator[Batch]:
        with unpacked(self.path, self.info.name, self.info.member or None, self.limits) as opened:
            yield from self.text_table().batches(opened, self.path.stat().st_size, self._digest.update)

    def text_table(self) -> Delimited:
        """How this file is written, when it is text."""
        info = self.info
        return Delimited(info.name, info.encoding, info.dialect, len(self.header), self.limits)

    def records(self) -> Iterator[Records]:
        """Cut a text file into records from its beginning; names the content like :meth:`batches`."""
        self._digest = hashlib.sha256()
        with unpacked(self.path, self.info.name, self.info.member or None, self.limits) as opened:
            yield from self.text_table().records(opened, self.path.stat().st_size, self._digest.update)
        self.content_hash = self._digest.hexdigest()

    @contextmanager
    def _seekable(self) -> Iterator[BinaryIO]:
        """Open the content so that one can jump in it; packed content is unpacked to a temporary file."""
        if self.info.packing and self._spool is None:
            self._spool = Spool(self.path, self.info.name, self.info.member or None, self.limits)
        with (self._spool.path if self._spool else self.path).open("rb") as file:
            yield file

    def _open(self) -> Source:
        """Read the header; give the source with all that is known of it."""
        info, limits = self.info, self.limits
        if info.format == "csv":
            table = Delimited(info.name, info.encoding, info.dialect, 0, limits)
            with unpacked(self.path, info.name, info.member or None, limits) as opened:
                text = table.header_text(opened)
            if text is None:
                raise InputRefused.because(
                    "no header",
                    file=info.name,
                    line=info.header_line,
                    remedy="Export the table with column names.",
                )
            self.header = read_header(text, info, limits)
        elif info.format == "parquet":
            with self._seekable() as file:
                self.header = checked_header(parquet_header(file, info.name), info.name, limits)
        else:
            with self._seekable() as file:
                if info.packing and info.format == "xlsx":
                    refuse_inner_zip(file, info.name)
                place = Path(file.name)
                book = Workbook(place, info.name, self.options.sheet, self.options.header_line, limits)
            self._book = book
            self.header = checked_header(book.header, info.name, limits, book.header_row)
            self.info = replace(info, sheet=book.sheet, header_line=book.header_row)
            self.choices = replace(self.choices, sheets=book.sheets)
        if info.format != "parquet":
            sample = self.sample()
            columns = [sample.iloc[:, place].tolist() for place in range(sample.shape[1])]
            self.info = replace(self.info, decimal=decimal_sign(columns))
        return self


def open_source(
    path: Path,
    *,
    name: str | None = None,
    options: ReadOptions = AS_FOUND,
    limits: IngestLimits | None = None,
) -> Source:
    """Open a file for reading: sniff it, read its header.

    Parameters
    ----------
    path : Path
        Where the bytes lie.
    name : str, optional
        What people call it; by default the path's own name.
    options : ReadOptions, optional
        What a person said about it; the rest is found out.
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
    found = members(path, label, limits)
    info = sniff(path, label, options, limits)
    return Source(path, info, (), limits, options, Choices(found))._open()


def open_parts(
    path: Path,
    *,
    name: str | None = None,
    options: ReadOptions = AS_FOUND,
    limits: IngestLimits | None = None,
) -> list[Source]:
    """Open a file with its parts: of a zip the largest member, the one asked for, or all of one header.

    Members of one header may be months of a book, but also a table and a sample of it, so they are
    united only when `ALL_MEMBERS` is asked for. What stays unread is in the first source's `left_out`.

    Raises
    ------
    InputRefused
        As :func:`open_source`.
    """
    wants_all = options.member == ALL_MEMBERS
    alone = replace(options, member=None) if wants_all else options
    first = open_source(path, name=name, options=alone, limits=limits)
    sources = [first]
    for member in first.choices.members if wants_all else ():
        if member.name == first.info.member:
            continue
        try:
            other = open_source(path, name=name, options=replace(options, member=member.name), limits=limits)
        except InputRefused:
            continue  # a note or a picture beside the table; `left_out` names it
        if other.header == first.header:
            sources.append(other)
    sources.sort(key=lambda source: source.info.member)
    if len(sources) > 1:
        for source in sources:
            source.info = replace(source.info, name=f"{source.info.name}: {source.info.member}")
    read = {source.info.member for source in sources}
    if options.member is None or wants_all:
        sources[0].left_out = tuple(entry.name for entry in first.choices.members if entry.name not in read)
    return sources
