"""The verdict: what a run's end says, to its record, to the log and to whoever looks on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from newsarchive.archive.keeper import STORAGE_ERRORS, Archive, run_of
from newsarchive.archive.ledger import fate
from newsarchive.archive.runs import Failure, Kind, Run
from newsarchive.article import Article
from newsarchive.extensions.indexing import index_new_posts
from newsarchive.extensions.table import ROWS, closing_table
from newsarchive.middlewares.capture import NOT_KEPT
from newsarchive.middlewares.guard import REQUESTS
from newsarchive.terminal import Console

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure as TwistedFailure

logger = logging.getLogger(__name__)


class Verdict:
    """Gathers what went wrong while a run goes on; at its end writes ``runs/*.json`` and prints a short table."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.archive = Archive.of(crawler)
        self.run: Run = run_of(crawler)
        self._stopping: asyncio.Task[None] | None = None
        self.number = 0
        self.seconds = crawler.settings.getfloat("SEARCH_SECONDS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to refusals, errors of our own, and the end."""
        extension = cls(crawler)
        connect = crawler.signals.connect
        connect(extension.item_dropped, signal=signals.item_dropped)
        connect(extension.item_error, signal=signals.item_error)
        connect(extension.spider_error, signal=signals.spider_error)
        connect(extension.not_kept, signal=NOT_KEPT)
        connect(extension.spider_opened, signal=signals.spider_opened)
        connect(extension.engine_stopped, signal=signals.engine_stopped)
        return extension

    def spider_opened(self) -> None:
        """Put the run into the ledger; name those before it that were killed."""
        for spider, began in self.archive.ledger.killed_runs():
            note = f"the run of {spider} that began at {began} was killed; this one goes on where it stopped"
            self.run.notes.append(note)
            logger.warning("%s", note)
        self.number = self.archive.ledger.run_began(self.run.spider, self.run.public_arguments, now=self.run.began)

    def item_dropped(self, item: Any, exception: Exception) -> None:
        """A pipeline refused an article: it was served, and is not what it should be."""
        self._failed(item, str(exception))

    def item_error(self, item: Any, failure: TwistedFailure) -> None:
        """A pipeline broke; the article stays pending."""
        if isinstance(failure.value, STORAGE_ERRORS):
            self.halt(f"{getattr(item, 'name', 'an article')} could not be written: {failure.value}")
        else:
            self._failed(item, _own_error(failure))

    def spider_error(self, failure: TwistedFailure) -> None:
        """A callback broke: on the disk, or on something that was served."""
        if isinstance(failure.value, STORAGE_ERRORS):
            self.halt(f"the ledger could not be written: {failure.value}")
            return
        request = getattr(failure, "request", None)
        what = request.url if request is not None else self.run.spider
        self.run.failures.append(Failure(Kind.UNDERSTAND, what, _own_error(failure)))

    def not_kept(self, error: Exception) -> None:
        """An answer could not be put into the captures."""
        self.halt(f"the captures could not be written: {error}")

    def halt(self, reason: str) -> None:
        """Stop asking: what cannot be kept should not be fetched."""
        if self.run.halted:
            return
        self.run.halted = reason
        logger.error("%s; nothing is torn, make room and run again", reason)
        self._stopping = asyncio.get_running_loop().create_task(self.crawler.stop_async())

    def engine_stopped(self) -> None:
        """Write the record, say the verdict, let go of the archive."""
        run, ledger = self.run, self.archive.ledger
        run.ended = self.archive.now()
        for name in ROWS:  # the record says what the table says, a 0 as well
            run.counts[name] += 0
        run.counts["requests"] = int(self.crawler.stats.get_value(REQUESTS, 0))
        run.counts["repaired"] = int(self.crawler.stats.get_value("newsarchive/repaired", 0))
        run.counts["seconds"] = round(float(self.crawler.stats.get_value("elapsed_time_seconds", 0) or 0))
        if not run.halted and not run.signal and (note := self._indexed()):
            run.notes.append(note)
            logger.warning("%s", note)
        try:
            run.pending, run.nearest_deadline = ledger.waiting()
            ledger.run_ended(self.number, run.as_json(), run.path(self.archive.root).name)
        except STORAGE_ERRORS as error:
            run.halted = run.halted or f"the ledger could not be written: {error}"
        try:
            self.archive.close()
        except STORAGE_ERRORS as error:
            run.halted = run.halted or f"the last captures could not be written: {error}"
        self._write()
        level = logging.INFO if run.exit_code == 0 else logging.WARNING
        logger.log(level, "%s: %s (exit code %d)", run.spider, run.verdict, run.exit_code)
        self._show()

    def _indexed(self) -> str:
        return index_new_posts(self.archive.root, seconds=self.seconds, stopped=lambda: bool(self.run.signal))

    def _show(self) -> None:
        """Print the table; where nobody can read it, the exit code stays what it is."""
        try:
            Console(sys.stdout).print(closing_table(self.run, self.archive.root))
        except (OSError, ValueError, SystemExit) as error:  # rich ends the process over a pipe nobody reads
            why = "nobody reads it" if isinstance(error, SystemExit) else error
            logger.warning("the closing table could not be printed: %s", why)
            with contextlib.suppress(OSError, ValueError):  # else Python's last flush fails and ends with 120
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _write(self) -> Path | None:
        try:
            return self.run.write(self.archive.root)
        except OSError as error:
            self.run.halted = self.run.halted or f"the run's record could not be written: {error}"
            return None

    def _failed(self, item: Any, reason: str) -> None:
        if not isinstance(item, Article) or self.run.halted:
            return
        failure = Failure(Kind.UNDERSTAND, str(item.name), reason, item.capture)
        try:
            now = self.archive.now()
            state = fate(self.archive.ledger.find(item.name), now=now, nowhere=False)
            self.archive.ledger.failed(item.name, failure.kind, failure.reason, now=now, state=state)
        except STORAGE_ERRORS as error:
            self.halt(f"the ledger could not be written: {error}")
        self.run.failures.append(failure)
        kept = f"; kept in {item.capture}" if item.capture else ""
        logger.error("%s: %s%s; it stays pending", item.name, reason, kept)


def _own_error(failure: TwistedFailure) -> str:
    return f"an error of newsarchive's own ({type(failure.value).__name__}: {failure.value})"
