"""``scrapy export``: the archive for others, in formats they know."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.files import whole_file
from newsarchive.archive.keeper import CAPTURES, CannotStartError
from newsarchive.archive.runs import CANNOT_START, DAMAGED, OK
from newsarchive.archive.verifyfiles import is_busy
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.export import feeds, jsonl
from newsarchive.export.formats import FEED_LENGTH, Format
from newsarchive.export.order import STANDARD_OUTPUT, Order, OrderError
from newsarchive.export.reading import Reading
from newsarchive.export.wacz import Job, Packed
from newsarchive.maintenance import StoppedError, options_of, stoppable

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from newsarchive.archive.capturereader import Fault
    from newsarchive.export.formats import About, Writer
    from newsarchive.export.reading import Asked

EXAMPLES = (
    "DEST is a file, there whole or not at all; its suffix says the format: .jsonl (JSON Lines), .parquet, .atom or "
    ".xml (Atom), .json (JSON Feed), .wacz (the captures, for replay). '-' is standard output, as JSON Lines unless "
    "--format says atom or jsonfeed. "
    "'scrapy export posts.parquet' gives out everything; 'scrapy export - --since today | jq .title' pipes; "
    "'scrapy export news.atom --category emnews --limit 50' is a feed of the newest; 'scrapy export chips.wacz --words "
    "芯片' holds what was served of each article with that word. docs/export.md explains every field. "
    "It changes nothing in the archive, and works beside a running crawl. "
    "Exit codes: 0 done, nothing found counts, 1 could not start or write, 2 usage, 5 something in the archive is "
    "damaged: it is named and left out, 130 and 143 stopped by a signal, without DEST."
)
_BROKEN_PIPE = 128 + 13


class Command(ScrapyCommand):
    """Gives the archive out in another format."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "DEST [--format F] [--since DAY] [--until DAY] [--category NAMES] [--words WORDS] [--limit N] …"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Give posts out as JSON Lines, Parquet, Atom or JSON Feed, or their captures as WACZ"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--format", choices=[str(one) for one in Format], help="the format, where DEST's suffix does not say it")
        add("--since", metavar="DAY", help="the first day, in Asia/Shanghai: 2022-01-24, today, yesterday")
        add("--until", metavar="DAY", help="the last day, which counts too")
        add("--category", metavar="NAMES", help="names or globs of categories, tags or newspapers, with commas")
        add("--words", metavar="WORDS", help="words that title or text must hold, all of them")
        add("--after", metavar="MARK", help="only what is new or changed since the export whose --json gave this mark")
        add("--limit", metavar="N", help=f"at most so many posts (feeds: the newest; {FEED_LENGTH} unless said)")
        add("--force", action="store_true", help="replace DEST if it is there")
        add("--json", action="store_true", help="say for machines how it went")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Understand the order, carry it out, judge."""
        order = _understood(args, opts)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        try:
            with stoppable():
                options = options_of(self.settings, write=False)
                asked = order.asked(options.now)
                order.check(options.root, force=opts.force)
                export = _Export(order, options.root, asked, order.about(options.now), as_json=opts.json)
                export.carry_out()
                self.exitcode = export.say()
        except OrderError as error:
            raise UsageError(str(error), print_help=False) from error
        except (CannotStartError, Refused) as error:
            self._stop(CANNOT_START, str(error))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python's own flush at the end
            self.exitcode = _BROKEN_PIPE  # as a program that never heard of pipes ends: the reader had enough
        except (OSError, sqlite3.Error) as error:
            written = f"{order.dest} was not written" if order.dest else "What was written is not complete"
            self._stop(CANNOT_START, f"stopped: {error}. {written}")
        except StoppedError as error:
            written = f"{order.dest} was not written" if order.dest else "what was written is not complete"
            self._stop(128 + error.number, f"stopped; {written}")

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        sys.stderr.write(f"newsarchive: {message}\n")


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
            self._say.write(f"✗ {file}: {what}; left out\n")

    def say(self) -> int:
        """Say what it came to; gives the exit code."""
        if self.as_json:
            sys.stdout.write(json.dumps(self._as_json(), ensure_ascii=False, indent=1) + "\n")
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
