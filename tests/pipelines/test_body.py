"""The body pipeline: a clean body passes untouched, any other is repaired, counted and named without being shown."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from newsarchive import body
from newsarchive.article import Article, Name
from pipelines.body import BodyPipeline
from tests.bodies import LEFTOVERS

ARTICLE = Article(
    name=Name("202203012340764246"),
    title="标题",
    date="2022-03-01 18:12:37 +0800",
    category="kejiribao",
    tag="科技日报新闻",
    body="",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340764246",
)


def tidied(html: str) -> tuple[str, Any]:
    crawler: Any = get_crawler()
    made = BodyPipeline.from_crawler(crawler).process_item(replace(ARTICLE, body=html))
    assert made == replace(ARTICLE, body=made.body), "only the body may change"
    return made.body, crawler.stats.get_value("newsarchive/repaired")


def test_a_clean_body_passes_but_for_line_ends_and_indents() -> None:
    assert tidied("<p>　　第一段</p>\r\n <p>第二段 &amp; 末</p>") == ("<p>第一段</p>\n <p>第二段 &amp; 末</p>", None)


@pytest.mark.parametrize(
    "html", ["<p>正文<script>alert(1)</script></p>", "<p>正文", '<p onclick="x()">正文</p>', "<p>正文</div>"]
)
def test_any_other_is_repaired_and_counted(html: str) -> None:
    repaired, count = tidied(html)
    assert count == 1
    assert body.faults(repaired) == []
    assert body.visible_text(repaired) == "正文"


def test_the_log_names_article_and_fault_and_shows_no_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    marker = "正文BODYMARKER"
    tidied(f'<p title="{marker}">{marker}<{marker}></p><!-- {marker} --><{marker} {marker}="{marker}"></p>')
    assert "NW202203012340764246: the body was repaired (" in caplog.text
    assert "BODYMARKER" not in caplog.text


@pytest.mark.parametrize("html", LEFTOVERS)
def test_what_editors_leave_behind_is_no_reason_to_repair(html: str) -> None:
    assert tidied(html) == (html, None)
