"""What a file is packed in: gzip, zip, or nothing; and the one file inside that is read.

No member's name ever becomes a path: what is unpacked is a stream, or a temporary file
of our own name. The stream counts what comes out of it, so that a small file which
would swell without end is refused long before memory, disk or time are used up.
"""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Protocol

from data.errors import InputRefused
from data.ingest.limits import IngestLimits

GZIP, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
PACKING_ERRORS = (
    EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError,
)  # fmt: skip
OPENING_ERRORS = (*PACKING_ERRORS, OSError, ValueError, struct.error, RuntimeError)
"""What the library says when a zip's own directory is rubbish."""

CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
OFFICE = {"word/": "a Word document", "ppt/": "a PowerPoint presentation", "visio/": "a Visio drawing"}
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


class Stream(Protocol):
    """What the readers need of an unpacked file."""

    def read(self, size: int = -1, /) -> bytes:
        """Give the next bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a zip.

    Attributes
    ----------
    name : str
        Its path in the zip; hostile text.
    size : int
        Bytes once unpacked, as the zip says.
    """

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file: its stream, how it was packed (``gzip``, ``zip`` or empty), its member."""

    stream: Stream
    packing: str = ""
    member: str = ""
    plain: BinaryIO | None = None


class Metered:
    """A stream that refuses to swell: counts what comes out against what went in."""

    def __init__(self, stream: Stream, packed_bytes: int, name: str, limits: IngestLimits) -> None:
        self._stream, self._packed, self._name, self._limits = stream, max(packed_bytes, 1), name, limits
        self._given = 0

    def read(self, size: int = -1, /) -> bytes:
        """Read on; never the whole stream at once, however much is asked for."""
        pieces: list[bytes] = []
        wanted = size if size >= 0 else self._limits.max_bytes + 1
        while wanted > 0 and (piece := self._stream.read(min(wanted, 1 << 22))):
            self._given += len(piece)
            wanted -= len(piece)
            self._limits.check_packed(self._name, self._given, self._packed)
            pieces.append(piece)
        return b"".join(pieces)


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is a spreadsheet: XLSX, XLSM, XLSB or ODS."""
    names = archive.namelist()
    if any(name.startswith("xl/") for name in names):
        return True
    if "mimetype" not in names:
        return False
    with archive.open("mimetype") as stream:
        return stream.read(200).strip().startswith(ODS)


def _refuse_unsafe(archive: zipfile.ZipFile, name: str, limits: IngestLimits) -> None:
    """Refuse a zip that is built to do harm, or that is another kind of document."""
    infos = archive.infolist()
    if len(infos) > limits.max_members:
        raise InputRefused.because(
            f"the zip holds {len(infos):,} files, at most {limits.max_members:,} are taken",
            file=name,
            remedy="Pack the tables alone.",
        )
    for info in infos:
        for start, what in OFFICE.items():
            if info.filename.startswith(start):
                raise InputRefused.because(
                    f"this is {what}, not a table", file=name, remedy="Export the table as CSV or XLSX."
                )
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or info.filename[1:2] == ":":
            raise InputRefused.because(
                f"the zip holds a path that leads out of it, “{info.filename[:100]}”",
                file=name,
                remedy="Pack the tables again by a program you trust.",
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputRefused.because(
                f"the zip holds a link instead of a file, “{info.filename[:100]}”",
                file=name,
                remedy="Pack the file itself.",
            )


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Files of a zip that may be tables, as they stand in it."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith(CLUTTER)
        and not PurePosixPath(info.filename).name.startswith(("._", *CLUTTER))
    ]


def _pick(archive: zipfile.ZipFile, name: str, wanted: str | None) -> zipfile.ZipInfo:
    """Choose the file inside a zip: the one named, else the largest."""
    files = _files(archive)
    if any(info.flag_bits & 1 for info in files):
        raise InputRefused.because("the zip needs a password", file=name, remedy="Unpack it first.")
    if not files:
        raise InputRefused.because("the zip holds no file", file=name, remedy="Pack the table into it again.")
    if wanted is not None:
        for info in files:
            if info.filename == wanted:
                return info
        known = ", ".join(info.filename for info in files[:10])
        raise InputRefused.because(f"the zip has no “{wanted}”", file=name, remedy=f"It holds: {known}.")
    return max(files, key=lambda info: info.file_size)


def members(path: Path, name: str, limits: IngestLimits) -> tuple[Member, ...]:
    """List the files inside a zip, largest first; none when the file is no zip or a workbook.

    Raises
    ------
    InputRefused
        When the zip is damaged or built to do harm.
    """
    with path.open("rb") as plain:
        if plain.read(4) != ZIP:
            return ()
        try:
            with _zip_of(plain, name) as archive:
                if is_workbook(archive):
                    return ()
                _refuse_unsafe(archive, name, limits)
                found = [Member(info.filename, info.file_size) for info in _files(archive)]
        except PACKING_ERRORS as error:
            raise _damaged(error, name) from None
    return tuple(sorted(found, key=lambda member: -member.size))


def _zip_of(plain: BinaryIO, name: str) -> zipfile.ZipFile:
    """Open a zip; a directory of it that points anywhere is damage like any other."""
    try:
        return zipfile.ZipFile(plain)
    except OPENING_ERRORS as error:
        raise _damaged(error, name) from None


def _member_of(archive: zipfile.ZipFile, chosen: zipfile.ZipInfo, name: str) -> IO[bytes]:
    """Open a file inside a zip."""
    try:
        return archive.open(chosen)
    except OPENING_ERRORS as error:
        raise _damaged(error, name) from None


def _damaged(error: BaseException, name: str) -> InputRefused:
    return InputRefused.because(
        f"the packed file is damaged or cut short ({error})", file=name, remedy="Send it again."
    )


@contextmanager
def unpacked(path: Path, name: str, member: str | None, limits: IngestLimits) -> Iterator[Opened]:
    """Open a file's content.

    Raises
    ------
    InputRefused
        When the packing is damaged, hides a huge content, or is built to do harm.
    """
    with path.open("rb") as plain:
        magic = plain.read(4)
        plain.seek(0)
        try:
            if magic[:2] == GZIP:
                with gzip.open(plain) as stream:
                    size = path.stat().st_size
                    yield Opened(Metered(stream, size, name, limits), "gzip")
            elif magic == EMPTY_ZIP:
                raise InputRefused.because(
                    "the zip holds no file", file=name, remedy="Pack the table into it again."
                )
            elif magic == ZIP:
                with _zip_of(plain, name) as archive:
                    if is_workbook(archive):
                        plain.seek(0)
                        yield Opened(plain, plain=plain)
                        return
                    _refuse_unsafe(archive, name, limits)
                    chosen = _pick(archive, name, member)
                    if chosen.file_size == 0:
                        raise InputRefused.because(
                            f"“{chosen.filename}” in the zip is empty",
                            file=name,
                            remedy="Export it again, or choose another member.",
                        )
                    limits.check_bytes(name, chosen.file_size)
                    with _member_of(archive, chosen, name) as stream:
                        metered = Metered(stream, chosen.compress_size, name, limits)
                        yield Opened(metered, "zip", chosen.filename)
            else:
                yield Opened(plain, plain=plain)
        except PACKING_ERRORS as error:
            raise _damaged(error, name) from None


def refuse_packed_twice(head: bytes, opened: Opened, name: str) -> None:
    """Refuse a packed file inside a packed file: it may go on like that without end."""
    if not opened.packing:
        return
    inner = "gzip" if head[:2] == GZIP else "zip" if head[:4] == EMPTY_ZIP else ""
    if inner:
        place = f"“{opened.member}” in the zip" if opened.member else "the content"
        raise InputRefused.because(
            f"{place} is packed a second time, as {inner}", file=name, remedy="Unpack it once, then send it."
        )


def refuse_inner_zip(file: BinaryIO, opened_name: str) -> None:
    """Refuse a zip that came out of a packed file and is no workbook."""
    try:
        with _zip_of(file, opened_name) as archive:
            if is_workbook(archive):
                return
            _refuse_unsafe(archive, opened_name, IngestLimits())
    except PACKING_ERRORS as error:
        raise _damaged(error, opened_name) from None
    raise InputRefused.because(
        "the content is packed a second time, as zip",
        file=opened_name,
        remedy="Unpack it once, then send it.",
    )


class Spool:
    """What was packed, unpacked to a temporary file that lasts as long as this object."""

    def __init__(self, path: Path, name: str, member: str | None, limits: IngestLimits) -> None:
        handle, place = tempfile.mkstemp(prefix="stratum-unpacked-")
        self.path = Path(place)
        weakref.finalize(self, self.path.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as target, unpacked(path, name, member, limits) as opened:
            while piece := opened.stream.read(4 << 20):
                target.write(piece)
