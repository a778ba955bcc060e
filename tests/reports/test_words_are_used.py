"""No word waits in the catalogue for a page that never says it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from reports.words import WORDS

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("pages", "reports", "steps", "segmentation", "data", "app.py", "cli.py", "pipeline.py")
VIEWS = re.compile(r"\w+_view\.\w+")
"""Parts of a page: `pages.parts.context` puts both halves of their keys together."""


def _said() -> tuple[set[str], list[re.Pattern[str]]]:
    """Give whole keys that stand in the code, and patterns of those put together there."""
    whole: set[str] = set()
    made: list[re.Pattern[str]] = []
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")] + [
        ROOT / room for room in ROOMS if room.endswith(".py")
    ]
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        entries = _entries(tree) if path.parent.name == "words" else frozenset()
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in entries:
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
                fixed = "".join(filter(None, parts))
                if re.fullmatch(r"[\w. ]*\.[\w. ]*", fixed) and len(fixed) > 3:
                    made.append(
                        re.compile("".join(".*" if part is None else re.escape(part) for part in parts))
                    )
    for path in (ROOT / "pages").rglob("*.mjs"):
        whole |= set(re.findall(r"'([\w.]+)'", path.read_text(encoding="utf-8")))
    return whole, made


def _entries(tree: ast.AST) -> frozenset[ast.AST]:
    """Keys of the catalogue itself: key → (English, Chinese)."""
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    return frozenset(
        key
        for table in tables
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None and isinstance(value, ast.Tuple)
    )


def test_every_word_is_said_somewhere() -> None:
    whole, made = _said()
    idle = [
        key
        for key in WORDS
        if key not in whole
        and not VIEWS.fullmatch(key)
        and not any(pattern.fullmatch(key) for pattern in made)
    ]
    assert idle == []
