"""Every response is kept before anything reads it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from newsarchive.archive.captures import Exchange
from newsarchive.archive.keeper import STORAGE_ERRORS, Archive
from newsarchive.middlewares.content_encoding import decode_once
from newsarchive.middlewares.wire import META, Wire, pairs
from newsarchive.source.understanding import TruncatedError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

CUT_OFF = "dataloss"
"""Scrapy's flag of an answer that is not all that was announced."""
NOT_KEPT = object()
"""Scrapy signal: an answer could not be kept, and was not read; sent with ``error``."""


class CaptureMiddleware:
    """Writes every exchange to the archive's WARC files, lists, errors, redirects and robots.txt included.

    A middleware and not a signal handler, next to the downloader: the body is still as it was on the wire, and when
    it cannot be kept the error reaches the request, so that nothing is read that is not kept.
    """

    def __init__(self, archive: Archive, not_kept: Callable[[Exception], object] | None = None) -> None:
        self.archive = archive
        self.not_kept = not_kept

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's archive; tell whoever listens to `NOT_KEPT`."""
        send = crawler.signals.send_catch_log
        return cls(Archive.of(crawler), lambda error: send(NOT_KEPT, error=error))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the exchange; ``request.meta["capture"]`` says where.

        Raises:
            OSError, sqlite3.Error: the disk does not take it.
        """
        try:
            request.meta["capture"] = self.archive.keep(_exchange(request, response, self.archive)).place
        except STORAGE_ERRORS as error:
            if self.not_kept is not None:
                self.not_kept(error)
            raise
        return response


def truncated(request: Request, response: Response) -> tuple[str, str]:
    """Return why an answer is not whole: WARC-Truncated's word for it (WARC 1.1 section 5.13), and a sentence.

    Both are empty for a whole one. That the connection broke is known; what made a stream end early is not.
    """
    if CUT_OFF in response.flags:
        return "disconnect", "the answer was cut off"
    found = decode_once(request, response)
    return ("unspecified", str(found)) if isinstance(found, TruncatedError) else ("", "")


def _exchange(request: Request, response: Response, archive: Archive) -> Exchange:
    why, _ = truncated(request, response)
    wire = request.meta.pop(META, None) or _guessed(request, response)
    return Exchange(
        url=request.url,
        fetched_at=archive.now(),
        status=response.status,
        reason=wire.reason,
        headers=wire.received,
        body=response.body,
        method=request.method,
        request_headers=wire.sent,
        request_body=request.body,
        version=response.protocol or "HTTP/1.1",
        ip=str(response.ip_address) if response.ip_address else None,
        truncated=why,
        about=str(request.meta.get("about") or ""),
    )


def _guessed(request: Request, response: Response) -> Wire:
    """Say what the wire likely held, for a download handler that does not note it: a test's, or another client's."""
    host = (b"Host", urlsplit(request.url).netloc.encode())
    return Wire(_reason(response.status), pairs(response.headers), (host, *pairs(request.headers)))


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
