"""What commands share that work on an archive without a crawl: its settings, how they stop, and what that means."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.archive.keeper import BusyError, CannotStartError, archive_of
from newsarchive.archive.options import Options
from newsarchive.archive.pool import StoppedError, processors
from newsarchive.archive.runs import BUSY, CANNOT_START, SIGNALLED
from newsarchive.article import Refused
from newsarchive.clock import Clock

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from newsarchive.search.index import CaughtUp


def say(message: str) -> None:
    """Tell the user something that is not what was asked for."""
    sys.stderr.write(f"newsarchive: {message}\n")


def say_not_indexed(done: CaughtUp) -> None:
    """Tell the user what a search cannot find although it is archived."""
    for name, reason in done.unread:
        say(f"{name} cannot be found by its text: {reason}")
    if done.behind:
        busy = "; another process is at it" if done.busy else ""
        say(f"{done.behind} posts are not indexed yet{busy}")


def judged(work: Callable[[], int], *, failed: str = "") -> int:
    """Do a command's work; say why where it could not be done.

    Args:
        work: gives the exit code. It is stopped by SIGINT and SIGTERM on its way.
        failed: what is said behind "stopped" where the disk or a signal stopped it.

    Returns:
        The exit code.
    """
    try:
        with stoppable():
            return work()
    except BusyError as error:
        code, why = BUSY, str(error)
    except (CannotStartError, Refused) as error:
        code, why = CANNOT_START, str(error)
    except (OSError, sqlite3.Error) as error:
        code, why = CANNOT_START, f"stopped: {error}{failed}"
    except StoppedError as error:
        code, why = SIGNALLED + error.number, f"stopped{failed}"
    say(why)
    return code


@contextlib.contextmanager
def readable(root: Path) -> Iterator[None]:
    """Turn what keeps an archive from being read into `CannotStartError`."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise CannotStartError(f"the archive {root} cannot be read: {error}") from error


def options_of(settings: BaseSettings, *, write: bool) -> Options:
    """Take from the settings what a replay needs.

    Raises:
        CannotStartError: there is no archive, or a setting cannot be meant.
    """
    root = archive_of(settings)
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
    asked: list[int] = []

    def stop(number: int, _: Any) -> None:
        for again in before:
            signal.signal(again, signal.SIG_IGN)  # putting down takes a moment; a second Ctrl-C must not tear it
        asked.append(number)
        raise StoppedError(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
        if asked:  # it was raised where nobody passes errors on: in a finaliser, or a callback of a library in C
            raise StoppedError(asked[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
