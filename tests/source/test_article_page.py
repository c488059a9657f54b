"""The publisher's page in its layouts: an article, or a sentence that says what else it is."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsarchive import body
from newsarchive.article import Name, Refused
from newsarchive.source.article_page import LAYOUTS, ArticlePage, article_page
from newsarchive.source.richform import plain
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError

FIXTURES = Path(__file__).parents[1] / "fixtures"
QUICK = settings(max_examples=150, derandomize=True, deadline=None)
NAME = Name("202608193344556677")


def saved(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def read(name: str, number: str = "") -> ArticlePage:
    day = name[:10].replace("-", "")
    return article_page(saved(name), Name(number or f"{day}3344556677"))


# -- pages that are articles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "moment", "newspaper", "text"),
    [
        (
            "2026-08-19-article.html",
            "青禾县茶园迎来第三个丰收季 亩产>去年",
            "2026年08月19日 17:46",
            "青禾晚报",
            ('<p>　　<span id="stock_1.699001">', "晚报）</p>"),
        ),
        (
            "2018-05-16-article.html",
            "河湾镇造船厂交付第1000艘渔船",
            "2018年05月16日 10:12",
            "河湾时报",
            ("<p>　　河湾镇造船厂昨天", '<p class="em_media">（文章来源：河湾时报）</p>'),
        ),
        (
            "2017-09-04-article-one-element.html",
            "石桥乡通了第一班公交",
            "2017年09月04日 08:30",
            "石桥商报",
            ("<p>　　早上六点半", '<p class="em_media">（文章来源：石桥商报）</p>'),
        ),
        (
            "2016-03-02-article.html",
            "云汀市试种耐盐水稻",
            "2016年03月02日 07:05",
            "云汀日报",
            ("<p>　　云汀市今年", '<a href="http://example.org/seed">邻市</a>。</p>'),
        ),
        (
            "2026-08-19-article-broken.html",
            "断掉的页面",
            "2026年08月19日 18:02",
            "青禾晚报",
            ("<p>第一段没有收尾</p>", "在此</a></p>"),
        ),
    ],
)
def test_every_layout_gives_the_article(
    name: str, title: str, moment: str, newspaper: str, text: tuple[str, str]
) -> None:
    page = read(name)

    assert (page.title, page.date, page.newspaper) == (title, moment, newspaper)
    assert page.content.startswith(text[0])
    assert page.content.endswith(text[1])


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("*-article*.html")))
def test_every_saved_page_is_of_a_layout_that_was_valid_on_its_day(name: str) -> None:
    assert [layout.name for layout in LAYOUTS if layout.was_valid(date.fromisoformat(name[:10]))]


def test_the_days_of_the_layouts_leave_no_gap_and_do_not_overlap() -> None:
    for newer, older in pairwise(LAYOUTS):
        assert older.until is not None
        assert (newer.since - older.until).days == 1


def test_a_page_is_read_in_any_layout_whatever_its_articles_day() -> None:
    assert read("2016-03-02-article.html", "202608193344556677") == read("2016-03-02-article.html")
    assert article_page(saved("2018-05-16-article.html"), NAME) == read("2018-05-16-article.html")
    assert article_page(saved("2018-05-16-article.html"), Name("99999999999999")).title


def test_the_text_is_cut_out_as_it_stands_without_what_the_page_put_into_it() -> None:
    content = read("2026-08-19-article.html").content

    assert "?a=1&copy=3" in content
    for foreign in ("toplink", "手机开户", "点此看行情", "iframe", "script", "责任编辑", "文章主体"):
        assert foreign not in content
    assert "<p></p>" not in content, "a paragraph that held an advertisement alone goes with it"
    assert not body.faults(body.normalise(plain(content)))


def test_the_plain_form_has_the_words_and_no_link_around_a_stock() -> None:
    text = plain(read("2026-08-19-article.html").content)

    assert text.startswith("<p>　　青禾股份（699001）昨日说，茶园今年的业绩好于去年，亩产&gt;80公斤。</p><center>")
    assert '青禾股份的<a href="http://example.org/report">报告</a>还说，<span style="color:#f00;">明年</span>' in text
    assert text.endswith('<p class="em_media">（文章来源：青禾晚报）</p>')


def test_an_abstract_before_the_text_is_not_the_text() -> None:
    assert "摘要" not in read("2018-05-16-article.html").content
    assert "<table" in read("2018-05-16-article.html").content


@pytest.mark.parametrize(
    "head",
    [
        "<h1>题<b>目</b></h1><table><tr><td>2018-05-16 10:12:30</td><td>来源：青禾晚报</td></tr></table>",
        '<div class="title">题目</div><p class="pub">2018年05月16日 10:12 | 来源：青禾晚报 | 编辑：某某</p>',
        "<h1>题目</h1><span>青禾晚报</span>",
    ],
)
def test_time_and_newspaper_are_found_between_title_and_text_in_whatever_they_stand(head: str) -> None:
    old = "<div>2010年01月01日 00:00</div>"
    page = f'<body>{old}{head}<div class="Body"><p>正文。</p></div>{old}</body>'.encode()
    if "2018" in head:
        read = article_page(page, NAME)
        assert (read.title.replace(" ", ""), read.newspaper, read.content) == ("题目", "青禾晚报", "<p>正文。</p>")
        assert read.date.startswith("2018")
    else:
        with pytest.raises(NotUnderstoodError, match="no time"):
            article_page(page, NAME)


# -- pages that are none -----------------------------------------------------------------------------------------------


def test_the_publishers_page_for_nothing_says_there_is_no_article() -> None:
    with pytest.raises(NoArticleError, match="no such page"):
        article_page(saved("2026-08-19-article-missing.html"), NAME)


def test_a_shell_holds_no_text() -> None:
    with pytest.raises(NoArticleError, match="shell"):
        article_page(saved("2026-08-19-article-shell.html"), NAME)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (saved("2026-08-19-article-login-wall.html"), r"\(login wall\)"),
        (saved("2026-08-19-share-login-wall.html"), r"\(login wall\)"),
        (saved("2026-08-19-share-maintenance.html"), r"\(maintenance\)"),
        ("<html><body><h1>系统维护中</h1></body></html>".encode(), r"\(maintenance\)"),
        (b"", "an empty answer"),
        (b"{}", "no HTML"),
        (bytes(range(256)), "no UTF-8"),
        (b"<html><body><p>x</p></body></html>", "no layout"),
        (saved("2022-03-01-post-newspaper.html"), "another article's"),
        ("<div id='ContentBody'><p>正文</p></div>".encode(), "a text, but no title and no time"),
        ("<h1>题</h1><div id='ContentBody'><p>正文</p></div>".encode(), "a text, but no time"),
        ("<h1>题</h1><div class='infos'></div><div id='ContentBody'> </div>".encode(), "no layout"),
    ],
)
def test_what_is_no_article_is_named_as_what_it_is(content: bytes, why: str) -> None:
    with pytest.raises(NotUnderstoodError, match=why) as caught:
        article_page(content, NAME)

    assert len(str(caught.value)) < 200


def test_another_articles_page_is_refused() -> None:
    with pytest.raises(NotUnderstoodError, match=r"another article's \(202608193344556677\)"):
        article_page(saved("2026-08-19-article.html"), Name("202608193344556678"))


def test_an_element_that_is_commented_out_is_not_the_text() -> None:
    page = saved("2026-08-19-article.html").decode()
    twice = page.replace("<body>", '<body><!-- <div id="ContentBody"><p>旧稿</p></div> -->')

    assert article_page(twice.encode(), NAME) == article_page(page.encode(), NAME)


PIECES = [
    *('<div class="title">', '<div class="infos"><div>2026年08月19日 17:46</div>', '<div id="ContentBody">', "</div>"),
    *('<div class="newsContent">', '<div class="Body">', "<h1>", "</h1>", "<p>", "</p>", "文", '<a class="toplink">'),
    *("</a>", '<span id="quote_1">', '<span id="stock_1">', "</span>", "<script>", "</script>", "<!--", "-->", "<"),
    *("<iframe>", ">", '"', "\x00", "　", '<p class="res-edit">'),
]


@QUICK
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join))
@example("<!doctype html><![CDATA[")
@example("<div id=ContentBody>" * 3000 + "x")
def test_no_page_whatever_raises_anything_but_a_refusal(text: str) -> None:
    try:
        page = article_page(text.encode(errors="replace"), NAME)
    except Refused:
        return
    assert page.title
    assert page.date
    assert body.has_substance(page.content)


@QUICK
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_cut_of_a_page_raises_anything_but_a_refusal(text: str) -> None:
    page = saved("2026-08-19-article.html").decode()
    for place in (page.index("<p>"), page.index("</center>"), page.index("infos")):
        with_soup = page[:place] + text + page[place:]
        try:
            assert article_page(with_soup.encode(), NAME).title
        except Refused:
            continue
