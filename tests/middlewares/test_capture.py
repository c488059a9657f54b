"""Every answer is kept as it came over the wire; what cannot be kept is not read."""

from __future__ import annotations

import errno
import gzip
import random
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newsarchive.archive.captures import Exchange
from newsarchive.archive.keeper import Archive
from newsarchive.clock import Clock
from newsarchive.middlewares.capture import NOT_KEPT, CaptureMiddleware
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
URL = "http://share.example/NewsData/GetNewsText.do?id=NW202203012340764246&x=%20"
BODY = gzip.compress('{"text": "<p>正文</p>"}'.encode(), mtime=0)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path, Clock("2022-03-02 12:00"))
    yield opened
    opened.close()


def kept(archive: Archive, request: Request) -> Exchange:
    return archive.captures.find(request.meta["capture"])[1]


def test_a_compressed_answer_with_repeated_headers_is_kept_as_it_was_on_the_wire(archive: Archive) -> None:
    request = Request(URL, headers={"User-Agent": "newsarchive/0.1", "If-None-Match": '"x"'})
    headers = [("Content-Encoding", "gzip"), ("Link", "a=1"), ("Link", "b=2"), ("ETag", '"y"')]
    response = Response(URL, headers=headers, body=BODY, ip_address=ip_address("192.0.2.7"), protocol="HTTP/1.1")
    assert CaptureMiddleware(archive).process_response(request, response) is response
    found = kept(archive, request)
    assert found.body == BODY
    assert [value for name, value in found.headers if name.lower() == b"link"] == [b"a=1", b"b=2"]
    assert {name.lower(): value for name, value in found.headers}[b"content-encoding"] == b"gzip"
    assert (found.url, found.status, found.reason, found.ip) == (URL, 200, b"OK", "192.0.2.7")
    assert (found.method, dict(found.request_headers)) == (
        "GET",
        {b"Host": b"share.example", b"User-Agent": b"newsarchive/0.1", b"If-None-Match": b'"x"'},
    )
    assert found.fetched_at == archive.now()


@pytest.mark.parametrize(
    ("status", "reason"), [(301, b"Moved Permanently"), (404, b"Not Found"), (503, b"Service Unavailable"), (599, b"")]
)
def test_errors_and_redirects_are_kept_too(status: int, reason: bytes, archive: Archive) -> None:
    request = Request(URL)
    CaptureMiddleware(archive).process_response(request, Response(URL, status=status, body=b"sorry"))
    found = kept(archive, request)
    assert (found.status, found.reason, found.body) == (status, reason, b"sorry")


def test_the_same_answer_again_is_referred_to_and_can_be_read(archive: Archive) -> None:
    ours, first, second = CaptureMiddleware(archive), Request(URL), Request(URL)
    for request in (first, second):
        ours.process_response(request, Response(URL, body=BODY))
    assert first.meta["capture"] != second.meta["capture"]
    assert archive.captures.find(second.meta["capture"])[0].revisit
    assert kept(archive, second).body == BODY


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), sqlite3.OperationalError("disk I/O error")]
)
def test_an_answer_that_cannot_be_kept_is_not_read_and_the_run_is_told(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawler: Any = get_crawler(settings_dict={"ARCHIVE_DIR": str(tmp_path)})
    ours = CaptureMiddleware.from_crawler(crawler)
    told: list[Exception] = []

    def listen(error: Exception) -> None:
        told.append(error)

    def full(_: Exchange) -> None:
        raise error

    crawler.signals.connect(listen, signal=NOT_KEPT)
    monkeypatch.setattr(ours.archive, "keep", full)
    with pytest.raises(type(error)) as raised:
        ours.process_response(Request(URL), Response(URL, body=BODY))
    assert raised.value is error
    assert told == [error]
    ours.archive.close()


def test_an_error_of_our_own_reaches_the_request_too(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Exchange) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(archive, "keep", broken)
    with pytest.raises(RuntimeError):
        CaptureMiddleware(archive).process_response(Request(URL), Response(URL))


@contextmanager
def a_server(answer: bytes) -> Iterator[str]:
    """Answer every connection with the same bytes, whatever it asks."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_in_a_crawl_the_bytes_of_the_wire_are_in_the_archive(new_crawl: Any, tmp_path: Path) -> None:
    """Through Scrapy's downloader: before it decompresses anything, and robots.txt included."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nX-Twice: 1\r\nX-Twice: 2\r\nConnection: close\r\n"
    body = gzip.compress(b"<html><h1>\xe7\xbb\xb4\xe6\x8a\xa4</h1></html>", mtime=0)
    with a_server(head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        ended = crawl("finews")
    assert ended.code == 4, ended
    (warc,) = (crawl.archive / "captures").glob("*.warc.gz")
    records = gzip.decompress(warc.read_bytes())
    assert records.count(b"WARC-Type: response") == 2, "robots.txt and the home page"
    assert records.count(body) == 2
    assert records.count(b"X-Twice: 1\r\nX-Twice: 2") == 2
    assert "维护" in ended.err, "what is read after the capture is decompressed"


def test_a_crawl_that_cannot_keep_an_answer_asks_for_nothing_more(new_crawl: Any, tmp_path: Path) -> None:
    """The kernel lets no file grow beyond 200 KiB; the ledger stays below, the captures don't."""
    body = random.Random(1).randbytes(300 * 1024)
    with a_server(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)) as url:
        crawl = new_crawl(url, tmp_path / "archive")
        limited = ["sh", "-c", 'ulimit -f 400; exec "$@"', "sh", *crawl.command("finews")]
        ended = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ended.returncode == 1, ended
    assert "the captures could not be written: [Errno 27] File too large; nothing is torn" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert crawl.last_run()["verdict"].startswith("halted: the captures could not be written")
    assert crawl.posts() == {}
    again = crawl("finews")
    assert again.code == 3, "the next run begins anew; here nobody answers any more"
