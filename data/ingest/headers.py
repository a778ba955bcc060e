"""Read a header: its words, spelled out, and what they say of time and of people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.ingest.units import Unit, read_unit, split_unit

LATE_WORDS = re.compile(
    r"charge.?off|chg.?off|write.?off|written.?off|recover|closed|paid.?off|settle|foreclos|collection"
    r"|结清|核销|追偿|回收|清收|注销"
    # What a call or a campaign brings is known when it is over.
    r"|\b(call|talk|contact)[ _.]?(duration|time|length|seconds)\b|通话(时长|时间|秒)"
    r"|^(y|target|label|responded|response|subscribed|converted)$|^是否(响应|成交|转化|订购)$",
    re.IGNORECASE,
)
"""Of what is known only once a loan went well or badly, or a campaign is over."""
BARE_DURATION = re.compile(r"^(duration|时长)$", re.IGNORECASE)
"""A call's length in a file of calls, a loan's term in a file of loans."""
OF_CALLS = re.compile(
    r"campaign|\bcalls?\b|\bcontact|respon|subscri|poutcome|pdays|telemarket|营销|外呼|通话|响应",
    re.IGNORECASE,
)
PROTECTED_WORDS = re.compile(
    r"\b(marital|marriage|married|nationality|citizenship|religion|ethnic\w*|race|gender|sex|disab\w*|pregnan\w*"
    r"|foreign[ _]worker|number[ _]of[ _]people[ _]being[ _]liable)\b|婚姻|国籍|民族|宗教|性别",
    re.IGNORECASE,
)

ABBREVIATIONS: dict[str, str] = {
    "acc": "account", "acct": "account", "amt": "amount", "ann": "annual", "appr": "approved", "avg": "average",
    "bal": "balance", "br": "branch", "ccy": "currency", "cd": "code", "clnt": "client", "cnt": "count", "cntry": "country",
    "coll": "collateral", "cpty": "counterparty", "crd": "credit", "ctry": "country", "cur": "currency", "curr": "currency",
    "cust": "customer", "def": "default", "disb": "disbursement", "dt": "date", "emp": "employees", "emps": "employees",
    "est": "established", "exp": "exposure", "fac": "facility", "flg": "flag", "freq": "frequency", "grd": "grade",
    "grp": "group", "gtee": "guarantee", "ident": "id", "identifier": "id", "ind": "indicator", "int": "interest",
    "lmt": "limit", "lim": "limit", "ln": "loan", "ltm": "12m", "l12m": "12m", "mat": "maturity", "mob": "months on book",
    "mth": "month", "mths": "months", "nm": "name", "nbr": "number", "no": "number", "nr": "number", "num": "number",
    "orig": "origination", "os": "outstanding", "outst": "outstanding", "pct": "percent", "prin": "principal",
    "prd": "product", "prod": "product", "prov": "provision", "rem": "remaining", "rev": "revenue", "rsk": "risk",
    "rt": "rate", "rtg": "rating", "sanc": "sanctioned", "stat": "status", "tot": "total", "ttm": "12m", "txn": "transaction",
    "txns": "transactions", "typ": "type", "util": "utilisation", "val": "value", "wo": "write off", "yr": "year",
}  # fmt: skip
"""Short forms of core-banking exports, token by token."""

FILLERS = frozenset({"of", "in", "the", "a", "an", "p", "pa", "per", "annum", "and", "is", "fy"})
FISCAL_YEAR = re.compile(r"^(?:fy)?(?:19|20)\d\d$|^fy\d\d$")


@dataclass(frozen=True, slots=True)
class HeaderWords:
    """What a header says once its spelling is put aside.

    Attributes
    ----------
    words : str
        Lower-case words without the unit.
    meaning : str
        The same spelled out: short forms written in full, fillers and years left out.
    unit : Unit
        The unit it names.
    """

    words: str
    meaning: str
    unit: Unit


def read_header(header: str) -> HeaderWords:
    """Split a header into plain words and unit.

    Examples
    --------
    >>> read_header("Total IFC investment (Million - USD)").words
    'total ifc investment'
    >>> read_header("贷款余额（万元）").words, read_header("贷款余额（万元）").unit.scale
    ('贷款余额', 10000.0)
    >>> read_header("ChgOffPrinGr").words, read_header("OS_BAL").meaning
    ('chg off prin gr', 'outstanding balance')
    >>> read_header("No. of Employees").meaning, read_header("Loan #").meaning
    ('number employees', 'loan number')
    """
    name, _ = split_unit(header)
    words = plain_words(name or header)
    return HeaderWords(words, spelled_out(words), read_unit(header))


def plain_words(text: str) -> str:
    """Lower-case words of a name, whichever way they were joined."""
    text = text.replace("#", " number ")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    text = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.sub(r"[^\w]+|_", " ", text.lower()).split())


def spelled_out(words: str) -> str:
    """Write short forms in full; leave fillers and fiscal years out.

    Examples
    --------
    >>> spelled_out("cust nm"), spelled_out("revenue fy2024"), spelled_out("complaints in 12 months")
    ('customer name', 'revenue', 'complaints 12m')
    """
    joined = re.sub(r"\b12 months?\b", "12m", words)
    tokens = [
        ABBREVIATIONS.get(token, token)
        for token in joined.split()
        if token not in FILLERS and not FISCAL_YEAR.match(token)
    ]
    return " ".join(tokens) or words


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
    """Whether a header speaks of something known only once the loan or the campaign is over.

    Examples
    --------
    >>> looks_late("ChgOffDate"), looks_late("结清日期"), looks_late("call_duration"), looks_late("City")
    (True, True, True, False)
    """
    return LATE_WORDS.search(header.replace("_", " ")) is not None


def late_headers(headers: Iterable[str]) -> frozenset[str]:
    """Give the headers of a file that look late; a bare “duration” does in a file of calls.

    Examples
    --------
    >>> sorted(late_headers(["duration", "campaign", "ChgOffDate", "city"]))
    ['ChgOffDate', 'duration']
    >>> late_headers(["duration", "amount", "purpose"])
    frozenset()
    """
    known = list(headers)
    of_calls = any(OF_CALLS.search(header.replace("_", " ")) for header in known)
    return frozenset(
        header for header in known if looks_late(header) or (of_calls and BARE_DURATION.match(header.strip()))
    )


def is_protected(header: str) -> bool:
    """Whether a header speaks of something that must not enter price, tier or limit.

    Examples
    --------
    >>> is_protected("marital"), is_protected("foreign_worker"), is_protected("margin")
    (True, True, False)
    """
    return PROTECTED_WORDS.search(header.replace("_", " ")) is not None
