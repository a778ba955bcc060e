"""Photograph every page: light and dark, 1440 and 400 pixels, English and Chinese.

``make screenshots`` writes them into ``screenshots/`` to be looked at.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Literal

from tests.browser.server import chromium, running_server, settled

PAGES = ("", "segments", "customers", "tiers", "risk", "scorecard", "portfolios")
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
            for name in PAGES:
                page.goto(f"{address}/{name}?lang={language}")
                settled(page)
                height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
                page.set_viewport_size({"width": width, "height": int(height) + 20})
                settled(page)
                page.screenshot(path=out / f"{name or 'overview'}-{theme}-{width}-{language}.png")
                page.set_viewport_size({"width": width, "height": 1000})
            context.close()


if __name__ == "__main__":
    main()
