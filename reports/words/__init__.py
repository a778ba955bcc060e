"""Everything Stratum says, in two languages.

`say` gives a sentence by its key. A word and its translation stand side by
side in one row of a table, a file a topic, so neither can go missing. What
comes back is plain text: escape it where it lands (`reports.escape`).
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from string import Formatter
from types import MappingProxyType
from typing import Any

from reports.formats import Language
from reports.words import (
    acquisition,
    applicants,
    backtest,
    counterfactual,
    customers,
    findings,
    movers,
    overview,
    policies,
    portfolios,
    proposals,
    quality,
    reasons,
    register,
    returns,
    risk,
    scorecard,
    segments,
    shell,
    terms,
    tiers,
)

__all__ = ["WORDS", "Language", "has_words", "placeholders", "say", "term"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    shell.WORDS
    | overview.WORDS
    | portfolios.WORDS
    | quality.WORDS
    | findings.WORDS
    | segments.WORDS
    | tiers.WORDS
    | terms.WORDS
    | reasons.WORDS
    | risk.WORDS
    | returns.WORDS
    | register.WORDS
    | acquisition.WORDS
    | customers.WORDS
    | movers.WORDS
    | counterfactual.WORDS
    | applicants.WORDS
    | scorecard.WORDS
    | policies.WORDS
    | proposals.WORDS
    | backtest.WORDS
)
"""Key to (English, Chinese)."""


class _Sentence(Formatter):
    """Fill placeholders; ``{n:customer|customers}`` chooses singular or plural by `n`."""

    def format_field(self, value: Any, format_spec: str) -> str:  # Any: as the base class has it
        """Write a whole number with separators, a text as it is."""
        text = f"{value:,}" if isinstance(value, int) else str(value)
        if "|" in format_spec:
            singular, plural = format_spec.split("|")
            return singular if text == "1" else plural
        return text


_SENTENCE = _Sentence()


def say(key: str, language: Language, **values: str | int) -> str:
    """Say a word or sentence.

    Parameters
    ----------
    key : str
        Which one.
    language : {'en', 'zh'}
        In which language.
    **values : str or int
        What its placeholders hold: figures already formatted, or whole numbers.

    Raises
    ------
    LookupError
        For a key nobody wrote or a placeholder without its value; both are
        slips in the program.

    Examples
    --------
    >>> say("menu.tiers", "en"), say("menu.tiers", "zh")
    ('Tiers', '客户分层')
    >>> say("bar.customers", "en", n=1), say("bar.customers", "en", n=18432)
    ('1 customer', '18,432 customers')
    """
    try:
        english, chinese = WORDS[key]
    except KeyError:
        near = get_close_matches(key, WORDS, n=1)
        raise LookupError(f"No words for {key!r}; nearest: {near or 'none'}") from None
    return _SENTENCE.vformat(chinese if language == "zh" else english, (), values)


def has_words(key: str) -> bool:
    """Say whether a key is known, for keys that come from facts.

    Examples
    --------
    >>> has_words("menu.tiers"), has_words("menu.nothing")
    (True, False)
    """
    return key in WORDS


def placeholders(sentence: str) -> frozenset[str]:
    """Names of the values a sentence asks for.

    Examples
    --------
    >>> sorted(placeholders("{n} {n:row|rows} of {total}"))
    ['n', 'total']
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def term(key: str, language: Language) -> tuple[str, str]:
    """Give a term's short label and what it means, for a tooltip.

    Examples
    --------
    >>> term("expected_loss", "en")[0]
    'Expected loss'
    """
    return say(f"term.{key}", language), say(f"term.{key}.meaning", language)
