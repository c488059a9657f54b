"""The ledger's tables, and what is checked before a file is taken for a ledger."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from newsarchive.article import Refused

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE articles (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'captured', 'gone')),
    path TEXT NOT NULL DEFAULT '',
    segments TEXT NOT NULL DEFAULT '[]',
    day TEXT,
    title TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    deadline TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    last_try TEXT,
    error_kind TEXT,
    error TEXT,
    category TEXT,
    origin TEXT,
    capture TEXT,
    post TEXT,
    post_sha256 TEXT
) WITHOUT ROWID;
CREATE INDEX articles_pending ON articles (deadline) WHERE state = 'pending';
CREATE TABLE served (
    url TEXT PRIMARY KEY,
    capture TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE committed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    file TEXT NOT NULL,
    size INTEGER NOT NULL
);
CREATE TABLE lists (
    path TEXT PRIMARY KEY,
    tag TEXT NOT NULL DEFAULT '',
    pending INTEGER NOT NULL DEFAULT 0,
    due_until TEXT,
    etag TEXT,
    last_modified TEXT,
    last_read TEXT,
    error TEXT
) WITHOUT ROWID;
"""
_TABLES = {"articles", "served", "committed", "lists"}


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make an empty file a ledger, and have every commit durable. Nothing is written to a file that is refused.

    Raises:
        Refused: the file is a ledger of a newer newsarchive, or another program's database; the message names `path`.
        sqlite3.DatabaseError: it is no SQLite file; or, as OperationalError, it cannot be written.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version > SCHEMA_VERSION and "articles" in tables:
        raise Refused(f"{path} was written by a newer newsarchive (schema {version}); update this one")
    if not (tables >= _TABLES if version == SCHEMA_VERSION else (version, tables) == (0, set())):
        raise Refused(f"{path} is another program's database; move it away, the next run makes a ledger")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # a commit that was answered survives a power cut
    if not version:
        db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
