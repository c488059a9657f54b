"""What the log says: messages a person reads, without bodies, and without Scrapy's opening lines."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter

from newsarchive.archive.keeper import STORAGE_ERRORS
from newsarchive.article import Article

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

# What these say at INFO (versions, settings, lists of components) is for Scrapy's developers.
_TALKATIVE = ("scrapy.addons", "scrapy.core.engine", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")
# What these report as a traceback, the spider reports in a sentence.
_TRACEBACKS = ("scrapy.downloadermiddlewares.robotstxt", "scrapy.downloadermiddlewares.retry")


def quieten(level: str) -> None:
    """Leave out of the log what no operator of an archive needs; the level DEBUG brings it back.

    By filters, since Scrapy resets the levels of its loggers before it says its first line.
    """
    if level == "DEBUG":
        return
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_is_warning)
    for name in _TRACEBACKS:
        logging.getLogger(name).addFilter(_is_critical)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _is_critical(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.CRITICAL


class QuietLogFormatter(LogFormatter):
    """Names an article instead of printing it: a body never reaches the log."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Say that an article was archived; the export pipeline says where."""
        return {"level": logging.DEBUG, "msg": "archived %(name)s", "args": {"name": _name(item)}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Say nothing: the verdict extension has reported the refusal in a sentence of its own."""
        return {
            "level": logging.DEBUG,
            "msg": "refused %(name)s: %(why)s",
            "args": {"name": _name(item), "why": exception},
        }

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Say which article met an error of ours, with its traceback; a full disk needs none."""
        level = logging.DEBUG if isinstance(exception, STORAGE_ERRORS) else logging.ERROR
        return {"level": level, "msg": "%(name)s: an error of newsarchive's own", "args": {"name": _name(item)}}

    def spider_error(
        self, failure: Failure, request: Request, response: Response | Failure, spider: Spider
    ) -> LogFormatterResult:
        """Say at which page an error of ours was met, with its traceback; a full disk needs none."""
        result = super().spider_error(failure, request, response, spider)
        if isinstance(failure.value, STORAGE_ERRORS):
            result["level"] = logging.DEBUG
        return result

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        """Keep it for DEBUG: the spider reports what a failed request means for the article."""
        return {"level": logging.DEBUG, "msg": "failed: %(request)s", "args": {"request": request}}


def _name(item: Any) -> str:
    return str(item.name) if isinstance(item, Article) else type(item).__name__
