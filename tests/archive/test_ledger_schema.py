"""A ledger of an earlier newsarchive becomes one of today, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.ledger import Ledger, State
from newsarchive.archive.ledgerschema import SCHEMA_VERSION
from newsarchive.article import Name, Origin

# As newsarchive 0.1 made it before its first release.
SCHEMA_1 = """
CREATE TABLE articles (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'captured', 'gone')),
    path TEXT NOT NULL DEFAULT '', segments TEXT NOT NULL DEFAULT '[]', day TEXT, title TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]', first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, deadline TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, last_try TEXT, error_kind TEXT, error TEXT, category TEXT, origin TEXT,
    capture TEXT, post TEXT, post_sha256 TEXT
) WITHOUT ROWID;
CREATE INDEX articles_pending ON articles (deadline) WHERE state = 'pending';
CREATE TABLE served (url TEXT PRIMARY KEY, capture TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE committed (one INTEGER PRIMARY KEY CHECK (one = 1), file TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE lists (
    path TEXT PRIMARY KEY, tag TEXT NOT NULL DEFAULT '', pending INTEGER NOT NULL DEFAULT 0, due_until TEXT,
    etag TEXT, last_modified TEXT, last_read TEXT, error TEXT
) WITHOUT ROWID;
INSERT INTO articles (name, state, first_seen, last_seen, deadline, tries, last_try, error_kind, error) VALUES
    ('NW202203010000000001', 'pending', '2022-03-01T04:00:00Z', '2022-03-01T05:00:00Z', '2022-03-03T16:00:00Z',
     2, '2022-03-01T05:00:00Z', 'not fetched', 'HTTP 503'),
    ('NW202203010000000002', 'gone', '2022-03-01T04:00:00Z', '2022-03-01T04:00:00Z', '2022-03-03T16:00:00Z',
     9, '2022-03-07T04:00:00Z', 'not fetched', 'no road has a text');
INSERT INTO articles (name, state, first_seen, last_seen, deadline, last_try, category, origin, capture, post,
    post_sha256) VALUES
    ('NW202203010000000004', 'captured', '2022-03-01T04:00:00Z', '2022-03-01T05:00:00Z', '2022-03-03T16:00:00Z',
     '2022-03-01T05:00:00Z', 'kejiribao', 'share-json', '20220301-0001.warc.gz#512', '_posts/b.md', 'cd'),
    ('NW202203010000000003', 'captured', '2022-03-01T04:00:00Z', '2022-03-01T05:00:00Z', '2022-03-03T16:00:00Z',
     '2022-03-01T06:00:00Z', 'kejiribao', 'share-json', '20220301-0001.warc.gz#4096', '_posts/a.md', 'ab');
INSERT INTO lists VALUES ('/', '', 0, NULL, '"1"', NULL, '2022-03-01T05:00:00Z', NULL),
    ('/category/jia.html', '甲新闻', 1, '2022-03-04T05:00:00Z', NULL, NULL, NULL, 'HTTP 500');
INSERT INTO served VALUES ('http://a/', '20220301-0001.warc.gz#512');
INSERT INTO committed VALUES (1, '20220301-0001.warc.gz', 9000);
PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.executescript(SCHEMA_1)
    db.close()
    return tmp_path / "ledger.db"


def test_every_row_of_schema_1_is_there_in_todays_tables(path: Path) -> None:
    ledger = Ledger(path)
    assert ledger.counts() == {"pending": 1, "expired": 1, "captured": 2}
    waiting = ledger.pending()[0]
    assert (waiting.tries, waiting.error) == (2, "HTTP 503")
    kept = ledger.find(Name.parse("NW202203010000000003"))
    assert kept is not None
    assert (kept.state, kept.origin, kept.post, kept.capture) == (
        State.CAPTURED,
        Origin.SHARE_JSON,
        "_posts/a.md",
        "20220301-0001.warc.gz#4096",
    )
    assert ledger.pending_lists() == [("/category/jia.html", "甲新闻")]
    assert ledger.validators("/").etag == '"1"'
    assert ledger.served("http://a/") == "20220301-0001.warc.gz#512"
    assert ledger.committed() == ("20220301-0001.warc.gz", 9000)
    ledger.close()


def test_posts_of_schema_1_are_numbered_in_the_order_they_were_archived(path: Path) -> None:
    Ledger(path).close()
    with sqlite3.connect(path) as db:
        numbered = db.execute("SELECT post, change FROM articles WHERE change IS NOT NULL ORDER BY change").fetchall()
        last_seen = dict(db.execute("SELECT name, last_seen FROM seen"))
        counted, version = db.execute("SELECT value FROM meta WHERE key = 'change'"), db.execute("PRAGMA user_version")
        assert (counted.fetchone()[0], version.fetchone()[0]) == (2, SCHEMA_VERSION)
    db.close()
    assert numbered == [("_posts/b.md", 1), ("_posts/a.md", 2)]
    assert last_seen["NW202203010000000001"] == "2022-03-01T05:00:00Z"


def test_it_is_brought_up_to_date_once(path: Path) -> None:
    Ledger(path).close()
    before = path.read_bytes()
    Ledger(path).close()
    assert path.read_bytes() == before


def test_a_migration_that_breaks_off_leaves_the_ledger_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("newsarchive.archive.ledgerschema._FROM_1", "DROP TABLE served; SELECT no_such_function();")
        with pytest.raises(sqlite3.OperationalError):
            Ledger(path)
    ledger = Ledger(path)
    assert ledger.served("http://a/") == "20220301-0001.warc.gz#512"
    ledger.close()


def test_a_day_later_it_works_on(path: Path) -> None:
    ledger = Ledger(path)
    name = Name.parse("NW202203010000000001")
    ledger.failed(name, "not fetched", "HTTP 500", now=datetime(2022, 3, 2, tzinfo=UTC) + timedelta(hours=1))
    found = ledger.find(name)
    assert found is not None
    assert (found.tries, found.error) == (3, "HTTP 500")
    ledger.close()
