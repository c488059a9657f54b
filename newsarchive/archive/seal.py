"""The ledger's seal: a digest of each of its pages, written when it is closed, taken away before it is opened to write.

SQLite's own check sees a broken page, not a changed letter. While a seal is there, any flipped bit of the ledger shows,
at any size; between a killed run and the end of the next one there is none. Only pages that a run changed are digested
anew, so sealing costs by what changed and not by what is archived, and damage in a page that no run touched stays
visible however many runs follow.

The file: a line ``newsarchive seal 1 PAGE_SIZE PAGES``, 16 bytes for each page (of the SHA-256 of its number, as eight
bytes, and its content), and the SHA-256 of all that.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from newsarchive.archive import files

LEDGER = "ledger.db"
SEAL = "runs/ledger.sums"
_EARLIER = "runs/ledger.sha256"  # of newsarchive before schema 2; it says nothing any more

_HEAD = re.compile(rb"newsarchive seal 1 (\d+) (\d+)\n")
_SUM = 16
_END = hashlib.sha256().digest_size

# The write-ahead log: a header, then frames of 24 bytes and a page (sqlite.org/fileformat2.html, section 4).
_LOG_HEADER = struct.Struct(">IIIIIIII")
_FRAME = struct.Struct(">IIIIII")
_LOG_MAGIC = (0x377F0682, 0x377F0683)


class Seal:
    """The digests of a ledger's pages while a run may change some of them.

    Args:
        page_size: of the ledger, in bytes.
        sums: one digest after the other.
    """

    def __init__(self, page_size: int, sums: bytes) -> None:
        self.page_size = page_size
        self.sums = bytearray(sums)

    @classmethod
    def read(cls, root: Path) -> Seal | None:
        """Read an archive's seal; None where there is none, or none that is whole."""
        try:
            content = (root / SEAL).read_bytes()
        except FileNotFoundError:
            return None
        match = _HEAD.match(content)
        sums, digest = content[:-_END], content[-_END:]
        if match is None or hashlib.sha256(sums).digest() != digest:
            return None
        sums = sums[match.end() :]
        return cls(int(match[1]), sums) if len(sums) == int(match[2]) * _SUM else None

    def differing(self, ledger: Path) -> list[int]:
        """Give the numbers of the pages, counted from 0, that are not as sealed; one missing or too many counts."""
        with ledger.open("rb") as file:
            count = file.seek(0, 2) // self.page_size + bool(file.tell() % self.page_size)
            pages = max(count, len(self.sums) // _SUM)
            return [page for page in range(pages) if self._of(file, page) != self._kept(page)]

    def renew(self, ledger: Path, changed: Iterable[int]) -> None:
        """Digest the pages that changed, by number, and those that are new."""
        with ledger.open("rb") as file:
            count = file.seek(0, 2) // self.page_size
            known = min(len(self.sums) // _SUM, count)
            del self.sums[known * _SUM :]
            for page in sorted({0, *changed}.intersection(range(known))):
                self.sums[page * _SUM : (page + 1) * _SUM] = self._of(file, page)
            for page in range(known, count):
                self.sums += self._of(file, page)

    def write(self, root: Path) -> None:
        """Write the seal, whole or not at all."""
        content = b"newsarchive seal 1 %d %d\n%b" % (self.page_size, len(self.sums) // _SUM, bytes(self.sums))
        files.write_whole(root / SEAL, content + hashlib.sha256(content).digest())

    def _of(self, file: BinaryIO, page: int) -> bytes:
        file.seek(page * self.page_size)
        return hashlib.sha256(page.to_bytes(8, "big") + file.read(self.page_size)).digest()[:_SUM]

    def _kept(self, page: int) -> bytes:
        return bytes(self.sums[page * _SUM : (page + 1) * _SUM])


def take_off(root: Path) -> Seal | None:
    """Take the seal away before the ledger is written to, and give it; None where there was none, or none whole.

    Raises:
        OSError: it cannot be removed.
    """
    found = Seal.read(root)
    for name in (SEAL, _EARLIER):
        if (root / name).exists():
            (root / name).unlink()
            files.sync_directory((root / name).parent)
    return found


def seal(root: Path, earlier: Seal | None = None, changed: Iterable[int] = ()) -> None:
    """Seal a ledger that is closed. Where it cannot be, it stays without; that is no error.

    Not sealed is one that a reader keeps open with a log beside it, for that reader's end will still change it; nor one
    of a run that could not remove its temp files, for the next run looks for them where it finds no seal.

    Args:
        root: the archive.
        earlier: the seal that was taken off before the ledger was opened; without one every page is digested.
        changed: numbers of the pages changed since, as `logged_pages` gives them.
    """
    with contextlib.suppress(OSError):
        log = root / f"{LEDGER}-wal"
        if files.left_behind(root) or (log.exists() and log.stat().st_size):
            return
        size = _page_size(root / LEDGER)
        renewed = earlier if earlier is not None and earlier.page_size == size else Seal(size, b"")
        renewed.renew(root / LEDGER, changed)
        renewed.write(root)


def is_broken(root: Path) -> str:
    """Say what is wrong where there is a seal and the ledger is not what it says; raises OSError as reading does."""
    if not (root / SEAL).exists():
        return ""
    found = Seal.read(root)
    if found is None:
        return f"its seal {SEAL} is damaged"
    pages = found.differing(root / LEDGER)
    if not pages:
        return ""
    return f"{len(pages)} pages of it are not what its seal {SEAL} says, the first at byte {pages[0] * found.page_size}"


def logged_pages(log: Path) -> set[int]:
    """Give the numbers, counted from 0, of the pages that a write-ahead log holds; one that is missing holds none."""
    try:
        file = log.open("rb")
    except FileNotFoundError:
        return set()
    pages = set()
    with file:
        head = file.read(_LOG_HEADER.size)
        if len(head) < _LOG_HEADER.size:
            return set()
        magic, _, size, _, salt1, salt2, _, _ = _LOG_HEADER.unpack(head)
        if magic not in _LOG_MAGIC:
            return set()
        while len(frame := file.read(_FRAME.size)) == _FRAME.size:
            number, _, *salts = _FRAME.unpack(frame)[:4]
            if salts != [salt1, salt2]:
                break  # left over from before the log was begun again
            pages.add(number - 1)
            file.seek(size, 1)
    return pages


def _page_size(ledger: Path) -> int:
    with ledger.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:18], "big")  # sqlite.org/fileformat2.html, section 1.3.2
    return 65536 if size == 1 else size
