"""Risk, scorecard and customers in a real browser: what a risk officer does."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.samples.simulate import simulate
from tests.browser.server import settled

pytestmark = pytest.mark.browser


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


def test_a_file_of_applicants_is_answered_and_one_row_opens_its_reasons(
    page: Page, server: str, tmp_path: Path
) -> None:
    frame = simulate(1, customers=12, seed=5)[
        ["customer_id", "name", "exposure", "ebitda", "credit_score", "years_in_business", "defaulted"]
    ]
    frame.to_csv(tmp_path / "deals.csv", index=False)
    page.goto(f"{server}/applicants")
    settled(page)
    choose(page, "A file of deals")
    page.locator("input[type=file]").set_input_files(tmp_path / "deals.csv")
    expect(page.get_by_text("12 rows read: 12 in, 0 set aside.")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("Not used, because")).to_contain_text("defaulted")
    expect(page.get_by_role("heading", name="What raises or lowers its score?")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all answers").click()
    head, *rows = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert {"tier", "limit_proposed", "price", "tier_draft"} <= set(head.split(","))
    assert len(rows) == 12
