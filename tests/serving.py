"""A server of a few pages as a test writes them."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit


class Page(NamedTuple):
    """A page with its ``Content-Type``."""

    content_type: str
    content: str | bytes


@contextmanager
def pages(served: Mapping[str, str | bytes | Page], asked: list[tuple[str, str]] | None = None) -> Iterator[str]:
    """Serve pages as they are, and 404 for any other; note in `asked` what was asked for, and with which ETag.

    What changes in `served` is served so from then on.
    """

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = served.get(self.path, "")
            content_type, said = said if isinstance(said, Page) else Page("", said)
            page = said.encode() if isinstance(said, str) else said
            if asked is not None and self.path != "/robots.txt":
                asked.append((self.path, self.headers.get("If-None-Match", "")))
            self.send_response(200 if page else 404)
            self.send_header("ETag", '"1"')
            if content_type:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


Answer = tuple[int, dict[str, str], bytes]
Spoil = Callable[[dict[str, str], Answer], Answer]


@contextmanager
def spoiled(url: str, match: str, spoil: Spoil) -> Iterator[str]:
    """Serve what another server does, but what the paths that match get is spoilt; then the connection is closed.

    Args:
        url: of that server; it is asked for bodies without a coding.
        match: a regular expression.
        spoil: given the request's headers and the answer, gives the one that is sent. Where that has no length, none
            is announced.
    """

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            asked = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
            asked.request("GET", self.path, headers=sent)
            with asked.getresponse() as got:
                length = {"Content-Length": got.headers["Content-Length"] or "0"}
                kept = ("Content-Type", "ETag", "Last-Modified")
                answer = got.status, length | {k: got.headers[k] for k in kept if got.headers[k]}, got.read()
            asked.close()
            status, headers, body = spoil(dict(self.headers.items()), answer) if re.search(match, self.path) else answer
            self.send_response(status)
            for name, value in {**headers, "Connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


def coded(coding: str, pack: Callable[[bytes], bytes]) -> Spoil:
    """Send whole answers under a coding, with the length of what is sent."""

    def spoil(_: dict[str, str], answer: Answer) -> Answer:
        status, headers, body = answer
        packed = pack(body)
        return status, headers | {"Content-Encoding": coding, "Content-Length": str(len(packed))}, packed

    return spoil
