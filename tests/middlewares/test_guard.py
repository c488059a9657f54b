"""No host is contacted that the settings do not name."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.test import get_crawler

from newsarchive.article import Refused
from newsarchive.middlewares.guard import HostGuardMiddleware

HOSTS = {
    "FINEWS_URL": "https://finews.withounder.com/",
    "NEWSSHARE_URL": "http://finews.zning.xyz/",
    "OLD_POST_URL": "https://raw.githubusercontent.com/zning1994/finews/main/old_post/",
    "ARTICLE_URL": "http://127.0.0.1:8000/",
}


def guard(**settings: str) -> HostGuardMiddleware:
    crawler: Any = get_crawler(settings_dict={**HOSTS, **settings})
    return HostGuardMiddleware.from_crawler(crawler)


@pytest.mark.parametrize(
    "url",
    [
        "https://finews.withounder.com/",
        "https://finews.withounder.com/category/kejiribao.html?x=http://evil.example/",
        "http://finews.withounder.com/",  # from http to https and back, as hosts redirect
        "https://finews.zning.xyz/NewsData/GetNewsText.do?id=NW202203012340764246",
        "https://finews.withounder.com:443/",
        "http://finews.zning.xyz:80/robots.txt",
        "HTTPS://FINEWS.WITHOUNDER.COM/",
        "https://finews.withounder.com./",
        "http://127.0.0.1:8000/a/202203012340764246.html",
    ],
)
def test_a_host_the_settings_name_passes(url: str) -> None:
    assert guard().process_request(Request(url)) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://finews.withounder.com.evil.example/",
        "https://evil.example/finews.withounder.com/",
        "https://evil.example#finews.withounder.com",
        "https://evil.example?finews.withounder.com",
        "http://finews.withounder.com@evil.example/",
        "http://finews.withounder.com:80@evil.example/",
        "http://evil.example@finews.withounder.com/",
        "http://evil.example:80@finews.withounder.com/",
        "https://www.finews.withounder.com/",
        "https://withounder.com/",
        "https://finews.withounder.com:8443/",
        "http://127.0.0.1:8001/",
        "http://127.0.0.1/",
        "http://127.0.0.2:8000/",
        "http://localhost:8000/",
        "http://[::1]:8000/",
        "http://[::ffff:127.0.0.1]:8000/",
        "http://2130706433:8000/",
        "ftp://finews.withounder.com/",
        "file:///etc/passwd",
        "data:text/html,<h1>x</h1>",
        "https://finews.withounder.com:99999/",
        "https://[finews.withounder.com/",
    ],
)
def test_any_other_host_port_scheme_or_trick_is_refused_by_name(url: str) -> None:
    try:
        request = Request(url)
    except ValueError:
        return  # Scrapy itself refuses it
    with pytest.raises(IgnoreRequest) as refused:
        guard().process_request(request)
    assert str(refused.value), "a refusal names what was refused"


def test_an_ipv6_host_that_is_named_passes_and_its_neighbour_does_not() -> None:
    ours = guard(FINEWS_URL="http://[2001:db8::1]:8000/")
    ours.process_request(Request("http://[2001:DB8::1]:8000/robots.txt"))
    with pytest.raises(IgnoreRequest, match="2001:db8::2"):
        ours.process_request(Request("http://[2001:db8::2]:8000/"))


def test_a_refusal_is_counted_and_said(caplog: pytest.LogCaptureFixture) -> None:
    ours = guard()
    with pytest.raises(IgnoreRequest, match=r"the foreign host evil\.example was not contacted"):
        ours.process_request(Request("https://evil.example/a"))
    assert ours.stats.get_value("newsarchive/foreign_host_refused") == 1
    assert "https://evil.example/a: the foreign host evil.example was not contacted" in caplog.text


@pytest.mark.parametrize("url", ["", "finews", "ftp://finews.withounder.com/", "https://"])
def test_a_setting_that_is_no_url_is_named(url: str) -> None:
    with pytest.raises(Refused, match="the setting NEWSSHARE_URL"):
        guard(NEWSSHARE_URL=url)
