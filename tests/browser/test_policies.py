"""A policy's way in a real browser: moved by one, still there after the browser closed, approved by another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PERSON_HEADER
from tests.browser.server import settled

pytestmark = pytest.mark.browser


def visit(browser: Browser, server: str, person: str, path: str) -> Page:
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, base_url=server, extra_http_headers={PERSON_HEADER: person}
    )
    page = context.new_page()
    page.goto(path)
    settled(page)
    return page


def look_at(page: Page, view: str) -> None:
    page.locator(".st-key-w_policies_view button", has_text=view).click()
    settled(page)


def test_one_moves_and_proposes_another_approves_and_nobody_their_own(
    browser: Browser, own_server: str
) -> None:
    ann = visit(browser, own_server, "ann", "/tiers")
    slider = ann.get_by_role("slider", name=re.compile("Strategic from"))
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    ann.wait_for_url(re.compile("t1=134"), timeout=30_000)
    ann.context.close()

    ann = visit(browser, own_server, "ann", "/policies")
    expect(ann.get_by_text("Strategic begins at 67 instead of 65 points.")).to_be_visible(timeout=30_000)
    look_at(ann, "Propose and approve")
    name = ann.get_by_label("Name of the proposal")
    name.fill("Autumn")
    name.press("Tab")
    settled(ann)
    ann.get_by_role("button", name="Propose it").click()
    expect(ann.get_by_text("“Autumn” is put forward.")).to_be_visible(timeout=30_000)
    expect(ann.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    expect(ann.get_by_text("somebody else has to approve it")).to_be_visible()

    ben = visit(browser, own_server, "ben", "/policies")
    look_at(ben, "Propose and approve")
    ben.get_by_role("button", name="Approve", exact=True).click()
    expect(ben.get_by_text(re.compile("“Autumn” is in force since .*, approved by ben"))).to_be_visible(
        timeout=30_000
    )
    look_at(ben, "History")
    expect(ben.get_by_role("heading", name="Should an earlier policy hold again?")).to_be_visible()
    expect(ben.locator("[data-testid=stException]")).to_have_count(0)
    for page in (ann, ben):
        page.context.close()
