"""The † of a figure that rests on an assumption: a link to that very row of the register.

The link's address holds nothing but keys of assumptions, so no text of the data can get into it.
Inside a visit `pages/parts/links` follows it without loading the page anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from reports.escape import html as safe
from reports.formats import Language
from reports.theme import Theme, palette
from reports.words import say

MARK = "†"
PAGE = "assumptions"
"""Address of the register, beside that of every other page."""
KEY = re.compile(r"[a-z_]{1,40}")
MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a figure rests on; false when it rests on nothing.

    Attributes
    ----------
    words : str
        In words, for the mark's name and hover.
    keys : tuple of str
        Rows of the register its mark leads to: words `assumption.<key>`.
    """

    words: str = ""
    keys: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to mark."""
        return bool(self.words)


NOTHING = Assumed()


def rests_on(language: Language, *keys: str) -> Assumed:
    """Name what rests on rows of the register by their own words.

    Examples
    --------
    >>> rests_on("en", "limit_rules")
    Assumed(words='what a credit limit asks', keys=('limit_rules',))
    """
    words = [say(f"assumption.{key}", language).replace(MARK, "").strip() for key in keys]
    return Assumed(", ".join(words), keys)


def keys_from(text: object) -> tuple[str, ...]:
    """Read the keys of an address; what can't be one is left out.

    Examples
    --------
    >>> keys_from("tax_rate,treatments,<b>,tax_rate")
    ('tax_rate', 'treatments')
    """
    parts = str(text or "")[:1000].split(",")
    return tuple(dict.fromkeys(part for part in parts if KEY.fullmatch(part)))[:MOST_KEYS]


def address(keys: Sequence[str]) -> str:
    """Give the register's address, at the rows of assumptions.

    Examples
    --------
    >>> address(("tax_rate", "treatments")), address(())
    ('assumptions?about=tax_rate%2Ctreatments', 'assumptions')
    """
    known = keys_from(",".join(keys))
    return f"{PAGE}?{urlencode({'about': ','.join(known)})}" if known else PAGE


def link(label: str, keys: Sequence[str], theme: Theme) -> Markup:
    """Write a link to rows of the register.

    Examples
    --------
    >>> 'data-about="tax_rate"' in link("All of them", ("tax_rate",), "light")
    True
    """
    return Markup('<a href="{}" data-about="{}" target="_self" style="color:{}">{}</a>').format(
        address(keys), ",".join(keys_from(",".join(keys))), palette(theme).accent, safe(label, 200)
    )


def mark(theme: Theme, assumed: Assumed) -> Markup:
    """Set the † of a figure that rests on an assumption; it leads to the assumption.

    Its name, for who hears the page, is what the figure rests on. A little room around the sign
    makes it easier to hit.

    Examples
    --------
    >>> made = mark("light", Assumed("interest rate <5 %>", ("interest_rate",)))
    >>> 'href="assumptions?about=interest_rate"' in made, "interest rate &lt;5 %&gt;" in made
    (True, True)
    """
    style = (
        f"color:{palette(theme).bad};text-decoration:none;font-size:.9em;"
        "display:inline-block;padding:.3em .35em;margin:-.3em -.25em;line-height:1"
    )
    words = safe(assumed.words, 400)
    return Markup(
        '<a href="{}" data-about="{}" target="_self" title="{}" aria-label="{}" style="{}"><sup>{}</sup></a>'
    ).format(address(assumed.keys), ",".join(keys_from(",".join(assumed.keys))), words, words, style, MARK)


def marked(text: str, assumed: Assumed, theme: Theme, limit: int = 800) -> Markup:
    """Escape a sentence and let each † in it lead to what it rests on.

    Examples
    --------
    >>> made = marked("Under the treatments † it is <b>", Assumed("treatments", ("treatments",)), "light")
    >>> "&lt;b&gt;" in made, made.count("<a ")
    (True, 1)
    """
    parts = [_kept(part, limit) for part in text.split(MARK)]
    return mark(theme, assumed).join(parts) if len(parts) > 1 else parts[0]


def _kept(part: str, limit: int) -> Markup:
    """Escape a piece of a sentence; the blanks at its ends, which escaping trims, stay."""
    before, after = (" " if part[at : at + 1 or None].isspace() else "" for at in (0, -1))
    inner = safe(part, limit)
    return Markup("{}{}{}").format(before, inner, after) if inner else Markup(before)
