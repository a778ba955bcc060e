from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from reports import words
from reports.words import WORDS, placeholders, say

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_sentence_is_there_in_both_languages_with_the_same_placeholders() -> None:
    assert [
        key for key, (english, chinese) in WORDS.items() if not english.strip() or not chinese.strip()
    ] == []
    assert [
        key for key, (english, chinese) in WORDS.items() if placeholders(english) != placeholders(chinese)
    ] == []


def test_no_key_is_written_in_two_modules() -> None:
    modules = [import_module(f"reports.words.{entry.name}") for entry in iter_modules(words.__path__)]
    written = Counter(key for module in modules for key in getattr(module, "WORDS", {}))
    assert [key for key, times in written.items() if times > 1] == []


def test_nothing_shouts_or_jokes() -> None:
    loud = [
        key
        for key, texts in WORDS.items()
        if any(re.search("[!！]|successful|[\U0001f300-\U0001faff]", t) for t in texts)
    ]
    assert loud == []


def test_every_plain_key_the_code_asks_for_is_written() -> None:
    asked: dict[str, str] = {}
    for room in ("pages", "reports"):
        for path in (ROOT / room).rglob("*.py"):
            for key in re.findall(r'\bsay\(\s*"([a-zA-Z_.-]+)"', path.read_text(encoding="utf-8")):
                asked[key] = path.name
    assert len(asked) > 80
    assert {key: name for key, name in asked.items() if key not in WORDS} == {}


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(LookupError, match=r"menu\.tiers"):
        say("menu.tires", "en")
