"""Expired pages of the mirror from a web archive: crawls against the replica's, and against pywb serving captures."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.server import Replica
from spiders.arguments import ArgumentError
from spiders.wayback import WaybackSpider
from tests.archive.test_replay import rows
from tests.pywb import collect, serving
from tests.spiders.test_eastmoney import assert_made_again_from_captures

ORDINARY = [piece for piece in compose() if not piece.oddity]
PIECES = ORDINARY[-8:]
LATER = NOW + timedelta(days=30)
DAYS = ("since=2022-03-03", "until=2022-03-03")
NewCrawl = Callable[..., Any]
NOWHERE_ELSE = {"match": "old_post|/a/", "do": "404", "times": -1}


def expired(source: Replica) -> None:
    """Have the pages copied, then let a month pass: only the copies are left."""
    source.keep_copies()
    source.share_forgets = True
    source.now = LATER
    source.faults([NOWHERE_ELSE])


def paths(source: Replica) -> list[str]:
    return [seen.path for seen in source.log if seen.path != "/robots.txt"]


def test_expired_articles_come_from_copies_and_each_answer_of_the_index_is_asked_for_once(
    new_crawl: NewCrawl, tmp_path: Path
) -> None:
    with Replica(PIECES) as source:
        expired(source)
        crawl, clock = new_crawl(source.url, tmp_path / "archive"), LATER.isoformat()
        source.faults([NOWHERE_ELSE, {"match": "from=20220304", "do": "500", "times": -1}])
        part = crawl("wayback", *DAYS, "limit=3", NEWSARCHIVE_CLOCK=clock, RETRY_TIMES=0)
        assert (part.code, len(crawl.posts())) == (3, 3), part
        assert "from=20220304&to=20220304&output=json&filter=statuscode:200: HTTP 500" in part.err
        questions = [path for path in paths(source) if path.startswith("/cdx/")]
        assert len(questions) == len(set(questions)) == 4 * 9, "three hosts of the mirror and the one set, nine days"
        assert not [path for path in paths(source) if path.startswith("/emnews") or "/2022/03/03/" in path[:40]]
        source.reset()
        source.faults([NOWHERE_ELSE])
        assert crawl("wayback", *DAYS, NEWSARCHIVE_CLOCK=clock).code == 0
        assert len([path for path in paths(source) if path.startswith("/cdx/")]) == 4, "one day of four hosts"
        assert crawl.posts().keys() == {piece.relative_path for piece in PIECES}
        source.reset()
        assert crawl("wayback", *DAYS, NEWSARCHIVE_CLOCK=clock).code == 0
        assert paths(source) == []
    assert {row["origin"] for row in rows(crawl.archive, "articles").values()} == {"wayback"}
    rolling = next(piece for piece in PIECES if piece.rolling)
    assert crawl.posts()[rolling.relative_path] == rolling.archived()
    assert_made_again_from_captures(crawl.archive)


def test_better_roads_come_first_and_the_next_copy_where_one_is_no_article(new_crawl: NewCrawl, tmp_path: Path) -> None:
    stored, copied, unreadable = PIECES[0], PIECES[1], PIECES[2]
    with Replica([stored, copied, unreadable]) as source:
        source.keep_copies()
        source.now = NOW + timedelta(hours=1)
        source.keep_copies()
        source.share_forgets = True
        source.now = LATER
        newest = "20220303130000id_"
        source.faults(
            [
                {"match": f"old_post/.*({copied.number}|{unreadable.number})|/a/", "do": "404", "times": -1},
                {"match": f"{newest}.*{copied.number}", "do": "html", "times": -1},
                {"match": f"id_.*{unreadable.number}", "do": "html", "times": -1},
            ]
        )
        crawl = new_crawl(source.url, tmp_path / "archive")
        ended = crawl("wayback", *DAYS, NEWSARCHIVE_CLOCK=LATER.isoformat())
        assert ended.code == 3, ended
        articles = rows(crawl.archive, "articles")
        assert articles[stored.name]["origin"] == "old-post"
        assert articles[copied.name]["origin"] == "wayback"
        assert articles[unreadable.name]["state"] == "pending"
        asked = [path.split("/")[2] for path in paths(source) if copied.number in path and path.startswith("/web/")]
        assert asked == [newest, "20220303120000id_"]
        source.reset()
        assert crawl("finews", NEWSARCHIVE_CLOCK=LATER.isoformat()).code in {0, 4}  # its home page is empty by now
        assert not [path for path in paths(source) if unreadable.number in path], "only a web archive has it"
    assert_made_again_from_captures(crawl.archive)


@pytest.mark.parametrize("arguments", [{}, {"since": "2022-03-03"}, {"until": "2022-03-03"}])
def test_a_run_without_days_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match="say which days' articles: -a since=2022-01-24 -a until=2022-01-26"):
        WaybackSpider.check_arguments(arguments)


def test_a_second_newsarchive_behind_pywb_is_a_source(new_crawl: NewCrawl, tmp_path: Path) -> None:
    with Replica(PIECES) as source:
        first = new_crawl(source.url, tmp_path / "first")
        source.faults([{"match": "GetNewsText|NewsShare", "do": "404", "times": -1}])
        assert first("finews", SETTLE_HOURS=100, RETRY_TIMES=0).code == 0
        host = source.url
    captures = sorted((tmp_path / "first" / "captures").iterdir())
    collect(tmp_path, "news", *captures)
    shutil.rmtree(tmp_path / "first")
    with serving(tmp_path) as server:
        second = new_crawl(host, tmp_path / "second")
        ended = second("wayback", *DAYS, WAYBACK_CDX_URL=f"{server}/news/cdx", WAYBACK_RAW_URL=f"{server}/news/")
    assert ended.code == 0, ended
    assert second.posts().keys() == {piece.relative_path for piece in PIECES}
