"""The mirror's lists: the home page, what it makes due, and what all of them show, put into the ledger."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.http import Response
from scrapy.http.headers import Headers

from newsarchive.archive.conditional import conditions, unasked, validators_of
from newsarchive.archive.gaps import DROPPED
from newsarchive.archive.ledger import Validators
from newsarchive.archive.runs import Failure, Kind
from newsarchive.article import ROLLING_TAG
from newsarchive.middlewares.content_encoding import body_of
from newsarchive.middlewares.wire import pairs
from newsarchive.source import mirror
from newsarchive.source.encoding import readable
from newsarchive.source.homepage import read_home
from newsarchive.source.links import MIRROR_HOSTS, fetch_url
from newsarchive.source.lists import (
    HOME,
    ROLLING_PAGE,
    ListPage,
    Sighting,
    due_lists,
    is_split,
    list_of,
    rolling_gap,
    sightings,
)
from newsarchive.source.told import NOT_THERE
from newsarchive.source.understanding import NotUnderstoodError
from spiders.arguments import Selection
from spiders.base import HTTP_OK, NOT_MODIFIED, ArchiveSpider, content_type
from spiders.outcome import describe_failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scrapy import Request
    from twisted.python.failure import Failure as TwistedFailure

    from newsarchive.source.homepage import HomePage
    from newsarchive.source.mirror import Section

logger = logging.getLogger(__name__)

FEED = "/feed.xml"


class MirrorLists(ArchiveSpider):
    """Reads the mirror's lists, then calls `articles`."""

    def __init__(self) -> None:
        super().__init__()
        self.selection = Selection()
        self.hosts: frozenset[str] = MIRROR_HOSTS
        self.open_lists = 0
        self.seen: dict[str, Sighting] = {}
        self.shown: frozenset[str] | None = None  # the home page's headings, once this run has read it

    def articles(self) -> Iterator[Any]:
        """Begin with the articles; called when every list that was due is done with."""
        raise NotImplementedError

    def home_request(self) -> Request:
        """Ask for the home page, unless it is as we know it; with ``full`` whatever it is."""
        known = Validators() if self.selection.full else self.archive.ledger.validators(HOME)
        return self.list_request(ListPage(HOME, ""), self.home, headers=conditions(known))

    def list_request(self, listed: ListPage, callback: Any, headers: dict[str, str] | None = None) -> Request:
        """Ask for a list, before any article."""
        return self.request(
            fetch_url(self.settings["FINEWS_URL"], listed.path),
            service="the mirror's lists",
            headers=headers,
            priority=100,
            callback=callback,
            errback=self.list_not_fetched,
            listed=listed,
        )

    def home(self, response: Response, listed: ListPage) -> Iterator[Any]:
        """Read the home page; then the lists that are due, or the articles."""
        self.run.counts["lists"] += 1
        if response.status == NOT_MODIFIED:
            self.home_not_modified(listed, response)
        elif response.status != HTTP_OK:
            self.list_failed(listed, Kind.FETCH, f"HTTP {response.status}", response)
        else:
            try:
                content, flaw = readable(body_of(response), content_type(response))
                sections = mirror.home(content, hosts=self.hosts)
            except NotUnderstoodError as error:
                self.list_failed(listed, Kind.of(error), str(error), response)
            else:
                self.home_read(sections, response, flaw)
        yield from self.due()

    def home_not_modified(self, listed: ListPage, response: Response) -> None:
        """Take a 304 for an answer where it is one."""
        sent = response.request.headers if response.request else Headers()
        if reason := unasked(pairs(sent), pairs(response.headers)):
            self.archive.ledger.forget_validators(HOME)
            self.list_failed(listed, Kind.FETCH, reason, response)
            return
        self.run.counts["lists unchanged"] += 1
        self.archive.ledger.list_confirmed(HOME, now=self.archive.now())
        self.run.counts["seen new"] = 0  # there, even if it stays 0: the home page has told

    def home_read(self, sections: tuple[Section, ...], response: Response, flaw: str = "") -> None:
        """Put every link into the ledger, with the lists it makes due, and what the page can be asked with."""
        ledger, now = self.archive.ledger, self.archive.now()
        page = read_home(sections, ledger.known_to_the_mirror, ledger.shown_tags(now=now), flaw)
        self.home_doubted(page, response)
        self.seen |= page.found
        self.shown = page.headings
        due = [*page.due, *self.every_list(sections)]
        self.run.counts["seen"] += len(page.found)
        self.run.counts["seen new"] = self.unknown(page.found)
        ledger.list_read(
            HOME,
            page.found.values(),
            now=now,
            validators=validators_of(pairs(response.headers)) if page.is_clear else None,
            due=[(listed.path, listed.tag) for listed in due],
        )
        for sentence in self.selection.unmatched([(s.tag, link.segments) for s in sections for link in s.links[:1]]):
            self.note(sentence)

    def home_doubted(self, page: HomePage, response: Response) -> None:
        """Report what of the home page was not understood, or cannot be right."""
        home = ListPage(HOME, "")
        self.refuse(home, page.refused, response)
        if page.flaw:
            self.list_failed(home, Kind.UNDERSTAND, page.flaw, response)
        if page.nameless:
            self.list_failed(home, Kind.UNDERSTAND, page.nameless, response)
        for sentence in page.alarms:
            self.list_failed(home, Kind.ALARM, sentence, response)

    def due(self) -> Iterator[Any]:
        """Ask for the lists that are due, from this run or an earlier one; without any, begin with the articles."""
        for path, tag in self.archive.ledger.drop_overdue_lists(now=self.archive.now()):
            why = f"the list of {tag} {DROPPED}; posts that only it showed may be lost"
            self.list_failed(ListPage(path, tag), Kind.FETCH, why, None, due=False)
        pending = [ListPage(path, tag) for path, tag in self.archive.ledger.pending_lists()]
        pages = [page for page in pending if page.path != HOME and page.path.startswith(HOME)]
        pages = [page for page in pages if self.selection.wants_section((page.tag,), ())]
        self.open_lists = len(pages)
        for page in pages:
            yield self.list_request(page, self.feed if page.path == FEED else self.category)
        if not pages:
            yield from self.articles()

    def every_list(self, sections: tuple[Section, ...]) -> list[ListPage]:
        """Give the lists that ``full`` makes due: they are in the ledger's queue like any other, should they fail."""
        if not self.selection.full:
            return []
        every = due_lists(sections, known=lambda _: False, shown=1)
        feed = [] if self.selection.patterns else [ListPage(FEED, "the feed")]
        return [page for page in every if self.selection.wants_section((page.tag,), ())] + feed

    def category(self, response: Response, listed: ListPage) -> Iterator[Any]:
        """Read a category's page."""
        if response.status in NOT_THERE and listed.path != ROLLING_PAGE and listed.tag == ROLLING_TAG:
            # A version of the site has no such page for rolling news; it stays due until the newest of it were read.
            yield self.list_request(ListPage(ROLLING_PAGE, ROLLING_TAG), self.category)
            return
        self.run.counts["lists"] += 1
        if response.status in NOT_THERE and is_split(listed, self.seen.values()):
            self.unprovable(listed)
        elif response.status != HTTP_OK:
            self.list_failed(listed, Kind.FETCH, f"HTTP {response.status}", response)
        else:
            try:
                content, flaw = readable(body_of(response), content_type(response))
                section = mirror.category(content, hosts=self.hosts)
            except NotUnderstoodError as error:
                self.list_failed(listed, Kind.of(error), str(error), response)
            else:
                self.category_read(section, listed, response)
                self.list_flawed(listed, flaw, response)
        yield from self.list_done()

    def category_read(self, section: Section, listed: ListPage, response: Response) -> None:
        """Put a category's links into the ledger.

        An empty page is an alarm, but for names the mirror splits, and for what an earlier run made due and the home
        page no longer shows: it has been withdrawn, or has expired.
        """
        self.refuse(listed, section.refused, response)
        if not section.links and not section.refused:
            shown = self.archive.ledger.shown_tags(now=self.archive.now()) if self.shown is None else self.shown
            if is_split(listed, self.seen.values()):
                self.unprovable(listed)
            elif listed.tag in {*shown, *(tag for sighting in self.seen.values() for tag in sighting.tags)}:
                why = "the list is empty, though articles of it are within their three days"
                self.list_failed(listed, Kind.UNDERSTAND, why, response)
            else:  # due from an earlier run; what it showed has expired since, or was withdrawn
                self.archive.ledger.list_settled(listed.path)
                if listed.path == ROLLING_PAGE:
                    self.rolling_read(section, response)
            return
        if listed.path == ROLLING_PAGE:
            self.rolling_read(section, response)
        self.saw(listed.path, sightings((section,), tag=listed.tag))

    def rolling_read(self, section: Section, response: Response) -> None:
        """Take the newest of the rolling news for its category page, which is not there, if they reach far enough."""
        page = list_of(ROLLING_TAG, ())
        if why := rolling_gap(section, self.archive.ledger.known_to_the_mirror):
            self.list_failed(page, Kind.FETCH, why, response.request)
        else:
            self.archive.ledger.list_settled(page.path)

    def feed(self, response: Response, listed: ListPage) -> Iterator[Any]:
        """Read the feed, which shows posts without a tag too; only one version of the mirror has one."""
        if response.status == HTTP_OK:
            try:
                content, flaw = readable(body_of(response), content_type(response))
                entries, refused = mirror.feed(content, hosts=self.hosts)
            except NotUnderstoodError as error:
                self.list_failed(listed, Kind.of(error), str(error), response)
            else:
                self.run.counts["lists"] += 1
                for sentence in refused or (() if entries else ("the feed is empty",)):
                    self.list_failed(listed, Kind.UNDERSTAND, sentence, response)
                self.saw(FEED, {str(entry.link.name): Sighting(entry.link, ()) for entry in entries})
                self.list_flawed(listed, flaw, response)
        elif response.status in NOT_THERE:
            self.archive.ledger.list_settled(FEED)
        else:
            self.list_failed(listed, Kind.FETCH, f"HTTP {response.status}", response)
        yield from self.list_done()

    def saw(self, path: str, found: dict[str, Sighting]) -> None:
        """Record a list's links."""
        self.run.counts["seen"] += len(found.keys() - self.seen.keys())
        if "seen new" in self.run.counts:
            self.run.counts["seen new"] += self.unknown(found)
        self.seen = found | self.seen
        self.archive.ledger.list_read(path, found.values(), now=self.archive.now())

    def unknown(self, found: dict[str, Sighting]) -> int:
        """Count the articles that no list and no user named before."""
        known = self.archive.ledger.known_to_the_mirror
        return sum(1 for sighting in found.values() if not known(sighting.link.name))

    def list_not_fetched(self, failure: TwistedFailure) -> Iterator[Any]:
        """A list could not be asked at all."""
        request: Request = failure.request  # type: ignore[attr-defined]
        listed: ListPage = request.cb_kwargs["listed"]
        self.list_failed(listed, Kind.FETCH, describe_failure(failure), request)
        yield from (self.due() if listed.path == HOME else self.list_done())

    def list_done(self) -> Iterator[Any]:
        """Begin with the articles when the last list is done."""
        self.open_lists -= 1
        if self.open_lists == 0:
            yield from self.articles()

    # -- reporting -----------------------------------------------------------------------------------------------

    def list_flawed(self, listed: ListPage, flaw: str, response: Response) -> None:
        """Report what of a list that was read could not be; it is asked for again, as the home page is."""
        if flaw:
            self.archive.ledger.make_due(listed.path, listed.tag, now=self.archive.now())
            self.list_failed(listed, Kind.UNDERSTAND, flaw, response)

    def refuse(self, listed: ListPage, refused: Iterable[str], response: Response) -> None:
        """Report each link of a list that is no article's."""
        for sentence in dict.fromkeys(refused):
            self.list_failed(listed, Kind.UNDERSTAND, sentence, response, due=False)

    def list_failed(
        self, listed: ListPage, kind: Kind, reason: str, kept: Response | Request | None, *, due: bool = True
    ) -> None:
        """Report a list that could not be had or understood; `kept` knows where what was served is."""
        capture = str(kept.meta.get("capture") or "") if kept is not None else ""
        if due and kind is not Kind.ALARM and isinstance(kept, Response):
            self.unusable(kept)
        what = fetch_url(self.settings["FINEWS_URL"], listed.path)
        if due:
            self.archive.ledger.list_failed(listed.path, reason)
        self.report(Failure(kind, what, reason, capture), "the next run asks again" if due else "it was not followed")

    def unprovable(self, listed: ListPage) -> None:
        """A name with spaces has no list of its own on the mirror: say that older posts cannot be seen."""
        self.archive.ledger.list_settled(listed.path)
        self.note(
            f"{listed.tag}: the mirror splits names with spaces and has no list for it; "
            "posts beyond the five on the home page cannot be seen there"
        )
