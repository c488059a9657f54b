"""Content codings are undone by the archive's own strict decoder, so that a rebuild reads what the crawl read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.responsetypes import responsetypes

from newsarchive.archive.captures import Headers
from newsarchive.archive.content_encoding import ACCEPT_ENCODING, decoded
from newsarchive.middlewares.wire import META, pairs
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

DECODED = "decoded"
"""Where a request's meta holds what `decode_once` found out, until the middleware takes it."""
NOT_DECODED = "not decoded"
"""Where it says why the body of its answer is still coded; see `body_of`."""

_PARTIAL = "partial"  # Scrapy's flag of such an answer

_Found = bytes | NotUnderstoodError


class ContentEncodingMiddleware:
    """Says what we accept, and undoes it; in the place of Scrapy's, which takes half a stream for the whole."""

    def process_request(self, request: Request) -> None:
        """Ask for what can be decoded, and for nothing else."""
        request.headers[b"Accept-Encoding"] = ACCEPT_ENCODING

    def process_response(self, request: Request, response: Response) -> Response:
        """Undo the codings; what cannot be undone stays as it came, and `body_of` refuses it.

        Raises:
            TruncatedError: the answer was cut off, and no download handler of ours has seen to it.
        """
        found = decode_once(request, response)
        del request.meta[DECODED]
        if isinstance(found, TruncatedError):
            raise found
        request.meta[NOT_DECODED] = str(found) if isinstance(found, NotUnderstoodError) else ""
        if isinstance(found, NotUnderstoodError) or b"Content-Encoding" not in response.headers:
            return response
        headers = response.headers.copy()
        del headers[b"Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=found)
        return response.replace(cls=kind, headers=headers, body=found)


def decode_once(request: Request, response: Response) -> _Found:
    """Return a response's body with its codings undone, or why that cannot be; the same at each call for a try."""
    if DECODED not in request.meta:
        wire = request.meta.get(META)
        request.meta[DECODED] = _decode(response, wire.received if wire else pairs(response.headers))
    found: _Found = request.meta[DECODED]
    return found


def is_framed(response: Response) -> bool:
    """Return whether the server said where the body ends; else it ended where the connection did."""
    return _PARTIAL not in response.flags


def body_of(response: Response) -> bytes:
    """Return the body for a parser to read; raises `NotUnderstoodError` where its codings could not be undone."""
    if reason := response.meta.get(NOT_DECODED):
        raise NotUnderstoodError(str(reason))
    return response.body


def _decode(response: Response, headers: Headers) -> _Found:
    try:
        return decoded(response.body, headers, response.status)
    except NotUnderstoodError as error:
        return error
