"""The ledger: one row for every article ever seen, every list, every run; the queue of the next run.

SQL stands in the modules ``ledger…`` alone. Times are ISO 8601 in UTC with a trailing ``Z``, so that they sort as text.

A list that was due and could not be read is pending, like an article, so that an unchanged home page cannot hide it.
When an article was last seen follows from its sightings: the last moment a list that shows it was confirmed, by itself
or by a 304; so a run that finds no news changes no row about an article. The view ``seen`` says it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from newsarchive.archive.ledgerimports import ImportRows
from newsarchive.archive.ledgerpictures import PictureRows
from newsarchive.archive.ledgerrows import (
    KEPT_FOR,
    Adopted,
    Kept,
    PastRun,
    Row,
    State,
    Validators,
    deadline_of,
    fate,
    is_last_look,
    moment,
    plain,
    stamp,
)
from newsarchive.archive.ledgerschema import SCHEMA_VERSION
from newsarchive.article import Name
from newsarchive.dates import SHANGHAI
from newsarchive.source.lists import Sighting

__all__ = [
    "KEPT_FOR",
    "SCHEMA_VERSION",
    "Adopted",
    "Kept",
    "Ledger",
    "PastRun",
    "Row",
    "State",
    "Validators",
    "deadline_of",
    "fate",
    "is_last_look",
]

_LIST_READ = """
INSERT INTO lists (path, pending, etag, last_modified, last_read, confirmed)
VALUES (:path, 0, :etag, :last_modified, :now, :now)
ON CONFLICT (path) DO UPDATE SET pending = 0, etag = excluded.etag, error = NULL,
    last_modified = excluded.last_modified, last_read = excluded.last_read, confirmed = excluded.confirmed
"""
_SIGHTED = """
INSERT INTO sightings (list, name, first_seen) VALUES (?, ?, ?) ON CONFLICT (list, name) DO UPDATE SET last_seen = NULL
"""
_LEFT = """
UPDATE sightings SET last_seen = coalesce((SELECT confirmed FROM lists WHERE path = list), first_seen)
WHERE list = ? AND name = ?
"""
_OVERDUE = "SELECT path, tag FROM lists WHERE pending AND due_until <= ? ORDER BY path"
_RUN_ENDED = """
UPDATE runs SET ended = :ended, exit_code = :exit_code, verdict = :verdict, counts = :counts, file = :file
WHERE id = :id
"""
_KILLED = "killed"
_PAST = """
SELECT began, arguments, counts, ended FROM runs
WHERE spider = ? AND (ended IS NOT NULL OR verdict IS NOT NULL) ORDER BY id DESC
"""
_SHOWN_TAGS = """
SELECT tags, segments FROM articles WHERE state = 'captured' AND deadline > :now AND path != '' AND day > :past
UNION SELECT tags, segments FROM articles WHERE state = 'pending' AND deadline > :now AND path != '' AND day > :past
"""


class Ledger(ImportRows, PictureRows):
    """The ledger of one archive; the arguments are those of `LedgerFile`."""

    # -- lists ---------------------------------------------------------------------------------------------------

    def validators(self, path: str) -> Validators:
        """Give what a list can be asked with; empty when it was never read to the end."""
        row = self._db.execute("SELECT etag, last_modified FROM lists WHERE path = ?", (path,)).fetchone()
        return Validators(row["etag"], row["last_modified"]) if row else Validators()

    def was_read(self, path: str) -> datetime | None:
        """Give when a list was last read to the end; None where it never was."""
        row = self._db.execute("SELECT last_read FROM lists WHERE path = ?", (path,)).fetchone()
        return moment(row["last_read"]) if row and row["last_read"] else None

    def showed(self, path: str, name: Name) -> bool:
        """Tell whether a reading of a list to its end ever showed an article."""
        values = (path, str(name))
        return self._db.execute("SELECT 1 FROM sightings WHERE list = ? AND name = ?", values).fetchone() is not None

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
            shown = []
            for sighting in sightings:
                self._see(sighting, now)
                shown.append(str(sighting.link.name))
            self._show(path, shown, now)
            for other, tag in due:
                self._make_due(other, tag, now)
            self._db.execute(
                _LIST_READ,
                {"path": path, "etag": kept.etag, "last_modified": kept.last_modified, "now": stamp(now)},
            )

    def make_due(self, path: str, tag: str, *, now: datetime) -> None:
        """Put a list on the queue: something asked for it that is no news, or what it holds could not all be read."""
        with self._transaction():
            self._make_due(path, tag, now)

    def list_confirmed(self, path: str, *, now: datetime) -> None:
        """Record that a list is as it was when it was read (a 304): it still shows what it showed."""
        with self._transaction():
            self._db.execute("UPDATE lists SET confirmed = ? WHERE path = ?", (stamp(now), path))

    def drop_overdue_lists(self, *, now: datetime) -> list[tuple[str, str]]:
        """Take off the queue what could not be read for three days, since a list shows no more; gives path and tag."""
        overdue = [(row["path"], row["tag"]) for row in self._db.execute(_OVERDUE, (stamp(now),))]
        for path, _ in overdue:
            self.list_settled(path)
        return overdue

    def shown_tags(self, *, now: datetime) -> dict[str, tuple[str, ...]]:
        """Give every heading under which the mirror showed an article whose three days are not over.

        They are counted from the beginning of the article's day in Asia/Shanghai: its hour is known only when it is
        archived, and a rebuild, which reads the lists first, must come to the same.

        Returns:
            The heading, and the segments its articles' paths begin with: the fewest where they differ.
        """
        shown: dict[str, tuple[str, ...]] = {}
        past = (now.astimezone(SHANGHAI) - KEPT_FOR).date()
        for row in self._db.execute(_SHOWN_TAGS, {"now": stamp(now), "past": past.isoformat()}):
            segments = tuple(json.loads(row["segments"]))
            for tag in json.loads(row["tags"]):
                shown[tag] = min(shown.get(tag, segments), segments, key=lambda path: (len(path), path))
        return shown

    def list_settled(self, path: str) -> None:
        """Take a list off the queue that turned out not to exist or to show nothing."""
        self._db.execute("UPDATE lists SET pending = 0 WHERE path = ?", (path,))

    def forget_validators(self, path: str) -> None:
        """Ask for a list without conditions next time: what the server says of them cannot be right."""
        with self._in_passing():
            self._db.execute("UPDATE lists SET etag = NULL, last_modified = NULL WHERE path = ?", (path,))

    def list_failed(self, path: str, error: str) -> None:
        """Record that a list could not be read; if it was due it stays due."""
        with self._in_passing():
            self._db.execute("UPDATE lists SET error = ? WHERE path = ?", (plain(error), path))

    def _show(self, path: str, shown: list[str], now: datetime) -> None:
        """Note which articles a list shows now, and until when it showed those it shows no more."""
        rows = self._db.execute("SELECT name FROM sightings WHERE list = ? AND last_seen IS NULL", (path,))
        before = {row["name"] for row in rows}
        self._db.executemany(_SIGHTED, [(path, name, stamp(now)) for name in shown if name not in before])
        self._db.executemany(_LEFT, [(path, name) for name in sorted(before.difference(shown))])

    def _make_due(self, path: str, tag: str, now: datetime) -> None:
        self._db.execute(
            "INSERT INTO lists (path, tag, pending, due_until) VALUES (?, ?, 1, ?) ON CONFLICT (path) "
            "DO UPDATE SET pending = 1, tag = excluded.tag, due_until = excluded.due_until",
            (path, tag, stamp(now + KEPT_FOR)),
        )

    # -- runs ----------------------------------------------------------------------------------------------------

    def run_began(self, spider: str, arguments: dict[str, str], *, now: datetime) -> int:
        """Record that a run begins; gives its number. One that was killed stays without an end."""
        with self._transaction():
            row = self._db.execute(
                "INSERT INTO runs (spider, arguments, began) VALUES (?, ?, ?) RETURNING id",
                (spider, plain(json.dumps(arguments, ensure_ascii=False)), stamp(now)),
            ).fetchone()
        return int(row["id"])

    def run_ended(self, number: int, record: dict[str, Any], file: str) -> None:
        """Record how a run ended.

        Args:
            number: as `run_began` gave it.
            record: as `newsarchive.archive.runs.Run.as_json` gives it.
            file: the name of its record in ``runs/``.
        """
        values = {
            "id": number,
            "ended": record["ended"],
            "exit_code": record["exit_code"],
            "verdict": plain(record["verdict"]),
            "counts": json.dumps(record["counts"]),
            "file": file,
        }
        with self._transaction():
            self._db.execute(_RUN_ENDED, values)

    def past_runs(self, spider: str, *, since: datetime) -> Iterator[PastRun]:
        """Give a spider's runs that began since then and are over, newest first; costs what is taken of them."""
        for row in self._db.execute(_PAST, (spider,)):
            began = moment(row["began"])
            if began < since:
                return
            yield PastRun(began, row["arguments"], row["counts"], row["ended"] is None)

    def last_record(self) -> str | None:
        """Give the name of the newest run's record in ``runs/``."""
        row = self._db.execute("SELECT file FROM runs WHERE file IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()
        return row["file"] if row else None

    def killed_runs(self) -> list[tuple[str, str]]:
        """Give spider and beginning of each run that did not live to say how it ended; each is given once."""
        rows = self._db.execute("SELECT id, spider, began FROM runs WHERE ended IS NULL AND verdict IS NULL").fetchall()
        if rows:
            with self._transaction():
                self._db.execute("UPDATE runs SET verdict = ? WHERE ended IS NULL AND verdict IS NULL", (_KILLED,))
        return [(row["spider"], row["began"]) for row in rows]
