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
from newsarchive.source.understanding import NOT_THERE

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

UNUSABLE = object()
"""Scrapy signal: an answer was of no use to the spider that asked (a wall, an empty page); sent with ``request``."""

_ANSWERED = frozenset({200, 304})
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_OVERLOADED = frozenset({429, 502, 503, 504})
# In a request's meta: its service's failures in a row before it was answered, and what its last try ended with.
_BEFORE, _ENDED = "failures_before", "ended_with"


class GivenUpError(IgnoreRequest):
    """A request was not sent, because its service was given up.

    Attributes:
        earlier: what an earlier try of the same request ended with; `None` where nothing was asked at all.
    """

    def __init__(self, why: str, earlier: Exception | None) -> None:
        super().__init__(f"{'not asked' if earlier is None else 'not tried again'}: {why}")
        self.earlier = earlier


class GiveUpMiddleware:
    """Counts failures in a row for each service (``request.meta["service"]``, else the host), tries included.

    Without it a service that is dead, or blocks us, costs several requests and waits for every pending article. What
    was not asked stays pending and the next run begins with it. A server that asks for more patience than a run has is
    left alone at once.

    A failure is whatever is no answer: a broken connection, any status but 200 and 304, a second redirect in a row or
    one to a host that is not ours, and an answer the spider calls `UNUSABLE`. Two statuses say nothing of a service:
    404 and 410 are how a living one answers for an expired article, and how a dead one's successor answers for all;
    they neither count nor begin the count anew, and are never retried.

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
        """Take the limits from GIVE_UP_AFTER and RETRY_AFTER_LONGEST.

        One article's tries alone, of which RETRY_TIMES may ask many, are never enough.
        """
        settings = crawler.settings
        limit = settings.getint("GIVE_UP_AFTER")
        least = settings.getint("RETRY_TIMES") + 2 if limit else 0
        made = cls(max(limit, least), settings.getfloat("RETRY_AFTER_LONGEST"))
        crawler.signals.connect(made.unusable, signal=UNUSABLE)
        return made

    def process_request(self, request: Request) -> None:
        """Refuse to ask a service that was given up, and for what is of no use without one (``meta["needs"]``)."""
        for service in (_service(request), str(request.meta.get("needs"))):
            if service in self.given_up:
                raise GivenUpError(f"{service} {self.given_up[service]}", request.meta.get(_ENDED))

    def process_response(self, request: Request, response: Response) -> Response:
        """Count a failure, or begin anew; a first redirect is judged by where it leads."""
        service, status = _service(request), response.status
        if status in _ANSWERED:
            request.meta[_BEFORE] = self.failures.pop(service, 0)
            return response
        first_redirect = status in _REDIRECTED and b"Location" in response.headers
        if status in NOT_THERE or (first_redirect and not request.meta.get("redirect_times")):
            return response
        asked = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC)) if status in _OVERLOADED else None
        if asked is not None and asked > self.longest:
            self._give_up(service, f"asks to be left alone for {asked:.0f} s")
        self._count(request, IgnoreRequest(f"HTTP {status}"))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a broken or refused connection, and a redirect to where we may not follow.

        Any other request that was held back says nothing of the service.
        """
        redirected = bool(request.meta.get("redirect_times")) and not isinstance(exception, GivenUpError)
        if redirected or not isinstance(exception, IgnoreRequest):
            self._count(request, exception)

    def unusable(self, request: Request) -> None:
        """Count an answer that was none, as if the count had not begun anew with it."""
        before = request.meta.pop(_BEFORE, None)
        if before is not None:
            self.failures[_service(request)] += int(before)
            self._count(request, None)

    def _count(self, request: Request, ended: Exception | None) -> None:
        service = _service(request)
        request.meta[_ENDED] = ended
        self.failures[service] += 1
        if self.failures[service] >= self.limit:
            self._give_up(service, f"failed {self.failures[service]} times in a row")
        if service in self.given_up:
            request.meta["dont_retry"] = True  # Scrapy's word: the request ends with what came, not with "not asked"

    def _give_up(self, service: str, why: str) -> None:
        """Leave a service alone, for good: what was under way and still arrives does not take it back."""
        if self.limit and service not in self.given_up:
            self.given_up[service] = why
            logger.warning("%s %s; it is left alone for the rest of this run", service, why)


def _service(request: Request) -> str:
    return str(request.meta.get("service") or urlsplit(request.url).netloc)
