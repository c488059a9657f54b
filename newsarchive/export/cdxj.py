"""CDXJ, the index web archives are replayed by: a line for each answer, sorted by a key made of its URL.

The key is the URL as SURT has it (the host's labels reversed, so that what belongs together stands together) after
the canonicalisation all replay software shares: https as http, no ``www.``, lower case, parameters in order.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes, urlsplit

from newsarchive.archive.warcrecord import STATUS_NOT_MODIFIED, Capture, Exchange

BLOCK = 1000
"""Lines that are packed together; a reader finds its block by the index of blocks and unpacks no other."""

_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"www\d*\.")
_ESCAPED = re.compile(rb"[\x00-\x20\x7f-\xff#%]")
_SLASHES = re.compile(rb"/+")


def line(capture: Capture, exchange: Exchange, file: str, offset: int) -> str:
    """Give the line of an answer that stands at `offset` of `file`; without a line end."""
    fields = {
        "url": capture.url,
        "mime": "warc/revisit" if capture.revisit else media_type(exchange),
        "status": str(capture.status),
        # A 304's payload is the server's word alone, as in its record.
        "digest": "" if capture.status == STATUS_NOT_MODIFIED else f"sha256:{capture.sha256}",
        "length": str(capture.length),
        "offset": str(offset),
        "filename": file,
    }
    return f"{key(capture.url)} {capture.date:%Y%m%d%H%M%S} {json.dumps({k: v for k, v in fields.items() if v})}"


def media_type(exchange: Exchange) -> str:
    """Give the media type an answer says it has, without its parameters; empty where it says none."""
    for name, value in exchange.headers:
        if name.lower() == b"content-type":
            return value.split(b";")[0].strip().decode("latin-1")
    return ""


def blocks(lines: Iterable[str], file: str) -> Iterator[tuple[bytes, bytes]]:
    """Pack sorted lines; gives each block, and the line of the index of blocks that goes with it.

    Args:
        lines: without line ends.
        file: the name under which the blocks will stand, one behind the other.
    """
    offset = 0
    yield b"", f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': file})}\n".encode()
    for block in _batches(lines):
        engine = zlib.compressobj(wbits=31)
        packed = engine.compress("".join(f"{one}\n" for one in block).encode()) + engine.flush()
        where = json.dumps({"offset": offset, "length": len(packed)})
        yield packed, f"{block[0].split(' {', 1)[0]} {where}\n".encode()
        offset += len(packed)


def key(url: str) -> str:
    """Give the key of an http or https URL."""
    parts = urlsplit(url)
    host = _WWW.sub("", (parts.hostname or "").strip("."), count=1)
    port = f":{parts.port}" if parts.port not in {None, _PORTS.get(parts.scheme.lower())} else ""
    path = _escape(_without_dots(_unescape(parts.path.encode()))).lower()
    query = _escape(_unescape(parts.query.encode())).lower()
    query = "&".join("=".join(pair) for pair in sorted(one.split("=", 1) for one in query.split("&")))
    path = path.rstrip("/") or "/"
    return f"{','.join(reversed(host.split('.')))}{port}){path}{f'?{query}' if query else ''}"


def _unescape(text: bytes) -> bytes:
    while (plain := unquote_to_bytes(text)) != text:
        text = plain
    return text


def _escape(text: bytes) -> str:
    return _ESCAPED.sub(lambda match: b"%%%02X" % match[0][0], text).decode()


def _without_dots(path: bytes) -> bytes:
    kept: list[bytes] = []
    for part in _SLASHES.sub(b"/", path).split(b"/")[1:]:
        if part == b"..":
            del kept[-1:]
        elif part != b".":
            kept.append(part)
    return b"/" + b"/".join(kept)


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for one in lines:
        batch.append(one)
        if len(batch) == BLOCK:
            yield batch
            batch = []
    if batch:
        yield batch
