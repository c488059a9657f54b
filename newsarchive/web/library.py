"""What pages ask of an archive: search index, posts and their versions, ledger, captures. Nothing is written."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from newsarchive import post, postfile
from newsarchive.archive.capturereader import CaptureError, read_at
from newsarchive.archive.content_encoding import decode_body
from newsarchive.archive.keeper import CAPTURES
from newsarchive.archive.ledgershown import Provenance, Shown, picture_by_digest, pictures_by_url, provenance
from newsarchive.archive.posts import REVISIONS
from newsarchive.archive.seal import LEDGER
from newsarchive.archive.status import Scope, Status, status
from newsarchive.archive.versions import CURRENT, Step, Version, compare
from newsarchive.archive.warcrecord import Exchange
from newsarchive.article import Name, Refused
from newsarchive.clock import Clock
from newsarchive.dates import SHANGHAI, last_day, newest_of
from newsarchive.postfile import Post
from newsarchive.search import store
from newsarchive.search.reader import Count, Document, Filters, Hit, Reader, names_in, names_of

_REVISION = re.compile(r".*\.(?P<stamp>\d{8}T\d{6}Z(?:-\d+)?)\.md", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PLACE = re.compile(r"(?P<file>[^/#]+)#(?P<offset>\d+)", re.ASCII)
_KEPT_COUNTS = 200  # of categories shown last
_REMEMBERED = 10_000  # kept pictures of pages shown last, so that the ledger need not be searched for a digest
_Kept = TypeVar("_Kept")


class NotKeptError(Exception):
    """What was asked for is not in the archive, or cannot be read now; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was captured: when, its place and digest, its body with the content coding undone."""

    exchange: Exchange
    place: str
    sha256: str
    body: bytes


class Library:
    """An archive, for reading. May be used by several threads.

    Args:
        root: the archive.
        clock: tells the time.

    What asks the index raises IndexNewError where there is none yet, sqlite3.Error where it cannot be read.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root = root
        self.clock = clock
        self._lock = threading.RLock()
        self._reader: Reader | None = None
        self._kept: dict[str, tuple[object, Any]] = {}
        self._shown: dict[str, Shown] = {}

    def close(self) -> None:
        """Close what is open."""
        if self._reader is not None:
            self._reader.close()

    @property
    def index(self) -> Reader:
        """The search index; opened when it is first asked, as it may not be there before."""
        if self._reader is None:
            reader = Reader(self.root)
            with self._lock:
                self._reader = self._reader or reader
            if self._reader is not reader:
                reader.close()
        return self._reader

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return self.clock.now().astimezone(SHANGHAI).date()

    @property
    def last_day(self) -> date:
        """The last day that an article can be of; one of a later day has its year wrong."""
        return last_day(self.clock.now())

    def newest(self, days: Iterable[str]) -> date:
        """Give the newest of some days, of which there is one at least, but for those that cannot be yet."""
        return date.fromisoformat(newest_of(days, self.last_day))

    @property
    def has_ledger(self) -> bool:
        """Whether anything was ever archived here."""
        return (self.root / LEDGER).exists()

    # -- counts, which cost a walk through the index and change only with it --------------------------------------

    def categories(self) -> list[Count]:
        """Give every newspaper with its category and count, the largest first."""
        last = self.last_day
        return self._once("categories", (self._index_stamp(), last), lambda: self.index.categories(last))

    def newspapers_of(self, category: str) -> list[str]:
        """Give the newspapers of a category, the largest first."""
        return [count.newspaper for count in self.categories() if count.category == category]

    def categories_like(self, asked: str) -> tuple[str, ...]:
        """Give the categories that names or globs mean, as every command takes them: those so spelled, if any."""
        if self.newspapers_of(asked):
            return (asked,)
        spelled = {one.category for one in self.categories() if asked in names_of(one)} if asked else set()
        return tuple(sorted(spelled)) or self.index.categories_like(names_in(asked))

    def days(self) -> dict[str, int]:
        """Give how many articles each day has, of all days with any, ascending."""
        return self._once("days", self._index_stamp(), lambda: self.index.count_by_day(date.min, date.max))

    def days_of(self, category: str) -> dict[str, int]:
        """Give the same of one category."""
        if len(self._kept) > _KEPT_COUNTS:
            self._kept.clear()
        return self._once(
            f"days of {category}", self._index_stamp(), lambda: self.index.count_by_day(date.min, date.max, category)
        )

    def count(self) -> int:
        """Give how many articles there are."""
        return sum(self.days().values())

    def front(self, limit: int) -> tuple[Hit, ...]:
        """Give the articles of the newest day, so many at most, newest first."""

        def ask() -> tuple[Hit, ...]:
            if not (days := self.days()):
                return ()
            day = self.newest(days)
            return self.index.recent(Filters(since=day, until=day), limit=limit).hits

        return self._once("front", (self._index_stamp(), self.last_day), ask)

    def status(self) -> Status:
        """Tell how the archive stands; raises `NotKeptError` where there is no ledger to tell."""
        now = self.clock.now()

        def ask() -> Status:
            try:
                return status(self.root, Scope(), now=now)
            except (OSError, Refused, sqlite3.Error) as error:
                raise NotKeptError(f"the ledger cannot be read: {error}") from error

        return self._once("status", (self._stamp(LEDGER), now.replace(second=0, microsecond=0)), ask)

    def _once(self, what: str, stamp: object, ask: Callable[[], _Kept]) -> _Kept:
        kept = self._kept.get(what)
        if kept is not None and kept[0] == stamp:
            return kept[1]  # type: ignore[no-any-return]
        with self._lock:
            kept = self._kept.get(what)
            if kept is None or kept[0] != stamp:
                kept = self._kept[what] = (stamp, ask())
        return kept[1]

    def _index_stamp(self) -> object:
        return self._stamp(store.SEARCH)

    def _stamp(self, name: str) -> object:
        """Give a value that changes when a database is written or replaced."""
        found = []
        for path in (self.root / name, self.root / f"{name}-wal"):
            try:
                seen = path.stat()
                found.append((seen.st_ino, seen.st_mtime_ns, seen.st_size))
            except OSError:
                found.append((0, 0, 0))
        return tuple(found)

    # -- one article ---------------------------------------------------------------------------------------------

    def known(self, name: Name) -> Document | None:
        """Give an article under its name, or under the other form of the same number."""
        return self.index.document(str(name)) or self.index.document(str(Name(name.number, rolling=not name.rolling)))

    def read(self, path: str | PurePosixPath, name: Name) -> Post:
        """Read a post or an earlier version of one.

        Raises:
            NotKeptError: it is not there or no post.
        """
        file = PurePosixPath(path)
        try:
            return post.read((self.root / file).read_bytes(), f"{file.name[:10]}-{name}.md")
        except FileNotFoundError as error:
            raise NotKeptError(f"the post {file} is missing; scrapy verify says more") from error
        except (OSError, postfile.PostError) as error:
            raise NotKeptError(f"the post {file} cannot be read: {error}") from error

    def versions(self, document: Document) -> tuple[Version, ...]:
        """Give an article's versions, the oldest first, the one that stands last.

        Revisions lie in the folder of the month the post had; an edit of its day may have moved it to the next one.
        """
        month = PurePosixPath(document.post).parts[1:-1]
        found: list[Version] = []
        for folder in _around(month):
            found += [
                Version(match["stamp"], PurePosixPath(REVISIONS, folder, path.name))
                for path in (self.root / REVISIONS / folder).glob(f"*-{document.name}.*.md")
                if (match := _REVISION.fullmatch(path.name))
            ]
        found.sort(key=lambda version: _age(version.stamp))
        return (*found, Version(CURRENT, PurePosixPath(document.post)))

    def difference(self, name: Name, before: Version, after: Version) -> Step | None:
        """Tell what changed between two versions; None where one cannot be read."""
        try:
            return compare(self.root, name, before, after)
        except OSError:
            return None

    def provenance(self, name: Name) -> Provenance | None:
        """Give what the ledger knows of an article."""
        return provenance(self.root, name)

    def answer(self, place: str) -> Answer:
        """Read a captured answer by its place, ``file#offset``.

        Raises:
            NotKeptError: it is not there, or not as it was written.
        """
        match = _PLACE.fullmatch(place)
        if match is None:
            raise NotKeptError(f"{place!r} is no place in the captures")
        try:
            capture, exchange = read_at(self.root / CAPTURES, match["file"], int(match["offset"]), question=False)
        except (OSError, CaptureError) as error:
            raise NotKeptError(f"the capture cannot be read back: {error}") from error
        try:
            body = decode_body(exchange)
        except ValueError:
            body = exchange.body
        return Answer(exchange, place, capture.sha256, body)

    # -- pictures ------------------------------------------------------------------------------------------------

    def pictures(self, urls: Iterable[str]) -> dict[str, Shown]:
        """Give those of some addresses whose pictures are kept."""
        found = pictures_by_url(self.root, urls)
        if len(self._shown) > _REMEMBERED:
            self._shown.clear()
        self._shown.update((shown.sha256, shown) for shown in found.values())
        return found

    def picture(self, sha256: str) -> tuple[Shown, bytes]:
        """Give a kept picture by the digest of its content.

        Raises:
            NotKeptError: none is kept that has it.
        """
        if not _DIGEST.fullmatch(sha256):
            raise NotKeptError("that is no digest")
        shown = self._shown.get(sha256) or picture_by_digest(self.root, sha256)
        if shown is None:
            raise NotKeptError("no picture with this digest is kept")
        return shown, self.answer(shown.capture).body


def wall(moment: datetime) -> datetime:
    """Give a moment as clocks in Shanghai show it."""
    return moment.astimezone(SHANGHAI)


def _around(month: tuple[str, ...]) -> list[str]:
    """Give the folders ``YYYY/MM`` of the month before, the month, and the month after."""
    try:
        year, number = (int(part) for part in month)
    except ValueError:
        return [str(PurePosixPath(*month))]
    counted = year * 12 + number - 1
    return [f"{one // 12:04}/{one % 12 + 1:02}" for one in (counted - 1, counted, counted + 1)]


def _age(stamp: str) -> tuple[str, int]:
    moment, _, serial = stamp.partition("-")
    return moment, int(serial or 0)
