"""No host is contacted that the settings do not name."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from newsarchive.article import Refused
from newsarchive.hosts import Origin, allowed_origins

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)


class HostGuardMiddleware:
    """Stops every request to a foreign host: a redirect's, a robots.txt's, whoever made it.

    Stands next to the downloader, so nothing can pass behind it.
    """

    def __init__(self, allowed: frozenset[Origin], stats: StatsCollector) -> None:
        self.allowed = allowed
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the hosts from the settings."""
        return cls(allowed_origins(crawler.settings), crawler.stats)

    def process_request(self, request: Request) -> None:
        """Let a request of ours pass; raises `IgnoreRequest` naming any other."""
        try:
            origin = Origin.of(request.url)
        except Refused as error:
            raise IgnoreRequest(str(error)) from error
        if "@" in urlsplit(request.url).netloc:  # clients disagree on which side of it the host stands
            raise IgnoreRequest(f"{request.url[:120]!r} names a user; no address of the source does")
        if origin not in self.allowed:
            self.stats.inc_value("newsarchive/foreign_host_refused")
            message = f"the foreign host {origin.host} was not contacted (redirected there)"
            logger.warning("%s: %s", request.url[:200], message)
            raise IgnoreRequest(message)
