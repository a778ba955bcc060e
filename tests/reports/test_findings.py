"""Every finding of the ingest is said in both languages."""

from __future__ import annotations

import pytest

from data.ingest.account import Finding
from data.ingest.columns import source_findings, style_findings
from data.ingest.quality import QualityReport
from data.ingest.readers import Choices, Source, open_source
from data.ingest.sniff import SourceInfo
from data.ingest.styles import CellStyle
from data.ingest.workbooks import Sheet
from reports.formats import Language
from reports.noticed import FINDINGS, finding_sentence, noticed
from tests.data.ingest.builders import a_file

UNSURE = CellStyle(has_slashes=True, unsure=3, two_digit_years=True, serial=True)
DECIDED = CellStyle(day_first=True, has_slashes=True, unsure=3)


def test_each_kind_of_finding_about_dates_and_files_has_its_sentence(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = a_file(tmp_path_factory.mktemp("any"), "customer_id,exposure\nA,1\n")
    source: Source = open_source(path)
    source.info = SourceInfo("a.csv", "xls", encoding="gb18030", sheet="S", header_line=3, is_sure=False)
    source.choices = Choices(sheets=(Sheet("S", 9, 9), Sheet("T", 9, 9)))
    source.left_out = ("b.csv",)
    found: list[Finding] = [*source_findings(source)]
    found += [item for style in (UNSURE, DECIDED) for item in style_findings("When", "date", style)]
    assert {item.key for item in found} == {
        "members_left_out", "encoding_unsure", "header_below", "misnamed", "sheets_left_out", "day_month_unsure",
        "day_month_decided", "two_digit_years", "serial_dates",
    }  # fmt: skip
    assert {item.key for item in found} <= FINDINGS.keys()
    said = {item.key: (finding_sentence(item, "en"), finding_sentence(item, "zh")) for item in found}
    assert said["two_digit_years"][0] == "“When”: years of two digits were read as 1937 to 2036"
    assert said["day_month_decided"][1] == "“When”中如 03/04/2024 的日期，已按该列其他日期所示，以日在前读取"
    assert all("{" not in sentence for pair in said.values() for sentence in pair)


@pytest.mark.parametrize(
    ("language", "order", "more"),
    [
        ("en", "the month first in 4 columns", "“a”, “b”, “c” and 1 more"),
        ("zh", "4 列中如 03/04/2024 的日期", "“a”、“b”、“c” 等，另有 1 列"),
    ],
)
def test_what_holds_for_many_columns_is_said_once(language: Language, order: str, more: str) -> None:
    dates = [Finding("day_month_decided", header, 5, "month", 1) for header in "abcd"]
    years = [Finding("two_digit_years", "a", 2036, "", 1), Finding("two_digit_years", "b", 2026, "", 1)]
    said = noticed(
        [*dates, Finding("day_month_decided", "e", 5, "day", 1), *years], QualityReport(9, (), ()), language
    )
    assert len(said) == 4
    assert order in said[0] and more in said[0]
    assert "“e”" in said[1]
