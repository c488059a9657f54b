"""The log names articles and never shows a body; Scrapy's own talk is left out."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import DropItem
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive import logs
from newsarchive.article import Article, Name
from newsarchive.logs import QuietLogFormatter, quieten

MARKER = "正文正文正文BODYMARKER"
ARTICLE = Article(
    name=Name("202203012340764246"),
    title="标题",
    date="2022-03-01 18:12:37 +0800",
    category="kejiribao",
    tag="科技日报新闻",
    body=f"<p>{MARKER}</p>",
    link="http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203012340764246",
)
URL = "http://share.example/"
SPIDER = Spider("finews")
REQUEST, RESPONSE = Request(URL, cb_kwargs={"case": ARTICLE}), Response(URL, body=MARKER.encode())


def say(result: Any) -> tuple[int, str]:
    return result["level"], result["msg"] % result["args"]


def everything_said(item: Any) -> dict[str, tuple[int, str]]:
    said = QuietLogFormatter()
    failure = Failure(ValueError("broken"))
    return {
        "crawled": say(said.crawled(REQUEST, RESPONSE, SPIDER)),
        "scraped": say(said.scraped(item, RESPONSE, SPIDER)),
        "dropped": say(said.dropped(item, DropItem("it has no date"), RESPONSE, SPIDER)),
        "item_error": say(said.item_error(item, ValueError("broken"), RESPONSE, SPIDER)),
        "spider_error": say(said.spider_error(failure, REQUEST, RESPONSE, SPIDER)),
        "download_error": say(said.download_error(failure, REQUEST, SPIDER, "no answer")),
    }


@pytest.mark.parametrize("item", [ARTICLE, {"body": MARKER}, MARKER], ids=["article", "dictionary", "text"])
def test_no_body_ever_reaches_the_log(item: Any) -> None:
    for what, (_, message) in everything_said(item).items():
        assert "BODYMARKER" not in message, f"{what}: {message}"


def test_articles_are_named() -> None:
    said = everything_said(ARTICLE)
    for what in ("scraped", "dropped", "item_error"):
        assert str(ARTICLE.name) in said[what][1], what
    assert said["dropped"][1] == "refused NW202203012340764246: it has no date"


def test_what_the_spider_or_the_verdict_says_in_a_sentence_is_kept_for_debug() -> None:
    levels = {what: level for what, (level, _) in everything_said(ARTICLE).items()}
    assert levels == {
        "crawled": logging.DEBUG,
        "scraped": logging.DEBUG,
        "dropped": logging.DEBUG,
        "item_error": logging.ERROR,
        "spider_error": logging.ERROR,
        "download_error": logging.DEBUG,
    }


@pytest.mark.parametrize(
    "error", [OSError("No space left on device"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_needs_no_traceback(error: Exception) -> None:
    said = QuietLogFormatter()
    assert say(said.item_error(ARTICLE, error, RESPONSE, SPIDER))[0] == logging.DEBUG
    assert say(said.spider_error(Failure(error), REQUEST, RESPONSE, SPIDER))[0] == logging.DEBUG


@pytest.fixture
def _loud_again() -> Iterator[None]:
    """Take the filters off that `quieten` puts on."""
    yield
    for name in (*logs._TALKATIVE, *logs._TRACEBACKS):
        for added in (logs._is_warning, logs._is_critical):
            logging.getLogger(name).removeFilter(added)


def passes(name: str, level: int) -> bool:
    logger = logging.getLogger(name)
    return bool(logger.filter(logger.makeRecord(name, level, "", 0, "", (), None)))


@pytest.mark.usefixtures("_loud_again")
def test_scrapys_opening_lines_are_left_out_and_its_warnings_are_not() -> None:
    quieten("INFO")
    quieten("INFO")
    assert not passes("scrapy.core.engine", logging.INFO)
    assert passes("scrapy.core.engine", logging.WARNING)
    assert not passes("scrapy.downloadermiddlewares.retry", logging.ERROR)
    assert passes("spiders.base", logging.INFO)


@pytest.mark.usefixtures("_loud_again")
def test_debug_brings_everything_back() -> None:
    quieten("DEBUG")
    assert passes("scrapy.core.engine", logging.INFO)
    assert passes("scrapy.downloadermiddlewares.retry", logging.ERROR)
