"""The posts, letter by letter, and what the mirror makes of a post's date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from newsarchive.replica.piece import CHINA, Era, Piece

NUMBER = "202203022342650000"
PAPER = Piece(
    number=NUMBER,
    rolling=False,
    newspaper="安信国际证券(香港)",
    title="澜川科技：“三号”产线投产",
    published=datetime(2022, 3, 2, 18, 12, 37, tzinfo=CHINA),
    text="<p>　　第一段。 </p>\r\n <p>　　第二段，　一个空格。 </p>"
    '<p class="em_media">（文章来源：安信国际证券(香港)）</p>',
    content='<p>　　<span id="stock_1.699001">第一段</span>。</p>',
    link=f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW{NUMBER}",
)
ROLLING = replace(
    PAPER,
    rolling=True,
    digest="澜川科技公告，“三号”产线投产。（财联社）",
    link=f"http://finance.eastmoney.com/news/1353,{NUMBER}.html",
)


def test_a_newspapers_post() -> None:
    assert PAPER.post().decode() == (
        "---\n"
        "layout: post\n"
        'title: "澜川科技：“三号”产线投产"\n'
        "date: 2022-03-02 18:12:37 +0800\n"
        "categories: anxinguojizhengquan(xianggang)\n"
        "tags: 安信国际证券(香港)新闻\n"
        "---\n"
        "<p>第一段。 </p>\n"
        ' <p>第二段，　一个空格。 </p><p class="em_media">（文章来源：安信国际证券(香港)）</p>\n'
        "\n"
        "<http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203022342650000>\n"
        "\n"
        "[返回安信国际证券(香港)新闻](//finews.withounder.com/category/anxinguojizhengquan(xianggang).html)"
        "｜[返回首页](//finews.withounder.com/)"
    )


def test_a_rolling_post_has_digest_and_rich_body_and_its_own_link() -> None:
    assert ROLLING.post().decode() == (
        "---\n"
        "layout: post\n"
        'title: "澜川科技：“三号”产线投产"\n'
        "date: 2022-03-02 18:12:37 +0800\n"
        "categories: emnews\n"
        "tags: 东财滚动新闻\n"
        "---\n"
        "> 澜川科技公告，“三号”产线投产。（财联社）\n"
        "\n"
        '<p><span id="stock_1.699001">第一段</span>。</p>\n'
        "\n"
        "<http://finance.eastmoney.com/news/1353,202203022342650000.html>\n"
        "\n"
        "[返回东财滚动新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)"
    )


def test_a_post_of_december_2021_is_a_digest_without_a_zone() -> None:
    assert replace(ROLLING, era=Era.DECEMBER).post().decode() == (
        "---\n"
        "layout: post\n"
        'title: "澜川科技：“三号”产线投产"\n'
        "date: 2022-03-02 18:12:37\n"
        "categories: emnews\n"
        "tags: 东财滚动新闻\n"
        "---\n"
        "\n"
        "澜川科技公告，“三号”产线投产。（财联社）\n"
        "\n"
        "<http://finance.eastmoney.com/news/1353,202203022342650000.html>\n"
        "\n"
        "[返回东财滚动新闻](../emnews/)\n"
        "[返回首页](../)"
    )


def test_some_of_them_end_with_their_link() -> None:
    assert replace(ROLLING, era=Era.DECEMBER_BARE).post().endswith(b",202203022342650000.html>\n")
    assert replace(ROLLING, era=Era.DECEMBER_ZONED).post().endswith(b",202203022342650000.html>")
    assert b"date: 2022-03-02 18:12:37 +0800\n" in replace(ROLLING, era=Era.DECEMBER_ZONED).post()


def test_some_of_them_begin_with_an_empty_line() -> None:
    assert replace(ROLLING, era=Era.BLANK_FIRST_LINE).post().startswith(b"\n---\nlayout: post\n")


def test_a_post_without_title_and_date_has_neither_in_its_file_name() -> None:
    nameless = replace(ROLLING, era=Era.NAMELESS, title="", link="")

    assert nameless.file_name == "-202203022342650000.md"
    assert nameless.post().startswith(b'---\nlayout: post\ntitle: ""\ndate:  +0800\ncategories: emnews\n')
    assert b"\n\n<>\n\n" in nameless.post()


def test_the_file_is_named_after_day_and_article() -> None:
    assert PAPER.file_name == "2022-03-02-NW202203022342650000.md"
    assert ROLLING.file_name == "2022-03-02-202203022342650000.md"
    assert ROLLING.relative_path == "_posts/2022/03/2022-03-02-202203022342650000.md"


def test_the_mirror_does_not_escape_a_title_an_archive_must() -> None:
    quoted = replace(PAPER, title='"甲"与C:\\乙')

    assert b'\ntitle: ""' in quoted.post()
    assert '\ntitle: "\\"甲\\"与C:\\\\乙"\n' in quoted.archived().decode()
    assert PAPER.archived() == PAPER.post()


def test_three_ideographic_spaces_lose_a_pair() -> None:
    assert replace(PAPER, text="<p>　　　三</p>").body == "<p>　三</p>"


def test_jekyll_takes_a_date_without_a_zone_for_greenwich() -> None:
    assert replace(ROLLING, era=Era.DECEMBER).shown == datetime(2022, 3, 3, 2, 12, 37, tzinfo=CHINA)
    assert ROLLING.shown == ROLLING.published


def test_an_article_lives_three_days_to_the_second() -> None:
    assert not PAPER.expired(PAPER.published + timedelta(days=3, seconds=-1))
    assert PAPER.expired(PAPER.published + timedelta(days=3))
