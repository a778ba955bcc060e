"""How a text table is written: separator, quotes, and the line its header stands on.

Decided on the first lines only; what is found is shown, and a person may say otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.errors import InputRefused
from data.ingest.records import PLAIN, Quoting, closes_cleanly, split_record

USUAL, UNUSUAL = (",", ";", "\t", "|"), ("^", "~", ":", "\x1f", "\x01")
NAMES = {
    "tab": "\t",
    "\\t": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "caret": "^",
    "tilde": "~",
    "colon": ":",
}
SAMPLE_LINES = 200
HEADER_WITHIN = 40
"""A header further down than this many rows is not looked for; a person may name its row."""

SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)
LETTER = re.compile(r"[^\W\d_]")
VALUE = re.compile(r"^[-+($€£¥￥₹]*\s*\d[\d.,'/:%\s-]*\)?[%万亿]?$")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records and cells are told apart.

    Attributes
    ----------
    separator : str
        One character.
    quoting : Quoting
        Which quote, and how a quote inside quotes is written.
    header_line : int
        Line (from 1) the header stands on; the lines above it are titles.
    """

    separator: str
    quoting: Quoting = PLAIN
    header_line: int = 1


def known_separator(wanted: str, file: str) -> str:
    r"""Give the character somebody asked for by itself or by name.

    Raises
    ------
    InputRefused
        When it is no single ASCII character that can part cells.

    Examples
    --------
    >>> known_separator("tab", "a.csv"), known_separator(";", "a.csv")
    ('\t', ';')
    """
    found = NAMES.get(wanted.strip().lower(), wanted)
    if len(found) != 1 or not found.isascii() or found.isalnum() or found in "\"'\r\n\\":
        raise InputRefused.because(
            f"“{wanted}” can't be a separator",
            file=file,
            remedy=f"Give one sign such as , ; | or one of: {', '.join(NAMES)}.",
        )
    return found


def header_place(rows: Sequence[Sequence[str | None]]) -> int:
    """Tell which row is the header: the first, unless the rows above it are clearly titles.

    A title row fills less than half of the table's width. The row taken instead holds only words,
    all different, and a column below it holds values.

    Examples
    --------
    >>> header_place([["Report of May"], [], ["id", "name", "amount"], ["1", "a", "2.5"], ["2", "b", "3"]])
    2
    >>> header_place([["id", "amount"], ["1", "2"], ["1", "2", "3"]])
    0
    """
    filled = [[cell.strip() for cell in row if cell and cell.strip()] for row in rows]
    widths = Counter(len(row) for row in filled if len(row) > 1)
    if not widths:
        return 0
    width = max(widths, key=lambda count: (widths[count], count))
    if len(filled[0]) * 2 > width or (len(filled[0]) >= 2 and len(filled[0]) >= width - 1):
        return 0
    for place, cells in enumerate(filled[:HEADER_WITHIN]):
        words = [cell for cell in cells if LETTER.search(cell) and not VALUE.match(cell)]
        if len(cells) < max(2, 0.6 * width) or len(words) < len(cells) or len(set(cells)) < len(cells):
            continue
        below = filled[place + 1 : place + 6]
        if any(len(row) * 2 >= width and any(VALUE.match(cell) for cell in row) for row in below):
            return place
        return 0
    return 0


def _rows(lines: Sequence[str], separator: str, quoting: Quoting) -> list[tuple[int, list[str]]]:
    """Records of the first lines with the place of each one's first line; quotes may span lines."""
    rows: list[tuple[int, list[str]]] = []
    place = 0
    while place < len(lines):
        last = place
        record = lines[place]
        if quoting.sign in record:
            for end in range(place, min(place + 50, len(lines))):
                joined = "\n".join(lines[place : end + 1])
                if closes_cleanly(joined, separator, quoting):
                    record, last = joined, end
                    break
        if record.strip():
            rows.append((place, split_record(record, separator, quoting)))
        place = last + 1
    return rows


def _quoting(text: str) -> Quoting:
    r"""Tell the quote sign and its escape from the cells' edges.

    Examples
    --------
    >>> _quoting("a;'b;c'\n'd';e\n").sign, _quoting('"a \\"b\\" c","d"\n').escape
    ("'", True)
    """
    edge = r"(?:^|[,;\t|^~])\s?"
    end = r"\s?(?=$|[,;\t|^~])"
    double = len(re.findall(rf'{edge}"', text, re.MULTILINE))
    single = len(re.findall(rf"{edge}'(?:[^'\n]|'')*'{end}", text, re.MULTILINE))
    opened = len(re.findall(rf"{edge}'", text, re.MULTILINE))
    sign = "'" if single >= 2 and double == 0 and single >= 0.9 * opened else '"'
    # A backslash before a quote that no separator follows is an escape; C:\" at a cell's end is not.
    escaped = len(re.findall(rf"\\{sign}(?!\s*(?:[,;\t|^~]|$))", text, re.MULTILINE))
    doubled = len(re.findall(rf"[^,;\t|\n^~{sign}\\]{sign}{sign}", text))
    return Quoting(sign, escape=escaped > doubled)


def _rank(rows: Sequence[tuple[int, list[str]]]) -> tuple[float, int]:
    """How alike the rows' widths are, from the header on; nothing when the header is not split."""
    start = header_place([cells for _, cells in rows])
    widths = [len(cells) for _, cells in rows[start:]]
    # What does not split the header separates nothing, however often it stands in the cells.
    if not widths or widths[0] == 1:
        return (0.0, 0)
    width = max(set(widths), key=widths.count)
    return (widths.count(width) / len(widths) if width > 1 else 0.0, width)


def find_dialect(text: str) -> Dialect:
    r"""Tell how a table is written from its beginning.

    Examples
    --------
    >>> find_dialect("a;b\n1,5;2\n").separator, find_dialect("Report of May\n\nid,name\n1,x\n2,y\n").header_line
    (';', 3)
    """
    lines = text.splitlines()[:SAMPLE_LINES]
    if len(lines) > 1 and not text.endswith(("\n", "\r")) and len(text.splitlines()) <= SAMPLE_LINES:
        lines = lines[:-1]
    quoting = _quoting("\n".join(line[:20_000] for line in lines))
    if lines and (named := SEPARATOR_LINE.match(lines[0].strip())):
        rest = with_header(lines[1:], Dialect(named[1], quoting))
        return replace(rest, header_line=rest.header_line + 1)
    best, score = ",", (0.0, 0)
    for separator in (*USUAL, *UNUSUAL):
        ranked = _rank(_rows(lines, separator, quoting))
        # An unusual separator must do clearly better: a colon stands in every time of day.
        if ranked > score and (separator in USUAL or score[0] < 0.5):
            best, score = separator, ranked
    return with_header(lines, Dialect(best, quoting))


def with_header(lines: Sequence[str], dialect: Dialect) -> Dialect:
    """Find the header's line once the separator is known."""
    rows = _rows(lines, dialect.separator, dialect.quoting)
    if not rows:
        return dialect
    return replace(dialect, header_line=rows[header_place([cells for _, cells in rows])][0] + 1)
