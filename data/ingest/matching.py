"""How well a header and its cells match each column of the contract.

From sure to unsure: the exact name, a known synonym, the same words spelled out,
a near spelling, a known name with one word more. The cells then take away what
they contradict.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from data.contract import BY_NAME, COLUMNS, NUMERIC_KINDS, Column
from data.ingest.content import Content, fits
from data.ingest.headers import HeaderWords, read_header

NAME, SYNONYM, SPELLED_OUT, WITHIN = 1.0, 0.95, 0.9, 0.6
"""Confidence of each kind of match."""
CONTRADICTED, IMPLAUSIBLE, REPEATS = 0.3, 0.5, 0.7
"""What is left of a confidence when the cells speak against it."""
FUZZY_FLOOR = 88.0
AMBIGUOUS_ALONE = frozenset({"default", "id", "status", "amount", "date", "type", "code", "number"})
"""Headers that a synonym lists but that mean many things when they stand alone."""
QUALIFIERS = frozenset(
    {"since", "type", "class", "category", "reason", "expiry", "expiration", "maturity", "previous", "prior", "next", "last",
     "first", "note", "notes", "comment", "comments", "remark", "manager", "officer", "owner", "default", "overdue", "net",
     "undrawn", "unused", "available", "expected", "average", "target", "paid", "repaid", "date", "count", "flag", "code",
     "status", "rate", "name", "email", "phone", "address", "provision", "percent", "incorporation", "birth", "segment"}
)  # fmt: skip
"""One of these beside a known name makes it another thing."""
QUALIFIERS_ZH = (
    "上期", "上次", "下次", "上年", "经理", "类型", "分类", "类别", "原因", "到期", "可用", "罚息", "基准", "预期", "逾期",
    "备注", "说明", "证件", "机构", "等级", "日期", "名称", "目标", "剩余", "平均", "注册", "评价", "标签", "是否", "核销", "拨备",
)  # fmt: skip
WORDS_NOT_NUMBERS = frozenset(
    {"name", "city", "country", "guarantor", "collateral_type", "industry_name", "sex", "legal_form"}
)
"""Text columns whose cells are words; numbers below such a header speak against it."""
WORDS_INSTEAD = {"collateral_value": "collateral_type"}
"""A name of an amount above cells that are words means the kind instead."""
FEW_KEYS = 0.02


@lru_cache(maxsize=1)
def spellings() -> dict[str, tuple[tuple[Column, float], ...]]:
    """Every spelling the contract knows, with the columns it may mean and the confidence it earns."""
    found: dict[str, dict[str, tuple[Column, float]]] = {}

    def add(words: str, entry: Column, confidence: float) -> None:
        known = found.setdefault(words, {})
        if confidence > known.get(entry.name, (entry, 0.0))[1]:
            known[entry.name] = (entry, confidence)

    for entry in COLUMNS:
        add(entry.name.replace("_", " "), entry, NAME)
        for text in (*entry.synonyms, entry.label_en, entry.label_zh):
            add(read_header(text).words, entry, SYNONYM)
    return {words: tuple(columns.values()) for words, columns in found.items()}


@lru_cache(maxsize=1)
def meanings() -> dict[str, tuple[Column, ...]]:
    """Every spelling written in full, with the columns it may mean."""
    found: dict[str, dict[str, Column]] = {}
    for words, columns in spellings().items():
        for entry, _ in columns:
            found.setdefault(read_header(words).meaning, {})[entry.name] = entry
    return {words: tuple(columns.values()) for words, columns in found.items()}


def candidates(words: HeaderWords, content: Content) -> list[tuple[Column, float]]:
    """Candidate columns of one header with their confidence, best first."""
    found = _by_spelling(words) or _by_nearness(words.meaning)
    if content.filled and content.numeric < 0.2:
        found = [(BY_NAME[WORDS_INSTEAD.get(entry.name, entry.name)], value) for entry, value in found]
    judged = [(entry, round(confidence * _trust(content, entry), 3)) for entry, confidence in found]
    return sorted(judged, key=lambda pair: -pair[1])


def _by_spelling(words: HeaderWords) -> list[tuple[Column, float]]:
    if words.words in spellings():
        sure = 0.7 if words.words in AMBIGUOUS_ALONE else 1.0
        return [(entry, min(confidence, sure)) for entry, confidence in spellings()[words.words]]
    if words.meaning in AMBIGUOUS_ALONE:
        return []
    return [(entry, SPELLED_OUT) for entry in meanings().get(words.meaning, ())]


def _by_nearness(meaning: str) -> list[tuple[Column, float]]:
    """Near spellings, and known names with one word more; a qualifier makes it another thing."""
    found: dict[str, tuple[Column, float]] = {}
    if len(meaning) < 4:
        return []
    for spelling, columns in meanings().items():
        confidence = _nearness(meaning, spelling)
        for entry in columns if confidence else ():
            if confidence > found.get(entry.name, (entry, 0.0))[1]:
                found[entry.name] = (entry, confidence)
    return list(found.values())


def _nearness(meaning: str, spelling: str) -> float:
    """Confidence that two spellings mean one thing, 0 when they do not."""
    if not meaning.isascii():
        return _within_chinese(meaning, spelling) or _similar(meaning, spelling)
    mine, known = _tokens(meaning), _tokens(spelling)
    more = mine - known
    if more & QUALIFIERS:
        return 0.0
    if len(known) >= 2 and known < mine and len(more) == 1:
        return WITHIN
    # A whole-word comparison: letters alone would find "repaid" in "prepaid".
    return _similar(meaning, spelling) if abs(len(mine) - len(known)) <= 1 else 0.0


@lru_cache(maxsize=8192)
def _tokens(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _similar(meaning: str, spelling: str) -> float:
    similarity = fuzz.token_sort_ratio(meaning, spelling)
    return round(0.3 + 0.6 * (similarity - 60) / 40, 3) if similarity >= FUZZY_FLOOR else 0.0


def _within_chinese(meaning: str, spelling: str) -> float:
    """A known Chinese name of three characters or more inside a header at most two longer."""
    rest = meaning.replace(spelling, "", 1)
    is_longer = len(spelling) >= 3 and spelling in meaning and 0 < len(rest) <= 2
    return WITHIN if is_longer and not any(word in rest for word in QUALIFIERS_ZH) else 0.0


def _trust(content: Content, entry: Column) -> float:
    """What the cells leave of a candidate's confidence: 1 when they do not speak against it."""
    if not fits(content, entry.kind):
        return CONTRADICTED
    if entry.name in WORDS_NOT_NUMBERS and content.filled and content.numeric >= 0.95:
        return CONTRADICTED
    if entry.name == "customer_id" and content.filled >= 20 and content.distinct < FEW_KEYS:
        return REPEATS
    if entry.kind in NUMERIC_KINDS and entry.maximum is not None:
        allowed = entry.maximum * (100.0 if entry.kind in ("rate", "share") else 1.0)
        return IMPLAUSIBLE if content.maximum > allowed else 1.0
    return 1.0
