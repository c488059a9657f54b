"""What is kept of an exchange with a server, and how it is said in WARC records.

Format: WARC 1.1 (ISO 28500:2017, iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/).
Digests are SHA-256 in hexadecimal: the form `sha256sum` prints, and one that warcio and fastwarc both verify.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

Headers = tuple[tuple[bytes, bytes], ...]

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
HTTP_1 = ("HTTP/1.1", "HTTP/1.0")
STATUS_NOT_MODIFIED = 304
END = b"\r\n\r\n"

_TARGET = re.compile(r"[^:/?#]+://[^/?#]*([^#]*)")
_NOT_IN_A_URI = re.compile(r"[\x00-\x20\x7f-\xa0\s\ud800-\udfff]")
_TRANSFER = re.compile(rb"(?:x-crawler-)*transfer-encoding", re.IGNORECASE)
_SHORTEST = len(b"transfer-encoding")
_MASKED = re.compile(rb"(?:x-crawler-)+transfer-encoding", re.IGNORECASE)
_MASK = b"X-Crawler-"
# What would let others act as us: the password of a proxy or host, and the session a server gave us.
SECRET_HEADERS = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"cookie2", b"set-cookie", b"set-cookie2"}
)
_DENSE = re.compile(rb"^content-(?:encoding: *(?!identity)[^\s]|type: *image/)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question to a server and its answer.

    Attributes:
        url: as requested, with the query. What no URI may hold (spaces, controls) is kept percent-encoded.
        fetched_at: when the answer was there; with a time zone, kept in UTC to the microsecond.
        status: the answer's three digits.
        reason: the words behind them, as they came.
        headers: the answer's, in order, repeated ones too. CR and LF within a value are kept as a space
            (RFC 9110 section 5.5). `SECRET_HEADERS` are not kept, neither these nor the question's; a field of our own
            names those that were left out.
        body: the answer's bytes with transfer codings undone and content codings (gzip, br) still on.
        method: ``GET`` and so on; empty in what was read from a file whose request record is missing.
        request_headers: as the answer's.
        request_body: its bytes.
        version: ``HTTP/1.1``, ``HTTP/1.0``, or a name such as ``h2``.
        ip: the server's address, where it is known.
        about: what the question was for, in words of our own (an article's name); kept in a field of our own, since
            the address of an answer does not always tell. Empty where it does.
        truncated: why the body is not all of it (``length``, ``time``, ``disconnect``, ``unspecified``: WARC 1.1
            section 5.13); empty when it is.

    Raises:
        ValueError: ``fetched_at`` has no time zone.
    """

    url: str
    fetched_at: datetime
    status: int
    reason: bytes = b""
    headers: Headers = ()
    body: bytes = b""
    method: str = "GET"
    request_headers: Headers = ()
    request_body: bytes = b""
    version: str = "HTTP/1.1"
    ip: str | None = None
    truncated: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        """Refuse a time that could be any."""
        if self.fetched_at.tzinfo is None:
            raise ValueError(f"{self.url}: fetched_at {self.fetched_at} has no time zone")

    @property
    def content_type(self) -> str:
        """The answer's ``Content-Type``, of several the last; empty where it has none."""
        said = [value for name, value in self.headers if name.lower() == b"content-type"]
        return said[-1].decode("latin-1") if said else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where an answer is kept, and what it is known by.

    Attributes:
        file: the WARC file's name in the captures folder.
        offset: where the record's gzip member begins, in bytes.
        length: the member's, in bytes.
        sha256: hexadecimal, of the body as it came over the wire (`Exchange.body`).
        record_id: ``<urn:uuid:…>``.
        date: `Exchange.fetched_at` in UTC.
        status: the answer's.
        url: as the record names it.
        revisit: the record refers to an earlier one for its body and cannot be referred to itself.
    """

    file: str
    offset: int
    length: int
    sha256: str
    record_id: str
    date: datetime
    status: int
    url: str
    revisit: bool = False

    @property
    def place(self) -> str:
        """Where it is, as one word: ``20220126-0001.warc.gz#5120``; `Captures.find` reads it back."""
        return f"{self.file}#{self.offset}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that has no place yet: ``head + body`` is its content, ``dense`` a body that no longer compresses."""

    head: bytes
    body: bytes
    dense: bool = False


def new_ids() -> tuple[str, str]:
    """Make names for two records that belong together (random UUIDs, RFC 9562 section 5.4)."""
    both = os.urandom(32).hex()  # uuid.uuid4() costs five times as much, twice an exchange
    return _uuid(both[:32]), _uuid(both[32:])


def warcinfo(filename: str, date: datetime, software: str) -> Draft:
    """Draft the record every file begins with."""
    block = (
        f"software: {software}\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
    ).encode()
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", new_ids()[0]),
        ("WARC-Date", warc_date(date)),
        ("WARC-Filename", filename),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", "application/warc-fields"),
    ]
    return Draft(_head(fields, len(block)), block + END)


def answer(exchange: Exchange, ids: tuple[str, str], sha256: str, earlier: Capture | None) -> Draft:
    """Draft the response, or the revisit of an earlier one.

    Args:
        exchange: what to keep.
        ids: this record's and the request record's.
        sha256: of the body.
        earlier: a kept response this one repeats: its body is the same, or this is the server's 304. The caller of
            this function has made sure of it.
    """
    version, protocol = (exchange.version, "") if exchange.version in HTTP_1 else ("HTTP/1.1", exchange.version)
    start = b"%b %03d %b" % (version.encode(), exchange.status, one_line(exchange.reason))
    headers, omitted = public(exchange.headers)
    lines = _lines(masked(headers))
    http = b"%b\r\n%b\r\n" % (start, lines)
    body = b"" if earlier else exchange.body
    block = hashlib.sha256(http)
    block.update(body)
    fields = [
        ("WARC-Type", "revisit" if earlier else "response"),
        ("WARC-Record-ID", ids[0]),
        ("WARC-Date", warc_date(exchange.fetched_at)),
        ("WARC-Target-URI", uri(exchange.url)),
        ("WARC-Concurrent-To", ids[1]),
        ("WARC-IP-Address", exchange.ip or ""),
        ("WARC-Protocol", protocol),
        ("WARC-Truncated", exchange.truncated),
        ("Newsarchive-About", exchange.about),
        ("Newsarchive-Omitted", omitted),
        *(_refers_to(earlier, exchange.status) if earlier else ()),
        # A 304's payload is the server's word alone: a digest in its record would be one nobody computed.
        ("WARC-Payload-Digest", f"sha256:{sha256}" if not earlier or exchange.status != STATUS_NOT_MODIFIED else ""),
        ("WARC-Block-Digest", f"sha256:{block.hexdigest()}"),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    return Draft(_head(fields, len(http) + len(body)) + http, body + END, dense=_DENSE.search(lines) is not None)


def request(exchange: Exchange, ids: tuple[str, str]) -> Draft:
    """Draft the request record; ``ids`` as for `answer`."""
    url = uri(exchange.url)
    match = _TARGET.match(url)
    target = match[1] if match else url
    if not target.startswith("/"):
        target = f"/{target}"
    version = exchange.version if exchange.version in HTTP_1 else "HTTP/1.1"
    start = f"{exchange.method} {target} {version}\r\n".encode()
    headers, omitted = public(exchange.request_headers)
    http = b"%b%b\r\n" % (start, _lines(headers))
    block = http + exchange.request_body
    fields = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", ids[1]),
        ("WARC-Date", warc_date(exchange.fetched_at)),
        ("WARC-Target-URI", url),
        ("WARC-Concurrent-To", ids[0]),
        ("Newsarchive-Omitted", omitted),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    return Draft(_head(fields, len(block)), block + END)


def public(headers: Headers) -> tuple[Headers, str]:
    """Return headers without the secret ones, and the names of those, with commas."""
    secret = [name for name, _ in headers if name.strip().lower() in SECRET_HEADERS]
    if not secret:
        return headers, ""
    kept = tuple((name, value) for name, value in headers if name not in secret)
    return kept, ", ".join(name.strip().decode("ascii") for name in secret)


def masked(headers: Headers) -> Headers:
    """Rename ``Transfer-Encoding``, whose coding is undone, so that no reader undoes it a second time.

    ``X-Crawler-Transfer-Encoding`` is what Common Crawl calls it. warcio and fastwarc would otherwise take a body
    that happens to begin like a chunk for chunks. Names that are masked already get one mask more, so that
    `unmasked` gives back exactly what came.
    """
    if not any(len(name) >= _SHORTEST and _TRANSFER.fullmatch(name) for name, _ in headers):
        return headers
    return tuple((_MASK + name if _TRANSFER.fullmatch(name) else name, value) for name, value in headers)


def unmasked(headers: Headers) -> Headers:
    """Undo `masked`."""
    return tuple((name[len(_MASK) :] if _MASKED.fullmatch(name) else name, value) for name, value in headers)


def warc_date(date: datetime) -> str:
    """Write a time as WARC 1.1 wants it: UTC, to the microsecond."""
    return date.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def uri(url: str) -> str:
    """Percent-encode what a WARC-Target-URI must not hold; every other URL comes back as it is."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return _NOT_IN_A_URI.sub(lambda match: quote(match[0], errors="surrogatepass"), url)


def one_line(text: bytes) -> bytes:
    """Put a space where a line break would end the line early."""
    return text.replace(b"\r", b" ").replace(b"\n", b" ")


def _uuid(hexadecimal: str) -> str:
    h = hexadecimal
    return f"<urn:uuid:{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}>"


def _refers_to(earlier: Capture, status: int) -> tuple[tuple[str, str], ...]:
    return (
        ("WARC-Profile", NOT_MODIFIED if status == STATUS_NOT_MODIFIED else IDENTICAL),
        ("WARC-Refers-To", earlier.record_id),
        ("WARC-Refers-To-Target-URI", earlier.url),
        ("WARC-Refers-To-Date", warc_date(earlier.date)),
        # Not in the standard, but in use (OpenWayback): with them the body is found without an index.
        ("WARC-Refers-To-Filename", earlier.file),
        ("WARC-Refers-To-File-Offset", str(earlier.offset)),
    )


def _head(fields: list[tuple[str, str]], length: int) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields if value)
    return f"WARC/1.1\r\n{lines}Content-Length: {length}\r\n\r\n".encode()


def _lines(headers: Headers) -> bytes:
    lines = b"".join([b"%b: %b\r\n" % pair for pair in headers])
    if lines.count(b"\n") == lines.count(b"\r") == len(headers):
        return lines
    return b"".join([b"%b: %b\r\n" % (one_line(name), one_line(value)) for name, value in headers])
