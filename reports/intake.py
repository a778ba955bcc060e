"""Sentences about an import: the account, what was noticed, what it lets one do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from reports.escape import plain
from reports.formats import Language
from reports.words import say
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


class FindingFacts(Protocol):
    """Something worth a look."""

    @property
    def key(self) -> str:
        """Which kind."""

    @property
    def column(self) -> str:
        """Header or column; hostile text."""

    @property
    def count(self) -> int:
        """Rows concerned."""

    @property
    def detail(self) -> str:
        """Example; hostile text."""


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


Speak = Callable[[FindingFacts, Language], str]

FINDINGS: dict[str, Speak] = {
    "rows_numbered": lambda item, language: say("finding.numbered", language),
    "key_stands_in": lambda item, language: say("finding.key", language, header=plain(item.column, 60)),
    "one_each": lambda item, language: say("finding.one_each", language),
    "column_counts_as_absent": lambda item, language: say(
        "finding.mostly_zero", language, label=f"“{plain(item.column, 60)}”"
    ),
    "cells_unread": lambda item, language: say(
        "finding.unread",
        language,
        header=plain(item.column, 60),
        n=item.count,
        example=plain(item.detail, 40),
    ),
    "paid_with_loss": lambda item, language: say("finding.paid_with_loss", language, n=item.count),
    "defaulted_without_loss": lambda item, language: say(
        "finding.default_without_loss", language, n=item.count
    ),
    "loss_above_exposure": lambda item, language: say("finding.loss_above_exposure", language, n=item.count),
    "outcome_missing": lambda item, language: say("finding.outcome_missing", language, n=item.count),
    "above_limit": lambda item, language: say("finding.over_limit", language, n=item.count),
    "default_before_origination": lambda item, language: say("finding.early_default", language, n=item.count),
    "share_outside": lambda item, language: say(
        "finding.out_of_range", language, label=column_label("probability_of_default", language), n=item.count
    ),
    "lgd_outside": lambda item, language: say(
        "finding.out_of_range", language, label=column_label("loss_given_default", language), n=item.count
    ),
    "facilities_united": lambda item, language: say("finding.united", language, n=item.count),
    "extra_columns": lambda item, language: say("finding.extra", language, n=item.count),
}
"""Key of a finding → its sentence."""


def finding_sentence(finding: FindingFacts, language: Language) -> str:
    """Say one finding; plain text that may hold what was uploaded, so escape it where it lands."""
    return FINDINGS[finding.key](finding, language)


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
        rows.append(
            (
                say(key, language),
                say("lets.ready", language) if is_ready else say("lets.needs", language, columns=labels),
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
