"""What an export must remember while it reads, sorted, without holding it in memory.

A private temporary database that spills to the disk and that no other program ever sees; gone when it is closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_SCHEMA = """
CREATE TABLE articles (number TEXT PRIMARY KEY, place INTEGER, title TEXT, capture TEXT, url TEXT, moment TEXT,
    worth INTEGER) WITHOUT ROWID;
CREATE TABLE lines (line TEXT);
"""
_BETTER = "UPDATE articles SET url = ?, moment = ?, worth = ? WHERE number = ? AND (worth IS NULL OR worth <= ?)"


@dataclass(frozen=True, slots=True)
class Page:
    """Where one begins to read an article in the captures: its best page, as it was at one moment (ISO 8601, UTC)."""

    title: str
    url: str
    moment: str


class Scratch:
    """Articles with their pages, and lines to be sorted. For one thread."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # SQLite's private temporary file, removed at the end
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._added = 0

    def add_article(self, number: str, title: str, capture: str) -> None:
        """Remember an article by its number; pages come in the order in which their articles were added.

        Args:
            number: of two articles with the same one (a newspaper's and the rolling form), the first is remembered.
            title: of its page.
            capture: place of the answer that gave its text; empty where that is not known.
        """
        self._added += 1
        self._db.execute(
            "INSERT OR IGNORE INTO articles (number, place, title, capture) VALUES (?, ?, ?, ?)",
            (number, self._added, title, capture),
        )

    def capture_of(self, number: str) -> str | None:
        """Give the capture an article was added with; None for an article that was not added."""
        row = self._db.execute("SELECT capture FROM articles WHERE number = ?", (number,)).fetchone()
        return row[0] if row else None

    def offer_page(self, number: str, url: str, moment: str, *, worth: int) -> None:
        """Take a page for an article unless a better one is known; of two that are worth the same, the later."""
        self._db.execute(_BETTER, (url, moment, worth, number, worth))

    def pages(self) -> Iterator[Page]:
        """Give the page of every article that has one."""
        rows = self._db.execute("SELECT title, url, moment FROM articles WHERE url IS NOT NULL ORDER BY place")
        return (Page(*row) for row in rows)

    def without_page(self) -> int:
        """Give the number of articles no page was offered for."""
        return int(self._db.execute("SELECT count(*) FROM articles WHERE url IS NULL").fetchone()[0])

    def add_line(self, line: str) -> None:
        """Remember a line."""
        self._db.execute("INSERT INTO lines VALUES (?)", (line,))

    def sorted_lines(self) -> Iterator[str]:
        """Give every line in the order of their bytes as UTF-8."""
        return (row[0] for row in self._db.execute("SELECT line FROM lines ORDER BY line"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
