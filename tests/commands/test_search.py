"""``scrapy search`` as users call it: what it says, and its exit codes."""

from __future__ import annotations

import argparse
import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive import settings
from newsarchive.commands.rebuild import Command as Rebuild
from newsarchive.commands.search import Command
from newsarchive.commands.verify import Command as Verify
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
EMPTY = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended: its exit code and what it said."""

    returncode: int
    stdout: str
    stderr: str


Search = Callable[..., Ended]


@pytest.fixture
def search(capsys: pytest.CaptureFixture[str]) -> Search:
    """Run the command within this process, as Scrapy does once it has found it; a process costs a second."""

    def run(archive: Path, *words: str, command: type[ScrapyCommand] = Command) -> Ended:
        one = command()
        one.settings = Settings({"ARCHIVE_DIR": str(archive), "PROCESSES": 1})
        one.settings.setmodule(settings, priority="default")
        parser = argparse.ArgumentParser()
        one.add_options(parser)
        opts, args = parser.parse_known_args(list(words))
        one.process_options(args, opts)
        capsys.readouterr()
        try:
            one.run(args, opts)
        except UsageError as error:
            return Ended(2, "", str(error))
        said = capsys.readouterr()
        return Ended(one.exitcode, said.out, said.err)

    return run


def test_a_crawl_has_indexed_its_posts_and_a_search_finds_them(small_kept_archive: Path, search: Search) -> None:
    posts = len(list((small_kept_archive / "_posts").rglob("*.md")))
    assert (small_kept_archive / "search.db").exists()
    ended = search(small_kept_archive, "更正：標題已改")
    assert ended.returncode == 0, ended
    (line,) = ended.stdout.splitlines()
    date, newspaper, title, _, post = line.split("\t")
    assert date.startswith("2022-03-0")
    assert newspaper
    assert title == "更正：标题已改"
    assert (small_kept_archive / post).is_file()
    assert ended.stderr == "1 hits\n"
    with closing(sqlite3.connect(f"file:{small_kept_archive / 'search.db'}?mode=ro", uri=True)) as db:
        assert db.execute("SELECT count(*) FROM documents").fetchone()[0] == posts


def test_json_is_for_machines_and_its_cursor_gives_the_next_page(small_kept_archive: Path, search: Search) -> None:
    ended = search(small_kept_archive, "--json", "--limit", "2", "--since", "2022-03-01")
    assert ended.returncode == 0, ended
    first = json.loads(ended.stdout)
    assert (first["more"], first["total"], first["not_indexed"], len(first["hits"])) == (True, None, 0, 2)
    assert set(first["hits"][0]) == {
        *("name", "title", "date", "newspaper", "category", "snippet", "marks", "post", "url"),
    }
    rest = json.loads(search(small_kept_archive, "--json", "--since", "2022-03-01", "--after", first["next"]).stdout)
    names = [hit["name"] for page in (first, rest) for hit in page["hits"]]
    assert len(names) == len(set(names)) == len(list((small_kept_archive / "_posts").rglob("*.md")))


def test_no_hits_are_no_error(small_kept_archive: Path, search: Search) -> None:
    ended = search(small_kept_archive, "量子纠缠", "--json")
    assert ended.returncode == 0, ended
    assert json.loads(ended.stdout)["total"] == EMPTY


def test_a_category_that_is_not_there_is_named(small_kept_archive: Path, search: Search) -> None:
    ended = search(small_kept_archive, "的", "--category", "kejibao")
    assert ended.returncode == 0, ended
    assert "there is no category kejibao in the archive" in ended.stderr
    assert ended.stdout == ""


def test_a_query_that_cannot_be_meant_is_usage_and_shown_with_its_place(
    small_kept_archive: Path, search: Search
) -> None:
    ended = search(small_kept_archive, '茅台 "白酒')
    assert ended.returncode == 2, ended
    assert ended.stderr == 'newsarchive: this quotation mark is never closed\n  茅台 "白酒\n       ^\n'


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say what to look for"),
        (("茅台", "--since", "soon"), "is no day"),
        (("茅台", "--limit", "0"), "--limit must be at least 1"),
        (("茅台", "--sort"), "there is no option --sort"),
        (("茅台", "--after", "x"), "is no cursor"),
    ],
)
def test_what_means_nothing_is_usage(
    small_kept_archive: Path, words: tuple[str, ...], says: str, search: Search
) -> None:
    ended = search(small_kept_archive, *words)
    assert ended.returncode == 2, ended
    assert says in ended.stderr + ended.stdout


def test_no_archive_is_made_where_there_is_none(tmp_path: Path, search: Search) -> None:
    ended = search(tmp_path / "nowhere", "茅台")
    assert ended.returncode == 1, ended
    assert "there is no archive" in ended.stderr
    (tmp_path / "empty").mkdir()
    assert search(tmp_path / "empty", "茅台").returncode == 1
    assert list((tmp_path / "empty").iterdir()) == []


def test_what_another_process_is_indexing_is_said_to_be_missing(small: Path, search: Search) -> None:
    with closing(sqlite3.connect(small / "search.db", isolation_level=None)) as db:
        db.execute("UPDATE meta SET value = 4 WHERE key = 'change'")
        db.execute("BEGIN IMMEDIATE")
        ended = search(small, "更正", "--json")
        db.execute("ROLLBACK")
    assert ended.returncode == 0, ended
    said = json.loads(ended.stdout)
    assert said["not_indexed"] > 0
    assert said["total"] == 1, "what is there is searched"
    assert "posts are not indexed yet" in ended.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_archive_that_cannot_be_written_is_searched(small: Path, search: Search) -> None:
    small.chmod(0o500)
    try:
        ended = search(small, "更正")
    finally:
        small.chmod(0o700)
    assert ended.returncode == 0, ended
    assert "更正" in ended.stdout


def test_on_a_terminal_hits_are_laid_out_and_marked(small_kept_archive: Path) -> None:
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "scrapy", "search", "更正", "-s", f"ARCHIVE_DIR={small_kept_archive}"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "60"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, cwd=ROOT, stdout=terminal, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(terminal)
        shown = b""
        while chunk := _read(screen):
            shown += chunk
    os.close(screen)
    assert process.returncode == 0
    text = shown.decode()
    assert "\x1b[1;33m更正\x1b[0m\x1b[1m：标题已改" in text


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_a_reader_that_has_seen_enough_is_no_error(small_kept_archive: Path) -> None:
    command = f"{sys.executable} -m scrapy search --since 2022-03-01 -s ARCHIVE_DIR={small_kept_archive} | true"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended


def test_rebuild_makes_the_index_anew_and_verify_does_not_mind_it(small: Path, search: Search) -> None:
    (small / "search.db").unlink()
    ended = search(small, "--search", "--json", command=Rebuild)
    assert ended.returncode == 0, ended
    posts = len(list((small / "_posts").rglob("*.md")))
    assert json.loads(ended.stdout) == {"indexed": posts, "unread": [], "busy": False, "not_indexed": 0}
    assert search(small, command=Verify).returncode == 0
    assert search(small, "--search", "--check", command=Rebuild).returncode == 2
