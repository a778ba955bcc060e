"""Mappings kept for the next file: found again by the same header, offered for a nearly equal one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from data.identity import content_hash
from data.ingest.headers import read_header
from data.ingest.mapping import Mapping

NEARLY = 0.8
"""Share of two headers' names that must agree before one's mapping is offered for the other."""


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping somebody used before.

    Attributes
    ----------
    mapping : Mapping
        As it was used.
    file : str
        Name of the file it was used for; hostile text.
    person : str
        Who used it.
    at : datetime
        When.
    likeness : float
        Share of the names that agree with the header asked for; 1 for the very same header.
    """

    mapping: Mapping
    file: str
    person: str
    at: datetime
    likeness: float = 1.0


def header_hash(header: Sequence[str]) -> str:
    """Identity of a header: its names, in whichever order.

    Examples
    --------
    >>> header_hash(["a", "b"]) == header_hash(["b", "a"]), header_hash(["a"]) == header_hash(["A"])
    (True, False)
    """
    return content_hash(sorted(header))


def keep(
    cursor: duckdb.DuckDBPyConnection, header: Sequence[str], mapping: Mapping, person: str, file: str
) -> None:
    """Keep a mapping for its header; the newest one stays."""
    cursor.execute(
        "INSERT OR REPLACE INTO saved_mapping VALUES (?, ?, ?, ?, ?)",
        [
            header_hash(header),
            datetime.now(UTC).replace(tzinfo=None),
            person,
            file,
            json.dumps({"header": list(header), "mapping": mapping.to_dict()}, ensure_ascii=False),
        ],
    ).fetchall()


def find(cursor: duckdb.DuckDBPyConnection, header: Sequence[str]) -> SavedMapping | None:
    """Find the mapping of the same header, else of the most similar one that is similar enough."""
    rows = cursor.execute(
        "SELECT header_hash, created_at, created_by, file, body FROM saved_mapping ORDER BY created_at DESC LIMIT 200"
    ).fetchall()
    wanted, best = header_hash(header), None
    for known, at, person, file, text in rows:
        body = json.loads(text)
        likeness = 1.0 if known == wanted else min(_likeness(header, body["header"]), 0.99)
        if likeness >= NEARLY and (best is None or likeness > best.likeness):
            best = SavedMapping(Mapping.from_dict(body["mapping"]), file, person, at, likeness)
    return best


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of names two headers have in common, however they are spelled."""
    mine = {read_header(text).meaning for text in one}
    known = {read_header(text).meaning for text in other}
    return len(mine & known) / len(mine | known)
