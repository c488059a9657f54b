"""A service that fails again and again is left alone for the rest of the run."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_OVERLOADED = frozenset({429, 502, 503, 504})


class GiveUpMiddleware:
    """Counts failures in a row for each service (``request.meta["service"]``, else the host), tries included.

    Without it a host that hangs costs a whole timeout for every pending article; what was not asked stays pending
    and the next run begins with it.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.failures: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the limit from GIVE_UP_AFTER; 0 means never."""
        return cls(crawler.settings.getint("GIVE_UP_AFTER"))

    def process_request(self, request: Request) -> None:
        """Refuse to ask a service that was given up."""
        service = _service(request)
        if self.limit and self.failures[service] >= self.limit:
            raise IgnoreRequest(f"not asked: {service} failed {self.failures[service]} times in a row")

    def process_response(self, request: Request, response: Response) -> Response:
        """Count an overload, or begin anew: whatever else it answers, it answers."""
        if response.status in _OVERLOADED:
            self._count(request)
        else:
            self.failures[_service(request)] = 0
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a broken or refused connection."""
        if not isinstance(exception, IgnoreRequest):
            self._count(request)

    def _count(self, request: Request) -> None:
        service = _service(request)
        self.failures[service] += 1
        if self.failures[service] == self.limit:
            logger.warning(
                "%s failed %d times in a row; it is left alone for the rest of this run", service, self.limit
            )


def _service(request: Request) -> str:
    return str(request.meta.get("service") or urlsplit(request.url).netloc)
