"""Give an archive out in another format."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from newsarchive.archive.files import whole_file
from newsarchive.archive.keeper import CAPTURES
from newsarchive.archive.runs import DAMAGED, OK
from newsarchive.archive.verifyfiles import is_busy
from newsarchive.bar import Bar
from newsarchive.escaping import one_line
from newsarchive.export import feeds, jsonl
from newsarchive.export.formats import FEED_LENGTH, Format
from newsarchive.export.order import STANDARD_OUTPUT, Order, OrderError
from newsarchive.export.reading import Reading
from newsarchive.export.wacz import Job, Packed
from newsarchive.maintenance import judged, options_of
from newsarchive.terminal import print_json

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from scrapy.settings import BaseSettings

    from newsarchive.archive.capturereader import Fault
    from newsarchive.export.formats import About, Writer
    from newsarchive.export.reading import Asked

_BROKEN_PIPE = 128 + 13


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Understand the order, carry it out, judge."""
    order = _understood(args, opts)
    lost = f"; {order.dest} was not written" if order.dest else "; what was written is not complete"
    try:
        return judged(lambda: _carry_out(settings, order, opts), failed=lost)
    except OrderError as error:
        raise UsageError(str(error), print_help=False) from error


def _carry_out(settings: BaseSettings, order: Order, opts: argparse.Namespace) -> int:
    options = options_of(settings, write=False)
    asked = order.asked(options.now)
    order.check(options.root, force=opts.force)
    export = _Export(order, options.root, asked, order.about(options.now), as_json=opts.json)
    try:
        export.carry_out()
        return export.say()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python's own flush at the end
        return _BROKEN_PIPE  # as a program that never heard of pipes ends: the reader had enough


def _understood(args: list[str], opts: argparse.Namespace) -> Order:
    if len(args) != 1:
        raise UsageError("export takes one DEST: a file, or - for standard output", print_help=False)
    if args[0] == STANDARD_OUTPUT and opts.json:
        raise UsageError("--json says on standard output how it went; give a file as DEST", print_help=False)
    given = {name: getattr(opts, name) for name in ("category", "since", "until", "limit")}
    try:
        arguments = {name: value for name, value in given.items() if value is not None}
        return Order.parse(args[0], opts.format, arguments, opts.words or "", opts.after or "")
    except OrderError as error:
        raise UsageError(str(error), print_help=False) from error


class _Export:
    """One order, carried out; remembers what to say about it."""

    def __init__(self, order: Order, root: Path, asked: Asked, about: About, *, as_json: bool) -> None:
        self.order = order
        self.root = root
        self.asked = asked
        self.about = about
        self.as_json = as_json
        self.faults: list[dict[str, str]] = []  # for machines; people are told at once
        self.is_damaged = False
        self.notes: list[str] = []
        self.packed: Packed | None = None
        self._say = sys.stderr if order.dest is None else sys.stdout

    def carry_out(self) -> None:
        """Write DEST."""
        with ExitStack() as stack:
            bar = stack.enter_context(Bar(shown=not self.as_json and self._is_apart()))
            reading = Reading(self.root, self.asked, unreadable=self._fault, progress=bar)
            out = sys.stdout.buffer if self.order.dest is None else stack.enter_context(whole_file(self.order.dest))
            writer = self._writer(bar)
            writer(reading.records(newest_first=self.order.format.is_feed), out, self.about)
            out.flush()
        self.found = reading.found
        if not reading.by_ledger:
            self.notes.append(
                "there is no ledger: the posts were taken as they are, without digest, origin and capture"
            )
        self.notes += reading.unmatched()
        if self.order.format.is_feed and "limit" not in self.order.arguments and self.found.given == FEED_LENGTH:
            self.notes.append(f"a feed has the newest {FEED_LENGTH} posts; --limit N takes more")

    def _is_apart(self) -> bool:
        """Tell whether a bar on the terminal would not stand amid what is written."""
        return self.order.dest is not None or not sys.stdout.isatty()

    def _writer(self, bar: Bar) -> Writer:
        match self.order.format:
            case Format.JSONL:
                return jsonl.write
            case Format.ATOM:
                return feeds.write_atom
            case Format.JSONFEED:
                return feeds.write_json
            case Format.PARQUET:
                from newsarchive.export import parquet  # noqa: PLC0415 - pyarrow takes a third of a second to load

                return parquet.write
            case Format.WACZ:
                whole = self.order.is_for_everything
                job = Job(self.root / CAPTURES, whole, is_busy(self.root), self._damaged, bar)
                self.packed = job.packed
                return job.write

    def _damaged(self, fault: Fault) -> None:
        self._fault(f"{CAPTURES}/{fault.file}", f"damaged at {fault.offset}: {fault.reason}")

    def _fault(self, file: str, what: str) -> None:
        self.is_damaged = True
        if self.as_json:
            self.faults.append({"file": file, "what": what})
        else:
            self._say.write(f"✗ {one_line(file)}: {one_line(what)}; left out\n")

    def say(self) -> int:
        """Say what it came to; gives the exit code."""
        if self.as_json:
            print_json(self._as_json())
        else:
            for note in self.notes:
                self._say.write(f"{note}\n")
            self._say.write(f"{self._sentence()}\n")
        return DAMAGED if self.is_damaged else OK

    def _sentence(self) -> str:
        if self.order.dest is None:
            return f"{self.found.given} posts"
        size = self.order.dest.stat().st_size / 2**20
        what = f"{self.found.given} posts"
        if self.packed is not None:
            what = f"{self.packed.answers} answers about {what}"
        return f"{self.order.dest}: {what}, {size:.1f} MiB of {self.order.format}"

    def _as_json(self) -> dict[str, Any]:
        assert self.order.dest is not None  # noqa: S101 - with --json there is one
        report = {
            "file": str(self.order.dest),
            "format": str(self.order.format),
            "bytes": self.order.dest.stat().st_size,
            "posts": self.found.given,
            "looked_at": self.found.looked,
            "faults": self.faults,
            "notes": self.notes,
            "mark": (self.found.mark or None) if self.found.complete and not self.is_damaged else None,
        }
        if self.packed is not None:
            report["answers"] = self.packed.answers
            report["pages"] = self.packed.pages
            report["posts_without_page"] = self.packed.without
        return report
