"""The rich form made plain, and a text rid of what its page put into it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.replica.compose import compose
from newsarchive.source.richform import plain, text_alone

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
TAGS = [
    *('<span id="stock_1.1">', '<span id="quote_1.1">', '<span id="Info.1">', "<span>", "</span>", "</SPAN>", "</a>"),
    *(
        '<span web="1" class="em_stock_key_common">',
        '<a class="keytip" href="x">',
        '<a href="y">',
        '<a class="toplink">',
    ),
    *("<p>", "</p>", "文", "<", ">", "　"),
]


@pytest.mark.parametrize(
    ("rich", "text"),
    [
        ("<p>没有链接</p>", "<p>没有链接</p>"),
        (
            '<span id="stock_1.6"><a class="keytip" data-code="1,6">巨石</a></span><span id="quote_1.6"></span>',
            "巨石",
        ),
        (
            '一<span id="bk_90.BK0493"><a class=\'keytip\'>板块</a></span><span id="bkquote_90.BK0493">1.2%</span>二',
            "一板块二",
        ),
        ('<span id="Info.116.00700"><a href="#" class="infokey">术语</a></span>', "术语"),
        ('<span web="1" href="#" class="em_stock_key_common" data-code="1">再提</span>', "再提"),
        (
            '<span style="color:red">红<span id="stock_1"><a class="keytip">字</a></span></span>',
            '<span style="color:red">红字</span>',
        ),
        ('<a href="http://a/">普通链接</a>', '<a href="http://a/">普通链接</a>'),
        (
            '<a class="EmImageRemark" href="#"><img src="x" /></a>',
            '<a class="EmImageRemark" href="#"><img src="x" /></a>',
        ),
        ('<span id="quote_1">没有收尾', '<span id="quote_1">没有收尾'),
        ("</span></a>", "</span></a>"),
    ],
)
def test_links_around_stocks_boards_and_terms_go_and_their_text_stays(rich: str, text: str) -> None:
    assert plain(rich) == text


def test_the_rich_form_of_every_composed_article_becomes_its_plain_one() -> None:
    forms = [(piece.content, piece.text) for piece in compose() if not piece.oddity]
    different = [text for rich, text in forms if plain(rich) != text.replace("\r\n ", "")]

    assert len(forms) > 100
    assert different == []


@QUICK
@given(st.lists(st.sampled_from(TAGS), max_size=25).map("".join))
def test_the_plain_form_is_its_own_plain_form_and_loses_no_word(rich: str) -> None:
    once = plain(rich)

    assert once.count("文") <= rich.count("文")
    if "quote" not in rich:
        assert once.count("文") == rich.count("文")
    assert plain(once).count("文") == once.count("文")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("\r\n<!--文章主体-->\r\n<p>一</p>\r\n", "<p>一</p>"),
        ('<p><a class="toplink" href="#">广告</a></p><p>一</p>', "<p>一</p>"),
        ('<p>一<a href="#" class="x toplink">广告</a></p>', "<p>一</p>"),
        ('<p>一</p><p class="res-edit">（责任编辑：某）</p>', "<p>一</p>"),
        ("<p>一<script>if (a < b) x('</p>');</script></p>", "<p>一</p>"),
        ('<div class="b-review"><div>摘要</div>二</div><p>一</p>', "<p>一</p>"),
        ('<p>一</p><div class="reading">阅读', '<p>一</p><div class="reading">阅读'),
        ("<!-- EM_StockImg_Start --><p>一</p>", "<!-- EM_StockImg_Start --><p>一</p>"),
        ("<p></p><p>一</p>", "<p></p><p>一</p>"),
        ("<h1>一</h1>", "<h1>一</h1>"),
    ],
)
def test_what_the_page_put_into_a_text_goes(content: str, text: str) -> None:
    assert text_alone(content) == text


def test_a_head_goes_only_where_the_text_shares_its_element_with_it() -> None:
    content = '<h1>题</h1><div class="Info"><div>2017</div></div><p>一</p>'

    assert text_alone(content, with_head=True) == "<p>一</p>"
    assert text_alone(content) == content
