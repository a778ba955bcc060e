"""Records of a text file, made regular, so that the engine's own reader can take them.

What is tidy is decided here, a chunk at a time: records whose quotes, line ends and
numbers of cells leave no doubt pass as they stand; any other chunk is told apart by the
exact reader and written anew. So the engine never sees a record that it could read
otherwise than :mod:`data.ingest.records` does.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from data.ingest.batches import Rejected
from data.ingest.delimited import Delimited, Records

LONGEST_RECORD = 2_000_000
"""Bytes of the longest record the engine's reader takes."""

NEWLINE, RETURN = 10, 13

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
