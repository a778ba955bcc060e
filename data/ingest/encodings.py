"""Which encoding a text file is in, decided by evidence over a large sample.

The byte-order mark speaks first, then where NUL bytes stand (UTF-16), then whether
the lines beyond ASCII are good UTF-8. What is left is told apart by its bytes: Chinese
text comes in pairs that are mostly common characters, Western text in lone bytes
between ASCII letters.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from data.errors import InputRefused
from data.ingest.limits import IngestLimits
from data.ingest.packing import Stream
from data.ingest.records import CHUNK_BYTES

SAMPLE_BYTES = 1 << 20
SEARCHED_BYTES = 256 << 20
"""How far a file is searched for the first characters beyond ASCII."""

FIRST_BYTES = 1 << 20
"""Of the first piece: enough for a header and a sample, which is all that most looks at a file need."""

CHINESE_SHARE, WESTERN_SHARE = 0.6, 0.6
WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýœšžßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ€£¥§©®°±·«»¿¡ªº²³µ½¼¾–—‘’“”„…•™´\u00a0"
)
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF32_BE, "utf-32"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
CONTROL = bytes(code for code in (*range(9), *range(14, 32)) if code not in (1, 27, 31))
"""Control characters no table has; 1 and 31 part the cells of some exports."""

BINARY_SHARE = 0.05
"""Text has next to no control characters; more than this share of them is no table."""

OFFERED = (
    "utf-8", "utf-16-le", "utf-16-be", "gb18030", "windows-1252", "big5", "windows-1251", "shift_jis", "euc-kr",
)  # fmt: skip
"""What a person is offered to choose from; any other text encoding Python knows may be named too."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding and whether the bytes leave a doubt about it."""

    name: str
    is_sure: bool = True


def known_encoding(wanted: str, file: str) -> str:
    """Give the name of an encoding somebody asked for, as the readers know it.

    Raises
    ------
    InputRefused
        When there is no text encoding of that name.

    Examples
    --------
    >>> known_encoding("GBK", "a.csv"), known_encoding("latin1", "a.csv"), known_encoding("UTF8", "a.csv")
    ('gb18030', 'windows-1252', 'utf-8')
    """
    try:
        found = codecs.lookup(wanted.strip())
        "".encode(found.name)
    except (LookupError, ValueError):
        raise InputRefused.because(
            f"there is no text encoding “{wanted}”", file=file, remedy=f"Known are: {', '.join(OFFERED)}."
        ) from None
    same = {
        "gbk": "gb18030", "gb2312": "gb18030", "hz": "gb18030", "iso8859-1": "windows-1252",
        "cp1252": "windows-1252", "ascii": "utf-8", "utf-8-sig": "utf-8", "cp1251": "windows-1251",
    }  # fmt: skip
    return same.get(found.name, found.name)


def _utf16_unmarked(head: bytes) -> str | None:
    """UTF-16 without a mark: NULs stand at odd or at even places, hardly ever at both."""
    head = head[: len(head) // 2 * 2]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.02 * len(head) or min(even, odd) * 20 > max(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return None
    return name if "\n" in text or "\r" in text else None


def _lines_beyond_ascii(head: bytes, stream: Stream) -> list[bytes]:
    """Lines that hold characters beyond ASCII, looked for far into the file."""
    searched, carry = len(head), b""
    piece = head
    while True:
        if not piece.isascii():
            lines = [line for line in (carry + piece).split(b"\n")[:-1] if not line.isascii()]
            if lines:
                return lines
        if searched > SEARCHED_BYTES:
            return []
        carry = (carry + piece)[-65_536:].rpartition(b"\n")[2] if piece else carry
        following = stream.read(4 << 20)
        if not following:
            last = carry if not carry.isascii() else b""
            return [last] if last else []
        piece, searched = following, searched + len(following)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _chinese_share(lines: list[bytes]) -> float:
    """Share of the characters beyond ASCII that are common Chinese ones, read as GB18030.

    The pairs B0A1–D7F9 of GB 2312 are the 3,755 most used characters (level 1), D8A1–F7FE the
    3,008 after them (level 2), A1–A3 the punctuation.
    """
    common, total = 0.0, 0
    for line in lines:
        for character in line.decode("gb18030", errors="replace"):
            if character.isascii():
                continue
            total += 1
            pair = character.encode("gb18030") if character != "\ufffd" else b""
            if len(pair) == 2 and pair[1] >= 0xA1:
                lead = pair[0]
                common += (
                    1.0 if 0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3 else 0.5 if lead <= 0xF7 else 0.0
                )
    return common / total if total else 0.0


def _lone_share(lines: list[bytes]) -> float:
    """Share of the bytes beyond ASCII that stand alone between ASCII ones, as accented letters do."""
    lone, total = 0, 0
    for line in lines:
        run = 0
        for byte in (*line, 0):
            if byte >= 0x80:
                run += 1
            elif run:
                total += run
                lone += run == 1
                run = 0
    return lone / total if total else 0.0


def _western_share(lines: list[bytes]) -> float:
    """Share of the characters beyond ASCII that Western texts use, read as Windows-1252."""
    text = "".join(line.decode("windows-1252", errors="replace") for line in lines)
    beyond = [character for character in text if not character.isascii()]
    return sum(character in WESTERN for character in beyond) / len(beyond) if beyond else 0.0


def _legacy(lines: list[bytes]) -> Encoding:
    """Tell GB18030 from Western text; what is neither is damaged UTF-8, its lines are set aside."""
    sample = lines[:2_000]
    chinese, lone = _chinese_share(sample), _lone_share(sample)
    if chinese >= CHINESE_SHARE and lone < 0.5:
        return Encoding("gb18030", chinese >= 0.8)
    if _western_share(sample) >= WESTERN_SHARE:
        return Encoding("windows-1252", lone >= 0.5)
    return Encoding("utf-8", is_sure=False)


def _refuse_mixed(lines: list[bytes], head: bytes, encoding: str, name: str) -> None:
    """Refuse a file some lines of which are UTF-8 while most are not: they would turn to rubbish unseen."""
    for line in lines:
        # Two bytes may be both; a line with three or more good UTF-8 sequences is no accident.
        if _is_utf8(line) and sum(1 for byte in line if byte >= 0xC2) >= 3 and len(line.decode()) < len(line):
            number = head[: head.find(line)].count(b"\n") + 1 if line in head else None
            raise InputRefused.because(
                f"this line is UTF-8, most others are {encoding}",
                file=name,
                line=number,
                remedy="Save the file in one encoding, or name the encoding to read it with.",
            )


def detect(head: bytes, stream: Stream, name: str) -> Encoding:
    """Tell the encoding of text; content that is no text is refused.

    Parameters
    ----------
    head : bytes
        The file's first megabyte.
    stream : Stream
        Goes on after `head`; read only while everything so far is ASCII.
    name : str
        What people call the file.

    Raises
    ------
    InputRefused
        Binary content, or lines in several encodings.
    """
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return Encoding(encoding)
    if unmarked := _utf16_unmarked(head):
        return Encoding(unmarked, is_sure=False)
    if len(head) - len(head.translate(None, CONTROL)) > BINARY_SHARE * len(head):
        raise InputRefused.because(
            "binary content, not a table",
            file=name,
            remedy="Stratum reads CSV, Parquet, XLSX, XLS and ODS, also in gzip or zip.",
        )
    lines = _lines_beyond_ascii(head, stream)
    good = sum(1 for line in lines if _is_utf8(line))
    if good * 2 >= len(lines):
        # A few unreadable lines in a UTF-8 file set their own rows aside, not the file.
        return Encoding("utf-8", good == len(lines))
    found = _legacy([line for line in lines if not _is_utf8(line)])
    if found.name != "utf-8":
        _refuse_mixed(lines, head, found.name, name)
    return found


def utf8_pieces(stream: Stream, encoding: str, name: str, limits: IngestLimits) -> Iterator[bytes]:
    """Read a text stream as UTF-8 pieces without a byte-order mark, whatever its encoding.

    A lone carriage return as line end (old Macintosh exports) becomes a newline.
    """
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="replace")
    total, first, only_returns = 0, True, False
    while piece := stream.read(min(FIRST_BYTES, CHUNK_BYTES) if first else CHUNK_BYTES):
        total += len(piece)
        limits.check_bytes(name, total)
        if decoder is not None:
            piece = decoder.decode(piece).removeprefix("\ufeff" if first else "").encode("utf-8", "replace")
        elif first:
            piece = piece.removeprefix(codecs.BOM_UTF8)
        if first:
            only_returns = b"\r" in piece and b"\n" not in piece
        first = False
        yield piece.replace(b"\r", b"\n") if only_returns else piece
    if decoder is not None:
        yield decoder.decode(b"", final=True).encode()  # a character cut off at the very end
