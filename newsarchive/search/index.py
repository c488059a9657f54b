"""Bringing the index up to date with the ledger.

The ledger numbers its changes; the index says which ledger it followed, and up to which number. What a killed run left
between a post and the index is therefore found by number, the next time. Every batch is a transaction that holds the
posts and the number; done twice it changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from newsarchive.archive.ledgerchanges import LedgerChanges, LedgerState, Posted
from newsarchive.archive.pool import Pool
from newsarchive.search import store
from newsarchive.search.reading import Taken, Unread, read_posts, terms_of

_BATCH = 1000  # posts a transaction
_JOB = 50  # posts a process reads at a time
_RETRIED = 500

_DOCUMENT = """
INSERT INTO documents (id, name, title, published, day, category, newspaper, post, post_sha256, rolling, length, link)
VALUES (:id, :name, :title, :published, :day, :category, :newspaper, :post, :post_sha256, :rolling, :length, :link)
"""
_BUSY = ("locked", "busy")

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class CaughtUp:
    """What was done to the index.

    Attributes:
        indexed, removed: posts, by number.
        unread: name and reason of those that could not be read; they are tried again next time.
        behind: how many posts are new or changed and not indexed yet.
        busy: another process is writing the index; it does the work.
    """

    indexed: int = 0
    removed: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    behind: int = 0
    busy: bool = False


def catch_up(  # noqa: PLR0913 - each has its reason
    root: Path,
    *,
    anew: bool = False,
    processes: int = 1,
    wait: float = 0,
    is_over: Callable[[], bool] = lambda: False,
    progress: Progress = lambda *_: None,
) -> CaughtUp:
    """Bring an archive's index up to date; where there is none, or none of today's making, make it.

    Args:
        root: the archive.
        anew: empty it first.
        processes: that read posts. More than one only where no threads are at work yet.
        wait: seconds to wait for another process that writes the index.
        is_over: asked between batches whether to stop here; the next time goes on.
        progress: told how far it is.

    Raises:
        Refused: ``search.db`` is another program's.
        OSError, sqlite3.Error: the index cannot be written, or the ledger cannot be read.
    """
    ledger = LedgerChanges(root)
    state = ledger.state()
    if state is None:
        return CaughtUp()
    try:
        work = state.posts if anew else behind(root)
    except sqlite3.DatabaseError:  # the index is damaged
        work = state.posts
    try:  # processes are forked before the index is opened: SQLite's files must not be open in two of them
        with (
            Pool(processes if work > _BATCH else 1) as pool,
            closing(store.open_to_write(root, wait=wait)) as db,
        ):
            return _CatchUp(_Following(root, ledger, state, is_over, progress), db).run(pool, anew=anew)
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in _BUSY):
            return CaughtUp(behind=behind(root), busy=True)
        raise


def behind(root: Path) -> int:
    """Tell how many posts are new or changed and not indexed yet.

    Raises:
        sqlite3.Error: the ledger or the index cannot be read.
    """
    ledger = LedgerChanges(root)
    state = ledger.state()
    if state is None:
        return 0
    try:
        with closing(store.open_to_read(root)) as db:
            followed, change = store.followed(db)
    except store.IndexNewError:
        return state.posts
    return ledger.count_since(change) if followed == state.id else state.posts


class _OvertakenError(Exception):
    """Another process wrote the index meanwhile; it does the same work."""


@dataclass(frozen=True, slots=True)
class _Following:
    """What is followed, and who is told; as `catch_up` has it."""

    root: Path
    ledger: LedgerChanges
    state: LedgerState
    is_over: Callable[[], bool]
    progress: Progress


class _CatchUp:
    """One catching up."""

    def __init__(self, following: _Following, db: sqlite3.Connection) -> None:
        self.db = db
        self.root, self.ledger, self.state = following.root, following.ledger, following.state
        self.is_over, self.progress = following.is_over, following.progress
        self.done = CaughtUp()
        self.looked = 0
        self.at = store.followed(db)
        self.other = False

    def run(self, pool: Pool, *, anew: bool) -> CaughtUp:
        if anew:
            store.empty(self.db)
            self.at = store.followed(self.db)
        self.other = self._is_other()
        if not self.other and self.at == (self.state.id, self.state.change) and not self._has_unread():
            return self._summed()
        work = self.state.posts if self.other else self.ledger.count_since(self.at[1])
        try:
            self._follow(pool, work)
        except _OvertakenError:
            self.done.busy = True
        return self._summed()

    def _follow(self, pool: Pool, work: int) -> None:
        if self.other and self._has_documents():
            for batch in self._taken(pool, self._differing()):
                self._write(batch)
                self.progress("comparing", self.looked, max(work, self.looked))
                if self.is_over():
                    return
            self._note(self.state.id, self.state.change)
        elif self.other:
            self._note(self.state.id, 0)
        self._retry(pool)
        for batch in self._taken(pool, self._new()):
            self._write(batch, batch[-1].posted.change)
            self.progress("indexing", self.looked, max(work, self.looked))
            if self.is_over():
                return
        if self.at[1] < self.state.change:
            self._note(self.state.id, self.state.change)

    def _retry(self, pool: Pool) -> None:
        """Read again what could not be read the last time."""
        names = [name for (name,) in self.db.execute("SELECT name FROM unread ORDER BY name LIMIT ?", (_RETRIED,))]
        again = self.ledger.named(names)
        if gone := set(names) - {posted.name for posted in again}:
            with self._transaction():
                self.db.executemany("DELETE FROM unread WHERE name = ?", [(name,) for name in sorted(gone)])
        for batch in self._taken(pool, [again]):
            self._write(batch)

    def _summed(self) -> CaughtUp:
        self.done.unread = self.db.execute("SELECT name, reason FROM unread ORDER BY name").fetchall()
        state = self.ledger.state()
        self.done.behind = (
            self.ledger.count_since(self.at[1]) if state and state.id == self.at[0] else (state.posts if state else 0)
        )
        return self.done

    # -- what there is to do -------------------------------------------------------------------------------------

    def _is_other(self) -> bool:
        """Tell whether this is not the ledger that was followed, or an earlier state of it, put back from a backup."""
        if self.at[0] != self.state.id or self.at[1] > self.state.change:
            return True
        followed = store.last_followed(self.db)
        if followed is None:
            return False
        name, digest, change = followed
        there = self.ledger.named([name])
        return not there or (there[0].change, there[0].post_sha256 == digest) < (change, True)

    def _has_unread(self) -> bool:
        return self.db.execute("SELECT 1 FROM unread LIMIT 1").fetchone() is not None

    def _has_documents(self) -> bool:
        return self.db.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is not None

    def _new(self) -> Iterator[list[Posted]]:
        change = self.at[1]
        while posts := self.ledger.since(change, _BATCH):
            yield posts
            change = posts[-1].change

    def _differing(self) -> Iterator[list[Posted]]:
        """Compare with another ledger by names and digests; what the same post says stays. Removes what it lacks."""
        after = ""
        for page in self.ledger.by_name():
            yield self._compare(dict(page), after, page[-1][0])
            after = page[-1][0]
        self._compare({}, after, "\U0010ffff")

    def _compare(self, ledger: dict[str, str], after: str, last: str) -> list[Posted]:
        rows = self.db.execute(
            "SELECT name, post_sha256 FROM documents WHERE name > ? AND name <= ?", (after, last)
        ).fetchall()
        held = dict(rows)
        if gone := sorted(held.keys() - ledger.keys()):
            with self._transaction():
                self.done.removed += len(self._remove(gone))
        return self.ledger.named([name for name, digest in ledger.items() if held.get(name) != digest])

    def _taken(self, pool: Pool, pages: Iterable[list[Posted]]) -> Iterator[list[Taken | Unread]]:
        """Read posts, and give them a transaction's worth at a time, in their order."""
        jobs = ((self.root, page[start : start + _JOB]) for page in pages for start in range(0, len(page), _JOB))
        results = pool.spread(read_posts, jobs)
        while batch := [one for result in islice(results, _BATCH // _JOB) for one in result]:
            yield batch

    # -- writing -------------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, on top of what this process knows of."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self._check_followed()
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def _check_followed(self) -> None:
        if store.followed(self.db) != self.at:
            raise _OvertakenError

    def _write(self, batch: list[Taken | Unread], change: int | None = None) -> None:
        """Put a batch into the index: what was there of it goes, what there is now comes, and the number with it."""
        newest = {one.posted.name: one for one in batch}
        read = [one for one in newest.values() if isinstance(one, Taken)]
        unread = [(one.posted.name, one.reason) for one in newest.values() if isinstance(one, Unread)]
        with self._transaction():
            removed = self._remove(newest)
            self.db.executemany("DELETE FROM unread WHERE name = ?", [(name,) for name in newest])
            self._insert(read)
            self.db.executemany("INSERT INTO unread VALUES (?, ?)", unread)
            if change is not None:
                last = batch[-1].posted
                store.set_last_followed(self.db, last.name, last.post_sha256, last.change)
                self._set(self.state.id, change)
        if change is not None:
            self.at = (self.state.id, change)
        self.looked += len(batch)
        self.done.indexed += len(read)
        self.done.removed += len(removed - {one.posted.name for one in read})

    def _remove(self, names: Iterable[str]) -> set[str]:
        """Take documents out of the index; gives the names of those that were there."""
        old = []
        for name in names:
            old += self.db.execute(
                "SELECT id, name, title, text, category, newspaper FROM documents JOIN bodies USING (id) "
                "WHERE name = ?",
                (name,),
            ).fetchall()
        for number, _, *said in sorted(old):  # FTS5 writes out what it has gathered where ids go back
            values = (number, terms_of(*said))
            self.db.execute("INSERT INTO terms (terms, rowid, grams) VALUES ('delete', ?, ?)", values)
            self.db.execute("DELETE FROM documents WHERE id = ?", (number,))
            self.db.execute("DELETE FROM bodies WHERE id = ?", (number,))
        return {row[1] for row in old}

    def _insert(self, new: list[Taken]) -> None:
        places: dict[int, Taken] = {}
        for one in sorted(new, key=lambda one: (one.second, one.posted.name)):
            number = one.second << store.SERIAL_BITS
            while number in places or self._is_taken(number):
                number += 1
            places[number] = one
        for number, one in sorted(places.items()):
            self.db.execute(_DOCUMENT, {"id": number, **one.columns})
            self.db.execute("INSERT INTO bodies VALUES (?, ?)", (number, one.text))
            self.db.execute("INSERT INTO terms (rowid, grams) VALUES (?, ?)", (number, one.terms))

    def _is_taken(self, number: int) -> bool:
        return self.db.execute("SELECT 1 FROM documents WHERE id = ?", (number,)).fetchone() is not None

    def _note(self, ledger: str, change: int) -> None:
        with self._transaction():
            self._set(ledger, change)
        self.at = (ledger, change)

    def _set(self, ledger: str, change: int) -> None:
        values = [(ledger, "ledger"), (change, "change")]
        self.db.executemany("UPDATE meta SET value = ? WHERE key = ?", values)
