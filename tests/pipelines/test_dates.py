"""The dates pipeline: one form of date goes on, and what is no date is dropped by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.exceptions import DropItem

from newsarchive.article import Article, Name
from pipelines.dates import DatesPipeline
from pipelines.refusal import RefusedArticle

ARTICLE = Article(
    name=Name("202203012340764246"),
    title="标题",
    date="",
    category="kejiribao",
    tag="科技日报新闻",
    body="<p>正文</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340764246",
)


@pytest.mark.parametrize(
    "date",
    [
        "2022-03-01 18:12:37 +0800",
        "2022-03-01 18:12:37",
        "[GMT+8, Asia/Shanghai, CST] 2022-03-01 18:12:37 \xa0 ",
        "2022/03/01 18:12:37",
        "2022-03-01T10:12:37Z",
    ],
)
def test_every_form_of_the_source_becomes_the_one_a_post_holds_and_nothing_else_changes(date: str) -> None:
    assert DatesPipeline().process_item(replace(ARTICLE, date=date)) == replace(
        ARTICLE, date="2022-03-01 18:12:37 +0800"
    )


@pytest.mark.parametrize(
    ("date", "why"), [("", "the date is empty"), ("yesterday", "is no date"), ("2022-02-30 10:00:00", "does not exist")]
)
def test_what_is_no_date_is_dropped_and_says_why(date: str, why: str) -> None:
    with pytest.raises(RefusedArticle, match=why) as refused:
        DatesPipeline().process_item(replace(ARTICLE, date=date))
    assert isinstance(refused.value, DropItem), "Scrapy must tell the verdict"
