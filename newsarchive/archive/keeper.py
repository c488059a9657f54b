"""One archive, held by one run: its posts, its ledger, and the run's record."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import shutil
import sqlite3
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from newsarchive.archive import files, seal
from newsarchive.archive.adopting import adopted
from newsarchive.archive.capturereader import read_at
from newsarchive.archive.captures import Capture, CaptureError, Captures, Exchange
from newsarchive.archive.conditional import unasked
from newsarchive.archive.ledger import Ledger
from newsarchive.archive.posts import POSTS, REVISIONS, Posts
from newsarchive.archive.runs import RUNS, Run
from newsarchive.article import Refused
from newsarchive.clock import Clock

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

LEDGER = seal.LEDGER
CAPTURES = "captures"
STORAGE_ERRORS = (OSError, sqlite3.Error)
"""What a full or broken disk raises, wherever something is kept: a reason to stop, not to try the next article."""

_MIB = 1024 * 1024


class CannotStartError(Exception):
    """The archive cannot be used; the message says why and what to do."""


class BusyError(Exception):
    """Another run holds the archive."""


class Archive:
    """An archive's folder while this process holds it.

    Args:
        root: the folder; made when it is not there.
        clock: tells the time to everything that keeps something.
        free_space: bytes that must be free to begin.

    Raises:
        BusyError: another run holds it.
        CannotStartError: it cannot be written, or has no room.
    """

    def __init__(self, root: Path, clock: Clock, *, free_space: int = 0) -> None:
        self.root = root
        self.clock = clock
        self._digests: dict[str, str] = {}
        with contextlib.ExitStack() as held:
            held.callback(os.close, hold(root))
            try:
                self._begin(free_space, held)
            except OSError as error:
                raise CannotStartError(f"the archive {root} cannot be used: {_why(error)}") from error
            except sqlite3.Error as error:
                raise CannotStartError(f"the ledger {root / LEDGER} cannot be used: {error}") from error
            except Refused as error:
                raise CannotStartError(str(error)) from error
            self._held = held.pop_all()

    def _begin(self, free_space: int, held: contextlib.ExitStack) -> None:
        """Check the folder, open what is in it, and make good what a killed run left.

        What is written before the ledger's seal is taken off, a run's probe and the mark of a rebuild, stands in the
        archive's own folder; so that is always looked through, and every other where there is no seal.
        """
        files.sweep(self.root, deep=False)
        check_room(self.root, free_space)
        sealed = seal.take_off(self.root)
        if sealed is None or (self.root / files.UNFINISHED).exists():
            files.sweep(self.root)  # something was killed; looking everywhere takes long in a large archive
        self.posts = Posts(self.root)
        self.ledger = Ledger(self.root / LEDGER)
        # Called in reverse: the ledger is closed by then.
        held.callback(lambda: seal.seal(self.root, sealed, self.ledger.changed_pages))
        held.callback(self.ledger.close)
        if self.ledger.is_new:
            self._adopt()
        if (last := self.ledger.last_record()) and not (self.root / RUNS / last).exists():
            files.sweep(self.root / RUNS)  # the last run had sealed the ledger, and was killed writing its record
        self.captures = Captures(self.root / CAPTURES, now=self.clock.now)
        if found := self.captures.recover(*(self.ledger.committed() or (None, None))):
            logger.warning("%s", found)
        self.ledger.sync_captures = self.captures.sync
        held.callback(self._finish)

    def _adopt(self) -> None:
        """Give a ledger that was lost the posts that are there, so that nothing is fetched twice."""
        now = self.clock.now()
        self.ledger.adopt((adopted(self.root, name, path) for name, path in self.posts.names()), now=now)

    def close(self) -> None:
        """Let go of the archive, whatever happens; a second time does nothing.

        Raises:
            OSError, sqlite3.Error: the disk did not take the last captures.
        """
        self._held.close()

    def _finish(self) -> None:
        try:
            self.ledger.flush()
        except STORAGE_ERRORS:
            with contextlib.suppress(OSError):  # the first error says more
                self.captures.close()
            raise
        self.captures.close()

    def keep(self, exchange: Exchange) -> Capture:
        """Keep an exchange in the captures; durable with the next ledger transaction, or `Captures.sync`.

        A body that was kept before is referred to, not kept twice.

        Raises:
            OSError, sqlite3.Error: the disk does not take it.
        """
        no_answer = exchange.status == HTTPStatus.NOT_MODIFIED and unasked(exchange.request_headers, exchange.headers)
        earlier = None if exchange.truncated or no_answer else self.ledger.served(exchange.url)
        same_as = None
        if earlier is not None:
            with contextlib.suppress(CaptureError, OSError):  # damaged or gone: verify says so; this one is kept whole
                same_as = self.captures.find(earlier)[0]
        capture = self.captures.write(exchange, same_as)
        self._digests[capture.place] = capture.sha256
        if not capture.revisit and not exchange.truncated and exchange.status == HTTPStatus.OK:
            self.ledger.note_served(exchange.url, capture.place)
        return capture

    def digest_of(self, place: str) -> str | None:
        """Give the digest of the body of a capture; None where it cannot be read."""
        if place in self._digests or not place:
            return self._digests.get(place)
        file, _, offset = place.partition("#")
        try:
            return read_at(self.root / CAPTURES, file, int(offset), question=False)[0].sha256
        except (CaptureError, OSError, ValueError):
            return None

    def now(self) -> datetime:
        """Give the moment, aware, in UTC."""
        return self.clock.now()

    @classmethod
    def of(cls, crawler: Crawler) -> Archive:
        """Give the archive of a crawl, opened at the first call; every component of one crawl shares it.

        Raises:
            BusyError, CannotStartError: as the constructor.
        """
        if crawler not in _open:
            _open[crawler] = cls.open(crawler.settings)
        return _open[crawler]

    @classmethod
    def open(cls, settings: BaseSettings) -> Archive:
        """Open the archive that the settings name."""
        try:
            clock = Clock.checked(settings["NEWSARCHIVE_CLOCK"] or "")
        except Refused as error:
            raise CannotStartError(str(error)) from error
        return cls(root_of(settings), clock, free_space=settings.getint("FREE_SPACE_MIB") * _MIB)


def root_of(settings: BaseSettings) -> Path:
    """Give the folder that the settings name as the archive, whether or not it is there."""
    return Path(settings["ARCHIVE_DIR"] or "output")


def archive_of(settings: BaseSettings) -> Path:
    """Give the folder of an archive that is there; raises `CannotStartError` where none is."""
    root = root_of(settings)
    if not root.is_dir():
        raise CannotStartError(f"there is no archive {root}; choose another with -s ARCHIVE_DIR=…")
    return root


_open: WeakKeyDictionary[Crawler, Archive] = WeakKeyDictionary()
_runs: WeakKeyDictionary[Crawler, Run] = WeakKeyDictionary()


def run_of(crawler: Crawler) -> Run:
    """Give the record of a crawl's run; begun at the first call."""
    if crawler not in _runs:
        _runs[crawler] = Run(str(crawler.spidercls.name), {}, Archive.of(crawler).now())
    return _runs[crawler]


def hold(root: Path) -> int:
    """Make the folder and lock it for this process; the kernel lets go of it whatever becomes of us.

    Returns:
        The lock, an open file; closing it lets go.

    Raises:
        BusyError: another run holds it.
        CannotStartError: the folder cannot be made or locked.
    """
    try:
        files.make_directory(root)
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise CannotStartError(f"the archive {root} cannot be used: {_why(error)}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise BusyError(f"another run holds the archive {root}; it goes on there, this one did nothing") from error
    except OSError as error:
        os.close(handle)
        raise CannotStartError(f"the archive {root} cannot be locked: {_why(error)}") from error
    return handle


def check_room(root: Path, needed: int) -> None:
    """Find out now, not after the first article, that the disk is full or read-only; raises `CannotStartError`."""
    free = shutil.disk_usage(root).free
    if free < needed:
        raise CannotStartError(
            f"only {free // _MIB} MiB are free for the archive {root}; "
            f"it wants {needed // _MIB} (setting FREE_SPACE_MIB). Make room, then run again"
        )
    for name in (POSTS, REVISIONS, CAPTURES, RUNS):
        folder = root / name
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            raise CannotStartError(f"{folder} is no folder this user can write to; hand it over or move it away")
    probe = root / files.PROBE
    try:
        files.write_whole(probe, b"\0" * 65536)
        probe.unlink()
    except OSError as error:
        raise CannotStartError(f"the archive {root} cannot be written: {_why(error)}") from error


def _why(error: OSError) -> str:
    advice = {
        errno.EACCES: "no permission; give this user the folder, or choose another with -s ARCHIVE_DIR=…",
        errno.EROFS: "its file system is read-only; mount it for writing, or choose another with -s ARCHIVE_DIR=…",
        errno.ENOSPC: "the disk is full; make room",
        errno.EDQUOT: "this user's share of the disk is used up; make room",
        errno.ENOTDIR: "a part of its path is a file; choose another with -s ARCHIVE_DIR=…",
        errno.EEXIST: "there is a file of that name; choose another with -s ARCHIVE_DIR=…",
    }
    return advice.get(error.errno or 0, str(error))
