"""Which hosts a run may contact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.article import Refused
from newsarchive.hosts import HOST_SETTINGS, Origin, allowed_origins, is_loopback

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
SETTINGS = {
    "FINEWS_URL": "https://finews.withounder.com/",
    "NEWSSHARE_URL": "http://finews.zning.xyz/",
    "OLD_POST_URL": "https://raw.example.org/main/old_post/",
    "ARTICLE_URL": "http://localhost:8080/",
}


def test_exactly_the_hosts_of_the_settings_may_be_contacted() -> None:
    assert allowed_origins(SETTINGS) == {
        Origin("finews.withounder.com", 0),
        Origin("finews.zning.xyz", 0),
        Origin("raw.example.org", 0),
        Origin("localhost", 8080),
    }


@pytest.mark.parametrize(
    "url", ["http://a.cn/x", "https://A.CN", "http://a.cn:80/", "https://a.cn:443", "https://a.cn./"]
)
def test_http_and_https_on_their_ports_are_one_host(url: str) -> None:
    assert Origin.of(url) == Origin("a.cn", 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.cn:8080/",
        "http://www.a.cn/",
        "http://a.cn.evil.example/",
        "http://a.cn@evil.example/",
        "http://evil.example/?x=http://a.cn/",
        "http://evil.example#@a.cn",
    ],
)
def test_another_port_or_host_is_another_origin(url: str) -> None:
    assert Origin.of(url) != Origin("a.cn", 0)


@pytest.mark.parametrize(
    "url",
    [
        *("", "a.cn", "//a.cn/", "ftp://a.cn/", "file:///etc/passwd", "javascript:alert(1)", "http://", "http:///x"),
        *("http://./", "http://[::1", "http://a.cn:99999/", "http://a.cn:x/", "http://evil.example\\@a.cn/"),
    ],
)
def test_what_is_no_web_address_is_refused_and_named(url: str) -> None:
    with pytest.raises(Refused) as caught:
        Origin.of(url)

    assert repr(url) in str(caught.value)


@pytest.mark.parametrize("name", HOST_SETTINGS)
@pytest.mark.parametrize("value", ["", None, "finews.withounder.com"])
def test_a_setting_that_names_no_host_is_named(name: str, value: str | None) -> None:
    with pytest.raises(Refused, match=f"the setting {name}: "):
        allowed_origins({**SETTINGS, name: value})


@pytest.mark.parametrize(
    "url", ["http://localhost:8000/", "http://127.0.0.1/", "http://127.9.9.9:1/", "http://[::1]:8000/"]
)
def test_this_very_machine_is_loopback(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1.example.org/", "http://10.0.0.1/", "localhost", "", "http://[::1"])
def test_nothing_else_is_loopback(url: str) -> None:
    assert not is_loopback(url)


@QUICK
@given(st.one_of(st.text(), st.text(alphabet="htps:/@[]\\.a1?#%").map("http://".__add__)))
def test_any_text_is_an_origin_or_refused(text: str) -> None:
    is_loopback(text)
    try:
        origin = Origin.of(text)
    except Refused:
        return
    assert origin.host
