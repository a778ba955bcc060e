"""The † of a figure: a safe link with a name, to rows the register really has."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pages.parts.groups import AFTER_TAX, YEARLY
from reports.assumptions import RULES, has_row, rule_rows
from reports.backtest import OF_INCOME
from reports.html import Cell, Head, Row, metric, table
from reports.marks import Assumed, address, keys_from, mark, marked
from reports.words import WORDS

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = '"><script>alert(1)</script>'


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.found.append(dict(attrs))


def test_hostile_words_and_keys_stay_text() -> None:
    made = mark("light", Assumed(HOSTILE, ("tax_rate", HOSTILE, "javascript:alert(1)")))
    links = Links(made)
    assert links.tags == {"a", "sup"}
    assert [link["href"] for link in links.found] == ["assumptions?about=tax_rate"]
    assert links.found[0]["aria-label"] == links.found[0]["title"] == HOSTILE


def test_a_dagger_in_a_sentence_of_data_brings_no_markup() -> None:
    made = marked(f"{HOSTILE} † {HOSTILE}", Assumed("treatments", ("treatments",)), "dark")
    assert Links(made).tags == {"a", "sup"}


@pytest.mark.parametrize("text", [None, "", "<b>", "Tax_rate", "a" * 41, "../admin", "tax rate"])
def test_what_is_no_key_is_left_out_of_an_address(text: object) -> None:
    assert keys_from(text) == ()
    assert address(keys_from(text)) == "assumptions"


def test_cells_and_figures_carry_the_link() -> None:
    cell = Cell("7 %", assumed=Assumed("interest rate", ("interest_rate",)))
    for made in (
        table([Head("a"), Head("b")], [Row(["x", cell])], "light", caption="c"),
        metric("a", cell, "", "light"),
    ):
        assert [link["data-about"] for link in Links(made).found] == ["interest_rate"]
    assert Links(metric("a", Cell("7 %"), "", "light")).found == []


def test_every_key_that_is_marked_has_a_row_and_words() -> None:
    portfolio = set(YEARLY) - set(RULES)  # in the register where a portfolio assumes them
    written = set()
    for room in ("pages", "reports"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for call in re.findall(r'rests_on\(\s*language, ((?:"[a-z_]+",? ?)+)', text):
                written |= set(re.findall(r'"([a-z_]+)"', call))
            for call in re.findall(
                r'(?:Assumed\([^()]*(?:\([^()]*\)[^()]*)*|cards\.rests_on\(.*), \(("[^)]*)\)', text
            ):
                written |= set(re.findall(r'"([a-z_]+)"', call))
    assert {
        "treatments",
        "limit_rules",
        "impairment_terms",
        "reach",
        "falling_returns",
        "contact_cost",
    } <= written
    for key in {*written, *YEARLY, *AFTER_TAX, *OF_INCOME}:
        assert f"assumption.{key}" in WORDS
        assert has_row(key, ()) or key in portfolio | {"loss_given_default"}, key


def test_every_rule_is_a_row_of_the_register() -> None:
    from segmentation.limits import LimitRules
    from segmentation.policy import built_in_policy
    from segmentation.risk.impairment import ImpairmentSettings
    from steps.assumptions import StandingRules

    rules = StandingRules(LimitRules(), "", ImpairmentSettings(), "")
    for key in RULES:
        _, plain = rule_rows(built_in_policy(), rules, 30.0, "en")
        _, asked = rule_rows(built_in_policy(), rules, 30.0, "en", (key,))
        assert asked[0].is_marked
        assert len(asked) == len(plain)
        assert not any(row.is_marked for row in plain)
