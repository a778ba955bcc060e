"""How several rows become one customer, shown before anything is kept."""

from __future__ import annotations

import pipeline
from pages.parts import cards
from reports import html
from reports.escape import plain
from reports.formats import Language
from reports.html import Head, Row
from reports.intake import cell_text
from reports.words import say
from reports.words.names import column_label


def show(united: pipeline.United, language: Language) -> None:
    """Lay out one example customer, its rows and what they become, and the rule of every column."""
    theme = cards.current_theme()
    title = say("united.title", language, rows=united.rows, customers=united.customers)
    subtitle = say("united.subtitle", language, customer=plain(united.example, 60))
    with cards.card(title, subtitle, key="united"):
        rules = dict(united.rules)
        heads = [
            Head("", "left"),
            *(
                Head(column_label(name, language), hint=say(f"united.rule.{rules[name]}", language))
                for name in united.example_columns
            ),
        ]
        rows = [
            Row([say("united.row", language, n=number), *_cells(united, values, language)])
            for number, values in enumerate(united.example_rows, 1)
        ]
        result = [say("united.result", language), *_cells(united, united.example_result, language)]
        cards.data_table(heads, [*rows, Row(result, is_strong=True)], caption=title)
        how = [
            Row([column_label(name, language), say(f"united.rule.{rule}", language)])
            for name, rule in united.rules
        ]
        folded = say("united.rules", language)
        cards.folded(folded, html.table([Head("", "left"), Head("", "left")], how, theme, caption=folded))


def _cells(united: pipeline.United, values: tuple[object, ...], language: Language) -> list[str]:
    return [
        cell_text(value, name, language) for name, value in zip(united.example_columns, values, strict=True)
    ]
