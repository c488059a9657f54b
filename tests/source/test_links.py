"""Links: which article a URL means, and where it is asked for. Nothing leads to a host no setting names."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsarchive.article import Name, Refused
from newsarchive.newspapers import category_named
from newsarchive.source.links import (
    MIRROR_HOSTS,
    SHARE_HOSTS,
    article_link,
    asked_link,
    category_path,
    fetch_url,
    rolling_guess,
    share_json_url,
    share_page_url,
)

QUICK = settings(max_examples=200, derandomize=True, deadline=None)
NUMBER = "202201252261275824"
PATH = f"/kejiribao/2022/01/25/NW{NUMBER}.html"
PAPER, ROLLING = Name(NUMBER), Name(NUMBER, rolling=True)


def test_a_path_tells_name_day_and_category() -> None:
    link = article_link(PATH, " 标题\n 两行 ")

    assert link.name == PAPER
    assert link.path == PATH
    assert link.segments == ("kejiribao",)
    assert link.day == date(2022, 1, 25)
    assert link.title == "标题 两行"


@pytest.mark.parametrize("host", sorted(MIRROR_HOSTS))
@pytest.mark.parametrize("scheme", ["http:", "https:", ""])
def test_every_host_the_mirror_has_had_means_the_same_article(host: str, scheme: str) -> None:
    assert article_link(f"{scheme}//{host}{PATH}") == article_link(PATH)


@pytest.mark.parametrize(
    ("href", "segments"),
    [
        (f"/emnews/2022/01/25/{NUMBER}.html", ("emnews",)),
        (f"/21shijijingjibaodao/21caijingapp/2022/01/25/NW{NUMBER}.html", ("21shijijingjibaodao", "21caijingapp")),
        (f"/anxinguojizhengquan(xianggang)/2022/01/25/NW{NUMBER}.html", ("anxinguojizhengquan(xianggang)",)),
        (f"/anxin%28xianggang%29/2022/01/25/NW{NUMBER}.html", ("anxin(xianggang)",)),
        (f"/career/in/touxingpevc/2022/01/25/NW{NUMBER}.html", ("career", "in", "touxingpevc")),
        (f"/a%26b/2022/01/25/NW{NUMBER}.html", ("a&b",)),
        (f"/guandian:/caijing/2022/01/25/NW{NUMBER}.html", ("guandian:", "caijing")),
        (f"/50%25zeng/c%23/2022/01/25/NW{NUMBER}.html", ("50%zeng", "c#")),
        (f"/a%5cb/2022/01/25/NW{NUMBER}.html", ("a\\b",)),
        (f"/%5Bx%5D%3F%22%3C/-a/.b/~c/2022/01/25/NW{NUMBER}.html", ('[x]?"<', "-a", ".b", "~c")),
        (f"/inc2022/01/25/NW{NUMBER}.html", ("inc",)),  # "Inc.": Jekyll makes nothing of ./
        (f"/{'bao' * 130}/2022/01/25/NW{NUMBER}.html", ("bao" * 130,)),
        (f"/2022/01/25/2022-01-24-NW{NUMBER}.html", ()),  # a post without category
        (f"/2022/01/25/{NUMBER}.html", ()),
        (f"/kejiribao/2022/01/25/NW{NUMBER}/", ("kejiribao",)),
        (f"{PATH}?from=home#top", ("kejiribao",)),
    ],
)
def test_every_shape_of_a_posts_path_is_understood(href: str, segments: tuple[str, ...]) -> None:
    link = article_link(href)

    assert link.segments == segments
    assert link.name.number == NUMBER
    assert link.name.rolling == ("NW" not in href)


@pytest.mark.parametrize(
    ("href", "why"),
    [
        (f"https://evil.example{PATH}", "leads to a host"),
        (f"//evil.example{PATH}", "leads to a host"),
        (f"https://finews.withounder.com@evil.example{PATH}", "leads to a host"),
        (f"https://finews.withounder.com.evil.example{PATH}", "leads to a host"),
        (f"javascript:go('{PATH}')", "no http or https"),
        (f"data:text/html,{PATH}", "no http or https"),
        (f"ftp://finews.withounder.com{PATH}", "no http or https"),
        (f"http://[::1{PATH}", "is no URL"),
        (f"/a%FF/2022/01/25/NW{NUMBER}.html", "is no URL"),
        (f"/../2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a/../b/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/%2e%2e/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/%252e%252e/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a%2Fb/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a%5c..%5cb/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a%255c..%255cb/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a%252fb/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a/./b/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/%20..%20/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a%0Ab/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/kejiribao%2F2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a//2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"/a%00b/2022/01/25/NW{NUMBER}.html", "is no article's"),
        (f"kejiribao/2022/01/25/NW{NUMBER}.html", "is no article's"),
        ("/kejiribao/2022/01/25/NW" + "1" * 25 + ".html", "is no article's"),
        ("/kejiribao/2022/01/25/NW123.html", "is no article's"),
        ("/kejiribao/2022/01/25/NW２０２２01252261275824.html", "is no article's"),
        (f"/kejiribao/2022/01/25/nw{NUMBER}.html", "is no article's"),
        (f"/kejiribao/2022/02/30/NW{NUMBER}.html", "day that does not exist"),
        (f"/kejiribao/0000/01/01/NW{NUMBER}.html", "day that does not exist"),
        ("/category/kejiribao.html", "is no article's"),
        ("/", "is no article's"),
        ("", "is no article's"),
        ("#top", "is no article's"),
    ],
)
def test_a_link_that_is_no_articles_is_refused_by_name(href: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as caught:
        article_link(href)

    assert repr(href[:120]) in str(caught.value)


def test_a_refusal_never_shows_a_whole_page() -> None:
    with pytest.raises(Refused) as caught:
        article_link("/x" * 100_000)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "text",
    [
        f"NW{NUMBER}",
        NUMBER,
        f"  NW{NUMBER}\n",
        *(f"http://{host}/html_News/NewsShare.html?infoCode=NW{NUMBER}" for host in sorted(SHARE_HOSTS)),
        f"http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW{NUMBER}",
        f"https://finance.eastmoney.com/a/{NUMBER}.html",
        f"https://finance.eastmoney.com/a/{NUMBER}.html?id=top",
        f"http://finance.eastmoney.com/news/1353,{NUMBER}.html",
        f"https://wap.eastmoney.com/a/{NUMBER}.html#comments",
        f"https://finews.withounder.com/old_post/2022-01-25-NW{NUMBER}.md",
        f"https://any.example/share?code=NW{NUMBER}&infocode={NUMBER}",
    ],
)
def test_a_code_or_any_url_with_one_means_the_newspapers_article(text: str) -> None:
    link = asked_link(text)

    assert link.name == PAPER
    assert link.path == ""


@pytest.mark.parametrize(
    "start", ["", "https://finews.withounder.com", "http://finnews.zning.me", "http://localhost:8000"]
)
def test_a_page_of_the_mirror_keeps_its_form_and_path(start: str) -> None:
    assert asked_link(start + PATH) == article_link(PATH)
    assert asked_link(f"{start}/emnews/2022/01/25/{NUMBER}.html").name == ROLLING


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no article code"),
        ("科技日报", "no article code"),
        ("https://finance.eastmoney.com/", "no article code"),
        ("https://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW123", "no article code"),
        (f"https://a.example/{NUMBER}/202201252261275825.html", "several codes"),
        (f"https://a.example/?infoCode=NW{NUMBER}&infoCode=NW202201252261275825", "several codes"),
        ("https://a.example/" + "1" * 25, "no article code"),
        ("http://[", "no URL"),
    ],
)
def test_what_carries_no_code_or_several_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as caught:
        asked_link(text)

    assert repr(text) in str(caught.value)


def test_a_foreign_path_in_a_users_url_is_never_asked_for() -> None:
    link = asked_link(f"https://finews.withounder.com//evil.example/2022/01/25/NW{NUMBER}.html")

    assert (link.name, link.path) == (PAPER, "")


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/", "http://localhost:8000/"),
        ("/category/21shiji 21caijingAPP.html", "http://localhost:8000/category/21shiji%2021caijingAPP.html"),
        ("/anxin(xianggang)/", "http://localhost:8000/anxin(xianggang)/"),
        ("/科技/", "http://localhost:8000/%E7%A7%91%E6%8A%80/"),
        ("/a?b#c%", "http://localhost:8000/a%3Fb%23c%25"),
    ],
)
def test_a_path_is_put_onto_the_configured_base(path: str, url: str) -> None:
    assert fetch_url("http://localhost:8000/", path) == url
    assert fetch_url("http://localhost:8000", path) == url


def test_a_base_may_have_a_path_of_its_own() -> None:
    assert fetch_url("http://localhost/mirror/", PATH) == f"http://localhost/mirror{PATH}"
    assert share_json_url("http://h/x/", PAPER) == f"http://h/x/NewsData/GetNewsText.do?id=NW{NUMBER}"
    assert share_page_url("http://h/x", ROLLING) == f"http://h/x/html_News/NewsShare.html?infoCode=NW{NUMBER}"


def test_a_category_keeps_its_spelling_in_its_path() -> None:
    assert category_path("Career In touxingPEVC") == "/category/Career In touxingPEVC.html"
    assert category_path("caixin/pengbo") == "/category/caixin/pengbo.html"
    assert category_path("C#50%[a]?") == "/category/C#50%[a]?.html"


@pytest.mark.parametrize("category", ["../index", "a/../b", "a//b", "/a", "a\\..\\b", "%2e%2e/a", "a/./b", "a\nb"])
def test_a_category_whose_path_would_lead_elsewhere_is_asked_for_as_posts_write_it(category: str) -> None:
    path = category_path(category)
    assert path == f"/category/{category_named(category)}.html"


@QUICK
@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("..")
@example("../x")
@example("%2e%2e/x")
def test_whatever_a_newspaper_is_called_its_list_is_below_category(name: str) -> None:
    url = fetch_url("http://localhost:8000/", category_path(name))
    assert url.startswith("http://localhost:8000/category/")
    assert ".." not in urlsplit(url).path.split("/")
    assert unquote(urlsplit(url).path) == category_path(name)


def test_rolling_news_is_guessed_by_the_day_in_its_number() -> None:
    assert article_link(rolling_guess(PAPER)).name == ROLLING
    with pytest.raises(Refused, match="does not exist"):
        article_link(rolling_guess(Name("20229999000000")))


HREFS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                *(
                    "/",
                    "//",
                    "..",
                    "%2e",
                    "%2F",
                    "%",
                    "[",
                    "]",
                    "@",
                    ":",
                    "?",
                    "\ud800",
                    "\n",
                    " ",
                    "\\",
                    "&",
                    "infoCode=",
                ),
                *(
                    "http:",
                    "https://",
                    "finews.withounder.com",
                    "2022/01/25/",
                    f"NW{NUMBER}",
                    NUMBER,
                    ".html",
                    "kejiribao",
                ),
            ]
        )
    ).map("".join),
)


@QUICK
@given(HREFS)
@example("http://[::1")
@example("https://a.cn:x/")
def test_any_href_stays_on_the_mirror_or_is_refused(href: str) -> None:
    try:
        link = article_link(href)
    except Refused:
        return
    url = fetch_url("https://finews.withounder.com/", link.path)
    assert urlsplit(url).hostname == "finews.withounder.com"
    assert unquote(urlsplit(url).path) == link.path
    assert ".." not in link.path
    assert article_link(link.path) == link


@QUICK
@given(HREFS)
@example("http://[/")
def test_whatever_a_user_asks_for_is_an_article_or_is_refused(text: str) -> None:
    try:
        link = asked_link(text)
    except Refused:
        return
    assert Name.parse(str(link.name)) == link.name
