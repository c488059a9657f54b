"""The application in a thread of a process that does other things: tests, pictures of pages, measurements."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from newsarchive.clock import Clock
from newsarchive.web.app import make_app
from newsarchive.web.library import Library
from newsarchive.web.server import address_of, listen

_LONGEST = 10.0  # seconds until it answers


@contextmanager
def served_at(root: Path, clock: Clock) -> Iterator[str]:
    """Serve an archive on a free port of this machine; gives its URL, which ends with a slash."""
    taken = listen("127.0.0.1", 0)
    config = uvicorn.Config(make_app(Library(root, clock)), log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    pause = threading.Event()
    for _ in range(int(_LONGEST / 0.01)):
        if server.started or not thread.is_alive():
            break
        pause.wait(0.01)
    try:
        yield address_of(taken, "127.0.0.1")
    finally:
        server.should_exit = True
        thread.join()
        taken.close()
