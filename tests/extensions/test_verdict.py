"""Whatever the disk does, a run's end has an exit code that can be trusted, and lets go of the archive."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure as TwistedFailure

from newsarchive.archive.keeper import Archive
from newsarchive.archive.runs import Failure, Kind
from newsarchive.article import Article, Name
from newsarchive.clock import Clock
from newsarchive.extensions.verdict import Verdict
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

ARTICLE = Article(
    name=Name("202203012340764246"),
    title="标题",
    date="2022-03-01 18:12:37 +0800",
    category="kejiribao",
    tag="科技日报新闻",
    body="<p>正文BODYMARKER</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340764246",
    capture="20220302-0001.warc.gz#5120",
)


@pytest.fixture
def verdict(tmp_path: Path) -> Iterator[Verdict]:
    crawler: Any = get_crawler(settings_dict={"ARCHIVE_DIR": str(tmp_path), "NEWSARCHIVE_CLOCK": "2022-03-02 12:00"})
    made = Verdict.from_crawler(crawler)
    yield made
    made.archive.close()


def fails(error: Exception) -> Any:
    def failing(*_: Any, **__: Any) -> None:
        raise error

    return failing


def records(verdict: Verdict) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in (verdict.archive.root / "runs").glob("*.json")]


async def settled(verdict: Verdict) -> None:
    """Let the stopping that a halt began come to its end."""
    if verdict._stopping is not None:
        await asyncio.wait_for(verdict._stopping, 5)


def test_a_run_that_missed_nothing_is_complete_and_lets_go_of_the_archive(verdict: Verdict) -> None:
    verdict.engine_stopped()
    assert [(record["exit_code"], record["verdict"]) for record in records(verdict)] == [(0, "complete")]
    Archive(verdict.archive.root, Clock("2022-03-02 12:00")).close()


def test_the_record_says_what_the_table_says_a_zero_as_well(verdict: Verdict) -> None:
    verdict.item_dropped(ARTICLE, ValueError("it has no text"))
    verdict.engine_stopped()
    (record,) = records(verdict)
    assert {name: record["counts"][name] for name in ("seen", "new", "edited")} == {"seen": 0, "new": 0, "edited": 0}
    assert (record["failed"], record["pending"], record["nearest_deadline"]) == ({"not understood": 1}, 0, None)


def test_a_refused_article_is_named_kept_pending_and_its_body_not_shown(
    verdict: Verdict, caplog: pytest.LogCaptureFixture
) -> None:
    verdict.archive.ledger.see(Sighting(ArticleLink(ARTICLE.name), ()), now=verdict.archive.now())
    verdict.item_dropped(ARTICLE, ValueError("it has no text"))
    said = "NW202203012340764246: it has no text; kept in 20220302-0001.warc.gz#5120; it stays pending"
    assert said in caplog.text
    assert "BODYMARKER" not in caplog.text
    row = verdict.archive.ledger.find(ARTICLE.name)
    assert row is not None
    assert (row.tries, row.error) == (1, "it has no text")
    verdict.engine_stopped()
    assert verdict.run.exit_code == 4


def test_an_error_of_our_own_is_no_success(verdict: Verdict) -> None:
    verdict.item_error(ARTICLE, TwistedFailure(ZeroDivisionError("division by zero")))
    verdict.spider_error(TwistedFailure(KeyError("tag")))
    assert [failure.kind for failure in verdict.run.failures] == [Kind.UNDERSTAND, Kind.UNDERSTAND]
    assert "ZeroDivisionError: division by zero" in verdict.run.failures[0].reason
    verdict.engine_stopped()
    assert verdict.run.exit_code == 4


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), sqlite3.DatabaseError("malformed")])
@pytest.mark.parametrize("where", ["item", "spider", "captures", "ledger"])
async def test_a_disk_that_does_not_take_something_halts_the_run(
    where: str, error: Exception, verdict: Verdict, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        if where == "item":
            verdict.item_error(ARTICLE, TwistedFailure(error))
        elif where == "spider":
            verdict.spider_error(TwistedFailure(error))
        elif where == "captures":
            verdict.not_kept(error)
        else:
            monkeypatch.setattr(verdict.archive.ledger, "failed", fails(error))
            verdict.item_dropped(ARTICLE, ValueError("it has no text"))
    await settled(verdict)
    assert str(error) in verdict.run.halted
    assert caplog.text.count("make room and run again") == 1, "it is said once"
    verdict.engine_stopped()
    assert verdict.run.exit_code == 1
    assert records(verdict)[0]["exit_code"] == 1


@pytest.mark.parametrize("broken", ["waiting", "run_ended", "flush"])
def test_a_ledger_that_fails_at_the_very_end_is_no_success(
    broken: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as at_the_end:
        at_the_end.setattr(verdict.archive.ledger, broken, fails(sqlite3.OperationalError("disk I/O error")))
        if broken == "flush":  # what is called at the end was settled at the beginning
            at_the_end.setattr(verdict.archive.ledger, "sync_captures", fails(OSError("disk I/O error")))
        verdict.engine_stopped()
    assert verdict.run.exit_code == 1
    assert "disk I/O error" in records(verdict)[0]["verdict"]
    Archive(verdict.archive.root, Clock("2022-03-02 12:00")).close()


def test_a_record_that_cannot_be_written_is_no_success(verdict: Verdict) -> None:
    (verdict.archive.root / "runs").write_text("in the way")
    verdict.engine_stopped()
    assert verdict.run.exit_code == 1
    assert "the run's record could not be written" in verdict.run.halted


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "Broken pipe"), UnicodeEncodeError("ascii", "✗", 0, 1, "no"), OSError(28, "full")]
)
def test_a_table_nobody_can_read_changes_no_exit_code(
    error: Exception, verdict: Verdict, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(io.StringIO):
        write = flush = fails(error)

    with monkeypatch.context() as broken:
        broken.setattr(sys, "stdout", Broken())
        verdict.engine_stopped()
    assert verdict.run.exit_code == 0
    assert "the closing table could not be printed" in caplog.text


def in_ledger(verdict: Verdict) -> list[tuple[object, ...]]:
    with sqlite3.connect(verdict.archive.root / "ledger.db") as db:
        rows = db.execute("SELECT spider, ended, exit_code, verdict, file FROM runs ORDER BY id").fetchall()
    db.close()
    return rows


def test_a_run_is_in_the_ledger_from_its_beginning_to_its_verdict(verdict: Verdict) -> None:
    verdict.spider_opened()
    assert in_ledger(verdict) == [("default", None, None, None, None)]
    verdict.run.failures.append(Failure(Kind.FETCH, "NW202203012340764246", "HTTP 503"))
    verdict.engine_stopped()
    (record,) = records(verdict)
    file = "20220302T040000Z-default.json"
    assert in_ledger(verdict) == [("default", "2022-03-02T04:00:00Z", 3, record["verdict"], file)]


def test_a_run_that_was_killed_is_named_by_the_next_one_and_by_no_other(verdict: Verdict, tmp_path: Path) -> None:
    verdict.spider_opened()  # and then nothing more
    verdict.archive.close()
    for named in (1, 0):
        crawler: Any = get_crawler(
            settings_dict={"ARCHIVE_DIR": str(tmp_path), "NEWSARCHIVE_CLOCK": "2022-03-02 13:00"}
        )
        following = Verdict.from_crawler(crawler)
        following.spider_opened()
        following.engine_stopped()
        assert len(following.run.notes) == named, following.run.notes
        if named:
            assert following.run.notes == [
                "the run of default that began at 2022-03-02T04:00:00Z was killed; this one goes on where it stopped"
            ]
            assert following.run.exit_code == 0
