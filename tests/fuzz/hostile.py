"""Hostile files, made from real ones: each number gives one file, the same every time."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SLICES = Path(__file__).parents[1] / "data" / "ingest" / "slices"
NAMES = ("bank.csv", "german.csv", "ibrd-2023.csv", "ibrd-2025.csv", "ifc.csv", "sba.csv")
TEXTS = {name: (SLICES / name).read_bytes() for name in NAMES}

NASTY = (
    "", " ", "=1+1", "-", "--5", "1.2.3", "1,5", "1e999", "-1e999", "nan", "Infinity", "１２３", "$", "(5", "5)", "12万", "0x1F",
    "1_000", "99/99/9999", "0000-00-00", "31.02.2024", "TRUE", "'; DROP TABLE snapshot --", "\u202egnp", "\ufeff", "\u0000",
    "𝟙𝟚", "é" * 50, '"', '""', "\\", "\\N", "a\tb", "\x1f", "\x1a", "\x85", "\u2028", "NULL", "#REF!", "9" * 400,
)  # fmt: skip

Generator = np.random.Generator
Change = Callable[[bytes, Generator], bytes]


@dataclass(frozen=True)
class Hostile:
    """A file and how it came about."""

    number: int
    name: str
    content: bytes
    story: tuple[str, ...]


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def _place(content: bytes, chance: Generator) -> int:
    return int(chance.integers(0, len(content) + 1))


def _row(lines: list[bytes], chance: Generator) -> int:
    return int(chance.integers(1, len(lines))) if len(lines) > 1 else 0


def flip_bytes(content: bytes, chance: Generator) -> bytes:
    array = np.frombuffer(content, dtype=np.uint8).copy()
    if array.size:
        places = chance.integers(0, array.size, int(chance.integers(1, 12)))
        array[places] = chance.integers(0, 256, places.size)
    return array.tobytes()


def truncate(content: bytes, chance: Generator) -> bytes:
    return content[: _place(content, chance)]


def drop_a_range(content: bytes, chance: Generator) -> bytes:
    start = _place(content, chance)
    return content[:start] + content[start + int(chance.integers(1, 400)) :]


def _sprinkle(content: bytes, chance: Generator, piece: bytes) -> bytes:
    for _ in range(int(chance.integers(1, 6))):
        place = _place(content, chance)
        content = content[:place] + piece + content[place:]
    return content


def _thin(content: bytes, chance: Generator, piece: bytes) -> bytes:
    parts = content.split(piece)
    for _ in range(int(chance.integers(1, 6))):
        if len(parts) > 1:
            place = int(chance.integers(0, len(parts) - 1))
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return piece.join(parts)


def more_separators(content: bytes, chance: Generator) -> bytes:
    return _sprinkle(content, chance, (b",", b";", b"\t", b"|")[int(chance.integers(0, 4))])


def fewer_separators(content: bytes, chance: Generator) -> bytes:
    return _thin(content, chance, b",")


def more_quotes(content: bytes, chance: Generator) -> bytes:
    return _sprinkle(content, chance, (b'"', b'""', b"'", b'\\"', b'","')[int(chance.integers(0, 5))])


def fewer_quotes(content: bytes, chance: Generator) -> bytes:
    return _thin(content, chance, b'"')


def all_quoted(content: bytes, _: Generator) -> bytes:
    return b"".join(
        b'"' + line.rstrip(b"\r\n").replace(b'"', b"").replace(b",", b'","') + b'"\n'
        for line in _lines(content)
    )


def nuls(content: bytes, chance: Generator) -> bytes:
    return _sprinkle(content, chance, b"\0")


def controls(content: bytes, chance: Generator) -> bytes:
    return _sprinkle(content, chance, bytes([int(chance.integers(0, 32))]))


def byte_order_marks(content: bytes, chance: Generator) -> bytes:
    mark = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")[int(chance.integers(0, 4))]
    return mark + content if chance.random() < 0.5 else _sprinkle(content, chance, mark)


def other_encoding(content: bytes, chance: Generator) -> bytes:
    encoding = ("utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-32", "cp1252")[int(chance.integers(0, 6))]
    text = content.decode("utf-8", "replace").replace("a", "中" if chance.random() < 0.5 else "é", 40)
    return text.encode(encoding, "replace")


def mixed_encodings(content: bytes, chance: Generator) -> bytes:
    lines = _lines(content)
    for _ in range(int(chance.integers(1, 8))):
        place = _row(lines, chance)
        text = lines[place].decode("utf-8", "replace").replace("e", "é", 2).replace("o", "贷", 2)
        encoding = (
            ("gb18030", "cp1252", "utf-8", "utf-16-le")[int(chance.integers(0, 4))] if lines else "utf-8"
        )
        lines[place] = text.encode(encoding, "replace")
    return b"".join(lines)


def huge_cell(content: bytes, chance: Generator) -> bytes:
    lines = _lines(content)
    place = _row(lines, chance)
    cells = lines[place].split(b",")
    size = (90_000, 120_000, 2_100_000)[int(chance.integers(0, 3))]
    cells[int(chance.integers(0, len(cells)))] = b"x" * size
    lines[place] = b",".join(cells)
    return b"".join(lines)


def _with_cells(
    content: bytes, chance: Generator, change: Callable[[list[bytes]], None], most: int = 6
) -> bytes:
    lines = _lines(content)
    for _ in range(int(chance.integers(1, most))):
        place = _row(lines, chance)
        ending = lines[place][len(lines[place].rstrip(b"\r\n")) :]
        cells = lines[place].rstrip(b"\r\n").split(b",")
        change(cells)
        lines[place] = b",".join(cells) + ending
    return b"".join(lines)


def nasty_cells(content: bytes, chance: Generator) -> bytes:
    def change(cells: list[bytes]) -> None:
        cells[int(chance.integers(0, len(cells)))] = NASTY[int(chance.integers(0, len(NASTY)))].encode()

    return _with_cells(content, chance, change, 40)


def swapped_cells(content: bytes, chance: Generator) -> bytes:
    def change(cells: list[bytes]) -> None:
        one, other = chance.integers(0, len(cells), 2)
        cells[one], cells[other] = cells[other], cells[one]

    return _with_cells(content, chance, change, 20)


def mangled_numbers(content: bytes, chance: Generator) -> bytes:
    signs = (b".", b",", b"-", b" ", b"$", b"%", b"e", b"'", b"(", b"\xe4\xb8\x87")
    lines = _lines(content)
    for _ in range(int(chance.integers(1, 30))):
        place = _row(lines, chance)
        digits = [at for at, byte in enumerate(lines[place]) if 48 <= byte <= 57]
        if digits:
            at = digits[int(chance.integers(0, len(digits)))]
            lines[place] = lines[place][:at] + signs[int(chance.integers(0, len(signs)))] + lines[place][at:]
    return b"".join(lines)


def header_changes(content: bytes, chance: Generator) -> bytes:
    lines = _lines(content)
    if not lines:
        return content
    cells = lines[0].rstrip(b"\r\n").split(b",")
    one, other = (int(place) for place in chance.integers(0, len(cells), 2))
    match int(chance.integers(0, 7)):
        case 0:
            cells[one] = cells[other]
        case 1:
            cells[one] = b""
        case 2:
            cells = cells[:one]
        case 3:
            cells.append(b"one more")
        case 4:
            cells[one] = NASTY[int(chance.integers(0, len(NASTY)))].encode()
        case 5:
            return b"".join(lines[1:])
        case _:
            lines.insert(0, b"A report of the bank\n\n")
            return b"".join(lines)
    return b"".join([b",".join(cells) + b"\n", *lines[1:]])


def line_ends(content: bytes, chance: Generator) -> bytes:
    ends = (b"\n", b"\r\n", b"\r", b"\n\n", b"\n\r", b" \n", b"\x0b", b"\xe2\x80\xa8")
    lines = [line.rstrip(b"\r\n") for line in _lines(content)]
    if chance.random() < 0.5:
        return ends[int(chance.integers(0, 4))].join(lines)
    return b"".join(
        line + (ends[int(chance.integers(0, len(ends)))] if chance.random() < 0.1 else b"\n")
        for line in lines
    )


def other_separator(content: bytes, chance: Generator) -> bytes:
    return content.replace(b",", (b";", b"\t", b"|", b"^", b"~", b"\x1f")[int(chance.integers(0, 6))])


def joined_files(content: bytes, chance: Generator) -> bytes:
    other = TEXTS[NAMES[int(chance.integers(0, len(NAMES)))]]
    return content + b"".join(_lines(other)[: int(chance.integers(1, 30))])


def repeated_lines(content: bytes, chance: Generator) -> bytes:
    lines = _lines(content)
    place = int(chance.integers(0, len(lines) or 1))
    return b"".join(lines[:place] + lines[place : place + 3] * int(chance.integers(2, 20)) + lines[place:])


def blank_lines(content: bytes, chance: Generator) -> bytes:
    lines = _lines(content)
    for _ in range(int(chance.integers(1, 8))):
        blank = (b"\n", b"  \n", b",,,\n", b'""\n', b"\t\n")[int(chance.integers(0, 5))]
        lines.insert(int(chance.integers(0, len(lines) + 1)), blank)
    return b"".join(lines)


def rubbish(content: bytes, chance: Generator) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.bytes(int(chance.integers(1, 3_000))) + content[place:]


CHANGES: tuple[Change, ...] = (
    flip_bytes, truncate, drop_a_range, more_separators, fewer_separators, more_quotes, fewer_quotes, all_quoted, nuls,
    controls, byte_order_marks, other_encoding, mixed_encodings, huge_cell, nasty_cells, swapped_cells, mangled_numbers,
    header_changes, line_ends, other_separator, joined_files, repeated_lines, blank_lines, rubbish,
)  # fmt: skip


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _zip(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("portfolio.csv", (2024, 1, 1, 0, 0, 0)), content)
    return target.getvalue()


def _table(content: bytes) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(content), encoding_errors="replace", on_bad_lines="skip", engine="python", nrows=40
    )


def _parquet(content: bytes) -> bytes:
    target = io.BytesIO()
    _table(content).to_parquet(target, index=False)
    return target.getvalue()


def _workbook(content: bytes) -> bytes:
    target = io.BytesIO()
    _table(content).to_excel(target, index=False)
    return target.getvalue()


def hostile_file(number: int) -> Hostile:
    """Make one hostile file.

    Examples
    --------
    >>> hostile_file(7) == hostile_file(7)
    True
    """
    chance = np.random.default_rng(number)
    source = NAMES[number % len(NAMES)]
    lines = _lines(TEXTS[source])
    start = int(chance.integers(1, len(lines) // 2))
    content = b"".join([lines[0], *lines[start : start + int(chance.integers(3, 60))]])
    story = [source]

    def changed(content: bytes, most: int) -> bytes:
        for _ in range(int(chance.integers(1, most + 1))):
            change = CHANGES[int(chance.integers(0, len(CHANGES)))]
            content = change(content, chance)
            story.append(change.__name__)
        return content

    kind = chance.random()
    if kind < 0.84:
        return Hostile(number, "hostile.csv", changed(content, 3), tuple(story))
    packers = (
        (0.90, "csv.gz", _gzip),
        (0.95, "zip", _zip),
        (0.98, "parquet", _parquet),
        (1.0, "xlsx", _workbook),
    )
    _, ending, pack = next(row for row in packers if kind < row[0])
    packed = pack(changed(content, 1) if ending in ("csv.gz", "zip") else content)
    story.append(ending)
    for _ in range(int(chance.integers(0, 3))):
        change = (flip_bytes, truncate, drop_a_range, nuls)[int(chance.integers(0, 4))]
        packed = change(packed, chance)
        story.append(change.__name__)
    return Hostile(number, f"hostile.{ending}", packed, tuple(story))
