"""A crawled archive with its lean database, and a real Datasette that serves it.

Datasette lives in an environment of its own: ``make .cache/datasette/.installed``, and ``NEWSARCHIVE_DATASETTE=PATH``
names it. Without the variable, that of the Makefile is taken. Where there is none the tests are skipped, or fail with
``NEWSARCHIVE_REQUIRE_TOOLS=1``.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive.datasette.snapshot import ANALYSIS, take
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.server import Replica
from newsarchive.search.index import catch_up
from tests.conftest import PATIENCE, Crawl

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "newsarchive" / "datasette" / "plugins"
PAPERS, ROLLING = 40, 10


def tool() -> str:
    home = os.environ.get("NEWSARCHIVE_DATASETTE") or ROOT / ".cache" / "datasette"
    found = shutil.which("datasette", path=f"{home}/bin")
    if found:
        return str(Path(found).absolute())
    message = "Datasette is not there: make .cache/datasette/.installed, or set NEWSARCHIVE_DATASETTE"
    if os.environ.get("NEWSARCHIVE_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True, slots=True)
class Crawled:
    """An archive, the code of the article that could not be fetched, and the one that was edited."""

    root: Path
    pending: str
    edited: str


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """An archive of some fifty articles, one pending, one with two versions; to be read, not changed."""
    archive = tmp_path_factory.mktemp("crawled") / "archive"
    pieces = [piece for piece in compose() if not piece.oddity and piece.text]
    papers = [piece for piece in pieces if not piece.rolling][-PAPERS:]
    rolling = [piece for piece in pieces if piece.rolling][-ROLLING:]
    failing, edited = papers[-1], papers[0]
    with Replica([*papers, *rolling]) as source:
        source.faults([{"match": failing.number, "do": "500", "times": -1}])
        crawl = Crawl(source.url, archive)
        assert crawl("finews").code == 3
        source.edit(edited.number, title="更正：标题已改")
        assert crawl("finews", "full=1", NEWSARCHIVE_CLOCK=(NOW + timedelta(hours=1)).isoformat()).code == 3
    catch_up(archive)
    take(archive, archive / ANALYSIS, NOW)
    return Crawled(archive, failing.code, edited.code)


class Served:
    """A Datasette on loopback."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def page(self, path: str, **asked: str) -> tuple[int, str]:
        """Ask for a page; gives its status and text."""
        url = f"{self.url}{path}?{urllib.parse.urlencode(asked)}"
        question = urllib.request.Request(url)  # noqa: S310 - our own server
        try:
            with self._opener.open(question, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def json(self, path: str, **asked: str) -> Any:
        return json.loads(self.page(f"{path}.json", **asked)[1])

    def rows(self, **asked: str) -> list[dict[str, Any]]:
        """Give all rows of the articles' table that a question leaves, in their order."""
        rows: list[dict[str, Any]] = self.json("/analysis/articles", _shape="array", _size="max", **asked)
        return rows

    def names(self, **asked: str) -> list[str]:
        return [row["name"] for row in self.rows(**asked)]


Serve = Callable[..., Served]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start a Datasette as the Makefile does, with more options where given."""
    running: list[subprocess.Popen[bytes]] = []

    def start(root: Path, *options: str) -> Served:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [tool(), "serve", "--immutable", root / ANALYSIS, "--plugins-dir", PLUGINS, "--port", str(port)]
        command += ["--setting", "suggest_facets", "off", "--setting", "sql_time_limit_ms", "30000"]  # a busy machine
        said = tmp_path_factory.mktemp("datasette") / "log"
        with said.open("wb") as log:
            process = subprocess.Popen([*command, *options], cwd=said.parent, stdout=log, stderr=log)
        running.append(process)
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return Served(port)
        pytest.fail(f"Datasette did not start: {said.read_text()[-2000:]}")

    yield start
    for process in running:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def served(serve: Serve, crawled: Crawled) -> Served:
    """The crawled archive, served."""
    return serve(crawled.root)
