"""Rows set aside go out as a file a person can mend, and come back to be read again.

The file that goes out holds, beside why and where, the row's cells one a column;
whoever mends changes a cell, or the raw line. It is known again by its header,
in any of the formats a file may have.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from data.errors import InputRefused
from data.identity import content_hash
from data.ingest.account import FORMULA_STARTS, QUARANTINE_COLUMNS, inert
from data.ingest.readers import Batch, Choices, Rejected, Source
from data.ingest.records import PLAIN, Quoting, split_record
from data.ingest.sniff import SourceInfo

SNAPSHOT_COLUMN = "snapshot"
LEAD = (*QUARANTINE_COLUMNS, SNAPSHOT_COLUMN)
"""Columns of the file that goes out, before the source's own."""

AsideRow = tuple[str, int, str, str, str]
"""File, line, column, reason, raw text."""


def write_mending(
    path: Path,
    rows: Iterable[AsideRow],
    *,
    header: Sequence[str],
    delimiter: str,
    snapshot_id: str,
    quoting: Quoting = PLAIN,
) -> None:
    """Write rows set aside for a person to mend; no cell of it runs in a spreadsheet.

    Parameters
    ----------
    path : Path
        Where to.
    rows : iterable of AsideRow
        As the quarantine keeps them.
    header : sequence of str
        The source's.
    delimiter : str
        What separates the cells of a raw line.
    snapshot_id : str
        Where the rows belong, so that they find home.
    quoting : Quoting
        How a raw line quotes its cells.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([*LEAD, *(inert(name) for name in cell_names(header))])
        for row in rows:
            cells = split_record(row[4], delimiter, quoting)
            # A ragged row's cells may stand under the wrong names: its raw line is to be mended.
            shown = cells if len(cells) == len(header) else [""] * len(header)
            writer.writerow([inert(str(cell)) for cell in (*row, snapshot_id, *shown)])


def cell_names(header: Sequence[str]) -> list[str]:
    """Name the columns of a row's cells: as in the source, told apart from those before them.

    Examples
    --------
    >>> cell_names(["amount", "line"])
    ['amount', 'line (cell)']
    """
    return [f"{name} (cell)" if name.lower() in LEAD else name for name in header]


def refuse_mending(source: Source) -> None:
    """Refuse rows set aside where there is no warehouse they could come back to.

    Raises
    ------
    InputRefused
        Saying where to bring them.
    """
    if is_mending(source.header):
        raise InputRefused.because(
            "these are rows set aside, which belong to a portfolio in a warehouse",
            file=source.info.name,
            line=1,
            remedy="Bring them back with “cli.py ingest” or on the Portfolios page.",
        )


def is_mending(header: Sequence[str]) -> bool:
    """Whether a file is one that went out to be mended.

    Examples
    --------
    >>> is_mending(["file", "line", "column", "reason", "raw", "snapshot", "客户号"])
    True
    >>> is_mending(["file", "line", "amount"])
    False
    """
    return tuple(name.strip().lower() for name in header[: len(QUARANTINE_COLUMNS)]) == QUARANTINE_COLUMNS


def lively(cell: str) -> str:
    """Take back what :func:`data.ingest.account.inert` did to a cell.

    Examples
    --------
    >>> lively("'-5"), lively("'tis"), lively("plain")
    ('-5', "'tis", 'plain')
    """
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS and cell[1:2] else cell


@dataclass(frozen=True, slots=True)
class Returned:
    """A row that came back.

    Attributes
    ----------
    file, line : str, int
        Where it stood in the source.
    raw : str
        Its raw line, mended or not.
    cells : tuple of str
        Its cells, mended or not; all blank when only the raw line is to be read.
    snapshot : str
        Snapshot it belongs to; empty when the file did not say.
    """

    file: str
    line: int
    raw: str
    cells: tuple[str, ...]
    snapshot: str


def read_returned(source: Source) -> list[Returned]:
    """Read a file that came back; rows without a line number are no rows of it."""
    has_snapshot = source.header[len(QUARANTINE_COLUMNS) :][:1] == (SNAPSHOT_COLUMN,)
    lead = len(LEAD) if has_snapshot else len(QUARANTINE_COLUMNS)
    rows: list[Returned] = []
    for batch in source.batches():
        columns = [column.cast(pa.string()).to_pylist() for column in batch.table.columns]
        for values in zip(*columns, strict=True):
            cells = [lively(value or "") for value in values]
            # A spreadsheet writes whole numbers as 12.0.
            line = cells[1].strip().removesuffix(".0")
            if line.isdigit():
                snapshot = cells[5].strip() if lead == len(LEAD) else ""
                rows.append(Returned(cells[0], int(line), cells[4], tuple(cells[lead:]), snapshot))
    return rows


def mended_cells(
    row: Returned,
    original: str,
    *,
    names: Sequence[str],
    header: Sequence[str],
    delimiter: str,
    quoting: Quoting = PLAIN,
) -> list[str]:
    """Settle what a row holds now: its cells when one was changed, else its raw line.

    Parameters
    ----------
    row : Returned
        As it came back.
    original : str
        Raw line as it was set aside.
    names : sequence of str
        Headers of `row.cells`; columns may have been moved.
    header : sequence of str
        The source's.
    delimiter, quoting : str, Quoting
        Of the raw line.

    Returns
    -------
    list of str
        Its cells; not as many as the header when the raw line is still ragged.
    """
    by_name = dict(zip((lively(name) for name in names), row.cells, strict=False))
    before = split_record(original, delimiter, quoting)
    wanted = cell_names(header)
    cells = [by_name.get(name, "") for name in wanted]
    known = dict(zip(header, before, strict=False)) if len(before) == len(header) else {}
    was_changed = any(
        cell.strip() != known.get(name, "").strip() for name, cell in zip(header, cells, strict=True)
    )
    if any(cells) and was_changed and set(wanted) <= set(by_name):
        return cells
    return split_record(row.raw, delimiter, quoting)


@dataclass(frozen=True, slots=True)
class MendedBatch(Batch):
    """Mended rows with the raw lines they would have had."""

    raws: tuple[str, ...] = ()

    def raw(self, row: int) -> str:
        """Text of one row."""
        return self.raws[row]


@dataclass(slots=True)
class MendedRows:
    """Mended rows of one file, to be staged like a file.

    Attributes
    ----------
    info : SourceInfo
        Of the file they came from.
    header : tuple of str
        Of the file they came from.
    rows : list
        Line number and cells of each.
    delimiter : str
        Their raw lines are written with it.
    belongs_to : str
        Snapshot that set them aside; part of the content's identity.
    quoting : Quoting
        How their raw lines quote cells.
    """

    info: SourceInfo
    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    delimiter: str
    belongs_to: str
    quoting: Quoting = PLAIN
    content_hash: str = ""
    choices: Choices = field(default_factory=Choices)
    left_out: tuple[str, ...] = ()

    def sample(self, rows: int = 2_000) -> pd.DataFrame:
        """First rows as text."""
        whole = [cells for _, cells in self.rows[:rows] if len(cells) == len(self.header)]
        return pd.DataFrame(whole, columns=list(self.header), dtype="object")

    def text_places(self) -> frozenset[int]:
        """All columns come as text."""
        return frozenset(range(len(self.header)))

    def batches(self) -> Iterator[Batch]:
        """All rows in one batch; those still ragged are set aside again."""
        width = len(self.header)
        whole = [(line, cells) for line, cells in self.rows if len(cells) == width]
        rejected = [
            Rejected(line, "", f"{len(cells)} fields where the header has {width}", self._written(cells))
            for line, cells in self.rows
            if len(cells) != width
        ]
        columns = list(zip(*(cells for _, cells in whole), strict=True)) or [()] * width
        table = pa.table({f"c{place}": pa.array(column, pa.string()) for place, column in enumerate(columns)})
        lines = np.array([line for line, _ in whole], dtype=np.int64)
        self.content_hash = content_hash([self.belongs_to, self.rows])
        raws = tuple(self._written(cells) for _, cells in whole)
        yield MendedBatch(table, lines, rejected, 1.0, raws=raws)

    def _written(self, cells: Sequence[str]) -> str:
        line = io.StringIO()
        csv.writer(line, delimiter=self.delimiter, quotechar=self.quoting.sign, lineterminator="").writerow(
            cells
        )
        return line.getvalue()
