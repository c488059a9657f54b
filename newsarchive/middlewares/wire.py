"""Scrapy's download handler for http and https, which also notes what the capture has to know of the wire.

Scrapy drops the words behind a status, the order and spelling of an answer's headers, ``Transfer-Encoding``, and what
its client adds to a request. None of it has a public way out (Scrapy 2.19), so this leans on private classes of
Scrapy's handler; ``tests/middlewares/test_wire.py`` names each, and the dependency is pinned to the minor version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers import http11
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

from newsarchive.archive.captures import Headers

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.headers import Headers as ScrapyHeaders
    from twisted.internet.defer import Deferred

STOPPING = object()
"""Scrapy signal: the run is to stop. What is under way is given up: a server that hangs would hold it for long."""
META = "wire"
"""Where a request's meta holds the `Wire` of its last answer, until the capture takes it."""


_STOPPED = "the run was stopped before the answer was there"


@dataclass(frozen=True, slots=True)
class Wire:
    """What went over the wire around a body.

    Attributes:
        reason: the words behind the status.
        received: the answer's headers in their order and spelling.
        sent: the request's, likewise.
    """

    reason: bytes
    received: Headers
    sent: Headers


def pairs(headers: ScrapyHeaders) -> Headers:
    """Give Scrapy's headers as pairs."""
    return tuple((name, value) for name, values in headers.items() for value in values)


class WireDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, with a client that notes; everything else of it is Scrapy's."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory  # noqa: SLF001
        self._under_way: set[Deferred[Any]] = set()
        self._stopping = False
        crawler.signals.connect(self.stop, signal=STOPPING)

    def stop(self) -> None:
        """Give up what is under way, and ask for nothing more."""
        self._stopping = True
        for answered in tuple(self._under_way):
            answered.cancel()

    async def download_request(self, request: Request) -> Response:
        """Ask; like Scrapy's but for the agent, and for a warning that the spider's own sentence makes superfluous.

        Raises:
            IgnoreRequest: the run was stopped before the answer was there.
        """
        if self._stopping:
            raise IgnoreRequest(_STOPPED)
        agent = _Agent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        answered = agent.download_request(request)
        self._under_way.add(answered)
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(answered)
        except Exception as error:
            if self._stopping:
                raise IgnoreRequest(_STOPPED) from error
            raise
        finally:
            self._under_way.discard(answered)


class _Agent(http11._ScrapyAgent):  # noqa: SLF001
    """Hands what the parser noted to the request."""

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        sent = txresponse.request.headers.getAllRawHeaders()
        request.meta[META] = Wire(
            reason=txresponse.phrase,
            received=tuple(txresponse.received),
            sent=tuple([(name, value) for name, values in sent for value in values]),
        )
        return super()._cb_bodyready(txresponse, request)


class _Parser(http11._LenientHTTPClientParser):  # noqa: SLF001
    """Notes each header line on the response that Twisted makes of it; no state of its own."""

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 - Twisted's name
        """Begin a list with the status line."""
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        self.response.received = []

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802
        """Add a line to it before Twisted respells the name."""
        self.response.received.append((name, value))
        super().headerReceived(name, value)  # type: ignore[no-untyped-call]


class _Protocol(http11._LenientHTTP11ClientProtocol):  # noqa: SLF001
    """Parses with `_Parser`, put in place the way Scrapy puts its own."""

    def request(self, request: Any) -> Deferred[Any]:
        """Send a request; its answer comes through `_Parser`."""
        answered = super().request(request)
        assert self._parser is not None  # noqa: S101 - as in Scrapy's: a connection that takes a request has one
        self._parser.__class__ = _Parser
        return answered


class _Factory(http11._LenientHTTP11ClientFactory):  # noqa: SLF001
    """Makes connections that note."""

    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: N802
        """Make a connection's protocol."""
        del addr
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
