"""Nothing incomplete passes: a shell page never becomes a post."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.exceptions import DropItem

from newsarchive.article import ROLLING_CATEGORY, ROLLING_TAG, Article, Name
from pipelines.complete import CompletePipeline
from pipelines.refusal import RefusedArticle

WHOLE = Article(
    name=Name("202203012340764246"),
    title="标题",
    date="2022-03-01 18:12:37 +0800",
    category="kejiribao",
    tag="科技日报新闻",
    body="<p>正文</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340764246",
)


@pytest.mark.parametrize(
    "article",
    [
        WHOLE,
        replace(WHOLE, body='<p><img src="https://img.example/1.png" /></p>'),
        replace(WHOLE, link=""),
        replace(
            WHOLE, name=Name("202203012340764246", rolling=True), category=ROLLING_CATEGORY, tag=ROLLING_TAG, digest=""
        ),
    ],
    ids=["whole", "a picture is text enough", "no link", "rolling news without a digest"],
)
def test_what_is_an_article_passes_unchanged(article: Article) -> None:
    assert CompletePipeline().process_item(article) == article


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"title": ""}, "it has no title"),
        ({"title": " \u3000"}, "it has no title"),
        ({"date": ""}, "it has no date"),
        ({"category": ""}, "it has no category"),
        ({"tag": " "}, "it has no tag"),
        ({"body": ""}, "it has no text"),
        ({"title": "", "body": ""}, "it has no title and no text"),
    ],
)
def test_what_is_missing_is_named(lacking: dict[str, str], said: str) -> None:
    with pytest.raises(RefusedArticle) as refused:
        CompletePipeline().process_item(replace(WHOLE, **lacking))
    assert str(refused.value) == said
    assert isinstance(refused.value, DropItem), "Scrapy must tell the verdict"


@pytest.mark.parametrize(
    "body",
    [
        "<p></p>",
        "<p>　　</p>\n<p>&nbsp;</p>",
        '<p style="display:none;height:1px;overflow:hidden;">看不见</p>',
        "<!-- EM_StockImg_Start --><!-- EM_StockImg_End -->",
        "<p>\u200b\ufeff</p>",
        "<p><img /></p>",
    ],
)
def test_a_shell_page_never_becomes_a_post(body: str) -> None:
    with pytest.raises(RefusedArticle, match="it has no text"):
        CompletePipeline().process_item(replace(WHOLE, body=body))
