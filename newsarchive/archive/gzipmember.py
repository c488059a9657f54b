"""One record, one gzip member: packing it, and finding, checking and unpacking it again.

Format: RFC 1952 (gzip) and RFC 1951 (deflate). Every member carries one extra field (RFC 1952 section 2.3.1.1),
subfield ``NA``, little-endian: the number of bytes that follow the header, and their CRC-32. Other programs skip it.
It is there because gzip's own sum covers only the unpacked content: flipped bits in the header, in the padding of
deflate's last byte or in a repeat that points at equal text go unseen. With it any flipped bit shows, the end of a
damaged member is known, and a file can be walked without unpacking it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MARK = bytes.fromhex("1f8b08040000000000ff") + struct.pack("<H2sH", 12, b"NA", 8)  # no name, no time, OS unknown
_REST = struct.Struct("<II")  # length of what follows, CRC-32 of it
_TRAILER = struct.Struct("<II")  # gzip's own: CRC-32 and length of the unpacked content
_HEADER_LENGTH = len(_MARK) + _REST.size
_EMPTY_LAST_BLOCK = b"\x03\x00"
_STORED = struct.Struct("<BHH")
_STORED_MAX = 0xFFFF
_LEVEL = 2  # 4 kB of news HTML: 0.6 of the CPU of level 6 for 2 % more bytes
_CHUNK = 1 << 16


class Damaged(ValueError):  # noqa: N818 - what the member is
    """A member is not what was written; the message says how it shows."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a file: one whole member, or bytes that are none.

    Attributes:
        offset: where it begins, in bytes from the start of the file.
        length: bytes in the file.
        damage: what is wrong with it; empty for a whole member.
    """

    offset: int
    length: int
    damage: str = ""

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.length


class Packer:
    """Makes gzip members. Not for several threads at once."""

    def __init__(self) -> None:
        self._engine = _engine()

    def pack(self, head: bytes, body: bytes, *, dense: bool) -> bytes:
        """Pack ``head + body`` as one gzip member.

        Args:
            head: compressed.
            body: compressed too, unless ``dense``.
            dense: the body is compressed already; it is stored as it is, which costs nothing and gains nothing less.
        """
        packed = self._deflate(head) + _stored(body) if dense else self._deflate(head + body) + _EMPTY_LAST_BLOCK
        total = (len(head) + len(body)) & 0xFFFFFFFF
        rest = packed + _TRAILER.pack(zlib.crc32(body, zlib.crc32(head)), total)
        return _MARK + _REST.pack(len(rest), zlib.crc32(rest)) + rest

    def _deflate(self, data: bytes) -> bytes:
        # A full flush ends on a byte and forgets what came before, so one engine serves every member: making a new
        # one costs more than compressing a request does.
        try:
            return self._engine.compress(data) + self._engine.flush(zlib.Z_FULL_FLUSH)
        except BaseException:
            self._engine = _engine()  # half a record must not run into the next one
            raise


def walk(file: BinaryIO, size: int, start: int = 0) -> Iterator[Stretch]:
    """Give every stretch of a file from ``start`` to ``size``, in order and without a gap; nothing is unpacked.

    Behind damage the next member is found by the sixteen fixed bytes every member begins with.
    """
    while start < size:
        try:
            found = Stretch(start, check(file, start, size))
        except Damaged as fault:
            found = Stretch(start, _next_mark(file, start + 1, size) - start, str(fault))
        yield found
        start = found.end


def check(file: BinaryIO, offset: int, size: int) -> int:
    """Say how long the member at ``offset`` is, having compared every byte of it with its sum.

    Raises:
        Damaged: no member begins there, it ends behind ``size``, or a byte of it has changed.
    """
    length, expected = _header(file, offset, size)
    crc, left = 0, length
    while left:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            raise Damaged("the file ends within the record")
        crc, left = zlib.crc32(chunk, crc), left - len(chunk)
    if crc != expected:
        raise Damaged("the packed bytes do not match their sum")
    return _HEADER_LENGTH + length


def unpack(file: BinaryIO, offset: int, size: int) -> tuple[bytes, int]:
    """Unpack the member at ``offset``; gives its content and its length in the file.

    Raises:
        Damaged: as for `check`, or the content does not unpack to what gzip's own sum says.
    """
    length = check(file, offset, size)
    file.seek(offset)
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(file.read(length))
    except zlib.error as error:
        raise Damaged(f"the record does not unpack ({error})") from error
    if not engine.eof or engine.unused_data:
        raise Damaged("the record is not one gzip member")
    return content, length


def _header(file: BinaryIO, offset: int, size: int) -> tuple[int, int]:
    file.seek(offset)
    header = file.read(max(0, min(_HEADER_LENGTH, size - offset)))
    if not header or header[: len(_MARK)] != _MARK[: len(header)]:
        raise Damaged("no record begins here")
    if len(header) < _HEADER_LENGTH:
        raise Damaged("the file ends within the record's first bytes")
    length, crc = _REST.unpack_from(header, len(_MARK))
    if offset + _HEADER_LENGTH + length > size:
        raise Damaged(f"the record ends {offset + _HEADER_LENGTH + length - size} bytes behind the end of the file")
    return length, crc


def _next_mark(file: BinaryIO, start: int, size: int) -> int:
    overlap = len(_MARK) - 1
    file.seek(start)
    window = b""
    at = start  # where the window begins
    while chunk := file.read(min(_CHUNK, size - at - len(window))):
        window += chunk
        found = window.find(_MARK)
        if found >= 0:
            return at + found
        at += max(0, len(window) - overlap)
        window = window[-overlap:]
    return size


def _engine() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def _stored(data: bytes) -> bytes:
    parts: list[bytes] = []
    for start in range(0, len(data), _STORED_MAX):
        chunk = data[start : start + _STORED_MAX]
        last = start + _STORED_MAX >= len(data)
        parts += (_STORED.pack(last, len(chunk), len(chunk) ^ 0xFFFF), chunk)
    return b"".join(parts) or _EMPTY_LAST_BLOCK
