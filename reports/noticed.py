"""What was noticed while a file was read and in its rows: a sentence each, worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from reports.escape import plain
from reports.formats import Language
from reports.quality import ColumnFacts, QualityFacts, quality_sentence
from reports.words import say


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

    @property
    def severity(self) -> int:
        """How bad, 3 to 0."""


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


class ReportFacts(Protocol):
    """A quality report."""

    @property
    def findings(self) -> Sequence[QualityFacts]:
        """Worst first."""

    @property
    def columns(self) -> Sequence[ColumnFacts]:
        """All columns."""


def noticed(findings: Sequence[FindingFacts], report: ReportFacts, language: Language) -> list[str]:
    """Say what was noticed while reading and in the rows themselves, worst first.

    What is only good to know of single columns stays in the report. Findings of an older Stratum's
    reading that have no sentence any more are the report's now.
    """
    headers = {column.name: column.header for column in report.columns}
    said = _said_together([item for item in findings if item.key in FINDINGS], language)
    said += [
        (item.severity, quality_sentence(item, headers, language))
        for item in report.findings
        if item.severity
    ]
    return [sentence for _, sentence in sorted(said, key=lambda pair: -pair[0])]


TOGETHER = ("day_month_decided", "two_digit_years", "serial_dates")
"""Findings that often hold for many columns alike: one sentence for all of them."""
NAMED_TOGETHER = 3


def _said_together(findings: Sequence[FindingFacts], language: Language) -> list[tuple[int, str]]:
    """Say findings, those of many columns in one sentence where the first of them stands."""
    alike: dict[tuple[object, ...], list[FindingFacts]] = {}
    for place, item in enumerate(findings):
        key = (
            (item.key, item.detail, item.count) if item.key == "two_digit_years" else (item.key, item.detail)
        )
        alike.setdefault(key if item.key in TOGETHER else (place,), []).append(item)
    return [
        (
            group[0].severity,
            finding_sentence(group[0], language) if len(group) == 1 else _of_several(group, language),
        )
        for group in alike.values()
    ]


def _of_several(group: Sequence[FindingFacts], language: Language) -> str:
    between = "、" if language == "zh" else ", "
    headers = between.join(f"“{plain(item.column, 40)}”" for item in group[:NAMED_TOGETHER])
    if len(group) > NAMED_TOGETHER:
        headers = say("finding.and_more", language, headers=headers, n=len(group) - NAMED_TOGETHER)
    first = group[0]
    values: dict[str, str | int] = {"n": len(group), "headers": headers}
    if first.key == "day_month_decided":
        values["order"] = say(f"finding.order.{first.detail}", language)
    if first.key == "two_digit_years":
        values |= {"first": str(first.count - 99), "last": str(first.count)}
    return say(f"finding.{first.key}.several", language, **values)
