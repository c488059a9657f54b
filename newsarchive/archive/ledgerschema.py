"""The ledger's tables, what is checked before a file is taken for a ledger, and how an older one becomes today's."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from newsarchive.article import Refused

SCHEMA_VERSION = 2

_ARTICLES = """
CREATE TABLE articles (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'captured', 'failed', 'expired', 'gone')),
    path TEXT NOT NULL DEFAULT '',
    segments TEXT NOT NULL DEFAULT '[]',
    day TEXT,
    title TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    first_seen TEXT NOT NULL,
    deadline TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    last_try TEXT,
    error_kind TEXT,
    error TEXT,
    nowhere_since TEXT,
    category TEXT,
    origin TEXT,
    capture TEXT,
    capture_sha256 TEXT,
    post TEXT,
    post_sha256 TEXT,
    published TEXT,
    looked TEXT,
    change INTEGER,
    listed TEXT
) WITHOUT ROWID;
CREATE INDEX articles_pending ON articles (deadline) WHERE state = 'pending';
CREATE INDEX articles_lost ON articles (state, deadline) WHERE state IN ('failed', 'expired', 'gone');
CREATE INDEX articles_shown ON articles (deadline, looked) WHERE state = 'captured';
CREATE INDEX articles_change ON articles (change) WHERE change IS NOT NULL;
"""
_LISTS = """
CREATE TABLE lists (
    path TEXT PRIMARY KEY,
    tag TEXT NOT NULL DEFAULT '',
    pending INTEGER NOT NULL DEFAULT 0,
    due_until TEXT,
    etag TEXT,
    last_modified TEXT,
    last_read TEXT,
    confirmed TEXT,
    error TEXT
) WITHOUT ROWID;
CREATE TABLE sightings (
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT,
    PRIMARY KEY (list, name)
) WITHOUT ROWID;
CREATE INDEX sightings_name ON sightings (name);
CREATE INDEX sightings_shown ON sightings (list) WHERE last_seen IS NULL;
CREATE VIEW seen AS
    SELECT a.name, a.first_seen,
        coalesce(max(coalesce(s.last_seen, l.confirmed)), a.first_seen) AS last_seen,
        count(CASE WHEN s.last_seen IS NULL THEN s.list END) AS shown_in
    FROM articles AS a LEFT JOIN sightings AS s ON s.name = a.name LEFT JOIN lists AS l ON l.path = s.list
    GROUP BY a.name;
"""
_CAPTURES = """
CREATE TABLE served (
    url TEXT PRIMARY KEY,
    capture TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE committed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    file TEXT NOT NULL,
    size INTEGER NOT NULL
);
"""
_RUNS = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    spider TEXT NOT NULL,
    arguments TEXT NOT NULL DEFAULT '{}',
    began TEXT NOT NULL,
    ended TEXT,
    exit_code INTEGER,
    verdict TEXT,
    counts TEXT NOT NULL DEFAULT '{}',
    file TEXT
);
CREATE TABLE pictures (
    url TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'kept', 'failed', 'gone', 'refused')),
    first_seen TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    last_try TEXT,
    error TEXT,
    capture TEXT,
    sha256 TEXT,
    type TEXT,
    size INTEGER,
    width INTEGER,
    height INTEGER
) WITHOUT ROWID;
CREATE INDEX pictures_pending ON pictures (first_seen) WHERE state = 'pending';
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('id', lower(hex(randomblob(16)))), ('change', 0);
"""
_SCHEMA = _ARTICLES + _LISTS + _CAPTURES + _RUNS
_TABLES = {
    1: {"articles", "served", "committed", "lists"},
    2: {"articles", "served", "committed", "lists", "sightings", "runs", "pictures", "meta"},
}

# What was gone by schema 1 had passed its deadline; that is expired now. Which list showed an article was not kept:
# its sighting is of a list without a name.
_FROM_1 = f"""
DROP INDEX articles_pending;
ALTER TABLE articles RENAME TO articles_1;
ALTER TABLE lists RENAME TO lists_1;
{_ARTICLES}
{_LISTS}
{_RUNS}
INSERT INTO articles (name, state, path, segments, day, title, tags, first_seen, deadline, tries, last_try, error_kind,
    error, category, origin, capture, post, post_sha256, looked, change)
SELECT name, CASE state WHEN 'gone' THEN 'expired' ELSE state END, path, segments, day, title, tags, first_seen,
    deadline, tries, last_try, error_kind, error, category, origin, capture, post, post_sha256,
    CASE state WHEN 'captured' THEN last_try END,
    CASE WHEN post IS NOT NULL THEN row_number() OVER (PARTITION BY post IS NOT NULL ORDER BY last_try, name) END
FROM articles_1;
INSERT INTO sightings SELECT '', name, first_seen, last_seen FROM articles_1;
INSERT INTO lists (path, tag, pending, due_until, etag, last_modified, last_read, confirmed, error)
SELECT path, tag, pending, due_until, etag, last_modified, last_read, last_read, error FROM lists_1;
UPDATE meta SET value = (SELECT coalesce(max(change), 0) FROM articles) WHERE key = 'change';
DROP TABLE articles_1;
DROP TABLE lists_1;
"""  # noqa: S608 - our own tables


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make an empty file a ledger, bring an older one to today's tables, and have every commit durable.

    Nothing is written to a file that is refused.

    Raises:
        Refused: the file is a ledger of a newer newsarchive, or another program's database; the message names `path`.
        sqlite3.DatabaseError: it is no SQLite file; or, as OperationalError, it cannot be written.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version > SCHEMA_VERSION and "articles" in tables:
        raise Refused(f"{path} was written by a newer newsarchive (schema {version}); update this one")
    if not (tables >= _TABLES[version] if version in _TABLES else (version, tables) == (0, set())):
        raise Refused(f"{path} is another program's database; move it away, the next run makes a ledger")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # a commit that was answered survives a power cut
    if version < SCHEMA_VERSION:
        statements = _FROM_1 if version else _SCHEMA
        db.executescript(f"BEGIN IMMEDIATE; {statements} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
