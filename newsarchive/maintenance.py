"""What commands share that work on an archive without a crawl: its settings, and how they stop."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.pool import processors
from newsarchive.archive.replaying import Options
from newsarchive.article import Refused
from newsarchive.clock import Clock

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class StoppedError(Exception):
    """A signal asked to stop; ``number`` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by signal {number}")
        self.number = number


def options_of(settings: BaseSettings, *, write: bool) -> Options:
    """Take from the settings what a replay needs.

    Raises:
        CannotStartError: there is no archive, or a setting cannot be meant.
    """
    root = Path(settings["ARCHIVE_DIR"] or "output")
    if not root.is_dir():
        raise CannotStartError(f"there is no archive {root}; choose another with -s ARCHIVE_DIR=…")
    try:
        clock = Clock.checked(settings["NEWSARCHIVE_CLOCK"] or "")
    except Refused as error:
        raise CannotStartError(str(error)) from error
    return Options(
        root,
        settle_hours=settings.getfloat("SETTLE_HOURS"),
        settle_tries=settings.getint("SETTLE_TRIES"),
        eastmoney_max_pages=settings.getint("EASTMONEY_MAX_PAGES"),
        processes=settings.getint("PROCESSES") or processors(),
        write=write,
        now=clock.now(),
    )


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into `StoppedError`, so that temp files and locks are let go of on the way out."""

    def stop(number: int, _: Any) -> None:
        for again in before:
            signal.signal(again, signal.SIG_IGN)  # putting down takes a moment; a second Ctrl-C must not tear it
        raise StoppedError(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
