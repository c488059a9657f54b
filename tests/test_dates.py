"""Dates: every known form is read, nothing is guessed, everything else is refused."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsarchive import dates
from newsarchive.article import Refused
from newsarchive.clock import Clock

QUICK = settings(max_examples=200, derandomize=True, deadline=None)
TODAY = date(2022, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2022-01-25 18:12:37 +0800",
        "2022-01-25 18:12:37",
        "2022-01-25T18:12:37+08:00",
        "2022-01-25T10:12:37Z",
        "2022-01-25 10:12:37 UTC",
        "2022-01-25 18:12:37 CST",
        "2022-01-25 18:12:37.000",
        "2022-01-25 18:12:37 GMT+8",
        "2022-01-25 18:12:37 UTC+08:00",
        "2022/01/25 18:12:37",
        "2022/1/25 18:12:37",
        "2022年01月25日 18:12:37",
        "2022年1月25日18:12:37",
        "[GMT+8, Asia/Shanghai, CST] 2022-01-25 18:12:37 \xa0 ",
        "(GMT+8, Asia/Shanghai, CST) 2022-01-25 18:12:37",
        "（GMT+8）2022-01-25 18:12:37",
        "1643105557",
        "1643105557000",
        "20220125181237",
        "2022.01.25 18:12:37",
        "25 Jan 2022 18:12:37",
        "Tue, 25 Jan 2022 10:12:37 GMT",
        "Tue Jan 25 18:12:37 CST 2022",
        "  2022-01-25 18:12:37\r\n",
    ],
)
def test_every_known_form_means_the_same_moment(text: str) -> None:
    assert dates.normalise(text) == "2022-01-25 18:12:37 +0800"


@pytest.mark.parametrize("text", ["2026年08月19日 17:46", "2026-8-19 17:46", "2026/08/19 17:46"])
def test_a_time_without_seconds_is_at_second_zero(text: str) -> None:
    assert dates.normalise(text) == "2026-08-19 17:46:00 +0800"


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", " +0800", "[GMT+8, Asia/Shanghai, CST]  \xa0 ", "0", "昨天", "刚刚", "3小时前"),
        *("2022-01-25", "2022-01", "18:12:37", "01-25 18:12", "Tuesday 18:12", "2022-01-25 18"),
        *("2022012518", "2022012518000"),  # a year, month, day and hour, not a moment in 2034
    ],
)
def test_no_part_of_a_date_is_ever_made_up(text: str) -> None:
    with pytest.raises(Refused):
        dates.parse(text)


@pytest.mark.parametrize("text", ["01/02/2022 10:00", "22-01-02 10:00", "01.02.03 10:00"])
def test_a_date_that_can_be_read_in_two_orders_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="two ways"):
        dates.parse(text)


@pytest.mark.parametrize(
    "text", ["2022-02-30 10:00:00", "2022-13-01 10:00", "2022年2月29日 8:00", "2022-01-25 24:00:00"]
)
def test_a_day_or_hour_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="does not exist"):
        dates.parse(text)


@pytest.mark.parametrize(
    "text", ["1985-12-31 10:00:00", "2101-01-01 10:00:00", "0001-01-01 00:00:00 +0800", "9999-12-31 23:00:00 -0800"]
)
def test_a_year_no_article_can_have_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"lies in the year|out of range"):
        dates.parse(text)


@pytest.mark.parametrize("zone", ["+9999", "+15:00", "EST", "XYZ", "CST+8", "-08:60"])
def test_a_zone_that_is_not_known_is_refused(zone: str) -> None:
    with pytest.raises(Refused):
        dates.parse(f"2022-01-25 18:12:37 {zone}")


def test_the_zone_of_the_machine_is_no_known_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        with pytest.raises(Refused):
            dates.parse("2022-01-25 18:12:37 CET")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_summer_of_1988_had_its_own_time() -> None:
    assert dates.normalise("1988-07-01 12:00:00") == "1988-07-01 12:00:00 +0900"


def test_a_refusal_shows_the_date_but_never_a_whole_page() -> None:
    with pytest.raises(Refused) as caught:
        dates.parse("九" * 100_000)

    assert "'九九九" in str(caught.value)
    assert len(str(caught.value)) < 120


@QUICK
@given(st.one_of(st.text(), st.text(alphabet="0123456789-/:.+ TZ年月日APMGMTUCSeJan\xa0"), st.binary().map(repr)))
@example("0:0:0.1.1")
@example("1e400 2022")
@example("2022-01-25 18:12:37 +0899999999999")
@example("2022-01-25 18:12:37,,,,")
@example("\ud800")
def test_any_text_is_a_moment_in_shanghai_or_is_refused(text: str) -> None:
    try:
        moment = dates.parse(text)
    except Refused:
        return
    assert moment.tzinfo is dates.SHANGHAI
    assert dates.parse(moment.strftime(dates.POST_FORMAT)) == moment.replace(microsecond=0)


FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
)


@QUICK
@given(
    moment=st.datetimes(datetime(1992, 1, 1), datetime(2099, 12, 30)).map(lambda naive: naive.replace(microsecond=0)),  # noqa: DTZ001
    form=st.sampled_from(FORMS),
)
def test_what_was_written_in_a_known_form_is_read_back(moment: datetime, form: str) -> None:
    aware = moment.replace(tzinfo=dates.SHANGHAI)

    assert dates.parse(aware.strftime(form)) == aware
    assert dates.normalise(dates.normalise(aware.strftime(form))) == aware.strftime(dates.POST_FORMAT)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-01-25", date(2022, 1, 25)),
        ("20220125", date(2022, 1, 25)),
        (" today ", TODAY),
        ("Yesterday", TODAY - timedelta(days=1)),
    ],
)
def test_a_user_types_a_day(text: str, day: date) -> None:
    assert dates.parse_day(text, TODAY) == day


@pytest.mark.parametrize("text", ["", "2022-02-30", "25.1.2022", "tomorrow", "2022-01-25 18:00", "2022"])
def test_a_day_that_cannot_be_meant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused, match="write it like 2022-01-25"):
        dates.parse_day(text, TODAY)


def test_a_clock_that_was_set_stands_still_in_utc() -> None:
    clock = Clock("2022-03-01 20:00:00")

    assert clock.now() == datetime(2022, 3, 1, 12, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_clock_without_setting_runs() -> None:
    assert abs(Clock(" ").now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_that_cannot_be_set_names_its_setting() -> None:
    with pytest.raises(Refused, match=r"NEWSARCHIVE_CLOCK: .*noon"):
        Clock.checked("noon")
