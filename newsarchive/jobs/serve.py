"""Serve an archive to browsers."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import OK
from newsarchive.bar import Bar
from newsarchive.clock import Clock
from newsarchive.maintenance import judged, options_of, say
from newsarchive.search.index import catch_up
from newsarchive.web.server import address_of, listen, serve
from newsarchive.web.shield import is_loopback

if TYPE_CHECKING:
    import argparse
    import socket

    from scrapy.settings import BaseSettings

    from newsarchive.archive.options import Options

_HIGHEST = 65535


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Bring the index up to date where that can be, then answer until a signal comes."""
    if args:
        raise UsageError(f"serve takes no {args[0]!r}; -s ARCHIVE_DIR=… names the archive")
    if not 0 <= opts.port <= _HIGHEST:
        raise UsageError(f"--port is 0 to {_HIGHEST}")
    return judged(lambda: _serve(settings, opts))


def _serve(settings: BaseSettings, opts: argparse.Namespace) -> int:
    options = options_of(settings, write=False)
    clock = Clock.checked(settings["NEWSARCHIVE_CLOCK"] or "")
    taken = _listen(opts)
    _catch_up(options)
    _say_troubles()
    serve(options.root, clock, taken, opts.host, ready=lambda: _ready(taken, opts))
    return OK


def _listen(opts: argparse.Namespace) -> socket.socket:
    try:
        return listen(opts.host, opts.port)
    except OSError as error:
        raise CannotStartError(
            f"{opts.host}:{opts.port} cannot be listened on: {error.strerror or error}; "
            "--port names another port, 0 any free one"
        ) from error


def _catch_up(options: Options) -> None:
    """Bring the index up to date; where it cannot be written, what is indexed is shown."""
    try:
        with Bar() as bar:
            done = catch_up(options.root, processes=options.processes, progress=bar)
    except (OSError, sqlite3.Error) as error:
        say(f"the search index cannot be brought up to date ({error}); what is indexed is shown")
        return
    for name, why in done.unread:
        say(f"{name} cannot be shown: {why}")


def _ready(taken: socket.socket, opts: argparse.Namespace) -> None:
    address = address_of(taken, opts.host)
    sys.stdout.write(f"The archive is at {address}  (Ctrl-C ends it)\n")
    sys.stdout.flush()
    if not is_loopback(opts.host):
        say("everyone who reaches this machine can read it")
    if opts.open:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()  # one in this terminal blocks


def _say_troubles() -> None:
    """Let what goes wrong while serving be seen on the terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.WARNING)
    for name in ("newsarchive.web", "uvicorn"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
