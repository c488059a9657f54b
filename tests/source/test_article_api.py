"""The publisher's article API: an answer of it, and what is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsarchive.article import Name
from newsarchive.source.article_api import article_answer, article_api_url
from newsarchive.source.richform import plain
from newsarchive.source.understanding import NoArticleError, NotUnderstoodError

# Composed in the shape of 2023 to 2026.
CONTENT = (Path(__file__).parents[1] / "fixtures" / "2026-08-19-article-api.json").read_bytes()
NAME = Name("202608193840001200")


def with_data(**changes: Any) -> bytes:
    answer = json.loads(CONTENT)
    answer["data"] |= changes
    return json.dumps(answer).encode()


def test_an_answer_gives_title_time_newspaper_and_the_rich_text() -> None:
    found = article_answer(CONTENT, NAME)
    assert (found.title, found.date, found.newspaper) == (
        "穹石新材：新建产线已进入调试",
        "2026/08/19 17:46:05",
        "科技日报",
    )
    assert plain(found.content) == (
        '<p>　　穹石新材在互动平台表示，新建产线已进入调试。</p><p class="em_media">（文章来源：科技日报）</p>'
    )


@pytest.mark.parametrize("data", ["null", "{}", "[]", '""'])
def test_that_it_knows_no_article_is_no_error(data: str) -> None:
    with pytest.raises(NoArticleError, match="does not know"):
        article_answer(f'{{"code": "0", "data": {data}}}'.encode(), NAME)


def test_an_article_without_text_is_none() -> None:
    with pytest.raises(NoArticleError, match="no text"):
        article_answer(with_data(Art_Content=" "), NAME)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<html><h1>系统维护中</h1></html>".encode(), "no JSON"),
        (b'{"code": "1"}', "no data"),
        (b'{"data": {"Art_Title": "x"}}', "it lacks Art_Content, Art_ShowTime"),
        (b'{"data": "x"}', "lacks everything"),
        (with_data(Art_Content=["<p>x</p>"]), "'Art_Content' is a list"),
        (with_data(Art_Code="202608193840009999"), "another article (202608193840009999)"),
    ],
)
def test_what_is_no_answer_of_the_api_is_named(content: bytes, why: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        article_answer(content, NAME)
    assert why in str(caught.value)


def test_the_question_says_which_form_it_is_for() -> None:
    rolling = Name(NAME.number, rolling=True)
    base = "https://newsinfo.eastmoney.com/"
    assert article_api_url(base, NAME) == f"{base}kuaixun/v2/api/article/{NAME.number}?guid=NW{NAME.number}"
    assert article_api_url(base, rolling) == f"{base}kuaixun/v2/api/article/{NAME.number}?guid={NAME.number}"
