"""The ledger is the queue of the next run: nothing seen is forgotten, nothing is recorded by halves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.ledger import KEPT_FOR, Kept, Ledger, Row, State, Validators
from newsarchive.article import Name, Origin
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

NOON = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
PUBLISHED = datetime(2022, 3, 1, 10, 12, 37, tzinfo=UTC)
FIRST, SECOND, THIRD = (Name(f"20220301234076424{n}") for n in range(3))


def seen(
    name: Name, *tags: str, day: date = date(2022, 3, 1), title: str = "标题", category: str = "kejiribao"
) -> Sighting:
    path = f"/{category}/{day:%Y/%m/%d}/{name}.html"
    return Sighting(ArticleLink(name, path, (category,), day, title), tags)


def asked(name: Name) -> Sighting:
    """An article a user named: no page of it is known."""
    return Sighting(ArticleLink(name), ())


def capture(ledger: Ledger, name: Name, *, now: datetime = NOON, origin: Origin = Origin.SHARE_JSON) -> None:
    kept = Kept(
        category="kejiribao",
        origin=origin,
        capture="20220302-0001.warc.gz#5120",
        capture_sha256="cd" * 32,
        post=f"_posts/2022/03/2022-03-01-{name}.md",
        post_sha256="ab" * 32,
        published=PUBLISHED,
    )
    ledger.captured(asked(name), kept, now=now)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def row(ledger: Ledger, name: Name) -> Row:
    found = ledger.find(name)
    assert found is not None, f"{name} is not in the ledger"
    return found


def dump(ledger: Ledger, *tables: str) -> list[tuple[object, ...]]:
    """Every row of some tables, as another program would read them now."""
    with sqlite3.connect(ledger.path) as other:
        rows = [tuple(line) for table in tables for line in other.execute(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608 - names of tables
    other.close()
    return rows


ARTICLES = ("articles",)
EVERYTHING = ("articles", "lists", "served", "committed")


# -- articles --------------------------------------------------------------------------------------------------------


def test_an_article_that_is_seen_waits(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST, "科技日报新闻")], now=NOON)
    assert ledger.known(FIRST)
    assert row(ledger, FIRST) == Row(
        link=seen(FIRST).link,
        tags=("科技日报新闻",),
        state=State.PENDING,
        first_seen=NOON,
        deadline=datetime(2022, 3, 3, 16, 0, tzinfo=UTC),
    )
    assert not ledger.known(SECOND)
    assert ledger.find(SECOND) is None


def test_the_rolling_form_and_the_newspaper_form_of_a_number_are_two_articles(ledger: Ledger) -> None:
    rolling = Name(FIRST.number, rolling=True)
    ledger.list_read("/", [seen(FIRST), seen(rolling, category="emnews")], now=NOON)
    capture(ledger, FIRST)
    assert [row.link.name for row in ledger.pending()] == [rolling]


def test_a_captured_article_waits_no_more_and_has_its_place(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    ledger.failed(FIRST, "not fetched", "HTTP 503", now=NOON)
    capture(ledger, FIRST)
    found = row(ledger, FIRST)
    assert (found.state, found.error, found.origin) == (State.CAPTURED, None, Origin.SHARE_JSON)
    assert (found.post, found.post_sha256) == (f"_posts/2022/03/2022-03-01-{FIRST}.md", "ab" * 32)
    assert found.link == seen(FIRST).link, "what the list said of it must stay"
    assert ledger.pending() == []


def test_an_article_captured_without_having_been_seen_has_a_row(ledger: Ledger) -> None:
    capture(ledger, FIRST)
    assert row(ledger, FIRST).state is State.CAPTURED


def test_a_failure_counts_the_tries_and_stays_pending(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    for reason in ("HTTP 503", "HTTP 500"):
        ledger.failed(FIRST, "not fetched", reason, now=NOON)
    found = row(ledger, FIRST)
    assert (found.state, found.tries, found.error) == (State.PENDING, 2, "HTTP 500")


def test_a_later_failure_never_takes_a_captured_article_back(ledger: Ledger) -> None:
    capture(ledger, FIRST)
    before = dump(ledger, *ARTICLES)
    for state in State:
        ledger.failed(FIRST, "not fetched", "HTTP 503", now=LATER, state=state, nowhere=True)
    ledger.forget(FIRST)
    assert dump(ledger, *ARTICLES) == before


def test_an_error_does_not_make_forget_since_when_every_road_says_it_has_none(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    ledger.failed(FIRST, "not fetched", "404", now=NOON, nowhere=True)
    ledger.failed(FIRST, "not fetched", "no answer in time", now=LATER)
    ledger.failed(FIRST, "not fetched", "404", now=LATER + KEPT_FOR, nowhere=True)
    assert row(ledger, FIRST).nowhere_since == NOON
    ledger.failed(FIRST, "not fetched", "404", now=LATER + 2 * KEPT_FOR, state=State.GONE, nowhere=True)
    ledger.list_read("/", [seen(FIRST)], now=LATER + 2 * KEPT_FOR)
    assert row(ledger, FIRST).nowhere_since is None, "a list shows it again"


def test_a_gone_article_is_not_asked_again_until_it_is_seen_again(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    ledger.failed(FIRST, "not fetched", "404", now=NOON, state=State.GONE, nowhere=True)
    assert ledger.pending() == []
    assert ledger.counts() == {"gone": 1}
    ledger.list_read("/", [seen(FIRST)], now=LATER)
    assert row(ledger, FIRST).state is State.PENDING


def test_a_gone_article_can_still_be_captured(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON)
    ledger.failed(FIRST, "not fetched", "404", now=NOON, state=State.GONE, nowhere=True)
    capture(ledger, FIRST)
    assert row(ledger, FIRST).state is State.CAPTURED


def test_only_a_pending_row_can_be_forgotten(ledger: Ledger) -> None:
    ledger.see(asked(FIRST), now=NOON)
    ledger.forget(FIRST)
    assert not ledger.known(FIRST)


def test_what_is_lost_first_is_asked_for_first(ledger: Ledger) -> None:
    days = {FIRST: date(2022, 3, 2), SECOND: date(2022, 2, 28), THIRD: date(2022, 3, 1)}
    rolling = Name("20220228000000000", rolling=True)
    ledger.list_read("/", [seen(name, day=day) for name, day in days.items()], now=NOON)
    ledger.list_read("/", [seen(rolling, day=date(2022, 2, 28), category="emnews")], now=NOON)
    assert [row.link.name for row in ledger.pending()] == [rolling, SECOND, THIRD, FIRST]
    assert ledger.waiting()[1] == datetime(2022, 2, 27, 16, 0, tzinfo=UTC) + KEPT_FOR
    for name in (rolling, SECOND, THIRD, FIRST):
        capture(ledger, name)
    assert ledger.waiting()[1] is None


def test_the_deadline_is_three_days_after_the_days_beginning_in_shanghai(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST, day=date(2022, 3, 1))], now=NOON)
    assert f"{row(ledger, FIRST).deadline:%Y-%m-%d %H:%M %z}" == "2022-03-03 16:00 +0000"


def test_an_article_asked_for_by_code_learns_its_deadline_when_a_list_shows_its_day(ledger: Ledger) -> None:
    ledger.see(asked(FIRST), now=NOON)
    assert row(ledger, FIRST).deadline == NOON + KEPT_FOR
    ledger.list_read("/", [seen(FIRST, day=date(2022, 2, 28))], now=LATER)
    found = row(ledger, FIRST)
    assert found.deadline == datetime(2022, 3, 2, 16, 0, tzinfo=UTC)
    assert found.link.path == seen(FIRST, day=date(2022, 2, 28)).link.path


def test_asking_for_a_known_article_by_code_forgets_nothing_about_it(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST, "科技日报新闻")], now=NOON)
    before = dump(ledger, *ARTICLES)
    ledger.see(asked(FIRST), now=LATER)
    assert dump(ledger, *ARTICLES) == before


def test_an_edited_title_and_another_heading_are_noted_and_a_missing_one_is_not(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST, "甲新闻", title="旧")], now=NOON)
    ledger.list_read("/", [seen(FIRST, "甲新闻", "乙新闻", title="新")], now=LATER)
    ledger.list_read("/category/jia.html", [seen(FIRST, title="")], now=LATER)
    found = row(ledger, FIRST)
    assert (found.link.title, found.tags) == ("新", ("甲新闻", "乙新闻"))


def test_half_a_character_in_a_reason_is_no_reason_to_lose_the_row(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST, title="cut \ud83d")], now=NOON)
    ledger.failed(FIRST, "not understood", "looks like \ud83d", now=NOON)
    ledger.list_failed("/", "looks like \ud83d")
    assert row(ledger, FIRST).error == "looks like \\ud83d"


# -- lists -----------------------------------------------------------------------------------------------------------

KNOWN = Validators('"etag-1"', "Tue, 01 Mar 2022 10:00:00 GMT")


def test_a_list_is_read_with_all_its_links_or_as_if_never_read(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON, validators=KNOWN, due=[("/category/jia.html", "甲新闻")])
    before = dump(ledger, *EVERYTHING)

    def breaks_off() -> Iterator[Sighting]:
        yield seen(SECOND)
        yield seen(FIRST, title="edited")
        raise RuntimeError("the parser breaks in the middle of the page")

    with pytest.raises(RuntimeError, match="middle"):
        ledger.list_read("/", breaks_off(), now=LATER, validators=Validators('"etag-2"'), due=[("/x", "x")])
    assert dump(ledger, *EVERYTHING) == before
    assert ledger.validators("/") == KNOWN, "the page would be asked for conditionally though its links are lost"

    def due_breaks_off() -> Iterator[tuple[str, str]]:
        yield "/category/yi.html", "乙新闻"
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        ledger.list_read("/", [seen(SECOND)], now=LATER, validators=Validators('"etag-2"'), due=due_breaks_off())
    assert dump(ledger, *EVERYTHING) == before
    ledger.list_read("/", [seen(SECOND)], now=LATER, validators=Validators('"etag-2"'))
    assert ledger.validators("/") == Validators('"etag-2"')


def test_a_list_without_news_touches_no_row_about_an_article(ledger: Ledger) -> None:
    page = [seen(FIRST, "科技日报新闻"), seen(SECOND, "科技日报新闻"), seen(THIRD)]
    ledger.list_read("/", page, now=NOON, validators=KNOWN)
    capture(ledger, FIRST)
    ledger.failed(SECOND, "not fetched", "HTTP 503", now=NOON)
    before = dump(ledger, *ARTICLES)
    ledger.list_read("/", page, now=LATER, validators=KNOWN)
    ledger.list_read("/category/kejiribao.html", [seen(FIRST), seen(SECOND, title="")], now=LATER)
    ledger.list_read("/", [], now=LATER)
    assert dump(ledger, *ARTICLES) == before


def last_seen(ledger: Ledger) -> dict[str, str]:
    return {str(name): str(last) for name, _, last, _ in dump(ledger, "seen")}


def test_an_article_was_last_seen_when_a_list_that_shows_it_was_last_confirmed(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST), seen(SECOND)], now=NOON)
    ledger.list_confirmed("/", now=LATER)
    assert last_seen(ledger) == {str(FIRST): "2022-03-02T05:00:00Z", str(SECOND): "2022-03-02T05:00:00Z"}
    ledger.list_read("/", [seen(SECOND)], now=LATER + timedelta(hours=1))
    assert last_seen(ledger) == {str(FIRST): "2022-03-02T05:00:00Z", str(SECOND): "2022-03-02T06:00:00Z"}
    ledger.list_read("/category/jia.html", [seen(FIRST)], now=LATER + timedelta(hours=2))
    assert last_seen(ledger) == {str(FIRST): "2022-03-02T07:00:00Z", str(SECOND): "2022-03-02T06:00:00Z"}


def test_an_article_no_list_ever_showed_was_last_seen_when_it_was_asked_for(ledger: Ledger) -> None:
    ledger.see(asked(FIRST), now=NOON)
    assert last_seen(ledger) == {str(FIRST): "2022-03-02T04:00:00Z"}


def test_a_confirmed_list_touches_no_row_about_an_article(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST), seen(SECOND)], now=NOON)
    before = dump(ledger, "articles", "sightings")
    ledger.list_confirmed("/", now=LATER)
    assert dump(ledger, "articles", "sightings") == before


def test_a_due_list_stays_due_until_it_is_read(ledger: Ledger) -> None:
    due = [("/category/yi.html", "乙新闻"), ("/category/jia.html", "甲新闻")]
    ledger.list_read("/", [seen(FIRST)], now=NOON, due=due)
    assert ledger.pending_lists() == sorted(due)
    ledger.list_failed("/category/jia.html", "HTTP 500")
    assert ledger.pending_lists() == sorted(due)
    ledger.list_read("/category/jia.html", [seen(SECOND)], now=NOON)
    assert ledger.pending_lists() == [("/category/yi.html", "乙新闻")]
    ledger.list_settled("/category/yi.html")
    assert ledger.pending_lists() == []


def test_a_list_that_is_overdue_for_three_days_is_dropped_and_named(ledger: Ledger) -> None:
    ledger.list_read("/", [seen(FIRST)], now=NOON, due=[("/category/jia.html", "甲新闻")])
    assert ledger.drop_overdue_lists(now=NOON + KEPT_FOR - timedelta(seconds=1)) == []
    assert ledger.drop_overdue_lists(now=NOON + KEPT_FOR) == [("/category/jia.html", "甲新闻")]
    assert ledger.drop_overdue_lists(now=NOON + KEPT_FOR) == []
    assert ledger.pending_lists() == []


def test_a_list_that_was_never_read_has_nothing_to_be_asked_with(ledger: Ledger) -> None:
    assert ledger.validators("/") == Validators()
    ledger.list_failed("/", "HTTP 500")
    assert ledger.validators("/") == Validators()


def test_a_list_that_stops_sending_validators_is_asked_without(ledger: Ledger) -> None:
    ledger.list_read("/", [], now=NOON, validators=KNOWN)
    ledger.list_read("/", [], now=NOON)
    assert ledger.validators("/") == Validators()
