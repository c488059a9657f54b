"""What lists say beyond a link is in the ledger, never changes twice, and takes no page away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.ledger import Ledger, State
from newsarchive.article import Name
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Copy, Listed, Sighting
from tests.ledgers import keep

NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
NAME = Name("202203012340764240")
LIST, OTHER = "eastmoney:350", "eastmoney:344"
SAID = Listed(url="http://finance.eastmoney.com/a/1.html", date="2022-03-01 18:12:37", newspaper="科技日报")
LISTED = Sighting(ArticleLink(NAME, day=date(2022, 3, 1), title="标题"), ("科技日报新闻",), SAID)
PAGE = Sighting(
    ArticleLink(NAME, "/kejiribao/2022/03/01/x.html", ("kejiribao",), date(2022, 3, 1), "镜像的标题"), ("科技日报新闻",)
)
COPIES = tuple(Copy(f"2022030{day}000000", "https://a.example/x.html") for day in (4, 3))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def columns(ledger: Ledger, tmp_path: Path) -> dict[str, object]:
    ledger.flush()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.row_factory = sqlite3.Row
        row = dict(db.execute("SELECT * FROM articles").fetchone())
    db.close()
    return row


def test_it_comes_back_as_it_was_said(ledger: Ledger) -> None:
    said = replace(SAID, digest="摘要 \ud83d", copies=COPIES)
    ledger.see(replace(LISTED, listed=said), now=NOON)
    row = ledger.find(NAME)
    assert row is not None
    assert row.listed == said
    assert (row.tags, row.link.day, row.link.path) == (("科技日报新闻",), date(2022, 3, 1), "")
    assert row.deadline == datetime(2022, 3, 3, 16, tzinfo=UTC)


def test_lists_that_say_different_things_never_take_turns(ledger: Ledger, tmp_path: Path) -> None:
    other = replace(LISTED, tags=("另一报新闻",), listed=replace(SAID, newspaper="另一报", digest="摘要"))
    ledger.list_read(LIST, [LISTED], now=NOON)
    ledger.list_read(OTHER, [other], now=NOON)
    before = columns(ledger, tmp_path)
    row = ledger.find(NAME)
    assert row is not None
    assert (row.tags, row.listed) == (("科技日报新闻",), replace(SAID, digest="摘要"))
    for listed in (LISTED, other):
        ledger.list_read(LIST, [listed], now=NOON + timedelta(hours=1))
    assert columns(ledger, tmp_path) == before


def test_the_mirrors_page_and_the_publishers_list_add_up(ledger: Ledger, tmp_path: Path) -> None:
    for first, second in ((LISTED, PAGE), (PAGE, LISTED)):
        ledger.see(first, now=NOON)
        ledger.see(second, now=NOON)
        row = ledger.find(NAME)
        assert row is not None
        assert (row.link, row.listed) == (PAGE.link, SAID)
        before = columns(ledger, tmp_path)
        ledger.see(first, now=NOON + timedelta(hours=1))
        ledger.see(second, now=NOON + timedelta(hours=1))
        assert columns(ledger, tmp_path) == before
        ledger.forget(NAME)


def test_an_article_that_was_given_up_and_is_listed_again_is_pending_again(ledger: Ledger) -> None:
    ledger.see(LISTED, now=NOON)
    ledger.failed(NAME, "not fetched", "HTTP 500", now=NOON, state=State.FAILED)
    ledger.see(LISTED, now=NOON)
    row = ledger.find(NAME)
    assert row is not None
    assert row.state is State.PENDING


def test_only_a_reading_to_the_end_tells_what_a_list_showed(ledger: Ledger) -> None:
    ledger.see_all([LISTED], now=NOON)
    assert not ledger.showed(LIST, NAME)
    assert ledger.was_read(LIST) is None
    ledger.list_read(LIST, [LISTED], now=NOON)
    ledger.list_read(LIST, [], now=NOON + timedelta(hours=1))
    assert ledger.showed(LIST, NAME), "that it shows it no more takes nothing back"
    assert not ledger.showed(OTHER, NAME)
    assert ledger.was_read(LIST) == NOON + timedelta(hours=1)


def test_newspapers_that_only_the_publisher_lists_are_not_missed_on_the_home_page(ledger: Ledger) -> None:
    ledger.see(LISTED, now=NOON)
    assert ledger.shown_tags(now=NOON) == {}
    ledger.see(PAGE, now=NOON)
    assert ledger.shown_tags(now=NOON) == {"科技日报新闻": ("kejiribao",)}
    assert ledger.shown_tags(now=NOON + timedelta(days=3)) == {}, "what it showed has expired"


def test_what_the_mirror_should_show_is_the_same_whether_or_not_it_is_archived_yet(ledger: Ledger) -> None:
    ledger.see(PAGE, now=NOON)
    moments = [NOON + timedelta(hours=hours) for hours in range(0, 90, 3)]
    pending = [ledger.shown_tags(now=moment) for moment in moments]
    keep(ledger, PAGE, now=NOON)
    assert [ledger.shown_tags(now=moment) for moment in moments] == pending


def test_what_only_the_publisher_lists_is_news_to_the_mirrors_spider(ledger: Ledger) -> None:
    ledger.see(LISTED, now=NOON)
    assert ledger.known(NAME)
    assert not ledger.known_to_the_mirror(NAME)
    ledger.see(PAGE, now=NOON)
    assert ledger.known_to_the_mirror(NAME)
    ledger.forget(NAME)
    ledger.see(Sighting(ArticleLink(NAME), ()), now=NOON)
    assert ledger.known_to_the_mirror(NAME), "a user asked for it by its code"


def test_copies_of_several_days_add_up_newest_first() -> None:
    older, newer = Listed(copies=COPIES[1:]), Listed(copies=COPIES[:1])
    assert older.merged(newer) == newer.merged(older) == Listed(copies=COPIES)
    assert older.merged(None) == older
    assert Listed.of_text(older.as_text()) == older
