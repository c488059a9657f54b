"""What happened, read from the captures in the order it happened: which lists said what, which article was asked for.

Exchanges are understood by the path of their URL alone, since hosts move; where the mirror stands below a folder of
its host, the home page tells. A run begins where its robots.txt or its home page is asked for again.
"""

from __future__ import annotations

import re
from datetime import datetime
from http import HTTPStatus
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from newsarchive.archive.attempts import Answer, Attempt, Attempts
from newsarchive.archive.columnhistory import ColumnHistory
from newsarchive.archive.content_encoding import decode_body
from newsarchive.archive.copyhistory import follow_index
from newsarchive.archive.ledger import KEPT_FOR
from newsarchive.archive.ledgeranew import NewLedger
from newsarchive.archive.listhistory import ListHistory
from newsarchive.archive.questions import REDIRECTS, share_question
from newsarchive.archive.scan import Seen
from newsarchive.article import Name, Refused
from newsarchive.source.eastmoney import Question
from newsarchive.source.encoding import readable
from newsarchive.source.links import ArticleLink, article_link
from newsarchive.source.lists import Copy, Listed, Sighting
from newsarchive.source.old_post import old_post
from newsarchive.source.reading import MAX_PAGES
from newsarchive.source.roads import Road
from newsarchive.source.wayback import Captured, copy_of_url

_LIST = re.compile(r"/category/.+\.html|/emnews/|/feed\.xml")
_ARTICLE_PAGE = re.compile(r".*/a/(\d{14,24})\.html", re.ASCII | re.DOTALL)
_OLD_POST = re.compile(r"(?:.*/)?(?P<file>\d{4}-\d{2}-\d{2}-(?P<name>(?:NW)?\d{14,24})\.md)", re.ASCII | re.DOTALL)
_ARTICLE_API = re.compile(r".*/kuaixun/v2/api/article/(\d{14,24})", re.ASCII | re.DOTALL)


class History:
    """Follows the exchanges of an archive, one after the other.

    Args:
        ledger: a new one; the lists' sightings and what was asked for go into it, by the methods a crawl uses.
        settle_hours: setting SETTLE_HOURS.
        max_pages: setting EASTMONEY_MAX_PAGES.

    Attributes:
        attempts: what was asked for each article; complete after `end`.
        newest: the moment of the newest exchange.
    """

    def __init__(self, ledger: NewLedger, *, settle_hours: float, max_pages: int = MAX_PAGES) -> None:
        self.ledger = ledger
        self.attempts = Attempts()
        self.newest: datetime | None = None
        self._settle_hours = settle_hours
        self._lists = ListHistory(ledger)
        self._columns = ColumnHistory(ledger, max_pages=max_pages)
        self._prefixes: dict[str, str] = {}
        self._robots: set[str] = set()
        self._open: dict[Name, Attempt] = {}
        self._renamed: dict[Name, Name] = {}  # codes of this run that turned out to be rolling news
        self._asked: dict[str, str] = {}  # of a redirect's target, the URL that was asked for
        self._queued: datetime | None = None  # when the run had read its lists and began with the articles

    def take(self, seen: Seen) -> None:
        """Follow the next exchange; `is_wanted` tells of which all of it is needed."""
        if seen.status == HTTPStatus.OK and not seen.revisit:
            self.ledger.note_served(seen.url, f"{seen.file}#{seen.offset}")
        self.newest = seen.when
        if seen.status in REDIRECTS:
            self._redirected(seen)
            return
        asked = self._asked.get(seen.url, seen.url)
        url = urlsplit(asked)
        path = unquote(url.path)
        if (question := Question.of_url(asked) or Captured.of_url(asked)) is not None:
            self._list_elsewhere(question, seen)
        elif (copied := copy_of_url(asked)) is not None:
            self._copy(*copied, seen)
        elif share := share_question(path, url.query):
            self._share(*share, seen)
        else:
            self._page_or_list(url, path, seen)

    def _page_or_list(self, url: SplitResult, path: str, seen: Seen) -> None:
        """Follow an answer of any other host than the share host, or of the publisher's lists."""
        if path == "/robots.txt":
            self._robot(url.netloc, seen)
            return
        if path.endswith("/") and not path.endswith("/emnews/"):
            self._home(url.netloc, path, seen)
            return
        path = path.removeprefix(self._prefixes.get(url.netloc, ""))
        if _LIST.fullmatch(path):
            self._queued = self._queued if self._open else seen.when
            if seen.exchange is not None:
                self._lists.page(path, url.hostname or "", seen.exchange)
            return
        try:
            link = article_link(path)
        except Refused:
            self._other(path, seen)
            return
        self._page(link, seen)

    def _list_elsewhere(self, question: Question | Captured, seen: Seen) -> None:
        """Follow a page of the publisher's lists, or of a web archive's index."""
        if self._open:
            self._new_run()
        self._queued = seen.when
        if seen.exchange is not None and isinstance(question, Question):
            self._columns.page(question, seen.exchange, f"{seen.file}#{seen.offset}")
        elif seen.exchange is not None and isinstance(question, Captured):
            follow_index(self.ledger, question, seen.exchange)

    def _copy(self, link: ArticleLink, copy: Copy, seen: Seen) -> None:
        """Take a web archive's copy of the mirror's page."""
        if not self.ledger.known(link.name):
            self.ledger.see(Sighting(link, (), Listed(copies=(copy,))), now=seen.when)
        self._add(link.name, Road.WAYBACK, Answer(seen.file, seen.offset, seen.status, copy.place), seen)

    def _redirected(self, seen: Seen) -> None:
        """Remember what the answer at the address a redirect names will be the answer to."""
        headers = seen.exchange.headers if seen.exchange else ()
        location = next((value for name, value in headers if name.lower() == b"location"), b"")
        to = urljoin(seen.url, location.decode("latin-1"))
        self._asked[to] = self._asked.get(seen.url, seen.url)

    def end(self) -> None:
        """The last exchange was taken."""
        self._new_run()

    # -- runs ----------------------------------------------------------------------------------------------------

    def _robot(self, host: str, seen: Seen) -> None:
        if host in self._robots:
            self._new_run()
        self._robots.add(host)
        self._queued = self._queued if self._open else seen.when

    def _home(self, host: str, path: str, seen: Seen) -> None:
        if self._open:
            self._new_run()
        self._prefixes[host] = path.removesuffix("/")
        self._queued = seen.when
        if seen.exchange is not None:
            self._lists.home(host.partition(":")[0], seen.exchange)

    def _new_run(self) -> None:
        self.attempts.add_run(self._open)
        self._open = {}
        self._robots.clear()
        self._asked.clear()
        self._renamed.clear()
        self._queued = None
        self._lists.new_run()
        self._columns.end()

    # -- articles ------------------------------------------------------------------------------------------------

    def _share(self, road: Road, code: str, seen: Seen) -> None:
        try:
            number = Name.parse(code).number
        except Refused:
            return
        answer = Answer(seen.file, seen.offset, seen.status)
        newspaper, rolling = Name(number), Name(number, rolling=True)
        told = self._told(seen)
        if told is not None and road is Road.SHARE_PAGE:
            self._add(told, road, answer, seen)
            return
        if road is Road.SHARE_PAGE:  # asked for what the JSON had no text of; an answer too many does no harm
            for name in (newspaper, rolling):
                if name in self._open and Road.JSON in self._open[name].answers:
                    self._add(name, road, answer, seen)
            return
        asker = told or self._asker(newspaper, rolling)
        self._add(asker, road, answer, seen)
        other = rolling if asker == newspaper else newspaper
        if self.ledger.known(other):
            self._attempt(other, seen).spare[road] = answer

    def _told(self, seen: Seen) -> Name | None:
        """Give the article a question was for, where the capture says so; earlier captures leave it to be found out."""
        try:
            name = Name.parse(seen.about)
        except Refused:
            return None
        return self._renamed.get(name, name)

    def _asker(self, newspaper: Name, rolling: Name) -> Name:
        """Tell which of a number's two forms asked for its JSON: rolling news has asked for its page before."""
        attempt = self._open.get(rolling)
        if attempt is not None and Road.MIRROR_PAGE in attempt.answers:
            had = attempt.answers.get(Road.JSON)
            if had is None or had.status != HTTPStatus.OK:
                return rolling
        return rolling if self.ledger.known(rolling) and not self.ledger.known(newspaper) else newspaper

    def _other(self, path: str, seen: Seen) -> None:
        """Take a post of the store or what the publisher gives; anything else is nothing a post is made of."""
        if old := _OLD_POST.fullmatch(path):
            answer = Answer(seen.file, seen.offset, seen.status, old["file"])
            self._lesser(Name.parse(old["name"]), Road.OLD_POST, answer, seen)
        elif own := _ARTICLE_PAGE.fullmatch(path):
            self._lesser(Name(own[1]), Road.ARTICLE_PAGE, Answer(seen.file, seen.offset, seen.status), seen)
        elif own := _ARTICLE_API.fullmatch(path):
            answer = Answer(seen.file, seen.offset, seen.status)
            self._add(self._told(seen) or Name(own[1]), Road.ARTICLE_API, answer, seen)

    def _lesser(self, name: Name, road: Road, answer: Answer, seen: Seen) -> None:
        """Give an answer of the store or the publisher to the attempt that asked: of a number's two forms the last."""
        told = self._told(seen)
        if told is not None:
            if name.rolling and not told.rolling and road is Road.OLD_POST and _is_post(answer.path, seen):
                self._guessed(told, ArticleLink(name), road, answer, seen)
            else:
                self._add(told, road, answer, seen)
            return
        code, rolling = Name(name.number), Name(name.number, rolling=True)
        if road is Road.OLD_POST and name == code and not self._is_asked(code) and self._is_asked(rolling):
            earlier = self._open.pop(rolling)  # only a bare code is asked for in both forms: it was one all along
            self._attempt(code, seen).answers.update(earlier.answers)
        askers = [one for one in (rolling, code) if self._is_asked(one) and self._may_ask(one, name, road)]
        asker = max(askers, key=lambda one: self._open[one].when, default=None)
        if asker is None:
            other = road is Road.ARTICLE_PAGE and self.ledger.known(rolling) and not self.ledger.known(code)
            self._add(rolling if other else name, road, answer, seen)
        elif asker == name or road is Road.ARTICLE_PAGE or self._is_asked(rolling) or not _is_post(answer.path, seen):
            self._add(asker, road, answer, seen)
        else:
            self._guessed(code, ArticleLink(rolling), road, answer, seen)

    def _is_asked(self, name: Name) -> bool:
        """Tell whether this run has asked for an article; an attempt may hold only what another's question gave."""
        return name in self._open and bool(self._open[name].answers)

    def _may_ask(self, asker: Name, name: Name, road: Road) -> bool:
        """Tell whether an attempt may be the one that asked: of the store only a bare code asks for both forms."""
        return road is Road.ARTICLE_PAGE or asker == name or not (asker.rolling or self._open[asker].link.path)

    def _page(self, link: ArticleLink, seen: Seen) -> None:
        answer = Answer(seen.file, seen.offset, seen.status, link.path)
        code, told = Name(link.name.number), self._told(seen)
        if told is not None and told != link.name:
            self._guessed(told, link, Road.MIRROR_PAGE, answer, seen)
            return
        bare = self._open.get(code)
        looking = bare is not None and not bare.link.path and Road.JSON in bare.answers
        if told is None and link.name.rolling and looking and not self._is_asked(link.name):
            self._guessed(code, link, Road.MIRROR_PAGE, answer, seen)
            return
        if not self.ledger.known(link.name):
            self.ledger.see(Sighting(link, ()), now=seen.when)
        self._add(link.name, Road.MIRROR_PAGE, answer, seen)

    def _guessed(self, code: Name, link: ArticleLink, road: Road, answer: Answer, seen: Seen) -> None:
        """A bare code was looked for among the rolling news; where it is found there, that is what it is."""
        self._add(code, road, answer, seen)
        if seen.status == HTTPStatus.OK:
            attempt = self._open.pop(code)
            self.ledger.forget(code)
            self.ledger.see(Sighting(link, attempt.tags), now=seen.when)
            self._open[link.name] = attempt
            self._renamed[code] = link.name

    def _add(self, name: Name, road: Road, answer: Answer, seen: Seen) -> None:
        attempt = self._attempt(name, seen)
        attempt.answers[road] = answer  # of several tries in a row the spider sees the last
        attempt.when = seen.when

    def _attempt(self, name: Name, seen: Seen) -> Attempt:
        if name in self._open:
            return self._open[name]
        self._columns.end()
        row = self.ledger.find(name)
        if row is None:  # asked for by its code
            self.ledger.see(Sighting(ArticleLink(name), ()), now=seen.when)
            row = self.ledger.find(name)
        if row is None:
            raise RuntimeError(f"{name} was put into the ledger and is not there")
        self._queued = self._queued or seen.when
        left = row.deadline - self._queued
        near = left >= -KEPT_FOR and left.total_seconds() / 3600 <= self._settle_hours
        self._open[name] = Attempt(row.link, row.tags, seen.when, near, listed=row.listed)
        return self._open[name]


def _is_post(file_name: str, seen: Seen) -> bool:
    """Tell whether the store gave a post, and not something that is none."""
    if seen.status != HTTPStatus.OK or seen.exchange is None:
        return False
    try:
        old_post(readable(decode_body(seen.exchange), seen.exchange.content_type)[0], file_name)
    except ValueError:  # refused, or not coded as it says
        return False
    return True
