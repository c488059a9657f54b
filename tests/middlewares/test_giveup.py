"""A service that fails again and again is left alone, said once; the others go on."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newsarchive.middlewares.giveup import UNUSABLE, GivenUpError, GiveUpMiddleware

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


@pytest.mark.parametrize(
    "status",
    [*(202, 204, 302, 400, 401, 403, 405, 407, 418, 429, 451), *(500, 501, 502, 503, 504, 508, 520, 522, 599, 999)],
)
def test_whatever_is_no_answer_is_a_failure(status: int, ours: GiveUpMiddleware) -> None:
    for _ in range(LIMIT):
        answers(ours, status)
    assert not is_asked(ours)


def test_failures_of_every_kind_count_together(ours: GiveUpMiddleware) -> None:
    answers(ours, 500)
    breaks(ours)
    answers(ours, 403)
    assert not is_asked(ours)


@pytest.mark.parametrize("status", [200, 304])
def test_an_answer_begins_the_count_anew(status: int, ours: GiveUpMiddleware) -> None:
    breaks(ours, times=LIMIT - 1)
    answers(ours, status)
    breaks(ours, times=LIMIT - 1)
    assert is_asked(ours)


@pytest.mark.parametrize("status", [404, 410])
def test_that_something_is_not_there_says_nothing_of_the_service(status: int, ours: GiveUpMiddleware) -> None:
    for _ in range(LIMIT * 3):
        answers(ours, status)
    assert is_asked(ours)
    breaks(ours, times=LIMIT - 1)
    answers(ours, status)
    assert is_asked(ours)
    breaks(ours)
    assert not is_asked(ours)


@pytest.mark.parametrize("status", [200, 304])
def test_an_answer_the_spider_cannot_use_counts_as_if_the_count_had_not_begun_anew(
    status: int, ours: GiveUpMiddleware
) -> None:
    breaks(ours, times=LIMIT - 1)
    wall = request()
    ours.process_response(wall, Response(wall.url, status=status))
    assert is_asked(ours)
    ours.unusable(wall)
    assert not is_asked(ours)


def test_an_answer_is_counted_once_whoever_finds_it_useless(ours: GiveUpMiddleware) -> None:
    for _ in range(LIMIT - 1):
        refused = request()
        ours.process_response(refused, Response(refused.url, status=403))
        ours.unusable(refused)
    assert is_asked(ours)


def test_a_first_redirect_is_judged_by_where_it_leads(ours: GiveUpMiddleware) -> None:
    moved = Response("http://one.example/x", status=301, headers={"Location": "http://two.example/x"})
    breaks(ours, times=LIMIT - 1)
    ours.process_response(request(), moved)
    assert is_asked(ours)
    followed = request().replace(meta={"service": JSON, "redirect_times": 1})
    ours.process_exception(followed, IgnoreRequest("the foreign host was not contacted"))
    assert not is_asked(ours)


def test_redirects_in_circles_are_failures(ours: GiveUpMiddleware) -> None:
    moved = Response("http://one.example/x", status=302, headers={"Location": "http://one.example/x"})
    for times in range(LIMIT + 1):
        assert is_asked(ours)
        ours.process_response(request().replace(meta={"service": JSON, "redirect_times": times}), moved)
    assert not is_asked(ours)


def test_the_request_that_made_it_give_up_ends_with_what_came_and_is_not_tried_again(ours: GiveUpMiddleware) -> None:
    requests = [request() for _ in range(LIMIT)]
    for one in requests:
        ours.process_response(one, Response(one.url, status=503))
    assert [bool(one.meta.get("dont_retry")) for one in requests] == [False] * (LIMIT - 1) + [True]


def test_a_retry_that_is_not_sent_any_more_says_what_its_last_try_ended_with(ours: GiveUpMiddleware) -> None:
    first = request()
    ours.process_response(first, Response(first.url, status=500))
    retry = first.copy()
    breaks(ours, times=LIMIT)
    with pytest.raises(GivenUpError, match="not tried again: the share host's JSON failed 3 times") as refused:
        ours.process_request(retry)
    assert str(refused.value.earlier) == "HTTP 500"


def test_what_is_of_no_use_without_a_given_up_service_is_not_asked_for(ours: GiveUpMiddleware) -> None:
    breaks(ours, JSON, times=LIMIT)
    page = Request("http://one.example/page", meta={"service": "the mirror's page", "needs": JSON})
    with pytest.raises(GivenUpError, match="not asked: the share host's JSON failed 3 times in a row"):
        ours.process_request(page)
    assert is_asked(ours, "the mirror's page")


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


@pytest.mark.parametrize(("after", "retries", "limit"), [(9, 2, 9), (2, 2, 4), (6, 10, 12), (1, 0, 2), (0, 2, 0)])
def test_the_limits_are_settings_and_one_article_alone_never_reaches_them(after: int, retries: int, limit: int) -> None:
    settings = {"GIVE_UP_AFTER": str(after), "RETRY_TIMES": str(retries), "RETRY_AFTER_LONGEST": "30"}
    crawler: Any = get_crawler(settings_dict=settings)
    ours = GiveUpMiddleware.from_crawler(crawler)
    assert (ours.limit, ours.longest) == (limit, 30.0)


def test_it_hears_what_spiders_call_unusable() -> None:
    crawler: Any = get_crawler(settings_dict={"GIVE_UP_AFTER": "2", "RETRY_TIMES": "0"})
    ours = GiveUpMiddleware.from_crawler(crawler)
    for _ in range(2):
        wall = request()
        ours.process_response(wall, Response(wall.url))
        crawler.signals.send_catch_log(UNUSABLE, request=wall)
    assert not is_asked(ours)
