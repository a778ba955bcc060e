"""What a file is: its format, encoding, separator and header."""

from __future__ import annotations

import codecs
import csv
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from data.errors import InputRefused
from data.ingest.limits import IngestLimits
from data.ingest.records import CHUNK_BYTES, split_record

Format = Literal["csv", "xlsx", "parquet"]
SAMPLE_BYTES = 1 << 20
CONTROL = (*range(9), *range(14, 32))
BINARY_SHARE = 0.05
"""Text has next to no control characters; more than this share of them is no table."""
PACKING_ERRORS = (
    EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError,
)  # fmt: skip
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a file before its rows are read.

    Attributes
    ----------
    name : str
        The file's own name, for people; hostile text.
    format : Format
        What it is once unpacked.
    packing : str
        ``gzip``, ``zip`` or empty.
    member : str
        File inside the zip, or sheet of the workbook.
    encoding, delimiter : str
        Of text; empty otherwise.
    """

    name: str
    format: Format
    packing: str = ""
    member: str = ""
    encoding: str = ""
    delimiter: str = ""


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    return any(name.startswith("xl/") for name in archive.namelist())


def _pick_member(archive: zipfile.ZipFile, name: str, wanted: str | None) -> str:
    """Choose the file inside a zip: the one named, else the largest."""
    files = [
        info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX")
    ]
    if any(info.flag_bits & 1 for info in files):
        raise InputRefused.because("the zip needs a password", file=name, remedy="Unpack it first.")
    if not files:
        raise InputRefused.because("the zip holds no file", file=name, remedy="Pack the table into it again.")
    if wanted is not None:
        if wanted not in {info.filename for info in files}:
            known = ", ".join(info.filename for info in files[:10])
            raise InputRefused.because(f"the zip has no “{wanted}”", file=name, remedy=f"It holds: {known}.")
        return wanted
    return max(files, key=lambda info: info.file_size).filename


@contextmanager
def unpacked(path: Path, name: str, member: str | None) -> Iterator[tuple[BinaryIO, str, str]]:
    """Open a file's content: the stream, how it was packed, and the member.

    Raises
    ------
    InputRefused
        When the packing is damaged.
    """
    with path.open("rb") as plain:
        magic = plain.read(4)
        plain.seek(0)
        try:
            if magic[:2] == b"\x1f\x8b":
                with gzip.open(plain) as stream:
                    yield stream, "gzip", ""  # type: ignore[misc]  # GzipFile reads as a binary stream
            elif magic == b"PK\x03\x04":
                with zipfile.ZipFile(plain) as archive:
                    if _is_workbook(archive):
                        plain.seek(0)
                        yield plain, "", ""
                    else:
                        chosen = _pick_member(archive, name, member)
                        with archive.open(chosen) as stream:
                            yield stream, "zip", chosen  # type: ignore[misc]  # ZipExtFile likewise
            else:
                yield plain, "", ""
        except PACKING_ERRORS as error:
            raise InputRefused.because(
                f"the packed file is damaged or cut short ({error})", file=name, remedy="Send it again."
            ) from None


def sniff(path: Path, name: str, member: str | None = None) -> SourceInfo:
    """Tell what a file is from its first bytes; its ending is not trusted.

    Raises
    ------
    InputRefused
        When it is empty or nothing we read.
    """
    if path.stat().st_size == 0:
        raise InputRefused.because("the file is empty", file=name, remedy="Export it again.")
    with unpacked(path, name, member) as (stream, packing, chosen):
        head = stream.read(SAMPLE_BYTES)
    if not head.strip():
        raise InputRefused.because("the file is empty", file=name, remedy="Export it again.")
    if head[:4] == b"PAR1":
        return SourceInfo(name, "parquet", packing, chosen)
    if head[:4] == b"PK\x03\x04":
        return SourceInfo(name, "xlsx", packing, chosen)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InputRefused.because(
            "an old or password-protected Excel file",
            file=name,
            remedy="Save it as .xlsx without a password, or as CSV.",
        )
    encoding = _encoding(head, name)
    text = head.decode(encoding, errors="replace").removeprefix("\ufeff")
    return SourceInfo(name, "csv", packing, chosen, encoding, _delimiter(text))


def _encoding(head: bytes, name: str) -> str:
    """Encoding of text: byte-order mark, UTF-8, GB18030; binary content is refused."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sum(head.count(bytes([code])) for code in CONTROL) > BINARY_SHARE * len(head):
        raise InputRefused.because(
            "binary content, not a table",
            file=name,
            remedy="Stratum reads CSV, Parquet and XLSX, also in gzip or zip.",
        )
    for encoding in ("utf-8", "gb18030"):
        if encoding == "gb18030" and _is_mostly_utf8(head):
            continue
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            decoder.decode(head, final=False)
        except UnicodeDecodeError:
            continue
        return encoding
    # A few unreadable bytes in a UTF-8 file set their own rows aside, not the file.
    return "utf-8"


def _is_mostly_utf8(head: bytes) -> bool:
    """Whether most lines with characters beyond ASCII are good UTF-8, so that one odd line does not decide."""
    lines = [line for line in head.split(b"\n") if not line.isascii()]
    good = sum(1 for line in lines if line.decode("utf-8", errors="ignore").encode() == line)
    return good > len(lines) / 2


def _delimiter(text: str) -> str:
    """Separator that splits the first lines into the same number of fields most often."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    if len(lines) > 1 and not text.endswith("\n"):
        lines = lines[:-1]

    def rank(delimiter: str) -> tuple[float, int]:
        widths: list[int] = []
        with suppress(csv.Error):  # a cell too long for this parser: what came before it decides
            widths += (len(row) for row in csv.reader(lines, delimiter=delimiter))
        # What does not split the header separates nothing, however often it stands in the cells.
        if not widths or widths[0] == 1:
            return (0.0, 0)
        width = max(set(widths), key=widths.count)
        return (widths.count(width) / len(widths) if width > 1 else 0.0, width)

    return max(DELIMITERS, key=rank)


def utf8_pieces(stream: BinaryIO, encoding: str, name: str, limits: IngestLimits) -> Iterator[bytes]:
    """Read a text stream as UTF-8 pieces without a byte-order mark, whatever its encoding.

    A lone carriage return as line end (old Macintosh exports) becomes a newline.
    """
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="replace")
    total, first, only_returns = 0, True, False
    while piece := stream.read(CHUNK_BYTES):
        total += len(piece)
        limits.check_bytes(name, total)
        if decoder is not None:
            piece = decoder.decode(piece).removeprefix("\ufeff" if first else "").encode()
        elif first:
            piece = piece.removeprefix(codecs.BOM_UTF8)
        if first:
            only_returns = b"\r" in piece and b"\n" not in piece
        first = False
        yield piece.replace(b"\r", b"\n") if only_returns else piece
    if decoder is not None:
        yield decoder.decode(b"", final=True).encode()  # a character cut off at the very end


def read_header(text: str, delimiter: str, name: str, limits: IngestLimits) -> tuple[str, ...]:
    """Read the header record; refuse one that can't name columns.

    Raises
    ------
    InputRefused
        No name at all, only numbers, or two columns of one name.
    """
    header = tuple(cell.strip() for cell in split_record(text, delimiter))
    return checked_header(header, name, limits)


def checked_header(header: tuple[str, ...], name: str, limits: IngestLimits) -> tuple[str, ...]:
    """Refuse a header that can't name columns."""
    limits.check_columns(name, len(header))
    blanks = [place for place, cell in enumerate(header, 1) if not cell]
    if len(blanks) == len(header):
        raise InputRefused.because(
            "no header", file=name, line=1, remedy="Put the column names into the first row."
        )
    if all(cell.replace(".", "").replace("-", "").isdigit() for cell in header if cell):
        raise InputRefused.because(
            "the first row holds only numbers, no column names",
            file=name,
            line=1,
            remedy="Put the column names into the first row.",
        )
    named = tuple(cell or f"column {place}" for place, cell in enumerate(header, 1))
    twice = sorted({cell for cell in named if named.count(cell) > 1})
    if twice:
        raise InputRefused.because(
            f"two columns are named “{twice[0]}”",
            file=name,
            line=1,
            remedy="Give each column a name of its own.",
        )
    return named
