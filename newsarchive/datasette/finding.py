"""Asking an archive's search index from within SQL: the functions that the plugin gives to SQLite.

Lives in Datasette's environment too: imports nothing that is not installed there.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import threading
import time
from collections import OrderedDict
from pathlib import Path

from newsarchive.search import matching, store
from newsarchive.search.query import parse

APPLICATION = 0x6E41616E
"""Tells SQLite's file(1) and the plugin that a database is one of ours."""

_REMEMBERED = 8  # answers: a page asks for rows, their number and each facet with the same words
_APPLICATION_AT = 68  # sqlite.org/fileformat2.html, section 1.3


def is_ours(path: str | None) -> bool:
    """Tell whether a file is a database of `newsarchive.datasette.snapshot`."""
    if not path:
        return False
    try:
        with Path(path).open("rb") as file:
            head = file.read(_APPLICATION_AT + 4)
    except OSError:
        return False
    return head[_APPLICATION_AT:] == struct.pack(">I", APPLICATION)


class Finder:
    """Finds articles by words, for several threads.

    Args:
        folder: where the index is, ``search.db``.
        seconds: how long a question may take.

    Its methods raise:
        IndexNewError: there is no index, or one of another newsarchive's making.
        sqlite3.Error: it cannot be read.
    """

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder, self.seconds = folder, seconds
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def is_there(self) -> bool:
        """Tell whether there is an index that can be asked."""
        try:
            return bool(self._db)
        except (store.IndexNewError, sqlite3.Error):
            return False

    def names(self, words: str | None) -> str:
        """Give the names of all articles that match, newest first, as a JSON array; no words find nothing.

        Raises:
            QueryError: the words cannot be meant.
            OverError: it takes too long.
        """
        if not words or not words.strip():
            return "[]"
        query = parse(words)
        db = self._db
        key = (words, store.identity(self.folder), store.followed(db))
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        end = time.monotonic() + self.seconds
        found = json.dumps(list(matching.names_of(db, query, lambda: time.monotonic() > end)))
        with self._lock:
            self._found[key] = found
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return found

    def text(self, name: str | None) -> str | None:
        """Give an article's plain text; None where it is not indexed."""
        return matching.text_of(self._db, name) if name else None

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection; a new one where the index was made anew."""
        file = store.identity(self.folder)
        held: tuple[int, sqlite3.Connection] | None = getattr(self._threads, "held", None)
        if held is None or held[0] != file or not store.is_current(held[1]):
            if held is not None:
                held[1].close()
                self._threads.held = None
            held = self._threads.held = (file, store.open_to_read(self.folder))
        return held[1]
