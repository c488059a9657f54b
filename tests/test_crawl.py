"""The main job, end to end: ``scrapy crawl`` in a process of its own, against the source in a box."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsarchive import post
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.oddities import ODDITIES
from newsarchive.replica.piece import Piece, named
from newsarchive.replica.server import Replica
from tests.serving import pages

CrawlInto = Callable[[Replica], object]

# On no list of the mirror: a title that breaks its YAML (only the feed shows it), and files Jekyll does not take.
UNLISTED = {"quote-in-title", "backslash-in-title"}
NOT_PUBLISHED = {"nameless", "blank-first-line"}
# Digest-only posts are archived in today's format; one with Liquid in its body gets a line that protects it.
OTHER_FORM = {"digest-only", "digest-only-no-back-links", "digest-only-with-zone", "liquid-in-body"}


def listed(replica: Replica) -> list[Piece]:
    return [piece for piece in replica.pieces if piece.oddity not in UNLISTED | NOT_PUBLISHED]


def asked(replica: Replica) -> list[str]:
    return [seen.path for seen in replica.log if seen.path != "/robots.txt"]


def test_every_listed_article_becomes_the_post_the_mirror_published_byte_for_byte(
    replica: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(replica)
    ended = crawl("finews")
    assert ended.code == 0, ended
    assert "WARNING" not in ended.err, "a run in which all is well warns of nothing"
    posts = crawl.posts()
    assert set(posts) == {piece.relative_path for piece in listed(replica)}
    different = [
        f"{piece.relative_path} ({piece.oddity or 'ordinary'})"
        for piece in listed(replica)
        if piece.oddity not in OTHER_FORM and posts[piece.relative_path] != piece.archived()
    ]
    assert not different
    assert crawl.strays() == []


@pytest.fixture(scope="module")
def odd_posts(new_crawl: Callable[..., object], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one full crawl makes of the oddities alone."""
    pieces = compose()
    companion = next(piece for piece in pieces if not piece.oddity)  # a home page without news has never been
    with Replica([companion, *(piece for piece in pieces if piece.oddity)]) as source:
        crawl = new_crawl(source.url, tmp_path_factory.mktemp("odd") / "archive")
        assert crawl("finews", "full=1").code == 0
    return crawl.posts()


@pytest.mark.parametrize("oddity", sorted(ODDITIES.keys() - NOT_PUBLISHED))
def test_every_oddity_of_the_source_ends_in_a_whole_post(oddity: str, odd_posts: dict[str, bytes]) -> None:
    posts = odd_posts
    for piece in named(compose(), oddity):
        kept = post.to_article(post.read(posts[piece.relative_path], piece.file_name))
        assert kept.title == piece.title
        assert kept.body.strip()
        assert kept.tag == piece.tag, f"{piece.relative_path} stands under another tag"
        assert kept.category == piece.category
        if oddity not in OTHER_FORM:
            assert posts[piece.relative_path] == piece.archived()


def test_a_digest_only_post_is_archived_with_its_text(replica: Replica, crawl_into: CrawlInto) -> None:
    (piece,) = named(replica.pieces, "digest-only")
    with Replica([piece]) as alone:
        crawl = crawl_into(alone)
        assert crawl("finews").code == 0
    assert piece.digest in crawl.posts()[piece.relative_path].decode()


def test_a_run_without_news_asks_for_the_home_page_alone_and_conditionally(
    small_replica: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(small_replica)
    assert crawl("finews").code == 0
    before = crawl.posts()
    small_replica.reset()
    assert crawl("finews").code == 0
    assert asked(small_replica) == ["/"]
    home = next(seen for seen in small_replica.log if seen.path == "/")
    assert home.status == 304
    assert home.headers["if-none-match"]
    assert crawl.posts() == before


def test_new_articles_cost_one_request_each_and_rolling_news_two(replica: Replica, crawl_into: CrawlInto) -> None:
    ordinary = [piece for piece in replica.pieces if not piece.oddity]
    first = [piece for piece in ordinary if piece.published < NOW - timedelta(hours=4)]
    with Replica(first) as source:
        crawl = crawl_into(source)
        assert crawl("finews").code == 0
        source.reset()
        newspaper = next(piece for piece in ordinary if piece not in first and not piece.rolling)
        rolling = next(piece for piece in ordinary if piece not in first and piece.rolling)
        source.add(newspaper, rolling)
        assert crawl("finews").code == 0
        assert sorted(asked(source)) == sorted(
            [
                "/",
                f"/NewsData/GetNewsText.do?id={newspaper.code}",
                f"/NewsData/GetNewsText.do?id={rolling.code}",
                source.site.url(rolling),
            ]
        )


def test_what_is_lost_first_is_asked_for_first_and_finished_before_the_next(
    replica: Replica, crawl_into: CrawlInto
) -> None:
    assert crawl_into(replica)("finews").code == 0
    articles = [path for path in asked(replica) if not path.startswith("/category/") and path != "/"]
    numbers = [re.search(r"\d{14,24}", path)[0] for path in articles]  # type: ignore[index]
    days = [number[:8] for number in numbers]
    assert days == sorted(days)
    last: dict[str, int] = {}
    for place, number in enumerate(numbers):
        waited = place - last.get(number, place)
        assert waited <= 4, f"{number} was under way and waited for {waited} questions about others"
        last[number] = place


def test_category_pages_are_asked_for_only_where_a_sixth_article_may_hide(
    replica: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews").code == 0
    five_and_more = {tag for tag, pieces in replica.site.tags.items() if len(pieces) >= 5}
    asked_for = [path for path in asked(replica) if path.startswith("/category/")]
    assert len(asked_for) == len(set(asked_for))
    assert len(asked_for) <= len(five_and_more)


def test_category_narrows_by_name_and_by_glob(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews", "category=kejiribao,zhengquan*").code == 0
    categories = {post.read(content, path.rsplit("/", 1)[1]).categories for path, content in crawl.posts().items()}
    assert "kejiribao" in categories
    assert all(name == "kejiribao" or name.startswith("zhengquan") for name in categories)
    assert any(name.startswith("zhengquan") for name in categories)


def test_emnews_is_the_rolling_news(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews", "category=emnews").code == 0
    assert crawl.posts()
    assert all(re.search(r"-\d{18}\.md$", path) for path in crawl.posts())


def test_a_narrowed_run_hides_nothing_from_the_next(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews", "category=kejiribao").code == 0
    assert crawl("finews", "limit=3").code == 0
    assert crawl("finews").code == 0
    assert set(crawl.posts()) == {piece.relative_path for piece in listed(replica)}


def test_since_and_until_are_days_in_shanghai_and_inclusive(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews", "since=2022-03-02", "until=2022-03-02").code == 0
    days = {path.rsplit("/", 1)[1][:10] for path in crawl.posts()}
    assert days == {"2022-03-02"}
    expected = {
        piece.relative_path
        for piece in listed(replica)
        if replica.site.date(piece).date().isoformat() == "2022-03-02" and piece.oddity not in OTHER_FORM
    }
    assert expected <= set(crawl.posts())


def test_limit_is_how_many_articles_are_tried(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews", "limit=7").code == 0
    assert len(crawl.posts()) == 7
    assert crawl("finews", "limit=7").code == 0
    assert len(crawl.posts()) == 14


def test_limit_counts_what_fails_and_the_next_run_tries_what_none_has_tried(
    small_replica: Replica, crawl_into: CrawlInto
) -> None:
    oldest = min(small_replica.pieces, key=lambda piece: (piece.published.date(), piece.number))
    small_replica.faults([{"match": f"GetNewsText.*{oldest.number}", "do": "500", "times": -1}])
    crawl = crawl_into(small_replica)
    assert crawl("finews", "limit=3", RETRY_TIMES=0).code == 3
    fails = sum(piece.number == oldest.number for piece in small_replica.pieces)  # one number may be of both forms
    assert len(crawl.posts()) == 3 - fails
    assert crawl("finews", "limit=3", RETRY_TIMES=0).code == 0
    assert len(crawl.posts()) == 6 - fails


def test_full_sees_an_edit_and_keeps_the_earlier_version(small_replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(small_replica)
    assert crawl("finews").code == 0
    before = crawl.posts()
    piece = next(piece for piece in small_replica.pieces if not piece.rolling)
    small_replica.edit(piece.number, title="更正：标题已改")
    assert crawl("finews", "full=1").code == 0
    after = crawl.posts()
    changed = [path for path in after if after[path] != before.get(path)]
    assert piece.relative_path in changed
    assert "更正：标题已改" in after[piece.relative_path].decode()
    kept = {path.read_bytes() for path in crawl.archive.glob("revisions/**/*.md")}
    assert {before[path] for path in changed} == kept


def test_full_finds_what_only_the_feed_shows(replica: Replica, crawl_into: CrawlInto) -> None:
    (piece,) = named(replica.pieces, "quote-in-title")
    ordinary = next(piece for piece in replica.pieces if not piece.oddity and not piece.rolling)
    with Replica([piece, ordinary]) as source:
        crawl = crawl_into(source)
        assert crawl("finews", "full=1").code == 0
    assert crawl.posts()[piece.relative_path] == piece.archived()


def test_every_response_is_kept_as_it_came(small_replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(small_replica)
    assert crawl("finews").code == 0
    (warc,) = (crawl.archive / "captures").glob("*.warc.gz")
    records = gzip.decompress(warc.read_bytes())
    kept = records.count(b"WARC-Type: response") + records.count(b"WARC-Type: revisit")  # a number in both forms
    assert kept == len(small_replica.log)
    for seen in small_replica.log:
        assert f"WARC-Target-URI: {small_replica.url.rstrip('/')}{seen.path}".encode() in records


def test_newsshare_takes_codes_urls_and_files(replica: Replica, crawl_into: CrawlInto, tmp_path: object) -> None:
    by_code, by_url, by_file, by_page = [
        piece for piece in replica.pieces if not piece.oddity and not piece.rolling and piece.text
    ][:4]
    rolling = next(piece for piece in replica.pieces if not piece.oddity and piece.rolling)
    crawl = crawl_into(replica)
    listing = tmp_path / "list.txt"
    listing.write_text(f"# wanted\n{by_file.code}\n\nhttps://finews.withounder.com{replica.site.url(rolling)}\n")
    assert crawl("newsshare", f"code={by_code.code}").code == 0
    share = f"url=http://finews.zning.xyz/html_News/NewsShare.html?infoCode={by_url.code}"
    assert crawl("newsshare", share).code == 0
    assert crawl("newsshare", f"url=https://finance.eastmoney.com/a/{by_page.number}.html").code == 0
    assert crawl("newsshare", f"file={listing}").code == 0
    wanted = (by_code, by_url, by_file, by_page, rolling)
    assert crawl.posts() == {piece.relative_path: piece.archived() for piece in wanted}


def test_newsshare_does_not_ask_again_for_what_is_archived(replica: Replica, crawl_into: CrawlInto) -> None:
    piece = next(piece for piece in replica.pieces if not piece.oddity and not piece.rolling)
    crawl = crawl_into(replica)
    assert crawl("newsshare", f"code={piece.code}").code == 0
    replica.reset()
    assert crawl("newsshare", f"code={piece.code}").code == 0
    assert asked(replica) == []


def test_an_unknown_code_is_incomplete_and_named(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    ended = crawl("newsshare", "code=NW202203019999999999")
    assert ended.code == 3, ended
    assert "NW202203019999999999" in ended.err
    assert crawl.posts() == {}


def test_a_list_that_never_can_be_read_is_reported_and_given_up_after_three_days(
    replica: Replica, crawl_into: CrawlInto
) -> None:
    crawl = crawl_into(replica)
    replica.faults([{"match": "^/category/kejiribao", "do": "404", "times": -1}])
    assert crawl("finews", "category=kejiribao").code == 3
    replica.reset()
    replica.faults([{"match": "^/category/kejiribao", "do": "404", "times": -1}])
    later = {"NEWSARCHIVE_CLOCK": (NOW + timedelta(days=3, minutes=1)).isoformat()}
    assert crawl("finews", "category=kejiribao", **later).code == 3
    assert "could not be read for three days" in crawl.last_run()["failures"][0]["reason"]
    assert "/category/kejiribao.html" not in asked(replica)
    assert crawl("finews", "category=kejiribao", **later).code == 0


def test_a_host_that_moved_is_followed_by_its_redirects(small_replica: Replica, crawl_into: CrawlInto) -> None:
    class Moved(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(301)
            self.send_header("Location", small_replica.url.rstrip("/") + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Moved) as old:
        threading.Thread(target=old.serve_forever, daemon=True).start()
        crawl = crawl_into(small_replica)
        ended = crawl("finews", NEWSSHARE_URL=f"http://127.0.0.1:{old.server_port}/")
        old.shutdown()
    assert ended.code == 0, ended
    assert crawl.posts() == {piece.relative_path: piece.archived() for piece in small_replica.pieces}


def test_a_list_that_failed_in_a_full_run_is_asked_for_by_the_next(replica: Replica, crawl_into: CrawlInto) -> None:
    crawl = crawl_into(replica)
    assert crawl("finews").code == 0
    replica.faults([{"match": "^/feed.xml", "do": "500", "times": -1}])
    assert crawl("finews", "full=1", RETRY_TIMES=0).code == 3
    replica.reset()
    assert crawl("finews").code == 0
    assert asked(replica).count("/feed.xml") == 1


def test_a_link_that_was_not_understood_is_named_by_every_run(small_replica: Replica, crawl_into: CrawlInto) -> None:
    home = '<section><h2 id="t">t</h2><ul><li><a href="http://evil.example/a.html">x</a></li></ul></section>'
    with pages({"/": home}) as url:
        crawl = crawl_into(small_replica)
        for _ in range(2):
            ended = crawl("finews", FINEWS_URL=url, NEWSSHARE_URL=url)
            assert ended.code == 4, ended
            assert "evil.example" in ended.err
