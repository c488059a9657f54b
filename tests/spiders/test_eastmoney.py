"""The feed without the mirror: crawls of the publisher's lists, then verify and rebuild."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from newsarchive import settings as project
from newsarchive.archive.verify import Verification
from newsarchive.article import Refused
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.publisher import column_of
from newsarchive.replica.server import Replica
from spiders.arguments import ArgumentError
from spiders.eastmoney import EastmoneySpider
from spiders.finews import FinewsSpider
from tests.archive.test_replay import differing, kept, options, rebuilt, rows

PIECES = compose()
ODD = {  # of which the publisher's lists and the share host do not tell all that the mirror's page did
    *("digest-only", "digest-only-no-back-links", "digest-only-with-zone", "blank-first-line"),
    *("unknown-to-share-host", "rolling-without-content"),
}
TABLES = {"articles": "name", "lists": "path", "sightings": "list || name"}
NewCrawl = Callable[..., Any]


def paths(source: Replica) -> list[str]:
    return [seen.path.partition("?")[0] for seen in source.log if seen.path != "/robots.txt"]


def assert_made_again_from_captures(root: Path) -> None:
    """Verify it; then lose posts and ledger, rebuild them, and find every byte and every row again."""
    assert list(Verification(options(root), lambda *_: None).findings()) == []
    posts, before = kept(root), {table: rows(root, table, key) for table, key in TABLES.items()}
    shutil.rmtree(root / "_posts")
    (root / "ledger.db").unlink()
    rebuilt(root)
    assert kept(root) == posts
    for table, key in TABLES.items():
        assert differing(before[table], rows(root, table, key)) == [], table


@dataclass(frozen=True, slots=True)
class Crawled:
    """An archive of everything the publisher lists, after a run with news and one without."""

    crawl: Any
    first: list[str]
    nothing_new: list[str]
    untouched: bool


@pytest.fixture(scope="module")
def crawled(new_crawl: NewCrawl, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with Replica(PIECES) as source:
        crawl = new_crawl(source.url, tmp_path_factory.mktemp("eastmoney") / "archive")
        ended = crawl("eastmoney")
        assert ended.code == 0, ended
        first, before = paths(source), rows(crawl.archive, "articles")
        source.reset()
        ended = crawl("eastmoney")
        assert ended.code == 0, ended
        nothing_new, untouched = paths(source), rows(crawl.archive, "articles") == before
        yield Crawled(crawl, first, nothing_new, untouched)


def test_the_posts_are_those_the_mirror_would_have_made(crawled: Crawled) -> None:
    posts = crawled.crawl.posts()
    for piece in PIECES:
        if piece.oddity not in ODD | {"nameless", "liquid-in-body"}:
            assert posts[piece.relative_path] == piece.archived(), f"{piece.name} ({piece.oddity})"


def test_neither_the_mirror_nor_its_store_is_asked(crawled: Crawled) -> None:
    ours = ("/comm/web/", "/NewsData/", "/html_News/", "/kuaixun/", "/a/")
    assert [path for path in crawled.first if not path.startswith(ours)] == []


def test_an_article_the_share_host_does_not_know_comes_from_the_api(crawled: Crawled) -> None:
    piece = next(piece for piece in PIECES if piece.oddity == "unknown-to-share-host")
    assert rows(crawled.crawl.archive, "articles")[piece.name]["origin"] == "article-api"
    assert f"/kuaixun/v2/api/article/{piece.number}" in crawled.first


def test_a_run_without_news_asks_for_one_page_a_list_and_changes_no_row(crawled: Crawled) -> None:
    assert sorted(crawled.nothing_new) == ["/comm/web/getFastNewsList"] + ["/comm/web/getNewsByColumns"] * 3
    assert crawled.untouched


def test_all_of_it_is_made_again_from_captures(crawled: Crawled, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(crawled.crawl.archive, tmp_path / "archive"))
    assert_made_again_from_captures(copy)


PAPERS = [piece for piece in PIECES if not piece.rolling and not piece.oddity]
COLUMN = column_of(PAPERS[-1].newspaper)
OF_COLUMN = [piece for piece in PAPERS if column_of(piece.newspaper) == COLUMN]


def later(pieces: list[Piece], count: int) -> list[Piece]:
    """Compose articles published after all others, a minute apart."""

    def one(number: int) -> Piece:
        published = NOW + timedelta(minutes=number + 1)
        return replace(pieces[-1], number=f"{published:%Y%m%d}{9_000_000_000 + number}", published=published)

    return [one(number) for number in range(count)]


def test_a_list_that_fails_or_is_killed_half_way_is_read_again_and_what_it_showed_is_fetched(
    new_crawl: NewCrawl, tmp_path: Path
) -> None:
    news = later(OF_COLUMN, 120)
    with Replica([*OF_COLUMN[-10:], *news]) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        only, clock = f"columns={COLUMN}", (NOW + timedelta(hours=3)).isoformat()
        assert crawl("eastmoney", only).code == 0
        source.now = NOW + timedelta(hours=3)
        source.faults([{"match": "page_index=2", "do": "500", "times": -1}])
        hurt = crawl("eastmoney", only, "limit=5", NEWSARCHIVE_CLOCK=clock, RETRY_TIMES=0)
        assert hurt.code == 3, hurt
        assert f"column {COLUMN}: HTTP 500" in hurt.err
        assert len(crawl.posts()) == 15
        source.faults([{"match": "page_index=3", "do": "hang", "times": -1}])
        with subprocess.Popen(
            crawl.command("eastmoney", only, NEWSARCHIVE_CLOCK=clock),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as killed:
            while not any("page_index=3" in seen.path for seen in source.log):
                assert killed.poll() is None, "it ended before it was killed"
                time.sleep(0.05)
            killed.kill()
        source.faults([])
        assert crawl("eastmoney", only, NEWSARCHIVE_CLOCK=clock).code == 0
        assert len(crawl.posts()) == 130
        assert crawl.last_run()["counts"]["seen"] >= 120, "the list was not read back to what the first run showed"
    assert_made_again_from_captures(crawl.archive)


def test_where_no_overlap_proves_it_the_run_says_so_once(new_crawl: NewCrawl, tmp_path: Path) -> None:
    news = later(OF_COLUMN, 80)
    with Replica([*OF_COLUMN[-10:], *news]) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        only, clock = f"columns={COLUMN}", (NOW + timedelta(hours=3)).isoformat()
        assert crawl("eastmoney", only).code == 0
        source.now = NOW + timedelta(hours=3)
        unproven = crawl("eastmoney", only, NEWSARCHIVE_CLOCK=clock, EASTMONEY_MAX_PAGES=1)
        assert unproven.code == 3, unproven
        assert "not proven: the list was read back to 2022-03-03 20:31:00 +0800" in unproven.err
        assert "read until 2022-03-03 20:00:00 +0800" in unproven.err
        assert crawl("eastmoney", only, NEWSARCHIVE_CLOCK=clock, EASTMONEY_MAX_PAGES=1).code == 0


def test_without_the_share_host_the_api_is_enough_and_the_better_text_is_fetched_later(
    new_crawl: NewCrawl, tmp_path: Path
) -> None:
    both = [piece for piece in PIECES if piece.oddity == "both-forms"]
    columns = f"columns={COLUMN},{column_of(both[0].newspaper)},fast:102"
    with Replica([*OF_COLUMN[-8:], *both]) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.faults([{"match": "GetNewsText|NewsShare", "do": "500", "times": -1}])
        ended = crawl("eastmoney", columns, RETRY_TIMES=0)
        assert ended.code == 0, ended
        origins = {row["origin"] for row in rows(crawl.archive, "articles").values()}
        assert origins == {"article-api"}
        assert ended.err.count("other roads are taken instead") == 2, "once for each road, not for each article"
        assert_made_again_from_captures(Path(shutil.copytree(crawl.archive, tmp_path / "copy")))
        source.faults([])
        source.add(*later(OF_COLUMN, 1))
        source.now = NOW + timedelta(hours=13)
        assert crawl("eastmoney", columns, NEWSARCHIVE_CLOCK=source.now.isoformat()).code == 0
    assert {row["origin"] for row in rows(crawl.archive, "articles").values()} == {"share-json"}
    assert_made_again_from_captures(crawl.archive)


def test_the_mirrors_spider_leaves_alone_what_only_the_publishers_lists_showed(
    new_crawl: NewCrawl, tmp_path: Path
) -> None:
    with Replica(OF_COLUMN[-3:]) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.faults([{"match": "GetNewsText|NewsShare|kuaixun|/a/", "do": "500", "times": -1}])
        assert crawl("eastmoney", f"columns={COLUMN}", RETRY_TIMES=0).code == 3
        source.delete(OF_COLUMN[-1].number)
        source.faults([])
        source.reset()
        assert crawl("finews").code == 0
        assert len(crawl.posts()) == 2
        assert [path for path in paths(source) if OF_COLUMN[-1].number in path] == []


def test_what_the_publishers_lists_showed_hides_no_sixth_article_of_a_newspaper(
    new_crawl: NewCrawl, tmp_path: Path
) -> None:
    six = [piece for piece in PAPERS if piece.newspaper == max(PAPERS, key=_of_its_newspaper).newspaper][-6:]
    assert len(six) == 6
    with Replica(six) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.delete(six[0].number)
        assert crawl("eastmoney", f"columns={column_of(six[0].newspaper)}").code == 0
        source.add(six[0])  # the publisher's list has it below what was read
        source.reset()
        assert crawl("finews").code == 0
        assert f"/category/{six[0].category}.html" in paths(source)
        assert len(crawl.posts()) == 6
        assert crawl.last_run()["counts"]["seen new"] == 6
    assert_made_again_from_captures(crawl.archive)


def _of_its_newspaper(piece: Piece) -> int:
    return sum(1 for one in PAPERS if one.newspaper == piece.newspaper)


def test_a_list_that_cannot_be_understood_is_named(new_crawl: NewCrawl, tmp_path: Path) -> None:
    with Replica(OF_COLUMN[-3:]) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.faults([{"match": f"column={COLUMN}", "do": "html", "times": -1}])
        ended = crawl("eastmoney", f"columns={COLUMN}")
    assert ended.code == 4, ended
    assert f"column {COLUMN}: the answer is no JSON; it is a page headed '系统维护中'" in ended.err


def test_days_narrow_what_is_fetched(new_crawl: NewCrawl, tmp_path: Path) -> None:
    with Replica(OF_COLUMN) as source:
        crawl = new_crawl(source.url, tmp_path / "archive")
        assert crawl("eastmoney", f"columns={COLUMN}", "since=2022-03-02", "until=2022-03-02").code == 0
    assert set(crawl.posts()) == {piece.relative_path for piece in OF_COLUMN if piece.published.day == 2}


@pytest.mark.parametrize("arguments", [{"columns": "x"}, {"category": "kejiribao"}, {"since": "soon"}])
def test_arguments_that_cannot_be_meant_are_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(arguments))):
        EastmoneySpider.check_arguments(arguments)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"EASTMONEY_COLUMNS": ""}, "EASTMONEY_COLUMNS names no column"),
        ({"EASTMONEY_LIST_URL": "x"}, "the setting EASTMONEY_LIST_URL"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_before_the_first_request(given: dict[str, str], said: str) -> None:
    settings = Settings()
    settings.setmodule(project)
    settings.setdict(given)
    with pytest.raises(Refused, match=said):
        EastmoneySpider.gate(settings)


def test_only_the_publishers_hosts_and_the_share_host_may_be_asked() -> None:
    settings = Settings()
    settings.setmodule(project)
    allows = EastmoneySpider.gate(settings)
    assert all(allows(str(settings[name])) for name in EastmoneySpider.hosts_of)
    assert not allows(str(settings["FINEWS_URL"]))
    assert not allows(str(settings["OLD_POST_URL"]))
    assert not FinewsSpider.gate(settings)(str(settings["EASTMONEY_API_URL"]))
