"""An archive written post by post, with the real ledger, for tests of the search."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive import dates, post
from newsarchive.archive.ledger import Kept, Ledger
from newsarchive.article import Article, Name, Origin
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

NOW = datetime(2022, 3, 3, 12, 0, tzinfo=UTC)


class Library:
    """An archive's folder, its posts and its ledger, which is open only while something is put in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def put(  # noqa: PLR0913 - an article has that many sides
        self,
        number: int,
        title: str = "标题",
        text: str = "正文",
        *,
        date: str = "2022-03-02 18:12:37",
        category: str = "kejiribao",
        tag: str = "科技日报新闻",
    ) -> str:
        """Archive an article, or another version of it; gives its name."""
        return self.put_all([(number, title, text, date, category, tag)])[0]

    def put_all(self, articles: list[tuple[int, str, str, str, str, str]]) -> list[str]:
        names = []
        ledger = Ledger(self.root / "ledger.db")
        for number, title, text, date, category, tag in articles:
            name = Name(f"2022030{number:013}")
            article = Article(
                name=name, title=title, date=f"{date} +0800", category=category, tag=tag, body=f"<p>{text}</p>", link=""
            )
            path, content = post.relative_path(article), post.render(article)
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(content)
            kept = Kept(
                category=category,
                origin=Origin.SHARE_JSON,
                capture=None,
                capture_sha256=None,
                post=str(path),
                post_sha256=hashlib.sha256(content).hexdigest(),
                published=dates.parse(date),
            )
            ledger.captured(Sighting(ArticleLink(name), ()), kept, now=NOW)
            names.append(str(name))
        ledger.close()
        return names

    def post_of(self, name: str) -> Path:
        (path,) = self.root.glob(f"_posts/**/*-{name}.md")
        return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty archive."""
    return Library(tmp_path / "archive")


@pytest.fixture(scope="session")
def new_library() -> Callable[[Path], Library]:
    """Give an empty archive in a folder that is not there yet."""
    return Library
