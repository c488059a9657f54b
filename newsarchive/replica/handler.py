"""How the replica answers one request."""

from __future__ import annotations

import gzip
import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from newsarchive.replica import article
from newsarchive.replica.faults import BODIES, FURTHER_STATUSES, RETRY_AFTER, STATUSES, half_of
from newsarchive.replica.picture import picture

if TYPE_CHECKING:
    from newsarchive.replica.holdings import Served
    from newsarchive.replica.server import Replica, Server

HTML = "text/html; charset=utf-8"
JSON = "application/json;charset=UTF-8"
TEXT = "text/plain; charset=utf-8"


class Handler(BaseHTTPRequestHandler):
    """Answers as the mirror (GitHub Pages), the share host and the store of old posts would."""

    protocol_version = "HTTP/1.1"
    server_version = "GitHub.com"
    sys_version = ""
    wbufsize = -1  # head and body leave in one packet
    disable_nagle_algorithm = True
    server: Server
    fault: str | None = None

    @property
    def replica(self) -> Replica:
        """What is served."""
        return self.server.replica

    def version_string(self) -> str:
        """Name the server as the mirror's does."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Stay silent; the replica keeps its own log."""

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Take control requests; see `newsarchive.replica.server`."""
        payload = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/__reset":
            self.replica.reset()
        elif self.path == "/__faults":
            try:
                self.replica.faults(json.loads(payload))
            except ValueError as error:
                self._write(400, str(error).encode(), TEXT)
                return
        else:
            self._write(404, b"control is POST /__reset and POST /__faults", TEXT)
            return
        self._write(200, b"ok", TEXT)

    def do_GET(self) -> None:
        """Answer, or go wrong as asked."""
        if self.path == "/__log":
            seen = [{**asdict(one), "ua": one.headers.get("user-agent")} for one in self.replica.log]
            self._write(200, json.dumps(seen).encode(), "application/json")
            return
        self.fault = "outage" if self.replica.outage else self.replica.take_fault(self.path)
        if self.fault in {"outage", "reset"}:
            self._note(0)
            self.close_connection = True
            cut(self.connection)
        elif self.fault == "hang":
            self._note(0)
            self.close_connection = True
            self.replica.stopped.wait(self.replica.hang_seconds)
        elif self.fault is not None and self.fault in STATUSES | FURTHER_STATUSES:
            again = [("Retry-After", "1")] if self.fault in RETRY_AFTER else []
            self._send(int(self.fault), b"<html><body>error</body></html>", HTML, again)
        elif self.fault is not None and self.fault in BODIES:
            self._send(200, *BODIES[self.fault])
        elif self.fault == "redirect-loop":
            self._send(302, b"", HTML, [("Location", self.path)])
        elif self.fault == "unasked-304":
            self._send(304, b"", HTML)
        else:
            if self.fault == "slow":
                self.replica.stopped.wait(self.replica.slow_seconds)
            self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        path, query = unquote(url.path), parse_qs(url.query)
        held = self.replica.holdings
        if path == "/html_News/NewsShare.html":
            self._send(200, held.share_page((query.get("infoCode") or [""])[0]), HTML)
        elif path == "/NewsData/GetNewsText.do":
            self._send_served(held.answer((query.get("id") or [""])[0]), JSON, validators=False)
        elif path.startswith("/pictures/"):
            self._send(200, picture(self.path), "image/png")
        elif path == "/robots.txt" and self.replica.robots is not None:
            self._send(200, self.replica.robots.encode(), TEXT)
        elif path.startswith("/old_post/"):
            old = held.old_post(path.removeprefix("/old_post/"))
            self._send(404 if old is None else 200, b"404: Not Found" if old is None else old, TEXT)
        elif path.startswith("/a/") and path.endswith(".html"):
            own = held.article(path.removeprefix("/a/").removesuffix(".html"))
            self._send(404 if own is None else 200, article.missing() if own is None else own, HTML)
        elif path.startswith(("/comm/", "/kuaixun/", "/cdx/", "/web/")):
            self._answer_elsewhere(path, {name: values[-1] for name, values in query.items()})
        elif (served := held.page(path)) is not None:
            self._send_served(served, "application/xml" if path.endswith(".xml") else HTML)
        else:
            missing = held.page("/404.html")
            self._send(404, missing.body if missing else b"404", HTML)

    def _answer_elsewhere(self, path: str, query: dict[str, str]) -> None:
        """Answer as the publisher's lists, its article API, or the web archive."""
        held, last = self.replica.holdings, path.rpartition("/")[2]
        if path.startswith("/comm/web/"):
            self._send(200, held.publishers_list(last, query), JSON)
        elif path.startswith("/kuaixun/v2/api/article/"):
            self._send(200, held.api(last), JSON)
        elif path.startswith("/cdx/"):
            self._send(200, held.web_archive.index(query), JSON)
        else:
            copy = held.web_archive.copy(path.removeprefix("/web/"))
            self._send(404 if copy is None else 200, b"not archived" if copy is None else copy, HTML)

    def _send_served(self, served: Served, kind: str, *, validators: bool = True) -> None:
        headers = []
        if validators:
            headers = [("ETag", served.etag), ("Last-Modified", served.modified), ("Cache-Control", "max-age=600")]
            if self._unchanged(served):
                self._send(304, b"", kind, headers)
                return
        body = served.body
        if "gzip" in (self.headers.get("Accept-Encoding") or "") and self.fault not in {"cut-gzip", "cut-page"}:
            body = served.packed
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        self._send(200, body, kind, headers)

    def _unchanged(self, served: Served) -> bool:
        """Judge the request's conditions; a tag is decisive, a date counts only without one (RFC 9110, 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or served.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return self.headers.get("If-Modified-Since") == served.modified

    def _send(self, status: int, body: bytes, kind: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Note the request, then answer; in this order, so that who has the answer finds it in the log."""
        self._note(status)
        self._write(status, body, kind, headers)

    def _write(self, status: int, body: bytes, kind: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        cut = self.fault if status == 200 else None  # noqa: PLR2004
        if cut == "cut-gzip":
            packed = gzip.compress(body, mtime=0)
            body, headers = packed[: len(packed) // 2], [*headers, ("Content-Encoding", "gzip")]
        self.send_response(status)
        if status != 304:  # noqa: PLR2004 - Not Modified has no body to speak of
            self.send_header("Content-Type", kind)
            if cut == "cut-page":
                self.send_header("Connection", "close")
                body = half_of(body)
            else:
                self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if cut == "truncate":
            body = body[: len(body) // 2]
            self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(body)

    def _note(self, status: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.replica.note(self.command, self.path, status, self.fault, headers)


def cut(connection: socket.socket) -> None:
    """Close a connection so that the other side sees it reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
