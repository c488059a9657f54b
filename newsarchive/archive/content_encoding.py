"""Undo content codings (RFC 9110 section 8.4) strictly, with a limit; for the crawl and everything that reads captures.

The decoders of browsers, curl and Scrapy return what they have when a stream stops early, and check no sum. An archive
must not: half a page would be taken for the whole. Here a stream has its end, its sums, and nothing behind it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import brotli
from backports import zstd

from newsarchive.archive.warcrecord import Exchange, Headers
from newsarchive.source.understanding import NotUnderstoodError, TruncatedError

ACCEPT_ENCODING = b"gzip, deflate, br, zstd"
"""What the crawl says it accepts: just what `decoded` can undo."""
MAX_BODY = 8 * 2**20
"""Bytes a body may unpack to, wherever it is read; the largest page seen is below 1 MiB. Compiled in, and no setting:
a rebuild has to judge an answer as the crawl did, whatever the settings were then."""
MAX_CODINGS = 5  # in a row; curl's limit. None but the first was ever seen
MAX_STREAMS = 1000  # gzip members or zstd frames in a row; bgzip makes one of each 64 kB, an attacker of each 20 bytes
_WINDOW = 23  # log2 of bytes: 8 MiB is the most that zstd may ask for as a content coding (RFC 9659 section 3)
_PIECE = 2**16  # bytes a decoder is given, or brotli asked for, at once
_GZIP, _DEFLATE = b"\x1f\x8b\x08", 8  # RFC 1952 section 2.3.1: magic and the only method there is
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # behind a first byte 0x50 to 0x5f: a frame without content (RFC 8878 section 3.1.2)
_TEXT = 16  # bytes of plain text that are no coincidence


def decode_body(exchange: Exchange) -> bytes:
    """Return a captured answer's body with its content codings undone.

    Raises:
        TruncatedError: the answer was cut off; its record says so, or the body shows it.
        NotUnderstoodError: as for `decoded`.
    """
    if exchange.truncated:
        raise TruncatedError(f"the answer was cut off ({exchange.truncated})")
    return decoded(exchange.body, exchange.headers, exchange.status)


def decoded(body: bytes, headers: Headers, status: int = HTTPStatus.OK, *, limit: int = MAX_BODY) -> bytes:
    """Return a body with its content codings undone.

    Args:
        body: with its transfer codings undone.
        headers: of the answer as they came.
        status: of the answer; only a page is missed where nothing came.
        limit: bytes it may unpack to.

    Raises:
        TruncatedError: a stream has no end, a wrong sum, or bytes behind its end; or nothing came, and no length said
            that nothing would.
        NotUnderstoodError: a coding is unknown, the body is no such stream at all, or it unpacks to more than `limit`.
            Of an error or a redirect, of which the status says everything, such a body is returned as it came.
    """
    codings = content_codings(headers)
    if not body and (codings or not is_framed(headers)) and status == HTTPStatus.OK:
        raise TruncatedError("the answer was cut off before its body began")
    try:
        return _undone(body, codings, limit) if body else body
    except TruncatedError:
        raise
    except NotUnderstoodError:
        if status == HTTPStatus.OK:
            raise
        return body


def _undone(body: bytes, codings: list[str], limit: int) -> bytes:
    if len(codings) > MAX_CODINGS:
        raise NotUnderstoodError(f"the answer has {len(codings)} content codings in a row")
    for coding in reversed(codings):
        undo = _DECODERS.get(coding)
        if undo is None:
            raise NotUnderstoodError(f"the answer's content coding {coding[:40]!r} is unknown")
        output = _Output(limit)
        undo(body, output)
        body = b"".join(output.parts)
    return body


def content_codings(headers: Headers) -> list[str]:
    """Return the codings of a body in the order they were applied, lower case; several header lines are one list."""
    values = [value for name, value in headers if name.lower() == b"content-encoding"]
    names = [name.strip().lower() for name in b",".join(values).decode("latin-1").split(",")]
    return [name for name in names if name not in {"", "identity"}]


def is_framed(headers: Headers) -> bool:
    """Return whether an answer says where its body ends; else it ends where the connection does (RFC 9112, 6.3)."""
    return any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in headers)


@dataclass(slots=True)
class _Output:
    """What a decoder gave so far; refuses to grow beyond its limit."""

    limit: int
    size: int = 0
    parts: list[bytes] = field(default_factory=list)

    @property
    def room(self) -> int:
        """Return how many bytes to ask a decoder for: one more than there is room for, which shows that it has more."""
        return self.limit - self.size + 1

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size > self.limit:
            raise NotUnderstoodError(f"the answer is refused: it unpacks to more than {self.limit / 2**20:g} MiB")
        self.parts.append(part)


def _gzip(body: bytes, output: _Output) -> None:
    """Undo gzip; several members in a row are one stream (RFC 1952 section 2.2)."""

    def begins(start: bytes) -> bool:
        return start[:3] == _GZIP[: len(start)]

    def member(data: memoryview) -> int:
        try:
            return _inflate(data, zlib.MAX_WBITS | 16, output, "gzip")
        except zlib.error as error:
            raise _damaged("gzip", error) from error

    _streams("gzip", body, begins, member)


def _deflate(body: bytes, output: _Output) -> None:
    """Undo deflate: a zlib stream (RFC 1950), or what browsers take for one, a raw deflate stream (RFC 1951)."""
    has_header = len(body) > 1 and body[0] & 15 == _DEFLATE and not (body[0] << 8 | body[1]) % 31 and not body[1] & 32
    wbits = zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS
    try:
        length = _inflate(memoryview(body), wbits, output, "deflate")
    except (zlib.error, TruncatedError) as error:
        if not has_header and (_is_text(body) or (isinstance(error, zlib.error) and not output.size)):
            raise _no_stream("deflate") from error
        raise (error if isinstance(error, TruncatedError) else _damaged("deflate", error)) from error
    if length < len(body):
        raise _behind("deflate", len(body) - length)


def _inflate(data: memoryview, wbits: int, output: _Output, coding: str) -> int:
    """Unpack one stream of zlib's; return its length. Raises `zlib.error` as well."""
    engine, at = zlib.decompressobj(wbits), 0
    for piece in _pieces(data):
        output.add(engine.decompress(piece, output.room))
        at += len(piece)
        if engine.eof:
            return at - len(engine.unused_data)
    raise _endless(coding)


def _brotli(body: bytes, output: _Output) -> None:
    """Undo brotli (RFC 7932), which has neither magic nor sum: its decoder fails for what cannot be meant."""
    engine = brotli.Decompressor()
    for piece in _pieces(memoryview(body)):
        try:
            _feed(engine, piece, output)
        except brotli.error as error:
            raise (_damaged("br", error) if output.size else _not_brotli(body, piece, output.limit)) from error
    if not engine.is_finished():
        raise _no_stream("br") if _is_text(body) else _endless("br")


def _feed(engine: brotli.Decompressor, piece: memoryview, output: _Output) -> None:
    output.add(engine.process(piece, output_buffer_limit=_PIECE))
    while not engine.can_accept_more_data():
        output.add(engine.process(b"", output_buffer_limit=_PIECE))


def _not_brotli(body: bytes, piece: memoryview, limit: int) -> NotUnderstoodError:
    """Say why a decoder failed that gave nothing: it says the same of bytes behind the end and of what is no stream.

    Args:
        body: all of it.
        piece: the first of it, in which the decoder failed.
        limit: of its output.
    """
    if _is_text(body):
        return _no_stream("br")
    good, bad = 0, len(piece)  # the longest beginning that does not fail is found by halves
    engine, output = brotli.Decompressor(), _Output(limit)
    while bad - good > 1:
        middle = (good + bad) // 2
        tried, gave = brotli.Decompressor(), _Output(limit)
        try:
            _feed(tried, piece[:middle], gave)
        except brotli.error:
            bad = middle
        else:
            good, engine, output = middle, tried, gave
    if engine.is_finished():
        return _behind("br", len(body) - good)
    return _damaged("br", "it cannot be meant") if output.size else _no_stream("br")


def _zstd(body: bytes, output: _Output) -> None:
    """Undo zstd (RFC 8878); several frames in a row are one stream, and some of them may have no content."""

    def begins(start: bytes) -> bool:
        skippable = start[:1] and start[0] & 0xF0 == 0x50  # noqa: PLR2004 - as `_SKIPPABLE` says
        return start == _ZSTD[: len(start)] or (bool(skippable) and start[1:] == _SKIPPABLE[: len(start) - 1])

    def frame(data: memoryview) -> int:
        engine, at = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW}), 0
        try:
            for piece in _pieces(data):
                output.add(engine.decompress(piece, output.room))
                at += len(piece)
                if engine.eof:
                    return at - len(engine.unused_data)
        except zstd.ZstdError as error:
            if "too much memory" in str(error):
                raise NotUnderstoodError("the answer's zstd window is larger than a content coding's may be") from error
            raise _damaged("zstd", error) from error
        raise _endless("zstd")

    _streams("zstd", body, begins, frame)


def _streams(coding: str, body: bytes, begins: Callable[[bytes], bool], undo: Callable[[memoryview], int]) -> None:
    """Undo streams that follow each other until the body ends.

    Args:
        coding: its name.
        body: all of it.
        begins: tells by its first four bytes, or what there is of them, whether a stream begins.
        undo: undoes the first stream of what it is given, and returns its length.
    """
    data, at = memoryview(body), 0
    for _ in range(MAX_STREAMS):
        if not begins(bytes(data[at : at + 4])):
            raise _behind(coding, len(body) - at) if at else _no_stream(coding)
        at += undo(data[at:])
        if at == len(body):
            return
    raise NotUnderstoodError(f"the answer is refused: it is more than {MAX_STREAMS} {coding} streams in a row")


def _pieces(data: memoryview) -> Iterator[memoryview]:
    """Give data piece by piece: what a decoder leaves over is copied, so it must not be given all at once."""
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]


def _is_text(body: bytes) -> bool:
    """Return whether a body is plain text, which some servers declare to be coded."""
    try:
        text = body[:_PIECE].decode()
    except UnicodeDecodeError as error:
        if error.start < min(len(body), _PIECE) - 3:  # else a character was cut
            return False
        text = body[: error.start].decode()
    return len(text) >= _TEXT and all(
        character.isprintable() or character in "\t\r\n\u3000\xa0\ufeff" for character in text
    )


def _endless(coding: str) -> TruncatedError:
    return TruncatedError(f"the answer was cut off: its {coding} stream has no end")


def _behind(coding: str, number: int) -> TruncatedError:
    return TruncatedError(
        f"the answer was cut off or joined: {number} bytes stand behind the end of its {coding} stream"
    )


def _damaged(coding: str, error: object) -> TruncatedError:
    return TruncatedError(f"the answer was cut off or damaged: its {coding} stream breaks off ({error})")


def _no_stream(coding: str) -> NotUnderstoodError:
    return NotUnderstoodError(f"the answer's content coding is {coding}, but its body is no such stream")


_DECODERS: dict[str, Callable[[bytes, _Output], None]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,  # as old servers call it (RFC 9110 section 8.4.1.3)
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
