"""The body, clean."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from newsarchive import finish
from newsarchive.article import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)


class BodyPipeline:
    r"""Leaves a clean body as it came, but for ``\r\n`` and the paragraphs' indent; repairs and cleans any other."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Count what was repaired in the crawl's stats."""
        return cls(crawler.stats)

    def process_item(self, item: Article) -> Article:
        """Give the article with its body tidied."""
        tidied, faults = finish.tidied(item)
        if faults:
            self.stats.inc_value("newsarchive/repaired")
            logger.info("%s: the body was repaired (%s); the capture keeps the original", item.name, faults[0])
        return tidied
