"""``scrapy crawl``: what it refuses, how it stops, and what its exit code says."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsarchive.replica.compose import compose
from newsarchive.replica.server import Replica
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def nowhere(new_crawl: Callable[..., Any], tmp_path: Path) -> Any:
    """A crawl of a port nobody listens on."""
    return new_crawl(NOWHERE, tmp_path / "archive")


def started(crawl: Any, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        crawl.command("finews", *arguments, **settings),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_posts(crawl: Any, number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if len(list(crawl.archive.glob("_posts/**/*.md"))) >= number:
            return
        time.sleep(0.02)
    pytest.fail(f"no {number} posts within {PATIENCE} seconds")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("kategory=x",), "did you mean category?"),
        (("since=2022-13-01",), "write it like 2022-01-25"),
        (("since=2022-01-02", "until=2022-01-01"), "no day lies between"),
        (("limit=0",), "give 1 or more"),
        (("limit=many",), "give 1 or more"),
        (("full=perhaps",), "neither 1 nor 0"),
        (("category=,",), "names nothing"),
    ],
)
def test_an_argument_that_cannot_be_meant_is_usage(nowhere: Any, arguments: tuple[str, ...], said: str) -> None:
    ended = nowhere("finews", *arguments)
    assert ended.code == 2, ended
    assert said in ended.err
    assert not nowhere.archive.exists(), "a refused command must leave nothing behind"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which articles"),
        (("code=",), "names no article"),
        (("code=../../etc/passwd",), "carries no article code"),
        (("code=NW2022",), "no article code"),
        (("url=https://example.org/",), "carries no article code"),
        (("file=/nowhere/at/all",), "there is no file"),
    ],
)
def test_newsshare_refuses_what_names_no_article(nowhere: Any, arguments: tuple[str, ...], said: str) -> None:
    ended = nowhere("newsshare", *arguments)
    assert ended.code == 2, ended
    assert said in ended.err


def test_an_unknown_spider_is_usage(nowhere: Any) -> None:
    ended = nowhere("finnews")
    assert ended.code == 2
    assert "there are eastmoney, finews, images, newsshare, wayback" in ended.err


def test_help_tells_spiders_arguments_and_exit_codes() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "-h"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for word in ("category=NAMES", "newsshare", "another run holds the archive"):
        assert word in " ".join(shown.split())


def test_an_unreachable_host_is_one_clear_line_no_post_and_exit_3(nowhere: Any) -> None:
    ended = nowhere("finews")
    assert ended.code == 3, ended
    assert [line for line in ended.err.splitlines() if " ERROR " in line] == [
        line for line in ended.err.splitlines() if "http://127.0.0.1:9/: the connection was refused" in line
    ]
    assert "Traceback" not in ended.err
    assert nowhere.posts() == {}


def test_a_setting_that_is_no_url_cannot_start(nowhere: Any) -> None:
    ended = nowhere("finews", FINEWS_URL="finews")
    assert ended.code == 1, ended
    assert "the setting FINEWS_URL" in ended.err


def test_an_archive_that_cannot_be_written_cannot_start(nowhere: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = nowhere("finews", ARCHIVE_DIR=tmp_path / "file")
    assert ended.code == 1, ended
    assert "choose another" in ended.err


def test_too_little_room_cannot_start(nowhere: Any) -> None:
    ended = nowhere("finews", FREE_SPACE_MIB=10**9)
    assert ended.code == 1, ended
    assert "Make room" in ended.err


def test_a_second_run_leaves_the_archive_to_the_first(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    crawl = crawl_into(small_replica)
    small_replica.slow_seconds = 2
    small_replica.faults([{"match": "GetNewsText", "do": "slow", "times": -1}])
    first = started(crawl)
    wait_for_posts(crawl, 1)
    second = crawl("finews")
    assert second.code == 75, second
    assert "another run holds the archive" in second.err
    small_replica.faults([])
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_safely_and_the_next_run_goes_on(
    number: signal.Signals, code: int, small_replica: Replica, crawl_into: Callable[..., Any]
) -> None:
    crawl = crawl_into(small_replica)
    small_replica.slow_seconds = 0.3
    small_replica.faults([{"match": "GetNewsText", "do": "slow", "times": -1}])
    process = started(crawl)
    wait_for_posts(crawl, 2)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err
    assert crawl.last_run()["exit_code"] == code
    assert crawl.strays() == []
    small_replica.faults([])
    assert crawl("finews").code == 0
    assert crawl.posts() == {piece.relative_path: piece.archived() for piece in small_replica.pieces}


def test_a_killed_run_is_finished_by_the_next(crawl_into: Callable[..., Any]) -> None:
    moments = random.Random(20220303)
    pieces = [piece for piece in compose() if not piece.oddity][-40:]
    expected = {piece.relative_path: piece.archived() for piece in pieces}
    with Replica(pieces) as source:
        crawl = crawl_into(source)
        for _ in range(6):
            process = started(crawl)
            time.sleep(moments.uniform(0.6, 1.8))
            process.kill()
            process.communicate()
            torn = [path for path, content in crawl.posts().items() if content != expected[path]]
            assert not torn, f"kill -9 left torn posts: {torn}"
        assert crawl("finews").code == 0
    assert crawl.posts() == expected
    assert crawl.strays() == []


def test_no_host_but_the_settings_is_contacted(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        foreign.settimeout(0.1)
        elsewhere = f"http://127.0.0.1:{foreign.getsockname()[1]}/"
        piece = small_replica.pieces[0]
        small_replica.edit(piece.number, text=f'<p>文<img src="{elsewhere}a.png" /></p>', content=f"<p>{elsewhere}</p>")
        crawl = crawl_into(small_replica)
        assert crawl("finews").code == 0
        with pytest.raises(TimeoutError):
            foreign.accept()


def test_no_body_reaches_the_log(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    marker = "只在正文里出现的一句话"
    for piece in small_replica.pieces:
        small_replica.edit(piece.number, text=f"<p>{marker}<b>没有结束", content=f"<p>{marker}<script>x</script></p>")
    crawl = crawl_into(small_replica)
    ended = crawl("finews", LOG_LEVEL="DEBUG")
    assert ended.code == 0, ended
    assert marker not in ended.err + ended.out


def test_the_source_is_told_who_asks(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    assert crawl_into(small_replica)("finews", CONTACT="archive@example.org").code == 0
    assert {seen.headers["user-agent"] for seen in small_replica.log} == {"newsarchive/0.1.0 (+archive@example.org)"}


def test_robots_txt_is_obeyed_and_asked_for_once(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    small_replica.robots = "User-agent: *\nDisallow: /NewsData/\n"
    crawl = crawl_into(small_replica)
    ended = crawl("finews")
    assert ended.code == 3, ended
    assert "robots.txt" in ended.err
    paths = [seen.path for seen in small_replica.log]
    assert paths.count("/robots.txt") == 1
    assert not [path for path in paths if path.startswith("/NewsData/")]


def test_a_retry_waits_as_long_as_it_is_asked_to(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    small_replica.faults([{"match": "^/$", "do": "503", "times": 1}])
    assert crawl_into(small_replica)("finews").code == 0
    first, second = [seen.at for seen in small_replica.log if seen.path == "/"]
    assert second - first >= 1.0, "the server said Retry-After: 1"


def test_on_a_terminal_progress_is_one_rewritten_line(small_replica: Replica, crawl_into: Callable[..., Any]) -> None:
    small_replica.slow_seconds = 0.15
    small_replica.faults([{"match": "GetNewsText", "do": "slow", "times": -1}])
    crawl = crawl_into(small_replica)
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        crawl.command("finews"), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # Linux reports the other end's closing as an error
    assert process.wait() == 0
    text = shown.decode()
    assert re.search(r"\r\x1b\[K.*\d+ of 12 articles", text), text
    assert text.rstrip().endswith("finews: complete (exit code 0)")
