"""Every road to an article, end to end: crawls against the source in a box, then verify and rebuild."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.captures import Captures, iterate
from newsarchive.archive.options import Options
from newsarchive.archive.rebuild import rebuild
from newsarchive.archive.verify import Verification
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import Piece, named
from newsarchive.replica.server import Replica

PIECES = compose()
ORDINARY = [piece for piece in PIECES if not piece.oddity]
PAPERS = [piece for piece in ORDINARY if not piece.rolling]
ONLY_ROLLING = [piece for piece in ORDINARY if piece.rolling and piece.number not in {one.number for one in PAPERS}]
EXPIRED = NOW + timedelta(days=8)
NEVER_TOLD = {"tries", "last_try", "error_kind", "error", "change"}  # by captures, or not as in another ledger
NewCrawl = Callable[..., object]


def options(root: Path) -> Options:
    later = datetime(2022, 5, 1, tzinfo=UTC)
    return Options(root, settle_hours=6, settle_tries=6, processes=1, write=True, now=later)


def rows(root: Path) -> dict[str, dict[str, object]]:
    with sqlite3.connect(root / "ledger.db") as db:
        db.row_factory = sqlite3.Row
        found = {row["name"]: dict(row) for row in db.execute("SELECT * FROM articles")}
    db.close()
    return found


def asked(source: Replica) -> list[str]:
    return [seen.path for seen in source.log if seen.path != "/robots.txt"]


def posts(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.glob("_posts/**/*.md")}


def assert_made_again_from_captures(root: Path) -> None:
    """Verify it; then lose posts and ledger, rebuild them, and find every byte and every row again."""
    assert list(Verification(options(root), lambda *_: None).findings()) == []
    before, articles = posts(root), rows(root)
    shutil.rmtree(root / "_posts")
    (root / "ledger.db").unlink()
    rebuild(options(root), changed=lambda *_: None, progress=lambda *_: None)
    assert posts(root) == before
    again = rows(root)
    assert again.keys() == articles.keys()
    assert [
        f"{name}: {column} {articles[name][column]!r} became {again[name][column]!r}"
        for name in articles
        for column in articles[name].keys() - NEVER_TOLD
        if again[name][column] != articles[name][column]
    ] == []


@dataclass(frozen=True, slots=True)
class Expired:
    """An archive of articles that had left the mirror, by the road each came, and what was asked for."""

    root: Path
    stored: Piece
    published: Piece
    rolling: Piece
    bare: Piece
    digest: Piece
    broken: Piece
    log: tuple[str, ...]


@pytest.fixture(scope="module")
def expired(new_crawl: NewCrawl, tmp_path_factory: pytest.TempPathFactory) -> Expired:
    """Eight days later: the mirror has none of them, the share host knows none, the store has all but one."""
    root = tmp_path_factory.mktemp("expired") / "archive"
    stored, published = PAPERS[:2]
    rolling, bare = ONLY_ROLLING[:2]
    digest, broken = (named(PIECES, name)[0] for name in ("digest-only", "quote-in-title"))
    with Replica(PIECES, EXPIRED) as source:
        source.share_forgets = True
        source.faults([{"match": f"old_post/.*{published.number}", "do": "404", "times": -1}])
        listing = root.with_name("wanted.txt")
        page = f"https://finews.withounder.com/emnews/{rolling.published:%Y/%m/%d}/{rolling.number}.html"
        codes = [piece.code for piece in (stored, published, bare, digest, broken)]
        listing.write_text("\n".join([*codes, page]))
        ended = new_crawl(source.url, root)("newsshare", f"file={listing}", NEWSARCHIVE_CLOCK=EXPIRED.isoformat())
        assert ended.code == 0, ended
        log = tuple(asked(source))
    return Expired(root, stored, published, rolling, bare, digest, broken, log)


@pytest.fixture
def expired_archive(expired: Expired, tmp_path: Path) -> Path:
    """A copy of the expired archive of one's own."""
    return Path(shutil.copytree(expired.root, tmp_path / "archive"))


def test_an_expired_article_is_had_from_the_store_byte_for_byte(expired: Expired) -> None:
    found = posts(expired.root)
    for piece in (expired.stored, expired.rolling, expired.bare, expired.broken):
        assert found[piece.relative_path] == piece.archived(), piece.file_name
        assert rows(expired.root)[piece.name]["origin"] == "old-post"


def test_a_digest_of_december_2021_is_had_from_the_store_in_todays_format(expired: Expired) -> None:
    made = posts(expired.root)[expired.digest.relative_path].decode()
    assert expired.digest.digest in made
    assert f"date: {expired.digest.published:%Y-%m-%d %H:%M:%S} +0800\n" in made
    assert made.endswith("[返回首页](//finews.withounder.com/)")


def test_what_the_store_has_not_either_is_had_from_the_publisher_but_for_the_seconds(expired: Expired) -> None:
    piece = expired.published
    second = f":{piece.published:%S} +0800\n".encode()
    assert rows(expired.root)[piece.name]["origin"] == "article-page"
    made = posts(expired.root)[piece.relative_path]
    assert made == piece.archived().replace(second, b":00 +0800\n").replace(b"\n <p>", b"<p>")


def test_every_road_is_asked_in_its_turn(expired: Expired) -> None:
    number, day = expired.published.number, f"{expired.published.published:%Y-%m-%d}"
    assert [path.partition("?")[0] for path in expired.log if number in path] == [
        "/NewsData/GetNewsText.do",
        "/html_News/NewsShare.html",
        f"/emnews/{day.replace('-', '/')}/{number}.html",
        f"/old_post/{day}-NW{number}.md",
        f"/old_post/{day}-{number}.md",
        f"/a/{number}.html",
    ]


def test_posts_of_every_road_are_verified_and_made_again_from_captures_alone(expired_archive: Path) -> None:
    assert_made_again_from_captures(expired_archive)


def test_store_and_publisher_may_move_to_other_hosts_and_folders(expired: Expired, tmp_path: Path) -> None:
    with Captures(tmp_path / "captures", now=lambda: EXPIRED) as captures:
        for item in iterate(expired.root / "captures"):
            assert isinstance(item, tuple)
            path = item[1].url.split("/", 3)[3]
            folder = "finews/main/" if path.startswith(("old_post/", "a/")) else ""
            captures.write(replace(item[1], url=f"https://example.org/{folder}{path}"))
    rebuild(options(tmp_path), changed=lambda *_: None, progress=lambda *_: None)
    assert posts(tmp_path) == posts(expired.root)


def test_a_post_from_a_lesser_road_gives_way_when_the_share_host_has_it(
    expired: Expired, expired_archive: Path, new_crawl: NewCrawl
) -> None:
    lesser = (expired.published, expired.stored)
    earlier = posts(expired_archive)[expired.published.relative_path]
    with Replica(PIECES, EXPIRED) as source:
        crawl = new_crawl(source.url, expired_archive)
        wanted = f"code={','.join(piece.code for piece in lesser)}"
        assert crawl("newsshare", wanted, NEWSARCHIVE_CLOCK=EXPIRED.isoformat()).code == 0
        assert asked(source) == [f"/NewsData/GetNewsText.do?id={piece.code}" for piece in lesser]
        source.reset()
        assert crawl("newsshare", wanted, NEWSARCHIVE_CLOCK=EXPIRED.isoformat()).code == 0
        assert asked(source) == [], "nothing is better than the share host's"
    assert posts(expired_archive)[expired.published.relative_path] == expired.published.archived()
    assert [path.read_bytes() for path in expired_archive.glob("revisions/**/*.md")] == [earlier]
    assert {rows(expired_archive)[piece.name]["origin"] for piece in lesser} == {"share-json"}
    assert_made_again_from_captures(expired_archive)


@pytest.fixture
def source() -> Iterator[Replica]:
    """Some articles of the last hours, and one that the share host does not know."""
    recent = [piece for piece in ORDINARY if piece.published > NOW - timedelta(hours=8)]
    with Replica([*named(PIECES, "unknown-to-share-host"), *recent[:8]]) as running:
        yield running


def test_a_better_road_is_tried_again_when_there_is_news_and_at_most_every_twelve_hours(
    source: Replica, new_crawl: NewCrawl, tmp_path: Path
) -> None:
    (unknown,) = named(PIECES, "unknown-to-share-host")
    crawl = new_crawl(source.url, tmp_path / "archive")
    news = [piece for piece in ORDINARY if piece.published > NOW - timedelta(hours=8)][8:11]
    page = source.site.url(unknown)
    off_the_mirror = unknown.published + timedelta(days=3, hours=1)
    about_it: list[list[str]] = []
    for moment, new in (
        (NOW, []),
        (NOW + timedelta(minutes=5), news[:1]),
        (NOW + timedelta(hours=13), news[1:2]),
        (off_the_mirror, news[2:]),
        (off_the_mirror + timedelta(hours=13), []),
    ):
        source.now = moment
        source.add(*new)
        source.reset()
        ended = crawl("finews", NEWSARCHIVE_CLOCK=moment.isoformat())
        assert ended.code == 0, ended
        about_it.append([path.partition("?")[0] for path in asked(source) if unknown.number in path])
    share = ["/NewsData/GetNewsText.do", "/html_News/NewsShare.html"]
    store = f"/old_post/{unknown.file_name}"
    assert about_it == [[*share, page], [], [*share, store], [*share, store], []]
    assert asked(source) == ["/"], "a run without news asks for nothing better"
    assert posts(crawl.archive)[unknown.relative_path] == unknown.archived()
    assert rows(crawl.archive)[unknown.name]["origin"] == "old-post"
    assert_made_again_from_captures(crawl.archive)


def test_rolling_news_never_loses_its_digest_to_a_text_without_one(new_crawl: NewCrawl, tmp_path: Path) -> None:
    piece = ONLY_ROLLING[0]
    near, later = piece.published + timedelta(days=2, hours=20), piece.published + timedelta(days=3, hours=20)
    with Replica([piece], near) as source:
        page = f"url=https://finews.withounder.com{source.site.url(piece)}"
        crawl = new_crawl(source.url, tmp_path / "archive")
        source.faults([{"match": "GetNewsText", "do": "500", "times": -1}])
        assert crawl("newsshare", page, NEWSARCHIVE_CLOCK=near.isoformat(), RETRY_TIMES=0).code == 0
        assert rows(crawl.archive)[piece.name]["origin"] == "mirror-page"
        before = crawl.posts()
        source.now = later
        source.faults([{"match": "old_post", "do": "404", "times": -1}])
        assert crawl("newsshare", page, NEWSARCHIVE_CLOCK=later.isoformat()).code == 0
        assert asked(source)[-1] == f"/old_post/{piece.file_name}", "its digest is on no road any more"
    assert crawl.posts() == before
    assert_made_again_from_captures(crawl.archive)


def test_a_lesser_road_that_fails_is_waited_for_until_the_deadline_is_near(new_crawl: NewCrawl, tmp_path: Path) -> None:
    piece = PAPERS[0]
    with Replica([piece], EXPIRED) as source:
        source.share_forgets = True
        source.faults([{"match": "old_post", "do": "500", "times": -1}])
        crawl = new_crawl(source.url, tmp_path / "archive")
        hurt = crawl("newsshare", f"code={piece.code}", NEWSARCHIVE_CLOCK=EXPIRED.isoformat(), RETRY_TIMES=0)
        assert (hurt.code, crawl.posts()) == (3, {}), hurt
        assert f"{piece.code}: the store of old posts: HTTP 500" in hurt.err
        near = EXPIRED + timedelta(days=2, hours=20)
        settled = crawl("newsshare", f"code={piece.code}", NEWSARCHIVE_CLOCK=near.isoformat(), RETRY_TIMES=0)
        assert settled.code == 0, settled
        assert list(crawl.posts()) == [piece.relative_path]
    assert_made_again_from_captures(crawl.archive)


def test_what_the_store_or_the_publisher_serves_instead_of_an_article_is_named(
    new_crawl: NewCrawl, tmp_path: Path
) -> None:
    one, other = PAPERS[:2]
    with Replica([one, other], EXPIRED) as source:
        source.share_forgets = True
        rules = (
            (f"old_post/.*{one.number}", "html"),
            (f"old_post/.*{other.number}", "404"),
            (f"/a/{other.number}", "html"),
        )
        source.faults([{"match": match, "do": kind, "times": -1} for match, kind in rules])
        crawl = new_crawl(source.url, tmp_path / "archive")
        hurt = crawl("newsshare", f"code={one.code},{other.code}", NEWSARCHIVE_CLOCK=EXPIRED.isoformat())
    assert (hurt.code, crawl.posts()) == (4, {}), hurt
    reasons = sorted(failure["reason"] for failure in crawl.last_run()["failures"])
    assert reasons[0].startswith("the publisher's page: no article but a page of another kind (maintenance)")
    assert reasons[1].startswith("the store of old posts: the store's file is no post")
