"""Take secret headers out of captures that an earlier newsarchive kept: passwords of proxies, cookies.

    PYTHONPATH=. .venv/bin/python contrib/captures/forget_headers.py ARCHIVE           names the records
    PYTHONPATH=. .venv/bin/python contrib/captures/forget_headers.py ARCHIVE --write   and makes them anew

Each record keeps its place and its length, so that what the ledger and other records say of it stays right, and
``scrapy verify`` has nothing to say. Keep a copy until it has said so, export WACZ files anew, and change the password:
whoever has an older copy of the archive has it too.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import struct
import sys
import zlib
from itertools import product
from pathlib import Path

from newsarchive.archive import gzipmember
from newsarchive.archive.capturereader import capture_files
from newsarchive.archive.files import write_whole
from newsarchive.archive.keeper import CAPTURES, BusyError, CannotStartError, hold
from newsarchive.archive.warcrecord import END, SECRET_HEADERS

_LINE = re.compile(rb"(?im)^(?P<name>%b)[ \t]*:[^\r\n]*\r\n" % b"|".join(map(re.escape, sorted(SECRET_HEADERS))))
_LENGTH = re.compile(rb"(?im)^Content-Length: \d+\r\n")
_DIGEST = re.compile(rb"(?im)^WARC-Block-Digest: [^\r\n]*\r\n")
_HTTP = re.compile(rb"(?im)^Content-Type: application/http")
_HEADER = 24  # bytes of a member before what is packed; see newsarchive.archive.gzipmember
_EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # of deflate, stored (RFC 1951, section 3.2.4)
_LAST_BLOCK = b"\x03\x00"
_LONGEST_FILLER = 64


def without_secrets(record: bytes, filler: str = "", *, named: bool = True) -> tuple[bytes, bytes] | None:
    """Return head and body of a record without its secret headers; None where it has none.

    Args:
        record: as it was.
        filler: for a field of our own, to make it longer.
        named: say in another field which headers there were.
    """
    head, _, rest = record.partition(END)
    http, _, body = rest.partition(END)
    http += b"\r\n"
    names = [match["name"].decode() for match in _LINE.finditer(http)]
    if not names or not _HTTP.search(head):
        return None
    http = _LINE.sub(b"", http) + b"\r\n"
    block = http + body.removesuffix(END)
    head = _LENGTH.sub(b"Content-Length: %d\r\n" % len(block), head + b"\r\n", count=1)
    head = _DIGEST.sub(f"WARC-Block-Digest: sha256:{hashlib.sha256(block).hexdigest()}\r\n".encode(), head, count=1)
    head += f"Newsarchive-Omitted: {', '.join(names)}\r\n".encode() if named else b""
    head += f"Newsarchive-Filler: {filler}\r\n".encode() if filler else b""
    return head + b"\r\n" + http, body


def repacked(record: bytes, length: int) -> bytes:
    """Return a record without its secret headers as a member of just this length."""
    for named, size, dense in product((True, False), range(_LONGEST_FILLER), (False, True)):
        head, body = without_secrets(record, secrets.token_hex(size)[:size], named=named) or (b"", b"")
        front, back = (deflated(head), stored(body)) if dense else (deflated(head + body), _LAST_BLOCK)
        back += struct.pack("<II", zlib.crc32(head + body), len(head + body) & 0xFFFFFFFF)
        room = length - _HEADER - len(front) - len(back)
        if room >= 0 and room % len(_EMPTY_BLOCK) == 0:
            rest = front + _EMPTY_BLOCK * (room // len(_EMPTY_BLOCK)) + back
            mark = gzipmember.Packer().pack(b"", b"", dense=False)[: _HEADER - 8]
            return mark + struct.pack("<II", len(rest), zlib.crc32(rest)) + rest
    raise ValueError("the record cannot be made as long as it was")


def deflated(content: bytes) -> bytes:
    """Return content packed as well as can be, without an end."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(content) + engine.flush(zlib.Z_FULL_FLUSH)


def stored(content: bytes) -> bytes:
    """Return content in stored blocks, the last of which is the end: pictures and gzipped pages do not pack."""
    chunks = [content[start : start + 0xFFFF] for start in range(0, len(content), 0xFFFF)] or [b""]
    headers = [struct.pack("<BHH", 0, len(chunk), len(chunk) ^ 0xFFFF) for chunk in chunks]
    headers[-1] = b"\x01" + headers[-1][1:]
    return b"".join(header + chunk for header, chunk in zip(headers, chunks, strict=True))


def cleaned(path: Path) -> tuple[bytes, list[int]]:
    """Return a file of captures without secret headers, and where its records are that had some."""
    content, places = bytearray(path.read_bytes()), []
    stream, size = io.BytesIO(bytes(content)), len(content)
    for stretch in list(gzipmember.walk(stream, size)):
        if stretch.damage:
            continue  # verify names it
        record, length = gzipmember.unpack(stream, stretch.offset, size)
        if without_secrets(record) is not None:
            content[stretch.offset : stretch.offset + length] = repacked(record, length)
            places.append(stretch.offset)
    return bytes(content), places


def main(arguments: list[str]) -> int:
    """Do what was asked; gives the exit code: 3 where records have secrets and were not written."""
    if not arguments or arguments[1:] not in ([], ["--write"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    root, write = Path(arguments[0]), len(arguments) > 1
    try:
        lock = hold(root.resolve(strict=True))
    except (BusyError, CannotStartError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found = 0
    for name in capture_files(root / CAPTURES):
        content, places = cleaned(root / CAPTURES / name)
        found += len(places)
        for place in places:
            sys.stdout.write(f"{name}#{place}\n")
        if places and write:
            write_whole(root / CAPTURES / name, content)
    os.close(lock)
    sys.stdout.write(f"{found} records {'were cleaned' if write else 'have secret headers'}\n")
    return 3 if found and not write else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
