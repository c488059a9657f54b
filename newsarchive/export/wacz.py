"""WACZ: the captures, with their index and the list of pages to begin at.

With everything asked for, the capture files go in as they are. With a selection, only the exchanges that asked for one
of its articles, by whichever road and with whatever result; each record is copied byte for byte, question and answer.
A revisit refers to an earlier answer of its own URL, which therefore goes in too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from newsarchive import __version__
from newsarchive.archive import gzipmember, warcrecord
from newsarchive.archive.capturereader import Fault, Record, capture_files, look
from newsarchive.archive.replaying import Progress
from newsarchive.archive.scratch import Scratch
from newsarchive.archive.warcrecord import Capture, Exchange
from newsarchive.article import Refused
from newsarchive.export import cdxj
from newsarchive.export.formats import About
from newsarchive.export.package import Member, Package
from newsarchive.export.record import Record as Post

SOFTWARE = f"newsarchive {__version__}"
LARGEST = 2**30
"""A file of selected records is closed when it has grown beyond this."""

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:NW)?(\d{14,24})(?![0-9A-Za-z])", re.ASCII)
_CHUNK = 2**18
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_ARTICLE_PAGE, _GAVE_TEXT, _OTHER_PAGE = 3, 2, 1  # what a page is worth to begin at


@dataclass(slots=True)
class Packed:
    """What went in.

    Attributes:
        answers: records of answers.
        files: WARC files.
        pages: articles one can begin at.
        without: articles that have no answer in the captures one could begin at (imported posts).
        damaged: stretches of the captures that were left out.
    """

    answers: int = 0
    files: int = 0
    pages: int = 0
    without: int = 0
    damaged: int = 0


@dataclass(slots=True)
class Job:
    """What is to be packed, and who is told.

    Attributes:
        captures: the folder of the capture files.
        whole: everything in it; else what belongs to the posts.
        busy: a run is writing to the last file, whose end may be half a record.
        damaged: told of everything that is left out because it cannot be read.
        progress: told how far it is.
        packed: what went in, complete when `write` has ended.
    """

    captures: Path
    whole: bool
    busy: bool
    damaged: Callable[[Fault], None]
    progress: Progress
    packed: Packed = field(default_factory=Packed)

    def write(self, records: Iterator[Post], out: BinaryIO, about: About) -> None:
        """Write the package.

        Raises:
            Refused: no capture belongs to what was asked for, and a WACZ without any is none.
        """
        with Scratch() as scratch, Package(out, about.now) as package:
            for record in records:
                scratch.add_article(record.code.removeprefix("NW"), record.title, record.capture or "")
            main = _Archive(self, package, scratch, about).pack()
            if not self.packed.answers:
                raise Refused("no capture belongs to these posts, and a WACZ without captures is none")
            _write_index(package, scratch)
            self._write_pages(package, scratch, main)
            package.finish(_description(about, self.packed, main))

    def _write_pages(self, package: Package, scratch: Scratch, main: Home | None) -> None:
        with package.member("pages/pages.jsonl", packed=False) as out:
            out.write(_json({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}))
            if main is not None:
                out.write(_json({"id": "home", "url": main.url, "ts": main.moment, "title": "finews"}))
            for number, page in enumerate(scratch.pages(), 1):
                out.write(_json({"id": f"{number}", "url": page.url, "ts": page.moment, "title": page.title}))
                self.packed.pages += 1
        self.packed.without = scratch.without_page()


@dataclass(frozen=True, slots=True)
class Home:
    """The mirror's home page as it was last captured: where reading everything begins."""

    url: str
    moment: str


class _Archive:
    """Writes the WARC files, and remembers index lines and pages."""

    def __init__(self, job: Job, package: Package, scratch: Scratch, about: About) -> None:
        self.job = job
        self.package = package
        self.scratch = scratch
        self.about = about
        self.home: Home | None = None
        self._stack = ExitStack()
        self._member: Member | None = None
        self._name = ""

    def pack(self) -> Home | None:
        """Go through all captures."""
        with self._stack:
            self._pack()
        return self.home

    def _pack(self) -> None:
        names = capture_files(self.job.captures)
        sizes = {name: (self.job.captures / name).stat().st_size for name in names}
        total, before = sum(sizes.values()), 0
        for name in names:
            last = self.job.busy and name == names[-1]
            if not sizes[name]:
                if not last:
                    self._damage(Fault(name, 0, 0, "the file is empty"))
                continue
            with (self.job.captures / name).open("rb") as stream:
                if self.job.whole:
                    self._begin(name)
                for done in self._file(stream, name, sizes[name], last=last):
                    self.job.progress("captures", before + done, total)
            before += sizes[name]

    def _file(self, stream: BinaryIO, name: str, size: int, *, last: bool) -> Iterator[int]:
        """Take what is wanted of a file; gives how far it is."""
        asked = ""  # the answer whose question may be the next record
        for stretch in gzipmember.walk(stream, size):
            found = look(self.job.captures, stream, name, stretch, size)
            if isinstance(found, Fault) and not (last and stretch.end == size):
                self._damage(found)
            if isinstance(found, tuple):
                asked = self._answer(stream, stretch, *found)
            elif not stretch.damage and (self.job.whole or _concurrent(found) == asked != ""):
                self._copy(stream, stretch)
            yield stretch.end

    def _damage(self, fault: Fault) -> None:
        self.job.packed.damaged += 1
        self.job.damaged(fault)

    def _answer(self, stream: BinaryIO, stretch: gzipmember.Stretch, capture: Capture, exchange: Exchange) -> str:
        """Take an answer if it is wanted; gives its record's id if it was."""
        found = {number: self.scratch.capture_of(number) for number in _NUMBER.findall(unquote(capture.url))}
        numbers = {number: place for number, place in found.items() if place is not None}
        if not numbers and not self.job.whole:
            return ""
        offset = self._copy(stream, stretch)
        self.job.packed.answers += 1
        self.scratch.add_line(cdxj.line(capture, exchange, self._name, offset))
        if capture.status == HTTPStatus.OK:
            self._note_page(capture, exchange, numbers)
        return capture.record_id

    def _note_page(self, capture: Capture, exchange: Exchange, numbers: dict[str, str]) -> None:
        moment, path = f"{capture.date:%Y-%m-%dT%H:%M:%SZ}", urlsplit(capture.url).path
        html = cdxj.media_type(exchange) in _HTML
        for number, place in numbers.items():
            if html and number in path:
                self.scratch.offer_page(number, capture.url, moment, worth=_ARTICLE_PAGE)
            elif html or place == capture.place:
                worth = _GAVE_TEXT if place == capture.place else _OTHER_PAGE
                self.scratch.offer_page(number, capture.url, moment, worth=worth)
        if html and path in {"", "/"} and self.job.whole:
            self.home = Home(capture.url, moment)

    def _copy(self, stream: BinaryIO, stretch: gzipmember.Stretch) -> int:
        """Copy a record as it is packed; gives the offset it has now."""
        if self._member is None or (not self.job.whole and self._member.size > LARGEST):
            self._begin(f"selection-{self.job.packed.files + 1:04d}.warc.gz")
            self._write_warcinfo()
        assert self._member is not None  # noqa: S101 - for the type checker: begun above
        offset, left = self._member.size, stretch.length
        stream.seek(stretch.offset)
        while left:
            chunk = stream.read(min(left, _CHUNK))
            self._member.write(chunk)
            left -= len(chunk)
        return offset

    def _begin(self, name: str) -> None:
        self._stack.close()
        self._member = self._stack.enter_context(self.package.member(f"archive/{name}", packed=True))
        self._name = name
        self.job.packed.files += 1

    def _write_warcinfo(self) -> None:
        assert self._member is not None  # noqa: S101 - as above
        draft = warcrecord.warcinfo(self._name, self.about.now, SOFTWARE.replace(" ", "/"))
        self._member.write(gzipmember.Packer().pack(draft.head, draft.body, dense=False))


def _concurrent(found: Record | Fault) -> str:
    if isinstance(found, Fault) or found.kind != "request":
        return ""
    return found.fields.get("WARC-Concurrent-To", "")


def _write_index(package: Package, scratch: Scratch) -> None:
    index = []  # a line for each thousand
    with package.member("indexes/index.cdx.gz", packed=True) as out:
        for block, line in cdxj.blocks(scratch.sorted_lines(), "index.cdx.gz"):
            out.write(block)
            index.append(line)
    with package.member("indexes/index.idx", packed=False) as out:
        for line in index:
            out.write(line)


def _description(about: About, packed: Packed, main: Home | None) -> dict[str, str]:
    described = {
        "title": about.title,
        "description": f"{packed.answers} answers as they came over the wire; {packed.pages} articles to begin at.",
        "created": f"{about.now:%Y-%m-%dT%H:%M:%SZ}",
        "software": SOFTWARE,
    }
    return {**described, "mainPageUrl": main.url, "mainPageDate": main.moment} if main else described


def _json(value: dict[str, str]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
