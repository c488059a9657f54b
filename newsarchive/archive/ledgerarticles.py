"""The ledger's rows about articles."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from newsarchive.archive.ledgerfile import LedgerFile
from newsarchive.archive.ledgerrows import (
    KEPT_FOR,
    Adopted,
    Kept,
    Row,
    State,
    deadline_of,
    moment,
    plain,
    row_of,
    stamp,
)
from newsarchive.article import Name, Origin
from newsarchive.source.lists import Listed, Sighting

# A new link is pending. A known one is changed only where the list says something else of it now; what was seen
# without a page (a code a user asked for) learns its day, and with it its deadline, from the first list it stands in.
# A list that knows no pages adds what it says beyond the link, and takes no page away.
_SEE = """
INSERT INTO articles (name, state, path, segments, day, title, tags, first_seen, deadline, listed)
VALUES (:name, 'pending', :path, :segments, :day, :title, :tags, :now, :deadline, :listed)
ON CONFLICT (name) DO UPDATE SET
    path = coalesce(nullif(excluded.path, ''), path),
    segments = CASE excluded.path WHEN '' THEN segments ELSE excluded.segments END,
    day = CASE excluded.path WHEN '' THEN coalesce(day, excluded.day) ELSE excluded.day END,
    title = coalesce(CASE excluded.path WHEN '' THEN nullif(title, '') END, nullif(excluded.title, ''), title),
    tags = coalesce(CASE excluded.path WHEN '' THEN nullif(tags, '[]') END, nullif(excluded.tags, '[]'), tags),
    listed = coalesce(excluded.listed, listed),
    deadline = CASE WHEN excluded.day IS NULL OR published IS NOT NULL OR (excluded.path = '' AND day IS NOT NULL)
        THEN deadline ELSE excluded.deadline END,
    nowhere_since = CASE WHEN state IN ('failed', 'expired', 'gone') THEN NULL ELSE nowhere_since END,
    state = CASE WHEN state IN ('failed', 'expired', 'gone') THEN 'pending' ELSE state END
WHERE excluded.path != '' AND (path != excluded.path OR state IN ('failed', 'expired', 'gone')
    OR excluded.title NOT IN ('', title) OR excluded.tags NOT IN ('[]', tags))
    OR excluded.listed IS NOT NULL AND (listed IS NOT excluded.listed OR state IN ('failed', 'expired', 'gone'))
"""
_KNOWN_TO_THE_MIRROR = "SELECT 1 FROM articles WHERE name = ? AND (path != '' OR listed IS NULL)"
_LISTED = "SELECT listed FROM articles WHERE name = ? AND listed IS NOT NULL"
_CAPTURED = """
UPDATE articles SET state = 'captured', category = :category, origin = :origin, capture = :capture,
    capture_sha256 = :capture_sha256, post = :post, post_sha256 = :post_sha256, error = NULL, error_kind = NULL,
    nowhere_since = NULL, published = :published, deadline = coalesce(:deadline, deadline), last_try = :now,
    looked = CASE WHEN :broken THEN NULL ELSE :now END, change = :change
WHERE name = :name
"""
_FAILED = """
UPDATE articles SET tries = tries + :tried, last_try = CASE WHEN :tried THEN :now ELSE last_try END,
    error_kind = :kind, error = :error, state = :state,
    nowhere_since = coalesce(nowhere_since, CASE WHEN :nowhere THEN :now END)
WHERE name = :name AND state != 'captured'
"""
_ADOPT = """
INSERT INTO articles (name, state, title, tags, first_seen, deadline, category, post, post_sha256, published, change)
VALUES (:name, 'captured', :title, :tags, :now, :deadline, :category, :post, :post_sha256, :published, :change)
ON CONFLICT (name) DO NOTHING
"""
# What bytes of could not be read is looked at again soon, then after twice as long each time, at most so many days.
_LONGEST_WAIT = 0.5
_AHEAD = timedelta(days=1)  # what is dated later has its year wrong, and is not shown for all these years
_LAST_LOOKS = """
SELECT * FROM articles WHERE state = 'captured' AND deadline > :now
    AND (deadline <= :until AND looked < strftime('%Y-%m-%dT%H:%M:%SZ', deadline, :before)
        OR looked IS NULL AND origin IS NOT NULL AND julianday(:now) - julianday(last_try)
            >= min(julianday(last_try) - julianday(first_seen), :longest))
ORDER BY deadline, ltrim(name, 'NW'), name
"""
_IMPROVABLE = """
SELECT * FROM articles WHERE state = 'captured' AND deadline > :since AND origin != :best AND last_try <= :before
ORDER BY last_try, name LIMIT :limit
"""


class ArticleRows(LedgerFile):
    """What the ledger knows of articles."""

    def known(self, name: Name) -> bool:
        """Tell whether an article was ever seen."""
        return self._db.execute("SELECT 1 FROM articles WHERE name = ?", (str(name),)).fetchone() is not None

    def known_to_the_mirror(self, name: Name) -> bool:
        """Tell whether an article was ever seen, otherwise than in lists that know no pages of the mirror.

        What only those showed says nothing about the mirror's lists: neither that what is older was read there, nor
        that its feed stands still.
        """
        return self._db.execute(_KNOWN_TO_THE_MIRROR, (str(name),)).fetchone() is not None

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

    def last_looks(self, *, now: datetime, hours: float) -> list[Row]:
        """Give the archived articles whose last look is due, nearest deadline first.

        Those whose deadline is within so many hours, and whose text was not looked at within these hours before it; and
        those of which bytes could not be read, until their deadline.
        """
        window = timedelta(hours=hours)
        values = {
            "now": stamp(now),
            "until": stamp(now + window),
            "before": f"-{int(window.total_seconds())} seconds",
            "longest": _LONGEST_WAIT,
        }
        return [row_of(row) for row in self._db.execute(_LAST_LOOKS, values)]

    def improvable(self, *, before: datetime, since: datetime, limit: int) -> list[Row]:
        """Give archived articles that a better road may have: deadline after `since`, last asked for until `before`."""
        best = Origin.SHARE_JSON.value
        values = {"since": stamp(since), "best": best, "before": stamp(before), "limit": limit}
        return [row_of(row) for row in self._db.execute(_IMPROVABLE, values)]

    def tried(self, name: Name, *, now: datetime) -> None:
        """Record that an archived article was asked for again at better roads."""
        with self._in_passing():
            self._db.execute("UPDATE articles SET last_try = ? WHERE name = ?", (stamp(now), str(name)))

    def see(self, sighting: Sighting, *, now: datetime) -> None:
        """Record an article that was asked for by name, so that it is not forgotten if it fails."""
        self.see_all((sighting,), now=now)

    def see_all(self, sightings: Iterable[Sighting], *, now: datetime) -> None:
        """Record articles that a part of a list shows; which list it is, `Ledger.list_read` records with all of it."""
        with self._transaction():
            for sighting in sightings:
                self._see(sighting, now)

    def captured(self, sighting: Sighting, kept: Kept, *, now: datetime) -> None:
        """Record that an article's post is in the archive; call after the post is safe on the disk."""
        with self._transaction():
            self._see(sighting, now)
            self._captured(sighting.link.name, kept, now)

    def _captured(self, name: Name, kept: Kept, now: datetime) -> None:
        before = self._db.execute("SELECT post, post_sha256, change FROM articles WHERE name = ?", (str(name),))
        post, post_sha256, change = before.fetchone()
        if change is None or (post, post_sha256) != (kept.post, kept.post_sha256):
            change = self._next_change()
        self._db.execute(
            _CAPTURED,
            {
                "name": str(name),
                "now": stamp(now),
                "category": kept.category,
                "origin": kept.origin.value,
                "capture": kept.capture,
                "capture_sha256": kept.capture_sha256,
                "post": kept.post,
                "post_sha256": kept.post_sha256,
                "published": stamp(kept.published) if kept.published else None,
                "deadline": stamp(min(kept.published, now + _AHEAD) + KEPT_FOR) if kept.published else None,
                "change": change,
                "broken": kept.broken,
            },
        )

    def looked(self, name: Name, *, now: datetime) -> None:
        """Record that an archived article was looked at again, and is as it is archived, or has left the source."""
        with self._transaction():
            self._db.execute("UPDATE articles SET looked = ? WHERE name = ?", (stamp(now), str(name)))

    def failed(  # noqa: PLR0913 - one column each
        self,
        name: Name,
        kind: str,
        error: str,
        *,
        now: datetime,
        state: State = State.PENDING,
        nowhere: bool = False,
        tried: bool = True,
    ) -> None:
        """Record that an article could not be had this time.

        Args:
            name: the article's; of one that is archived nothing changes.
            kind: of what hindered.
            error: what hindered, in words.
            now: the moment of the try.
            state: what it is from now on, as `newsarchive.archive.ledgerrows.fate` tells.
            nowhere: every road said it has none, in proper answers.
            tried: it was asked for; else the run leaves the service alone, which uses up no try.
        """
        values = {
            "name": str(name),
            "now": stamp(now),
            "kind": kind,
            "error": plain(error),
            "state": state,
            "nowhere": nowhere,
            "tried": tried,
        }
        with self._in_passing():
            self._db.execute(_FAILED, values)

    def forget(self, name: Name) -> None:
        """Drop a pending row that turned out to be another article's (a bare code that is rolling news)."""
        self._db.execute("DELETE FROM articles WHERE name = ? AND state = 'pending'", (str(name),))

    def adopt(self, posts: Iterable[Adopted], *, now: datetime) -> int:
        """Take in posts that are already there; gives the number of those that were not known."""
        count = 0
        with self._transaction():
            for one in posts:
                count += self._db.execute(_ADOPT, self._as_columns(one, now)).rowcount
        return count

    def _as_columns(self, one: Adopted, now: datetime) -> dict[str, str | int | None]:
        """Give the columns of a post that no capture gave, by name; within a transaction."""
        return {
            "name": str(one.name),
            "now": stamp(now),
            "deadline": stamp(one.published + KEPT_FOR if one.published else now),
            "title": plain(one.title),
            "tags": plain(json.dumps([one.tag] if one.tag else [], ensure_ascii=False)),
            "category": one.category,
            "post": one.post,
            "post_sha256": one.post_sha256,
            "published": stamp(one.published) if one.published else None,
            "change": self._next_change(),
        }

    def counts(self) -> dict[str, int]:
        """Give how many articles are in each state; the time it takes grows with the archive."""
        rows = self._db.execute("SELECT state, count(*) AS n FROM articles GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def waiting(self) -> tuple[int, datetime | None]:
        """Give how many articles are pending, and the deadline of the one that will be lost first."""
        row = self._db.execute(
            "SELECT count(*) AS n, min(deadline) AS d FROM articles WHERE state = 'pending'"
        ).fetchone()
        return row["n"], moment(row["d"]) if row["d"] else None

    def _see(self, sighting: Sighting, now: datetime) -> None:
        """Insert a new article as pending, or note that a known one stands elsewhere now.

        One that was given up and is seen again is pending again.
        """
        link = sighting.link
        listed = sighting.listed
        if listed is not None and (known := self._db.execute(_LISTED, (str(link.name),)).fetchone()):
            listed = Listed.of_text(known["listed"]).merged(listed)
        self._db.execute(
            _SEE,
            {
                "listed": plain(listed.as_text()) if listed else None,
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

    def _next_change(self) -> int:
        """Give the next number of a change to a post; within a transaction."""
        row = self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'change' RETURNING value").fetchone()
        return int(row["value"])
