"""SIGTERM and SIGINT are heard at any moment of any command, which ends with their code and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import synthetic
from newsarchive.archive.files import TEMP_PREFIX
from newsarchive.archive.importsource import Unfit, examine
from newsarchive.archive.pool import StoppedError
from newsarchive.maintenance import judged, stoppable

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300  # seconds; far beyond any load, and far below the time-outs that a deaf run would sit out


@contextmanager
def silent() -> Iterator[tuple[str, threading.Event]]:
    """A server that takes a question and does not answer; the event says that it was asked."""
    asked, ended = threading.Event(), threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.send_error(404)
                return
            if self.path == "/begun":  # a body that is begun and never ends
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
            asked.set()
            ended.wait()

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as serving:
        serving.daemon_threads = True
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/", asked
        ended.set()
        serving.shutdown()


def begun(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a group of its own, in which whoever outlives it is found
    )


def wait_for_its_handler(process: subprocess.Popen[str]) -> None:
    """Wait until newsarchive's own handler is there, or the process is over; Linux tells of it."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) & 1 << signal.SIGTERM - 1:
            return
        time.sleep(0.01)


def ended(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=PATIENCE)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    return out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_crawl_does_not_wait_for_a_server_that_hangs(
    new_crawl: Callable[..., object], tmp_path: Path, number: signal.Signals
) -> None:
    with silent() as (url, asked):
        crawl = new_crawl(url, tmp_path / "archive")
        settings = {"DOWNLOAD_TIMEOUT": 10 * PATIENCE}
        process = begun(*crawl.command("finews", **settings)[3:])  # type: ignore[attr-defined]
        assert asked.wait(PATIENCE)
        process.send_signal(number)
        out = ended(process)
    assert process.returncode == 128 + number, out
    record = crawl.last_run()  # type: ignore[attr-defined]
    assert (record["exit_code"], record["failures"]) == (128 + number, []), "what a stop broke off did not fail"
    assert crawl.strays() == []  # type: ignore[attr-defined]


def test_a_crawl_that_waits_for_a_servers_patience_hears_a_signal(
    new_crawl: Callable[..., object], tmp_path: Path
) -> None:
    class Busy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503 if self.path != "/robots.txt" else 404)
            self.send_header("Retry-After", str(10 * PATIENCE))
            self.send_header("Content-Length", "0")
            self.end_headers()
            if self.path != "/robots.txt":
                asked.set()

        def log_message(self, *words: object) -> None:
            pass

    asked = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        crawl = new_crawl(f"http://127.0.0.1:{serving.server_port}/", tmp_path / "archive")
        command = crawl.command("finews", RETRY_AFTER_LONGEST=100 * PATIENCE)  # type: ignore[attr-defined]
        process = begun(*command[3:])
        assert asked.wait(PATIENCE)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        out = ended(process)
        serving.shutdown()
    assert process.returncode == 128 + signal.SIGTERM, out


@pytest.fixture(scope="module")
def large_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("large") / "archive"
    synthetic.make(archive, 1500)
    ended(begun("rebuild", "-s", f"ARCHIVE_DIR={archive}"))
    return archive


COMMANDS = {
    "verify": ("verify",),
    "rebuild": ("rebuild",),
    "rebuild-search": ("rebuild", "--search"),
    "import": ("import", "{posts}"),
    "export": ("export", "{out}/all.jsonl"),
    "site": ("site", "{out}/site"),
    "status": ("status",),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_a_command_hears_a_signal_at_any_moment_and_the_next_one_finds_all_well(
    command: tuple[str, ...], large_archive: Path, tmp_path: Path
) -> None:
    dice = random.Random(str(command))
    for attempt in range(2):
        archive, out = tmp_path / f"archive{attempt}", tmp_path / f"out{attempt}"
        out.mkdir()
        if command[0] == "import":
            archive.mkdir()
        else:
            shutil.copytree(large_archive, archive)
            if command == ("rebuild",):  # something to write
                shutil.rmtree(archive / "_posts")
        words = [word.format(posts=large_archive / "_posts", out=out) for word in command]
        settings = ["-s", f"ARCHIVE_DIR={archive}", "-s", "PROCESSES=2"]
        process = begun(*words, *settings)
        wait_for_its_handler(process)
        time.sleep(dice.uniform(0, 2))
        process.send_signal(dice.choice([signal.SIGTERM, signal.SIGINT]))
        said = ended(process)
        # Negative: it was over, and Python on its way out.
        assert process.returncode in {0, 130, 143, -signal.SIGTERM, -signal.SIGINT}, said
        assert [path.name for path in archive.rglob(f"{TEMP_PREFIX}*")] == []
        if command[0] in {"rebuild", "import"}:
            again = begun(*words, *settings)
            said = ended(again)
            assert again.returncode == 0, said
        checking = begun("verify", "-s", f"ARCHIVE_DIR={archive}")
        said = ended(checking)
        assert checking.returncode == 0, said
        shutil.rmtree(archive)


def test_a_signal_is_not_taken_for_a_fault_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "2022-03-01-NW202203011234567890.md"
    file.write_bytes(b"x")
    assert isinstance(examine([str(file)])[0], Unfit)
    monkeypatch.setattr("newsarchive.post.read", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(StoppedError), stoppable():
        examine([str(file)])


def test_a_signal_that_a_library_swallowed_is_heard_all_the_same() -> None:
    def work() -> int:
        with contextlib.suppress(BaseException):
            signal.raise_signal(signal.SIGTERM)
        return 0

    assert judged(work) == 143
