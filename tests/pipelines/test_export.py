"""The post is written whole, then its row: in this order, by the best road, with every earlier version kept."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from newsarchive import post
from newsarchive.archive.captures import Exchange
from newsarchive.archive.keeper import Archive, run_of
from newsarchive.archive.ledger import Adopted, State
from newsarchive.archive.together import Together
from newsarchive.article import Article, Name, Origin
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting
from pipelines.export import ExportPipeline
from pipelines.refusal import RefusedArticle

ARTICLE = Article(
    name=Name("202203012340764246"),
    title="标题",
    date="2022-03-01 18:12:37 +0800",
    category="kejiribao",
    tag="科技日报新闻",
    body="<p>正文</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340764246",
    origin=Origin.SHARE_JSON,
    capture="20220302-0001.warc.gz#5120",
)
PATH = "_posts/2022/03/2022-03-01-NW202203012340764246.md"
EDITED = replace(ARTICLE, body="<p>正文，已改</p>")


@pytest.fixture
def export(tmp_path: Path) -> Iterator[ExportPipeline]:
    settings = {"ARCHIVE_DIR": str(tmp_path / "archive"), "NEWSARCHIVE_CLOCK": "2022-03-02 12:00"}
    crawler: Any = get_crawler(settings_dict=settings)
    made = ExportPipeline.from_crawler(crawler)
    assert made.archive is Archive.of(crawler)
    assert made.run is run_of(crawler)
    made.together = Together(made.write, most=1, within=0)
    yield made
    made.archive.close()


def archived(export: ExportPipeline, article: Article) -> Article:
    return asyncio.run(export.process_item(article))


def stored(export: ExportPipeline, folder: str = "_posts") -> dict[str, bytes]:
    root = export.archive.root
    return {str(path.relative_to(root)): path.read_bytes() for path in (root / folder).rglob("*.md")}


def rows(export: ExportPipeline) -> list[tuple[object, ...]]:
    with sqlite3.connect(export.archive.ledger.path) as other:
        found = other.execute("SELECT * FROM articles ORDER BY name").fetchall()
    other.close()
    return found


def counts(export: ExportPipeline) -> dict[str, int]:
    return {name: number for name, number in export.run.counts.items() if number}


def test_a_new_article_is_a_post_and_a_captured_row(export: ExportPipeline) -> None:
    export.archive.ledger.see(Sighting(ArticleLink(ARTICLE.name), ()), now=export.archive.now())
    assert archived(export, ARTICLE) == ARTICLE
    content = post.render(ARTICLE)
    assert stored(export) == {PATH: content}
    found = export.archive.ledger.find(ARTICLE.name)
    assert found is not None
    assert (found.state, found.origin, found.post) == (State.CAPTURED, Origin.SHARE_JSON, PATH)
    assert found.post_sha256 == hashlib.sha256(content).hexdigest()
    assert counts(export) == {"new": 1}


def test_the_same_article_again_changes_no_post_and_no_row(export: ExportPipeline) -> None:
    archived(export, ARTICLE)
    before = rows(export), stored(export)
    archived(export, replace(ARTICLE, capture="20220302-0001.warc.gz#9000"))
    assert (rows(export), stored(export)) == before
    assert stored(export, "revisions") == {}
    assert counts(export) == {"new": 1, "unchanged": 1}


def test_an_edit_keeps_the_earlier_version(export: ExportPipeline) -> None:
    archived(export, ARTICLE)
    archived(export, EDITED)
    assert stored(export) == {PATH: post.render(EDITED)}
    assert list(stored(export, "revisions").values()) == [post.render(ARTICLE)]
    assert counts(export) == {"new": 1, "edited": 1}
    found = export.archive.ledger.find(ARTICLE.name)
    assert found is not None
    assert found.post_sha256 == hashlib.sha256(post.render(EDITED)).hexdigest()


@pytest.mark.parametrize(("better", "lesser"), list(combinations(Origin, 2)))
def test_a_lesser_road_never_replaces_a_better_ones_text(
    better: Origin, lesser: Origin, export: ExportPipeline
) -> None:
    archived(export, replace(ARTICLE, origin=better))
    before = rows(export)
    archived(export, replace(EDITED, origin=lesser))
    assert stored(export) == {PATH: post.render(ARTICLE)}, f"{lesser} replaced {better}"
    assert rows(export) == before
    assert counts(export) == {"new": 1, "unchanged": 1}


def test_a_better_road_replaces_a_lesser_ones_text_and_keeps_it(export: ExportPipeline) -> None:
    archived(export, replace(ARTICLE, origin=Origin.MIRROR_PAGE))
    archived(export, replace(EDITED, origin=Origin.SHARE_JSON))
    assert stored(export) == {PATH: post.render(EDITED)}
    assert list(stored(export, "revisions").values()) == [post.render(ARTICLE)]
    found = export.archive.ledger.find(ARTICLE.name)
    assert found is not None
    assert found.origin is Origin.SHARE_JSON


def test_a_better_road_with_the_same_text_is_noted(export: ExportPipeline) -> None:
    archived(export, replace(ARTICLE, origin=Origin.MIRROR_PAGE))
    archived(export, ARTICLE)
    found = export.archive.ledger.find(ARTICLE.name)
    assert found is not None
    assert found.origin is Origin.SHARE_JSON
    assert counts(export) == {"new": 1, "unchanged": 1}


def test_a_post_of_unknown_road_yields_to_the_best_road_alone(export: ExportPipeline) -> None:
    """Posts that were adopted or imported may well be the exact text."""
    now = export.archive.now()
    export.archive.posts.put(post.relative_path(ARTICLE), post.render(ARTICLE), now=now)
    export.archive.ledger.adopt([Adopted(ARTICLE.name, PATH, "")], now=now)
    archived(export, replace(EDITED, origin=Origin.MIRROR_PAGE))
    assert stored(export) == {PATH: post.render(ARTICLE)}
    archived(export, EDITED)
    assert stored(export) == {PATH: post.render(EDITED)}


def test_an_article_whose_day_was_edited_is_still_one_post(export: ExportPipeline) -> None:
    archived(export, ARTICLE)
    moved = replace(ARTICLE, date="2022-03-02 00:05:00 +0800")
    archived(export, moved)
    there = "_posts/2022/03/2022-03-02-NW202203012340764246.md"
    assert stored(export) == {there: post.render(moved)}
    assert list(stored(export, "revisions").values()) == [post.render(ARTICLE)]
    found = export.archive.ledger.find(ARTICLE.name)
    assert found is not None
    assert found.post == there
    assert counts(export) == {"new": 1, "edited": 1}


def test_the_two_forms_of_a_number_are_two_posts(export: ExportPipeline) -> None:
    archived(export, ARTICLE)
    rolling = replace(
        ARTICLE, name=Name(ARTICLE.name.number, rolling=True), link="http://finance.eastmoney.com/news/1353,1.html"
    )
    archived(export, rolling)
    assert set(stored(export)) == {PATH, PATH.replace("NW", "")}
    assert counts(export) == {"new": 2}


@pytest.mark.parametrize(
    "impossible", [replace(ARTICLE, date="yesterday"), replace(ARTICLE, title=""), replace(ARTICLE, tag="a\nb")]
)
def test_what_cannot_be_a_post_is_dropped_and_leaves_nothing(impossible: Article, export: ExportPipeline) -> None:
    with pytest.raises(RefusedArticle, match="NW202203012340764246"):
        archived(export, impossible)
    assert stored(export) == {}
    assert rows(export) == []


# -- several at once --------------------------------------------------------------------------------------------------


def together(export: ExportPipeline, *articles: Article) -> list[Article | BaseException]:
    async def all_at_once() -> list[Article | BaseException]:
        return await asyncio.gather(*map(export.process_item, articles), return_exceptions=True)

    export.together = Together(export.write, most=len(articles), within=60)
    return asyncio.run(all_at_once())


OTHERS = [
    replace(ARTICLE, name=Name(f"2022030123407642{number}"), title=f"标题{number}", capture="")
    for number in range(50, 55)
]


def test_articles_that_arrive_together_are_written_together(
    export: ExportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (syncs.append(handle), real(handle))[1])
    archived(export, ARTICLE)
    alone = len(syncs)
    syncs.clear()
    assert together(export, *OTHERS) == OTHERS
    assert len(syncs) - len(OTHERS) < alone, "each post is synced, everything else once for all"
    assert sorted(stored(export).values()) == sorted(post.render(one) for one in [ARTICLE, *OTHERS])
    assert counts(export) == {"new": 6}


def test_a_group_with_new_edited_moved_and_unchanged_articles(export: ExportPipeline) -> None:
    moved, edited, same, lesser, new = OTHERS
    for one in (moved, edited, same, lesser):
        archived(export, one)
    moved = replace(moved, date="2022-03-02 00:05:00 +0800")
    edited = replace(edited, body="<p>已改</p>")
    together(export, moved, edited, same, replace(lesser, origin=Origin.MIRROR_PAGE, body="<p>少</p>"), new)
    assert sorted(stored(export).values()) == sorted(map(post.render, (moved, edited, same, lesser, new)))
    assert sorted(stored(export, "revisions").values()) == sorted(map(post.render, OTHERS[:2]))
    assert counts(export) == {"new": 5, "edited": 2, "unchanged": 2}


def test_an_article_that_is_twice_in_a_group_has_its_earlier_version_kept(export: ExportPipeline) -> None:
    moved = replace(EDITED, date="2022-03-02 00:05:00 +0800")
    together(export, ARTICLE, OTHERS[0], EDITED, moved)
    assert sorted(stored(export).values()) == sorted([post.render(moved), post.render(OTHERS[0])])
    assert set(stored(export, "revisions").values()) == {post.render(ARTICLE), post.render(EDITED)}
    assert len(rows(export)) == 2


def test_where_the_disk_does_not_take_a_group_each_article_of_it_hears_so(
    export: ExportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in OTHERS:
        export.archive.ledger.see(Sighting(ArticleLink(one.name), ()), now=export.archive.now())

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(export.archive.ledger, "captured", full)
        ended = together(export, *OTHERS)
    assert [type(one) for one in ended] == [OSError] * 5
    assert len(export.archive.ledger.pending()) == 5
    assert counts(export) == {}
    assert not list(export.archive.root.rglob(".newsarchive-*"))
    together(export, *OTHERS)
    assert sorted(stored(export).values()) == sorted(map(post.render, OTHERS))
    assert export.archive.ledger.pending() == []


# -- the order -------------------------------------------------------------------------------------------------------


def test_capture_then_post_then_row(export: ExportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for part, method in (("captures", "sync"), ("posts", "put_all"), ("ledger", "captured")):
        real = getattr(getattr(export.archive, part), method)

        def noting(*args: Any, part: str = part, real: Any = real, **kwargs: Any) -> Any:
            order.append(part)
            return real(*args, **kwargs)

        monkeypatch.setattr(getattr(export.archive, part), method, noting)
    export.archive.keep(Exchange(url="http://a/", fetched_at=datetime(2022, 3, 2, tzinfo=UTC), status=200))
    archived(export, ARTICLE)
    assert order == ["captures", "posts", "ledger"]


@pytest.mark.parametrize("at", ["captures.sync", "posts.put_all", "ledger.captured"])
def test_a_crash_at_any_step_leaves_what_the_next_run_finishes(
    at: str, export: ExportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    export.archive.ledger.see(Sighting(ArticleLink(ARTICLE.name), ()), now=export.archive.now())
    part, method = at.split(".")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(getattr(export.archive, part), method, full)
        with pytest.raises(OSError, match="No space"):
            archived(export, ARTICLE)
    found = export.archive.ledger.find(ARTICLE.name)
    assert found is not None
    assert found.state is State.PENDING, f"after a crash at {at} the article would never be asked for again"
    assert set(stored(export).values()) <= {post.render(ARTICLE)}, "a post is there whole or not at all"
    archived(export, ARTICLE)
    assert stored(export) == {PATH: post.render(ARTICLE)}
    assert stored(export, "revisions") == {}
    assert export.archive.ledger.pending() == []
