"""Reading captures: one by its place, or all of them past any damage."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from newsarchive.archive import gzipmember
from newsarchive.archive.gzipmember import Damaged
from newsarchive.archive.warcrecord import END, IDENTICAL, Capture, Exchange, Headers, unmasked

_FILE = re.compile(r"(\d{8})-(\d{4,})\.warc\.gz", re.ASCII)
_VERSION = "WARC/1.1"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the captures that cannot be read back as it was written.

    Attributes:
        file: the WARC file's name.
        offset: where the damage begins, in bytes.
        length: of the stretch that is lost; 0 where that is not known.
        reason: what is wrong.
    """

    file: str
    offset: int
    length: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file} at {self.offset}: {self.reason}"


class CaptureError(Exception):
    """A capture cannot be read back as it was written; ``fault`` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in a file: its fields, and the block they describe."""

    fields: dict[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """``warcinfo``, ``response``, ``revisit``, ``request``."""
        return self.fields["WARC-Type"]


def capture_files(folder: Path) -> list[str]:
    """List the names of a folder's WARC files, oldest first."""
    return sorted((path.name for path in folder.glob("*.warc.gz")), key=_age)


def split_name(name: str) -> tuple[str, int] | None:
    """Give the UTC day (``20220126``) and serial of a capture file's name; None for a name that is none."""
    match = _FILE.fullmatch(name)
    return (match[1], int(match[2])) if match else None


def read_at(folder: Path, file: str, offset: int, *, question: bool = True) -> tuple[Capture, Exchange]:
    """Read one answer back, with the question that belongs to it unless it is not asked for.

    A revisit is given the body of the record it refers to. A request record that is missing or damaged leaves
    ``method`` empty: the answer can do without it, and `iterate` names the damage.

    Raises:
        CaptureError: the file is missing, or nothing whole and right stands there.
    """
    try:
        with _open(folder, file) as stream:
            size = _size(stream)
            record, length = _record(stream, offset, size)
            capture, exchange = _answer(folder, record, file, offset, length)
            if not question:
                return capture, exchange
            try:
                asked, _ = _record(stream, offset + length, size)
            except Damaged:
                return capture, exchange
            return capture, _with_request(exchange, capture, asked)
    except (ValueError, KeyError, FileNotFoundError) as error:
        raise CaptureError(Fault(file, offset, 0, _reason(error))) from error


def iterate(folder: Path) -> Iterator[tuple[Capture, Exchange] | Fault]:
    """Read every answer in the order written, one in memory at a time; what is damaged comes as a `Fault`.

    Every byte of every file is compared with its sums. A fault never ends the reading: it goes on with the next
    whole record, or with the next file where this one cannot be read at all.
    """
    for name in capture_files(folder):
        try:
            yield from _iterate_file(folder, name)
        except OSError as error:
            yield Fault(name, 0, 0, f"the file cannot be read to its end ({error.strerror})")


def _iterate_file(folder: Path, name: str) -> Iterator[tuple[Capture, Exchange] | Fault]:
    pending: tuple[Capture, Exchange] | None = None  # an answer whose question may be the next record
    with _open(folder, name) as stream:
        size = _size(stream)
        if size == 0:
            yield Fault(name, 0, 0, "the file is empty")
        for stretch in gzipmember.walk(stream, size):
            found = look(folder, stream, name, stretch, size)
            if pending:
                capture, exchange = pending
                yield capture, _with_request(exchange, capture, found) if isinstance(found, Record) else exchange
                pending = None
            if isinstance(found, Fault):
                yield found
            elif isinstance(found, tuple):
                pending = found
        if pending:
            yield pending


def look(
    folder: Path, stream: BinaryIO, name: str, stretch: gzipmember.Stretch, size: int
) -> tuple[Capture, Exchange] | Record | Fault:
    """Read what stands in a stretch of a file: an answer without its question, another record, or damage.

    Args:
        folder: the captures.
        stream: the file, open.
        name: its name.
        stretch: as `gzipmember.walk` gives it.
        size: of the file.
    """
    reason = stretch.damage
    if not reason:
        try:
            record, length = _record(stream, stretch.offset, size)
            if record.kind not in ("response", "revisit"):
                return record
            return _answer(folder, record, name, stretch.offset, length)
        except CaptureError as error:
            reason = f"refers to a record that cannot be read: {error}"
        except (ValueError, KeyError) as error:
            reason = _reason(error)
    return Fault(name, stretch.offset, stretch.length, reason)


def _open(folder: Path, name: str) -> BinaryIO:
    if "/" in name or not name.endswith(".warc.gz"):
        raise Damaged(f"{name!r} is no capture file's name")
    return open(f"{folder}/{name}", "rb")  # noqa: PTH123 - many thousands of times; callers close it


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, 2)


def _record(stream: BinaryIO, offset: int, size: int) -> tuple[Record, int]:
    content, length = gzipmember.unpack(stream, offset, size)
    head, _, rest = content.partition(END)
    version, *lines = head.decode().split("\r\n")
    fields = dict([line.split(": ", 1) for line in lines])
    block = rest[: -len(END)]
    digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
    if version != _VERSION or not rest.endswith(END) or fields["Content-Length"] != str(len(block)):
        raise Damaged("what is packed here is no WARC 1.1 record")
    if fields["WARC-Block-Digest"] != digest:
        raise Damaged(f"the block's digest is {digest}, recorded is {fields['WARC-Block-Digest']}")
    return Record(fields, block), length


def _answer(folder: Path, record: Record, file: str, offset: int, length: int) -> tuple[Capture, Exchange]:
    if record.kind not in ("response", "revisit"):
        raise Damaged(f"a {record.kind} record stands here, not a response")
    fields = record.fields
    start, headers, body = _http(record.block)
    version, status, reason = start.split(b" ", 2)
    if fields.get("WARC-Profile") == IDENTICAL:
        body = _body_of_earlier(folder, record)
    sha256 = hashlib.sha256(body).hexdigest()
    recorded = fields.get("WARC-Payload-Digest", f"sha256:{sha256}")
    if recorded != f"sha256:{sha256}":
        raise Damaged(f"the body's digest is sha256:{sha256}, recorded is {recorded}")
    exchange = Exchange(
        url=fields["WARC-Target-URI"],
        fetched_at=datetime.fromisoformat(fields["WARC-Date"]),
        status=int(status),
        reason=reason,
        headers=unmasked(headers),
        body=body,
        method="",
        version=fields.get("WARC-Protocol", version.decode()),
        ip=fields.get("WARC-IP-Address"),
        truncated=fields.get("WARC-Truncated", ""),
        about=fields.get("Newsarchive-About", ""),
    )
    capture = Capture(
        file=file,
        offset=offset,
        length=length,
        sha256=sha256,
        record_id=fields["WARC-Record-ID"],
        date=exchange.fetched_at,
        status=exchange.status,
        url=exchange.url,
        revisit=record.kind == "revisit",
    )
    return capture, exchange


def _body_of_earlier(folder: Path, record: Record) -> bytes:
    file, offset = record.fields["WARC-Refers-To-Filename"], int(record.fields["WARC-Refers-To-File-Offset"])
    try:
        with _open(folder, file) as stream:
            earlier, _ = _record(stream, offset, _size(stream))
    except (ValueError, KeyError, FileNotFoundError) as error:
        raise CaptureError(Fault(file, offset, 0, _reason(error))) from error
    if earlier.kind != "response" or earlier.fields["WARC-Record-ID"] != record.fields["WARC-Refers-To"]:
        raise CaptureError(Fault(file, offset, 0, f"{record.fields['WARC-Refers-To']} does not stand here"))
    return _http(earlier.block)[2]


def _with_request(exchange: Exchange, capture: Capture, record: Record) -> Exchange:
    if record.kind != "request" or record.fields.get("WARC-Concurrent-To") != capture.record_id:
        return exchange
    start, headers, body = _http(record.block)
    return replace(exchange, method=start.split(b" ", 1)[0].decode(), request_headers=headers, request_body=body)


def _http(block: bytes) -> tuple[bytes, Headers, bytes]:
    head, _, body = block.partition(END)
    start, *lines = head.split(b"\r\n")
    headers = []
    for line in lines:
        name, _, value = line.partition(b": ")
        headers.append((name, value))
    return start, tuple(headers), body


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file is missing"
    return str(error) if isinstance(error, Damaged) else f"the record cannot be understood ({error!r})"


def _age(name: str) -> tuple[str, int, str]:
    day, serial = split_name(name) or ("", 0)
    return day, serial, name
