"""The captures, replayed by pywb as a reader would see them.

pywb pins packages of its own, so it lives in an environment of its own: ``python -m venv PATH; PATH/bin/pip install
pywb``, and ``NEWSARCHIVE_PYWB=PATH``. Without the variable, pywb on the search path is taken. Where there is none the
tests are skipped, or fail with ``NEWSARCHIVE_REQUIRE_TOOLS=1``.
"""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path

import pytest

from newsarchive.archive.captures import Captures, Exchange

NOON = datetime(2022, 1, 26, 12, tzinfo=UTC)
HOME, PAGE = "http://mirror.example/", "http://mirror.example/kejiribao/2022/01/25/a.html"
JSON = "http://share.example/NewsData/GetNewsText.do?id=NW202201252261275824"
HTML = "<h1>新闻</h1>".encode() * 100
PLAIN = ((b"Content-Type", b"text/html; charset=utf-8"),)
PATIENCE = 60


def tool(name: str) -> str:
    home = os.environ.get("NEWSARCHIVE_PYWB")
    found = shutil.which(name, path=f"{home}/bin" if home else None)
    if found:
        return found
    message = f"pywb is not there ({name}): install it into an environment of its own and set NEWSARCHIVE_PYWB"
    if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


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


@contextmanager
def replaying(root: Path) -> Iterator[str]:
    """Serve the captures on loopback; gives the address captures are asked for under."""
    manager, server = tool("wb-manager"), tool("wayback")
    keep(root / "captures")
    subprocess.run([manager, "init", "news"], cwd=root, check=True, capture_output=True)
    files = sorted((root / "captures").iterdir())
    subprocess.run([manager, "add", "news", *files], cwd=root, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (root / "pywb.log").open("wb") as log:
        command = [server, "-b", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
    try:
        wait_for(port, process, root / "pywb.log")
        yield f"http://127.0.0.1:{port}/news"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"pywb did not start: {log.read_text()[-2000:]}")


def replay(server: str, when: str, url: str) -> tuple[int, bytes, bytes]:
    """Ask for a capture as it came (pywb's ``id_``); gives its status, body and content coding."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    question = urllib.request.Request(f"{server}/{when}id_/{url}", headers={"Accept-Encoding": "gzip"})  # noqa: S310
    try:
        answer: HTTPResponse | urllib.error.HTTPError = opener.open(question, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status or 0, answer.read(), (answer.headers["Content-Encoding"] or "").encode()


def test_pywb_replays_what_was_kept(tmp_path: Path) -> None:
    with replaying(tmp_path) as server:
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
