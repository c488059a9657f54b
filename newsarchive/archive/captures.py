"""What servers answered, kept as it came: WARC files that are only appended to.

``captures/20220126-0001.warc.gz`` is the first file of a UTC day. Response and request follow each other, one gzip
member each. Reading is in `newsarchive.archive.capturereader`, the records' form in `warcrecord`, the members' in
`gzipmember`.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from newsarchive.archive import capturereader, gzipmember, warcrecord
from newsarchive.archive.appendfile import AppendFile
from newsarchive.archive.capturereader import CaptureError, Fault, capture_files, iterate, split_name
from newsarchive.archive.files import make_directory, sync_directory
from newsarchive.archive.warcrecord import Capture, Exchange, Headers

__all__ = ["Capture", "CaptureError", "Captures", "Exchange", "Fault", "Headers", "capture_files", "iterate"]

SOFTWARE = "newsarchive/0.1"
MAX_BYTES = 512 * 2**20

logger = logging.getLogger(__name__)


class Captures:
    """The captures of one archive. For one thread of the one process that holds the archive.

    A file is begun when its first record is written, and closed when the UTC day ends or it would grow too large;
    then it is never touched again. What was written before the last `sync` survives a power cut, what was written
    after it a killed process.
    """

    def __init__(
        self, folder: Path, *, now: Callable[[], datetime], max_bytes: int = MAX_BYTES, software: str = SOFTWARE
    ) -> None:
        """Touch nothing yet.

        Args:
            folder: where the WARC files are; made when the first is begun.
            now: tells the time, with a time zone; it names and turns over the files.
            max_bytes: a file is closed before it grows beyond this; a larger record has a file to itself.
            software: named in each file's warcinfo.
        """
        self._folder = folder
        self._now = now
        self._max_bytes = max_bytes
        self._software = software
        self._packer = gzipmember.Packer()
        self._file: AppendFile | None = None
        self._day = ""
        self._recovered = False
        self._left: set[str] = set()  # damaged files nothing is appended to
        self._committed: tuple[str, int] | None = None

    @property
    def committed(self) -> tuple[str, int] | None:
        """File name and size as of the last `sync`: up to there everything is on the disk. None before the first."""
        return self._committed

    def write(self, exchange: Exchange, same_as: Capture | None = None) -> Capture:
        """Keep an exchange; durable after the next `sync`.

        Args:
            exchange: what to keep.
            same_as: an earlier capture of the URL. When its body is this one's, or this is the server's 304, a
                revisit record is written that refers to it. A capture that cannot be referred to so (another body,
                a revisit itself) is passed over and the answer kept whole: a mistake here costs bytes, not news.

        Returns:
            Where the answer is.

        Raises:
            OSError: disk full, not writable. The file then ends with the record before.
        """
        sha256 = hashlib.sha256(exchange.body).hexdigest()
        ids = warcrecord.new_ids()
        earlier = same_as if same_as and _repeats(exchange, sha256, same_as) else None
        answer = self._pack(warcrecord.answer(exchange, ids, sha256, earlier))
        request = self._pack(warcrecord.request(exchange, ids))
        file = self._file_for(len(answer) + len(request))
        offset = file.append(answer + request)
        return Capture(
            file=file.path.name,
            offset=offset,
            length=len(answer),
            sha256=sha256,
            record_id=ids[0],
            date=exchange.fetched_at.astimezone(UTC),
            status=exchange.status,
            url=warcrecord.uri(exchange.url),
            revisit=earlier is not None,
        )

    def sync(self) -> tuple[str, int] | None:
        """Bring everything written to the disk; gives `committed`.

        Raises:
            OSError: the disk did not take it; `committed` stays where it was.
        """
        if self._file:
            self._file.sync()
            self._committed = (self._file.path.name, self._file.size)
        return self._committed

    def close(self) -> None:
        """Sync and close the file being written; a later `write` opens it again if its day isn't over.

        Raises:
            OSError: as for `sync`.
        """
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.close()
        except OSError:
            self._left.add(file.path.name)
            raise
        self._committed = (file.path.name, file.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, capture: Capture) -> Exchange:
        """Read an answer back exactly, a revisit with the body it refers to.

        Raises:
            CaptureError: the file is missing, a byte has changed, or another record stands there.
        """
        found, exchange = capturereader.read_at(self._folder, capture.file, capture.offset)
        if (found.record_id, found.sha256) != (capture.record_id, capture.sha256):
            reason = f"{found.record_id} (sha256 {found.sha256}) stands here, expected {capture.record_id}"
            raise CaptureError(Fault(capture.file, capture.offset, found.length, f"{reason} ({capture.sha256})"))
        return exchange

    def find(self, place: str) -> tuple[Capture, Exchange]:
        """Read the answer at a `Capture.place`.

        Raises:
            CaptureError: as for `read`; or it is no place.
        """
        file, _, offset = place.partition("#")
        if not offset.isdecimal():
            raise CaptureError(Fault(place, 0, 0, "is no place (file name, #, offset)"))
        return capturereader.read_at(self._folder, file, int(offset))

    def recover(self, file: str | None = None, committed_offset: int | None = None) -> str | None:
        """Cut off the record a killed run left half written, so that the last file can be appended to.

        Whole records behind the committed offset stay, up to the first damage. What was committed is never cut: a
        file damaged or missing there is left as it is, and nothing is appended to it. Without a committed offset only
        damage at the very end is taken for a torn record.

        Args:
            file: the file of the last `committed`, where it is known.
            committed_offset: and its size. A file of just this size is not read again.

        Returns:
            What was found and done, in one line; None when everything was in order.

        Raises:
            OSError: a file cannot be read or cut.
        """
        self._recovered = True
        files = dict.fromkeys(capture_files(self._folder)[-1:])
        committed = {file: committed_offset} if file is not None and committed_offset is not None else {}
        said = [self._recover(name, size) for name, size in {**files, **committed}.items()]
        return "; ".join(line for line in said if line) or None

    def _pack(self, draft: warcrecord.Draft) -> bytes:
        return self._packer.pack(draft.head, draft.body, dense=draft.dense)

    def _file_for(self, size: int) -> AppendFile:
        day = f"{self._now().astimezone(UTC):%Y%m%d}"
        if self._file is None:
            self._file = self._reopen(day)
        # A clock set back does not reopen yesterday: a file is left for a later day only.
        if self._file and (day > self._day or self._file.size + size > self._max_bytes):
            self.close()
        if self._file is None:
            self._file = self._begin(day)
        return self._file

    def _reopen(self, day: str) -> AppendFile | None:
        if not self._recovered and (line := self.recover()):
            logger.warning("%s", line)
        name = next(reversed(capture_files(self._folder)), None)
        if name is None or name in self._left or (split_name(name) or ("", 0))[0] != day:
            return None
        self._day = day
        return AppendFile(self._folder / name, new=False)

    def _begin(self, day: str) -> AppendFile:
        make_directory(self._folder)
        taken = [found[1] for name in capture_files(self._folder) if (found := split_name(name)) and found[0] == day]
        path = self._folder / f"{day}-{max(taken, default=0) + 1:04d}.warc.gz"
        file = AppendFile(path, new=True)
        try:
            file.append(self._pack(warcrecord.warcinfo(path.name, self._now(), self._software)))
        except BaseException:
            path.unlink()  # an empty file is no WARC
            file.close()
            raise
        self._day = day
        return file

    def _recover(self, name: str, committed: int | None) -> str | None:
        path = self._folder / name
        size = path.stat().st_size if path.exists() else 0
        if size == committed:
            return None
        if committed and size < committed:
            self._left.add(name)
            return f"{name}: the last {committed - size} of {committed} committed bytes are missing; left as it is"
        with path.open("rb") as stream:
            damage = [stretch for stretch in gzipmember.walk(stream, size) if stretch.damage]
        if size and not damage:
            return None
        begins = damage[0].offset if damage else 0
        torn = begins >= committed if committed else all(stretch.end == size for stretch in damage)
        if not torn:
            self._left.add(name)
            return f"{name}: damaged at {begins} ({damage[0].damage}); left as it is"
        _cut(path, begins)
        return f"{name}: {size - begins} bytes of a record that was not written whole cut off at {begins}"


def _cut(path: Path, size: int) -> None:
    if size == 0:
        path.unlink()  # an empty file is no WARC
        sync_directory(path.parent)
        return
    with path.open("r+b") as stream:
        stream.truncate(size)
        os.fsync(stream.fileno())


def _repeats(exchange: Exchange, sha256: str, earlier: Capture) -> bool:
    if earlier.revisit:
        return False
    if exchange.status == warcrecord.STATUS_NOT_MODIFIED:
        return True
    return bool(exchange.body) and sha256 == earlier.sha256
