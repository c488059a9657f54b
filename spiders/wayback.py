"""Expired pages of the mirror, from a web archive: which copies there are, then the articles, better roads first."""

from __future__ import annotations

import logging
from collections import deque
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from newsarchive import dates
from newsarchive.archive.runs import Failure, Kind
from newsarchive.clock import Clock
from newsarchive.middlewares.content_encoding import body_of, is_framed
from newsarchive.source import wayback
from newsarchive.source.encoding import readable
from newsarchive.source.links import MIRROR_HOSTS
from newsarchive.source.roads import Road
from newsarchive.source.understanding import NotUnderstoodError
from newsarchive.source.wayback import Captured
from spiders.addresses import closed_roads
from spiders.arguments import ArgumentError, Selection, known
from spiders.base import HTTP_OK, ArchiveSpider, content_type
from spiders.outcome import describe_failure
from spiders.whose import is_copied

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure as TwistedFailure

    from newsarchive.archive.ledger import Row

logger = logging.getLogger(__name__)

_BEFORE, _BEHIND = timedelta(days=1), timedelta(days=7)
"""Copies are sought from the day before (an index counts in UTC) until a week behind, when a page is long gone."""
_SETTLED = timedelta(days=3)  # an index may lag; a day's answer is final so long after it
_PATIENCE = 120  # seconds: an index searches for long


class WaybackSpider(ArchiveSpider):
    """Archives articles of past days that the mirror shows no more and a web archive has copied.

    The index is asked for one host and day at a time, and each answer is in the ledger before the next question: a run
    that was stopped goes on where it was.
    """

    name = "wayback"
    arguments: ClassVar = ("since", "until", "category", "limit")
    hosts_of: ClassVar = ("NEWSSHARE_URL", "OLD_POST_URL", "ARTICLE_URL", "WAYBACK_CDX_URL", "WAYBACK_RAW_URL")
    source: ClassVar = ("WAYBACK_CDX_URL", "WAYBACK_RAW_URL", "NEWSSHARE_URL")
    settles_at_once: ClassVar = True  # what is asked for has expired: nothing is gained by waiting

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, str]) -> None:
        """Refuse what cannot be meant, and a run without days."""
        _understood(arguments)

    @classmethod
    def roads_closed(cls, settings: BaseSettings) -> frozenset[Road]:
        """Leave the mirror alone, which shows these articles no more."""
        return (closed_roads(settings, cls.source) | {Road.MIRROR_PAGE}) - {Road.WAYBACK}

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.given = {name: str(value) for name, value in arguments.items()}
        self.selection = Selection()
        self.open: deque[Captured] = deque()

    async def start(self) -> AsyncIterator[Any]:
        """Ask the index for the first host and day that is not known; everything else follows from it."""
        self.selection = _understood(self.given)
        self.limit = self.selection.limit
        self.open.extend(self.unknown())
        for request in self.next_list():
            yield request

    # -- the index -----------------------------------------------------------------------------------------------

    def unknown(self) -> Iterator[Captured]:
        """Give the hosts and days whose copies are not known for good."""
        since, until = self.selection.since, self.selection.until
        assert since is not None  # noqa: S101 - checked with the arguments
        assert until is not None  # noqa: S101
        own = urlsplit(self.settings["FINEWS_URL"]).netloc
        today = self.archive.now().astimezone(UTC).date()
        last = min(until + _BEHIND, today)
        for host in sorted(MIRROR_HOSTS | {own}):
            for number in range((last - since + _BEFORE).days + 1):
                captured = Captured(host, since - _BEFORE + timedelta(days=number))
                read = self.archive.ledger.was_read(captured.key)
                ended = datetime.combine(captured.day, time(), UTC) + timedelta(days=1)
                if read is None or read < ended + _SETTLED:
                    yield captured

    def next_list(self) -> Iterator[Any]:
        """Ask for the next host and day; behind the last, begin with the articles."""
        if not self.open:
            yield from self.articles()
            return
        captured = self.open.popleft()
        request = self.request(
            captured.url(self.settings["WAYBACK_CDX_URL"]),
            service="the web archive's index",
            priority=100,
            callback=self.index,
            errback=self.index_not_fetched,
            captured=captured,
        )
        request.meta["download_timeout"] = max(_PATIENCE, self.settings.getfloat("DOWNLOAD_TIMEOUT"))
        yield request

    def index(self, response: Response, captured: Captured) -> Iterator[Any]:
        """Put the articles of which there are copies into the ledger, then go on with the next host and day."""
        capture = str(response.meta.get("capture") or "")
        self.run.counts["lists"] += 1
        if response.status != HTTP_OK and not wayback.says_none(response.status, response.body):
            self.unusable(response)
            failure = Failure(Kind.FETCH, response.url, f"HTTP {response.status}", capture)
            self.list_failed(captured, failure)
        else:
            try:
                content, flaw = readable(
                    body_of(response) if response.status == HTTP_OK else b"", content_type(response)
                )
                found = wayback.sightings(content, captured.host, framed=is_framed(response))
            except NotUnderstoodError as error:
                self.unusable(response)
                self.list_failed(captured, Failure(Kind.of(error), response.url, str(error), capture))
            else:
                self.run.counts["seen"] += len(found)
                self.archive.ledger.list_read(captured.key, found, now=self.archive.now())
                if flaw and response.status == HTTP_OK:
                    self.report(Failure(Kind.UNDERSTAND, response.url, flaw, capture), "what can be read is taken")
        yield from self.next_list()

    def index_not_fetched(self, failure: TwistedFailure) -> Iterator[Any]:
        """The index could not be asked at all."""
        request = failure.request  # type: ignore[attr-defined]
        failed = Failure(Kind.FETCH, request.url, describe_failure(failure))
        self.list_failed(request.cb_kwargs["captured"], failed)
        yield from self.next_list()

    def list_failed(self, captured: Captured, failure: Failure) -> None:
        """Report a host and day of which the index said nothing; the next run asks again."""
        self.archive.ledger.list_failed(captured.key, failure.reason)
        self.report(failure, "the next run of these days asks again")

    # -- articles ------------------------------------------------------------------------------------------------

    def articles(self) -> Iterator[Any]:
        """Queue the articles of the days asked for of which there are copies, and which are not archived."""
        self.queue(self.tried(row for row in self.archive.ledger.pending() if self.wants(row)))
        self.run.counts["to fetch"] = len(self.waiting)
        yield from self.pursue()

    def wants(self, row: Row) -> bool:
        """Tell whether an article is this run's to fetch."""
        return is_copied(row) and self.selection.wants(row.link, row.tags)


def _understood(arguments: Mapping[str, str]) -> Selection:
    """Read the arguments; raises `ArgumentError` for what cannot be meant."""
    known(arguments, WaybackSpider.arguments)
    missing = [name for name in ("since", "until") if name not in arguments]
    if missing:
        raise ArgumentError("say which days' articles: -a since=2022-01-24 -a until=2022-01-26")
    return Selection.parse(arguments, Clock().now().astimezone(dates.SHANGHAI).date())
