"""Returns, value, acquisition and changes in a real browser: what managers and finance do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import settled

pytestmark = pytest.mark.browser


def opened(page: Page, server: str, name: str) -> None:
    page.goto(f"{server}/{name}")
    settled(page)


def choose(page: Page, name: str) -> None:
    page.locator("[data-testid=stButtonGroup] button", has_text=name).first.click()
    settled(page)


def sound(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title).first).to_be_visible(timeout=30_000)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)


def test_every_view_of_returns_opens_and_none_fails(page: Page, server: str) -> None:
    opened(page, server, "returns")
    for name, title in (
        ("From income to profit", "Where does the income go?"), ("By group", "Which groups earn their capital?"),
        ("Below the hurdle", "Who doesn't earn its capital?"), ("The next 10 million", "Where does the next money earn most?"),
        ("Against the ledger", "Does finance see the same?"),
    ):  # fmt: skip
        choose(page, name)
        sound(page, title)
    choose(page, "By group")
    for dimension in ("Segment", "Industry", "Region", "Customer class", "Channel"):
        choose(page, dimension)
        sound(page, "Which groups earn their capital?")


def test_a_figure_opens_its_formula_and_its_largest_parts(page: Page, server: str) -> None:
    opened(page, server, "returns")
    page.locator("summary", has_text="Risk-adjusted profit = income").click()
    expect(page.get_by_text("Largest in profit:").locator("visible=true")).to_have_count(1)


def test_who_lies_below_the_hurdle_is_listed_by_region_and_as_a_file(page: Page, server: str) -> None:
    opened(page, server, "returns")
    choose(page, "Below the hurdle")
    sound(page, "Who doesn't earn its capital?")
    choose(page, "Region")
    sound(page, "Who are they?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list").click()
    head = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()[0]
    assert head.startswith("customer_id,name,tier,segment,industry,region,exposure_at_default")


def test_ledger_totals_are_compared_and_kept(page: Page, server: str) -> None:
    opened(page, server, "returns")
    choose(page, "Against the ledger")
    page.get_by_role("spinbutton", name="Loan-loss allowance").fill("150000000")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("differs")).to_be_visible(timeout=20_000)
    page.reload()
    settled(page)
    choose(page, "Against the ledger")
    expect(page.get_by_text("differs")).to_be_visible(timeout=20_000)


def test_limits_that_clash_are_named(page: Page, server: str) -> None:
    opened(page, server, "returns")
    choose(page, "The next 10 million")
    for name, value in (("Capital at most (% of it)", "0.5"), ("Strategic at least (%)", "50")):
        page.get_by_role("spinbutton", name=name).fill(value)
        page.keyboard.press("Enter")
        settled(page)
    sound(page, "These limits can't be met together")
    expect(page.get_by_text("capital at most: giving way by")).to_be_visible()


def test_other_weights_show_who_would_move_and_can_be_put_in_force(page: Page, server: str) -> None:
    opened(page, server, "value")
    sound(page, "What is the scale, and how has it aged?")
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    settled(page)
    page.get_by_role("button", name="Show who would move").click()
    expect(page.get_by_role("heading", name="Who would move?")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("heading", name="Who would move?")).to_have_count(0, timeout=60_000)
    settled(page)
    # Back again: other tests look at the same lender.
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    settled(page)
    page.get_by_role("button", name="Show who would move").click()
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("heading", name="Who would move?")).to_have_count(0, timeout=60_000)
    sound(page, "What is the scale, and how has it aged?")


def test_a_direction_is_turned_round_tried_and_put_back(page: Page, server: str) -> None:
    opened(page, server, "value")
    page.get_by_text("Within each part: weights and directions").click()
    ways = page.get_by_role("radiogroup", name="Which way is better: Use of the limit")
    expect(ways.get_by_role("radio", name="lower")).to_be_checked()
    # What its meaning settles has no switch.
    expect(page.get_by_role("radiogroup", name="Which way is better: Probability of default")).to_have_count(
        0
    )
    ways.get_by_role("radio", name="higher").click()
    settled(page)
    page.get_by_role("button", name="Show who would move").click()
    expect(page.get_by_text("Other directions than now: Use of the limit (higher is better).")).to_be_visible(
        timeout=30_000
    )
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("have moved since")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Put in force")).to_have_count(0)
    page.get_by_role("button", name="Back to what is in force").click()
    expect(page.get_by_role("heading", name="Who would move?")).to_have_count(0, timeout=20_000)
    expect(ways.get_by_role("radio", name="lower")).to_be_checked()


def test_a_response_model_leads_to_a_list(page: Page, server: str) -> None:
    opened(page, server, "acquisition")
    sound(page, "Which customers are worth winning?")
    choose(page, "Whom to call")
    expect(page.get_by_text("Fit a response model first")).to_be_visible(timeout=20_000)
    choose(page, "Who responds")
    page.get_by_role("button", name="Fit a response model").click()
    expect(page.get_by_role("heading", name="How many answers do the first calls bring?")).to_be_visible(
        timeout=90_000
    )
    choose(page, "Whom to call")
    sound(page, "Where does a budget bring most?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list").click()
    head = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert head.startswith("customer_id,name,segment,tier,offer,response_probability")
    choose(page, "Offers")
    sound(page, "What do we offer whom?")


def test_a_movement_shows_each_measure(page: Page, server: str) -> None:
    opened(page, server, "changes")
    for measure in ("Exposure", "Capital", "Profit", "ROI", "Expected loss"):
        choose(page, measure)
        sound(page, "What moved it?")


def test_limits_and_assumptions_open_and_an_assumption_needs_a_source(page: Page, server: str) -> None:
    opened(page, server, "limits")
    sound(page, "Whose limit moves most?")
    opened(page, server, "assumptions")
    sound(page, "Which, from where, for how much?")
    page.get_by_text("Change the figures").click()
    page.get_by_role("button", name="Put in force and score anew").click()
    expect(page.get_by_text("Change a figure and say where it comes from.")).to_be_visible(timeout=90_000)


def test_a_customer_s_score_is_taken_apart(page: Page, server: str) -> None:
    opened(page, server, "customers")
    sound(page, "What makes the value score?")
    expect(page.get_by_text("Lifetime value").first).to_be_visible()
