"""A column that sounds known only afterwards: asked about when a file is taken in, and a person's word counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import settled

pytestmark = pytest.mark.browser
SLICE = Path(__file__).parent.parent / "slices" / "bank-2060.csv.gz"


def test_a_person_says_that_a_call_s_length_is_known_before(own_page: Page) -> None:
    page = own_page
    page.goto("/portfolios")
    settled(page)
    page.locator("input[type=file]").set_input_files(SLICE)
    expect(page.get_by_role("heading", name="When is this known?")).to_be_visible(timeout=30_000)
    asked = page.locator("[data-testid=stSelectbox]", has_text="When is “duration” known?")
    asked.get_by_role("combobox").click()
    page.get_by_role("option", name="Before a decision: it may be used").click()
    settled(page)
    page.get_by_role("button", name="Take it in like this").click()
    expect(page.get_by_text("2,060 rows read: all in").first).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Segments", exact=True).click()
    page.wait_for_url("**/segments*")
    settled(page)
    page.locator("[data-testid=stPopover] button", has_text="Features and weights").click()
    expect(page.get_by_role("button", name="Remove Duration")).to_have_count(1, timeout=30_000)
    # The campaign's answer was left as it looks: no feature.
    expect(page.get_by_role("button", name="Remove Y", exact=True)).to_have_count(0)
