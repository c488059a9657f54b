"""Find what is archived."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import string
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from scrapy.exceptions import UsageError

from newsarchive import dates
from newsarchive.archive.keeper import CannotStartError
from newsarchive.archive.runs import OK, USAGE
from newsarchive.article import Refused
from newsarchive.bar import Bar
from newsarchive.escaping import json_text, one_line
from newsarchive.maintenance import judged, options_of, say, say_not_indexed
from newsarchive.search.index import behind, catch_up
from newsarchive.search.query import Query, QueryError, parse
from newsarchive.search.reader import Filters, Page, Reader, names_in
from newsarchive.search.store import IndexNewError
from newsarchive.statusview import readers_may_leave
from newsarchive.terminal import Console

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

    from newsarchive.archive.options import Options
    from newsarchive.search.marking import Marked
    from newsarchive.search.reader import Hit

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


def run(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    """Bring the index up to date where that can be, ask it, show what it found."""
    return judged(lambda: _search(settings, args, opts), failed="; the next search goes on with what is there")


def _search(settings: BaseSettings, args: list[str], opts: argparse.Namespace) -> int:
    options = options_of(settings, write=False)
    try:
        asked = _asked(args, opts, options)
        left = _catch_up(options)
        page = _page(options.root, asked)
    except QueryError as error:
        say(f"{error.reason}\n{_caret(error)}")
        return USAGE
    except Refused as error:
        say(str(error))
        return USAGE
    _show(asked, page, left, as_json=opts.json)
    return OK


def _page(root: Path, asked: _Asked) -> Page:
    try:
        with contextlib.closing(Reader(root)) as reader:
            return _ask(reader, asked)
    except IndexNewError as error:
        raise CannotStartError("there is no search index yet; it is made of posts and ledger") from error
    except sqlite3.Error as error:
        why = f"the search index cannot be read: {error}; scrapy rebuild --search makes it anew"
        raise CannotStartError(why) from error


def _catch_up(options: Options) -> int:
    """Bring the index up to date; gives how many posts it lacks, where it cannot be."""
    try:
        with Bar() as bar:
            done = catch_up(options.root, processes=options.processes, progress=bar)
    except Refused as error:
        raise CannotStartError(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        return _left(options.root, error)
    say_not_indexed(done)
    return done.behind


def _left(root: Path, error: Exception) -> int:
    try:
        left = behind(root)
    except (OSError, sqlite3.Error) as worse:
        say(f"the ledger cannot be read ({worse}); what is indexed is searched")
        return 0
    if left:
        say(f"{left} posts are not indexed yet, and the index cannot be written: {error}")
    return left


def _ask(reader: Reader, asked: _Asked) -> Page:
    categories = reader.categories_like(asked.categories) if asked.categories else ()
    newspapers = reader.newspapers_like(asked.newspapers) if asked.newspapers else ()
    for what, patterns, found in (
        ("category", asked.categories, categories),
        ("newspaper", asked.newspapers, newspapers),
    ):
        if patterns and not found:
            say(f"there is no {what} {', '.join(patterns)} in the archive")
            return Page((), None)
    filters = Filters(since=asked.since, until=asked.until, categories=categories, newspapers=newspapers)
    if asked.query is None:
        return reader.recent(filters, before=asked.after, limit=asked.limit)
    return reader.search(asked.query, filters, before=asked.after, limit=asked.limit)


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
        categories=names_in(opts.category),
        newspapers=names_in(opts.newspaper),
        after=opts.after,
        limit=opts.limit,
    )
    if asked.query is None and not (asked.since or asked.until or asked.categories or asked.newspapers):
        raise UsageError("say what to look for, or confine with --since, --category or --newspaper", print_help=False)
    return asked


def _caret(error: QueryError) -> str:
    """Show the query and, below it, the place; Chinese characters are two cells wide."""
    text = "".join(" " if character.isspace() else character for character in error.text)
    return f"  {text}\n  {' ' * cell_len(text[: error.place])}^"


def _show(asked: _Asked, page: Page, left: int, *, as_json: bool) -> None:
    if as_json:
        _print(json_text(_as_json(asked, page, left)) + "\n")
    elif sys.stdout.isatty():
        console = Console(sys.stdout)
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
        paper_lines = Text("\n").join(_lines(Text(one_line(hit.document.newspaper)), _PAPER))
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
    return Text.assemble(*((one_line(part), _MARK if is_marked else style) for part, is_marked in marked.parts()))


def _date(hit: Hit) -> str:
    return f"{hit.document.published.astimezone(dates.SHANGHAI):{_DATE}}"


def _line(hit: Hit) -> str:
    cells = (_date(hit), hit.document.newspaper, hit.title.text, hit.snippet.text, hit.document.post)
    return "\t".join(map(one_line, cells))


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
    with readers_may_leave():
        sys.stdout.write(text)
