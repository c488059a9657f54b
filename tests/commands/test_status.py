"""``scrapy status`` as users call it: what it says, to people and to machines, and its exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsarchive.replica.compose import NOW
from tests.conftest import PATIENCE
from tests.ledgers import lose, name_of, new_ledger, ran, sighting

ROOT = Path(__file__).resolve().parents[2]
LATER = NOW + timedelta(hours=1, minutes=20)
"""Twenty minutes after the last run of the small archive."""

Status = Callable[..., tuple[int, str, str]]


def files(archive: Path) -> dict[str, bytes]:
    return {str(path.relative_to(archive)): path.read_bytes() for path in archive.rglob("*") if path.is_file()}


@pytest.fixture
def status(run_command: Status) -> Status:
    """Run it an hour and twenty minutes after the small archive's first run."""
    return lambda archive, *arguments, now=LATER: run_command(
        "status", *arguments, ARCHIVE_DIR=archive, NEWSARCHIVE_CLOCK=now.isoformat()
    )


def test_it_says_how_the_archive_stands_and_changes_nothing(small_kept_archive: Path) -> None:
    before = files(small_kept_archive)
    command = [sys.executable, "-m", "scrapy", "status", "-s", f"ARCHIVE_DIR={small_kept_archive}"]
    ended = subprocess.run(
        [*command, "-s", f"NEWSARCHIVE_CLOCK={LATER.isoformat()}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended
    assert ended.stderr == ""
    first, good, *_ = ended.stdout.split("\n")
    assert first == f"{small_kept_archive}: 6 articles archived, 0 pending, 0 lost"
    assert good.startswith(
        "last good run   finews, 2022-03-03 21:00:00 +0800 (20 min ago), exit code 0: complete; 6 seen"
    )
    assert "By day" in ended.stdout
    assert "By category" in ended.stdout
    assert "\x1b" not in ended.stdout
    assert files(small_kept_archive) == before


def test_a_reader_that_leaves_changes_no_exit_code_and_sees_no_traceback(small_kept_archive: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "status", "-s", f"ARCHIVE_DIR={small_kept_archive}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 0


def test_a_dead_cron_job_exits_3_and_says_why(small_kept_archive: Path, status: Status) -> None:
    assert status(small_kept_archive, "--max-age", "30m")[0] == 0
    code, said, _ = status(small_kept_archive, "--max-age", "10m")
    assert code == 3
    assert said.endswith(
        "! the last good run ended 2022-03-03 21:00:00 +0800, 20 min ago, more than 10 min; is cron at work?\n"
    )
    assert json.loads(status(small_kept_archive, "--max-age", "10m", "--json")[1])["exit_code"] == 3


def test_the_first_twenty_that_are_not_archived_are_named_with_the_reason(tmp_path: Path, status: Status) -> None:
    ledger = new_ledger(tmp_path)
    ledger.list_read("/", [sighting(name_of(number)) for number in range(21)], now=NOW)
    lose(ledger, name_of(0), error="HTTP 503 from the share host", now=NOW)
    ran(ledger, NOW)
    ledger.close()
    code, said, _ = status(tmp_path)
    assert code == 0
    assert re.search(rf"^{name_of(0)}  pending  1 +2022-03-06 00:00  HTTP 503 from the share host$", said, re.MULTILINE)
    assert re.search(rf"^{name_of(19)}  pending  0 +2022-03-06 00:00  not tried yet$", said, re.MULTILINE)
    assert "and 1 more; --json names all" in said
    missing = json.loads(status(tmp_path, "--json")[1])["missing"]
    assert len(missing) == 21
    assert {key: missing[0][key] for key in ("name", "state", "error", "tries", "first_seen", "deadline")} == {
        "name": str(name_of(0)),
        "state": "pending",
        "error": "HTTP 503 from the share host",
        "tries": 1,
        "first_seen": "2022-03-03T12:00:00Z",
        "deadline": "2022-03-05T16:00:00Z",
    }


def keys(value: Any) -> set[str]:
    """Give every key of a JSON value, at any depth; but for names of categories and counts, which are data."""
    if isinstance(value, list):
        return set().union(*map(keys, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    data = {"categories", "counts", "arguments"}
    return set(value).union(
        *(keys(inner) for key, inner in value.items() if key not in data or isinstance(inner, list))
    )


@pytest.mark.parametrize("view", [(), ("--edits",), ("--gaps",)], ids=["status", "edits", "gaps"])
def test_every_key_for_machines_is_documented(small: Path, status: Status, view: tuple[str, ...]) -> None:
    ledger = new_ledger(small)
    ledger.list_read("/", [sighting(name_of(1))], now=NOW, due=[("/category/kejiribao.html", "科技日报新闻")])
    ledger.close()
    code, said, _ = status(small, *view, "--json")
    assert code == 0
    report = json.loads(said)
    document = (ROOT / "docs" / "status.md").read_text(encoding="utf-8")
    assert keys(report)
    assert [key for key in sorted(keys(report)) if f"`{key}`" not in document] == []


def test_edits_are_listed_with_when_the_earlier_versions_stood(small_kept_archive: Path, status: Status) -> None:
    code, said, _ = status(small_kept_archive, "--edits")
    assert code == 0
    assert re.search(r"^NW\d+  2 +2022-03-03 21:00:00 \+0800 +更正：标题已改$", said, re.MULTILINE)
    (edited,) = json.loads(status(small_kept_archive, "--edits", "--json")[1])["edited"]
    assert edited["edits"] == 1
    assert [version["stamp"] for version in edited["versions"]] == ["20220303T130000Z", "current"]


def test_gaps_show_a_calendar_and_when_nobody_looked(small_kept_archive: Path, status: Status) -> None:
    code, said, _ = status(small_kept_archive, "--gaps")
    assert code == 0
    assert said.startswith("2022-03\n Mo   Tu   We   Th   Fr   Sa   Su\n")
    assert "lists showed 6 articles; 6 are archived, 0 not; runs always looked in time" in said
    code, said, _ = status(small_kept_archive, "--gaps", now=NOW + timedelta(days=9))
    assert code == 0
    assert "? no run looked from 2022-03-03 21:00:00 +0800 to 2022-03-12 20:00:00 +0800" in said


def test_days_and_categories_narrow_the_tables(small_kept_archive: Path, status: Status) -> None:
    everything = json.loads(status(small_kept_archive, "--json")[1])
    some = everything["categories"][0]
    report = json.loads(status(small_kept_archive, "--json", "--category", some["category"])[1])
    assert report["categories"] == [some]
    report = json.loads(status(small_kept_archive, "--json", "--category", "nobody*")[1])
    assert report["articles"]["captured"] == 0
    report = json.loads(status(small_kept_archive, "--json", "--days", "1", now=NOW + timedelta(days=30))[1])
    assert report["articles"]["captured"] == 0
    assert report["runs"] == everything["runs"], "how the runs went is no matter of a category"


def test_without_an_archive_it_cannot_start_and_makes_none(tmp_path: Path, status: Status) -> None:
    code, said, error = status(tmp_path / "nowhere")
    assert (code, said) == (1, "")
    assert error.startswith("newsarchive: there is no archive ")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("view", [(), ("--gaps",)], ids=["status", "gaps"])
def test_without_a_ledger_it_says_what_is_there_and_what_to_do(
    small: Path, status: Status, view: tuple[str, ...]
) -> None:
    (small / "ledger.db").unlink()
    code, said, error = status(small, *view)
    assert (code, said) == (1, "")
    assert "has no ledger, which alone knows what is pending; 6 posts are there. scrapy rebuild makes it anew" in error
    assert status(small, "--edits")[0] == 0, "earlier versions are files"


@pytest.mark.parametrize(
    "wrong",
    [("everything",), ("--days", "0"), ("--max-age", "soon"), ("--category", ","), ("--edits", "--gaps")],
    ids=["word", "days", "age", "category", "two-views"],
)
def test_what_cannot_be_meant_is_usage(small_kept_archive: Path, status: Status, wrong: tuple[str, ...]) -> None:
    code, said, error = status(small_kept_archive, *wrong)
    assert code == 2
    assert said == ""
    assert error
