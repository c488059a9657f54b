"""A service that fails again and again is left alone, said once; the others go on."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newsarchive.middlewares.giveup import GiveUpMiddleware

LIMIT = 3
JSON, LISTS = "the share host's JSON", "the mirror's lists"


def request(service: str | None = JSON, url: str = "http://one.example/x") -> Request:
    return Request(url, meta={"service": service} if service else {})


def answers(ours: GiveUpMiddleware, status: int, service: str | None = JSON, *, retry_after: str = "") -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    given = Response("http://one.example/x", status=status, headers=headers)
    assert ours.process_response(request(service), given) is given


def breaks(ours: GiveUpMiddleware, service: str | None = JSON, times: int = 1) -> None:
    for _ in range(times):
        ours.process_exception(request(service), DownloadTimeoutError("no answer in time"))


def is_asked(ours: GiveUpMiddleware, service: str | None = JSON, url: str = "http://one.example/x") -> bool:
    try:
        ours.process_request(request(service, url))
    except IgnoreRequest:
        return False
    return True


@pytest.fixture
def ours() -> GiveUpMiddleware:
    return GiveUpMiddleware(LIMIT, 120)


def test_after_so_many_failures_in_a_row_a_service_is_not_asked(ours: GiveUpMiddleware) -> None:
    breaks(ours, times=LIMIT - 1)
    assert is_asked(ours)
    breaks(ours)
    with pytest.raises(IgnoreRequest, match="not asked: the share host's JSON failed 3 times in a row"):
        ours.process_request(request())


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_overload_is_a_failure(status: int, ours: GiveUpMiddleware) -> None:
    for _ in range(LIMIT):
        answers(ours, status)
    assert not is_asked(ours)


@pytest.mark.parametrize("status", [200, 304, 403, 404, 500])
def test_any_other_answer_begins_the_count_anew(status: int, ours: GiveUpMiddleware) -> None:
    breaks(ours, times=LIMIT - 1)
    answers(ours, status)
    breaks(ours, times=LIMIT - 1)
    assert is_asked(ours)


def test_services_are_counted_one_by_one_even_on_one_host(ours: GiveUpMiddleware) -> None:
    breaks(ours, JSON, times=LIMIT)
    breaks(ours, LISTS, times=LIMIT - 1)
    assert not is_asked(ours, JSON)
    assert is_asked(ours, LISTS)


def test_a_request_that_names_no_service_counts_for_its_host(ours: GiveUpMiddleware) -> None:
    breaks(ours, None, times=LIMIT)
    assert not is_asked(ours, None)
    assert is_asked(ours, None, "http://two.example/robots.txt")


def test_a_request_of_ours_that_was_held_back_is_no_failure_of_the_service(ours: GiveUpMiddleware) -> None:
    for _ in range(LIMIT * 2):
        ours.process_exception(request(), IgnoreRequest("the foreign host was not contacted"))
    assert is_asked(ours)


def test_it_is_said_once_and_stays_so_whatever_is_still_under_way(
    ours: GiveUpMiddleware, caplog: pytest.LogCaptureFixture
) -> None:
    breaks(ours, times=LIMIT + 2)
    answers(ours, 200)
    breaks(ours, times=LIMIT)
    assert not is_asked(ours)
    said = [record.getMessage() for record in caplog.records]
    assert said == ["the share host's JSON failed 3 times in a row; it is left alone for the rest of this run"]


def test_a_server_that_asks_for_more_patience_than_a_run_has_is_left_alone_at_once(ours: GiveUpMiddleware) -> None:
    answers(ours, 503, retry_after="120")
    assert is_asked(ours)
    answers(ours, 429, LISTS, retry_after="3600")
    with pytest.raises(IgnoreRequest, match="not asked: the mirror's lists asks to be left alone for 3600 s"):
        ours.process_request(request(LISTS))
    assert is_asked(ours, JSON)


def test_a_limit_of_nought_means_never(caplog: pytest.LogCaptureFixture) -> None:
    never = GiveUpMiddleware(0, 120)
    breaks(never, times=100)
    answers(never, 503, retry_after="3600")
    assert is_asked(never)
    assert caplog.records == []


def test_the_limits_are_settings() -> None:
    crawler: Any = get_crawler(settings_dict={"GIVE_UP_AFTER": "2", "RETRY_AFTER_LONGEST": "30"})
    ours = GiveUpMiddleware.from_crawler(crawler)
    assert (ours.limit, ours.longest) == (2, 30.0)
