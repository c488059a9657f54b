"""What a hostile or broken source serves costs a run no more than any other answer, end to end, and loses nothing."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsarchive.archive.options import Options
from newsarchive.archive.rebuild import rebuild
from newsarchive.archive.verify import Verification
from tests.serving import pages

DAY = "2022/03/01"
LINK = '<li><a href="/bao/{day}/NW20220301{place:010d}.html">标题</a></li>'


def listing(number: int, *, inside: str = "") -> str:
    links = "".join(LINK.format(day=DAY, place=place) for place in range(number))
    return f'<html><body><section>{inside}<h2 id="报新闻">报新闻</h2><ul>{links}</ul></section></body></html>'


FLOOD = " ".join(f"a{number}=b" for number in range(300_000))
HOME = {
    "300,000 attributes": listing(3, inside=f"<h2 {FLOOD}>x</h2>"),
    "deep": listing(3, inside="<div>" * 100_000),
    "200,000 links": listing(200_000),
    "40,000 links": listing(40_000),
    "a tag's name": listing(3, inside="<pre" * 3_000_000),
    "end tags that close nothing": listing(3, inside="<i>x</b>" * 200_000),
}


@pytest.mark.parametrize("home", HOME.values(), ids=list(HOME))
def test_a_hostile_home_page_is_kept_and_named_and_the_run_is_over(
    home: str, new_crawl: Callable[..., Any], tmp_path: Path
) -> None:
    asked: list[tuple[str, str]] = []
    with pages({"/": home}, asked) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews")
    assert ended.code == 4, ended
    assert [path for path, _ in asked] == ["/"]
    record = crawl.last_run()
    (failure,) = record["failures"]
    assert failure["kind"] == "not understood"
    assert failure["capture"]
    assert len(failure["reason"]) < 400
    with sqlite3.connect(tmp_path / "archive" / "ledger.db") as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (0,)
    db.close()


def test_what_was_pending_is_fetched_though_the_home_page_is_hostile(
    small_replica: Any, crawl_into: Callable[[Any], Any], new_crawl: Callable[..., Any]
) -> None:
    crawl = crawl_into(small_replica)
    crawl("finews", "limit=1")
    before = len(crawl.posts())
    with pages({"/": HOME["300,000 attributes"]}) as url:
        ended = new_crawl(small_replica.url, crawl.archive)("finews", FINEWS_URL=url)
    assert ended.code == 4, ended
    assert len(crawl.posts()) > before, "what the earlier run saw is still to be had from the share host"
    assert crawl("finews").code == 0


def captured(home: str, archive: Path, new_crawl: Callable[..., Any]) -> Path:
    with pages({"/": home}) as url:
        new_crawl(url, archive)("finews")
    return archive


def cost(root: Path, tmp_path: Path) -> float:
    """Give the processor time that verifying and rebuilding an archive takes, the best of three."""
    options = Options(root, 6, 6, 1, write=False, now=datetime(2022, 4, 1, tzinfo=UTC))
    best = []
    for attempt in range(3):
        copy = shutil.copytree(root, tmp_path / f"{root.name}-{attempt}")
        before = time.process_time()
        list(Verification(options, lambda *_: None).findings())
        rebuild(Options(copy, 6, 6, 1, write=True, now=options.now), changed=lambda *_: None, progress=lambda *_: None)
        best.append(time.process_time() - before)
    return min(best)


def test_a_page_of_300000_attributes_costs_verify_and_rebuild_what_any_page_of_its_length_does(
    tmp_path: Path, new_crawl: Callable[..., Any]
) -> None:
    hostile = captured(HOME["300,000 attributes"], tmp_path / "hostile", new_crawl)
    length = len(HOME["300,000 attributes"])
    plain = listing(3, inside="<p>" + "字" * 40 + "</p>") + "<p>" + "文" * (length // 3) + "</p>"
    ordinary = captured(plain, tmp_path / "ordinary", new_crawl)
    floor = 0.2  # seconds that an archive of one page may take in any case
    assert cost(hostile, tmp_path) < 4 * max(cost(ordinary, tmp_path), floor)
