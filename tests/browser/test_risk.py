"""Risk, scorecard and customers in a real browser: what a risk officer does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(
        page.locator("[data-testid=stButtonGroup] button", has_text=name)
    ).first.click()
    settled(page)


def test_every_view_of_risk_opens_and_none_fails(page: Page, server: str) -> None:
    page.goto(f"{server}/risk")
    settled(page)
    for name, title in (
        ("Limits", "Are we within our limits?"), ("Where it comes from", "Where does each PD come from?"),
        ("IFRS 9", "In which stage do customers stand?"), ("Concentration", "Which are the largest?"),
        ("Overlays", "What do we know that the model does not?"),
    ):  # fmt: skip
        choose(page, name)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_a_simulation_shows_its_progress_and_its_parts_add_up(page: Page, server: str) -> None:
    page.goto(f"{server}/risk")
    settled(page)
    choose(page, "A bad year")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_role("heading", name="Who makes the bad year bad?")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("100.0 %")).to_be_visible()


def test_a_break_taken_out_shows_the_points_before_and_can_be_put_back(page: Page, server: str) -> None:
    page.goto(f"{server}/scorecard")
    settled(page)
    page.locator("[data-testid=stMultiSelect] input").focus()
    page.keyboard.press("Backspace")
    settled(page)
    expect(page.get_by_text("1 characteristic edited, not used yet")).to_be_visible(timeout=20_000)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back to the fitted bins").click()
    settled(page)
    expect(page.get_by_text("1 characteristic edited, not used yet")).to_have_count(0)


def test_a_search_leads_to_one_customer_and_why_its_tier(page: Page, server: str) -> None:
    page.goto(f"{server}/customers")
    settled(page)
    page.get_by_role("textbox", name="Search").fill("C000012")
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(page.get_by_text("1 customer shown, largest first")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", name="What raises or lowers its score?")).to_be_visible()
