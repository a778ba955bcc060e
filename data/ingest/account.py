"""The account of an import: rows read = rows accepted + rows set aside, each with a reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

QUARANTINE_COLUMNS = ("file", "line", "column", "reason", "raw")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every row.

    Attributes
    ----------
    rows_read, rows_accepted, rows_quarantined : int
        The first is the sum of the others.
    customers : int
        Accepted rows united by customer.
    reasons : tuple of (str, int)
        Why rows were set aside, most frequent first.
    """

    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    customers: int
    reasons: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        """Hold the account to its own rule."""
        if self.rows_read != self.rows_accepted + self.rows_quarantined:
            raise AssertionError(f"The account does not balance: {self}")

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {**asdict(self), "reasons": [list(pair) for pair in self.reasons]}

    @classmethod
    def from_dict(cls, values: dict[str, object]) -> Account:
        """Read :meth:`to_dict`'s values."""
        reasons = tuple((str(a), int(b)) for a, b in values["reasons"])  # type: ignore[attr-defined]  # JSON list
        counts = {
            name: int(str(values[name]))
            for name in ("rows_read", "rows_accepted", "rows_quarantined", "customers")
        }
        return cls(**counts, reasons=reasons)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth a person's look; no row was set aside for it.

    Attributes
    ----------
    key : str
        Which kind of finding; the words say it.
    column : str
        Source header or contract column it is about.
    count : int
        Rows concerned.
    detail : str
        An example or a name; hostile text.
    """

    key: str
    column: str = ""
    count: int = 0
    detail: str = ""
    severity: int = field(default=1)

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


def inert(cell: str) -> str:
    """Make a text harmless in a spreadsheet: one that could be a formula gets an apostrophe.

    Examples
    --------
    >>> inert("=cmd|' /C calc'!A0"), inert("plain"), inert("-5")
    ("'=cmd|' /C calc'!A0", 'plain', "'-5")
    """
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell


def write_quarantine(
    path: Path, rows: Iterable[tuple[str, int, str, str, str]], *, spreadsheet_safe: bool
) -> None:
    """Write the rows set aside as CSV.

    Parameters
    ----------
    path : Path
        Where to.
    rows : iterable of tuple
        File, line, column, reason, raw text.
    spreadsheet_safe : bool
        True for a download a person opens; False keeps `raw` to the letter, for
        programs.
    """
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(QUARANTINE_COLUMNS)
        for row in rows:
            writer.writerow([inert(str(cell)) for cell in row] if spreadsheet_safe else row)
