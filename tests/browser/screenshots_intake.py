"""Photograph how a file comes in: refusals, questions, mapping, account, mended rows, quality report.

``make screenshots`` writes them into ``screenshots/`` beside the pages.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.screenshots import THEMES, photograph
from tests.browser.server import chromium, running_server, settled

SLICES = Path(__file__).resolve().parent.parent / "data" / "ingest" / "slices"
LEDGER = (
    "客户编号,合同号,贷款余额（万元）,年利率,放款日期,主要客户号,违约标志\n"
    + "".join(f"K{n % 400},H{n},{n + 1},{3 + n % 4}.5%,2024/{n % 12 + 1}/{n % 28 + 1},A{n % 3},{'是' if n % 9 == 0 else '否'}\n" for n in range(600))
    + "K1,H9,,4.5%,2024/1/1,A1,否\n,H10,12,4.5%,2024/1/1,A1,否\nK3,H11,-5,4.5%,2024/1/1,A1,否\n"
)  # fmt: skip
REFUSED = {
    "picture": ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    "two-names": ("book.csv", "客户号,余额,余额\na,1,2\n".encode()),
    "no-row": ("blank.csv", b"customer_id,exposure,name\n" + b",1,x\n" * 40),
}
TAKE = re.compile("Take it in like this|按此导入")
MAPPING = re.compile("Show the mapping|查看字段映射")
QUALITY = re.compile("See the whole quality report|查看完整质量报告")
DOWNLOAD = re.compile("^Download the|^下载这")
CANCEL = re.compile("^(Cancel|取消)$")
AGAIN = re.compile("Read them again|重新读取")
GOOD = re.compile("How good is this data|数据质量如何")
IS_IN = re.compile("Your portfolio is in|资产组合已导入")


def main() -> None:
    out = Path("screenshots")
    out.mkdir(exist_ok=True)
    for theme, width, language in itertools.product(THEMES, (1440, 400), ("en", "zh")):
        with (
            tempfile.TemporaryDirectory() as folder,
            running_server(Path(folder) / "home", STRATUM_SAMPLES="false") as address,
            chromium() as browser,
        ):
            context = browser.new_context(
                viewport={"width": width, "height": 1000},
                color_scheme=theme,
                accept_downloads=True,
                reduced_motion="reduce",
            )
            page, ending = context.new_page(), f"{theme}-{width}-{language}.png"
            for name in _walk(page, f"{address}/portfolios?lang={language}", Path(folder)):
                photograph(page, width, out / f"intake-{name}-{ending}")
            context.close()


def _walk(page: Page, address: str, folder: Path) -> Iterator[str]:
    """Bring files in step by step; stop at every view to be photographed and give its name."""

    def choose(path: Path) -> None:
        page.goto(address)
        settled(page)
        page.locator("input[type=file]").set_input_files(path)

    def click(name: re.Pattern[str], then: re.Pattern[str]) -> None:
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("heading", name=then)).to_be_visible(timeout=120_000)
        settled(page)

    page.goto(address)
    settled(page)
    yield "begin"
    for name, (file, content) in REFUSED.items():
        (folder / file).write_bytes(content)
        choose(folder / file)
        page.get_by_role("alert").first.wait_for()
        settled(page)
        yield f"refused-{name}"
    page.get_by_role("button", name=CANCEL).click()
    choose(SLICES / "sba.csv")
    page.get_by_role("button", name=TAKE).wait_for()
    page.get_by_text(MAPPING).click()
    page.locator("[data-testid=stExpander] canvas").first.wait_for()
    yield "mapping"
    click(TAKE, IS_IN)
    click(QUALITY, GOOD)
    yield "quality"
    (folder / "ledger.csv").write_bytes(LEDGER.encode("gb18030"))
    choose(folder / "ledger.csv")
    page.get_by_role("button", name=TAKE).wait_for()
    settled(page)
    yield "questions"
    click(TAKE, IS_IN)
    yield "account"
    with page.expect_download() as download:
        page.get_by_role("button", name=DOWNLOAD).click()
    aside = Path(download.value.path()).read_text(encoding="utf-8-sig")
    (folder / "mended.csv").write_text(aside.replace("K1,H9,,", "K1,H9,77,"), encoding="utf-8")
    choose(folder / "mended.csv")
    page.get_by_role("button", name=AGAIN).wait_for()
    settled(page)
    yield "mended"
    click(AGAIN, IS_IN)
    yield "mended-account"


if __name__ == "__main__":
    main()
