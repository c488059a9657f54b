"""A service that fails again and again is left alone for the rest of the run."""

from __future__ import annotations

import logging
import math
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from newsarchive.middlewares.retry import retry_after

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_OVERLOADED = frozenset({429, 502, 503, 504})


class GiveUpMiddleware:
    """Counts failures in a row for each service (``request.meta["service"]``, else the host), tries included.

    Without it a host that hangs costs a whole timeout for every pending article; what was not asked stays pending
    and the next run begins with it. A server that asks for more patience than a run has is left alone at once.

    Args:
        limit: so many failures in a row are enough; 0 means never.
        longest: the longest ``Retry-After`` a run waits for, in seconds.
    """

    def __init__(self, limit: int, longest: float = math.inf) -> None:
        self.limit = limit
        self.longest = longest
        self.failures: Counter[str] = Counter()
        self.given_up: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the limits from GIVE_UP_AFTER and RETRY_AFTER_LONGEST."""
        return cls(crawler.settings.getint("GIVE_UP_AFTER"), crawler.settings.getfloat("RETRY_AFTER_LONGEST"))

    def process_request(self, request: Request) -> None:
        """Refuse to ask a service that was given up."""
        service = _service(request)
        if service in self.given_up:
            raise IgnoreRequest(f"not asked: {service} {self.given_up[service]}")

    def process_response(self, request: Request, response: Response) -> Response:
        """Count an overload, or begin anew: whatever else it answers, it answers."""
        service = _service(request)
        if response.status not in _OVERLOADED:
            self.failures[service] = 0
            return response
        asked = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC))
        if asked is not None and asked > self.longest:
            self._give_up(service, f"asks to be left alone for {asked:.0f} s")
        self._count(service)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a broken or refused connection."""
        if not isinstance(exception, IgnoreRequest):
            self._count(_service(request))

    def _count(self, service: str) -> None:
        self.failures[service] += 1
        if self.failures[service] >= self.limit:
            self._give_up(service, f"failed {self.failures[service]} times in a row")

    def _give_up(self, service: str, why: str) -> None:
        """Leave a service alone, for good: what was under way and still arrives does not take it back."""
        if self.limit and service not in self.given_up:
            self.given_up[service] = why
            logger.warning("%s %s; it is left alone for the rest of this run", service, why)


def _service(request: Request) -> str:
    return str(request.meta.get("service") or urlsplit(request.url).netloc)
