"""The publisher's own lists: what a page of them says, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsarchive.article import ROLLING_TAG, Name, Refused
from newsarchive.source.eastmoney import Column, Question, columns, page
from newsarchive.source.lists import Listed
from newsarchive.source.understanding import NotUnderstoodError

# Composed in the shapes of 2023 to 2026; valid from no later than 2023 on.
FIXTURES = Path(__file__).parents[1] / "fixtures"
COLUMNS = (FIXTURES / "2026-08-19-columns.json").read_bytes()
FAST = (FIXTURES / "2026-08-19-fast-news.json").read_bytes()
PAPERS, ROLLING = Question(Column("350"), 50), Question(Column("102", rolling=True), 200)
BEHIND = {PAPERS: Question(Column("350"), 50, index=3), ROLLING: Question(ROLLING.column, 200, after="17")}


def changed(content: bytes, **changes: Any) -> bytes:
    """Give a fixture with its first entry's fields changed; a field of None is taken out."""
    answer = json.loads(content)
    entries = answer["data"].get("list") or answer["data"]["fastNewsList"]
    for key, value in changes.items():
        entries[0].pop(key, None) if value is None else entries[0].update({key: value})
    return json.dumps(answer).encode()


def test_a_column_gives_newspapers_articles_with_the_mirrors_tags() -> None:
    found = page(COLUMNS, PAPERS)
    first, second, third = found.items
    assert first.sighting.link.name == Name("202608193840001200")
    assert (first.sighting.link.path, first.sighting.link.day) == ("", date(2026, 8, 19))
    assert first.sighting.tags == ("科技日报新闻",)
    assert first.sighting.listed == Listed(
        url="http://finance.eastmoney.com/a/202608193840001200.html", date="2026-08-19 17:46:05", newspaper="科技日报"
    )
    assert f"{first.shown:%Y-%m-%d %H:%M:%S %z}" == "2026-08-19 17:46:05 +0800"
    assert second.sighting.link.title == "两部门： 完善茶叶标准"
    assert second.sighting.tags == ("21世纪经济报道  南财理财通新闻",)
    assert third.sighting.tags == ("安信国际证券(香港)新闻",)


def test_what_is_no_article_in_a_list_is_named_and_left_out() -> None:
    (sentence,) = page(COLUMNS, PAPERS).refused
    assert sentence.startswith("the entry 'zt_2026_tea' ('专题：茶叶') is no article's: ")


def test_an_entry_that_lacks_a_field_hides_no_other() -> None:
    for changes, why in (
        ({"mediaName": None}, "(202608193840001200) has no mediaName"),
        ({"title": ["x"]}, "'title' is a list"),
        ({"showTime": "gestern"}, "is no article's: "),
    ):
        found = page(changed(COLUMNS, **changes), PAPERS)
        assert len(found.items) == 2
        assert why in found.refused[0]


def test_the_rolling_news_gives_digest_and_place_to_go_on_from() -> None:
    found = page(FAST, ROLLING)
    first, second = found.items
    assert first.sighting.link.name == Name("202608193840001300", rolling=True)
    assert first.sighting.tags == (ROLLING_TAG,)
    assert first.sighting.listed == Listed(
        digest="青禾股份公告，与棠溪食品签订框架协议。（科技日报）", date="2026-08-19 17:50:11"
    )
    assert second.sighting.listed is not None
    assert second.sighting.listed.digest == "没有方括号的 一条快讯。"
    assert found.after == "1787132880001250"


def test_an_entrys_own_address_is_kept() -> None:
    own = "http://hk.eastmoney.com/news/1533,202608193840001300.html"
    listed = page(changed(FAST, url=own), ROLLING).items[0].sighting.listed
    assert listed is not None
    assert listed.url == own
    strange = page(changed(FAST, url="javascript:x()", uniqueUrl=own), ROLLING).items[0].sighting.listed
    assert strange is not None
    assert strange.url == own


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "an empty answer"),
        ("<html><h1>系统维护中</h1></html>".encode(), "no JSON; it is a page headed '系统维护中'"),
        (b"[]", "another kind"),
        (b'{"code": "0"}', "no data.list"),
        (b'{"code": "1", "data": null}', "no data.list"),
        (b'{"code": "1", "data": {"list": null}}', "no data.list"),
        (b'{"code": "1", "data": {"list": []}}', "always has articles"),
        (b'{"code": "-1", "message": "limited", "data": {"list": []}}', "code '-1' ('limited')"),
        (b'{"code": "1", "data": {"list": ["x"]}}', "an entry of the list is a str"),
        (b'{"code": "1", "data": {"list": [{"code": "zt"}]}}', "no title, showTime, mediaName"),
    ],
)
def test_what_is_no_column_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        page(content, PAPERS)
    assert why in str(caught.value)


def test_a_list_without_any_article_is_refused_as_a_whole() -> None:
    answer = json.loads(COLUMNS)
    answer["data"]["list"] = answer["data"]["list"][2:3]
    with pytest.raises(NotUnderstoodError, match="none of the list's 1 entries is an article"):
        page(json.dumps(answer).encode(), PAPERS)


def test_rolling_news_that_does_not_say_where_it_goes_on_is_refused() -> None:
    answer = json.loads(FAST)
    del answer["data"]["sortEnd"]
    with pytest.raises(NotUnderstoodError, match="sortEnd"):
        page(json.dumps(answer).encode(), ROLLING)


@pytest.mark.parametrize("key", ["list", "fastNewsList"])
@pytest.mark.parametrize("empty", [b"[]", b"null"])
def test_behind_the_end_of_a_list_is_nothing(key: str, empty: bytes) -> None:
    question = BEHIND[PAPERS if key == "list" else ROLLING]
    assert page(b'{"code": "1", "data": {"%s": %s}}' % (key.encode(), empty), question).items == ()


@pytest.mark.parametrize("question", [PAPERS, ROLLING, *BEHIND.values()])
def test_a_question_is_read_back_from_its_address_on_any_host(question: Question) -> None:
    url = question.url("http://127.0.0.1:1/below/", "http://127.0.0.1:2/")
    assert Question.of_url(url) == question
    assert Question.of_url(url.replace("/comm/", "/other/")) is None


def test_the_address_is_the_one_public_code_asks() -> None:
    url = PAPERS.url("https://np-listapi.eastmoney.com/", "https://np-weblist.eastmoney.com/")
    assert url == (
        "https://np-listapi.eastmoney.com/comm/web/getNewsByColumns?client=web&biz=web_news_col&column=350&order=1"
        "&needInteractData=0&page_index=1&page_size=50&req_trace=newsarchive"
    )


def test_columns_are_numbers_and_rolling_ones_say_so() -> None:
    assert [str(column) for column in columns("350, 344,fast:102 350")] == ["350", "344", "fast:102"]
    for wrong in ("", "350;344", "fast", "fast:", "x"):
        with pytest.raises(Refused, match="column"):
            columns(wrong)
