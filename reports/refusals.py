"""Errors in the reader's language.

Code says in English what is wrong, where it finds it; that sentence is what log and command line
print. For a Chinese page each part of it is looked up among `reports.words` and said with the
same values. A test walks over all places that raise, so none is without its Chinese wording.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from string import Formatter

from data.errors import InputRefused, Problem, StratumError
from reports.formats import Language
from reports.words import has_words, refusals, refusals_of_files, say
from reports.words.names import row_reason

REFUSALS = refusals_of_files.REFUSALS | refusals.REFUSALS
"""English sentence, values in braces → Chinese sentence with the same values."""


def _word(text: str) -> str:
    return REFUSALS.get(text, text)


def _number_of(text: str) -> str:
    """Take the number out of an ordinal: ``3rd`` → ``3``."""
    return re.sub(r"\D", "", text)


def _roles(text: str) -> str:
    return "、".join(say(f"role.{role}", "zh") for role in text.split(", ") if has_words(f"role.{role}"))


VALUES: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(
        ("what", "place", "status", "becomes", "unit", "purpose", "reasons", "until", "action"), _word
    ),
    "row_reason": lambda text: row_reason(text, "zh"),
    "nth_first": _number_of,
    "nth_second": _number_of,
    "roles": _roles,
}
"""Values that are words of ours and how they are said; all others come from outside and stand as they are."""

LONGEST = 2_000
"""Characters up to which a sentence is looked for: what was uploaded may be in it, and long."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """One sentence to be recognised, and how it is said."""

    pattern: re.Pattern[str]
    plain_letters: int
    chinese: str


@cache
def _wordings() -> tuple[_Wording, ...]:
    """All sentences with values in them, those with the most letters of their own first."""
    found = []
    for english, chinese in REFUSALS.items():
        parts = list(Formatter().parse(english))
        if any(name for _, name, _, _ in parts):
            pattern = "".join(
                re.escape(text) + (f"(?P<{name}>.*?)" if name else "") for text, name, _, _ in parts
            )
            letters = sum(len(text) for text, _, _, _ in parts)
            found.append(_Wording(re.compile(pattern, re.DOTALL), letters, chinese))
    return tuple(sorted(found, key=lambda wording: -wording.plain_letters))


def in_chinese(sentence: str) -> str | None:
    """Say a sentence of the code in Chinese; None when nobody wrote how.

    Examples
    --------
    >>> in_chinese("the file is empty"), in_chinese("the zip has no “a.csv”"), in_chinese("what a day")
    ('文件为空', '压缩包内没有“a.csv”', None)
    """
    if sentence in REFUSALS:
        return REFUSALS[sentence]
    if len(sentence) > LONGEST:
        return None
    for wording in _wordings():
        if found := wording.pattern.fullmatch(sentence):
            return wording.chinese.format_map(
                {name: _value(name, text) for name, text in found.groupdict().items()}
            )
    parts = [in_chinese(part) for part in sentence.split("; ")] if "; " in sentence else []
    return "；".join(part for part in parts if part) if parts and all(parts) else None


def _value(name: str, text: str) -> str:
    """Say a value: by its own rule, else as it is."""
    return VALUES[name](text) if name in VALUES else text


def refusal_lines(error: StratumError, language: Language) -> list[str]:
    """Say an error, a line a problem; plain text that may hold what was uploaded.

    Parameters
    ----------
    error : StratumError
        As it was raised.
    language : {'en', 'zh'}
        Of the page. What nobody has put into Chinese is said in English: better than nothing.

    Examples
    --------
    >>> empty = InputRefused.because("no header", file="a.csv", line=2, remedy="Export it again.")
    >>> refusal_lines(empty, "en"), refusal_lines(empty, "zh")
    (['a.csv, line 2: no header. Export it again.'], ['a.csv 第 2 行：没有表头。请重新导出。'])
    """
    if language == "en":
        return str(error).splitlines()
    if isinstance(error, InputRefused) and error.problems:
        return [_problem_in_chinese(problem) for problem in error.problems]
    return (in_chinese(str(error)) or str(error)).splitlines()


def _problem_in_chinese(problem: Problem) -> str:
    what, remedy = in_chinese(problem.what), in_chinese(problem.remedy)
    if what is None or remedy is None:
        return problem.sentence()
    place = in_chinese(problem.where) or problem.where
    if problem.line is not None:
        place += f" 第 {problem.line} 行"
    if problem.column is not None:
        place += f"“{problem.column}”列" if problem.line is not None else f" “{problem.column}”列"
    return f"{place}：{what}。{remedy}"
