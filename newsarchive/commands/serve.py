"""``scrapy serve``: read the archive in a browser."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import CANNOT_START
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.clock import Clock
from newsarchive.maintenance import StoppedError, options_of, stoppable
from newsarchive.search.index import catch_up
from newsarchive.web.server import address_of, listen, serve
from newsarchive.web.shield import is_loopback

if TYPE_CHECKING:
    import argparse
    import socket

    from newsarchive.archive.replaying import Options

HOST, PORT = "127.0.0.1", 8000
_HIGHEST = 65535

EXAMPLES = (
    "'scrapy serve' tells the address, http://127.0.0.1:8000/, and answers there until Ctrl-C; 'scrapy serve --open' "
    "opens it in the browser too; '--port 0' takes any free port; '-s ARCHIVE_DIR=/srv/news' names another archive. "
    "It listens on this machine alone unless '--host' says otherwise, needs no network, writes nothing but the search "
    "index, and works beside a running crawl, whose articles show as soon as they are indexed. docs/web.md says what "
    "there is to see, the feeds, and the JSON below /api/. "
    "Exit codes: 1 could not start (no archive, the port is in use), 2 usage, 130 and 143 stopped by a signal."
)


class Command(ScrapyCommand):
    """Serves an archive to browsers."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "[--host HOST] [--port PORT] [--open]"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Read the archive in a browser, on this machine: search, days, newspapers, versions, feeds, JSON"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--host", default=HOST, help=f"where to listen; anything but {HOST} lets others read (default {HOST})")
        add("--port", type=int, default=PORT, help=f"0 takes any free one (default {PORT})")
        add("--open", action="store_true", help="open it in the browser")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Bring the index up to date where that can be, then answer until a signal comes."""
        if args:
            raise UsageError(f"serve takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
        if not 0 <= opts.port <= _HIGHEST:
            raise UsageError(f"--port is 0 to {_HIGHEST}")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        try:
            with stoppable():
                options = options_of(self.settings, write=False)
                clock = Clock.checked(self.settings["NEWSARCHIVE_CLOCK"] or "")
                taken = self._listen(opts)
                self._catch_up(options)
                _say_troubles()
                serve(options.root, clock, taken, opts.host, ready=lambda: self._ready(taken, opts))
        except (CannotStartError, Refused) as error:
            self._stop(CANNOT_START, str(error))
        except StoppedError as error:
            self._stop(128 + error.number, "stopped")

    def _listen(self, opts: argparse.Namespace) -> socket.socket:
        try:
            return listen(opts.host, opts.port)
        except OSError as error:
            raise CannotStartError(
                f"{opts.host}:{opts.port} cannot be listened on: {error.strerror or error}; "
                "--port names another port, 0 any free one"
            ) from error

    def _catch_up(self, options: Options) -> None:
        """Bring the index up to date; where it cannot be written, what is indexed is shown."""
        try:
            with Bar() as bar:
                done = catch_up(options.root, processes=options.processes, progress=bar)
        except (OSError, sqlite3.Error) as error:
            self._say(f"the search index cannot be brought up to date ({error}); what is indexed is shown")
            return
        for name, why in done.unread:
            self._say(f"{name} cannot be shown: {why}")

    def _ready(self, taken: socket.socket, opts: argparse.Namespace) -> None:
        address = address_of(taken, opts.host)
        sys.stdout.write(f"The archive is at {address}  (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if not is_loopback(opts.host):
            self._say("everyone who reaches this machine can read it")
        if opts.open:
            threading.Thread(
                target=webbrowser.open, args=(address,), daemon=True
            ).start()  # one in this terminal blocks

    def _say(self, message: str) -> None:
        sys.stderr.write(f"newsarchive: {message}\n")

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        self._say(message)


def _say_troubles() -> None:
    """Let what goes wrong while serving be seen on the terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.WARNING)
    for name in ("newsarchive.web", "uvicorn"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
