"""What is unaccounted for is named: articles by code, times when nobody looked, lists given up, silent days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.archive.gaps import DROPPED, EmptyDay, Gaps, gaps
from newsarchive.archive.ledger import KEPT_FOR, Ledger, State
from newsarchive.archive.runs import Failure, Kind, Run
from newsarchive.archive.status import Scope
from tests.ledgers import DAY, NOW, keep, lose, name_of, new_ledger, ran, sighting

LATER = NOW + timedelta(days=30)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "archive")
    yield opened
    opened.close()


def look(ledger: Ledger, now: datetime = NOW, scope: Scope | None = None) -> Gaps:
    return gaps(ledger.path.parent, scope or Scope(), now=now)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def times(found: Gaps) -> list[tuple[datetime, datetime]]:
    return [(one.since, one.until) for one in found.unwatched]


def test_what_lists_showed_is_counted_beside_what_is_archived(ledger: Ledger) -> None:
    ledger.list_read("/", [sighting(name_of(1)), sighting(name_of(2)), sighting(name_of(3))], now=NOW)
    keep(ledger, sighting(name_of(1)))
    keep(ledger, sighting(name_of(4)))  # asked for by its code
    lose(ledger, name_of(3), State.EXPIRED, "every road says it has none")
    found = look(ledger)
    assert found.counts.shown == {(DAY, "kejiribao"): 3}
    assert found.counts.of_day(DAY) == {State.CAPTURED: 2, State.PENDING: 1, State.EXPIRED: 1}
    assert [one.name for one in found.missing] == [name_of(2), name_of(3)]


def test_runs_that_looked_in_time_leave_no_gap(ledger: Ledger) -> None:
    for day in range(0, 20, 2):
        ran(ledger, at("2022-03-03T20:00:00") + timedelta(days=day))
    assert times(look(ledger, at("2022-03-22T20:00:00"))) == []


def test_48_hours_without_the_source_leave_no_gap(ledger: Ledger) -> None:
    ran(ledger, at("2022-03-03T20:00:00"))
    for hour in range(1, 48):
        ran(ledger, at("2022-03-03T20:00:00") + timedelta(hours=hour), code=3, counts={"lists": 1})
    ran(ledger, at("2022-03-05T20:00:00"))
    assert times(look(ledger, at("2022-03-05T21:00:00"))) == []


def test_a_time_without_a_look_is_named_by_what_may_have_come_and_gone_in_it(ledger: Ledger) -> None:
    """The promise counts from the start of a day: of the 3rd and the 4th it has ended by the 7th, 8 o'clock."""
    ran(ledger, at("2022-03-03T20:00:00"))
    ran(ledger, at("2022-03-05T20:00:00"), code=3, counts={"lists": 1})  # it could not read the home page
    ran(ledger, at("2022-03-06T20:00:00"), spider="newsshare", counts={"seen": 1})
    ran(ledger, at("2022-03-07T08:00:00"))
    (gap,) = look(ledger, at("2022-03-07T09:00:00")).unwatched
    assert (gap.last_look, gap.next_look) == (at("2022-03-03T20:00:00"), at("2022-03-07T08:00:00"))
    assert (gap.since, gap.until) == (at("2022-03-03T20:00:00"), at("2022-03-05T00:00:00"))


def test_the_present_counts_as_a_look_that_has_yet_to_come(ledger: Ledger) -> None:
    ran(ledger, at("2022-03-03T20:00:00"))
    assert times(look(ledger, at("2022-03-05T23:00:00"))) == []
    assert times(look(ledger, at("2022-03-06T01:00:00"))) == [(at("2022-03-03T20:00:00"), at("2022-03-04T00:00:00"))]


def test_before_the_first_look_there_was_no_archive_to_have_gaps(ledger: Ledger) -> None:
    assert look(ledger).unwatched == ()


def test_runs_the_ledger_lost_are_known_by_their_records(ledger: Ledger) -> None:
    root = ledger.path.parent
    for day in (0, 2):
        run = Run("finews", {}, at("2022-03-03T20:00:00") + timedelta(days=day), at("2022-03-05T21:00:00"))
        run.counts["lists unchanged"] = 1
        run.write(root)
    ran(ledger, at("2022-03-07T20:00:00"))
    assert times(look(ledger, at("2022-03-07T21:00:00"))) == []
    assert [one.last_look for one in look(ledger, LATER).unwatched] == [at("2022-03-07T20:00:00")]


def test_a_list_that_was_given_up_is_named_by_the_run_that_did_it(ledger: Ledger) -> None:
    url = "https://finews.withounder.com/category/kejiribao.html"
    run = Run("finews", {}, NOW, NOW + timedelta(minutes=1))
    run.failures.append(Failure(Kind.FETCH, url, f"the list of 科技日报新闻 {DROPPED}; posts may be lost"))
    file = run.write(ledger.path.parent)
    number = ledger.run_began("finews", {}, now=NOW)
    ledger.run_ended(number, run.as_json(), file.name)
    (given_up,) = look(ledger).dropped
    assert (given_up.list, given_up.noticed) == (url, NOW)
    assert look(ledger, scope=Scope(DAY + timedelta(days=1))).dropped == ()


def test_a_list_that_was_given_up_by_a_run_without_a_record_is_known_from_the_ledger(ledger: Ledger) -> None:
    path = "/category/kejiribao.html"
    ledger.list_read("/", [], now=NOW, due=[(path, "科技日报新闻"), ("/category/split.html", "分开的")])
    ledger.list_failed(path, "HTTP 503")
    assert [one.path for one in look(ledger).due] == [path, "/category/split.html"]
    ledger.drop_overdue_lists(now=NOW + KEPT_FOR)
    found = look(ledger, NOW + KEPT_FOR)
    assert [(one.list, one.noticed) for one in found.dropped] == [(path, None)], "what needs no list was settled"
    assert "HTTP 503" in found.dropped[0].why
    ledger.list_read(path, [], now=NOW + KEPT_FOR)
    assert look(ledger, NOW + KEPT_FOR).dropped == (), "it could be read again"


def test_a_working_day_without_an_article_is_named_and_a_weekend_is_not(ledger: Ledger) -> None:
    for day in (date(2022, 3, 3), date(2022, 3, 9)):
        keep(ledger, sighting(name_of(day.day, day), day=day))
    watched = [EmptyDay(date(2022, 3, day), watched=True) for day in (4, 7, 8)]
    assert list(look(ledger, at("2022-03-09T20:00:00")).empty) == watched
    ran(ledger, at("2022-03-03T20:00:00"))
    ran(ledger, at("2022-03-09T20:00:00"))
    unwatched = look(ledger, at("2022-03-09T20:00:00"))
    assert [one.watched for one in unwatched.empty] == [False, True, True]
    assert times(unwatched) == [(at("2022-03-03T20:00:00"), at("2022-03-07T00:00:00"))]


def test_a_category_without_a_list_of_its_own_is_named(ledger: Ledger) -> None:
    category = "21shijijingjibaodao 21caijingAPP"
    keep(ledger, sighting(name_of(1), category, "21财经APP新闻"), category)
    keep(ledger, sighting(name_of(2)))
    assert [one.name for one in look(ledger).split] == [category]
