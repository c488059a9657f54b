"""The ledger's file: opening it, its transactions, and what they say of the captures."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from newsarchive.archive import seal
from newsarchive.archive.ledgerschema import prepare
from newsarchive.article import Refused

_LONGEST_LOG = 32 * 2**20


class LedgerFile:
    """The SQLite file of a ledger.

    Args:
        path: made when it is not there.

    Attributes:
        is_new: no article was in it when it was opened; posts that are there should be adopted.
        sync_captures: brings the captures to the disk and gives file and size, before every transaction.
        changed_pages: numbers of the file's pages that were written, complete after `close`; for its seal.

    Raises:
        Refused: the file is no ledger, or one of a newer newsarchive; it is left as it is.
        sqlite3.Error, OSError: it cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sync_captures: Callable[[], tuple[str, int] | None] = lambda: None
        self.changed_pages: set[int] = set()
        self._log = path.with_name(f"{path.name}-wal")
        self._served: dict[str, str] = {}
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            prepare(self._db, path)
            self._db.execute("PRAGMA wal_autocheckpoint = 0")  # the log tells which pages changed
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
        self.changed_pages |= seal.logged_pages(self._log)
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; the captures it speaks of are on the disk before it is. Within another, a part of that."""
        within_another = self._db.in_transaction
        if within_another:
            yield
            return
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
        if self._log.exists() and self._log.stat().st_size > _LONGEST_LOG:
            self.changed_pages |= seal.logged_pages(self._log)
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _in_passing(self) -> Iterator[None]:
        """All or nothing, without a wait for the disk: a power cut may undo it, a killed process does not.

        For what the next run would find out again, such as that a host does not answer: in an outage hundreds of
        articles are hindered at once. Nothing is said of captures, so they need not be on the disk.
        """
        if self._db.in_transaction:
            yield
            return
        self._db.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                yield
        finally:
            self._db.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of everything that is recorded within: one wait for the disk."""
        with self._transaction():
            yield

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
