"""Photograph every page: light and dark, 1440 and 400 pixels, English and Chinese.

``make screenshots`` writes them into ``screenshots/`` to be looked at; names of pages as
arguments take only those.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.browser.server import chromium, running_server, settled

PAGES = (
    "", "segments", "customers", "value", "tiers", "movers", "proposals", "robustness", "applicants", "limits", "returns",
    "risk", "scorecard", "acquisition", "changes", "stability", "backtest", "portfolios", "policies", "assumptions",
)  # fmt: skip
VIEWS = {
    "risk": "risk_view",
    "returns": "returns_view",
    "acquisition": "acquisition_view",
    "policies": "policies_view",
    "applicants": "applicants_view",
    "backtest": "backtest_view",
}
"""Pages of several views, and the key of the words that switch them."""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    out = Path("screenshots")
    out.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "home") as address,
        chromium() as browser,
    ):
        for theme, width, language in itertools.product(THEMES, (1440, 400), ("en", "zh")):
            context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)
            page = context.new_page()
            for name in sys.argv[1:] or PAGES:
                page.goto(f"{address}/{name}?lang={language}")
                settled(page)
                if name == "tiers":
                    page.wait_for_function("() => globalThis.stratumBoard?.answer({})")
                for view in _views(page, name):
                    if view:
                        page.locator(f".st-key-w_{VIEWS[name]} button").nth(int(view) - 1).click()
                        settled(page)
                    photograph(
                        page, width, out / f"{name or 'overview'}{view}-{theme}-{width}-{language}.png"
                    )
            context.close()


def _views(page: Page, name: str) -> list[str]:
    """Number a page's views from 1; one without a number when it has no more."""
    if name not in VIEWS:
        return [""]
    return [str(at + 1) for at in range(page.locator(f".st-key-w_{VIEWS[name]} button").count())]


def photograph(page: Page, width: int, path: Path) -> None:
    """Take a page at its whole height."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": int(height) + 20})
    settled(page)
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 1000})


if __name__ == "__main__":
    main()
