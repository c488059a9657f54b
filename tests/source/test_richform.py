"""The rich form made plain, and a text rid of what its page put into it."""

from __future__ import annotations

from time import process_time_ns

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


PICTURE = '<img src="https://a.example/1.jpg" class="em_handle_adv_close" />'


@pytest.mark.parametrize(
    "advertisement",
    [
        f'<p style="text-align:center;"><a href="https://a.example/"><strong>{PICTURE}</strong></a></p>',
        f"<center>{PICTURE}</center>",
        PICTURE,
        '<p><a class="em_handle_adv_close" href="https://a.example/">开户</a></p>',
        '<p><a href="http://acttg.eastmoney.com/pub/x_1">手机开户</a></p>',
        "<a href=//ACTTG.eastmoney.com/pub/x_1 target=_blank>手机开户</a>",
        '<p>&nbsp;<a href="https://acttg.eastmoney.com/x?a=1&b=2"><img src="https://a.example/2.jpg"></a><br /></p>',
        '<p><a class="toplink" href="#">广告</a></p>',
        '<!-- 正文中部 内嵌广告 --><div class="ad_context3"></div>',
        '<div id="ad_context" data-x="y"><div>广告</div><p>多行</p></div>',
        '<div class="x em_xuangu"><a href="#">选股</a></div>',
        "<span id='em_zwad'>广告</span>",
        "<div class=ad>广告</div>",
        "<ins class='adsbygoogle'>广告</ins>",
        "<p>　　在东方财富看资讯行情，选东方财富证券一站式开户交易&gt;&gt;</p>",
        "<p>在东方财富看资讯行情, 选东方财富证券<strong>一站式开户交易>></strong></p>",
        "<p>四大权益礼包，开户即送</p>",
        '<p class="res-edit">（责任编辑：某）</p>',
    ],
)
def test_an_advertisement_goes_with_what_held_nothing_else(advertisement: str) -> None:
    assert text_alone(f"<p>一</p>{advertisement}<p>二</p>") == "<p>一</p><p>二</p>"


@pytest.mark.parametrize(
    "text",
    [
        '<p class="lead ad-free">无广告</p>',
        '<p class="reading-list loading ad2 adv abstracts">一</p>',
        '<p id="ad_contextual" class="toplinks xem_xuangu">一</p>',
        '<a href="https://quote.eastmoney.com/acttg.eastmoney.com">行情</a>',
        '<a href="https://acttg.eastmoney.com.example/">外</a><a href="/acttg.eastmoney.com">相对</a>',
        '<a data-class="toplink" title=\' class="toplink"\' href="#">一</a>',
        "<!-- <a class='toplink'>注</a> --><p>一</p>",
        '<a class="toplink" href="#">没有收尾',
        "<p>在东方财富看资讯行情，选东方财富证券一站式开户交易的客户增加。</p>",
        "<p>他说：“四大权益礼包，开户即送”。</p>",
        "<p></p><p><br></p>",
        '<p style="display:none;height:1px;overflow:hidden;"><br /></p>',
    ],
)
def test_what_only_looks_like_an_advertisement_stays(text: str) -> None:
    assert text_alone(text) == text


def test_a_text_beside_an_advertisement_stays() -> None:
    assert text_alone(f"<p>一{PICTURE}二<a href='//acttg.eastmoney.com/'>开户</a></p>") == "<p>一二</p>"


def test_what_the_share_host_says_keeps_its_advertisements() -> None:
    text = '<p><a class="toplink" href="http://acttg.eastmoney.com/">广告</a></p>'
    assert plain(text) == text


@pytest.mark.parametrize(
    "part",
    [
        *(
            '<span id="quote_1" ',
            '<span id="quote_1">',
            "<span>",
            "<a class='toplink'>",
            "<p>",
            "<p></p>",
            "<ins>",
            "<script>",
        ),
        *(
            "<p><a class='toplink'></a>",
            "<p><b></p>",
            "</b>",
            "<p>\x00",
            "<p> ",
            "<!--",
            "<!-- 文章主体",
            '<p class="ad" ',
            "　",
        ),
    ],
)
@pytest.mark.parametrize("close", ["", "</p>", "</span>"])
def test_time_grows_no_faster_than_the_text(part: str, close: str) -> None:
    def cost(times: int) -> int:
        content = part * times + close * times
        taken = []
        for _ in range(3):
            start = process_time_ns()
            text_alone(content)
            plain(content)
            taken.append(process_time_ns() - start)
        return min(taken)

    small, large = cost(400), cost(3_200)
    assert large < 24 * small + 20_000_000, f"8 times the text takes {large / small:.0f} times as long"
