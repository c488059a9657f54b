"""What the ledger knows of the posts that are there, read as of one moment. SQL of the ledger's room, which only reads.

A ledger of an earlier schema is read as it is: what it has no column for is not known.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

from newsarchive.archive.ledgerschema import SCHEMA_VERSION
from newsarchive.archive.verifyfiles import is_busy
from newsarchive.article import Refused

_COLUMNS = ("name", "post", "post_sha256", "origin", "capture", "capture_sha256")
_FILE_DAY = "substr(post, -length(name) - 14, 10)"  # of _posts/2022/01/2022-01-25-NW202201252261275824.md
_SLACK = timedelta(days=1)

Days = tuple[date | None, date | None]
"""First and last day in Asia/Shanghai, None where open."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post, and what the ledger knows of it.

    Attributes:
        name: the article's.
        post: path, relative to the archive.
        sha256: the post's digest; None where there was no ledger to ask.
        origin: which road its text came by; None where that is not known (a post that was there before the ledger).
        capture: place of the answer that gave the text, ``file#offset``; None like `origin`.
        capture_sha256: digest of that answer's body.
    """

    name: str
    post: str
    sha256: str | None = None
    origin: str | None = None
    capture: str | None = None
    capture_sha256: str | None = None


def file_days(days: Days) -> tuple[str, str]:
    """Give the first and the last day a wanted post may have in its file's name, which may be off by eight hours."""
    since, until = days
    return (
        f"{since - _SLACK}" if since and since > date.min else f"{date.min}",
        f"{until + _SLACK}" if until and until < date.max else f"{date.max}",
    )


class Shelf:
    """The posts by the ledger, as of the moment of the first question, whatever a run writes meanwhile.

    The ledger is read without writing anything, and where no run is at work without the files SQLite would make beside
    it: then the ledger is as still as a file. Whether it stayed so is looked at after the reading.

    Args:
        ledger: the file, in the archive's folder.
        days: what is wanted; a day more may be given on each side.

    Attributes:
        count: how many posts `entries` gives; known when it has been called.

    Raises:
        Refused: it is no ledger, or one of a newer newsarchive.
        sqlite3.Error: it cannot be read.
    """

    def __init__(self, ledger: Path, days: Days = (None, None)) -> None:
        self.count = 0
        self._path = ledger
        self._days = file_days(days)
        self._before = self._state()
        self._still = not is_busy(ledger.parent) and not self._before[1]
        self._db = self._open("immutable=1" if self._still else "mode=ro")

    def entries(self, *, newest_first: bool) -> Iterator[Entry]:
        """Give every post by its moment, then by its number, none of them twice."""
        if not self._still:
            return self._ask(newest_first=newest_first)
        try:
            found = self._ask(newest_first=newest_first)
            if self._state() == self._before:
                return found
        except sqlite3.DatabaseError:
            if self._state() == self._before:
                raise
        self._db.close()  # a run has begun, and what we read may be half the old and half the new
        self._still, self._db = False, self._open("mode=ro")
        return self._ask(newest_first=newest_first)

    def again(self, name: str) -> Entry | None:
        """Give an article's post as it is by now; None where it has none, or nothing was written since."""
        if self._still and self._state() == self._before:
            return None
        with closing(self._open("mode=ro")) as db:
            columns = self._columns(db)
            row = db.execute(f"SELECT {columns} FROM articles WHERE name = ? AND post IS NOT NULL", (name,)).fetchone()  # noqa: S608 - our own columns
        return Entry(*row) if row else None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _open(self, how: str) -> sqlite3.Connection:
        db = sqlite3.connect(f"{self._path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                self._refuse(f"was written by a newer newsarchive (schema {version}); update this one")
            if not _known(db).issuperset(_COLUMNS[:-1]):
                self._refuse("is no ledger; scrapy rebuild makes it anew")
        except BaseException:
            db.close()
            raise
        return db

    def _refuse(self, why: str) -> NoReturn:
        raise Refused(f"{self._path} {why}")

    def _ask(self, *, newest_first: bool) -> Iterator[Entry]:
        """Ask; SQLite has read and sorted everything when its first row is there."""
        moment = f"coalesce(published, {_FILE_DAY})" if "published" in _known(self._db) else _FILE_DAY
        where = f"FROM articles WHERE post IS NOT NULL AND {_FILE_DAY} BETWEEN ? AND ?"
        way = "DESC" if newest_first else "ASC"
        order = f"ORDER BY {moment} {way}, ltrim(name, 'NW') {way}, name {way}"
        self.count = self._db.execute(f"SELECT count(*) {where}", self._days).fetchone()[0]
        rows = self._db.execute(f"SELECT {self._columns(self._db)} {where} {order}", self._days)
        return (Entry(*row) for row in rows)

    @staticmethod
    def _columns(db: sqlite3.Connection) -> str:
        known = _known(db)
        return ", ".join(column if column in known else "NULL" for column in _COLUMNS)

    def _state(self) -> tuple[tuple[int, int, int], int]:
        """Give what shows that someone wrote: the file as it is, and the size of its log."""
        found, log = self._path.stat(), self._path.with_name(f"{self._path.name}-wal")
        return (found.st_ino, found.st_size, found.st_mtime_ns), log.stat().st_size if log.exists() else 0


def _known(db: sqlite3.Connection) -> set[str]:
    return {row[1] for row in db.execute("PRAGMA table_info(articles)")}
