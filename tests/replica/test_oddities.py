"""Every oddity is there, and looks as the description of the source says."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from newsarchive.replica import pages, share
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.oddities import ODDITIES
from newsarchive.replica.piece import Piece, named
from newsarchive.replica.site import Site

PIECES = compose()
SITE = Site(tuple(PIECES), NOW)
HOME = pages.home(SITE).decode()


def one(oddity: str) -> Piece:
    return named(PIECES, oddity)[0]


def page_of(piece: Piece) -> str:
    return pages.post(SITE, piece).decode()


def said_of(piece: Piece) -> dict[str, object]:
    said: dict[str, object] = json.loads(share.answer(piece))
    return said


def listed_on(path: str) -> list[str]:
    content = pages.page(SITE, path)
    assert content is not None, path
    return re.findall(r'<li><a href="([^"]*)"', content.decode())


@pytest.mark.parametrize("oddity", ODDITIES)
def test_every_oddity_is_in_the_default_composition(oddity: str) -> None:
    assert len(named(PIECES, oddity)) == (2 if oddity == "both-forms" else 1)


def test_no_piece_is_odd_in_a_way_nobody_describes() -> None:
    assert {piece.oddity for piece in PIECES} - {""} == {*ODDITIES}
    assert all(ODDITIES.values())


@pytest.mark.parametrize(
    ("oddity", "path", "headings"),
    [
        ("space-in-name", "/21shijijingjibaodao/21caijingapp/", ["21世纪经济报道", "21财经APP新闻"]),
        ("two-spaces-in-name", "/21shijijingjibaodao/nancailicaitong/", ["21世纪经济报道", "南财理财通新闻"]),
        ("upper-case-name", "/career/in/touxingpevc/", ["Career", "In", "投行PEVC新闻"]),
        ("parentheses-in-name", "/anxinguojizhengquan(xianggang)/", ["安信国际证券(香港)新闻"]),
        ("techweb-upper", "/techweb/", ["TechWeb新闻"]),
        ("techweb-lower", "/techweb/", ["Techweb新闻"]),
    ],
)
def test_jekyll_splits_a_name_at_its_spaces_and_lowers_its_path(oddity: str, path: str, headings: list[str]) -> None:
    piece = one(oddity)

    assert SITE.url(piece).startswith(f"{path}{piece.published:%Y/%m/%d}/")
    for heading in headings:
        assert f'<h2 id="{heading}">{heading}</h2>' in HOME
    assert f"<em>{'</em> - <em>'.join(headings)}</em>" in page_of(piece)


@pytest.mark.parametrize("oddity", ["space-in-name", "two-spaces-in-name", "upper-case-name"])
def test_the_category_page_of_a_name_with_spaces_is_empty(oddity: str) -> None:
    assert listed_on(f"/category/{one(oddity).category}.html") == []


def test_the_page_of_the_first_half_holds_the_posts_of_all_who_share_it() -> None:
    listed = listed_on("/category/21shijijingjibaodao.html")

    names = {piece.newspaper for piece in PIECES if SITE.url(piece) in listed}
    assert names == {"21世纪经济报道", "21世纪经济报道 21财经APP", "21世纪经济报道  南财理财通"}


def test_two_categories_share_a_path_but_no_list() -> None:
    upper, lower = listed_on("/category/TechWeb.html"), listed_on("/category/Techweb.html")

    assert upper
    assert lower
    assert not {*upper} & {*lower}


def test_a_blank_heading() -> None:
    content = pages.page(SITE, f"/category/{one('blank-heading').category}.html")

    assert content is not None
    assert b'<h2 id=""></h2>' in content
    assert b"<li>" in content


def test_a_body_that_stands_twice_in_its_page() -> None:
    piece = one("body-twice")
    page = page_of(piece)
    lead = re.search(r"<p>([^<]+)</p>", piece.body)

    assert lead is not None
    assert page.count(lead[0]) == 2
    assert page.index(lead[0]) < page.index("</head>")


def test_both_time_stamps() -> None:
    old = one("old-time-stamp")

    assert f"<small>(GMT+8, Asia/Shanghai, CST) {old.published:%Y-%m-%d %H:%M:%S}</small>" in page_of(old)
    new = one("emoji-in-title")
    assert f"<small>[GMT+8, Asia/Shanghai, CST] {new.published:%Y-%m-%d %H:%M:%S} &nbsp; </small>" in page_of(new)


@pytest.mark.parametrize("oddity", ["quote-in-title", "backslash-in-title"])
def test_broken_yaml_leaves_a_page_in_no_list_but_the_feed(oddity: str) -> None:
    piece = one(oddity)
    page = page_of(piece)

    assert SITE.url(piece) == f"/2022/03/03/{piece.published:%Y-%m-%d}-{piece.code}.html"
    assert page.startswith("<p>")
    assert "<h1>" not in page
    assert piece.code not in HOME
    assert listed_on(f"/category/{piece.category}.html") == []
    assert SITE.url(piece) in pages.feed(SITE).decode()
    assert said_of(piece)["Title"] == piece.title


def test_the_address_of_broken_yaml_moves_with_the_build() -> None:
    piece = one("quote-in-title")
    evening = piece.published.replace(hour=23)

    assert Site(tuple(PIECES), evening).url(piece).startswith(f"/{piece.published:%Y/%m/%d}/")


def test_a_nameless_post_is_nowhere() -> None:
    number = one("nameless").number

    assert not any(number.encode() in (pages.page(SITE, unquote(path)) or b"") for path in pages.paths(SITE))


def test_front_matter_after_an_empty_line_is_text() -> None:
    piece = one("blank-first-line")

    assert SITE.url(piece) == f"/{piece.published:%Y/%m/%d}/{piece.number}.html"
    assert page_of(piece).startswith("\n<hr />\n<p>layout: post\n")
    assert piece.number not in HOME


@pytest.mark.parametrize(
    ("oddity", "late", "back"),
    [
        ("digest-only", 8, '<a href="../emnews/">返回东财滚动新闻</a>\n<a href="../">返回首页</a>'),
        ("digest-only-no-back-links", 8, ""),
        ("digest-only-with-zone", 0, ""),
    ],
)
def test_a_digest_only_post_is_a_plain_paragraph_without_text_at_the_share_host(
    oddity: str, late: int, back: str
) -> None:
    piece = one(oddity)
    page = page_of(piece)

    assert f" {piece.published + timedelta(hours=late):%H:%M:%S} &nbsp; </small>" in page
    assert f'<p>{piece.digest}</p>\n\n<p><a href="{piece.link}">{piece.link}</a></p>\n' in page
    assert back in page
    assert ("返回首页" in page) == bool(back)
    assert said_of(piece)["text"] == said_of(piece)["content"] == ""
    assert said_of(piece)["Date"] == f"{piece.published:%Y-%m-%d %H:%M:%S}"


def test_the_page_is_the_only_road_to_what_the_share_host_does_not_know() -> None:
    piece = one("unknown-to-share-host")

    assert said_of(piece) == {}
    assert share.page(piece) == share.SHELL
    assert "<p>" in page_of(piece)


def test_a_share_page_with_the_text_where_the_json_is_empty() -> None:
    piece = one("text-in-share-page")

    assert said_of(piece)["text"] == ""
    assert piece.text in share.page(piece).decode()


def test_liquid_is_eaten_on_the_page_and_exact_in_the_json() -> None:
    piece = one("liquid-in-body")

    assert "报价单写作  元，含税。" in page_of(piece)
    assert "报价单写作 {{ price }} 元，{% comment %}待核{% endcomment %}含税。" in str(said_of(piece)["text"])


def test_an_indent_of_four_spaces_is_code_on_the_page() -> None:
    piece = one("indented-code")

    assert "\n    <p>附注" in piece.body
    assert "<code>&lt;p&gt;附注" in page_of(piece)


@pytest.mark.parametrize(
    ("oddity", "sign"),
    [
        ("emoji-in-title", "🚀"),
        ("colon-in-title", "快讯: "),
        ("ampersand-in-title", "R&D"),
        ("less-than-in-title", "<0.5%"),
    ],
)
def test_a_title_stands_unescaped_on_every_page(oddity: str, sign: str) -> None:
    piece = one(oddity)

    assert sign in piece.title
    assert f"<h1>{piece.title}</h1>" in page_of(piece)
    assert f'.html">{piece.title}</a></li>' in HOME


def test_a_title_that_begins_with_a_dash() -> None:
    assert one("dash-in-title").title.startswith("- ")


def test_one_number_in_both_forms() -> None:
    paper, rolling = sorted(named(PIECES, "both-forms"), key=lambda piece: piece.rolling)

    assert paper.number == rolling.number
    assert paper.category != rolling.category == "emnews"
    assert share.answer(paper) == share.answer(rolling)


def test_rolling_news_of_hong_kong() -> None:
    piece = one("hong-kong-link")

    assert piece.link == f"http://hk.eastmoney.com/news/1533,{piece.number}.html"


def test_rolling_news_without_the_rich_form() -> None:
    said = said_of(one("rolling-without-content"))

    assert "content" not in said
    assert said["text"]


def test_a_digests_straight_quotes_are_curly_on_the_page() -> None:
    piece = one("straight-quotes-in-digest")

    assert '"关键词"是产能...' in piece.digest
    assert "”关键词”是产能…" in page_of(piece)  # kramdown opens a quote only after a space


def test_three_ideographic_spaces() -> None:
    piece = one("three-ideographic-spaces")

    assert "<p>　　　三个" in piece.text
    assert "<p>　三个" in piece.body


def test_the_small_hours_belong_to_their_own_day() -> None:
    piece = one("small-hours")

    assert f"{piece.published:%H:%M:%S %z}" == "00:20:01 +0800"
    assert f"/{piece.published:%Y/%m/%d}/" in SITE.url(piece)


@pytest.mark.parametrize(
    ("oddity", "form"),
    [
        ("date-with-slashes", r"2022/03/0\d \d\d:\d\d:\d\d"),
        ("date-with-t", r"2022-03-0\dT\d\d:\d\d:\d\d"),
    ],
)
def test_other_forms_of_the_date(oddity: str, form: str) -> None:
    assert re.fullmatch(form, str(said_of(one(oddity))["Date"]))
