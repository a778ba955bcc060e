"""Sentences about an import: the account, what was noticed, what it lets one do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from data.contract import BY_NAME
from reports.escape import plain
from reports.formats import MISSING, Language, percent
from reports.words import has_words, say
from reports.words.names import column_label, row_reason


class AccountFacts(Protocol):
    """What became of every row."""

    @property
    def rows_read(self) -> int:
        """Rows read."""

    @property
    def rows_accepted(self) -> int:
        """Rows accepted."""

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside."""

    @property
    def customers(self) -> int:
        """Customers they are."""

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why rows were set aside."""


def account_sentence(account: AccountFacts, language: Language) -> tuple[str, str]:
    """Say what became of every row: the finding, and the reasons behind it.

    Examples
    --------
    >>> from types import SimpleNamespace as Facts
    >>> account_sentence(Facts(rows_read=3, rows_accepted=3, rows_quarantined=0, customers=3, reasons=()), "en")
    ('3 rows read: all in.', '')
    """
    if account.rows_quarantined:
        strong = say(
            "account.sentence",
            language,
            read=account.rows_read,
            kept=account.rows_accepted,
            aside=account.rows_quarantined,
        )
    else:
        strong = say("account.all_in", language, read=account.rows_read)
    rest = []
    if account.customers != account.rows_accepted:
        rest.append(say("account.customers", language, n=account.customers))
    if account.reasons:
        listed = [
            say("account.reason", language, n=count, reason=row_reason(reason, language))
            for reason, count in account.reasons[:4]
        ]
        rest.append(
            say("account.reasons", language, reasons=("、" if language == "zh" else ", ").join(listed))
        )
    return strong, " ".join(rest)


LETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lets.segments", ()),
    ("lets.loss", ("probability_of_default", "rating", "defaulted", "slotting_grade", "dscr")),
    ("lets.capital", ("probability_of_default", "rating", "defaulted", "slotting_grade", "dscr")),
    ("lets.industry", ("industry",)),
    ("lets.project", ("dscr", "llcr", "slotting_grade", "project_phase")),
)
"""What one can do → any one column it needs; none when it always works."""


def lets_rows(
    kinds: Mapping[str, str],
    quality: Mapping[str, Any],  # Any: plain JSON
    language: Language,
) -> list[tuple[str, str]]:
    """List what a portfolio lets one do: ready, or what it needs."""
    between = "、" if language == "zh" else ", "
    rows = []
    for key, needs in LETS:
        is_ready = not needs or any(name in kinds for name in needs)
        labels = between.join(column_label(name, language) for name in needs[:3])
        lacking = "lets.needs" if len(needs) == 1 else "lets.needs_one_of"
        rows.append(
            (
                say(key, language),
                say("lets.ready", language) if is_ready else say(lacking, language, columns=labels),
            )
        )
    label = say("lets.scorecard", language)
    if quality.get("auc") is not None:
        rows.append((label, say("lets.ready_defaults", language, n=int(quality["defaults"]))))
    else:
        rows.append((label, quality_reason(str(quality.get("reason", "")), language)))
    return rows


QUALITY_REASONS = {
    "no_outcome": "missing.no_outcome",
    "too_few_defaults": "missing.few_defaults",
    "too_few_without_default": "missing.one_outcome",
    "no_feature": "missing.no_feature",
}


def quality_reason(reason: str, language: Language) -> str:
    """Say why there is no scorecard.

    Examples
    --------
    >>> quality_reason("too_few_defaults", "en")
    'fewer than 20 defaults'
    """
    return say(QUALITY_REASONS.get(reason, "missing.unknown"), language)


CURRENCY_SIGNS = "$€£¥￥₹₽₩₺₴₫฿"


def currency_sign(examples: Sequence[str]) -> str:
    """Find the currency sign amounts are written with; it may stand for several currencies.

    Examples
    --------
    >>> currency_sign(["1,000", "$60,000.00"]), currency_sign(["60"])
    ('$', '')
    """
    return next((sign for text in examples for sign in text if sign in CURRENCY_SIGNS), "")


class EntryFacts(Protocol):
    """One header's place in a mapping."""

    @property
    def header(self) -> str:
        """Verbatim; hostile text."""

    @property
    def column(self) -> str | None:
        """Where it goes."""

    @property
    def kind(self) -> str:
        """Type of its cells."""

    @property
    def confidence(self) -> float:
        """How sure."""

    @property
    def candidates(self) -> tuple[tuple[str, float], ...]:
        """Where it might go."""

    @property
    def scale(self) -> float:
        """What numbers are multiplied by."""

    @property
    def doubt(self) -> str:
        """What is doubtful of its unit."""


SURE = 0.8


def question_sentence(entry: EntryFacts, language: Language) -> str:
    """Ask about one header in the reader's language; plain text that holds what was uploaded.

    Examples
    --------
    >>> from types import SimpleNamespace as Facts
    >>> pd = Facts(header="PD", column="probability_of_default", kind="share", confidence=1.0, candidates=(),
    ...            scale=0.01, doubt="")
    >>> question_sentence(pd, "en")
    '“PD” holds values above 1: read as percent?'
    """
    header = plain(entry.header, 60)
    if (entry.column is None or entry.confidence < SURE) and entry.candidates:
        label = column_label(entry.candidates[0][0], language)
        return say("question.column", language, header=header, label=label)
    if entry.doubt:
        return say(f"question.doubt.{entry.doubt}", language, header=header)
    if entry.kind in ("rate", "share") and entry.scale == 0.01:
        return say("question.percent", language, header=header)
    return say("question.scale", language, header=header, scale=unit_name(entry.scale, language))


def unit_name(scale: float, language: Language) -> str:
    """Name the unit numbers are multiplied out of.

    Examples
    --------
    >>> unit_name(1e4, "zh"), unit_name(0.01, "en"), unit_name(7.0, "en")
    ('万', 'in percent', 'times 7')
    """
    key = f"unit.{scale:.15g}" if scale < 1e15 else "unit.other"
    return say(key, language) if has_words(key) else say("unit.other", language, scale=f"{scale:g}")


def cell_text(value: object, column: str, language: Language) -> str:
    """Write a value of an example by what its column holds; missing is a dash.

    Examples
    --------
    >>> cell_text(1250000.0, "exposure", "en"), cell_text(0.0725, "interest_rate", "en").startswith("7.25")
    ('1,250,000', True)
    >>> cell_text(None, "exposure", "en"), cell_text(True, "defaulted", "zh")
    ('–', '是')
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return say("cell.yes" if value else "cell.no", language)
    if isinstance(value, int | float):
        if BY_NAME[column].kind in ("rate", "share"):
            return percent(float(value), 2)
        return f"{value:,.2f}".removesuffix(".00")
    return plain(value, 40)
