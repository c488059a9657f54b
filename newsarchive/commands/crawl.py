"""``scrapy crawl``, with an exit code that can be trusted.

Scrapy's own exits 0 after almost any failure (measured for 2.19); this one judges the finished run. Exit codes are
those of `newsarchive.archive.runs`.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import sys
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import Archive, BusyError, CannotStartError, archive_of, run_of
from newsarchive.archive.pool import StoppedError
from newsarchive.archive.runs import BUSY, CANNOT_START, OK, SIGNALLED, Run
from newsarchive.article import Refused
from newsarchive.command import prepare_output
from newsarchive.healthcheck import Healthcheck
from newsarchive.hosts import gate_of
from newsarchive.logs import quieten
from newsarchive.maintenance import stoppable

if TYPE_CHECKING:
    import argparse
    from types import FrameType

    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

EXAMPLES = (
    "Spiders: finews (what the mirror shows; -a category=NAMES, since=DAY, until=DAY, limit=N, full=1), newsshare "
    "(just these articles; -a code=NW…, url=URL or file=PATH), eastmoney (the publisher's own lists, without the "
    "mirror; -a columns=350,fast:102, since=DAY, until=DAY, limit=N), wayback (expired pages from a web archive; "
    "-a since=DAY and until=DAY, category=NAMES, limit=N) and images (the pictures that archived articles show; "
    "-a limit=N). With limit=N so many articles are tried, whatever comes of them, new ones first by deadline. "
    "Exit codes: 0 complete, 1 could not start, 2 usage, 3 incomplete (pending, the next run tries again), "
    "4 the source changed, 75 another run holds the archive, 130 and 143 stopped by a signal."
)


class Command(ScrapyCrawl):
    """Runs a spider and exits with its verdict."""

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Archive articles with a spider (finews, newsshare, eastmoney, …) and say by the exit code how it went"

    def long_desc(self) -> str:
        """Say what it does, with the spiders' arguments and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Settle the log before Scrapy says its first line."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before; for the type checker
        prepare_output(self.settings)
        quieten(str(self.settings["LOG_LEVEL"]))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked, hold the archive, crawl, judge."""
        gc.set_threshold(50_000)  # next to nothing of what a crawl makes is circular; looking for it cost a tenth
        crawler = self._checked_crawler(args, opts)
        assert self.crawler_process is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        watcher = Healthcheck()
        try:
            with stoppable():
                watcher = Healthcheck.of(crawler.settings)
                getattr(crawler.spidercls, "gate", gate_of)(crawler.settings)
                if getattr(crawler.spidercls, "needs_archive", False):
                    archive_of(crawler.settings)
                Archive.of(crawler)
        except StoppedError as error:
            self._stop(SIGNALLED + error.number, "stopped before the first request; nothing is torn")
            return
        except BusyError as error:
            self._stop(BUSY, str(error))  # the run that holds it will tell how it ended
            return
        except (CannotStartError, Refused) as error:
            self._stop(CANNOT_START, str(error))
            _tell(watcher, CANNOT_START, str(error))
            return
        run = run_of(crawler)
        crawler.signals.connect(_Signals(run, crawler).listen, signal=signals.spider_opened, weak=False)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        self.exitcode = run.exit_code
        if self.crawler_process.bootstrap_failed or run.ended is None:
            self.exitcode = self.exitcode or CANNOT_START
        verdict = run.verdict if run.ended else "it did not come to its end"
        _tell(watcher, self.exitcode, f"{run.spider}: {verdict}")

    def _checked_crawler(self, args: list[str], opts: argparse.Namespace) -> Crawler:
        """Make the crawler, or refuse what the user typed."""
        assert self.crawler_process is not None  # noqa: S101
        names = self.crawler_process.spider_loader.list()
        if len(args) != 1:
            raise UsageError(f"say one spider: {' or '.join(names)}", print_help=False)
        if args[0] not in names:
            raise UsageError(f"there is no spider {args[0]!r}; there are {', '.join(names)}", print_help=False)
        crawler: Crawler = self._create_crawler(args[0])
        check: Any = getattr(crawler.spidercls, "check_arguments", None)
        if check is not None:
            try:
                check(opts.spargs)
            except ValueError as error:
                raise UsageError(f"{args[0]}: {error}", print_help=False) from error
        return crawler

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


def _tell(watcher: Healthcheck, code: int, sentence: str) -> None:
    """Tell the watcher; that it cannot be told changes no exit code, nor that a signal ends its telling."""
    with contextlib.suppress(StoppedError), stoppable():
        if why := watcher.tell(ok=code == OK, sentence=f"{sentence} (exit code {code})"):
            logger.warning("%s", why)


class _Signals:
    """Remembers which signal asked the run to stop, then lets Scrapy put down safely, without what is under way."""

    def __init__(self, run: Run, crawler: Crawler) -> None:
        self.run = run
        self.crawler = crawler
        for number in (signal.SIGINT, signal.SIGTERM):  # until Scrapy's handlers are in place
            signal.signal(number, self._note)

    def listen(self) -> None:
        """Stand before Scrapy's handlers; at the spider's opening they are in place."""
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)
            if callable(before):
                signal.signal(number, self._noting(before))
        if self.run.signal:
            signal.raise_signal(self.run.signal)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.run.signal = self.run.signal or number

    def _noting(self, before: Any) -> Any:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

        from newsarchive.middlewares.wire import STOPPING  # noqa: PLC0415 - Scrapy's handlers are loaded by a crawl only

        def handle(number: int, frame: FrameType | None) -> None:
            self._note(number, frame)
            before(number, frame)
            reactor.callFromThread(self.crawler.signals.send_catch_log, STOPPING)

        return handle
