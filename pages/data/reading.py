"""How a file is read, where a person may know better: member, sheet, encoding, separator, header row."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import pipeline
from pages.parts import errors, state
from reports.escape import plain
from reports.formats import Language
from reports.words import say

ENCODINGS = ("utf-8", "gb18030", "windows-1252", "utf-16")
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def which_table(inspection: pipeline.Inspection, language: Language) -> None:
    """Ask which table is meant, where the file holds several; a change looks at the file again."""
    _look_again(inspection, _which_table(inspection, language))


def how(inspection: pipeline.Inspection, language: Language) -> None:
    """Offer to read the text differently, folded away unless it is in doubt; a change looks again."""
    with st.expander(say("reading.title", language), expanded=not inspection.reading.is_sure):
        wanted = _how(inspection, inspection.options, language)
    _look_again(inspection, wanted)


def _look_again(inspection: pipeline.Inspection, wanted: pipeline.ReadOptions) -> None:
    if wanted == inspection.options:
        return
    try:
        again = pipeline.inspect_again(state.house(), inspection, wanted)
    except pipeline.StratumError as error:
        errors.tell(error)
        return
    state.keep("inspection", again)
    st.rerun()


def _which_table(inspection: pipeline.Inspection, language: Language) -> pipeline.ReadOptions:
    """Which file of a zip and which sheet of a workbook, when there are several."""
    options, choices = inspection.options, inspection.choices
    if len(choices.members) > 1:
        members = [*(member.name for member in choices.members), pipeline.ALL_MEMBERS]
        current = options.member or inspection.reading.member
        member = st.selectbox(
            say("reading.member", language),
            members,
            index=members.index(current),
            format_func=lambda name: (
                say("reading.all_members", language) if name == pipeline.ALL_MEMBERS else plain(name, 80)
            ),
            key=f"reading_member_{current}",
        )
        options = options if member == current else replace(options, member=member)
    if len(choices.sheets) > 1:
        sheets = [sheet.name for sheet in choices.sheets]
        sheet = st.selectbox(
            say("reading.sheet", language),
            sheets,
            index=sheets.index(inspection.reading.sheet),
            format_func=lambda name: plain(name, 80),
            key=f"reading_sheet_{inspection.reading.sheet}",
        )
        options = options if sheet == inspection.reading.sheet else replace(options, sheet=sheet)
    return options


def _how(
    inspection: pipeline.Inspection, options: pipeline.ReadOptions, language: Language
) -> pipeline.ReadOptions:
    """Encoding and separator of a text, and the row that names the columns."""
    info = inspection.reading
    columns = st.columns(3)
    if info.format == "csv":
        encodings = list(dict.fromkeys([info.encoding, *ENCODINGS]))
        with columns[0]:
            encoding = st.selectbox(
                say("reading.encoding", language),
                encodings,
                format_func=str.upper,
                key=f"reading_encoding_{info.encoding}",
            )
        separators = list(dict.fromkeys([info.delimiter, *SEPARATORS]))
        with columns[1]:
            separator = st.selectbox(
                say("reading.separator", language),
                separators,
                format_func=lambda sign: (
                    say(f"reading.{SEPARATORS[sign]}", language) if sign in SEPARATORS else plain(sign, 4)
                ),
                key=f"reading_separator_{info.delimiter}",
            )
        options = options if encoding == info.encoding else replace(options, encoding=encoding)
        options = options if separator == info.delimiter else replace(options, separator=separator)
    if info.format == "parquet":
        return options
    with columns[2]:
        line = st.number_input(
            say("reading.header_line", language),
            min_value=1,
            value=info.header_line,
            step=1,
            key=f"reading_line_{info.header_line}",
        )
    return options if line == info.header_line else replace(options, header_line=int(line))
