"""Proposals in a real browser: a point of the frontier clicked, a limit that can't be met, a draft taken."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import settled

pytestmark = pytest.mark.browser


def test_a_click_on_the_frontier_takes_its_policy_as_the_draft(page: Page, server: str) -> None:
    page.goto(f"{server}/proposals")
    settled(page)
    chart = page.locator(".st-key-frontier-chart .scatterlayer .trace").first
    chart.locator(".points path").nth(3).click(force=True)
    expect(page.get_by_text("The draft is now this policy.").first).to_be_visible(timeout=30_000)
    settled(page)
    expect(page.locator(".st-key-frontier-chart").get_by_text("draft", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Tiers", exact=True).click()
    settled(page)
    expect(page.get_by_role("button", name="Reset to policy in force")).to_be_enabled()


def test_limits_that_can_not_be_met_are_named_and_nothing_is_lost(page: Page, server: str) -> None:
    page.goto(f"{server}/proposals")
    settled(page)
    field = page.get_by_role("spinbutton", name="Capital at most")
    before = field.input_value()
    field.fill("1")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_text("can't be met: the least that any policy reaches is").first).to_be_visible(
        timeout=30_000
    )
    field.fill("")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_role("button", name="Take it as the draft").first).to_be_enabled(timeout=30_000)
    assert float(before) > 1
    expect(page.get_by_role("spinbutton", name="Customers moved at most")).to_have_value("600")
