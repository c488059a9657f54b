"""The captures, replayed by pywb as a reader would see them; `tests.pywb` says where pywb comes from."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsarchive.archive.captures import Captures, Exchange
from tests.pywb import collect, replay, serving

NOON = datetime(2022, 1, 26, 12, tzinfo=UTC)
HOME, PAGE = "http://mirror.example/", "http://mirror.example/kejiribao/2022/01/25/a.html"
JSON = "http://share.example/NewsData/GetNewsText.do?id=NW202201252261275824"
HTML = "<h1>新闻</h1>".encode() * 100
PLAIN = ((b"Content-Type", b"text/html; charset=utf-8"),)


def keep(folder: Path) -> None:
    page = Exchange(
        url=PAGE,
        fetched_at=NOON,
        status=200,
        reason=b"OK",
        headers=(*PLAIN, (b"Content-Encoding", b"gzip"), (b"Transfer-Encoding", b"chunked")),
        body=gzip.compress(HTML, mtime=0),
    )
    home = Exchange(url=HOME, fetched_at=NOON, status=200, reason=b"OK", headers=PLAIN, body=HTML)
    share = Exchange(
        url=JSON,
        fetched_at=NOON,
        status=200,
        reason=b"OK",
        headers=((b"Content-Type", b"application/json"), (b"Transfer-Encoding", b"chunked")),
        body=b"5\r\nhello\r\n0\r\n\r\n",
    )
    day = timedelta(days=1)
    again = Exchange(url=HOME, fetched_at=NOON + day, status=200, reason=b"OK", headers=PLAIN, body=HTML)
    same = Exchange(url=HOME, fetched_at=NOON + 2 * day, status=304, reason=b"Not Modified")
    gone = Exchange(url=PAGE, fetched_at=NOON + 4 * day, status=404, reason=b"Not Found", headers=PLAIN, body=b"gone")
    with Captures(folder, now=lambda: NOON) as captures:
        first = captures.write(home)
        for one in (page, share, gone):
            captures.write(one)
        assert captures.write(again, same_as=first).revisit
        assert captures.write(same, same_as=first).revisit


def test_pywb_replays_what_was_kept(tmp_path: Path) -> None:
    keep(tmp_path / "captures")
    collect(tmp_path, "news", *sorted((tmp_path / "captures").iterdir()))
    with serving(tmp_path) as root:
        server = f"{root}/news"
        status, body, coding = replay(server, "20220126120000", PAGE)
        found = {
            "the gzip body": (status, gzip.decompress(body) if coding == b"gzip" else body),
            "a body that looks chunked": replay(server, "20220126120000", JSON)[:2],
            "the home page": replay(server, "20220126120000", HOME)[:2],
            "its revisit": replay(server, "20220127120000", HOME)[:2],
            "not modified": replay(server, "20220128120000", HOME)[0],
            "the page when it was gone": replay(server, "20220130120000", PAGE)[:2],
        }
    assert found == {
        "the gzip body": (200, HTML),
        "a body that looks chunked": (200, b"5\r\nhello\r\n0\r\n\r\n"),
        "the home page": (200, HTML),
        "its revisit": (200, HTML),
        "not modified": 304,
        "the page when it was gone": (404, b"gone"),
    }
