"""Which runs are compared, and with which: by the ledger's runs, in this process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from newsarchive.archive.keeper import run_of
from newsarchive.archive.runs import Kind, Run
from newsarchive.article import Article, Name
from newsarchive.extensions.alarms import Alarms, is_whole

NOON = datetime(2022, 4, 1, 4, 0, tzinfo=UTC)
USUAL = {"fill articles": 20, "fill rolling": 20, "fill digest": 20, "fill source line": 20, "text length": 900}
NO_DIGEST = {**USUAL, "fill digest": 0}


@pytest.fixture
def alarms(tmp_path: Path) -> Iterator[Alarms]:
    crawler: Any = get_crawler(
        settings_dict={
            "ARCHIVE_DIR": str(tmp_path),
            "NEWSARCHIVE_CLOCK": "2022-04-01 12:00",
            "FINEWS_URL": "https://finews.withounder.com/",
            "VOLUME_ALARM": True,
            "FILL_ALARM": True,
        }
    )
    made = Alarms.from_crawler(crawler)
    assert made.run is run_of(crawler)
    made.run.spider = "finews"
    made.archive.ledger._db.execute("PRAGMA synchronous = OFF")  # hundreds of runs in a moment
    yield made
    made.archive.close()


def past(alarms: Alarms, hours: float, counts: dict[str, int], *, killed: bool = False, **arguments: str) -> None:
    ledger, run = alarms.archive.ledger, Run("finews", arguments, NOON - timedelta(hours=hours))
    number = ledger.run_began(run.spider, arguments, now=run.began)
    if killed:
        ledger.killed_runs()
        return
    run.counts.update(counts)
    run.ended = run.began
    ledger.run_ended(number, run.as_json(), "")


def weeks(alarms: Alarms, counts: dict[str, int], *, spared: float = 0) -> None:
    for hour in range(31 * 24, 0, -1):
        if hour > spared:
            past(alarms, hour, counts)


def news_without_digest(alarms: Alarms, number: int = 12) -> None:
    for one in range(number):
        alarms.run.fill.note(
            Article(
                name=Name(f"2022040100000{one:09d}", rolling=True),
                title="标题",
                date="2022-04-01 11:12:37 +0800",
                category="emnews",
                tag="东财滚动新闻",
                body=f'<p>{"正文" * 300}</p><p class="em_media">（文章来源：网）</p>',
                link="",
                capture=f"20220401-0001.warc.gz#{one}",
            )
        )


def said(alarms: Alarms) -> list[str]:
    alarms.spider_closed()
    assert {failure.kind for failure in alarms.run.failures} <= {Kind.ALARM}
    return [failure.reason for failure in alarms.run.failures]


def test_a_feed_that_stands_still_names_the_home_page(alarms: Alarms) -> None:
    weeks(alarms, {"seen new": 20}, spared=2)
    past(alarms, 2, {"seen new": 0})
    past(alarms, 1, {"seen new": 0})
    alarms.run.counts["seen new"] = 0
    assert said(alarms) == [
        "no new article in the last 3 hours; 4 earlier weeks had 60 up to Friday, 12:00 (+0800) (setting VOLUME_ALARM)"
    ]
    assert alarms.run.failures[0].what == "https://finews.withounder.com/"
    assert alarms.run.exit_code == 4


@pytest.mark.parametrize("case", ["killed", "home page not read", "switched off", "narrowed", "stopped", "newsshare"])
def test_a_run_that_cannot_tell_or_was_not_to_raises_no_alarm(case: str, alarms: Alarms) -> None:
    weeks(alarms, {"seen new": 20, **USUAL}, spared=2)
    past(alarms, 2, {"seen new": 0}, killed=case == "killed")
    past(alarms, 1, {"seen new": 0})
    if case != "home page not read":
        alarms.run.counts["seen new"] = 0
    if case in {"narrowed", "stopped", "newsshare"}:
        news_without_digest(alarms)
    alarms.volume_alarm = case != "switched off"
    if case == "narrowed":
        alarms.run.arguments["category"] = "emnews"
    alarms.run.signal = 15 if case == "stopped" else 0
    alarms.run.spider = "newsshare" if case == "newsshare" else "finews"
    assert said(alarms) == []


def test_a_rot_names_an_article_with_its_capture_and_is_counted(alarms: Alarms) -> None:
    for hour in range(9, 0, -1):
        past(alarms, hour, USUAL)
    news_without_digest(alarms)
    assert said(alarms) == [
        "the digest: in 0 of 12 new rolling news (0%), in 180 of 180 before (100%) (setting FILL_ALARM)"
    ]
    (failure,) = alarms.run.failures
    assert (failure.what, failure.capture) == ("2022040100000000000000", "20220401-0001.warc.gz#0")
    assert (alarms.run.counts["alarms"], alarms.run.counts["fill digest"]) == (1, 0)


def test_the_runs_before_a_rot_stay_the_measure_for_two_weeks(alarms: Alarms) -> None:
    for hour in range(320, 300, -1):
        past(alarms, hour, USUAL)
    for hour in range(300, 0, -1):
        past(alarms, hour, {**NO_DIGEST, "alarms": 1})
    news_without_digest(alarms)
    assert len(said(alarms)) == 1


def test_after_two_weeks_the_new_state_is_usual(alarms: Alarms) -> None:
    for hour in range(370, 340, -1):
        past(alarms, hour, USUAL)
    for hour in range(339, 0, -1):
        past(alarms, hour, {**NO_DIGEST, "alarms": 1})
    news_without_digest(alarms)
    assert said(alarms) == []


@pytest.mark.parametrize("other", [{"category": "kejiribao"}, {"limit": "5"}, {"since": "2022-03-01"}])
def test_narrowed_runs_are_no_measure(other: dict[str, str], alarms: Alarms) -> None:
    for hour in range(9, 0, -1):
        past(alarms, hour, USUAL, **other)
    news_without_digest(alarms)
    assert said(alarms) == []


def test_a_switched_off_alarm_leaves_the_counts(alarms: Alarms) -> None:
    for hour in range(9, 0, -1):
        past(alarms, hour, USUAL)
    news_without_digest(alarms)
    alarms.fill_alarm = False
    assert said(alarms) == []
    assert alarms.run.counts["fill rolling"] == 12


def test_a_full_look_is_whole_and_nothing_else_with_arguments_is() -> None:
    assert is_whole({})
    assert is_whole({"full": "1"})
    assert not is_whole({"full": "1", "limit": "3"})


def test_a_ledger_that_cannot_be_read_is_no_success(alarms: Alarms, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(alarms.archive.ledger, "past_runs", broken)
    alarms.run.counts["seen new"] = 0
    alarms.spider_closed()
    assert alarms.run.exit_code == 1
    assert "disk I/O error" in alarms.run.halted
