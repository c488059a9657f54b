"""What the captured lists say, put into a ledger as `finews` puts it there.

The decisions are those of `newsarchive.source.lists`; this repeats the order in which the spider takes them.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from newsarchive.archive.conditional import unasked, validators_of
from newsarchive.archive.content_encoding import decode_body
from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.archive.warcrecord import Exchange
from newsarchive.article import ROLLING_TAG
from newsarchive.source import mirror
from newsarchive.source.encoding import readable
from newsarchive.source.homepage import read_home
from newsarchive.source.links import MIRROR_HOSTS
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
from newsarchive.source.mirror import Section
from newsarchive.source.told import NOT_THERE
from newsarchive.source.understanding import NotUnderstoodError

FEED, FEED_TAG = "/feed.xml", "the feed"


class ListHistory:
    """Follows the list pages of an archive.

    Args:
        ledger: where their links go.
    """

    def __init__(self, ledger: NewLedger) -> None:
        self.ledger = ledger
        self._seen: dict[str, Sighting] = {}
        self._every: dict[str, ListPage] = {}
        self._home_read: datetime | None = None  # by this run
        self._shown: frozenset[str] = frozenset()  # the headings it had

    def new_run(self) -> None:
        """A run ended; what its lists showed is no longer before anyone's eyes."""
        self._seen, self._every, self._home_read = {}, {}, None

    def home(self, host: str, exchange: Exchange) -> None:
        """Follow an answer to the question for the home page."""
        try:
            if exchange.status == HTTPStatus.NOT_MODIFIED:
                self._not_modified(exchange)
            else:
                content, flaw = readable(served_body(exchange), exchange.content_type)
                self._home(mirror.home(content, hosts=MIRROR_HOSTS | {host}), exchange, flaw)
        except (NotUnderstoodError, ValueError) as error:
            self.ledger.list_failed(HOME, str(error))
        self.ledger.drop_overdue_lists(now=exchange.fetched_at)

    def _not_modified(self, exchange: Exchange) -> None:
        """Follow a 304; where the record of its request is lost, it is believed."""
        if exchange.method and (reason := unasked(exchange.request_headers, exchange.headers)):
            self.ledger.forget_validators(HOME)
            self.ledger.list_failed(HOME, reason)
        else:
            self.ledger.list_confirmed(HOME, now=exchange.fetched_at)

    def _home(self, sections: tuple[Section, ...], exchange: Exchange, flaw: str) -> None:
        now = exchange.fetched_at
        page = read_home(sections, self.ledger.known_to_the_mirror, self.ledger.shown_tags(now=now), flaw)
        self._seen |= page.found
        due = {listed.path: listed.tag for listed in page.due}
        every = due_lists(sections, lambda _: False, shown=1)
        self._every = {listed.path: listed for listed in every if listed.path not in due}
        self._every[FEED] = ListPage(FEED, FEED_TAG)
        self._home_read, self._shown = now, page.headings
        self.ledger.list_read(
            HOME,
            page.found.values(),
            now=now,
            validators=validators_of(exchange.headers) if page.is_clear else None,
            due=due.items(),
        )

    def page(self, path: str, host: str, exchange: Exchange) -> None:
        """Follow an answer to the question for a category's page, the rolling news or the feed."""
        hosts = MIRROR_HOSTS | {host}
        listed = self._listed(path)
        if exchange.status in NOT_THERE:
            if path == FEED or is_split(listed, self._seen.values()):
                self.ledger.list_settled(path)
            return
        try:
            content, flaw = readable(served_body(exchange), exchange.content_type)
            if path == FEED:
                entries, _ = mirror.feed(content, hosts=hosts)
                self._saw(path, {str(entry.link.name): Sighting(entry.link, ()) for entry in entries}, exchange)
            else:
                self._category(mirror.category(content, hosts=hosts), listed, exchange)
        except (NotUnderstoodError, ValueError) as error:
            self.ledger.list_failed(path, str(error))
            return
        if flaw:
            self.ledger.make_due(path, listed.tag, now=exchange.fetched_at)
            self.ledger.list_failed(path, flaw)

    def _category(self, section: Section, listed: ListPage, exchange: Exchange) -> None:
        path = listed.path
        if path == ROLLING_PAGE and (section.links or section.refused or ROLLING_TAG not in self._shown):
            self._rolling_read(section)
        if section.links or section.refused:
            self._saw(path, sightings((section,), tag=listed.tag), exchange)
        elif is_split(listed, self._seen.values()) or (self._home_read and listed.tag not in self._shown):
            self.ledger.list_settled(path)

    def _rolling_read(self, section: Section) -> None:
        """Follow the newest of the rolling news that were read because its category page is not there."""
        page = list_of(ROLLING_TAG, ())
        if why := rolling_gap(section, self.ledger.known_to_the_mirror):
            self.ledger.list_failed(page.path, why)
        else:
            self.ledger.list_settled(page.path)

    def _listed(self, path: str) -> ListPage:
        """Tell for which heading a list was read: the one that made it due.

        A list that nothing new made due was asked for by ``full``, which makes every list due.
        """
        if path == ROLLING_PAGE:
            return ListPage(path, ROLLING_TAG)
        if self._home_read is not None and (page := self._every.pop(path, None)):
            self.ledger.make_due(path, page.tag, now=self._home_read)
        pending = dict(self.ledger.pending_lists())
        return ListPage(path, pending.get(path, ""))

    def _saw(self, path: str, found: dict[str, Sighting], exchange: Exchange) -> None:
        self._seen = found | self._seen
        self.ledger.list_read(path, found.values(), now=exchange.fetched_at)


def body_of(exchange: Exchange) -> bytes:
    """Give an answer as the parsers of lists read it, in UTF-8; raises like `served_body`."""
    return readable(served_body(exchange), exchange.content_type)[0]


def served_body(exchange: Exchange) -> bytes:
    """Give the body of an answer that is none of an error; raises `ValueError` for one, and for a broken coding."""
    if exchange.status != HTTPStatus.OK:
        raise ValueError(f"HTTP {exchange.status}")
    return decode_body(exchange)
