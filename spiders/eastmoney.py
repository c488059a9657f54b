"""The feed without the mirror: the publisher's own lists, then the articles, the nearest deadline first."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive import dates
from newsarchive.archive.ledger import State
from newsarchive.archive.runs import Failure, Kind
from newsarchive.article import Refused
from newsarchive.clock import Clock
from newsarchive.dates import POST_FORMAT, SHANGHAI
from newsarchive.middlewares.content_encoding import body_of
from newsarchive.source import eastmoney
from newsarchive.source.eastmoney import Column, Question
from newsarchive.source.encoding import readable
from newsarchive.source.reading import End, Reading
from newsarchive.source.roads import Road
from newsarchive.source.understanding import NotUnderstoodError
from spiders.addresses import closed_roads
from spiders.arguments import ArgumentError, Selection, known
from spiders.base import HTTP_OK, ArchiveSpider, content_type
from spiders.better import improvable
from spiders.outcome import describe_failure
from spiders.whose import is_publishers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure as TwistedFailure

    from newsarchive.archive.ledger import Row
    from newsarchive.source.lists import Sighting

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list that was asked for, and the reading it belongs to."""

    reading: Reading
    question: Question


class EastmoneySpider(ArchiveSpider):
    """Archives what the publisher lists.

    Each list is read from its newest article back until it meets what an earlier run has read to the end, so that no
    page of it can have slipped by unnoticed. What is seen is in the ledger at once; that a list was read, only when
    nothing of it is missing.
    """

    name = "eastmoney"
    arguments: ClassVar = ("columns", "since", "until", "limit")
    hosts_of: ClassVar = (
        "NEWSSHARE_URL",
        "ARTICLE_URL",
        "EASTMONEY_LIST_URL",
        "EASTMONEY_FAST_URL",
        "EASTMONEY_API_URL",
    )
    source: ClassVar = ("EASTMONEY_LIST_URL", "EASTMONEY_FAST_URL", "NEWSSHARE_URL")
    settles_at_once: ClassVar = True  # the share host may end with the mirror; the API is the publisher's own

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, str]) -> None:
        """Refuse what cannot be meant."""
        _understood(arguments)

    @classmethod
    def gate(cls, settings: BaseSettings) -> Callable[[str], bool]:
        """Let the publisher's hosts pass, and the share host; raises `Refused` for columns that are none, too."""
        eastmoney.columns(str(settings["EASTMONEY_COLUMNS"] or ""))
        return super().gate(settings)

    @classmethod
    def roads_closed(cls, settings: BaseSettings) -> frozenset[Road]:
        """Leave the mirror and its store alone: this is the road for when they are gone."""
        return (closed_roads(settings, cls.source) | {Road.MIRROR_PAGE, Road.OLD_POST}) - {Road.ARTICLE_API}

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.given = {name: str(value) for name, value in arguments.items()}
        self.selection = Selection()
        self.columns: deque[Column] = deque()
        self.seen: dict[str, Sighting] = {}

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first list; everything else follows from it."""
        self.selection = _understood(self.given)
        self.limit = self.selection.limit
        self.run.counts["seen new"] = 0
        self.columns.extend(eastmoney.columns(self.given.get("columns") or str(self.settings["EASTMONEY_COLUMNS"])))
        for request in self.next_list():
            yield request

    # -- lists ---------------------------------------------------------------------------------------------------

    def next_list(self) -> Iterator[Any]:
        """Ask for the next list's newest page; behind the last list, begin with the articles."""
        if not self.columns:
            yield from self.articles()
            return
        column, ledger = self.columns.popleft(), self.archive.ledger
        reading = Reading(
            column,
            now=self.archive.now(),
            before=ledger.was_read(column.key),
            showed=lambda name: ledger.showed(column.key, name),
            max_pages=max(1, self.settings.getint("EASTMONEY_MAX_PAGES")),
            since=self.selection.since,
        )
        yield self.page_request(reading)

    def page_request(self, reading: Reading) -> Request:
        """Ask for what a reading wants next."""
        assert reading.question is not None  # noqa: S101 - it has not ended
        return self.request(
            reading.question.url(self.settings["EASTMONEY_LIST_URL"], self.settings["EASTMONEY_FAST_URL"]),
            service=f"the publisher's {'rolling ' if reading.column.rolling else ''}lists",
            priority=100,
            callback=self.page,
            errback=self.page_not_fetched,
            asked=Asked(reading, reading.question),
        )

    def page(self, response: Response, asked: Asked) -> Iterator[Any]:
        """Read a page of a list, then go on with it or with the next one."""
        reading, capture = asked.reading, str(response.meta.get("capture") or "")
        self.run.counts["lists"] += 1
        if response.status != HTTP_OK:
            self.unusable(response)
            self.list_failed(asked, Failure(Kind.FETCH, response.url, f"HTTP {response.status}", capture))
            yield from self.next_list()
            return
        try:
            content, flaw = readable(body_of(response), content_type(response))
            page = eastmoney.page(content, asked.question, capture)
            self.saw(reading.take(page, asked.question))
        except NotUnderstoodError as error:
            self.unusable(response)
            self.list_failed(asked, Failure(Kind.of(error), response.url, str(error), capture))
            yield from self.next_list()
            return
        for sentence in (*page.refused, *([flaw] if flaw else [])):
            self.report(Failure(Kind.UNDERSTAND, response.url, sentence, capture), "it was not followed")
        if reading.question is not None:
            yield self.page_request(reading)
            return
        self.list_read(reading, response.url)
        yield from self.next_list()

    def page_not_fetched(self, failure: TwistedFailure) -> Iterator[Any]:
        """A page of a list could not be asked for at all."""
        request = failure.request  # type: ignore[attr-defined]
        self.list_failed(request.cb_kwargs["asked"], Failure(Kind.FETCH, request.url, describe_failure(failure)))
        yield from self.next_list()

    def saw(self, sightings: list[Sighting]) -> None:
        """Put what a page shows into the ledger, so that it is fetched even if the list cannot be read to its end."""
        found = {str(sighting.link.name): sighting for sighting in sightings}
        self.run.counts["seen"] += len(found.keys() - self.seen.keys())
        self.run.counts["seen new"] += sum(1 for one in sightings if not self.archive.ledger.known(one.link.name))
        self.seen |= found
        self.archive.ledger.see_all(sightings, now=self.archive.now())

    def list_read(self, reading: Reading, url: str) -> None:
        """Record a reading that came to its end; where it met no earlier one, say what may be missing."""
        self.archive.ledger.list_read(reading.column.key, reading.sightings, now=self.archive.now())
        if reading.end is End.UNPROVEN:
            reason = f"column {reading.column}: {unproven(reading)}"
            self.report(Failure(Kind.FETCH, url, reason), "what was seen is fetched, the next run begins from here")

    def list_failed(self, asked: Asked, failure: Failure) -> None:
        """Report a list that could not be read to its end; the next run begins it anew."""
        column = asked.reading.column
        self.archive.ledger.list_failed(column.key, failure.reason)
        failure = Failure(failure.kind, failure.what, f"column {column}: {failure.reason}", failure.capture)
        self.report(failure, "what was seen of it is fetched, the next run reads it again")

    # -- articles ------------------------------------------------------------------------------------------------

    def articles(self) -> Iterator[Any]:
        """Queue what the publisher's lists showed and is pending, then the last looks, then what may be had better."""
        ledger, hours = self.archive.ledger, self.settings.getfloat("LAST_LOOK_HOURS")
        rows = [row for row in ledger.pending() if self.wants(row)]
        rows += [row for row in ledger.last_looks(now=self.archive.now(), hours=hours) if self.wants(row)]
        queued = {str(row.link.name) for row in rows}
        for name, sighting in self.seen.items():
            row = ledger.find(sighting.link.name) if name not in queued else None
            self.run.counts["archived before"] += int(row is not None and row.state is State.CAPTURED)
        self.queue(self.tried(rows))
        self.run.counts["to fetch"] = len(self.waiting)
        if queued and self.limit is None and (better := self.settings.getfloat("BETTER_HOURS")) > 0:
            once_more = [row for row in improvable(self.archive, better) if self.wants(row)]
            self.queue([row for row in once_more if str(row.link.name) not in queued], better=True)
        yield from self.pursue()

    def wants(self, row: Row) -> bool:
        """Tell whether an article is this run's to fetch."""
        return is_publishers(row) and self.selection.wants(row.link, row.tags)


def unproven(reading: Reading) -> str:
    """Say between which moments articles may have slipped by."""
    back_to = f"not proven: the list was read back to {_local(reading.oldest)}"
    if reading.before is None:
        return f"{back_to}, not three days, when EASTMONEY_MAX_PAGES ended its first reading; what is older is not seen"
    return (
        f"{back_to} and does not meet what was read until {_local(reading.before)}; "
        "between the two articles may have slipped by"
    )


def _local(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime(POST_FORMAT) if moment else "its beginning"


def _understood(arguments: Mapping[str, str]) -> Selection:
    """Read the arguments; raises `ArgumentError` for what cannot be meant."""
    known(arguments, EastmoneySpider.arguments)
    if "columns" in arguments:
        try:
            eastmoney.columns(arguments["columns"])
        except Refused as error:
            raise ArgumentError(f"columns: {error}") from error
    rest = {name: value for name, value in arguments.items() if name != "columns"}
    return Selection.parse(rest, Clock().now().astimezone(dates.SHANGHAI).date())
