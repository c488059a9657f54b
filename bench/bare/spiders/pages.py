"""Fetches pages and keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request, Spider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response


class PagesSpider(Spider):
    """Asks for every URL of the file it is given, a line each."""

    name = "pages"

    def __init__(self, urls: str) -> None:
        super().__init__()
        self.urls = Path(urls).read_text(encoding="utf-8").split()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for them in their order."""
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        """Do nothing with it."""
