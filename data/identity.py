"""Content hashes: the identity of snapshots, models, policies and exports.

The same content has the same name everywhere, so a figure can say what it
came from and anybody can check it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

SHORT = 12


def canonical_json(value: object) -> str:
    """Write a value so that equal values give equal text.

    Keys are sorted, no spaces, floats by shortest round-trip form.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": [1.5, None]})
    '{"a":[1.5,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(value: Mapping[str, object] | Sequence[object] | str) -> str:
    """SHA-256 (hex) of a value's canonical JSON.

    Examples
    --------
    >>> content_hash({"a": 1}) == content_hash({"a": 1})
    True
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def short(full: str) -> str:
    """Shorten a hash for people: its first 12 characters."""
    return full[:SHORT]
