"""The application on a port of this machine, and the index kept up to date beside it."""

from __future__ import annotations

import logging
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Self

import uvicorn

from newsarchive.article import Refused
from newsarchive.clock import Clock
from newsarchive.search.index import catch_up
from newsarchive.web.app import make_app
from newsarchive.web.library import Library
from newsarchive.web.shield import Hosts

logger = logging.getLogger(__name__)

_EVERY = 15.0  # seconds between two looks whether the ledger has something new
_GRACE = 3  # seconds an answer may still take when the server ends


class Keeper(AbstractContextManager["Keeper"]):
    """Brings the index up to date while pages are served; a run does so at its end, and may have been stopped."""

    def __init__(self, root: Path, every: float = _EVERY) -> None:
        self.root, self.every = root, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="index", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(self.every):
            try:
                catch_up(self.root, is_over=self._over.is_set)
            except (OSError, sqlite3.Error, Refused) as error:  # what is indexed is shown; the next look tries again
                logger.debug("the index: %s", error)


def listen(host: str, port: int) -> socket.socket:
    """Take a port; raises OSError where it cannot be had."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    taken = socket.socket(family, kind, protocol)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(128)
    except OSError:
        taken.close()
        raise
    return taken


def address_of(taken: socket.socket, host: str) -> str:
    """Give the URL under which a port is reached."""
    port = taken.getsockname()[1]
    shown = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"


def serve(root: Path, clock: Clock, taken: socket.socket, host: str, *, ready: Callable[[], None]) -> None:
    """Serve an archive on a port that was taken, until a signal ends it.

    Args:
        root: the archive.
        clock: tells the time.
        taken: the port.
        host: what it was taken on.
        ready: called when it answers.
    """
    app = make_app(Library(root, clock), hosts=Hosts(host))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )
    with closing(taken), Keeper(root):
        _Server(config, ready).run(sockets=[taken])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()
