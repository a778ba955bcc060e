"""The app as people use it, in a real browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import READY, running_server, settled

pytestmark = pytest.mark.browser

PAGES = ("", "segments", "customers", "tiers", "risk", "scorecard", "portfolios", "policies")
FILES = (
    "shell",
    "overview",
    "state",
    "context",
    "cards",
    "decide/tiers",
    "pages/shell",
    "overview/overview",
    "shell.py",
)

HOSTILE = (
    "<img src=http://evil.example/a.png onerror=alert(1)>",
    "![pay](http://evil.example/b.png) [me](http://evil.example/c)",
    "=cmd|' /C calc'!A0",
    "\u202egnirts desrever",
    ":red[red] $x^2$ `code` **bold**",
    "x" * 10_000,
)


def hostile_file(folder: Path) -> Path:
    """Customers with hostile names and sectors, and two rows that can't be used."""
    lines = ["customer_id,name,industry,exposure,pd,lgd,employees"]
    for number in range(60):
        text = HOSTILE[number % len(HOSTILE)].replace('"', "'")
        lines.append(
            f'C{number},"{text}","{text[:200]}",{1000 + number * 37},{0.002 + number / 2000},0.4,{number % 9 + 1}'
        )
    lines += [",=1+1,none,5,0.01,0.4,1", "C99,late,none,-7,0.01,0.4,1"]
    path = folder / "=hostile <b>.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_title_menu_and_context_bar(page: Page, name: str) -> None:
    page.goto(f"/{name}")
    settled(page)
    expect(page.get_by_role("link", name="Tiers")).to_be_visible()
    expect(page.get_by_text("Snapshot", exact=True).first).to_be_visible()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.parametrize("name", FILES)
def test_a_page_file_s_name_as_address_shows_the_frame_or_nothing(page: Page, name: str) -> None:
    page.goto(f"/{name}")
    page.wait_for_function(
        "document.querySelector('[data-testid=stMain] h1') || !document.querySelector('[data-testid=stMain]')",
        timeout=30_000,
    )
    if page.locator("[data-testid=stMain] h1").count():
        settled(page)
        expect(page.get_by_role("link", name="Tiers")).to_be_visible()
        expect(page.get_by_text("Snapshot", exact=True).first).to_be_visible()


def test_the_very_first_address_of_a_fresh_server_may_be_a_deep_one(browser: Browser, tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/tiers")
        settled(page)
        expect(page.get_by_role("heading", name="Where should the tiers begin?")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
        context.close()


def test_every_page_speaks_chinese(page: Page) -> None:
    page.goto("/")
    settled(page)
    page.get_by_role("radio", name="中文").or_(page.get_by_role("button", name="中文")).first.click()
    expect(page.get_by_role("link", name="客户分层")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="客户分层").click()
    expect(page.get_by_role("heading", name="各层级应从哪里开始？")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("战略客户").first).to_be_visible()


def test_a_hostile_file_goes_in_balances_and_stays_inert(
    own_page: Page, own_server: str, tmp_path: Path
) -> None:
    page = own_page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    page.goto("/portfolios")
    settled(page)
    page.locator("input[type=file]").set_input_files(hostile_file(tmp_path))
    expect(page.get_by_role("heading", name="Who is the customer?")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Take it in like this").click()
    expect(page.get_by_text("62 rows read: 60 in, 2 set aside.")).to_be_visible(timeout=90_000)
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Download the 2")).click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as saved:
        rows = list(csv.reader(saved))
    assert rows[0][:6] == ["file", "line", "column", "reason", "raw", "snapshot"]
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    for name in PAGES:
        page.get_by_role("link", name={"": "Overview"}.get(name, name.capitalize()), exact=True).click()
        page.wait_for_selector(READY)
        settled(page)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        assert page.locator("img[src*=evil]").count() == 0
        assert page.locator("a[href*=evil]").count() == 0
    hosts = {urlparse(url).hostname for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {urlparse(own_server).hostname}


def test_the_upload_route_wants_a_ticket_and_headers_guard_every_answer(page: Page, server: str) -> None:
    refused = page.request.put(f"{server}/api/upload", data=b"a,b\n1,2\n")
    assert refused.status == 403
    assert refused.json()["reason"] == "upload.no_ticket"
    answer = page.request.get(f"{server}/")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_on_a_narrow_screen_nothing_is_wider_than_it(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900}, base_url=server)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"/{name}")
        settled(page)
        width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert width <= 400, name
    context.close()
