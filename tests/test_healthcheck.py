"""Whoever watches is told how a run ended; that nobody can be told changes no exit code."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from newsarchive import healthcheck
from newsarchive.archive.keeper import hold
from newsarchive.article import Refused
from newsarchive.healthcheck import Healthcheck
from newsarchive.replica.server import Replica


@dataclass(slots=True)
class Watcher:
    """A watcher's service on loopback, and what it was told."""

    url: str = ""
    status: int = 200
    told: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    made = Watcher()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.told.append((self.path, body.decode()))
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        made.url = f"http://127.0.0.1:{serving.server_port}/ping/8f2c"
        yield made
        serving.shutdown()


def test_the_first_address_hears_of_success_and_fail_is_added_for_anything_else(watcher: Watcher) -> None:
    told = Healthcheck.of({"HEALTHCHECK_URL": watcher.url})
    assert told.tell(ok=True, sentence="finews: complete") == ""
    assert told.tell(ok=False, sentence="finews: 停了") == ""
    assert watcher.told == [("/ping/8f2c", "finews: complete"), ("/ping/8f2c/fail", "finews: 停了")]


@pytest.mark.parametrize(
    ("url", "fail"),
    [
        ("https://hc.example/a", "https://hc.example/a/fail"),
        ("https://hc.example/a/", "https://hc.example/a/fail"),
        ("https://hc.example/a?rid=1", "https://hc.example/a/fail?rid=1"),
    ],
)
def test_fail_is_added_to_the_path(url: str, fail: str) -> None:
    assert Healthcheck.of({"HEALTHCHECK_URL": url}) == Healthcheck(url, fail)


def test_an_address_of_its_own_hears_of_failure_alone(watcher: Watcher) -> None:
    told = Healthcheck.of({"HEALTHCHECK_FAIL_URL": f"{watcher.url}?status=down"})
    assert told.tell(ok=True, sentence="finews: complete") == ""
    assert told.tell(ok=False, sentence="finews: incomplete") == ""
    assert watcher.told == [("/ping/8f2c?status=down", "finews: incomplete")]


@pytest.mark.parametrize("name", ["HEALTHCHECK_URL", "HEALTHCHECK_FAIL_URL"])
@pytest.mark.parametrize("url", ["file:///etc/passwd", "hc.example/a", "http://"])
def test_what_is_no_web_address_is_refused_by_name(name: str, url: str) -> None:
    with pytest.raises(Refused, match=f"the setting {name}"):
        Healthcheck.of({name: url})


def test_a_watcher_that_is_not_there_answers_with_an_error_or_not_in_time_is_named(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "127.0.0.1 could not be told" in Healthcheck("http://127.0.0.1:9/").tell(ok=True, sentence="")
    watcher.status = 404
    assert "HTTP Error 404" in Healthcheck(watcher.url).tell(ok=True, sentence="")
    assert healthcheck.TIMEOUT <= 10
    monkeypatch.setattr(healthcheck, "TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        never = Healthcheck(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert "timed out" in never.tell(ok=True, sentence="")


def test_a_crawl_tells_how_it_ended(
    small_replica: Replica, crawl_into: Callable[[Replica], Any], watcher: Watcher
) -> None:
    crawl = crawl_into(small_replica)
    assert crawl("finews", "limit=1", HEALTHCHECK_URL=watcher.url).code == 0
    small_replica.faults([{"match": "^/$", "do": "html", "times": -1}])
    assert crawl("finews", HEALTHCHECK_URL=watcher.url).code == 4
    assert crawl("finews", HEALTHCHECK_URL=watcher.url, FREE_SPACE_MIB=10**9).code == 1
    held = hold(crawl.archive)
    try:
        assert crawl("finews", HEALTHCHECK_URL=watcher.url).code == 75
    finally:
        os.close(held)
    understood = "finews: the source changed: something was served that could not be understood (exit code 4)"
    assert watcher.told[:2] == [("/ping/8f2c", "finews: complete (exit code 0)"), ("/ping/8f2c/fail", understood)]
    (path, sentence), *more = watcher.told[2:]
    assert path == "/ping/8f2c/fail"
    assert "Make room" in sentence
    assert more == [], "a run that found the archive held says nothing: the one that holds it does"


def test_a_watcher_that_cannot_be_told_is_one_line_and_changes_no_exit_code(
    small_replica: Replica, crawl_into: Callable[[Replica], Any]
) -> None:
    crawl = crawl_into(small_replica)
    ended = crawl("finews", "limit=1", HEALTHCHECK_URL="http://127.0.0.1:9/")
    assert ended.code == 0, ended
    assert ended.err.count("could not be told") == 1
    assert crawl("finews", HEALTHCHECK_URL="ftp://127.0.0.1/").code == 1, "a setting that cannot be meant"
