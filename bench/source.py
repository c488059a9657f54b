"""A source that is no bottleneck: every page made beforehand, served from memory by a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from newsarchive.replica.holdings import Holdings, Served
from newsarchive.replica.pages import paths
from newsarchive.replica.piece import Piece

_HTML, _JSON = b"text/html; charset=utf-8", b"application/json;charset=UTF-8"
_END = b"\r\n\r\n"


class Ready(NamedTuple):
    """An answer as it goes over the wire, and what is said to who knows it already (empty: it has no validator)."""

    whole: bytes
    condition: bytes = b""
    unchanged: bytes = b""


_MISSING = Ready(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n404")


def answers(pieces: Iterable[Piece], now: datetime) -> dict[bytes, Ready]:
    """Make every answer of the mirror and of the share host, packed, by the path that is asked for."""
    held = Holdings(pieces, now)
    ready: dict[bytes, Ready] = {}
    for path in paths(held.build.site):
        if served := held.page(path):
            ready[path.removesuffix("index.html").encode()] = _page(served)
    for piece in held.build.pieces.values():
        ready[f"/NewsData/GetNewsText.do?id={piece.code}".encode()] = _answer(held.answer(piece.code))
    return ready


@contextmanager
def serving(ready: dict[bytes, Ready]) -> Iterator[str]:
    """Serve answers while the context lasts; gives the URL, which ends with ``/``."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        process = multiprocessing.get_context("fork").Process(target=_serve, args=(listening, ready), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            process.terminate()
            process.join()


def _serve(listening: socket.socket, ready: dict[bytes, Ready]) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(ready), sock=listening)
        await server.serve_forever()

    asyncio.run(serve())


class _Connection(asyncio.Protocol):
    """Answers GET after GET on one connection, keeping it open."""

    def __init__(self, ready: dict[bytes, Ready]) -> None:
        self._ready = ready
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *questions, self._rest = (self._rest + data).split(_END)
        for question in questions:
            answer = self._ready.get(question.split(b" ", 2)[1], _MISSING)
            known = answer.condition and answer.condition in question
            self._transport.write(answer.unchanged if known else answer.whole)


def _page(served: Served) -> Ready:
    validators = f"ETag: {served.etag}\r\nLast-Modified: {served.modified}\r\nCache-Control: max-age=600\r\n".encode()
    unchanged = b"HTTP/1.1 304 Not Modified\r\nServer: GitHub.com\r\n" + validators + b"\r\n"
    return Ready(_whole(served, _HTML, validators), f"If-None-Match: {served.etag}".encode(), unchanged)


def _answer(served: Served) -> Ready:
    return Ready(_whole(served, _JSON))


def _whole(served: Served, kind: bytes, validators: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nServer: GitHub.com\r\nContent-Type: " + kind + b"\r\n" + validators
    head += b"Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
    return head + f"Content-Length: {len(served.packed)}\r\n\r\n".encode() + served.packed
