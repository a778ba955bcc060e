"""Text from a portfolio made inert, a function for each place it can land in.

Names, sectors and headers come from files nobody vetted. Every one of them
passes through here on its way to a screen, a chart or a sheet.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup
from markupsafe import escape as escape_markup

DISPLAY_LENGTH = 120
SHEET_LENGTH = 32_000
"""Excel holds 32,767 characters in a cell."""

_BREAKS = frozenset("\t\n\r\v\f\u2028\u2029\u0085")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MARKS_IN_A_ROW = 3
_SPACES = re.compile(r"\s{2,}|[^\S\u00a0\u202f]")
"""Runs of blanks; a single no-break space stays, or a figure would part from its unit."""
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_AUTOMATIC = re.compile(r"(:(?!\s|$)|@|\bwww(?=\\?\.))", re.IGNORECASE)
_WORD_JOINER = "\u2060"
_FORMULA = re.compile(r"^\s*[=+\-@|%＝＋－＠]")


def plain(text: object, limit: int = DISPLAY_LENGTH) -> str:
    r"""Give text without control or direction characters, on one line and not too long.

    Parameters
    ----------
    text : object
        Anything; None gives an empty text.
    limit : int
        Most characters; a longer text ends in an ellipsis.

    Examples
    --------
    >>> plain("Ann\u202e\x07a \n & Co")
    'Anna & Co'
    >>> plain("abcdef", limit=4)
    'abc…'
    >>> plain("90\u202f% \u202f of  it") == "90\u202f% of it"
    True
    """
    raw = "" if text is None else str(text)
    # A little more than needed is looked at, so that 10,000 characters cost no more than 500.
    kept = _without_piled_marks(_visible(raw[: 4 * limit + 16]))
    kept = _SPACES.sub(" ", kept).strip()
    is_cut = len(kept) > limit or len(raw) > 4 * limit + 16
    return kept[: limit - 1].rstrip() + "…" if is_cut else kept


def _visible(text: str) -> str:
    """Drop controls, format and direction characters and private use; line breaks become spaces."""
    return "".join(
        " " if character in _BREAKS else character
        for character in text
        if character in _BREAKS or unicodedata.category(character) not in _HIDDEN
    )


def _without_piled_marks(text: str) -> str:
    """Let at most a few combining marks stand on one letter, so that none climbs over its neighbours."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def markdown(text: object, limit: int = DISPLAY_LENGTH) -> str:
    r"""Make text inert where Streamlit reads markdown: labels, captions, metrics, tabs.

    Every ASCII punctuation mark is escaped (CommonMark 0.31, 2.4), which ends
    links, images, code, colours, LaTeX and HTML. Shortcodes such as `:smile:`
    and bare addresses are recognised after that, in the finished text, so an
    invisible word joiner breaks them.

    Examples
    --------
    >>> print(markdown("![x](http)"))
    \!\[x\]\(http\)
    >>> markdown("a:red[b]") == "a\\:" + "\u2060" + "red\\[b\\]"
    True
    """
    escaped = _PUNCTUATION.sub(r"\\\1", plain(text, limit))
    return _AUTOMATIC.sub(lambda found: found.group(0) + _WORD_JOINER, escaped)


_PLOTLY = {ord(mark): f"&#{ord(mark)};" for mark in "&<>${}%\"'"}


def plotly(text: object, limit: int = 60) -> str:
    """Make text inert where plotly reads tags, templates and LaTeX.

    Examples
    --------
    >>> plotly("<b>A & B</b>")
    '&#60;b&#62;A &#38; B&#60;/b&#62;'
    """
    return plain(text, limit).translate(_PLOTLY)


def html(text: object, limit: int = DISPLAY_LENGTH) -> Markup:
    """Make text inert in HTML, in an element or a quoted attribute.

    Text that is `Markup` already was built here and passes.

    Examples
    --------
    >>> html('<img src="x">')
    Markup('&lt;img src=&#34;x&#34;&gt;')
    """
    return text if isinstance(text, Markup) else escape_markup(plain(text, limit))


def spreadsheet(text: object, limit: int = SHEET_LENGTH) -> str:
    """Make text inert in a CSV file or a sheet, where a first ``=`` would be run.

    Source: OWASP, CSV Injection.

    Examples
    --------
    >>> spreadsheet("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    >>> spreadsheet("Anna")
    'Anna'
    """
    kept = plain(text, limit)
    return f"'{kept}" if _FORMULA.match(kept) else kept
