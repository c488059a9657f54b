"""Redirects are followed without saying where from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class NoRefererRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, but that it needs no `RefererMiddleware`: the source need not know which page a request came from."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make it as Scrapy does, but for the look for a `RefererMiddleware`, which warns where there is none."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send none."""
        request.headers.pop("Referer", None)
