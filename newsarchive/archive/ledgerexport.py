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
    """The posts by the ledger, as of the moment this is made, whatever a run writes later.

    What is needed is copied, sorted, into a private temporary file, so that the ledger is let go of at once: a reader
    that stays would keep a run from closing it well. Where no run is at work it is read like a file that stands still,
    without the files SQLite would make beside it; that it did stand still is looked at afterwards.

    Args:
        ledger: the file, in the archive's folder.
        days: what is wanted; a day more may be given on each side.
        newest_first: by moment and number, either way.
        after: an earlier shelf's `mark`: only what is new or changed since. Empty for everything.

    Attributes:
        mark: what to give as `after` next time; empty for a ledger of an earlier schema, which does not count changes.

    Raises:
        Refused: it is no ledger, or one of a newer newsarchive, or `after` is no mark of this one.
        sqlite3.Error: it cannot be read.
    """

    def __init__(self, ledger: Path, days: Days = (None, None), *, newest_first: bool = False, after: str = "") -> None:
        self.mark = ""
        self._path = ledger
        self._after = after
        self._days = file_days(days)
        self._way = "DESC" if newest_first else "ASC"
        self._still = not is_busy(ledger.parent)
        self._db = self._copied()

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM entries").fetchone()[0])

    def __iter__(self) -> Iterator[Entry]:
        """Give every post, none of them twice."""
        rows = self._db.execute("SELECT * FROM entries ORDER BY rowid")
        return (Entry(*row) for row in rows)

    def again(self, name: str) -> Entry | None:
        """Give an article's post as it is by now; None where it has none, or nothing was written since."""
        if self._still and self._state() == self._before:
            return None
        with closing(self._attached("mode=ro")) as db:
            columns = ", ".join(_columns(db))
            question = f"SELECT {columns} FROM articles WHERE name = ? AND post IS NOT NULL"  # noqa: S608 - our own columns
            row = db.execute(question, (name,)).fetchone()
        return Entry(*row) if row else None

    def close(self) -> None:
        """Let go of the temporary file."""
        self._db.close()

    def _copied(self) -> sqlite3.Connection:
        self._before = self._state()
        self._still = self._still and not self._before[-1]  # a log: a run was killed, and what it committed is there
        if not self._still:
            return self._copy("mode=ro")
        try:
            db = self._copy("immutable=1")
        except sqlite3.DatabaseError:
            if self._state() == self._before:
                raise
        else:
            if self._state() == self._before:
                return db
            db.close()
        self._still = False  # a run has begun, and what was read may be half the old and half the new
        return self._copy("mode=ro")

    def _copy(self, how: str) -> sqlite3.Connection:
        db = self._attached(how)
        try:
            db.execute("BEGIN")  # all that is asked is of one moment
            known, columns = _known(db), ", ".join(_columns(db))
            self.mark = _mark(db) if "change" in known else ""
            moment = f"coalesce(published, {_FILE_DAY})" if "published" in known else _FILE_DAY
            db.execute(
                f"CREATE TABLE entries AS SELECT {columns} FROM articles "  # noqa: S608 - our own columns
                f"WHERE post IS NOT NULL AND {_FILE_DAY} BETWEEN ? AND ? {self._only_changed()}"
                f"ORDER BY {moment} {self._way}, ltrim(name, 'NW') {self._way}, name {self._way}",
                self._days,
            )
            db.execute("COMMIT")
            db.execute("DETACH ledger")
        except BaseException:
            db.close()
            raise
        return db

    def _attached(self, how: str) -> sqlite3.Connection:
        """Give a private temporary database with the ledger at its side, to be read only."""
        db = sqlite3.connect("", uri=True, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("ATTACH ? AS ledger", (f"{self._path.absolute().as_uri()}?{how}",))
            version = db.execute("PRAGMA ledger.user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                self._refuse(f"was written by a newer newsarchive (schema {version}); update this one")
            if not _known(db).issuperset(_COLUMNS[:-1]):
                self._refuse("is no ledger; scrapy rebuild makes it anew")
        except BaseException:
            db.close()
            raise
        return db

    def _only_changed(self) -> str:
        if not self._after:
            return ""
        ledger, _, change = self._after.partition("-")
        if not self.mark or ledger != self.mark.partition("-")[0]:
            self._refuse(f"was made anew since the mark {self._after}, or never gave it; export everything once")
        if not change.isdecimal():
            self._refuse(f"never gave the mark {self._after}")
        return f"AND change > {int(change)} "

    def _refuse(self, why: str) -> NoReturn:
        raise Refused(f"{self._path} {why}")

    def _state(self) -> tuple[int, int, int, int]:
        """Give what shows that someone wrote: the file as it is, and the size of its log."""
        found, log = self._path.stat(), self._path.with_name(f"{self._path.name}-wal")
        return found.st_ino, found.st_size, found.st_mtime_ns, log.stat().st_size if log.exists() else 0


def _columns(db: sqlite3.Connection) -> list[str]:
    known = _known(db)
    return [column if column in known else f"NULL AS {column}" for column in _COLUMNS]


def _mark(db: sqlite3.Connection) -> str:
    """Give which ledger this is, and how many changes it has counted."""
    ledger, change = (
        db.execute("SELECT value FROM ledger.meta WHERE key = ?", (key,)).fetchone()[0] for key in ("id", "change")
    )
    return f"{ledger[:8]}-{change}"


def _known(db: sqlite3.Connection) -> set[str]:
    return {row[1] for row in db.execute("PRAGMA ledger.table_info(articles)")}
