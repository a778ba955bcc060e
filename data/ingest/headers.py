"""Read a header: its words, its unit, its currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SCALES: tuple[tuple[str, float], ...] = (
    (r"\b(billion|bn)\b|十亿", 1e9),
    (r"亿", 1e8),
    (r"\b(million|millions|mn|mio)\b|百万", 1e6),
    (r"万", 1e4),
    (r"\b(thousand|thousands|000s|k)\b|千", 1e3),
)
"""Pattern inside a header's unit part, and what it multiplies by. First match wins."""

CURRENCIES: tuple[tuple[str, str], ...] = (
    (r"\busd\b|us\$|美元|\$", "USD"),
    (r"\beur\b|€|欧元", "EUR"),
    (r"\bgbp\b|£|英镑", "GBP"),
    (r"\bjpy\b|日元", "JPY"),
    (r"\bcny\b|\brmb\b|人民币|元|¥|￥", "CNY"),
    (r"\bhkd\b|港币|港元", "HKD"),
    (r"\bchf\b", "CHF"),
    (r"\binr\b|₹", "INR"),
)

LATE_WORDS = re.compile(
    r"charge.?off|chg.?off|write.?off|written.?off|recover|closed|paid.?off|settle|foreclos|collection"
    r"|结清|核销|追偿|回收|清收|注销",
    re.IGNORECASE,
)
PROTECTED_WORDS = re.compile(
    r"\b(marital|marriage|married|nationality|citizenship|religion|ethnic\w*|race|gender|sex|disab\w*|pregnan\w*"
    r"|foreign[ _]worker|number[ _]of[ _]people[ _]being[ _]liable)\b|婚姻|国籍|民族|宗教|性别",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeaderWords:
    """What a header says once its spelling is put aside."""

    words: str
    scale: float
    currency: str | None
    is_percent: bool


def read_header(header: str) -> HeaderWords:
    """Split a header into plain words, unit, currency.

    Examples
    --------
    >>> read_header("Total IFC investment (Million - USD)")
    HeaderWords(words='total ifc investment', scale=1000000.0, currency='USD', is_percent=False)
    >>> read_header("贷款余额（万元）").words, read_header("贷款余额（万元）").scale
    ('贷款余额', 10000.0)
    >>> read_header("ChgOffPrinGr").words
    'chg off prin gr'
    """
    text = header.replace("（", "(").replace("）", ")").strip()
    unit = " ".join(re.findall(r"\(([^()]*)\)", text)).lower()
    plain = re.sub(r"\([^()]*\)", " ", text)
    is_percent = "%" in text or "percent" in text.lower() or "百分" in text
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain)
    plain = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    words = " ".join(re.sub(r"[^\w]+|_", " ", plain.lower()).split())
    scale = next((factor for pattern, factor in SCALES if re.search(pattern, unit)), 1.0)
    currency = next((code for pattern, code in CURRENCIES if re.search(pattern, unit)), None)
    return HeaderWords(words, scale, currency, is_percent)


def extra_name(header: str, taken: Iterable[str]) -> str:
    """Name an extra column after its header: ``x_`` and plain words, unique.

    Examples
    --------
    >>> extra_name("Bank State", [])
    'x_bank_state'
    >>> extra_name("Bank State", ["x_bank_state"])
    'x_bank_state_2'
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", header.strip())
    clean = re.sub(r"_+", "_", re.sub(r"[^\w]+", "_", words.lower())).strip("_")[:60] or "column"
    name, number, used = f"x_{clean}", 2, set(taken)
    while name in used:
        name, number = f"x_{clean}_{number}", number + 1
    return name


def looks_late(header: str) -> bool:
    """Whether a header speaks of something known only after the loan went well or badly.

    Examples
    --------
    >>> looks_late("ChgOffDate"), looks_late("结清日期"), looks_late("City")
    (True, True, False)
    """
    return LATE_WORDS.search(header) is not None


def is_protected(header: str) -> bool:
    """Whether a header speaks of something that must not enter price, tier or limit.

    Examples
    --------
    >>> is_protected("marital"), is_protected("foreign_worker"), is_protected("margin")
    (True, True, False)
    """
    return PROTECTED_WORDS.search(header.replace("_", " ")) is not None
