"""A ledger made anew beside the one that is there, and what the two say differently. SQL of the ledger's room.

What captures and posts cannot tell, and is therefore kept from the earlier ledger where that is whole: how often and
when an article was tried in vain and with which error, that it is gone, when it was seen in lists that said nothing
new, codes asked for that no host answered, lists' errors, and digests of revisions (a lost ledger's are taken from the
files as they are).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsarchive.archive.ledger import Adopted, Ledger
from newsarchive.archive.ledgerrows import moment
from newsarchive.source.lists import Sighting

# What a row must say alike. An empty column of either says nothing: a post that was adopted or imported has no capture.
MATTERS = ("state", "post", "post_sha256", "category", "origin", "capture", "capture_sha256", "published")

_KEEP = """
UPDATE main.articles SET
    first_seen = min(main.articles.first_seen, o.first_seen),
    tries = o.tries, last_try = coalesce(o.last_try, main.articles.last_try),
    looked = max(coalesce(main.articles.looked, o.looked), coalesce(o.looked, main.articles.looked)),
    error_kind = CASE main.articles.state WHEN 'captured' THEN NULL ELSE o.error_kind END,
    error = CASE main.articles.state WHEN 'captured' THEN NULL ELSE o.error END,
    nowhere_since = CASE main.articles.state WHEN 'captured' THEN NULL ELSE o.nowhere_since END,
    state = CASE WHEN main.articles.state = 'pending' AND o.state IN ('failed', 'expired', 'gone') THEN o.state
        ELSE main.articles.state END
FROM earlier.articles AS o WHERE o.name = main.articles.name
"""
_KEEP_ADOPTED = """
UPDATE main.articles SET state = o.state, path = o.path, segments = o.segments, day = o.day, title = o.title,
    tags = o.tags, listed = o.listed, deadline = o.deadline, category = o.category, origin = o.origin,
    capture = o.capture, capture_sha256 = o.capture_sha256, published = coalesce(main.articles.published, o.published)
FROM earlier.articles AS o
WHERE o.name = main.articles.name AND main.articles.origin IS NULL AND main.articles.post = o.post
    AND main.articles.post_sha256 = o.post_sha256
"""
# A post that is as it was keeps its number among the changes, so that who followed them meets nothing twice.
_OFFSET_CHANGES = """
UPDATE main.articles SET change = change + (SELECT value FROM earlier.meta WHERE key = 'change')
"""
_KEEP_CHANGES = """
UPDATE main.articles SET change = o.change FROM earlier.articles AS o
WHERE o.name = main.articles.name AND o.change IS NOT NULL
    AND main.articles.post = o.post AND main.articles.post_sha256 = o.post_sha256
"""
_KEEP_ROWS = """
INSERT INTO main.articles SELECT * FROM earlier.articles AS o
WHERE o.name NOT IN (SELECT name FROM main.articles)
"""
_KEEP_LISTS = """
INSERT INTO main.lists SELECT * FROM earlier.lists WHERE true
ON CONFLICT (path) DO UPDATE SET error = excluded.error, last_read = excluded.last_read, pending = excluded.pending,
    tag = excluded.tag, due_until = excluded.due_until, etag = excluded.etag, last_modified = excluded.last_modified,
    confirmed = max(coalesce(confirmed, excluded.confirmed), excluded.confirmed)
"""
_KEEP_SIGHTINGS = """
INSERT INTO main.sightings SELECT * FROM earlier.sightings WHERE true
ON CONFLICT (list, name) DO UPDATE SET first_seen = min(first_seen, excluded.first_seen),
    last_seen = excluded.last_seen
"""
_KEEP_RUNS = "INSERT INTO main.runs SELECT * FROM earlier.runs"
_KEEP_PICTURES = "INSERT INTO main.pictures SELECT * FROM earlier.pictures"
_KEEP_PICTURES_READ = "INSERT INTO main.meta SELECT * FROM earlier.meta WHERE key = 'pictures'"
_KEEP_ID = "UPDATE main.meta SET value = (SELECT value FROM earlier.meta WHERE key = 'id') WHERE key = 'id'"
_COUNT_CHANGES = """
UPDATE main.meta SET value = (SELECT max(e.value, (SELECT coalesce(max(change), 0) FROM main.articles))
    FROM earlier.meta AS e WHERE e.key = 'change') WHERE key = 'change'
"""
_KEEP_ALL = (
    _KEEP_ADOPTED,
    _KEEP,
    _OFFSET_CHANGES,
    _KEEP_CHANGES,
    _KEEP_ROWS,
    _KEEP_LISTS,
    _KEEP_SIGHTINGS,
    _KEEP_RUNS,
    _KEEP_PICTURES,
    _KEEP_PICTURES_READ,
    _KEEP_ID,
    _COUNT_CHANGES,
)
_BROKEN_OFF = """
SELECT began, (SELECT min(later.began) FROM runs AS later WHERE later.id > runs.id) AS next
FROM runs WHERE ended IS NULL OR exit_code NOT IN (0, 3, 4)
"""
_ADOPT = """
INSERT INTO articles (name, state, title, tags, first_seen, deadline, category, post, post_sha256, published, change)
VALUES (:name, 'captured', :title, :tags, :now, :deadline, :category, :post, :post_sha256, :published, :change)
ON CONFLICT (name) DO UPDATE SET state = 'captured', post = excluded.post, post_sha256 = excluded.post_sha256,
    category = excluded.category, published = excluded.published, error = NULL, error_kind = NULL,
    change = excluded.change
WHERE state != 'captured'
"""


def copy_ledger(ledger: Path, copy: Path, *, busy: bool) -> bool:
    """Copy a ledger as of one moment; tells whether there is one.

    Args:
        ledger: the file.
        copy: where to, in a folder of our own.
        busy: a run is writing to it; then SQLite copies it, else its bytes are copied with those of its log.

    Raises:
        OSError, sqlite3.Error: it cannot be read.
    """
    if not ledger.exists():
        return False
    if busy:
        with (
            closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as to,
        ):
            source.backup(to)
        return True
    shutil.copyfile(ledger, copy)
    log = ledger.with_name(f"{ledger.name}-wal")
    if log.exists():  # what a killed run had committed is in it
        shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
    return True


def newest_post(ledger: Path, name: str) -> tuple[str, str] | None:
    """Give path and digest of an article's post by a ledger that a run is writing to; None where it has none.

    Raises:
        sqlite3.Error: the ledger cannot be read.
    """
    with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as db:
        row = db.execute(
            "SELECT post, post_sha256 FROM articles WHERE name = ? AND state = 'captured'", (name,)
        ).fetchone()
    return (str(row[0]), str(row[1])) if row else None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row says, and what it should by captures and posts; `said` is None where there is no such row."""

    name: str
    column: str
    said: str | None
    should: str | None


class NewLedger(Ledger):
    """A ledger while it is made: one transaction from beginning to end, nothing durable before it is in place.

    Args:
        path: of a file that is empty, or not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._db.execute("PRAGMA journal_mode = OFF")  # where it fails half-way, the whole file is thrown away
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("BEGIN")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        yield
        if self._served:
            self._db.executemany("INSERT OR REPLACE INTO served (url, capture) VALUES (?, ?)", self._served.items())
            self._served.clear()

    def _see(self, sighting: Sighting, now: datetime) -> None:
        # Of a known article a sighting that tells nothing changes nothing; most of what is replayed is that.
        if sighting.link.path or sighting.listed is not None or not self.known(sighting.link.name):
            super()._see(sighting, now)

    def adopt_post(self, one: Adopted, *, now: datetime) -> None:
        """Take in a post that the captures do not give."""
        self._db.execute(_ADOPT, self._as_columns(one, now))

    def take_run(self, record: dict[str, Any], file: str) -> None:
        """Take in a run by its record in ``runs/``."""
        number = self.run_began(record["spider"], record["arguments"], now=datetime.fromisoformat(record["began"]))
        self.run_ended(number, record, file)

    def post_of(self, name: str) -> str | None:
        """Give where an article's post stands, if it has one."""
        row = self._db.execute("SELECT post FROM articles WHERE name = ? AND state = 'captured'", (name,)).fetchone()
        return row["post"] if row else None

    def keep_from(self, earlier: Path) -> None:
        """Keep from an earlier ledger that is whole what captures and posts cannot tell; see the module's text."""
        self._db.execute("COMMIT")
        self._db.execute("ATTACH ? AS earlier", (str(earlier),))
        self._db.execute("BEGIN")
        for statement in _KEEP_ALL:
            self._db.execute(statement)
        self._db.execute("COMMIT")
        self._db.execute("DETACH earlier")
        self._db.execute("BEGIN")

    def finish(self, committed: tuple[str, int] | None) -> None:
        """Bring the ledger to the disk, ready to take its place.

        Args:
            committed: name and size of the last capture file.

        Raises:
            OSError, sqlite3.Error: the disk does not take it.
        """
        self.flush()
        if committed is not None:
            self._db.execute("INSERT OR REPLACE INTO committed (one, file, size) VALUES (1, ?, ?)", committed)
        self._db.execute("COMMIT")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()


class EarlierLedger:
    """A copy of the ledger that is there. The ledger itself is never opened: SQLite would make files beside it.

    Args:
        path: of the copy, as `copy_ledger` makes it.

    Raises:
        sqlite3.Error: it is no ledger.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("SELECT 1 FROM articles LIMIT 1").fetchone()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def damage(self) -> list[str]:
        """Give what SQLite finds wrong with the file; nothing where it is whole."""
        try:
            found = [str(row[0]) for row in self._db.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def committed(self) -> tuple[str, int] | None:
        """Give file and size of the captures as of the last transaction."""
        row = self._db.execute("SELECT file, size FROM committed").fetchone()
        return (row["file"], row["size"]) if row else None

    def row(self, name: str) -> dict[str, str | None] | None:
        """Give what matters of an article's row."""
        row = self._db.execute("SELECT * FROM articles WHERE name = ?", (name,)).fetchone()
        return {column: row[column] for column in MATTERS} if row else None

    def broken_off(self) -> tuple[tuple[datetime, datetime], ...]:
        """Give from when to when each run was at work that was killed, stopped or halted: until the next began."""
        found = [(moment(row["began"]), row["next"]) for row in self._db.execute(_BROKEN_OFF)]
        return tuple((began, moment(until) if until else datetime.max.replace(tzinfo=UTC)) for began, until in found)

    def captured(self) -> Iterator[tuple[str, dict[str, str | None]]]:
        """Give name and row of every article that has a post."""
        for row in self._db.execute("SELECT * FROM articles WHERE state = 'captured' ORDER BY name"):
            yield row["name"], {column: row[column] for column in MATTERS}

    def differences(self, new: Path) -> Iterator[Difference]:
        """Compare with a ledger made anew: every column that matters of every article that has a post by either."""
        self._db.execute("ATTACH ? AS new", (str(new),))
        try:
            columns = ", ".join(f"o.{column}, n.{column}" for column in MATTERS)
            rows = self._db.execute(
                f"SELECT n.name, o.name, {columns} FROM new.articles AS n "  # noqa: S608 - our own column names
                "LEFT JOIN main.articles AS o ON o.name = n.name WHERE n.state = 'captured' ORDER BY n.name"
            )
            for name, there, *values in rows:
                if there is None:
                    yield Difference(name, "row", None, "captured")
                    continue
                for column, said, should in zip(MATTERS, values[::2], values[1::2], strict=True):
                    if said != should and should is not None and (said is not None or column in {"state", "post"}):
                        yield Difference(name, column, said, should)
        finally:
            self._db.execute("DETACH new")
