"""The † of a figure leads to the assumption it rests on, inside the visit, by mouse and by keyboard."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import settled

FILTER = '{"region":["Bayern"]}'
pytestmark = pytest.mark.browser


def opened(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)


def marks(page: Page) -> Locator:
    return page.locator("[data-testid=stMain] a[data-about]", has_text="†").locator("visible=true")


def at_the_register(page: Page) -> dict[str, list[str]]:
    page.wait_for_url("**/assumptions?*")
    settled(page)
    expect(page.get_by_role("heading", name="What do the figures rest on?")).to_be_visible(timeout=30_000)
    return parse_qs(urlsplit(page.url).query)


def test_a_mark_in_a_card_leads_to_its_rows_and_keeps_the_visit(page: Page, server: str) -> None:
    opened(page, f"{server}/?unit=1e3")
    page.evaluate("window.sameVisit = true")
    mark = marks(page).first
    keys = str(mark.get_attribute("data-about")).split(",")
    mark.click()
    asked = at_the_register(page)
    assert page.evaluate("window.sameVisit") is True, "the page was loaded anew"
    assert (asked["about"], asked["unit"]) == ([",".join(keys)], ["1e3"])
    expect(page.get_by_text("The figure you come from rests on")).to_be_visible()
    first = page.locator("[data-testid=stMain] table tbody tr").first
    expect(first).to_have_attribute("aria-selected", "true")


def test_a_mark_in_a_table_works_by_keyboard_and_has_a_name(page: Page, server: str) -> None:
    opened(page, f"{server}/limits")
    mark = page.get_by_role("link", name="what a credit limit asks").first
    mark.focus()
    page.keyboard.press("Enter")
    assert at_the_register(page)["about"] == ["limit_rules"]
    row = page.get_by_role("row", name="what a credit limit asks")
    expect(row).to_have_attribute("aria-selected", "true")


def test_a_filter_stays_and_another_page_forgets_the_question(page: Page, server: str) -> None:
    opened(page, f"{server}/limits?filter={quote(FILTER)}")
    page.get_by_role("link", name="what a credit limit asks").first.click()
    assert at_the_register(page)["filter"] == [FILTER]
    page.get_by_role("link", name="Value", exact=True).click()
    page.wait_for_url("**/value*")
    settled(page)
    page.get_by_role("link", name="Assumptions", exact=True).click()
    page.wait_for_url("**/assumptions*")
    settled(page)
    expect(page.get_by_text("The figure you come from rests on")).to_have_count(0)
    assert "about" not in parse_qs(urlsplit(page.url).query)


def test_a_new_tab_shows_the_same_of_the_same(page: Page, server: str) -> None:
    opened(page, f"{server}/limits?lang=zh")
    mark = marks(page).first
    mark.hover()
    with page.context.expect_page() as other:
        mark.click(modifiers=["ControlOrMeta"])
    there = other.value
    there.wait_for_url("**/assumptions?*")
    settled(there)
    assert parse_qs(urlsplit(there.url).query)["lang"] == ["zh"]
    expect(there.get_by_text("您查看的数字依赖")).to_be_visible(timeout=30_000)
    there.close()


def test_a_mark_of_the_board_leads_there_too(page: Page, server: str) -> None:
    opened(page, f"{server}/tiers")
    page.wait_for_function("() => globalThis.stratumBoard?.answer({})")
    ratio = page.locator("td a.mark[data-about]").locator("visible=true").first
    assert str(ratio.get_attribute("data-about")).split(",") == ["treatments", "tax_rate", "risk_free_rate"]
    # All of the table's figures are under treatment: its own line says so, and leads there.
    page.locator("a.mark.treated").click()
    assert at_the_register(page)["about"] == ["treatments"]
    expect(page.get_by_role("row", name="what each tier gets").first).to_have_attribute(
        "aria-selected", "true"
    )
