"""The board by mouse, key, touch and typing; its figures are the server's, by ==."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import pipeline
from segmentation.tiers import tier_board
from tests.browser.conftest import PERSON_HEADER
from tests.browser.server import running_server, settled
from tests.pages.board_records import answered, expected, record
from tests.pages.test_board import random_policy

pytestmark = pytest.mark.browser

IN_FORCE = {"strategic": "65", "core": "50"}
SLOW = 60_000
"""The machine may be busy; what is waited for is always a word or a value, never a time."""


def opened(page: Page, address: str = "/tiers") -> Page:
    page.goto(address)
    settled(page)
    expect(line(page, "Strategic")).to_have_attribute("aria-valuenow", re.compile(r"\d"), timeout=SLOW)
    return page


def line(page: Page, tier: str) -> Locator:
    return page.get_by_role("slider", name=f"{tier} from a value score of")


def gate(page: Page, lifecycle: str, tier: str) -> Locator:
    return page.get_by_role("slider", name=f"{lifecycle}: {tier} up to a PD of")


def now(handle: Locator, value: str) -> None:
    expect(handle).to_have_attribute("aria-valuenow", value, timeout=SLOW)


def customers(page: Page, tier: str) -> int:
    row = page.locator(f"tr[data-tier={tier}] td .figure")
    return int(row.first.inner_text().replace(",", ""))


def middle(handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_dragged_line_repaints_while_it_moves_is_told_when_let_go_and_taken_back_by_escape(
    page: Page,
) -> None:
    opened(page)
    before, total = customers(page, "Strategic"), customers(page, "Total")
    core = line(page, "Core")
    page.mouse.move(*middle(core))
    page.mouse.down()
    page.mouse.move(*[place - 60 for place in middle(core)], steps=5)
    expect(core).not_to_have_attribute("aria-valuenow", IN_FORCE["core"])
    page.keyboard.press("Escape")
    now(core, IN_FORCE["core"])
    page.mouse.up()
    expect(page.get_by_text("This is the policy in force.").first).to_be_visible()
    strategic = line(page, "Strategic")
    x, y = middle(strategic)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=8)
    expect(page.get_by_text(re.compile("Strategic shrinks from"))).to_be_visible()
    assert "t1=" not in page.url
    held = strategic.get_attribute("aria-valuenow")
    assert float(held or 0) > 65
    assert customers(page, "Strategic") < before
    assert customers(page, "Total") == total
    page.mouse.up()
    page.wait_for_url(re.compile(f"t1={int(float(held or 0) * 2)}&"), timeout=SLOW)
    now(strategic, held or "")
    policy = page.locator(".st-key-context-bar").get_by_role("combobox", name=re.compile("Policy"))
    expect(policy).to_have_value("built-in policy (draft)", timeout=SLOW)
    page.get_by_role("button", name="Propose this policy").click()
    page.wait_for_url(re.compile("/policies"), timeout=SLOW)


def test_keys_typing_undo_redo_and_reset_and_what_is_no_number_moves_nothing(page: Page) -> None:
    opened(page)
    strategic, core = line(page, "Strategic"), line(page, "Core")
    strategic.focus()
    for _ in range(4):
        strategic.press("ArrowRight")
    now(strategic, "67")
    page.wait_for_url(re.compile("t1=134"), timeout=SLOW)
    page.get_by_role("spinbutton", name="Core from a value score of").fill("70.2")
    page.keyboard.press("Enter")
    now(core, "70")
    now(strategic, "70")  # pushed along
    mature = gate(page, "Mature", "Core")
    mature.focus()
    mature.press("PageDown")
    expect(mature).to_have_attribute("aria-valuetext", re.compile(r"up to a PD of 2\.1"), timeout=SLOW)
    page.get_by_role("textbox", name="Start-up: Strategic up to a PD of").fill("0")
    page.keyboard.press("Enter")
    expect(gate(page, "Start-up", "Strategic")).to_have_attribute("aria-valuetext", "closed: nobody passes")
    page.wait_for_url(re.compile(r"gates=-1\.38"), timeout=SLOW)
    typed = page.get_by_role("textbox", name="Mature: Core up to a PD of")
    typed.fill("eight")
    typed.press("Enter")
    expect(typed).to_have_attribute("aria-invalid", "true")
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
    page.keyboard.press("Control+z")
    now(strategic, "67")
    now(core, "50")
    page.get_by_role("button", name="Redo").click()
    now(core, "70")
    page.get_by_role("button", name="Reset to policy in force").click()
    now(strategic, IN_FORCE["strategic"])
    page.wait_for_url(re.compile(r"/tiers$"), timeout=SLOW)
    expect(page.get_by_text("This is the policy in force.").first).to_be_visible()
    expect(page.get_by_role("button", name="Reset to policy in force")).to_be_disabled()


def test_lines_survive_leaving_back_and_a_shared_link(page: Page, browser: Browser, server: str) -> None:
    opened(page)
    strategic = line(page, "Strategic")
    strategic.focus()
    strategic.press("PageUp")
    page.wait_for_url(re.compile("t1=140"), timeout=SLOW)
    settled(page)
    figures, link = customers(page, "Strategic"), page.url
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("Who earns the profit?")).to_be_visible(timeout=SLOW)
    page.go_back()
    now(line(page, "Strategic"), "70")
    other = browser.new_context(base_url=server, extra_http_headers={PERSON_HEADER: "a colleague"})
    shared = opened(other.new_page(), link)
    now(line(shared, "Strategic"), "70")
    assert customers(shared, "Strategic") == figures
    other.close()
    # The steps of this visit are still there to be taken back.
    page.get_by_role("button", name="Undo").click()
    now(line(page, "Strategic"), IN_FORCE["strategic"])


def test_a_treatment_renews_the_cube_and_can_be_taken_back_on_the_board(page: Page) -> None:
    opened(page)
    price = page.get_by_role("spinbutton", name="Core: Price change, basis points")
    price.fill("50")
    price.press("Enter")
    expect(page.get_by_text(re.compile("Strategic keeps its .* Expected loss")).first).to_be_visible(
        timeout=SLOW
    )
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("This is the policy in force.").first).to_be_visible()
    expect(price).to_have_value("0", timeout=SLOW)


def test_a_finger_moves_a_line_on_a_narrow_screen_and_scrolls_beside_it(
    browser: Browser, server: str
) -> None:
    context = browser.new_context(
        viewport={"width": 400, "height": 860}, base_url=server, has_touch=True, is_mobile=True,
        extra_http_headers={PERSON_HEADER: "a finger"},
    )  # fmt: skip
    page = opened(context.new_page())
    strategic = line(page, "Strategic")
    strategic.scroll_into_view_if_needed()
    x, y = middle(strategic)
    finger = context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": px, "y": py} for px, py in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (x, y))
    for part in range(1, 9):
        touch("touchMove", (x + 5 * part, y + part))
    touch("touchEnd")
    page.wait_for_url(re.compile(r"t1=\d+"), timeout=SLOW)
    assert float(strategic.get_attribute("aria-valuenow") or 0) > 65
    assert page.locator(".plot .handle.core").evaluate("e => getComputedStyle(e).touchAction") == "none"
    assert page.locator(".plot").evaluate("e => getComputedStyle(e).touchAction") == "auto"
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 400
    context.close()


@pytest.fixture
def untouched(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a server of its own: other tests put weights and policies in force on the shared one."""
    (tmp_path / "own").mkdir()
    with running_server(tmp_path / "own" / "home") as address:
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=address)
        yield context.new_page()
        context.close()


def test_500_random_policies_in_the_browser_are_the_server_s(
    untouched: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = untouched
    opened(page)
    monkeypatch.setenv("STRATUM_HOME", str(tmp_path / "home"))
    pipeline.close_current_house()
    house = pipeline.current_house()
    snapshot = pipeline.find_snapshot(house, None)
    assert snapshot is not None
    scored = pipeline.open_scored(house, snapshot.snapshot_id)
    in_force = pipeline.policy_in_force(house)
    cube = pipeline.cube_of(house, scored, in_force, in_force)
    pipeline.close_current_house()
    dice = random.Random(500)
    policies = [in_force, *(random_policy(dice, in_force) for _ in range(499))]
    answers = page.evaluate(
        "policies => policies.map(policy => stratumBoard.answer(policy))",
        [record(policy) for policy in policies],
    )
    for policy, answer in zip(policies, answers, strict=True):
        assert answered(answer) == expected(tier_board(cube, policy, in_force), scored.model.returns)
