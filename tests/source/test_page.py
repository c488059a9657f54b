"""A post's page on the mirror, turned back into what it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsarchive.article import Refused
from newsarchive.source.page import PostPage, post_page, turn_back, unmark
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError

FIXTURES = Path(__file__).parents[1] / "fixtures"
QUICK = settings(max_examples=150, derandomize=True, deadline=None)
SHARE = "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW20220301234"


def body(newspaper: str) -> str:
    """The body of the newspapers' saved pages, as the mirror wrote it into the post."""
    return (
        "<p>青禾市一座小型水电站今年的发电量比去年多一成。 </p>\n"
        " <p>站长在电话里说：“雨水多，机器也没坏。”发电量&gt;预期，成本&lt;去年。 </p>"
        f'<p class="em_media">（文章来源：{newspaper}）</p>'
    )


RICH = (
    '<p><span id="stock_1.699001"><a href="http://quote.example.cn/unify/r/1.699001" class="keytip" '
    'data-code="1,699001">青禾股份</a></span><span id="quote_1.699001"></span>(699001)称"新仓库"已经完工。</p>'
    '<!-- EM_StockImg_Start --><p style="text-align:center;"><img '
    'src="https://pic.example.cn/GetPic.aspx?nid=1.699001&imageType=k&copy=3" alt="K图" /></p><!-- EM_StockImg_End -->'
    '<p>仓库有三层，可以放两万箱茶叶...</p><p class="em_media">（文章来源：青禾晚报）</p>'
)


def saved(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def read(name: str, *, rolling: bool = False) -> PostPage:
    return post_page(saved(name), rolling=rolling)


def test_a_newspapers_page_gives_every_part_of_its_post() -> None:
    assert read("2022-03-01-post-newspaper.html") == PostPage(
        title="小水电站的第0个好年头",
        date="2022-03-01 16:20:07",
        tags=("科技日报新闻",),
        category="kejiribao",
        digest="",
        body=body("科技日报"),
        link=f"{SHARE}0000100",
        tag="科技日报新闻",
    )


def test_the_older_time_stamp_is_read_too() -> None:
    assert b"<small>(GMT+8" in saved("2022-03-01-post-old-stamp.html")
    assert read("2022-03-01-post-old-stamp.html").date == "2022-03-01 14:34:07"


def test_a_body_that_stands_twice_in_the_page_is_read_once() -> None:
    page = read("2022-03-01-post-body-twice.html")

    assert saved("2022-03-01-post-body-twice.html").decode().count("<p>青禾市一座小型水电站") == 2
    assert page.body == body("国际金融报")
    assert page.title == "正文出现两次的一页"


def test_a_name_with_two_spaces_keeps_both_though_the_tags_are_split() -> None:
    page = read("2022-03-01-post-two-spaces.html")

    assert page.category == "21shijijingjibaodao  nancailicaitong"
    assert page.tags == ("21世纪经济报道", "南财理财通新闻")
    assert page.tag == "21世纪经济报道  南财理财通新闻"


def test_parentheses_belong_to_category_and_tag() -> None:
    page = read("2022-03-01-post-parentheses.html")

    assert (page.category, page.tag) == ("anxinguojizhengquan(xianggang)", "安信国际证券(香港)新闻")


def test_a_post_without_front_matter_has_a_body_and_what_its_back_link_says() -> None:
    page = read("2022-03-01-post-without-front-matter.html")

    assert (page.title, page.date) == ("", "")
    assert (page.category, page.tags) == ("changjiangshangbao", ("长江商报新闻",))
    assert page.body == body("长江商报")
    assert page.link == f"{SHARE}0000208"


def test_an_empty_title_date_tag_and_link_are_empty_and_no_error() -> None:
    page = read("2022-03-01-post-empty-title-and-date.html")

    assert (page.title, page.date, page.link) == ("", "", "")
    assert page.tags == ("科技日报新闻",)  # of the back link
    assert page.body == body("科技日报")


def test_an_indent_that_became_code_is_markup_again() -> None:
    page = read("2022-03-01-post-indented.html")

    assert "highlighter-rouge" not in page.body
    assert "成本&lt;去年。 </p>\n <p>附注：数据&nbsp;R&D部提供。 </p><p class=" in page.body


def test_a_newspapers_article_may_begin_with_a_quotation() -> None:
    text = saved("2022-03-01-post-newspaper.html").decode()
    quoted = text.replace("<p>青禾市", "<blockquote>\n  <p>题记</p>\n</blockquote>\n\n<p>青禾市", 1)

    page = post_page(quoted.encode(), rolling=False)

    assert page.digest == ""
    assert page.body.startswith("<blockquote>")


def test_a_link_that_ends_the_body_is_not_taken_for_the_source_link() -> None:
    text = saved("2022-03-01-post-newspaper.html").decode()
    more = '<p><a href="http://finance.example.cn/">更多</a></p>'

    head, tail = text.split('<p><a href="http://finews')

    page = post_page(f"{head}{more}{tail[tail.index('</p>') + 4 :]}".encode(), rolling=False)

    assert page.link == ""
    assert page.body.endswith(more)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    page = saved("2022-03-01-post-newspaper.html")

    assert post_page(b"\xef\xbb\xbf" + page.replace(b"\n", b"\r\n"), rolling=False) == post_page(page, rolling=False)


def test_a_rolling_page_gives_digest_link_and_the_body_without_line_ends() -> None:
    page = read("2022-03-01-post-rolling.html", rolling=True)

    assert page.digest == "青禾股份(699001)称”新仓库”已经完工，可以放两万箱茶叶…（青禾晚报 第1条）"
    assert page.link == "http://finance.eastmoney.com/news/1353,202203012340000001.html"
    assert (page.category, page.tags) == ("emnews", ("东财滚动新闻",))
    assert page.body == RICH


def test_a_rolling_page_says_itself_that_it_is_rolling() -> None:
    name = "2022-03-01-post-rolling.html"

    assert read(name, rolling=False) == read(name, rolling=True)


@pytest.mark.parametrize(
    ("name", "text", "category"),
    [
        ("2021-12-08-post-digest-only.html", '青禾茶叶指数升至101.5点，为三年来最高，编制方称"没想到"...', "emnews"),
        ("2021-12-08-post-digest-only-no-back-links.html", "青禾茶叶指数升至101.5点，R&D投入>5%。", ""),
    ],
)
def test_a_post_of_december_2021_is_its_digest_as_it_was_typed(name: str, text: str, category: str) -> None:
    page = read(name, rolling=True)

    assert page.body == text
    assert page.digest == ""
    assert page.category == category
    assert page.tags == ("东财滚动新闻",)
    assert page.link.startswith("http://finance.eastmoney.com/news/11060,2021120822066729")


def test_front_matter_that_became_text_is_front_matter_again() -> None:
    page = read("2021-12-08-post-front-matter-as-text.html", rolling=True)

    assert page.title == "茶叶指数升至三年来最高"
    assert page.date == "2021-12-08 10:46:18"
    assert page.tags == ("东财滚动新闻",)
    assert page.body == "青禾茶叶指数升至101.5点。"


# -- what is no post ---------------------------------------------------------------------------------------------------


def test_the_page_for_what_is_not_there_says_so() -> None:
    with pytest.raises(NoArticleError, match="404"):
        read("2022-03-01-missing.html")


@pytest.mark.parametrize(
    "name",
    [
        *("2022-03-01-home.html", "2022-03-01-category.html", "2022-03-01-rolling.html", "2022-03-01-share-shell.html"),
        *("2026-08-19-share-maintenance.html", "2022-03-01-share-answer.json", "2022-03-01-feed.xml"),
    ],
)
def test_another_page_is_no_posts_page(name: str) -> None:
    with pytest.raises(NotUnderstoodError):
        read(name)


def test_a_number_with_404_in_it_is_no_missing_page() -> None:
    page = saved("2022-03-01-category.html").replace("小水电站".encode(), b"404")

    with pytest.raises(NotUnderstoodError):
        post_page(page, rolling=False)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", b"<p>x</p>", b"<section></section>", b"null"])
def test_what_is_no_page_at_all_is_not_understood(content: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        post_page(content, rolling=False)


# -- anything at all ---------------------------------------------------------------------------------------------------


FRAGMENTS = st.sampled_from(
    [
        *(
            "<p>",
            "</p>\n",
            "<em>",
            "</em>",
            "&amp;",
            "&#",
            "1" * 5000,
            "<pre><code>",
            "</code></pre>",
            "&lt;",
            "“",
            "”",
        ),
        *('<a href="', '">', "</a>", "<ol>", "<li>", "<table>", "-->", "\n", "<blockquote>", "<hr />", "…"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS).map("".join))


@QUICK
@given(text=TEXTS, rolling=st.booleans())
@example(text="<pre><code>&#" + "1" * 5000 + ";</code></pre>", rolling=False)
def test_any_text_is_turned_back_and_nothing_raises(text: str, rolling: bool) -> None:  # noqa: FBT001
    turn_back(text, rolling=rolling)
    unmark(text)


@QUICK
@given(text=TEXTS, rolling=st.booleans())
def test_any_text_in_a_posts_page_is_a_post_or_not_understood(text: str, rolling: bool) -> None:  # noqa: FBT001
    for page in (text, f"<section><h1>{text}</h1>{text}</section>", f'{text}<p><a href="{text}">返回首页</a></p>'):
        try:
            post_page(page.encode("utf-8", "replace"), rolling=rolling)
        except Refused as error:
            assert len(str(error)) < 400  # noqa: PT017


POSTS = sorted(path.name for path in FIXTURES.glob("*-post-*.html"))


@QUICK
@given(
    name=st.sampled_from(POSTS),
    cuts=st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 300), st.binary(max_size=6)), min_size=1, max_size=4),
    rolling=st.booleans(),
)
def test_a_damaged_page_is_a_post_or_not_understood(
    name: str,
    cuts: list[tuple[int, int, bytes]],
    rolling: bool,  # noqa: FBT001
) -> None:
    page = saved(name)
    for place, length, piece in cuts:
        page = page[:place] + piece + page[place + length :]
    try:
        post_page(page, rolling=rolling)
    except Refused as error:
        assert str(error)  # noqa: PT017


@pytest.mark.parametrize("piece", ["<section>", "<p>", "<small>tags:", "<blockquote>", " ", "&amp;", "<a href="])
def test_a_page_of_one_piece_without_end_is_read_in_good_time(piece: str) -> None:
    for page in (f"<section><h1>x</h1>{piece * 3000}</section>", f"<section>{piece * 3000}"):
        try:
            post_page(page.encode(), rolling=True)
        except Refused as error:
            assert str(error)  # noqa: PT017


@pytest.mark.sample
def test_every_page_of_the_sample_is_understood_and_gives_its_posts_body(sample: Path) -> None:
    pages = sorted((sample / "site").rglob("*20*.html"))
    assert len(pages) > 20
    for path in pages:
        rolling = "emnews" in path.parts
        page = post_page(path.read_bytes(), rolling=rolling)
        post = next((sample / "_posts").glob(f"????-??-??-{path.stem}.md")).read_text()
        assert f'title: "{page.title}"' in post, path.name
        assert page.date, path.name
        assert page.tags, path.name
        assert page.body in post, f"{path.name}: {page.body[:80]!r}"
