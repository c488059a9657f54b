"""How far a run is: one rewritten line on a terminal, a log line a minute otherwise."""

from __future__ import annotations

import contextlib
import logging
import shutil
import sys
import time
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call

from newsarchive.archive.keeper import run_of
from newsarchive.archive.runs import Run, is_interactive
from newsarchive.escaping import one_line
from newsarchive.terminal import bare

if TYPE_CHECKING:
    from typing import TextIO

    from scrapy.crawler import Crawler
    from twisted.internet.task import LoopingCall

logger = logging.getLogger(__name__)

_EVERY = 0.2  # seconds between two looks on a terminal
_LOG_EVERY = 60.0
_ERASE = "\r\x1b[K"
_BAR = 24


class Progress:
    """Shows the run's counts while it goes on; a log record erases the line first, so the two never mix."""

    def __init__(self, run: Run, *, interactive: bool, stream: TextIO) -> None:
        self.run = run
        self.interactive = interactive
        self.stream = stream
        self.began = time.monotonic()
        self._loop: AsyncioLoopingCall | LoopingCall | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Begin with the spider, end with it; PROGRESS=0 switches it off."""
        if not crawler.settings.getbool("PROGRESS"):
            raise NotConfigured
        extension = cls(run_of(crawler), interactive=is_interactive(), stream=bare(sys.stderr))
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        """Begin to look."""
        if self.interactive:
            for handler in logging.getLogger().handlers:
                handler.addFilter(self._erase)
        self._loop = create_looping_call(self._show)
        self._loop.start(_EVERY if self.interactive else _LOG_EVERY, now=False)

    def spider_closed(self) -> None:
        """Leave the terminal as it was."""
        if self._loop is not None and self._loop.running:
            self._loop.stop()
        if self.interactive:
            for handler in logging.getLogger().handlers:
                handler.removeFilter(self._erase)
            self._write(_ERASE)

    def line(self) -> str:
        """Say how far the run is, in one line."""
        counts = self.run.counts
        done = counts["new"] + counts["edited"] + counts["unchanged"]
        total = counts["to fetch"]
        seconds = int(time.monotonic() - self.began)
        failed = f", {len(self.run.failures)} failed" if self.run.failures else ""
        if not total:
            return f"{self.run.spider}: reading lists ({counts['lists']} read){failed}, {seconds} s"
        return f"{self.run.spider}: {done} of {total} articles{failed}, {seconds} s"

    def _show(self) -> None:
        if not self.interactive:
            logger.info("%s", self.line())
            return
        counts = self.run.counts
        total = counts["to fetch"]
        done = counts["new"] + counts["edited"] + counts["unchanged"]
        filled = _BAR * min(done, total) // total if total else 0
        bar = f"{'━' * filled}{'╌' * (_BAR - filled)} " if total else ""
        room = shutil.get_terminal_size().columns - 1  # a line that wraps cannot be erased
        self._write(f"{_ERASE}{f'{bar}{one_line(self.line())}'[:room]}")

    def _erase(self, record: logging.LogRecord) -> bool:
        del record
        self._write(_ERASE)
        return True

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a terminal that went away, or cannot write a bar, stops no run
            self.stream.write(text)
            self.stream.flush()
