"""Cards, answers, figures and tables: the pages' only way to show HTML.

Text comes in plain and is escaped in `reports.html`; nothing here takes HTML
of its own making.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import pandas as pd
import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

import pipeline
from pages.parts import state
from reports import html
from reports.charts.parts import Chart
from reports.escape import plain
from reports.formats import Language
from reports.html import Cell, Head, Row, Text
from reports.marks import MARK, Assumed, link, marked
from reports.theme import SIZE_SMALL, Theme, palette
from reports.words import say

__all__ = [
    "Cell",
    "Head",
    "Metric",
    "Row",
    "answer",
    "answer_with",
    "card",
    "chart",
    "clickable_chart",
    "current_theme",
    "data_table",
    "empty",
    "folded",
]
__all__ += ["heading", "metric_row", "names_of", "quiet", "rests_on", "styles"]

Metric = tuple[Text, Cell, Text]
"""Label, figure, note."""

CONTENT_WIDTH = 1230
"""Widest the content may be, in pixels."""


def current_theme() -> Theme:
    """Say which theme the visitor's browser shows."""
    return "dark" if st.context.theme.type == "dark" else "light"


def styles() -> None:
    """Set what inline styles can't: the content's width, figures in charts, hairline cards.

    Called once by the shell, before a page.
    """
    colours = palette(current_theme())
    st.html(
        f"""<style>
        [data-testid="stMainBlockContainer"] {{ max-width: {CONTENT_WIDTH + 64}px; padding: 2.2rem 32px 4rem; }}
        [data-testid="stMain"] [data-testid="stVerticalBlock"] {{ gap: 1rem; }}
        [class*="st-key-card-"] {{
          background: {colours.card}; border-color: {colours.line}; box-shadow: none; padding: 1rem; gap: .6rem;
        }}
        [data-testid^="stBaseButton-primary"]:not(:disabled),
        [data-testid^="stBaseButton-primary"]:not(:disabled) p {{ color: {colours.on_accent}; }}
        [class*="st-key-answer-"] {{
          background: {colours.wash}; border-left: 4px solid {colours.accent}; border-radius: 3px;
          padding: .7rem 1rem; gap: .6rem;
        }}
        [class*="st-key-answer-"] [role="status"] {{ border: 0 !important; padding: 0 !important; }}
        .js-plotly-plot text, [data-testid="stMain"] {{ font-variant-numeric: tabular-nums lining-nums; }}
        [data-testid="stCaptionContainer"], [data-testid="stWidgetLabel"] small {{ color: {colours.muted}; opacity: 1; }}
        /* It listens and shows nothing. */
        .st-key-links {{ display: none; }}
        /* As high as the boxes beside it, so that their labels stand in one line. */
        .st-key-w_language button {{ min-height: 2.5rem; }}
        /* Its download would write cells that a spreadsheet runs. */
        [data-testid="stElementToolbar"] {{ display: none; }}
        summary:focus-visible, abbr:focus-visible, a[data-about]:focus-visible, [role="region"]:focus-visible {{
          outline: 2px solid {colours.accent}; outline-offset: 2px; border-radius: 2px;
        }}
        summary {{ font-size: {SIZE_SMALL}px; }}
        [class*="st-key-treatment-"] [data-testid="stNumberInputStepUp"],
        [class*="st-key-treatment-"] [data-testid="stNumberInputStepDown"] {{ display: none; }}
        @media (max-width: 640px) {{
          [class*="st-key-treatment-"] > div:first-child {{ width: 100%; min-width: 100%; }}
          [data-testid="stMainBlockContainer"] {{ padding: 4.2rem 16px 3rem; }}
        }}
        @media (prefers-reduced-motion: reduce) {{ * {{ transition: none !important; animation: none !important; }} }}
        </style>"""
    )


def heading(title: str, sentence: Text = "") -> None:
    """Show a page's title, a question, and its answer in one sentence."""
    st.html(html.heading(title, sentence, current_theme()))


def answer(strong: Text, rest: Text = "", note: Text = "") -> None:
    """Show the verdict in its box: the finding, its consequences, what it rests on."""
    st.html(html.answer(strong, rest, note, current_theme()))


def answer_with(strong: Text, rest: Text = "", note: Text = "", *, key: str) -> DeltaGenerator:
    """Show the verdict in its box and give the box for what can be done about it: a button, a download."""
    box = st.container(key=f"answer-{key}")
    box.html(html.answer(strong, rest, note, current_theme()))
    return box


def label(text: Text) -> None:
    """Show a label as widgets have theirs, for what has none of its own."""
    st.html(html.label(text, current_theme()))


def quiet(text: Text) -> None:
    """Show a small, quiet line."""
    st.html(html.quiet(text, current_theme()))


def card(
    title: Text,
    subtitle: Text = "",
    body: Markup | None = None,
    *,
    key: str,
    height: Literal["stretch", "content"] = "stretch",
) -> DeltaGenerator:
    """Open a card and give it for what else goes into it.

    Parameters
    ----------
    title, subtitle : str or Markup
        A question or a finding, and what is shown.
    body : Markup, optional
        Built by `reports.html`.
    key : str
        Name of the card on its page; no two are the same.
    height : str
        ``stretch`` to end where the card beside it ends, ``content`` where one above another stand.

    Returns
    -------
    DeltaGenerator
        ``with card(…): st.slider(…)``.
    """
    container = st.container(border=True, height=height, key=f"card-{key}")
    theme = current_theme()
    container.html(html.card_head(title, subtitle, theme))
    if body is not None:
        container.html(body)
    return container


def metric_row(metrics: Sequence[Metric]) -> None:
    """Show large figures side by side."""
    theme = current_theme()
    st.html(html.metric_row([html.metric(label, value, note, theme) for label, value, note in metrics]))


def data_table(heads: Sequence[Head], rows: Sequence[Row], *, caption: str) -> None:
    """Show a table."""
    st.html(html.table(heads, rows, current_theme(), caption=caption))


def chart(drawn: Chart, language: Language, *, key: str) -> None:
    """Show a chart, its line for screen readers, and its table one click away."""
    theme = current_theme()
    st.html(html.unseen(drawn.alternative))
    # Without a theme of its own: Streamlit's would paint over the house's template.
    st.plotly_chart(drawn.figure, theme=None, key=key, config={"displayModeBar": False, "responsive": True})
    if len(drawn.table):
        folded(say("chart.table", language), _plain_table(drawn.table, theme, drawn.alternative))


def clickable_chart(drawn: Chart, language: Language, chosen: Callable[[int], None], *, key: str) -> None:
    """Show a chart whose points can be clicked; `chosen` gets the place of the point in its first trace."""
    theme = current_theme()

    def clicked() -> None:
        points = (state.widget(key) or {}).get("selection", {}).get("points", [])
        places = [int(point["point_index"]) for point in points if point.get("curve_number") == 0]
        if places:
            chosen(places[0])

    st.html(html.unseen(drawn.alternative))
    st.plotly_chart(
        drawn.figure, theme=None, key=key, config={"displayModeBar": False, "responsive": True},
        on_select=clicked, selection_mode="points",
    )  # fmt: skip
    folded(say("chart.table", language), _plain_table(drawn.table, theme, drawn.alternative))


def folded(summary: Text, body: Markup) -> None:
    """Show something folded away behind one line."""
    st.html(html.folded(summary, body, current_theme()))


def names_of(rows: pd.DataFrame, language: Language) -> list[str]:
    """Give customers' names for a list, made plain: the key where there is none, dots where they are hidden."""
    is_hidden = bool(rows["name"].isna().all()) and "name" in pipeline.masked_columns(state.person())
    return [
        say("customers.hidden", language) if is_hidden else plain(name if isinstance(name, str) else key, 60)
        for name, key in zip(rows["name"], rows["customer_id"], strict=True)
    ]


def rests_on(sentence: str, keys: Sequence[str], language: Language) -> None:
    """Show what figures marked † rest on, and lead to those rows of the register of assumptions."""
    theme = current_theme()
    parts = [marked(f"{MARK} {sentence}", Assumed(sentence, tuple(keys)), theme)]
    st.html(html.quiet(Markup(" ").join([*parts, link(say("register.link", language), keys, theme)]), theme))


def empty(title: str, sentence: str) -> None:
    """Show that there is nothing yet, and what leads on; the page puts its button below."""
    heading(title, sentence)


def _plain_table(frame: pd.DataFrame, theme: Theme, caption: str) -> Markup:
    """Turn a chart's table, already formatted, into HTML."""
    heads = [Head(str(name), "left" if place == 0 else "right") for place, name in enumerate(frame.columns)]
    rows = [Row([str(value) for value in values]) for values in frame.itertuples(index=False)]
    return html.table(heads, rows, theme, caption=caption)
