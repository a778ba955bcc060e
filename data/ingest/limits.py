"""How much a file may hold; each limit is a setting with its own sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data.errors import Cancelled, InputRefused


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """Largest file, table and cell taken in.

    Attributes
    ----------
    max_bytes : int
        Of the decoded content, so that a small zip can't hide a huge file.
    max_rows, max_columns, max_cell_length : int
        Of one file; the last in characters.
    rows_remedy : str
        What to do with more rows.
    max_swelling : int
        How many times larger than packed a content may be. A table of zeros packs
        a few hundredfold; a bomb a thousandfold.
    swelling_from : int
        Bytes up to which any swelling is taken: they do no harm.
    max_members : int
        Files in one zip.
    workbook_memory, workbook_seconds : int
        Bytes and time a spreadsheet's parser may take.
    """

    max_bytes: int = 64 * 1024**3
    max_rows: int = 50_000_000
    max_columns: int = 2_000
    max_cell_length: int = 100_000
    rows_remedy: str = "Split the file, or raise STRATUM_MAX_ROWS."
    max_swelling: int = 500
    swelling_from: int = 256 * 1024**2
    max_members: int = 10_000
    workbook_memory: int = 6 * 1024**3
    workbook_seconds: int = 900

    def check_columns(self, file: str, count: int) -> None:
        """Refuse a table that is too wide."""
        if count > self.max_columns:
            raise InputRefused.because(
                f"{count:,} columns, at most {self.max_columns:,} are taken",
                file=file,
                line=1,
                remedy="Check the separator, or raise STRATUM_MAX_COLUMNS.",
            )

    def check_bytes(self, file: str, count: int) -> None:
        """Refuse content that is too long once unpacked."""
        if count > self.max_bytes:
            raise InputRefused.because(
                f"unpacks to more than {self.max_bytes:,} bytes",
                file=file,
                remedy="Split the file, or raise the limit in the settings.",
            )

    def check_packed(self, file: str, unpacked: int, packed: int) -> None:
        """Refuse packed content that is too long or swells like nothing a table does."""
        self.check_bytes(file, unpacked)
        if unpacked > self.swelling_from and unpacked > self.max_swelling * packed:
            raise InputRefused.because(
                f"unpacks to more than {self.max_swelling:,} times its size: no table does",
                file=file,
                remedy="Send the table as it is, not packed.",
            )

    def check_rows(self, file: str, count: int) -> None:
        """Refuse more rows than the setting allows."""
        if count > self.max_rows:
            raise InputRefused.because(
                f"more than {self.max_rows:,} rows",
                file=file,
                remedy=self.rows_remedy,
            )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is: rows so far, share done between 0 and 1 (0 when unknown)."""

    rows: int
    share: float


Report = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


def never() -> bool:
    """Nobody cancels."""
    return False


def silent(_: Progress) -> None:
    """Nobody listens."""


def stop_if(is_cancelled: IsCancelled) -> None:
    """Raise :class:`Cancelled` when the person asked for it."""
    if is_cancelled():
        raise Cancelled("The import was cancelled; nothing of it was kept.")
