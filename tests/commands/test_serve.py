"""``scrapy serve`` as users call it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def command(*words: str, archive: Path) -> list[str]:
    return [sys.executable, "-m", "scrapy", "serve", *words, "-s", f"ARCHIVE_DIR={archive}"]


def ended(*words: str, archive: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words, archive=archive), cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@contextmanager
def serving(archive: Path, *words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give the process and the address it tells."""
    with subprocess.Popen(
        command("--port", "0", *words, archive=archive),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert "http://127.0.0.1:" in line, f"{line}\n{process.stderr.read() if process.stderr else ''}"
            yield process, next(word for word in line.split() if word.startswith("http://"))
        finally:
            process.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_tells_its_address_answers_and_ends_as_signals_end_programs(
    stock: Path, number: signal.Signals, code: int
) -> None:
    with serving(stock) as (process, address):
        answer = httpx.get(address, headers={"Accept-Language": "zh"})
        assert answer.status_code == 200
        assert "2022年1月5日" in answer.text
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, err
        assert err == "newsarchive: stopped\n"


def test_it_opens_the_browser_where_that_is_wished(stock: Path, tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part; mv {opened}.part {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    with serving(stock, "--open", BROWSER=f"{browser} %s") as (_, address):
        deadline = time.monotonic() + PATIENCE
        while not opened.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert opened.read_text(encoding="utf-8").strip() == address


def test_a_port_in_use_is_an_error_that_says_what_to_do(stock: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = ended("--port", str(port), archive=stock)
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = ended(archive=tmp_path / "none")
    assert done.returncode == 1
    assert "there is no archive" in done.stderr


@pytest.mark.parametrize("words", [("--port", "70000"), ("--port", "x"), ("surplus",)])
def test_what_cannot_be_meant_is_usage(stock: Path, words: tuple[str, ...]) -> None:
    assert ended(*words, archive=stock).returncode == 2


def test_its_help_says_where_and_how_it_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "serve", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = " ".join(done.stdout.split())
    for words in ("--port", "--host", "--open", "127.0.0.1", "Exit codes: 1 could not start", "docs/web.md"):
        assert words in said
