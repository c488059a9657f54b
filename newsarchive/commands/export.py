"""``scrapy export``: the archive for others, in formats they know."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive.archive.files import whole_file
from newsarchive.archive.keeper import CAPTURES, LEDGER, CannotStartError
from newsarchive.archive.posts import POSTS
from newsarchive.archive.runs import CANNOT_START, DAMAGED, OK
from newsarchive.archive.verifyfiles import is_busy
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.dates import SHANGHAI
from newsarchive.export import feeds, jsonl
from newsarchive.export.formats import FEED_LENGTH, SUFFIXES, About, Format
from newsarchive.export.reading import Reading
from newsarchive.export.record import Words
from newsarchive.export.wacz import Job, Packed
from newsarchive.maintenance import StoppedError, options_of, stoppable
from spiders.arguments import ArgumentError, Selection

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from newsarchive.archive.capturereader import Fault
    from newsarchive.export.formats import Writer

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
_FILTERS = ("category", "since", "until", "limit")


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for.

    Attributes:
        dest: the file; None for standard output.
        format: of what is written.
        arguments: days, category and limit, as given.
        words: as given.
        as_json: whether to say for machines how it went.
    """

    dest: Path | None
    format: Format
    arguments: dict[str, str]
    words: str
    as_json: bool

    def about(self, now: datetime) -> About:
        """Say it in words."""
        asked = [f"{name}={value}" for name, value in sorted({**self.arguments, "words": self.words}.items()) if value]
        return About(" ".join(asked), now)


class Command(ScrapyCommand):
    """Gives the archive out in another format."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "DEST [--format F] [--since DAY] [--until DAY] [--category NAMES] [--words WORDS] [--limit N]"

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
        add("--limit", metavar="N", help=f"at most so many posts (feeds: the newest; {FEED_LENGTH} unless said)")
        add("--force", action="store_true", help="replace DEST if it is there")
        add("--json", action="store_true", help="say for machines how it went")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Understand the order, carry it out, judge."""
        order = _order(args, opts)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        try:
            with stoppable():
                options = options_of(self.settings, write=False)
                selection = _selection(order, options.now)
                _check_archive(options.root)
                _check_dest(order, options.root, force=opts.force)
                export = _Export(order, options.root, selection, order.about(options.now))
                export.carry_out()
                self.exitcode = export.say()
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


def _order(args: list[str], opts: argparse.Namespace) -> Order:
    """Understand what was typed, as far as no archive and no clock is needed."""
    if len(args) != 1:
        raise UsageError("export takes one DEST: a file, or - for standard output", print_help=False)
    dest = None if args[0] == "-" else Path(args[0])
    found = opts.format or (SUFFIXES.get(dest.suffix.lower()) if dest else Format.JSONL)
    if found is None:
        known = ", ".join(SUFFIXES)
        raise UsageError(
            f"{args[0]!r} does not say its format; end it with one of {known}, or give --format", print_help=False
        )
    form = Format(found)
    if dest is None and not form.streams:
        raise UsageError(f"{form} cannot be written to standard output; give a file", print_help=False)
    if dest is None and opts.json:
        raise UsageError("--json says on standard output how it went; give a file as DEST", print_help=False)
    arguments = {name: getattr(opts, name) for name in _FILTERS if getattr(opts, name) is not None}
    return Order(dest, form, arguments, opts.words or "", opts.json)


def _selection(order: Order, now: datetime) -> Selection:
    try:
        selection = Selection.parse(order.arguments, now.astimezone(SHANGHAI).date())
    except ArgumentError as error:
        raise UsageError(f"--{error}", print_help=False) from error
    if order.format.is_feed and selection.limit is None:
        return replace(selection, limit=FEED_LENGTH)
    return selection


def _check_archive(root: Path) -> None:
    """Refuse a folder that is no archive: an empty export of it would look like a quiet day."""
    if not any((root / name).exists() for name in (LEDGER, POSTS, CAPTURES)):
        raise CannotStartError(f"{root} holds no archive; choose another with -s ARCHIVE_DIR=…")


def _check_dest(order: Order, root: Path, *, force: bool) -> None:
    if order.dest is None:
        return
    if order.dest.resolve().is_relative_to(root.resolve()):
        raise CannotStartError(f"{order.dest} lies within the archive {root}; choose a place outside")
    if order.dest.is_dir():
        raise CannotStartError(f"{order.dest} is a folder; name a file in it")
    if order.dest.exists() and not force:
        raise CannotStartError(f"{order.dest} is there already; --force replaces it")
    if order.dest.exists() and not order.dest.is_file():
        raise CannotStartError(f"{order.dest} is no file that could be replaced")


class _Export:
    """One order, carried out; remembers what to say about it."""

    def __init__(self, order: Order, root: Path, selection: Selection, about: About) -> None:
        self.order = order
        self.root = root
        self.selection = selection
        self.about = about
        self.faults: list[dict[str, str]] = []  # for machines; people are told at once
        self.is_damaged = False
        self.notes: list[str] = []
        self.packed: Packed | None = None
        self._say = sys.stderr if order.dest is None else sys.stdout

    def carry_out(self) -> None:
        """Write DEST."""
        with ExitStack() as stack:
            bar = stack.enter_context(Bar(shown=not self.order.as_json and self._is_apart()))
            words = Words(self.order.words)
            reading = Reading(self.root, self.selection, words, unreadable=self._fault, progress=bar)
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
                whole = not (self.order.arguments or Words(self.order.words).words)
                job = Job(self.root / CAPTURES, whole, is_busy(self.root), self._damaged, bar)
                self.packed = job.packed
                return job.write

    def _damaged(self, fault: Fault) -> None:
        self._fault(f"{CAPTURES}/{fault.file}", f"damaged at {fault.offset}: {fault.reason}")

    def _fault(self, file: str, what: str) -> None:
        self.is_damaged = True
        if self.order.as_json:
            self.faults.append({"file": file, "what": what})
        else:
            self._say.write(f"✗ {file}: {what}; left out\n")

    def say(self) -> int:
        """Say what it came to; gives the exit code."""
        if self.order.as_json:
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
        }
        if self.packed is not None:
            report["answers"] = self.packed.answers
            report["pages"] = self.packed.pages
            report["posts_without_page"] = self.packed.without
        return report
