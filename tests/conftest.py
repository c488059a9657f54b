"""What tests share: a replica to crawl, a crawl as users start it, and the sample where it is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from bench.exporting import make_archive
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import named
from newsarchive.replica.server import Replica

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 900
"""Seconds a test waits for what must come: ten times what it takes on a machine ten times as busy."""

# The same examples in every run, so that what fails is the change's doing; how long one takes is the bench's business.
hypothesis.settings.register_profile("newsarchive", derandomize=True, deadline=None)
hypothesis.settings.load_profile("newsarchive")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background has them, and whatever they start, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True, slots=True)
class Ended:
    """A crawl that ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


@dataclass(frozen=True, slots=True)
class Crawl:
    """Runs ``scrapy crawl`` in a process of its own, as cron does, against a source, into an archive."""

    url: str
    archive: Path

    def command(self, spider: str, *arguments: str, **settings: Any) -> list[str]:
        """Give the command line: ``-a`` for each argument, ``-s`` for each setting."""
        settings = {
            "FINEWS_URL": self.url,
            "NEWSSHARE_URL": self.url,
            "OLD_POST_URL": f"{self.url}old_post/",
            "ARTICLE_URL": self.url,
            "EASTMONEY_LIST_URL": self.url,
            "EASTMONEY_FAST_URL": self.url,
            "EASTMONEY_API_URL": self.url,
            "WAYBACK_CDX_URL": f"{self.url}cdx/search/cdx",
            "WAYBACK_RAW_URL": f"{self.url}web/",
            "ARCHIVE_DIR": self.archive,
            "NEWSARCHIVE_CLOCK": NOW.isoformat(),
            "RETRY_BACKOFF": 0.01,
            "DOWNLOAD_TIMEOUT": PATIENCE,
            **settings,
        }
        said = [word for argument in arguments for word in ("-a", argument)]
        said += [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        return [sys.executable, "-m", "scrapy", "crawl", spider, *said]

    def __call__(self, spider: str, *arguments: str, **settings: Any) -> Ended:
        """Run to the end."""
        ended = subprocess.run(
            self.command(spider, *arguments, **settings),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def rebuild(self, *words: str) -> Ended:
        """Run ``scrapy rebuild`` on the archive."""
        command = [sys.executable, "-m", "scrapy", "rebuild", *words, "-s", f"ARCHIVE_DIR={self.archive}"]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def posts(self) -> dict[str, bytes]:
        """Give every post by its path in the archive."""
        return {str(path.relative_to(self.archive)): path.read_bytes() for path in self.archive.glob("_posts/**/*.md")}

    def last_run(self) -> dict[str, Any]:
        """Give the newest record of ``runs/``."""
        newest = max((self.archive / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        record: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
        return record

    def strays(self) -> list[str]:
        """Give every file that has no place in an archive between two runs."""
        known = {"_posts", "captures", "runs", "revisions", "ledger.db", "search.db"}
        return [
            str(path.relative_to(self.archive))
            for path in self.archive.rglob("*")
            if path.is_file() and (path.relative_to(self.archive).parts[0] not in known or path.name.startswith("."))
        ]


@pytest.fixture
def replica() -> Iterator[Replica]:
    """The source in a box, with some hundred articles and every oddity."""
    with Replica(compose()) as running:
        yield running


@pytest.fixture
def small_replica() -> Iterator[Replica]:
    """A dozen of the newest articles, without oddities: for tests that crawl many times."""
    pieces = [piece for piece in compose() if not piece.oddity][-12:]
    with Replica(pieces) as running:
        yield running


@pytest.fixture(scope="session")
def new_crawl() -> Callable[[str, Path], Crawl]:
    """Give a crawl of a source's URL into an archive."""
    return Crawl


@pytest.fixture
def crawl_into(tmp_path: Path) -> Callable[[Replica], Crawl]:
    """Give a crawl of a replica into an archive of its own."""
    return lambda running: Crawl(running.url, tmp_path / "archive")


@pytest.fixture(scope="session")
def kept_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of everything the source is known to do, after several runs with edits; to be copied, not changed.

    Two codes, one of which turns out to be rolling news; the rolling news alone; a full look after two edits; and once
    more a code that is rolling news and archived. So numbers with both forms are there that different runs archived.
    """
    archive = tmp_path_factory.mktemp("kept") / "archive"
    with Replica(compose()) as source:
        crawl = Crawl(source.url, archive)
        odd, later = (named(source.pieces, name)[0] for name in ("digest-only", "digest-only-with-zone"))
        plain = [piece for piece in source.pieces if not piece.oddity and piece.text]
        paper, rolling = (next(piece for piece in plain if piece.rolling is form) for form in (False, True))
        assert crawl("newsshare", f"code=NW{odd.number},{paper.code}").code == 0
        assert crawl("finews", "category=emnews").code == 0
        source.edit(paper.number, title="更正：标题已改")
        source.edit(rolling.number, text="<p>更正后的正文。</p>")
        assert crawl("finews", "full=1", NEWSARCHIVE_CLOCK=(NOW + timedelta(hours=1)).isoformat()).code == 0
        assert crawl("newsshare", f"code=NW{later.number}").code == 0
    return archive


@pytest.fixture
def archive(kept_archive: Path, tmp_path: Path) -> Path:
    """A copy of `kept_archive` of one's own."""
    return Path(shutil.copytree(kept_archive, tmp_path / "archive"))


@pytest.fixture(scope="session")
def small_kept_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of six articles and one edit, in which every kind of kept file is; to be copied, not changed."""
    archive = tmp_path_factory.mktemp("small") / "archive"
    pieces = [piece for piece in compose() if not piece.oddity][-6:]
    with Replica(pieces) as source:
        crawl = Crawl(source.url, archive)
        assert crawl("finews").code == 0
        source.edit(next(piece for piece in pieces if not piece.rolling).number, title="更正：标题已改")
        assert crawl("finews", "full=1", NEWSARCHIVE_CLOCK=(NOW + timedelta(hours=1)).isoformat()).code == 0
    return archive


@pytest.fixture
def small(small_kept_archive: Path, tmp_path: Path) -> Path:
    """A copy of `small_kept_archive` of one's own."""
    return Path(shutil.copytree(small_kept_archive, tmp_path / "archive"))


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    """Sixty composed articles, an hour apart from 2022-01-03 on, with captures and a ledger; made without a crawl."""
    make_archive(tmp_path / "stock", 60, timedelta(hours=1))
    return tmp_path / "stock"


@pytest.fixture
def sample() -> Path:
    """The saved copy of the real source; skips where it is not there."""
    folder = Path(os.environ.get("NEWSARCHIVE_SAMPLE") or ROOT.parent / "shared" / "source" / "dev")
    if not (folder / "_posts").is_dir():
        pytest.skip("the sample of the real source is not here (set NEWSARCHIVE_SAMPLE to its folder)")
    return folder
