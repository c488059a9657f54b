"""``scrapy search``: find what is archived."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import string
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newsarchive import dates
from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import CANNOT_START, OK, USAGE
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.maintenance import StoppedError, options_of, stoppable
from newsarchive.search.index import behind, catch_up
from newsarchive.search.query import Query, QueryError, parse
from newsarchive.search.reader import LIMIT, Filters, Page, Reader
from newsarchive.search.store import IndexNewError

if TYPE_CHECKING:
    import argparse

    from newsarchive.archive.replaying import Options
    from newsarchive.search.marking import Marked
    from newsarchive.search.reader import Hit

EXAMPLES = (
    "Words beside each other must all be there: 'scrapy search 茅台 600519'. Put the query in quotation marks of your "
    "shell where it has others, or a minus: scrapy search '\"研发 投入\" (光伏 OR 储能) -预增'. Traditional and "
    "simplified, full-width and half-width, capitals and small letters find each other. Without words, --since, "
    "--category or --newspaper list the newest. On a terminal a table, elsewhere a line for each hit: date, newspaper, "
    "title, piece of the text and path of the post, with tabs between. docs/search.md says more. "
    "Exit codes: 0 done, no hits too, 1 could not start, 2 usage, 130 and 143 stopped by a signal."
)
_DATE = "%Y-%m-%d %H:%M"
_PAPER = 16  # cells for a newspaper's name; a longer one goes on below
_NARROWEST = 20
_WORDS = frozenset(string.ascii_letters + string.digits + ".%")
_WORD = re.compile(r"[0-9A-Za-z.%]+\Z")
_MARK = "bold yellow"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed: words, filters as patterns, and how much of it to show."""

    query: Query | None
    since: date | None
    until: date | None
    categories: list[str]
    newspapers: list[str]
    after: str | None
    limit: int


class Command(ScrapyCommand):
    """Searches an archive."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Say how it is called."""
        return "[options] WORDS"

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return "Find archived articles by what is in their title or text, newest first"

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.short_desc()}. {EXAMPLES}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--since", metavar="DAY", help="published on this day or later: 2022-01-25, today, yesterday")
        add("--until", metavar="DAY", help="published on this day or earlier")
        add("--category", metavar="NAMES", default="", help="of these categories: names or globs, commas between")
        add("--newspaper", metavar="NAMES", default="", help="of these newspapers or tags, likewise: 科技日报,证券*")
        add("--limit", metavar="N", type=int, default=LIMIT, help=f"so many hits at most (default {LIMIT})")
        add("--after", metavar="CURSOR", help="the next page: what the last one said is next")
        add("--json", action="store_true", help="say it for machines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Bring the index up to date where that can be, ask it, show what it found."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        try:
            with stoppable():
                options = options_of(self.settings, write=False)
                asked = _asked(args, opts, options)
                left = self._catch_up(options)
                with contextlib.closing(Reader(options.root)) as reader:
                    page = self._ask(reader, asked)
                self.exitcode = OK
                _show(asked, page, left, as_json=opts.json)
        except QueryError as error:
            self._stop(USAGE, f"{error.reason}\n{_caret(error)}")
        except Refused as error:
            self._stop(USAGE, str(error))
        except CannotStartError as error:
            self._stop(CANNOT_START, str(error))
        except IndexNewError:
            self._stop(CANNOT_START, "there is no search index yet; it is made of posts and ledger")
        except sqlite3.Error as error:
            self._stop(CANNOT_START, f"the search index cannot be read: {error}; scrapy rebuild --search makes it anew")
        except StoppedError as error:
            self._stop(128 + error.number, "stopped; the index is whole, the next search goes on with it")

    def _catch_up(self, options: Options) -> int:
        """Bring the index up to date; gives how many posts it lacks, where it cannot be."""
        try:
            with Bar() as bar:
                done = catch_up(options.root, processes=options.processes, progress=bar)
        except Refused as error:
            raise CannotStartError(str(error)) from error
        except (OSError, sqlite3.Error) as error:
            return self._left(options.root, error)
        for name, reason in done.unread:
            self._say(f"{name} cannot be found by its text: {reason}")
        if done.behind:
            busy = "; another process is at it" if done.busy else ""
            self._say(f"{done.behind} posts are not indexed yet{busy}")
        return done.behind

    def _left(self, root: Path, error: Exception) -> int:
        try:
            left = behind(root)
        except (OSError, sqlite3.Error) as worse:
            self._say(f"the ledger cannot be read ({worse}); what is indexed is searched")
            return 0
        if left:
            self._say(f"{left} posts are not indexed yet, and the index cannot be written: {error}")
        return left

    def _ask(self, reader: Reader, asked: _Asked) -> Page:
        categories = reader.categories_like(asked.categories) if asked.categories else ()
        newspapers = reader.newspapers_like(asked.newspapers) if asked.newspapers else ()
        for what, patterns, found in (
            ("category", asked.categories, categories),
            ("newspaper", asked.newspapers, newspapers),
        ):
            if patterns and not found:
                self._say(f"there is no {what} {', '.join(patterns)} in the archive")
                return Page((), None)
        filters = Filters(since=asked.since, until=asked.until, categories=categories, newspapers=newspapers)
        if asked.query is None:
            return reader.recent(filters, before=asked.after, limit=asked.limit)
        return reader.search(asked.query, filters, before=asked.after, limit=asked.limit)

    def _say(self, message: str) -> None:
        sys.stderr.write(f"newsarchive: {message}\n")

    def _stop(self, code: int, message: str) -> None:
        self.exitcode = code
        self._say(message)


def _asked(args: list[str], opts: argparse.Namespace, options: Options) -> _Asked:
    """Understand what was typed.

    Raises:
        UsageError, QueryError, Refused: it cannot be meant.
    """
    for word in args:
        if word.startswith("--"):
            raise UsageError(f"there is no option {word}", print_help=False)
    if opts.limit < 1:
        raise UsageError("--limit must be at least 1", print_help=False)
    today = options.now.astimezone(dates.SHANGHAI).date()
    asked = _Asked(
        query=parse(" ".join(args)) if args else None,
        since=dates.parse_day(opts.since, today) if opts.since else None,
        until=dates.parse_day(opts.until, today) if opts.until else None,
        categories=_names(opts.category),
        newspapers=_names(opts.newspaper),
        after=opts.after,
        limit=opts.limit,
    )
    if asked.query is None and not (asked.since or asked.until or asked.categories or asked.newspapers):
        raise UsageError("say what to look for, or confine with --since, --category or --newspaper", print_help=False)
    return asked


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]


def _caret(error: QueryError) -> str:
    """Show the query and, below it, the place; Chinese characters are two cells wide."""
    text = "".join(" " if character.isspace() else character for character in error.text)
    return f"  {text}\n  {' ' * cell_len(text[: error.place])}^"


def _show(asked: _Asked, page: Page, left: int, *, as_json: bool) -> None:
    if as_json:
        _print(json.dumps(_as_json(asked, page, left), ensure_ascii=False, indent=1) + "\n")
    elif sys.stdout.isatty():
        console = Console(highlight=False)
        console.print(_table(page, console.width))
    else:
        _print("".join(f"{_line(hit)}\n" for hit in page.hits))
    if not as_json:
        more = f"; there are more: --after {page.next}" if page.next else ""
        sys.stderr.write(f"{len(page.hits)} hits{more}\n" if page.hits else "no hits\n")


def _table(page: Page, width: int) -> Table:
    """Lay the hits out: date, newspaper, and beside them the title with the piece of the text below."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    paper = min(_PAPER, max((cell_len(hit.document.newspaper) for hit in page.hits), default=0))
    left = max(width - len(_date(page.hits[0])) - paper - 6, _NARROWEST) if page.hits else _NARROWEST
    for _ in range(3):
        table.add_column(no_wrap=True)
    for hit in page.hits:
        lines = [*_lines(_text(hit.title, "bold"), left), *_lines(_text(hit.snippet, "dim"), left)]
        paper_lines = Text("\n").join(_lines(Text(hit.document.newspaper), _PAPER))
        table.add_row(_date(hit), paper_lines, Text("\n").join(lines))
    return table


def _lines(text: Text, width: int) -> list[Text]:
    """Break a text into lines of so many cells. Chinese may break anywhere, a Latin word or number not within it."""
    breaks, start, plain = list[int](), 0, text.plain
    cells = 0
    for place, character in enumerate(plain):
        cells += cell_len(character)
        if cells > width:
            word = _WORD.search(plain, start, place)
            end = word.start() if word and start < word.start() and character in _WORDS else place
            breaks.append(end)
            start, cells = end, cell_len(plain[end : place + 1])
    return list(text.divide(breaks))


def _text(marked: Marked, style: str) -> Text:
    return Text.assemble(*((part, _MARK if is_marked else style) for part, is_marked in marked.parts()))


def _date(hit: Hit) -> str:
    return f"{hit.document.published.astimezone(dates.SHANGHAI):{_DATE}}"


def _line(hit: Hit) -> str:
    cells = (_date(hit), hit.document.newspaper, hit.title.text, hit.snippet.text, hit.document.post)
    return "\t".join("".join(c if c.isprintable() else " " for c in cell) for cell in cells)


def _as_json(asked: _Asked, page: Page, left: int) -> dict[str, Any]:
    whole = page.next is None and asked.after is None
    return {
        "query": asked.query.text if asked.query else "",
        "total": len(page.hits) if whole else None,
        "more": page.next is not None,
        "next": page.next,
        "not_indexed": left,
        "hits": [
            {
                "name": hit.document.name,
                "title": hit.document.title,
                "date": hit.document.published.astimezone(dates.SHANGHAI).isoformat(),
                "newspaper": hit.document.newspaper,
                "category": hit.document.category,
                "snippet": hit.snippet.text,
                "marks": {"title": hit.title.spans, "snippet": hit.snippet.spans},
                "post": hit.document.post,
                "url": hit.document.link,
            }
            for hit in page.hits
        ],
    }


def _print(text: str) -> None:
    """Write to standard output; a reader that has seen enough (``| head``) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
