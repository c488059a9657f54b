"""A retry waits: longer each time, as long as the server asks for, and never beyond the run's end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newsarchive.middlewares import retry
from newsarchive.middlewares.retry import PatientRetryMiddleware, retry_after

NOW = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
URL = "http://share.example/NewsData/GetNewsText.do?id=NW202203012340764246"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited for, in seconds, instead of waiting; without jitter."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: (low + high) / 2)
    return slept


def middleware(**changed: Any) -> PatientRetryMiddleware:
    crawler: Any = get_crawler(settings_dict={"RETRY_BACKOFF": 1.0, "RETRY_AFTER_LONGEST": 120, **changed})
    crawler.spider = crawler._create_spider("spider")
    crawler.crawling = True
    made = PatientRetryMiddleware.from_crawler(crawler)
    assert isinstance(made, PatientRetryMiddleware)
    return made


def answer(status: int, retry_after: str | None = None) -> Response:
    return Response(URL, status=status, headers={"Retry-After": retry_after} if retry_after is not None else {})


def http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


# -- what the header says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        (b"0", 0.0),
        (b"120", 120.0),
        (b" 7 ", 7.0),
        (b"Wed, 02 Mar 2022 04:02:00 GMT", 120.0),
        (b"Wed, 02 Mar 2022 12:02:00 +0800", 120.0),
        (b"Wed, 02 Mar 2022 04:02:00 -0000", 120.0),
        (b"Wednesday, 02-Mar-22 04:02:00 GMT", 120.0),
        (b"Wed Mar  2 04:02:00 2022", 120.0),
        (b"Wed, 02 Mar 2022 03:00:00 GMT", 0.0),
        (b"", None),
        (b"soon", None),
        (b"-5", None),
        (b"1.5", None),
        (b"1e3", None),
        ("²".encode("latin-1"), None),
        ("٣".encode(), None),
        (b"Wed, 99 Mar 2022 04:02:00 GMT", None),
        (b"Wed, 02 Mar 2022 04:02:00 +99999999999999999999", None),
        (b"9" * 400, float("inf")),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_anything_else_is_as_if_not_sent(
    header: bytes | None, seconds: float | None
) -> None:
    assert retry_after(header, NOW) == seconds


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.binary(max_size=40))
@example("³".encode("latin-1"))
@example(b"\x00")
def test_no_header_breaks_the_reading(header: bytes) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds >= 0


# -- waiting ---------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_wait_doubles_with_every_try_and_ends_with_the_retries(waits: list[float]) -> None:
    ours = middleware(RETRY_TIMES=3)
    request: Any = Request(URL)
    waited = []
    for _ in range(3):
        request = await ours.process_response(request, answer(503))
        assert isinstance(request, Request)
        waited.append(sum(waits))
        waits.clear()
    assert waited == [1.0, 2.0, 4.0]
    last = answer(503)
    assert await ours.process_response(request, last) is last, "when the retries are over, the answer itself is given"
    assert waits == []


@pytest.mark.asyncio
async def test_the_wait_is_half_to_one_and_a_half_of_it(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    asked = []
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: asked.append((low, high)) or high)
    await middleware().process_response(Request(URL), answer(503))
    assert asked == [(0.5, 1.5)]
    assert sum(waits) == 1.5


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [200, 304, 403, 404])
async def test_what_is_no_temporary_error_is_given_back_at_once(status: int, waits: list[float]) -> None:
    given = answer(status, "60")
    assert await middleware().process_response(Request(URL), given) is given
    assert waits == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("asked", "waited"), [("7", 7), ("0", 1), ("soon", 1), ("120", 120), ("Wed, 02 Mar 2022 04:02:00 GMT", 1)]
)
async def test_the_servers_patience_is_kept_and_never_shortens_our_own(
    asked: str, waited: float, waits: list[float]
) -> None:
    assert isinstance(await middleware().process_response(Request(URL), answer(429, asked)), Request)
    assert sum(waits) == waited


@pytest.mark.asyncio
async def test_a_server_that_asks_for_less_than_we_wait_anyway_is_given_our_time(waits: list[float]) -> None:
    third = Request(URL, meta={"retry_times": 2})
    await middleware(RETRY_TIMES=5).process_response(third, answer(503, "2"))
    assert sum(waits) == 4


@pytest.mark.asyncio
async def test_a_date_is_waited_for(waits: list[float]) -> None:
    await middleware().process_response(Request(URL), answer(503, http_date(30)))
    assert 10 < sum(waits) <= 31, "what is left of it, not the backoff's 2"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "asked", ["121", "86400", "9" * 400, http_date(3600)], ids=["just more", "a day", "400 digits", "a date"]
)  # names that do not tell the time: parallel workers must collect the same tests
async def test_beyond_the_longest_patience_the_answer_is_given_back_at_once(asked: str, waits: list[float]) -> None:
    given = answer(503, asked)
    assert await middleware().process_response(Request(URL), given) is given
    assert waits == []


@pytest.mark.asyncio
async def test_a_broken_connection_is_retried_after_a_wait(waits: list[float]) -> None:
    result = await middleware().process_exception(Request(URL), DownloadTimeoutError("no answer"))
    assert isinstance(result, Request)
    assert result.meta["retry_times"] == 1
    assert sum(waits) == 1.0


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [IgnoreRequest("a foreign host"), ValueError("our own")])
async def test_what_will_not_get_better_is_not_retried(error: Exception, waits: list[float]) -> None:
    assert await middleware().process_exception(Request(URL), error) is None
    assert waits == []


@pytest.mark.asyncio
async def test_a_run_that_is_told_to_stop_does_not_sit_out_the_servers_patience(
    waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = middleware()

    async def told_to_stop(seconds: float) -> None:
        waits.append(seconds)
        ours.crawler.crawling = len(waits) < 3

    monkeypatch.setattr(asyncio, "sleep", told_to_stop)
    await ours.process_response(Request(URL), answer(503, "100"))
    assert waits == [1.0, 1.0, 1.0]
