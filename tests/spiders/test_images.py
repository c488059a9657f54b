"""Pictures of archived articles: fetched in a run of their own, kept by their bytes, retried like articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newsarchive.archive.captures import Captures
from newsarchive.archive.content_encoding import decode_body
from newsarchive.article import Refused
from newsarchive.hosts import PictureHosts
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.picture import picture
from newsarchive.replica.piece import Piece
from newsarchive.replica.server import Replica
from newsarchive.source.pictures import picture_links

CrawlInto = Callable[[Replica], object]


def illustrated() -> list[Piece]:
    """Two articles with one picture, and one with none."""
    papers = [piece for piece in compose() if not piece.oddity and not piece.rolling]
    return [
        *[piece for piece in papers if "dfscdn" in piece.text][-1:],
        *[piece for piece in papers if "GetPic" in piece.text][-1:],
        *[piece for piece in papers if "<img" not in piece.text][-1:],
    ]


def shown(pieces: list[Piece]) -> list[str]:
    return sorted({url for piece in pieces for url in picture_links(piece.text)})


def hosts(replica: Replica) -> str:
    return f"*.dfcfw.com={replica.url}pictures/, *.eastmoney.com={replica.url}pictures/"


def pictures(archive: Path) -> dict[str, dict[str, object]]:
    with sqlite3.connect(archive / "ledger.db") as db:
        db.row_factory = sqlite3.Row
        rows = {row["url"]: dict(row) for row in db.execute("SELECT * FROM pictures")}
    db.close()
    return rows


def asked(replica: Replica) -> list[str]:
    return [seen.path for seen in replica.log if seen.path != "/robots.txt"]


@pytest.fixture
def pieces() -> list[Piece]:
    return illustrated()


def test_pictures_are_kept_as_they_came_and_no_post_changes(pieces: list[Piece], crawl_into: CrawlInto) -> None:
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        posts = crawl.posts()
        replica.reset()
        ended = crawl("images", IMAGE_HOSTS=hosts(replica))
        assert ended.code == 0, ended
        assert len(asked(replica)) == len(shown(pieces)) >= 2
        rows = pictures(crawl.archive)
        assert sorted(rows) == shown(pieces)
        captures = Captures(crawl.archive / "captures", now=lambda: NOW)
        for url, row in rows.items():
            parts = urlsplit(url)
            address = f"/pictures{parts.path}" + (f"?{parts.query}" if parts.query else "")
            capture, exchange = captures.find(str(row["capture"]))
            assert (row["state"], row["type"], row["sha256"]) == ("kept", "image/png", capture.sha256)
            assert decode_body(exchange) == picture(address)
        assert crawl.posts() == posts

        replica.reset()
        assert crawl("images", IMAGE_HOSTS=hosts(replica)).code == 0
        assert asked(replica) == [], "what is kept is not asked for again"


def test_a_page_in_the_place_of_a_picture_is_named_and_retried(pieces: list[Piece], crawl_into: CrawlInto) -> None:
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        replica.faults(
            [{"match": "GetPic", "do": "html", "times": -1}, {"match": "download", "do": "404", "times": -1}]
        )
        hurt = crawl("images", IMAGE_HOSTS=hosts(replica))
        assert hurt.code == 4, hurt
        assert {row["state"] for row in pictures(crawl.archive).values()} == {"pending"}
        assert "系统维护中" in hurt.err
        replica.faults([])
        healed = crawl("images", IMAGE_HOSTS=hosts(replica))
        assert healed.code == 0, healed
        assert {row["state"] for row in pictures(crawl.archive).values()} == {"kept"}


def test_a_host_that_is_not_allowed_is_never_asked(pieces: list[Piece], crawl_into: CrawlInto) -> None:
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        replica.reset()
        ended = crawl("images", IMAGE_HOSTS=f"*.dfcfw.com={replica.url}pictures/")
        assert ended.code == 0, ended
        assert not [path for path in asked(replica) if "GetPic" in path]
        refused = [row for row in pictures(crawl.archive).values() if row["state"] == "refused"]
        assert refused
        assert all("webquoteklinepic.eastmoney.com is not among IMAGE_HOSTS" in str(row["error"]) for row in refused)


def test_a_lost_ledger_finds_the_pictures_in_the_captures(pieces: list[Piece], crawl_into: CrawlInto) -> None:
    with Replica(pieces) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        assert crawl("images", IMAGE_HOSTS=hosts(replica)).code == 0
        before = pictures(crawl.archive)
        (crawl.archive / "ledger.db").unlink()
        assert crawl.rebuild().code == 0
        replica.reset()
        assert crawl("images", IMAGE_HOSTS=hosts(replica)).code == 0
        assert asked(replica) == []
        told = ("state", "capture", "sha256", "type", "size")
        assert {url: [row[key] for key in told] for url, row in pictures(crawl.archive).items()} == {
            url: [row[key] for key in told] for url, row in before.items()
        }


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://pic.example/a b.png", None),
        ("https://a.pics.example/x.png?y=1#z", "https://a.pics.example/x.png?y=1"),
        ("https://other.example/x.png?y=1", "http://127.0.0.1:9/base/x.png?y=1"),
        ("https://pics.example.evil/x.png", None),
        ("https://other.example:8443/x.png", None),
    ],
)
def test_the_setting_says_where_a_picture_is_fetched(url: str, address: str | None) -> None:
    chosen = PictureHosts.of("*.pics.example, other.example=http://127.0.0.1:9/base/")
    assert chosen.fetch_url(url) == address


@pytest.mark.parametrize("setting", ["a/b", "host=", "host=ftp://x/", "http://x/"])
def test_a_setting_that_names_no_host_is_refused(setting: str) -> None:
    if setting == "host=":
        assert PictureHosts.of(setting).fetch_url("https://host/x") == "https://host/x"
        return
    with pytest.raises(Refused, match="IMAGE_HOSTS"):
        PictureHosts.of(setting)


def test_an_archive_that_is_not_there_is_not_made(pieces: list[Piece], crawl_into: CrawlInto) -> None:
    with Replica(pieces[:1]) as replica:
        crawl = crawl_into(replica)
        ended = crawl("images")
        assert (ended.code, crawl.archive.exists()) == (1, False)
        assert "there is no archive" in ended.err
        assert not replica.log


@pytest.mark.parametrize("fault", ["403", "500", "html"])
def test_a_host_that_gives_no_picture_costs_few_requests_and_limit_bounds_them(
    fault: str, crawl_into: CrawlInto
) -> None:
    many = [piece for piece in compose() if not piece.oddity and "<img" in piece.text][-12:]
    with Replica(many) as replica:
        crawl = crawl_into(replica)
        assert crawl("finews").code == 0
        replica.reset()
        replica.faults([{"match": "/pictures/", "do": fault, "times": -1}])
        code = 4 if fault == "html" else 3
        assert crawl("images", "limit=2", IMAGE_HOSTS=hosts(replica)).code == code
        tried = {url for url, row in pictures(crawl.archive).items() if row["tries"]}
        assert len(tried) == 2
        replica.reset()
        replica.faults([{"match": "/pictures/", "do": fault, "times": -1}])
        assert crawl("images", IMAGE_HOSTS=hosts(replica)).code == code
        assert 6 <= len(asked(replica)) <= 7
        rows = pictures(crawl.archive).values()
        assert len(rows) > 10
        assert {row["tries"] for row in rows if "not asked" in str(row["error"])} <= {0, 1}
        assert sum(int(str(row["tries"])) for row in rows) <= 2 + 7
