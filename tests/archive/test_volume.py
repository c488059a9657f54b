"""A feed that stands still or floods is noticed; what we slept through, holidays of one week and chance are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from newsarchive.archive.volume import REACH, Told, matters, unusual
from newsarchive.dates import SHANGHAI

FRIDAY_NOON = datetime(2022, 4, 1, 12, 0, tzinfo=SHANGHAI)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def rate(when: datetime) -> int:
    """Articles an hour: a working day from 6 to 20, a sixth of it at weekends, next to none at night."""
    return (60 if when.weekday() < 5 else 10) if 6 <= when.hour < 20 else 0


def told(every: timedelta, *, until: datetime = FRIDAY_NOON, days: int = 32, seed: int = 0) -> list[Told]:
    """What runs told that began so often, a few seconds early or late as cron does."""
    dice = random.Random(seed)
    runs, before = [], until - days * DAY
    for number in reversed(range(days * DAY // every)):
        began = until - number * every + timedelta(seconds=dice.uniform(-9, 9) if number else 0)
        minutes = int((began - before) / timedelta(minutes=1))
        news = sum(rate(before + minute * timedelta(minutes=1)) for minute in range(minutes)) / 60
        runs.append(Told(began, round(news * dice.uniform(0.6, 1.5))))
        before = began
    return runs


def changed(runs: list[Told], since: datetime, until: datetime, news: Callable[[Told], int | None]) -> list[Told]:
    return [replace(one, news=news(one)) if since < one.began <= until else one for one in runs]


CADENCES = {"every ten minutes": timedelta(minutes=10), "every hour": HOUR, "every six hours": 6 * HOUR, "daily": DAY}
cadence = pytest.mark.parametrize("every", CADENCES.values(), ids=CADENCES.keys())


@cadence
@pytest.mark.parametrize("until", [FRIDAY_NOON - day * DAY for day in range(7)], ids=lambda day: f"{day:%A}")
def test_an_ordinary_week_is_no_alarm_however_often_one_runs(every: timedelta, until: datetime) -> None:
    for seed in range(3):
        assert unusual(told(every, until=until, seed=seed), until) == ""


@cadence
def test_a_feed_that_stands_still_for_a_working_day_is_named(every: timedelta) -> None:
    still = changed(told(every), FRIDAY_NOON - DAY, FRIDAY_NOON, lambda _: 0)
    said = unusual(still, FRIDAY_NOON)
    assert said.startswith("no new article in the last ")
    assert said.endswith(" up to Friday, 12:00 (+0800)")


def test_three_hours_are_enough_in_the_middle_of_a_working_day() -> None:
    still = changed(told(HOUR), FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda _: 0)
    assert unusual(still, FRIDAY_NOON).startswith("no new article in the last 3 hours; 4 earlier weeks had ")
    few = changed(told(HOUR), FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda one: one.news // 8)
    assert "new articles in the last 3 hours" in unusual(few, FRIDAY_NOON)
    half = changed(told(HOUR), FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda one: one.news // 2)
    assert unusual(half, FRIDAY_NOON) == ""


def test_nothing_at_night_is_as_usual() -> None:
    night = FRIDAY_NOON.replace(hour=4)
    assert unusual(told(HOUR, until=night), night) == ""


def test_it_takes_three_weeks_and_twenty_articles() -> None:
    for days, alarm in ((20, False), (23, True)):  # three weeks and the hours before them
        still = changed(told(HOUR, days=days), FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda _: 0)
        assert bool(unusual(still, FRIDAY_NOON)) is alarm, days
    small = [replace(one, news=one.news // 20) for one in told(HOUR)]
    still = changed(small, FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda _: 0)
    assert unusual(still, FRIDAY_NOON) == ""


def test_a_first_run_and_a_second_say_nothing() -> None:
    assert unusual([Told(FRIDAY_NOON, 3000)], FRIDAY_NOON) == ""
    assert unusual([Told(FRIDAY_NOON - DAY, 3000), Told(FRIDAY_NOON, 0)], FRIDAY_NOON) == ""


def test_what_we_slept_through_is_no_alarm() -> None:
    awake = told(HOUR)
    for slept, missed in ((4 * HOUR, 300), (DAY, 900), (3 * DAY, 2700), (10 * DAY, 2700)):  # it shows three days
        gone = [one for one in awake if one.began <= FRIDAY_NOON - slept]
        assert unusual([*gone, Told(FRIDAY_NOON, missed)], FRIDAY_NOON) == "", slept


def test_a_run_that_was_killed_before_it_could_tell_is_no_alarm() -> None:
    runs = changed(told(HOUR), FRIDAY_NOON - 2 * HOUR, FRIDAY_NOON - HOUR, lambda _: None)
    still = changed(runs, FRIDAY_NOON - HOUR, FRIDAY_NOON, lambda _: 0)
    assert unusual(still, FRIDAY_NOON) == ""


def test_a_morning_that_comes_an_hour_late_is_no_alarm() -> None:
    morning = FRIDAY_NOON.replace(hour=8)
    late = changed(told(HOUR, until=morning), morning - 2 * HOUR, morning, lambda _: 0)
    assert unusual(late, morning) == ""


def test_after_a_week_of_holidays_its_own_silence_is_usual_for_a_month() -> None:
    holidays = changed(told(HOUR), FRIDAY_NOON - 8 * DAY, FRIDAY_NOON - 6 * DAY, lambda _: 0)
    again = changed(holidays, FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda _: 0)
    assert unusual(again, FRIDAY_NOON) == ""


def test_a_flood_is_named_and_a_feed_that_catches_up_is_not() -> None:
    a_day = sum(one.news for one in told(HOUR) if one.began > FRIDAY_NOON - DAY)
    for days, alarm in ((3, False), (9, True)):
        still = changed(told(HOUR), FRIDAY_NOON - 3 * DAY, FRIDAY_NOON, lambda _: 0)
        now = changed(still, FRIDAY_NOON - HOUR, FRIDAY_NOON, lambda _, days=days: days * a_day)
        assert unusual(now, FRIDAY_NOON).endswith("up to Friday, 12:00 (+0800)") is alarm, days


def test_a_sunday_that_is_a_working_day_is_no_flood() -> None:
    sunday = FRIDAY_NOON + 2 * DAY + 9 * HOUR
    runs = told(HOUR, until=sunday)
    worked = changed(runs, sunday - DAY, sunday, lambda one: one.news * 6)
    assert sum(one.news for one in worked[-24:]) > 4 * sum(one.news for one in runs[-24:])
    assert unusual(worked, sunday) == ""


def test_what_does_not_matter_changes_nothing() -> None:
    runs = changed(told(HOUR, days=60), FRIDAY_NOON - 3 * HOUR, FRIDAY_NOON, lambda _: 0)
    needed = [one for one in runs if matters(one.began, FRIDAY_NOON) and one.began >= FRIDAY_NOON - REACH]
    assert len(needed) < len(runs) / 2.5
    assert unusual(needed, FRIDAY_NOON) == unusual(runs, FRIDAY_NOON) != ""
