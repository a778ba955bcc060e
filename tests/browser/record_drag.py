"""Record twenty seconds of the board as a small animated image for the README.

    python -m tests.browser.record_drag [FILE]

By default `docs/drag.webp`. The lines and a gate are moved with real mouse events and keys;
each picture is taken once the board has painted, so the film shows what the figures say.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize

from tests.browser.server import ROOT, chromium, running_server, settled

WINDOW: ViewportSize = {"width": 1440, "height": 1000}
SIDEBAR = 282
"""Pixels on the left that are not in the film."""
SHOWN = (868, 750)
"""Pixels of the film."""
FRAME = 100
"""Milliseconds a picture stands while something moves."""
REST = 1_400
LARGEST = 2_000_000
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

Film = list[tuple[Image.Image, int]]


def main(path: Path) -> None:
    """Record and write."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "home") as address,
        chromium() as browser,
    ):
        page = browser.new_page(viewport=WINDOW)
        page.goto(f"{address}/tiers")
        settled(page)
        page.wait_for_function("() => globalThis.stratumBoard?.answer({})")
        page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 165)")
        film = list(scenes(page))
    write(film, path)
    seconds = sum(time for _, time in film) / 1000
    sys.stdout.write(f"{path}: {len(film)} pictures, {seconds:.0f} s, {path.stat().st_size / 1e6:.2f} MB\n")


def scenes(page: Page) -> Iterator[tuple[Image.Image, int]]:
    """The Strategic line up and down, the Core line, a gate, then back to the policy in force."""
    line = "{} from a value score of"
    strategic = page.get_by_role("slider", name=line.format("Strategic"))
    core = page.get_by_role("slider", name=line.format("Core"))
    gate = page.get_by_role("slider", name="Mature: Strategic up to a PD of")
    yield picture(page), REST
    yield from dragged(page, strategic, (60, -40))
    yield from dragged(page, core, (-110, 40))
    yield from dragged(page, gate, (-60,))
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        yield picture(page), 2 * FRAME
    yield picture(page), REST
    page.get_by_role("button", name="Reset to policy in force").click()
    yield picture(page), REST


def dragged(page: Page, handle: Locator, stops: tuple[int, ...]) -> Iterator[tuple[Image.Image, int]]:
    """Drag a handle from stop to stop, pixels from where it was; a picture every few pixels."""
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    at = 0
    for stop in stops:
        pace = 5 if stop > at else -5
        for offset in [*range(at, stop, pace), stop]:
            page.mouse.move(x + offset, y)
            yield picture(page), FRAME
        at = stop
    page.mouse.up()
    yield picture(page), REST


def picture(page: Page) -> Image.Image:
    """Photograph what stands on the screen once it is painted."""
    page.evaluate(PAINTED)
    part = {"x": SIDEBAR, "y": 0, "width": WINDOW["width"] - SIDEBAR, "height": WINDOW["height"]}
    photo = Image.open(io.BytesIO(page.screenshot(clip=part))).convert("RGB")
    return photo.resize(SHOWN, Image.Resampling.LANCZOS)


def write(film: Film, path: Path) -> None:
    """Write the film as WebP, in the best quality that stays below two megabytes."""
    pictures, times = [image for image, _ in film], [time for _, time in film]
    for quality in (80, 65, 50, 35):
        pictures[0].save(
            path, save_all=True, append_images=pictures[1:], duration=times, loop=0, quality=quality, method=4
        )
        if path.stat().st_size < LARGEST:
            return
    raise AssertionError(f"{path} is larger than {LARGEST / 1e6:.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "drag.webp")
