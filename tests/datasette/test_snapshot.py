"""The lean database says of every article what ledger, index and revisions say, and is made whole or not at all."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from newsarchive import dates, post
from newsarchive.archive.ledger import Ledger
from newsarchive.article import Refused
from newsarchive.datasette.snapshot import ANALYSIS, take
from newsarchive.newspapers import newspaper_of
from newsarchive.replica.compose import NOW
from newsarchive.search.index import catch_up
from tests.datasette.conftest import Crawled
from tests.ledgers import name_of, sighting


@pytest.fixture
def db(crawled: Crawled) -> Iterator[sqlite3.Connection]:
    with closing(rows_of(crawled.root / ANALYSIS)) as db:
        yield db


def rows_of(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    db.row_factory = sqlite3.Row
    return db


def rows(db: sqlite3.Connection, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(sql)]


def files(root: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in root.iterdir() if path.is_file()}


def test_every_post_has_its_row_that_says_what_the_post_says(crawled: Crawled, db: sqlite3.Connection) -> None:
    found = {row["name"]: row for row in rows(db, "SELECT * FROM articles WHERE state = 'captured'")}
    posts = list(crawled.root.glob("_posts/**/*.md"))
    assert len(found) == len(posts)
    for path in posts:
        read = post.read(path.read_bytes(), path.name)
        row = found[str(read.name)]
        assert row["title"] == read.title
        assert row["newspaper"] == newspaper_of(read.tags)
        assert row["category"] == read.categories
        assert row["published"] == dates.parse(read.date).isoformat()
        assert row["day"] == row["published"][:10]
        assert row["url"] == read.link
        assert row["post"] == str(path.relative_to(crawled.root))
        assert row["rolling"] == read.name.rolling
        assert row["versions"] == (2 if row["name"] == crawled.edited else 1)
        assert row["length"] > 0
        assert row["origin"] == "share-json"
        assert row["first_seen"].endswith("+08:00")


def test_what_is_not_archived_has_its_row_by_the_lists_that_showed_it(crawled: Crawled, db: sqlite3.Connection) -> None:
    (row,) = rows(db, "SELECT * FROM articles WHERE state != 'captured'")
    assert (row["name"], row["state"], row["versions"]) == (crawled.pending, "pending", 0)
    assert row["title"]
    assert row["newspaper"]
    assert not row["newspaper"].endswith("新闻新闻")
    assert row["day"]
    assert row["tries"] == 2
    assert row["error"]
    assert row["post"] is row["length"] is row["published"] is None


def test_newspapers_and_days_are_counted(db: sqlite3.Connection) -> None:
    articles = rows(db, "SELECT * FROM articles")
    for table, column in (("newspapers", "newspaper"), ("days", "day")):
        states = Counter((row[column], row["state"]) for row in articles)
        expected = {
            row[column]: (states[row[column], "captured"], states[row[column], "pending"], 0) for row in articles
        }
        counted = rows(db, f"SELECT * FROM {table}")  # noqa: S608 - ours
        assert {row[column]: (row["captured"], row["pending"], row["lost"]) for row in counted} == expected
    days = rows(db, "SELECT * FROM days")
    assert sum(row["characters"] for row in days) == sum(row["length"] or 0 for row in articles)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_runs_are_there_with_their_ends(db: sqlite3.Connection) -> None:
    first, second = rows(db, "SELECT * FROM runs ORDER BY id")
    assert (first["spider"], first["exit_code"], second["exit_code"]) == ("finews", 3, 3)
    assert json.loads(second["arguments"]) == {"full": "1"}
    assert second["began"] > first["began"]


def test_no_text_is_in_it(crawled: Crawled) -> None:
    content = (crawled.root / ANALYSIS).read_bytes()
    body = max((p.read_text(encoding="utf-8") for p in crawled.root.glob("_posts/**/*.md")), key=len)
    sentence = max(body.split("。"), key=len).encode()
    assert sentence not in content


def test_making_it_leaves_ledger_and_index_as_they_are_and_no_file_beside_them(small: Path) -> None:
    catch_up(small)
    before = files(small)
    take(small, small / ANALYSIS, NOW)
    after = files(small)
    assert after.pop(ANALYSIS)
    assert after == before


def test_it_is_made_beside_a_run_of_what_that_has_committed(small: Path) -> None:
    before = take(small, small / ANALYSIS, NOW)
    ledger = Ledger(small / "ledger.db")
    ledger.list_read("/", [sighting(name_of(1))], now=NOW)
    assert take(small, small / ANALYSIS, NOW).articles == before.articles + 1
    ledger.close()


def test_without_an_index_the_ledger_alone_speaks(small: Path) -> None:
    (small / "search.db").unlink()
    snapshot = take(small, small / ANALYSIS, NOW)
    assert (snapshot.articles, snapshot.listed) == (6, 0)
    with closing(rows_of(small / ANALYSIS)) as db:
        found = rows(db, "SELECT * FROM articles")
    assert all(row["newspaper"] and row["title"] and row["day"] and row["length"] is None for row in found)


def test_what_fails_leaves_the_earlier_one(small: Path) -> None:
    take(small, small / ANALYSIS, NOW)
    before = files(small)[ANALYSIS]
    (small / "ledger.db").write_bytes(b"no database" * 1000)
    with pytest.raises((Refused, sqlite3.Error)):
        take(small, small / ANALYSIS, NOW)
    assert files(small)[ANALYSIS] == before
    assert not [path.name for path in small.iterdir() if path.name.startswith(".")]
