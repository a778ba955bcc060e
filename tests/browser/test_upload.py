"""A file sent, taken in, cancelled, refused: as people do it, in a real browser."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import running_server, settled

pytestmark = pytest.mark.browser

HEADER = "customer_id,exposure,pd,employees\n"
SMALL = HEADER + "".join(f"S{number},{1000 + number},0.0{number % 9 + 1},{number}\n" for number in range(40))
READING = re.compile(r"Reading: [\d,]+ rows so far, about \d+ \w+ left")
QUESTIONS = re.compile("Who is the customer")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def opened(browser: Browser, home: Path) -> Iterator[Page]:
    """Somebody at the Portfolios page of a fresh server without samples."""
    with running_server(home, STRATUM_SAMPLES="false") as address:
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=address)
        page = context.new_page()
        page.goto("/portfolios")
        settled(page)
        yield page
        context.close()


@pytest.fixture
def visitor(browser: Browser, home: Path) -> Iterator[Page]:
    with opened(browser, home) as page:
        yield page


def long_file(folder: Path) -> Path:
    """Eight million rows that read for seconds; packed, so that they are made and sent in one."""
    block = "".join(
        f"L{number},{1000 + number % 977},0.0{number % 9 + 1},{number % 50}\n" for number in range(200_000)
    )
    path = folder / "long.csv.gz"
    packed = gzip.compress(block.encode(), 1)
    path.write_bytes(gzip.compress(HEADER.encode()) + packed * 40)
    return path


def small_file(folder: Path) -> Path:
    path = folder / "small.csv"
    path.write_text(SMALL, encoding="utf-8")
    return path


def choose(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)


def take_in(page: Page, path: Path) -> None:
    choose(page, path)
    expect(page.get_by_role("heading", name=QUESTIONS)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Take it in like this").click()


def contents(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_an_import_cancelled_while_rows_are_read_leaves_nothing(
    browser: Browser, home: Path, tmp_path: Path
) -> None:
    with opened(browser, home) as page:
        choose(page, long_file(tmp_path))
        expect(page.get_by_role("heading", name=QUESTIONS)).to_be_visible(timeout=60_000)
        page.get_by_text("Number the rows").click()
        settled(page)
        page.get_by_role("button", name="Take it in like this").click()
        expect(page.get_by_text(READING)).to_be_visible(timeout=60_000)
        # Nothing else can be touched meanwhile.
        expect(page.get_by_role("heading", name=QUESTIONS)).to_have_count(0)
        page.get_by_role("button", name="Cancel the import").click()

        expect(page.get_by_text("The import was cancelled while its rows were read")).to_be_visible(
            timeout=60_000
        )
        assert contents(home / "gate") == []
        expect(page.get_by_role("radio", name=re.compile("Number the rows"))).to_be_checked()
        page.get_by_role("button", name="Cancel", exact=True).click()
        expect(page.get_by_role("heading", name="Which portfolio do you want")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("None yet.")).to_be_visible()
        assert contents(home / "incoming") == []

        take_in(page, small_file(tmp_path))
        expect(page.get_by_text("40 rows read: all in.")).to_be_visible(timeout=60_000)
        assert contents(home / "incoming") == []
    # Opened past our own door, which sweeps what is left of work: there must be nothing to sweep.
    with duckdb.connect(str(home / "stratum.duckdb"), read_only=True) as kept:
        names = [name for (name,) in kept.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        snapshots = kept.execute("SELECT name FROM snapshot").fetchall()
    assert snapshots == [("small.csv",)]
    assert [name for name in names if name.startswith("work_")] == []
    assert sum(name.startswith("customers_") for name in names) == 1


def test_sending_can_be_cancelled_and_another_file_chosen_at_once(
    visitor: Page, home: Path, tmp_path: Path
) -> None:
    page, path = visitor, tmp_path / "slow.csv"
    path.write_text(HEADER + "S1,1000,0.01,5\n" * 400_000)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    line.send("Network.emulateNetworkConditions", slow)
    choose(page, path)
    expect(page.get_by_text(re.compile(r"\d+ % · [\d.]+ of 6.0 MB sent · about \d+ s left"))).to_be_visible(
        timeout=30_000
    )
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled; nothing was kept.")).to_be_visible()
    expect(page.get_by_text("The connection broke")).to_have_count(0)
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})

    # At once, before the page has its next ticket: the choice waits for it.
    take_in(page, small_file(tmp_path))
    expect(page.get_by_text("40 rows read: all in.")).to_be_visible(timeout=60_000)
    assert contents(home / "incoming") == []
    log = next(home.parent.glob("server-*.log")).read_text()
    assert "Traceback" not in log


def test_after_a_refused_file_another_can_be_chosen_at_once(
    visitor: Page, home: Path, tmp_path: Path
) -> None:
    page, refused = visitor, tmp_path / "photo.csv"
    refused.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    choose(page, refused)
    expect(page.get_by_text("This did not work")).to_be_visible(timeout=30_000)
    assert contents(home / "incoming") == []
    take_in(page, small_file(tmp_path))
    expect(page.get_by_text("40 rows read: all in.")).to_be_visible(timeout=60_000)


def test_an_empty_file_is_refused_in_the_picker_in_the_page_s_language(page: Page, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    page.goto("/portfolios")
    settled(page)
    choose(page, empty)
    expect(page.get_by_role("status")).to_contain_text("This file is empty")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("status")).to_contain_text("文件为空", timeout=30_000)
