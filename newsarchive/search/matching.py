"""Everything that matches, by name: for those who count and join, not read page by page.

Needs nothing but the index and what folds a text, so it works where most of newsarchive is not installed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsarchive.search.folding import fold
from newsarchive.search.query import Query

_CERTAIN = """
SELECT d.name FROM terms AS t CROSS JOIN documents AS d ON d.id = t.rowid
WHERE t.terms MATCH ? ORDER BY t.rowid DESC
"""
_CANDIDATES = """
SELECT d.name, d.title, b.text FROM terms AS t CROSS JOIN documents AS d ON d.id = t.rowid
CROSS JOIN bodies AS b ON b.id = d.id WHERE t.terms MATCH ? ORDER BY t.rowid DESC
"""
_TEXT = "SELECT b.text FROM documents AS d JOIN bodies AS b ON b.id = d.id WHERE d.name = ?"
_LISTED = "SELECT name, title, newspaper, category, day, length, link FROM documents ORDER BY name"


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as the index lists it; `length` in characters, `link` at the source (may be empty)."""

    name: str
    title: str
    newspaper: str
    category: str
    day: str
    length: int
    link: str


class OverError(Exception):
    """It took longer than it may."""


def names_of(db: sqlite3.Connection, query: Query, is_over: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """Give the name of every article that matches, newest first.

    Args:
        db: of `newsarchive.search.store.open_to_read`.
        query: what was asked.
        is_over: asked at each candidate whether to give up.

    Raises:
        OverError: it gave up.
        sqlite3.Error: the index cannot be read.
    """
    for name, *texts in db.execute(_CERTAIN if query.root.certain else _CANDIDATES, (query.root.match(),)):
        if is_over():
            raise OverError
        if not texts or query.root.stands_in("\0".join(map(fold, texts))):
            yield name


def text_of(db: sqlite3.Connection, name: str) -> str | None:
    """Give an article's plain text; None where it is not indexed."""
    row = db.execute(_TEXT, (name,)).fetchone()
    return str(row[0]) if row else None


def every(db: sqlite3.Connection) -> Iterator[Listed]:
    """Give all articles in the order of their names."""
    return (Listed(*row) for row in db.execute(_LISTED))
