"""A dead or blocking service costs few requests, whatever it answers, and costs no article its tries."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.server import Replica
from tests.conftest import Crawl

CrawlInto = Callable[[Replica], Crawl]

LIMIT = 6  # GIVE_UP_AFTER
JSON = "GetNewsText"
ORDINARY = [piece for piece in compose() if not piece.oddity]
PAPERS = [piece for piece in ORDINARY if not piece.rolling][-20:]


@pytest.fixture
def source() -> Iterator[Replica]:
    """Twenty articles of newspapers, each of which needs one request to the share host."""
    with Replica(PAPERS) as running:
        yield running


def asked(replica: Replica, of: str = JSON) -> int:
    return sum(1 for seen in replica.log if re.search(of, seen.path))


def rows(crawl: Crawl, columns: str, where: str = "1") -> list[tuple[object, ...]]:
    with sqlite3.connect(crawl.archive / "ledger.db") as db:
        return db.execute(f"SELECT {columns} FROM articles WHERE {where} ORDER BY name").fetchall()  # noqa: S608


@pytest.mark.parametrize(
    ("fault", "most", "code"),
    [
        *((status, LIMIT, 3) for status in ("500", "501", "503", "520", "401", "403", "407", "418", "429", "451")),
        *((kind, LIMIT, 3) for kind in ("202", "truncate")),
        ("reset", LIMIT + 1, 3),  # Twisted asks again by itself where a kept connection breaks
        *((kind, LIMIT + 1, 4) for kind in ("empty", "garbage", "badjson", "html")),  # one is under way meanwhile
        ("304", LIMIT + 1, 3),
        ("redirect-loop", LIMIT + 2, 3),
    ],
)
def test_a_dead_service_costs_few_requests_whatever_it_answers(
    source: Replica, crawl_into: CrawlInto, fault: str, most: int, code: int
) -> None:
    crawl = crawl_into(source)
    source.faults([{"match": JSON, "do": fault, "times": -1}])
    ended = crawl("finews")
    assert ended.code == code, ended
    assert LIMIT <= asked(source) <= most
    assert ended.err.count("it is left alone for the rest of this run") == 1
    spared = rows(crawl, "state, tries, last_try", "error LIKE '%not asked: the share host''s JSON failed _ times%'")
    assert len(spared) >= len(PAPERS) - LIMIT - 1
    assert set(spared) == {("pending", 0, None)}
    tried = rows(crawl, "state, tries", "error NOT LIKE '%not asked%'")
    assert len(spared) + len(tried) == len(PAPERS)
    assert set(tried) == {("pending", 1)}

    source.faults([])
    assert crawl("finews").code == 0
    assert crawl.posts() == {piece.relative_path: piece.archived() for piece in PAPERS}


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "{tls}", "http://nowhere.invalid/"])
def test_a_service_nobody_can_connect_to_costs_few_requests(source: Replica, crawl_into: CrawlInto, url: str) -> None:
    crawl = crawl_into(source)
    lists = crawl("finews", "since=1999-01-01", "until=1999-01-01")
    assert lists.code == 0, lists
    before = crawl.last_run()["counts"]["requests"]
    url = url.format(tls=source.url.replace("http:", "https:"))  # it answers a TLS greeting in plain text
    ended = crawl("finews", NEWSSHARE_URL=url, DOWNLOAD_DELAY=0)
    assert ended.code == 3, ended
    robots = 3  # the other host's, tried like anything else
    assert crawl.last_run()["counts"]["requests"] <= before + robots + LIMIT
    assert "it is left alone for the rest of this run" in ended.err


def test_a_service_that_fails_in_turns_is_one_that_fails(source: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(source)
    turns = ["500", "403", "404", "reset", "empty", "404", "429", "401"]
    source.faults([{"match": JSON, "do": kind, "times": 1} for kind in turns * 10])
    assert crawl("finews").code == 4
    assert asked(source) <= len(turns) + 2, "two are no failures; one was under way, one Twisted's own"


def test_that_robots_txt_is_well_says_nothing_of_the_articles(source: Replica, crawl_into: CrawlInto) -> None:
    source.robots = "User-agent: *\nDisallow: /private\n"
    crawl = crawl_into(source)
    source.faults([{"match": JSON, "do": "500", "times": -1}])
    assert crawl("finews").code == 3
    assert asked(source) == LIMIT


def test_redirects_to_a_host_that_is_not_ours_are_refusals(source: Replica, crawl_into: CrawlInto) -> None:
    asked_for: Counter[str] = Counter()

    class Wall(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_for[self.path.partition("?")[0]] += 1
            self.send_response(302)
            self.send_header("Location", "http://login.example/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Wall) as wall:
        Thread(target=wall.serve_forever, daemon=True).start()
        crawl = crawl_into(source)
        ended = crawl("finews", NEWSSHARE_URL=f"http://127.0.0.1:{wall.server_port}/")
        wall.shutdown()
    assert ended.code == 3, ended
    assert asked_for["/NewsData/GetNewsText.do"] == LIMIT


def test_404s_are_answers_and_each_article_is_asked_for_once(source: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(source)
    source.faults([{"match": JSON, "do": "404", "times": -1}])
    ended = crawl("finews")
    assert ended.code == 3, ended
    assert asked(source) == len(PAPERS)
    assert "left alone" not in ended.err


@pytest.mark.parametrize(("fault", "retries"), [("403", 2), ("500", 2), ("500", 9), ("empty", 2)])
def test_one_article_that_fails_among_good_answers_leaves_the_others_alone(
    source: Replica, crawl_into: CrawlInto, fault: str, retries: int
) -> None:
    bad = PAPERS[len(PAPERS) // 2]
    source.faults([{"match": f"{JSON}.*{bad.number}", "do": fault, "times": -1}])
    crawl = crawl_into(source)
    ended = crawl("finews", RETRY_TIMES=retries)
    assert ended.code == (4 if fault == "empty" else 3), ended
    assert "left alone" not in ended.err
    assert len(crawl.posts()) == len(PAPERS) - 1


def test_articles_that_never_can_be_had_do_not_keep_the_others_from_being_asked_for(
    source: Replica, crawl_into: CrawlInto
) -> None:
    first = sorted(PAPERS, key=lambda piece: (piece.published.date(), piece.number))[:8]
    bad = "|".join(piece.number for piece in first)
    source.faults([{"match": f"{JSON}.*({bad})", "do": "403", "times": -1}])
    crawl = crawl_into(source)
    assert crawl("finews").code == 3
    assert crawl.posts() == {}, "six in a row: to the run it looked like a dead service"
    assert crawl("finews").code == 3
    assert len(crawl.posts()) == len(PAPERS) - len(first)


def test_every_source_of_the_chain_has_a_circuit_breaker_of_its_own(source: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(source)
    services = [JSON, "NewsShare", r"/2022/\d\d/\d\d/NW", "old_post", "/a/"]
    source.faults([{"match": service, "do": "500", "times": -1} for service in services])
    ended = crawl("finews", SETTLE_HOURS=1000)
    assert ended.code == 3, ended
    assert [asked(source, service) for service in services] == [LIMIT] * len(services)
    spared = rows(crawl, "tries", "error LIKE '%the publisher''s page: not asked%' AND error NOT LIKE '%HTTP 500%'")
    assert spared, "articles nothing was asked for"
    assert set(spared) == {(0,)}


def test_a_run_that_lasts_costs_an_article_no_try_for_which_nothing_was_asked(
    source: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(source)
    source.faults([{"match": JSON, "do": "500", "times": -1}])
    for minutes in range(8):
        clock = (NOW + timedelta(minutes=minutes)).isoformat()
        assert crawl("finews", NEWSARCHIVE_CLOCK=clock).code == 3
    tries = [row[0] for row in rows(crawl, "tries")]
    assert sum(tries) == 8 * LIMIT, "each failure in a row was another article's"
    assert max(tries) - min(tries) <= 1, "each run tries others first"
    assert asked(source, "NewsShare|old_post|/a/") == 0


def test_the_page_of_rolling_news_is_not_asked_for_when_its_text_cannot_be_had(crawl_into: CrawlInto) -> None:
    rolling = [piece for piece in ORDINARY if piece.rolling][-20:]
    with Replica(rolling) as source:
        crawl = crawl_into(source)
        source.faults([{"match": JSON, "do": "500", "times": -1}])
        assert crawl("finews").code == 3
        assert asked(source, r"/emnews/2022/") <= LIMIT + 1, "of the articles whose text was asked for"
        source.faults([])
        assert crawl("finews").code == 0
        assert crawl.posts() == {piece.relative_path: piece.archived() for piece in rolling}


def test_the_limit_bounds_tries_whatever_comes_of_them(source: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(source)
    source.faults([{"match": JSON, "do": "500", "times": -1}])
    assert crawl("finews", "limit=1").code == 3
    assert asked(source) == 3
    assert len(rows(crawl, "name", "error IS NOT NULL")) == 1
    source.reset()
    assert crawl("finews", "limit=2", "full=1").code == 0
    assert asked(source) == 2
    assert len(crawl.posts()) == 2


def test_the_index_of_a_web_archive_is_not_asked_for_every_day_when_it_refuses(
    source: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(source)
    source.faults([{"match": "/cdx/", "do": "403", "times": -1}])
    ended = crawl("wayback", "since=2022-01-01", "until=2022-02-28")
    assert ended.code == 3, ended
    assert asked(source, "/cdx/") == LIMIT


def test_every_list_of_a_full_run_is_not_asked_for_when_the_mirror_refuses(crawl_into: CrawlInto) -> None:
    by_newspaper: dict[str, Piece] = {piece.newspaper: piece for piece in ORDINARY if not piece.rolling}
    with Replica(by_newspaper.values()) as source:
        crawl = crawl_into(source)
        source.faults([{"match": "/category/", "do": "html", "times": -1}])
        ended = crawl("finews", "full=1")
        assert ended.code == 4, ended
        assert asked(source, "/category/") <= LIMIT + 1, "names with spaces may have no list, which counts for nothing"
        source.faults([])
        assert crawl("finews").code == 0, "the lists that were not asked for are due"
