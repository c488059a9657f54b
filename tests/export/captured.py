"""Captures composed for the tests of WACZ: two articles, a home page, revisits, and a page that is gone."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsarchive.archive.captures import Capture, Captures, Exchange
from newsarchive.export.record import Record
from tests.export.test_record import ROLLING, recorded

NOON = datetime(2022, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ONE, TWO = "202203041300000001", "202203041200000002"
HOME = "http://mirror.example/"
PAGE = f"http://mirror.example/kejiribao/2022/03/04/NW{ONE}.html"
JSON = f"http://share.example/NewsData/GetNewsText.do?id=NW{ONE}"
OTHER = f"http://share.example/NewsData/GetNewsText.do?id=NW{TWO}"
HTML = "<h1>新闻</h1>".encode() * 50
TEXT = '{"text": "新闻"}'.encode()
PLAIN = ((b"Content-Type", b"text/html; charset=utf-8"),)
IS_JSON = ((b"Content-Type", b"application/json"),)


def answer(url: str, when: datetime, body: bytes = HTML, **values: object) -> Exchange:
    fields = {"status": 200, "reason": b"OK", "headers": PLAIN, **values}
    return Exchange(url=url, fetched_at=when, body=body, **fields)  # type: ignore[arg-type]


def keep(folder: Path) -> dict[str, Capture]:
    """Write the captures, in two files; gives where each is."""
    packed = {"headers": (*PLAIN, (b"Content-Encoding", b"gzip")), "body": gzip.compress(HTML, mtime=0)}
    kept = {}
    with Captures(folder, now=lambda: NOON) as captures:
        kept["home"] = captures.write(answer(HOME, NOON))
        kept["page"] = captures.write(answer(PAGE, NOON, **packed))
        kept["other"] = captures.write(answer(OTHER, NOON, TEXT, headers=IS_JSON))
        kept["json"] = captures.write(answer(JSON, NOON, TEXT, headers=IS_JSON))
    with Captures(folder, now=lambda: NOON + DAY) as captures:
        kept["same home"] = captures.write(
            answer(HOME, NOON + DAY, b"", status=304, reason=b"Not Modified"), kept["home"]
        )
        kept["same json"] = captures.write(answer(JSON, NOON + DAY, TEXT, headers=IS_JSON), kept["json"])
        kept["gone"] = captures.write(answer(PAGE, NOON + DAY, b"gone", status=404, reason=b"Not Found"))
    return kept


def records(kept: dict[str, Capture]) -> list[Record]:
    """Give the records of both articles."""
    one = recorded(replace(ROLLING, title="第一篇"), capture=kept["json"].place)
    other = recorded(ROLLING, capture=kept["other"].place)
    return [one, replace(other, name=f"NW{TWO}", code=f"NW{TWO}", title="第二篇")]
