"""What a composed window of news is made of."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from newsarchive.replica import share
from newsarchive.replica.bodies import Shape
from newsarchive.replica.compose import NOW, compose
from newsarchive.replica.piece import CHINA, Piece, named
from newsarchive.replica.site import Site

# Of all posts and JSON of the default composition. Changes with the prose and with xpinyin's table: put the new one.
POSTS_SHA256 = "b8506e0e694eee217b5ba0f3489610b3366668a6393a15db7ec618130f2517cb"


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return compose()


def test_the_default_composition_is_the_same_on_every_machine_and_python(pieces: list[Piece]) -> None:
    together = hashlib.sha256(b"\0".join(piece.post() + share.answer(piece) for piece in pieces))

    assert together.hexdigest() == POSTS_SHA256


def test_another_seed_gives_other_news() -> None:
    first, second = compose(seed=1, days=1, per_day=12), compose(seed=2, days=1, per_day=12)

    assert not {piece.post() for piece in first} & {piece.post() for piece in second}


def test_no_two_posts_have_one_name(pieces: list[Piece]) -> None:
    twice = [name for name, times in Counter(piece.name for piece in pieces).items() if times > 1]

    assert twice == []


def test_only_the_two_forms_of_one_article_share_a_number_and_a_moment(pieces: list[Piece]) -> None:
    by_number: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_number.setdefault(piece.number, []).append(piece)

    assert len({piece.published for piece in pieces}) == len(by_number)
    for forms in by_number.values():
        if len(forms) > 1:
            paper, rolling = sorted(forms, key=lambda piece: piece.rolling)
            assert (paper.rolling, rolling.rolling) == (False, True)
            assert (paper.title, paper.text, paper.content) == (rolling.title, rolling.text, rolling.content)


def test_everything_is_on_the_mirror_at_eight_in_the_evening_of_the_third_day(pieces: list[Piece]) -> None:
    absent = {piece.oddity for piece in pieces} - {piece.oddity for piece in Site(tuple(pieces), NOW).posts}

    assert absent == {"nameless"}
    assert len(Site(tuple(pieces), NOW).posts) == len(pieces) - 1


def test_some_newspapers_have_more_than_five_articles_some_exactly_five_most_fewer(pieces: list[Piece]) -> None:
    papers = Counter(piece.newspaper for piece in pieces if not piece.rolling)

    assert {name for name, count in papers.items() if count > 5} == {"证券时报", "财联社"}
    assert {name for name, count in papers.items() if count == 5} == {
        "中国证券报",
        "上海证券报",
        "科技日报",
        "每日经济新闻",
    }
    assert sum(count < 5 for count in papers.values()) > 20


def test_the_rolling_news_is_more_than_its_page_shows(pieces: list[Piece]) -> None:
    rolling = [piece for piece in pieces if piece.rolling]

    assert len(rolling) > 20
    assert any(piece.link.startswith("http://finance.eastmoney.com/news/1353,") for piece in rolling)


def test_the_names_have_every_form_the_mirrors_list_has(pieces: list[Piece]) -> None:
    names = {piece.newspaper for piece in pieces}

    assert {"21世纪经济报道 21财经APP", "21世纪经济报道  南财理财通", "安信国际证券(香港)", "CFC大宗商品研究"} <= names
    assert {"Career In 投行PEVC", "TechWeb", "Techweb", "99期货"} <= names


def test_the_categories_are_the_pinyin_of_the_names(pieces: list[Piece]) -> None:
    categories = {piece.newspaper: piece.category for piece in pieces if not piece.rolling}

    assert categories["科技日报"] == "kejiribao"
    assert categories["21世纪经济报道 21财经APP"] == "21shijijingjibaodao 21caijingAPP"
    assert categories["21世纪经济报道  南财理财通"] == "21shijijingjibaodao  nancailicaitong"
    assert categories["安信国际证券(香港)"] == "anxinguojizhengquan(xianggang)"
    assert categories["CFC大宗商品研究"] == "CFCdazongshangpinyanjiu"
    assert categories["Career In 投行PEVC"] == "Career In touxingPEVC"


@pytest.mark.parametrize(
    ("what", "sign"),
    [
        ("paragraphs on lines, indented", " </p>\r\n <p>　　"),
        ("paragraphs joined", "。</p><p>　　"),
        ("a hidden spacer", '<p style="display:none;height:1px;overflow:hidden;"><br /></p>'),
        ("a chart", "<!-- EM_StockImg_Start -->"),
        ("a bare & in an address", "&imageType=k&token="),
        ("a centred picture", "<center><img "),
        ("a caption", '<p style="text-align:center;">生产车间'),
        ("a bold heading", "<p>　　<strong>"),
        ("a line break", "<br />"),
        ("a table", "<table "),
        ("a list", "<ul><li>"),
        ("entities", "&lt;0.5%，&nbsp;"),
        ("the source line", '<p class="em_media">（文章来源：科技日报）</p>'),
    ],
)
def test_the_plain_form_has_every_shape(pieces: list[Piece], what: str, sign: str) -> None:
    assert any(sign in piece.text for piece in pieces if not piece.oddity), what


@pytest.mark.parametrize(
    ("what", "sign"),
    [
        ("a stock", '<span id="stock_1.699'),
        ("its empty quote", '"></span>'),
        ("a later mention", '<span web="1" href="http://quote.eastmoney.com/unify/r/'),
        ("a term", 'class="infokey">公告</a>'),
        ("a link inside the source line", '（文章来源：<span id="bk_90.BK0473"><a href='),
        ("a word split by a span", '"></span>时报）</p>'),
    ],
)
def test_the_rich_form_has_links(pieces: list[Piece], what: str, sign: str) -> None:
    assert any(sign in piece.content for piece in pieces if piece.rolling), what


def test_articles_are_short_and_long(pieces: list[Piece]) -> None:
    paragraphs = [piece.text.count("<p") for piece in pieces if not piece.oddity]

    assert min(paragraphs) <= 3
    assert max(paragraphs) >= 29


def test_a_month_has_the_volume_of_working_days_and_weekends() -> None:
    month = compose(start=date(2022, 3, 1), days=14, per_day=60, odd=False)
    numbers = {(piece.published.date(), piece.number) for piece in month}
    by_day = Counter(day for day, _ in numbers)

    assert by_day[date(2022, 3, 4)] == 60
    assert by_day[date(2022, 3, 5)] == by_day[date(2022, 3, 6)] == 10
    assert len(by_day) == 14


def test_the_oddities_of_a_longer_window_are_on_its_first_three_days() -> None:
    pieces = compose(days=8, per_day=2)

    last = max(piece.published for piece in pieces if piece.oddity)
    assert last < datetime(2022, 3, 4, tzinfo=CHINA)
    assert pieces[-1].published > last + timedelta(days=2)


def test_a_name_nobody_has_is_an_error_and_no_empty_answer(pieces: list[Piece]) -> None:
    with pytest.raises(LookupError, match="no-such-thing"):
        named(pieces, "no-such-thing")


def test_numbers_grow_with_time_and_begin_with_the_day(pieces: list[Piece]) -> None:
    for piece in pieces:
        assert piece.number.startswith(f"{piece.published:%Y%m%d}"), piece.name
        assert len(piece.number) == 18, piece.name
    assert [piece.number for piece in pieces] == sorted(piece.number for piece in pieces)


def test_every_shape_is_thrown() -> None:
    assert {*Shape} == {"plain", "joined", "chart", "pictures", "headed", "table", "list", "entities"}


def test_the_json_is_what_the_share_host_says(pieces: list[Piece]) -> None:
    piece = next(piece for piece in pieces if piece.newspaper == "科技日报")
    said = json.loads(share.answer(piece))

    assert said == {
        "Id": piece.code,
        "Author": [],
        "Date": f"{piece.published:%Y-%m-%d %H:%M:%S}",
        "From": "科技日报",
        "Order": 0,
        "Title": piece.title,
        "docreader": "0",
        "medianame": "科技日报",
        "newsid": piece.number,
        "reletecodes": [],
        "relkey": "",
        "url": f"http://finance.eastmoney.com/a/{piece.number}.html",
        "text": piece.text,
        "content": piece.content,
    }
