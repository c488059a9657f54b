"""No host is contacted that the settings do not name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from newsarchive.article import Refused
from newsarchive.hosts import Origin, gate_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)


REQUESTS = "newsarchive/requests"
"""In the crawl's stats: how many requests went out, tries and robots.txt included."""


class HostGuardMiddleware:
    """Stops every request to a foreign host: a redirect's, a robots.txt's, whoever made it.

    Stands next to the downloader, so nothing can pass behind it.
    """

    def __init__(self, allows: Callable[[str], bool], stats: StatsCollector) -> None:
        self.allows = allows
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the hosts from the settings; a spider that asks others has a ``gate`` of its own."""
        gate: Callable[[Any], Callable[[str], bool]] = getattr(crawler.spidercls, "gate", gate_of)
        return cls(gate(crawler.settings), crawler.stats)

    def process_request(self, request: Request) -> None:
        """Let a request of ours pass; raises `IgnoreRequest` naming any other."""
        try:
            origin = Origin.of(request.url)
        except Refused as error:
            raise IgnoreRequest(str(error)) from error
        if "@" in urlsplit(request.url).netloc:  # clients disagree on which side of it the host stands
            raise IgnoreRequest(f"{request.url[:120]!r} names a user; no address of the source does")
        if not self.allows(request.url):
            self.stats.inc_value("newsarchive/foreign_host_refused")
            message = f"the foreign host {origin.host} was not contacted (redirected there)"
            logger.warning("%s: %s", request.url[:200], message)
            raise IgnoreRequest(message)
        self.stats.inc_value(REQUESTS)
