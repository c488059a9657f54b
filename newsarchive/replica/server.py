"""The replica as a server on loopback: one port for the mirror, the share host, the old posts and the publisher.

=======================================  ===================================================================
``/``, ``/category/X.html``,             the mirror: ETag, Last-Modified, 304, gzip, a 404 page
``/X/YYYY/MM/DD/CODE.html``,
``/emnews/``, ``/feed.xml``
``/html_News/NewsShare.html?infoCode=``  the share page: a script shell, known or not
``/NewsData/GetNewsText.do?id=``         the article as JSON; ``{}`` for the unknown
``/old_post/NAME.md``                    a post that has left the mirror
``/a/NUMBER.html``                       the publisher's page, in the template of the article's year
``/comm/web/getNewsByColumns``,          the publisher's lists: newspapers by column, the rolling news
``/comm/web/getFastNewsList``
``/kuaixun/v2/api/article/NUMBER``       the article API
``/cdx/search/cdx``,                     a web archive of the mirror: what `Replica.keep_copies` had it copy
``/web/TIMESTAMPid_/URL``
``/pictures/…``                          a picture, another for each address
``/robots.txt``                          404 until set
``GET /__log``                           every request so far, as JSON
``POST /__reset``                        forget the log and the faults
``POST /__faults``                       a JSON list of rules; see `newsarchive.replica.faults`
=======================================  ===================================================================
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import ThreadingHTTPServer
from typing import Any, Self

from newsarchive.replica.compose import NOW
from newsarchive.replica.faults import Fault, read_rules
from newsarchive.replica.handler import Handler, cut
from newsarchive.replica.holdings import Holdings
from newsarchive.replica.piece import Piece
from newsarchive.replica.site import Site


@dataclass(frozen=True, slots=True)
class Seen:
    """A request the replica answered, or would not.

    Attributes:
        method: ``GET`` or ``HEAD``.
        path: as asked, with its query.
        status: of the answer; 0 where the connection was cut or hung.
        fault: what went wrong on demand, ``None`` for nothing.
        headers: of the request, names in lower case.
        at: seconds since 1970, UTC.
    """

    method: str
    path: str
    status: int
    fault: str | None
    headers: Mapping[str, str]
    at: float


class Replica:
    """The source in a box.

    A context manager: between enter and exit it answers at `url`. Everything may be changed while it does.

    >>> with Replica(compose()) as replica:                                             # doctest: +SKIP
    ...     replica.faults([{"match": "/category/", "do": "503", "times": 2}])
    ...     crawl(replica.url)
    ...     assert [seen.path for seen in replica.log] == ["/robots.txt", "/"]

    Args:
        pieces: what there is to publish, also what is not published yet at `now`.
        now: aware; what the mirror's clock says.
        port: 0 for any free one.

    Attributes:
        outage: while true, every connection is reset.
        robots: text of robots.txt, ``None`` for a 404.
        hang_seconds: how long ``hang`` hangs.
        slow_seconds: how long ``slow`` waits.
        holdings: what is served; for the handler.
        stopped: set at the end, so that nobody waits any longer.
    """

    def __init__(self, pieces: Iterable[Piece], now: datetime = NOW, *, port: int = 0) -> None:
        self.outage = False
        self.robots: str | None = None
        self.hang_seconds = 120.0
        self.slow_seconds = 3.0
        self.holdings = Holdings(pieces, now)
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._log: list[Seen] = []
        self._faults: list[Fault] = []
        self._server = Server(("127.0.0.1", port), self)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def settings(self) -> dict[str, str]:
        """The settings that send a run here and nowhere else."""
        url = self.url
        return {"FINEWS_URL": url, "NEWSSHARE_URL": url, "OLD_POST_URL": f"{url}old_post/", "ARTICLE_URL": url}

    @property
    def further_settings(self) -> dict[str, str]:
        """Those that send the spiders here that do without the mirror, eastmoney and wayback; besides `settings`."""
        url = self.url
        lists = dict.fromkeys(("EASTMONEY_LIST_URL", "EASTMONEY_FAST_URL", "EASTMONEY_API_URL"), url)
        return {**lists, "WAYBACK_CDX_URL": f"{url}cdx/search/cdx", "WAYBACK_RAW_URL": f"{url}web/"}

    @property
    def url(self) -> str:
        """Where everything is served; ends with ``/``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def now(self) -> datetime:
        """What the mirror's clock says, aware; set it and the mirror is built anew."""
        return self.site.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self.holdings.move(moment)

    @property
    def share_forgets(self) -> bool:
        """Whether the share host, too, forgets an article after three days; false at first."""
        return self.holdings.share_forgets

    @share_forgets.setter
    def share_forgets(self, forgets: bool) -> None:
        self.holdings.share_forgets = forgets

    @property
    def template(self) -> str:
        """The template of the publisher's pages, a key of `newsarchive.replica.article.TEMPLATES`; empty: by year."""
        return self.holdings.template

    @template.setter
    def template(self, name: str) -> None:
        self.holdings.template = name

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Everything there is, as edited."""
        return tuple(self.holdings.build.pieces.values())

    @property
    def site(self) -> Site:
        """The mirror as it is now."""
        return self.holdings.build.site

    @property
    def log(self) -> list[Seen]:
        """The requests so far, oldest first; control requests are not among them."""
        with self._lock:
            return list(self._log)

    def reset(self) -> None:
        """Forget the log and the faults."""
        with self._lock:
            self._log.clear()
            self._faults = []

    def faults(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Let requests go wrong; the rules take the place of earlier ones. See `newsarchive.replica.faults`."""
        faults = read_rules(rules)
        with self._lock:
            self._faults = faults

    def edit(
        self, number: str, *, title: str | None = None, text: str | None = None, content: str | None = None
    ) -> None:
        """Change an article at its publisher, in both of its forms: pages, lists and JSON.

        Args:
            number: digits of the infoCode.
            title: new title.
            text: new plain form; the rich form becomes the same unless `content` is given.
            content: new rich form.

        Raises:
            LookupError: no piece has this number.
        """
        given = {"title": title, "text": text, "content": text if content is None else content}
        self.holdings.change(number, {key: value for key, value in given.items() if value is not None})

    def delete(self, number: str) -> None:
        """Withdraw an article: no page, in no list, unknown to the share host. Raises LookupError as `edit`."""
        self.holdings.change(number, None)

    def add(self, *pieces: Piece) -> None:
        """Publish more; what is dated later than `now` comes out when `now` has reached it."""
        self.holdings.add(pieces)

    def keep_copies(self) -> None:
        """Have the web archive copy every post's page, and the home page, as they are now."""
        self.holdings.keep_copies()

    def take_fault(self, path: str) -> str | None:
        """Give the kind of the first rule that matches, counted down; for the handler."""
        with self._lock:
            return next((fault.kind for fault in self._faults if fault.take(path)), None)

    def note(self, method: str, path: str, status: int, fault: str | None, headers: Mapping[str, str]) -> None:
        """Add a request to the log; for the handler."""
        with self._lock:
            self._log.append(Seen(method, path, status, fault, headers, time.time()))


class Server(ThreadingHTTPServer):
    """The sockets of a replica."""

    daemon_threads = True
    block_on_close = False  # a client may keep its connection as long as it likes
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], replica: Replica) -> None:
        self.replica = replica
        self._open: set[socket.socket] = set()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for our name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread of its own; in an outage cut it."""
        if self.replica.outage:
            cut(request)
            return
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that has been served."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Close the listening socket and every connection a client still keeps."""
        super().server_close()
        for request in list(self._open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
