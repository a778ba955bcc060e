"""Parquet as batches of typed cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.errors import InputRefused
from data.ingest.batches import BATCH_ROWS, Batch, without_long_cells
from data.ingest.limits import IngestLimits


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Turn the library's errors into a sentence."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputRefused.because(
            f"the Parquet file is damaged or cut short ({said})", file=name, remedy="Export it again."
        ) from None


def parquet_header(file: BinaryIO, name: str) -> tuple[str, ...]:
    """Give the column names; a file of nested columns is refused, by the column's name.

    Raises
    ------
    InputRefused
        Damaged, or a column that is no column of single values.
    """
    with _readable(name):
        schema = pq.read_schema(file)
    for entry in schema:
        kind = entry.type.storage_type if isinstance(entry.type, pa.BaseExtensionType) else entry.type
        if pa.types.is_nested(kind):
            raise InputRefused.because(
                f"its cells hold lists or records ({kind})"[:200],
                file=name,
                column=entry.name,
                remedy="Leave the column out, or write each of its parts as a column of its own.",
            )
    return tuple(schema.names)


def parquet_batches(
    file: BinaryIO, name: str, limits: IngestLimits, note: Callable[[bytes], None]
) -> Iterator[Batch]:
    """Read all rows; `note` gets the bytes of each batch."""
    with _readable(name):
        opened = pq.ParquetFile(file)
        done, total = 0, opened.metadata.num_rows
        limits.check_rows(name, total)
        pieces = opened.iter_batches(BATCH_ROWS)
    while True:
        with _readable(name):
            piece = next(pieces, None)
        if piece is None:
            return
        names = piece.schema.names
        table = pa.table({f"c{i}": _flat(column, name, names[i]) for i, column in enumerate(piece.columns)})
        for column in table.columns:
            for buffer in column.combine_chunks().buffers():
                note(buffer or b"")
        lines = np.arange(done, done + table.num_rows, dtype=np.int64) + 1
        done += table.num_rows
        yield without_long_cells(Batch(table, lines, [], done / max(total, 1)), limits)


def _flat(column: pa.Array, file: str, header: str) -> pa.Array:
    """Keep numbers, dates and flags as they are; everything else becomes text."""
    if isinstance(column, pa.ExtensionArray):
        return _flat(column.storage, file, header)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _flat(column.dictionary_decode(), file, header)
    try:
        if pa.types.is_timestamp(kind):
            return column.cast(pa.date32(), safe=False)
        if pa.types.is_decimal(kind):
            return column.cast(pa.float64())
        if pa.types.is_float16(kind):
            return column.cast(pa.float32())
        typed = (
            pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_date(kind)
            or pa.types.is_boolean(kind)
        )
        return column if typed else column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise InputRefused.because(
            f"its cells are {kind}, which is neither number, date, flag nor text",
            file=file,
            column=header,
            remedy="Leave the column out, or export it as text.",
        ) from None
