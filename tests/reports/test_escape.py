"""Hostile text is inert wherever it lands."""

from __future__ import annotations

import csv
import io

import pytest

from reports import escape

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](http://evil.example)", "![a](http://evil.example/x.png)",
    "http://evil.example", "www.evil.example", "a@evil.example", ":red[x]", ":smile:", ":material/home:", "$x^2$", "`code`",
    "**bold**", "# head", "- list", "> quote", "| a | b |", "<b>b</b>", "&lt;b&gt;", "%{x}", "\u202egnp.exe", "a\x00b\x1b[31m",
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "x" * 10_000, "a" + "\u0301" * 500,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_html_holds_no_tag_and_no_quote_of_its_own(text: str) -> None:
    made = str(escape.html(text))
    assert not set('<>"') & set(made)
    assert len(made) < 6_000


@pytest.mark.parametrize("text", HOSTILE)
def test_plotly_sees_no_tag_no_template_and_no_latex(text: str) -> None:
    made = escape.plotly(text)
    assert not set("<>${}") & set(made)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_leaves_no_mark_unescaped(text: str) -> None:
    made = escape.markdown(text)
    for place, letter in enumerate(made):
        if letter in "[]()!*_`$#<>|~:":
            assert made[place - 1] == "\\", made


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sheet_runs_nothing(text: str) -> None:
    line = io.StringIO()
    csv.writer(line).writerow([escape.spreadsheet(text)])
    (cell,) = next(csv.reader(io.StringIO(line.getvalue())))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_or_direction_character_passes(text: str) -> None:
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x1b") & set(escape.plain(text))
