"""The index's file, ``search.db``: its tables, and how it is opened. It may be deleted at any time; nothing is lost.

documents   one row for each post, lean; its id sorts by the moment of publication, so newest first is backwards by id
bodies      the plain text of each
terms       SQLite's FTS5 over grams (`newsarchive.search.folding`), without the text, one bit for each gram and post
unread      posts that could not be read; tried again each time
meta        which ledger was followed, up to which change
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from newsarchive.article import Refused
from newsarchive.search import folding

SEARCH = "search.db"
_APPLICATION = 0x6E417273  # tells SQLite's file(1) and us whose file it is
_FORMAT = 1
SERIAL_BITS = 4
"""An id is a second since 1970 and these bits: articles of one second stand beside each other, a 17th in the next."""

_SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    published TEXT NOT NULL,
    day TEXT NOT NULL,
    category TEXT NOT NULL,
    newspaper TEXT NOT NULL,
    post TEXT NOT NULL,
    post_sha256 TEXT NOT NULL,
    rolling INTEGER NOT NULL,
    length INTEGER NOT NULL,
    link TEXT NOT NULL
);
CREATE INDEX documents_day ON documents (day);
CREATE INDEX documents_category ON documents (category);
CREATE INDEX documents_newspaper ON documents (newspaper, category);
CREATE TABLE bodies (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE VIRTUAL TABLE terms USING fts5 (grams, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
CREATE TABLE unread (name TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
"""
_TABLES = ("documents", "bodies", "terms", "unread", "meta")


class IndexNewError(Exception):
    """There is no index of today's making; it has to be made (anew) before it can be asked."""


def made_by() -> str:
    """Give a name of how indexes are made today."""
    return f"{_FORMAT} {folding.version()}"


def open_to_read(root: Path) -> sqlite3.Connection:
    """Open an archive's index to ask it; nothing is written.

    Raises:
        IndexNewError: there is none, or one made another way.
        sqlite3.Error: it cannot be read.
    """
    path = root / SEARCH
    if not path.exists():
        raise IndexNewError
    db = _connect_to_read(path)
    with contextlib.ExitStack() as stack:
        stack.callback(db.close)
        if not is_current(db):
            raise IndexNewError
        stack.pop_all()
    return db


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that is only read; where SQLite may make no files beside it, as it is.

    The connection could write and never does: so whoever closes last tidies up, be it a reader.
    """
    for how in ("mode=rw", "mode=ro", "immutable=1"):
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("PRAGMA query_only = ON")
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            db.close()
            if how == "immutable=1":
                raise
        except BaseException:
            db.close()
            raise
        else:
            return db
    raise AssertionError  # the loop returns or raises


def open_to_write(root: Path, *, wait: float) -> sqlite3.Connection:
    """Open an archive's index to write it; an empty one is made where there is none of today's making.

    Args:
        root: the archive.
        wait: seconds to wait for another process that writes it.

    Raises:
        Refused: the file is another program's.
        sqlite3.Error: it cannot be written.
    """
    path = root / SEARCH
    try:
        return _opened(path, wait)
    except sqlite3.OperationalError:  # busy, read-only, full
        raise
    except sqlite3.DatabaseError:  # it is damaged, and made of posts alone
        for name in (SEARCH, f"{SEARCH}-wal", f"{SEARCH}-shm"):
            (root / name).unlink(missing_ok=True)
        return _opened(path, wait)


def _opened(path: Path, wait: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=wait)
    with contextlib.ExitStack() as stack:
        stack.callback(db.close)
        if not is_current(db):
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if tables and db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
                raise Refused(f"{path} is another program's database; move it away, the search makes an index")
            db.execute("PRAGMA journal_mode = WAL")
            empty(db)
        db.execute("PRAGMA synchronous = NORMAL")  # after a power cut it is whole, and catches up
        stack.pop_all()
    return db


def empty(db: sqlite3.Connection) -> None:
    """Make it an index of nothing, all or not at all; who is reading goes on with what was there."""
    drop = "".join(f"DROP TABLE IF EXISTS {table};" for table in _TABLES)
    db.executescript(  # our own words: no user's text is in them
        f"BEGIN IMMEDIATE; {drop} {_SCHEMA} PRAGMA application_id = {_APPLICATION};"  # noqa: S608
        f"INSERT INTO meta VALUES ('made', '{made_by()}'), ('ledger', ''), ('change', 0);"
        "INSERT INTO terms (terms, rank) VALUES ('hashsize', 16777216); COMMIT;"
    )


def is_current(db: sqlite3.Connection) -> bool:
    """Tell whether a file is an index of today's making."""
    if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        return False
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return False
    row = db.execute("SELECT value FROM meta WHERE key = 'made'").fetchone()
    return row is not None and row[0] == made_by()


def identity(root: Path) -> int:
    """Tell one file of an index from another that takes its place; 0 where there is none."""
    try:
        return (root / SEARCH).stat().st_ino
    except FileNotFoundError:
        return 0


def followed(db: sqlite3.Connection) -> tuple[str, int]:
    """Give which ledger was followed, and up to which change."""
    meta = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('ledger', 'change')"))
    return str(meta["ledger"]), int(meta["change"])


def last_followed(db: sqlite3.Connection) -> tuple[str, str, int] | None:
    """Give name, digest and number of the last change that was followed, as `set_last_followed` noted it."""
    row = db.execute("SELECT value FROM meta WHERE key = 'last'").fetchone()
    if row is None:
        return None
    name, digest, change = row[0].split(" ")
    return name, digest, int(change)


def set_last_followed(db: sqlite3.Connection, name: str, digest: str, change: int) -> None:
    """Note the last change that was followed: a ledger put back from a backup does not have it."""
    db.execute("INSERT OR REPLACE INTO meta VALUES ('last', ?)", (f"{name} {digest} {change}",))
