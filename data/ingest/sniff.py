"""What a file is: its format, encoding, separator and header. Its ending is not trusted."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from data.errors import InputRefused
from data.ingest.dialects import Dialect, find_dialect, known_separator, with_header
from data.ingest.encodings import SAMPLE_BYTES, detect, known_encoding
from data.ingest.limits import IngestLimits
from data.ingest.packing import ZIP, Opened, refuse_packed_twice, unpacked
from data.ingest.records import PLAIN, Quoting, split_record

Format = Literal["csv", "xlsx", "xls", "parquet"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SEARCHED = 64 << 20

DOCUMENTS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "Export the table as CSV or XLSX instead of printing it."),
    (b"\x89PNG", "a picture (PNG)", "Send the table itself."),
    (b"\xff\xd8\xff", "a picture (JPEG)", "Send the table itself."),
    (b"GIF8", "a picture (GIF)", "Send the table itself."),
    (b"{\\rtf", "an RTF document", "Export the table as CSV or XLSX."),
    (b"Rar!", "a RAR archive", "Unpack it, or pack it as zip."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, or pack it as zip."),
    (b"BZh", "a bzip2 archive", "Unpack it, or pack it as gzip or zip."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it, or pack it as gzip or zip."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it, or pack it as gzip or zip."),
    (b"PARE", "an encrypted Parquet file", "Export it without encryption."),
    (b"ARROW1", "an Arrow (Feather) file", "Export it as Parquet or CSV."),
    (b"ORC", "an ORC file", "Export it as Parquet or CSV."),
    (b"Obj\x01", "an Avro file", "Export it as Parquet or CSV."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV or Parquet."),
    (b"\x89HDF", "an HDF5 file", "Export the table as CSV or Parquet."),
    (b"$FL2", "an SPSS file", "Export it as CSV."),
    (b"<stata_dta>", "a Stata file", "Export it as CSV."),
    (b"MZ", "a Windows program", "Send the table itself."),
    (b"\x7fELF", "a program", "Send the table itself."),
)
"""First bytes → what it is, and what to do: files that get sent in place of a table."""

MARKUP: tuple[tuple[str, str, str], ...] = (
    ("<?xml", "an XML document", "Open it in a spreadsheet program and save it as .xlsx or CSV."),
    ("<!doctype html", "a web page", "Open it in a spreadsheet program and save it as .xlsx or CSV."),
    ("<html", "a web page", "Open it in a spreadsheet program and save it as .xlsx or CSV."),
    ("<table", "a web page", "Open it in a spreadsheet program and save it as .xlsx or CSV."),
    ('{"', "a JSON document", "Export the table as CSV or Parquet."),
    ("[{", "a JSON document", "Export the table as CSV or Parquet."),
)
ENDINGS: dict[str, frozenset[str]] = {
    "csv": frozenset({".csv", ".tsv", ".txt", ".tab", ".dat", ".psv", ".asc"}),
    "xlsx": frozenset({".xlsx", ".xlsm", ".xlsb", ".ods", ".xltx"}),
    "xls": frozenset({".xls", ".xlt"}),
    "parquet": frozenset({".parquet", ".pq", ".parq"}),
}
PACKINGS = frozenset({".gz", ".gzip", ".zip"})


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person said about how a file is to be read; what is None is found out.

    Attributes
    ----------
    encoding : str or None
        Name of a text encoding.
    separator : str or None
        Between cells: one sign, or a name such as ``tab``.
    sheet : str or None
        Of a workbook.
    member : str or None
        File inside a zip; ``*`` for all that have the header of the largest.
    header_line : int or None
        Line, or row of a sheet, that holds the column names; from 1.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    member: str | None = None
    header_line: int | None = None


AS_FOUND = ReadOptions()


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a file before its rows are read.

    Attributes
    ----------
    name : str
        The file's own name, for people; hostile text.
    format : Format
        What it is once unpacked; ``xlsx`` stands for ODS too.
    packing : str
        ``gzip``, ``zip`` or empty.
    member : str
        File inside the zip.
    encoding, delimiter : str
        Of text; empty otherwise.
    quoting : Quoting
        Which sign quotes cells.
    header_line : int
        Line or row (from 1) of the column names.
    sheet : str
        Of a workbook.
    decimal : str
        ``.`` or ``,`` as the first rows show; empty when none has a fraction.
    is_sure : bool
        Whether the encoding is beyond doubt.
    """

    name: str
    format: Format
    packing: str = ""
    member: str = ""
    encoding: str = ""
    delimiter: str = ""
    quoting: Quoting = PLAIN
    header_line: int = 1
    sheet: str = ""
    decimal: str = ""
    is_sure: bool = True

    @property
    def dialect(self) -> Dialect:
        """How the text is written."""
        return Dialect(self.delimiter, self.quoting, self.header_line)

    @property
    def is_misnamed(self) -> bool:
        """Whether the name's ending promises another format.

        Examples
        --------
        >>> SourceInfo("a.csv", "parquet").is_misnamed, SourceInfo("a.csv.gz", "csv", "gzip").is_misnamed
        (True, False)
        """
        path = PurePath(self.member or self.name)
        ending = path.suffix.lower()
        if ending in PACKINGS:
            if not self.packing:
                return True
            ending = PurePath(path.stem).suffix.lower()
        promised = {kind for kind, endings in ENDINGS.items() if ending in endings}
        return bool(promised) and self.format not in promised


def sniff(path: Path, name: str, options: ReadOptions, limits: IngestLimits) -> SourceInfo:
    """Tell what a file is from its first bytes, and from what a person said.

    Raises
    ------
    InputRefused
        When it is empty or nothing we read.
    """
    if path.stat().st_size == 0:
        raise InputRefused.because("the file is empty", file=name, remedy="Export it again.")
    with unpacked(path, name, options.member, limits) as opened:
        head = opened.stream.read(SAMPLE_BYTES)
        if not head.strip():
            raise InputRefused.because("the file is empty", file=name, remedy="Export it again.")
        if not head.strip(b"\0 \r\n"):
            raise InputRefused.because(
                "it holds nothing but NUL bytes: the copy failed", file=name, remedy="Copy it again."
            )
        refuse_packed_twice(head, opened, name)
        for magic, what, remedy in DOCUMENTS:
            if head.startswith(magic):
                raise InputRefused.because(f"this is {what}, not a table", file=name, remedy=remedy)
        if head[:4] == b"PAR1":
            return SourceInfo(name, "parquet", opened.packing, opened.member)
        if head[:4] == ZIP:
            return SourceInfo(name, "xlsx", opened.packing, opened.member)
        if head[:8] == OLE:
            _refuse_locked(head, opened, name)
            return SourceInfo(name, "xls", opened.packing, opened.member)
        return _text(head, opened, name, options)


def _refuse_locked(head: bytes, opened: Opened, name: str) -> None:
    """Refuse what looks like old Excel from outside but is a locked workbook or another document."""
    content, searched = head, len(head)
    found: set[str] = set()
    streams = ("EncryptedPackage", "WordDocument", "PowerPoint Document", "Workbook", "Book", "__nameid")
    while content:
        found |= {stream for stream in streams if stream.encode("utf-16-le") in content}
        if searched > SEARCHED:
            break
        following = opened.stream.read(1 << 20)
        searched += len(following)
        content = content[-64:] + following if following else b""
    if "EncryptedPackage" in found:
        raise InputRefused.because(
            "the workbook needs a password", file=name, remedy="Save it without a password, or as CSV."
        )
    if not found & {"Workbook", "Book"}:
        kinds = {"WordDocument": "an old Word document", "PowerPoint Document": "an old PowerPoint file"}
        what = next(
            (kind for stream, kind in kinds.items() if stream in found), "an old Excel file, damaged or"
        )
        raise InputRefused.because(
            f"this is {what} without a worksheet", file=name, remedy="Export the table as CSV or XLSX."
        )


def _text(head: bytes, opened: Opened, name: str, options: ReadOptions) -> SourceInfo:
    """Say how a text table is written."""
    if options.encoding:
        encoding, is_sure = known_encoding(options.encoding, name), True
    else:
        found = detect(head, opened.stream, name)
        encoding, is_sure = found.name, found.is_sure
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head).removeprefix("\ufeff")
    start = text[:200].lstrip().lower()
    for opening, what, remedy in MARKUP:
        if start.startswith(opening):
            raise InputRefused.because(f"this is {what}, not a table", file=name, remedy=remedy)
    # A quote or a separator in a file of carriage returns alone is found as in any other.
    text = text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")
    dialect = find_dialect(text)
    if options.separator:
        separator = known_separator(options.separator, name)
        dialect = with_header(text.split("\n")[:200], Dialect(separator, dialect.quoting))
    line = options.header_line or dialect.header_line
    return SourceInfo(
        name, "csv", opened.packing, opened.member, encoding, dialect.separator, dialect.quoting, line,
        is_sure=is_sure,
    )  # fmt: skip


def read_header(text: str, info: SourceInfo, limits: IngestLimits) -> tuple[str, ...]:
    """Read the header record; refuse one that can't name columns.

    Raises
    ------
    InputRefused
        No name at all, only numbers, or two columns of one name.
    """
    header = tuple(cell.strip() for cell in split_record(text, info.delimiter, info.quoting))
    return checked_header(header, info.name, limits, info.header_line)


def checked_header(
    header: tuple[str, ...], name: str, limits: IngestLimits, line: int = 1
) -> tuple[str, ...]:
    """Refuse a header that can't name columns."""
    limits.check_columns(name, len(header))
    remedy = "Put the column names into one row above the data."
    if not any(header):
        raise InputRefused.because("no header", file=name, line=line, remedy=remedy)
    if all(cell.replace(".", "").replace("-", "").isdigit() for cell in header if cell):
        raise InputRefused.because(
            "the first row holds only numbers, no column names", file=name, line=line, remedy=remedy
        )
    named = tuple(cell or f"column {place}" for place, cell in enumerate(header, 1))
    seen: dict[str, int] = {}
    for place, cell in enumerate(named, 1):
        if cell in seen:
            raise InputRefused.because(
                f"two columns are named “{cell[:100]}”, the {_nth(seen[cell])} and the {_nth(place)}",
                file=name,
                line=line,
                remedy="Give each column a name of its own.",
            )
        seen[cell] = place
    return named


def _nth(number: int) -> str:
    """Say a place in a row.

    Examples
    --------
    >>> _nth(1), _nth(12), _nth(23)
    ('1st', '12th', '23rd')
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
