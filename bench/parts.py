"""The parts alone, in this process, by processor time: posts, bodies, captures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import frontmatter
from bs4 import BeautifulSoup
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.measure import Effort, Row, compare
from newsarchive import body, dates, post
from newsarchive.archive.captures import Captures, Exchange
from newsarchive.article import Article, Name
from newsarchive.replica.compose import compose

HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"0123456789abcdef"'), ("Server", "GitHub.com"))


def articles() -> list[Article]:
    """Some hundred composed articles, normalised."""
    return [
        Article(
            name=Name(piece.number, rolling=piece.rolling),
            title=piece.title,
            date=dates.normalise(f"{piece.published:%Y-%m-%d %H:%M:%S}"),
            category=piece.category,
            tag=piece.tag,
            body=body.normalise(piece.content if piece.rolling else piece.text),
            link=piece.link,
            digest=piece.digest,
        )
        for piece in compose()
        if not piece.oddity
    ]


def writer(effort: Effort) -> Iterator[Row]:
    """Our post writer beside python-frontmatter's own dumps of the same posts."""
    these = articles()
    plain = [
        frontmatter.Post(
            article.body,
            layout="post",
            title=article.title,
            date=article.date,
            categories=article.category,
            tags=article.tag,
        )
        for article in these
    ]

    def ours() -> int:
        return sum(len(post.render(article)) > 0 for article in these * 5)

    def theirs() -> int:
        return sum(len(frontmatter.dumps(one)) > 0 for one in plain * 5)

    found = compare("writing a post, beside frontmatter.dumps", ours, theirs, effort.rounds)
    yield found.row("writer", at_least=4)


def checker(effort: Effort) -> Iterator[Row]:
    """Checking a body beside parsing and serialising it with BeautifulSoup."""
    bodies = [article.body for article in articles()]

    def ours() -> int:
        return sum(not body.faults(html) for html in bodies * 3)

    def theirs() -> int:
        return sum(bool(str(BeautifulSoup(html, "lxml"))) for html in bodies * 3)

    found = compare("checking a body, beside a round trip through BeautifulSoup", ours, theirs, effort.rounds)
    yield found.row("checker")


def capturing(effort: Effort) -> Iterator[Row]:
    """Writing captures beside warcio's writer: the same exchanges, request and response."""
    pages = [article.body.encode() for article in articles()]
    now = datetime.now(UTC)

    def ours() -> int:
        with tempfile.TemporaryDirectory() as folder, Captures(Path(folder), now=lambda: now) as captures:
            for number, page in enumerate(pages):
                headers = tuple((name.encode(), value.encode()) for name, value in HEADERS)
                exchange = Exchange(
                    url=f"http://localhost/{number}",
                    fetched_at=now,
                    status=200,
                    reason=b"OK",
                    headers=headers,
                    body=page,
                )
                captures.write(exchange)
        return len(pages)

    def theirs() -> int:
        with tempfile.TemporaryFile() as file:
            warc = WARCWriter(file, gzip=True, warc_version="1.1")
            for number, page in enumerate(pages):
                url = f"http://localhost/{number}"
                answer = StatusAndHeaders("200 OK", list(HEADERS), protocol="HTTP/1.1")
                question = StatusAndHeaders(f"GET /{number} HTTP/1.1", [("Host", "localhost")], is_http_request=True)
                response = warc.create_warc_record(url, "response", payload=BytesIO(page), http_headers=answer)
                request = warc.create_warc_record(url, "request", http_headers=question)
                warc.write_request_response_pair(request, response)
        return len(pages)

    yield compare("keeping an exchange, beside warcio's writer", ours, theirs, effort.rounds).row("captures")
