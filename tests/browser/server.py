"""A freshly started server with an empty home, and a Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
READY = "[data-testid=stApp][data-test-script-state=notRunning]"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(home: Path, **settings: str) -> Iterator[str]:
    """Start the app as a user does, wait until it says it is ready, give its address."""
    port = free_port()
    environment = {**os.environ, "STRATUM_HOME": str(home), **settings}
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    with (home.parent / f"server-{port}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_ready(address: str, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    """Ask the health route until it says ready; the server's own word, not a guess at time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=5) as answer:
                if b"ready" in answer.read():
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass  # not listening yet: ask again
        time.sleep(0.2)
    raise AssertionError("the server did not become ready")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open the Chromium that tests/browser/chromium.sh found or installed."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def settled(page: Page) -> None:
    """Wait until the script has run and the page stands."""
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_selector("[data-testid=stMain] h1", timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=stSpinner]')", timeout=60_000)
