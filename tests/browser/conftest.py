from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.server import chromium, running_server

PERSON_HEADER = "X-Person"
"""Header by which a test says who sits at the browser."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("browser") / "home"
    with running_server(home, STRATUM_USER_HEADER=PERSON_HEADER) as address:
        yield address


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[str]:
    """A server of its own, for a test that leaves behind what every other would see."""
    with running_server(tmp_path / "home", STRATUM_USER_HEADER=PERSON_HEADER) as address:
        yield address


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    yield from _page_of(browser, server)


@pytest.fixture
def own_page(browser: Browser, own_server: str) -> Iterator[Page]:
    yield from _page_of(browser, own_server)


def _page_of(browser: Browser, address: str) -> Iterator[Page]:
    # Drafts outlive a visit, so every test is somebody else.
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000},
        base_url=address,
        accept_downloads=True,
        extra_http_headers={PERSON_HEADER: f"tester-{uuid.uuid4().hex[:8]}"},
    )
    yield context.new_page()
    context.close()
