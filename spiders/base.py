"""What both spiders share: how one article is pursued from road to road."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Request, Spider

from newsarchive import __version__
from newsarchive.archive.keeper import Archive, run_of
from newsarchive.archive.ledger import KEPT_FOR, Row, State, fate, is_last_look
from newsarchive.archive.runs import Failure, Kind
from newsarchive.article import Article, Refused
from newsarchive.hosts import HOST_SETTINGS, gate_of
from newsarchive.middlewares.content_encoding import body_of, is_framed
from newsarchive.middlewares.giveup import UNUSABLE
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Listed, Sighting
from newsarchive.source.roads import Case, Road
from newsarchive.source.told import HttpStatusError, tell
from newsarchive.source.understanding import NotUnderstoodError
from spiders.addresses import SOURCE, address, closed_roads, stays_on_this_machine
from spiders.outcome import describe_failure, was_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure as TwistedFailure

logger = logging.getLogger(__name__)

HTTP_OK, NOT_MODIFIED = 200, 304
FINISH_FIRST = 10  # an article that is under way goes before the next; lists go before both
# Every status comes to its callback but the redirects, which Scrapy follows only where nobody asks to see them.
_ANSWERS = frozenset(range(100, 600)) - {301, 302, 303, 307, 308}


class ArchiveSpider(Spider):
    """A spider that brings articles into the archive.

    Articles wait in `waiting`; each is pursued from road to road until it is whole or its roads have ended.
    """

    arguments: ClassVar[tuple[str, ...]] = ()
    hosts_of: ClassVar[tuple[str, ...]] = HOST_SETTINGS
    """The settings that name the hosts it may ask."""
    source: ClassVar[tuple[str, ...]] = SOURCE
    """Those of them that name its source; where that is this very machine, nobody need be spared."""
    needs_archive: ClassVar[bool] = False
    """Whether there is nothing to do for it without an archive; else a missing one is made."""
    settles_at_once: ClassVar[bool] = False
    """Whether a lesser road's text is taken at once when a better one fails; else it waits for the better one."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Name ourselves to the source, and drop the delay where the source is this very machine.

        Both at the priority of a spider's own settings: above settings.py, below the command line.
        """
        super().update_settings(settings)
        contact = str(settings["CONTACT"] or "").strip()
        who = f"newsarchive/{__version__} (+{contact})" if contact else f"newsarchive/{__version__} (personal archive)"
        settings.set("USER_AGENT", who, priority="spider")
        if stays_on_this_machine(settings, cls.source, cls.hosts_of):
            settings.set("DOWNLOAD_DELAY", 0, priority="spider")

    @classmethod
    def gate(cls, settings: BaseSettings) -> Callable[[str], bool]:
        """Give what tells whether this spider may ask a URL; raises `Refused` for a setting that names no host."""
        return gate_of(settings, cls.hosts_of)

    @classmethod
    def roads_closed(cls, settings: BaseSettings) -> frozenset[Road]:
        """Give the roads it does not ask."""
        return closed_roads(settings, cls.source)

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, str]) -> None:
        """Refuse arguments that cannot be meant, before anything is opened; raises `ArgumentError`."""
        raise NotImplementedError

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the archive."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.archive = Archive.of(crawler)
        spider.run = run_of(crawler)
        spider.run.arguments.update({name: str(value) for name, value in kwargs.items()})
        return spider

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.archive: Archive
        self.run: Any
        self.waiting: deque[Case] = deque()
        self.limit: int | None = None
        self.done_without: set[Road] = set()

    # -- the queue -----------------------------------------------------------------------------------------------

    def case_of(self, row: Row, *, better: bool = False) -> Case:
        """Begin a case from its ledger row; near its deadline, or after many runs, a lesser road will do.

        Not for what is archived: of that a lesser road tells nothing new. With `better` only the roads are asked that
        are better than the one it came by.
        """
        closed, listed = self.roads_closed(self.settings), row.listed or Listed()
        if row.state is State.CAPTURED:
            held, settle = row.origin if better else None, self.settles_at_once and not better
            return Case(row.link, row.tags, held=held, settle=settle, closed=closed, listed=listed)
        left = (row.deadline - self.archive.now()).total_seconds() / 3600
        settings = self.settings
        near = -KEPT_FOR.total_seconds() / 3600 <= left <= settings.getfloat("SETTLE_HOURS")
        last = near or row.tries >= settings.getint("SETTLE_TRIES")
        settle = last or self.settles_at_once
        return Case(row.link, row.tags, settle=settle, last_chance=last, closed=closed, listed=listed)

    def tried(self, rows: Iterable[Row]) -> list[Row]:
        """Return the articles this run tries, as many as the limit allows.

        Those that no run has tried first, then those tried least, what is archived last; else in the order given. So
        a few articles that never can be had use up neither the limit nor the failures after which a service is left
        alone, run after run.
        """
        return sorted(rows, key=lambda row: (row.state is State.CAPTURED, row.tries))[: self.limit]

    def pursue(self) -> Iterator[Request]:
        """Begin with the articles that wait."""
        while self.waiting:
            request = self.ask(self.waiting.popleft())
            if isinstance(request, Request):
                yield request

    # -- one article ---------------------------------------------------------------------------------------------

    def ask(self, case: Case) -> Request | Article | None:
        """Give the request for the case's next road, or the article when the roads have given enough."""
        road = case.next_road()
        if road is None:
            return self.conclude(case)
        case.set_out(road)
        request = self.request(
            address(self.settings, case, road),
            service=road.value,
            priority=FINISH_FIRST if len(case.asked) > 1 else 0,
            callback=self.answered,
            errback=self.not_fetched,
            case=case,
            road=road,
        )
        request.meta["about"] = str((case.began or case.link).name)  # so that a rebuild need not guess who asked
        if road is Road.MIRROR_PAGE and Road.JSON not in case.asked and not case.settle and case.held is None:
            request.meta["needs"] = Road.JSON.value  # rolling news waits for both; its page alone would be for nothing
        return request

    def answered(self, response: Response, case: Case, road: Road) -> Iterator[Request | Article]:
        """Tell the case what a road gave; a road that failed ends the case unless it may be the last chance."""
        capture = str(response.meta.get("capture") or "")
        try:
            flaw = tell(
                case,
                road,
                response.status,
                body_of(response),
                capture,
                framed=is_framed(response),
                content_type=content_type(response),
            )
        except (NotUnderstoodError, HttpStatusError) as error:
            self.unusable(response)
            yield from self.hindered(case, road, Failure(Kind.of(error), str(case.name), str(error), capture))
            return
        if flaw:
            failure = Failure(Kind.UNDERSTAND, str(case.name), f"{road}: {flaw}", capture)
            self.report(failure, "what can be read is taken, and looked at again")
        yield from self._further(case)

    def not_fetched(self, failure: TwistedFailure) -> Iterator[Request | Article]:
        """A road could not be asked at all."""
        request = failure.request  # type: ignore[attr-defined]
        case, road = request.cb_kwargs["case"], request.cb_kwargs["road"]
        capture = str(request.meta.get("capture") or "")
        if not was_asked(failure):
            case.not_asked.add(road)
        yield from self.hindered(case, road, Failure(Kind.FETCH, str(case.name), describe_failure(failure), capture))

    def hindered(self, case: Case, road: Road, failure: Failure) -> Iterator[Request | Article]:
        """A road failed: wait for it in another run, or go on without it where that may be too late."""
        case.fail(road, failure.reason)
        if case.settle:
            self.run.fill.hindered.add(case.name)
            self.settled(case, road, failure)
        if case.settle or case.held is not None:
            yield from self._further(case)
            return
        if case.link.path:  # a bare code may turn out to be rolling news, which has no newspaper
            self.answer_lacks(case)
        self.fail(Failure(failure.kind, failure.what, f"{road}: {failure.reason}", failure.capture), case)

    def answer_lacks(self, case: Case) -> None:
        """Report a required field that the share host's answer has not, whether or not another road has it."""
        if said := case.answer_lacks:
            failure = Failure(Kind.UNDERSTAND, str(case.name), said, case.captures[Road.JSON])
            self.report(failure, "what other roads say of it is taken")

    def settled(self, case: Case, road: Road, failure: Failure) -> None:
        """Tell that an article goes on without a road that failed."""
        if not self.settles_at_once:
            why = "its deadline is near, so a lesser road is taken"
            self.note(f"{case.name}: {road} failed ({failure.reason}); {why}")
            return
        if road not in self.done_without:
            self.note(f"{road} failed ({failure.reason}, first for {case.name}); other roads are taken instead")
        self.done_without.add(road)

    def conclude(self, case: Case) -> Article | None:
        """Make the article, or report what every road said."""
        try:
            article = case.article()
        except Refused as error:
            self.answer_lacks(case)
            self.fail(Failure(Kind.FETCH, str(case.name), str(error)), case)
            return None
        self.answer_lacks(case)
        if case.held is not None:
            self.archive.ledger.tried(case.name, now=self.archive.now())
        if case.began is not None and case.began.name != case.name:  # a bare code that is rolling news
            found = case.link if case.page is not None else ArticleLink(case.name)  # the store tells no page
            self.archive.ledger.forget(case.began.name)
            self.archive.ledger.see(Sighting(found, case.tags), now=self.archive.now())
        return article

    def _further(self, case: Case) -> Iterator[Request | Article]:
        step = self.ask(case)
        if step is not None:
            yield step

    # -- reporting -----------------------------------------------------------------------------------------------

    def fail(self, failure: Failure, case: Case) -> None:
        """Record that an article could not be had this time, in the ledger and in the run."""
        now = self.archive.now()
        if case.held is not None:  # the archive has it: nothing is missing
            self.run.counts["no better road"] += 1
            if case.was_tried:
                self.archive.ledger.tried(case.name, now=now)
            logger.info("%s: no better road has it (%s); it stays as it is", case.name, failure.reason)
            return
        row = self.archive.ledger.find(case.name)
        if row is not None and row.state is State.CAPTURED:
            self.look_failed(failure, case, row)
            return
        state = fate(row, now=now, nowhere=case.nowhere) if case.was_tried else State.PENDING
        self.archive.ledger.failed(
            case.name,
            failure.kind,
            failure.reason,
            now=now,
            state=state,
            nowhere=case.nowhere,
            tried=case.was_tried,
        )
        pending = state is State.PENDING
        self.report(failure, "it stays pending, the next run tries again" if pending else f"it is given up ({state})")

    def look_failed(self, failure: Failure, case: Case, row: Row) -> None:
        """An archived article could not be looked at again; that the source has it no more is no failure."""
        if case.nowhere:
            self.run.counts["withdrawn"] += 1
            logger.info("%s: it is archived, and no road has it any more", case.name)
            if is_last_look(row, now=self.archive.now(), hours=self.settings.getfloat("LAST_LOOK_HOURS")):
                self.archive.ledger.looked(case.name, now=self.archive.now())
        else:
            self.report(failure, "it is archived; the next run looks again")

    def unusable(self, response: Response) -> None:
        """Tell the circuit breaker that an answer was none, whatever its status."""
        self.crawler.signals.send_catch_log(UNUSABLE, request=response.request)

    def report(self, failure: Failure, what_next: str) -> None:
        """Put a failure into the run's record and the log, in one sentence."""
        self.run.failures.append(failure)
        kept = f"; kept in {failure.capture}" if failure.capture else ""
        logger.error("%s: %s%s; %s", failure.what, failure.reason, kept, what_next)

    def note(self, sentence: str) -> None:
        """Tell the operator something though nothing is missing."""
        self.run.notes.append(sentence)
        logger.warning("%s", sentence)

    def request(
        self, url: str, *, service: str, headers: dict[str, str] | None = None, priority: int = 0, **kwargs: Any
    ) -> Request:
        """Make a request whose every answer, errors included, comes to its callback."""
        callback, errback = kwargs.pop("callback"), kwargs.pop("errback")

        def failed(failure: TwistedFailure) -> Iterable[Any]:
            return () if self.run.signal else errback(failure)  # what a stop broke off was not tried in vain

        return Request(
            url,
            callback=callback,
            errback=failed,
            headers=headers,
            priority=priority,
            dont_filter=True,
            meta={"handle_httpstatus_list": _ANSWERS, "service": service},
            cb_kwargs=kwargs,
        )

    def queue(self, rows: Iterable[Row], *, better: bool = False) -> None:
        """Put articles into the queue, in the order given; with `better` such as are archived by a lesser road."""
        self.waiting.extend(self.case_of(row, better=better) for row in rows)


def content_type(response: Response) -> str:
    """Give an answer's ``Content-Type``, of several the last; empty where it has none."""
    return str((response.headers.get(b"Content-Type") or b"").decode("latin-1"))
