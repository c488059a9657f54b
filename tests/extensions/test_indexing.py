"""A run's end puts its posts into the search index, and is what it is without."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive import post
from newsarchive.archive.ledger import Adopted, Ledger
from newsarchive.article import Article, Name
from newsarchive.extensions.indexing import index_new_posts
from newsarchive.search.index import behind

NOW = datetime(2022, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    article = Article(
        name=Name("202203012340764246"),
        title="标题",
        date="2022-03-01 18:12:37 +0800",
        category="kejiribao",
        tag="科技日报新闻",
        body="<p>正文</p>",
        link="",
    )
    path, content = post.relative_path(article), post.render(article)
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(content)
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.adopt([Adopted(article.name, str(path), hashlib.sha256(content).hexdigest())], now=NOW)
    ledger.close()
    return tmp_path


def test_new_posts_are_indexed(root: Path) -> None:
    assert index_new_posts(root, seconds=10) == ""
    assert behind(root) == 0


def test_with_no_time_it_does_nothing(root: Path) -> None:
    assert index_new_posts(root, seconds=0) == ""
    assert not (root / "search.db").exists()


def test_what_cannot_be_is_told_and_does_no_harm(root: Path) -> None:
    (root / "search.db").mkdir()
    assert "could not be brought up to date" in index_new_posts(root, seconds=10)


def test_a_ledger_that_cannot_be_read_is_told_and_does_no_harm(root: Path) -> None:
    (root / "ledger.db").write_bytes(b"nothing of the kind" * 100)
    assert "could not be brought up to date" in index_new_posts(root, seconds=10)
