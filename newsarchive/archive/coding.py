"""Captured bodies as the spider read them: with the content coding undone (RFC 9110 section 8.4)."""

from __future__ import annotations

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from newsarchive.archive.warcrecord import Exchange


def plain_body(exchange: Exchange) -> bytes:
    """Give an answer's body with its content codings undone, by the very code the crawl read it with.

    Args:
        exchange: as captured; gzip, deflate, br and zstd are known, and an unknown coding ends the undoing.

    Raises:
        ValueError: the body is not coded as its headers say; the crawl could not read it either.
    """
    codings = [value for name, value in exchange.headers if name.lower() == b"content-encoding"]
    if not codings:
        return exchange.body
    # Scrapy's own functions, underscored but without state: another reading here could make other posts.
    to_undo, _ = HttpCompressionMiddleware._split_encodings(codings)  # noqa: SLF001 - as above
    body = exchange.body
    if to_undo == [b"gzip"] and (whole := _gunzipped(body)) is not None:
        return whole
    try:
        for coding in to_undo:
            body = HttpCompressionMiddleware._decode(body, coding, 0)  # noqa: SLF001 - as above
    except Exception as error:  # each library raises errors of its own
        raise ValueError(f"the body is not coded as its headers say ({error})") from error
    return body


def _gunzipped(body: bytes) -> bytes | None:
    """Unpack what is one whole gzip member and nothing else, as nearly everything is: four times as fast."""
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(body)
    except zlib.error:
        return None
    return content if engine.eof and not engine.unused_data else None
