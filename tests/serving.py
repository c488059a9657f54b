"""A server of a few pages as a test writes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


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
