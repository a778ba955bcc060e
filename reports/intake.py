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

ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gb18030": "GB18030",
             "windows-1252": "Windows-1252"}  # fmt: skip
"""Encodings as people write them; others keep their own names."""

FORMATS = {"csv": "CSV", "xlsx": "XLSX", "xls": "XLS", "parquet": "Parquet"}

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
    "day_month_unsure": lambda item, language: say(
        "finding.day_month_unsure", language, header=plain(item.column, 60), n=item.count
    ),
    "day_month_decided": lambda item, language: say(
        "finding.day_month_decided",
        language,
        header=plain(item.column, 60),
        order=say(f"finding.order.{item.detail}", language),
    ),
    "two_digit_years": lambda item, language: say(
        "finding.two_digit_years",
        language,
        header=plain(item.column, 60),
        first=str(item.count - 99),
        last=str(item.count),
    ),
    "serial_dates": lambda item, language: say(
        "finding.serial_dates", language, header=plain(item.column, 60)
    ),
    "members_left_out": lambda item, language: say(
        "finding.members_left_out", language, n=item.count, names=plain(item.detail, 120)
    ),
    "sheets_left_out": lambda item, language: say(
        "finding.sheets_left_out",
        language,
        header=plain(item.column, 60),
        n=item.count,
        names=plain(item.detail, 120),
    ),
    "encoding_unsure": lambda item, language: say(
        "finding.encoding_unsure", language, encoding=ENCODINGS.get(item.detail, item.detail)
    ),
    "header_below": lambda item, language: say("finding.header_below", language, n=item.count),
    "misnamed": lambda item, language: say(
        "finding.misnamed", language, header=plain(item.column, 60), format=FORMATS[item.detail]
    ),
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
