"""What Scrapy drops of an answer and of a request is noted, and kept as it stood on the wire."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.core.downloader.handlers import http11
from scrapy.settings import Settings
from scrapy.utils import _download_handlers
from scrapy.utils.misc import load_object
from twisted.web import _newclient

from newsarchive.archive.captures import Captures
from newsarchive.middlewares.wire import WireDownloadHandler

ANSWER = (
    b"HTTP/1.1 200 Alles gut, \xe4\xbd\xa0\xe5\xa5\xbd\r\n"
    b'x-twice: 1\r\nETAG: "y"\r\nX-TWICE:2\r\nTransfer-Encoding: chunked\r\ncontent-TYPE: text/html\r\n'
    b"Connection: close\r\n\r\n"
    b"6\r\n<html>\r\n0\r\n\r\n"
)


@contextmanager
def a_server(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answer every connection with the same bytes; gives the address, and what was asked as it came."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65536))
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asked
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def kept(crawl: Any) -> list[tuple[bytes, bytes]]:
    """Give the HTTP blocks of the first file of captures: each request with its answer, headers and body."""
    (warc,) = (crawl.archive / "captures").glob("*.warc.gz")
    blocks = [record.split(b"\r\n\r\n", 1) for record in gzip.decompress(warc.read_bytes()).split(b"WARC/1.1\r\n")]
    of = {kind: [b[1] for b in blocks if b"WARC-Type: %b" % kind in b[0]] for kind in (b"request", b"response")}
    return list(zip(of[b"request"], of[b"response"], strict=True))


def test_in_a_crawl_reason_phrase_and_headers_are_kept_as_they_stood_on_the_wire(new_crawl: Any, tmp_path: Any) -> None:
    with a_server(ANSWER) as (url, asked):
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews").code == 3, "a page that ends with its first tag"
    exchanges = kept(crawl)
    assert len(exchanges) == len(asked) == 2, "robots.txt and the home page"
    head = ANSWER.split(b"\r\n\r\n")[0]
    masked = head.replace(b"Transfer-Encoding", b"X-Crawler-Transfer-Encoding").replace(b"X-TWICE:2", b"X-TWICE: 2")
    for (request, response), on_the_wire in zip(exchanges, asked, strict=True):
        assert response == masked + b"\r\n\r\n<html>\r\n\r\n"
        assert request == on_the_wire + b"\r\n\r\n"
    captures = Captures(crawl.archive / "captures", now=lambda: datetime.now(UTC))
    read = captures.find(crawl.last_run()["failures"][0]["capture"])[1]
    assert read.reason == "Alles gut, 你好".encode()
    assert [name for name, _ in read.headers] == [
        b"x-twice",
        b"ETAG",
        b"X-TWICE",
        b"Transfer-Encoding",
        b"content-TYPE",
        b"Connection",
    ]


def test_an_answer_without_a_phrase_behind_a_preliminary_one_is_kept_as_the_one_it_is(
    new_crawl: Any, tmp_path: Any
) -> None:
    head = b"HTTP/1.0 200\r\nServer: x\r\nContent-Length: 6\r\n\r\n"
    with a_server(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + head + b"<html>") as (url, _):
        crawl = new_crawl(url, tmp_path / "archive")
        assert crawl("finews").code == 3, "a page that ends with its first tag"
    assert {response for _, response in kept(crawl)} == {head.replace(b"200", b"200 ") + b"<html>\r\n\r\n"}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_both_schemes_are_asked_by_the_handler_that_notes(scheme: str) -> None:
    loaded = Settings()
    loaded.setmodule("newsarchive.settings")
    path = loaded.getwithbase("DOWNLOAD_HANDLERS")[scheme]
    assert issubclass(load_object(path), WireDownloadHandler)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (http11, "_ScrapyAgent"),
        (http11._ScrapyAgent, "_cb_bodyready"),
        (http11, "_LenientHTTPClientParser"),
        (http11, "_LenientHTTP11ClientProtocol"),
        (http11, "_LenientHTTP11ClientFactory"),
        (_download_handlers, "wrap_twisted_exceptions"),
        (_newclient.HTTPClientParser, "statusReceived"),
        (_newclient.HTTPClientParser, "headerReceived"),
    ],
)
def test_the_private_names_leaned_on_are_there(owner: Any, name: str) -> None:
    """Where one is not, a newer Scrapy or Twisted has changed its handler: read it, then `middlewares/wire.py`."""
    assert hasattr(owner, name)
