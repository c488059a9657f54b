"""``scrapy datasette`` as users call it: what it says, what it makes, and its exit codes."""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive import settings
from newsarchive.commands.datasette import Command

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command within this process, as Scrapy does once it has found it; a process costs a second."""

    def run(archive: Path, *words: str) -> tuple[int, str, str]:
        command = Command()
        command.settings = Settings({"ARCHIVE_DIR": str(archive), "PROCESSES": 1})
        command.settings.setmodule(settings, priority="default")
        parser = argparse.ArgumentParser()
        command.add_options(parser)
        opts, args = parser.parse_known_args(list(words))
        capsys.readouterr()
        try:
            command.run(args, opts)
        except UsageError as error:
            return 2, "", str(error)
        said = capsys.readouterr()
        return command.exitcode, said.out, said.err

    return run


def count(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as db:
        return int(db.execute("SELECT count(length) FROM articles").fetchone()[0])


def test_it_makes_the_database_and_the_index_and_says_what_is_in_it(small: Path) -> None:
    (small / "search.db").unlink()
    command = [sys.executable, "-m", "scrapy", "datasette", "-s", f"ARCHIVE_DIR={small}"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"{small}/analysis.db: 6 articles, ")
    assert "6 can be searched" in ended.stdout
    assert count(small / "analysis.db") == 6


def test_it_is_said_for_machines_and_written_where_it_is_wanted(run: Run, small: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "news.db"
    code, out, _ = run(small, str(target), "--json")
    assert code == 0
    report = json.loads(out)
    assert report == {
        "database": str(target),
        "articles": 6,
        "listed": 6,
        "newspapers": report["newspapers"],
        "days": report["days"],
        "runs": 2,
    }
    assert count(target) == 6
    assert not (small / "analysis.db").exists()
    assert "as a copy or a link" in run(small, str(target))[1]


def test_beside_another_process_at_the_index_it_takes_what_is_there(run: Run, small: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(small / "search.db")) as db:
        db.execute("UPDATE meta SET value = 0 WHERE key = 'change'")
        db.commit()
    holder = sqlite3.connect(small / "search.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")  # another process is at it
    code, _, err = run(small, str(tmp_path / "news.db"))
    holder.close()
    assert code == 0
    assert "posts are not indexed yet; another process is at it" in err
    assert count(tmp_path / "news.db") == 6


@pytest.mark.parametrize(
    ("words", "reason"), [(["a", "b"], "one file"), (["{0}/ledger.db"], "a file of its own"), (["{0}"], "of its own")]
)
def test_what_cannot_be_meant_is_usage(run: Run, small: Path, words: list[str], reason: str) -> None:
    before = (small / "ledger.db").read_bytes()
    code, _, said = run(small, *(word.format(small) for word in words))
    assert code == 2
    assert reason in said
    assert (small / "ledger.db").read_bytes() == before


def test_without_an_archive_or_a_ledger_it_cannot_start(run: Run, small: Path, tmp_path: Path) -> None:
    code, _, said = run(tmp_path / "none")
    assert (code, "there is no archive" in said) == (1, True)
    (small / "ledger.db").unlink()
    code, _, said = run(small)
    assert (code, "scrapy rebuild" in said) == (1, True)
    assert not (small / "analysis.db").exists()
