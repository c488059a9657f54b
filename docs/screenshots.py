"""``make screenshots``: pictures of the pages for README and docs/web.md, taken by Chromium of the demo's archive."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from newsarchive.clock import Clock
from newsarchive.replica.showcase import DAYS, end_of, fill
from newsarchive.search.index import catch_up
from newsarchive.web.background import served_at

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LARGEST = 300_000  # bytes of a picture in the repository


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its file, the page, the size of the window, light or dark, the language."""

    name: str
    path: str
    width: int = 1200
    height: int = 800
    dark: bool = False
    language: str = "zh-CN"
    scroll: str = ""


def main() -> int:
    """Take them; gives the exit code."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "demo-serve")
    parser.add_argument("--to", type=Path, default=ROOT / "docs")
    given = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("Chromium is missing; on Debian: apt install chromium fonts-noto-cjk\n")
        return 1
    if not (given.archive / "ledger.db").exists() and (code := fill(given.archive)):
        return code
    catch_up(given.archive)
    given.to.mkdir(parents=True, exist_ok=True)
    clock = Clock(end_of(DAYS).isoformat())
    with served_at(given.archive, clock) as url, _browser(chromium) as browser:
        for shot in _shots(url):
            _take(browser, url, shot, given.to / shot.name)
    return 0


def _shots(url: str) -> list[Shot]:
    """Choose the pages by what the archive holds."""
    found = httpx.get(f"{url}api/search", params={"q": "更新"}).json()["hits"]
    edited = next(hit["name"] for hit in found if hit["title"].endswith("（更新）"))
    pictured = next(
        one["name"]
        for one in httpx.get(f"{url}api/articles", params={"limit": 100}).json()["articles"]
        if "<img" in httpx.get(f"{url}api/articles/{one['name']}").json()["html"] and not one["rolling"]
    )
    newest = httpx.get(f"{url}api/articles", params={"limit": 1}).json()["articles"][0]["day"]
    return [
        Shot("web-home.png", "", height=900),
        Shot("web-home-dark.png", "", height=900, dark=True),
        Shot("web-search.png", "search?q=公司 研发", height=800),
        Shot("web-article.png", f"article/{pictured}", height=900),
        Shot("web-versions.png", f"article/{edited}", height=900, language="en", scroll="#versions"),
        Shot("web-day.png", f"day/{newest}", height=800),
        Shot("web-phone.png", f"article/{edited}", width=390, height=760),
    ]


@contextmanager
def _browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


def _take(browser: Browser, url: str, shot: Shot, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        locale=shot.language,
    )
    page = context.new_page()
    page.goto(f"{url}{shot.path}")
    if shot.scroll:
        page.locator(shot.scroll).scroll_into_view_if_needed()
        page.evaluate("(name) => document.querySelector(name).scrollIntoView()", shot.scroll)
    page.screenshot(path=path)
    context.close()
    with Image.open(path) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        sys.stderr.write(f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST}\n")


if __name__ == "__main__":
    sys.exit(main())
