"""The ledger: one row for every article ever seen, and one for every list; the queue of the next run.

SQL stands here and in `ledgerschema` alone. Times are ISO 8601 in UTC with a trailing ``Z``, so that they sort as text.

An article's state: ``pending`` (seen, not yet had), ``captured`` (its post is written), ``gone`` (its deadline has
passed and no road has it any more). A list that was due and could not be read is pending too, so that an unchanged
home page cannot hide it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from newsarchive.archive.ledgerrows import KEPT_FOR, Row, State, Validators, deadline_of, moment, plain, row_of, stamp
from newsarchive.archive.ledgerschema import SCHEMA_VERSION, prepare
from newsarchive.article import Name, Origin, Refused
from newsarchive.source.lists import Sighting

__all__ = ["KEPT_FOR", "SCHEMA_VERSION", "Ledger", "Row", "State", "Validators", "deadline_of"]

# A new link is pending. A known one is changed only where the list says something else of it now; what was seen
# without a page (a code a user asked for) learns its day, and with it its deadline, from the first list it stands in.
_SEE = """
INSERT INTO articles (name, state, path, segments, day, title, tags, first_seen, last_seen, deadline)
VALUES (:name, 'pending', :path, :segments, :day, :title, :tags, :now, :now, :deadline)
ON CONFLICT (name) DO UPDATE SET
    path = excluded.path, segments = excluded.segments, day = excluded.day,
    title = coalesce(nullif(excluded.title, ''), title),
    tags = coalesce(nullif(excluded.tags, '[]'), tags),
    deadline = CASE WHEN excluded.day IS NULL THEN deadline ELSE excluded.deadline END,
    state = CASE state WHEN 'gone' THEN 'pending' ELSE state END
WHERE excluded.path != '' AND (path != excluded.path OR state = 'gone'
    OR excluded.title NOT IN ('', title) OR excluded.tags NOT IN ('[]', tags))
"""
_OVERDUE = "SELECT path, tag FROM lists WHERE pending AND due_until <= ? ORDER BY path"


class Ledger:
    """The ledger of one archive.

    Args:
        path: the SQLite file; made when it is not there.

    Attributes:
        is_new: no article was in it when it was opened; posts that are there should be adopted.
        sync_captures: brings the captures to the disk and gives file and size, before every transaction.

    Raises:
        Refused: the file is no ledger, or one of a newer newsarchive; it is left as it is.
        sqlite3.Error, OSError: it cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sync_captures: Callable[[], tuple[str, int] | None] = lambda: None
        self._served: dict[str, str] = {}
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            prepare(self._db, path)
            # Not "the file was not there": a run may have died between making the ledger and filling it.
            self.is_new = self._db.execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None
        except sqlite3.DatabaseError as error:
            self._db.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise Refused(f"{path} is no ledger ({error}); move it away, the next run makes it anew") from error
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file; the ledger is whole at any moment, so this is a courtesy."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; the captures it speaks of are on the disk before it is."""
        committed = self.sync_captures()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            if committed is not None:
                self._db.execute("INSERT OR REPLACE INTO committed (one, file, size) VALUES (1, ?, ?)", committed)
            if self._served:
                self._db.executemany("INSERT OR REPLACE INTO served (url, capture) VALUES (?, ?)", self._served.items())
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a disk that is full ends some transactions by itself
                self._db.execute("ROLLBACK")
            raise
        self._served.clear()

    # -- captures ------------------------------------------------------------------------------------------------

    def committed(self) -> tuple[str, int] | None:
        """Give file and size of the captures as of the last transaction: up to there everything is on the disk."""
        row = self._db.execute("SELECT file, size FROM committed").fetchone()
        return (row["file"], row["size"]) if row else None

    def served(self, url: str) -> str | None:
        """Give the place of the last whole capture of a URL."""
        if url in self._served:
            return self._served[url]
        row = self._db.execute("SELECT capture FROM served WHERE url = ?", (url,)).fetchone()
        return row["capture"] if row else None

    def note_served(self, url: str, capture: str) -> None:
        """Remember where a URL was captured; written with the next transaction."""
        self._served[url] = capture

    def flush(self) -> None:
        """Write what was noted since the last transaction."""
        with self._transaction():
            pass

    # -- lists ---------------------------------------------------------------------------------------------------

    def validators(self, path: str) -> Validators:
        """Give what a list can be asked with; empty when it was never read to the end."""
        row = self._db.execute("SELECT etag, last_modified FROM lists WHERE path = ?", (path,)).fetchone()
        return Validators(row["etag"], row["last_modified"]) if row else Validators()

    def pending_lists(self) -> list[tuple[str, str]]:
        """Give path and tag of every list that was due and not yet read."""
        rows = self._db.execute("SELECT path, tag FROM lists WHERE pending ORDER BY path")
        return [(row["path"], row["tag"]) for row in rows]

    def list_read(
        self,
        path: str,
        sightings: Iterable[Sighting],
        *,
        now: datetime,
        validators: Validators | None = None,
        due: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Record that a list was read: its links, the lists it makes due, and only then what it can be asked with.

        All or nothing: a list whose links are not safe in the ledger is asked for again as if never read.
        """
        kept = validators or Validators()
        with self._transaction():
            self._see_all(sightings, now)
            for other, tag in due:
                self._db.execute(
                    "INSERT INTO lists (path, tag, pending, due_until) VALUES (?, ?, 1, ?) ON CONFLICT (path) "
                    "DO UPDATE SET pending = 1, tag = excluded.tag, due_until = excluded.due_until",
                    (other, tag, stamp(now + KEPT_FOR)),
                )
            self._db.execute(
                "INSERT INTO lists (path, pending, etag, last_modified, last_read) VALUES (?, 0, ?, ?, ?) "
                "ON CONFLICT (path) DO UPDATE SET pending = 0, etag = excluded.etag, error = NULL, "
                "last_modified = excluded.last_modified, last_read = excluded.last_read",
                (path, kept.etag, kept.last_modified, stamp(now)),
            )

    def drop_overdue_lists(self, *, now: datetime) -> list[tuple[str, str]]:
        """Take off the queue what could not be read for three days, since a list shows no more; gives path and tag."""
        overdue = [(row["path"], row["tag"]) for row in self._db.execute(_OVERDUE, (stamp(now),))]
        for path, _ in overdue:
            self.list_settled(path)
        return overdue

    def list_settled(self, path: str) -> None:
        """Take a list off the queue that turned out not to exist or to show nothing."""
        self._db.execute("UPDATE lists SET pending = 0 WHERE path = ?", (path,))

    def list_failed(self, path: str, error: str) -> None:
        """Record that a list could not be read; if it was due it stays due."""
        with self._transaction():
            self._db.execute("UPDATE lists SET error = ? WHERE path = ?", (plain(error), path))

    # -- articles ------------------------------------------------------------------------------------------------

    def known(self, name: Name) -> bool:
        """Tell whether an article was ever seen."""
        return self._db.execute("SELECT 1 FROM articles WHERE name = ?", (str(name),)).fetchone() is not None

    def find(self, name: Name) -> Row | None:
        """Give an article's row."""
        row = self._db.execute("SELECT * FROM articles WHERE name = ?", (str(name),)).fetchone()
        return row_of(row) if row else None

    def pending(self) -> list[Row]:
        """Give every article that is still to be had, nearest deadline first."""
        rows = self._db.execute(
            "SELECT * FROM articles WHERE state = 'pending' ORDER BY deadline, ltrim(name, 'NW'), name"
        )
        return [row_of(row) for row in rows]

    def see(self, sighting: Sighting, *, now: datetime) -> None:
        """Record an article that was asked for by name, so that it is not forgotten if it fails."""
        with self._transaction():
            self._see(sighting, now)

    def captured(  # noqa: PLR0913 - one column each
        self,
        sighting: Sighting,
        *,
        now: datetime,
        category: str,
        origin: Origin,
        capture: str | None,
        post: str,
        post_sha256: str,
    ) -> None:
        """Record that an article's post is in the archive; call after the post is safe on the disk."""
        with self._transaction():
            self._see(sighting, now)
            self._db.execute(
                "UPDATE articles SET state = 'captured', category = ?, origin = ?, capture = ?, post = ?, "
                "post_sha256 = ?, error = NULL, error_kind = NULL, last_try = ? WHERE name = ?",
                (category, origin.value, capture, post, post_sha256, stamp(now), str(sighting.link.name)),
            )

    def failed(self, name: Name, kind: str, error: str, *, now: datetime, gone: bool = False) -> None:
        """Record that an article could not be had this time; with `gone`, that it will not be tried again."""
        with self._transaction():
            self._db.execute(
                "UPDATE articles SET tries = tries + 1, last_try = ?, error_kind = ?, error = ?, state = ? "
                "WHERE name = ? AND state != 'captured'",
                (stamp(now), kind, plain(error), State.GONE if gone else State.PENDING, str(name)),
            )

    def forget(self, name: Name) -> None:
        """Drop a pending row that turned out to be another article's (a bare code that is rolling news)."""
        self._db.execute("DELETE FROM articles WHERE name = ? AND state = 'pending'", (str(name),))

    def adopt(self, posts: Iterable[tuple[Name, str, str]], *, now: datetime) -> int:
        """Fill a new ledger with posts that are already there: name, path, digest. Gives their number."""
        count = 0
        then = stamp(now)
        with self._transaction():
            for name, path, sha256 in posts:
                count += self._db.execute(
                    "INSERT INTO articles (name, state, first_seen, last_seen, deadline, post, post_sha256) "
                    "VALUES (?, 'captured', ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                    (str(name), then, then, then, path, sha256),
                ).rowcount
        return count

    def counts(self) -> dict[str, int]:
        """Give how many articles are in each state."""
        rows = self._db.execute("SELECT state, count(*) AS n FROM articles GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def nearest_deadline(self) -> datetime | None:
        """Give the deadline of the pending article that will be lost first."""
        row = self._db.execute("SELECT min(deadline) AS d FROM articles WHERE state = 'pending'").fetchone()
        return moment(row["d"]) if row["d"] else None

    def _see_all(self, sightings: Iterable[Sighting], now: datetime) -> None:
        """Record a list's links. Where none is new, no row is touched: a run without news changes nothing."""
        sightings = list(sightings)
        known = [self._see(sighting, now) for sighting in sightings]
        if all(known):
            return
        self._db.executemany(
            "UPDATE articles SET last_seen = ? WHERE name = ?",
            [(stamp(now), str(sighting.link.name)) for sighting in sightings],
        )

    def _see(self, sighting: Sighting, now: datetime) -> bool:
        """Insert a new article as pending, or note that a known one stands elsewhere now; tells whether it was known.

        A gone article that is seen again is pending again.
        """
        link, known = sighting.link, self.known(sighting.link.name)
        self._db.execute(
            _SEE,
            {
                "name": str(link.name),
                "path": link.path,
                "segments": json.dumps(link.segments, ensure_ascii=False),
                "day": link.day.isoformat() if link.day else None,
                "title": plain(link.title),
                "tags": plain(json.dumps(sighting.tags, ensure_ascii=False)),
                "now": stamp(now),
                "deadline": stamp(deadline_of(link, now)),
            },
        )
        return known
