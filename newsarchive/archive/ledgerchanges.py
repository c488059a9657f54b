"""What is new in a ledger since a moment, for those who follow it from outside. SQL of the ledger's room, only reading.

A ledger that no run has open is read without leaving files beside it; if a run begins meanwhile, it is read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from newsarchive.archive.seal import LEDGER

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Posted:
    """A post by the ledger: its article's name, path, digest, and the number of its last change."""

    name: str
    post: str
    post_sha256: str
    change: int


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Which ledger this is, the number of its last change, and how many posts it has."""

    id: str
    change: int
    posts: int


class LedgerChanges:
    """The posts of a ledger in the order in which they came or changed.

    Args:
        root: the archive. There may be no ledger yet.

    Every method raises sqlite3.Error where the ledger cannot be read, or is of before schema 2.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / LEDGER

    def state(self) -> LedgerState | None:
        """Say which ledger it is; None where there is none."""
        if not self.path.exists():
            return None

        def ask(db: sqlite3.Connection) -> LedgerState:
            meta = dict(db.execute("SELECT key, value FROM meta"))
            posts = db.execute("SELECT count(*) FROM articles WHERE change IS NOT NULL").fetchone()[0]
            return LedgerState(str(meta["id"]), int(meta["change"]), int(posts))

        return self._ask(ask)

    def since(self, change: int, limit: int) -> list[Posted]:
        """Give what came or changed after a number, the earliest first."""
        return self._ask(
            lambda db: [
                Posted(*row)
                for row in db.execute(
                    "SELECT name, post, post_sha256, change FROM articles WHERE change > ? AND post IS NOT NULL "
                    "ORDER BY change LIMIT ?",
                    (change, limit),
                )
            ]
        )

    def count_since(self, change: int) -> int:
        """Give how many posts came or changed after a number."""
        return self._ask(
            lambda db: int(db.execute("SELECT count(*) FROM articles WHERE change > ?", (change,)).fetchone()[0])
        )

    def named(self, names: list[str]) -> list[Posted]:
        """Give some posts by name; one that the ledger does not have is left out."""
        return self._ask(
            lambda db: [
                Posted(*row)
                for name in names
                for row in db.execute(
                    "SELECT name, post, post_sha256, change FROM articles "
                    "WHERE name = ? AND post IS NOT NULL AND change IS NOT NULL",
                    (name,),
                )
            ]
        )

    def by_name(self, step: int = 10_000) -> Iterator[list[tuple[str, str]]]:
        """Give name and digest of every post in the order of the names, so many at a time."""
        after = ""
        while rows := self._ask(lambda db, after=after: _page(db, after, step)):  # type: ignore[misc]
            yield rows
            after = rows[-1][0]

    def _ask(self, question: Callable[[sqlite3.Connection], Found]) -> Found:
        log = self.path.with_name(f"{self.path.name}-wal")
        if not log.exists():
            before = self._stamp()
            try:
                found = _asked(self.path, "immutable=1", question)
            except sqlite3.DatabaseError:
                if self._stamp() == before and not log.exists():
                    raise
            else:
                if self._stamp() == before and not log.exists():
                    return found
        try:
            return _asked(self.path, "mode=ro", question)
        except sqlite3.OperationalError:  # a folder in which SQLite may not make its shared memory
            return _asked(self.path, "immutable=1", question)

    def _stamp(self) -> tuple[int, int, int]:
        status = self.path.stat()
        return status.st_ino, status.st_mtime_ns, status.st_size


def _asked(path: Path, how: str, question: Callable[[sqlite3.Connection], Found]) -> Found:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        return question(db)


def _page(db: sqlite3.Connection, after: str, step: int) -> list[tuple[str, str]]:
    return db.execute(
        "SELECT name, post_sha256 FROM articles WHERE change IS NOT NULL AND post IS NOT NULL AND name > ? "
        "ORDER BY name LIMIT ?",
        (after, step),
    ).fetchall()
