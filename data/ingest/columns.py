"""How each column of a source is read, and what of that a person should know."""

from __future__ import annotations

from collections.abc import Mapping as Kinds

from data.contract import Kind
from data.ingest.account import Finding
from data.ingest.readable import Readable
from data.ingest.styles import LAST_TWO_DIGIT_YEAR, CellStyle, over_all_rows, style_of


def column_styles(source: Readable, kinds: Kinds[int, Kind]) -> dict[int, CellStyle]:
    """Decide the style of each text column by its sample; where that leaves a doubt, by all its cells.

    Parameters
    ----------
    source : Readable
        The file.
    kinds : mapping
        Place of each text column → what it is read as.
    """
    sample = source.sample()
    styles = {place: style_of(sample.iloc[:, place].tolist(), source.info.decimal) for place in kinds}
    undecided = {
        place: style
        for place, style in styles.items()
        if kinds[place] == "date" and style.has_slashes and style.day_first is None and style.unsure
    }
    if undecided:
        styles |= over_all_rows(undecided, source.batches())
    return styles


def style_findings(header: str, kind: Kind, style: CellStyle) -> list[Finding]:
    """Say what was decided about a column of dates that its cells alone do not say."""
    if kind != "date":
        return []
    found: list[Finding] = []
    order = "day" if style.day_first else "month"
    if style.unsure and style.day_first is None:
        found.append(Finding("day_month_unsure", header, style.unsure, order, severity=2))
    elif style.unsure or style.against:
        found.append(Finding("day_month_decided", header, style.unsure, order, severity=1))
    if style.two_digit_years:
        found.append(Finding("two_digit_years", header, LAST_TWO_DIGIT_YEAR, severity=1))
    if style.serial:
        found.append(Finding("serial_dates", header, severity=1))
    return found


def source_findings(source: Readable) -> list[Finding]:
    """Say what was found out about a file that a person might have expected otherwise."""
    info, found = source.info, []
    if source.left_out:
        names = ", ".join(source.left_out[:5])
        found.append(Finding("members_left_out", info.member, len(source.left_out), names, severity=2))
    if not info.is_sure:
        found.append(Finding("encoding_unsure", info.name, detail=info.encoding, severity=2))
    if info.header_line > 1:
        found.append(Finding("header_below", info.name, info.header_line, severity=0))
    if info.is_misnamed:
        found.append(Finding("misnamed", info.name, detail=info.format, severity=0))
    others = [sheet.name for sheet in source.choices.sheets if sheet.name != info.sheet and sheet.rows > 1]
    if others:
        found.append(Finding("sheets_left_out", info.sheet, len(others), ", ".join(others[:5]), severity=1))
    return found
