"""Small pieces of HTML the pages are built of: figures, tables, the answer box.

Every text is escaped here; only `Markup` made here passes as it is. Styles
stand inline, by the palette of the theme in use, so that a piece looks the
same wherever it is placed. `pages/parts/cards.py` shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from reports.escape import html as safe
from reports.formats import Change, Tone
from reports.marks import NOTHING, Assumed, mark
from reports.theme import SIZE_BODY, SIZE_SMALL, SIZE_TITLE, Palette, Theme, palette

Align = Literal["left", "right"]
Text = str | Markup

_TITLE, _BODY, _SMALL = f"{SIZE_TITLE / SIZE_BODY:.3f}rem", "1rem", f"{SIZE_SMALL / SIZE_BODY:.3f}rem"
_FIGURES = "font-variant-numeric:tabular-nums lining-nums"
LONGEST_CELL = 240
"""Characters of a table's cell; some hold a sentence."""


SHORT_NOTE = 24
"""Signs of a note that is not broken over lines."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a cell: how far it reaches of the column's longest, and in which colour.

    `share` runs from −1 to 1; with a negative share anywhere the caller sets
    `centred`, and the bar grows left or right of the middle.
    """

    share: float
    colour: str
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : str or Markup
        First line; already formatted.
    change : Change, optional
        Second line, coloured by its tone.
    hint : str
        Why it is missing or what it means; shown on hover and read aloud.
    assumed : Assumed
        What it rests on; sets a † behind the figure that leads there.
    swatch : str
        Colour of a small square before the text.
    bar : Bar, optional
        Drawn before the text.
    note : str
        Small and quiet, behind the text.
    """

    text: Text
    change: Change | None = None
    hint: str = ""
    assumed: Assumed = NOTHING
    swatch: str = ""
    bar: Bar | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table's column; `hint` explains an abbreviation."""

    label: str
    align: Align = "right"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first cell is its head."""

    cells: Sequence[Cell | str]
    is_strong: bool = False
    is_marked: bool = field(default=False)


def term(label: str, meaning: str) -> Markup:
    """Give a word its meaning on hover, on focus and by voice.

    Examples
    --------
    >>> term("PD", "how likely")
    Markup('<abbr title="how likely" tabindex="0" style="cursor:help;text-decoration:underline dotted;text-underline-offset:3px">PD</abbr>')
    """
    style = "cursor:help;text-decoration:underline dotted;text-underline-offset:3px"
    return Markup('<abbr title="{}" tabindex="0" style="{}">{}</abbr>').format(
        safe(meaning, 400), style, safe(label)
    )


def swatch(colour: str) -> Markup:
    """Draw a small square of a colour; it says nothing the text beside it does not.

    Examples
    --------
    >>> "background:#D08A00" in swatch("#D08A00")
    True
    """
    style = f"display:inline-block;flex:none;width:.65rem;height:.65rem;border-radius:2px;margin-right:.5rem;background:{colour}"
    return Markup('<span aria-hidden="true" style="{}"></span>').format(style)


def change_line(change: Change, theme: Theme) -> Markup:
    """Write a change in the colour of its meaning.

    Examples
    --------
    >>> from reports.formats import change
    >>> "#B4571B" in change_line(change(1.2, good_when="down"), "light")
    True
    """
    style = (
        f"color:{_tone_colour(change.tone, palette(theme))};font-size:{_SMALL};white-space:nowrap;{_FIGURES}"
    )
    return Markup('<span style="{}">{}</span>').format(style, safe(change.text))


def heading(title: str, sentence: Text, theme: Theme) -> Markup:
    """Write a page's title, a question, and below it the answer in one sentence.

    Examples
    --------
    >>> "<h1" in heading("Who are our customers?", "Six groups.", "light")
    True
    """
    colours = palette(theme)
    return Markup(
        '<h1 style="font-size:{};line-height:1.25;font-weight:700;margin:0;padding:0;color:{}">{}</h1>'
        '<p style="font-size:{};line-height:1.45;margin:.25rem 0 0;color:{};{}">{}</p>'
    ).format(_TITLE, colours.ink, safe(title, 200), _BODY, colours.muted, _FIGURES, safe(sentence, 600))


def card_head(title: Text, subtitle: Text, theme: Theme) -> Markup:
    """Write a card's head: a question or a finding, and what is shown.

    Examples
    --------
    >>> "<h2" in card_head("Where does the risk sit?", "by industry", "light")
    True
    """
    colours = palette(theme)
    head = Markup(
        '<h2 style="font-size:{};line-height:1.35;font-weight:600;margin:0;padding:0;color:{}">{}</h2>'
    ).format(_BODY, colours.ink, safe(title, 200))
    return head + (quiet(subtitle, theme) if subtitle else Markup(""))


def label(text: Text, theme: Theme) -> Markup:
    """Label something as a widget's label does: small, in ink, close above.

    Examples
    --------
    >>> "Filter" in label("Filter", "light")
    True
    """
    style = f"font-size:14px;line-height:20px;margin-bottom:-10px;color:{palette(theme).ink}"
    return Markup('<div style="{}">{}</div>').format(style, text)


def quiet(text: Text, theme: Theme) -> Markup:
    """Write a small, quiet line.

    Examples
    --------
    >>> "<p" in quiet("Worst first", "dark")
    True
    """
    style = f"font-size:{_SMALL};line-height:1.4;margin:.15rem 0 0;color:{palette(theme).muted};{_FIGURES}"
    return Markup('<p style="{}">{}</p>').format(style, safe(text, 600))


def answer(strong: Text, rest: Text, note: Text, theme: Theme) -> Markup:
    """Write the verdict in its box with the accent's line at the left.

    It is announced to screen readers when it changes.

    Examples
    --------
    >>> 'role="status"' in answer("Strategic grows.", "65 move.", "", "light")
    True
    """
    colours = palette(theme)
    box = (
        f"background:{colours.wash};border-left:4px solid {colours.accent};border-radius:3px;padding:.7rem 1rem;"
        f"font-size:{_BODY};line-height:1.5;color:{colours.ink};{_FIGURES}"
    )
    quiet_style = f"font-size:{_SMALL};color:{colours.muted}"
    parts = [Markup('<strong style="font-weight:700">{}</strong>').format(safe(strong, 400))]
    parts += [safe(rest, 800)] if rest else []
    parts += [Markup('<span style="{}">{}</span>').format(quiet_style, safe(note, 400))] if note else []
    return Markup('<div role="status" style="{}">{}</div>').format(box, Markup(" ").join(parts))


def metric(label: Text, value: Cell, note: Text, theme: Theme) -> Markup:
    """Write one large figure with its label above and its change or note below.

    Examples
    --------
    >>> "7,529 m" in metric("Exposure", Cell("7,529 m"), "", "light")
    True
    """
    colours = palette(theme)
    below = [change_line(value.change, theme)] if value.change else []
    below += (
        [Markup('<span style="color:{}">{}</span>').format(colours.muted, safe(note, 200))] if note else []
    )
    return Markup(
        '<div style="{frame}">'
        '<div style="font-size:{small};color:{muted}">{label}</div>'
        '<div style="font-size:{large};line-height:1.3;font-weight:700;margin-top:.25rem;color:{ink};{figures}"'
        "{title}>{value}{mark}</div>"
        '<div style="font-size:{small};min-height:1.4em;{figures}">{below}</div></div>'
    ).format(
        frame=_frame(colours), small=_SMALL, muted=colours.muted, label=safe(label), large=_TITLE,
        ink=colours.ink, figures=_FIGURES, title=_title(value.hint), value=safe(value.text),
        mark=mark(theme, value.assumed) if value.assumed else "", below=Markup(" · ").join(below),
    )  # fmt: skip


def metric_row(metrics: Sequence[Markup]) -> Markup:
    """Set figures side by side; they wrap on a narrow screen.

    Examples
    --------
    >>> "grid" in metric_row([metric("Exposure", Cell("1 m"), "", "light")])
    True
    """
    style = "display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,13.5rem),1fr))"
    return Markup('<div style="{}">{}</div>').format(style, Markup("").join(metrics))


def table(heads: Sequence[Head], rows: Sequence[Row], theme: Theme, *, caption: str) -> Markup:
    """Write a table; a wide one scrolls sideways in its own frame.

    Parameters
    ----------
    heads : sequence of Head
        Columns; when all labels are empty no head is drawn.
    rows : sequence of Row
        As many cells as heads.
    caption : str
        What the table shows, for screen readers.

    Examples
    --------
    >>> made = table([Head("Tier", "left"), Head("Customers")], [Row(["Core", "8,904"])], "light", caption="Tiers")
    >>> 'scope="row"' in made and 'scope="col"' in made
    True
    """
    colours = palette(theme)
    has_head = any(head.label for head in heads)
    head = _head_row(heads, colours) if has_head else Markup("")
    body = Markup("").join(_row(heads, row, theme) for row in rows)
    style = f"border-collapse:collapse;width:100%;font-size:{_BODY};color:{colours.ink};{_FIGURES}"
    return Markup(
        '<div style="overflow-x:auto" tabindex="0" role="region" aria-label="{caption}">'
        '<table style="{style}">{hidden}{head}<tbody>{body}</tbody></table></div>'
    ).format(
        caption=safe(caption, 200), style=style, hidden=_hidden_caption(caption), head=head, body=body
    )  # fmt: skip


def folded(summary: Text, body: Markup, theme: Theme) -> Markup:
    """Fold something away behind one line that opens it.

    Examples
    --------
    >>> "<details" in folded("Show the table", Markup("<p>1</p>"), "light")
    True
    """
    style = f"cursor:pointer;font-size:{_SMALL};color:{palette(theme).accent};width:fit-content"
    return Markup('<details><summary style="{}">{}</summary>{}</details>').format(style, safe(summary), body)


def unseen(text: str) -> Markup:
    """Write text for screen readers only: a chart's one line.

    Examples
    --------
    >>> "A curve" in unseen("A curve")
    True
    """
    return Markup('<p style="{}">{}</p>').format(_UNSEEN, safe(text, 400))


_UNSEEN = (
    "position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
)


def _frame(colours: Palette) -> str:
    return f"border:1px solid {colours.line};border-radius:8px;background:{colours.card};padding:.8rem 1rem"


def _title(hint: str) -> Markup:
    return Markup(' title="{}"').format(safe(hint, 400)) if hint else Markup("")


def _tone_colour(tone: Tone, colours: Palette) -> str:
    return {"good": colours.good, "bad": colours.bad, "same": colours.muted}[tone]


def _hidden_caption(caption: str) -> Markup:
    return Markup('<caption style="{}">{}</caption>').format(_UNSEEN, safe(caption, 200))


def _cell_style(align: Align, colours: Palette, *, is_marked: bool = False) -> str:
    ground = f"background:{colours.wash};" if is_marked else ""
    return (
        f"{ground}text-align:{align};padding:.5rem .6rem;border:0;border-bottom:1px solid {colours.line};"
        "line-height:1.35;vertical-align:middle"
    )


def _head_row(heads: Sequence[Head], colours: Palette) -> Markup:
    cells = Markup("").join(
        Markup('<th scope="col" style="{};word-break:keep-all;font-size:{};font-weight:600;color:{}">{}</th>').format(
            _cell_style(head.align, colours), _SMALL, colours.muted,
            term(head.label, head.hint) if head.hint else safe(head.label),
        )
        for head in heads
    )  # fmt: skip
    return Markup("<thead><tr>{}</tr></thead>").format(cells)


def _row(heads: Sequence[Head], row: Row, theme: Theme) -> Markup:
    colours = palette(theme)
    weight = "700" if row.is_strong else "400"
    cells = []
    for place, (head, given) in enumerate(zip(heads, row.cells, strict=True)):
        cell = given if isinstance(given, Cell) else Cell(given)
        tag = Markup('th scope="row"') if place == 0 else Markup("td")
        width = "min-width:8rem;" if place == 0 else ""
        style = f"{width}font-weight:{weight};{_cell_style(head.align, colours, is_marked=row.is_marked)}"
        cells.append(
            Markup('<{} style="{}"{}>{}</{}>').format(
                tag, style, _title(cell.hint), _inside(cell, theme), "th" if place == 0 else "td"
            )
        )
    marked = Markup(' aria-selected="true"') if row.is_marked else Markup("")
    return Markup("<tr{}>{}</tr>").format(marked, Markup("").join(cells))


def _letters(text: str) -> float:
    """Count letters by their room: a Chinese one takes that of one and a half.

    Examples
    --------
    >>> _letters("ready"), _letters("就绪")
    (5.0, 3.0)
    """
    return sum(1.5 if letter >= "\u2e80" else 1.0 for letter in text)


def _inside(cell: Cell, theme: Theme) -> Markup:
    """Put a cell's parts together: bar or swatch, text, mark, note, and the change below."""
    parts = [swatch(cell.swatch)] if cell.swatch else []
    parts += [_bar(cell.bar)] if cell.bar else []
    no_break = "white-space:nowrap" if not cell.swatch and _letters(cell.text) < 14 else ""
    parts.append(Markup('<span style="{}">{}</span>').format(no_break, safe(cell.text, LONGEST_CELL)))
    parts += [mark(theme, cell.assumed)] if cell.assumed else []
    if cell.note:
        # A short note stays in one piece, a long one gets room to be read.
        shape = (
            "white-space:nowrap" if len(cell.note) <= SHORT_NOTE else "display:inline-block;min-width:11rem"
        )
        style = f"font-size:{_SMALL};color:{palette(theme).muted};margin-left:{'.4em' if cell.text else '0'};{shape}"
        parts.append(Markup('<span style="{}">{}</span>').format(style, safe(cell.note)))
    if cell.change:
        parts.append(Markup("<br>") + change_line(cell.change, theme))
    together = Markup("").join(parts)
    # A bar and its figure belong on one line; a long name breaks beside its swatch, not below it.
    if cell.bar:
        return Markup('<span style="white-space:nowrap">{}</span>').format(together)
    if cell.swatch and not (cell.note or cell.change or cell.assumed):
        return Markup('<span style="display:inline-flex;align-items:baseline">{}</span>').format(together)
    return together


def _bar(bar: Bar) -> Markup:
    """Draw a bar: from the left, or from the middle when differences are shown."""
    reach = min(abs(bar.share), 1.0) * (50 if bar.centred else 100)
    start = 0.0 if not bar.centred else (50.0 if bar.share >= 0 else 50.0 - reach)
    track = "display:inline-block;position:relative;width:5rem;height:.65rem;margin-right:.6rem;vertical-align:middle"
    fill = f"position:absolute;top:0;height:100%;left:{start:.1f}%;width:{reach:.1f}%;background:{bar.colour}"
    return Markup(
        '<span aria-hidden="true" style="{}"><span style="{};border-radius:2px"></span></span>'
    ).format(track, fill)
