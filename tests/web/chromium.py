"""Debian's Chromium, driven by Playwright, and what a page may not do while it is looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.conftest import PATIENCE

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_LISTEN = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""


def chromium() -> str:
    """Give where Chromium is; skips without it, or fails where every tool is demanded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS"):
            pytest.fail("chromium is not installed")
        pytest.skip("needs Debian's chromium and fonts-noto-cjk")
    return found


@dataclass
class Watched:
    """A page of the browser and what it complained of, or asked elsewhere, so far."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open one of our pages."""
        self.page.goto(self.site + path.lstrip("/"))
        return self.page

    def check(self) -> None:
        """Fail where the page complained, broke its policy, or asked any other host."""
        violations: list[str] = self.page.evaluate("window.violations")
        assert violations == []
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(self.site)] == []

    def accessibility(self, *rules: str) -> list[str]:
        """Give what axe-core finds that is serious or critical, by all of its rules or by some."""
        found = Axe().run(self.page, options={"runOnly": list(rules)} if rules else None)
        return [
            f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]}"
            for one in found.response["violations"]
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]

    def overflows(self) -> bool:
        """Tell whether the page can be scrolled sideways."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return wide


@contextmanager
def watched(browser: Browser, site: str, **context: Any) -> Iterator[Watched]:
    """Open a window that speaks Chinese unless told otherwise, and watch it; checked at the end."""
    opened: BrowserContext = browser.new_context(**{"locale": "zh-CN", **context})
    opened.set_default_timeout(PATIENCE * 1000)
    if context.get("java_script_enabled", True):
        opened.add_init_script(_LISTEN)
    page = opened.new_page()
    found = Watched(page, site)

    def asked(request: Request) -> None:
        found.requests.append(request.url)

    page.on("request", asked)
    page.on("console", lambda message: found.complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    try:
        yield found
        if context.get("java_script_enabled", True):
            found.check()
    finally:
        opened.close()
